"""Taking over a live book: what was done before counts, what is not proved does not, and what is unknown is parked."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from desk import inbox, shadow_text, takeover
from desk.runner import Plan, play
from recourse import events as ev
from recourse.actors import Actor
from recourse.climb import parking
from recourse.climb.comparison import BOTH, ONLY_BANK, ONLY_US
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.ledger.tables import bank_actions, permits, work_items
from recourse.letters.chronicle import BEFORE, who
from recourse.simulate.staff import STAFF, roles_of
from tests.stories.bank import Bank, on_both

OPENS = date(2025, 3, 10)


def person_in(role: str, skip: int = 0) -> Actor:
    name = STAFF[role][skip]
    return Actor(name, roles_of()[name], "simulated")


def tells(bank: Bank, table: str, **row: Any) -> None:
    bank.core.tell(table, **row)


def demand(bank: Bank, number: str, kind: str, sent: str, delivered: str = "", proof: str = "", **more: Any) -> None:
    tells(bank, "past_demands", demand_no=number, account_id="A1", kind=kind, sent_on=date.fromisoformat(sent),
          delivered_on=date.fromisoformat(delivered) if delivered else None, proof=proof or None, **more)  # fmt: skip


def called(
    bank: Bank, contact: str, on: str, outcome: str | None = "no_answer", account: str = "A1", **more: Any
) -> None:
    tells(bank, "past_contacts", contact_no=contact, account_id=account, party_id=more.pop("party_id", "D1"),
          channel=more.pop("channel", "call"), on=date.fromisoformat(on), outcome=outcome, **more)  # fmt: skip


# --- what is unknown --------------------------------------------------------------------------------------------------


@on_both
def test_a_debtor_whose_history_is_unknown_gets_no_friendly_reminder(bank: Bank) -> None:
    """Two hundred days late on the first day and not a word of what was done: parked, and nobody writes."""
    bank.loan("A1", due="2024-08-22", times=24)
    bank.loan("A2", "D2", due="2025-03-03")
    bank.play(until="2025-03-14")
    life = bank.life("A1")
    assert (life.brakes, life.path) == ({"parked"}, [])
    assert bank.sent("reminder") == [("A2", OPENS)]
    assert [hold.ground for hold in life.happened(ev.BrakePlaced)] == ["no_history"]
    with reading(bank.desk.engine) as connection:
        assert connection.execute(select(work_items.c.kind, work_items.c.account_id, work_items.c.what)).all() == [
            ("parked", "A1", "no_history")
        ]


def test_two_people_let_a_parked_case_go_on(bank: Bank) -> None:
    bank.loan("A1", due="2024-08-22", times=24)
    bank.play(until="2025-03-11")
    first, second = person_in("SUP"), person_in("CMP")

    def agree(who: Actor) -> list[parking.Agreed]:
        return parking.agree(bank.desk.engine, bank.strategy, bank.pen(who.name), who, ["A1"], "台账已核对")

    assert agree(first)[0].left == ("CMP",)
    with pytest.raises(UserError, match="agreed already"):
        agree(first)
    with pytest.raises(UserError, match="no seat here"):
        agree(person_in("SUP", 1))
    assert bank.life("A1").brakes == {"parked"}
    assert agree(second)[0].released
    bank.play(until="2025-03-12")
    assert bank.life("A1").brakes == set()
    assert [each.by for each in bank.life("A1").happened(ev.ReleaseAgreed)] == [first.name, second.name]
    with pytest.raises(UserError, match="is not parked"):
        agree(second)
    assert takeover.report(bank.desk, bank.day).parked == {}


def test_all_that_are_parked_for_one_thing_are_let_go_together(bank: Bank) -> None:
    """A2 lacks a paper as well, so it is not among them."""
    for n, account in enumerate(("A1", "A2", "A3"), start=1):
        bank.loan(account, f"D{n}", due="2024-08-22", times=24)
    tells(bank, "past_arrangements", arrangement_no="R1", account_id="A2", kind="reschedule", from_on=date(2025, 1, 6),
          until_on=date(2025, 7, 6))  # fmt: skip
    bank.play(until="2025-03-11")
    assert takeover.chosen(bank.desk, "", "no_history") == ["A1", "A3"]
    for who_agrees in (person_in("SUP"), person_in("CMP")):
        accounts = takeover.chosen(bank.desk, "", "no_history")
        parking.agree(bank.desk.engine, bank.strategy, bank.pen(who_agrees.name), who_agrees, accounts, "台账已核对")
    assert set(takeover.report(bank.desk, bank.day).parked) == {"A2"}


@pytest.mark.parametrize(
    ("account", "gap", "said"),
    [
        ("", "", "not said"),
        ("A1", "no_history", "not said"),
        ("", "no_hope", "unknown kind"),
        ("", "no_plan", "no account is parked for"),
    ],
)
def test_a_release_that_names_nothing_is_refused(bank: Bank, account: str, gap: str, said: str) -> None:
    bank.loan("A1", due="2024-08-22", times=24)
    bank.play(until="2025-03-11")
    with pytest.raises(UserError, match=said):
        takeover.chosen(bank.desk, account, gap)


def test_without_a_plan_nothing_is_let_go(bank: Bank) -> None:
    """An account with a history and without a plan: nothing on it is known to be late, and it would end as cured."""
    bank.person("D1")
    tells(bank, "accounts", account_id="A1", product="consumer_loan", branch="0101", original_amount=9_000_00,
          opened_on=date(2024, 1, 8))  # fmt: skip
    tells(bank, "roles", account_id="A1", party_id="D1", role="borrower", basis="contract")
    demand(bank, "F1", "formal_notice", "2025-01-10", "2025-01-14", "EMS-1")
    bank.play(until="2025-03-11")
    assert takeover.report(bank.desk, bank.day).parked == {"A1": ("no_plan", "no_balance")}
    assert bank.life("A1").end == ""
    first = person_in("SUP")
    with pytest.raises(UserError, match="would end as cured"):
        parking.agree(bank.desk.engine, bank.strategy, bank.pen(first.name), first, ["A1"], "已核对")


def test_one_person_alone_does_not_unpark(bank: Bank) -> None:
    bank.loan("A1", due="2024-08-22", times=24)
    bank.play(until="2025-03-11")
    with pytest.raises(UserError, match="takeover release"):
        bank.lifts("A1", "parked")


def test_what_keeps_a_right_goes_on_while_a_case_is_parked(bank: Bank) -> None:
    """The limitation ends within weeks: the letter that keeps it goes to its gate though the case is parked."""
    bank.loan("A1", due="2022-04-20", times=1)
    bank.play(until="2025-03-12")
    assert "parked" in bank.life("A1").brakes
    assert bank.open_gates("limitation_demand", "A1")
    assert bank.life("A1").never("reminder", "call", "formal_notice")


def test_news_fill_the_gaps_and_a_person_still_releases(bank: Bank) -> None:
    bank.loan("A1", due="2024-08-22", times=24)
    bank.play(until="2025-03-11")
    called(bank, "L1", "2025-01-10", "refused")
    bank.play(until="2025-03-12")
    assert bank.life("A1").brakes == {"parked"}
    assert takeover.report(bank.desk, bank.day).parked == {"A1": ()}


@pytest.mark.parametrize(
    ("table", "row", "gap"),
    [
        ("past_matters", {"matter_no": "S1", "route": "suit", "filed_on": date(2024, 12, 2)}, "matter_stage_unknown"),
        ("past_matters", {"matter_no": "S1", "route": "suit", "filed_on": date(2024, 12, 2), "docketed_on": date(2024, 12, 9),
                          "stage": "judged", "stage_on": date(2025, 2, 3)}, "matter_without_proof"),
        ("past_write_offs", {"written_off_on": date(2024, 12, 31), "criterion": "小额", "principal": 9_000_00, "interest": 0,
                             "penalty": 0, "compound": 0, "fees": 0, "costs": 0}, "write_off_without_proof"),
        ("past_placements", {"placement_no": "W1", "agency": "agency-z", "from_on": date(2025, 1, 6),
                             "until_on": date(2025, 7, 6)}, "placement_agency_unknown"),
        ("past_arrangements", {"arrangement_no": "R1", "kind": "reschedule", "from_on": date(2025, 1, 6),
                               "until_on": date(2025, 7, 6)}, "arrangement_without_paper"),
        ("past_demands", {"demand_no": "F1", "kind": "acceleration", "sent_on": date(2025, 1, 6),
                          "delivered_on": date(2025, 1, 9)}, "acceleration_without_proof"),
    ],
)  # fmt: skip
def test_what_lacks_its_paper_is_parked(bank: Bank, table: str, row: dict[str, Any], gap: str) -> None:
    bank.loan("A1", due="2024-12-20", times=24)
    tells(bank, table, account_id="A1", **row)
    bank.play(until="2025-03-11")
    assert bank.life("A1").brakes == {"parked"}
    assert takeover.report(bank.desk, bank.day).parked_by_gap == {gap: 1}
    assert bank.sent() == []


def test_a_freeze_without_its_ruling_and_a_placement_in_court_are_parked(bank: Bank) -> None:
    """A suit with the court's number, a freeze of which nobody has the ruling, and an agency that still works the debt."""
    bank.loan("A1", due="2024-11-20", times=24)
    tells(bank, "past_matters", matter_no="S1", account_id="A1", route="suit", number="（2024）模民初7号",
          filed_on=date(2024, 12, 2), docketed_on=date(2024, 12, 9), stage="docketed", stage_on=date(2024, 12, 9))  # fmt: skip
    tells(bank, "past_measures", measure_no="B1", matter_no="S1", account_id="A1", kind="deposit", amount=5_000_00,
          taken_on=date(2024, 12, 20), until_on=date(2025, 12, 19))  # fmt: skip
    tells(bank, "past_placements", placement_no="W1", account_id="A1", agency="agency-a", from_on=date(2025, 1, 6),
          until_on=date(2025, 7, 6), noticed_on=date(2024, 12, 20))  # fmt: skip
    bank.play(until="2025-03-11")
    assert bank.life("A1").brakes == {"parked"}
    assert takeover.report(bank.desk, bank.day).parked == {"A1": ("measure_without_ruling", "placed_in_court")}


@pytest.mark.parametrize("later", ["past_placements", "past_matters"])
def test_news_of_an_agency_beside_a_court_file_are_parked_after_a_release_too(bank: Bank, later: str) -> None:
    """People let the debt go on with what was known then; a later file tells of the other hand."""
    bank.loan("A1", due="2024-08-22", times=24)
    rows = {
        "past_matters": {"matter_no": "S1", "account_id": "A1", "route": "suit", "number": "（2024）模民初7号",
                         "filed_on": date(2024, 12, 2), "docketed_on": date(2024, 12, 9), "stage": "docketed",
                         "stage_on": date(2024, 12, 9)},
        "past_placements": {"placement_no": "W1", "account_id": "A1", "agency": "agency-a", "from_on": date(2025, 1, 6),
                            "until_on": date(2025, 7, 6), "noticed_on": date(2024, 12, 20)},
    }  # fmt: skip
    (first,) = set(rows) - {later}
    tells(bank, first, **rows[first])
    if first == "past_placements":
        called(bank, "L1", "2025-01-10", "refused")
    bank.play(until="2025-03-11")
    assert "parked" not in bank.life("A1").brakes
    tells(bank, later, **rows[later])
    bank.play(until="2025-03-12")
    assert "parked" in bank.life("A1").brakes
    assert takeover.report(bank.desk, bank.day).parked == {"A1": ("placed_in_court",)}


def test_an_agency_goes_on_while_its_case_is_parked(bank: Bank) -> None:
    """Nobody has looked yet: what lies with an agency that is not on the register is parked, and not called back."""
    bank.loan("A1", due="2024-12-20", times=24)
    tells(bank, "past_placements", placement_no="W1", account_id="A1", agency="agency-z", from_on=date(2025, 1, 6),
          until_on=date(2025, 7, 6))  # fmt: skip
    bank.play(until="2025-03-14")
    assert bank.life("A1").stands_at("agency_referral")
    assert bank.life("A1").happened(ev.PlacementRecalled) == []


def test_a_parked_debt_that_is_paid_waits_for_nobody(bank: Bank) -> None:
    bank.loan("A1", due="2024-08-22", times=6)
    bank.play(until="2025-03-11")
    bank.pays("A1", "all", on="2025-03-12")
    bank.play(until="2025-03-12")
    assert bank.life("A1").end == "settled"
    found = takeover.report(bank.desk, bank.day)
    assert (found.parked, found.states) == ({}, {"ended": 1})


# --- what was done ----------------------------------------------------------------------------------------------------


@on_both
def test_a_notice_that_arrived_opens_the_way_to_acceleration(bank: Bank) -> None:
    """The notice was delivered in January, with proof: the ladder goes on from there, and explains whose step it was."""
    bank.loan("A1", due="2024-11-20", times=24)
    demand(bank, "F1", "formal_notice", "2025-01-10", "2025-01-14", "EMS-1")
    bank.play(until="2025-03-11")
    life = bank.life("A1")
    notice = life.file.visits["formal_notice"]
    assert (notice.outcome, notice.left_on, notice.imported) == ("delivered", date(2025, 1, 14), True)
    assert life.file.limitation_from == date(2025, 1, 14)
    assert bank.open_gates("acceleration", "A1")
    assert bank.sent("reminder") == []
    shown = {where.node: where.imported for where in bank.explains("A1").where}
    assert shown["formal_notice"]
    assert not shown["acceleration"]
    entries = [entry for entry in life.journal if isinstance(entry.event, ev.NodeImported)]
    assert {entry.envelope.actor.split(":")[0] for entry in entries} == {"import"}
    assert {entry.envelope.known_on for entry in entries} == {OPENS}
    assert who(entries[0].envelope.actor) == BEFORE


def test_a_notice_without_proof_interrupts_nothing_and_opens_nothing(bank: Bank) -> None:
    bank.loan("A1", due="2024-11-20", times=24)
    demand(bank, "F1", "formal_notice", "2025-01-10", "2025-01-14")
    bank.play(until="2025-03-12")
    life = bank.life("A1")
    assert life.outcome("formal_notice") in ("unknown", "")
    assert life.file.limitation_from == date(2024, 11, 20)
    assert life.never("acceleration")
    assert life.happened(ev.DeliveryProved) == []


def test_a_letter_under_way_waits_for_its_proof(bank: Bank) -> None:
    """Posted before the switch, proved after it."""
    bank.loan("A1", due="2024-12-20", times=24)
    demand(bank, "F1", "formal_notice", "2025-03-05")
    bank.play(until="2025-03-10")
    assert bank.life("A1").stands_at("formal_notice")
    bank.post_delivers("A1", "formal_notice", on="2025-03-11")
    assert bank.life("A1").outcome("formal_notice") == "delivered"
    assert bank.life("A1").file.limitation_from == date(2025, 3, 11)


def test_a_suit_is_taken_over_at_its_stage(bank: Bank) -> None:
    bank.loan("A1", due="2024-06-20", times=24)
    tells(bank, "past_matters", matter_no="S1", account_id="A1", route="suit", court="模拟市法院", number="（2024）模民初7号",
          filed_on=date(2024, 12, 2), docketed_on=date(2024, 12, 9), stage="docketed", stage_on=date(2024, 12, 9),
          counsel="law-1")  # fmt: skip
    tells(bank, "past_measures", measure_no="B1", matter_no="S1", account_id="A1", kind="deposit", amount=5_000_00,
          taken_on=date(2024, 12, 20), until_on=date(2025, 5, 20), proof="裁定书")  # fmt: skip
    tells(bank, "past_costs", cost_no="E1", account_id="A1", kind="court_fee", amount=120_00, booked_on=date(2024, 12, 9),
          matter_no="S1")  # fmt: skip
    bank.play(until="2025-03-12")
    life = bank.life("A1")
    assert (life.file.stage, life.file.docketed, life.file.route, life.file.cost) == ("docketed", True, "suit", 120_00)
    assert life.file.limitation_from == date(2024, 12, 2)
    assert life.outcome("litigation") == "filed"
    assert life.never("call")
    assert bank.sent() == []
    found = takeover.report(bank.desk, bank.day)
    assert (found.states, [file.stage for file in found.matters]) == ({"in_court": 1}, ["docketed"])
    assert [(risk.account, risk.clock.kind) for risk in found.at_risk] == [("A1", "freeze_deposit")]
    assert [measure.until_on for measure in found.measures] == [date(2025, 5, 20)]
    bank.court("A1", "heard", "judged")
    assert bank.life("A1").file.stage == "judged"


def test_a_placement_runs_on_and_is_recalled_on_the_day_of_payment(bank: Bank) -> None:
    bank.loan("A1", due="2024-11-20", amount=1_500_00, times=3)
    tells(bank, "past_placements", placement_no="W1", account_id="A1", agency="agency-a", from_on=date(2025, 1, 6),
          until_on=date(2025, 7, 6), noticed_on=date(2024, 12, 20))  # fmt: skip
    bank.play(until="2025-03-12")
    assert bank.life("A1").stands_at("agency_referral")
    assert bank.life("A1").brakes == set()
    assert takeover.report(bank.desk, bank.day).states == {"with_agency": 1}
    bank.pays("A1", "all", on="2025-03-13")
    bank.play(until="2025-03-13")
    life = bank.life("A1")
    assert life.on(ev.PlacementRecalled) == [date(2025, 3, 13)]
    made, recalled = life.happened(ev.PlacementMade)[0], life.happened(ev.PlacementRecalled)[0]
    assert made.placement_id == recalled.placement_id
    bank.desk_of("osm-01").confirm_return(["A1"])
    assert bank.life("A1").file.placement == ""


def test_a_debt_off_the_books_gets_its_case_and_is_collected_on(bank: Bank) -> None:
    bank.loan("A1", due="2023-11-20", amount=1_500_00, times=3)
    tells(bank, "past_write_offs", account_id="A1", written_off_on=date(2024, 10, 31), criterion="小额", principal=4_500_00,
          interest=0, penalty=0, compound=0, fees=0, costs=0, recovered=200_00, proof="核销批复")  # fmt: skip
    bank.play(until="2025-03-11")
    life = bank.life("A1")
    assert (life.file.written_off_on, life.file.recovered) == (date(2024, 10, 31), 200_00)
    assert (bank.book_status("A1"), life.outcome("write_off")) == ("written_off", "written_off")
    assert takeover.report(bank.desk, bank.day).states == {"written_off": 1}


# --- people -----------------------------------------------------------------------------------------------------------


@on_both
def test_nobody_is_called_a_seventh_time_on_the_first_day(bank: Bank) -> None:
    """The bank dialled six times that morning about one debt. The ladder wants a call about the other; the dial is refused
    by the cap, whose window knows nothing of who dialled."""
    bank.loan("A1", due="2025-02-10", times=24)
    bank.loan("A2", due="2025-02-17", times=24)
    called(bank, "L9", "2025-02-20", "sent", account="A2", channel="sms")
    for n in range(6):
        called(bank, f"L{n}", "2025-03-10", number="138 0000 0001" if n else None)
    bank.play(until="2025-03-10")
    assert (bank.life("A1").file.attempts, bank.life("A2").stands_at("call")) == (6, True)
    bank.day = OPENS  # still the same day
    with reading(bank.desk.engine) as connection:
        counted = connection.execute(select(permits.c.channel).where(permits.c.purpose == "imported")).scalars()
        assert sorted(counted) == ["call"] * 6 + ["sms"]
    bank.day = date(2025, 3, 11)
    assert bank.dial("A2", at="09:00") == ""


def test_the_dials_of_this_morning_count_against_the_cap(bank: Bank) -> None:
    """As before, but the bank dialled on the very day on which we would: refused, and the rule says why."""
    bank.loan("A1", due="2025-02-10", times=24)
    bank.loan("A2", due="2025-02-17", times=24)
    called(bank, "L9", "2025-02-20", "sent", account="A2", channel="sms")
    bank.play(until="2025-03-10")
    for n in range(6):
        acts(bank, f"X{n}", "A1", "call", "2025-03-11", channel="call", at="08:30")
    bank.deliver()
    assert bank.dial("A2", at="09:00").startswith("contact.")


def test_a_promise_of_before_is_honoured(bank: Bank) -> None:
    bank.loan("A1", due="2025-01-10", times=24)
    called(bank, "L1", "2025-03-07", "promise", promise_on=date(2025, 3, 20), promise_amount=3_000_00)
    bank.play(until="2025-03-14")
    life = bank.life("A1")
    assert life.file.promise is not None
    assert life.file.promise.due_on == date(2025, 3, 20)
    assert bank.sent() == []
    assert life.visits("call") == [date(2025, 3, 7)]


def test_an_arrangement_of_before_is_honoured(bank: Bank) -> None:
    bank.loan("A1", due="2025-01-10", times=24)
    tells(bank, "past_arrangements", arrangement_no="R1", account_id="A1", kind="reschedule", from_on=date(2025, 2, 3),
          until_on=date(2025, 9, 3), proof="协议")  # fmt: skip
    bank.play(until="2025-03-14")
    assert bank.life("A1").file.arrangement
    assert bank.sent() == []
    assert bank.life("A1").file.limitation_from == date(2025, 2, 3)
    bank.ends_arrangement("A1", "broken")
    bank.play(until="2025-03-17")
    assert bank.sent("reminder") == [("A1", date(2025, 3, 17))]


def test_do_not_contact_binds_from_the_first_minute(bank: Bank) -> None:
    """Also on the debt of the same person that falls late a month later."""
    bank.loan("A1", due="2025-02-10", times=24)
    bank.loan("A2", due="2025-03-25", times=24)
    tells(bank, "past_statuses", party_id="D1", status="do_not_contact", since_on=date(2025, 2, 20), proof="来信")
    bank.play(until="2025-04-02")
    assert bank.sent() == []
    assert (bank.life("A1").brakes, bank.life("A2").brakes) == ({"do_not_contact"}, {"do_not_contact"})


def test_a_death_without_a_certificate_is_parked(bank: Bank) -> None:
    bank.loan("A1", due="2025-02-10", times=24)
    tells(bank, "past_statuses", party_id="D1", status="deceased", since_on=date(2025, 2, 20))
    bank.play(until="2025-03-11")
    assert bank.life("A1").brakes == {"deceased", "parked"}


def test_an_approval_of_before_is_shown_and_opens_nothing(bank: Bank) -> None:
    bank.loan("A1", due="2024-11-20", times=24)
    demand(bank, "F1", "formal_notice", "2025-01-10", "2025-01-14", "EMS-1")
    tells(bank, "past_approvals", approval_no="P1", account_id="A1", action="acceleration", approved_on=date(2025, 3, 3),
          approved_by="贷审会", reference="纪要-3")  # fmt: skip
    bank.play(until="2025-03-12")
    gate = bank.open_gates("acceleration", "A1")[0]
    assert inbox.view(bank.desk, gate).before == (("A1", "acceleration 2025-03-03 贷审会 纪要-3"),)
    assert inbox.view(bank.desk, gate).votes == ()
    assert bank.life("A1").acts("acceleration") == []


def test_a_past_told_while_the_debt_was_current_counts_when_it_falls_late(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-20", times=24)
    demand(bank, "F1", "formal_notice", "2024-12-02", "2024-12-05", "EMS-1")
    bank.play(until="2025-03-12")
    bank.play(until="2025-03-24")
    assert bank.life("A1").file.visits["formal_notice"].imported
    assert bank.life("A1").file.taken_over_on == date(2025, 3, 21)


# --- shadow days ------------------------------------------------------------------------------------------------------


def plays_shadow(bank: Bank, until: str) -> None:
    days = list(bank.calendar.between(bank.day, date.fromisoformat(until)))
    list(play(bank.desk, days, Plan(shadow=True), before=bank._morning, after=bank._evening, channels=bank.channels))
    bank.day = bank.calendar.next_workday(days[-1])


def acts(bank: Bank, number: str, account: str, node: str, on: str, **more: Any) -> None:
    tells(bank, "bank_actions", action_no=number, account_id=account, node=node, action=node, on=date.fromisoformat(on),
          **more)  # fmt: skip


@on_both
def test_shadow_days_are_compared_with_what_the_bank_did(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-05", times=24)
    bank.loan("A2", "D2", due="2025-03-05", times=24)
    bank.loan("A3", "D3", due="2025-03-05", times=24)
    bank.loan("A4", "D4", due="2025-06-05", times=24)
    tells(bank, "past_statuses", party_id="D3", status="do_not_contact", since_on=date(2025, 2, 20), proof="来信")
    acts(bank, "X1", "A1", "reminder", "2025-03-10", channel="sms")
    acts(bank, "X3", "A3", "call", "2025-03-10", channel="call", at="10:00")
    acts(bank, "X4", "A4", "reminder", "2025-03-10", channel="sms")
    acts(bank, "X5", "A1", "litigation", "2025-03-10")
    plays_shadow(bank, "2025-03-14")
    assert bank.sent() == []
    found = shadow_text.compared(bank.desk, OPENS, date(2025, 3, 14))
    assert found.days == 5
    reminder = found.nodes["reminder"]
    assert {cell: (reminder[cell].count, reminder[cell].accounts) for cell in (BOTH, ONLY_US, ONLY_BANK)} == {
        BOTH: (1, ("A1",)), ONLY_US: (1, ("A2",)), ONLY_BANK: (1, ("A4",))
    }  # fmt: skip
    assert reminder[ONLY_US].owed == {"CNY": 24 * 3_000_00}
    why = {line.action or line.account: (line.why, line.rule) for line in found.lines if line.cell != BOTH}
    assert why["A2"] == ("due", "entry.reminder")
    assert why["X3"] == ("forbidden", "brake.do_not_contact")
    assert why["X4"] == ("no_case", "")
    assert why["X5"] == ("not_due", "entry.litigation")
    assert found.forbidden == {"brake.do_not_contact": 1}
    assert all(line.citation for line in found.lines if line.why in ("due", "forbidden"))


def test_a_comparison_goes_to_a_spreadsheet(bank: Bank, tmp_path: Path) -> None:
    bank.loan("A1", due="2025-03-05", times=24)
    plays_shadow(bank, "2025-03-10")
    found = shadow_text.compared(bank.desk, OPENS, OPENS)
    assert shadow_text.write_csv(found, tmp_path / "lines.csv") == 1
    text = (tmp_path / "lines.csv").read_text("utf-8-sig")
    assert "reminder,only_recourse,A1,2025-03-10,72000.00,CNY,due" in text
    with pytest.raises(UserError, match="cannot be written"):
        shadow_text.write_csv(found, tmp_path / "nowhere" / "lines.csv")
    with pytest.raises(UserError, match="is before"):
        shadow_text.compared(bank.desk, OPENS, date(2025, 3, 1))


def test_a_proposal_counts_once_a_span_and_not_once_a_day(bank: Bank) -> None:
    """A shadow day withdraws what it queued, and the ladder proposes it again five days later: still one reminder."""
    bank.loan("A1", due="2025-03-09", times=24)
    plays_shadow(bank, "2025-03-18")
    assert len(bank.life("A1").visits("reminder")) > 1
    assert shadow_text.compared(bank.desk, OPENS, date(2025, 3, 18)).nodes["reminder"][ONLY_US].count == 1


def test_what_the_bank_dialled_on_shadow_days_counts_on_the_first_live_day(bank: Bank) -> None:
    bank.loan("A1", due="2025-02-24", times=24)
    for n in range(30):
        acts(bank, f"X{n}", "A1", "call", "2025-03-10", channel="call", at="10:00")
    plays_shadow(bank, "2025-03-12")
    with reading(bank.desk.engine) as connection:
        assert len(connection.execute(select(permits.c.permit_id)).all()) == 30
        assert len(connection.execute(select(bank_actions.c.action_no)).all()) == 30
    found = shadow_text.compared(bank.desk, OPENS, date(2025, 3, 12))
    rules = {line.rule for line in found.lines if line.why == "forbidden"}
    assert any(rule.startswith("contact.") for rule in rules), found.lines
