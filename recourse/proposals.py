"""What the calculators of `recourse.legal` say of one case on a day, for a seat to see beside the facts. Pure.

Each is a part of the evidence that is there only where it has something to say: the floor of the next round of a sale,
what may be done with a home, how much of the deposits may be taken, what a surety no longer answers for, what an
insurer has paid. Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from recourse.amounts import above_caps
from recourse.claims import claimable
from recourse.errors import UserError
from recourse.facts import CollateralFact, DepositFact, Facts
from recourse.ladder import ActClass
from recourse.legal import auction, dwelling, exempt
from recourse.policy.book import Policy

MOVABLE = frozenset({"vehicle", "equipment"})
FIRST, SECOND, SELL_OFF = 1, 2, 3
UNKNOWN = "unknown"


class Floor(msgspec.Struct, frozen=True):
    """The lowest price at which a round may be listed, and by which rule; `price` None: a rule or a value is missing."""

    round: int
    price: int | None
    rule: str
    source: str


def floor_of(facts: Facts, piece: CollateralFact, round_: int, policy: Policy, on: date) -> Floor:
    """The floor of a round of sale: of the value, or of the round before (网络司法拍卖规定 10, 26)."""
    before = facts.file.reserves.get(f"{piece.collateral_id}:{round_ - 1}")
    if round_ == FIRST:
        lot = auction.Lot(piece.value, piece.kind in MOVABLE) if piece.value is not None else None
        first = auction.first_round(lot, policy, on) if lot is not None else None
        return _floor(round_, first, auction.RESERVE, auction.ROUND_RULES)
    if before is None:
        return Floor(round_, None, "", auction.SECOND_RULES)
    failed = auction.Round("", before, on, None, 0, 0, (), ())
    lot = auction.Lot(piece.value or 0, piece.kind in MOVABLE)
    if round_ == SECOND:
        return _floor(round_, auction.second_round(failed, lot, policy, on), auction.CUT, auction.SECOND_RULES)
    return _floor(round_, auction.sell_off(failed, policy, on), auction.SELL_OFF, auction.SECOND_RULES)


def _floor(round_: int, found: auction.Round | None, rule: str, source: str) -> Floor:
    return Floor(round_, found.start_price if found is not None else None, rule, source)


def next_round(facts: Facts) -> int:
    """The round that would be listed next; 0: nothing is left but to take the asset."""
    file = facts.file
    if file.auction_round == 0:
        return FIRST
    return file.auction_round + 1 if file.auction_result == "failed" and file.auction_round < SELL_OFF else 0


def home_of(piece: CollateralFact, policy: Policy) -> dwelling.HomeView | None:
    """What may be done with a piece that somebody lives in; None for everything else."""
    if not piece.dwelling:
        return None
    return dwelling.home_view(dwelling.Home(needed_to_live=piece.only_home, mortgaged_to_us=True), policy)


def takings(
    facts: Facts, policy: Policy, on: date, *, established: bool = False, gone: dict[str, int] | None = None,
    of_any_day: bool = False,
) -> exempt.SetOff | None:  # fmt: skip
    """What may be set off of the debtor's deposits for what may be claimed today; None while there are none, or no
    amount is known. `established`: a gate said in words that money of unknown source is free. `gone`: what was taken
    of a deposit already, for another debt of the same person.

    A deposit that the core told of too long ago is left out, unless what was done is only counted (`of_any_day`).
    """
    claim = claimable(facts, on)
    if claim is None or not facts.deposit_rows:
        return None
    rows = [
        exempt.Balance(row.deposit_id, max(row.balance - (gone or {}).get(row.deposit_id, 0), 0), row.source)
        for row in facts.deposit_rows
        if of_any_day or not _too_old(row, policy, on)
    ]
    free = frozenset(unknown_deposits(facts)) if established else frozenset()
    return exempt.set_off(rows, max(claim.total, 0), policy, established=free)


def unknown_deposits(facts: Facts) -> list[str]:
    """Deposits of which nobody knows where the money comes from: the ones that a gate finds to be free, or not."""
    return sorted(row.deposit_id for row in facts.deposit_rows if row.source == UNKNOWN)


def _too_old(row: DepositFact, policy: Policy, on: date) -> bool:
    """Whether a deposit is as of a day on which no adverse act may stand any more."""
    known = policy.freshness.get(ActClass.ADVERSE.value)
    return known is not None and (on - row.as_of).days > known[1].at_most_days


def parts(facts: Facts, policy: Policy, on: date) -> dict[str, Any]:
    """The parts of the evidence; those with nothing to say are left out."""
    found = {
        "reserves": list(_reserves(facts, policy, on)),
        "homes": list(_homes(facts, policy)),
        "set_off": list(_set_off(facts, policy, on)),
        "unknown_deposits": unknown_deposits(facts),
        "consents": sorted(facts.file.consents.items()),
        "insurer_paid": facts.file.insurer_paid,
        "estate_value": facts.file.estate_value,
        "proposal": _proposal(facts),
        "cap": above_caps(facts, policy),
    }
    return {name: value for name, value in found.items() if value}


def _proposal(facts: Facts) -> tuple[str, int, date, int] | None:
    """The arrangement that is proposed: its id, what it brings and gives up, and until when."""
    proposal = facts.file.proposal
    if proposal is None:
        return None
    offer = proposal.offer
    return proposal.proposal_id, offer.sums.total, offer.until_on, offer.waived.total


def _reserves(facts: Facts, policy: Policy, on: date) -> Iterator[tuple[str, int | None]]:
    """The floor of the round that would come next, for each piece, once there is a title or a sale goes on."""
    round_ = next_round(facts)
    if not (facts.file.title or facts.file.auction_round) or not round_:
        return
    for piece in facts.collateral:
        floor = floor_of(facts, piece, round_, policy, on)
        yield f"{piece.collateral_id} {round_} {floor.rule}", floor.price


def _homes(facts: Facts, policy: Policy) -> Iterator[str]:
    for piece in facts.collateral:
        view = home_of(piece, policy)
        if view is None or view.may_sell:
            continue
        for ground in view.because:
            yield f"{piece.collateral_id}: {ground.zh} {ground.en} ({ground.source})"


def _set_off(facts: Facts, policy: Policy, on: date) -> Iterator[tuple[str, int]]:
    known = takings(facts, policy, on)
    if known is None:
        return
    yield "takeable", known.take
    yield "protected", known.protected
    more = takings(facts, policy, on, established=True)
    if more is not None and more.take > known.take:
        yield "takeable_if_unknown_is_free", more.take
    too_old = sum(row.balance for row in facts.deposit_rows if _too_old(row, policy, on))
    if too_old:
        yield "balance_too_old", too_old


NOTES = {
    "heavier": (
        "变更加重债务且无书面同意：加重部分不承担",
        "a change made it heavier without written consent: free of the extra",
    ),
    "lighter": ("变更减轻债务：按变更后的债务承担", "a change made it lighter: answers for the debt as it is now"),
    "consented": ("已书面同意变更", "agreed to the change in writing"),
}


def piece_of(facts: Facts, collateral_id: str) -> CollateralFact:
    """A piece of security of this account, or a UserError that says there is none."""
    for piece in facts.collateral:
        if piece.collateral_id == collateral_id:
            return piece
    raise UserError(
        f"no collateral {collateral_id!r}", where=f"account {facts.account_id}", mend="see `recourse explain`"
    )


def notes(facts: Facts, policy: Policy, on: date) -> list[str]:
    """The same as lines for `explain`."""
    lines = [
        f"guarantee {name}: {NOTES[word][0]} {NOTES[word][1]} (民法典 695)"
        for name, word in sorted(facts.file.consents.items())
    ]
    lines += list(_homes(facts, policy))
    if facts.file.insurer_paid:
        lines.append(
            f"paid by the insurer 已代偿: {facts.file.insurer_paid} (minor units); the claim for it passed on 代位"
        )
    if facts.file.estate_value is not None:
        lines.append(f"estate 遗产: {facts.file.estate_value} (minor units); heirs answer up to it (民法典 1161)")
    return lines
