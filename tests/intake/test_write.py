"""What the writer writes, the reader reads, and its control totals agree."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from recourse.intake.manifest import write_manifest
from recourse.intake.read import read_delivery
from recourse.intake.write import write_table

from .conftest import AS_OF, Desk


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_whole_delivery_goes_round(
    full: Desk, tmp_path_factory: pytest.TempPathFactory, kind: Literal["csv", "parquet"]
) -> None:
    before = full.read().tables
    there = tmp_path_factory.mktemp("again")
    (there / "scans").mkdir()
    (there / "scans" / "contract.pdf").write_bytes(b"%PDF-1.7 a contract")
    files = {name: write_table(there, name, frame, kind=kind) for name, frame in before.items()}
    write_manifest(there, as_of=AS_OF, currency="CNY", files=files)
    after = read_delivery(there)
    assert after.quarantine.height == 0
    assert len(after.totals) > len(files)
    assert after.totals_off == []
    assert after.warnings == ()
    for name, frame in before.items():
        assert_frame_equal(frame, after.tables[name])


def test_text_goes_as_it_is(tmp_path: Path) -> None:
    frame = pl.DataFrame({"account_id": ["A"], "number": [1], "due_on": ["2025-01-01"], "amount": ["1.5"]})
    sent = write_table(tmp_path, "instalments", frame, currency="CNY")
    assert (tmp_path / "instalments.csv").read_text() == "account_id,number,due_on,amount\nA,1,2025-01-01,1.5\n"
    assert (sent.rows, sent.sums) == (1, {"amount": {"CNY": "1.50"}})


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"account_id": ["A"], "colour": ["red"]}, "instalments has no column colour"),
        ({"account_id": ["A"], "amount": [0.1]}, "a float is not exact"),
        ({"account_id": ["A"], "amount": [1], "currency": ["XXX"]}, "has no currency"),
    ],
)
def test_what_a_producer_may_not_write(tmp_path: Path, columns: dict[str, list[object]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        write_table(tmp_path, "instalments", pl.DataFrame(columns), currency="CNY")
    assert not list(tmp_path.iterdir())
