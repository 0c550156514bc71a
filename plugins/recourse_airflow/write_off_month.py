"""The DAG `write_off_month`: the month's write-off lists, from the committee's seats to the finished packets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airflow.sdk import DAG, TriggerRule, task
from airflow.sdk.exceptions import AirflowSkipException

from desk import engines
from recourse.ladder import Node
from recourse_airflow.compiler import ATTEMPTS, seat_of
from recourse_airflow.seat import SeatOperator
from recourse_airflow.step import ActOperator
from recourse_airflow.timetable import WorkdayTimetable

DAG_ID = "write_off_month"


def write_off_month(node: Node, *, at: str, owner: str, doc_md: str) -> DAG:
    """The batch as a DAG: lists → seats → final approver → act → packets. `node` is the ladder's write-off."""
    dag = DAG(
        DAG_ID,
        dag_display_name="核销月批 write-off month",
        description="每月末工作日：呆账核销名单会签、执行、装订材料 The month's write-off lists and packets",
        doc_md=doc_md,
        schedule=WorkdayTimetable(at, month_end=True),
        catchup=False,
        max_active_runs=1,
        default_args={"owner": owner},
        tags=["recourse", "gates", "write-off"],
    )
    with dag:
        found = lists(node.name)
        first = SeatOperator.partial(
            task_id="seats", task_display_name="审批席位 seats", map_index_template="{{ task.seat }}", **seat_of(node)
        ).expand_kwargs(asked(found))
        final = SeatOperator.partial(
            task_id="final", task_display_name="终审 final approver", map_index_template="{{ task.gate_id[:8] }}",
            **seat_of(node),
        ).expand_kwargs(found)  # fmt: skip
        acted = ActOperator.partial(
            task_id="act",
            task_display_name="执行 claim · act · receipt",
            trigger_rule=TriggerRule.NONE_FAILED,
            **ATTEMPTS,
        ).expand_kwargs(found)
        first >> final >> acted >> packets()
    return dag


@task(task_display_name="名单 lists", **ATTEMPTS)
def lists(node: str) -> list[dict[str, str]]:
    """The open lists of the node: one gate each."""
    from desk import steps

    found = [{"gate_id": step.gate_id} for step in steps.open_steps(engines.desk(), nodes=[node])]
    if not found:
        raise AirflowSkipException("no list waits")
    return found


@task(task_display_name="待批 ask", **ATTEMPTS)
def asked(found: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The seats of all lists that are still to be answered in the first round."""
    from desk import steps

    stands = steps.standing(engines.desk(), [each["gate_id"] for each in found])
    return [
        {"gate_id": gate_id, "level": stand.level, "seat": seat}
        for gate_id, stand in sorted(stands.items())
        if stand.status == "open"
        for seat in steps.seats(stand.left).first
    ]


@task(task_display_name="装订材料 packets", trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS, **ATTEMPTS)
def packets() -> str:
    """Put the packets of the business day into $RECOURSE_HOME/packets/<day>; gives the folder."""
    from desk import portfolio
    from desk.packets import write_packets

    desk = engines.desk()
    day = portfolio.open_business_day(desk)
    if day is None:
        raise AirflowSkipException("no business day is open")
    folder: Path = desk.settings.home / "packets" / day.isoformat()
    written = write_packets(desk, day, folder)
    return f"{len(written)} packets in {folder}"
