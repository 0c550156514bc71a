"""From the facts of a case to what the calculators ask. Pure.

Only what the bank knows is said: a debtor whom a letter or a call reached is found, one who was recorded as missing is
not, and of anybody else neither is known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from recourse.clocks import GROUPS
from recourse.facts import CollateralFact, Facts, GuaranteeKind
from recourse.legal.findings import Piece, RouteFacts
from recourse.legal.grounds import Force, Ground
from recourse.legal.routes import choose_route
from recourse.policy.book import Policy

DELIVERED: Mapping[str, str] = {"formal_notice": "formal_notice", "acceleration": "acceleration_notice"}
"""Step → the paper that its proved delivery puts into the file."""
KINDS_OF: Mapping[str, tuple[str, ...]] = {
    "id_card": ("identity",),
    "statement_of_account": ("payment_history", "claim_statement"),
    "mortgage_contract": ("security_contract",),
    "pledge_contract": ("security_contract",),
    "registration_certificate": ("registration",),
}
"""Kind of paper as the bank delivers it → what a route calls it, where the two differ."""


def route_facts(facts: Facts, on: date, papers: Iterable[str] = ()) -> RouteFacts:
    """What is known of a case on a day, as `recourse.legal.routes` asks it. `papers`: kinds that lie in its file."""
    file, terms, security = facts.file, facts.terms, facts.security
    holds = {h.kind for h in file.holds.values() if h.from_on <= on and (h.until_on is None or on <= h.until_on)}
    reached = "missing" not in holds and _reached(facts)
    kinds = [guarantee.kind for guarantee in security.guarantees]
    limits = [guarantee.secured_amount for guarantee in security.guarantees]
    known = [limit for limit in limits if limit is not None]
    return RouteFacts(
        claim=facts.amounts,
        currency=facts.currency,
        due_as_a_whole=_due_as_a_whole(facts, on),
        accelerated=file.accelerated_on is not None,
        province=terms.province or None,
        arbitration_clause=terms.arbitration,
        forum=terms.forum,
        notarised=terms.notarised,
        debtor_reachable=False if "missing" in holds else True if reached else None,
        debtor_missing=True if "missing" in holds else False if reached else None,
        disputes_debt=True if "dispute" in holds else None,
        preservation_obtained=any(timer.kind in GROUPS["freeze"] for timer in file.timers.values()),
        joint_guarantors=kinds.count(GuaranteeKind.JOINT),
        general_guarantors=kinds.count(GuaranteeKind.GENERAL),
        guaranteed_up_to=sum(known) if limits and len(known) == len(limits) else None,
        collateral=tuple(_piece(piece) for piece in facts.collateral),
        service_address_clause=terms.service_address,
        asset_clues=0 if file.clue_on is None else 1,
        papers=at_hand(facts, papers),
    )


def at_hand(facts: Facts, papers: Iterable[str]) -> frozenset[str]:
    """What a route calls the papers in a file: those delivered or made, and letters whose arrival was proved."""
    found = {name for kind in papers for name in KINDS_OF.get(kind, (kind,))}
    found |= {paper for node, paper in DELIVERED.items() if _delivered(facts, node)}
    return frozenset(found)


def _reached(facts: Facts) -> bool:
    """Whether the debtor was spoken to, or a letter to him arrived."""
    return facts.file.reached_on is not None or any(_delivered(facts, node) for node in DELIVERED)


def _delivered(facts: Facts, node: str) -> bool:
    visit = facts.file.visits.get(node)
    return visit is not None and visit.outcome == "delivered"


def _due_as_a_whole(facts: Facts, on: date) -> bool | None:
    known = [day for day in (facts.terms.matures_on, facts.file.accelerated_on) if day is not None]
    return min(known) <= on if known else None


def _piece(piece: CollateralFact) -> Piece:
    return Piece(
        piece.collateral_id,
        piece.value,
        piece.registered,
        piece.rank,
        0 if piece.rank == 1 else None,
        piece.dwelling,
        piece.only_home,
        piece.seized_by_others,
    )


def law_bars(facts: Facts, policy: Policy, routes: Collection[str], day: date) -> str:
    """The bars in strict law, if every one of these routes that is in force has one ("" = one may be taken)."""
    found = [route for route in choose_route(route_facts(facts, day), policy, day).routes if route.name in routes]
    if not found or not all(route.barred_by_law for route in found):
        return ""
    return "；".join(dict.fromkeys(_why(bar) for route in found for bar in route.bars if bar.force is Force.LAW))


def _why(bar: Ground) -> str:
    return f"{bar.zh} {bar.en} [{bar.source}]"


def papers_lacking(facts: Facts, policy: Policy, route: str, day: date, papers: Iterable[str] = ()) -> str:
    """The papers that people have to attach for a route, in words ("" = none is lacking, or no pack names any)."""
    found = [each for each in choose_route(route_facts(facts, day, papers), policy, day).routes if each.name == route]
    return "、".join(f"{paper.zh}（{paper.owner}）" for each in found for paper in each.lacking)
