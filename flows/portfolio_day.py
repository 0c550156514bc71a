"""The business day of the whole book, in shares.

**What.** Every day at 07:00 (Shanghai), and it knows working days: closes the day before and seals it, takes in the bank's
deliveries, decides every due case in shares, opens lists, makes the contacts that need no gate, opens `account_step` runs.

**Owner.** Collections operations.

**At night.** A task that fails is tried four times; each may run twice. If the run stays failed: its message says what,
where, and the mend; then *Retry*, nothing is done twice. A run whose process died is started again by `reconcile`. A day
that is never worked is lost for nobody: the next run works all that is due, one step a track.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

import msgspec
from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from prefect.client.schemas.objects import State
from prefect.futures import as_completed
from prefect.runtime import flow_run
from prefect.states import Completed
from prefect.task_runners import ProcessPoolTaskRunner

from desk import engines, portfolio
from desk.figures import STATES
from desk.gate_text import table
from desk.portfolio import Summary
from flows.alive import alive
from flows.desks import TRIED, desk
from flows.reconciling import reconcile
from flows.runs import PORTFOLIO_DAY, runs
from recourse.climb.dispatch import Dispatched
from recourse.climb.sweep import Swept

T = TypeVar("T", Swept, Dispatched)


@flow(name=PORTFOLIO_DAY, description=__doc__, task_runner=ProcessPoolTaskRunner(max_workers=os.cpu_count() or 1))
def portfolio_day(on: date | None = None) -> State[Any]:
    """Work a business day; `on`: which (default: today). A day that is closed is left alone, so is a today that is no working
    day; another one that is none is refused.
    """
    with alive(desk()):
        day = on or portfolio.next_day(desk())
        if on is None and not portfolio.is_workday(desk(), day):
            return Completed(name="NoWorkingDay", message=f"{day} is no working day")
        portfolio.check_workday(desk(), day)
        if not turn(day):
            return Completed(name="DayClosed", message=f"business day {day} is closed")
        with runs() as known:
            known.rename(flow_run.get_id(), f"组合日 {day}")
        return _work(day, Progress(day))


def _work(day: date, progress: Progress) -> State[Any]:
    intake(day)
    progress.tell(10, "入账完毕 deliveries are in")
    swept = progress.over(sweep, day, due(day), (15, 50), "分级与决定 grade and decide")
    open_lists(day)
    sent = progress.over(dispatch, day, queues(day), (50, 90), "成批办理 dispatch")
    opened = open_gates()
    shown = summary(day, swept, sent)
    progress.tell(100, "小结 done")
    counts = f"decided {shown.decided}, done {shown.done}, failed {shown.failed}; gates {opened}"
    return Completed(name="DayWorked", message=f"{day}: {counts}")


class Progress:
    """The day's progress artifact: how far it is, and with what."""

    def __init__(self, day: date) -> None:
        self._day = day
        self._artifact = create_progress_artifact(5.0, key=f"day-{day}", description=self._text("开日 the day is open"))

    def tell(self, percent: float, what: str) -> None:
        """Show how far the day is."""
        update_progress_artifact(self._artifact, percent, self._text(what))

    def over(self, work: Any, day: date, shares: Sequence[str], span: tuple[int, int], what: str) -> list[T]:
        """Work every share, in processes of their own when there are several, and show each that is done."""
        first, last = span
        if len(shares) == 1:
            found = [work(day, shares[0])]
            self.tell(last, what)
            return found
        futures = work.map(day, list(shares))
        for number, _ in enumerate(as_completed(futures), start=1):
            self.tell(first + (last - first) * number / len(shares), f"{what} {number}/{len(shares)}")
        return [future.result() for future in futures]

    def _text(self, what: str) -> str:
        return f"{self._day}: {what}"


@task(name="开日 open the day", **TRIED)
def turn(day: date) -> bool:
    """Close the day before, open this one. False when this one was closed before."""
    return portfolio.turn(desk(), day)


@task(name="入账 intake", **TRIED)
def intake(day: date) -> int:
    """Take in the deliveries that have arrived."""
    return portfolio.take_in(desk(), day, engines.deliveries())


@task(name="到期与分批 due, in shares", **TRIED)
def due(day: date) -> list[str]:
    """Lift the gates past their deadline and split what is due into shares."""
    get_run_logger().info("gates lifted to the next level: %s", portfolio.lift(desk(), day))
    return portfolio.shares(desk(), day)


@task(name="分级与决定 grade and decide", task_run_name="分级与决定 grade and decide {share}", **TRIED)
def sweep(day: date, share: str) -> Swept:
    """Grade and decide every due case of a share."""
    return portfolio.sweep(desk(), day, share)


@task(name="名单 lists", **TRIED)
def open_lists(day: date) -> int:
    """Open the lists that a person has to agree to."""
    return portfolio.open_lists(desk(), day)


@task(name="待办分批 queued, in shares", **TRIED)
def queues(day: date) -> list[str]:
    """Split what is queued into shares."""
    return portfolio.queues(desk(), day)


@task(name="成批办理 dispatch", task_run_name="成批办理 dispatch {share}", **TRIED)
def dispatch(day: date, share: str) -> Dispatched:
    """Claim, act, receipt: what needs no gate, and what gates approved meanwhile."""
    return portfolio.dispatch(desk(), day, share)


@task(name="开启审批门 open gates", **TRIED)
def open_gates() -> dict[str, int]:
    """Open a run of `account_step` for the gates whose right is lost first, up to the cap."""
    with runs() as known:
        return reconcile(desk(), known).as_counts()


@task(name="小结 summary", **TRIED)
def summary(day: date, swept: list[Swept], sent: list[Dispatched]) -> Summary:
    """Give the calls to the callers, add up the day and show it."""
    portfolio.assign_calls(desk(), day)
    shown = portfolio.summary(desk(), day, swept, sent)
    rows = [(name, str(value)) for name, value in msgspec.structs.asdict(shown).items() if name != "funnel"]
    funnel = [(node, *(str(states.get(name, 0)) for name in STATES)) for node, states in shown.funnel.items()]
    text = "\n\n".join([table(("", ""), rows), table(("节点 Node", *STATES), funnel)])
    create_markdown_artifact(text, key=f"summary-{day}", description=f"小结 summary {day}")
    return shown
