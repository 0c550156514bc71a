"""抵销 Set-off of the debtor's own deposits, what is exempt left untouched (民法典 568; `recourse.legal.exempt`).

The gate says whether money of unknown source counts as free: only with its word is such money asked for, and money whose
source is protected never is, nor is a deposit that the core told of too long ago. The instruction names, deposit by deposit,
how much may be taken at most and how much has to be left, so that the core holds the same line whatever moved meanwhile.
Set off is what the core confirms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from recourse import events as ev
from recourse.acts import Happened, Item, Receipt, Tools
from recourse.canonical import derived_id, encode
from recourse.channels.channel import Delivery, Outgoing, hand_over
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.legal.exempt import SetOff as Taking
from recourse.mailing import failed
from recourse.policy.book import Policy
from recourse.proposals import takings

ESTABLISHED = "source_established"
"""The choice by which a gate says that it found the money of unknown source to be free."""


class SetOff:
    """Instructs the core; debts of one person that come together share what there is."""

    node = "set_off"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        gone: defaultdict[str, dict[str, int]] = defaultdict(dict)
        return [self._one(item, gone[item.facts.person_id], tools) for item in items]

    def _one(self, item: Item, gone: dict[str, int], tools: Tools) -> Receipt:
        found = takings(item.facts, item.policy, tools.day, established=item.choice == ESTABLISHED, gone=gone)
        if found is None or found.take <= 0:
            return Receipt(
                item.key, "done", "nothing_to_take", detail="nothing may be taken: protected, gone, or unknown"
            )
        for each in found.takings:
            gone[each.balance_id] = gone.get(each.balance_id, 0) + each.take
        return self._instruct(item, found, tools)

    def _instruct(self, item: Item, found: Taking, tools: Tools) -> Receipt:
        lines = [
            {"deposit": each.balance_id, "take_at_most": each.take, "leave_at_least": each.protected}
            for each in found.takings
            if each.take
        ]
        set_off_id = derived_id("setoff", item.key)
        text = encode({
            "set_off": set_off_id, "account": item.facts.account_id, "currency": item.facts.currency,
            "amount": found.take, "deposits": lines, "until": tools.day,
        })  # fmt: skip
        message = Outgoing(item.key, "core", "set_off", text, (), tools.day, tools.at)
        result = hand_over(tools.channels["core"], [message])[0]
        if result.status != "sent":
            return failed(item, result)
        asked = ev.SetOffInstructed(set_off_id, found.take, found.protected)
        return Receipt(item.key, "done", reference=result.reference, happened=(Happened(asked),))


ACTS = (SetOff(),)


def confirmed(facts: Facts, amount: int, left: int, exempt: int, proof: str) -> tuple[ev.Event, ...]:
    """The core set off an amount. Refused for more than it was told it may take: the rest is the debtor's."""
    visit = facts.file.visits.get("set_off")
    asked = facts.file.set_off_asked
    if visit is None or visit.state != "open" or not asked:
        raise UserError(
            "no set-off waits for the core", where=f"account {facts.account_id}", mend="see `recourse explain`"
        )
    if not proof.strip():
        raise UserError("a set-off needs the core's entry", mend="give --proof")
    if not 0 <= amount <= asked:
        raise UserError(
            f"{amount} was set off, and at most {asked} may be (minor units)", where="民法典 568",
            mend="what is exempt is given back; report what stays",
        )  # fmt: skip
    outcome = "made" if amount else "nothing_taken"
    key = f"{facts.case_id}/set_off/{visit.n}/act"
    made = (ev.SetOffMade(derived_id("setoff", key), amount, left, exempt, proof),) if amount else ()
    return (*made, ev.VisitLeft("set_off", outcome))


def protected(facts: Facts, policy: Policy, on: date) -> int:
    """How much of the deposits, as the core told of them last, is kept from set-off, in minor units."""
    found = takings(facts, policy, on, of_any_day=True)
    return found.protected if found is not None else 0
