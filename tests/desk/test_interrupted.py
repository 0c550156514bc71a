"""A run that is killed again and again, and a run that nobody disturbed: the same journal, and a sound ledger."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from recourse.simulate.draws import Draws
from recourse.simulate.town import Town
from recourse.workdays import Calendar

START, DAYS = date(2025, 3, 3), 24
KILLS = 7

pytestmark = [pytest.mark.kill, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a small town's core delivers, day by day; nobody in it answers the bank."""
    folder = tmp_path_factory.mktemp("deliveries")
    town = Town(7, 120, START)
    for day in days():
        town.write_book(folder / str(day)) if day == START else town.write_day(day, folder / str(day))
    return folder


def days() -> list[date]:
    return list(Calendar("cn").between(START, date(2025, 6, 30)))[:DAYS]


def test_killed_and_begun_again(tmp_path: Path, deliveries: Path) -> None:
    """Killed with signal 9 wherever it happens to be, and begun again with the same command."""
    left_alone, disturbed = tmp_path / "left alone", tmp_path / "disturbed"
    assert finish(left_alone, deliveries) == 0
    setup(disturbed)
    draws = Draws(20250303)
    for n in range(KILLS):
        kill(disturbed, deliveries, after_days=n * DAYS // KILLS, and_seconds=draws.between(0, 400, n) / 1000)
    assert finish(disturbed, deliveries) == 0
    assert journal(disturbed) == journal(left_alone)
    assert recourse(disturbed, "verify").returncode == 0
    assert outbox(disturbed) == outbox(left_alone)


def setup(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    assert recourse(folder, "init").returncode == 0


def finish(folder: Path, deliveries: Path) -> int:
    setup(folder)
    return recourse(folder, *run(deliveries)).returncode


def run(deliveries: Path) -> tuple[str, ...]:
    return ("run", "--from", str(START), "--to", str(days()[-1]), "--deliveries", str(deliveries), "--json")


def kill(folder: Path, deliveries: Path, *, after_days: int, and_seconds: float) -> None:
    """Begin the run, wait until so many days are closed and a little longer, and kill it."""
    process = subprocess.Popen(command(*run(deliveries)), env=environment(folder), stdout=subprocess.DEVNULL)
    while process.poll() is None and closed_days(folder) < after_days:
        time.sleep(0.01)
    time.sleep(and_seconds)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was faster than the killer"


def closed_days(folder: Path) -> int:
    with sqlite3.connect(f"file:{folder / 'recourse.db'}?mode=ro", uri=True, timeout=30) as connection:
        found = int(connection.execute("SELECT count(*) FROM business_days WHERE closed").fetchone()[0])
    connection.close()
    return found


def recourse(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command(*arguments), env=environment(folder), stdout=subprocess.DEVNULL, check=False, timeout=200
    )


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from desk.cli import main; main()", *arguments]


def environment(folder: Path) -> Mapping[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "RECOURSE_MODE": "demo",
            "RECOURSE_LEDGER": f"sqlite:///{folder / 'recourse.db'}", "RECOURSE_HOME": str(folder)}  # fmt: skip


def journal(folder: Path) -> dict[str, list[str]]:
    assert recourse(folder, "journal", "export", "--canonical", "-o", str(folder / "journal")).returncode == 0
    return {each.name: each.read_text("utf-8").splitlines() for each in sorted((folder / "journal").iterdir())}


def outbox(folder: Path) -> dict[str, bytes]:
    """Every message that went out, by the name of its file."""
    return {str(each.relative_to(folder)): b"" for each in sorted((folder / "outbox").rglob("*")) if each.is_file()}
