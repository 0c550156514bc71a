"""Whoever answers, in whatever order, by whatever door: only right votes count, and each person's once."""

from __future__ import annotations

from contextlib import suppress
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from recourse.errors import UserError
from recourse.gate_rows import role_of
from recourse.ledger.database import writing
from recourse.ledger.tables import delegations, gates, votes
from tests.core.ledgers import MONDAY, STAFF, SYSTEM, Ledger
from tests.core.opened_gates import case_of, gate_over

PEOPLE = sorted({actor for actors in STAFF.values() for actor in actors} | {"rm-1"})
ROLES = {actor: {role} for role, actors in STAFF.items() for actor in actors} | {"rm-1": {"HAP", "RSK"}}
ACTIONS = (
    "acceleration",
    "sue",
    "waiver_principal",
    "waiver_interest",
    "write_off",
    "agency_placement",
    "npl_transfer",
)
_numbers = count()

person = st.sampled_from(PEOPLE)
answers = st.lists(
    st.tuples(person, st.sampled_from(["approve"] * 9 + ["reject", "return", "yes", "strike"])), max_size=25
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    action=st.sampled_from(ACTIONS),
    yuan=st.sampled_from([20_000, 200_000, 2_000_000, 8_000_000]),
    maker=person | st.just(SYSTEM),
    delegated=st.lists(st.tuples(person, person), max_size=4),
    given_answers=answers,
    escalated_after=st.none() | st.integers(0, 10),
)
def test_a_wrong_or_repeated_voter_never_counts(
    sqlite_ledger: Ledger,
    action: str,
    yuan: int,
    maker: str,
    delegated: list[tuple[str, str]],
    given_answers: list[tuple[str, str]],
    escalated_after: int | None,
) -> None:
    ledger, account = sqlite_ledger, f"a{next(_numbers)}"
    with writing(ledger.engine) as connection:
        connection.execute(delete(delegations))
    case_of(ledger, account, yuan, originator="rm-1")
    gate = gate_over(ledger, account, action, maker=maker)
    pairs = {(giver, taker) for giver, taker in delegated if giver != taker}
    for giver, taker in pairs:
        ledger.delegate(giver, taker)
    for n, (who, verdict) in enumerate(given_answers):
        if n == escalated_after:
            ledger.escalate(MONDAY.replace(month=MONDAY.month + 3))
        with suppress(UserError):
            ledger.answer(gate, who, verdict)

    cast = ledger.rows(votes, votes.c.gate_id == gate)
    (row,) = ledger.rows(gates, gates.c.gate_id == gate)
    names = [name for vote in cast for name in (vote.voter, vote.on_behalf_of) if name]
    assert len(names) == len(set(names)), "one person, one vote, in his own seat or for another"
    assert maker not in names
    if action in ("waiver_principal", "waiver_interest", "write_off", "npl_transfer"):
        assert "rm-1" not in names, "the originator decides no loss"
    for vote in cast:
        holder = vote.on_behalf_of or vote.voter
        assert role_of(vote.seat) in ROLES[holder]
        assert not vote.on_behalf_of or (holder, vote.voter) in pairs
        assert vote.verdict in ("approve", "reject", "return")
    approvals = [vote for vote in cast if vote.verdict == "approve"]
    seats = set(row.seats.strip('[]"').split('","'))
    assert {vote.seat for vote in cast} <= seats
    if row.status == "approved":
        assert {vote.seat for vote in cast} == seats
        assert len(approvals) * 3 >= len(seats) * 2
        if not any("#" in seat and role_of(seat) == "DRC" for seat in seats) and action != "write_off":
            assert len(approvals) == len(seats)
    if any(vote.seat.startswith("then:") for vote in cast):
        assert len(cast) == len(seats), "the final approver comes last"
