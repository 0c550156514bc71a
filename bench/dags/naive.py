"""A day the way it is often drawn: one mapped task for each account. An Airflow DAG that only `bench/airflow.py` runs.

Each task opens a desk, reads its account, decides it, and keeps the decision and what follows from it. It contacts
nobody, which makes it cheaper than what it is compared with.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from airflow.sdk import DAG, Param, get_current_context, task


def listed() -> list[str]:
    """The cases that the run was asked to decide."""
    asked: list[str] = get_current_context()["params"]["cases"]
    return asked


def decide(case_id: str) -> int:
    """Decide one case and write it down; returns how many steps it takes."""
    from bench.one_case import decide as decided
    from desk import engines

    return decided(engines.desk(), date.fromisoformat(get_current_context()["params"]["on"]), case_id)


def _dag() -> DAG:
    given: dict[str, Any] = {"on": Param("", type="string"), "cases": Param([], type="array")}
    dag = DAG("bench_naive", schedule=None, catchup=False, params=given)
    with dag:
        task(decide).expand(case_id=task(listed)())
    return dag


dag = _dag()
