"""What stops a whole delivery: one line that says what is wrong, where, and the mend; nothing is read by halves."""

from __future__ import annotations

from pathlib import Path

import pytest

from recourse.errors import UserError
from recourse.intake.read import read_delivery

from .conftest import Desk

REFUSED = [
    ("payments.csv", "payment_id,paid_on,amount\n", r"missing column account_id \(payments\.csv\)"),
    ("payments.csv", "", r"empty, not even a header \(payments\.csv\)"),
    ("parties.csv", "party_id,kind,name,name\n", r"column 'name' is there twice \(parties\.csv\)"),
    ("parties.csv", b"party_id,kind,name\nC1,natural,\xcd\xf5\n", r"not utf-8 \(parties\.csv, line 2\): .*encoding"),
    ("parties.csv", 'party_id,kind,name\nC1,natural,"x\n', r"not CSV: .* \(parties\.csv, after row 1\)"),
    ("parties.csv", "party_id,kind,name,file_row\n", r"may not be called file_row"),
    ("payments.parquet", b"PAR1 but no more", r"not Parquet: .* \(payments\.parquet\)"),
    ("manifest.yaml", "as_of: soon", r"not a manifest: .*as_of"),
    ("manifest.yaml", "as_of: [", r"not a manifest"),
    ("manifest.yaml", "day: 2025-03-31", r"not a manifest: .*day"),
    ("manifest.yaml", "encoding: latin-1", r"unknown encoding 'latin-1'.*: one of utf-8, gb18030"),
    ("manifest.yaml", "currency: XXX", r"unknown currency 'XXX'"),
    ("manifest.yaml", "files: {loans: {rows: 1}}", r"unknown table 'loans'"),
    ("manifest.yaml", "files: {payments: {sums: {kind: {CNY: '1'}}}}", r"payments\.kind is not an amount"),
    ("manifest.yaml", "files: {payments: {sums: {amount: {CNY: much}}}}", r"not an amount: 'much'"),
    ("manifest.yaml", "files: {payments: {sums: {amount: '1'}}}", r"the sum of payments\.amount has no currency"),
    ("manifest.json", "{}", r"two manifests"),
]


@pytest.mark.parametrize(("name", "content", "message"), REFUSED)
def test_one_line(desk: Desk, name: str, content: str | bytes, message: str) -> None:
    desk.put(name, content)
    with pytest.raises(UserError, match=message) as caught:
        desk.read()
    assert "\n" not in str(caught.value)


def test_a_table_that_is_there_twice(desk: Desk) -> None:
    desk.put("payments.csv", "payment_id,account_id,paid_on,amount\n")
    desk.put("payments.parquet", b"")
    with pytest.raises(UserError, match="payments is there twice"):
        desk.read()


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no such folder \(.*nowhere\)"):
        read_delivery(tmp_path / "nowhere")
