"""The part of the book that is being collected already when Recourse is switched on: what the bank did so far.

Contacts of the weeks before, notices with and without proof of arrival, a few court files and placements. Of the oldest
arrears some come without a word of history, and a plan or two without its signed paper: those are parked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from recourse.simulate.book import YUAN, Account, Book
from recourse.simulate.core import Core
from recourse.simulate.draws import Draws
from recourse.simulate.staff import STAFF

Row = dict[str, Any]
WORKED_FROM_DAYS, NOTICED_FROM_DAYS, SUED_FROM_DAYS, LONG_DAYS = 30, 45, 75, 91
"""Days past due from which debts were called, noticed, sued or placed; from the last a debt without history is parked."""
SUED_FROM = 10_000 * YUAN
COURT = "临澜市东湖区人民法院"
SILENT = ("no_answer", "busy", "switched_off", "refused")


def past_tables(draws: Draws, book: Book, core: Core, day: date, agencies: tuple[str, ...]) -> dict[str, list[Row]]:
    """Rows of the tables of the past as of a day, by table; a table without rows is left out."""
    found: dict[str, list[Row]] = {}
    for key, account in book.accounts.items():
        late = core.days_late(key)
        if late >= WORKED_FROM_DAYS and not _forgotten(draws, key, late):
            for table, row in _of(draws, core, account, day, late, agencies):
                found.setdefault(table, []).append({"account_id": key, **row})
    return found


def _forgotten(draws: Draws, key: str, late: int) -> bool:
    """Whether nobody kept a record of what was done."""
    return draws.chance(60 if late >= LONG_DAYS else 45, key, "no history")


def _of(
    draws: Draws, core: Core, account: Account, day: date, late: int, agencies: tuple[str, ...]
) -> Iterator[tuple[str, Row]]:
    key = account.account_id
    due_on = day - timedelta(days=late)
    yield from _contacts(draws, account, due_on, late)
    if late < NOTICED_FROM_DAYS:
        if draws.chance(12, key, "plan without paper"):
            yield "past_arrangements", {
                "arrangement_no": f"R{key}", "kind": "reschedule", "from_on": day - timedelta(days=9),
                "until_on": day + timedelta(days=180),
            }  # fmt: skip
        return
    sent_on = due_on + timedelta(days=32)
    arrived = draws.weighted({"proved": 76, "not proved": 14, "returned": 10}, key, "notice")
    yield "past_demands", _notice(key, sent_on, arrived)
    if late < SUED_FROM_DAYS:
        return
    owed = core.debts[key].total
    if owed >= SUED_FROM and account.pledge is None and arrived == "proved" and draws.chance(45, key, "sued"):
        yield from _suit(draws, key, day)
    elif owed < SUED_FROM and account.pledge is None and draws.chance(60, key, "placed"):
        from_on = day - timedelta(days=draws.between(5, 20, key, "placed since"))
        yield "past_placements", {
            "placement_no": f"W{key}", "agency": draws.pick(agencies, key, "agency"), "from_on": from_on,
            "until_on": from_on + timedelta(days=180), "noticed_on": from_on - timedelta(days=8),
        }  # fmt: skip


def _contacts(draws: Draws, account: Account, due_on: date, late: int) -> Iterator[tuple[str, Row]]:
    """A message in the first days, and a call about once a week until a few days ago."""
    key = account.account_id

    def row(number: int, channel: str, after: int, outcome: str) -> tuple[str, Row]:
        return "past_contacts", {
            "contact_no": f"L{key}-{number}", "party_id": account.person_id, "channel": channel,
            "on": due_on + timedelta(days=after), "outcome": outcome,
        }  # fmt: skip

    yield row(0, "sms", 3, "sent")
    for number, after in enumerate(range(12, late - 3, 8), start=1):
        yield row(number, "call", after, draws.pick(SILENT, key, "called", number))


def _notice(key: str, sent_on: date, arrived: str) -> Row:
    row: Row = {"demand_no": f"F{key}", "kind": "formal_notice", "sent_on": sent_on}
    on = sent_on + timedelta(days=4)
    if arrived == "returned":
        return {**row, "returned_on": on}
    return {**row, "delivered_on": on, **({"proof": f"EMS{key}"} if arrived == "proved" else {})}


def _suit(draws: Draws, key: str, day: date) -> Iterator[tuple[str, Row]]:
    filed_on = day - timedelta(days=draws.between(16, 24, key, "filed"))
    docketed_on = filed_on + timedelta(days=7)
    number = f"（{docketed_on.year}）模0101民初{key[1:]}号"
    yield "past_approvals", {
        "approval_no": f"P{key}", "action": "sue", "approved_on": filed_on - timedelta(days=5),
        "approved_by": STAFF["HLG"][0], "reference": "资产处置会议纪要",
    }  # fmt: skip
    yield "past_matters", {
        "matter_no": f"S{key}", "route": "suit", "court": COURT, "number": number, "filed_on": filed_on,
        "docketed_on": docketed_on, "stage": "docketed", "stage_on": docketed_on, "proof": "受理案件通知书",
    }  # fmt: skip
    yield "past_costs", {
        "cost_no": f"E{key}", "kind": "court_fee", "amount": 25 * YUAN, "booked_on": docketed_on, "matter_no": f"S{key}",
    }  # fmt: skip
    if draws.chance(50, key, "frozen"):
        yield "past_measures", {
            "measure_no": f"B{key}", "matter_no": f"S{key}", "kind": "deposit", "amount": 8_000 * YUAN,
            "taken_on": docketed_on + timedelta(days=2), "until_on": docketed_on + timedelta(days=300), "proof": "裁定书",
        }  # fmt: skip
