"""Comparing what Airflow has open with what the ledger has open. Whatever differs is listed, and the ledger wins.

Ends runs whose gate was answered elsewhere, lifted to other people or left without a seat to ask; opens runs for gates
that have none, those whose right is lost first, up to the cap; takes up acts that a dead run left behind, and what was
approved at another door. Engine telemetry never enters the journal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from desk import engines, steps
from recourse.ledger.leases import hold
from recourse_airflow import api
from recourse_airflow.account_step import DAG_ID

if TYPE_CHECKING:
    from desk.open_desk import Desk

REFUSED = "superseded: an answer was refused by the ledger"

MONTHLY = ("write_off",)
"""Nodes whose lists are answered in `write_off_month`, not in a run of `account_step`."""


def reconcile(desk: Desk) -> steps.Reconciled:
    """Make Airflow's open runs agree with the ledger's open gates, once; one comparison at a time."""
    acted = steps.act_on_what_is_left(desk)
    with hold(desk.engine, "airflow-reconcile", ""), api.session() as session:
        runs = session.open_runs(DAG_ID)
        wanted = steps.open_steps(desk, without=MONTHLY)
        over = _over(desk, session, runs)
        over += _crowded_out(wanted, [run for run in runs if run not in dict(over)])
        after = {_stem(run.run_id): session.refusals(run) for run, why in over if why == REFUSED}
        for run, why in over:
            session.end(run, why)
        kept = {_stem(run.run_id) for run in runs if run not in dict(over)}
        missing = [step for step in wanted if step.stem not in kept]
        room = max(0, engines.open_runs() - len(kept))
        opened = _open(session, missing[:room], after)
    differences = [steps.Difference(run.run_id, why, "ended") for run, why in over]
    differences += [steps.Difference(run_id, "an open gate had no run", "opened") for run_id in opened]
    return steps.Reconciled(tuple(differences), len(opened), len(over), len(missing) - len(opened), acted)


def _over(desk: Desk, session: api.AirflowApi, runs: Sequence[api.Run]) -> list[tuple[api.Run, str]]:
    """Runs that have nothing left to wait for, and why."""
    asked = Counter(seat.run_id for seat in session.asked(DAG_ID))
    stands = steps.standing(desk, [str(run.conf.get("gate", "")) for run in runs])
    found = []
    for run in runs:
        why = _why_over(run, stands.get(str(run.conf.get("gate", ""))), asked[run.run_id])
        if why and not (why == REFUSED and session.is_busy(run)):
            found.append((run, why))
    return found


def _why_over(run: api.Run, stand: steps.Standing | None, asked: int) -> str:
    """Why a run is over ("" = it is not). A run that asks nobody is at work, or about to end by itself."""
    if stand is not None and not asked:
        return ""
    why = steps.why_over(stand, run.conf.get("level", 0))
    return why or (REFUSED if stand is not None and asked < len(steps.now(stand.left)) else "")


def _crowded_out(wanted: Sequence[steps.Step], runs: Sequence[api.Run]) -> list[tuple[api.Run, str]]:
    """Runs that have to make room for gates whose right is lost sooner, when the cap is reached."""
    out = steps.crowded_out(wanted, [_stem(run.run_id) for run in runs], engines.open_runs())
    return [(run, steps.MAKES_ROOM) for run in runs if _stem(run.run_id) in out]


def _open(session: api.AirflowApi, wanted: Sequence[steps.Step], after: Mapping[str, Sequence[str]]) -> list[str]:
    opened = []
    for step in wanted:
        given = {
            "account": step.account, "node": step.node, "gate": step.gate_id, "level": step.level,
            "after": "; ".join(after.get(step.stem, ())),
        }  # fmt: skip
        run_id = f"{step.stem}--1"
        if not session.start(DAG_ID, run_id, given):
            run_id = f"{step.stem}--{session.last_number(DAG_ID, step.stem) + 1}"
            session.start(DAG_ID, run_id, given)
        opened.append(run_id)
    return opened


def _stem(run_id: str) -> str:
    return run_id.rpartition("--")[0]
