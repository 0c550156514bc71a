"""The shape of a policy file: one rule, its dated values, each with a citation that is parsed, not trusted.

A pack is a folder tree ``<jurisdiction>/<topic>/<rule>.yaml``. A permission that nobody confirmed must ship disabled;
a protection that nobody confirmed ships on, as the bank's own stop; a value without a citation is refused.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator

BANK_DEFAULT = "bank_default"
"""The folder of rules that the bank holds in every jurisdiction."""

Text = Annotated[str, Field(min_length=1)]


def _day(given: object) -> object:
    """A day of the calendar, written YYYY-MM-DD; nothing else is guessed at."""
    if isinstance(given, str) and _ISO_DAY.fullmatch(given):
        try:
            return date.fromisoformat(given)
        except ValueError:
            raise ValueError(f"{given} is no day of the calendar; write the day that the source gives") from None
    if given.__class__ is date:
        return given
    raise ValueError(f"{given!r} is no day; write YYYY-MM-DD, such as 2026-01-30")


_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Day = Annotated[date, BeforeValidator(_day)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class State(StrEnum):
    ENFORCED = "enforced"
    BANK_DEFAULT = "bank_default"
    DISABLED = "disabled"


class Strength(StrEnum):
    """Wording of the source: 严禁/不得 forbidden · 应 must · 宜/不宜 should · 可 may."""

    FORBIDDEN = "forbidden"
    MUST = "must"
    SHOULD = "should"
    MAY = "may"


class BindingLevel(StrEnum):
    STATUTE = "statute"
    JUDICIAL_INTERPRETATION = "judicial_interpretation"
    DEPT_RULE = "dept_rule"
    NORMATIVE_DOC = "normative_doc"
    NATIONAL_STANDARD_RECOMMENDED = "national_standard_recommended"
    ASSOCIATION_GUIDELINE = "association_guideline"
    BANK_INTERNAL = "bank_internal"


class Confidence(StrEnum):
    """How the text was seen: the primary text, a page quoting it, memory only, or the bank's own convention."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    MEMORY = "memory"
    BANK = "bank"

    @property
    def confirmed(self) -> bool:
        return self is not Confidence.MEMORY


class Citation(Strict):
    """Where a value stands: the act with its version, the article, when it is in force, when we read it."""

    act: Text
    article: str = ""
    published: Day | None = None
    in_force_from: Day
    in_force_to: Day | None = None
    accessed: Day
    source: Text
    confidence: Confidence

    @model_validator(mode="after")
    def _dates_are_possible(self) -> Citation:
        if self.published and self.published > self.accessed:
            raise ValueError(f"published {self.published} after it was accessed {self.accessed}; mend one of the two")
        if self.in_force_to and self.in_force_to < self.in_force_from:
            raise ValueError(f"in force to {self.in_force_to} before {self.in_force_from}; mend one of the two")
        if self.in_force_to and self.published and self.published > self.in_force_to:
            raise ValueError(f"published {self.published} after it ended {self.in_force_to}; mend one of the two")
        return self

    @property
    def status(self) -> str:
        """Whether somebody saw the text: verified, unverified, or the bank's own, of which there is none to see."""
        if self.confidence is Confidence.BANK:
            return "bank's own"
        return "verified" if self.confidence.confirmed else "unverified"

    def __str__(self) -> str:
        return f"{self.act}{' ' + self.article if self.article else ''}"


class Value(Strict):
    """One value for a span of days, `from` to `to` inclusive (no `to`: still running)."""

    from_: Day = Field(alias="from")
    to: Day | None = None
    state: State
    value: Any
    citation: Citation
    note: str = ""

    @model_validator(mode="after")
    def _span_is_possible(self) -> Value:
        if self.to and self.to < self.from_:
            raise ValueError(f"ends {self.to} before it begins {self.from_}; mend one of the two")
        if self.state is State.ENFORCED and self.from_ < self.citation.in_force_from:
            raise ValueError(
                f"enforced from {self.from_}, before its source is in force {self.citation.in_force_from}; "
                "let it begin later, or ship it as bank_default"
            )
        return self

    def covers(self, day: date) -> bool:
        return self.from_ <= day and (self.to is None or day <= self.to)


class Title(Strict):
    zh: Text
    en: Text


class Checked(Strict):
    on: Day
    by: Text


Kind = Literal[
    "quiet_hours",
    "contact_cap",
    "contact_pause",
    "contact_bar",
    "lost_contact",
    "entry",
    "gap",
    "brake",
    "freshness",
    "grading",
    "materiality",
    "authority",
    "tiers",
    "levels",
    "roles",
    "criterion",
    "ground",
    "eligibility",
    "number",
    "calendar",
    "fee_schedule",
    "small_claims",
    "route",
    "recovery",
    "exempt_funds",
    "agency_term",
    "agency_standard",
    "recall",
    "violation",
    "payment_order",
    "debt_order",
    "uplift",
    "rate_cap",
    "classification",
    "contagion",
    "buckets",
    "scorecard",
    "plan",
    "evasion_signs",
    "plan_floor",
    "lexicon",
    "caller_certificate",
    "call_queue",
    "duty",
    "hardship_cause",
    "packet_list",
]


SHIPPED_OFF = ("permission", "statement")
"""What ships disabled as long as nobody saw the text: what the law would allow, and what we would say that the law says. So
does a convention that is said to be of the law; what errs to the strict side is a protection."""


class Rule(Strict):
    """One rule file."""

    rule: Text
    kind: Kind
    title: Title
    unit: str = ""
    stricter: Literal["higher", "lower", ""] = ""
    """Of a number: which of two is the stricter on the bank; none: the more specific file holds."""
    strength: Strength
    effect: Literal["permission", "protection", "statement", "convention"]
    binding_level: BindingLevel
    products: tuple[str, ...] = ()
    checked: Checked
    values: Annotated[tuple[Value, ...], Field(min_length=1)]
    _place: str = PrivateAttr("")

    @property
    def place(self) -> str:
        """The file that it was read from, without its ending: ``cn/contact/quiet_hours.online``; no part of the rule."""
        return self._place

    def placed(self, place: str) -> Rule:
        """This rule, knowing its file."""
        self._place = place.removesuffix(".yaml")
        return self

    @property
    def is_default(self) -> bool:
        """Whether the bank holds it in every jurisdiction."""
        return self._place.startswith(f"{BANK_DEFAULT}/")

    @model_validator(mode="after")
    def _only_a_number_is_higher(self) -> Rule:
        if self.stricter and self.kind != "number":
            raise ValueError("`stricter` is for numbers; other kinds have an order of their own, or none")
        return self

    @property
    def _speaks_for_the_law(self) -> bool:
        """Whether it says what the law allows or says: a convention too, that is not the bank's own."""
        return self.effect in SHIPPED_OFF or (
            self.effect == "convention" and self.binding_level is not BindingLevel.BANK_INTERNAL
        )

    @model_validator(mode="after")
    def _ships_safely(self) -> Rule:
        for value in self.values:
            off = value.state is State.DISABLED
            if self.effect == "protection" and off:
                raise ValueError(f"a protection ships disabled (from {value.from_}); ship it on, as bank_default")
            if not value.citation.confidence.confirmed and value.state is State.ENFORCED:
                raise ValueError(
                    f"an unconfirmed value is enforced (from {value.from_}); read the text, or weaken its state"
                )
            if self._speaks_for_the_law and not value.citation.confidence.confirmed and not off:
                raise ValueError(f"an unconfirmed {self.effect} is on (from {value.from_}); ship it disabled")
            if value.citation.accessed > self.checked.on:
                raise ValueError(
                    f"a source of {value.citation.accessed} was read after the rule was last checked; mend `checked`"
                )
        return self

    @model_validator(mode="after")
    def _no_gap_no_overlap(self) -> Rule:
        spans = sorted(self.values, key=lambda value: value.from_)
        for earlier, later in pairwise(spans):
            if earlier.to is None or earlier.to >= later.from_:
                raise ValueError(f"two values on {later.from_}; end the earlier one on the eve")
            if (later.from_ - earlier.to).days > 1:
                raise ValueError(f"no value between {earlier.to} and {later.from_}; let the spans touch")
        return self

    def on(self, day: date) -> Value | None:
        """The value in force on a day, or None when no rule is known for it."""
        return next((value for value in self.values if value.covers(day)), None)
