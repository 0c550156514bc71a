"""What `verify` finds: every way of changing the past that the guards would have refused, and every row that strayed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from recourse import events as ev
from recourse import rebuilt
from recourse.canonical import chain
from recourse.ledger import agreed_rows, guards, projections
from recourse.ledger.database import writing
from recourse.ledger.refold import refold
from recourse.ledger.store import GENESIS
from recourse.ledger.tables import accounts, cases, work_items
from recourse.money import Amounts
from recourse.schedules import Row
from tests.climb.fake_acts import acts_of, whole_set
from tests.core.ledgers import MONDAY, Ledger, on_sqlite
from tests.core.opened_gates import case_of, gate_over, list_over

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


@pytest.fixture
def lived(ledger: Ledger) -> Ledger:
    """Two cases with a little life in them, sealed on Monday and on Tuesday."""
    for account in ("a", "b"):
        case_of(ledger, account)
        ledger.dispatch(acts_of(whole_set()))
    ledger.arrive("a", ev.PlacementMade("pl", "agency", TUESDAY), ev.MatterOpened("m", "suit"))
    gate_over(ledger, "a", "acceleration")
    ledger.seal(MONDAY)
    ledger.arrive("b", ev.PaymentReceived("y", 500), day=TUESDAY)
    ledger.arrive("a", ev.MatterStageReached("m", "docketed", "(2026) 1"), ev.PlacementRecalled("pl", "x"), day=TUESDAY)
    ledger.seal(TUESDAY)
    found = ledger.verified()
    assert (found.faults, found.cases, found.seals) == ([], 2, 2)
    return ledger


def tampered(ledger: Ledger, change: Callable[[Connection], object]) -> list[str]:
    """The faults after a change by somebody who could take the guards off, and put them back."""
    with writing(ledger.engine) as connection:
        for table in ("events", "seals"):
            for verb in ("update", "delete"):
                on_table = f" ON {table}" if ledger.is_postgres else ""
                connection.execute(text(f"DROP TRIGGER {table}_refuses_{verb}{on_table}"))
        change(connection)
    with writing(ledger.engine) as connection:
        guards.install(connection)
    return ledger.verified().faults


def sql(statement: str, **values: object) -> Callable[[Connection], object]:
    return lambda connection: connection.execute(text(statement.replace('":', '"\\:')), values)


def stream_of(ledger: Ledger, account: str) -> str:
    return f"case:{ledger.case_id(account)}"


def forged(connection: Connection, stream: str, old: str, new: str) -> None:
    """Change a text and chain the whole stream anew, heads included, as a careful forger would."""
    head, rows = GENESIS, connection.execute(
        text("SELECT pos, text FROM events WHERE stream = :s ORDER BY pos"), {"s": stream}
    ).all()  # fmt: skip
    for pos, kept in rows:
        changed = kept.replace(old, new)
        head = chain(head, changed)
        connection.execute(
            text("UPDATE events SET text = :t, hash = :h WHERE stream = :s AND pos = :p"),
            {"t": changed, "h": head, "s": stream, "p": pos},
        )
    connection.execute(text("UPDATE cases SET head_hash = :h WHERE 'case:' || case_id = :s"), {"h": head, "s": stream})


# --- the chain ----------------------------------------------------------------------------------------------------


def test_a_changed_text_is_found(lived: Ledger) -> None:
    stream = stream_of(lived, "b")
    faults = tampered(lived, sql("UPDATE events SET text = replace(text, '500', '900') WHERE stream = :s", s=stream))
    assert any(f"{stream}/" in fault and "does not give the hash" in fault for fault in faults)
    assert any("another file (paid)" in fault for fault in faults)


@on_sqlite
def test_a_text_that_is_nonsense_is_found_and_not_stumbled_over(lived: Ledger) -> None:
    stream = stream_of(lived, "b")
    faults = tampered(lived, sql("UPDATE events SET text = '{oops' WHERE stream = :s AND pos = 1", s=stream))
    assert any(f"{stream}/1: the text is no event" in fault for fault in faults)


@on_sqlite
def test_a_changed_column_beside_the_text_is_found(lived: Ledger) -> None:
    faults = tampered(lived, sql("UPDATE events SET known_on = '2026-01-01' WHERE pos = 2 AND stream LIKE 'case:%'"))
    assert any("the columns differ" in fault for fault in faults)


@on_sqlite
@pytest.mark.parametrize("which", ["= 1", "= 2", "= (SELECT max(pos) FROM events WHERE stream = :s)"])
def test_a_removed_event_is_found_wherever_it_stood(lived: Ledger, which: str) -> None:
    stream = stream_of(lived, "a")
    faults = tampered(lived, sql(f"DELETE FROM events WHERE stream = :s AND pos {which}", s=stream))
    assert any(stream in fault or lived.case_id("a") in fault for fault in faults)


@on_sqlite
def test_a_removed_stream_is_found(lived: Ledger) -> None:
    case_id = lived.case_id("a")
    faults = tampered(lived, sql("DELETE FROM events WHERE stream = :s", s=f"case:{case_id}"))
    assert f"case {case_id}: its stream is gone" in faults
    faults = tampered(lived, sql("DELETE FROM events WHERE stream = 'access:actors'"))
    assert "access:actors: its stream is gone" in faults


def test_two_heads_that_were_swapped_are_found(lived: Ledger) -> None:
    ids = {"a": lived.case_id("a"), "b": lived.case_id("b")}
    heads = {row.case_id: row.head_hash for row in lived.rows(cases)}

    def swap(connection: Connection) -> None:
        for mine, other in (("a", "b"), ("b", "a")):
            connection.execute(
                text("UPDATE cases SET head_hash = :h WHERE case_id = :c"), {"h": heads[ids[other]], "c": ids[mine]}
            )

    faults = tampered(lived, swap)
    assert sum("head kept is not the last link" in fault for fault in faults) == 2


def test_a_stream_that_was_chained_anew_is_found_by_the_seal(lived: Ledger) -> None:
    faults = tampered(
        lived, lambda connection: forged(connection, stream_of(lived, "b"), '"amount":500', '"amount":501')
    )
    sealed = [fault for fault in faults if fault.startswith("seal of")]
    assert sealed == [f"seal of {TUESDAY}: the streams do not give its root"]


@on_sqlite
def test_a_forgery_of_an_early_day_breaks_every_seal_from_then_on(lived: Ledger) -> None:
    faults = tampered(lived, lambda connection: forged(connection, stream_of(lived, "b"), '"episode":1', '"episode":2'))
    assert len([fault for fault in faults if fault.startswith("seal of")]) == 2


@on_sqlite
def test_a_seal_that_was_changed_or_removed_is_found(lived: Ledger) -> None:
    assert any("seal of" in fault for fault in tampered(lived, sql("UPDATE seals SET root = 'x'")))
    days = "INSERT INTO business_days (day, policy, closed) VALUES ('2026-03-02', 'p', true)"

    def remove(connection: Connection) -> None:
        connection.execute(text(days))
        connection.execute(text("DELETE FROM seals WHERE day = '2026-03-02'"))

    assert f"seal of {MONDAY}: it is gone" in tampered(lived, remove)


@on_sqlite
def test_a_day_is_sealed_once(lived: Ledger) -> None:
    lived.arrive("a", ev.PaymentReceived("z", 1), day=TUESDAY)
    assert lived.seal(MONDAY) == lived.seal(MONDAY)


# --- projections --------------------------------------------------------------------------------------------------


@on_sqlite
@pytest.mark.parametrize(
    ("statement", "fault"),
    [("UPDATE cases SET file = replace(file, '\"paid\":500', '\"paid\":400')", "another file (paid)"),
     ("UPDATE cases SET closed_on = '2026-03-02'", "open and closed disagree"),
     ("UPDATE visits SET outcome = 'sent'", "the visit of acceleration differs"),
     ("UPDATE visits SET entered_on = '2026-01-01'", "differs from the file"),
     ("DELETE FROM visits", "differs from the file"),
     ("UPDATE gates SET status = 'approved'", "approved in the table, open by the journal"),
     ("UPDATE placements SET recalled_on = NULL", "placements pl: the journal gives another row"),
     ("DELETE FROM placements", "placements pl: its row is gone"),
     ("UPDATE matters SET stage = 'judged'", "matters m: the journal gives another row"),
     ("UPDATE streams SET pos = 1 WHERE stream = 'access:actors'", "access:actors: the head kept")],
)  # fmt: skip
def test_a_row_that_the_journal_does_not_give_is_found(lived: Ledger, statement: str, fault: str) -> None:
    faults = tampered(lived, sql(statement))
    assert any(fault in each for each in faults), faults


@on_sqlite
def test_rows_that_no_journal_speaks_of_are_found(lived: Ledger) -> None:
    case_id = lived.case_id("a")
    visit = "INSERT INTO visits (case_id, node, n, state, entered_on, outcome) VALUES (:c, 'visit', 1, 'open', '2026-03-02', '')"
    assert any("that the file does not have" in fault for fault in tampered(lived, sql(visit, c=case_id)))
    matter = "INSERT INTO matters VALUES ('ghost', 'suit', 'filed', '2026-03-02', '', '[]', '', :c)"
    assert "matters ghost: the journal knows nothing of it" in tampered(lived, sql(matter, c=case_id))
    older = "INSERT INTO visits (case_id, node, n, state, entered_on, outcome) VALUES (:c, 'acceleration', 0, 'gate', '2026-03-01', '')"
    assert any("visit 0 of acceleration was never left" in fault for fault in tampered(lived, sql(older, c=case_id)))


def test_every_table_that_follows_from_events_alone_is_followed() -> None:
    """Nobody adds a projection without its proof: what intake writes too is known by name."""
    made = {row[0] for kind, make in projections.MADE.items() for row in make("c", "p", _example(kind), MONDAY)}
    moved = {move("c", _example(kind), MONDAY)[0] for kind, move in projections.MOVED.items()}
    assert made | moved == {*projections.REBUILT, *projections.SHARED, accounts, work_items}


def _example(kind: type[ev.Event]) -> Any:
    plain: dict[str, Any] = dict.fromkeys(kind.__struct_fields__, "")
    parts = {"rows": (Row(MONDAY, 1),), "waived": None, "amounts": Amounts()}
    return kind(**plain | {name: parts[name] for name in parts.keys() & plain.keys()})


@pytest.mark.parametrize("cases_at_once", [1, 2, 5_000])
def test_rows_are_compared_some_cases_at_a_time(
    lived: Ledger, cases_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the journal is still being read, on either database; a share looks at its own rows."""
    monkeypatch.setattr(rebuilt, "CASES_AT_ONCE", cases_at_once)
    lived.arrive("b", ev.PlacementMade("pb", "agency", TUESDAY), ev.RecordingReferred("s", "r", "p"), day=WEDNESDAY)
    assert lived.verified().faults == []
    stray = "INSERT INTO placements VALUES ('stray', 'nocase', 'agency', '2026-03-02', '2026-03-02', NULL, '', NULL, 1, '', NULL)"
    wrong = "UPDATE placements SET agency = 'other' WHERE placement_id = 'pb'"
    gone = "DELETE FROM recordings"

    def tamper(connection: Connection) -> None:
        for statement in (stray, wrong, gone):
            connection.execute(text(statement))

    expected = {"placements stray: the journal knows nothing of it", "placements pb: the journal gives another row",
                f"recordings {lived.case_id('b')}/s/r: its row is gone"}  # fmt: skip
    assert set(tampered(lived, tamper)) == expected
    shares = [fault for n in range(3) for fault in lived.verified(f"{n}/3").faults]
    assert set(shares) == {each for each in expected if "stray" not in each}


@on_sqlite
def test_a_key_that_was_acted_on_twice_is_found(lived: Ledger) -> None:
    key = f"{lived.case_id('a')}/reminder/1/act"
    lived.arrive("a", ev.ActCompleted(key, "", "done"))
    assert any(f"the act {key} was done before" in fault for fault in lived.verified().faults)


# --- shares -------------------------------------------------------------------------------------------------------


def test_every_share_of_a_sound_ledger_is_sound_and_together_they_are_all(ledger: Ledger) -> None:
    for n in range(6):
        case_of(ledger, f"a{n}")
    gate = list_over(ledger, *[f"a{n}" for n in range(6)])
    ledger.answer(gate, "osm-1", strike=["a1"])
    ledger.arrive("a2", ev.BrakePlaced("h", "dispute"))
    for who in ("cmp-1", "bap-1"):
        ledger.answer(gate, who)
    shares = [ledger.verified(f"{n}/3") for n in range(3)]
    assert [share.faults for share in shares] == [[], [], []]
    assert sum(share.cases for share in shares) == ledger.verified().cases == 6


def test_a_file_of_an_older_release_is_folded_anew(lived: Ledger) -> None:
    with writing(lived.engine) as connection:
        connection.execute(cases.update().where(cases.c.account_id == "b").values(file='{"paid":7}'))
    assert any("another file" in fault for fault in lived.verified().faults)
    with writing(lived.engine) as connection:
        assert refold(connection) == 1
    assert lived.verified().faults == []
    with writing(lived.engine) as connection:
        assert refold(connection) == 0, "nothing is left to be folded otherwise"


def test_what_was_agreed_under_an_older_release_gets_its_rows(lived: Ledger) -> None:
    """A promise and an arrangement that was broken: an older ledger has the events and no table for them."""
    made = ev.ArrangementMade("r", "reschedule", WEDNESDAY, rows=(Row(TUESDAY, 5), Row(WEDNESDAY, 5)))
    lived.arrive("b", ev.ContactRecorded("k", "call", "promise", WEDNESDAY, 500), made, day=WEDNESDAY)
    lived.arrive("b", ev.ArrangementEnded("r", "broken"), day=WEDNESDAY)
    lived.seal(WEDNESDAY)
    assert lived.verified().faults == []
    with writing(lived.engine) as connection:
        for table in agreed_rows.TABLES:
            connection.execute(table.delete())
    assert len([fault for fault in lived.verified().faults if "its row is gone" in fault]) == 4
    with writing(lived.engine) as connection:
        refold(connection)
    assert lived.verified().faults == []
