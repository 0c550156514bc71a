"""The scheduler's load with open gates: runs parked at human tasks, in graphs of three widths (`bench.graphs`).

While nothing happens the scheduler goes round all open runs, again and again. Counted over a quiet span: what that
costs, how long a round takes, and how long one more run needs from its trigger until its seats are asked.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Collection, Sequence

import msgspec

from bench.airflow_stack import OURS, Airflow, airflow
from bench.graphs import DAGS, NODE, SEATS
from bench.spent import Spent, wait

QUIET_SECONDS = 30.0
SETTLE_SECONDS = 10.0
EXTRA = 3
"""Runs that are timed one by one; the median counts."""


class Load(msgspec.Struct, frozen=True):
    """What so many open runs of one graph cost while nothing happens, over `seconds`."""

    variant: str
    runs: int
    seconds: float
    spent: Spent
    looks: int
    asked_seconds: float
    """From the trigger of one more run until its seats are asked."""

    def a_minute(self, service: str) -> float:
        """Core-seconds of a service a minute."""
        return 60 * self.spent.by_service[service] / self.seconds

    @property
    def looks_a_minute(self) -> float:
        return 60 * self.looks / self.seconds

    @property
    def round_seconds(self) -> float | None:
        """How long the scheduler takes to come round to every open run; None when nothing is open."""
        return self.runs * self.seconds / self.looks if self.runs and self.looks else None

    def milliseconds_a_look(self, empty: Load) -> float | None:
        """Scheduler and database for one look at one open run, above what they cost with nothing open."""
        if not self.runs or not self.looks:
            return None
        above = sum(self.a_minute(name) - empty.a_minute(name) for name in ("scheduler", "postgres"))
        return 1000 * above / self.looks_a_minute


class Parked(msgspec.Struct, frozen=True):
    """One graph measured: its task instances a run, core-seconds to bring one run to its seats, and its loads."""

    variant: str
    instances: int
    cores_to_park: float | None
    loads: tuple[Load, ...]


def levels(gates: int) -> list[int]:
    """How many runs are open at each measurement: none, a third, all; never fewer than the runs timed before it left."""
    found = [0]
    for runs in (gates // 3, gates):
        if runs > found[-1]:
            found.append(max(runs, found[-1] + EXTRA))
    return found


def measure(gates: int, graphs: Collection[str] = tuple(DAGS)) -> list[Parked]:
    """Every graph, or some, one after the other on one stack. Raises UserError when something does not end in time."""
    with airflow([OURS / "parked.py"]) as stack:
        stack.ready(DAGS.values())
        return [_measured(stack, variant, levels(gates)) for variant in DAGS if variant in graphs]


def _measured(stack: Airflow, variant: str, upto: Sequence[int]) -> Parked:
    dag, opened, parked, cores = DAGS[variant], 0, 0, 0.0
    loads = []
    for runs in upto:
        _tell(f"{variant}: {runs} open runs")
        before = stack.spent()
        _park(stack, dag, range(opened, runs))
        if runs > opened:
            cores, parked = cores + stack.spent().since(before).total, parked + runs - opened
        time.sleep(SETTLE_SECONDS)
        loads.append(_load(stack, variant, runs))
        _tell(f"{variant}: {loads[-1].asked_seconds:.1f} s from one more trigger to its seats")
        opened = runs + EXTRA
    found = stack.instances(dag, _run(0))
    stack.remove_runs(dag)
    return Parked(variant, found, cores / parked if parked else None, tuple(loads))


def _park(stack: Airflow, dag: str, numbers: range) -> None:
    """Open runs and wait until all their seats are asked."""
    wanted = stack.asked(dag) + len(SEATS) * len(numbers)
    for number in numbers:
        stack.trigger(dag, _run(number))
    wait(lambda: stack.asked(dag) >= wanted, 120 + 6.0 * len(numbers), f"{dag}: not every run came to its seats")


def _load(stack: Airflow, variant: str, runs: int) -> Load:
    """The quiet span, then the extra runs, which stay open."""
    before, looks, began = stack.spent(), stack.looks(), time.monotonic()
    time.sleep(QUIET_SECONDS)
    spent, seen, seconds = stack.spent().since(before), stack.looks() - looks, time.monotonic() - began
    asked = statistics.median(_time(stack, DAGS[variant], runs + n) for n in range(EXTRA))
    return Load(variant, runs, seconds, spent, seen, asked)


def _time(stack: Airflow, dag: str, number: int) -> float:
    began = time.monotonic()
    stack.trigger(dag, _run(number))
    wait(lambda: stack.asked(dag, _run(number)) >= len(SEATS), 900, f"{dag}: one more run did not come to its seats")
    return time.monotonic() - began


def _run(number: int) -> str:
    return f"bench--{number}"


def table(found: Sequence[Parked]) -> str:
    """What was measured, for people."""
    lines = [
        f"open gates: runs parked at {len(SEATS)} seats of {NODE}, {QUIET_SECONDS:.0f} s with nothing happening",
        "  the seats and their number come from the run, not from a ledger; tasks, their kinds and states are the product's",
        f"{'graph':8}{'tasks':>6}{'open':>6}{'scheduler':>11}{'postgres':>10}{'looks':>8}{'a look':>9}{'a round':>9}"
        f"{'trigger':>10}",
        f"{'':8}{'a run':>6}{'runs':>6}{'core-s/min':>11}{'core-s/min':>11}{'/min':>7}{'core-ms':>9}{'s':>9}"
        f"{'to seat s':>10}",
    ]
    for parked in found:
        lines += [_line(parked, load) for load in parked.loads]
    lines += [_against(found[0], other) for other in found[1:]]
    cost = ", ".join(f"{p.variant} {_figure(p.cores_to_park, 1).strip()}" for p in found)
    lines.append(f"  core-seconds of all services to bring one run to its seats: {cost}")
    return "\n".join(lines)


def _line(parked: Parked, load: Load) -> str:
    return (
        f"{parked.variant:8}{parked.instances:6}{load.runs:6}{load.a_minute('scheduler'):11.1f}"
        f"{load.a_minute('postgres'):11.1f}{load.looks_a_minute:7.0f}"
        f"{_figure(load.milliseconds_a_look(parked.loads[0]), 1):>9}{_figure(load.round_seconds, 1):>9}"
        f"{load.asked_seconds:10.1f}"
    )


def _against(whole: Parked, other: Parked) -> str:
    """The last load of a graph as shares of the whole ladder's."""
    mine, its = other.loads[-1], whole.loads[-1]
    parts = (
        ("core time a look", mine.milliseconds_a_look(other.loads[0]), its.milliseconds_a_look(whole.loads[0])),
        ("a round", mine.round_seconds, its.round_seconds),
        ("trigger to seat", mine.asked_seconds, its.asked_seconds),
    )
    told = ", ".join(f"{what} {_figure(one / other if one and other else None, 2)}" for what, one, other in parts)
    return f"  {other.variant} against {whole.variant} with {mine.runs} open: {told}"


def _figure(value: float | None, digits: int) -> str:
    return "—" if value is None else f"{value:.{digits}f}"


def _tell(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)
