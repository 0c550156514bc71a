"""Compiles the ladder into the graph of a DAG: one TaskGroup a node, the ladder's edges between them.

A gated node asks, waits for its seats, then acts. A bulk node needs no gate: it is drawn, and worked in batches by
`portfolio_day`. A node that people work outside Recourse is drawn as well.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import BaseOperator, TaskGroup, TriggerRule

from recourse.ladder import EdgeKind, Ladder, Node, Speed
from recourse_airflow.seat import SeatOperator, form
from recourse_airflow.step import ActOperator, AskOperator

LABELS = {EdgeKind.REQUIRES: "须先完成 requires", EdgeKind.CLOCK: "期限 clock"}
ATTEMPTS: dict[str, Any] = {"retries": 3, "retry_delay": timedelta(seconds=20)}
"""The database may be away for a while, and a task's process may be killed: every task is safe to run again."""


def compile_ladder(ladder: Ladder, start: BaseOperator) -> None:
    """Draw a ladder into the DAG that is being defined, after its first task.

    Edges join the first tasks of the groups: so each group's last task ends the run, and a run whose act failed is failed.
    What comes before the due node is skipped, which is why a node that follows others starts whatever became of them.
    """
    follows = {edge.target for edge in ladder.edges if edge.kind is not EdgeKind.EXCLUDES}
    first = {}
    for node in ladder.nodes:
        rule = TriggerRule.ALL_DONE if node.name in follows else TriggerRule.NONE_FAILED
        first[node.name] = _group(node, rule)
        if node.name not in follows:
            start >> first[node.name]
    for edge in ladder.edges:
        if edge.kind is EdgeKind.EXCLUDES:
            continue
        source, target = first[edge.source], first[edge.target]
        source >> target
        if edge.kind in LABELS:  # Airflow's own Label would join the groups as wholes
            start.dag.set_edge_info(source.task_id, target.task_id, {"label": LABELS[edge.kind]})


def _group(node: Node, rule: TriggerRule) -> BaseOperator:
    """The group of a node; returns its first task, which starts by `rule`."""
    title = f"{node.zh} {node.en}"
    with TaskGroup(group_id=node.name, group_display_name=title, tooltip=f"{node.track}: {node.en}"):
        if node.drawn:
            return EmptyOperator(task_id="recorded", task_display_name="线下办理 worked by people", trigger_rule=rule)
        if node.speed is Speed.BULK:
            return EmptyOperator(task_id="batch", task_display_name="成批办理 in batches", trigger_rule=rule)
        return _gated(node, rule)


def _gated(node: Node, rule: TriggerRule) -> BaseOperator:
    """Ask → seats (one task each) → final approver → act."""
    ask = AskOperator(task_id="ask", node=node.name, task_display_name="待批 ask", trigger_rule=rule, **ATTEMPTS)
    first = SeatOperator.partial(
        task_id="seats", task_display_name="审批席位 seats", map_index_template="{{ task.seat }}", **seat_of(node)
    ).expand_kwargs(ask.output)
    final = SeatOperator(task_id="final", task_display_name="终审 final approver", **seat_of(node))
    act = ActOperator(
        task_id="act", task_display_name="执行 claim · act · receipt", trigger_rule=TriggerRule.NONE_FAILED, **ATTEMPTS
    )
    ask >> first >> final >> act
    return ask


def seat_of(node: Node) -> dict[str, Any]:
    """What the tasks that ask a seat of a node's gate have in common."""
    return {
        "choices": node.choices, "params": form(is_list=node.speed is Speed.LIST),
        "trigger_rule": TriggerRule.NONE_FAILED, **ATTEMPTS,
    }  # fmt: skip
