"""What the values of the kinds about arrangements look like."""

from __future__ import annotations

from recourse.money import Amounts
from recourse.policy.legal_values import Percent
from recourse.policy.strict import Strictly

GRADES = ("R1", "R2", "R3", "R4")


class GradeFloor(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The least that a plan must bring at one internal grade: percent of the plan in the first instalment, months it may
    run, percent of each component that may be waived."""

    first_percent: Percent
    longest_months: int
    waived_percent: dict[str, Percent]

    def __post_init__(self) -> None:
        if set(self.waived_percent) != set(Amounts.__struct_fields__):
            raise ValueError(f"give a percent for each of {', '.join(Amounts.__struct_fields__)}")
        if self.longest_months < 1:
            raise ValueError("a plan of no month")


class PlanFloor(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The negotiation floor of arrangements, by internal grade; a grade that is not known has the strictest, R1."""

    grades: dict[str, GradeFloor]

    def __post_init__(self) -> None:
        if set(self.grades) != set(GRADES):
            raise ValueError(f"give a floor for each of {', '.join(GRADES)}")

    def of(self, grade: str) -> GradeFloor:
        return self.grades.get(grade) or self.grades["R1"]
