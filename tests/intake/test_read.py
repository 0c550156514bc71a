"""A sound delivery: types, defaults, currencies, CSV and Parquet alike, full and daily, hashes."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from recourse.errors import UserError
from recourse.intake.layout import TABLES
from recourse.intake.read import read_delivery

from .conftest import AS_OF, Desk


def test_every_table_is_accepted(full: Desk) -> None:
    delivery = full.read()
    assert delivery.quarantine.rows() == []
    assert list(delivery.tables) == list(TABLES)
    assert delivery.accepted["parties"] == 3
    assert delivery.as_of == date(2025, 3, 31)


def test_money_is_in_minor_units_of_its_own_currency(full: Desk) -> None:
    tables = full.read().tables
    assert tables["accounts"].select("original_amount", "currency").rows() == [(100_000_000, "CNY"), (50_000, "JPY")]
    assert tables["payments"].select("amount", "currency").rows() == [(650_000, "CNY"), (700, "JPY")]
    assert tables["balances"]["principal"].to_list() == [99_754_167, -700]
    assert tables["balances"]["interest"].to_list() == [1230, 0]
    assert tables["income"].select("monthly", "currency").rows() == [(800_050, "CNY")]


def test_empty_is_unknown_and_defaults_come_from_the_manifest(full: Desk) -> None:
    tables = full.read().tables
    assert tables["parties"]["missing"].to_list() == [False, None, None]
    assert tables["parties"]["time_zone"].to_list() == ["Asia/Shanghai", "Asia/Urumqi", "Asia/Shanghai"]
    assert tables["accounts"]["entity"].to_list() == ["9001", "9001"]
    assert tables["accounts"]["dispute_clause"].to_list() == ["court", "unknown"]
    assert tables["accounts"]["five_tier"].to_list() == [None, None]
    assert tables["payments"]["booked_on"].to_list() == [date(2025, 3, 31)] * 2
    assert tables["payments"]["kind"].to_list() == ["payment", "chargeback"]
    assert tables["guarantees"]["kind"].to_list() == ["unknown"]


def test_rates_are_millionths_and_rows_are_counted_from_the_header(full: Desk) -> None:
    accounts = full.read().tables["accounts"]
    assert accounts.select("annual_rate", "penalty_uplift").rows()[0] == (48_500, 500_000)
    assert accounts["file_row"].to_list() == [2, 3]


def test_every_frame_has_the_whole_layout(full: Desk) -> None:
    for name, frame in full.read().tables.items():
        extra = {"currency"} if TABLES[name].money else set()
        assert set(frame.columns) == {"file_row", *TABLES[name].names} | extra


def test_parquet_reads_like_csv(full: Desk) -> None:
    from_csv = full.read()
    for path in full.folder.glob("*.csv"):
        pl.read_csv(path, infer_schema=False).write_parquet(path.with_suffix(".parquet"))
        path.unlink()
    from_parquet = full.read()
    assert from_parquet.quarantine.height == 0
    for name, frame in from_csv.tables.items():
        assert_frame_equal(frame, from_parquet.tables[name])


def test_typed_parquet_is_read_exactly(desk: Desk) -> None:
    frame = pl.DataFrame(
        {
            "account_id": ["K1", "K2"],
            "as_of": [date(2025, 3, 31)] * 2,
            "principal": pl.Series(["0.10", "7.00"], dtype=pl.String).cast(pl.Decimal(18, 2)),
            **{name: [1, 2] for name in ("interest", "penalty", "compound", "fees", "costs")},
        }
    )
    frame.write_parquet(desk.folder / "balances.parquet")
    balances = desk.read().tables["balances"]
    assert balances.select("principal", "interest").rows() == [(10, 100), (7, 2)]


def test_a_float_amount_is_refused(desk: Desk) -> None:
    frame = pl.DataFrame({"payment_id": ["T1"], "account_id": ["K1"], "paid_on": ["2025-03-31"], "amount": [0.1]})
    frame.write_parquet(desk.folder / "payments.parquet")
    with pytest.raises(UserError, match=r"amount has type Float64 \(payments\.parquet\).*float is not exact"):
        desk.read()


def test_parquet_columns_that_are_not_ours_may_be_anything(desk: Desk) -> None:
    frame = pl.DataFrame(
        {"account_id": ["K1"], "from_on": [AS_OF], "to_on": [AS_OF], "reason": ["x"], "score": [0.5], "tags": [["a"]]}
    )
    frame.with_columns(pl.lit(b"\xff").alias("blob")).write_parquet(desk.folder / "pauses.parquet")
    delivery = desk.read()
    assert delivery.accepted == {"pauses": 1}
    assert len([warning for warning in delivery.warnings if "unknown column" in warning]) == 3


def test_a_daily_delivery_leans_on_what_the_ledger_knows(desk: Desk) -> None:
    desk.put("payments", "payment_id,account_id,paid_on,amount\nT1,K1,2025-03-31,1.50\nT2,K2,2025-03-31,150\n")
    delivery = desk.read()
    assert delivery.tables["payments"].select("amount", "currency").rows() == [(150, "CNY"), (150, "JPY")]
    assert list(delivery.tables) == ["payments"]


def test_the_delivery_speaks_before_the_ledger(desk: Desk) -> None:
    """An account that the delivery describes anew has the delivery's currency."""
    desk.put("accounts", "account_id,product,branch,opened_on,original_amount,currency\nK1,other,1,2020-01-01,10,JPY\n")
    desk.put("payments", "payment_id,account_id,paid_on,amount\nT1,K1,2025-03-31,5\n")
    assert desk.read().tables["payments"].select("amount", "currency").rows() == [(5, "JPY")]


def test_file_hashes_are_of_the_bytes(full: Desk) -> None:
    data = (full.folder / "parties.csv").read_bytes()
    assert full.read().file_hashes["parties.csv"] == hashlib.sha256(data).hexdigest()
    full.put("parties", data + b"C9,natural,x,,,,,,,,,\n")
    assert full.read().file_hashes["parties.csv"] != hashlib.sha256(data).hexdigest()


def test_a_file_that_was_read_before_is_left_alone(full: Desk) -> None:
    first = full.read()
    again = full.read(known_hashes=tuple(first.file_hashes.values()))
    assert again.tables == {}
    assert set(again.unchanged) == set(TABLES)
    full.put("pauses", "account_id,from_on,to_on,reason\nK1,2025-01-01,2025-01-31,病\n")
    assert list(full.read(known_hashes=tuple(first.file_hashes.values())).tables) == ["pauses"]


def test_documents_carry_the_digest_of_their_file(full: Desk) -> None:
    documents = full.read().tables["documents"]
    assert documents["sha256"].to_list() == [hashlib.sha256(b"%PDF-1.7 a contract").hexdigest(), None]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_other_encodings_read_alike(desk: Desk, encoding: str) -> None:
    text = "party_id,kind,name\nC1,natural,王㐂𠮷\n"
    if encoding == "gb18030":
        (desk.folder / "manifest.yaml").write_text("as_of: 2025-03-31\nencoding: gb18030\n")
    desk.put("parties", text.encode(encoding))
    assert desk.read().tables["parties"]["name"].to_list() == ["王㐂𠮷"]


def test_odd_but_lawful_csv(desk: Desk) -> None:
    """Windows line ends, quotes, commas and line breaks in a cell, columns in another order, spaces around cells."""
    desk.put("parties", 'name,party_id,kind\r\n" 张 ""三"", x", C1 ,natural\r\n\r\n李,C2,natural\r\n')
    rows = desk.read().tables["parties"].select("file_row", "party_id", "name").rows()
    assert rows == [(2, "C1", '张 "三", x'), (4, "C2", "李")]


def test_an_empty_table_is_a_table(desk: Desk) -> None:
    desk.put("pauses", "account_id,from_on,to_on,reason\n")
    delivery = desk.read()
    assert delivery.accepted == {"pauses": 0}
    assert delivery.quarantine.height == 0


def test_what_is_not_ours_is_named(full: Desk) -> None:
    full.put("loans.csv", "a\n1\n")
    full.put("employment", "party_id,as_of,shoe_size\nC1,2025-01-01,43\n")
    warnings = full.read().warnings
    assert "loans.csv: not a table of the layout, left out" in warnings
    assert "employment.csv: unknown column shoe_size, left out" in warnings


def test_a_ledger_that_knows_nobody(desk: Desk) -> None:
    desk.put("pauses", "account_id,from_on,to_on,reason\nK1,2025-01-01,2025-01-02,x\n")
    desk.put("income", "party_id,as_of,monthly\nKP,2025-01-01,1\n")
    delivery = read_delivery(desk.folder, known_parties=pl.Series([]))
    assert delivery.quarantined == {"income": 1, "pauses": 1}


def test_without_a_manifest_the_day_must_be_given(tmp_path: Path) -> None:
    (tmp_path / "pauses.csv").write_text("account_id,from_on,to_on,reason\n")
    with pytest.raises(UserError, match="no as-of day"):
        read_delivery(tmp_path)
    assert read_delivery(tmp_path, as_of=date(2025, 3, 31)).as_of == date(2025, 3, 31)


def test_two_days_contradict(desk: Desk) -> None:
    with pytest.raises(UserError, match=r"as of 2025-04-01 asked, 2025-03-31 delivered"):
        desk.read(as_of=date(2025, 4, 1))
