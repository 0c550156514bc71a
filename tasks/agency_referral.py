"""委外催收 Agency placement: the placement as a dated lease, and the recall.

Approved by list. A debt goes out only when every entry condition of agency and debt is met (`recourse.agencies.placing`);
otherwise the journal says which are not. The message that goes to the agency here names the placement and nothing
personal: what a caller needs stands in the day's sealed file (`recourse agency quota`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from recourse import events as ev
from recourse.acts import Agency, Happened, Item, Receipt, Tools
from recourse.agencies.choosing import choose
from recourse.agencies.placing import Standing
from recourse.canonical import derived_id, encode
from recourse.channels.channel import Delivery, Outgoing, hand_over
from recourse.claims import claimable
from recourse.facts import Facts
from recourse.ladder import ActClass
from recourse.mailing import failed
from tasks.ladder import LADDER

NODE = "agency_referral"
NOTICE = "outsourcing_notice"
TOLD = ("sent", "delivered")
UNDER_WAY = ("released", "open")


class AgencyReferral:
    """Hands the debt to one agency for a term, and calls it back."""

    node = NODE
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        agencies = tools.people.agencies()
        loads = {each.agency: each.load for each in agencies}
        elsewhere = dict(tools.people.placed_with([item.facts.person_id for item in items]))
        causes = _causes([item for item in items if item.effect == "recall"], tools)
        receipts = []
        for item in items:
            if item.effect == "recall":
                receipts.append(self._recall(item, causes.get(item.case_id, "recalled"), tools))
                continue
            standing = standing_of(item.facts, elsewhere.get(item.facts.person_id, ""))
            choice = choose(agencies, loads, item.facts, standing, item.policy, tools.day)
            if choice.agency is None:
                refused = Happened(ev.PlacementRefused(choice.unmet))
                receipts.append(Receipt(item.key, "failed", "failed", detail=choice.reason, happened=(refused,)))
                continue
            receipt = self._place(item, choice.agency, tools)
            if receipt.status == "done":
                loads[choice.agency.agency] = loads.get(choice.agency.agency, 0) + 1
                elsewhere[item.facts.person_id] = choice.agency.agency
            receipts.append(receipt)
        return receipts

    def _place(self, item: Item, agency: Agency, tools: Tools) -> Receipt:
        until_on = tools.day + timedelta(days=item.policy.number("placement.term_days"))
        placement_id = derived_id("placement", item.key)
        due = claimable(item.facts, tools.day)
        record = encode({"placement": placement_id, "until": until_on})
        message = Outgoing(item.key, agency.agency, "placement", record, (), tools.day, tools.at)
        result = hand_over(tools.channels["agency"], [message])[0]
        if result.status != "sent":
            return failed(item, result)
        placed = ev.PlacementMade(placement_id, agency.agency, until_on, due.total if due else None)
        return Receipt(item.key, "done", reference=result.reference, happened=(Happened(placed),))

    def _recall(self, item: Item, cause: str, tools: Tools) -> Receipt:
        agency = item.facts.file.placement
        placement_id = derived_id("placement", item.key.removesuffix("recall") + "act")
        if not agency:
            return Receipt(item.key, "done", detail="nothing was placed")
        record = encode({"placement": placement_id, "cause": cause})
        message = Outgoing(item.key, agency, "recall", record, (), tools.day, tools.at)
        result = hand_over(tools.channels["agency"], [message])[0]
        if result.status != "sent":
            return failed(item, result)
        recalled = ev.PlacementRecalled(placement_id, cause)
        return Receipt(item.key, "done", reference=result.reference, happened=(Happened(recalled),))


def standing_of(facts: Facts, elsewhere: str) -> Standing:
    """What is known of a debt beside its entry: whether its debtor was told, and what else is under way."""
    notice = facts.file.visits.get(NOTICE)
    adverse = tuple(
        name
        for name, visit in facts.file.visits.items()
        if name != NODE and visit.state in UNDER_WAY and LADDER.by_name[name].act_class is ActClass.ADVERSE
    )
    return Standing(elsewhere=elsewhere, told=notice is not None and notice.outcome in TOLD, adverse=adverse)


def _causes(items: Sequence[Item], tools: Tools) -> Mapping[str, str]:
    """Case → why its placement is called back, as its journal says."""
    if not items:
        return {}
    return {
        case_id: entry.event.detail
        for case_id, journal in tools.history.of([item.case_id for item in items]).items()
        for entry in journal
        if isinstance(entry.event, ev.VisitLeft) and entry.event.node == NODE and entry.event.detail
    } | {item.case_id: item.facts.file.end for item in items if item.facts.file.end}
