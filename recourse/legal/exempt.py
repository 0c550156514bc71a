"""Set-off 抵销: how much of a debtor's deposits may be taken for what is owed, and what is never touched. Pure.

民法典 568 lets a bank set off what is of one kind, but not what by its nature or by law may not be. Which money that is, and how
much a household needs, the pack says; most of it is the bank's own stop, since the texts are not confirmed. Money whose
source nobody established is not taken before a person looked at it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from recourse.errors import UserError
from recourse.legal.grounds import Ground, bank
from recourse.policy.book import Policy
from recourse.policy.legal_values import ExemptFunds

FUNDS, MONTHLY, MONTHS = "exempt.protected_funds", "exempt.living_floor_monthly_minor", "exempt.living_floor_months"
FLOOR_SOURCE = "查封规定 3(2)；本行规定"
_UNKNOWN = bank(
    "unknown",
    "本行规定",
    "来源不明，须人工查明",
    "nobody knows where the money comes from: a person has to look",
    FUNDS,
)
_NO_RULE = bank(
    "no_rule", "本行规定", "没有生效的保护规则，不得抵销", "no rule of protection is in force: nothing is taken", FUNDS
)
_FLOOR = bank("living_floor", FLOOR_SOURCE, "保留生活必需费用", "kept for the costs of living", MONTHLY)


class Balance(msgspec.Struct, frozen=True):
    """Money of one source in one account, in minor units; `source` as the pack names it, None or "unknown": not known."""

    balance_id: str
    amount: int
    source: str | None = None


class Taking(msgspec.Struct, frozen=True, omit_defaults=True):
    """What becomes of one balance, in minor units. `take`, `protected` and `left` add up to it.

    `left`: neither protected nor needed. `why`: what protects it, if anything does.
    """

    balance_id: str
    take: int
    protected: int
    left: int
    why: Ground | None = None


class SetOff(msgspec.Struct, frozen=True):
    """What may be set off. `gate`: a person has to agree; `still_owed`: what remains of the debt, in minor units."""

    takings: tuple[Taking, ...]
    gate: bool
    still_owed: int

    @property
    def take(self) -> int:
        return sum(taking.take for taking in self.takings)

    @property
    def protected(self) -> int:
        return sum(taking.protected for taking in self.takings)


def set_off(
    balances: Sequence[Balance],
    owed: int,
    policy: Policy,
    *,
    household: int = 1,
    established: frozenset[str] = frozenset(),
) -> SetOff:
    """How much of each balance may be taken, in their order, until the debt is paid.

    `household`: persons who live on it. `established`: balances of no tag that a person, through a gate, found to be free;
    it opens no protected one. What is left to the household, protected money included, never falls below its living costs.
    """
    if owed < 0 or household < 1 or any(balance.amount < 0 for balance in balances):
        raise UserError("set-off of less than nothing", mend="amounts are zero or more, and a household has a person")
    if len({balance.balance_id for balance in balances}) != len(balances):
        raise UserError("two balances of one name", mend="name each balance once")
    funds, floor = _funds(policy), _floor(policy, household)
    why = {balance.balance_id: _protects(balance, funds, established) for balance in balances}
    kept = sum(balance.amount for balance in balances if why[balance.balance_id] is not None)
    to_keep = max(0, floor - kept) if floor is not None else sum(balance.amount for balance in balances)
    takings, left_owed = [], owed
    for balance in balances:
        reason = why[balance.balance_id]
        if reason is not None:
            takings.append(Taking(balance.balance_id, 0, balance.amount, 0, reason))
            continue
        floored = min(to_keep, balance.amount)
        take = min(balance.amount - floored, left_owed)
        to_keep, left_owed = to_keep - floored, left_owed - take
        rest = balance.amount - floored - take
        takings.append(Taking(balance.balance_id, take, floored, rest, _FLOOR if floored else None))
    gate = funds is None or floor is None or any(reason is not None for reason in why.values())
    return SetOff(tuple(takings), gate, left_owed)


def _funds(policy: Policy) -> ExemptFunds | None:
    return next((funds for _, funds in policy.of("exempt_funds", ExemptFunds)), None)


def _floor(policy: Policy, household: int) -> int | None:
    monthly, months = policy.numbers.get(MONTHLY), policy.numbers.get(MONTHS)
    return None if monthly is None or months is None else monthly * months * household


def _protects(balance: Balance, funds: ExemptFunds | None, established: frozenset[str]) -> Ground | None:
    """What keeps a balance whole: its source, that nobody knows it, or that no rule is in force."""
    if funds is None:
        return _NO_RULE
    fund = funds.protected.get(balance.source or "")
    if fund is not None:
        return bank(balance.source or "", fund.source, f"{fund.zh}，不予抵销", f"{fund.en}: not set off", FUNDS)
    if balance.source in funds.open or balance.balance_id in established:
        return None
    return _UNKNOWN
