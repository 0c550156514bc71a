"""Every way in which a row can be wrong: it is set aside with file, row, field and reason, and the others go on."""

from __future__ import annotations

import csv
import io
import json

import pytest

from .conftest import TABLES, Desk

BAD_CELLS = [
    ("parties", 2, "party_id", "", "empty"),
    ("parties", 2, "kind", "person", "not one of natural, legal"),
    ("parties", 2, "birth_on", "1980-02-30", "not a day YYYY-MM-DD"),
    ("parties", 2, "birth_on", "01/02/1980", "not a day YYYY-MM-DD"),
    ("parties", 2, "birth_on", "1880-02-03", "not a day YYYY-MM-DD"),
    ("parties", 2, "birth_on", "2025-04-01", "after the delivery's as-of day"),
    ("parties", 2, "died_on", "1979-12-31", None),
    ("parties", 2, "time_zone", "Asia/Peking", "not an IANA time zone"),
    ("parties", 2, "missing", "perhaps", "not yes, no or unknown"),
    ("parties", 2, "name", "王\x07", "longer than 2,000 characters, or control characters"),
    ("parties", 2, "name", "王" * 2001, "longer than 2,000 characters, or control characters"),
    ("parties", 2, "party_id", "C 1", "not 1-64 characters without space or comma"),
    ("accounts", 2, "original_amount", "0", "not above zero"),
    ("accounts", 2, "original_amount", "10.005", "more decimal places than its currency has"),
    ("accounts", 3, "original_amount", "10.5", "more decimal places than its currency has"),
    ("accounts", 2, "original_amount", "1,000", "not an amount such as 1234.50, or below zero"),
    ("accounts", 2, "original_amount", "1e3", "not an amount such as 1234.50, or below zero"),
    ("accounts", 2, "original_amount", "-5", "not an amount such as 1234.50, or below zero"),
    ("accounts", 2, "original_amount", "１００", "not an amount such as 1234.50, or below zero"),
    ("accounts", 2, "currency", "XXX", "not one of CNY, TWD, USD, HKD, GBP, EUR, JPY"),
    ("accounts", 2, "annual_rate", "4.85%", "not a fraction of one with at most 6 places"),
    ("accounts", 2, "matures_on", "2020-05-05", None),
    ("roles", 2, "party_id", "C404", "not known in parties"),
    ("roles", 2, "account_id", "A404", "not known in accounts"),
    ("contacts", 2, "window_from", "24:00", "not a time HH:MM"),
    ("instalments", 2, "number", "1.0", "not a whole number"),
    ("instalments", 2, "amount", "6500.01", "not the sum of principal, interest"),
    ("instalments", 3, "amount", "2468.26", "not the sum of principal, interest"),
    ("payments", 2, "account_id", "A404", "not known in accounts"),
    ("payments", 2, "paid_on", "2025-04-01", "after the delivery's as-of day"),
    ("payments", 2, "amount", "", "empty"),
    ("payments", 2, "kind", "refund", "not one of payment, chargeback, reversal, recovery"),
    ("balances", 2, "penalty", "-0.01", "not an amount such as 1234.50, or below zero"),
    ("pauses", 2, "to_on", "2024-12-31", None),
    ("documents", 2, "file", "scans/none.pdf", "no such file in the delivery"),
    ("documents", 2, "file", "../secret.pdf", "not a path inside the delivery"),
    ("documents", 2, "file", "/etc/hostname", "not a path inside the delivery"),
    ("documents", 2, "sha256", "0" * 64, "not the digest of the file"),
    ("documents", 2, "sha256", "abc", "not 64 hex digits"),
    ("statements", 2, "month", "2025-13", "not a month YYYY-MM"),
]


def spoil(text: str, row: int, field: str, value: str) -> str:
    """The CSV text with one cell replaced; a column that it lacks is added at the end."""
    lines = list(csv.reader(io.StringIO(text)))
    if field not in lines[0]:
        lines = [[*lines[0], field], *([*line, ""] for line in lines[1:])]
    lines[row - 1][lines[0].index(field)] = value
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue()


@pytest.mark.parametrize(("table", "row", "field", "value", "reason"), BAD_CELLS)
def test_a_bad_cell_sets_its_row_aside(
    desk: Desk, table: str, row: int, field: str, value: str, reason: str | None
) -> None:
    desk.put("scans/contract.pdf", b"%PDF-1.7 a contract")
    for name in {"parties", "accounts", table}:
        desk.put(name, TABLES[name] if name != table else spoil(TABLES[name], row, field, value))
    delivery = desk.read()
    faults = delivery.quarantine.filter(file=f"{table}.csv").select("row", "field", "reason").rows()
    assert {at for at, _, _ in faults} == {row}
    if reason:
        assert (row, field, reason) in faults
    assert all(len(value) < 5 or value not in said for _, _, said in faults), "reasons are stored in the clear"
    assert row not in delivery.tables[table]["file_row"]
    assert delivery.accepted[table] == TABLES[table].count("\n") - 2
    assert delivery.quarantined[table] == 1


@pytest.mark.parametrize(
    ("table", "field", "value", "reported"),
    [
        ("parties", "died_on", "1979-12-31", ("birth_on", "after died_on")),
        ("accounts", "matures_on", "2020-05-05", ("opened_on", "after matures_on")),
        ("pauses", "to_on", "2025-01-10", ("resumed_on", "after to_on")),
    ],
)
def test_days_out_of_order(full: Desk, table: str, field: str, value: str, reported: tuple[str, str]) -> None:
    full.put(table, spoil(TABLES[table], 2, field, value))
    assert reported in full.read().quarantine.select("field", "reason").rows()


def test_every_fault_of_a_row_is_told_and_the_row_kept(desk: Desk) -> None:
    desk.put("payments", "payment_id,account_id,paid_on,amount,memo\nT1,K1,never,x,王\nT2,K1,2025-03-31,1,\n")
    delivery = desk.read()
    assert delivery.quarantine.select("row", "field").rows() == [(2, "paid_on"), (2, "amount")]
    assert delivery.tables["payments"]["payment_id"].to_list() == ["T2"]
    for raw in delivery.quarantine["raw"]:
        assert json.loads(raw) == {
            "payment_id": "T1",
            "account_id": "K1",
            "paid_on": "never",
            "amount": "x",
            "memo": "王",
        }


def test_a_file_in_which_every_row_is_wrong(desk: Desk) -> None:
    rows = "".join(f"T{n},K1,2025-13-01,1\n" for n in range(2000))
    desk.put("payments", f"payment_id,account_id,paid_on,amount\n{rows}")
    delivery = desk.read()
    assert delivery.accepted == {"payments": 0}
    assert delivery.quarantine["row"].to_list() == list(range(2, 2002))
    assert json.loads(delivery.quarantine["raw"][1999])["payment_id"] == "T1999"


def test_rows_cut_short_or_too_long(desk: Desk) -> None:
    desk.put(
        "payments",
        "payment_id,account_id,paid_on,amount,kind\nT1,K1,2025-03-31,1\nT2,K1,2025-03-31,1,,x\nT3,K1,2025-03-31,1,\n",
    )
    delivery = desk.read()
    assert delivery.tables["payments"].select("file_row", "payment_id").rows() == [(4, "T3")]
    assert delivery.quarantine.select("row", "reason").rows() == [
        (2, "4 cells where the header has 5"),
        (3, "6 cells where the header has 5"),
    ]


def test_a_short_row_is_seen_among_quoted_commas(desk: Desk) -> None:
    desk.put("parties", 'party_id,kind,name,address\nC1,natural,a,"x, y"\nC2,natural,"b"\n')
    assert desk.read().quarantine["row"].to_list() == [3]


def test_equal_rows_count_once_and_contradictions_not_at_all(desk: Desk) -> None:
    desk.put(
        "payments",
        "payment_id,account_id,paid_on,amount\n"
        "T1,K1,2025-03-31,1\nT1,K1,2025-03-31,1\nT2,K1,2025-03-31,1\nT2,K1,2025-03-31,2\nT3,K1,2025-03-31,3\n",
    )
    delivery = desk.read()
    assert delivery.tables["payments"]["file_row"].to_list() == [2, 6]
    assert delivery.quarantine.select("row", "reason").rows() == [
        (3, "the same row again"),
        (4, "the same key with other content"),
        (5, "the same key with other content"),
    ]


def test_equal_rows_of_two_keys_do_not_shadow_each_other(desk: Desk) -> None:
    desk.put(
        "pauses",
        "account_id,from_on,to_on,reason\n" + "K1,2025-01-01,2025-01-02,a\n" * 3 + "K2,2025-01-01,2025-01-02,a\n",
    )
    assert desk.read().tables["pauses"]["file_row"].to_list() == [2, 5]


def test_what_leans_on_a_quarantined_row_goes_with_it(full: Desk) -> None:
    full.put("accounts", spoil(TABLES["accounts"], 2, "opened_on", "soon"))
    delivery = full.read()
    assert {"roles", "payments", "balances", "collateral"} <= delivery.quarantined.keys()
    assert delivery.tables["payments"]["account_id"].to_list() == ["A2"]


def test_an_amount_without_any_currency(desk: Desk) -> None:
    desk.put("manifest.yaml", "as_of: 2025-03-31\n")
    desk.put("income", "party_id,as_of,monthly\nKP,2025-01-01,1\nKP,2025-01-02,\n")
    delivery = desk.read()
    assert delivery.quarantine.select("row", "field").rows() == [(2, "currency")]
    assert delivery.accepted == {"income": 1}


def test_a_link_out_of_the_delivery_is_not_followed(full: Desk) -> None:
    outside = full.folder.parent / "outside.pdf"
    outside.write_bytes(b"not theirs")
    (full.folder / "scans" / "contract.pdf").unlink()
    (full.folder / "scans" / "contract.pdf").symlink_to(outside)
    assert full.read().quarantine.select("file", "row", "reason").rows() == [
        ("documents.csv", 2, "no such file in the delivery")
    ]


def test_the_environment_cannot_switch_the_rules_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pandera.config.CONFIG.validation_enabled", False)
    desk.put("payments", "payment_id,account_id,paid_on,amount\nT1,K1,never,1\n")
    assert desk.read().accepted == {"payments": 0}
