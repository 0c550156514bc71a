"""What a person gets wrong: one line that says what, where and the mend; exit code 2; nothing half-written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from desk.commands.book import opened
from recourse.errors import UserError
from recourse.ladder import ActClass, Edge, EdgeKind, Node, Speed, build
from tests.desk.conftest import Ran, Recourse, contents, events

ON = ("--on", "2025-02-30")
REASON = ("--reason", "同意")
SUP = ("--as", "sup-01")

CONTRACT = ("agency", "contract", "agency-a", "--from", "2025-10-01", "--until", "2026-12-31")

WRONG: list[tuple[tuple[str, ...], str]] = [
    # who and what is meant
    (("explain", "A9"), "no account 'A9'"),
    (("explain", "A2"), "account 'A2' has no case"),
    (("hold", "A9", "complaint", *REASON, *SUP), "no account 'A9'"),
    (("packet", "build", "A9", "-o", "x.pdf"), "no account 'A9'"),
    (("report", "person", "D9", "deceased", *REASON, *SUP), "no person 'D9'"),
    (("report", "person", "D1", "asleep", *REASON, *SUP), "unknown status 'asleep'"),
    (("report", "value", "A1", "H1", "5", "--method", "appraisal", *SUP), "no collateral 'H1'"),
    (("sale", "agreed", "A1", "H1", "100", "--consent", "x", "--proof", "y", *SUP), "no agreed sale is under way"),
    (("arrangement", "propose", "A3", "--kind", "gift", "--months", "3", *SUP), "unknown kind 'gift'"),
    (("arrangement", "propose", "A3", "--kind", "reschedule", *SUP), "how it is paid is not said"),
    (("arrangement", "propose", "A3", "--kind", "reschedule", "--months", "3", "--first", "2024-01-01", *SUP), "fall due on 2024"),
    (("arrangement", "propose", "A3", "--kind", "reschedule", "--schedule", "soon=5", *SUP), "--schedule"),
    (("arrangement", "sign", "A3", "--recording", "line 1", *SUP), "no arrangement was agreed to"),
    (("arrangement", "end", "A3", *SUP), "no arrangement is in force"),
    (("policy", "show", "contact.quiet"), "no rule 'contact.quiet'"),
    (("stage", "A1", "won", *SUP), "unknown stage 'won'"),
    (("stage", "A1", "filed", *SUP), "'filed' does not follow 'ended_for_now'"),
    (("proof", "A3", "reminder", "delivered", "--proof", "x", *SUP), "'reminder' sends no letter"),
    (("proof", "A3", "formal_notice", "lost", "--proof", "x", *SUP), "unknown status 'lost'"),
    (("document", "add", "A1", "missing.pdf", "--kind", "judgment", *SUP), "no such file"),
    (("packet", "verify", "missing.pdf"), "no such file"),
    (("documents", "preview", "love_letter", "--on", "2025-09-01"), "love_letter"),
    # days
    (("explain", "A1", *ON), "not a day: '2025-02-30'"),
    (("explain", "A1", "--known-on", "31.3.2025"), "not a day: '31.3.2025'"),
    (("run", "--from", "2025-13-01", "--to", "2025-03-01"), "not a day: '2025-13-01'"),
    (("run", "--from", "2025-10-10", "--to", "2025-10-01"), "2025-10-01 is before 2025-10-10"),
    (("run", "--from", "2025-10-01", "--to", "2025-10-01"), "no business day in this span"),
    (("run", "--from", "2025-03-03", "--to", "2025-03-03"), "business days go forward"),
    (("run", "--from", "2025-09-29", "--to", "2025-09-29", "--deliveries", "missing"), "no such folder"),
    (("sweep", *ON), "not a day"),
    (("sweep", "--on", "2025-09-26"), "2025-09-26 is closed"),
    (("sweep", "--on", "2025-09-29", "--shard", "4/2"), "not a shard: '4/2'"),
    (("dispatch", "--on", "2025-09-26"), "2025-09-26 is closed"),
    (("dispatch", "--on", "2099-01-01"), "2099-01-01 is not open"),
    (("dispatch", "--on", "2025-09-26", "--shard", "x"), "2025-09-26 is closed"),
    (("close", "--on", "2025-09-29"), "2025-09-29 is not open"),
    (("packet", "batch", *ON, "-o", "out"), "not a day"),
    (("kpi", "--from", "2025-02-30"), "not a day"),
    (("verify", "--since", "yesterday"), "not a day"),
    (("verify", "--shard", "half"), "not a shard"),
    (("intake", "deliveries", "--known-on", "2025-02-30"), "not a day"),
    # gates and people
    (("gates", "show", "nogate"), "no gate 'nogate'"),
    (("gates", "approve", "nogate", *REASON, *SUP), "no gate 'nogate'"),
    (("gates", "approve", "GATE", *SUP), "Missing option '--reason'"),
    (("gates", "approve", "GATE", "--reason", "  ", *SUP), "an answer needs a reason"),
    (("gates", "reject", "GATE", "--reason", "", *SUP), "an answer needs a reason"),
    (("gates", "approve", "GATE", *REASON, "--as", "nobody"), "nobody is enrolled as 'nobody'"),
    (("gates", "approve", "GATE", *REASON, "--as", "fin-01"), "fin-01 has no seat here"),
    (("gates", "approve", "GATE", *REASON, "--choice", "sue", *SUP), "offers no choice"),
    (("gates", "approve", "GATE", *REASON, "--strike", "A9", *SUP), "'A9' is not on this list"),
    (("gates", "strike", "GATE", "A9", *REASON, *SUP), "'A9' is not on this list"),
    (("token", "enrol", "new-01", "--role", "SUP", *SUP), "sup-01 may not enrol others"),
    (("token", "issue", "sup-01", *SUP), "sup-01 may not enrol others"),
    (("token", "delegate", "sup-02", "--from", "2025-10-02", "--until", "2025-10-01", *REASON, *SUP),
     "before it begins"),
    (("token", "standing", "call", "--from", "2025-10-01", "--until", "2025-10-02", *REASON, *SUP), "'call' takes no"),
    (("token", "standing", "guarantor_demand", "--from", "2025-10-01", "--until", "2025-10-02", *REASON, *SUP),
     "sup-01 may not authorise"),
    (("calls", "record", "nocall", "promise", "--promise", "2025-10-01", *SUP), "no call 'nocall'"),
    (("calls", "record", "CALL", "sang", *SUP), "unknown outcome 'sang'"),
    (("calls", "record", "CALL", "promise", "--promise", "2026-10-01", *SUP), "a promise for 2026-10-01"),
    (("calls", "record", "CALL", "no_answer", *SUP), "was not taken"),
    # agencies
    (("agency", "publish", "agency-z", "--where", "page", *SUP), "no agency 'agency-z'"),
    (("agency", "publish", "agency-a", "--where", " ", *SUP), "something is left unsaid (--where)"),
    (("agency", "register", "agency-c", "--recipient", "age1x", "--verifier", "x", "--meets", "full_recording", *SUP),
     "the agency does not meet 'business_licence' (agency_standard.business_licence)"),
    (("agency", "register", "../c", "--recipient", "age1x", "--verifier", "x", "--meets", "x", *SUP), "not a name"),
    ((*CONTRACT, "--fixed", "1", "--term", "take_cash", *SUP), "may not hold 'take_cash' (agency_term.take_cash"),
    ((*CONTRACT, "--recovery-bp", "3000", *SUP), "may not hold 'pure_contingency' (agency_term.pure_contingency"),
    ((*CONTRACT, *SUP), "the contract pays nothing"),
    ((*CONTRACT, "--fixed", "1", "--paper", "missing.pdf", *SUP), "no such file"),
    ((*CONTRACT, "--fixed", "1", "--currency", "XYZ", *SUP), "unknown currency 'XYZ'"),
    (("agency", "review", "agency-a", "--result", "so-so", *SUP), "unknown 'so-so' (--result)"),
    (("agency", "inspect", "agency-a", "--site", "moon", "--sample", "3", "--result", "passed", *SUP), "unknown 'moon'"),
    (("agency", "inspect", "agency-a", "--site", "on_site", "--sample", "0", "--result", "passed", *SUP), "--sample"),
    (("agency", "inspect", "agency-a", "--site", "on_site", "--sample", "3", "--result", "passed", "--finding", "conduct",
      *SUP), "passed, with a serious finding"),
    (("agency", "strike", "agency-a", "--standard", "dislike", *REASON, *SUP), "no standard of exit 'dislike'"),
    (("agency", "violation", "agency-a", "rudeness", *REASON, *SUP), "unknown 'rudeness'"),
    (("agency", "violation", "agency-a", "conduct", "--account", "A1", *REASON, *SUP), "agency-a never held A1"),
    (("agency", "cleared", "nothing", *REASON, *SUP), "no open breach 'nothing'"),
    (("agency", "recall", "A1", "--cause", "mood", *SUP), "unknown 'mood' (--cause)"),
    (("agency", "conditions", "A9"), "no account 'A9'"),
    (("agency", "quota", "agency-a", "--on", "2030-01-01", "-o", "x.age", *SUP), "2030-01-01 is not the business day"),
    (("agency", "quota", "agency-a", "-o", "no/such/x.age", *SUP), "no such folder (no/such)"),
    (("agency", "results", "agency-a", "missing.age", *SUP), "no such file (missing.age)"),
    (("agency", "certificate", "A1", "--file", "missing.pdf", *SUP), "no such file"),
    (("agency", "scorecard", "agency-a", "--from", "2025-03-02", "--to", "2025-03-01"), "is before 2025-03-02"),
    (("visit", "record", "A4", "met", "--at", "10:00", *SUP), "no visit is planned"),
    (("visit", "record", "A4", "met"), "--at"),
    (("agency", "fees", "agency-z", "--from", "2025-03-01", "--to", "2025-03-02"), "no agency 'agency-z'"),
    # the books
    (("writeoff", "list", "--month", "2025-13"), "not a month: '2025-13'"),
    (("writeoff", "receipt", "missing.csv", *SUP), "no such file"),
    (("writeoff", "accountability", "A3", "--result", "x", "--proof", "y", *SUP), "was not written off"),
    (("writeoff", "accountability", "A1", "--result", " ", "--proof", "y", *SUP), "needs its result and its proof"),
    (("writeoff", "year", "2025", "audit", "--proof", "x", *SUP), "the year 2025 is not over"),
    (("writeoff", "year", "2020", "report", "--proof", "x", *SUP), "nothing was written off in 2020"),
    (("writeoff", "year", "2020", "party", "--proof", "x", *SUP), "'party' is no yearly duty"),
    (("writeoff", "terminate", "A1", "--ground", "tired", "--proof", "x", *SUP), "no ground 'tired'"),
    (("writeoff", "terminate", "A1", "--ground", "dismissed", "--proof", "x", *SUP), "stage is ended_for_now"),
    (("writeoff", "terminate", "A1", "--ground", "dismissed", "--proof", " ", *SUP), "needs its proof"),
    (("writeoff", "terminate", "A9", "--ground", "dismissed", "--proof", "x", *SUP), "no account 'A9'"),
    (("transfer", "propose", "P1", "--cut-off", "2025-09-01", *SUP), "which debts is not said"),
    (("transfer", "propose", "P 1", "--cut-off", "2025-09-01", "--days-late", "1", *SUP), "not a pool's name"),
    (("transfer", "propose", "P1", "--cut-off", "2099-09-01", "--days-late", "1", *SUP), "the cut-off 2099-09-01 lies after"),
    (("transfer", "propose", "P1", "--cut-off", "2025-09-01", "--days-late", "9999", *SUP), "no accounts to sell"),
    (("transfer", "propose", "P1", "--cut-off", "2025-09-01", "--accounts", "missing.txt", *SUP), "no such file"),
    (("transfer", "show", "P9"), "no pool 'P9'"),
    (("transfer", "tape", "P9", "-o", "x.csv", *SUP), "no pool 'P9'"),
    (("transfer", "award", "P9", "--buyer", "x", "--kind", "amc", "--price", "1", *SUP), "no pool 'P9'"),
    (("transfer", "unsold", "P9", *REASON, *SUP), "no pool 'P9'"),
    (("transfer", "told", "A1", "D1", "--proof", "x", *SUP), "was not sold"),
    (("transfer", "forward", "T1", "--proof", "x", *SUP), "payment 'T1' is not the buyer's"),
    (("cost", "report", "--by", "moon"), "no report by 'moon'"),
    (("cost", "report", "--from", "2025-02-30"), "not a day"),
    # places
    (("packet", "build", "A1", "-o", "/proc/no/x.pdf"), "cannot write"),
    (("journal", "export", "-o", "/proc/no/x"), "/proc/no"),
    (("intake", "missing"), "no such folder"),
    (("intake", "documents"), "no as-of day"),
    (("demo", "--folder", "."), "the folder is not empty"),
    # the command itself
    (("sing",), "No such command 'sing'"),
    (("explain",), "Missing argument"),
    (("run", "--from", "2025-09-29", "--to", "2025-09-29", "--shards", "0"), "--shards"),
]  # fmt: skip


def one_line(ran: Ran, says: str) -> None:
    assert ran.code == 2, ran
    assert says in ran.err
    assert re.fullmatch(r"recourse: [^\n]+\n", ran.err), ran.err


@pytest.fixture
def named(played: Path, recourse: Recourse) -> dict[str, str]:
    """The ids that a person reads off a list."""
    return {"GATE": recourse("gates", "list", "--json").json[0]["gate_id"],
            "CALL": recourse("calls", "list", "--json").json[0]["call"]}  # fmt: skip


def test_one_line_and_nothing_half_written(played: Path, recourse: Recourse, named: dict[str, str]) -> None:
    """Every mistake in turn on one ledger, which is the same after all of them as before."""
    before, journal = contents(played), events(played)
    for typed, says in WRONG:
        one_line(recourse(*(named.get(word, word) for word in typed)), says)
        assert events(played) == journal, typed
    assert contents(played) == before
    assert not (played / "x.pdf").exists()


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"key": "ab" * 32}, "wrong key"),
        ({"key": "short"}, "not a master key"),
        ({"mode": "production"}, "production mode with the demo key"),
        ({"mode": "festive"}, "unknown mode 'festive'"),
        ({"ledger": "sqlite:////nowhere/recourse.db"}, "folder does not exist"),
        ({"ledger": "recourse.db"}, "not a ledger address"),
        ({"ledger": "mysql://localhost/recourse"}, "no ledger on mysql"),
        ({"ledger": "postgresql://127.0.0.1:1/recourse"}, "connection failed"),
        ({"mode": "development", "token": "guessed"}, "this token is not known"),
    ],
)
def test_the_environment_is_wrong(played: Path, recourse: Recourse, environment: dict[str, str], says: str) -> None:
    before = contents(played)
    one_line(recourse("hold", "A3", "complaint", *REASON, **environment), says)
    assert contents(played) == before


def test_as_somebody_else_is_for_the_demo(played: Path, recourse: Recourse, named: dict[str, str]) -> None:
    before = contents(played)
    one_line(
        recourse("gates", "approve", named["GATE"], *REASON, *SUP, mode="development"), "--as works in demo mode only"
    )
    one_line(recourse("gates", "approve", named["GATE"], *REASON, mode="development"), "is not enrolled")
    assert contents(played) == before


def test_there_is_no_ledger(nowhere: Path, recourse: Recourse) -> None:
    one_line(recourse("explain", "A1"), "there is no ledger here")
    (nowhere / "recourse.db").write_bytes(b"")
    one_line(recourse("explain", "A1"), "run `recourse init`")
    (nowhere / "recourse.db").write_bytes(b"not a database at all, but long enough to be looked at twice" * 99)
    one_line(recourse("explain", "A1"), "file is not a database")


def test_the_ledger_can_only_be_read(played: Path, recourse: Recourse, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says of a file that this user may not write; root may write every file."""
    before = contents(played)
    monkeypatch.setattr("os.access", lambda path, mode: False)
    one_line(recourse("hold", "A3", "complaint", *REASON, *SUP), "the ledger cannot be written")
    monkeypatch.undo()
    assert contents(played) == before


def test_a_unknown_role(nowhere: Path, recourse: Recourse) -> None:
    assert recourse("init").code == 0
    one_line(recourse("token", "enrol", "boss", "--role", "KING"), "unknown role 'KING'")
    assert recourse("token", "list", "--json").json == []


def test_a_ladder_with_a_cycle() -> None:
    nodes = [Node(name, "contact", "", "", Speed.BULK, ActClass.CONTACT) for name in ("reminder", "call", "visit")]
    edges = [Edge(a, b, EdgeKind.ALLOWS) for a, b in (("reminder", "call"), ("call", "visit"), ("visit", "call"))]
    with pytest.raises(UserError, match=r"the ladder has a cycle \(call → visit → call\): remove one of these edges"):
        build(nodes, edges)


PACK = """rule: contact.visit_per_person
kind: contact_cap
title: {zh: 外访, en: Visits}
strength: should
effect: protection
binding_level: bank_internal
checked: {on: 2025-01-01, by: the bank}
values:
  - from: 2004-01-01
    state: bank_default
    value: {channels: [visit], per: person, window_days: 1, at_most: 1}
"""
CITED = (
    "    citation: {act: 本行规定, in_force_from: 2004-01-01, accessed: 2025-01-01, source: bank, confidence: bank}\n"
)


@pytest.mark.parametrize(
    ("pack", "says"),
    [
        (PACK, "citation"),
        (PACK + CITED.replace("act: 本行规定, ", ""), "act"),
        (PACK + CITED.replace("2004-01-01", "2004-02-30"), "in_force_from"),
        (PACK.replace("at_most: 1", "at_most: many") + CITED, "at_most"),
        (PACK.replace("[visit]", "[pigeon]") + CITED, "unknown channel 'pigeon'"),
        (PACK + CITED + "  - from: 2003-01-01\n    to: 2003-12-31\n" + CITED, "values"),
        ("rule: [", "yaml"),
    ],
)
def test_a_pack_of_the_banks_own_is_not_sound(played: Path, recourse: Recourse, pack: str, says: str) -> None:
    place = played / "home" / "policy_packs" / "cn" / "contact"
    place.mkdir(parents=True)
    (place / "visit_per_person.yaml").write_text(pack, encoding="utf-8")
    before = contents(played)
    for typed in (("policy", "check"), ("run", "--from", "2025-09-28", "--to", "2025-09-28")):
        ran = recourse(*typed)
        one_line(ran, says)
        assert "visit_per_person.yaml" in ran.err
    assert contents(played) == before


def test_the_same_pack_with_its_citation_is_sound(played: Path, recourse: Recourse) -> None:
    place = played / "home" / "policy_packs" / "cn" / "contact"
    place.mkdir(parents=True)
    (place / "visit_per_person.yaml").write_text(PACK + CITED, encoding="utf-8")
    assert recourse("policy", "check").code == 0


def test_a_defect_of_ours_keeps_its_traceback(played: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a person can mend becomes a line."""
    monkeypatch.setattr("desk.open_desk.setup.check", lambda engine: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        opened()
