"""House rules that no linter knows: who may read the clock, what may open a file, how long a module may grow.

Who may import whom is held by import-linter (`make lint`); the list of pure modules is read from there.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FROM_DESK_UP = ("desk", "console", "plugins", "flows", "dags", "topology")
BELOW_DESK = ("recourse", "tasks")
LONGEST_MODULE = 400
# Lists of definitions, looked up and never read through; a module that decides or does anything is not one.
CATALOGUES = {
    "recourse/events.py",
    "recourse/ledger/tables.py",
    "recourse/ledger/migrations/versions/0001_the_first_ledger.py",
}
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "misc", "collections"}
CLOCK_READS = {
    *("date.today", "datetime.now", "datetime.today", "datetime.utcnow"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime"),
}


def modules(*packages: str) -> list[Path]:
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def pure_modules() -> list[Path]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    pure = next(contract for contract in contracts if contract["id"] == "pure")
    places = [ROOT / name.replace(".", "/") for name in pure["source_modules"]]
    return [
        file for place in places for file in (place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")])
    ]


def calls(source: str) -> Iterator[tuple[str, int]]:
    """Each call as the last two names of what is called, and its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield ".".join(ast.unparse(node.func).split(".")[-2:]), node.lineno


def clock_reads(source: str) -> list[int]:
    """Lines that read the clock; a clock function imported by its bare name counts where it is imported."""
    called = [line for name, line in calls(source) if name in CLOCK_READS]
    imported = [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if f"{node.module}.{alias.name}" in CLOCK_READS
    ]
    return called + imported


@pytest.mark.parametrize(
    "line", ["datetime.date.today()", "from time import time", "dt.datetime.now(UTC)", "time.time_ns()"]
)
def test_a_clock_read_is_seen(line: str) -> None:
    assert clock_reads(f"x = 1\n{line}\n") == [2]


def test_only_the_desk_reads_the_clock() -> None:
    found = [f"{path.relative_to(ROOT)}:{n}" for path in modules(*BELOW_DESK) for n in clock_reads(path.read_text())]
    assert found == [], "take the day or the instant as an argument"


def test_what_judges_opens_no_file_and_prints_nothing() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in pure_modules()
        for name, line in calls(path.read_text())
        if name in {"open", "print", "input"}
    ]
    assert found == []


def test_every_file_name_says_what_it_holds() -> None:
    named = [path for path in modules(*BELOW_DESK, *FROM_DESK_UP, "tests") if path.stem in NAMES_THAT_SAY_NOTHING]
    assert named == []


def test_no_module_outgrows_its_reader() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules(*BELOW_DESK, *FROM_DESK_UP)
    }
    too_long = {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE and name not in CATALOGUES}
    assert too_long == {}, f"split what is longer than {LONGEST_MODULE} lines"
