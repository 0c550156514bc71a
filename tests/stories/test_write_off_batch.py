"""核销批: a run over all that may be written off, interrupted, taken up, and read by those who have to agree."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from pypdf import PdfReader

from console.app import create
from console.sign_in import OwnSignIn
from desk import gate_page, inbox, packets, portfolio, write_off_batch, write_offs
from desk.gate_text import body_of
from recourse import events as ev
from recourse.actors import Actor
from recourse.climb import freezing
from recourse.errors import UserError
from recourse.packets.checking import check
from recourse.simulate.staff import roles_of
from tests.console.browser import Browser
from tests.stories.bank import Bank, on_both
from tests.stories.test_books import CONDITIONS, HEAD
from tests.stories.test_courts import to_court

CITED = "    citation: {act: 本行小额核销办法, in_force_from: 2004-01-01, accessed: 2025-01-01, source: bank, confidence: bank}\n"
ACCOUNTS = ("A1", "A2", "A3", "A4")


def small_tickets(bank: Bank) -> None:
    """Four small debts that meet the bank's own criterion, which asks for a report on recovery; none has one. The day after
    is open and swept."""
    bank.adopts(
        ("criterion", "small_ticket", HEAD.format(rule="criterion.small_ticket", kind="criterion")
         + "      name: small_ticket\n      all:\n        " + CONDITIONS.replace("CLAUSE", " " * 8)
         + "      papers: [application_form, pursuit_log, recovery_report]\n" + CITED),
        ("entry", "write_off", HEAD.format(rule="entry.write_off", kind="entry")
         + "      node: write_off\n      retry_after_days: 30\n      at_most_visits: 6\n      any:\n        - all:\n            "
         + CONDITIONS.replace("CLAUSE", " " * 12) + CITED),
    )  # fmt: skip
    for number, account in enumerate(ACCOUNTS, start=1):
        bank.loan(account, f"D{number}", due="2025-03-10", amount=number * 100_00, times=12)
    bank.staff_agrees("formal_notice")
    bank.post_arrives()
    bank.nobody_answers()
    bank.play(until="2025-05-20", every=2)
    assert [bank.life(account).stands_at("write_off") for account in ACCOUNTS] == [True] * 4
    opens(bank)


def opens(bank: Bank) -> None:
    """The next business day is open, and its night's work is done but for the lists."""
    portfolio.turn(bank.desk, bank.day)
    bank.deliver()
    portfolio.sweep(bank.desk, bank.day, "0/1")


def runs(bank: Bank, folder: Path, **more: Any) -> write_off_batch.Batch:
    return write_off_batch.run(bank.desk, bank.day, folder, **more)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file()}


def cells(xlsx: bytes, sheet: int = 1) -> list[list[str]]:
    """The cells of a sheet as text; none may be a formula."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with ZipFile(BytesIO(xlsx)) as opened:
        strings = ["".join(each.itertext()) for each in ElementTree.fromstring(opened.read("xl/sharedStrings.xml"))]
        page = ElementTree.fromstring(opened.read(f"xl/worksheets/sheet{sheet}.xml"))
    assert not list(page.iter(f"{space}f"))
    return [
        [
            strings[int(value.text or "")] if cell.get("t") == "s" else value.text or ""
            for cell in row
            for value in cell.iter(f"{space}v")
        ]
        for row in page.iter(f"{space}row")
    ]


@on_both
def test_a_run_binds_what_is_ready_and_names_what_is_not(bank: Bank, tmp_path: Path) -> None:
    """Three of four reports have come in. Three go on one list whose hash anyone can work out from the folder; the fourth
    is named with what it lacks, who owes it and since when."""
    small_tickets(bank)
    bank.files("A1", "recovery_report")
    bank.files("A2", "recovery_report")
    assert packets.waive(
        bank.desk_of("blg-01"), Actor("blg-01", roles_of()["blg-01"], "story"), "A3", "recovery_report", "金额小，不另写"
    ).open_seats == ()  # fmt: skip
    steps: list[tuple[int, int]] = []
    did = runs(bank, tmp_path / "out", chunk=1, told=lambda done, whole: steps.append((done, whole)))
    assert (did.bound, did.opened, did.lists, did.members) == (3, 1, 1, 3)
    assert steps == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    ((lacks),) = did.not_ready
    assert (lacks.account, lacks.item, lacks.owner) == ("A4", "recovery_report", "BAP")
    assert lacks.since == bank.life("A4").on(ev.PacketGapsFound)[0]
    (gate_id,) = bank.open_gates("write_off")
    found = bytes_of(tmp_path / "out")
    assert set(found) == {*did.files} == {
        "packets/A1.pdf", "packets/A2.pdf", "packets/A3.pdf", "list.xlsx", "list.pdf", "east.csv", "east.xlsx",
        "not-ready.csv", "batch.json",
    }  # fmt: skip
    assert {name: hashlib.sha256(data).hexdigest() for name, data in found.items()} == did.files
    _the_list_is_what_the_gate_shows(bank, gate_id, found)
    rows = list(csv.DictReader(StringIO(found["not-ready.csv"].decode("utf-8-sig"))))
    assert [(row["account"], row["item"], row["owner"], row["since"]) for row in rows] == [
        ("A4", "recovery_report", "BAP", str(lacks.since))
    ]
    east = list(csv.DictReader(StringIO(found["east.csv"].decode("utf-8-sig"))))
    assert [(row["借据号"], row["核销日期"], row["实核本金"], row["核销状态"]) for row in east] == [
        ("A1", "", "1200.00", "待审批"), ("A2", "", "2400.00", "待审批"), ("A3", "", "3600.00", "待审批"),
    ]  # fmt: skip
    assert all(row["客户名称"].endswith("*") for row in east)
    _what_the_gate_shows(bank, gate_id)
    again = runs(bank, tmp_path / "out")
    assert (again.bound, again.opened, again.files) == (0, 0, did.files)
    assert bytes_of(tmp_path / "out") == found
    assert bank.approve("write_off") == ["approved"]
    portfolio.dispatch(bank.desk, bank.day)
    instructed = [bank.life(each).happened(ev.WriteOffInstructed) for each in ACCOUNTS]
    assert [each[0].packet if each else "" for each in instructed] == [
        *(did.files[f"packets/{account}.pdf"] for account in ("A1", "A2", "A3")), "",
    ]  # fmt: skip


def _the_list_is_what_the_gate_shows(bank: Bank, gate_id: str, found: dict[str, bytes]) -> None:
    """The gate's hash from the sheet, from the manifest, and from the very files, with nothing but JSON and SHA-256."""
    shown = inbox.view(bank.desk, gate_id).packet_hash
    header, *rows = cells(found["list.xlsx"])
    listed = [dict(zip(header, row, strict=True)) for row in rows]
    from_sheet = sorted([row["案件编号"], row["材料SHA-256"]] for row in listed)
    (told,) = json.loads(found["batch.json"])["lists"]
    from_manifest = sorted([each["case"], each["packet"]] for each in told["members"])
    from_files = sorted([each["case"], check(found[each["file"]]).file_sha256] for each in told["members"])
    for pairs in (from_sheet, from_manifest, from_files):
        text = json.dumps(pairs, separators=(",", ":"))
        assert hashlib.sha256(text.encode()).hexdigest() == shown == told["packet_hash"]
    assert [(row["账户"], row["合计"], row["材料完备情况"][:2]) for row in listed] == [
        ("A1", "1200.00", "齐备"), ("A2", "2400.00", "齐备"), ("A3", "3600.00", "豁免"),
    ]  # fmt: skip
    assert cells(found["list.xlsx"], 2)[-1][:3] == ["总计", "CNY", "3"]
    assert cells(found["list.xlsx"], 2)[-1][-1] == "7200.00"
    text = "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(found["list.pdf"])).pages)
    assert shown in text
    assert "7,200.00" in text
    assert "金额小，不另写" in text


def _what_the_gate_shows(bank: Bank, gate_id: str) -> None:
    """Each member with its packet and what was waived of it, at every door."""
    view = inbox.view(bank.desk, gate_id)
    frozen = {account: bank.life(account).happened(ev.PacketFrozen)[0] for account in ("A1", "A2", "A3")}
    assert [(each.account, each.sha256, each.waived) for each in view.packets] == [
        ("A1", frozen["A1"].sha256, ()),
        ("A2", frozen["A2"].sha256, ()),
        ("A3", frozen["A3"].sha256, ("recovery_report",)),
    ]
    page = gate_page.gate_page(bank.desk, gate_id, Actor("bap-01", roles_of()["bap-01"], "story"))
    assert [(each.packet, each.waived) for each in page.members][2] == (frozen["A3"].sha256, ("recovery_report",))
    body = body_of(view, ["BAP"], "https://console")
    shown = Browser(create(bank.desk, OwnSignIn(bank.desk))).sign_in("bap-01").get(f"/gates/{gate_id}").text
    assert view.packet_hash in shown
    for account, bound in frozen.items():
        assert f'/accounts/{account}/documents/{bound.sha256}"' in shown
    assert "豁免： recovery_report" in shown
    assert re.search(rf"\| A3 \| in \| {frozen['A3'].sha256} \| recovery_report \|", body)


def test_a_run_that_dies_in_a_chunk_leaves_nothing_half(
    bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four packets in chunks of two; the machine dies on the last one. The first chunk stands, nothing of the second does,
    no gate is open and no file is written. The next run takes up the rest, in two processes."""
    small_tickets(bank)
    for account in ACCOUNTS:
        bank.files(account, "recovery_report")
    bank.desk = type(bank.desk)(bank.desk.settings, processes=1)
    kept, calls = freezing._keep, []

    def dies(*given: Any) -> None:
        calls.append(given)
        if len(calls) == 4:
            raise KeyboardInterrupt
        kept(*given)

    with monkeypatch.context() as patch:
        patch.setattr(freezing, "_keep", dies)
        with pytest.raises(KeyboardInterrupt):
            runs(bank, tmp_path / "out", chunk=2)
    assert [len(bank.life(account).happened(ev.PacketFrozen)) for account in sorted(ACCOUNTS)].count(1) == 2
    assert bank.open_gates("write_off") == []
    assert not (tmp_path / "out").exists()
    bank.desk = type(bank.desk)(bank.desk.settings, processes=2)
    did = runs(bank, tmp_path / "out", chunk=2)
    assert (did.bound, did.opened, did.members, did.not_ready) == (2, 1, 4, ())
    assert [len(bank.life(account).happened(ev.PacketFrozen)) for account in ACCOUNTS] == [1] * 4
    assert all(check(data).intact for name, data in bytes_of(tmp_path / "out").items() if name.startswith("packets/"))


def test_a_packet_bound_anew_leaves_the_list(bank: Bank, tmp_path: Path) -> None:
    """The gate was opened on one packet; another one took its place. What was read is not what would go out: the member
    drops off, the rest of the list stands."""
    small_tickets(bank)
    for account in ("A1", "A2"):
        bank.files(account, "recovery_report")
    runs(bank, tmp_path / "out", chunk=1)
    (frozen,) = bank.life("A1").happened(ev.PacketFrozen)
    bank.happens("A1", ev.PacketFrozen("write_off", frozen.n, "0" * 64, frozen.number))
    (gate_id,) = bank.open_gates("write_off")
    assert bank.approve("write_off") == ["approved"]
    assert [(each.account, each.state) for each in inbox.view(bank.desk, gate_id).packets] == [
        ("A1", "dropped"),
        ("A2", "in"),
    ]
    (dropped,) = bank.life("A1").happened(ev.MemberDropped)
    assert any(each.startswith("packets: ") for each in dropped.changes)


def test_the_run_refuses_another_day_and_another_folder(bank: Bank, tmp_path: Path) -> None:
    """One clear line, and nothing is bound."""
    small_tickets(bank)
    bank.files("A1", "recovery_report")
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    with pytest.raises(UserError, match="not the open business day"):
        write_off_batch.run(bank.desk, date(2025, 5, 20), tmp_path / "out")
    with pytest.raises(UserError, match="not a folder"):
        runs(bank, file)
    other = tmp_path / "other"
    other.mkdir()
    (other / "batch.json").write_text('{"day": "2025-05-20"}', encoding="utf-8")
    with pytest.raises(UserError, match="holds the batch of 2025-05-20"):
        runs(bank, other)
    assert bank.life("A1").happened(ev.PacketFrozen) == []
    assert not (tmp_path / "out").exists()
    portfolio.turn(bank.desk, bank.calendar.next_workday(bank.day))
    with pytest.raises(UserError, match="not the open business day"):
        runs(bank, tmp_path / "out")


def test_what_became_due_today_waits_for_the_sweep(bank: Bank, tmp_path: Path) -> None:
    """The court ended the enforcement at noon: the criterion holds, the sweep has passed. The run names the account and
    does not enter it; there is nothing to bind, and the list is an empty one."""
    to_court(bank)
    bank.court("A1", "docketed", "heard", "judged", "effective")
    bank.play(until="2025-06-13")
    bank.approve("enforcement")
    bank.play(until="2025-09-15", every=20)
    opens(bank)
    bank.court("A1", "ended_for_now")
    did = runs(bank, tmp_path / "out")
    assert [(each.account, each.criterion) for each in did.for_the_sweep] == [
        ("A1", "criterion.enforcement_terminated")
    ]
    assert (did.members, set(did.files)) == (
        0, {"list.xlsx", "list.pdf", "east.csv", "east.xlsx", "not-ready.csv", "batch.json"},
    )  # fmt: skip
    assert not bank.life("A1").stands_at("write_off")


def test_a_gap_says_who_fills_it_and_how(bank: Bank) -> None:
    """The list and `explain` name the item, its owner by title and the command that fills or waives it."""
    small_tickets(bank)
    (gap,) = bank.explains("A1").gaps
    assert (gap.item, gap.title, gap.owner) == ("recovery_report", "清收报告", "BAP")
    assert gap.owner_title
    assert gap.how == (
        "recourse document add A1 FILE --kind recovery_report",
        "recourse packet waive A1 recovery_report --reason TEXT",
    )
    said = Browser(create(bank.desk, OwnSignIn(bank.desk))).sign_in("bap-01").get("/accounts/A1").text
    assert "核销材料缺口" in said
    assert all(how in said for how in gap.how)
    line = next(each for each in write_offs.lines(bank.desk, bank.day) if each.account == "A1")
    assert [(each.item, each.how) for each in line.gaps] == [("recovery_report", gap.how)]
    bank.files("A1", "recovery_report")
    assert next(each for each in write_offs.lines(bank.desk, bank.day) if each.account == "A1").gaps == ()
