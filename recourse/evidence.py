"""What an approval is bound to: a named projection of the facts, and the hash over the parts that are material.

Which parts void an approval when they change is pack data per action (`materiality`); all parts are shown. Amounts are
shown as they stand but bind by band only, so a one-yuan payment neither voids a suit nor saves from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from recourse import proposals
from recourse.authority import tier_of
from recourse.canonical import digest, encode
from recourse.casefile import Asked
from recourse.clocks import limitation_ends_on, next_end
from recourse.facts import Facts
from recourse.policy.book import Policy

DEFAULT_VOIDS = (
    "parties",
    "holds",
    "security",
    "guarantee",
    "tier",
    "paid_in_full",
    "accelerated",
    "stage",
    "maturity",
)


SHOWN_ONLY = frozenset({"routes", "offer", "cap"})
"""Parts that are worked out of the others for the reader; they never void and are not told as a difference."""


class Evidence(msgspec.Struct, frozen=True):
    """The evidence of one case for one action: all parts, and the hash over the material ones."""

    parts: dict[str, Any]
    hash: str

    @property
    def text(self) -> str:
        return encode(self.parts)


def evidence(
    facts: Facts, policy: Policy, action: str, today: date, shown: Mapping[str, Any] | None = None
) -> Evidence:
    """Evidence for an action on a day, under the pack's materiality; `shown` stands beside it and binds nothing."""
    parts = _parts(facts, policy, action, today)
    voids = policy.materiality.get(action, DEFAULT_VOIDS)
    return Evidence({**parts, **(shown or {})}, digest(encode({name: parts.get(name) for name in voids})))


def _parts(facts: Facts, policy: Policy, action: str, today: date) -> dict[str, Any]:
    file = facts.file
    return {
        "account": facts.account_id,
        "as_of": facts.balance_as_of,
        "amounts": facts.amounts,
        "overdue": facts.overdue,
        "exposure": facts.exposure,
        "tier": tier_of(facts, policy, action),
        "owed_band": policy.tier_of(facts.currency, facts.owed or 0),
        "paid_in_full": facts.owed is not None and facts.owed <= 0,
        "parties": sorted((party.role, party.party_id) for party in facts.security.parties),
        "holds": sorted({hold.kind for hold in file.holds.values() if hold.until_on is None or today <= hold.until_on}),
        "security": facts.collateral,
        "guarantee": sorted(
            (g.guarantee_id, g.guarantee_id in file.claimed_guarantees) for g in facts.security.guarantees
        ),
        "guarantee_ends_on": next_end(facts, "guarantee", date.min, policy.numbers),
        "limitation_ends_on": limitation_ends_on(facts, policy.numbers),
        "accelerated": file.accelerated_on,
        "maturity": facts.terms.matures_on,
        "stage": file.stage,
        "route": file.route,
        "estate": file.estate,
        "bankruptcy": file.bankruptcy,
        "auction": (file.auction_round, file.auction_result),
        "measures": sorted((key, timer.until_on) for key, timer in file.timers.items() if key.startswith("freeze")),
        "pool": (file.pool, file.cut_off_on, file.buyer),
        "ending": (file.ending_ground, file.ending_proof),
        "evasion": (file.evasion_signs, file.evasion_until_on),
        **({"release": _release(file.asked)} if file.asked else {}),
        "cost": file.cost,
        "opinion": file.opinion,
        "paid": file.paid,
        "attempts": file.attempts,
        "due_since": facts.oldest_unpaid_due_on,
        **({"locate": (file.locate_contact, file.locate_grounds)} if file.locate else {}),
        **({"field_visit": (file.trip_on, file.trip_reason)} if file.trip_on else {}),
        **({"packets": sorted(file.packets.items())} if file.packets else {}),
        **proposals.parts(facts, policy, today),
    }


def _release(asked: Asked) -> tuple[str, ...]:
    return (asked.kind, *asked.hold_ids, asked.reason, asked.evidence)


def differences(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    """What changed between two evidences, part by part, as short text."""
    plain = msgspec.json.decode(encode(after))
    return tuple(
        f"{name}: {encode(before.get(name))} → {encode(plain.get(name))}"
        for name in sorted((set(before) | set(plain)) - SHOWN_ONLY)
        if before.get(name) != plain.get(name)
    )
