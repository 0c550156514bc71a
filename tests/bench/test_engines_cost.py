"""The arithmetic and the command line of `bench/engines.py`, and one case decided by itself. No service is started."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench import book, engines, prefect_day
from bench.engines import ENGINES, MOST_NAIVE, Line, arguments, table
from bench.one_case import decide
from bench.prefect_day import Prefect
from bench.spent import Spent, Way
from desk import portfolio
from desk.open_desk import open_desk
from desk.settings import Settings
from recourse.errors import UserError
from recourse.ledger import setup
from recourse.ledger.database import open_engine
from recourse.ledger.vault import DEMO_KEY

ROOT = Path(__file__).resolve().parents[2]
PLAIN = Line("embedded, recourse run", Way(6_000, 30.0, Spent({"recourse run": 24.0})))
DAY = Line("Prefect, portfolio_day", Way(6_000, 60.0, Spent({"prefect-worker": 36.0, "postgres": 12.0})))
EACH = Line("Prefect, one run each", Way(10, 40.0, Spent({"prefect-worker": 30.0})), naive=True)


def test_every_way_is_told_beside_the_first_and_the_naive_one_beside_its_engine() -> None:
    shown = table([PLAIN, DAY, EACH], 6_000)
    assert "Prefect, portfolio_day: 2.0 times as long and 2.0 times the core-seconds" in shown
    assert "Prefect, one run each: 800.0 times as long and 750.0 times the core-seconds an account of embedded" in shown
    assert "Prefect, one run each: 400.0 times as long and 375.0 times the core-seconds an account of Prefect" in shown


def test_what_was_not_measured_is_called_so() -> None:
    assert "extrapolated from 10, not measured" in table([PLAIN, EACH], 6_000)
    assert "would take 400 min and 5.0 core-hours" in table([PLAIN, EACH], 6_000)
    assert "extrapolated" not in table([PLAIN, DAY], 6_000)


def test_one_engine_alone_is_shown_beside_nothing_twice() -> None:
    shown = table([DAY, EACH], 6_000)
    assert shown.count("times as long") == 1


@pytest.mark.parametrize("given", [["--naive", "0"], ["--naive", str(MOST_NAIVE + 1)], ["--cases", "99"]])
def test_sizes_that_cannot_be_measured_are_refused(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments(given)
    assert f"{given[0]}: from 1" in capsys.readouterr().err


def test_engines_are_named_one_by_one() -> None:
    assert arguments([]).only is None
    assert arguments(["--only", "prefect", "--only", "embedded"]).only == ["prefect", "embedded"]
    assert set(ENGINES) == {"embedded", "airflow", "prefect"}


def test_a_day_that_left_something_is_no_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    left = prefect_day.Day(DAY.way, EACH.way, left=3)
    monkeypatch.setattr(prefect_day, "measure", lambda accounts, naive: left)
    with pytest.raises(UserError, match="left 3 due cases"):
        engines.on_prefect(1000, 8)


class FakeStack:
    """As much of a stack as the API's user needs."""

    url = "http://127.0.0.1:1"

    def log(self, service: str) -> Path:
        return Path(service)


def answered(monkeypatch: pytest.MonkeyPatch, answer: Callable[[httpx.Request], httpx.Response]) -> Prefect:
    found: Any = FakeStack()
    client = httpx.Client(base_url="http://127.0.0.1:1/api", transport=httpx.MockTransport(answer))
    monkeypatch.setattr(httpx, "Client", lambda **_: client)
    return Prefect(found)


def test_runs_that_failed_are_no_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=8 if b"FAILED" in request.content else 7)

    with pytest.raises(UserError, match="7 of 8 flow runs completed"):
        answered(monkeypatch, answer).finished("id", 8, 1.0)


def test_what_the_server_refuses_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    prefect = answered(monkeypatch, lambda request: httpx.Response(404, json={"detail": "no such flow"}))
    with pytest.raises(UserError, match="404.*no such flow"):
        prefect.deploy("bench_naive", "bench.flows.naive.bench_naive")


def test_a_deployment_that_is_not_there_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    prefect = answered(monkeypatch, lambda request: httpx.Response(200, json=[]))
    with pytest.raises(UserError, match="0 deployments are called portfolio_day"):
        prefect.deployment("portfolio_day")


@pytest.mark.bench
def test_as_a_script_it_does_not_stand_in_for_airflow() -> None:
    look = "import runpy, importlib.util as u; runpy.run_path('bench/engines.py'); s = u.find_spec('airflow'); print(s and s.origin)"
    told = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path.insert(0, 'bench'); " + look],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert os.path.join("bench", "airflow.py") not in told.stdout


@pytest.mark.bench
def test_one_account_decided_by_itself_is_due_no_more(sqlite_url: str, tmp_path: Path) -> None:
    """The naive way keeps its decisions: a sweep after it finds the others only."""
    engine = open_engine(sqlite_url)
    setup.migrate(engine)
    book.load(engine, 100)
    desk = open_desk(Settings(sqlite_url, tmp_path, DEMO_KEY, "demo"))
    portfolio.turn(desk, book.MORNING)
    alone = book.due(engine, 30)
    steps = [decide(desk, book.MORNING, case) for case in alone]
    assert set(book.due(engine, 100)).isdisjoint(alone)
    assert sum(steps) > 0
    assert portfolio.sweep(desk, book.MORNING, "0/1").decided == 100 - len(alone)
    desk.engine.dispose()
    engine.dispose()
