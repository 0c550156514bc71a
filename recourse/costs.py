"""What pursuing a debt costs the bank by its own doing, priced by the pack: postage, staff time. Pure.

Nothing is booked while a price is nought or unknown. Court fees, counsel and agencies are booked by who pays them.
"""

from __future__ import annotations

from recourse.events import CostBooked
from recourse.facts import Facts
from recourse.policy.book import Policy

POSTAGE, STAFF = "postage", "staff"


def postage(facts: Facts, policy: Policy, key: str) -> CostBooked | None:
    """The cost of a letter that went out under a key."""
    amount = policy.numbers.get("cost.postage_minor", 0)
    return CostBooked(f"{key}/{POSTAGE}", POSTAGE, amount, facts.currency) if amount > 0 else None


def staff_time(policy: Policy, rule: str, times: int = 1) -> int:
    """What so many times the minutes of a rule cost, in minor units, rounded half up."""
    minutes, per_hour = policy.numbers.get(rule, 0), policy.numbers.get("cost.staff_minor_per_hour", 0)
    return (2 * times * minutes * per_hour + 60) // 120
