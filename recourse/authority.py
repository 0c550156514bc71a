"""Which tier of the authority matrix an action stands under, for one case. Pure.

The basis is data of the row: the debtor's exposure over all accounts (while unknown, what this account owes), the amount
that is waived, or the net loss of this debt, which is what is still owed on it after all that came in.
"""

from __future__ import annotations

from recourse.facts import Facts
from recourse.policy.book import Policy


def amount_of(facts: Facts, basis: str) -> int:
    """The amount that a tier is read from, in minor units."""
    if basis == "waived":
        proposal = facts.file.proposal
        return proposal.offer.waived.total if proposal is not None else 0
    if basis == "net_loss":
        return max(facts.owed or 0, 0)
    return facts.exposure if facts.exposure is not None else facts.owed or 0


def tier_of(facts: Facts, policy: Policy, action: str) -> str:
    """The tier of an action for this case today; an action without a row goes by exposure."""
    row = policy.authority.get(action)
    return policy.tier_of(facts.currency, amount_of(facts, row[1].basis if row is not None else "exposure"))
