"""The condensed facts of one case: all that a decision may look at, and nothing else.

`ledger.store` condenses rows and the case file into these; `decide` judges them. What the bank does not know is
``None`` and stays unknown: it is never read as bad. Dates are business dates; money is minor units of `currency`.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from recourse.arrears import Pause
from recourse.casefile import CaseFile, Valuation
from recourse.money import Amounts

DEBTORS = ("borrower", "co_borrower")


class GuaranteeKind(StrEnum):
    """Mode of suretyship 保证方式; not agreed means general (民法典 686)."""

    JOINT = "joint"
    GENERAL = "general"


class GuaranteeFact(msgspec.Struct, frozen=True, omit_defaults=True):
    """One guarantee 保证: `period_ends_on` is the last day of the guarantee period 保证期间, never restarted (692)."""

    guarantee_id: str
    party_id: str
    kind: GuaranteeKind
    period_ends_on: date | None = None
    secured_amount: int | None = None
    consents_to_changes: bool | None = None
    by_law: bool = False
    """The period is the one of the law, counted from the day on which the debt is due as a whole (692)."""


class CollateralFact(msgspec.Struct, frozen=True, omit_defaults=True):
    """One piece of security 担保物; `registered` is False only when the bank knows that it is not."""

    collateral_id: str
    kind: str
    registered: bool | None = None
    value: int | None = None
    valued_on: date | None = None
    dwelling: bool | None = None
    only_home: bool | None = None
    rank: int | None = None
    secured_amount: int | None = None
    owner_id: str = ""
    seized_by_others: bool | None = None


class DepositFact(msgspec.Struct, frozen=True):
    """Money of the debtor's in a deposit at this bank. `source`: where it comes from, "unknown" when nobody knows."""

    deposit_id: str
    source: str
    balance: int
    as_of: date


class PartyFact(msgspec.Struct, frozen=True):
    """A person or company and its role on the account (borrower, co_borrower, joint_guarantor, mortgagor …)."""

    party_id: str
    role: str


class Security(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who stands behind an account and what secures it, condensed at intake so that a sweep reads one row a case."""

    parties: tuple[PartyFact, ...] = ()
    guarantees: tuple[GuaranteeFact, ...] = ()
    collateral: tuple[CollateralFact, ...] = ()


class Terms(msgspec.Struct, frozen=True, omit_defaults=True):
    """Contract facts that a decision may need; absent means unknown."""

    matures_on: date | None = None
    last_due_on: date | None = None
    acceleration_clause: bool | None = None
    arbitration: bool | None = None
    originator: str = ""
    original_amount: int | None = None
    notarised: bool | None = None
    service_address: bool | None = None
    forum: str = ""
    province: str = ""
    insurer: str = ""
    five_tier: str | None = None
    transfer_bar: str | None = None
    """Why the bank says that the debt may not be sold in bulk (state_organ, poverty_relief …), or "none"."""
    secured: bool | None = None
    """The bank says that something secures the debt, or that nothing does."""
    guaranteed: bool | None = None
    """The bank says that somebody guarantees the debt, or that nobody does."""
    credit_score: int | None = None
    """The bank's own score of the debtor: higher is better."""
    debt_ratio: int | None = None
    """What has to be paid each month on all debts, in percent of income."""
    impairment: int | None = None
    """Loss allowance in hundredths of a percent of the book value."""
    restructured_on: date | None = None
    restructured_times: int | None = None
    annual_rate: int | None = None
    """The contract rate, in millionths a year."""
    penalty_uplift: int | None = None
    """The uplift on it when overdue, in millionths of the rate."""
    day_count: int | None = None
    """Days of a year of interest that the contract names: 360 or 365."""


class Facts(msgspec.Struct, frozen=True):
    """One case on one day: the account as the bank's core last reported it, and the case file."""

    case_id: str
    account_id: str
    person_id: str
    jurisdiction: str
    product: str
    currency: str
    entity: str
    branch: str
    oldest_unpaid_due_on: date | None
    pauses: tuple[Pause, ...]
    overdue: int | None
    amounts: Amounts | None
    balance_as_of: date | None
    exposure: int | None
    """Outstanding claims against the debtor over all accounts of this currency; the basis of the authority tier."""
    terms: Terms
    security: Security
    file: CaseFile
    deposits: int | None = None
    """What the debtor has in deposits at this bank that might be set off, as last delivered."""
    deposit_rows: tuple[DepositFact, ...] = ()
    """The same, deposit by deposit."""

    @property
    def owed(self) -> int | None:
        """The whole claim by the last balance, or None while the core has told us nothing."""
        return None if self.amounts is None else self.amounts.total

    @property
    def debtors(self) -> tuple[str, ...]:
        """The borrower and the co-borrowers, by the bank's roles; else the person the account stands under."""
        parties = [party.party_id for role in DEBTORS for party in self.security.parties if party.role == role]
        return tuple(parties) or (self.person_id,)

    @property
    def collateral(self) -> tuple[CollateralFact, ...]:
        """What secures the account, each piece with its newest value: the bank's file's, or one recorded on the case."""
        return tuple(_newest(piece, self.file.valued.get(piece.collateral_id)) for piece in self.security.collateral)


def _newest(piece: CollateralFact, found: Valuation | None) -> CollateralFact:
    if found is None or (piece.valued_on is not None and piece.valued_on > found.on):
        return piece
    return msgspec.structs.replace(piece, value=found.value, valued_on=found.on)
