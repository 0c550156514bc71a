"""The DAG `account_step`: one short run for each account and node whose gate waits for people."""

from __future__ import annotations

from airflow.sdk import DAG, Param

from desk import engines
from recourse.ladder import Ladder
from recourse_airflow.compiler import ATTEMPTS, compile_ladder
from recourse_airflow.step import DUE, DueOperator

DAG_ID = "account_step"


def account_step(ladder: Ladder, *, owner: str, doc_md: str) -> DAG:
    """The ladder as a DAG. A run's id is ``<account>--<node>--<n>``, which makes opening it twice one run."""
    text = {"type": "string", "default": ""}
    dag = DAG(
        DAG_ID,
        dag_display_name="账户一步 account step",
        description="审批门：一户一节点一次运行 One run for each account and node at a gate",
        doc_md=doc_md,
        schedule=None,
        catchup=False,
        max_active_runs=engines.open_runs(),
        default_args={"owner": owner},
        tags=["recourse", "gates"],
        params={
            "account": Param(**text, title="账号 Account"),
            "node": Param(**text, title="节点 Node"),
            "gate": Param(**text, title="审批门 Gate"),
            "after": Param(**text, title="上一次未被采纳的回答 Refused before"),
        },
    )
    with dag:
        compile_ladder(ladder, DueOperator(task_id=DUE, task_display_name="到期节点 due", **ATTEMPTS))
    return dag
