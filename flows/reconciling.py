"""Comparing what Prefect has open with what the ledger has open. Whatever differs is listed, and the ledger wins.

Starts runs again that broke off, ends runs whose gate was answered elsewhere or lifted to other people, opens runs for
gates that have none, those whose right is lost first, up to the cap; takes up acts that a dead process left behind, and
what was approved at another door. Engine telemetry never enters the journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from prefect.types._datetime import now

from desk import engines, steps
from desk.open_desk import Desk
from desk.steps import Difference, Reconciled, Standing, Step
from flows.alive import is_dead
from flows.asking import gate_state, retagged, tags_of
from flows.runs import ACCOUNT_STEP, PORTFOLIO_DAY, SUPERSEDED, Run, Runs
from recourse.ledger.leases import hold

STARTING = timedelta(minutes=1)
"""How long a run may be *running* without having its lock: its process imports what it needs."""
SUBMITTING = timedelta(minutes=10)
"""How long a run may be *pending*: its worker died between taking it and starting its process."""
OPEN = "open"
STARTS_AT_MOST = 4
ASKED_AT_MOST = 30
"""Starts of a gate's run: one for each answer, and a few for what breaks off."""


def reconcile(desk: Desk, runs: Runs) -> Reconciled:
    """Make Prefect's open runs agree with the ledger's open gates, once; one comparison at a time."""
    with hold(desk.engine, "prefect-reconcile", ""):
        found = [*_days_again(desk, runs), *_bury(desk, runs), *_gates_again(desk, runs)]
        acted = steps.act_on_what_is_left(desk)
        held = runs.open(ACCOUNT_STEP)
        wanted = steps.open_steps(desk)
        stands = steps.standing(desk, [_gate(run) for run in held])
        over = _over(wanted, held, stands)
        for run, why in over:
            runs.end(run, SUPERSEDED, why, retagged(run.tags, _status(stands.get(_gate(run)))))
        kept = {_gate(run) for run in held if run not in [each for each, _ in over]}
        missing = [step for step in wanted if step.gate_id not in kept]
        opened = _open(desk, runs, missing[: max(0, engines.open_runs() - len(kept))])
    found += [Difference(run.name, why, "ended") for run, why in over]
    found += [Difference(name, "an open gate had no run", "opened") for name in opened]
    return Reconciled(tuple(found), len(opened), len(over), len(missing) - len(opened), acted)


def _days_again(desk: Desk, runs: Runs) -> Iterator[Difference]:
    """A day whose process is gone goes on from its first line: each of its parts may run twice."""
    for run in runs.open(PORTFOLIO_DAY):
        if _is_gone(desk, run, now("UTC")):
            runs.bury(run)
            again = run.starts < STARTS_AT_MOST
            if again:
                runs.again(run)
            yield Difference(run.name, "its process was gone", "started again" if again else "crashed")


def _bury(desk: Desk, runs: Runs) -> Iterator[Difference]:
    """Runs of gates whose process is gone have crashed, and Prefect does not know it."""
    for run in runs.open(ACCOUNT_STEP):
        if _is_gone(desk, run, now("UTC")):
            runs.bury(run)
            yield Difference(run.name, "its process was gone", "crashed")


def _gates_again(desk: Desk, runs: Runs) -> Iterator[Difference]:
    """A run that broke off while its gate waits goes on from its first line: a form is heard once. One whose gate has been
    answered is left as it is: what it has not done is done here.
    """
    broken = runs.broken(ACCOUNT_STEP, gate_state(OPEN))
    stands = steps.standing(desk, [_gate(run) for run in broken])
    for run in broken:
        stand = stands.get(_gate(run))
        left = steps.why_over(stand, _level(run)) or ("it was started too often" if run.starts >= ASKED_AT_MOST else "")
        if left:
            status = _status(stand)
            runs.tag(run.id, retagged(run.tags, "left" if status == OPEN else status))
        else:
            runs.again(run)
        yield Difference(run.name, "it broke off", f"left: {left}" if left else "started again")


def _status(stand: Standing | None) -> str:
    return stand.status if stand is not None else "gone"


def _gate(run: Run) -> str:
    return str(run.given.get("gate"))


def _level(run: Run) -> int:
    return int(run.given.get("level", 0))


def _is_gone(desk: Desk, run: Run, at: datetime) -> bool:
    if run.state == "RUNNING":
        return at - run.since > STARTING and is_dead(desk, run.id)
    return run.state == "PENDING" and at - run.since > SUBMITTING


def _over(wanted: Sequence[Step], held: Sequence[Run], stands: Mapping[str, Standing]) -> list[tuple[Run, str]]:
    """Runs that have nothing left to wait for, and why; one that a process works is left to it."""
    over, seen = [], set()
    for run in held:
        gate = _gate(run)
        why = steps.why_over(stands.get(gate), _level(run))
        if not why and gate in seen:
            why = "another run asks for the same gate"
        seen.add(gate)
        if why and run.is_idle:
            over.append((run, why))
    stems = {step.gate_id: step.stem for step in wanted}
    rest = [run for run in held if run.is_idle and not run.is_answered and run not in [each for each, _ in over]]
    by_stem = {stems[gate]: run for run in rest if (gate := _gate(run)) in stems}
    out = steps.crowded_out(wanted, list(by_stem), engines.open_runs())
    return over + [(by_stem[stem], steps.MAKES_ROOM) for stem in out]


def _open(desk: Desk, runs: Runs, wanted: Sequence[Step]) -> list[str]:
    grades = steps.grades(desk, [step.account for step in wanted if step.account])
    numbers = runs.last_numbers(ACCOUNT_STEP, [step.gate_id for step in wanted])
    opened = []
    for step in wanted:
        n = numbers.get(step.gate_id, 0) + 1
        given = {"account": step.account, "node": step.node, "gate": step.gate_id, "level": step.level, "n": n}
        name = f"{step.account or f'list {step.gate_id[:8]}'} {step.node} {step.opened_on}"
        tags = tags_of(step, grades.get(step.account, ""))
        runs.start(ACCOUNT_STEP, name, given, tags, key=f"{step.gate_id}--{n}")
        opened.append(name)
    return opened
