"""How the tables of this folder look at a rule file: every value it ever has, on its first day and on the eve of it.

A row is (file, first day, state, what it says). What is expected is written by hand, from the law or from what the bank
decided; `says` gives what a value comes down to, in a word or a number, so that a row is one line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import cast

import pytest

from recourse.policy import values as v
from recourse.policy.contact_values import LostContact
from recourse.policy.debtor_values import Buckets, Classification, Contagion, EvasionSigns, Plan, Scorecard
from recourse.policy.legal_values import ExemptFunds, FeeSchedule, Recovery, Route, SmallClaims
from recourse.policy.money_values import DebtOrder, PaymentOrder
from recourse.policy.resolve import Held
from tests.core.any_facts import book

Row = tuple[str, str, str, object]
"""File without its ending, first day, state, what it says. State `none`: from that day on the file says nothing."""

ON, BANK, OFF, NONE = "enforced", "bank_default", "disabled", "none"
SINCE = "2004-01-01"
"""From when the bank's own rules are known."""
ALWAYS_VOID = ("parties", "holds", "paid_in_full")


@lru_cache(maxsize=1)
def files() -> dict[str, Held]:
    """Every rule file that speaks anywhere, by its place."""
    return {held.rule.place: held for name in book().jurisdictions for held in book().held(name)}


def on(place: str, day: date) -> tuple[str, object]:
    """State and meaning of a file on a day."""
    held = files()[place]
    value = held.rule.on(day)
    if value is None:
        return NONE, None
    return value.state.value, says(held.values[held.rule.values.index(value)])


def look_at(folder: str, cases: Sequence[Row]) -> Callable[..., None]:
    """The test of a table: each row on its first day and on the eve, and no change of a file that has no row."""

    @pytest.mark.parametrize(("stem", "since", "state", "expected"), cases, ids=[f"{s}-{d}" for s, d, *_ in cases])
    def test_what_the_file_says(stem: str, since: str, state: str, expected: object) -> None:
        place, day = f"{folder}/{stem}", date.fromisoformat(since)
        earlier = [(row[2], row[3]) for row in cases if row[0] == stem and row[1] < since]
        assert _agree(on(place, day), (state, expected)), on(place, day)
        eve = on(place, day - timedelta(days=1))
        assert _agree(eve, earlier[-1] if earlier else (NONE, None)), eve
        rows = {row[1] for row in cases if row[0] == stem}
        assert {str(each.from_) for each in files()[place].rule.values} <= rows, "a change that nobody looked at"

    return cast("Callable[..., None]", test_what_the_file_says)


def _agree(found: tuple[str, object], expected: tuple[str, object]) -> bool:
    """Alike; of conditions, at least those that are expected, for a rule may ask for more."""
    if isinstance(expected[1], set):
        return found[0] == expected[0] and isinstance(found[1], frozenset) and expected[1] <= found[1]
    return found == expected


def says(value: v.Strictly) -> object:
    """What a value comes down to."""
    match value:
        case v.Number():
            return value.number
        case v.Gap():
            return value.days
        case v.Freshness():
            return " ".join([str(value.at_most_days), *(f"but {node}" for node in value.needs_none)])
        case v.Recall():
            return value.workdays
        case v.Violation():
            return value.serious
        case v.AgencyStandard():
            return value.when
        case v.AgencyTerm():
            return value.term
        case v.Brake():
            return _brake(value)
        case v.Materiality():
            assert not value.voids or set(ALWAYS_VOID) <= set(value.voids)
            return frozenset(value.voids) - set(ALWAYS_VOID)
        case v.Tiers():
            return (value.currency, *(bound // 100 for bound in value.bounds))
        case v.Authority():
            return tuple(seats(value.tiers[tier]) for tier in ("T0", "T1", "T2", "T3", "T4"))
        case v.Grading():
            return " ".join(_band(band) for band in value.bands)
        case v.Entry():
            return frozenset(condition(each) for clause in value.any for each in clause.all)
        case v.Criterion():
            return frozenset(condition(each) for each in value.all)
    return _rest(value)


def _rest(value: v.Strictly) -> object:
    match value:
        case v.CalendarValue():
            return (value.extra_holidays, value.extra_workdays)
        case v.Levels():
            return " ".join(f"{low}>{high}" for low, high in sorted(value.up.items()))
        case v.Roles():
            return frozenset(value.zh)
        case FeeSchedule():
            return value.name
        case SmallClaims():
            return (value.province, value.mandatory_up_to // 100, value.agreed_up_to // 100)
        case Route():
            return frozenset(f"{bar.when}:{bar.force}" for bar in value.bars)
        case Recovery():
            return (value.nothing_known, value.asset_clues, value.guarantor, value.collateral, value.only_home)
        case ExemptFunds():
            return frozenset(value.protected)
        case v.Duty():
            return " ".join(value.roles)
        case v.HardshipCause():
            return value.papers
        case LostContact():
            return (value.trigger, value.times, value.wait_days)
        case PaymentOrder() | DebtOrder() | v.PlanFloor():
            return _of_money(value)
    return _of_debtor(value)


def _of_money(value: PaymentOrder | DebtOrder | v.PlanFloor) -> object:
    """Orders by name; a floor as first percent, months and the percents of what may be waived, by grade."""
    match value:
        case PaymentOrder():
            return {band.from_dpd: " ".join(band.order) for band in value.bands}
        case DebtOrder():
            return " ".join(value.criteria)
    return {
        grade: (floor.first_percent, floor.longest_months, {part: n for part, n in floor.waived_percent.items() if n})
        for grade, floor in value.grades.items()
    }


def _of_debtor(value: v.Strictly) -> object:
    match value:
        case Classification():
            return " ".join(f"{step.five_tier}>{step.above}" for step in value.steps)
        case Contagion():
            return (value.contagion, value.above_percent)
        case Buckets() if value.ranges:
            return " ".join(f"{each.name}:{each.from_days}" for each in value.ranges)
        case Buckets():
            return (value.bucket_scheme, value.statement_days_before_due, value.last)
        case Scorecard():
            return " ".join(f"{band.grade}:{band.points_at_least}" for band in value.bands)
        case Plan():
            return (value.cadence_days, value.floor_percent, value.longest_months, value.team, value.priority)
        case EvasionSigns():
            return (value.at_least, " ".join(value.signs))
    raise AssertionError(f"nothing here reads a {type(value).__name__}")


def _brake(value: v.Brake) -> str:
    """What it stops, `stay` if no clock stands against it, and what it lets through."""
    through = [f"but {node}" for node in value.lets_through]
    return " ".join([*value.stops, *(["stay"] if value.legal_stay else []), *through])


def _band(band: v.Band) -> str:
    owed = f"@{band.owed_at_least // 100}" if band.owed_at_least else ""
    return f"{band.grade}:{band.dpd_at_least}{owed}"


def seats(given: v.Seats) -> str:
    """``BAP+BLG>HVP``; a committee's own members are one ``committee``."""
    named = [seat for seat in given.seats if "#" not in seat]
    panel = ["committee" if given.committee else "panel"] if any("#" in seat for seat in given.seats) else []
    return "+".join([*named, *panel]) + (f">{given.then}" if given.then else "")


def condition(given: v.Condition) -> str:
    """``dpd>=31``, ``owed<=999999``, ``disputed=no``, ``stage in filed,heard``."""
    name = f"{given.measure}[{given.of}]" if given.of else given.measure
    if given.is_ is not None:
        return f"{name}={'yes' if given.is_ else 'no'}"
    if given.in_ is not None:
        return f"{name} in {','.join(each or '-' for each in given.in_)}"
    sign, limit = (">=", given.at_least) if given.at_least is not None else ("<=", given.at_most)
    return f"{name}{sign}{'/'.join(map(str, limit.values())) if isinstance(limit, dict) else limit}"
