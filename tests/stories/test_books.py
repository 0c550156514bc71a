"""What becomes of a debt in the books: the general ledger's word, what is owed after it, and the end of the claim."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import msgspec
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from desk import general_ledger, inbox, packets, write_offs
from recourse import events as ev
from recourse.actors import Actor
from recourse.climb.arrivals import Arrival
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.ledger.tables import work_items
from recourse.money import Amounts
from recourse.packets.checking import manifest_in
from recourse.simulate.staff import roles_of
from tasks.write_off import Booking
from tests.stories.bank import Bank, on_both
from tests.stories.test_courts import to_court

FOR_THE_PACKET = (
    "loan_contract",
    "disbursement",
    "enforcement_ruling",
    "recovery_report",
    "pursuit_certificate",
    "asset_search",
)
"""What the packet of a never-payer calls for beside the signed opinion and what it makes itself."""


def to_the_packet(bank: Bank, *papers: str) -> None:
    """A never-payer of 36,000 yuan with these papers in the file, up to the evening on which the packet would be bound."""
    to_court(bank)
    bank.court("A1", "docketed", "heard", "judged", "effective")
    bank.play(until="2025-06-13")
    bank.approve("enforcement")
    bank.play(until="2025-06-16")
    bank.court("A1", "ended_for_now")
    bank.desk_of("blg-01").sign_opinions(["A1"], "blg-01")
    bank.files("A1", *papers)
    bank.play(until="2025-09-08", every=20)


def to_the_instruction(bank: Bank) -> None:
    """Further, up to the evening on which the general ledger is told to write it off."""
    to_the_packet(bank, *FOR_THE_PACKET)
    bank.approve("write_off")
    bank.play(until="2025-09-09")


def open_items(bank: Bank) -> list[tuple[str, str]]:
    with reading(bank.desk.engine) as connection:
        query = select(work_items.c.account_id, work_items.c.what).where(work_items.c.closed_on.is_(None))
        return [(account, what) for account, what in connection.execute(query)]


@on_both
def test_the_general_ledger_is_told_once_and_decides(bank: Bank) -> None:
    """The committee agreed; what goes out is an instruction with its base day, to the fen. Until the ledger answers
    nothing is written off, and the same answer taken in twice counts once."""
    to_the_instruction(bank)
    (message,) = bank.channels["ledger"].arrived
    told = msgspec.json.decode(message.text)
    assert (told["account"], told["base_on"], told["total"], told["currency"]) == (
        "A1",
        "2025-09-09",
        "36000.00",
        "CNY",
    )
    assert told["amounts"]["principal"] == "36000.00"
    (instructed,) = bank.life("A1").happened(ev.WriteOffInstructed)
    assert (instructed.instruction_id, instructed.packet) == (told["instruction"], told["packet_sha256"])
    assert bank.life("A1").file.written_off_on is None
    with reading(bank.desk.engine) as connection:
        (waiting,) = general_ledger.waiting(connection)
    bank.play(until="2025-09-11")
    answer = Booking("x", "A1", "GL-1", "booked", date(2025, 9, 10), waiting.base_on, "CNY", waiting.amounts)
    answer = msgspec.structs.replace(answer, instruction_id=waiting.instruction_id)
    assert general_ledger.take(bank.desk_of("fin-01"), [answer]).booked == ("A1",)
    assert general_ledger.take(bank.desk_of("fin-01"), [answer]).unchanged == ("A1",)
    life = bank.life("A1")
    (written_off,) = life.happened(ev.WrittenOff)
    assert (written_off.receipt, written_off.base_on) == ("GL-1", date(2025, 9, 9))
    assert (life.file.written_off_on, life.outcome("write_off")) == (date(2025, 9, 10), "written_off")
    assert (bank.book_status("A1"), life.end) == ("written_off", "")
    with pytest.raises(UserError, match="booked already, by another receipt"):
        general_ledger.take(bank.desk_of("fin-01"), [msgspec.structs.replace(answer, receipt="GL-2")])


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"amounts": Amounts(36_000_01)}, "principal 36000.01, instructed 36000.00"),
        ({"amounts": Amounts(35_999_00, 1_00)}, "principal 35999.00, instructed 36000.00"),
        ({"currency": "USD"}, "currency USD, instructed CNY"),
        ({"base_on": date(2025, 9, 8)}, "base day 2025-09-08, instructed 2025-09-09"),
        ({"result": "refused", "reason": "拨备科目余额不足"}, "拨备科目余额不足"),
    ],
)
def test_an_answer_that_does_not_agree_writes_nothing_off(bank: Bank, changed: dict[str, object], says: str) -> None:
    """One fen, another currency, another base day, or a plain no: the debt stays on the books, a work item says why,
    and a month later the write-off is asked for anew."""
    to_the_instruction(bank)
    assert bank.ledger_answers("A1", changed=changed).refused == ("A1",)
    life = bank.life("A1")
    assert (life.happened(ev.WrittenOff), life.file.written_off_on, bank.book_status("A1")) == ([], None, "active")
    assert [each.cause for each in life.happened(ev.WriteOffRefused)] == [says]
    ((account, what),) = open_items(bank)
    assert account == "A1"
    assert says in what
    bank.play(until="2025-10-13", every=5)
    assert len(bank.life("A1").visits("write_off")) == 2
    bank.approve("write_off")
    bank.play(until="2025-10-15")
    assert bank.ledger_answers("A1").booked == ("A1",)
    assert open_items(bank) == []


@on_both
def test_what_comes_in_between_the_base_day_and_the_booking_is_not_lost(bank: Bank) -> None:
    """A thousand yuan come in two days after the base day, and the ledger books the amounts of the base day all the
    same. The money is a recovery, shown with what is outstanding; what comes later is one more, as the core
    allocated it."""
    to_the_instruction(bank)
    bank.pays("A1", 1_000_00, on="2025-09-11")
    bank.play(until="2025-09-12")
    assert bank.life("A1").happened(ev.RecoveryBooked) == []
    bank.ledger_answers("A1", on="2025-09-12")
    life = bank.life("A1")
    assert [each.amount for each in life.happened(ev.RecoveryBooked)] == [1_000_00]
    assert life.happened(ev.WrittenOff)[0].amounts.total == 36_000_00
    bank.pays("A1", 200_00, on="2025-09-15")
    bank.play(until="2025-09-16")
    (line,) = write_offs.lines(bank.desk, bank.day, "2025-09")
    assert (line.state, line.amount, line.recovered, line.outstanding) == ("booked", 36_000_00, 1_200_00, 34_800_00)
    assert bank.life("A1").file.recovered == 1_200_00


def test_paid_before_the_booking_is_not_written_off(bank: Bank) -> None:
    """All of it is paid while the instruction lies at the general ledger, and the court file is closed: the booking has
    to be reversed there, and nothing is written off here."""
    to_the_instruction(bank)
    bank.pays("A1", "all", on="2025-09-10")
    bank.play(until="2025-09-11")
    assert bank.life("A1").end == "settled"
    assert bank.ledger_answers("A1").refused == ("A1",)
    assert bank.book_status("A1") != "written_off"
    assert "reversed" in open_items(bank)[0][1]


def test_off_the_books_is_not_out_of_sight(bank: Bank) -> None:
    """账销案存，权在力催: after the write-off the search for assets goes on, and a clue resumes the enforcement."""
    to_the_instruction(bank)
    bank.ledger_answers("A1")
    watched = len(bank.life("A1").visits("asset_watch"))
    bank.play(until="2026-03-20", every=5)
    life = bank.life("A1")
    assert life.file.written_off_on is not None
    assert len(life.visits("asset_watch")) > watched
    clue = ev.AssetClueFound("k1", "deposit", "法院查控", 5_000_00, "线索单1")
    searched = ev.VisitLeft("asset_watch", "searched")
    bank.desk_of("blg-01").record([Arrival(life.facts.case_id, clue), Arrival(life.facts.case_id, searched)])
    bank.play(until="2026-03-25")
    assert bank.life("A1").stands_at("resume")


@on_both
def test_the_duties_after_a_write_off(bank: Bank) -> None:
    """Accountability within two years of the booking; the special audit within five months and the report within six
    months of the year's end. Each is done with its proof, and its clock stops."""
    to_the_instruction(bank)
    bank.ledger_answers("A1")
    ends = {clock.kind: clock.ends_on for clock in bank.explains("A1").clocks}
    assert ends["accountability"] == date(2027, 9, 10)
    assert ends["write_off_audit"] == date(2026, 5, 31)
    assert ends["write_off_report"] == date(2026, 6, 30)
    work = bank.desk_of("hap-01")
    with pytest.raises(UserError, match="2025 is not over"):
        write_offs.report_year(work, 2025, "audit", "审计报告")
    write_offs.conclude(work, "A1", "无主观责任", "责任认定书1号")
    bank.play(until="2026-01-05", every=30)
    work = bank.desk_of("hap-01")
    assert write_offs.report_year(work, 2025, "audit", "审计报告2026-3") == 1
    assert write_offs.report_year(work, 2025, "audit", "审计报告2026-3") == 0
    assert {clock.kind for clock in bank.explains("A1").clocks} & {"accountability", "write_off_audit"} == set()
    assert "write_off_report" in {clock.kind for clock in bank.explains("A1").clocks}
    with pytest.raises(UserError, match="nothing was written off in 2024"):
        write_offs.report_year(work, 2024, "report", "x")


def test_another_debt_of_the_same_borrower_may_follow(bank: Bank) -> None:
    """Art 9: her second loan, unsecured, may follow the first, whose enforcement the court ended; a stranger's not."""
    bank.loan("A2", "D1", due="2025-08-11")
    bank.loan("A3", "D3", due="2025-08-11")
    to_the_instruction(bank)
    assert write_offs.following(bank.desk) == []
    bank.ledger_answers("A1")
    assert write_offs.following(bank.desk) == [("A2", "D1", "A1")]


def waives(bank: Bank, actor: str, item: str, reason: str = "执行中已查询") -> packets.Waived:
    return packets.waive(bank.desk_of(actor), Actor(actor, roles_of()[actor], "story"), "A1", item, reason)


def test_the_gate_stays_closed_until_the_packet_is_complete(bank: Bank) -> None:
    """Two papers are missing. The list names them, no gate opens; one is brought in, the other is waived by the branch's
    lawyer, and next evening the gate opens on a packet that has the one and says who waived the other."""
    to_the_packet(bank, *(set(FOR_THE_PACKET) - {"asset_search", "recovery_report"}))
    assert bank.open_gates("write_off") == []
    (line,) = write_offs.lines(bank.desk, bank.day)
    assert set(line.missing) == {"asset_search", "recovery_report"}
    (told,) = bank.life("A1").happened(ev.PacketGapsFound)
    assert set(told.items) == {"asset_search", "recovery_report"}
    bank.play(until="2025-09-10")
    assert len(bank.life("A1").happened(ev.PacketGapsFound)) == 1, "what is known is not told again"
    bank.files("A1", "recovery_report")
    assert waives(bank, "blg-01", "asset_search").open_seats == ()
    bank.play(until="2025-09-11")
    (gate,) = bank.open_gates("write_off")
    (frozen,) = bank.life("A1").happened(ev.PacketFrozen)
    assert (frozen.waived, bank.life("A1").file.gaps) == (("asset_search",), {})
    pdf = bank.desk.documents.get(frozen.sha256)
    text = "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages)
    assert "执行中已查询" in text
    manifest = manifest_in(pdf)
    assert manifest is not None
    (report,) = (each for each in manifest.exhibits if "清收报告" in each.heading)
    assert report.file
    assert report.last == report.first + 1, "its own page is bound in behind its title"
    case = bank.life("A1").facts.case_id
    assert all(
        each.source.startswith((f"case:{case}#", "intake")) or (not each.source and "附" in each.heading)
        for each in manifest.exhibits
    ), "each exhibit names the event that it comes from"
    assert inbox.view(bank.desk, gate).packet_hash
    assert packets.verified(bank.desk, pdf).problems == ()


def test_what_nobody_may_waive(bank: Bank) -> None:
    """A core item, one that is not called for, without a reason, by the wrong seat, or twice by one person."""
    to_the_packet(bank, *(set(FOR_THE_PACKET) - {"asset_search"}))
    for actor, item, reason, said in (
        ("blg-01", "legal_opinion", "x", "never waived"),
        ("blg-01", "application", "x", "never waived"),
        ("blg-01", "death_proof", "x", "no item"),
        ("blg-01", "asset_search", " ", "needs a reason"),
        ("caller-01", "asset_search", "x", "has no seat"),
    ):
        with pytest.raises(UserError, match=said):
            waives(bank, actor, item, reason)
    waives(bank, "blg-01", "asset_search")
    with pytest.raises(UserError, match="voted already"):
        waives(bank, "blg-01", "asset_search")


def test_the_act_uses_the_very_packet_that_was_approved(bank: Bank) -> None:
    """The instruction names the packet that the gate was opened on; the record of the approval names it too, with who
    agreed."""
    to_the_instruction(bank)
    (frozen,) = bank.life("A1").happened(ev.PacketFrozen)
    (instructed,) = bank.life("A1").happened(ev.WriteOffInstructed)
    assert instructed.packet == frozen.sha256
    (record,) = [each for each in bank.life("A1").happened(ev.DocumentMade) if each.kind == "approval_record"]
    text = "".join(PdfReader(BytesIO(bank.desk.documents.get(record.sha256))).pages[0].extract_text().split())
    assert frozen.sha256 in text
    assert "同意" in text


# --- the bank's own small-ticket criterion ----------------------------------------------------------------------------

CITED = """    citation: {act: 本行小额核销办法, in_force_from: 2004-01-01, accessed: 2025-01-01, source: bank, confidence: bank}
"""
CONDITIONS = """- {measure: owed, at_most: 4_000_000}
CLAUSE- {measure: dpd, at_least: 60}
CLAUSE- {measure: attempts, at_least: 3}
CLAUSE- {measure: written_off, is: false}
"""
HEAD = """rule: {rule}
kind: {kind}
title: {{zh: 小额, en: Small}}
strength: may
effect: permission
binding_level: bank_internal
checked: {{on: 2025-01-01, by: the bank}}
values:
  - from: 2004-01-01
    state: bank_default
    value:
"""


def test_a_bank_switches_on_its_small_tickets(bank: Bank) -> None:
    """The amounts of 2017 are not confirmed, so the shipped criterion is off. The bank supplies its own: up to 40,000
    yuan, 60 days, three attempts; then a small debt that nobody sued over is written off by list."""
    bank.adopts(
        ("criterion", "small_ticket", HEAD.format(rule="criterion.small_ticket", kind="criterion")
         + "      name: small_ticket\n      all:\n        " + CONDITIONS.replace("CLAUSE", " " * 8)
         + "      papers: [application_form, pursuit_log]\n" + CITED),
        ("entry", "write_off", HEAD.format(rule="entry.write_off", kind="entry")
         + "      node: write_off\n      retry_after_days: 30\n      at_most_visits: 6\n      any:\n        - all:\n            "
         + CONDITIONS.replace("CLAUSE", " " * 12) + CITED),
    )  # fmt: skip
    bank.loan("A1", due="2025-03-10", amount=500_00, times=12)
    bank.staff_agrees("formal_notice")
    bank.post_arrives()
    bank.nobody_answers()
    bank.play(until="2025-05-20", every=2)
    bank.approve("write_off")
    bank.play(until="2025-05-22")
    assert [each.criterion for each in bank.life("A1").happened(ev.WriteOffInstructed)] == ["criterion.small_ticket"]
    bank.ledger_answers("A1")
    assert bank.book_status("A1") == "written_off"
    called = len(bank.life("A1").visits("call"))
    bank.play(until="2025-06-20", every=2)
    assert len(bank.life("A1").visits("call")) > called, "off the books is not out of sight"


# --- 完全终结 -----------------------------------------------------------------------------------------------------------


def test_a_claim_ends_for_good_only_on_a_ground_that_holds(bank: Bank) -> None:
    """Written off after a terminated enforcement. First the file says 终本 only, and the proposal is refused with the
    reason; once the court terminates the enforcement it is proposed, agreed to at its gate, and nothing follows."""
    to_the_instruction(bank)
    bank.ledger_answers("A1")
    work = bank.desk_of("hap-01")
    with pytest.raises(UserError, match="stage is ended_for_now"):
        write_offs.propose_end(work, "A1", "court_terminated", "（2025）模执恢1号")
    with pytest.raises(UserError, match="no ground 'tired'"):
        write_offs.propose_end(work, "A1", "tired", "x")
    with pytest.raises(UserError, match="days_since_limitation_lost is not known"):
        write_offs.propose_end(work, "A1", "time_barred", "x")
    bank.play(until="2025-09-12")
    bank.court("A1", "enforcing", "enforcement_terminated")
    write_offs.propose_end(bank.desk_of("hap-01"), "A1", "court_terminated", "裁定书1号")
    bank.play(until="2025-09-15")
    assert bank.life("A1").end == ""
    assert bank.approve("termination") == ["approved"]
    bank.play(until="2025-09-17")
    life = bank.life("A1")
    assert (life.end, bank.book_status("A1")) == ("terminated", "terminated")
    (ended,) = life.happened(ev.DebtTerminated)
    assert (ended.ground, ended.proof) == ("court_terminated", "裁定书1号")
    path = life.path
    bank.pays("A1", 100_00, on="2025-09-18")
    bank.play(until="2025-12-01", every=20)
    after = bank.life("A1")
    assert (after.file.episode, after.path, bank.book_status("A1")) == (1, path, "terminated")
    with pytest.raises(UserError, match="the case has ended"):
        write_offs.propose_end(bank.desk_of("hap-01"), "A1", "court_terminated", "裁定书1号")


def test_a_rejected_end_may_be_proposed_anew(bank: Bank) -> None:
    to_the_instruction(bank)
    bank.ledger_answers("A1")
    bank.court("A1", "enforcing", "enforcement_terminated")
    write_offs.propose_end(bank.desk_of("hap-01"), "A1", "court_terminated", "裁定书1号")
    bank.play(until="2025-09-11")
    bank.reject("termination")
    bank.play(until="2025-09-18")
    assert bank.life("A1").end == ""
    assert len(bank.life("A1").visits("termination")) == 1
    bank.play(until="2025-09-22")
    write_offs.propose_end(bank.desk_of("hap-01"), "A1", "court_terminated", "裁定书1号及说明")
    bank.play(until="2025-09-24")
    bank.approve("termination")
    bank.play(until="2025-09-26")
    assert bank.life("A1").end == "terminated"
