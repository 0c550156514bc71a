"""Papers from the command line: brought in, refused, checked by two persons, listed; and what the rest reads of them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from desk.account_page import account_page
from desk.commands.book import opened
from recourse.ledger.database import reading
from recourse.ledger.history import HistoryReader
from recourse.packets import checking
from recourse.packets.write_off import content_of
from recourse.verify import verify
from tests.desk.conftest import Ran, Recourse, contents, events
from tests.desk.played_bank import FOR_THE_PACKET
from tests.desk.test_bad_input import one_line
from tests.documents import arrivals as made

pytestmark = pytest.mark.usefixtures("played")

SUP, BLG, OTHER = ("--as", "sup-01"), ("--as", "blg-01"), ("--as", "sup-02")
JUDGMENT = made.pdf(3)
HASH = hashlib.sha256(JUDGMENT).hexdigest()
VAULT = ("--original-at", "总行档案库 3-12-07")


@pytest.fixture
def judgment(played: Path) -> Path:
    (played / "判决书.pdf").write_bytes(JUDGMENT)
    return Path("判决书.pdf")


def papers_of(recourse: Recourse, account: str) -> list[dict[str, Any]]:
    return [each for each in recourse("document", "list", account, "--json").json["papers"]
            if each["paper"]["origin"] == "received" and each["paper"]["kind"] not in FOR_THE_PACKET]  # fmt: skip


def test_a_paper_comes_in_once(played: Path, recourse: Recourse, judgment: Path) -> None:
    typed = ("document", "add", "A1", judgment, "--kind", "judgment", "--node", "litigation", "--dated", "2025-06-20",
             *VAULT, "--from", "court", *SUP)  # fmt: skip
    assert recourse(*typed).out == f"judgment {HASH}\n"
    journal = events(played)
    assert recourse(*typed).out == f"already there, as judgment {HASH}\n"
    other = ("document", "add", "A1", judgment, "--kind", "court_filing", "--json", *SUP)
    assert (recourse(*other).json["already"], recourse(*other).json["kind"]) == (True, "judgment")
    assert events(played) == journal
    (listed,) = papers_of(recourse, "A1")
    assert listed["kept"]
    assert not listed["checked"]
    known = {"sha256": HASH, "kind": "judgment", "node": "litigation", "dated_on": "2025-06-20", "source": "court",
             "media_type": "application/pdf", "size": len(JUDGMENT), "original_at": VAULT[1]}  # fmt: skip
    assert {name: listed["paper"][name] for name in known} == known
    assert opened().documents.get(HASH) == JUDGMENT
    assert recourse("verify").code == 0


def test_the_same_paper_may_prove_something_of_two_accounts(recourse: Recourse, judgment: Path) -> None:
    for account in ("A1", "A3"):
        assert recourse("document", "add", account, judgment, "--kind", "judgment", *SUP).out == f"judgment {HASH}\n"
        assert len(papers_of(recourse, account)) == 1


def test_nothing_of_a_file_or_its_name_stands_in_the_ledger(played: Path, recourse: Recourse) -> None:
    name = "王一 13800000001 <b>[red].pdf"
    (played / name).write_bytes(JUDGMENT)
    assert recourse("document", "add", "A1", name, "--kind", "judgment", *SUP).code == 0
    assert recourse("document", "list", "A1").code == 0
    ledger = b"".join(path.read_bytes() for path in played.glob("recourse.db*") if path.is_file())
    assert HASH.encode() in ledger
    assert "王一 1380000".encode() not in ledger
    assert not any(JUDGMENT[:200] in path.read_bytes() for path in (played / "documents").rglob("*") if path.is_file())


def test_markup_in_a_place_is_shown_as_it_was_written(recourse: Recourse, judgment: Path) -> None:
    place = "[/red] <script>alert(1)</script>"
    assert recourse("document", "add", "A1", judgment, "--kind", "judgment", "--original-at", place, *SUP).code == 0
    assert "[/red]" in recourse("document", "list", "A1").out


def test_a_legal_opinion_brings_its_signature(played: Path, recourse: Recourse, judgment: Path) -> None:
    typed = ("document", "add", "A3", judgment, "--kind", "legal_opinion", *SUP)
    one_line(recourse(*typed), "a legal opinion needs its signer")
    journal = events(played)
    for _ in range(2):
        assert recourse(*typed, "--signed-by", "律师甲").code == 0
        assert events(played) == journal + 2
    (played / "x.pdf").write_bytes(made.pdf(1))
    recourse("document", "add", "A1", "x.pdf", "--kind", "judgment", *SUP)
    again = ("document", "add", "A1", "x.pdf", "--kind", "legal_opinion", "--signed-by", "甲", *SUP)
    one_line(recourse(*again), "these bytes lie in the file as judgment")


WRONG: list[tuple[tuple[str, ...], str]] = [
    (("A9", "sound.pdf", "--kind", "judgment"), "no account 'A9'"),
    (("A2", "sound.pdf", "--kind", "judgment"), "account 'A2' has no case"),
    (("A1", "none.pdf", "--kind", "judgment"), "no such file (none.pdf)"),
    (("A1", ".", "--kind", "judgment"), "no such file"),
    (("A1", "empty.pdf", "--kind", "judgment"), "the file is empty (empty.pdf)"),
    (("A1", "pdf.jpg", "--kind", "judgment"), "named .jpg but holds application/pdf (pdf.jpg)"),
    (("A1", "secret.pdf", "--kind", "judgment"), "the PDF needs a password"),
    (("A1", "page.html", "--kind", "judgment"), "neither PDF, JPEG, PNG nor OFD"),
    (("A1", "sound.pdf", "--kind", "Judgment of the court"), "not a code: 'Judgment of the court' (--kind)"),
    (("A1", "sound.pdf", "--kind", ""), "not a code: '' (--kind)"),
    (("A1", "sound.pdf", "--kind", "judgment", "--node", "heaven"), "no node 'heaven'"),
    (("A1", "sound.pdf", "--kind", "judgment", "--dated", "2099-01-01"), "2099-01-01 lies after the business day"),
    (("A1", "sound.pdf", "--kind", "judgment", "--dated", "20 June"), "not a day: '20 June'"),
    (("A1", "sound.pdf", "--kind", "judgment", "--from", "王一"), "unknown source '王一'"),
    (("A1", "sound.pdf", "--kind", "judgment", "--original-at", "x" * 121), "longer than 120"),
    (("A1", "sound.pdf", "--kind", "judgment", "--original-at", "two\nlines"), "control characters"),
    (("A1", "sound.pdf", "--kind", "judgment", "--original-at", "王一 138 0000 0001"), "a phone or identity number"),
    (("A1", "sound.pdf", "--kind", "judgment", "--original-at", "身份证１１０１０１１９８００１０１００１０"), "a phone or identity"),
]  # fmt: skip


def test_what_is_wrong_is_one_line_and_changes_nothing(played: Path, recourse: Recourse) -> None:
    for name, data in {"sound.pdf": JUDGMENT, "empty.pdf": b"", "pdf.jpg": JUDGMENT, "page.html": b"<html>",
                       "secret.pdf": made.pdf(password="secret")}.items():  # fmt: skip
        (played / name).write_bytes(data)
    before = contents(played)
    for typed, says in WRONG:
        one_line(recourse("document", "add", *typed, *SUP), says)
    one_line(
        recourse("document", "add", "A1", "sound.pdf", "--kind", "judgment", "--as", "nobody"), "nobody is enrolled"
    )
    assert contents(played) == before


def test_the_largest_size_is_a_setting(played: Path, recourse: Recourse) -> None:
    (played / "big.pdf").write_bytes(made.pdf(subject="x" * 1024 * 1024))
    typed = ("document", "add", "A1", "big.pdf", "--kind", "judgment", *SUP)
    one_line(recourse(*typed, largest_paper_mb="1"), "at most 1,048,576 (big.pdf)")
    one_line(recourse(*typed, largest_paper_mb="much"), "not a size: 'much' (RECOURSE_LARGEST_PAPER_MB)")
    assert recourse(*typed, largest_paper_mb="2").code == 0


# --- originals ----------------------------------------------------------------------------------------------------


def check(recourse: Recourse, *typed: str) -> Ran:
    return recourse("document", "check", "A1", HASH, *typed)


def is_checked(recourse: Recourse) -> bool:
    (listed,) = papers_of(recourse, "A1")
    return bool(listed["checked"])


@pytest.fixture
def brought(recourse: Recourse, judgment: Path) -> None:
    assert recourse("document", "add", "A1", judgment, "--kind", "judgment", *SUP).code == 0


@pytest.mark.usefixtures("brought")
def test_an_original_is_checked_by_two_persons_and_never_by_one(played: Path, recourse: Recourse) -> None:
    assert "a second person has to confirm it" in check(recourse, *VAULT, *SUP).out
    before = contents(played)
    one_line(check(recourse, *VAULT, *SUP), "sup-01 has seen it already")
    assert contents(played) == before
    assert not is_checked(recourse)
    assert check(recourse, *VAULT, *BLG).out == f"checked by sup-01 and blg-01 at {VAULT[1]}\n"
    assert is_checked(recourse)
    journal = events(played)
    assert check(recourse, *VAULT, *OTHER, "--json").json["state"] == "already"
    assert events(played) == journal
    assert "checked: sup-01, blg-01" in " ".join(recourse("document", "list", "A1").out.split())
    assert recourse("verify").code == 0


@pytest.mark.usefixtures("brought")
def test_who_was_named_has_to_say_so(played: Path, recourse: Recourse) -> None:
    one_line(check(recourse, *VAULT, "--with", "sup-01", *SUP), "one person cannot check an original alone")
    one_line(check(recourse, *VAULT, "--with", "ghost", *SUP), "no person is enrolled as 'ghost'")
    assert "blg-01 has to confirm it" in check(recourse, *VAULT, "--with", "blg-01", *SUP).out
    one_line(check(recourse, *VAULT, *OTHER), "sup-01 saw it with blg-01")
    one_line(check(recourse, *VAULT, "--with", "sup-02", *BLG), "it was sup-01 who saw it first")
    assert not is_checked(recourse)
    assert check(recourse, *VAULT, "--with", "sup-01", *BLG).out.startswith("checked by")


@pytest.mark.usefixtures("brought")
def test_an_original_that_moved_is_checked_anew(recourse: Recourse) -> None:
    moved = ("--original-at", "法院卷宗")
    check(recourse, *VAULT, *SUP)
    assert f"before: sup-01: {VAULT[1]}" in check(recourse, *moved, *BLG).out
    assert not is_checked(recourse)
    assert check(recourse, *moved, *SUP).out == "checked by blg-01 and sup-01 at 法院卷宗\n"
    assert papers_of(recourse, "A1")[0]["paper"]["original_at"] == "法院卷宗"
    check(recourse, *VAULT, *OTHER)
    assert not is_checked(recourse)


@pytest.mark.usefixtures("brought")
def test_the_paper_is_named_by_its_hash(recourse: Recourse) -> None:
    assert recourse("document", "check", "A1", HASH[:8].upper(), *VAULT, *SUP).code == 0
    one_line(recourse("document", "check", "A1", HASH[:7], *VAULT, *SUP), "give 8 digits")
    one_line(recourse("document", "check", "A1", "0" * 64, *VAULT, *SUP), "no paper '0000")
    one_line(recourse("document", "check", "A3", HASH, *VAULT, *SUP), "no paper")
    one_line(recourse("document", "check", "A1", HASH, "--original-at", " ", *SUP), "no place")
    one_line(recourse("document", "check", "A1", HASH, *SUP), "Missing option '--original-at'")


def test_a_paper_of_ours_has_an_original_too(recourse: Recourse) -> None:
    ours = next(each["paper"] for each in recourse("document", "list", "A1", "--json").json["papers"]
                if each["paper"]["kind"] == "formal_notice")  # fmt: skip
    for who in (SUP, BLG):
        assert recourse("document", "check", "A1", ours["sha256"], *VAULT, *who).code == 0
    found = recourse("document", "list", "A1", "--json").json["papers"]
    assert [each["checked"] for each in found if each["paper"]["sha256"] == ours["sha256"]] == [True]


# --- recordings ---------------------------------------------------------------------------------------------------


@pytest.fixture
def call(recourse: Recourse) -> tuple[str, str]:
    """A call of A4 that was dialled, and its permit."""
    call_id = next(each["call"] for each in recourse("calls", "list", "--json").json if each["account"] == "A4")
    dialled = recourse("calls", "dial", call_id, "--as", "caller-01")
    assert dialled.code == 0, dialled
    return call_id, dialled.out.split()[-1]


def refer(recourse: Recourse, account: str, *typed: str) -> Ran:
    return recourse("document", "recording", account, *typed, *SUP)


def test_a_recording_is_a_reference_to_a_contact(played: Path, recourse: Recourse, call: tuple[str, str]) -> None:
    call_id, permit = call
    typed = ("--system", "录音平台", "--ref", "20250926-000123", "--seconds", "184", "--sha256", "AB" * 32)
    assert refer(recourse, "A4", "--call", call_id, *typed).out == "referred to\n"
    journal = events(played)
    assert refer(recourse, "A4", "--contact", permit, *typed).out == "already referred to\n"
    assert events(played) == journal
    (found,) = recourse("document", "list", "A4", "--json").json["recordings"]
    assert {name: found[name] for name in ("system", "reference", "permit_id", "call_id", "seconds", "sha256")} == {
        "system": "录音平台", "reference": "20250926-000123", "permit_id": permit, "call_id": call_id, "seconds": 184,
        "sha256": "ab" * 32,
    }  # fmt: skip
    assert "20250926-000123" in recourse("document", "list", "A4").out
    assert recourse("verify").code == 0


def test_a_recording_that_is_not_one(played: Path, recourse: Recourse, call: tuple[str, str]) -> None:
    call_id, permit = call
    ref = ("--system", "s", "--ref", "r1")
    assert refer(recourse, "A4", "--call", call_id, *ref).code == 0
    before = contents(played)
    one_line(refer(recourse, "A4", *ref), "of which contact?")
    one_line(refer(recourse, "A4", "--call", call_id, "--contact", permit, *ref), "of which contact?")
    one_line(refer(recourse, "A3", "--call", call_id, *ref), f"no call '{call_id}' of this account")
    one_line(refer(recourse, "A4", "--call", "nocall", *ref), "no call 'nocall'")
    one_line(refer(recourse, "A4", "--contact", "nopermit", *ref), "no contact 'nopermit'")
    one_line(refer(recourse, "A4", "--call", call_id, "--system", " ", "--ref", "r"), "needs its system")
    for number in ("13800000001", "tel_+8613800000001.wav", "138-0000-0001", "0912345678"):
        one_line(refer(recourse, "A4", "--call", call_id, "--system", "s", "--ref", number), "a phone or identity")
    one_line(refer(recourse, "A4", "--call", call_id, *ref, "--seconds", "0"), "not a length")
    one_line(refer(recourse, "A4", "--call", call_id, *ref, "--sha256", "xyz"), "not a hash")
    assert contents(played) == before


def test_a_call_that_nobody_dialled_has_no_recording(recourse: Recourse) -> None:
    call_id = recourse("calls", "list", "--json").json[0]["call"]
    one_line(refer(recourse, "A4", "--call", call_id, "--system", "s", "--ref", "r"), "was never dialled")


def test_one_reference_is_of_one_contact(recourse: Recourse, call: tuple[str, str]) -> None:
    call_id, _ = call
    assert refer(recourse, "A4", "--call", call_id, "--system", "s", "--ref", "r1").code == 0
    assert recourse("calls", "record", call_id, "no_answer", *SUP).code == 0
    assert recourse("calls", "dial", call_id, "--as", "caller-01").code == 0
    one_line(refer(recourse, "A4", "--call", call_id, "--system", "s", "--ref", "r1"), "is of another contact")


# --- who reads it -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("brought")
def test_packet_complaint_and_account_page_read_what_was_brought_in(played: Path, recourse: Recourse) -> None:
    contract = made.image("JPEG")
    (played / "c.jpg").write_bytes(contract)
    recourse("document", "add", "A1", "c.jpg", "--kind", "loan_contract", "--dated", "2024-02-01", *SUP)
    sha256 = hashlib.sha256(contract).hexdigest()
    desk = opened()
    papers = HistoryReader(desk.engine).papers(["A1", "A2"])
    assert [(each.kind, each.sha256, str(each.dated_on)) for each in papers["A1"] if each.sha256 == sha256] == [
        ("loan_contract", sha256, "2024-02-01")
    ]
    assert len({each.sha256 for each in papers["A1"]}) == len(papers["A1"])
    recourse("packet", "build", "A1", "-o", "a1.pdf")
    text = checking.content_of((played / "a1.pdf").read_bytes())
    assert text is not None
    content = content_of(text)
    listed = [(each.kind, str(each.dated_on)) for each in content.data.documents if each.sha256 == sha256]
    assert listed == [("借款合同", "2024-02-01")]
    page = account_page(desk, "A1")
    assert [(each.kind, each.ours, each.kept) for each in page.papers if each.sha256 == sha256] == [
        ("loan_contract", False, True)
    ]
    desk.engine.dispose()


@pytest.mark.usefixtures("brought")
@pytest.mark.parametrize(
    ("statement", "fault"),
    [("UPDATE papers SET kind = 'contract'", "the journal gives another row"),
     ("UPDATE papers SET size = 1", "the journal gives another row"),
     ("DELETE FROM papers", "its row is gone"),
     ("UPDATE originals SET confirmed_by = 'sup-02'", "the journal gives another row"),
     ("DELETE FROM originals", "its row is gone"),
     ("INSERT INTO recordings VALUES ('c', 's', 'r', 'p', '', NULL, '', '2025-01-01')", "the journal knows nothing of it"),
     ("DELETE FROM documents_made", "its row is gone"),
     ("UPDATE documents_made SET kind = 'x'", "the journal gives another row"),
     ("UPDATE calls SET script = 'x'", "the journal gives another row"),
     ("DELETE FROM calls", "its row is gone")],
)  # fmt: skip
def test_a_row_that_the_journal_does_not_give_is_found(recourse: Recourse, statement: str, fault: str) -> None:
    check(recourse, *VAULT, *SUP)
    desk = opened()
    with desk.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    with reading(desk.engine) as connection:
        table = next(
            word
            for word in statement.split()
            if word in {"papers", "originals", "recordings", "documents_made", "calls"}
        )
        assert any(table in each and fault in each for each in verify(connection).faults)
    desk.engine.dispose()
