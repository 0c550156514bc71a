"""Asking and answering agree: who is named for a seat may take it, that seat and no other, and nobody else may."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from recourse.actors import Actor, enrolled
from recourse.canonical import encode
from recourse.climb import lists
from recourse.errors import UserError
from recourse.gate_rows import names_of
from recourse.ledger import bulk
from recourse.ledger.database import reading, writing
from recourse.ledger.tables import actors, delegations, gates, votes
from recourse.sitting import Sitting
from tests.core.ledgers import MONDAY, SYSTEM, Ledger, on_sqlite, pen_of
from tests.core.opened_gates import case_of, gate_over, list_over

PEOPLE = tuple("pqrstu")
SEATS = ("A", "B", "A#2", "B#A", "C", "then:C", "then:B#C")
ROLES = {"A": "A", "B": "B", "A#2": "A", "B#A": "B", "C": "C", "then:C": "C", "then:B#C": "B"}
"""Seat → the role that it asks for."""

names = st.lists(st.sampled_from(SEATS), min_size=1, max_size=5, unique=True)
held = st.sets(st.sampled_from("ABC"), max_size=2)
out = st.lists(st.sampled_from((*PEOPLE, "gone")), max_size=1)
days = st.integers(-2, 2).map(lambda offset: MONDAY + timedelta(days=offset))
Delegation = tuple[str, str, date, date]


def seat(connection: Connection, sitting: Sitting, who: Actor, asked: str = "") -> tuple[str, str] | None:
    """What an actor would sit in, and for whom; None when refused."""
    try:
        return sitting.seat_for(connection, who, MONDAY, asked)
    except UserError:
        return None


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    roles=st.fixed_dictionaries(dict.fromkeys(PEOPLE[:4], held), optional=dict.fromkeys(PEOPLE[4:], held)),
    given_=st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), days, days), max_size=6),
    names=names,
    filled=st.sets(st.sampled_from(SEATS), max_size=3),
    maker=st.sampled_from((SYSTEM, *PEOPLE)),
    voted=out,
    originators=out,
)
def test_who_is_named_may_sit_and_nobody_else(
    sqlite_ledger: Ledger, roles: dict[str, set[str]], given_: list[Delegation], names: list[str], filled: set[str],
    maker: str, voted: list[str], originators: list[str],
) -> None:  # fmt: skip
    sitting = Sitting("g", maker, sorted(names, key=lambda name: name.startswith("then:")), filled, voted, originators)
    nobody = {maker, *voted, *originators}
    with writing(sqlite_ledger.engine) as connection:
        people(connection, roles, given_)
        named = sitting.sitters(connection, MONDAY)
        assert named == {name: may_sit(name, roles, given_, nobody) for name in sitting.left}
        for who in enrolled(connection):
            for name in names:
                taken = seat(connection, sitting, who, name)
                assert (taken is not None) == (name in sitting.free and who.name in named.get(name, ()))
                if taken is not None:
                    own = ROLES[name] in roles[who.name]
                    assert taken[0] == name
                    assert (taken[1] == "") == own
                    assert own or may_hold(taken[1], name, roles, nobody)
            anywhere = seat(connection, sitting, who)
            assert (anywhere is not None) == any(who.name in named[name] for name in sitting.free)
        connection.rollback()


def people(connection: Connection, roles: Mapping[str, Collection[str]], given_: Sequence[Delegation]) -> None:
    """These are enrolled, and nobody else; these delegations are all there are."""
    connection.execute(delegations.delete())
    connection.execute(actors.delete())
    enrolled_ = [(who, "person", encode(sorted(held))) for who, held in roles.items()]
    bulk.insert(connection, actors, ("actor", "kind", "roles"), enrolled_)
    rows = [(str(n), *each) for n, each in enumerate(given_)]
    bulk.insert(connection, delegations, ("delegation_id", "giver", "taker", "from_on", "until_on"), rows)


def may_hold(who: str, name: str, roles: Mapping[str, Collection[str]], out: Collection[str]) -> bool:
    return who not in out and ROLES[name] in roles.get(who, ())


def may_sit(
    name: str, roles: Mapping[str, Collection[str]], given_: Sequence[Delegation], out: Collection[str]
) -> tuple[str, ...]:
    """The rule in other words: of those who are in question, who holds the role or stands in for one who does."""
    found = {who for who in roles if may_hold(who, name, roles, out)}
    for giver, taker, from_on, until_on in given_:
        if from_on <= MONDAY <= until_on and may_hold(giver, name, roles, out):
            found.add(taker)
    return tuple(sorted(who for who in found if who in roles and who not in out))


# --- gates as they stand in the ledger ----------------------------------------------------------------------------


def sitters(ledger: Ledger, gate_id: str, day: date = MONDAY) -> Mapping[str, tuple[str, ...]]:
    with reading(ledger.engine) as connection:
        gate = connection.execute(select(gates).where(gates.c.gate_id == gate_id)).one()
        return ledger.strategy(day).gate_book.sitting(connection, gate).sitters(connection, day)


def answer(ledger: Ledger, gate_id: str, who: str, name: str, day: date = MONDAY) -> str:
    """Approve in a seat that was asked; returns the gate's status."""
    given_ = (ledger.engine, ledger.strategy(day), pen_of(day, who), gate_id, ledger.actor(who), "approve", "seen")
    return lists.answer(*given_, seat=name).status  # type: ignore[arg-type]


def seats(ledger: Ledger, gate_id: str) -> dict[str, str]:
    return {row.seat: row.voter for row in ledger.rows(votes, votes.c.gate_id == gate_id)}


def answered_seat_by_seat(ledger: Ledger, gate_id: str, day: date = MONDAY) -> list[str]:
    """Whoever is named last for a seat takes it, whoever is not named is refused, until the gate is approved."""
    (row,) = ledger.rows(gates, gates.c.gate_id == gate_id)
    everybody = [actor.actor for actor in ledger.rows(actors)]
    order = []
    for name in names_of(row):
        named = sitters(ledger, gate_id, day)
        assert list(named) == [left for left in names_of(row) if left not in order]
        before = seats(ledger, gate_id)
        for who in sorted(set(everybody) - set(named[name])):
            with pytest.raises(UserError):
                answer(ledger, gate_id, who, name, day)
        assert seats(ledger, gate_id) == before
        status = answer(ledger, gate_id, named[name][-1], name, day)
        assert seats(ledger, gate_id) == {**before, name: named[name][-1]}
        order.append(name)
    assert status == "approved"
    return order


@on_sqlite
def test_a_loss_with_its_final_approver_is_asked_of_those_who_may_answer(ledger: Ledger) -> None:
    """The originator holds two roles that are asked for, and sits in none; somebody stands in for finance."""
    case_of(ledger, "a", originator="rm-1")
    gate = gate_over(ledger, "a", "waiver_principal")
    ledger.delegate("fin-1", "sup-1")
    assert sitters(ledger, gate) == {
        "HAP": ("hap-1", "hap-2"), "FIN": ("fin-1", "sup-1"), "HLG": ("hlg-1", "hlg-2"), "then:HVP": ("hvp-1", "hvp-2"),
    }  # fmt: skip
    assert answered_seat_by_seat(ledger, gate) == ["HAP", "FIN", "HLG", "then:HVP"]
    (cast,) = ledger.rows(votes, votes.c.seat == "FIN")
    assert (cast.voter, cast.on_behalf_of) == ("sup-1", "fin-1")


def test_a_list_is_asked_of_those_who_may_answer(ledger: Ledger) -> None:
    for account in ("a", "b"):
        case_of(ledger, account)
    assert len(answered_seat_by_seat(ledger, list_over(ledger, "a", "b"))) == 3


@on_sqlite
def test_a_gate_that_was_lifted_is_asked_of_those_above(ledger: Ledger) -> None:
    case_of(ledger, "a")
    gate, late = gate_over(ledger, "a", "sue", maker="hap-1"), MONDAY + timedelta(days=8)
    assert set(sitters(ledger, gate)) == {"BLG", "BAP"}
    assert ledger.escalate(late) == 1
    assert sitters(ledger, gate, late) == {"HLG#BLG": ("hlg-1", "hlg-2"), "HAP#BAP": ("hap-2", "rm-1")}
    assert answered_seat_by_seat(ledger, gate, late) == ["HLG#BLG", "HAP#BAP"]


@on_sqlite
def test_the_seat_that_was_asked_is_taken_and_no_other(ledger: Ledger) -> None:
    """rm-1 holds risk and head office's approval; where no seat is named, the first of them is taken."""
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "write_off")
    assert list(sitters(ledger, gate)) == ["RSK", "FIN", "CMP", "ICT", "HAP", "then:HVP"]
    for who, wrong in (("rm-1", "FIN"), ("rm-1", "then:HVP"), ("rm-1", "nonsense"), ("hvp-1", "then:HVP")):
        with pytest.raises(UserError, match=f"{who} has no seat here.*RSK, FIN, CMP, ICT, HAP$"):
            answer(ledger, gate, who, wrong)
    assert seats(ledger, gate) == {}
    answer(ledger, gate, "rm-1", "HAP")
    assert seats(ledger, gate) == {"HAP": "rm-1"}
    with pytest.raises(UserError, match=r"hap-1 has no seat here.*RSK, FIN, CMP, ICT$"):
        answer(ledger, gate, "hap-1", "HAP")
