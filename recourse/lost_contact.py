"""Whether contact with a debtor is lost 失联: worked out of the contacts that were recorded, by the rules of the pack. Pure.

Nobody's word is asked. What was answered, or may have been, ends the row of failures; what the debtor did himself since
(rang, spoke, came) ends it as well.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

import msgspec

from recourse.contact_law import Past
from recourse.fold_imported import UNANSWERED
from recourse.policy.book import Policy
from recourse.policy.values import LostContact

INVALID = "invalid_number"


class Ground(msgspec.Struct, frozen=True):
    """One rule by which contact is lost, since when, and on what."""

    rule: str
    since_on: date
    seen: str


def grounds(
    calls: Sequence[Past], numbers: Collection[str], reached_on: date | None, policy: Policy, today: date
) -> tuple[Ground, ...]:
    """The rules by which contact is lost today. `calls`: the person's own calls in order of time, of all debts; `numbers`:
    the debtor's own; `reached_on`: when the debtor was last reached, in whichever way."""
    failed = _failing(calls, reached_on)
    found = []
    for source, value in policy.of("lost_contact", LostContact):
        ground = _ground(value, failed, numbers, today)
        if ground is not None:
            found.append(Ground(source.rule, *ground))
    return tuple(found)


def _failing(calls: Sequence[Past], reached_on: date | None) -> list[Past]:
    """The row of failed calls that ends today, oldest first; of an agency's quota only what was used counts."""
    row: list[Past] = []
    for call in reversed([each for each in calls if not each.back]):
        if call.used not in UNANSWERED or (reached_on is not None and call.on <= reached_on):
            break
        row.append(call)
    return row[::-1]


def _ground(
    value: LostContact, failed: Sequence[Past], numbers: Collection[str], today: date
) -> tuple[date, str] | None:
    if value.trigger == "number_invalid":
        return _dead(failed, numbers)
    if value.trigger == "failed_calls":
        if len(failed) < value.times:
            return None
        last = failed[value.times - 1].on
        since = last + timedelta(days=value.wait_days)
        return (since, f"{value.times} failed calls, the last of them on {last}") if since <= today else None
    for day in sorted({call.on for call in failed}):
        days = {day + timedelta(days=n) for n in range(value.times)}
        if days <= {call.on for call in failed}:
            return max(days), f"{value.times} days in a row from {day} to {max(days)}"
    return None


def _dead(failed: Sequence[Past], numbers: Collection[str]) -> tuple[date, str] | None:
    """Every number that is known was found dead when it was last dialled."""
    last = {call.number_id: call for call in failed}
    dead = [last[number].on for number in numbers if number in last and last[number].used == INVALID]
    if not numbers or len(dead) < len(set(numbers)):
        return None
    return max(dead), f"{len(dead)} dead numbers"
