"""The DAG `portfolio_day`: one business day of the whole book, in batches."""

from __future__ import annotations

import logging
from datetime import date
from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG, Asset, Param, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from desk import engines
from recourse_airflow.compiler import ATTEMPTS
from recourse_airflow.timetable import WorkdayTimetable

if TYPE_CHECKING:
    from desk.open_desk import Desk

log = logging.getLogger(__name__)
DAG_ID = "portfolio_day"
DAY_WORKED = Asset("recourse_day_worked", uri="x-recourse://day/worked", group="recourse")
"""Updated when a business day's batch work is done: decisions taken, contacts made, gates open. Its extra has the day."""
SHARES_AT_ONCE = 8


def portfolio_day(*, at: str, owner: str, doc_md: str) -> DAG:
    """The day as a DAG: turn → intake → grade → sweep → lists → dispatch → gates → summary."""
    dag = DAG(
        DAG_ID,
        dag_display_name="组合日 portfolio day",
        description="每个工作日：入账、分级、逐户决定、成批办理、开启审批门 A business day of the whole book",
        doc_md=doc_md,
        schedule=WorkdayTimetable(at),
        catchup=False,
        max_active_runs=1,
        default_args={"owner": owner, **ATTEMPTS},
        tags=["recourse", "day"],
        params={
            "on": Param(
                None,
                type=["null", "string"],
                format="date",
                title="营业日 Business day",
                description="空 = 今天 empty: today",
            )
        },
    )
    with dag:
        day = turn()
        taken = intake(day)
        due = grade(day)
        swept = sweep.partial(day=day).expand(share=due)
        listed = open_lists(day)
        queued = queues(day)
        sent = dispatch.partial(day=day).expand(share=queued)
        opened = open_gates(day)
        done = summary(day, swept, sent)
        taken >> due
        swept >> listed >> queued
        sent >> opened >> done
    return dag


def _desk_and_day(day: str) -> tuple[Desk, date]:
    return engines.desk(), date.fromisoformat(day)


@task(task_display_name="开日 open the day")
def turn() -> str:
    """Close the day before, open this one. A day that was closed before is not worked twice."""
    from desk import portfolio

    desk = engines.desk()
    asked = get_current_context()["params"].get("on")
    day = date.fromisoformat(asked) if asked else portfolio.next_day(desk)
    portfolio.check_workday(desk, day)
    if not portfolio.turn(desk, day):
        raise AirflowSkipException(f"business day {day} is closed")
    return day.isoformat()


@task(task_display_name="入账 intake")
def intake(day: str) -> int:
    """Take in the deliveries that have arrived."""
    from desk import portfolio

    desk, on = _desk_and_day(day)
    return portfolio.take_in(desk, on, engines.deliveries())


@task(task_display_name="到期与分批 due, in shares")
def grade(day: str) -> list[str]:
    """Lift the gates past their deadline and split what is due into shares; each case is graded (R1–R4) as it is
    decided, by the facts of that moment."""
    from desk import portfolio

    desk, on = _desk_and_day(day)
    log.info("gates lifted to the next level: %s", portfolio.lift(desk, on))
    return portfolio.shares(desk, on)


@task(
    task_display_name="分级与决定 grade and decide",
    max_active_tis_per_dagrun=SHARES_AT_ONCE,
    map_index_template="{{ share }}",
)
def sweep(day: str, share: str) -> dict[str, int]:
    """Grade and decide every due case of a share."""
    import msgspec

    from desk import portfolio

    _name_batch(share)
    desk, on = _desk_and_day(day)
    counts: dict[str, int] = msgspec.structs.asdict(portfolio.sweep(desk, on, share))
    return counts


@task(task_display_name="名单 lists")
def open_lists(day: str) -> int:
    """Open the lists that a person has to agree to."""
    from desk import portfolio

    return portfolio.open_lists(*_desk_and_day(day))


@task(task_display_name="待办分批 queued, in shares")
def queues(day: str) -> list[str]:
    """Split what is queued into shares."""
    from desk import portfolio

    return portfolio.queues(*_desk_and_day(day))


@task(task_display_name="成批办理 dispatch", max_active_tis_per_dagrun=SHARES_AT_ONCE, map_index_template="{{ share }}")
def dispatch(day: str, share: str) -> dict[str, int]:
    """Claim, act, receipt: what needs no gate, and what gates approved meanwhile."""
    import msgspec

    from desk import portfolio

    _name_batch(share)
    desk, on = _desk_and_day(day)
    counts: dict[str, int] = msgspec.structs.asdict(portfolio.dispatch(desk, on, share))
    return counts


@task(task_display_name="开启审批门 open gates")
def open_gates(day: str) -> dict[str, Any]:
    """Open a run of `account_step` for the gates whose right is lost first, up to the cap."""
    from recourse_airflow.reconciling import reconcile

    return reconcile(engines.desk()).as_counts()


@task(task_display_name="小结 summary", outlets=[DAY_WORKED])
def summary(day: str, swept: list[dict[str, int]], sent: list[dict[str, int]]) -> Any:
    """Give the calls to the callers, add up the day and tell those who are scheduled after it."""
    import msgspec

    from desk import portfolio
    from recourse.climb.dispatch import Dispatched
    from recourse.climb.sweep import Swept

    desk, on = _desk_and_day(day)
    portfolio.assign_calls(desk, on)
    shown = portfolio.summary(desk, on, [Swept(**each) for each in swept], [Dispatched(**each) for each in sent])
    get_current_context()["outlet_events"][DAY_WORKED].extra = {"day": day}
    return msgspec.to_builtins(shown)


def _name_batch(share: str) -> None:
    get_current_context()["share"] = share
