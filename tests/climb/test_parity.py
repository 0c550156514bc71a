"""One life, one journal: whatever the number of shards, the size of a chunk and the database below."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from recourse.ledger.tables import intents, permits
from tests.climb.fake_acts import whole_set
from tests.climb.played_days import exported, fill, play
from tests.core.ledgers import Ledger, migrated, open_ledger
from tests.database import Databases

DAYS = 60


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_journal_is_the_same_over_shards_chunks_and_databases(
    sqlite_databases: Databases, postgres_databases: Databases, tmp_path: Path
) -> None:
    journals: dict[str, dict[str, list[str]]] = {}
    for databases, shards, chunk in (
        (sqlite_databases, 1, 10_000),
        (sqlite_databases, 3, 4),
        (sqlite_databases, 8, 2),
        (postgres_databases, 3, 7),
    ):
        with open_ledger(databases.prepared(migrated)) as ledger:
            fill(ledger)
            entered = play(ledger, DAYS, shards, chunk)
            name = f"{ledger.engine.dialect.name}, {shards} shards"
            journals[name] = exported(ledger, tmp_path / name)
            assert ledger.verified().faults == []
            assert set(entered) >= {"reminder", "call", "formal_notice", "acceleration", "litigation_route",
                                    "guarantor_demand", "collateral_valuation"}, entered  # fmt: skip
    first, *others = journals
    for other in others:
        assert journals[other].keys() == journals[first].keys()
        for file, lines in journals[first].items():
            assert journals[other][file] == lines, f"{file}: {other} differs from {first}"


def test_a_week_is_the_same_in_one_piece_and_in_many(sqlite_databases: Databases, tmp_path: Path) -> None:
    journals = []
    for shards, chunk in ((1, 10_000), (8, 2)):
        with open_ledger(sqlite_databases.prepared(migrated)) as ledger:
            fill(ledger)
            play(ledger, 6, shards, chunk)
            journals.append(exported(ledger, tmp_path / str(shards)))
    assert journals[0] == journals[1]


def test_the_canonical_journal_says_what_and_when_and_not_where_or_by_which_run(ledger: Ledger, tmp_path: Path) -> None:
    fill(ledger)
    play(ledger, 2)
    lines = [json.loads(line) for file in exported(ledger, tmp_path).values() for line in file]
    assert {tuple(sorted(line)) for line in lines} == {("body", "effective_on", "known_on", "stream", "type", "v")}
    text = "".join(json.dumps(line) for line in lines)
    assert "recorded_at" not in text
    assert "T02:00:00" not in text
    cases = [line["stream"] for line in lines if line["stream"].startswith("case:")]
    assert all(earlier <= later for earlier, later in pairwise(cases))


def test_in_a_played_month_no_key_is_acted_on_twice_and_no_person_is_pestered(sqlite_ledger: Ledger) -> None:
    acts = whole_set()
    fill(sqlite_ledger)
    play(sqlite_ledger, 12, acts=acts)
    keys = Counter(key for act in acts.values() for key in act.keys())
    assert keys
    assert set(keys.values()) == {1}
    assert set(keys) <= {row.key for row in sqlite_ledger.rows(intents)}
    daily = Counter((row.person_id, row.channel, row.issued_on) for row in sqlite_ledger.rows(permits))
    assert max(count for (_, channel, _), count in daily.items() if channel == "sms") == 1
    assert max(count for (_, channel, _), count in daily.items() if channel == "call") <= 3
    assert sqlite_ledger.verified().faults == []
