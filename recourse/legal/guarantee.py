"""Suretyship: when the period ends, whether the surety is still held, and what a change of the main contract does. Pure.

民法典 686–687, 692–695 and 担保制度解释 26–34. One guarantee at a time: what is done against one surety does not count
against another (解释 29). The period is never suspended, interrupted or extended (692); once lost, signing a demand does not
bring it back (解释 34).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from recourse.days import months_later, years_later
from recourse.errors import UserError
from recourse.legal.grounds import Ground, law
from recourse.policy.book import Policy

DEFAULT_MONTHS, LIMITATION = "clock.guarantee_default_months", "clock.guarantee_limitation_years"


class Kind(StrEnum):
    """Mode of suretyship 保证方式."""

    JOINT = "joint"
    GENERAL = "general"


class Guarantee(msgspec.Struct, frozen=True, omit_defaults=True):
    """One guarantee. `kind` None: not agreed. `due_on`: last day of the main debt, or the accelerated one.

    `period_ends_on`: the agreed last day of the period. `until_repaid`: the clause "until all is repaid".
    """

    guarantee_id: str
    kind: Kind | None = None
    due_on: date | None = None
    period_ends_on: date | None = None
    until_repaid: bool = False

    @property
    def mode(self) -> Kind:
        """Not agreed, or not clearly: general (686)."""
        return self.kind or Kind.GENERAL


class Period(msgspec.Struct, frozen=True):
    """The guarantee period 保证期间 and by which rule; `ends_on` None: not known."""

    ends_on: date | None
    because: Ground


def period(guarantee: Guarantee, policy: Policy) -> Period:
    """The last day on which the creditor may do what keeps the guarantee (692; 解释 32)."""
    agreed, due = guarantee.period_ends_on, guarantee.due_on
    months = policy.numbers.get(DEFAULT_MONTHS)
    by_law = None if due is None or months is None else months_later(due, months)
    if guarantee.until_repaid:
        return Period(
            by_law,
            law("until_repaid", "担保解释 32", "“直至还清”视为约定不明", "“until repaid” is unclear", DEFAULT_MONTHS),
        )
    if agreed is None:
        return Period(by_law, law("not_agreed", "民法典 692", "未约定保证期间", "no period was agreed", DEFAULT_MONTHS))
    if due is None:
        return Period(
            None, law("due_unknown", "民法典 692", "主债务到期日未知", "the day the main debt is due is not known")
        )
    if agreed <= due:
        return Period(
            by_law,
            law(
                "too_early",
                "民法典 692",
                "约定早于或等于主债务到期，视为没有约定",
                "agreed to end by maturity: as if none",
                DEFAULT_MONTHS,
            ),
        )
    return Period(agreed, law("agreed", "民法典 692", "按约定的保证期间", "the period that was agreed"))


class Acts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the creditor did; each day is that on which it took effect, None: it was not done.

    `claimed_on`: the demand reached the joint surety. `sued_surety_on`, `copy_served_on`, `surety_suit_withdrawn`: a suit or
    arbitration against him. `sued_debtor_on`, `debtor_suit_withdrawn`, `sued_debtor_again_on`: against the debtor.
    `notarised_enforcement_on`: application to enforce a notarised claim. `enforcement_applied_on`, `enforcement_failed_on`:
    application on the title received, and the ruling 终本 or 终结 served. `refusal_lost_on`: the creditor knew that an
    exception of 687 held (debtor missing without assets, bankrupt, insufficient, or the surety waived in writing).
    `signed_after_on`: the surety signed a demand after the period.
    """

    claimed_on: date | None = None
    sued_surety_on: date | None = None
    copy_served_on: date | None = None
    surety_suit_withdrawn: bool = False
    sued_debtor_on: date | None = None
    debtor_suit_withdrawn: bool = False
    sued_debtor_again_on: date | None = None
    notarised_enforcement_on: date | None = None
    enforcement_applied_on: date | None = None
    enforcement_failed_on: date | None = None
    refusal_lost_on: date | None = None
    signed_after_on: date | None = None


class Kept(msgspec.Struct, frozen=True):
    """Whether a surety is held on a day. `kept` None: still open, or the period is not known.

    `by_on`: the last day for the act that keeps him. `kept_on`: when that act was done. `limitation_from_on`, `limitation_to_on`:
    the three years of the guarantee debt, as far as they run.
    """

    kept: bool | None
    by_on: date | None
    kept_on: date | None
    limitation_from_on: date | None
    limitation_to_on: date | None
    because: tuple[Ground, ...]


def liability_kept(guarantee: Guarantee, acts: Acts, policy: Policy, on: date) -> Kept:
    """Whether the surety still answers, by what the creditor did within the period (693, 694; 解释 27, 28, 31, 34)."""
    span = period(guarantee, policy)
    kept_on, how = (
        _joint(guarantee, acts, span.ends_on) if guarantee.mode is Kind.JOINT else _general(acts, span.ends_on)
    )
    if kept_on is not None and kept_on > on:
        kept_on = None
    because = [_mode(guarantee), span.because]
    if kept_on is not None:
        starts = _limitation_from(guarantee.mode, acts, kept_on, on)
        years = policy.numbers.get(LIMITATION)
        ends = None if starts is None or years is None else years_later(starts, years)
        return Kept(True, span.ends_on, kept_on, starts, ends, (*because, how))
    if span.ends_on is None or on <= span.ends_on:
        return Kept(None, span.ends_on, None, None, None, (*because, _to_do(guarantee.mode)))
    lost = law(
        "lost",
        "民法典 693；担保解释 34",
        "期间内未依法行使权利，保证责任消灭",
        "nothing was done in the period: the surety is free",
    )
    if acts.signed_after_on is not None:
        lost = law(
            "not_revived",
            "担保解释 34",
            "期满后签收催收通知不恢复保证责任",
            "a demand signed afterwards does not revive it",
        )
    return Kept(False, span.ends_on, None, None, None, (*because, lost))


_CLAIMED = law(
    "claimed", "民法典 693", "期间内已请求连带保证人承担责任", "the joint surety was called on within the period"
)
_SUED_SURETY = law(
    "sued_surety", "民法典 693；担保解释 31", "期间内已起诉连带保证人", "the joint surety was sued within the period"
)
_SUED_DEBTOR = law(
    "sued_debtor", "民法典 693", "期间内已对债务人起诉或申请仲裁", "the debtor was sued within the period"
)
_NOTARISED = law(
    "notarised",
    "担保解释 27",
    "期间内已申请执行公证债权文书",
    "enforcement of the notarised claim was asked for in the period",
)


def _joint(guarantee: Guarantee, acts: Acts, ends_on: date | None) -> tuple[date | None, Ground]:
    """A demand counts when it arrives, and not before the main debt is due; a withdrawn suit counts when its copy was served
    on him (解释 31)."""
    early = acts.claimed_on is not None and guarantee.due_on is not None and acts.claimed_on < guarantee.due_on
    claimed_on = None if early else acts.claimed_on
    sued_on = acts.copy_served_on if acts.surety_suit_withdrawn else acts.sued_surety_on
    within = [
        (day, ground)
        for day, ground in ((claimed_on, _CLAIMED), (sued_on, _SUED_SURETY))
        if day is not None and ends_on is not None and day <= ends_on
    ]
    return min(within, key=lambda pair: pair[0], default=(None, _CLAIMED))


def _general(acts: Acts, ends_on: date | None) -> tuple[date | None, Ground]:
    """Only a suit or arbitration against the debtor, and after a withdrawal only a new one (解释 31); or 解释 27."""
    sued_on = acts.sued_debtor_again_on if acts.debtor_suit_withdrawn else acts.sued_debtor_on
    within = [
        (day, ground)
        for day, ground in ((sued_on, _SUED_DEBTOR), (acts.notarised_enforcement_on, _NOTARISED))
        if day is not None and ends_on is not None and day <= ends_on
    ]
    return min(within, key=lambda pair: pair[0], default=(None, _SUED_DEBTOR))


def _limitation_from(mode: Kind, acts: Acts, kept_on: date, on: date) -> date | None:
    """When the limitation of the guarantee debt begins; None while the general surety may still refuse."""
    if mode is Kind.JOINT:
        return kept_on
    year_on = None if acts.enforcement_applied_on is None else years_later(acts.enforcement_applied_on, 1)
    if acts.enforcement_failed_on is not None and year_on is not None:
        year_on = None if acts.enforcement_failed_on <= year_on else year_on
    days = [day for day in (acts.refusal_lost_on, acts.enforcement_failed_on, year_on) if day is not None and day <= on]
    return min(days, default=None)


def _mode(guarantee: Guarantee) -> Ground:
    if guarantee.kind is None:
        return law("general_by_law", "民法典 686", "保证方式未约定，按一般保证", "the mode was not agreed: general")
    return law("mode", "民法典 686", "保证方式按约定", "the mode that was agreed")


def _to_do(mode: Kind) -> Ground:
    if mode is Kind.JOINT:
        return law(
            "call_on_surety", "民法典 693", "须在期间内请求保证人承担责任", "call on the surety within the period"
        )
    return law(
        "sue_debtor",
        "民法典 693；担保解释 26",
        "须在期间内对债务人起诉或仲裁，催告保证人无效",
        "sue the debtor within the period; a letter to the surety keeps nothing",
    )


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """What lets a general surety refuse, or not (687). None: not known."""

    enforced_in_vain: bool | None = None
    debtor_missing_without_assets: bool | None = None
    bankruptcy_accepted: bool | None = None
    proved_insufficient: bool | None = None
    waived_in_writing: bool | None = None


def may_refuse(mode: Kind, facts: Refusal) -> bool | None:
    """Whether the surety may refuse until the debtor was sued and enforcement failed; None: not known."""
    if mode is Kind.JOINT:
        return False
    answers = msgspec.structs.astuple(facts)
    return False if True in answers else None if None in answers else True


class MainTerms(msgspec.Struct, frozen=True):
    """The main contract as far as a change of it matters: `owed` in all by it, in minor units; `due_on`: its last day."""

    owed: int
    due_on: date


class ConsentEffect(msgspec.Struct, frozen=True):
    """What a surety answers for after a change, in minor units. `lost`: what he does not; `period_from_on`: the maturity from
    which his period is counted."""

    liable_up_to: int
    lost: int
    period_from_on: date
    because: tuple[Ground, ...]


def consent_effect(before: MainTerms, after: MainTerms, consented: bool | None) -> ConsentEffect:
    """What a change of the main contract does to a surety who agreed in writing, or did not (695).

    Without consent, or while it is not known, a lighter debt binds him as it is now, a heavier one as it was, and his period
    runs from the old maturity. Raises UserError for a debt below zero.
    """
    if before.owed < 0 or after.owed < 0:
        raise UserError("a main debt below zero", mend="what is owed is zero or more")
    if consented:
        agreed = law(
            "consented", "民法典 695", "保证人书面同意，按变更后的合同", "the surety agreed in writing: as changed"
        )
        return ConsentEffect(after.owed, 0, after.due_on, (agreed,))
    because = [law("no_consent", "民法典 695", "无保证人书面同意", "no written consent of the surety is known")]
    liable = min(before.owed, after.owed)
    if after.owed < before.owed:
        because.append(
            law("lighter", "民法典 695", "减轻的，按变更后的债务", "lighter: he answers for the debt as it is now")
        )
    elif after.owed > before.owed:
        because.append(law("heavier", "民法典 695", "加重的部分不承担", "heavier: he does not answer for the extra"))
    if after.due_on != before.due_on:
        because.append(
            law(
                "period_stays", "民法典 695", "履行期限变更，保证期间不受影响", "the maturity moved, his period did not"
            )
        )
    return ConsentEffect(liable, after.owed - liable, before.due_on, tuple(because))
