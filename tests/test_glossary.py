"""The glossary has every word of the trade that the code uses, each once, and names no code that does not exist."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple, get_args

import pytest

from recourse.clocks import KINDS as CLOCKS
from recourse.events import BY_TYPE, EpisodeClosed
from recourse.intake.debts import ACCOUNT_STATUSES
from recourse.intake.layout import TABLES
from recourse.ladder import ActClass, Speed
from recourse.matters import STAGES
from recourse.measures import MEASURES
from recourse.money import Amounts
from recourse.packets.model import Kind
from recourse.policy.load import load_book, shipped_packs
from recourse.policy.values import KINDS
from tasks.call import OUTCOMES
from tasks.ladder import LADDER

DOCUMENT = Path(__file__).parents[1] / "docs" / "glossary.md"


class Row(NamedTuple):
    zh: str
    en: str
    kind: str
    code: str


@cache
def rows() -> tuple[Row, ...]:
    cells = (line.strip("|\n ").split(" | ") for line in DOCUMENT.read_text("utf-8").splitlines() if "| `" in line)
    return tuple(Row(zh.strip(), en.strip(), kind.strip(), code.strip(" `|")) for zh, en, kind, code, *_ in cells)


def codes(kind: str) -> set[str]:
    return {row.code for row in rows() if row.kind == kind}


@cache
def brakes_and_roles() -> tuple[frozenset[str], frozenset[str]]:
    """Holds that a shipped pack speaks of, and roles that may hold a seat."""
    brakes: set[str] = set()
    roles: set[str] = set()
    for _, rule in load_book([shipped_packs()]).rules():
        for each in rule.values:
            if rule.kind == "brake":
                brakes.add(each.value["hold"])
            if rule.kind == "roles":
                roles |= set(each.value["zh"])
    return frozenset(brakes), frozenset(roles)


def known() -> dict[str, set[str]]:
    """Every code of the kinds that the glossary names, as the code has them."""
    brakes, roles = brakes_and_roles()
    return {
        "node": set(LADDER.by_name),
        "outcome": set(OUTCOMES),
        "stage": set(STAGES),
        "measure": set(MEASURES),
        "clock": set(CLOCKS),
        "event": set(BY_TYPE),
        "end": set(re.findall(r"[a-z_]{4,}", EpisodeClosed.__doc__ or "")),
        "book status": set(ACCOUNT_STATUSES),
        "choice": {choice for node in LADDER.nodes for choice in node.choices},
        "column": {column.name for table in TABLES.values() for column in table.columns},
        "rule kind": set(KINDS),
        "component": set(Amounts.__struct_fields__),
        "speed": {speed.value for speed in Speed},
        "class": {each.value for each in ActClass},
        "brake": set(brakes),
        "role": set(roles),
        "packet": set(get_args(Kind)),
    }


def test_every_row_is_read() -> None:
    tables = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("|")]
    heads = sum(line.startswith(("| 中文", "|---")) for line in tables)
    assert len(rows()) == len(tables) - heads


@pytest.mark.parametrize("kind", sorted(known()))
def test_no_code_is_made_up(kind: str) -> None:
    assert codes(kind) - known()[kind] == set()


def test_no_kind_is_made_up() -> None:
    assert {row.kind for row in rows()} == set(known())


@pytest.mark.parametrize("kind", ["node", "outcome", "stage", "clock", "component", "brake", "role", "class", "packet"])
def test_no_code_is_left_out(kind: str) -> None:
    assert known()[kind] - codes(kind) == set()


def test_one_term_one_code() -> None:
    assert [zh for zh, times in Counter(row.zh for row in rows()).items() if times > 1] == []
    assert [pair for pair, times in Counter((row.kind, row.code) for row in rows()).items() if times > 1] == []


def test_nodes_and_outcomes_bear_their_chinese_names() -> None:
    given = {(row.kind, row.code): row.zh for row in rows()}
    meant = {("node", node.name): node.zh for node in LADDER.nodes}
    meant |= {("clock", clock.code): clock.zh for clock in CLOCKS.values()}
    meant |= {("outcome", code): outcome.zh for code, outcome in OUTCOMES.items()}
    assert {key: given.get(key) for key in meant} == meant
