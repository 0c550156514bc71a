"""Microseconds for one decision: ``python bench/decide.py``, or beside another checkout with ``--beside FOLDER``.

The facts are those of a made-up book (`bench.lives`): every prototype that is due on its morning. Each is decided again and
again, and the quickest of the rounds counts, since anything else on the machine can only slow one down. With `--beside`
the same facts, as text, are decided by the decision of another checkout too, round about, each in a process of its own,
so that what is compared is the ratio; fields that the other does not know are passed over. `--facts FILE` takes facts
that an earlier run wrote with `--keep FILE`.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parents[1]
ASKED_FOR = os.environ.get("DECIDE_CHECKOUT")
"""Set for the process that decides by another checkout: what it imports lies there."""
if str(ROOT) not in sys.path:
    sys.path.insert(0, ASKED_FOR or str(ROOT))

from recourse.climb.strategy import Strategy  # noqa: E402
from recourse.facts import Facts  # noqa: E402
from recourse.policy.load import load_book, shipped_packs  # noqa: E402
from tasks.ladder import LADDER  # noqa: E402

MORNING = date(2026, 3, 2)
PROTOTYPES = 1500
ROUNDS = 30
TURNS = 4


class Spent(msgspec.Struct):
    """What deciding a book once took at the quickest, over so many facts, and what came of it."""

    cases: int
    microseconds: float
    steps: int
    idle: int


def due_facts(prototypes: int = PROTOTYPES) -> list[Facts]:
    """Every prototype of the made-up book that is due on its morning."""
    from bench.lives import lives

    made = lives(LADDER, load_book([shipped_packs()]), MORNING, prototypes)
    return [life.facts for life in made if life.wake_on is not None and life.wake_on <= MORNING]


def measure(facts: Sequence[Facts], rounds: int = ROUNDS) -> Spent:
    """Decide all facts so many times; the quickest round counts."""
    strategy = Strategy(LADDER, load_book([shipped_packs()]), MORNING)
    work = [(strategy.judge_of(each).decide, each) for each in facts]
    made = [decide(each, MORNING) for decide, each in work]
    best = min(_round(work) for _ in range(rounds))
    steps, idle = sum(len(each.steps) for each in made), sum(each.idle for each in made)
    return Spent(len(work), round(1_000_000 * best / len(work), 2), steps, idle)


def _round(work: Sequence[tuple[Callable[[Facts, date], Any], Facts]]) -> float:
    """Processor seconds of deciding everything once; the cycle collector rests, as it does in a sweep."""
    gc.collect()
    gc.disable()
    began = time.process_time()
    for decide, each in work:
        decide(each, MORNING)
    spent = time.process_time() - began
    gc.enable()
    return spent


def beside(folder: Path, facts: Path, rounds: int, turns: int = TURNS) -> tuple[Spent, Spent]:
    """Ours and the other checkout's, turn about; of each the quickest turn."""
    ours: list[Spent] = []
    theirs: list[Spent] = []
    for _ in range(turns):
        theirs.append(_elsewhere(folder.resolve(), facts, rounds))
        ours.append(_elsewhere(ROOT, facts, rounds))
    return min(ours, key=lambda each: each.microseconds), min(theirs, key=lambda each: each.microseconds)


def _elsewhere(folder: Path, facts: Path, rounds: int) -> Spent:
    """One measurement in a process that imports from a checkout."""
    command = [sys.executable, __file__, "--facts", str(facts), "--rounds", str(rounds), "--json"]
    known = {**os.environ, "PYTHONPATH": str(folder), "DECIDE_CHECKOUT": str(folder)}
    answer = subprocess.run(command, env=known, check=True, capture_output=True, text=True, cwd=folder)
    return msgspec.json.decode(answer.stdout, type=Spent)


def _text(facts: Path | None, keep: Path | None) -> Path:
    """The file of facts to decide: the one given, or the made-up book's, written to `keep` or aside."""
    if facts is not None:
        return facts
    where = keep or Path(tempfile.mkdtemp()) / "facts.json"
    where.write_bytes(msgspec.json.encode(due_facts()))
    return where


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure one decision.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help="how often everything is decided")
    parser.add_argument("--facts", type=Path, metavar="FILE", help="decide these facts, written by --keep")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="write the facts that were decided")
    parser.add_argument("--beside", type=Path, metavar="FOLDER", help="another checkout to decide them by, turn about")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    text = _text(asked.facts, asked.keep).resolve()
    if asked.beside is None:
        found = measure(msgspec.json.decode(text.read_bytes(), type=list[Facts]), asked.rounds)
        print(json.dumps(msgspec.to_builtins(found)) if asked.json else _line("here", found))
        return
    ours, theirs = beside(asked.beside, text, asked.rounds)
    if asked.json:
        print(json.dumps({"here": msgspec.to_builtins(ours), "there": msgspec.to_builtins(theirs)}))
        return
    print(_line("here", ours), _line("there", theirs), sep="\n")
    print(f"a decision here takes {ours.microseconds / theirs.microseconds:.2f} times as long as there")


def _line(name: str, found: Spent) -> str:
    return f"{name:6}{found.microseconds:7.2f} µs a decision ({found.cases} due cases, {found.steps} steps, {found.idle} idle)"


if __name__ == "__main__":
    main()
