"""Arrears: how late an account is, worked out from its instalments and the money that came in.

For: the day count (逾期天数, DPD) that the ladder, the stages and the clocks stand on, and the check of the core
system's own figures. Not for: what is owed by component (that comes from the core, see `recourse.money.Amounts`),
interest, or the making of an instalment plan. Nothing here reads or writes anything, and no function knows what day it
is.

The conventions, all of them the bank's (no statute counts days past due):

- DPD is 0 on the due date and 1 the day after; the oldest unpaid instalment drives it.
- Money is allocated to the oldest instalment first. Only what came in by the day asked about counts.
- A chargeback (退票, 拒付) re-opens a debt due on the day of the chargeback, neither on the old due date nor on the
  next. A booking struck out (冲正) is another thing: that money never came, see `Receipt`.
- A pause (暂停计算) stops the count from its first day to its last: the count on the last day is that on the first. It
  works from the due date on; pause days before an instalment was due take nothing off it. A resume ends it early.
- Grace days belong to the account: they put off *delinquency*, they do not shift the due date or the DPD.

Amounts are minor units of the account's one currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import accumulate, pairwise
from typing import Literal

import msgspec


class Instalment(msgspec.Struct, frozen=True):
    """A sum that falls due on a day; `amount` in minor units, all components together."""

    due_on: date
    amount: int


class Receipt(msgspec.Struct, frozen=True):
    """Money that came in, whatever its source; `amount` in minor units.

    Negative when the bank strikes out a booking of its own (冲正): the money never came, and the old due date counts.
    """

    paid_on: date
    amount: int


class Chargeback(msgspec.Struct, frozen=True):
    """Money that came and was taken back on a day; `amount` in minor units, positive."""

    charged_back_on: date
    amount: int


class Pause(msgspec.Struct, frozen=True):
    """A spell in which days are not counted, both days included; `resumed_on` ends it early."""

    from_on: date
    to_on: date
    resumed_on: date | None = None

    @property
    def ends_on(self) -> date:
        """The last day on which it works."""
        return self.to_on if self.resumed_on is None else min(self.to_on, self.resumed_on)


class Due(msgspec.Struct, frozen=True):
    """One debt of the account after allocation: an instalment, or what a chargeback re-opened.

    `past_due_days` ignores pauses, `dpd` takes them off; neither knows of grace. Amounts in minor units.
    """

    due_on: date
    amount: int
    unpaid: int
    kind: Literal["instalment", "chargeback"] = "instalment"
    past_due_days: int = 0
    dpd: int = 0


class Arrears(msgspec.Struct, frozen=True):
    """How late an account is on `as_of`.

    `past_due_days`: days since the oldest unpaid due date, pauses ignored. `dpd`: the same without paused days.
    `delinquent_days`: the DPD beyond the account's grace, never below 0. `delinquent_on`: the oldest *overdue* due date
    plus grace; None when nothing is overdue. `overdue`: what was due before `as_of` and is unpaid, in minor units.
    `oldest_unpaid_due_on`: also when that day is still to come; None when all is paid. `next_due_on`: the next unpaid
    due date after `as_of`. `dues`: every debt, oldest first.
    """

    as_of: date
    past_due_days: int
    dpd: int
    delinquent_days: int
    delinquent_on: date | None
    overdue: int
    oldest_unpaid_due_on: date | None
    next_due_on: date | None
    dues: tuple[Due, ...]


def paused_days(pauses: Sequence[Pause], from_on: date, until: date) -> int:
    """Days between two days on which the count stood still; spells that overlap are counted once."""
    total, counted_to = 0, from_on
    for pause in pauses if len(pauses) < 2 else sorted(pauses, key=lambda each: each.from_on):
        start, end = max(pause.from_on, counted_to), min(pause.ends_on, until)
        if end > start:
            total += (end - start).days
            counted_to = end
    return total


def dpd(oldest_unpaid_due_on: date | None, pauses: Sequence[Pause], today: date) -> int:
    """Days past due on `today`; 0 when nothing is unpaid or nothing is due before today.

    A decision asks this for every case, so it is kept to a subtraction when there is no pause.
    """
    if oldest_unpaid_due_on is None or today <= oldest_unpaid_due_on:
        return 0
    late = (today - oldest_unpaid_due_on).days
    return late - paused_days(pauses, oldest_unpaid_due_on, today) if pauses else late


def dpd_reaches(oldest_unpaid_due_on: date | None, pauses: Sequence[Pause], today: date, n: int) -> date | None:
    """The first day, from `today` on, on which DPD is at least `n` if no fact changes; None if it never is.

    `n` of 0 or less holds on any day. For delinquency with grace, ask for ``n + grace_days``. None comes only from an
    account with nothing unpaid, or from a day beyond the calendar.
    """
    if n <= 0:
        return today
    if oldest_unpaid_due_on is None:
        return None
    counted_to = oldest_unpaid_due_on
    try:
        day = oldest_unpaid_due_on + timedelta(n)
        for pause in sorted(pauses, key=lambda each: each.from_on):
            start, end = max(pause.from_on, counted_to), pause.ends_on
            if start < day and start < end:
                day += end - start
                counted_to = end
    except OverflowError:
        return None
    return max(day, today)


def allocate(
    instalments: Iterable[Instalment],
    receipts: Iterable[Receipt],
    chargebacks: Iterable[Chargeback],
    as_of: date,
) -> tuple[Due, ...]:
    """Every debt known on `as_of`, oldest first, with what is left of it; money goes to the oldest first.

    Day counts are left at 0. An instalment and a chargeback of the same day: the instalment is paid first.
    """
    debts = [(each.due_on, 0, each.amount) for each in instalments]
    debts += [(each.charged_back_on, 1, each.amount) for each in chargebacks if each.charged_back_on <= as_of]
    debts.sort()
    money = _received(receipts, as_of)
    rows: list[Due] = []
    for due_on, order, amount in debts:
        used = min(money, amount)
        money -= used
        rows.append(Due(due_on, amount, amount - used, "chargeback" if order else "instalment"))
    return tuple(rows)


def oldest_unpaid(
    instalments: Sequence[Instalment],
    receipts: Sequence[Receipt] = (),
    chargebacks: Sequence[Chargeback] = (),
    *,
    as_of: date,
) -> date | None:
    """The due date of the oldest debt not paid in full on `as_of`, due or still to come; None when all is paid.

    The one fact that intake must keep for an account: `dpd` and `dpd_reaches` need no more.
    """
    money = _received(receipts, as_of)
    debts = [(each.due_on, each.amount) for each in instalments]
    debts += [(each.charged_back_on, each.amount) for each in chargebacks if each.charged_back_on <= as_of]
    debts.sort()
    for (due_on, amount), so_far in zip(debts, accumulate(amount for _, amount in debts), strict=True):
        if amount > 0 and so_far > money:
            return due_on
    return None


def _received(receipts: Iterable[Receipt], as_of: date) -> int:
    return max(sum(each.amount for each in receipts if each.paid_on <= as_of), 0)


def arrears(
    instalments: Iterable[Instalment],
    receipts: Iterable[Receipt] = (),
    chargebacks: Iterable[Chargeback] = (),
    pauses: Sequence[Pause] = (),
    *,
    as_of: date,
    grace_days: int = 0,
) -> Arrears:
    """The whole account on `as_of`; see `Arrears` for each figure."""
    dues = tuple(_aged(due, pauses, as_of) for due in allocate(instalments, receipts, chargebacks, as_of))
    unpaid = [due for due in dues if due.unpaid]
    late = [due for due in unpaid if due.due_on < as_of]
    oldest = late[0] if late else None
    return Arrears(
        as_of=as_of,
        past_due_days=oldest.past_due_days if oldest else 0,
        dpd=oldest.dpd if oldest else 0,
        delinquent_days=max(oldest.dpd - grace_days, 0) if oldest else 0,
        delinquent_on=oldest.due_on + timedelta(days=grace_days) if oldest else None,
        overdue=sum(due.unpaid for due in late),
        oldest_unpaid_due_on=unpaid[0].due_on if unpaid else None,
        next_due_on=next_payment_due(dues, as_of),
        dues=dues,
    )


def _aged(due: Due, pauses: Sequence[Pause], as_of: date) -> Due:
    if not due.unpaid or due.due_on >= as_of:
        return due
    return msgspec.structs.replace(due, past_due_days=(as_of - due.due_on).days, dpd=dpd(due.due_on, pauses, as_of))


def next_payment_due(dues: Iterable[Due], as_of: date) -> date | None:
    """The next due date after `as_of` with something still to be paid, whatever is overdue; None when there is none."""
    return next((due.due_on for due in dues if due.unpaid and due.due_on > as_of), None)


# --- pauses -----------------------------------------------------------------------------------------------------------


class Refusal(msgspec.Struct, frozen=True):
    """Why something is not allowed: a code for machines and counts, a sentence for people."""

    code: str
    reason: str


class PausePeriod(msgspec.Struct, frozen=True):
    """A pause as it really ran: an early resume has moved `to_on`; `active` on the day asked about."""

    from_on: date
    to_on: date
    active: bool


class PauseRequest(msgspec.Struct, frozen=True):
    """What a person asks for. A pause needs both days; a resume has `from_on` only, the business day itself."""

    action: Literal["pause", "resume"]
    from_on: date | None
    to_on: date | None = None


def pause_periods(pauses: Iterable[Pause], as_of: date) -> tuple[PausePeriod, ...]:
    """All pauses in the order of their first day, those to come included."""
    ordered = sorted(pauses, key=lambda each: (each.from_on, each.ends_on))
    return tuple(PausePeriod(p.from_on, p.ends_on, p.from_on <= as_of <= p.ends_on) for p in ordered)


def validate_pause(
    existing: Sequence[Pause],
    new: PauseRequest,
    *,
    loan_active: bool,
    disbursed_on: date | None,
    business_date: date,
) -> Refusal | None:
    """Why this pause or resume cannot be entered; None when it can. A back-dated pause can, down to disbursement."""
    if not loan_active:
        return Refusal("loan-not-active", "only an active loan can be paused or resumed")
    if new.action == "resume":
        return _refuse_resume(existing, new, business_date)
    return _refuse_pause(existing, new, disbursed_on)


def _refuse_pause(existing: Sequence[Pause], new: PauseRequest, disbursed_on: date | None) -> Refusal | None:
    start, end = new.from_on, new.to_on
    if start is None:
        return Refusal("start-missing", "a pause needs its first day")
    if end is None:
        return Refusal("end-missing", "a pause needs its last day")
    if end < start:
        return Refusal("end-before-start", f"the pause would end on {end}, before it starts on {start}")
    if end == start:
        return Refusal("too-short", "a pause of one day stops nothing: its last day must be later than its first")
    if disbursed_on is not None and start < disbursed_on:
        return Refusal("before-disbursement", f"the loan was paid out on {disbursed_on}, after the pause would start")
    for pause in existing:
        if pause.from_on < pause.ends_on and start < pause.ends_on and pause.from_on < end:
            return Refusal("overlapping", f"days are already paused from {pause.from_on} to {pause.ends_on}")
    return None


def _refuse_resume(existing: Sequence[Pause], new: PauseRequest, business_date: date) -> Refusal | None:
    if new.from_on is None:
        return Refusal("start-missing", "a resume needs its day")
    if new.from_on != business_date:
        return Refusal("not-business-date", f"a resume takes effect on the business day, {business_date}")
    if new.to_on is not None:
        return Refusal("resume-with-end", "a resume has no last day")
    if any(pause.resumed_on == new.from_on for pause in existing):
        return Refusal("already-resumed", f"the pause was already resumed on {new.from_on}")
    if not any(pause.from_on <= new.from_on <= pause.ends_on for pause in existing):
        return Refusal("no-active-pause", "no pause is running on that day")
    return None


# --- stages -----------------------------------------------------------------------------------------------------------


class Range(msgspec.Struct, frozen=True):
    """A stage by days, both ends included: M1 is ``Range("M1", 1, 30)``; the last one may be open (`to_days` None)."""

    name: str
    from_days: int
    to_days: int | None = None


def range_of(ranges: Iterable[Range], days: int) -> Range | None:
    """The stage that `days` falls in; None when it falls in none, which for a checked set means before the first."""
    for each in ranges:
        if each.from_days <= days and (each.to_days is None or days <= each.to_days):
            return each
    return None


def amounts_by_range(dues: Iterable[Due], ranges: Sequence[Range], grace_days: int = 0) -> dict[str, int]:
    """Unpaid minor units per stage, each debt by its own DPD less `grace_days`; debts in no stage are left out."""
    sums: dict[str, int] = {}
    for due in dues:
        stage = range_of(ranges, due.dpd - grace_days) if due.unpaid and due.dpd else None
        if stage:
            sums[stage.name] = sums.get(stage.name, 0) + due.unpaid
    return sums


def validate_ranges(ranges: Iterable[Range]) -> Refusal | None:
    """Why these stages cannot be used; None when every day from the first stage on has exactly one."""
    ordered = sorted(ranges, key=lambda each: each.from_days)
    if not ordered:
        return Refusal("empty", "at least one range is needed")
    if len({each.name for each in ordered}) < len(ordered):
        return Refusal("duplicate", "two ranges have the same name")
    for each in ordered:
        if each.from_days < 1:
            return Refusal("below-one", f"{each.name} starts at day {each.from_days}: day 0 is the due date, not late")
        if each.to_days is not None and each.to_days < each.from_days:
            return Refusal("backwards", f"{each.name} ends at day {each.to_days}, before it starts")
    for before, after in pairwise(ordered):
        if before.to_days is None or after.from_days <= before.to_days:
            return Refusal("overlap", f"{before.name} and {after.name} share a day")
        if after.from_days > before.to_days + 1:
            return Refusal("gap", f"no range holds the days between {before.name} and {after.name}")
    return None
