"""A folder of papers by its manifest: judged whole, taken whole or not at all, and safe to begin again."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import event

from desk import papers
from desk.open_desk import Desk
from desk.operations import Operations
from desk.paper_manifest import COLUMNS, judge_rows
from desk.papers import Imported
from recourse import events as ev
from recourse.climb.papers import Brought, receive
from recourse.errors import UserError
from recourse.ledger.tables import papers as table
from tests.core.ledgers import MONDAY, Ledger, migrated, on_sqlite, open_ledger
from tests.core.opened_gates import case_of
from tests.database import Databases
from tests.desk.conftest import Recourse, contents, desk_on_monday
from tests.desk.test_bad_input import one_line
from tests.documents import arrivals as made


@pytest.fixture
def ledger(databases: Databases) -> Iterator[Ledger]:
    with open_ledger(databases.prepared(migrated)) as opened:
        yield opened


@pytest.fixture
def desk(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_on_monday(ledger, tmp_path / "home", monkeypatch) as opened:
        for account in ("a", "b", "c"):
            case_of(ledger, account)
        ledger.person("p-never")
        ledger.loan("never", "p-never", -30)
        yield opened


@pytest.fixture
def work(desk: Desk) -> Operations:
    return Operations(desk, desk.strategy(MONDAY), desk.pen(MONDAY, "blg-1"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "papers"
    (place / "scans").mkdir(parents=True)
    return place


def manifest(folder: Path, *rows: dict[str, str], encoding: str = "utf-8") -> None:
    with (folder / "manifest.csv").open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def paper(
    folder: Path, account: str, file: str, data: bytes, kind: str = "loan_contract", **more: str
) -> dict[str, str]:
    (folder / file).write_bytes(data)
    return {"account_id": account, "file": file, "kind": kind, **more}


def three(folder: Path) -> list[dict[str, str]]:
    contract = made.pdf(2)
    return [
        paper(folder, "a", "scans/合同.pdf", contract, dated_on="2024-02-01", original_at="档案库 1",
              sha256=hashlib.sha256(contract).hexdigest().upper(), remarks="王一的合同, 13800000001"),
        paper(folder, "b", "scans/合同.pdf", contract, node="litigation"),
        paper(folder, "b", "id.jpg", made.image("JPEG"), kind="id_card"),
    ]  # fmt: skip


def test_a_folder_is_taken_in_and_a_second_time_changes_nothing(work: Operations, ledger: Ledger, folder: Path) -> None:
    manifest(folder, *three(folder))
    (folder / "forgotten.pdf").write_bytes(made.pdf())
    assert papers.import_folder(work, folder) == Imported(3, 3, 0, 1)
    rows = ledger.rows(table)
    assert sorted((row.case_id, row.kind) for row in rows) == sorted(
        [
            (ledger.case_id("a"), "loan_contract"),
            (ledger.case_id("b"), "loan_contract"),
            (ledger.case_id("b"), "id_card"),
        ]
    )
    (first,) = [row for row in rows if row.original_at]
    assert (first.original_at, str(first.dated_on), first.received_on) == ("档案库 1", "2024-02-01", MONDAY)
    assert work.desk.documents.get(first.sha256) == (folder / "scans/合同.pdf").read_bytes()
    assert papers.import_folder(work, folder) == Imported(3, 0, 3, 1)
    assert ledger.rows(table) == rows
    assert len(ledger.events("b", ev.DocumentReceived)) == 2
    assert not any("13800000001" in repr(entry) for entry in ledger.journal("a")), "a remark went into the journal"
    assert ledger.verified().faults == []


def test_an_interrupted_import_goes_on_where_it_was(
    work: Operations, ledger: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chunks of one row; the machine stops in the second one, after its file was kept and before it was recorded."""
    manifest(folder, *three(folder))
    monkeypatch.setattr(papers, "CHUNK", 1)
    left = iter([True, False])

    def dying(*given: object) -> object:
        if not next(left):
            raise KeyboardInterrupt
        return receive(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("recourse.climb.papers.receive", dying)
    with pytest.raises(KeyboardInterrupt):
        papers.import_folder(work, folder)
    assert len(ledger.rows(table)) == 1
    monkeypatch.setattr("recourse.climb.papers.receive", receive)
    assert papers.import_folder(work, folder) == Imported(3, 2, 1, 0)
    assert [len(ledger.events(account, ev.DocumentReceived)) for account in ("a", "b")] == [1, 2]
    assert ledger.verified().faults == []


def test_a_manifest_as_a_chinese_spreadsheet_saves_it(work: Operations, folder: Path) -> None:
    for encoding in ("gb18030", "utf-8-sig"):
        manifest(folder, *three(folder), encoding=encoding)
        done = papers.import_folder(work, folder)
        assert (done.taken + done.already, done.faults) == (3, ())


def test_the_same_number_of_statements_however_many_papers(work: Operations, folder: Path) -> None:
    counted: list[int] = []
    for n in (2, 40):
        manifest(
            folder, *[paper(folder, "abc"[k % 3], f"{n}-{k}.pdf", made.pdf(width=100 + n + k * 50)) for k in range(n)]
        )
        said: list[str] = []

        def told(connection: object, cursor: object, statement: str, *rest: object, said: list[str] = said) -> None:
            said.append(statement)

        event.listen(work.desk.engine, "before_cursor_execute", told)
        assert papers.import_folder(work, folder).taken == n
        event.remove(work.desk.engine, "before_cursor_execute", told)
        counted.append(len([each for each in said if "TEMPORARY" not in each]))
    assert counted[0] == counted[1]


def test_two_who_bring_the_same_paper_record_it_once(work: Operations, ledger: Ledger) -> None:
    """The second finds it under the case's lock, whatever both had seen before."""
    brought = Brought(ledger.case_id("a"), ev.DocumentReceived("ab" * 32, "judgment", "application/pdf", 10))
    assert receive(work.desk.engine, work.pen, [brought, brought]) == {}
    assert receive(work.desk.engine, work.pen, [brought]) == {(brought.case_id, "ab" * 32): "judgment"}
    assert len(ledger.events("a", ev.DocumentReceived)) == 1


def test_of_many_at_once_one_records_it(work: Operations, ledger: Ledger) -> None:
    brought = Brought(ledger.case_id("a"), ev.DocumentReceived("cd" * 32, "judgment", "application/pdf", 10))
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: receive(work.desk.engine, work.pen, [brought]), range(6)))
    assert sorted(map(len, found)) == [0, 1, 1, 1, 1, 1]
    assert len(ledger.events("a", ev.DocumentReceived)) == 1


def test_every_fault_is_named_and_nothing_is_taken(work: Operations, ledger: Ledger, folder: Path) -> None:
    good = made.pdf(3)
    outside = folder.parent / "outside.pdf"
    outside.write_bytes(good)
    (folder / "link.pdf").symlink_to(outside)
    (folder / "loop.pdf").symlink_to(folder / "loop.pdf")
    os.mkfifo(folder / "pipe.pdf")
    (folder / "good.pdf").write_bytes(good)
    twin = {"account_id": "b", "file": "good.pdf", "kind": "judgment"}
    rows: list[tuple[dict[str, str], str, str]] = [
        (paper(folder, "zz", "z.pdf", made.pdf(4)), "account_id", "no account 'zz'"),
        (paper(folder, "never", "n.pdf", made.pdf(4)), "account_id", "never in arrears"),
        (paper(folder, "a", "k.pdf", made.pdf(4), kind="<b>"), "kind", "not a code: '<b>'"),
        (paper(folder, "a", "o.pdf", made.pdf(4), kind="legal_opinion"), "kind", "needs its signer"),
        (paper(folder, "a", "h.pdf", made.pdf(4), node="heaven"), "node", "no node 'heaven'"),
        (paper(folder, "a", "d.pdf", made.pdf(4), dated_on="2099-01-01"), "dated_on", "is not between"),
        (paper(folder, "a", "e.pdf", made.pdf(4), dated_on="1.2.2024"), "dated_on", "not a day"),
        (paper(folder, "a", "p.pdf", made.pdf(4), original_at="tel 13800000001"), "original_at", "phone or identity"),
        (paper(folder, "a", "s.pdf", made.pdf(4), sha256="00" * 32), "sha256", "not the hash"),
        (paper(folder, "a", "zero.pdf", b""), "file", "empty"),
        (paper(folder, "a", "photo.jpg", good), "file", "named .jpg but holds"),
        ({"account_id": "a", "file": "../outside.pdf", "kind": "judgment"}, "file", "no path inside"),
        ({"account_id": "a", "file": str(outside), "kind": "judgment"}, "file", "no path inside"),
        ({"account_id": "a", "file": "scans\\..\\x.pdf", "kind": "judgment"}, "file", "no path inside"),
        ({"account_id": "a", "file": "link.pdf", "kind": "judgment"}, "file", "leads out of the folder"),
        ({"account_id": "a", "file": "loop.pdf", "kind": "judgment"}, "file", "no such file"),
        ({"account_id": "a", "file": "pipe.pdf", "kind": "judgment"}, "file", "no such file"),
        ({"account_id": "a", "file": "scans", "kind": "judgment"}, "file", "no such file"),
        ({"account_id": "a", "file": "x" * 400, "kind": "judgment"}, "file", "no such file"),
        ({"account_id": "a", "file": "", "kind": "judgment"}, "file", "no path inside"),
        (twin, "", ""),
        (twin, "file", "the same paper as in row 22"),
        ({**twin, "account_id": "c"}, "", ""),
    ]  # fmt: skip
    manifest(folder, *[row for row, _, _ in rows])
    done = papers.import_folder(work, folder)
    expected = [(number, field, says) for number, (_, field, says) in enumerate(rows, start=2) if field]
    assert [(each.row, each.field) for each in done.faults] == [(number, field) for number, field, _ in expected]
    for fault, (_, _, says) in zip(done.faults, expected, strict=True):
        assert says in fault.what
        assert fault.mend
    assert (done.rows, done.taken) == (len(rows), 0)
    assert ledger.rows(table) == []
    assert ledger.events("b", ev.DocumentReceived) == []


@on_sqlite
def test_a_file_that_changes_under_ones_hands_is_not_taken(
    work: Operations, ledger: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest(folder, *three(folder))
    judged = judge_rows

    def meddling(*given: object) -> Iterator[object]:
        yield from judged(*given)  # type: ignore[arg-type]
        (folder / "id.jpg").write_bytes(made.image("JPEG", (40, 40)))

    monkeypatch.setattr("desk.papers.judge_rows", meddling)
    with pytest.raises(UserError, match="changed while it was taken in"):
        papers.import_folder(work, folder)
    assert ledger.rows(table) == []


NOT_A_MANIFEST: list[tuple[bytes, str]] = [
    (b"", "no column account_id, file, kind"),
    (b"account_id,file\na,b\n", "no column kind"),
    (b"account_id,file,kind,<i>\n", "unknown or repeated column '<i>'"),
    (b"account_id,file,kind,kind\n", "unknown or repeated column 'kind'"),
    (b'account_id,file,kind\na,"b,c\n', "not a CSV file"),
    (b"account_id,file,kind\na," + b"x" * 200_000 + b",c\n", "not a CSV file"),
    (b"account_id,file,kind\na\0,b,c\n", "zero bytes"),
    (b"\xff\xfe\x81\xff", "neither UTF-8 nor GB 18030"),
]


@on_sqlite
@pytest.mark.parametrize(("text", "says"), NOT_A_MANIFEST, ids=[says for _, says in NOT_A_MANIFEST])
def test_what_is_no_manifest_is_one_line(work: Operations, folder: Path, text: bytes, says: str) -> None:
    (folder / "manifest.csv").write_bytes(text)
    with pytest.raises(UserError, match=says):
        papers.import_folder(work, folder)


@on_sqlite
def test_a_row_with_a_comma_too_many_is_a_fault_of_that_row(work: Operations, folder: Path) -> None:
    (folder / "manifest.csv").write_text("account_id,file,kind\n\na,b.pdf,judgment,more\n", encoding="utf-8")
    (fault,) = papers.import_folder(work, folder).faults
    assert (fault.row, fault.what) == (3, "4 cells, not 3")


# --- from the command line ----------------------------------------------------------------------------------------


def test_faults_are_listed_and_the_last_line_says_what_to_do(played: Path, recourse: Recourse) -> None:
    place = played / "in"
    place.mkdir()
    (place / "manifest.csv").write_text(
        "account_id,file,kind,original_at\nA1,[bold].pdf,judgment,[/x]\nA9,b.pdf,judgment,\n", encoding="utf-8"
    )
    before = contents(played)
    ran = recourse("document", "import", "in", "--as", "sup-01")
    one_line(ran, "3 faults in 2 of 2 rows, nothing was taken in (in/manifest.csv): mend them")
    assert "[bold].pdf" in ran.out
    assert "no account 'A9'" in ran.out
    ran = recourse("document", "import", "in", "--as", "sup-01", "--json")
    one_line(ran, "3 faults")
    assert [(each["row"], each["field"]) for each in ran.json["faults"]] == [
        (2, "file"),
        (3, "account_id"),
        (3, "file"),
    ]
    assert contents(played) == before
    one_line(recourse("document", "import", "nowhere", "--as", "sup-01"), "no such folder")
    one_line(recourse("document", "import", "deliveries", "--as", "sup-01"), "no manifest.csv in the folder")


def test_counts_are_told(played: Path, recourse: Recourse) -> None:
    place = played / "in"
    place.mkdir()
    manifest(place, paper(place, "A1", "a.pdf", made.pdf()), paper(place, "A3", "b.png", made.image("PNG")))
    assert recourse("document", "import", "in", "--as", "sup-01").out == "2 taken, 0 already there\n"
    (place / "more.txt").write_text("x")
    told = recourse("document", "import", "in", "--as", "sup-01")
    assert told.out == "0 taken, 2 already there; 1 files that no row names\n"
    assert recourse("document", "import", "in", "--as", "sup-01", "--json").json == {
        "rows": 2, "taken": 0, "already": 2, "unnamed": 1, "faults": [],
    }  # fmt: skip
