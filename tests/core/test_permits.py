"""Contact permits: the person's own clock, one budget for everybody, and a refusal that names its rule."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recourse.contact_law import Permit, Request, Situation, judge
from recourse.ledger.database import writing
from recourse.ledger.tables import contacts, permits
from recourse.permits import issue, local
from recourse.policy import values as v
from recourse.policy.book import Policy, Sourced
from recourse.policy.schema import State
from tests.core.any_facts import book
from tests.core.ledgers import MONDAY, MORNING, Ledger, on_sqlite, open_ledger

_numbers = count()


def rules(product: str = "consumer_loan", jurisdiction: str = "cn", day: date = MONDAY) -> Policy:
    return book().at(day, jurisdiction, product)


def own(**values: v.Strictly) -> Policy:
    """A policy of these values alone, each under the id ``kind.name`` of its keyword."""
    sourced = [(each, Sourced(name, State.ENFORCED, "an act", value))
               for name, value in values.items()
               for each in ("contact_cap" if isinstance(value, v.ContactCap) else "quiet_hours",)]  # fmt: skip
    return Policy("cn", "x", f"test {sorted(values)}", tuple(sourced))


def ask(
    ledger: Ledger, *requests: Request, at: str = MORNING, day: date = MONDAY, under: Policy | None = None
) -> list[str]:
    """The answers, "" for a permit and the rule for a refusal; each asks for a number that is the person's."""
    ledger.numbers_asked(requests)
    with writing(ledger.engine) as connection:
        answers = issue(connection, [(request, under or rules()) for request in requests], f"{day}T{at}")
    return ["" if isinstance(answer, Permit) else answer.rule for answer in answers]


def sms(person: str = "p", number: str = "n1") -> Request:
    return Request(person, "c", "sms", "reminder", number)


def call(person: str = "p", number: str = "n1") -> Request:
    return Request(person, "c", "call", "call", number)


# --- quiet hours --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("utc", "zone", "quiet"),
    [("13:59:59", "Asia/Shanghai", False), ("14:00:00", "Asia/Shanghai", True), ("23:59:59", "Asia/Shanghai", True),
     ("00:00:00", "Asia/Shanghai", False), ("14:30:00", "Asia/Urumqi", False), ("16:00:00", "Asia/Urumqi", True),
     ("01:59:59", "Asia/Urumqi", True), ("02:00:00", "Asia/Urumqi", False)],
)  # fmt: skip
def test_quiet_hours_go_by_the_clock_on_the_person_s_wall(
    sqlite_ledger: Ledger, utc: str, zone: str, quiet: bool
) -> None:
    sqlite_ledger.person("p", zone)
    assert ask(sqlite_ledger, sms(), at=f"{utc}+00:00") == (["contact.quiet_hours"] if quiet else [""])


def test_quiet_hours_follow_summer_time() -> None:
    """New York: 22:00 is 03:00 UTC in winter and 02:00 UTC in summer; the spring night is an hour short."""
    under = own(quiet=v.QuietHours("22:00", "08:00", ("sms",)))

    def quiet(instant: str) -> bool:
        return bool(judge(sms(), under, Situation((local(instant, "America/New_York"),))))

    assert [quiet(f"2026-01-15T{utc}:00+00:00") for utc in ("02:59", "03:00", "12:59", "13:00")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert [quiet(f"2026-07-15T{utc}:00+00:00") for utc in ("01:59", "02:00", "11:59", "12:00")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert [quiet(f"2026-03-08T{utc}:00+00:00") for utc in ("06:59", "07:00", "11:59", "12:00")] == [
        True, True, True, False,
    ]  # fmt: skip


@given(st.times(), st.times(), st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
       st.sampled_from(["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]))  # fmt: skip
def test_inside_the_span_nobody_is_contacted_and_outside_nobody_is_held(
    start: object, end: object, instant: datetime, zone: str
) -> None:
    first, last = str(start)[:5], str(end)[:5]
    if first == last:
        return
    wall = instant.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    inside = first <= wall < last if first < last else not last <= wall < first
    under = own(quiet=v.QuietHours(first, last, ()))
    assert bool(judge(sms(), under, Situation((local(instant.isoformat(), zone),)))) is inside


# --- caps ---------------------------------------------------------------------------------------------------------


def test_a_cap_per_number_and_one_per_person_are_counted_apart(ledger: Ledger) -> None:
    ledger.person("p")
    under = own(
        quiet=v.QuietHours("22:00", "08:00"),
        number=v.ContactCap(("call",), "number", 1, 2),
        person=v.ContactCap(("call",), "person", 1, 3),
    )
    asked = [call(number="n1")] * 3 + [call(number="n2")] * 2
    assert ask(ledger, *asked, under=under) == ["", "", "number", "", "person"]
    assert ask(ledger, call(number="n3"), under=under) == ["person"]
    assert ask(ledger, call(number="n3"), under=under, day=MONDAY + timedelta(days=1)) == [""]


@on_sqlite
def test_a_cap_counts_over_its_window_and_over_all_accounts(ledger: Ledger) -> None:
    ledger.person("p")
    days = [MONDAY + timedelta(days=n) for n in range(10)]
    answers = [ask(ledger, sms(), sms(), day=day) for day in days]
    given = [day for day, pair in zip(days, answers, strict=True) if "" in pair]
    assert all(pair.count("") <= 1 for pair in answers), "one message a day"
    assert given == [days[0], days[1], days[2], days[7], days[8], days[9]], "three in seven days"
    assert "contact.sms_per_person_week" in answers[4]


@on_sqlite
def test_a_channel_s_budget_is_its_own(ledger: Ledger) -> None:
    ledger.person("p")
    email = Request("p", "c", "email", "reminder", "e")
    assert ask(ledger, sms(), sms(), email, email) == ["", "contact.sms_per_person", "", "contact.email_per_person"]


@on_sqlite
def test_two_people_have_two_budgets(ledger: Ledger) -> None:
    ledger.person("p")
    ledger.person("q")
    assert ask(ledger, sms("p"), sms("q", "n2"), sms("p"), sms("q", "n2")) == [
        "", "", "contact.sms_per_person", "contact.sms_per_person",
    ]  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["sms", "call"]), st.sampled_from(["n1", "n2"])),
                      min_size=1, max_size=30))  # fmt: skip
def test_no_window_of_any_cap_is_ever_overdrawn(sqlite_ledger: Ledger, asked: list[tuple[int, str, str]]) -> None:
    person, under = f"p{next(_numbers)}", rules()
    sqlite_ledger.person(person)
    for day, channel, number in sorted(asked):
        ask(sqlite_ledger, Request(person, "c", channel, "x", f"{person}:{number}"), day=MONDAY + timedelta(days=day))
    made = sqlite_ledger.rows(permits, permits.c.person_id == person)
    assert len({row.permit_id for row in made}) == len(made)
    for source, cap in under.caps:
        for number in (f"{person}:n1", f"{person}:n2") if cap.per == "number" else ("",):
            on = sorted(row.issued_on for row in made
                        if row.channel in cap.channels and number in ("", row.number_id))  # fmt: skip
            for first, after in zip(on, on[cap.at_most :], strict=False):
                assert (after - first).days >= cap.window_days, source.rule


# --- nobody to be contacted ---------------------------------------------------------------------------------------


@on_sqlite
def test_no_rule_known_for_a_day_or_a_channel_holds_the_contact(ledger: Ledger) -> None:
    ledger.person("p")
    assert ask(ledger, sms(), under=own()) == ["contact.no_rule_known"]
    assert ask(ledger, sms(), under=book().at(date(1990, 1, 1), "cn", "x")) == ["contact.no_rule_known"]
    calls_only = own(quiet=v.QuietHours("22:00", "08:00", ("call",)))
    assert ask(ledger, sms(), call(), under=calls_only) == ["contact.no_rule_known", ""]


@on_sqlite
@pytest.mark.parametrize("status", ["deceased", "incapable"])
def test_the_dead_and_the_incapable_are_not_contacted(ledger: Ledger, status: str) -> None:
    ledger.person("p", "Asia/Shanghai", status)
    assert ask(ledger, sms()) == [f"contact.{status}"]
    assert ledger.rows(permits) == []


def test_a_number_whose_owner_objects_is_not_used(ledger: Ledger) -> None:
    ledger.person("p")
    ledger.number("p", "sms", "objected", consent=False)
    assert ask(ledger, sms(number="objected"), sms(number="n1")) == ["contact.no_consent", ""]


@on_sqlite
@pytest.mark.parametrize("ends", [MONDAY - timedelta(days=1), MONDAY])
def test_a_number_that_the_bank_s_file_ended_is_nobody_s_to_use(ledger: Ledger, ends: date) -> None:
    """A relative's number does not become the debtor's by ending."""
    ledger.person("p")
    ledger.number("p", "phone", "mothers")
    the_row(ledger, "mothers", whose="relative", valid_to=ends)
    assert ask(ledger, call(number="mothers")) == ["contact.no_number"]


@on_sqlite
def test_a_number_that_ends_in_time_to_come_is_still_a_relative_s(ledger: Ledger) -> None:
    ledger.person("p")
    ledger.number("p", "phone", "mothers")
    the_row(ledger, "mothers", whose="relative", valid_to=MONDAY + timedelta(days=9))
    assert ask(ledger, call(number="mothers")) == ["contact.third_party"]
    the_row(ledger, "mothers", whose="own")
    assert ask(ledger, call(number="mothers")) == [""]


@on_sqlite
def test_an_objection_outlives_the_row_that_said_it_until_the_person_agrees(ledger: Ledger) -> None:
    ledger.person("p")
    ledger.number("p", "sms", "n", consent=False)
    the_row(ledger, "n", valid_to=MONDAY - timedelta(days=5))
    ledger.number("p", "phone", "n")
    assert ask(ledger, sms(number="n")) == ["contact.no_consent"]
    ledger.number("p", "email", "n", consent=True)
    assert ask(ledger, sms(number="n")) == [""]


def the_row(ledger: Ledger, number: str, **columns: object) -> None:
    with writing(ledger.engine) as connection:
        connection.execute(contacts.update().where(contacts.c.number_id == number).values(columns))


@on_sqlite
def test_a_person_the_ledger_does_not_know_cannot_be_counted_and_is_not_contacted(ledger: Ledger) -> None:
    assert ask(ledger, sms("nobody")) == ["contact.person_unknown"]


@on_sqlite
def test_asking_for_nothing_gives_nothing(ledger: Ledger) -> None:
    assert ask(ledger) == []


# --- side by side -------------------------------------------------------------------------------------------------


def test_callers_side_by_side_never_pass_a_cap_together(postgres_ledger: Ledger) -> None:
    """Eight connections ask twelve times each for the same two people; three calls a day is three calls a day."""
    for person in ("p", "q"):
        postgres_ledger.person(person)
        for m in range(12):
            postgres_ledger.number(person, "phone", f"{person}{m}")
    started, granted, failures = threading.Barrier(8), list[str](), list[BaseException]()

    def run(n: int) -> None:
        try:
            with open_ledger(postgres_ledger.url) as mine:
                started.wait(20)
                for m in range(12):
                    pair = [call("p", f"p{m}"), call("q", f"q{m}")]
                    answers = ask(mine, *(pair if n % 2 else reversed(pair)))
                    granted.extend(answer for answer in answers if answer == "")
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    made = postgres_ledger.rows(permits)
    assert {person: sum(row.person_id == person for row in made) for person in ("p", "q")} == {"p": 3, "q": 3}
    assert len(granted) == 6


@on_sqlite
def test_a_day_is_the_person_s_own_day(ledger: Ledger) -> None:
    """Three o'clock in the afternoon in Shanghai is early morning in Los Angeles: the day before has another budget."""
    ledger.person("p", "America/Los_Angeles")
    evening, morning = "02:30:00+00:00", "17:00:00+00:00"
    assert ask(ledger, sms(), at=evening) == [""]
    assert ask(ledger, sms(), at=morning) == [""]
    days = sorted(row.issued_on for row in ledger.rows(permits))
    assert [(later - earlier).days for earlier, later in pairwise(days)] == [1]
