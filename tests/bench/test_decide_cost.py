"""The measurement of one decision: what it counts, and that another checkout is asked about the same facts."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bench import decide
from recourse.facts import Facts


def test_a_measurement_decides_every_due_prototype_and_says_what_came_of_it() -> None:
    facts = decide.due_facts(80)
    spent = decide.measure(facts, rounds=1)
    assert spent.cases == len(facts) > 10
    assert spent.microseconds > 0
    assert 0 < spent.idle < spent.cases
    assert spent.steps > 0


def test_both_checkouts_decide_the_facts_of_the_file(tmp_path: Path) -> None:
    text = tmp_path / "facts.json"
    text.write_bytes(msgspec.json.encode(decide.due_facts(40)))
    ours, theirs = decide.beside(decide.ROOT, text, rounds=1, turns=1)
    assert (ours.cases, ours.steps) == (theirs.cases, theirs.steps)
    assert ours.cases == len(msgspec.json.decode(text.read_bytes(), type=list[Facts]))
