"""Gates over one case: who may answer, in what order, and when an answer counts for nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from recourse import events as ev
from recourse.errors import UserError
from recourse.ledger.tables import gates, intents, votes
from tests.core.ledgers import MONDAY, Ledger, on_sqlite
from tests.core.opened_gates import case_of, gate_over

TUESDAY = MONDAY + timedelta(days=1)
MILLION = 1_000_000


def refused(ledger: Ledger, gate: str, who: str, *, says: str, **given: object) -> None:
    """The answer is a mistake that is named, and it left nothing behind."""
    before = ledger.rows(votes), ledger.rows(gates), ledger.verified().events
    with pytest.raises(UserError, match=says):
        ledger.answer(gate, who, **given)  # type: ignore[arg-type]
    assert (ledger.rows(votes), ledger.rows(gates), ledger.verified().events) == before


def status(ledger: Ledger, gate: str) -> str:
    return next(str(row.status) for row in ledger.rows(gates) if row.gate_id == gate)


# --- who, and in what order ---------------------------------------------------------------------------------------


def test_every_seat_has_to_agree_and_then_the_final_approver(ledger: Ledger) -> None:
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "waiver_principal")
    refused(ledger, gate, "hvp-1", says="no seat")
    for who in ("hap-1", "fin-1", "hlg-1"):
        assert ledger.answer(gate, who).status == "open"
    assert ledger.answer(gate, "hvp-1").status == "approved"
    assert [(row.seat, row.voter) for row in ledger.rows(votes)] == [
        ("FIN", "fin-1"), ("HAP", "hap-1"), ("HLG", "hlg-1"), ("then:HVP", "hvp-1"),
    ]  # fmt: skip
    assert ledger.case("a").file.visits["acceleration"].state == "queued"
    assert [row.state for row in ledger.rows(intents, intents.c.node == "acceleration")] == ["queued"]
    assert ledger.verified().faults == []


@on_sqlite
def test_a_gate_waits_for_a_person_of_the_right_role(ledger: Ledger) -> None:
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "sue")
    refused(ledger, gate, "sup-1", says="sup-1 has no seat here.*BLG, BAP")


@on_sqlite
def test_the_maker_never_votes_not_even_for_another(ledger: Ledger) -> None:
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "sue", maker="blg-1")
    refused(ledger, gate, "blg-1", says="the maker never votes")
    ledger.delegate("blg-1", "sup-1")
    refused(ledger, gate, "sup-1", says="no seat")
    ledger.delegate("bap-1", "blg-1")
    refused(ledger, gate, "blg-1", says="the maker never votes")
    assert ledger.answer(gate, "blg-2").status == "open"


@on_sqlite
def test_one_person_has_one_vote(ledger: Ledger) -> None:
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "sue")
    ledger.answer(gate, "blg-1")
    refused(ledger, gate, "blg-1", says="has voted already")


def test_nobody_votes_twice_by_way_of_a_delegation(ledger: Ledger) -> None:
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "sue")
    ledger.delegate("bap-1", "blg-1")
    ledger.answer(gate, "blg-1")
    refused(ledger, gate, "blg-1", says="has voted already")
    ledger.delegate("blg-1", "bap-2")
    assert ledger.answer(gate, "bap-2").status == "approved", "in his own seat, not in one that was answered"


@on_sqlite
def test_who_was_voted_for_has_had_his_vote(ledger: Ledger) -> None:
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "waiver_principal")
    ledger.delegate("hlg-1", "sup-1")
    assert ledger.answer(gate, "sup-1").status == "open"
    refused(ledger, gate, "hlg-1", says="hlg-1 has voted already")
    ledger.delegate("hlg-1", "sup-2")
    refused(ledger, gate, "sup-2", says="no seat")


@on_sqlite
def test_a_delegation_bears_both_names_and_ends_with_its_last_day(ledger: Ledger) -> None:
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "sue")
    ledger.delegate("blg-1", "sup-1", MONDAY, MONDAY)
    with pytest.raises(UserError, match="no seat"):
        ledger.answer(gate, "sup-1", day=TUESDAY)
    ledger.answer(gate, "sup-1")
    (vote,) = ledger.rows(votes)
    assert (vote.voter, vote.on_behalf_of, vote.seat) == ("sup-1", "blg-1", "BLG")
    (cast,) = ledger.events("a", ev.VoteCast)
    assert (cast.voter, cast.on_behalf_of) == ("sup-1", "blg-1")


@on_sqlite
def test_the_loan_s_originator_sits_in_no_loss_seat_nor_lets_another_sit_there(ledger: Ledger) -> None:
    case_of(ledger, "a", originator="rm-1")
    loss = gate_over(ledger, "a", "waiver_principal")
    refused(ledger, loss, "rm-1", says="originator sits in no loss seat")
    ledger.delegate("rm-1", "sup-1")
    refused(ledger, loss, "sup-1", says="no seat")
    case_of(ledger, "b", originator="rm-1", yuan=4 * MILLION)
    assert ledger.answer(gate_over(ledger, "b", "enforce"), "rm-1").status == "open", "no loss is decided there"


# --- what an answer has to say ------------------------------------------------------------------------------------


@on_sqlite
def test_an_answer_needs_a_reason_a_known_verdict_and_an_open_gate(ledger: Ledger) -> None:
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "acceleration")
    refused(ledger, gate, "bap-1", reason=" \n", says="needs a reason")
    refused(ledger, gate, "bap-1", verdict="approved", says="'approved' is no answer")
    refused(ledger, gate, "bap-1", verdict="strike", says="only a list")
    refused(ledger, gate, "bap-1", strike=["a"], says="only a list")
    refused(ledger, gate, "bap-1", choice="sue", says="'sue' is not a choice here")
    refused(ledger, "no-such-gate", "bap-1", says="no gate 'no-such-gate'")
    ledger.answer(gate, "bap-1")
    refused(ledger, gate, "bap-2", says="the gate is approved")


@on_sqlite
def test_a_gate_with_a_choice_needs_one_that_it_offers_and_all_have_to_choose_alike(ledger: Ledger) -> None:
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "sue", node="litigation_route")
    refused(ledger, gate, "blg-1", says="has to choose.*sue|no_suit|other_route")
    refused(ledger, gate, "blg-1", choice="flee", says="'flee' is not a choice")
    ledger.answer(gate, "blg-1", choice="sue")
    made = ledger.answer(gate, "bap-1", choice="sue")
    assert (made.status, made.choice) == ("approved", "sue")
    case_of(ledger, "b")
    torn = gate_over(ledger, "b", "sue", node="litigation_route")
    ledger.answer(torn, "blg-1", choice="sue")
    assert ledger.answer(torn, "bap-1", choice="no_suit").status == "returned"
    assert ledger.case("b").file.visits["litigation_route"].outcome == "returned"


@on_sqlite
@pytest.mark.parametrize(("verdict", "status_"), [("reject", "rejected"), ("return", "returned")])
def test_one_no_ends_a_gate_without_a_committee(ledger: Ledger, verdict: str, status_: str) -> None:
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "waiver_principal")
    ledger.answer(gate, "hap-1")
    assert ledger.answer(gate, "fin-1", verdict, "the papers are thin").status == status_
    assert (ledger.case("a").file.visits["acceleration"].outcome, status(ledger, gate)) == (status_, status_)
    assert ledger.rows(intents, intents.c.node == "acceleration") == []
    (answered,) = ledger.events("a", ev.GateAnswered)
    assert (answered.verdict, answered.reason) == (status_, "the papers are thin")
    assert ledger.verified().faults == []


# --- committees ---------------------------------------------------------------------------------------------------


def committee(ledger: Ledger, *noes: str) -> str:
    """What a committee of five, head-office legal among them, comes to when these say no."""
    case_of(ledger, "a", 6 * MILLION)
    gate = gate_over(ledger, "a", "settle", node="withdrawal")
    came_to = ""
    for who in ("hlg-1", "drc-1", "drc-2", "drc-3", "drc-4"):
        assert came_to in ("", "open")
        given = {"choice": "settle"} if who not in noes else {}
        verdict = "reject" if who in noes else "approve"
        came_to = ledger.answer(gate, who, verdict, "considered", **given).status  # type: ignore[arg-type]
    return came_to


@pytest.mark.parametrize(("noes", "came_to"), [((), "approved"), (("drc-1",), "approved"),
                                               (("drc-1", "hlg-1"), "rejected"),
                                               (("drc-1", "drc-2", "drc-3"), "rejected")])  # fmt: skip
def test_two_thirds_of_a_committee_carry_it(sqlite_ledger: Ledger, noes: tuple[str, ...], came_to: str) -> None:
    assert committee(sqlite_ledger, *noes) == came_to


@on_sqlite
def test_a_committee_sits_with_head_office_legal_and_nobody_in_its_place(ledger: Ledger) -> None:
    case_of(ledger, "a", 6 * MILLION)
    gate = gate_over(ledger, "a", "settle", node="withdrawal")
    for who in ("drc-1", "drc-2", "drc-3", "drc-4"):
        assert ledger.answer(gate, who, choice="settle").status == "open"
    refused(ledger, gate, "drc-5", choice="settle", says="no seat")
    assert ledger.answer(gate, "hlg-1", choice="settle").status == "approved"


# --- deadlines ----------------------------------------------------------------------------------------------------


def seats(ledger: Ledger, gate: str) -> list[str]:
    (event,) = [each for each in ledger.events("a", ev.GateEscalated)[-1:] if each.gate_id == gate]
    return list(event.seats)


def test_a_deadline_lifts_the_seats_and_approves_nothing(ledger: Ledger) -> None:
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "sue")
    due_on = next(row.due_on for row in ledger.rows(gates))
    assert due_on == MONDAY + timedelta(days=7), "five working days"
    assert ledger.escalate(due_on) == 0
    assert ledger.escalate(due_on + timedelta(days=1)) == 1
    assert status(ledger, gate) == "open"
    assert seats(ledger, gate) == ["HLG#BLG", "HAP#BAP"]
    assert ledger.escalate(due_on + timedelta(days=1)) == 0, "it has a new deadline"
    with pytest.raises(UserError, match="no seat"):
        ledger.answer(gate, "blg-1")
    assert ledger.answer(gate, "hlg-1").status == "open"
    assert ledger.answer(gate, "hap-1").status == "approved"
    assert ledger.verified().faults == []


@on_sqlite
def test_seats_that_meet_at_one_level_are_still_as_many_votes(ledger: Ledger) -> None:
    """Finance and two head-office departments all answer to the vice-president: three votes stay three."""
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "waiver_principal")
    ledger.answer(gate, "hap-1")
    late = MONDAY + timedelta(days=30)
    ledger.escalate(late)
    lifted = seats(ledger, gate)
    assert len(set(lifted)) == 4
    assert lifted[0] == "HAP", "who has answered has answered"
    assert ledger.answer(gate, "hvp-1", day=late).status == "open"
    assert ledger.answer(gate, "hvp-2", day=late).status == "open"
    assert ledger.answer(gate, "brd-1", day=late).status == "approved"
    assert len(ledger.rows(votes)) == 4


@on_sqlite
def test_at_the_top_a_gate_waits_and_is_not_journaled_every_night(ledger: Ledger) -> None:
    case_of(ledger, "a")
    gate_over(ledger, "a", "acceleration")
    for n in range(30):
        ledger.escalate(MONDAY + timedelta(days=n))
    raised = ledger.events("a", ev.GateEscalated)
    assert [event.seats[0].split("#")[0] for event in raised] == ["HAP", "HVP", "BRD"]
    assert [event.level for event in raised] == [1, 2, 3]


# --- evidence -----------------------------------------------------------------------------------------------------


def test_an_answer_to_evidence_that_has_changed_opens_the_gate_anew(ledger: Ledger) -> None:
    case_of(ledger, "a")
    first = gate_over(ledger, "a", "sue")
    ledger.answer(first, "blg-1")
    ledger.arrive("a", ev.BrakePlaced("h", "dispute"), day=TUESDAY)
    made = ledger.answer(first, "bap-1", day=TUESDAY)
    assert (made.status, status(ledger, first)) == ("void", "void")
    assert any("holds" in change and "dispute" in change for change in made.changes)
    again = ledger.gate("a")
    assert (again.gate_id, again.queued_from) == (made.reopened_as, MONDAY)
    assert [row for row in ledger.rows(votes) if row.gate_id == again.gate_id] == [], "nobody's old answer is kept"
    with pytest.raises(UserError, match="the gate is void"):
        ledger.answer(first, "bap-1", day=TUESDAY)
    assert ledger.answer(again.gate_id, "bap-1", day=TUESDAY).status == "open"
    assert ledger.answer(again.gate_id, "blg-1", day=TUESDAY).status == "approved"
    assert ledger.verified().faults == []


@pytest.mark.parametrize(
    ("change", "voids"),
    [({"principal": 1_999_900}, False), ({"principal": 1_000_000, "overdue": 100}, False),
     ({"principal": 60_000_000, "exposure": 60_000_000}, True), ({"principal": 0}, True)],
)  # fmt: skip
def test_small_receipts_void_nothing_and_a_tier_or_full_payment_does(
    sqlite_ledger: Ledger, change: dict[str, int], voids: bool
) -> None:
    case_of(sqlite_ledger, "a")
    gate = gate_over(sqlite_ledger, "a", "sue")
    sqlite_ledger.delivery(TUESDAY, "a", **change)
    assert (sqlite_ledger.answer(gate, "bap-1", day=TUESDAY).status == "void") is voids


def test_one_matter_has_one_open_gate(ledger: Ledger) -> None:
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "sue")
    (row,) = ledger.rows(gates)
    twin = {**row._mapping, "gate_id": "another"}
    with pytest.raises(Exception, match=r"(?i)unique"), ledger.engine.begin() as connection:
        connection.execute(gates.insert().values(twin))
    ledger.answer(gate, "bap-1", "reject", "no")
    with ledger.engine.begin() as connection:
        connection.execute(gates.insert().values(twin))


@on_sqlite
def test_a_case_that_ends_takes_its_gate_along(ledger: Ledger) -> None:
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "sue")
    ledger.paid_in_full(TUESDAY, "a")
    ledger.set_wake("a", TUESDAY)
    ledger.sweep(TUESDAY)
    assert status(ledger, gate) == "withdrawn"
    with pytest.raises(UserError, match="withdrawn"):
        ledger.answer(gate, "blg-1", day=TUESDAY)
    assert ledger.verified().faults == []
