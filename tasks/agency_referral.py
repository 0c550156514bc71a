"""委外催收 Agency placement: the notice before it (消保办法 41), the placement as a dated lease, the recall.

Approved by list. Entry conditions of the agency: on the white list, contract live, annual review in date. What the
agency gets is the minimum (no guarantor, no third party). It does not yet keep inspections, scorecards or fees.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from recourse import events as ev
from recourse.acts import Agency, Happened, Item, Receipt, Tools
from recourse.canonical import derived_id, encode
from recourse.channels.channel import Delivery, Outgoing, hand_over
from recourse.claims import claimable
from recourse.letters import common
from recourse.mailing import Letter, failed, post

DATA_GIVEN = "姓名、留存的联系电话、合同编号、欠款金额和逾期时间"
TASKS_GIVEN = "电话提醒、信函提醒和还款协商意愿的转达"


class OutsourcingNotice:
    """Tells the debtor, before any placement, who will call, with which data, and where to complain."""

    node = "outsourcing_notice"
    permit: tuple[str, ...] = ("post",)
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        people = tools.people.of([item.facts.person_id for item in items])
        contracts = tools.people.contracts([item.facts.account_id for item in items])
        letters = []
        for item in items:
            person = people.get(item.facts.person_id)
            fields = common(item, person, contracts.get(item.facts.account_id), tools.bank, tools.day, item.key)
            agency = _chosen(item, tools)
            profile = tools.bank.agencies.get(agency.agency) if agency else None
            if profile is not None:
                fields["agency"] = {name: getattr(profile, name) for name in profile.__struct_fields__}
            due = claimable(item.facts, tools.day)
            fields["amount_due"] = due.total if due else None
            from_on = tools.day + timedelta(days=15)
            until_on = from_on + timedelta(days=item.policy.number("placement.term_days"))
            fields["placement"] = {"from_on": from_on, "to_on": until_on, "tasks": TASKS_GIVEN, "data": DATA_GIVEN}
            letters.append(Letter(item, person, "outsourcing_notice", fields))
        return post(letters, items, tools, outcome="sent")


class AgencyReferral:
    """Hands the debt to one agency for a term, and calls it back."""

    node = "agency_referral"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        people = tools.people.of([item.facts.person_id for item in items])
        receipts = []
        for item in items:
            if item.effect == "recall":
                receipts.append(self._recall(item, tools))
                continue
            agency, person = _chosen(item, tools), people.get(item.facts.person_id)
            if agency is None or person is None:
                detail = (
                    "no agency is on the white list, under contract and reviewed" if person else "the debtor is unknown"
                )
                receipts.append(Receipt(item.key, "failed", "failed", detail=detail))
                continue
            receipts.append(self._place(item, agency, person.name, person.numbers.get("phone", ""), tools))
        return receipts

    def _place(self, item: Item, agency: Agency, name: str, phone: str, tools: Tools) -> Receipt:
        until_on = tools.day + timedelta(days=item.policy.number("placement.term_days"))
        placement_id = derived_id("placement", item.key)
        due = claimable(item.facts, tools.day)
        record = encode({
            "placement": placement_id, "account": item.facts.account_id, "debtor": name, "phone": phone,
            "owed": due.total if due else None, "currency": item.facts.currency, "as_of": item.facts.balance_as_of,
            "until": until_on,
        })  # fmt: skip
        message = Outgoing(item.key, agency.agency, "placement", record, (), tools.day, tools.at)
        result = hand_over(tools.channels["agency"], [message])[0]
        if result.status != "sent":
            return failed(item, result)
        placed = ev.PlacementMade(placement_id, agency.agency, until_on)
        return Receipt(item.key, "done", reference=result.reference, happened=(Happened(placed),))

    def _recall(self, item: Item, tools: Tools) -> Receipt:
        agency = item.facts.file.placement
        placement_id = derived_id("placement", item.key.removesuffix("recall") + "act")
        if not agency:
            return Receipt(item.key, "done", detail="nothing was placed")
        message = Outgoing(item.key, agency, "recall", encode({"placement": placement_id}), (), tools.day, tools.at)
        result = hand_over(tools.channels["agency"], [message])[0]
        if result.status != "sent":
            return failed(item, result)
        visit = item.facts.file.visits.get(self.node)
        recalled = ev.PlacementRecalled(placement_id, visit.outcome if visit else "recalled")
        return Receipt(item.key, "done", reference=result.reference, happened=(Happened(recalled),))


def _chosen(item: Item, tools: Tools) -> Agency | None:
    """An agency that may be used today; the same one for all debts of a person, so that one debtor has one caller."""
    oldest_review = tools.day - timedelta(days=item.policy.number("agency.review_days"))
    usable = [
        agency
        for agency in tools.people.agencies()
        if agency.white_listed and agency.contract_until_on >= tools.day and agency.reviewed_on >= oldest_review
    ]
    return usable[int(derived_id("agency", item.facts.person_id)[:8], 16) % len(usable)] if usable else None
