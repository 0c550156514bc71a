"""The collection file, the filing bundle and the committee book from the command line, on a bank that was played."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from desk.commands.book import opened
from recourse.packets.checking import manifest_in
from recourse.packets.model import Manifest
from tests.desk.conftest import Recourse, contents
from tests.documents.conftest import pages_of

__all__ = ["pages_of"]

Pages = Callable[[bytes], list[str]]


def manifest(path: Path) -> Manifest:
    found = manifest_in(path.read_bytes())
    assert found is not None
    return found


def known_hashes(folder: Path) -> set[str]:
    with sqlite3.connect(folder / "recourse.db") as connection:
        tables = ("documents_made", "papers", "documents")
        found = {row[0] for table in tables for row in connection.execute(f"SELECT sha256 FROM {table}")}
    connection.close()
    return found


def text_of(path: Path, exhibit: str, pages_of: Pages) -> str:
    """The pages of the exhibit whose heading holds these words, without spaces."""
    (place,) = [each for each in manifest(path).exhibits if exhibit in each.heading]
    return "".join(pages_of(path.read_bytes())[place.first - 1 : place.last])


def test_the_collection_file_holds_everything(played: Path, recourse: Recourse, pages_of: Pages) -> None:
    ran = recourse("packet", "build", "A1", "--kind", "collection_file", "-o", "f.pdf", "--as", "bap-01")
    assert (ran.code, ran.out) == (0, "A1 → f.pdf\n"), ran.err
    assert recourse("packet", "verify", "f.pdf").code == 0
    path = played / "f.pdf"
    cover = pages_of(path.read_bytes())[0]
    for said in ("王二", "A1", "36,000.00", "bap-01", "个人信息", "裁定终结本次执行程序"):
        assert said in cover
    chronicle = text_of(path, "处置经过", pages_of)
    for said in ("entry.formal_notice", "诉讼时效中断", "编制文件：催收通知书", "复核余额", "核销入账"):
        assert said in chronicle
    assert "document:file" not in chronicle, "an event is told by its code"
    contacts = text_of(path, "联系记录", pages_of)
    assert "contact.quiet_hours" in contacts
    assert "已许可" in contacts
    assert contacts.count("信函") == 2, "of all papers only the two notices went to the debtor"
    votes = text_of(path, "审批和表决", pages_of)
    assert "风险管理部" in votes
    for said in ("同意", "材料齐备", "清单", "呆账核销", "审批编号"):
        assert said in votes
    assert "法院立案" in text_of(path, "法律程序", pages_of)
    assert "没有收款" in text_of(path, "收款", pages_of)


def test_every_paper_of_the_file_is_in_it_and_known_to_the_ledger(played: Path, recourse: Recourse) -> None:
    recourse("packet", "build", "A1", "--kind", "collection_file", "-o", "f.pdf", "--as", "bap-01")
    bound = {each.sha256: each for each in manifest(played / "f.pdf").exhibits if each.file}
    assert set(bound) <= known_hashes(played)
    with sqlite3.connect(played / "recourse.db") as connection:
        query = "SELECT d.sha256, d.kind FROM documents_made d JOIN cases c USING (case_id) WHERE c.account_id = 'A1'"
        made = dict(connection.execute(query).fetchall())
        brought = {sha256 for (sha256,) in connection.execute("SELECT sha256 FROM papers")}
    connection.close()
    papers = {sha256 for sha256, kind in made.items() if kind not in ("write_off_packet", "collection_file")}
    assert {"formal_notice", "complaint", "approval_record"} <= set(made.values())
    assert set(bound) == papers | brought
    assert all(each.source.startswith("case:") and "#" in each.source for each in bound.values())


def test_who_had_it_made_stands_in_the_journal_once(played: Path, recourse: Recourse) -> None:
    recourse("packet", "build", "A1", "--kind", "litigation", "-o", "one.pdf", "--as", "blg-01")
    before = contents(played)
    recourse("packet", "build", "A1", "--kind", "litigation", "-o", "two.pdf", "--as", "blg-01")
    assert (played / "one.pdf").read_bytes() == (played / "two.pdf").read_bytes()
    assert contents(played) == before
    assert recourse("verify").code == 0


def test_a_nobody_gets_no_packet(played: Path, recourse: Recourse, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(played)
    for kind in ("collection_file", "litigation", "placement"):
        assert recourse("packet", "build", "A1", "--kind", kind, "-o", "f.pdf").code == 2
    assert recourse("packet", "build", "A1", "--kind", "novel", "-o", "f.pdf", "--as", "bap-01").code == 2
    assert recourse("packet", "build", "A2", "--kind", "collection_file", "-o", "f.pdf", "--as", "bap-01").code == 2
    assert recourse("packet", "build", "A1", "--kind", "placement", "-o", "f.pdf", "--as", "bap-01").code == 2
    assert not (played / "f.pdf").exists()
    assert contents(played) == before


def test_the_filing_bundle(played: Path, recourse: Recourse, pages_of: Pages) -> None:
    ran = recourse("packet", "build", "A1", "--kind", "litigation", "-o", "suit.pdf", "--as", "blg-01")
    assert ran.out.splitlines()[-1] == "missing: debtor_identity, plaintiff_papers, power_of_attorney", ran.err
    assert recourse("packet", "verify", "suit.pdf").code == 0
    path = played / "suit.pdf"
    cover = pages_of(path.read_bytes())[0]
    assert "授权委托书缺待分行法务补齐" in cover
    assert "放款凭证已备" in cover
    assert "送达凭证" not in cover, "both notices were proved to have arrived"
    draft = text_of(path, "起诉状", pages_of)
    for said in ("诉讼请求", "36,000.00", "王二", "借款关系成立"):
        assert said in draft
    names = [each.heading.split(" ", 1)[1] for each in manifest(path).exhibits]
    assert names == [
        "民事起诉状（草稿）", "证据目录", "借款合同", "放款凭证", "欠款明细表", "还款记录", "催收通知书", "第 1 份通知的送达凭证",
        "贷款提前到期通知书", "第 2 份通知的送达凭证",
    ]  # fmt: skip
    index = text_of(path, "证据目录", pages_of)
    for each in manifest(path).exhibits[2:]:
        span = f"{each.first}–{each.last}" if each.first != each.last else f"{each.first}"
        assert f"{each.sha256[-16:]}{span}" in index
    assert {each.sha256 for each in manifest(path).exhibits if each.file} <= known_hashes(played)


def test_the_book_of_a_list(played: Path, recourse: Recourse, pages_of: Pages) -> None:
    (gate,) = [each for each in recourse("gates", "list", "--json").json if each["node"] == "formal_notice"]
    ran = recourse("packet", "book", "--gate", gate["gate_id"][:10], "-o", "book.pdf", "--as", "bap-01")
    assert ran.code == 0, ran.err
    assert recourse("packet", "verify", "book.pdf").code == 0
    pages = pages_of((played / "book.pdf").read_bytes())
    assert "催收通知书" in pages[0]
    assert gate["gate_id"] in pages[0]
    page = text_of(played / "book.pdf", "第1户 A3", pages_of)
    for said in ("王", "36,000.00", "34天", "entry.formal_notice"):
        assert said in page
    assert "王四" not in "".join(pages), "a name is masked"


def test_the_book_of_accounts(played: Path, recourse: Recourse, pages_of: Pages) -> None:
    (played / "list.csv").write_text("account_id,remark\nA3,x\nA1\n\nA3\n", encoding="utf-8")
    ran = recourse("packet", "book", "--accounts", "list.csv", "-o", "book.pdf", "--as", "bap-01")
    assert ran.code == 0, ran.err
    names = [each.heading for each in manifest(played / "book.pdf").exhibits]
    assert names[2:] == ["第1户 A1", "第2户 A3"]
    first = text_of(played / "book.pdf", "第1户 A1", pages_of)
    with opened().engine.connect() as connection:
        frozen = connection.exec_driver_sql(
            "SELECT sha256 FROM documents_made WHERE kind = 'write_off_packet'"
        ).scalar()
    assert str(frozen) in first
    assert "criterion." in first
    assert "无条件成立" in text_of(played / "book.pdf", "第2户 A3", pages_of)


@pytest.mark.parametrize(
    ("text", "more"),
    [("", ()), ("A9\n", ()), ("A1\n", ("--node", "novel")), ("A1\n", ("--gate", "x"))],
    ids=["nobody", "unknown account", "unknown node", "both"],
)
def test_no_book_of_what_is_not_there(played: Path, recourse: Recourse, text: str, more: tuple[str, ...]) -> None:
    (played / "list.txt").write_text(text, encoding="utf-8")
    assert recourse("packet", "book", "--accounts", "list.txt", "-o", "b.pdf", "--as", "bap-01", *more).code == 2
    assert recourse("packet", "book", "--gate", "nothing", "-o", "b.pdf", "--as", "bap-01").code == 2
    assert recourse("packet", "book", "-o", "b.pdf", "--as", "bap-01").code == 2
    assert not (played / "b.pdf").exists()
