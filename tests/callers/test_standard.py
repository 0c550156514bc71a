"""Who may dial on a day: certificates to their last day, and not one day longer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse import events as ev
from recourse.callers.register import Entry, fold
from recourse.callers.standard import months_after, refusal, standings
from recourse.policy.book import Policy
from recourse.policy.calling_values import CallerCertificate
from tests.core.any_facts import book

START = date(2026, 3, 1)
CN = book().at(START, "cn", "")
TW = book().at(START, "tw", "")


def asked(policy: Policy) -> list[str]:
    return [rule.certificate for _, rule in policy.of("caller_certificate", CallerCertificate)]


def caller(*events: ev.Event, employer: str = "own") -> Entry:
    entry = fold(Entry(), ev.CollectorEnrolled("c", employer, START, 50), START)
    for event in events:
        fold(entry, event, START)
    return entry


def certified(policy: Policy, *, without: str = "", until: date | None = None) -> list[ev.Event]:
    return [ev.CollectorCertified("c", name, START, until, "HR") for name in asked(policy) if name != without]


def test_nobody_unknown_and_nobody_without_certificates_dials() -> None:
    assert refusal(None, START, CN) == "caller.not_enrolled"
    assert refusal(caller(), START, CN) in {f"caller.{name}" for name in asked(CN)}
    assert refusal(caller(*certified(CN)), START, CN) == ""


@pytest.mark.parametrize("certificate", ["pre_job_training", "exam", "no_violent_record"])
def test_the_rule_that_refuses_is_named(certificate: str) -> None:
    assert refusal(caller(*certified(CN, without=certificate)), START, CN) == f"caller.{certificate}"


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        (date(2026, 2, 28), "caller.not_employed"),
        (START, ""),
        (date(2027, 2, 28), ""),
        (date(2027, 3, 1), "caller.exam"),
    ],
)
def test_a_year_ends_on_the_day_before(day: date, rule: str) -> None:
    assert refusal(caller(*certified(CN)), day, CN) == rule


@pytest.mark.parametrize(("day", "rule"), [(date(2026, 5, 31), ""), (date(2026, 6, 1), "caller.exam")])
def test_a_certificate_that_ends_sooner_ends_sooner(day: date, rule: str) -> None:
    assert refusal(caller(*certified(CN, until=date(2026, 5, 31))), day, CN) == rule


def test_a_renewal_counts_from_its_own_day() -> None:
    again = [ev.CollectorCertified("c", name, date(2027, 3, 5), None, "HR") for name in ("exam", "pre_job_training")]
    entry = caller(*certified(CN), *again)
    assert refusal(entry, date(2027, 3, 4), CN) == "caller.exam"
    assert refusal(entry, date(2027, 3, 5), CN) == ""


@pytest.mark.parametrize(("day", "rule"), [(date(2026, 5, 1), ""), (date(2026, 5, 2), "caller.association_course")])
def test_taiwan_gives_two_months_for_the_course(day: date, rule: str) -> None:
    entry = caller(*certified(TW, without="association_course"))
    assert refusal(entry, day, TW) == rule
    states = {each.certificate: each.state for each in standings(entry, day, TW)}
    assert states["association_course"] == ("due" if not rule else "lacking")


@pytest.mark.parametrize(("day", "rule"), [(date(2026, 4, 30), ""), (date(2026, 5, 1), "caller.not_employed")])
def test_who_has_left_dials_no_more(day: date, rule: str) -> None:
    entry = caller(*certified(CN), ev.CollectorEnded("c", date(2026, 4, 30), "离职"))
    assert refusal(entry, day, CN) == rule
    assert refusal(fold(entry, ev.CollectorEnrolled("c", "own", START, 50), START), date(2026, 5, 1), CN) == ""


def test_a_skill_has_its_last_day() -> None:
    entry = caller(ev.SkillGiven("c", "senior", date(2026, 4, 30)), ev.SkillGiven("c", "hardship"))
    assert entry.skills_on(date(2026, 4, 30)) == {"senior", "hardship"}
    assert entry.skills_on(date(2026, 5, 1)) == {"hardship"}
    assert fold(entry, ev.SkillTaken("c", "hardship", "考核不合格"), START).skills_on(START) == {"senior"}


def test_the_callers_of_an_agency_are_held_to_the_same() -> None:
    assert refusal(caller(employer="agency-a"), START, CN)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 240))
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
