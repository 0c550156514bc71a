"""Knowing that a run is dead: by its lock, not by the clock, on either database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from recourse.ledger.leases import hold, name_of_run
from tests.core.ledgers import Ledger, open_ledger

ROOT = Path(__file__).parents[2]
HOLDS = """
import sys, time
from recourse.ledger.database import open_engine
from recourse.ledger.leases import hold
with hold(open_engine(sys.argv[1]), "other", ""):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_run_is_alive_while_it_holds_and_dead_before_and_after(ledger: Ledger) -> None:
    with hold(ledger.engine, "me", "") as lease, open_ledger(ledger.url) as beside:
        assert lease.is_dead("never lived")
        with hold(beside.engine, "other", ""):
            assert not lease.is_dead("other")
        assert lease.is_dead("other")
        assert not hold_is_dead(beside, "me")
    with open_ledger(ledger.url) as beside:
        assert hold_is_dead(beside, "me")


def hold_is_dead(ledger: Ledger, owner: str) -> bool:
    with hold(ledger.engine, "asking", "") as lease:
        return lease.is_dead(owner)


def test_asking_twice_changes_nothing(ledger: Ledger) -> None:
    with hold(ledger.engine, "me", "") as lease, open_ledger(ledger.url) as beside:
        assert lease.is_dead("gone")
        assert lease.is_dead("gone")
        with hold(beside.engine, "gone", ""):
            assert not lease.is_dead("gone")


def test_a_run_that_failed_is_dead(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError), hold(ledger.engine, "fails", ""):
        raise RuntimeError
    assert hold_is_dead(ledger, "fails")


@pytest.mark.kill
def test_a_run_that_was_killed_is_dead(ledger: Ledger) -> None:
    other = subprocess.Popen([sys.executable, "-c", HOLDS, ledger.url], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    with other:
        assert other.stdout.readline() == "held\n"
        assert not hold_is_dead(ledger, "other")
        other.kill()
        other.wait(20)
    for _ in range(200):  # PostgreSQL notices a broken connection in its own time
        if hold_is_dead(ledger, "other"):
            return
    raise AssertionError("the dead run's lock is still held")


def test_two_runs_have_two_names() -> None:
    assert name_of_run("2026-03-02T01:00:00+00:00") != name_of_run("2026-03-02T01:00:01+00:00")
