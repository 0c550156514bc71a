"""What services have spent, by the clock and by the core; and waiting that ends. Knows no engine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping

import msgspec
import psutil

from recourse.errors import UserError
from topology.processes import members
from topology.stack import Stack

LOOK_EVERY = 0.25


class Spent(msgspec.Struct, frozen=True):
    """Core-seconds (user and system) by service, ended children included."""

    by_service: Mapping[str, float]

    @property
    def total(self) -> float:
        return sum(self.by_service.values())

    def since(self, before: Spent) -> Spent:
        """What was spent between two looks."""
        return Spent({name: spent - before.by_service.get(name, 0.0) for name, spent in self.by_service.items()})


class Way(msgspec.Struct, frozen=True):
    """One way of working a day: how many accounts, how long by the clock, core-seconds of the services."""

    accounts: int
    seconds: float
    cores: Spent

    @property
    def per_minute(self) -> float:
        return 60 * self.accounts / self.seconds

    @property
    def cores_each(self) -> float:
        """Core-seconds for one account."""
        return self.cores.total / self.accounts

    def seconds_for(self, accounts: int) -> float:
        """How long so many accounts would take, if each took as long as these."""
        return accounts * self.seconds / self.accounts


def spent_on(stack: Stack, services: Iterable[str]) -> Spent:
    """What services have spent since they started. Raises UserError when one of them was started again."""
    names = list(services)
    again = [name for name in names if stack.starts(name) != 1]
    if again:
        raise UserError(f"{', '.join(again)} ended and was started again", mend="see its log; measure again")
    return Spent({name: spent_by(pid) for name, pid in stack.pids.items() if name in names})


def spent_by(leader: int) -> float:
    """Core-seconds of a service's processes, those that have ended and were waited for included."""
    spent = 0.0
    for process in _family(leader):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        spent += times.user + times.system + times.children_user + times.children_system
    return spent


def wait(true: Callable[[], bool], seconds: float, otherwise: str) -> float:
    """Wait for something; returns how long it took. Raises UserError when it takes longer."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            raise UserError(f"after {seconds:.0f} s: {otherwise}", mend="see the services' logs")
        time.sleep(LOOK_EVERY)
    return time.monotonic() - began


def _family(leader: int) -> list[psutil.Process]:
    """The leader, its session, and its descendants, each once; parents before children."""
    found: dict[int, psutil.Process] = {}
    try:
        first = psutil.Process(leader)
        processes = [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
    for process in processes:
        found[process.pid] = process
    for pid in members(leader):
        try:
            found.setdefault(pid, psutil.Process(pid))
        except psutil.NoSuchProcess:
            continue
    return list(found.values())
