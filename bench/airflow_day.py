"""Accounts per minute: a business day through `portfolio_day`, beside one mapped task for each account.

Both run on one stack, one after the other, on one book (`bench.book`, with its debtors as persons). The naive way runs
on a few accounts and is extrapolated, which favours it: a thousand mapped tasks and more cost the scheduler more each.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

import msgspec

from bench import book, people
from bench.airflow_stack import OURS, ROOT, Airflow, airflow
from bench.places import superuser
from bench.spent import Way
from desk import portfolio
from desk.open_desk import open_desk
from desk.settings import read

DAY, NAIVE = "portfolio_day", "bench_naive"
RUN = "bench"
LONGEST_START = 180.0


class Day(msgspec.Struct, frozen=True):
    """A day measured: `summary` is what `portfolio_day` tells of itself, `tasks` the seconds of its tasks."""

    batches: Way
    naive: Way
    loaded_seconds: float
    summary: dict[str, Any]
    tasks: dict[str, float]

    @property
    def speed_ratio(self) -> float:
        """How many times as many accounts a minute."""
        return self.batches.per_minute / self.naive.per_minute

    @property
    def cores_ratio(self) -> float:
        """How many times fewer core-seconds an account."""
        return self.naive.cores_each / self.batches.cores_each


def measure(accounts: int, naive: int) -> Day:
    """Both ways on a stack of their own. Raises UserError when something does not end in time."""
    files = [ROOT / "dags" / "portfolio_day.py", ROOT / "dags" / "account_step.py", OURS / "naive.py"]
    with airflow(files) as stack:
        desk = open_desk(read(stack.stack.environment("scheduler")))
        began = time.monotonic()
        with superuser(stack.stack) as engine:
            people.load_with_book(engine, desk.vault, accounts + naive)
        loaded = time.monotonic() - began
        stack.ready([DAY, NAIVE])
        _tell(f"a book of {accounts + naive:,} due accounts is loaded; one task for each of {naive}")
        portfolio.turn(desk, book.MORNING)
        some = book.due(desk.engine, naive)
        slow = _work(stack, NAIVE, len(some), {"on": str(book.MORNING), "cases": some}, 30 + 5.0 * naive)
        _tell(f"{DAY} with {accounts:,} due accounts")
        given = {"on": str(book.MORNING)}
        fast = _work(stack, DAY, accounts, given, 300 + accounts / 20)
        summary = stack.returned(DAY, RUN, "summary")
        fast = msgspec.structs.replace(fast, accounts=int(summary["decided"]))
        desk.engine.dispose()
        return Day(fast, slow, loaded, summary, stack.task_seconds(DAY, RUN))


def _work(stack: Airflow, dag: str, accounts: int, given: Mapping[str, object], seconds: float) -> Way:
    """One run of a DAG, from its trigger to its end."""
    before, began = stack.spent(), time.monotonic()
    stack.trigger(dag, RUN, given)
    stack.finished(dag, RUN, LONGEST_START + seconds)
    took = time.monotonic() - began
    return Way(accounts, took, stack.spent().since(before))


def table(day: Day) -> str:
    """What was measured, for people."""
    fast, slow = day.batches, day.naive
    told = ", ".join(
        f"{day.summary[name]:,} {name}" for name in ("decided", "opened", "ended", "done", "failed", "refused")
    )
    tasks = ", ".join(f"{name} {seconds:.1f}" for name, seconds in day.tasks.items())
    return "\n".join([
        f"accounts per minute, LocalExecutor (the book was loaded in {day.loaded_seconds:.0f} s)",
        f"{'':26}{'accounts':>9}{'wall s':>9}{'accounts/min':>14}{'core-s':>9}{'core-s an account':>19}",
        _line("portfolio_day, in shares", fast),
        _line("one mapped task each", slow),
        f"  portfolio_day: {fast.per_minute / slow.per_minute:,.0f} times the accounts a minute, "
        f"1/{day.cores_ratio:,.0f} of the core-seconds an account",
        f"  extrapolated from {slow.accounts}, not measured: one task each, {fast.accounts:,} accounts would take "
        f"{slow.seconds_for(fast.accounts) / 60:,.0f} min and {slow.cores_each * fast.accounts / 3600:,.1f} core-hours "
        f"(portfolio_day: {fast.seconds / 60:,.1f} min, {fast.cores.total / 3600:,.3f} core-hours)",
        "  one task each decides and writes; portfolio_day also sends, makes papers and opens up to 300 runs for gates",
        f"  portfolio_day: {told}",
        f"  seconds in its tasks: {tasks}",
        f"  core-seconds by service: portfolio_day {_by_service(fast)}; one task each {_by_service(slow)}",
    ])  # fmt: skip


def _line(name: str, way: Way) -> str:
    return (
        f"{name:26}{way.accounts:9,}{way.seconds:9.1f}{way.per_minute:14,.0f}{way.cores.total:9.1f}"
        f"{way.cores_each:19.4f}"
    )


def _by_service(way: Way) -> str:
    return ", ".join(f"{name} {spent:.1f}" for name, spent in way.cores.by_service.items())


def _tell(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)
