"""Answers on forms of a door that knows no person: the code says who, the gate says whether it counts, and a form is heard
once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from desk import forms, inbox, steps
from desk.forms import Form
from desk.open_desk import Desk
from recourse import codes
from recourse import events as ev
from recourse.actors import enrol
from recourse.codes import Heard
from recourse.errors import UserError
from recourse.gate_rows import Verdict
from recourse.ledger.database import reading, writing
from recourse.ledger.history import stream
from recourse.ledger.tables import actors, business_days, events, gate_codes, gate_forms, gates, intents, streams, votes
from tests.core.ledgers import MONDAY, Ledger, ledger, on_sqlite, pen_of
from tests.core.opened_gates import case_of, gate_over, list_over
from tests.desk.conftest import Recourse, desk_on_monday

__all__ = ["ledger"]
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def desk(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_on_monday(ledger, tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def gate(ledger: Ledger, desk: Desk) -> str:
    """A suit that legal and asset preservation have to agree to."""
    case_of(ledger, "a")
    return gate_over(ledger, "a", "sue")


def code(desk: Desk, ledger: Ledger, gate_id: str, who: str) -> str:
    return forms.code(desk, gate_id, ledger.actor(who)).code


def hear(desk: Desk, name: str, gate_id: str, code: str, verdict: Verdict = "approve", reason: str = "seen") -> Heard:
    return forms.hear(desk, name, gate_id, Form(code, verdict, reason))


def told(ledger: Ledger) -> list[ev.Event]:
    with reading(ledger.engine) as connection:
        return [entry.event for entry in stream(connection, codes.STREAM)]


def turn(desk: Desk, day: date) -> None:
    with writing(desk.engine) as connection:
        connection.execute(business_days.update().values(closed=True))
        connection.execute(business_days.insert().values(day=day, policy="p", closed=False))


# --- who, and whether it counts -----------------------------------------------------------------------------------


def test_two_people_answer_with_codes_of_their_own(ledger: Ledger, desk: Desk, gate: str) -> None:
    assert hear(desk, "run/0", gate, code(desk, ledger, gate, "blg-1")) == Heard("open", "blg-1")
    assert hear(desk, "run/1", gate, code(desk, ledger, gate, "bap-1")) == Heard("approved", "bap-1")
    assert [(vote.seat, vote.voter) for vote in inbox.view(desk, gate).votes] == [("BAP", "bap-1"), ("BLG", "blg-1")]
    queued = ledger.rows(intents, intents.c.gate_id == gate)
    assert [row.node for row in queued] == ["acceleration"], "what it approved is queued in the same transaction"
    assert ledger.verified().faults == []


def test_a_code_is_given_to_nobody_without_a_seat(ledger: Ledger, desk: Desk, gate: str) -> None:
    for who in ("fin-1", "sup-1"):
        with pytest.raises(UserError, match=f"{who} has no seat here"):
            code(desk, ledger, gate, who)
    inbox.answer(desk, gate, ledger.actor("blg-1"), "approve", "seen")
    with pytest.raises(UserError, match="blg-1 has voted already"):
        code(desk, ledger, gate, "blg-1")
    assert ledger.rows(gate_codes) == []
    assert told(ledger) == []


def test_the_maker_gets_no_code(ledger: Ledger, desk: Desk) -> None:
    case_of(ledger, "b")
    gate = gate_over(ledger, "b", "sue", maker="blg-1")
    with pytest.raises(UserError, match="the maker never votes"):
        code(desk, ledger, gate, "blg-1")


def test_a_code_is_good_for_one_answer(ledger: Ledger, desk: Desk, gate: str) -> None:
    once = code(desk, ledger, gate, "blg-1")
    assert hear(desk, "run/0", gate, once).refused == ""
    again = hear(desk, "run/1", gate, once)
    assert again.actor == "", "nobody is taken to have said it"
    assert "this code was used before" in again.refused
    assert len(ledger.rows(votes)) == 1


def test_a_code_is_good_for_its_gate_only(ledger: Ledger, desk: Desk, gate: str) -> None:
    case_of(ledger, "b")
    other = gate_over(ledger, "b", "sue")
    for_one = code(desk, ledger, gate, "blg-1")
    assert "not known for this gate" in hear(desk, "run/0", other, for_one).refused
    assert hear(desk, "run/1", gate, for_one).refused == "", "it is still good where it belongs"


def test_a_newer_code_takes_the_place_of_an_older_one(ledger: Ledger, desk: Desk, gate: str) -> None:
    older, newer = code(desk, ledger, gate, "blg-1"), code(desk, ledger, gate, "blg-1")
    others = code(desk, ledger, gate, "blg-2")
    assert "not known" in hear(desk, "run/0", gate, older).refused
    assert hear(desk, "run/1", gate, newer) == Heard("open", "blg-1")
    assert hear(desk, "run/2", gate, others).refused != "", "the seat is taken"


@on_sqlite
def test_a_code_is_good_until_the_end_of_the_next_business_day(ledger: Ledger, desk: Desk, gate: str) -> None:
    made = forms.code(desk, gate, ledger.actor("blg-1"))
    assert made.good_until_on == TUESDAY
    turn(desk, TUESDAY)
    late = code(desk, ledger, gate, "bap-1")
    assert hear(desk, "run/0", gate, made.code).refused == ""
    turn(desk, TUESDAY + timedelta(days=1))
    assert hear(desk, "run/1", gate, late).refused == ""


@on_sqlite
def test_after_that_it_is_refused(ledger: Ledger, desk: Desk, gate: str) -> None:
    made = code(desk, ledger, gate, "blg-1")
    turn(desk, TUESDAY + timedelta(days=1))
    assert f"good until {TUESDAY}" in hear(desk, "run/0", gate, made).refused
    assert ledger.rows(votes) == []


@on_sqlite
def test_roles_are_those_of_the_moment_of_the_answer(ledger: Ledger, desk: Desk, gate: str) -> None:
    """Somebody who was moved to another desk meanwhile has a code and no seat."""
    made = code(desk, ledger, gate, "blg-1")
    with writing(ledger.engine) as connection:
        enrol(connection, "blg-1", ["SUP"], pen_of(MONDAY))
    assert "blg-1 has no seat here" in hear(desk, "run/0", gate, made).refused
    again = code(desk, ledger, gate, "blg-2")
    with writing(ledger.engine) as connection:
        connection.execute(actors.delete().where(actors.c.actor == "blg-2"))
    assert "nobody is enrolled as 'blg-2'" in hear(desk, "run/1", gate, again).refused
    assert ledger.rows(votes) == []


@on_sqlite
def test_a_code_is_read_as_people_write_it(ledger: Ledger, desk: Desk, gate: str) -> None:
    made = code(desk, ledger, gate, "blg-1")
    assert len(made.replace("-", "")) == codes.LENGTH
    assert set(made.replace("-", "")) <= set(codes.ALPHABET)
    badly = f" {made.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} "
    assert hear(desk, "run/0", gate, badly) == Heard("open", "blg-1")


# --- what does not count ------------------------------------------------------------------------------------------


def test_a_refused_answer_uses_up_its_code_and_changes_nothing_else(ledger: Ledger, desk: Desk, gate: str) -> None:
    made = code(desk, ledger, gate, "blg-1")
    before = [row for row in ledger.rows(streams) if row.stream.startswith("case:")], ledger.rows(gates)
    heard = hear(desk, "run/0", gate, made, reason="   ")
    assert heard.status == "open"
    assert heard.actor == "blg-1"
    assert "an answer needs a reason" in heard.refused
    assert ([row for row in ledger.rows(streams) if row.stream.startswith("case:")], ledger.rows(gates)) == before
    assert ledger.rows(votes) == []
    assert "used before" in hear(desk, "run/1", gate, made).refused


def test_a_strike_of_somebody_not_on_the_list_undoes_the_whole_answer(ledger: Ledger, desk: Desk) -> None:
    """Halfway through, members were struck already: none of it stands."""
    for account in ("a", "b"):
        case_of(ledger, account)
    listed = list_over(ledger, "a", "b")
    made = code(desk, ledger, listed, "osm-1")
    heard = forms.hear(desk, "run/0", listed, Form(made, "approve", "seen", strike=("a", "nobody")))
    assert "'nobody' is not on this list" in heard.refused
    assert dict(inbox.view(desk, listed).members) == {"a": "in", "b": "in"}
    assert ledger.events("a", ev.MemberStruck) == []
    assert ledger.verified().faults == []
    made = code(desk, ledger, listed, "osm-1")
    assert forms.hear(desk, "run/1", listed, Form(made, "approve", "seen", strike=("a",))).refused == ""
    assert dict(inbox.view(desk, listed).members) == {"a": "struck", "b": "in"}


def test_evidence_that_changed_voids_the_gate_and_the_form_says_so(ledger: Ledger, desk: Desk, gate: str) -> None:
    made = code(desk, ledger, gate, "blg-1")
    ledger.arrive("a", ev.BrakePlaced("h", "dispute"))
    heard = hear(desk, "run/0", gate, made)
    assert heard.status == "void"
    assert "the gate stands anew as" in heard.refused
    (anew,) = [step.gate_id for step in steps.open_steps(desk)]
    assert anew != gate


@on_sqlite
def test_five_wrong_codes_mean_that_somebody_is_guessing(ledger: Ledger, desk: Desk, gate: str) -> None:
    for n in range(codes.GUESSING):
        assert not forms.is_guessed(desk, gate)
        assert hear(desk, f"run/{n}", gate, f"4K7QM-Z9T2{n}").actor == ""
    assert forms.is_guessed(desk, gate)
    assert hear(desk, "run/9", gate, code(desk, ledger, gate, "blg-1")).refused == "", "who is known is not kept out"
    refused = [event for event in told(ledger) if isinstance(event, ev.CodeRefused)]
    assert [event.gate_id for event in refused] == [gate] * codes.GUESSING


# --- once ---------------------------------------------------------------------------------------------------------


def test_a_form_that_is_brought_again_changes_nothing(ledger: Ledger, desk: Desk, gate: str) -> None:
    made = code(desk, ledger, gate, "blg-1")
    assert forms.heard(desk, "run/0", gate) is None
    first = hear(desk, "run/0", gate, made)
    journal = ledger.rows(events)
    assert hear(desk, "run/0", gate, made) == first
    assert hear(desk, "run/0", gate, "another", "reject") == first, "the form is what was heard, not what it says now"
    assert forms.heard(desk, "run/0", gate) == first
    assert ledger.rows(events) == journal


def test_two_processes_that_bring_one_form_have_it_counted_once(ledger: Ledger, desk: Desk, gate: str) -> None:
    made = code(desk, ledger, gate, "blg-1")
    start, outcomes = threading.Barrier(4), []

    def bring() -> None:
        start.wait()
        outcomes.append(hear(desk, "run/0", gate, made))

    threads = [threading.Thread(target=bring) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [Heard("open", "blg-1")] * 4
    assert len(ledger.rows(votes)) == len(ledger.rows(gate_forms)) == 1


def test_a_form_waits_for_a_day_that_is_open(
    ledger: Ledger, desk: Desk, gate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The day was turned between reading it and writing: the form is as good as before."""
    made = code(desk, ledger, gate, "blg-1")
    with writing(desk.engine) as connection:
        connection.execute(business_days.update().values(closed=True))
    monkeypatch.setattr(desk, "business_day", lambda: MONDAY)
    with pytest.raises(UserError, match="is closed"):
        hear(desk, "run/0", gate, made)
    monkeypatch.undo()
    assert ledger.rows(gate_forms) == []
    assert hear(desk, "run/0", gate, made).refused == ""


# --- what is kept -------------------------------------------------------------------------------------------------


@on_sqlite
def test_the_code_is_kept_nowhere_and_who_used_it_is_journaled(ledger: Ledger, desk: Desk, gate: str) -> None:
    made = code(desk, ledger, gate, "blg-1")
    hear(desk, "run/0", gate, made)
    everything = str([ledger.rows(table) for table in (gate_codes, gate_forms, events)])
    assert made not in everything
    assert made.replace("-", "") not in everything
    issued, used = told(ledger)
    assert isinstance(issued, ev.CodeIssued)
    assert issued.actor == "blg-1"
    assert used == ev.CodeUsed(gate, "blg-1", issued.fingerprint)


# --- the command line ---------------------------------------------------------------------------------------------


def test_a_code_on_the_command_line(played: Path, recourse: Recourse) -> None:
    waiting = recourse("gates", "list", "--json").json
    gate, seat = waiting[0]["gate_id"], waiting[0]["waiting_for"][0]
    who = next(each["actor"] for each in recourse("token", "list", "--json").json if seat in each["roles"].split(", "))
    shown = recourse("gates", "code", gate[:12], "--as", who)
    assert shown.code == 0
    assert "good for one answer" in shown.out
    made = recourse("gates", "code", gate, "--as", who, "--json").json
    assert made["gate_id"] == gate
    assert len(made["code"]) == codes.LENGTH + 1
    refused = recourse("gates", "code", "nonsense", "--as", who)
    assert refused.code == 2
    assert refused.err.startswith("recourse: no gate 'nonsense'")
