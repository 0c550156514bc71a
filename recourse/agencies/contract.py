"""What a contract with an agency may not hold, and what an agency must meet: checked against the packs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recourse.agencies.fees import BASIS, FeeTerms
from recourse.errors import UserError
from recourse.policy import values as v
from recourse.policy.book import Policy, Sourced

PURE_CONTINGENCY = "pure_contingency"


def prohibited(policy: Policy) -> Mapping[str, Sourced]:
    """The terms that no contract may hold, each with its rule."""
    return {term.term: source for source, term in policy.of("agency_term", v.AgencyTerm)}


def standards(policy: Policy, when: str) -> Mapping[str, Sourced]:
    """The written standards of entry 准入 or of exit 退出."""
    found = policy.of("agency_standard", v.AgencyStandard)
    return {each.standard: source for source, each in found if each.when == when}


def check_terms(policy: Policy, terms: Sequence[str], fee: FeeTerms) -> None:
    """Refuse a contract that holds a forbidden term, or whose fee rests on recovery alone; the rule is named."""
    held = [*terms, *([PURE_CONTINGENCY] if fee.pure_contingency else [])]
    forbidden = prohibited(policy)
    for term in held:
        if term in forbidden:
            source = forbidden[term]
            where, mend = f"{source.rule}: {source.citation}", "take it out of the contract"
            raise UserError(f"a contract may not hold {term!r}", where=where, mend=mend)
    if min(fee.fixed, fee.quality, fee.recovery_bp) < 0 or fee.recovery_bp > BASIS:
        raise UserError("not a fee", mend=f"parts of 0 or more, a share of {BASIS} basis points at most")
    if not (fee.fixed or fee.quality or fee.recovery_bp):
        raise UserError("the contract pays nothing", mend="give --fixed, --quality or both, and --recovery-bp")


def check_entry(policy: Policy, met: Sequence[str]) -> None:
    """Refuse an agency that does not meet every standard of entry."""
    asked = standards(policy, "entry")
    unknown = sorted(set(met) - set(asked))
    if unknown:
        raise UserError(f"no standard of entry {unknown[0]!r}", mend=f"use {', '.join(sorted(asked))}")
    for name in sorted(set(asked) - set(met)):
        raise UserError(f"the agency does not meet {name!r}", where=asked[name].rule, mend="it cannot be registered")


def check_exit(policy: Policy, standard: str) -> None:
    """Refuse a ground for striking an agency that no written standard names."""
    known = standards(policy, "exit")
    if standard not in known:
        raise UserError(f"no standard of exit {standard!r}", mend=f"use one of {', '.join(sorted(known))}")


def seriousness(policy: Policy) -> Mapping[str, bool]:
    """Each breach that is known, and whether it is a serious one."""
    return {each.violation: each.serious for _, each in policy.of("violation", v.Violation)}
