"""The day's contacts of agencies: out of one budget for everybody, however many ask at once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest

from recourse import events as ev
from recourse.climb.agency_quota import Given, give, purpose_of
from recourse.contact_law import GIVEN_BACK, Permit, Request
from recourse.ledger.database import writing
from recourse.ledger.tables import parties, permits
from recourse.permits import give_back, issue, reserve
from tests.core.ledgers import MONDAY, MORNING, Ledger, on_sqlite, open_ledger, pen_of

NODES = ("agency_referral", "call")
CALLS_A_DAY, FOR_AN_AGENCY = 3, 2


def placed(ledger: Ledger, account: str, agency: str, until: int = 90, person: str = "") -> None:
    """An account in arrears whose debt an agency holds."""
    holder = person or f"p-{account}"
    if not ledger.rows(parties, parties.c.party_id == holder):
        ledger.person(holder)
    ledger.loan(account, holder, days_late=120)
    ledger.sweep()
    ledger.arrive(account, ev.PlacementMade(f"pl-{account}", agency, MONDAY + timedelta(days=until)))


def given(ledger: Ledger, agency: str) -> list[Given]:
    with writing(ledger.engine) as connection:
        return give(connection, ledger.strategy(MONDAY), pen_of(MONDAY), agency, NODES)


def contacts(of: Sequence[Given]) -> dict[str, int]:
    return {each.placement_id: each.contacts for each in of}


def rings(ledger: Ledger, person: str) -> bool:
    """One of the bank's own callers dials."""
    request = Request(person, "c", "call", "call", f"{person}:phone")
    with writing(ledger.engine) as connection:
        policy = ledger.book.at(MONDAY, "cn", "consumer_loan")
        (answer,) = issue(connection, [(request, policy)], f"{MONDAY}T{MORNING}")
    return isinstance(answer, Permit)


def test_what_an_agency_gets_nobody_else_may_use(ledger: Ledger) -> None:
    placed(ledger, "a", "x")
    assert contacts(given(ledger, "x")) == {"pl-a": FOR_AN_AGENCY}
    assert [rings(ledger, "p-a") for _ in range(3)] == [True, False, False]


@on_sqlite
def test_what_the_bank_has_used_an_agency_does_not_get_and_is_told_by_which_rule(ledger: Ledger) -> None:
    placed(ledger, "a", "x")
    assert [rings(ledger, "p-a") for _ in range(2)] == [True, True]
    (got,) = given(ledger, "x")
    assert (got.contacts, got.rule) == (1, "contact.interactive_calls_per_person")
    (told,) = ledger.events("a", ev.QuotaReserved)
    assert (len(told.permits), told.rule) == (1, "contact.interactive_calls_per_person")


@on_sqlite
def test_two_debts_of_one_person_share_what_there_is(ledger: Ledger) -> None:
    placed(ledger, "a", "x", person="p")
    placed(ledger, "b", "x", person="p")
    assert sum(contacts(given(ledger, "x")).values()) == FOR_AN_AGENCY
    assert {row.purpose for row in ledger.rows(permits)} == {purpose_of("x")}


@on_sqlite
def test_asked_again_the_same_and_given_back_it_is_everybody_s(ledger: Ledger) -> None:
    placed(ledger, "a", "x")
    assert contacts(given(ledger, "x")) == contacts(given(ledger, "x")) == {"pl-a": FOR_AN_AGENCY}
    ids = [row.permit_id for row in ledger.rows(permits)]
    assert len(ids) == FOR_AN_AGENCY
    with writing(ledger.engine) as connection:
        give_back(connection, ids)
    assert contacts(given(ledger, "x")) == {"pl-a": 0}, "a day is given once"
    assert [rings(ledger, "p-a") for _ in range(4)] == [True, True, True, False]
    made = ledger.rows(permits)
    assert len({row.permit_id for row in made}) == len(made) == FOR_AN_AGENCY + CALLS_A_DAY
    assert sum(row.used == GIVEN_BACK for row in made) == FOR_AN_AGENCY


@on_sqlite
@pytest.mark.parametrize("event", [ev.PlacementRecalled("pl-a", "asked"), ev.PlacementReturned("pl-a"),
                                   ev.BrakePlaced("h", "complaint")])  # fmt: skip
def test_what_was_called_back_or_is_braked_gets_nothing(ledger: Ledger, event: ev.Event) -> None:
    placed(ledger, "a", "x")
    ledger.arrive("a", event)
    assert sum(contacts(given(ledger, "x")).values()) == 0
    assert ledger.rows(permits) == []


@on_sqlite
def test_no_day_outside_the_lease_and_no_other_agency(ledger: Ledger) -> None:
    placed(ledger, "a", "x", until=-1)
    placed(ledger, "b", "y")
    assert given(ledger, "x") == []
    assert contacts(given(ledger, "y")) == {"pl-b": FOR_AN_AGENCY}


@on_sqlite
def test_a_reservation_is_for_a_day_and_at_no_hour(ledger: Ledger) -> None:
    """Written at night for the day: quiet hours are for whoever rings, the caps are for everybody."""
    ledger.person("p")
    policy = ledger.book.at(MONDAY, "cn", "consumer_loan")
    asked = [(Request("p", "c", "call", "agency:x", "p:phone"), policy)] * 5
    with writing(ledger.engine) as connection:
        answers = reserve(connection, asked, MONDAY, f"{MONDAY - timedelta(days=1)}T18:00:00+00:00")
    assert [isinstance(answer, Permit) for answer in answers] == [True, True, True, False, False]
    assert {row.issued_on for row in ledger.rows(permits)} == {MONDAY}


def test_agencies_and_callers_side_by_side_never_pass_a_cap_together(postgres_ledger: Ledger) -> None:
    """Two agencies and two callers want the same two people at once; a person is rung three times and no more."""
    for account, agency, person in (("a", "x", "p"), ("b", "y", "p"), ("c", "x", "q"), ("d", "y", "q")):
        placed(postgres_ledger, account, agency, person=person)
    started, failures = threading.Barrier(6), list[BaseException]()

    def run(n: int) -> None:
        try:
            with open_ledger(postgres_ledger.url) as mine:
                started.wait(20)
                if n < 4:
                    given(mine, "xy"[n % 2])
                else:
                    for person in ("pq" if n % 2 else "qp") * 2:
                        rings(mine, person)
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=run, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    made = postgres_ledger.rows(permits, permits.c.channel == "call")
    assert {person: sum(row.person_id == person for row in made) for person in "pq"} == {"p": 3, "q": 3}
    assert len({row.permit_id for row in made}) == len(made)
    for agency in "xy":
        mine = [row for row in made if row.purpose == purpose_of(agency)]
        assert all(sum(row.person_id == person for row in mine) <= FOR_AN_AGENCY for person in "pq"), "given twice"
