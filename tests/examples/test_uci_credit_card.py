"""The converter of the UCI credit-card data, over five rows made here and, if it is there, over the shared file."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from examples.uci_credit_card.convert import main
from recourse.arrears import Instalment, Receipt, arrears
from recourse.intake.read import Delivery, read_delivery

ROOT = Path(__file__).resolve().parents[2]
FORM = Path(__file__).with_name("uci_form.csv")
SHARED = ROOT.parent / "shared" / "data" / "uci_credit_card.csv"
ENDS = [
    date(2005, 4, 30),
    date(2005, 5, 31),
    date(2005, 6, 30),
    date(2005, 7, 31),
    date(2005, 8, 31),
    date(2005, 9, 30),
]
STATUSES = ["PAY_6", "PAY_5", "PAY_4", "PAY_3", "PAY_2", "PAY_0"]


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(each) for each in arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "examples" / "uci_credit_card" / "convert.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd="/",
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        timeout=60,
    )


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("uci") / "out"
    done = run(FORM, out)
    assert (done.returncode, done.stderr) == (0, "")
    return out


def deliveries(out: Path) -> list[Delivery]:
    """All six, read as intake reads them: each knows the accounts and people of the first."""
    first = read_delivery(out / ENDS[0].isoformat())
    accounts, parties = first.tables["accounts"].select("account_id", "currency"), first.tables["parties"]["party_id"]
    later = [read_delivery(out / on.isoformat(), known_accounts=accounts, known_parties=parties) for on in ENDS[1:]]
    return [first, *later]


class Book:
    """What a receiver knows of every card, delivery by delivery: the last row of each instalment, all receipts."""

    def __init__(self) -> None:
        self.plans: dict[str, dict[int, Instalment]] = defaultdict(dict)
        self.receipts: dict[str, list[Receipt]] = defaultdict(list)

    def take(self, delivery: Delivery, kept: pl.Expr | bool = True) -> None:
        plan = delivery.tables["instalments"].filter(kept).select("account_id", "number", "due_on", "amount")
        for account, number, due_on, amount in plan.iter_rows():
            self.plans[account][number] = Instalment(due_on, amount)
        paid = delivery.tables["payments"].filter(kept).select("account_id", "paid_on", "amount")
        for account, paid_on, amount in paid.iter_rows():
            self.receipts[account].append(Receipt(paid_on, amount))

    def late_since(self, account: str, on: date) -> tuple[date | None, int]:
        """The oldest due date that is unpaid at the end of `on`, and what is unpaid by then, in minor units."""
        now = arrears(self.plans[account].values(), self.receipts[account], as_of=on)
        due = [each for each in now.dues if each.unpaid and each.due_on <= on]
        return (due[0].due_on if due else None), sum(each.unpaid for each in due)


def months_late(since: date | None, on: date) -> int:
    """How many month ends with an unpaid minimum payment lie in a row up to `on`."""
    return 0 if since is None else (on.year - since.year) * 12 + on.month - since.month + 1


def test_intake_takes_every_row(converted: Path) -> None:
    for delivery in deliveries(converted):
        assert delivery.quarantine.height == 0
        assert delivery.totals
        assert not delivery.totals_off
        assert delivery.warnings == ()
    assert [folder.name for folder in sorted(converted.iterdir())] == [on.isoformat() for on in ENDS]


def test_real_amounts_are_the_source_s(converted: Path) -> None:
    found = deliveries(converted)
    balances = [dict(each.tables["balances"].select("account_id", "principal").iter_rows()) for each in found]
    assert [each["card-00002"] for each in balances] == [2500000, 2600000, 2700000, 2800000, 2900000, 3005000]
    assert balances[5]["card-00004"] == -3500
    limits = dict(found[0].tables["accounts"].select("account_id", "original_amount").iter_rows())
    assert limits["card-00003"] == 10_000_000
    paid = pl.concat(each.tables["payments"].select("payment_id", "paid_on", "amount") for each in found)
    assert dict(paid.select("payment_id", "amount").iter_rows())["pay-00004-2005-04"] == 10_000_000
    assert sorted(paid.filter(pl.col("payment_id").str.starts_with("pay-00002"))["paid_on"]) == ENDS[:2]
    assert paid.height == 6 + 2 + 4 + 1 + 5


@pytest.mark.parametrize(
    ("account", "months"),
    [
        ("card-00001", [0, 0, 0, 0, 0, 0]),
        ("card-00002", [0, 0, 1, 2, 3, 4]),
        ("card-00003", [0, 0, 2, 0, 2, 0]),
        ("card-00004", [0, 0, 0, 0, 0, 0]),  # late in September by its status, but owing nothing
        ("card-00017", [8, 2, 2, 2, 2, 2]),
    ],
)
def test_unpaid_months_follow_the_repayment_status(converted: Path, account: str, months: list[int]) -> None:
    book, seen = Book(), []
    for on, delivery in zip(ENDS, deliveries(converted), strict=True):
        book.take(delivery)
        since, overdue = book.late_since(account, on)
        seen.append(months_late(since, on))
        told = dict(delivery.tables["balances"].select("account_id", "overdue_total").iter_rows())
        owed = dict(delivery.tables["balances"].select("account_id", "principal").iter_rows())
        assert told[account] == overdue
        assert overdue <= max(owed[account], 0)
    assert seen == months


def test_minimum_payment_is_a_tenth_at_least_a_thousand_at_most_the_bill(converted: Path) -> None:
    last = deliveries(converted)[5].tables["statements"]
    due = dict(last.select("account_id", "minimum_due").iter_rows())
    assert due == {
        "card-00001": 100_000,
        "card-00002": 300_500,
        "card-00003": 160_000,
        "card-00004": 0,
        "card-00017": 100_000,
    }
    assert set(last["due_on"]) == {date(2005, 10, 31)}


def test_what_is_unknown_stays_unknown_and_what_is_filled_is_plain_to_see(converted: Path) -> None:
    first = deliveries(converted)[0]
    assert set(first.tables["parties"]["birth_on"]) == {None}
    assert set(first.tables["parties"]["name"]) >= {"Cardholder 00001", "Cardholder 00017"}
    assert dict(first.tables["household"].select("party_id", "marital_status").iter_rows()) == {
        "holder-00001": "married",
        "holder-00002": "single",
        "holder-00017": "married",
    }
    mail = first.tables["contacts"].filter(pl.col("channel") == "email")["value"]
    assert all(value.endswith(".example") for value in mail)
    assert set(first.tables["balances"]["interest"]) == {0}
    text = "".join(path.read_text() for path in converted.rglob("*.csv"))
    assert "default" not in text


def test_totals_are_printed_and_agree_with_the_source(converted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "--check", FORM, converted)
    assert code == 0
    rows = list(csv.DictReader(FORM.read_text().splitlines()))
    billed = sum(float(row["BILL_AMT1"]) for row in rows)
    paid = sum(float(row["PAY_AMT6"]) for row in rows)
    lines = out.splitlines()
    assert lines[5].split()[:3] == ["2005-09-30", "5", f"{billed:,.2f}"]
    assert lines[0].split()[3] == f"{paid:,.2f}"


def test_the_same_input_gives_the_same_bytes(
    converted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(capsys, FORM, tmp_path / "again")[0] == 0
    once = {path.relative_to(converted): path.read_bytes() for path in converted.rglob("*.*") if path.is_file()}
    twice = {
        p.relative_to(tmp_path / "again"): p.read_bytes() for p in (tmp_path / "again").rglob("*.*") if p.is_file()
    }
    assert once == twice


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("balances.csv", "3800.00", "3800.01"),
        ("payments.csv", "1450.00", "1540.00"),
        ("statements.csv", "28000.00", "-28000.00"),
        ("instalments.csv", "card-00002", "card-00003"),
    ],
)
def test_check_finds_a_changed_delivery(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str
) -> None:
    assert call(capsys, FORM, tmp_path / "out")[0] == 0
    path = tmp_path / "out" / "2005-07-31" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    code, out, _ = call(capsys, "--check", FORM, tmp_path / "out")
    assert code == 1
    assert f"2005-07-31: {file.removesuffix('.csv')}" in out


HEADER, *ROWS = FORM.read_text().splitlines()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "missing column"),
        (HEADER, "no rows"),
        ("\n".join([HEADER.replace("BILL_AMT3", "BILL3"), *ROWS]), "missing column BILL_AMT3"),
        ("\n".join([HEADER, ROWS[0].replace("4000", "4O00")]), "row 2, BILL_AMT1"),
        ("\n".join([HEADER, ROWS[0].replace("4000", "1E+99999999")]), "row 2, BILL_AMT1"),
        ("\n".join([HEADER, ROWS[0].replace("4000", "NaN")]), "row 2, BILL_AMT1"),
        ("\n".join([HEADER, ROWS[0].replace("4000", "4_000")]), "row 2, BILL_AMT1"),
        ("\n".join([HEADER, ROWS[0].replace("4000", "40.001")]), "row 2, BILL_AMT1"),
        ("\n".join([HEADER, ROWS[1].replace(",4,3,2,", ",10,3,2,")]), "row 2, PAY_0"),
        ("\n".join([HEADER, ROWS[0], ROWS[0]]), "row 3, ID"),
        ("\n".join([HEADER, ROWS[0], "0" + ROWS[0]]), "row 3, ID"),
        ("\n".join([HEADER, "x" + ROWS[0]]), "row 2, ID"),
        ("\n".join([HEADER, ROWS[0].replace(",3400,", ",-3400,")]), "row 2, PAY_AMT6"),
        ("\n".join([HEADER, ROWS[0] + ",7"]), "more cells than the header"),
        ("\n".join([HEADER, ROWS[0].rsplit(",", 4)[0]]), "row 2"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    source = tmp_path / "in.csv"
    source.write_text(text)
    code, out, err = call(capsys, source, tmp_path / "out")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert words in err
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_other_bad_input(tmp_path: Path, converted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "binary.csv").write_bytes(b"ID,\xff\xfe\x00")
    cases = [(), (FORM,), ("--nothing", FORM, tmp_path), (tmp_path / "none.csv", tmp_path / "out")]
    cases += [
        (tmp_path / "binary.csv", tmp_path / "out"),
        (tmp_path, tmp_path / "out"),
        (FORM, FORM),
        (FORM, converted),
    ]
    cases += [("--check", FORM, tmp_path / "none"), (FORM, FORM / "under" / "a-file")]
    for case in cases:
        code, out, err = call(capsys, *case)
        assert (code, out) == (2, ""), case
        assert len(err.splitlines()) == 1, case
    assert [path.name for path in tmp_path.iterdir()] == ["binary.csv"]


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the shared data file is not here")
def test_the_shared_file_converts_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert call(capsys, SHARED, out)[0] == 0
    assert call(capsys, "--check", SHARED, out)[0] == 0
    rows = list(csv.DictReader(SHARED.read_text().splitlines()))
    sample = {f"card-{int(row['ID']):05}": row for row in rows[::40]}
    book = Book()
    for place, (on, delivery) in enumerate(zip(ENDS, deliveries(out), strict=True)):
        assert delivery.quarantine.height == 0
        assert not delivery.totals_off
        assert delivery.accepted["balances"] == len(rows)
        book.take(delivery, pl.col("account_id").is_in(list(sample)))
        owed = dict(delivery.tables["balances"].select("account_id", "principal").iter_rows())
        for account, row in sample.items():
            since, overdue = book.late_since(account, on)
            wanted = max(int(row[STATUSES[place]]), 0) if owed[account] > 0 else 0
            assert months_late(since, on) == wanted, (account, on)
            assert overdue <= max(owed[account], 0)
