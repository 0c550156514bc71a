"""What is known of a claim before a route is chosen, and the plain questions that the law puts to it. Pure.

Each question is answered yes, no, or not known. Nothing is concluded from silence: a debtor of whom the bank does not know
whether he is missing is neither missing nor found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import msgspec

from recourse.money import Amounts
from recourse.policy.book import Policy
from recourse.policy.legal_values import SmallClaims

TABLE_AGE = "procedure.small_claims_table_days"


class Piece(msgspec.Struct, frozen=True, omit_defaults=True):
    """One piece of security, amounts in minor units. `rank`: 1 is first; `prior_claims`: what earlier ranks secure."""

    collateral_id: str
    value: int | None = None
    registered: bool | None = None
    rank: int | None = None
    prior_claims: int | None = None
    dwelling: bool | None = None
    only_home: bool | None = None
    seized_by_others: bool | None = None


class RouteFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of one claim. None is unknown, everywhere; `collateral` None: not known whether there is any.

    `province`: division code of the court's province (GB/T 2260, its first two digits count). `debtor_agrees`: to a
    mediation agreement, or to the small-claims procedure. `preservation_obtained`: before suit. `papers`: kinds at hand.
    `forum`: the court or institution that the contract names. `guaranteed_up_to`: in minor units; None: no limit is known.
    """

    claim: Amounts | None = None
    currency: str = "CNY"
    due_as_a_whole: bool | None = None
    accelerated: bool | None = None
    province: str | None = None
    arbitration_clause: bool | None = None
    forum: str = ""
    notarised: bool | None = None
    debtor_reachable: bool | None = None
    debtor_missing: bool | None = None
    debtor_agrees: bool | None = None
    disputes_debt: bool | None = None
    mutual_debts: bool | None = None
    foreign_related: bool | None = None
    needs_appraisal: bool | None = None
    counterclaim: bool | None = None
    wants_preservation: bool | None = None
    preservation_obtained: bool | None = None
    joint_guarantors: int | None = None
    general_guarantors: int | None = None
    guaranteed_up_to: int | None = None
    collateral: tuple[Piece, ...] | None = None
    security_disputed: bool | None = None
    against_agreed_order: bool | None = None
    service_address_clause: bool | None = None
    asset_clues: int | None = None
    asset_clues_value: int | None = None
    papers: frozenset[str] = frozenset()

    @property
    def owed(self) -> int | None:
        """The whole claim in minor units."""
        return None if self.claim is None else self.claim.total

    @property
    def guaranteed(self) -> bool | None:
        """Whether anybody stands surety."""
        return any_of((_some(self.joint_guarantors), _some(self.general_guarantors)))


def findings(case: RouteFacts, policy: Policy, on: date) -> Mapping[str, bool | None]:
    """Every question of `legal_values.Findings` with its answer."""
    pieces = case.collateral
    return {
        "always": True,
        "nothing_owed": None if case.owed is None else case.owed <= 0,
        "not_due": negated(case.due_as_a_whole),
        "accelerated": case.accelerated,
        "has_guarantors": case.guaranteed,
        "has_general_guarantors": _some(case.general_guarantors),
        "has_collateral": None if pieces is None else bool(pieces),
        "no_collateral": None if pieces is None else not pieces,
        "unregistered_collateral": None
        if pieces is None
        else all_of((bool(pieces), negated(_any_piece(case, "registered")))),
        "later_rank": None if pieces is None else any_of(_above_first(piece.rank) for piece in pieces),
        "seized_by_others": _any_piece(case, "seized_by_others"),
        "only_home": _any_piece(case, "only_home"),
        "no_arbitration_clause": negated(case.arbitration_clause),
        "not_notarised": negated(case.notarised),
        "debtor_will_not_agree": negated(case.debtor_agrees),
        **_service(case),
        **_small_claims(case, policy, on),
        **{name: getattr(case, name) for name in _AS_GIVEN},
    }


_AS_GIVEN = (
    "debtor_missing",
    "disputes_debt",
    "mutual_debts",
    "preservation_obtained",
    "wants_preservation",
    "security_disputed",
    "against_agreed_order",
    "arbitration_clause",
    "notarised",
    "foreign_related",
    "needs_appraisal",
    "counterclaim",
)


def table(policy: Policy, province: str | None, currency: str) -> SmallClaims | None:
    """The province's ceilings in force, None when the pack has none."""
    for _, row in policy.of("small_claims", SmallClaims):
        if province and row.province == province[:2] and row.currency == currency:
            return row
    return None


def _service(case: RouteFacts) -> dict[str, bool | None]:
    """Public notice is for a party that is missing, or whom no other way reaches (民事诉讼法 95)."""
    unreached, no_clause = negated(case.debtor_reachable), negated(case.service_address_clause)
    return {
        "not_reachable": unreached,
        "no_service_clause": no_clause,
        "service_needs_notice": any_of((case.debtor_missing, all_of((unreached, no_clause)))),
    }


def _small_claims(case: RouteFacts, policy: Policy, on: date) -> dict[str, bool | None]:
    row, owed = table(policy, case.province, case.currency), case.owed
    answers: dict[str, bool | None] = {
        "small_claims_table_missing": None if row is None else False,
        "small_claims_table_old": None if row is None else _old(row, policy, on),
        "above_small_claims": None,
        "small_claims_not_agreed": None,
        "small_claims_binding": None,
    }
    if row is not None and owed is not None:
        answers["above_small_claims"] = owed > row.agreed_up_to
        by_agreement = row.mandatory_up_to < owed <= row.agreed_up_to
        answers["small_claims_not_agreed"] = all_of((by_agreement, negated(case.debtor_agrees)))
        answers["small_claims_binding"] = all_of((owed <= row.mandatory_up_to, negated(_excluded(case))))
    return answers


def _excluded(case: RouteFacts) -> bool | None:
    """What takes a case out of the small-claims procedure (民事诉讼法 166)."""
    return any_of((case.debtor_missing, case.foreign_related, case.needs_appraisal, case.counterclaim))


def _old(row: SmallClaims, policy: Policy, on: date) -> bool | None:
    days = policy.numbers.get(TABLE_AGE)
    published_on = date.fromisoformat(row.published_on)
    return None if days is None else on - published_on > timedelta(days=days)


def _any_piece(case: RouteFacts, field: str) -> bool | None:
    return None if case.collateral is None else any_of(getattr(piece, field) for piece in case.collateral)


def _some(count: int | None) -> bool | None:
    return None if count is None else count > 0


def _above_first(rank: int | None) -> bool | None:
    return None if rank is None else rank > 1


def negated(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """True if one is, False if all are not, otherwise not known."""
    seen = tuple(answers)
    return True if True in seen else None if None in seen else False


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """False if one is not, True if all are, otherwise not known."""
    seen = tuple(answers)
    return False if False in seen else None if None in seen else True
