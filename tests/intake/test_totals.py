"""Control totals: what the manifest says was sent, beside what is there."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from recourse.intake.manifest import Sent, write_manifest
from recourse.intake.totals import ControlTotal

from .conftest import AS_OF, Desk

PAYMENTS = "payment_id,account_id,paid_on,amount\nT1,K1,2025-03-31,1.50\nT2,K2,2025-03-31,700\nT3,K1,2025-03-31,2\n"


def declare(desk: Desk, **files: Sent) -> None:
    (desk.folder / "manifest.yaml").unlink(missing_ok=True)
    write_manifest(desk.folder, as_of=AS_OF, currency="CNY", files=files)


def test_totals_that_agree(desk: Desk) -> None:
    desk.put("payments", PAYMENTS)
    sha256 = desk.read().file_hashes["payments.csv"]
    declare(desk, payments=Sent(rows=3, sums={"amount": {"CNY": "3.5", "JPY": "700"}}, sha256=sha256.upper()))
    delivery = desk.read()
    assert len(delivery.totals) == 4
    assert delivery.totals_off == []


def test_totals_that_are_off(desk: Desk) -> None:
    desk.put("payments", PAYMENTS)
    declare(desk, payments=Sent(rows=4, sums={"amount": {"CNY": "3.51", "USD": "1"}}, sha256="0" * 64))
    off = {(total.field, total.currency): (total.declared, total.found) for total in desk.read().totals_off}
    assert off[("rows", "")] == ("4", "3")
    assert off[("amount", "CNY")] == ("3.51", "3.50")
    assert off[("amount", "USD")] == ("1.00", "0.00")
    assert off[("sha256", "")][0] == "0" * 64


def test_a_bare_sum_is_in_the_manifests_currency(desk: Desk) -> None:
    desk.put("payments", PAYMENTS)
    declare(desk, payments=Sent(sums={"amount": "3.50"}))
    assert desk.read().totals == [ControlTotal("payments", "amount", "3.50", "3.50", "CNY")]


def test_quarantined_rows_count_too(desk: Desk) -> None:
    """Totals prove the transfer: a row that cannot be used has still arrived."""
    text = PAYMENTS + "T4,A404,2025-03-31,5\nT5,K1,2025-03-31\n"
    desk.put("payments", text)
    declare(desk, payments=Sent(rows=5, sums={"amount": {"CNY": "8.50", "JPY": "700"}}))
    delivery = desk.read()
    assert delivery.totals_off == []
    assert delivery.quarantined == {"payments": 2}


def test_an_unreadable_amount_puts_the_sum_off(desk: Desk) -> None:
    desk.put("payments", PAYMENTS.replace("1.50", "1.5O"))
    declare(desk, payments=Sent(rows=3, sums={"amount": {"CNY": "3.50"}}))
    assert [total.found for total in desk.read().totals_off] == ["2.00"]


@pytest.mark.parametrize("sent", [Sent(rows=3), Sent(sha256="0" * 64), Sent()])
def test_a_declared_file_that_is_absent_is_off(desk: Desk, sent: Sent) -> None:
    declare(desk, payments=sent)
    assert [total.found for total in desk.read().totals_off] == ["no file"]


def test_a_file_that_was_not_declared_is_remarked(desk: Desk) -> None:
    desk.put("payments", PAYMENTS)
    declare(desk, balances=Sent())
    assert "payments.csv: not named in the manifest" in desk.read().warnings


def test_a_file_read_before_is_held_to_its_digest_only(desk: Desk) -> None:
    desk.put("payments", PAYMENTS)
    sha256 = desk.read().file_hashes["payments.csv"]
    declare(desk, payments=Sent(rows=99, sha256=sha256))
    assert desk.read(known_hashes=(sha256,)).totals_off == []


def test_a_manifest_is_written_as_documented(tmp_path: Path) -> None:
    write_manifest(tmp_path, as_of=date(2025, 1, 2), entity="行", files={"payments": Sent(rows=1)})
    text = (tmp_path / "manifest.json").read_text("utf-8")
    assert json.loads(text) == {"as_of": "2025-01-02", "entity": "行", "files": {"payments": {"rows": 1}}}
