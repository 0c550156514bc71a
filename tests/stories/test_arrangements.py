"""Lives of arrangements: proposed, agreed to at a gate, signed, and kept, broken, changed or paid at once."""

from __future__ import annotations

import hashlib
import re
from datetime import date

import msgspec
import pytest
from sqlalchemy import select

from desk import arrangements
from desk.arrangements import Draft
from recourse import events as ev
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.ledger.tables import work_items
from recourse.policy.load import shipped_packs
from tests.stories.bank import Bank, on_both
from tests.stories.ground import Day

PAPER = hashlib.sha256(b"signed").hexdigest()
PLAN = Draft("reschedule", times=3, whole=False)
"""The arrears in three, beside the instalments of the contract."""
NODES = ("arrangement", "interest_waiver", "principal_waiver")


def proposes(bank: Bank, draft: Draft = PLAN, account: str = "A1") -> str:
    return arrangements.propose(bank.desk_of("sup-01"), account, draft)


def signs(bank: Bank, account: str = "A1", *, recording: str = "") -> None:
    """The signed paper comes into the file, and the arrangement is in force."""
    if recording:
        arrangements.sign(bank.desk_of("sup-01"), account, recording=recording)
        return
    bank.happens(account, ev.DocumentReceived(PAPER, "arrangement_agreement", "application/pdf", 6, source="counter"))
    arrangements.sign(bank.desk_of("sup-01"), account, document=PAPER)


def in_force(bank: Bank, draft: Draft = PLAN, *, day: Day = "2025-03-20", node: str = "arrangement") -> None:
    """A loan eleven days late; proposed on the 20th of March, agreed to the next day, signed the day after (a Monday)."""
    bank.loan("A1", due="2025-03-10")
    agreed(bank, draft, day, node)
    signs(bank)


def agreed(bank: Bank, draft: Draft, day: Day, node: str) -> None:
    """Proposed on a day and agreed to at its gate; it waits for the signature."""
    bank.play(until=day)
    assert proposes(bank, draft) == node
    bank.play(until=bank.day)
    assert bank.approve(node) == ["approved"]
    bank.play(until=bank.day)


def states(bank: Bank) -> list[tuple[int, str]]:
    return [(each.number, each.state) for each in bank.life("A1").happened(ev.InstalmentJudged)]


def ends(bank: Bank) -> list[str]:
    return [each.end for each in bank.life("A1").happened(ev.ArrangementEnded)]


# --- the gate ----------------------------------------------------------------------------------------------------------


@on_both
def test_proposed_agreed_to_and_signed(bank: Bank) -> None:
    """The gate sees the schedule with the contract's instalments beside it; until the signature nothing stops."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-20")
    proposes(bank)
    bank.play(until="2025-03-21")
    (gate,) = bank.gates("A1", "arrangement")
    offer = msgspec.json.decode(gate.evidence)["offer"]
    assert offer["schedule"] == [
        ["2025-04-10", 3_000_00], ["2025-04-21", 1_000_00], ["2025-05-10", 3_000_00], ["2025-05-21", 1_000_00],
        ["2025-06-10", 3_000_00], ["2025-06-21", 1_000_00],
    ]  # fmt: skip
    assert offer["against"] == ""
    assert "重组" in offer["class"]
    bank.approve("arrangement")
    bank.play(until="2025-03-24")
    assert bank.life("A1").stands_at("arrangement")
    assert not bank.life("A1").file.arrangement
    signs(bank)
    life = bank.life("A1")
    (made,) = life.happened(ev.ArrangementMade)
    assert (made.kind, made.proof, made.restructured, made.whole) == ("reschedule", PAPER, True, False)
    assert life.outcome("arrangement") == "signed"
    assert life.file.limitation_from == date(2025, 3, 25)
    (line,) = arrangements.lines(bank.desk)
    assert (line.state, line.instalments, line.next_due_on) == ("running", 6, date(2025, 4, 10))


def test_contact_stops_while_it_is_performed(bank: Bank) -> None:
    in_force(bank)
    path = bank.life("A1").path
    bank.pays("A1", 3_000_00, on="2025-04-10")
    bank.pays("A1", 1_000_00, on="2025-04-21")
    bank.play(until="2025-05-09", every=3)
    assert bank.life("A1").path == path
    assert states(bank) == [(1, "kept"), (2, "kept")]
    assert any(
        "2 of 6 instalments met, 0 missed; next 3,000.00 on 2025-05-10" in line for line in bank.explains("A1").notes
    )
    facts = bank.life("A1").facts
    assert bank.strategy.judge_of(facts).braked(facts, "call", bank.day) == "arrangement"


def test_nothing_is_signed_before_its_gate(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-20")
    with pytest.raises(UserError, match="no arrangement was agreed to"):
        signs(bank)
    proposes(bank)
    bank.play(until="2025-03-21")
    with pytest.raises(UserError, match="no arrangement was agreed to"):
        signs(bank)
    with pytest.raises(UserError, match="waits at arrangement"):
        proposes(bank)
    bank.reject("arrangement")
    bank.play(until="2025-03-25")
    assert (bank.life("A1").outcome("arrangement"), bank.life("A1").file.proposal) == ("rejected", None)
    assert len(bank.life("A1").visits("arrangement")) == 1
    proposes(bank)
    bank.play(until="2025-03-26")
    assert len(bank.life("A1").visits("arrangement")) == 2


def test_an_approval_that_nobody_signs_lapses(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10")
    agreed(bank, PLAN, "2025-03-20", "arrangement")
    bank.play(until="2025-04-25", every=5)
    assert bank.life("A1").outcome("arrangement") == "expired"
    with pytest.raises(UserError, match="no arrangement was agreed to"):
        signs(bank)


def test_the_paper_lies_in_the_file_before_it_counts(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10")
    agreed(bank, PLAN, "2025-03-20", "arrangement")
    with pytest.raises(UserError, match="no document"):
        arrangements.sign(bank.desk_of("sup-01"), "A1", document=PAPER)
    with pytest.raises(UserError, match="needs its proof"):
        arrangements.sign(bank.desk_of("sup-01"), "A1")
    with pytest.raises(UserError, match="made in writing"):
        arrangements.sign(bank.desk_of("sup-01"), "A1", recording="line 7")


def test_a_plan_below_the_floor_is_refused_when_it_is_proposed(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-20")
    with pytest.raises(UserError, match=r"longer than 12 months \[plan.care, R1\]"):
        proposes(bank, Draft("reschedule", times=13))
    with pytest.raises(UserError, match=r"more than 0 % of the principal would be waived \(arrangement.floor\)"):
        proposes(bank, Draft("settlement_with_waiver", times=2, waive={"principal": 1}))
    assert not bank.life("A1").happened(ev.ArrangementProposed)


@pytest.mark.parametrize(
    ("topic", "stem", "said"),
    [("arrangement", "floor", r"\(arrangement.floor\)"), ("plan", "care", r"\[plan.care, R1\]")],
)
def test_and_again_at_the_gate(bank: Bank, topic: str, stem: str, said: str) -> None:
    """Agreed to in principle; then the bank raises its floor, and no vote can say yes to it any more."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-20")
    proposes(bank, Draft("reschedule", times=12))
    bank.play(until="2025-03-21")
    layer = "cn" if topic == "plan" else "bank_default"
    shipped = (shipped_packs() / layer / topic / f"{stem}.yaml").read_text(encoding="utf-8")
    raised = re.sub("longest_months: (60|12)", "longest_months: 6", shipped)
    bank.adopts((topic, stem, raised))
    with pytest.raises(UserError, match=f"a yes is barred: the plan would run to .*, longer than 6 months {said}"):
        bank.approve("arrangement")
    assert bank.reject("arrangement") == ["rejected"]


# --- kept and broken ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paid_on", "state"), [("2025-04-10", "kept"), ("2025-04-13", "late"), ("2025-04-14", "missed")]
)
def test_on_the_day_within_the_tolerance_and_after(bank: Bank, paid_on: str, state: str) -> None:
    """The tolerance of the instalment of the 10th ends on Sunday the 13th; money counts by its value date."""
    in_force(bank)
    bank.pays("A1", 3_000_00, on=paid_on, known_on="2025-04-15" if state == "missed" else "2025-04-14")
    bank.play(until="2025-04-15")
    assert states(bank)[:1] == [(1, state)]


@pytest.mark.parametrize(("amount", "seen"), [(3_000_00, [(1, "kept")]), (2_999_99, [(1, "missed")])])
def test_a_cent_short(bank: Bank, amount: int, seen: list[tuple[int, str]]) -> None:
    in_force(bank)
    bank.pays("A1", amount, on="2025-04-10")
    bank.play(until="2025-04-14", every=3)
    assert states(bank) == seen


def test_broken_and_back_at_the_node_it_left(bank: Bank) -> None:
    """The first two instalments are missed: broken on the second. The ladder goes on from where the contact track stood."""
    in_force(bank)
    stood = bank.life("A1").path
    bank.play(until="2025-04-24", every=3)
    assert ends(bank) == []
    bank.play(until="2025-04-25")
    assert ends(bank) == ["broken"]
    assert states(bank) == [(1, "missed"), (2, "missed")]
    bank.play(until="2025-04-28")
    after = [node for node in bank.life("A1").path if node not in NODES]
    assert after[: len(stood) - 1] == [node for node in stood if node not in NODES]
    assert set(after[len(stood) - 1 :]) <= {"reminder", "call", "formal_notice"}
    assert len(after) > len(stood) - 1
    assert not bank.life("A1").file.waived


def test_one_instalment_missed_for_too_long_breaks_it_too(bank: Bank) -> None:
    """Only the last one is missed: after thirty days the plan is broken."""
    in_force(bank, Draft("reschedule", times=1, whole=False))
    bank.pays("A1", 3_000_00, on="2025-04-10")
    bank.play(until="2025-05-21", every=5)
    assert ends(bank) == []
    bank.play(until="2025-05-22")
    assert ends(bank) == ["broken"]


def test_protective_acts_go_on_and_a_clock_has_moved_it_when_it_breaks(bank: Bank) -> None:
    """A joint guarantee ends in June. Though the plan is kept, the demand on the guarantor is put to its gate and goes out;
    when the plan breaks, the case stands where that clock has brought it."""
    bank.loan("A1", due="2025-03-10", times=1, guarantor=("G1", "joint", "2025-06-20"))
    agreed(bank, Draft("reschedule", times=6), "2025-03-20", "arrangement")
    signs(bank)
    bank.pays("A1", 1_000_00, on="2025-04-18")
    bank.play(until="2025-05-20", every=4)
    assert bank.life("A1").file.arrangement
    bank.staff_agrees("guarantor_demand")
    bank.play(until="2025-06-20", every=3)
    assert bank.letters_of("A1", "guarantor_demand")
    assert bank.life("A1").never("formal_notice", "acceleration", "litigation")
    bank.play(until="2025-07-25", every=4)
    assert ends(bank) == ["broken"]
    assert "guarantor_demand" in bank.life("A1").path


def test_paid_early_in_full(bank: Bank) -> None:
    """All arrears at once: the plan has done its work, and the case is cured."""
    in_force(bank)
    bank.pays("A1", "arrears", on="2025-03-28")
    bank.play(until="2025-03-31")
    assert ends(bank) == ["performed"]
    assert bank.life("A1").end == "cured"


def test_a_changed_arrangement_is_a_new_one(bank: Bank) -> None:
    in_force(bank)
    bank.play(until="2025-04-01", every=3)
    proposes(bank, Draft("reschedule", times=6, whole=False))
    bank.play(until="2025-04-02")
    bank.approve("arrangement")
    bank.play(until="2025-04-03")
    signs(bank)
    assert ends(bank) == ["superseded"]
    first, second = bank.life("A1").happened(ev.ArrangementMade)
    assert bank.life("A1").file.arrangement == second.arrangement_id != first.arrangement_id
    assert [line.state for line in arrangements.lines(bank.desk, "A1", all_=True)] == ["superseded", "running"]


def test_an_end_by_agreement_takes_who_may_and_the_signed_paper(bank: Bank) -> None:
    """A caller may not, and a supervisor only on a paper in the file that is not the arrangement's own."""
    in_force(bank)
    signed = hashlib.sha256(b"ended").hexdigest()
    for who, paper, wrong in (
        ("caller-01", PAPER, "may not do this"), ("sup-01", "", "is signed"), ("sup-01", signed, "no document"),
        ("sup-01", PAPER, "by which it was made"),
    ):  # fmt: skip
        with pytest.raises(UserError, match=wrong):
            arrangements.end(bank.clerk(who), "A1", "ended", paper)
    assert bank.life("A1").file.arrangement
    bank.happens("A1", ev.DocumentReceived(signed, "arrangement_agreement", "application/pdf", 6, source="counter"))
    arrangements.end(bank.clerk("sup-01"), "A1", "ended", signed)
    (end,) = bank.life("A1").happened(ev.ArrangementEnded)
    assert (end.end, end.proof) == ("ended", signed)


def test_a_promise_gives_way_to_the_plan(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-20")
    bank.call("A1", "promise", promise_on="2025-03-31", amount=3_000_00)
    agreed(bank, PLAN, bank.day, "arrangement")
    signs(bank)
    bank.play(until="2025-04-08", every=2)
    assert [each.cause for each in bank.life("A1").happened(ev.PromiseReleased)] == ["arrangement"]
    assert not bank.life("A1").happened(ev.PromiseBroken)


# --- waivers ------------------------------------------------------------------------------------------------------------


def owing_penalty(bank: Bank) -> None:
    """A matured loan of 3,000 with a penalty of 500 on top, a hundred days late."""
    bank.loan("A1", due="2025-01-10", times=1)
    bank.core.penalty["A1"] = 500_00
    bank.play(until="2025-03-20")


SETTLED = Draft("settlement_with_waiver", times=2, waive={"penalty": "all"})


def settled(bank: Bank) -> None:
    owing_penalty(bank)
    agreed(bank, SETTLED, bank.day, "interest_waiver")
    signs(bank)


def items(bank: Bank) -> list[str]:
    with reading(bank.desk.engine) as connection:
        return sorted(connection.execute(select(work_items.c.kind).where(work_items.c.closed_on.is_(None))).scalars())


@on_both
def test_what_is_waived_is_earned_by_full_performance(bank: Bank) -> None:
    """Two halves of 1,500 are paid. Nothing more is asked for though the core still shows the penalty: it has to book the
    waiver, and when it has, the case is settled with a waiver."""
    settled(bank)
    bank.pays("A1", 1_500_00, on="2025-04-18")
    bank.play(until="2025-04-24", every=2)
    assert not bank.life("A1").happened(ev.WaiverEarned)
    bank.pays("A1", 1_500_00, on="2025-05-20")
    bank.play(until="2025-05-23", every=2)
    life = bank.life("A1")
    assert ends(bank) == ["performed"]
    assert [each.amounts.penalty for each in life.happened(ev.WaiverEarned)] == [500_00]
    assert (life.end, life.file.waived, items(bank)) == ("", True, ["waiver_to_book"])
    path = life.path
    bank.play(until="2025-06-20", every=4)
    assert bank.life("A1").path == path
    bank.core.penalty["A1"] = 0
    bank.play(until="2025-06-23")
    assert bank.life("A1").end == "settled_with_waiver"
    assert items(bank) == []


def test_broken_the_waiver_is_void(bank: Bank) -> None:
    """With a waiver one missed instalment breaks it; the whole is owed again."""
    settled(bank)
    bank.pays("A1", 1_500_00, on="2025-04-18")
    bank.play(until="2025-05-30", every=3)
    assert ends(bank) == ["broken"]
    assert not bank.life("A1").file.waived
    assert not bank.life("A1").happened(ev.WaiverEarned)


def test_a_payment_taken_back_undoes_the_performance(bank: Bank) -> None:
    settled(bank)
    bank.pays("A1", 3_000_00, on="2025-04-18")
    bank.play(until="2025-04-21")
    assert (ends(bank), bank.life("A1").file.waived) == (["performed"], True)
    bank.pays("A1", 3_000_00, on="2025-04-25", known_on="2025-04-28", kind="chargeback")
    bank.play(until="2025-04-28")
    assert (ends(bank), bank.life("A1").file.waived) == (["performed", "broken"], False)


def test_the_tier_of_a_waiver_is_that_of_what_is_waived(bank: Bank) -> None:
    """A debt of three million and a waiver of a few hundred: the lowest tier decides, not the third."""
    bank.loan("A1", due="2025-01-10", times=1, amount=3_000_000_00)
    bank.core.penalty["A1"] = 500_00
    bank.play(until="2025-03-20")
    proposes(bank, SETTLED)
    bank.play(until="2025-03-21")
    (gate,) = bank.gates("A1", "interest_waiver")
    assert (gate.action, gate.tier, msgspec.json.decode(gate.seats)) == ("waiver_interest", "T0", ["BAP", "FIN"])


# --- kinds --------------------------------------------------------------------------------------------------------------


def test_an_extension_comes_before_maturity_on_an_application_before_it(bank: Bank) -> None:
    """The loan of a year matures in February 2026; applied for in time it is extended by a year at most."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-20")
    extend = Draft("extension", times=24, applied_on=date(2025, 3, 18))
    assert arrangements.preview(bank.desk_of("sup-01"), "A1", extend)["against"].startswith("extended to 2027-03-21")
    with pytest.raises(UserError, match="applies for an extension before maturity"):
        proposes(bank, msgspec.structs.replace(extend, times=18, applied_on=None))
    assert proposes(bank, msgspec.structs.replace(extend, times=18)) == "arrangement"


def test_no_extension_after_maturity(bank: Bank) -> None:
    bank.loan("A1", due="2025-01-10", times=1)
    bank.play(until="2025-03-20")
    with pytest.raises(UserError, match=r"the debt matured on 2025-01-10 \(民法典 678\)"):
        proposes(bank, Draft("extension", times=3, applied_on=date(2025, 1, 9)))


CARD = Draft(
    "personal_instalments", times=60, above_ability="收入流水", willing="书面申请", no_new_cards=True, terms="协议第4条"
)


def test_a_card_agreement_of_sixty_months_and_not_of_sixty_one(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10", product="credit_card")
    bank.play(until="2025-03-20")
    with pytest.raises(UserError, match=r"longer than 60 months \(arrangement.card_longest_months\)"):
        proposes(bank, msgspec.structs.replace(CARD, times=61))
    for left_out, says in (("above_ability", "above the debtor's ability"), ("willing", "debtor is willing"),
                           ("terms", "rights, default")):  # fmt: skip
        with pytest.raises(UserError, match=says):
            proposes(bank, msgspec.structs.replace(CARD, **{left_out: ""}))
    with pytest.raises(UserError, match="not to apply for cards"):
        proposes(bank, msgspec.structs.replace(CARD, no_new_cards=False))
    assert proposes(bank, CARD) == "arrangement"


def test_a_card_agreement_by_word_of_mouth_keeps_its_recording(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10", product="credit_card")
    agreed(bank, msgspec.structs.replace(CARD, times=12), "2025-03-20", "arrangement")
    signs(bank, recording="录音系统：R-2025-0321")
    file = bank.life("A1").file
    assert (file.arrangement_kind, file.recording) == ("personal_instalments", "录音系统：R-2025-0321")


def test_kinds_that_need_a_court(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-20")
    for kind, says in (("court_mediation", "needs a court file"), ("enforcement_settlement", "needs a title"),
                       ("personal_instalments", "is for cards")):  # fmt: skip
        with pytest.raises(UserError, match=says):
            proposes(bank, Draft(kind, times=3))


# --- others -------------------------------------------------------------------------------------------------------------


def test_a_guarantor_who_did_not_agree_answers_for_no_more(bank: Bank) -> None:
    """Interest runs on the plan: heavier. The gate shows what is lost; signed without consent it is so."""
    bank.loan("A1", due="2025-03-10", guarantor=("G1", "joint", "2027-06-20"))
    bank.play(until="2025-03-20")
    proposes(bank, Draft("reschedule", times=12, rate="12"))
    bank.play(until="2025-03-21")
    (gate,) = bank.gates("A1", "arrangement")
    (line,) = msgspec.json.decode(gate.evidence)["offer"]["guarantors"]
    assert "no written consent" in line
    assert "lost 2,340.00" in line
    bank.approve("arrangement")
    bank.play(until="2025-03-24")
    signs(bank)
    (lost,) = bank.life("A1").happened(ev.ChangeConsented)
    assert (lost.guarantee_id, lost.consented, lost.heavier) == ("GA1", False, True)
    assert bank.life("A1").file.consents == {"GA1": "heavier"}


def test_a_guarantor_who_agreed_in_writing_is_bound(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10", guarantor=("G1", "joint", "2027-06-20"))
    bank.play(until="2025-03-20")
    proposes(bank, Draft("reschedule", times=12, rate="12"))
    proposal = bank.life("A1").file.proposal
    assert proposal is not None
    bank.beside("sup-01").consent("A1", "GA1", proposal.proposal_id, True, "同意函1号")
    bank.play(until="2025-03-21")
    bank.approve("arrangement")
    bank.play(until="2025-03-24")
    signs(bank)
    assert [each.consented for each in bank.life("A1").happened(ev.ChangeConsented)] == [True]
    assert bank.life("A1").file.consents == {}


def test_the_restructuring_is_remembered_and_observed(bank: Bank) -> None:
    in_force(bank)
    bank.pays("A1", "arrears", on="2025-03-28")
    bank.play(until="2025-03-31")
    file = bank.life("A1").file
    (clock,) = [timer for timer in file.timers.values() if timer.kind == "restructure_observation"]
    assert (file.restructured_on, clock.from_on, clock.until_on) == (*[date(2025, 4, 10)] * 2, date(2026, 4, 10))
    bank.play(until="2025-04-14", every=3)
    again = bank.life("A1").file
    assert (again.episode, again.restructured_on) == (2, date(2025, 4, 10))


def test_an_arrangement_calls_the_debt_back_from_the_agency(bank: Bank) -> None:
    """Agencies negotiate nothing: what is agreed with the bank while the debt lies with one calls it back."""
    bank.loan("A1", due="2025-03-10", amount=1_500_00, times=3)
    bank.staff_agrees("formal_notice", "outsourcing_notice", "agency_referral")
    bank.post_arrives()
    bank.play(until="2025-07-31", every=5)
    assert bank.life("A1").file.placement
    agreed(bank, PLAN, bank.day, "arrangement")
    signs(bank)
    bank.play(until=bank.day)
    recalled = bank.life("A1").happened(ev.PlacementRecalled)
    assert [each.cause for each in recalled] == ["arrangement"]
