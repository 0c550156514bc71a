"""Which of a person's numbers or addresses is used: one rule for the permit asked and for the message sent."""

from __future__ import annotations

WORKPLACE = "workplace"
THIRD = frozenset({WORKPLACE, "relative", "other"})
"""Whose numbers are a third party's."""
OWN = ("", "own")
"""Whose number may be used for the debtor: the debtor's own, or one left as such. A relative's, a workplace's or
another's is a third party's, who must not learn of the debt: never without the lost-contact gate (失联).
"""


def preference(consent: bool | None, contractual: bool | None, contact_id: str) -> tuple[bool, bool, str]:
    """Sort key, smallest first: never one that the person objected to if there is another, then the one agreed in the
    contract (银行卡规定 art 3: what reaches it counts as proof), then a fixed order.
    """
    return consent is False, contractual is not True, contact_id
