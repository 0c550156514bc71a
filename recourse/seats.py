"""The vote rule: which seats a gate has, and what the votes cast add up to. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from recourse.policy.values import Seats

Vote = tuple[str, str, str, str, str]
"""seat, voter, verdict, choice, reason"""


class Outcome(msgspec.Struct, frozen=True):
    """Where a gate stands: open, approved, rejected, returned (or withdrawn, when nothing is left to agree to)."""

    status: str
    choice: str = ""
    reason: str = ""


def seats_of(rule: Seats) -> tuple[str, ...]:
    """Names of all seats; the final approver's comes last and opens when the others agree.

    Roles that a panel must include take its first seats: they cannot be filled by anybody else.
    """
    panel = (*rule.must_include, *rule.seats[len(rule.must_include) :])
    return (*panel, f"then:{rule.then}") if rule.then else panel


def resolve(rule: Seats, names: Sequence[str], votes: Sequence[Vote]) -> Outcome:
    """What the votes add up to.

    Without a committee: one *no* rejects, one *return* returns, all seats and the final approver must say yes. In a
    committee all sit first; two thirds of those present must say yes. Seats that had to choose must choose alike.
    """
    cast = {seat: (verdict, choice, reason) for seat, _, verdict, choice, reason in votes}
    panel = [name for name in names if not name.startswith("then:")]
    for seat, (verdict, _, reason) in cast.items():
        if verdict == "return":
            return Outcome("returned", "", reason)
        if verdict == "reject" and not (rule.committee and seat in panel):
            return Outcome("rejected", "", reason)
    if any(seat not in cast for seat in panel):
        return Outcome("open")
    if rule.committee:
        yes = sum(1 for seat in panel if cast[seat][0] == "approve")
        if yes * 3 < len(panel) * 2:
            return Outcome("rejected", "", f"{yes} of {len(panel)} said yes")
    if any(seat not in cast for seat in names):
        return Outcome("open")
    choices = {choice for verdict, choice, _ in cast.values() if verdict == "approve" and choice}
    if len(choices) > 1:
        return Outcome("returned", "", f"the seats chose differently: {', '.join(sorted(choices))}")
    return Outcome("approved", next(iter(choices), ""))
