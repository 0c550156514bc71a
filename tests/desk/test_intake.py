"""Taking in deliveries from the command line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tests.desk.conftest import Recourse, contents
from tests.desk.test_bad_input import one_line
from tests.stories.core import Core


@pytest.fixture
def delivery(nowhere: Path, recourse: Recourse) -> Path:
    """One account, not loaded yet, in the folder ``delivery``; a new ledger."""
    core = Core()
    core.tell("parties", party_id="D1", kind="natural", name="王一")
    core.open("A1", "D1", [(date(2025, 3, 10), 3_000_00), (date(2025, 4, 10), 3_000_00)])
    core.tell("accounts", account_id="A1", product="consumer_loan", branch="0101", opened_on=date(2025, 2, 10),
              original_amount=6_000_00)  # fmt: skip
    core.tell("roles", account_id="A1", party_id="D1", role="borrower")
    place = core.deliver(date(2025, 3, 12), nowhere)
    assert place is not None
    assert recourse("init").code == 0
    return place.rename(nowhere / "delivery")


def test_taken_in_once(delivery: Path, recourse: Recourse) -> None:
    first = recourse("intake", delivery, "--as-of", "2025-03-12", "--json")
    assert (first.code, first.json["accepted"]["accounts"], first.json["quarantined"]) == (0, 1, {})
    before = contents(delivery.parent)
    again = recourse("intake", delivery, "--as-of", "2025-03-12", "--json")
    assert (again.code, sum(again.json["accepted"].values())) == (0, 0)
    assert contents(delivery.parent) == before


def test_a_control_total_is_off(delivery: Path, recourse: Recourse) -> None:
    """What can be read is taken in; the exit code says that something is missing, and the line says what."""
    manifest = json.loads((delivery / "manifest.json").read_text("utf-8"))
    manifest["files"]["balances"]["sums"]["principal"]["CNY"] = "6000.01"
    (delivery / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    ran = recourse("intake", delivery, "--as-of", "2025-03-12")
    assert ran.code == 1
    assert "control total off" in ran.out
    assert "6000.01" in ran.out


def test_a_column_is_missing(delivery: Path, recourse: Recourse) -> None:
    before = contents(delivery.parent)
    lines = (delivery / "accounts.csv").read_text("utf-8").splitlines()
    names = lines[0].split(",")
    place = names.index("branch")
    kept = [",".join(cell for n, cell in enumerate(line.split(",")) if n != place) for line in lines]
    (delivery / "accounts.csv").write_text("\n".join(kept) + "\n", "utf-8")
    one_line(recourse("intake", delivery, "--as-of", "2025-03-12"), "branch")
    assert contents(delivery.parent) == before


def test_a_manifest_that_cannot_be_read(delivery: Path, recourse: Recourse) -> None:
    before = contents(delivery.parent)
    (delivery / "manifest.json").write_text("{", "utf-8")
    one_line(recourse("intake", delivery), "not a manifest")
    assert contents(delivery.parent) == before


def test_a_row_that_is_wrong_stops_only_itself(delivery: Path, recourse: Recourse) -> None:
    with (delivery / "parties.csv").open("a", encoding="utf-8") as file:
        file.write(",natural,无号\n")
    (delivery / "manifest.json").write_text(
        '{"as_of": "2025-03-12", "entity": "9001", "jurisdiction": "CN", "currency": "CNY"}', "utf-8"
    )
    ran = recourse("intake", delivery, "--as-of", "2025-03-12", "--json")
    assert (ran.code, ran.json["quarantined"], ran.json["accepted"]["parties"]) == (0, {"parties": 1}, 1)


def test_a_day_that_is_over_learns_nothing_more(played: Path, recourse: Recourse) -> None:
    """The seal of a closed day would not hold any longer; the delivery belongs to the next day."""
    before = contents(played)
    last = sorted((played / "deliveries").iterdir())[-1]
    one_line(recourse("intake", last, "--known-on", "2025-09-24"), "business day 2025-09-24 is over")
    assert contents(played) == before
    (played / "late").mkdir()
    (played / "late" / "payments.csv").write_text(
        "payment_id,account_id,paid_on,amount\nLATE1,A3,2025-09-20,1000.00\n", "utf-8"
    )
    (played / "late" / "manifest.json").write_text('{"as_of": "2025-09-25", "currency": "CNY"}', "utf-8")
    assert recourse("intake", played / "late", "--as-of", "2025-09-25").code == 0
    assert recourse("verify").out.splitlines()[-1] == "the ledger is sound"
    assert recourse("explain", "A3", "--on", "2025-09-26", "--known-on", "2025-09-26").code == 0


def test_days_go_forward_past_a_delivery(played: Path, recourse: Recourse) -> None:
    last = sorted((played / "deliveries").iterdir())[-1]
    (last / "payments.csv").write_text("payment_id,account_id,paid_on,amount\nLATE1,A3,2025-09-20,1000.00\n", "utf-8")
    (last / "manifest.json").write_text('{"as_of": "2025-09-26", "currency": "CNY"}', "utf-8")
    assert recourse("intake", last, "--known-on", "2025-10-10").code == 0
    one_line(recourse("run", "--from", "2025-09-28", "--to", "2025-09-28"), "business days go forward")
    assert recourse("run", "--from", "2025-10-10", "--to", "2025-10-10", "--json").code == 0
    assert recourse("verify").code == 0
