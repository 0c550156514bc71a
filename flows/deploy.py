"""`python -m flows.deploy`: the work pool and the three deployments with their schedules. Safe to repeat.

Runs before each start of the worker, in the same folder. Comparisons that were due while no worker was there are forgotten:
one is enough.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import EntrypointType
from prefect.exceptions import ObjectAlreadyExists

from flows.account_step import account_step
from flows.portfolio_day import portfolio_day
from flows.reconcile import reconcile
from flows.runs import OURS, RECONCILE, Runs

POOL = "recourse"
DAY, STEPS = "day", "steps"
"""The pool's queues. A comparison must always find a place, for it is what frees the places of runs that died: so the limit
on flow runs at once lies on the gates' queue alone. It lies on no worker: a worker with a limit of its own ends when a run
is resumed while the process that suspended it is still leaving (Prefect's issue 11224).
"""
ZONE = "Asia/Shanghai"
AT_ONCE = 4
DEPLOYED: tuple[tuple[Flow[Any, Any], str, dict[str, Any]], ...] = (
    (portfolio_day, DAY, {"schedule": CronSchedule(cron="0 7 * * *", timezone=ZONE), "concurrency_limit": 1}),
    (account_step, STEPS, {}),
    (reconcile, DAY, {"schedule": CronSchedule(cron="*/5 * * * *", timezone=ZONE)}),
)
"""Each flow, its queue, and what else its deployment says, which bears the flow's name."""
# Processes work in this folder: in one of their own, which Prefect makes and removes, a run that is resumed at once finds
# that of the process before it, and then none.


def main() -> None:
    """Make pool, queues and deployments, or bring them to what this release and the environment say."""
    with get_client(sync_client=True) as client:
        _pool(client)
        for queue, limit in ((DAY, None), (STEPS, int(os.environ.get("PREFECT_WORKER_LIMIT", "") or AT_ONCE))):
            _queue(client, queue, limit)
        for flow, queue, own in DEPLOYED:
            made = flow.to_deployment(
                name=flow.name, tags=[OURS], entrypoint_type=EntrypointType.MODULE_PATH, work_pool_name=POOL,
                work_queue_name=queue, job_variables={"working_dir": os.getcwd()}, **own,
            )  # fmt: skip
            made.apply()
            sys.stdout.write(f"deployed {flow.name}\n")
        known = Runs(client)
        for run in known.open(RECONCILE):
            if run.state == "SCHEDULED":
                known.forget(run)


def _pool(client: SyncPrefectClient) -> None:
    with contextlib.suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process", description="追索 Recourse"))


def _queue(client: SyncPrefectClient, name: str, limit: int | None) -> None:
    try:
        found = client.create_work_queue(name, concurrency_limit=limit, work_pool_name=POOL)
    except ObjectAlreadyExists:
        found = client.read_work_queue_by_name(name, work_pool_name=POOL)
    client.update_work_queue(found.id, concurrency_limit=limit)


if __name__ == "__main__":
    main()
