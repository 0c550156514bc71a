"""Every pack file has a line in the table of its own path: policy_packs/cn/clock/x.yaml in tests/packs/cn/test_clock.py."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PACKS = HERE.parents[1] / "policy_packs"
TOPICS = sorted(
    folder.relative_to(PACKS) for folder in PACKS.glob("*/*") if folder.is_dir() and not folder.name.startswith("_")
)


def first_words(module: Path) -> set[str]:
    """What a table names: the first word of each row, without the ending of a file."""
    cases = getattr(importlib.import_module(f"tests.packs.{module.parent.name}.{module.stem}"), "CASES", ())
    firsts = (row[0] if isinstance(row, tuple | list) else row for row in cases)
    return {str(first).removesuffix(".yaml") for first in firsts}


def places_named(folder: Path) -> set[str]:
    """The places in a jurisdiction that its tables name: ``topic/rule``, ``topic.rule``, or ``rule`` in its own table."""
    found: set[str] = set()
    for module in sorted((HERE / folder).glob("test_*.py")):
        topic = module.stem.removeprefix("test_")
        for word in first_words(module):
            head, dot, rest = word.partition(".")
            found |= {word if "/" in word else f"{topic}/{word}", f"{head}/{rest}" if dot else ""}
    return found - {""}


def places_there(folder: Path) -> set[str]:
    return {str(file.relative_to(PACKS / folder))[: -len(".yaml")] for file in (PACKS / folder).glob("*/*.yaml")}


@pytest.mark.parametrize("topic", TOPICS, ids=str)
def test_every_file_is_named_in_a_table(topic: Path) -> None:
    """In the table of its own path, or with its topic in another one of its jurisdiction."""
    there = {place for place in places_there(topic.parent) if place.startswith(f"{topic.name}/")}
    assert there - places_named(topic.parent) == set(), (
        f"write a row in tests/packs/{topic.parent}/test_{topic.name}.py"
    )


@pytest.mark.parametrize("jurisdiction", sorted(each.name for each in HERE.iterdir() if (PACKS / each.name).is_dir()))
def test_no_table_names_a_file_that_is_not_there(jurisdiction: str) -> None:
    folder = Path(jurisdiction)
    for module in sorted((HERE / folder).glob("test_*.py")):
        topic = module.stem.removeprefix("test_")
        for word in first_words(module):
            named = {f"{topic}/{word}", word, word.replace(".", "/", 1)}
            assert named & places_there(folder), f"{module.name} names {word}"
