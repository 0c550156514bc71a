"""Prefect for several days, a real server and worker on PostgreSQL: the same journal as the embedded runner's, and gates
answered by the right people, the wrong ones, too few, and at another door.

The tests of this file are one story and run in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from desk import inbox, steps
from desk.open_desk import Desk
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.ledger.people import PeopleReader
from recourse.ledger.tables import gates, parties
from recourse.verify import verify
from tests.engines.answers import play_embedded
from tests.engines.book import PARITY, embedded_bank
from tests.engines.journals import first_difference, journal
from tests.engines.prefect_rest import Prefect, RunRow, until
from tests.engines.prefect_side import answer_day, code_for, compare, prefect_bank, work_day
from tests.engines.proofs import undone, votes_of
from topology.stack import Stack

pytestmark = pytest.mark.prefect
PLAYED, DAY_AFTER = PARITY.days[:2], PARITY.days[2]
OnPrefect = tuple[Stack, Prefect, Desk]


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnPrefect]:
    with prefect_bank(tmp_path_factory.mktemp("prefect"), PARITY) as found:
        yield found


def test_days_and_answers_give_the_embedded_runners_journal(prefect: OnPrefect, tmp_path: Path) -> None:
    stack, rest, desk = prefect
    said = 0
    for day in PLAYED:
        work_day(rest, day)
        said += answer_day(rest, desk)
    closed = stack.run("prefect-worker", "recourse", "close", "--on", PLAYED[-1].isoformat())
    assert closed.returncode == 0, closed.stderr
    assert said >= 10, "the days must bring gates"
    with embedded_bank(tmp_path / "embedded", PARITY, stack.environment("prefect-worker")["RECOURSE_KEY"]) as beside:
        play_embedded(beside, PLAYED, tmp_path / "embedded" / "deliveries", compared=True)
        assert first_difference(journal(beside, tmp_path / "one"), journal(desk, tmp_path / "two")) == ""
    with reading(desk.engine) as connection:
        assert verify(connection).faults == []
    assert stack.starts("prefect-worker") == 1, "the worker outlives answers that come at once"


@pytest.fixture(scope="module")
def day_after(prefect: OnPrefect) -> OnPrefect:
    """One more day is worked, and everybody is asked."""
    _, rest, desk = prefect
    work_day(rest, DAY_AFTER)
    rest.settled()
    assert set(rest.suspended()) == {step.gate_id for step in steps.open_steps(desk)}
    return prefect


def a_gate(rest: Prefect, desk: Desk, seats: int) -> tuple[str, RunRow]:
    """An open gate over one account with so many seats left, and the run that asks for it."""
    for gate_id, run in sorted(rest.suspended().items()):
        view = inbox.view(desk, gate_id)
        if view.account and len(view.waiting_for) == seats:
            return gate_id, run
    raise AssertionError(f"the day must bring a gate over one account with {seats} seats")


def sitter(desk: Desk, gate_id: str, seat: int = 0) -> str:
    """Somebody who may answer a gate now."""
    return list(inbox.sitters(desk, gate_id).values())[seat][0]


def answered(rest: Prefect, run: RunRow, **answer: str) -> RunRow:
    """Send a form; the run when it waits again or has ended."""
    assert rest.resume(run, **answer) == "ACCEPT"
    rest.settled()
    return rest.run(run["id"])


def choice_of(desk: Desk, gate_id: str) -> dict[str, str]:
    choices = inbox.view(desk, gate_id).choices
    return {"choice": choices[0]} if choices else {}


def test_a_run_is_named_and_tagged_for_people(day_after: OnPrefect) -> None:
    _, rest, desk = day_after
    gate_id, run = a_gate(rest, desk, 2)
    view = inbox.view(desk, gate_id)
    assert run["name"] == f"{view.account} {view.node} {view.opened_on}"
    assert {f"node:{view.node}", "gate:open"} <= set(run["tags"])
    assert any(tag in ("grade:R1", "grade:R2", "grade:R3", "grade:R4") for tag in run["tags"])
    of_node = rest.runs("PAUSED", tags=(f"node:{view.node}", "gate:open"))
    assert run["id"] in {each["id"] for each in of_node}


def test_its_artifact_shows_reasons_clocks_and_the_way_to_the_packet(day_after: OnPrefect) -> None:
    stack, rest, desk = day_after
    gate_id, run = a_gate(rest, desk, 2)
    (artifact,) = rest.artifacts(run["id"])
    account, console = inbox.view(desk, gate_id).account, stack.environment("prefect-worker")["RECOURSE_CONSOLE_URL"]
    assert artifact["key"] == f"gate-{gate_id[:12]}"
    assert f"({console}/accounts/{account}/packet)" in artifact["data"]
    assert f"({console}/gates/{gate_id})" in artifact["data"]
    assert "因何 Because" in artifact["data"]
    assert "诉讼时效 limitation of action" in artifact["data"]


def test_a_form_that_is_incomplete_is_sent_back_at_once(day_after: OnPrefect) -> None:
    """Nothing happened: the run still waits, and its form is the same."""
    _, rest, desk = day_after
    gate_id, run = a_gate(rest, desk, 2)
    good = {"code": "4K7QM-Z9T2R", "verdict": "approve", "reason": "file complete"}
    for wrong in ({}, {**good, "code": ""}, {**good, "verdict": "maybe"}, {**good, "reason": "  "}, {"verdict": "approve"},
                  {**good, "approved": "yes"}):  # fmt: skip
        assert rest.resume(run, **wrong) == "REJECT"
    assert rest.run(run["id"])["state"]["id"] == run["state"]["id"]
    assert "verdict" in rest.form(run)["required"]
    assert votes_of(desk, gate_id) == []


def test_a_code_of_nobody_counts_for_nothing_and_the_next_form_says_so(day_after: OnPrefect) -> None:
    _, rest, desk = day_after
    gate_id, run = a_gate(rest, desk, 2)
    again = answered(rest, run, code="4K7QM-Z9T2R", verdict="approve", reason="let me in", **choice_of(desk, gate_id))
    assert again["state_name"] == "Suspended"
    assert "this code is not known for this gate" in rest.form(again)["description"]
    assert votes_of(desk, gate_id) == []
    assert inbox.view(desk, gate_id).status == "open"


def test_who_has_no_seat_gets_no_code_and_another_gates_code_opens_nothing(day_after: OnPrefect) -> None:
    _, rest, desk = day_after
    gate_id, run = a_gate(rest, desk, 2)
    with pytest.raises(UserError, match="has no seat here"):
        code_for(desk, gate_id, "brd-01")
    other = next(gate for gate in rest.suspended() if gate != gate_id)
    stolen = code_for(desk, other, sitter(desk, other))
    again = answered(rest, run, code=stolen, verdict="approve", reason="mine", **choice_of(desk, gate_id))
    assert again["state_name"] == "Suspended"
    assert votes_of(desk, gate_id) == []


def test_a_quorum_of_two_needs_two_people(day_after: OnPrefect) -> None:
    """After the first answer the same run asks again; the first person gets no second code; the second one's answer acts."""
    _, rest, desk = day_after
    gate_id, run = a_gate(rest, desk, 2)
    given = {"verdict": "approve", "reason": "looked at the file", **choice_of(desk, gate_id)}
    first, code = sitter(desk, gate_id), ""
    code = code_for(desk, gate_id, first)
    again = answered(rest, run, code=code, **given)
    assert again["state_name"] == "Suspended"
    assert votes_of(desk, gate_id) == [first]
    asked = len(rest.artifacts(run["id"]))
    with pytest.raises(UserError, match="has voted already"):
        code_for(desk, gate_id, first)
    once_more = answered(rest, again, code=code, **given)
    assert "this code was used before" in rest.form(once_more)["description"]
    assert len(rest.artifacts(run["id"])) == asked + 1, (
        "each form is shown once, not again by the process that hears it"
    )
    ended = answered(rest, once_more, code=code_for(desk, gate_id, sitter(desk, gate_id)), **given)
    assert (ended["state_type"], ended["state_name"]) == ("COMPLETED", "Done"), ended["state"]["message"]
    assert "gate:approved" in ended["tags"]
    assert inbox.view(desk, gate_id).status == "approved"
    assert undone(desk, gate_id, DAY_AFTER) == set()


def test_the_first_of_two_that_resume_at_once_stands(day_after: OnPrefect) -> None:
    _, rest, desk = day_after
    gate_id, run = a_gate(rest, desk, 1)
    given = {"code": code_for(desk, gate_id, sitter(desk, gate_id)), "reason": "seen", **choice_of(desk, gate_id)}
    assert rest.resume(run, verdict="reject", **given) == "ACCEPT"
    assert rest.resume(run, verdict="approve", **given) == "ABORT"
    rest.settled()
    assert rest.run(run["id"])["state_name"] == "Rejected"
    assert inbox.view(desk, gate_id).status == "rejected"


def test_a_gate_answered_in_the_command_line_ends_the_run_that_asks(day_after: OnPrefect) -> None:
    stack, rest, desk = day_after
    gate_id, run = a_gate(rest, desk, 1)
    chosen = [word for choice in choice_of(desk, gate_id).values() for word in ("--choice", choice)]
    said = stack.run("prefect-worker", "recourse", "gates", "approve", gate_id, "--reason", "seen on paper", "--as",
                     sitter(desk, gate_id), *chosen)  # fmt: skip
    assert said.returncode == 0, said.stderr
    compare(rest)
    ended = rest.run(run["id"])
    assert ended["state_name"] == "Superseded"
    assert ended["state"]["message"] == "answered: the gate is approved"
    assert "gate:approved" in ended["tags"]
    assert undone(desk, gate_id, DAY_AFTER) == set(), "what was approved is done by the comparison"
    assert rest.resume(run, code="4K7QM-Z9T2R", verdict="reject", reason="too late") == "ABORT"
    assert inbox.view(desk, gate_id).status == "approved"


def test_a_run_that_was_deleted_or_cancelled_is_opened_again(day_after: OnPrefect) -> None:
    _, rest, desk = day_after
    (lost, run), (called_off, other), *_ = sorted(rest.suspended().items())
    rest.ask("DELETE", f"/flow_runs/{run['id']}")
    rest.ask("POST", f"/flow_runs/{other['id']}/set_state", {"state": {"type": "CANCELLED"}, "force": True})
    compare(rest)
    again = rest.suspended()
    assert again[lost]["id"] != run["id"]
    assert again[called_off]["parameters"]["n"] == other["parameters"]["n"] + 1
    assert set(again) == {step.gate_id for step in steps.open_steps(desk)}


def test_a_deadline_that_passes_asks_other_people_in_another_run(day_after: OnPrefect) -> None:
    _, rest, desk = day_after
    late = {gate_id: run for gate_id, run in rest.suspended().items()}
    with desk.engine.begin() as connection:
        connection.execute(gates.update().where(gates.c.status == "open").values(due_on=DAY_AFTER.replace(day=1)))
    work_day(rest, DAY_AFTER)
    rest.settled()
    stands = {gate_id: inbox.view(desk, gate_id) for gate_id in late}
    lifted = {gate_id for gate_id, view in stands.items() if view.level == 1 and view.status == "open"}
    assert lifted, "who is not at the top yet is lifted"
    now = rest.suspended()
    for gate_id in lifted:
        assert rest.run(late[gate_id]["id"])["state"]["message"] == "superseded: the gate was lifted to level 1"
        assert now[gate_id]["parameters"]["level"] == 1


def test_nothing_that_prefect_keeps_names_a_debtor(day_after: OnPrefect) -> None:
    """Logs, artifacts, forms, names and parameters: account numbers only."""
    _, rest, desk = day_after
    with reading(desk.engine) as connection:
        everybody = list(connection.execute(select(parties.c.party_id)).scalars())
    names = {person.name for person in PeopleReader(desk.engine, desk.vault).of(everybody).values()}
    assert len(names) > 500
    kept = [str(run) for run in rest.runs()]
    kept += [row["message"] for row in rest.everything("logs")]
    kept += [str(row) for row in rest.everything("artifacts")]
    kept += [str(rest.form(run)) for run in rest.suspended().values()]
    text = "\n".join(kept)
    assert "formal_notice" in text
    assert [name for name in sorted(names) if name in text] == []


def test_a_closed_day_and_a_day_off_are_left_alone(day_after: OnPrefect) -> None:
    _, rest, _ = day_after
    closed = rest.finished(rest.trigger("portfolio_day", on=PLAYED[0].isoformat()))
    assert (closed["state_type"], closed["state_name"]) == ("COMPLETED", "DayClosed")
    saturday = "2024-12-07"
    refused = rest.finished(rest.trigger("portfolio_day", on=saturday), seconds=400)
    assert refused["state_type"] == "FAILED"
    assert f"{saturday} is no working day" in refused["state"]["message"]


def test_two_comparisons_at_once_open_nothing_twice(day_after: OnPrefect) -> None:
    _, rest, _ = day_after
    for run in rest.suspended().values():
        rest.ask("DELETE", f"/flow_runs/{run['id']}")
    both = [rest.trigger("reconcile"), rest.trigger("reconcile")]
    assert {rest.finished(run)["state_type"] for run in both} == {"COMPLETED"}
    until(lambda: not rest.runs("SCHEDULED", "PENDING", "RUNNING"), 240, "all are asked")
    waiting = rest.runs("PAUSED")
    assert len(waiting) == len({run["parameters"]["gate"] for run in waiting})
