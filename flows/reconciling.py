"""Comparing what Prefect has open with what the ledger has open. Whatever differs is listed, and the ledger wins.

Buries runs whose process is gone, ends runs whose gate was answered elsewhere or lifted to other people, opens runs for
gates that have none, those whose right is lost first, up to the cap; takes up acts that a dead process left behind, and
what was approved at another door. Engine telemetry never enters the journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec
from prefect.types._datetime import now

from desk import engines, portfolio, steps
from desk.open_desk import Desk
from desk.steps import Step
from flows import account_step, portfolio_day
from flows.alive import is_dead
from flows.asking import retagged, tags_of
from flows.runs import Run, Runs
from recourse.climb.dispatch import Dispatched
from recourse.ledger.leases import hold

STARTING = timedelta(minutes=1)
"""How long a run may be *running* without having its lock: its process imports what it needs."""
SUBMITTING = timedelta(minutes=10)
"""How long a run may be *pending*: its worker died between taking it and starting its process."""
STARTS_AT_MOST = 4
SUPERSEDED = "Superseded"


class Difference(msgspec.Struct, frozen=True):
    """One difference between ledger and engine, and what was done about it."""

    run: str
    what: str
    done: str


class Reconciled(msgspec.Struct, frozen=True):
    """What a comparison found and did. `waiting`: gates that have no run because the cap is reached."""

    differences: tuple[Difference, ...]
    opened: int
    ended: int
    waiting: int
    acted: int

    def as_counts(self) -> dict[str, int]:
        return {"opened": self.opened, "ended": self.ended, "waiting": self.waiting, "acted": self.acted}


def reconcile(desk: Desk, runs: Runs) -> Reconciled:
    """Make Prefect's open runs agree with the ledger's open gates, once; one comparison at a time."""
    with hold(desk.engine, "prefect-reconcile", ""):
        found = [*_take_up_days(desk, runs), *_bury(desk, runs)]
        acted = _act_on_what_is_left(desk)
        held = runs.open(account_step.NAME)
        wanted = steps.open_steps(desk)
        over = _over(desk, wanted, held)
        for run, why in over:
            _end(desk, runs, run, why)
        kept = {str(run.given.get("gate")) for run in held if run not in [each for each, _ in over]}
        missing = [step for step in wanted if step.gate_id not in kept]
        opened = _open(desk, runs, missing[: max(0, engines.open_runs() - len(kept))])
    found += [Difference(run.name, why, "ended") for run, why in over]
    found += [Difference(name, "an open gate had no run", "opened") for name in opened]
    return Reconciled(tuple(found), len(opened), len(over), len(missing) - len(opened), acted)


def _take_up_days(desk: Desk, runs: Runs) -> Iterator[Difference]:
    """A day whose process died goes on, from its first line: each of its parts may run twice."""
    for run in runs.open(portfolio_day.NAME):
        if _is_gone(desk, run, now("UTC")):
            if run.starts < STARTS_AT_MOST:
                runs.again(run)
                yield Difference(run.name, "its process was gone", "started again")
            else:
                runs.bury(run)
                yield Difference(run.name, f"its process was gone for the {run.starts}th time", "crashed")


def _bury(desk: Desk, runs: Runs) -> Iterator[Difference]:
    for run in runs.open(account_step.NAME):
        if _is_gone(desk, run, now("UTC")):
            runs.bury(run)
            yield Difference(run.name, "its process was gone", "crashed; the ledger says what is left to do")


def _is_gone(desk: Desk, run: Run, at: datetime) -> bool:
    if run.state == "RUNNING":
        return at - run.since > STARTING and is_dead(desk, run.id)
    return run.state == "PENDING" and at - run.since > SUBMITTING


def _act_on_what_is_left(desk: Desk) -> int:
    day = portfolio.open_business_day(desk)
    done = portfolio.dispatch_left(desk, day) if day is not None else Dispatched()
    return done.done + done.unknown + done.failed


def _over(desk: Desk, wanted: Sequence[Step], held: Sequence[Run]) -> list[tuple[Run, str]]:
    """Runs that have nothing left to wait for, and why; one that a process works is left to it."""
    stands = steps.standing(desk, [str(run.given.get("gate")) for run in held])
    over, seen = [], set()
    for run in held:
        gate = str(run.given.get("gate"))
        why = steps.why_over(stands.get(gate), int(run.given.get("level", 0)))
        if not why and gate in seen:
            why = "another run asks for the same gate"
        seen.add(gate)
        if why and run.asks:
            over.append((run, why))
    stems = {step.gate_id: step.stem for step in wanted}
    rest = [run for run in held if run.asks and run not in [each for each, _ in over]]
    by_stem = {stems[gate]: run for run in rest if (gate := str(run.given.get("gate"))) in stems}
    out = steps.crowded_out(wanted, list(by_stem), engines.open_runs())
    return over + [(by_stem[stem], steps.MAKES_ROOM) for stem in out]


def _end(desk: Desk, runs: Runs, run: Run, why: str) -> None:
    gate = str(run.given.get("gate"))
    stand = steps.standing(desk, [gate]).get(gate)
    status = stand.status if stand is not None else "gone"
    runs.end(run, SUPERSEDED, why, retagged(run.tags, status))


def _open(desk: Desk, runs: Runs, wanted: Sequence[Step]) -> list[str]:
    grades = steps.grades(desk, [step.account for step in wanted if step.account])
    numbers = runs.last_numbers(account_step.NAME, [step.gate_id for step in wanted])
    opened = []
    for step in wanted:
        n = numbers.get(step.gate_id, 0) + 1
        given = {"account": step.account, "node": step.node, "gate": step.gate_id, "level": step.level, "n": n}
        name = f"{step.account or f'list {step.gate_id[:8]}'} {step.node} {step.opened_on}"
        tags = tags_of(step, grades.get(step.account, ""))
        runs.start(account_step.NAME, name, given, tags, key=f"{step.gate_id}--{n}")
        opened.append(name)
    return opened
