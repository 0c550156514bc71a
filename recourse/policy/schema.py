"""The shape of a policy file: one rule, its dated values, each with a citation that is parsed, not trusted.

A pack is a folder tree ``<jurisdiction>/<topic>/<rule>.yaml``. A permission that nobody confirmed must ship disabled;
a protection that nobody confirmed ships on, as the bank's own stop; a value without a citation is refused.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Text = Annotated[str, Field(min_length=1)]


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
    published: date | None = None
    in_force_from: date
    in_force_to: date | None = None
    accessed: date
    source: Text
    confidence: Confidence

    @model_validator(mode="after")
    def _dates_are_possible(self) -> Citation:
        if self.published and self.published > self.accessed:
            raise ValueError(f"published {self.published} after it was accessed {self.accessed}")
        if self.in_force_to and self.in_force_to < self.in_force_from:
            raise ValueError(f"in force to {self.in_force_to} before {self.in_force_from}")
        return self

    def __str__(self) -> str:
        return f"{self.act}{' ' + self.article if self.article else ''}"


class Value(Strict):
    """One value for a span of days, `from` to `to` inclusive (no `to`: still running)."""

    from_: date = Field(alias="from")
    to: date | None = None
    state: State
    value: Any
    citation: Citation
    note: str = ""

    @model_validator(mode="after")
    def _span_is_possible(self) -> Value:
        if self.to and self.to < self.from_:
            raise ValueError(f"ends {self.to} before it begins {self.from_}")
        if self.state is State.ENFORCED and self.from_ < self.citation.in_force_from:
            raise ValueError(f"enforced from {self.from_}, before its source is in force {self.citation.in_force_from}")
        return self

    def covers(self, day: date) -> bool:
        return self.from_ <= day and (self.to is None or day <= self.to)


class Title(Strict):
    zh: Text
    en: Text


class Checked(Strict):
    on: date
    by: Text


Kind = Literal[
    "quiet_hours",
    "contact_cap",
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
    "duty",
    "hardship_cause",
]


class Rule(Strict):
    """One rule file."""

    rule: Text
    kind: Kind
    title: Title
    unit: str = ""
    strength: Strength
    effect: Literal["permission", "protection", "convention"]
    binding_level: BindingLevel
    products: tuple[str, ...] = ()
    checked: Checked
    values: Annotated[tuple[Value, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ships_safely(self) -> Rule:
        for value in self.values:
            off = value.state is State.DISABLED
            if self.effect == "protection" and off:
                raise ValueError(f"a protection ships disabled (from {value.from_}); ship it on, as bank_default")
            if not value.citation.confidence.confirmed and value.state is State.ENFORCED:
                raise ValueError(f"an unconfirmed value is enforced (from {value.from_})")
            if self.effect == "permission" and not value.citation.confidence.confirmed and not off:
                raise ValueError(f"an unconfirmed permission is on (from {value.from_}); ship it disabled")
        return self

    @model_validator(mode="after")
    def _no_gap_no_overlap(self) -> Rule:
        spans = sorted(self.values, key=lambda value: value.from_)
        for earlier, later in pairwise(spans):
            if earlier.to is None or earlier.to >= later.from_:
                raise ValueError(f"two values on {later.from_}")
            if (later.from_ - earlier.to).days > 1:
                raise ValueError(f"no value between {earlier.to} and {later.from_}")
        return self

    def on(self, day: date) -> Value | None:
        """The value in force on a day, or None when no rule is known for it."""
        return next((value for value in self.values if value.covers(day)), None)
