"""Documents drafted from the ledger, for every template there is: a page, or an error that names the field."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from desk import drafting
from desk.account_page import account_page
from desk.commands.book import opened
from desk.open_desk import Desk, open_desk
from desk.operations import Operations
from desk.settings import Settings
from recourse.documents.compose import MissingFact, Refused
from recourse.documents.templates import Templates
from recourse.documents.wording import TO_BE_VERIFIED
from recourse.errors import UserError
from recourse.ledger.people import PeopleReader
from recourse.ledger.vault import DEMO_KEY
from tests.desk.conftest import Recourse, events
from tests.documents import arrivals as made
from tests.documents.conftest import ROOT
from tests.stories.bank import Bank
from tests.stories.conftest import founded

DOCUMENTS = [name for jurisdiction, name in Templates(ROOT).names() if jurisdiction == "cn"]
MAKER = ("--as", "blg-01")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operations]:
    """A bank's account with everything on it: guarantor, mortgage, notices, suit, judgment, enforcement, clue."""
    folder = tmp_path_factory.mktemp("full")
    url = f"sqlite:///{folder / 'recourse.db'}"
    founded(url)
    desk = open_desk(Settings(url, folder / "home", DEMO_KEY, "demo"))
    bank = Bank(desk, folder / "deliveries", "2025-03-10")
    bank.staff_agrees("formal_notice", "acceleration", litigation_route="sue", litigation="", enforcement="")
    bank.post_arrives()
    bank.loan("A1", due="2025-03-10", guarantor=("D2", "joint", "2028-03-10"), mortgaged=True)
    bank.play(until="2025-06-25", every=5)
    bank.play(until="2025-06-26")
    bank.court("A1", "docketed", "heard", "judged", "effective")
    bank.play(until="2025-07-04", every=2)
    bank.court("A1", "ended_for_now")
    bank.play(until="2025-07-11", every=2)
    yield operations_of(desk)
    desk.engine.dispose()


def operations_of(desk: Desk) -> Operations:
    day = desk.business_day()
    return Operations(desk, desk.strategy(day), desk.pen(day, "blg-01"))


def text_of(data: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(data)).pages)


def tried(work: Operations, name: str) -> drafting.Drafted | UserError:
    try:
        return drafting.draft(work, name, "A1")
    except UserError as error:
        return error


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_is_drafted_or_names_the_field(full: Operations, name: str) -> None:
    made = tried(full, name)
    if isinstance(made, MissingFact):
        assert re.fullmatch(r"[a-z][a-z0-9_.\[\]]*", made.field)
        assert made.field in str(made)
    elif isinstance(made, UserError):
        first = min(Templates(ROOT)._versions("cn", name))
        assert isinstance(made, Refused) or first > full.pen.day or "court's own" in str(made), str(made)
    else:
        said = text_of(made.data)
        assert "草稿" in said
        assert full.desk.documents.get(made.sha256) == made.data
        assert made.open == 0 or full.desk.templates.named(made.template).meta.draft
        assert not [mark for mark in ("None", "Undefined", "{{", "{%", "[]", "{}") if mark in said]


@pytest.mark.parametrize("name", ["complaint", "formal_notice", "acceleration_notice", "reminder_message"])
def test_these_need_nothing_but_the_ledger(full: Operations, name: str) -> None:
    assert isinstance(tried(full, name), drafting.Drafted)


def test_a_draft_says_what_is_not_known_and_a_final_paper_refuses(full: Operations) -> None:
    """The complaint is a draft for counsel; the demand on a guarantor is not."""
    complaint = drafting.draft(full, "complaint", "A1")
    assert complaint.open > 5
    said = text_of(complaint.data)
    assert "签订于（待核实）" in said
    assert "是否到期：是□否■" in said, "called early is not matured"
    with pytest.raises(MissingFact) as missing:
        drafting.draft(full, "guarantor_demand", "A1")
    assert missing.value.field == "attachments"
    whole = drafting.draft(
        full, "guarantor_demand", "A1", ["attachments[0]=保证合同复印件", "attachments[1]=欠款明细表"]
    )
    assert (whole.open, whole.said) == (0, ("attachments[0]", "attachments[1]"))
    assert TO_BE_VERIFIED not in text_of(whole.data)


def test_the_same_facts_are_drafted_once(full: Operations) -> None:
    first, again = (drafting.draft(full, "reminder_message", "A1") for _ in range(2))
    assert (first.sha256, again.already) == (again.sha256, True)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("amounts.total=1", "the ledger says what amounts.total is"),
        ("currency=USD", "the ledger says what currency is"),
        ("days_past_due=1", "the ledger says"),
        ("no equals sign", "not PATH=VALUE"),
        ("debtor.__class__=x", "not a way to a fact"),
        ("_slots=x", "not a way to a fact"),
        ("debtor.name.x=y", "leads through a value"),
        ("assets[3].kind=car", "no item before"),
        ("other_claim=", "empty"),
        ("other_claim=a\nb", "unprintable"),
    ],
)
def test_what_a_person_may_not_set(full: Operations, said: str, why: str) -> None:
    with pytest.raises(UserError, match=re.escape(why)):
        drafting.draft(full, "complaint", "A1", [said])


def test_what_a_person_sets_is_text_on_the_page(full: Operations) -> None:
    made = drafting.draft(full, "complaint", "A1", ["other_claim={{ 7 * 7 }} **无**", "agents[0].name=孙某", "agents[0].unit=律所",
                          "agents[0].post=律师", "agents[0].phone=00000-7", "agents[0].authority=一般授权"])  # fmt: skip
    said = text_of(made.data)
    assert "{{7*7}}**无**" in said
    assert "孙某" in said


def test_forbidden_wording_is_not_drafted(full: Operations) -> None:
    with pytest.raises(UserError, match="forbidden wording"):
        drafting.draft(full, "complaint", "A1", ["other_claim=不还钱就坐牢"])


# --- from the command line --------------------------------------------------------------------------------------------

LAWYER = """
title: {zh: 律师函, en: Lawyer's letter}
issuer: law_firm
life_cycle: [draft, reviewed, signed, issued, delivered]
draft: true
channels: [post]
legal_basis:
  - {act: 示例法, in_force_from: 2020-01-01, accessed: 2026-01-01, source: here, confidence: primary}
required: [debtor.name, firm.name]
"""
MINUTES = LAWYER.replace("law_firm", "committee").replace("draft: true", "draft: false").replace(
    "[debtor.name, firm.name]", "[\"votes[].name\", meeting.present, meeting.entitled]").replace("律师函", "会议纪要")  # fmt: skip

VOTES = (
    "{% for vote in votes %}{{ vote.name }}：{{ vote.verdict }}{% if not loop.last %}；{% endif %}{% endfor %}。"
    "应到 {{ meeting.entitled }}，实到 {{ meeting.present }}"
)


@pytest.fixture
def own(played: Path) -> Path:
    """The bank's own templates: the shipped ones, a lawyer's letter, minutes."""
    folder = played / "home" / "legal_templates"
    shutil.copytree(ROOT, folder)
    for name, meta, text in (
        ("lawyer_letter", LAWYER, "致：{{ debtor.name }}\n\n{{ firm.name }}"),
        ("committee_minutes", MINUTES, VOTES),
    ):
        place = folder / "cn" / name
        shutil.rmtree(place)  # the shipped one asks for facts that these stories do not have
        place.mkdir()
        (place / "meta.yaml").write_text(meta, "utf-8")
        (place / "2024-01-01.md").write_text(text, "utf-8")
        (place / "sample.json").write_text("{}", "utf-8")
    return folder


def drafted(recourse: Recourse, *typed: object) -> str:
    ran = recourse("documents", "draft", *typed, "--json", *MAKER)
    assert ran.code == 0, ran.err
    return str(ran.json["sha256"])


def line(recourse: Recourse, account: str, sha256: str) -> dict[str, Any]:
    (found,) = [each for each in recourse("paper", "list", account, "--json").json if each["sha256"] == sha256]
    return dict(found)


def test_the_life_of_a_bank_paper(own: Path, played: Path, recourse: Recourse) -> None:
    """催收通知书 drafted by hand: reviewed by another, printed fair, sealed, issued, proved."""
    paper = drafted(recourse, "formal_notice", "A3", "-o", "draft.pdf")
    assert "草稿" in text_of((played / "draft.pdf").read_bytes())
    name = ("A3", paper[:10])
    assert "made this draft" in recourse("paper", "review", *name, *MAKER).err
    assert "it has to be reviewed next" in recourse("paper", "seal", *name, "--number", "1", "--as", "sup-01").err
    reviewed = recourse("paper", "review", *name, "--as", "sup-01", "--json").json
    fair = opened().documents.get(reviewed["copy"])
    assert "草稿" not in text_of(fair)
    assert text_of(fair) == text_of((played / "draft.pdf").read_bytes()).replace("草稿", "")
    assert "name the draft" in recourse("paper", "seal", "A3", reviewed["copy"], "--number", "1", "--as", "sup-01").err
    assert "made this paper" in recourse("paper", "seal", *name, "--number", "用印〔2025〕7号", *MAKER).err
    assert recourse("paper", "seal", *name, "--number", "用印〔2025〕7号", "--as", "sup-02").code == 0
    assert "one of post, email, hand" in recourse("paper", "issue", *name, "--channel", "sms", *MAKER).err
    assert recourse("paper", "issue", *name, "--channel", "post", *MAKER).code == 0
    assert "--proof" in recourse("paper", "deliver", *name, "--proof", " ", *MAKER).err
    assert recourse("paper", "deliver", *name, "--proof", "EMS 1000000000001", *MAKER).code == 0
    assert "its life is over" in recourse("paper", "deliver", *name, "--proof", "EMS 1", *MAKER).err
    at = line(recourse, "A3", paper)
    assert (at["stage"], at["next"], at["number"], at["maker"]) == ("delivered", "", "用印〔2025〕7号", "blg-01")
    (listed,) = [
        each for each in recourse("document", "list", "A3", "--json").json["papers"] if each["paper"]["sha256"] == paper
    ]
    assert listed["paper"]["stage"] == "delivered"
    (shown,) = [each for each in account_page(opened(), "A3").papers if each.sha256 == paper]
    assert shown.stage == "delivered"
    assert recourse("verify").code == 0


def test_a_seal_number_is_given_once(own: Path, recourse: Recourse) -> None:
    for account, code in (("A3", 0), ("A4", 2)):
        paper = drafted(recourse, "formal_notice", account)
        recourse("paper", "review", account, paper, "--as", "sup-01")
        ran = recourse("paper", "seal", account, paper, "--number", "用印1", "--as", "sup-02")
        assert ran.code == code
    assert "another paper bears 用印1" in ran.err


def test_a_lawyers_letter_leaves_only_as_the_firms_signed_scan(own: Path, played: Path, recourse: Recourse) -> None:
    paper = drafted(recourse, "lawyer_letter", "A3", "--set", "firm.name=示例律师事务所")
    name = ("A3", paper)
    assert recourse("paper", "review", *name, "--as", "sup-01").code == 0
    assert "signed scan" in recourse("paper", "sign", *name, "--by", "钱律师", *MAKER).err
    for kind in ("judgment", "lawyer_letter_signed"):
        (played / f"{kind}.pdf").write_bytes(made.pdf(2 if kind == "judgment" else 3))
        sha = recourse(
            "document", "add", "A3", f"{kind}.pdf", "--kind", kind, "--from", "counsel", "--json", *MAKER
        ).json["sha256"]
        ran = recourse("paper", "sign", *name, "--by", "钱律师", "--copy", sha, *MAKER)
        assert (ran.code == 0) is (kind == "lawyer_letter_signed"), ran.err
    assert recourse("paper", "issue", *name, "--channel", "post", *MAKER).code == 0
    assert line(recourse, "A3", paper)["stage"] == "issued"
    assert recourse("verify").code == 0


def test_minutes_are_never_made_before_the_votes(own: Path, played: Path, recourse: Recourse) -> None:
    refused = recourse("documents", "draft", "committee_minutes", "A3", *MAKER)
    assert (refused.code, "the votes are not recorded yet" in refused.err) == (2, True)
    recourse("documents", "draft", "committee_minutes", "A1", "-o", "minutes.pdf", *MAKER)
    said = text_of((played / "minutes.pdf").read_bytes())
    assert re.search(r"approve.*应到(\d+)，实到\1", said)


def test_letters_that_the_ladder_sends_are_not_led_by_hand(own: Path, recourse: Recourse) -> None:
    made_by_acts = [each["paper"] for each in recourse("document", "list", "A1", "--json").json["papers"]
                    if each["paper"]["origin"] == "made"]  # fmt: skip
    by_kind = {each["kind"]: each["sha256"] for each in made_by_acts}
    ran = recourse("paper", "review", "A1", by_kind["formal_notice"], "--as", "sup-01")
    assert "goes out under the gate" in ran.err
    assert (
        "has no life of its own" in recourse("paper", "review", "A1", by_kind["write_off_packet"], "--as", "sup-01").err
    )
    assert recourse("paper", "review", "A1", by_kind["complaint"], "--as", "sup-01").code == 0
    assert line(recourse, "A1", by_kind["complaint"])["next"] == "signed"
    assert recourse("verify").code == 0


def test_bad_names_change_nothing(own: Path, played: Path, recourse: Recourse) -> None:
    paper = drafted(recourse, "formal_notice", "A3")
    before = events(played)
    for typed in (
        ("documents", "draft", "no_such_paper", "A3", *MAKER),
        ("documents", "draft", "formal_notice", "A9", *MAKER),
        ("documents", "draft", "committee_minutes", "A3", "--gate", "zzz", *MAKER),
        ("paper", "review", "A3", "abc", "--as", "sup-01"),
        ("paper", "review", "A3", "f" * 64, "--as", "sup-01"),
        ("paper", "review", "A3", paper, "--on", "2030-01-01", "--as", "sup-01"),
        ("paper", "review", "A3", paper, "--on", "2020-01-01", "--as", "sup-01"),
    ):
        ran = recourse(*typed)
        assert ran.code == 2, typed
        assert ran.err.count("\n") == 1
    assert events(played) == before


# --- previews and the list ----------------------------------------------------------------------------------------------


def test_an_edited_text_beside_the_one_in_force(own: Path, played: Path, recourse: Recourse, full: Operations) -> None:
    text = (own / "cn" / "formal_notice" / "2024-07-01.md").read_text("utf-8")
    (played / "new.md").write_text(text.replace("请只向上述账户付款", "请仅向上述账户付款"), "utf-8")
    before = events(played)
    typed = (
        "documents",
        "preview",
        "formal_notice",
        "--on",
        "2025-09-26",
        "--draft",
        "new.md",
        "-o",
        "p.pdf",
        "--as",
        "sup-01",
    )
    ran = recourse(*typed, "--json").json
    assert [each["number"] for each in ran["cases"]] == [1, 2, 3]
    for each in ran["cases"]:
        assert (each["old"], each["new"]) == ("", "")
        assert [change[:2] for change in each["changes"]] == ["- ", "+ "]
        assert "请仅向上述账户付款" in each["changes"][1]
    pages = (played / "p.pdf").read_bytes()
    said = text_of(pages)
    assert "比对" in said
    assert all("草稿" in "".join(page.extract_text().split()) for page in PdfReader(BytesIO(pages)).pages)
    with_names = "".join(text_of(drafting.draft(full, "formal_notice", "A1").data))
    assert "借字第A1号" in with_names
    for secret in ("借字第A", "虚构路", "1380000", "11010119800101"):
        assert secret not in said
    for person in PeopleReader(opened().engine, opened().vault).of(["D1", "D3", "D4"]).values():
        assert person.name
        assert person.name not in said
    assert events(played) == before
    assert recourse(*typed, "--json").json == ran


def test_a_preview_says_which_cases_fail(own: Path, played: Path, recourse: Recourse) -> None:
    (played / "new.md").write_text("{{ debtor.name }}的{{ debtor.nickname }}", "utf-8")
    ran = recourse(
        "documents", "preview", "formal_notice", "--on", "2025-09-26", "--draft", "new.md", "--json", "--as", "sup-01"
    )
    assert {each["new"] for each in ran.json["cases"]} == {"missing: nickname"}
    (played / "new.md").write_text("{% if x %}", "utf-8")
    ran = recourse("documents", "preview", "formal_notice", "--on", "2025-09-26", "--draft", "new.md", "--as", "sup-01")
    assert (ran.code, "new.md" in ran.err) == (2, True)


def test_a_preview_opens_only_before_a_screen(
    nowhere: Path, recourse: Recourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched: list[str] = []
    monkeypatch.setattr("typer.launch", launched.append)
    typed = ("documents", "preview", "formal_notice", "--on", "2026-11-01", "-o", "p.pdf")
    assert recourse(*typed).out.endswith("→ p.pdf\n")
    assert launched == []
    monkeypatch.setattr("desk.commands.paper._has_display", lambda: True)
    recourse(*typed, "--no-open")
    assert launched == []
    recourse(*typed)
    assert launched == [str((nowhere / "p.pdf").resolve())]


def test_the_list_says_who_approved_what(nowhere: Path, recourse: Recourse) -> None:
    listed = {each["name"]: each for each in recourse("documents", "list", "--on", "2026-11-01", "--json").json}
    assert listed["cn/complaint"]["draft"]
    assert not any(each["approved_by_the_bank"] for each in listed.values())
    out = recourse("documents", "list", "--on", "2026-11-01", "--jurisdiction", "cn").out
    assert "no: shipped default" in out
    assert "tw/" not in out
    assert recourse("documents", "list", "--on", "1990-01-01", "--json").json == []
