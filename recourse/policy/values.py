"""What the values of each kind of rule look like once parsed: the typed half of a policy."""

from __future__ import annotations

from datetime import date, time
from functools import lru_cache
from typing import Annotated

import msgspec

from recourse.policy.agreed_values import PlanFloor as PlanFloor
from recourse.policy.authority_values import Authority as Authority
from recourse.policy.authority_values import Levels as Levels
from recourse.policy.authority_values import Materiality as Materiality
from recourse.policy.authority_values import Parts as Parts
from recourse.policy.authority_values import Roles as Roles
from recourse.policy.authority_values import Seats as Seats
from recourse.policy.authority_values import Tiers as Tiers
from recourse.policy.calling_values import CallerCertificate, CallQueue, Lexicon
from recourse.policy.contact_values import ContactBar as ContactBar
from recourse.policy.contact_values import ContactPause as ContactPause
from recourse.policy.contact_values import LostContact as LostContact
from recourse.policy.contact_values import Voices
from recourse.policy.debtor_values import DEBTOR_KINDS
from recourse.policy.debtor_values import Grades as Grades
from recourse.policy.legal_values import ExemptFunds, FeeSchedule, Recovery, Route, SmallClaims
from recourse.policy.money_values import MONEY_KINDS
from recourse.policy.packet_values import PacketItem as PacketItem
from recourse.policy.packet_values import PacketList as PacketList
from recourse.policy.strict import Strictly as Strictly
from recourse.policy.strict import known as _known

ActClasses = ("contact", "adverse", "protective", "internal")
Channels = ("call", "sms", "email", "post", "visit", "app")
Days = Annotated[int, msgspec.Meta(ge=0)]
Threshold = int | dict[str, int]
"""One number for all, or one for each internal risk grade R1–R4."""
GradedDays = Days | dict[str, Days]
"""Days for all, or for each internal risk grade."""


def for_grade(days: GradedDays, grade: str) -> int:
    """The days of a grade; of a case that has none yet, those of R1."""
    return days if isinstance(days, int) else days[grade or "R1"]


def _graded(name: str, days: GradedDays | None) -> None:
    if isinstance(days, dict) and set(days) != set(Grades):
        raise ValueError(f"give {name} one number for each of {', '.join(Grades)}")


class Condition(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One test on one measure (`recourse.measures`). Exactly one of the tests is given. `of` narrows to a node."""

    measure: str
    of: str = ""
    at_least: Threshold | None = None
    at_most: Threshold | None = None
    is_: bool | None = msgspec.field(default=None, name="is")
    in_: tuple[str, ...] | None = msgspec.field(default=None, name="in")

    def __post_init__(self) -> None:
        tests = [self.at_least, self.at_most, self.is_, self.in_]
        if sum(test is not None for test in tests) != 1:
            raise ValueError(f"give {self.measure} exactly one of at_least, at_most, is, in")
        for limits in (self.at_least, self.at_most):
            if isinstance(limits, dict) and set(limits) != set(Grades):
                raise ValueError(f"give {self.measure} one number for each of {', '.join(Grades)}")


class Clause(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All conditions hold. A clause with `clock` may pull the node in before what it usually follows."""

    all: tuple[Condition, ...]
    clock: bool = False


class Reopen(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A visit left with one of the outcomes `after` may be repeated at once when something new came: `by` names the
    measure of days since (such as days_since_clue)."""

    by: str
    after: tuple[str, ...]


class Entry(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When a node is entered: any clause holds. Repeats and retries only after so many days; stays at most so long."""

    node: str
    any: tuple[Clause, ...]
    again_after_days: GradedDays | None = None
    retry_after_days: GradedDays | None = None
    at_most_visits: int = 1
    stay_at_most_days: Days | None = None
    clock: str = ""
    """The kind or group of clocks (`recourse.clocks`) that this node serves; it decides the red lane."""
    reopen: Reopen | None = None

    def __post_init__(self) -> None:
        _graded("again_after_days", self.again_after_days)
        _graded("retry_after_days", self.retry_after_days)


class Gap(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Days between two nodes of a track, for all or for each grade; `evasion_days`: while evasion is found."""

    track: str
    days: GradedDays
    evasion_days: Days | None = None

    def __post_init__(self) -> None:
        _graded("days", self.days)

    def of(self, grade: str, evades: bool) -> int:
        """The gap of a grade, a day at least; never longer while evasion is found."""
        days = for_grade(self.days, grade)
        if evades and self.evasion_days is not None:
            days = min(days, self.evasion_days)
        return max(days, 1)


class Brake(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a hold of one kind stops. `legal_stay`: a true stay, which binds protective acts too; what the law lets
    through all the same (the filing of the claim) is named in `lets_through`. `released_by`: the gate that lifts it; without one,
    `lifted_by` says whether a `person` who may does, or only a `fact` (money, a day, a debt that comes back). `evidence`:
    none is placed by hand without it."""

    hold: str
    stops: tuple[str, ...]
    legal_stay: bool = False
    lets_through: tuple[str, ...] = ()
    released_by: str = ""
    evidence: bool = False
    lifted_by: str = ""

    def __post_init__(self) -> None:
        _known("act class", self.stops, ActClasses)
        _known("way to be lifted", (self.lifted_by,), ("", "person", "fact"))
        if self.released_by and self.lifted_by:
            raise ValueError("a gate lifts it, or a person or a fact does: keep released_by or lifted_by")


class Freshness(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Oldest balance, in days, that an act of a class may go out on. `needs_none`: nodes of the class that claim nothing, so
    that they wait for no balance."""

    act_class: str
    at_most_days: Days
    needs_none: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _known("act class", (self.act_class,), ActClasses)


class Band(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From this DPD on (and this claim on, in minor units) the account is graded so; the last band that fits wins."""

    grade: str
    dpd_at_least: Days
    owed_at_least: int = 0

    def __post_init__(self) -> None:
        _known("grade", (self.grade,), Grades)


class Grading(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    bands: tuple[Band, ...]


@lru_cache(maxsize=64)
def _clock(text: str) -> time:
    return time.fromisoformat(text)


class QuietHours(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """No contact from `start` to `end`, in the debtor's own zone; over midnight when start is later than end.

    `agreed_opens`: a time that the debtor agreed to, with evidence, goes before. `every_zone`: where more than one zone is
    known (of the person, of the number), the hour must be a quiet one in none of them.
    """

    start: str
    end: str
    channels: tuple[str, ...] = ()
    agreed_opens: bool = False
    every_zone: bool = False

    def __post_init__(self) -> None:
        _known("channel", self.channels, Channels)
        if time.fromisoformat(self.start) == time.fromisoformat(self.end):
            raise ValueError("quiet hours that begin when they end")

    def covers(self, at: time) -> bool:
        start, end = _clock(self.start), _clock(self.end)
        return (start <= at or at < end) if start > end else start <= at < end


class ContactCap(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """At most so many contacts of these channels within so many days, per number, per person, or per person and debt.

    `counts`: every contact, or those that were answered; one whose outcome is not known counts as answered. `voices`:
    only such calls are counted and bound (none named: all). `override`: a supervisor's recorded word lets one more
    through, where the source says 不宜 and no more.
    """

    channels: tuple[str, ...]
    per: str
    window_days: Annotated[int, msgspec.Meta(ge=1)]
    at_most: Days
    counts: str = "all"
    voices: tuple[str, ...] = ()
    override: bool = False

    def __post_init__(self) -> None:
        _known("channel", self.channels, Channels)
        _known("counting", (self.per,), ("number", "person", "debt"))
        _known("what is counted", (self.counts,), ("all", "answered"))
        _known("voice", self.voices, Voices)


class Criterion(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One way in which a debt may be written off: conditions like an entry clause, and papers the packet must hold."""

    name: str
    all: tuple[Condition, ...]
    papers: tuple[str, ...] = ()


class Ground(Criterion, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One ground on which a claim ends for good 完全终结: what must be so, and papers that prove it."""


class Eligibility(Criterion, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which debts may be sold in bulk: all conditions hold; who may buy; what a buyer is bound to."""

    buyers: tuple[str, ...] = ()
    binds: tuple[str, ...] = ()


class Number(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    number: int


class CalendarValue(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Days (ISO 8601) that the bank's calendar adds to the library, or takes away."""

    extra_holidays: tuple[str, ...] = ()
    extra_workdays: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for day in (*self.extra_holidays, *self.extra_workdays):
            date.fromisoformat(day)


class AgencyTerm(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A term that a contract with a collection agency may not hold."""

    term: str


class AgencyStandard(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an agency must meet to be registered (`entry`) and at each placement, or what strikes it off (`exit`)."""

    standard: str
    when: str

    def __post_init__(self) -> None:
        _known("standard", (self.when,), ("entry", "placement", "exit"))


class Recall(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The service level of a recall: within how many working days an agency confirms it, by the code of its cause."""

    cause: str
    codes: tuple[str, ...]
    workdays: Days


class Violation(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A breach that an agency may commit; a serious one, while it is open, keeps new debts from it."""

    violation: str
    serious: bool


class Duty(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who may do a thing that takes no gate: one of these roles."""

    duty: str
    roles: tuple[str, ...]


class HardshipCause(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A cause of hardship: every paper in `papers` is wanted, and which kinds of arrangement are thought of."""

    cause: str
    papers: tuple[str, ...]
    offers: tuple[str, ...]


KINDS: dict[str, type[Strictly]] = {
    "quiet_hours": QuietHours,
    "contact_cap": ContactCap,
    "contact_pause": ContactPause,
    "contact_bar": ContactBar,
    "lost_contact": LostContact,
    "entry": Entry,
    "gap": Gap,
    "brake": Brake,
    "freshness": Freshness,
    "grading": Grading,
    "materiality": Materiality,
    "authority": Authority,
    "tiers": Tiers,
    "levels": Levels,
    "roles": Roles,
    "criterion": Criterion,
    "ground": Ground,
    "eligibility": Eligibility,
    "number": Number,
    "calendar": CalendarValue,
    "fee_schedule": FeeSchedule,
    "small_claims": SmallClaims,
    "route": Route,
    "recovery": Recovery,
    "exempt_funds": ExemptFunds,
    "agency_term": AgencyTerm,
    "agency_standard": AgencyStandard,
    "recall": Recall,
    "violation": Violation,
    **MONEY_KINDS,
    **DEBTOR_KINDS,
    "plan_floor": PlanFloor,
    "lexicon": Lexicon,
    "caller_certificate": CallerCertificate,
    "call_queue": CallQueue,
    "duty": Duty,
    "hardship_cause": HardshipCause,
    "packet_list": PacketList,
}
