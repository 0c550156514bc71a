"""What the flows decide by themselves, without a server: what a form asks, which runs are over, what broke off and is begun
again, what is opened first when runs are capped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest

pytest.importorskip("prefect", reason="the engines' packages are not installed")

import msgspec
from prefect.types._datetime import now

from desk import inbox, portfolio
from desk.open_desk import Desk
from desk.steps import MAKES_ROOM, open_steps
from flows import account_step, asking, deploy, portfolio_day, reconcile, reconciling
from flows.asking import answer_on, form_of, gate_state, retagged, tags_of
from flows.runs import ACCOUNT_STEP, PORTFOLIO_DAY, Run, gate_tag
from recourse.climb.dispatch import Dispatched
from recourse.ledger.database import writing
from recourse.ledger.leases import hold
from recourse.ledger.tables import parties
from tests.core.ledgers import MONDAY, Ledger, migrated, open_ledger
from tests.core.opened_gates import case_of, gate_over, list_over
from tests.database import Databases
from tests.desk.conftest import desk_on_monday

pytestmark = pytest.mark.prefect
ROOT = Path(__file__).resolve().parents[2]
SPACE = UUID(int=7)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class FakeRuns:
    """A server's runs, as `flows.runs.Runs` shows them: kept in memory, worked by nobody."""

    def __init__(self) -> None:
        self.kept: dict[str, list[Run]] = {ACCOUNT_STEP: [], PORTFOLIO_DAY: []}
        self.told: list[str] = []

    def add(self, deployment: str, name: str, state: str, given: Mapping[str, Any], **other: Any) -> Run:
        known = {"since": LONG_AGO, "starts": 1, "tags": (gate_state("open"),), **other}
        run = Run(uuid5(SPACE, name), name, state, given=dict(given), **known)
        self.kept[deployment].append(run)
        return run

    def open(self, deployment: str) -> list[Run]:
        return [run for run in self.kept[deployment] if run.state in ("SCHEDULED", "PENDING", "RUNNING", "PAUSED")]

    def broken(self, deployment: str, tag: str) -> list[Run]:
        return [run for run in self.kept[deployment] if run.state in ("FAILED", "CRASHED") and tag in run.tags]

    def last_numbers(self, deployment: str, gate_ids: Sequence[str]) -> dict[str, int]:
        numbers: dict[str, int] = {}
        for run in self.kept[deployment]:
            gate = run.given["gate"]
            if gate in gate_ids:
                numbers[gate] = max(numbers.get(gate, 0), run.given["n"])
        return numbers

    def start(self, deployment: str, name: str, given: Mapping[str, Any], tags: Iterable[str], key: str) -> None:
        if not any(run.id == uuid5(SPACE, key) for run in self.kept[deployment]):
            self.kept[deployment].append(
                Run(uuid5(SPACE, key), name, "SCHEDULED", now("UTC"), 0, dict(given), tuple(tags))
            )

    def end(self, run: Run, name: str, why: str, tags: Sequence[str]) -> None:
        self._change(run.id, state="COMPLETED", tags=tuple(tags))
        self.told.append(f"{name}: {why}")

    def bury(self, run: Run) -> None:
        self._change(run.id, state="CRASHED")

    def again(self, run: Run) -> None:
        self._change(run.id, state="SCHEDULED", since=now("UTC"))

    def tag(self, run_id: UUID, tags: Sequence[str]) -> None:
        self._change(run_id, tags=tuple(tags))

    def state(self, run: Run) -> str:
        return next(each.state for runs in self.kept.values() for each in runs if each.id == run.id)

    def tags(self, run: Run) -> Sequence[str]:
        return next(each.tags for runs in self.kept.values() for each in runs if each.id == run.id)

    def _change(self, run_id: UUID, **to: Any) -> None:
        for deployment, runs in self.kept.items():
            self.kept[deployment] = [
                msgspec.structs.replace(each, **to) if each.id == run_id else each for each in runs
            ]


@pytest.fixture
def ledger(sqlite_databases: Databases) -> Iterator[Ledger]:
    with open_ledger(sqlite_databases.prepared(migrated)) as opened:
        yield opened


@pytest.fixture
def desk(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_on_monday(ledger, tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def gate(ledger: Ledger, desk: Desk) -> str:
    case_of(ledger, "a")
    return gate_over(ledger, "a", "sue")


def reconciled(desk: Desk, runs: FakeRuns) -> list[str]:
    """The differences that one comparison finds, as ``what → done``."""
    known: Any = runs
    return [f"{each.what} → {each.done}" for each in reconciling.reconcile(desk, known).differences]


def asking_for(runs: FakeRuns, gate: str, state: str = "PAUSED", *, n: int = 1, level: int = 0, **other: Any) -> Run:
    return runs.add(ACCOUNT_STEP, f"{gate}/{n}", state, {"gate": gate, "level": level, "n": n}, **other)


# --- what is open -------------------------------------------------------------------------------------------------


def test_every_open_gate_gets_one_run_and_a_second_comparison_finds_nothing(desk: Desk, gate: str) -> None:
    runs = FakeRuns()
    assert reconciled(desk, runs) == ["an open gate had no run → opened"]
    (run,) = runs.open(ACCOUNT_STEP)
    assert run.name == f"a acceleration {MONDAY}"
    assert run.given == {"account": "a", "node": "acceleration", "gate": gate, "level": 0, "n": 1}
    assert {"recourse", "node:acceleration", "gate:open", gate_tag(gate)} <= set(run.tags)
    assert reconciled(desk, runs) == []


def test_a_list_is_named_by_its_gate(ledger: Ledger, desk: Desk) -> None:
    for account in ("a", "b"):
        case_of(ledger, account)
    listed = list_over(ledger, "a", "b")
    runs = FakeRuns()
    reconciled(desk, runs)
    (run,) = runs.open(ACCOUNT_STEP)
    assert run.name == f"list {listed[:8]} agency_referral {MONDAY}"
    assert not any(tag.startswith("grade:") for tag in run.tags)


def test_an_answer_at_another_door_ends_the_run_that_waits(ledger: Ledger, desk: Desk, gate: str) -> None:
    runs = FakeRuns()
    run = asking_for(runs, gate)
    inbox.answer(desk, gate, ledger.actor("blg-1"), "reject", "no ground")
    assert reconciled(desk, runs) == ["answered: the gate is rejected → ended"]
    assert runs.told == ["Superseded: answered: the gate is rejected"]
    assert gate_state("rejected") in runs.tags(run)


def test_a_run_that_a_process_works_is_left_to_it(ledger: Ledger, desk: Desk, gate: str) -> None:
    """The answer is being heard at this moment: its process will say what came of it."""
    runs = FakeRuns()
    run = asking_for(runs, gate, "RUNNING", since=now("UTC"))
    inbox.answer(desk, gate, ledger.actor("blg-1"), "reject", "no ground")
    assert reconciled(desk, runs) == []
    assert runs.state(run) == "RUNNING"


def test_a_lifted_gate_is_asked_of_others_under_the_next_number(ledger: Ledger, desk: Desk, gate: str) -> None:
    runs = FakeRuns()
    reconciled(desk, runs)
    ledger.escalate(MONDAY + timedelta(days=8))
    assert reconciled(desk, runs) == [
        "superseded: the gate was lifted to level 1 → ended", "an open gate had no run → opened"
    ]  # fmt: skip
    (run,) = runs.open(ACCOUNT_STEP)
    assert (run.given["level"], run.given["n"]) == (1, 2)


def test_a_run_that_was_opened_twice_is_one_and_others_of_its_gate_make_way(desk: Desk, gate: str) -> None:
    runs = FakeRuns()
    first, second = asking_for(runs, gate), asking_for(runs, gate, n=2)
    assert reconciled(desk, runs) == ["another run asks for the same gate → ended"]
    assert (runs.state(first), runs.state(second)) == ("PAUSED", "COMPLETED")


def test_a_run_whose_gate_the_ledger_does_not_know_is_ended(desk: Desk, gate: str) -> None:
    runs = FakeRuns()
    asking_for(runs, "of a ledger that was restored")
    assert "the ledger has no such gate → ended" in reconciled(desk, runs)


def test_runs_are_capped_and_the_rest_waits_in_the_ledger(
    ledger: Ledger, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOURSE_OPEN_RUNS", "2")
    for account in ("a", "b", "c"):
        case_of(ledger, account)
        gate_over(ledger, account, "sue")
    runs: Any = FakeRuns()
    done = reconciling.reconcile(desk, runs)
    assert (done.opened, done.waiting) == (2, 1)
    again = reconciling.reconcile(desk, runs)
    assert (again.opened, again.waiting, again.ended) == (0, 1, 0)


def test_a_run_that_somebody_has_answered_makes_no_room(
    ledger: Ledger, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its form was sent and is not heard yet: to end it would lose what a person said."""
    monkeypatch.setenv("RECOURSE_OPEN_RUNS", "1")
    for account in ("a", "b"):
        case_of(ledger, account)
        gate_over(ledger, account, "sue")
    first, last = [step.gate_id for step in open_steps(desk)]
    runs = FakeRuns()
    answered = asking_for(runs, last, "SCHEDULED", starts=1)
    assert reconciled(desk, runs) == []
    assert runs.state(answered) == "SCHEDULED"
    waiting = FakeRuns()
    asking_for(waiting, last)
    assert reconciled(desk, waiting) == [f"{MAKES_ROOM} → ended", "an open gate had no run → opened"]
    assert [run.given["gate"] for run in waiting.open(ACCOUNT_STEP)] == [first]


# --- what broke off -----------------------------------------------------------------------------------------------


def test_a_run_whose_process_is_gone_is_begun_again_with_what_was_answered_on_it(desk: Desk, gate: str) -> None:
    """The form that somebody filled in is kept under the run: another run would ask for it a second time."""
    runs = FakeRuns()
    run = asking_for(runs, gate, "RUNNING")
    assert reconciled(desk, runs) == ["its process was gone → crashed", "it broke off → started again"]
    assert runs.state(run) == "SCHEDULED"
    assert reconciled(desk, runs) == []


def test_a_run_whose_process_lives_is_no_dead_run(desk: Desk, gate: str) -> None:
    runs = FakeRuns()
    run = asking_for(runs, gate, "RUNNING")
    with hold(desk.engine, f"prefect-{run.id}", ""):
        assert reconciled(desk, runs) == []
    assert runs.state(run) == "RUNNING"


@pytest.mark.parametrize(
    ("state", "ago", "gone"),
    [("RUNNING", 30, False), ("RUNNING", 90, True), ("PENDING", 90, False), ("PENDING", 700, True), ("PAUSED", 9e5, False)],
)  # fmt: skip
def test_a_run_has_a_while_to_begin(desk: Desk, gate: str, state: str, ago: float, gone: bool) -> None:
    runs = FakeRuns()
    run = asking_for(runs, gate, state, since=now("UTC") - timedelta(seconds=ago))
    reconciled(desk, runs)
    assert runs.state(run) == ("SCHEDULED" if gone else state)


def approved(ledger: Ledger, desk: Desk) -> str:
    """A gate that was approved in the command line, whose act nobody has done."""
    case_of(ledger, "b")
    gate = gate_over(ledger, "b", "acceleration")
    assert inbox.answer(desk, gate, ledger.actor("bap-1"), "approve", "seen").status == "approved"
    return gate


def test_a_dead_run_of_a_gate_that_is_approved_stays_dead_and_its_act_is_done(ledger: Ledger, desk: Desk) -> None:
    gate, runs = approved(ledger, desk), FakeRuns()
    run = asking_for(runs, gate, "RUNNING")
    known: Any = runs
    done = reconciling.reconcile(desk, known)
    assert done.acted == 1
    assert runs.state(run) == "CRASHED"
    assert gate_state("approved") in runs.tags(run)
    assert reconciled(desk, runs) == [], "it is looked at once"


def test_a_failed_run_is_begun_again_and_not_for_ever(desk: Desk, gate: str) -> None:
    runs = FakeRuns()
    run = asking_for(runs, gate, "FAILED")
    assert reconciled(desk, runs) == ["it broke off → started again"]
    runs._change(run.id, state="FAILED", starts=reconciling.ASKED_AT_MOST)
    assert reconciled(desk, runs) == [
        "it broke off → left: it was started too often", "an open gate had no run → opened"
    ]  # fmt: skip


def test_a_day_whose_process_is_gone_goes_on(desk: Desk) -> None:
    runs = FakeRuns()
    day = runs.add(PORTFOLIO_DAY, "day", "RUNNING", {"on": None})
    assert reconciled(desk, runs) == ["its process was gone → started again"]
    assert runs.state(day) == "SCHEDULED"
    runs._change(day.id, state="RUNNING", since=LONG_AGO, starts=reconciling.STARTS_AT_MOST)
    assert reconciled(desk, runs) == ["its process was gone → crashed"]
    assert runs.state(day) == "CRASHED"


def test_what_was_approved_at_another_door_is_done(ledger: Ledger, desk: Desk) -> None:
    runs: Any = FakeRuns()
    approved(ledger, desk)
    assert reconciling.reconcile(desk, runs).acted == 1
    assert portfolio.dispatch_left(desk, MONDAY) == Dispatched()


# --- what is asked ------------------------------------------------------------------------------------------------


def test_a_form_demands_code_verdict_and_reason_and_fills_in_nothing(desk: Desk, gate: str) -> None:
    schema = form_of(inbox.view(desk, gate), "", guessed=False).model_json_schema()
    assert schema["required"] == ["code", "verdict", "reason"]
    assert schema["properties"]["verdict"]["enum"] == ["approve", "reject", "return"]
    assert all("default" not in schema["properties"][name] for name in schema["required"])
    assert "strike" not in schema["properties"]
    assert "choice" not in schema["properties"]


def test_a_list_can_leave_members_out(ledger: Ledger, desk: Desk) -> None:
    for account in ("a", "b"):
        case_of(ledger, account)
    form = form_of(inbox.view(desk, list_over(ledger, "a", "b")), "", guessed=False)
    given = answer_on(form(code="4K7QM-Z9T2R", verdict="approve", reason="seen", strike=" a, ,b "))
    assert given.strike == ["a", "b"]


def test_a_yes_that_has_to_choose_offers_the_choices_of_its_node(ledger: Ledger, desk: Desk) -> None:
    case_of(ledger, "a")
    view = inbox.view(desk, gate_over(ledger, "a", "sue", node="litigation_route"))
    assert view.choices
    schema = form_of(view, "", guessed=False).model_json_schema()
    assert schema["properties"]["choice"]["enum"] == ["", *view.choices]
    assert "choice" not in schema["required"], "who says no chooses nothing"


def test_what_was_refused_and_that_somebody_guesses_stand_above_the_form(desk: Desk, gate: str) -> None:
    shown = asking.shown(inbox.view(desk, gate), "the maker never votes", guessed=True)
    assert shown.index(asking.GUESSED) < shown.index("the maker never votes") < shown.index("Evidence")
    assert asking.GUESSED not in asking.shown(inbox.view(desk, gate))


def test_the_artifact_of_a_gate_says_why_the_case_stands_there(desk: Desk, gate: str) -> None:
    text = asking.artifact_of(desk, inbox.view(desk, gate))
    assert "因何 Because" in text
    assert "期限 Clock" in text
    assert "/accounts/a/packet" in text


def test_tags_follow_the_gate(desk: Desk, gate: str) -> None:
    (step,) = open_steps(desk)
    assert retagged(tags_of(step, "R2"), "approved") == [
        "recourse", "node:acceleration", "grade:R2", gate_tag(gate), "gate:approved"
    ]  # fmt: skip


# --- the flows ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", [portfolio_day, account_step, reconcile])
def test_each_flow_says_whose_it_is_and_what_to_do_at_night(module: Any) -> None:
    assert all(word in module.__doc__ for word in ("**What.**", "**Owner.**", "**At night.**"))


def test_what_is_deployed_and_when() -> None:
    shown = {flow.name: (queue, own) for flow, queue, own in deploy.DEPLOYED}
    assert set(shown) == {"portfolio_day", "account_step", "reconcile"}
    assert all(flow.description for flow, _, _ in deploy.DEPLOYED)
    queue, own = shown["portfolio_day"]
    assert (queue, own["concurrency_limit"], own["schedule"].cron) == ("day", 1, "0 7 * * *")
    assert own["schedule"].timezone == "Asia/Shanghai"
    assert shown["account_step"] == ("steps", {})
    assert shown["reconcile"][0] == "day", "a comparison finds a place however many runs are dead"


def test_every_task_is_tried_again_and_remembers_nothing() -> None:
    for module in (portfolio_day, account_step, reconcile):
        tasks = [each for each in vars(module).values() if type(each).__name__ == "Task"]
        assert tasks
        assert all(each.retries == 3 and each.persist_result is False for each in tasks)


# --- shares -------------------------------------------------------------------------------------------------------


def test_several_shares_are_worked_in_processes_of_their_own(ledger: Ledger, desk: Desk, tmp_path: Path) -> None:
    """A large book: each share by one of two processes, which open the ledger that the environment names."""
    for n in range(12):
        ledger.person(f"p-{n}")
        ledger.loan(f"a-{n}", f"p-{n}", 1)
    with writing(ledger.engine) as connection:
        connection.execute(parties.update().values(key_id=desk.vault.key_id))
    place = {"RECOURSE_LEDGER": ledger.url, "RECOURSE_HOME": str(tmp_path), "RECOURSE_MODE": "demo"}
    said = subprocess.run(
        [sys.executable, "-m", "tests.engines.worked_shares", str(MONDAY)],
        env={**os.environ, **place}, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(said.stdout.splitlines()[-1])
    assert len(found["opened"]) == 3
    assert sum(found["opened"]) == 12
    assert found["told"] == [50.0, f"{MONDAY}: sweep 3/3"]
