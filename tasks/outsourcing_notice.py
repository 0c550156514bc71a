"""委外告知 Notice of outsourcing: before any placement the debtor is told who will call (消保办法 41).

The notice names the agency, its tasks, the data it gets and where to complain; a placement with another one than it
named does not follow from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from recourse import events as ev
from recourse.acts import Happened, Item, Receipt, Tools
from recourse.agencies.choosing import Choice, choose
from recourse.agencies.placing import Standing
from recourse.channels.channel import Delivery
from recourse.claims import claimable
from recourse.letters import common
from recourse.mailing import Letter, post

DATA_GIVEN = "姓名、留存的联系电话、合同编号、欠款金额和逾期时间"
TASKS_GIVEN = "电话提醒、信函提醒和还款协商意愿的转达"
BESIDE = ("told", "told_of_it")
"""What this notice is there to bring about."""


class OutsourcingNotice:
    """Tells the debtor, before any placement, who will call, with which data, and where to complain."""

    node = "outsourcing_notice"
    permit: tuple[str, ...] = ("post",)
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        people = tools.people.of([item.facts.person_id for item in items])
        contracts = tools.people.contracts([item.facts.account_id for item in items])
        chosen = _chosen(items, tools)
        letters = []
        for item in items:
            person = people.get(item.facts.person_id)
            fields = common(item, person, contracts.get(item.facts.account_id), tools.bank, tools.day, item.key)
            agency = chosen[item.key].agency
            profile = tools.bank.agencies.get(agency.agency) if agency else None
            if profile is not None:
                fields["agency"] = {name: getattr(profile, name) for name in profile.__struct_fields__}
            due = claimable(item.facts, tools.day)
            fields["amount_due"] = due.total if due else None
            from_on = tools.day + timedelta(days=15)
            until_on = from_on + timedelta(days=item.policy.number("placement.term_days"))
            fields["placement"] = {"from_on": from_on, "to_on": until_on, "tasks": TASKS_GIVEN, "data": DATA_GIVEN}
            letters.append(Letter(item, person, "outsourcing_notice", fields))
        return [_named(receipt, chosen[receipt.key]) for receipt in post(letters, items, tools, outcome="sent")]


def _chosen(items: Sequence[Item], tools: Tools) -> dict[str, Choice]:
    """The agency that each notice names, by key; the same one for all debts of a person."""
    agencies = tools.people.agencies()
    loads = {each.agency: each.load for each in agencies}
    elsewhere = tools.people.placed_with([item.facts.person_id for item in items])
    found = {}
    for item in items:
        standing = Standing(elsewhere=elsewhere.get(item.facts.person_id, ""))
        found[item.key] = choose(agencies, loads, item.facts, standing, item.policy, tools.day, beside=BESIDE)
    return found


def _named(receipt: Receipt, choice: Choice) -> Receipt:
    """The receipt, with the agency that a notice named once it is out; or why there was none to name."""
    if choice.agency is None:
        refused = Happened(ev.PlacementRefused(choice.unmet))
        return msgspec.structs.replace(receipt, detail=choice.reason, happened=(*receipt.happened, refused))
    if receipt.status != "done":
        return receipt
    told = Happened(ev.OutsourcingTold(choice.agency.agency))
    return msgspec.structs.replace(receipt, happened=(*receipt.happened, told))
