"""What courts do to a debt: routes, other ways to a title, freezes, appeals, guarantees, debts in one file."""

from __future__ import annotations

from datetime import date

import pytest

from desk import inbox, matter_rows, routes
from desk.clock_rows import chain_of, endings
from desk.court_files import CourtFiles, Stage
from recourse import events as ev
from recourse.days import months_later
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.verify import verify
from tests.stories.bank import Bank
from tests.stories.test_courts import to_court, to_the_route


def files(bank: Bank) -> CourtFiles:
    return CourtFiles(bank.desk_of("blg-01"))


def reached(bank: Bank, *stages: str, account: str = "A1", proof: str = "（2025）模9901民初1号") -> None:
    for stage in stages:
        assert files(bank).reach([Stage(account, stage, proof, bank.day)])


# --- the route --------------------------------------------------------------------------------------------------------


def test_the_gate_shows_the_routes_and_what_stands_against_each(bank: Bank) -> None:
    """No arbitration clause, no notarised promise: those two are barred by law, in the order's last places. The ranking is
    shown and binds nothing: it is no part of what voids an approval."""
    to_the_route(bank)
    (gate,) = bank.open_gates("litigation_route", "A1")
    shown = inbox.view(bank.desk, gate)
    ranked = shown.raw["routes"]
    standing = {route["name"]: route["standing"] for route in ranked}
    assert (standing["arbitration"], standing["notarised_enforcement"]) == ("barred", "unclear")
    assert standing["simplified"] == "open"
    assert [route["standing"] for route in ranked] == sorted(
        (r["standing"] for r in ranked), key=("open", "unclear", "barred").index
    )
    assert "simplified procedure: open; expected net" in dict(shown.evidence)["routes"]
    facts = bank.life("A1").facts
    assert [r.name for r in routes.ranked(bank.desk, facts, bank.day).routes] == [r["name"] for r in ranked]


def test_a_choice_that_the_law_bars_is_refused_with_the_bar(bank: Bank) -> None:
    to_the_route(bank)
    with pytest.raises(UserError, match="arbitration is barred by law: .*仲裁法"):
        bank.approve("litigation_route", choice="arbitration")
    assert [vote.choice for vote in bank.life("A1").happened(ev.VoteCast) if vote.choice] == []
    assert bank.approve("litigation_route", choice="payment_order") == ["approved"]


def test_an_act_whose_choice_became_barred_fails_with_its_bar(bank: Bank) -> None:
    """A payment order was chosen; on the way to the court the debtor goes missing. The order cannot be served, so the act
    fails and says by which article."""
    to_the_route(bank)
    bank.approve("litigation_route", choice="payment_order")
    bank.play(until="2025-06-11")
    bank.approve("payment_order")
    bank.play(until=bank.day)
    bank.brake("A1", "missing", "上门查无此人")
    with pytest.raises(UserError, match="民诉解释 427"):
        files(bank).file_route("A1", "payment_order", "模9901法院", "收件回执")
    assert bank.life("A1").file.stage == ""


def test_not_to_sue_holds_until_an_asset_is_found(bank: Bank) -> None:
    """不诉决定, with the voter's reason. No gate asks again for months; a clue ends the decision, and the gate is back on the
    next day."""
    to_the_route(bank)
    bank.approve("litigation_route", choice="no_suit", reason="暂无可供执行财产")
    bank.play(until="2025-09-10", every=20)
    life = bank.life("A1")
    assert [(e.reason, e.until_on.year) for e in life.happened(ev.SuitDeclined)] == [("暂无可供执行财产", 2026)]
    assert len(life.visits("litigation_route")) == 1
    files(bank).clue("A1", "realty", "不动产登记查询", 500_000_00, bank.day, "查询结果")
    bank.play(until="2025-09-12")
    life = bank.life("A1")
    assert len(life.visits("litigation_route")) == 2
    assert life.file.no_suit_on is None


# --- other ways to a title --------------------------------------------------------------------------------------------


def to_payment_order(bank: Bank) -> CourtFiles:
    to_the_route(bank)
    bank.approve("litigation_route", choice="payment_order")
    bank.play(until="2025-06-11")
    bank.approve("payment_order")
    bank.play(until="2025-06-12")
    return files(bank)


def test_a_payment_order_is_objected_to_and_becomes_a_suit(bank: Bank) -> None:
    """The application waits for people and is filed with its receipt; its fee is a third of a suit's. The debtor objects: the
    order ends, and the suit is entered by itself, to be agreed to."""
    work = to_payment_order(bank)
    assert bank.life("A1").stands_at("payment_order")
    with pytest.raises(UserError, match="receipt"):
        work.file_route("A1", "payment_order", "", " ")
    work.file_route("A1", "payment_order", "模9901法院", "收件回执")
    life = bank.life("A1")
    assert (life.file.route, life.outcome("payment_order")) == ("payment_order", "filed")
    assert [cost.amount for cost in life.happened(ev.CostBooked) if cost.kind == "court_fee"] == [23_333], (
        "a third of 700.00 yuan, for 36,000 yuan"
    )
    reached(bank, "issued", proof="（2025）模9901民督1号")
    work = files(bank)
    work.serve("A1", "payment_order", "debtor", bank.day, "回证")
    bank.play(until="2025-06-20")
    reached(bank, "objected", proof="（2025）模9901民督1号")
    files(bank).serve("A1", "payment_order_ended", "bank", bank.day, "裁定")
    ends = {clock.kind: clock.days_left for clock in bank.explains("A1").clocks}
    assert ends["payment_order_conversion"] == 7
    bank.play(until=bank.day)
    assert bank.open_gates("litigation", "A1")


def test_a_mediation_is_confirmed_or_its_right_shows_as_about_to_be_lost(bank: Bank) -> None:
    """Agreed upon: thirty days for the joint application (民事诉讼法 205). Confirmed, it is a title."""
    to_the_route(bank)
    bank.approve("litigation_route", choice="mediation")
    bank.play(until="2025-06-11")
    bank.approve("mediation")
    bank.play(until="2025-06-12")
    files(bank).file_route("A1", "mediation", "模9901调解中心", "受理通知")
    reached(bank, "agreed", proof="调解协议")
    bank.play(until=bank.day)
    (clock,) = [c for c in endings(bank.desk, bank.day, 30) if c.kind == "confirmation_application"]
    assert clock.ends_on == date(2025, 7, 13)
    assert clock.kept_by == "mediation"
    reached(bank, "effective", proof="（2025）模9901民特1号")
    life = bank.life("A1")
    assert life.file.title
    assert not [key for key in life.file.timers if key.startswith("confirmation")]


# --- preservation and freezes -----------------------------------------------------------------------------------------


def frozen_before_suit(bank: Bank) -> None:
    """48,000 × 12 is enough for the rule; a clue comes in after the decision to sue."""
    bank.loan("A1", due="2025-03-10", amount=6_000_00)
    bank.staff_agrees("formal_notice", "acceleration")
    bank.post_arrives()
    bank.play(until="2025-06-09", every=5)
    bank.approve("litigation_route", choice="sue")
    files(bank).clue("A1", "deposit", "账户查询", 60_000_00, bank.day, "查询结果")
    bank.play(until="2025-06-11")


def test_what_is_frozen_before_the_suit_wants_the_suit_in_thirty_days(bank: Bank) -> None:
    """The preservation gate is answered in the lane of four hours; the measure is recorded with the ruling only. The suit's
    gate, unanswered, is in the red lane when ten of thirty days are left."""
    frozen_before_suit(bank)
    (gate,) = bank.gates("A1", "preservation")
    assert gate.due_on == gate.opened_on, "to be answered on the same day"
    bank.approve("preservation")
    bank.play(until="2025-06-12")
    with pytest.raises(UserError, match="ruling"):
        files(bank).freeze("A1", "deposit", 60_000_00, bank.day, None, "账户1", "")
    files(bank).freeze("A1", "deposit", 60_000_00, bank.day, None, "账户1", "（2025）模9901财保1号")
    life = bank.life("A1")
    assert life.outcome("preservation") == "taken"
    assert {c.kind: c.ends_on for c in bank.explains("A1").clocks if c.kind != "limitation"} == {
        "freeze_deposit": date(2026, 6, 13), "suit_after_preservation": date(2025, 7, 13),
    }  # fmt: skip
    bank.approve("litigation")
    bank.play(until="2025-06-13")
    reached(bank, "docketed")
    assert [key.split(":")[0] for key in bank.life("A1").file.timers] == ["freeze_deposit"]


def test_what_is_frozen_is_set_free_by_the_court_once_the_debt_is_paid(bank: Bank) -> None:
    """Frozen before any suit, then paid in full: the case ends, and a work item stands until the court's paper is recorded."""
    frozen_before_suit(bank)
    bank.approve("preservation")
    bank.play(until="2025-06-12")
    measure = files(bank).freeze("A1", "deposit", 60_000_00, bank.day, None, "账户1", "（2025）模9901财保1号")
    bank.pays("A1", "all", on="2025-06-13")
    bank.play(until="2025-06-16")
    assert bank.life("A1").end == "settled"
    ((account, told),) = bank.work("measure_to_lift")
    assert (account, told.partition(":")[0]) == ("A1", "settled")
    files(bank).lift("A1", measure, "paid", bank.day, "（2025）模9901财保1号之一")
    bank.play(until="2025-06-17")
    assert bank.work("measure_to_lift") == []


def test_a_freeze_is_renewed_under_an_authorisation_given_before(bank: Bank) -> None:
    """Sixty days before its end a gate asks for the renewal. Nobody answers. Ten days before the end it goes out under the
    standing authorisation of the head of law, and the measure is renewed when the court has ruled, not before."""
    to_court(bank)
    reached(bank, "docketed")
    files(bank).freeze("A1", "realty", 36_000_00, bank.day, date(2025, 9, 30), "房产1", "（2025）模9901财保1号")
    bank.play(until="2025-08-05", every=4)
    (gate,) = bank.open_gates("freeze_renewal", "A1")
    bank.authorise("freeze_renewal", "hlg-01", until="2026-06-30")
    bank.play(until="2025-09-19", every=5)
    assert bank.open_gates("freeze_renewal", "A1") == [gate], "eleven days are left"
    bank.play(until="2025-09-22")
    life = bank.life("A1")
    assert [(e.gate_id, e.grant_id) for e in life.happened(ev.StandingApplied)] == [(gate, "grant-freeze_renewal")]
    assert [g.status for g in bank.gates("A1", "freeze_renewal")] == ["withdrawn"]
    assert life.stands_at("freeze_renewal")
    with pytest.raises(UserError, match="ruling"):
        files(bank).renew("A1", (), bank.day, None, "")
    files(bank).renew("A1", (), bank.day, date(2026, 9, 30), "（2025）模9901财保1号之一")
    life = bank.life("A1")
    assert life.outcome("freeze_renewal") == "renewed"
    (measure,) = matter_rows.shown(files(bank), "A1").measures
    assert (measure.until_on, measure.proof) == (date(2026, 9, 30), "（2025）模9901财保1号之一")


def test_two_freezes_are_renewed_by_one_act(bank: Bank) -> None:
    """The visit ends when the last of those that are about to end is renewed."""
    to_court(bank)
    reached(bank, "docketed")
    first = files(bank).freeze("A1", "realty", 1_00, bank.day, date(2025, 8, 1), "房产1", "裁定1")
    files(bank).freeze("A1", "deposit", 1_00, bank.day, date(2025, 8, 5), "账户1", "裁定2")
    bank.play(until=bank.day)
    bank.approve("freeze_renewal")
    bank.play(until=bank.day)
    files(bank).renew("A1", (first[:12],), bank.day, date(2028, 8, 1), "裁定3")
    assert bank.life("A1").stands_at("freeze_renewal")
    files(bank).renew("A1", (), bank.day, date(2026, 8, 5), "裁定4")
    assert bank.life("A1").outcome("freeze_renewal") == "renewed"


# --- judgment, appeal, enforcement ------------------------------------------------------------------------------------


def judged(bank: Bank) -> None:
    to_court(bank)
    reached(bank, "docketed", "heard", "judged")
    files(bank).serve("A1", "judgment", "bank", bank.day, "送达回证")
    bank.play(until=bank.day)


def test_an_appeal_is_lodged_under_authority_while_the_gate_is_unanswered(bank: Bank) -> None:
    judged(bank)
    (gate,) = bank.open_gates("appeal", "A1")
    bank.authorise("appeal", "hlg-01", until="2026-06-30")
    bank.play(until="2025-06-23")
    life = bank.life("A1")
    assert life.stands_at("appeal")
    assert bank.open_gates("appeal", "A1") == []
    with pytest.raises(UserError, match="receipt"):
        files(bank).appeal("A1", "", bank.day, "")
    files(bank).appeal("A1", "（2025）模99民终1号", bank.day, "收件回执")
    life = bank.life("A1")
    assert (life.file.stage, life.outcome("appeal")) == ("appealed", "lodged")
    assert "appeal" not in {c.kind for c in bank.explains("A1").clocks}
    assert gate in {g.gate_id for g in bank.gates("A1", "appeal")}


def test_a_judgment_is_accepted(bank: Bank) -> None:
    judged(bank)
    bank.approve("appeal", choice="accept")
    bank.play(until=bank.day)
    life = bank.life("A1")
    assert (life.outcome("appeal"), life.file.stage) == ("accepted", "judged")
    bank.play(until="2025-06-25")
    assert len(bank.life("A1").visits("appeal")) == 1, "what was decided is not asked again"


def test_after_the_court_gave_up_assets_are_watched_and_enforcement_is_taken_up_again(bank: Bank) -> None:
    """终本; half a year later the search finds nothing, another half a year later it finds a car."""
    judged(bank)
    bank.approve("appeal", choice="accept")
    reached(bank, "effective")
    bank.play(until=bank.day)
    bank.approve("enforcement")
    bank.play(until=bank.day)
    assert "enforcement_application" in {c.kind for c in bank.explains("A1").clocks}, "no number of the court yet"
    reached(bank, "enforcing", proof="（2025）模9901执1号")
    assert "enforcement_application" not in {c.kind for c in bank.explains("A1").clocks}
    reached(bank, "ended_for_now", proof="（2025）模9901执1号之一")
    bank.play(until="2025-06-25", every=3)
    assert bank.life("A1").stands_at("asset_watch")
    with pytest.raises(UserError, match="result"):
        files(bank).nothing_found("A1", "")
    files(bank).nothing_found("A1", "查控反馈")
    assert bank.life("A1").outcome("asset_watch") == "nothing_found"
    bank.play(until="2026-01-05", every=10)
    assert len(bank.life("A1").visits("asset_watch")) == 2
    files(bank).clue("A1", "vehicle", "车管所查询", 50_000_00, bank.day, "查询结果")
    bank.play(until=bank.day)
    assert bank.life("A1").outcome("asset_watch") == "clue"
    bank.approve("resume")
    bank.play(until=bank.day)
    assert bank.life("A1").file.stage == "enforcing"


def test_a_settlement_in_enforcement_that_is_not_performed_is_not_lost_sight_of(bank: Bank) -> None:
    """执行和解 through 30 June: while it runs nothing is asked; days after its last day a gate asks to resume."""
    judged(bank)
    bank.approve("appeal", choice="accept")
    reached(bank, "effective", "enforcing", proof="（2025）模9901执1号")
    settled = Stage("A1", "settlement_reached", "（2025）模9901执1号", bank.day, "和解协议", date(2025, 6, 30))
    assert files(bank).reach([settled])
    bank.play(until="2025-07-04", every=3)
    ends = {clock.kind: clock.ends_on for clock in bank.explains("A1").clocks}
    assert ends["enforcement_application"] == date(2027, 6, 30)
    assert bank.open_gates("resume", "A1") == []
    bank.play(until="2025-07-14", every=3)
    assert bank.open_gates("resume", "A1")


def test_a_limitation_letter_goes_out_under_authority_before_the_last_day(bank: Bank) -> None:
    """Three years have nearly passed. The gate of the letter is opened and nobody answers it; the authorised letter is posted in
    the red lane, its arrival starts three years anew, and no gate of it waits any more."""
    bank.loan("A1", due="2022-04-01", times=1)
    bank.play(until="2025-03-12")
    (gate,) = bank.open_gates("limitation_demand", "A1")
    bank.authorise("limitation_demand", "blg-01", until="2025-12-31")
    bank.play(until="2025-03-21")
    assert bank.open_gates("limitation_demand", "A1") == [gate]
    bank.play(until="2025-03-24")
    assert bank.sent("limitation_demand") == [("A1", date(2025, 3, 24))]
    assert bank.open_gates("limitation_demand", "A1") == []
    bank.post_delivers("A1", "limitation_demand", on="2025-03-25")
    ends = {clock.kind: clock.ends_on for clock in bank.explains("A1").clocks}
    assert ends["limitation"] == date(2028, 3, 25)


def test_an_authorisation_yields_to_a_brake_that_people_have_to_weigh(bank: Bank) -> None:
    """The debtor disputes who he is: the letter is not sent behind people's backs, and its gate stays."""
    bank.loan("A1", due="2022-04-01", times=1)
    bank.play(until="2025-03-12")
    bank.authorise("limitation_demand", "blg-01", until="2025-12-31")
    bank.brake("A1", "identity_dispute")
    bank.play(until="2025-03-25")
    assert bank.sent("limitation_demand") == []
    assert len(bank.open_gates("limitation_demand", "A1")) == 1


# --- guarantees, costs, debts in one file -----------------------------------------------------------------------------


def test_a_guarantee_by_law_is_shown_as_acceleration_brought_it_forward(bank: Bank) -> None:
    """民法典 692: six months from the day on which the whole was called, months before the loan would have matured."""
    bank.loan("A1", due="2025-03-10", guarantor=("P1", "general", None))
    bank.staff_agrees("formal_notice", "acceleration")
    bank.post_arrives()
    bank.play(until="2025-06-09", every=5)
    life = bank.life("A1")
    assert life.file.accelerated_on is not None
    (kept,) = chain_of(bank.desk, life.facts, bank.day).guarantees
    assert kept.period_ends_on == months_later(life.file.accelerated_on, 6)
    assert kept.period_ends_on in {c.ends_on for c in bank.explains("A1").clocks if c.kind == "general_guarantee"}


def test_a_docketed_suit_keeps_the_general_guarantee_until_it_is_withdrawn(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10", guarantor=("P1", "general", "2026-09-10"))
    bank.staff_agrees("formal_notice", "acceleration")
    bank.post_arrives()
    bank.play(until="2025-06-09", every=5)
    bank.approve("litigation_route", choice="sue")
    bank.play(until="2025-06-11")
    bank.approve("litigation")
    bank.play(until="2025-06-12")
    assert "general_guarantee" in {c.kind for c in bank.explains("A1").clocks}, "handed in, not in the register"
    bank.play(until="2025-06-18")
    reached(bank, "docketed")
    life = bank.life("A1")
    assert life.file.claimed_guarantees == {"GA1": date(2025, 6, 12)}, "as of the day of filing"
    (kept,) = chain_of(bank.desk, life.facts, bank.day).guarantees
    assert (kept.kept_by, kept.proof, kept.kept_on) == ("suit", "（2025）模9901民初1号", date(2025, 6, 12))
    reached(bank, "withdrawn", proof="（2025）模9901民初1号之一")
    life = bank.life("A1")
    assert life.file.claimed_guarantees == {}
    assert "general_guarantee" in {c.kind for c in bank.explains("A1").clocks}
    assert [cost.amount for cost in life.happened(ev.CostBooked) if cost.kind == "court_fee"] == [700_00, -350_00], (
        "half comes back (15)"
    )


def test_a_stage_of_one_file_reaches_every_debt_in_it(bank: Bank) -> None:
    """Two debts of one debtor: the second is joined, and is judged with the first. The projections are those of the journal."""
    to_court(bank)
    bank.loan("A2", due="2025-06-16")
    bank.loan("A3", "D2", due="2025-06-16")
    reached(bank, "docketed")
    bank.play(until="2025-07-20", every=5)
    with pytest.raises(UserError, match="not of one debtor"):
        files(bank).join("A1", "A3")
    files(bank).join("A1", "A2")
    matter = bank.life("A1").file.matter
    assert bank.life("A2").file.docketed
    files(bank).assign(matter, "模9901法院", "firm-01")
    hearing = files(bank).set_hearing("A2", date(2025, 8, 4), "09:30", "第三法庭")
    assert files(bank).held("（2025）模9901民初1号", hearing[:8], "held") == 2
    reached(bank, "heard", account="A2")
    reached(bank, "judged")
    assert {bank.life(account).file.stage for account in ("A1", "A2")} == {"judged"}
    (line,) = matter_rows.listed(bank.desk)
    assert (line.accounts, line.court, line.counsel, line.stage) == (("A1", "A2"), "模9901法院", "firm-01", "judged")
    with reading(bank.desk.engine) as connection:
        assert verify(connection).sound
