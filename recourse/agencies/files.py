"""The rows of the files that pass between bank and agency, as CSV: what goes out each day, what comes back. Pure.

Out: the minimum that a caller needs, and nothing of guarantors, relatives or identity papers. In: judged whole; every
fault is named by row and column, and a file with one is not taken in. `docs/agency.md` describes both for agencies.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from datetime import date, datetime

import msgspec

from recourse.errors import UserError
from recourse.money import to_minor, to_text

CHANNELS = ("call", "sms", "visit", "incoming")
"""How a contact was made; `incoming`: the debtor came to the agency, which costs no contact."""
CALL, VISIT, INCOMING = "call", "visit", "incoming"
FAULTS_SHOWN = 10
ROWS_AT_MOST = 200_000


class PlacementRow(msgspec.Struct, frozen=True):
    """One debt of the day: amounts in units of the currency, contacts that may be made today, hours that are quiet."""

    placement_id: str
    debtor: str
    phone: str
    contract_no: str
    currency: str
    due: str
    as_of: str
    until: str
    quiet_from: str
    quiet_until: str
    contacts: int


class ResultRow(msgspec.Struct, frozen=True):
    """One contact as the agency reports it; `n` is its row in the file, the first below the header being 2."""

    n: int
    placement_id: str
    at: datetime
    channel: str
    outcome: str
    promise_on: date | None
    promise_amount: int | None
    recording: str
    number: str = ""
    """The number that was dialled, where the agency says so."""


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a row."""

    n: int
    column: str
    what: str


RESULT_COLUMNS = ("placement_id", "at", "channel", "outcome", "promise_on", "promise_amount", "currency", "recording")
WITH_NUMBER = (*RESULT_COLUMNS, "number")
"""The same, with the number that was dialled."""


def amount_text(minor: int | None, currency: str) -> str:
    """An amount as it stands in a file; unknown is empty."""
    return "" if minor is None else to_text(minor, currency)


def placement_csv(rows: Sequence[PlacementRow]) -> bytes:
    """The day's file, in plain text: it leaves the bank only sealed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(PlacementRow.__struct_fields__)
    writer.writerows(msgspec.structs.astuple(row) for row in rows)
    return out.getvalue().encode()


def read_results(plain: bytes, place: str, outcomes: Collection[str]) -> list[ResultRow]:
    """The rows of a results file; any fault refuses the whole of it, in one line that names the first ones."""
    rows, faults = _rows(plain, place, outcomes)
    if faults:
        shown = "; ".join(f"row {fault.n}, {fault.column}: {fault.what}" for fault in faults[:FAULTS_SHOWN])
        more = f"; and {len(faults) - FAULTS_SHOWN} more" if len(faults) > FAULTS_SHOWN else ""
        raise UserError(
            f"{len(faults)} faults, nothing taken in: {shown}{more}", where=place, mend="have it written anew"
        )
    return rows


def _rows(plain: bytes, place: str, outcomes: Collection[str]) -> tuple[list[ResultRow], list[Fault]]:
    try:
        reader = csv.reader(io.StringIO(plain.decode("utf-8-sig"), newline=""), strict=True)
        header = tuple(next(reader, ()))
        lines = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError("not a results file", where=place, mend=f"CSV in UTF-8 ({error})") from None
    if header not in (RESULT_COLUMNS, WITH_NUMBER):
        raise UserError("not a results file", where=place, mend=f"the first line is {','.join(RESULT_COLUMNS)}")
    if len(lines) > ROWS_AT_MOST:
        raise UserError(f"{len(lines)} rows in one file", where=place, mend=f"at most {ROWS_AT_MOST}; send several")
    rows: list[ResultRow] = []
    faults: list[Fault] = []
    seen: set[tuple[str, datetime, str]] = set()
    for n, line in enumerate(lines, start=2):
        row = _row(n, line, header, outcomes, faults)
        if row is None:
            continue
        key = (row.placement_id, row.at, row.channel)
        if key in seen:
            faults.append(Fault(n, "at", "this contact stands in the file twice"))
        seen.add(key)
        rows.append(row)
    return rows, faults


def _row(
    n: int, line: Sequence[str], header: Sequence[str], outcomes: Collection[str], faults: list[Fault]
) -> ResultRow | None:
    if len(line) != len(header):
        faults.append(Fault(n, "row", f"{len(line)} cells instead of {len(header)}"))
        return None
    cells = dict(zip(header, (cell.strip() for cell in line), strict=True))
    before = len(faults)

    def fault(column: str, what: str) -> None:
        faults.append(Fault(n, column, what))

    if not cells["placement_id"]:
        fault("placement_id", "empty")
    at = _instant(cells["at"])
    if at is None:
        fault("at", "not an instant with its offset, such as 2026-03-02T10:15:00+08:00")
    if cells["channel"] not in CHANNELS:
        fault("channel", f"use {', '.join(CHANNELS)}")
    if cells["outcome"] not in outcomes:
        fault("outcome", f"unknown; use {', '.join(outcomes)}")
    promise_on = _day(cells["promise_on"])
    if cells["promise_on"] and promise_on is None:
        fault("promise_on", "not a day, YYYY-MM-DD")
    amount = _amount(cells["promise_amount"], cells["currency"])
    if cells["promise_amount"] and (amount is None or amount <= 0):
        fault("promise_amount", "not an amount of a currency that is named")
    if at is None or len(faults) > before:
        return None
    return ResultRow(
        n, cells["placement_id"], at, cells["channel"], cells["outcome"], promise_on, amount, cells["recording"],
        cells.get("number", ""),
    )  # fmt: skip


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _amount(text: str, currency: str) -> int | None:
    try:
        return to_minor(text, currency) if text else None
    except UserError:
        return None
