"""Suits filed in a batch, the court's answers read back, and the commands of the legal track as they are typed."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desk import cli, filing
from desk.court_files import CourtFiles
from recourse import events as ev
from recourse.errors import UserError
from tests.documents import arrivals as made
from tests.stories.bank import Bank
from tests.stories.test_courts import to_court, to_the_route

COURT = "示例市样本区人民法院"


class Typed(msgspec.Struct, frozen=True):
    """What a command said and left with."""

    code: int
    out: str
    err: str


Type = Callable[..., Typed]


@pytest.fixture
def types(bank: Bank, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Type a command at the story's bank."""

    def typed(*words: object) -> Typed:
        settings = bank.desk.settings
        for name, value in (("MODE", "demo"), ("LEDGER", settings.ledger), ("HOME", str(settings.home))):
            monkeypatch.setenv(f"RECOURSE_{name}", value)
        monkeypatch.setattr(sys, "argv", ["recourse", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsys.readouterr()
        return Typed(int(left.value.code or 0), out, err)

    return typed


def files(bank: Bank) -> CourtFiles:
    return CourtFiles(bank.desk_of("blg-01"))


def two_suits(bank: Bank) -> None:
    """Two debtors sued on one day, one of them with a general guarantor."""
    bank.loan("A1", due="2025-03-10", guarantor=("P1", "general", "2026-09-10"))
    bank.loan("A2", "D2", due="2025-03-10")
    bank.staff_agrees("formal_notice", "acceleration", "litigation", litigation_route="sue")
    bank.post_arrives()
    bank.play(until="2025-06-09", every=5)
    bank.play(until="2025-06-13")
    assert {bank.life(account).file.stage for account in ("A1", "A2")} == {"filed"}


def answered(index: Path, **cells: dict[str, str]) -> Path:
    """The index with answers of the court, by account."""
    rows = list(csv.DictReader(io.StringIO(index.read_text("utf-8-sig"))))
    for row in rows:
        row.update(cells.get(row["accounts"], {}))
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    place = index.with_name("answers.csv")
    place.write_text(out.getvalue(), "utf-8-sig")
    return place


def cases_(bank: Bank) -> list[Any]:
    return [bank.life(account).journal for account in ("A1", "A2")]


def test_a_batch_goes_to_the_court_and_comes_back(bank: Bank, tmp_path: Path) -> None:
    """The index holds the claim by component and the fee to the fen; what the court answers is recorded as a whole, once: a
    number, a hearing, and the fee it really took."""
    two_suits(bank)
    found = filing.bundles(files(bank), COURT)
    index = filing.write(bank.desk, found, tmp_path / "batch")
    rows = {row["accounts"]: row for row in csv.DictReader(io.StringIO(index.read_text("utf-8-sig")))}
    assert index.read_bytes().startswith(b"\xef\xbb\xbf"), "a spreadsheet opens it as UTF-8"
    assert {name: (row["principal"], row["claim"], row["fee"]) for name, row in rows.items()} == {
        "A1": ("36000.00", "36000.00", "700.00"),
        "A2": ("36000.00", "36000.00", "700.00"),
    }
    complaint = tmp_path / "batch" / rows["A1"]["folder"] / "A1-complaint.pdf"
    assert complaint.read_bytes().startswith(b"%PDF-")
    with pytest.raises(UserError, match="is there already"):
        filing.write(bank.desk, found, tmp_path / "batch")
    place = answered(
        index,
        A1={"number": "（2025）模9901民初1号", "docketed_on": "2025/6/13", "hearing_on": "2025-07-15",
            "hearing_time": "09:00", "hearing_place": "第一法庭", "fee_paid": "350.00"},
    )  # fmt: skip
    done = filing.results(files(bank), place)
    assert (done.faults, done.rows, done.touched) == ((), 1, 1), "a line without a number is not answered yet"
    life = bank.life("A1")
    assert (life.file.stage, life.file.docketed) == ("docketed", True)
    assert life.file.claimed_guarantees == {"GA1": date(2025, 6, 12)}, "as of the day of filing"
    assert [cost.amount for cost in life.happened(ev.CostBooked) if cost.kind == "court_fee"] == [700_00, -350_00]
    assert [(h.held_on, h.time, h.place) for h in life.happened(ev.HearingSet)] == [
        (date(2025, 7, 15), "09:00", "第一法庭")
    ]
    assert bank.life("A2").file.stage == "filed"
    before = cases_(bank)
    assert filing.results(files(bank), place).touched == 0
    assert cases_(bank) == before, "read again, nothing is recorded again"
    assert [bundle.accounts for bundle in filing.bundles(files(bank), COURT)] == [("A2",)]


def test_every_paper_of_a_batch_is_named_for_what_it_is(bank: Bank, tmp_path: Path) -> None:
    """A court's clerk opens files by their endings: each paper has that of its bytes."""
    two_suits(bank)
    bundle = filing.bundles(files(bank), COURT)[0]
    brought = {".pdf": made.pdf(1), ".jpg": made.image("JPEG"), ".png": made.image("PNG"), ".ofd": made.ofd()}
    papers = tuple((f"A1-{end[1:]}", bank.desk.documents.put(data, "evidence").sha256) for end, data in brought.items())
    index = filing.write(bank.desk, [msgspec.structs.replace(bundle, papers=papers)], tmp_path / "batch")
    (folder,) = (each for each in index.parent.iterdir() if each.is_dir())
    assert sorted(each.name for each in folder.iterdir()) == ["A1-jpg.jpg", "A1-ofd.ofd", "A1-pdf.pdf", "A1-png.png"]


def test_one_fault_and_nothing_of_a_file_is_recorded(bank: Bank, tmp_path: Path) -> None:
    two_suits(bank)
    index = filing.write(bank.desk, filing.bundles(files(bank), COURT), tmp_path / "batch")
    sound = {"number": "（2025）模9901民初1号", "docketed_on": "2025-06-13"}
    before = cases_(bank)
    place = answered(index, A1=sound, A2={"number": "x", "docketed_on": "soon", "fee_paid": "12.345"})
    done = filing.results(files(bank), place)
    assert [fault.field for fault in done.faults] == ["docketed_on", "fee_paid"]
    assert len({fault.row for fault in done.faults}) == 1
    for wrong in ("2025-06-01", "2025-12-01"):
        (fault,) = filing.results(files(bank), answered(index, A1={**sound, "docketed_on": wrong})).faults
        assert "not between the filing" in fault.why
    place.write_text("account,number,docketed_on\nA1,n,2025-06-13\nA1,n,2025-06-13\nA9,n,2025-06-13\n", "utf-8")
    assert [(f.row, f.field) for f in filing.results(files(bank), place).faults] == [(3, "account"), (4, "account")]
    assert cases_(bank) == before
    assert filing.results(files(bank), answered(index, A1=sound)).touched == 1
    (fault,) = filing.results(files(bank), answered(index, A1={**sound, "number": "another"})).faults
    assert fault.field == "number"


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "\xff\xfe"])
def test_a_file_that_is_no_index_is_refused(bank: Bank, tmp_path: Path, text: str) -> None:
    place = tmp_path / "wrong.csv"
    place.write_bytes(text.encode("latin-1"))
    with pytest.raises(UserError, match="columns are missing|no CSV in UTF-8"):
        filing.results(files(bank), place)


BLG = ("--as", "blg-01")


def test_what_is_typed_of_court_files(bank: Bank, types: Type, tmp_path: Path) -> None:
    to_court(bank)
    number = "（2025）模9901民初1号"
    assert "1 court files" in types("matter", "file", "--court", COURT, "-o", tmp_path / "out").out
    assert types("matter", "file", "--court", "elsewhere", "-o", tmp_path / "x").code == 2
    assert types("matter", "stage", "A1", "docketed", "--number", number, *BLG).out == "docketed: 1 debts\n"
    assert "moves no clock" in types("matter", "stage", "A1", "heard", *BLG).out
    types("matter", "assign", number, "--counsel", "firm-01", *BLG)
    types("matter", "hearing", "set", "A1", "2025-07-20", "--time", "14:00", *BLG)
    types("matter", "measure", "taken", "A1", "realty", "3600000", "--proof", "裁定", "--asset", "房产1", *BLG)
    types("cost", "book", "A1", "counsel_fee", "500000", "--proof", "发票", *BLG)
    types("matter", "cost", "A1", "announcement_fee", "26000", *BLG)
    types("matter", "stage", "A1", "judged", "--number", number, *BLG)
    types("matter", "serve", "A1", "judgment", "bank", "--proof", "回证", *BLG)
    shown = types("matter", "show", "A1").out
    for part in ("firm-01", "docketed", "14:00", "房产1", "2028-06-13", "5,000.00", "judgment"):
        assert part in shown, part
    assert "firm-01" in types("matter", "list", "--stage", "judged").out
    assert types("matter", "stage", "A1", "docketed", *BLG).code == 2
    assert types("matter", "measure", "taken", "A1", "realty", "1", "--proof", " ", *BLG).code == 2
    assert types("matter", "cost", "A1", "postage", "0", *BLG).code == 2
    assert types("matter", "show", "nothing").err.count("\n") == 1
    assert "appeal lodged" in types("matter", "appeal", "A1", "--proof", "收件回执", *BLG).out
    assert bank.life("A1").file.stage == "appealed"


@pytest.mark.parametrize(
    ("node", "by"),
    [("freeze_renewal", "hlg-01"), ("appeal", "hlg-01"), ("limitation_demand", "blg-01"), ("enforcement", "hlg-01")],
)
def test_protective_acts_of_the_courts_are_authorised_beforehand(types: Type, node: str, by: str) -> None:
    span = ("--from", "2025-03-10", "--until", "2025-12-31", "--reason", "期限不等人")
    assert "is authorised" in types("token", "standing", node, *span, "--as", by).out
    assert types("token", "standing", node, *span, "--as", "fin-01").code == 2
    assert types("token", "standing", "litigation", *span, "--as", "hlg-01").code == 2, "a suit is agreed to, each one"


def test_what_is_typed_of_clocks_and_routes(bank: Bank, types: Type) -> None:
    to_the_route(bank)
    bank.play(until=bank.day)
    listed = types("clocks", "list", "--kind", "limitation").out
    assert "诉讼时效 limitation of action" in listed
    assert "36,000.00 CNY" in listed
    assert msgspec.json.decode(types("clocks", "list", "--within", "5", "--json").out) == []
    assert types("clocks", "list", "--kind", "complaint").code == 2, "a duty is no right"
    assert "simplified procedure: open" in types("routes", "A1").out
    ranked = msgspec.json.decode(types("routes", "A1", "--json").out)["routes"]
    assert ranked[0]["standing"] == "open"
    assert "does not count" in types("clocks", "interrupt", "A1", "--ground", "mediation_body", *BLG).out
    before = bank.explains("A1").clocks[0].ends_on
    types("clocks", "interrupt", "A1", "--ground", "mediation_body", "--proof", "受理单", *BLG)
    assert bank.explains("A1").clocks[0].ends_on > before
    chain = types("clocks", "chain", "A1").out
    assert "no: no proof" in chain
    assert "受理单" in chain
    obstacle = types("clocks", "suspend", "A1", "--ground", "force_majeure", "--proof", "公告", *BLG).out.split()[1]
    assert "gone" in types("clocks", "resume", "A1", obstacle, "--proof", "公告", *BLG).out
    assert types("clocks", "resume", "A1", "other", *BLG).code == 2
    assert (
        "runs" in types("clocks", "start", "A1", "insurer_claim", "--until", "2025-12-01", "--proof", "保单", *BLG).out
    )
    assert "runs on" in types("clocks", "stop", "A1", "insurer_claim", "--cause", "claimed", *BLG).out
    assert "insurer_claim:debt" in bank.life("A1").file.timers
    assert (
        "stopped" in types("clocks", "stop", "A1", "insurer_claim", "--cause", "claimed", "--proof", "回执", *BLG).out
    )
    assert types("clocks", "stop", "A1", "insurer_claim", "--cause", "claimed", *BLG).code == 2
    assert types("clocks", "start", "A1", "sundial", *BLG).code == 2
