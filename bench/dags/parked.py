"""Runs parked at a human task, in three graphs of different width: Airflow DAGs that only `bench/airflow.py` runs.

The graphs come from the product's compiler. Two of its tasks read no ledger here: the one that asks for seats takes
them from the run, and a seat shows fixed words. The number, the kinds and the states of a run's tasks are the same.
"""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import DAG, Param

from bench.graphs import DAGS, NODE, SEATS, variants
from recourse.ladder import Ladder
from recourse_airflow import compiler
from recourse_airflow.seat import SeatOperator
from recourse_airflow.step import DUE, AskOperator, DueOperator
from tasks.ladder import LADDER


class AskedOperator(AskOperator):
    """Gives the seats of the bench for the due node."""

    def execute(self, context: Any) -> list[dict[str, Any]]:
        return [{"gate_id": context["params"]["gate"], "level": 0, "seat": seat, "after": ""} for seat in SEATS]


class ParkedOperator(SeatOperator):
    """Waits for an answer that never comes."""

    def execute(self, context: Any) -> Any:
        self.subject, self.body = f"bench · 席位 {self.seat}", "| | |\n| --- | --- |\n| 证据 Evidence | — |"
        return HITLOperator.execute(self, context)


def _dag(dag_id: str, ladder: Ladder) -> DAG:
    given = {"node": Param(NODE, type="string"), "gate": Param("bench", type="string")}
    dag = DAG(dag_id, schedule=None, catchup=False, max_active_runs=10_000, params=given)
    with dag, patch.multiple(compiler, AskOperator=AskedOperator, SeatOperator=ParkedOperator):
        compiler.compile_ladder(ladder, DueOperator(task_id=DUE, **compiler.ATTEMPTS))
    return dag


for _name, _ladder in variants(LADDER).items():
    globals()[DAGS[_name]] = _dag(DAGS[_name], _ladder)
