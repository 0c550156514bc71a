"""The DAG `reconcile`: every few minutes, what Airflow has open is compared with the ledger, and the ledger wins."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, task

from desk import engines
from recourse_airflow.compiler import ATTEMPTS

log = logging.getLogger(__name__)
DAG_ID = "reconcile"


def reconcile_dag(*, minutes: int, owner: str, doc_md: str) -> DAG:
    """The comparison as a DAG of one task."""
    dag = DAG(
        DAG_ID,
        dag_display_name="对账 reconcile",
        description="引擎与台账对账，以台账为准 Engine and ledger compared; the ledger wins",
        doc_md=doc_md,
        schedule=timedelta(minutes=minutes),
        catchup=False,
        max_active_runs=1,
        default_args={"owner": owner, **ATTEMPTS},
        tags=["recourse", "gates"],
    )
    with dag:
        compare()
    return dag


@task(task_display_name="对账 compare")
def compare() -> dict[str, Any]:
    """List what differs, end what is over, open what is missing, act on what is left. Gives the differences."""
    import msgspec

    from recourse_airflow.reconciling import reconcile

    found = reconcile(engines.desk())
    for each in found.differences:
        log.info("%s: %s → %s", each.run, each.what, each.done)
    shown: dict[str, Any] = msgspec.to_builtins(found)
    return shown
