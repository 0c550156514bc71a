"""`recourse verify` rebuilds what is kept of agencies from their journals, and finds every row that was changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from recourse import events as ev
from recourse.ledger import agency_rows
from recourse.ledger.database import writing
from tests.core.ledgers import MONDAY, Ledger, on_sqlite, pen_of

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def register(ledger: Ledger) -> Ledger:
    """An agency with a contract, a debt, a contact, two breaches and a file each way."""
    ledger.person("p")
    ledger.loan("a", "p", days_late=120)
    ledger.sweep()
    ledger.arrive("a", ev.PlacementMade("pl", "x", TUESDAY, 5))
    ledger.arrive("a", ev.AgencyContacted("c1", "pl", "x", "2026-03-02T10:00:00+08:00", "call", "no_answer"))
    ledger.arrive("a", ev.PlacementRecalled("pl", "asked"), ev.PlacementReturned("pl", cause="asked"))
    ledger.arrive("a", ev.CertificateReceived("pl", "sha"))
    made: list[ev.Event] = [
        ev.AgencyRegistered("x", (), 5, "age1", "k"), ev.AgencyPublished("x", "page"),
        ev.AgencyContracted("x", "c", MONDAY, TUESDAY, (), 1), ev.AgencyReviewed("x", "passed"),
        ev.ViolationFound("x", "v1", "quota", False), ev.ViolationFound("x", "v2", "conduct", True),
        ev.AgencyFileWritten("x", MONDAY, "s1", 1, 2, "key"), ev.ResultsTaken("x", "content", "s2", 1, 1),
    ]  # fmt: skip
    for event in [*made, ev.ViolationClosed("x", "v1", "mended")]:
        with writing(ledger.engine) as connection:
            agency_rows.record(connection, "x", [(event, None)], pen_of(MONDAY))
    return ledger


def test_the_rows_are_those_of_the_journal(register: Ledger) -> None:
    assert register.verified().faults == []
    with writing(register.engine) as connection:
        entry = agency_rows.entry_of(connection, "x")
        assert agency_rows.loads(connection) == {}
    assert (entry.listed, entry.breaches, entry.reviewed_on) == (True, {"v2": "conduct"}, MONDAY)


@on_sqlite
@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE agencies SET white_listed = 0", "agencies x: the journal gives another row"),
        ("UPDATE agencies SET entry = replace(entry, '\"capacity\":5', '\"capacity\":6')", "agencies x: the journal"),
        ("DELETE FROM agencies", "agencies x: its row is gone"),
        ("INSERT INTO agencies VALUES ('ghost', 1, NULL, NULL, '{}')", "agencies ghost: the journal knows nothing"),
        ("UPDATE agency_violations SET closed_on = '2026-03-02' WHERE violation_id = 'v2'", "agency_violations v2"),
        ("UPDATE agency_violations SET serious = 0 WHERE violation_id = 'v2'", "agency_violations v2: the journal"),
        ("DELETE FROM agency_violations WHERE violation_id = 'v1'", "agency_violations v1: its row is gone"),
        ("UPDATE agency_files SET rows = 7 WHERE direction = 'in'", "agency_files content: the journal"),
        ("DELETE FROM agency_contacts", "agency_contacts c1: its row is gone"),
        ("UPDATE agency_contacts SET violations = 1", "agency_contacts c1: the journal"),
        ("UPDATE placements SET certified_on = NULL", "placements pl: the journal gives another row"),
        ("UPDATE placements SET amount = 6", "placements pl: the journal gives another row"),
    ],
)
def test_a_row_that_was_changed_is_found(register: Ledger, statement: str, fault: str) -> None:
    with writing(register.engine) as connection:
        connection.exec_driver_sql(statement)
    faults = register.verified().faults
    assert any(fault in each for each in faults), faults
