"""Folding what becomes of the debt itself into a case file: calls of the whole, the side tracks, the books."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from recourse import events as ev
from recourse.casefile import CaseFile
from recourse.clocks import Timer
from recourse.fold_tracks import start, stop

# --- the debt ---------------------------------------------------------------------------------------------------------


def _accelerated(file: CaseFile, event: ev.DebtAccelerated, on: date, known_on: date) -> None:
    file.accelerated_on = event.effective


def _reinstated(file: CaseFile, event: ev.DebtReinstated, on: date, known_on: date) -> None:
    file.accelerated_on, file.kept_called_on = None, None


def _kept_called(file: CaseFile, event: ev.DebtKeptCalled, on: date, known_on: date) -> None:
    file.kept_called_on = known_on


def _set_off_asked(file: CaseFile, event: ev.SetOffInstructed, on: date, known_on: date) -> None:
    file.set_off_asked = event.amount


def _set_off(file: CaseFile, event: ev.SetOffMade, on: date, known_on: date) -> None:
    file.set_off_asked = 0


def _insurer_claimed(file: CaseFile, event: ev.InsurerClaimed, on: date, known_on: date) -> None:
    file.insurer = "claimed"
    if event.proof:
        stop(file, "insurer_claim")


def _insurer_answered(file: CaseFile, event: ev.InsurerAnswered, on: date, known_on: date) -> None:
    file.insurer = event.result
    file.insurer_paid += event.paid


def _estate_found(file: CaseFile, event: ev.EstateFound, on: date, known_on: date) -> None:
    file.estate, file.estate_on, file.estate_value = "found", on, event.value


def _estate_claimed(file: CaseFile, event: ev.EstateClaimed, on: date, known_on: date) -> None:
    file.estate, file.estate_on = "claimed", on


def _estate_closed(file: CaseFile, event: ev.EstateClosed, on: date, known_on: date) -> None:
    file.estate, file.estate_on = event.result, on


def _bankrupt(file: CaseFile, event: ev.BankruptcyAccepted, on: date, known_on: date) -> None:
    file.bankruptcy, file.bankruptcy_on = "accepted", on
    if event.claims_until_on is not None:
        start(file, event.number or "debtor", Timer("bankruptcy_claim", on, event.claims_until_on), event.proof)


def _bankruptcy_claimed(file: CaseFile, event: ev.BankruptcyClaimed, on: date, known_on: date) -> None:
    file.bankruptcy, file.bankruptcy_on = "claimed", on
    if event.proof:
        stop(file, "bankruptcy_claim")


def _bankruptcy_moved(file: CaseFile, event: ev.BankruptcyMoved, on: date, known_on: date) -> None:
    file.bankruptcy, file.bankruptcy_on = event.stage, on
    if event.stage == "declared" and file.bankruptcy_declared_on is None:
        file.bankruptcy_declared_on = on


def _crime_reported(file: CaseFile, event: ev.CrimeReported, on: date, known_on: date) -> None:
    file.crime = "reported"


def _crime_answered(file: CaseFile, event: ev.CrimeAnswered, on: date, known_on: date) -> None:
    file.crime = event.result


# --- the books --------------------------------------------------------------------------------------------------------


def _instructed(file: CaseFile, event: ev.WriteOffInstructed, on: date, known_on: date) -> None:
    file.instruction, file.base_on = event.instruction_id, event.base_on


def _write_off_refused(file: CaseFile, event: ev.WriteOffRefused, on: date, known_on: date) -> None:
    file.instruction, file.base_on = "", None


def _written_off(file: CaseFile, event: ev.WrittenOff, on: date, known_on: date) -> None:
    file.written_off_on, file.instruction, file.base_on = on, "", event.base_on
    year_end = date(on.year, 12, 31)
    start(file, "debt", Timer("accountability", on), event.packet)
    start(file, str(on.year), Timer("write_off_audit", year_end), event.packet)
    start(file, str(on.year), Timer("write_off_report", year_end), event.packet)


def _accountable(file: CaseFile, event: ev.AccountabilityConcluded, on: date, known_on: date) -> None:
    file.accountable_on = on
    stop(file, "accountability")


def _reported(file: CaseFile, event: ev.WriteOffReported, on: date, known_on: date) -> None:
    stop(file, f"write_off_{event.what}", str(event.year))


def _recovered(file: CaseFile, event: ev.RecoveryBooked, on: date, known_on: date) -> None:
    file.recovered += event.amount


def _end_proposed(file: CaseFile, event: ev.TerminationProposed, on: date, known_on: date) -> None:
    file.ending_ground, file.ending_proof, file.ending_on = event.ground, event.proof, known_on


def _terminated(file: CaseFile, event: ev.DebtTerminated, on: date, known_on: date) -> None:
    file.terminated = event.ground


def _pooled(file: CaseFile, event: ev.ClaimPooled, on: date, known_on: date) -> None:
    file.pool, file.claim, file.cut_off_on, file.pooled_on = event.pool_id, event.claim_id, event.cut_off_on, known_on


def _unpooled(file: CaseFile, event: ev.ClaimUnpooled, on: date, known_on: date) -> None:
    file.pool, file.claim, file.cut_off_on, file.pooled_on, file.buyer = "", "", None, None, ""


def _awarded(file: CaseFile, event: ev.ClaimAwarded, on: date, known_on: date) -> None:
    file.buyer = event.buyer


def _transferred(file: CaseFile, event: ev.ClaimTransferred, on: date, known_on: date) -> None:
    file.transferred_on = event.cut_off_on


DEBT_FOLDS: Mapping[type[ev.Event], Callable[[CaseFile, Any, date, date], None]] = {
    ev.DebtAccelerated: _accelerated,
    ev.DebtReinstated: _reinstated,
    ev.DebtKeptCalled: _kept_called,
    ev.SetOffInstructed: _set_off_asked,
    ev.SetOffMade: _set_off,
    ev.InsurerClaimed: _insurer_claimed,
    ev.InsurerAnswered: _insurer_answered,
    ev.EstateFound: _estate_found,
    ev.EstateClaimed: _estate_claimed,
    ev.EstateClosed: _estate_closed,
    ev.BankruptcyAccepted: _bankrupt,
    ev.BankruptcyClaimed: _bankruptcy_claimed,
    ev.BankruptcyMoved: _bankruptcy_moved,
    ev.CrimeReported: _crime_reported,
    ev.CrimeAnswered: _crime_answered,
    ev.WriteOffInstructed: _instructed,
    ev.WriteOffRefused: _write_off_refused,
    ev.WrittenOff: _written_off,
    ev.AccountabilityConcluded: _accountable,
    ev.WriteOffReported: _reported,
    ev.RecoveryBooked: _recovered,
    ev.TerminationProposed: _end_proposed,
    ev.DebtTerminated: _terminated,
    ev.ClaimPooled: _pooled,
    ev.ClaimUnpooled: _unpooled,
    ev.ClaimAwarded: _awarded,
    ev.ClaimTransferred: _transferred,
}
