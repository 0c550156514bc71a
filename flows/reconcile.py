"""Prefect and the ledger compared.

**What.** Every five minutes: starts runs again that broke off and finishes their acts, ends runs whose gate was answered
elsewhere or lifted to other people, opens runs for gates that have none (most urgent first, up to the cap). The ledger wins.

**Owner.** Platform engineering.

**At night.** If it fails for more than a quarter of an hour, gates answered in the console still count and what they
approve goes out with the next business day; only the runs fall behind. Most often the server or the database is down.
"""

from __future__ import annotations

from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

from desk.steps import Reconciled
from flows import reconciling
from flows.desks import TRIED, desk
from flows.runs import RECONCILE, runs


@flow(name=RECONCILE, description=__doc__)
def reconcile() -> State[Any]:
    """List what differs, end what is over, open what is missing, act on what is left. One at a time: the ledger holds it."""
    found = compare()
    if found.differences:
        rows: list[list[Any]] = [[each.run, each.what, each.done] for each in found.differences]
        create_table_artifact([["run", "what", "done"], *rows], key="differences", description="对账差异 differences")
    return Completed(message=", ".join(f"{what} {count}" for what, count in found.as_counts().items()))


@task(name="对账 compare", **TRIED)
def compare() -> Reconciled:
    """Compare and put right; gives the differences."""
    with runs() as known:
        found = reconciling.reconcile(desk(), known)
    for each in found.differences:
        get_run_logger().info("%s: %s → %s", each.run, each.what, each.done)
    return found
