"""接管 What was done before Recourse, as steps of the ladder: the table that a take-over is told by.

Not a node: it says which step a contact, a letter, a placement or a court file of the past stands for, and what follows
from a letter that arrived.
"""

from __future__ import annotations

from datetime import date

from recourse import events as ev
from recourse.clocks import Numbers
from recourse.facts import Facts, GuaranteeKind
from recourse.intake.past_events import Past
from tasks import guarantor
from tasks.acts import PROOFS
from tasks.call import OUTCOMES

CONTACT = {"sms": "reminder", "app": "reminder", "email": "reminder", "call": "call", "visit": "visit"}
"""Channel → step; post is told by its letters."""
DEMAND = {
    "formal_notice": "formal_notice",
    "limitation_demand": "limitation_demand",
    "guarantor_demand": "guarantor_demand",
    "acceleration": "acceleration",
    "outsourcing_notice": "outsourcing_notice",
}
ROUTE = {
    "suit": (("litigation_route", "sue"), ("litigation", "filed")),
    "mediation": (("litigation_route", "mediation"), ("mediation", "filed")),
    "payment_order": (("litigation_route", "payment_order"), ("payment_order", "filed")),
    "arbitration": (("litigation_route", "arbitration"), ("arbitration", "filed")),
    "notarised_enforcement": (("litigation_route", "notarised_enforcement"), ("notarised_enforcement", "filed")),
    "realisation": (("security_realisation", "filed"),),
}
"""Route of a court file → the steps that are behind it, with their outcomes."""


def proved(facts: Facts, kind: str, party_id: str, proof: str, on: date, numbers: Numbers) -> tuple[ev.Event, ...]:
    """What a letter brought about that arrived, with its proof; one to a guarantor claims that guarantor's only."""
    if kind != "guarantor_demand":
        return PROOFS[kind](facts, "delivered", proof, on)
    his = [each for each in facts.security.guarantees if each.kind is GuaranteeKind.JOINT and each.party_id == party_id]
    claims = guarantor.claims(facts, his, proof, on, numbers)
    return (ev.DeliveryProved("guarantor_demand", "delivered", proof), *claims)


PAST = Past(
    first="reminder",
    contact=CONTACT,
    left={code: outcome.leaves or "unreached" for code, outcome in OUTCOMES.items()},
    demand=DEMAND,
    proved=proved,
    notice="outsourcing_notice",
    placement="agency_referral",
    route=ROUTE,
    enforced=(("enforcement", "applied"),),
    write_off="write_off",
)
