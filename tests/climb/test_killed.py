"""A dispatch that is killed with signal 9 between claim and receipt, and the one that comes after it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from recourse.ledger.tables import intents
from tests.climb.dying_run import arrived, reminder
from tests.core.ledgers import Ledger

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.kill


def killed(ledger: Ledger, file: Path, when: str, how: str) -> None:
    """A loan with a reminder queued, and a run that claimed it and was killed."""
    ledger.person("p")
    ledger.loan("a", "p")
    ledger.sweep()
    command = [sys.executable, "-m", "tests.climb.dying_run", ledger.url, str(file), when, how]
    ended = subprocess.run(command, cwd=ROOT, check=False, timeout=50)
    assert ended.returncode == -signal.SIGKILL
    assert [row.state for row in ledger.rows(intents)] == ["released"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_before_or_after_the_act_it_is_done_exactly_once(ledger: Ledger, tmp_path: Path, when: str) -> None:
    file = tmp_path / "arrived"
    killed(ledger, file, when, "idempotent")
    assert ledger.dispatch({"reminder": reminder(file, "idempotent")}, owner="takes up").done == 1
    assert arrived(file) == [ledger.intent("a", "reminder").key]
    assert ledger.verified().faults == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_where_nobody_can_tell_it_is_unknown_and_never_sent_again(
    ledger: Ledger, tmp_path: Path, when: str
) -> None:
    file = tmp_path / "arrived"
    killed(ledger, file, when, "at-most-once")
    before = arrived(file)
    assert ledger.dispatch({"reminder": reminder(file, "at-most-once")}, owner="takes up").unknown == 1
    assert arrived(file) == before
    assert ledger.verified().faults == []
