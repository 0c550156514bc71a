"""`python -m flows.deploy`: the work pool and the three deployments with their schedules. Safe to repeat.

Runs before each start of the worker. Comparisons that were due while no worker was there are forgotten: one is enough.
"""

from __future__ import annotations

import sys
from typing import Any

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import EntrypointType
from prefect.exceptions import ObjectAlreadyExists

from flows.account_step import account_step
from flows.portfolio_day import portfolio_day
from flows.reconcile import NAME as RECONCILE
from flows.reconcile import reconcile
from flows.runs import OURS, runs

POOL = "recourse"
ZONE = "Asia/Shanghai"
DEPLOYED: tuple[tuple[Flow[Any, Any], dict[str, Any]], ...] = (
    (portfolio_day, {"schedule": CronSchedule(cron="0 7 * * *", timezone=ZONE), "concurrency_limit": 1}),
    (account_step, {}),
    (reconcile, {"schedule": CronSchedule(cron="*/5 * * * *", timezone=ZONE)}),
)
"""Each flow and what is particular to its deployment, which bears the flow's name."""


def main() -> None:
    """Make pool and deployments, or bring them to what this release says."""
    with get_client(sync_client=True) as client:
        try:
            client.create_work_pool(WorkPoolCreate(name=POOL, type="process", description="追索 Recourse"))
        except ObjectAlreadyExists:
            sys.stdout.write(f"work pool {POOL} is there\n")
    for flow, own in DEPLOYED:
        made = flow.to_deployment(name=flow.name, tags=[OURS], entrypoint_type=EntrypointType.MODULE_PATH, **own)
        made.apply(work_pool_name=POOL)
        sys.stdout.write(f"deployed {flow.name}\n")
    with runs() as known:
        late = [run for run in known.open(RECONCILE) if run.state == "SCHEDULED"]
        for run in late:
            known.forget(run)


if __name__ == "__main__":
    main()
