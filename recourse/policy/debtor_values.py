"""What the values of the rules about a debtor look like: class, stage, risk grade, plan, evasion."""

from __future__ import annotations

from typing import Annotated

import msgspec

from recourse.policy.strict import Strictly, known

Whole = Annotated[int, msgspec.Meta(ge=0)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
Grades = ("R1", "R2", "R3", "R4")
Classes = ("pass", "special_mention", "substandard", "doubtful", "loss")
"""The five-tier classes 五级分类, best first."""
Causes = ("oversight", "temporary_shortage", "job_loss", "illness_accident", "family", "dispute", "technical")
"""Causes of delinquency 逾期原因. `technical`: an operational or technical delay that is not the debtor's doing."""
Abilities = ("sufficient", "strained", "none")
Willingness = ("willing", "wavering", "unwilling")
Securities = ("secured", "guaranteed", "unsecured")
Channels = ("app", "sms", "email", "call", "post", "visit")
Teams = ("care", "calls", "senior")
"""Who works it: reminders and care, callers, the senior pool 资深."""

COUNTED = ("bucket", "amount", "credit_score", "debt_ratio")
"""Attributes of a scorecard that are numbers."""
NAMED: dict[str, tuple[str, ...]] = {"security": Securities, "ability": Abilities, "willingness": Willingness}
"""Attributes of a scorecard that are one of some words."""


class ClassStep(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Above this number the class is at least so."""

    five_tier: str
    above: Whole

    def __post_init__(self) -> None:
        known("class", (self.five_tier,), Classes)


class Classification(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The least class by one measure. `basis`: days past due; the loss allowance in hundredths of a percent of the book
    value; restructurings within the observation; evasion (1 suspected, 2 found while overdue)."""

    basis: str
    steps: tuple[ClassStep, ...]

    def __post_init__(self) -> None:
        known("basis", (self.basis,), ("dpd", "impairment", "restructurings", "evasion"))
        order = [(step.above, Classes.index(step.five_tier)) for step in self.steps]
        if not order or order != sorted(set(order)) or len({place for _, place in order}) < len(order):
            raise ValueError("each step must lie above the one before, with a worse class")


class Contagion(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whether one bad asset spoils the others of its debtor at this bank: never (`none`), always (`customer`), or once
    bad claims are more than `above_percent` of all (`share`)."""

    contagion: str
    above_percent: Percent = 0

    def __post_init__(self) -> None:
        known("contagion", (self.contagion,), ("none", "share", "customer"))


class StageRange(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One stage 逾期阶段 by days past due, both ends included; the last one is open."""

    name: str
    from_days: Whole
    to_days: Whole | None = None


class Buckets(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """M stages: by days past due, or by billing cycles of a card whose statement comes so many days before it is due."""

    bucket_scheme: str
    ranges: tuple[StageRange, ...] = ()
    statement_days_before_due: Whole | None = None
    last: Annotated[int, msgspec.Meta(ge=1)] = 7

    def __post_init__(self) -> None:
        known("scheme", (self.bucket_scheme,), ("days", "billing_cycle"))
        by_days = self.bucket_scheme == "days"
        if by_days is not bool(self.ranges) or by_days is (self.statement_days_before_due is not None):
            raise ValueError("give ranges for days, statement_days_before_due for billing cycles")
        if self.statement_days_before_due is not None and self.statement_days_before_due > 28:
            raise ValueError("a statement comes within its month: at most 28 days before it is due")
        for n, each in enumerate(self.ranges, start=1):
            if each.name.rstrip("+") != f"M{n}":
                raise ValueError(f"stage {each.name!r} stands where M{n} belongs")
        for before, after in zip(self.ranges, self.ranges[1:], strict=False):
            if before.to_days is None or before.to_days < before.from_days or after.from_days != before.to_days + 1:
                raise ValueError(f"no gap and no overlap between {before.name} and {after.name}")
        if self.ranges and (self.ranges[0].from_days != 1 or self.ranges[-1].to_days is not None):
            raise ValueError("stages begin at day 1, and the last one is without end")

    def numbers(self) -> dict[str, int]:
        """The same as numbers of a policy."""
        if self.statement_days_before_due is not None:
            return {"bucket.last": self.last, "bucket.statement_days_before_due": self.statement_days_before_due}
        firsts = {f"bucket.first_day_of_m{n}": each.from_days for n, each in enumerate(self.ranges, start=1)}
        return {"bucket.last": len(self.ranges), **firsts}


class Points(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """So many points where the attribute is at least, or at most, or is so. Points never take away."""

    points: Whole
    at_least: Whole | None = None
    at_most: Whole | None = None
    is_: str = msgspec.field(default="", name="is")

    def __post_init__(self) -> None:
        if (self.at_least is not None) + (self.at_most is not None) + bool(self.is_) != 1:
            raise ValueError("give each line exactly one of at_least, at_most, is")


class Attribute(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One attribute of a scorecard: of the lines that fit, the highest counts; none that fits is no point."""

    attribute: str
    zh: str
    en: str
    lines: tuple[Points, ...]

    def __post_init__(self) -> None:
        known("attribute", (self.attribute,), (*COUNTED, *NAMED))
        words = NAMED.get(self.attribute)
        for line in self.lines:
            if bool(line.is_) is not (words is not None):
                raise ValueError(f"{self.attribute} is {'one of some words' if words else 'a number'}")
            if words is not None:
                known(self.attribute, (line.is_,), words)
        if self.attribute in ("bucket", "amount") and any(line.at_least is None for line in self.lines):
            raise ValueError(f"{self.attribute} gives points from a number on: use at_least")


class GradeBand(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From so many points on the grade is so."""

    grade: str
    points_at_least: Whole


class Scorecard(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The bank's own risk grade R1-R4 by points. What is not known gives no point and is told as unknown."""

    bands: tuple[GradeBand, ...]
    attributes: tuple[Attribute, ...]

    def __post_init__(self) -> None:
        marks = [band.points_at_least for band in self.bands]
        if tuple(band.grade for band in self.bands) != Grades or marks[0] != 0 or marks != sorted(set(marks)):
            raise ValueError("a scorecard needs R1 from 0 points, then R2, R3, R4, each from more points")
        names = [each.attribute for each in self.attributes]
        if "bucket" not in names or len(set(names)) < len(names):
            raise ValueError("a scorecard has each attribute once, and bucket among them")


class Plan(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The initial plan 初步催收方案 of debts of some grades, of some causes or (none named) of any.

    Channels in their order; a step that contacts the debtor is not repeated within so many days, nor sooner than its entry
    rule lets it (the stricter of both); the floor of any settlement in percent of the claim, and
    its longest term; legal steps foreseen; who works it, and how soon (1 first).
    """

    name: str
    zh: str
    en: str
    grades: tuple[str, ...]
    channels: tuple[str, ...]
    cadence_days: Annotated[int, msgspec.Meta(ge=1)]
    floor_percent: Percent
    longest_months: Whole
    team: str
    priority: Annotated[int, msgspec.Meta(ge=1, le=9)]
    causes: tuple[str, ...] = ()
    legal: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known("grade", self.grades, Grades)
        known("cause", self.causes, Causes)
        known("channel", self.channels, Channels)
        known("team", (self.team,), Teams)
        if not self.grades or not self.channels:
            raise ValueError("a plan is for some grades and has channels")


class Sign(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One sign of evasion 逃废债迹象."""

    zh: str
    en: str


class EvasionSigns(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a finding of evasion may rest on, and how many different signs it takes."""

    at_least: Annotated[int, msgspec.Meta(ge=2)]
    signs: dict[str, Sign]

    def __post_init__(self) -> None:
        if self.at_least > len(self.signs):
            raise ValueError("more signs are asked for than there are")


DEBTOR_KINDS: dict[str, type[Strictly]] = {
    "classification": Classification,
    "contagion": Contagion,
    "buckets": Buckets,
    "scorecard": Scorecard,
    "plan": Plan,
    "evasion_signs": EvasionSigns,
}
