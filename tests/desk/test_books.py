"""Files of the general ledger at the command line: judged whole, taken in once, faults by row; and reports that are written."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from desk import general_ledger
from desk.commands.book import opened
from recourse.ledger.database import reading
from recourse.ledger.tables import accounts
from tests.desk import played_bank
from tests.desk.conftest import Recourse, contents
from tests.desk.test_bad_input import one_line
from tests.stories.bank import Bank

HAP = ("--as", "hap-01")
HEADER = ",".join(general_ledger.COLUMNS)


@pytest.fixture
def instructed(nowhere: Path, monkeypatch: pytest.MonkeyPatch, session_folder: Path) -> Path:
    """The played bank on the evening on which the ledger was told to write A1 off, and has not answered."""
    monkeypatch.setattr(Bank, "ledger_books", lambda self: None)
    archives = session_folder / "instructed"
    archives.mkdir(exist_ok=True)
    played_bank.unpack(archives, nowhere)
    return nowhere


def row(**changed: str) -> dict[str, str]:
    """The receipt that agrees with the one instruction, but for what is changed."""
    with reading(opened().engine) as connection:
        (told,) = general_ledger.waiting(connection)
    amounts = {name: f"{amount // 100}.{amount % 100:02d}" for name, amount in told.amounts.items()}
    return {
        "receipt": "GL-1", "instruction": told.instruction_id, "account": "A1", "result": "booked",
        "booked_on": "2025-09-26", "base_on": str(told.base_on), "currency": "CNY", **amounts, **changed,
    }  # fmt: skip


def written(place: Path, *rows: dict[str, str]) -> Path:
    with place.open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return place


def test_a_receipt_is_taken_in_once(instructed: Path, recourse: Recourse) -> None:
    file = written(instructed / "receipts.csv", row())
    before = contents(instructed)
    as_json = instructed / "receipts.json"
    as_json.write_text(json.dumps([row(principal="1.00")]), encoding="utf-8")
    assert recourse("writeoff", "receipt", file, *HAP).out == "1 written off, 0 not, 0 known before\n"
    assert recourse("writeoff", "receipt", file, *HAP).out == "0 written off, 0 not, 1 known before\n"
    one_line(recourse("writeoff", "receipt", as_json, *HAP), "booked already, by another receipt")
    assert contents(instructed) != before
    with reading(opened().engine) as connection:
        query = accounts.select().where(accounts.c.account_id == "A1")
        assert connection.execute(query).one().book_status == "written_off"
    assert recourse("writeoff", "east", "-o", "east.csv").code == 0
    lines = (instructed / "east.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 2
    told = dict(zip(lines[0].split(","), lines[1].split(","), strict=True))
    assert (told["借据号"], told["实核本金"], told["核销状态"], told["客户名称"][1:]) == (
        "A1",
        "36000.00",
        "账销案存",
        "*",
    )
    assert recourse("verify").code == 0


def test_a_difference_writes_nothing_off_and_becomes_work(instructed: Path, recourse: Recourse) -> None:
    file = written(instructed / "receipts.csv", row(principal="35999.99"))
    assert "0 written off, 1 not" in recourse("writeoff", "receipt", file, *HAP).out
    (item,) = recourse("work", "list", "--kind", "write_off_receipt", "--json").json
    assert item in recourse("work", "list", "--json").json
    assert item["kind"] == "write_off_receipt"
    none = ("work", "list", "--kind", "write_to_another")
    assert (recourse(*none, "--json").json, "write_off_receipt" in recourse(*none).out) == ([], True)
    assert "principal 35999.99, instructed 36000.00" in item["what"]
    assert recourse("writeoff", "receipt", file, *HAP).out == "0 written off, 0 not, 1 known before\n"


WRONG = [
    ({"result": "perhaps"}, "row 1: result is booked or refused, not 'perhaps'"),
    ({"booked_on": "26.9.2025"}, "row 1: booked_on is no day: '26.9.2025'"),
    ({"booked_on": "2099-01-01"}, "row 1: booked on 2099-01-01, after the business day"),
    ({"booked_on": "2025-01-01"}, "row 1: booked on 2025-01-01, before its base day"),
    ({"principal": "much"}, "row 1: not an amount: 'much'"),
    ({"principal": "1.001"}, "row 1: not an exact amount of CNY"),
    ({"principal": "-1"}, "row 1: principal is negative"),
    ({"currency": "XXX"}, "row 1: unknown currency 'XXX'"),
    ({"account": "A3"}, "is about account A1, not A3"),
    ({"instruction": "none"}, "row 1: no instruction 'none'"),
    ({"receipt": ""}, "row 1: receipt is empty"),
    ({"colour": "red"}, "row 1: unknown column 'colour'"),
]


def test_one_wrong_row_refuses_the_file(instructed: Path, recourse: Recourse) -> None:
    """Every mistake in turn, on one ledger that is the same after all of them as before."""
    before = contents(instructed)
    for changed, says in WRONG:
        file = written(instructed / "receipts.csv", row(**changed))
        one_line(recourse("writeoff", "receipt", file, *HAP), says)
    twice = written(instructed / "receipts.csv", row(), row())
    one_line(recourse("writeoff", "receipt", twice, *HAP), "row 2: answers an instruction that stands here twice")
    (instructed / "receipts.csv").write_text(f"{HEADER}\n", encoding="utf-8")
    one_line(recourse("writeoff", "receipt", "receipts.csv", *HAP), "the file has no rows")
    (instructed / "receipts.csv").write_text("receipt\nx\n", encoding="utf-8")
    one_line(recourse("writeoff", "receipt", "receipts.csv", *HAP), "row 1: no column 'instruction'")
    (instructed / "receipts.csv").write_bytes(b"\xff\xfe")
    one_line(recourse("writeoff", "receipt", "receipts.csv", *HAP), "not UTF-8 text")
    (instructed / "receipts.json").write_text('{"receipt": 1}', encoding="utf-8")
    one_line(recourse("writeoff", "receipt", "receipts.json", *HAP), "not a JSON array of objects")
    assert contents(instructed) == before


def test_a_pool_at_the_command_line(played: Path, recourse: Recourse) -> None:
    """None of these debts may be sold: each is refused with its reason and rule, and nothing is recorded."""
    (played / "accounts.txt").write_text("A3\nA4\nA9\n", encoding="utf-8")
    before = contents(played)
    typed = ("transfer", "propose", "P1", "--cut-off", "2025-09-20", "--accounts", "accounts.txt", *HAP)
    ran = recourse(*typed, "--json")
    assert ran.code == 1
    reasons = {(each["account_id"], each["reason"], each["rule"]) for each in ran.json["refused"]}
    assert ("A3", "five_tier is not known", "npl.eligible") in reasons
    assert ("A9", "no such account, or no case of it", "") in reasons
    assert "none of these debts may be sold" in recourse(*typed).out
    (played / "accounts.txt").write_text("A3\nA3\n", encoding="utf-8")
    one_line(recourse(*typed), "account 'A3' stands twice")
    assert contents(played) == before
