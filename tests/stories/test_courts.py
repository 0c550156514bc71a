"""Long lives: suits, judgments, securities, write-offs."""

from __future__ import annotations

from datetime import date

from desk.side_tracks import SideTracks
from recourse import events as ev
from recourse.packets.checking import check
from tasks.collateral import Sale
from tests.stories.bank import Bank


def to_the_route(bank: Bank) -> None:
    """A never-payer of 36,000 yuan, up to the morning after the gate opens that decides whether to sue."""
    bank.loan("A1", due="2025-03-10")
    bank.staff_agrees("formal_notice", "acceleration")
    bank.post_arrives()
    bank.play(until="2025-06-09", every=5)


def to_court(bank: Bank) -> None:
    """The same, up to the day on which the suit is filed."""
    to_the_route(bank)
    bank.approve("litigation_route", choice="sue")
    bank.play(until="2025-06-11")
    bank.approve("litigation")
    bank.play(until="2025-06-12")


def test_the_one_yuan_payer_is_sued_all_the_same(bank: Bank) -> None:
    """Told that he may be sued, he pays one yuan: once while the gate is open, once more after it was approved. The
    receipts are in the file, the claim is two yuan less, the approvals stand, and the suit is filed."""
    to_the_route(bank)
    bank.pays("A1", 1_00, on="2025-06-10")
    bank.play(until="2025-06-10")
    assert bank.approve("litigation_route", choice="sue") == ["approved"]
    bank.play(until="2025-06-12")
    assert bank.approve("litigation") == ["approved"]
    bank.pays("A1", 1_00, on="2025-06-13")
    bank.play(until="2025-06-13")
    life = bank.life("A1")
    (matter,) = life.happened(ev.MatterOpened)
    assert matter.claimed is not None
    assert matter.claimed.total == 36_000_00 - 2_00
    assert life.happened(ev.ApprovalVoided) == []
    assert life.file.paid == 2_00
    assert life.file.stage == "filed"


def test_disputes_the_debt_before_the_suit(bank: Bank) -> None:
    """The suit was agreed to in principle when the debtor disputes the debt in writing. Nothing is filed while the
    dispute is open, and no gate asks for it."""
    to_the_route(bank)
    bank.approve("litigation_route", choice="sue")
    bank.brake("A1", "dispute")
    bank.play(until="2025-06-13")
    life = bank.life("A1")
    assert life.file.stage == ""
    assert life.never("litigation")


def test_pays_in_court(bank: Bank) -> None:
    """All is paid a week after the suit was docketed. Paying ends nothing by itself while a court file runs: a gate
    asks whether to withdraw; withdrawn, the debt is settled."""
    to_court(bank)
    bank.court("A1", "docketed")
    bank.pays("A1", "all", on="2025-06-18")
    bank.play(until="2025-06-18")
    assert bank.life("A1").end == ""
    bank.approve("withdrawal", choice="withdraw")
    bank.play(until="2025-06-20")
    life = bank.life("A1")
    assert (life.file.stage, life.end) == ("withdrawn", "settled")
    assert life.outcome("withdrawal") == "withdraw"


def test_from_the_suit_to_the_write_off(bank: Bank) -> None:
    """Sued, judged, enforced in vain: the court ends the enforcement for now. Counsel signs the opinion, five
    departments and the vice-president agree, the packet is built and the general ledger instructed. With its receipt
    the debt leaves the books and is owed as before: what comes in later is a recovery."""
    to_court(bank)
    bank.court("A1", "docketed", "heard", "judged", "effective")
    bank.play(until="2025-06-13")
    bank.approve("enforcement")
    bank.play(until="2025-06-16")
    assert bank.life("A1").file.stage == "enforcing"
    bank.court("A1", "ended_for_now")
    bank.desk_of("blg-01").sign_opinions(["A1"], "blg-01")
    bank.files(
        "A1",
        "loan_contract",
        "disbursement",
        "enforcement_ruling",
        "recovery_report",
        "pursuit_certificate",
        "asset_search",
    )
    bank.play(until="2025-09-08", every=20)
    assert bank.approve("write_off") == ["approved"]
    bank.play(until="2025-09-09")
    assert (bank.life("A1").happened(ev.WrittenOff), bank.book_status("A1")) == ([], "active")
    assert bank.life("A1").stands_at("write_off")
    assert bank.ledger_answers("A1").booked == ("A1",)
    bank.play(until="2025-09-10")
    life = bank.life("A1")
    (written_off,) = life.happened(ev.WrittenOff)
    assert written_off.amounts.total == 36_000_00
    found = check(bank.desk.documents.get(written_off.packet))
    assert found.intact, found.problems
    assert bank.book_status("A1") == "written_off"
    assert life.end == ""
    bank.pays("A1", 500_00, on="2025-09-15")
    bank.play(until="2025-09-15")
    after = bank.life("A1")
    assert [each.amount for each in after.happened(ev.RecoveryBooked)] == [500_00]
    assert (after.file.recovered, after.end, bank.book_status("A1")) == (500_00, "", "written_off")
    bank.pays("A1", "all", on="2025-09-17")
    bank.play(until="2025-09-17")
    assert bank.life("A1").end == "settled"


def test_a_secured_loan_is_sold_by_agreement(bank: Bank) -> None:
    """A home secures the loan. It is valued, its sale is agreed to at the gate, it is sold, and the proceeds settle
    the debt. No agency ever hears of it."""
    bank.loan("A1", due="2025-03-10", product="mortgage", mortgaged=True)
    bank.staff_agrees("formal_notice", "acceleration")
    bank.post_arrives()
    bank.play(until="2025-05-12", every=4)
    assert bank.life("A1").stands_at("collateral_valuation")
    bank.desk_of("bap-01").record_values([("A1", "HA1", 790_000_00, "评估报告")])
    bank.play(until="2025-06-09", every=5)
    bank.approve("agreed_sale")
    bank.play(until="2025-06-10")
    assert bank.life("A1").stands_at("agreed_sale")
    sale = Sale("HA1", 790_000_00, "买卖合同", "所有权人同意书")
    SideTracks(bank.desk_of("bap-01")).sell_by_agreement("A1", sale)
    bank.pays("A1", "all", on="2025-06-16", payer="third_party")
    bank.play(until="2025-06-17")
    life = bank.life("A1")
    (shared,) = life.happened(ev.ProceedsShared)
    assert (shared.ours, shared.surplus, shared.shortfall) == (36_000_00, 754_000_00, 0)
    assert life.outcome("agreed_sale") == "sold"
    assert life.end == "settled"
    assert life.never("outsourcing_notice", "agency_referral", "litigation_route")


def test_an_agency_is_recalled_on_the_day_of_payment(bank: Bank) -> None:
    """A small debt lies with an agency when it is paid. The recall goes out the same day, the case is settled, and the
    agency gives back its papers with the certificate."""
    bank.loan("A1", due="2025-03-10", amount=1_500_00, times=3)
    bank.staff_agrees("formal_notice", "acceleration", "agency_referral")
    bank.post_arrives()
    bank.play(until="2025-06-23", every=5)
    assert bank.life("A1").stands_at("agency_referral")
    bank.pays("A1", "all", on="2025-06-24")
    bank.play(until="2025-06-24")
    life = bank.life("A1")
    assert life.on(ev.PlacementRecalled) == [date(2025, 6, 24)]
    assert bank.sent("agency_referral")[-1] == ("A1", date(2025, 6, 24))
    assert life.end == "settled"
    bank.desk_of("osm-01").confirm_return(["A1"])
    assert bank.life("A1").on(ev.PlacementReturned) == [date(2025, 6, 25)]
    assert bank.life("A1").file.placement == ""
