"""The law of contact against a slow oracle that knows nothing of the judge: random lives, zones with summer time, borders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from recourse import events as ev
from recourse.contact_law import Against, Agreed, Past, Permit, Refusal, Request, Situation, judge
from recourse.contact_terms import KINDS, Term, facts_of
from recourse.ledger.contact_term_rows import lift, set_term
from recourse.ledger.database import writing
from recourse.ledger.tables import contact_terms, parties, permits
from recourse.permits import issue, reserve
from tests.core.any_facts import book
from tests.core.ledgers import MONDAY, Ledger, on_sqlite, pen_of

_runs = count()
ZONES = ("Asia/Shanghai", "Asia/Urumqi", "America/New_York", "Europe/London")
STARTS = (date(2026, 3, 6), date(2026, 3, 27), date(2026, 10, 23), date(2026, 10, 30), date(2026, 2, 16))
"""Before summer time begins and ends in New York and in London; the eve of the spring festival."""
NOBODY = {"no_answer", "busy", "switched_off", "invalid_number"}


class Made(msgspec.Struct):
    """A contact that was permitted, as the oracle remembers it."""

    at: datetime
    day: date
    person: int
    number: str
    account: str
    channel: str
    permit_id: str
    outcome: str = ""


class Oracle:
    """What a patient clerk with the texts on the desk would allow; counts everything anew each time."""

    def __init__(self, law: str, zones: Sequence[str]) -> None:
        self.law, self.zones = law, zones
        self.made: list[Made] = []
        self.refused: set[str] = set()
        self.opted_out: set[tuple[int, str]] = set()
        self.agreed: dict[int, tuple[time, time]] = {}

    def here(self, person: int, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zones[person]))

    def allows(self, person: int, account: str, channel: str, number: str, at: datetime) -> bool:
        here = self.here(person, at)
        opens, closes = (8, 22) if self.law == "cn" else (8, 21)
        inside = opens <= here.hour < closes
        if person in self.agreed:
            start, end = self.agreed[person]
            inside = inside or (start <= here.time() < end if start < end else not end <= here.time() < start)
        if not inside or number in self.refused or (person, channel) in self.opted_out:
            return False
        mine = [each for each in self.made if each.person == person and each.channel == channel]
        today = [each for each in mine if each.day == here.date()]
        if channel == "sms":
            week = [each for each in mine if 0 <= (here.date() - each.day).days <= 6]
            return not today and len(week) < 3
        if self.law == "cn":
            dials = [each for each in self.made
                     if each.number == number and each.channel == "call" and each.day == here.date()]  # fmt: skip
            return len(dials) < 6 and sum(each.outcome not in NOBODY for each in today) < 3
        debt = [each for each in mine if each.account == account and 0 <= (here.date() - each.day).days <= 6]
        return len(debt) < 7 and all(each.outcome in NOBODY for each in debt)


Step = tuple[str, int, int, int, str, str, str]
STEP = st.tuples(
    st.sampled_from(["ask"] * 9 + ["agree", "refuse", "opt_out", "lift"]),
    st.sampled_from([1, 7, 31, 55, 180, 611, 1439, 1440]),
    st.integers(0, 2),
    st.integers(0, 1),
    st.sampled_from(["call", "call", "call", "sms"]),
    st.sampled_from(["own", "shared"]),
    st.sampled_from(["no_answer", "no_answer", "busy", "promise", "refused", ""]),
)


class Life:
    """Three people, two numbers each, one of them shared, and what happens to them; the oracle looks on."""

    def __init__(self, ledger: Ledger, law: str, zones: tuple[str, ...], at: datetime) -> None:
        self.ledger, self.law, self.oracle, self.at, self.run = ledger, law, Oracle(law, zones), at, next(_runs)
        self.names = [f"r{self.run}-{n}" for n in range(3)]
        self.said: list[tuple[int, str, str]] = []
        for name, zone in zip(self.names, zones, strict=True):
            ledger.person(name, zone)
            ledger.number(name, "phone", f"{self.run}:shared")
            ledger.number(name, "phone", f"{name}:own")

    def number(self, person: int, number: str) -> str:
        return f"{self.run}:shared" if number == "shared" else f"{self.names[person]}:own"

    def say(self, connection: Connection, act: str, person: int, number: str) -> None:
        name, own, oracle = self.names[person], self.number(person, "own"), self.oracle
        pen = pen_of(self.at.date())
        if act == "agree" and person not in oracle.agreed:
            set_term(connection, pen, name, "agreed_time", "tape", opens="21:30", closes="00:30")
            oracle.agreed[person] = (time(21, 30), time(0, 30))
        elif act == "refuse":
            self.said.append((person, set_term(connection, pen, name, "refused", "tape", number_id=own), own))
            oracle.refused.add(own)
        elif act == "opt_out":
            set_term(connection, pen, name, "opt_out", "tape", channel="sms")
            oracle.opted_out.add((person, "sms"))
        elif act == "lift" and self.said:
            who, _, lifted = self.said[-1]
            lift(connection, pen, self.names[who], [term for _, term, own in self.said if own == lifted], "tape")
            self.said = [each for each in self.said if each[2] != lifted]
            oracle.refused.discard(lifted)

    def ask(self, connection: Connection, person: int, account: int, channel: str, number: str, outcome: str) -> None:
        name, number_id, oracle, at = self.names[person], self.number(person, number), self.oracle, self.at
        debt, day = f"{name}-{account}", oracle.here(person, at).date()
        request = Request(name, debt, channel, "x", number_id, debt)
        (answer,) = issue(connection, [(request, book().at(day, self.law, "consumer_loan"))], at.isoformat())
        assert isinstance(answer, Permit) is oracle.allows(person, debt, channel, number_id, at), (answer, at)
        if isinstance(answer, Refusal):
            assert answer.rule
            assert answer.rule == answer.matches[0]
            return
        came = outcome if channel == "call" else ""
        oracle.made.append(Made(at, day, person, number_id, debt, channel, answer.permit_id, came))
        if came:
            found = permits.c.permit_id == answer.permit_id
            connection.execute(permits.update().where(found).values(used=came))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(law=st.sampled_from(["cn", "us"]), zones=st.tuples(*[st.sampled_from(ZONES)] * 3), start=st.sampled_from(STARTS),
       hour=st.integers(0, 23), steps=st.lists(STEP, min_size=5, max_size=40))  # fmt: skip
def test_a_permit_is_what_the_oracle_allows_and_a_refusal_names_its_rule(
    sqlite_ledger: Ledger, law: str, zones: tuple[str, ...], start: date, hour: int, steps: list[Step]
) -> None:
    life = Life(sqlite_ledger, law, zones, datetime.combine(start, time(hour), UTC))
    for act, minutes, person, account, channel, number, outcome in steps:
        life.at += timedelta(minutes=minutes)
        with writing(sqlite_ledger.engine) as connection:
            if act == "ask":
                life.ask(connection, person, account, channel, number, outcome)
            else:
                life.say(connection, act, person, number)


# --- what is said, and what it binds ------------------------------------------------------------------------------------


def call(number: str = "n", role: str = "debtor", person: str = "p", account: str = "A") -> Request:
    grounds = ("unreachable.failed_calls",) if role == "third_party" else ()
    return Request(person, f"case-{account}", "call", "call", number, account, role, grounds=grounds)


def ask(
    ledger: Ledger, *requests: Request, at: str = "02:00:00+00:00", day: date = MONDAY, law: str = "cn"
) -> list[str]:
    rules = book().at(day, law, "consumer_loan")
    ledger.numbers_asked(requests)
    with writing(ledger.engine) as connection:
        answers = issue(connection, [(request, rules) for request in requests], f"{day}T{at}")
    return ["" if isinstance(answer, Permit) else answer.rule for answer in answers]


def say(ledger: Ledger, kind: str, person: str = "p", **more: str) -> str:
    with writing(ledger.engine) as connection:
        return set_term(connection, pen_of(MONDAY), person, kind, "tape", **more)  # type: ignore[arg-type]


def outcome(ledger: Ledger, code: str) -> None:
    """What came of every contact of which nobody knew yet."""
    with writing(ledger.engine) as connection:
        connection.execute(permits.update().where(permits.c.used == "").values(used=code))


@on_sqlite
def test_the_sixth_dial_to_a_number_is_made_and_the_seventh_takes_a_supervisor(ledger: Ledger) -> None:
    ledger.person("p")
    rule = "contact.dial_attempts_per_number"
    for _ in range(6):
        assert ask(ledger, call()) == [""]
        outcome(ledger, "no_answer")
    assert ask(ledger, call()) == [rule]
    say(ledger, "override", rule=rule, number_id="n")
    assert ask(ledger, call()) == [""]
    outcome(ledger, "no_answer")
    assert ask(ledger, call()) == [rule], "one word, one dial"
    assert ask(ledger, call(), day=MONDAY + timedelta(days=1)) == [""]


@on_sqlite
def test_no_word_of_a_supervisor_passes_a_rule_that_says_must(ledger: Ledger) -> None:
    ledger.person("p")
    for _ in range(3):
        assert ask(ledger, call()) == [""]
        outcome(ledger, "promise")
    say(ledger, "override", rule="contact.interactive_calls_per_person")
    assert ask(ledger, call("other")) == ["contact.interactive_calls_per_person"], "the fourth conversation"


@on_sqlite
def test_unanswered_dials_leave_room_for_three_conversations_and_no_more(ledger: Ledger) -> None:
    ledger.person("p")
    for n in range(5):
        assert ask(ledger, call(f"n{n}")) == [""]
        outcome(ledger, "no_answer")
    for n in range(3):
        assert ask(ledger, call(f"m{n}")) == [""]
        outcome(ledger, "third_party_answered" if n else "promise")
    assert ask(ledger, call("k")) == ["contact.interactive_calls_per_person"]


@on_sqlite
def test_a_contact_of_which_nobody_knows_what_came_counts(ledger: Ledger) -> None:
    ledger.person("p")
    assert ask(ledger, *[call(f"n{n}") for n in range(4)]) == ["", "", "", "contact.interactive_calls_per_person"]


@on_sqlite
def test_machines_staff_and_agencies_draw_on_one_budget(ledger: Ledger) -> None:
    ledger.person("p")
    robot, notice = (msgspec.structs.replace(call(f"n-{voice}"), voice=voice) for voice in ("robot", "notice"))
    rules = book().at(MONDAY, "cn", "consumer_loan")
    ledger.numbers_asked([call()])
    with writing(ledger.engine) as connection:
        agency = reserve(connection, [(msgspec.structs.replace(call(), purpose="agency:x"), rules)], MONDAY,
                         f"{MONDAY}T02:00:00+00:00")  # fmt: skip
    assert isinstance(agency[0], Permit)
    assert ask(ledger, robot, notice, call("k")) == ["", "", "contact.interactive_calls_per_person"]


@on_sqlite
def test_two_people_with_one_number_are_rung_there_six_times_together(ledger: Ledger) -> None:
    for person in ("p", "q"):
        ledger.person(person)
        ledger.number(person, "phone", "home")
    answers = []
    for n in range(8):
        answers += ask(ledger, call("home", person="pq"[n % 2]))
        outcome(ledger, "no_answer")
    assert answers == [""] * 6 + ["contact.dial_attempts_per_number"] * 2


@on_sqlite
@pytest.mark.parametrize(("utc", "rule"), [("13:59", ""), ("14:00", ""), ("14:59", ""), ("15:00", "contact.quiet_hours"),
                                           ("23:59", "contact.quiet_hours"), ("00:00", "")])  # fmt: skip
def test_agreed_hours_go_before_quiet_hours_and_end_when_they_end(ledger: Ledger, utc: str, rule: str) -> None:
    """22:00–23:00 in Shanghai was agreed to."""
    ledger.person("p")
    say(ledger, "agreed_time", opens="22:00", closes="23:00")
    assert ask(ledger, call(), at=f"{utc}:00+00:00") == [rule]


@on_sqlite
def test_withdrawn_hours_open_nothing_and_neither_does_a_window_that_the_bank_s_file_names(ledger: Ledger) -> None:
    ledger.person("p")
    term = say(ledger, "agreed_time", opens="22:00", closes="23:00")
    with writing(ledger.engine) as connection:
        lift(connection, pen_of(MONDAY), "p", [term], "letter")
    assert ask(ledger, call(), at="14:30:00+00:00") == ["contact.quiet_hours"]
    (row,) = ledger.rows(contact_terms)
    assert row.lifted_on == MONDAY


@on_sqlite
def test_hours_agreed_to_for_one_number_open_no_other(ledger: Ledger) -> None:
    ledger.person("p")
    say(ledger, "agreed_time", opens="22:00", closes="23:00", number_id="n")
    assert ask(ledger, call("n"), call("m"), at="14:30:00+00:00") == ["", "contact.quiet_hours"]


@on_sqlite
def test_before_the_texts_that_let_them_agreed_hours_open_nothing(ledger: Ledger) -> None:
    ledger.person("p")
    early = date(2026, 1, 29)
    with writing(ledger.engine) as connection:
        set_term(connection, pen_of(early), "p", "agreed_time", "tape", opens="22:00", closes="23:00")
    assert ask(ledger, call(), at="14:30:00+00:00", day=early) == ["contact.quiet_hours"]
    assert ask(ledger, call(), at="14:30:00+00:00", day=date(2026, 1, 30)) == [""]


@on_sqlite
@pytest.mark.parametrize(("kind", "more", "rule"), [
    ("refused", {"number_id": "n"}, "contact.no_consent"), ("opt_out", {"channel": "call"}, "contact.medium_opt_out"),
    ("do_not_contact", {}, "contact.do_not_contact"), ("ceased", {}, "contact.ceased"),
    ("represented", {}, "contact.represented"), ("minor", {}, "contact.minor"),
])  # fmt: skip
def test_what_was_said_binds_the_next_contact(ledger: Ledger, kind: str, more: dict[str, str], rule: str) -> None:
    ledger.person("p")
    assert ask(ledger, call()) == [""]
    outcome(ledger, "no_answer")
    say(ledger, kind, **more)
    assert ask(ledger, call()) == [rule]


@on_sqlite
def test_a_number_said_to_be_somebody_else_s_is_never_rung_for_the_debtor(ledger: Ledger) -> None:
    ledger.person("p")
    theirs(ledger, "p", "mother", "relative")
    theirs(ledger, "p", "desk", "workplace")
    assert ask(ledger, call("mother"), call("desk")) == ["contact.third_party"] * 2
    say(ledger, "consent", number_id="desk")
    assert ask(ledger, call("mother"), call("desk")) == ["contact.third_party", ""]
    say(ledger, "work_refused")
    assert ask(ledger, call("desk")) == ["contact.employer"]


def theirs(ledger: Ledger, person: str, number: str, whose: str, source: str = "contract") -> None:
    from recourse.ledger.tables import contacts

    ledger.number(person, "phone", number)
    with writing(ledger.engine) as connection:
        connection.execute(
            contacts.update().where(contacts.c.number_id == number).values(whose=whose, source=source)
        )  # fmt: skip


@on_sqlite
def test_a_third_party_is_asked_only_on_grounds_and_a_no_is_for_everybody_and_for_good(ledger: Ledger) -> None:
    for person in ("p", "q"):
        ledger.person(person)
        theirs(ledger, person, "mother", "relative")
    bare = msgspec.structs.replace(call("mother", "third_party"), grounds=())
    assert ask(ledger, bare) == ["contact.third_party"]
    assert ask(ledger, call("mother", "third_party")) == [""]
    say(ledger, "third_party_refused", number_id="mother")
    later = MONDAY + timedelta(days=400)
    assert ask(ledger, call("mother", "third_party"), call("mother", "third_party", "q"), day=later) == [
        "contact.third_party_refused"] * 2  # fmt: skip


@on_sqlite
def test_a_third_party_who_refused_is_not_asked_at_another_number_but_about_his_own_debt_he_is(ledger: Ledger) -> None:
    ledger.person("p")
    ledger.person("mum")
    ledger.number("mum", "phone", "m1")
    ledger.number("mum", "phone", "m2")
    theirs(ledger, "p", "m2", "relative")
    with writing(ledger.engine) as connection:
        from recourse.ledger.tables import contacts

        connection.execute(contacts.update().where(contacts.c.party_id == "mum").values(whose="own"))
    say(ledger, "third_party_refused", number_id="m1", of_party="mum")
    assert ask(ledger, call("m2", "third_party")) == ["contact.third_party_refused"]
    assert ask(ledger, call("m1", person="mum")) == [""]


@on_sqlite
def test_a_third_party_s_number_that_came_nobody_knows_whence_is_not_used(ledger: Ledger) -> None:
    ledger.person("p")
    theirs(ledger, "p", "mother", "relative", source="")
    assert ask(ledger, call("mother", "third_party")) == ["contact.source_unknown"]


@on_sqlite
def test_under_regulation_f_a_third_party_is_asked_once(ledger: Ledger) -> None:
    ledger.person("p", "America/New_York")
    theirs(ledger, "p", "mother", "relative")
    noon = "16:00:00+00:00"
    asked = call("mother", "third_party")
    assert ask(ledger, asked, at=noon, law="us") == [""]
    outcome(ledger, "no_answer")
    assert ask(ledger, asked, at=noon, day=MONDAY + timedelta(days=9), law="us") == ["contact.third_party_once"]


# --- all rules that refuse ----------------------------------------------------------------------------------------------


@on_sqlite
def test_a_refusal_keeps_every_rule_the_strictest_first(ledger: Ledger) -> None:
    ledger.person("p")
    for n in range(3):
        assert ask(ledger, call(f"n{n}")) == [""]
        outcome(ledger, "promise")
    say(ledger, "refused", number_id="n0")
    rules = book().at(MONDAY, "cn", "consumer_loan")
    with writing(ledger.engine) as connection:
        (answer,) = issue(connection, [(call("n0"), rules)], f"{MONDAY}T14:30:00+00:00")
    assert isinstance(answer, Refusal)
    assert answer.matches == ("contact.no_consent", "contact.quiet_hours", "contact.interactive_calls_per_person")
    assert answer.lasting


def test_an_old_refusal_without_its_matches_is_read() -> None:
    body = b'{"person_id":"p","channel":"call","purpose":"call","rule":"contact.quiet_hours"}'
    read = ev.lift("permit:contact:refused", 1, body)
    assert read == ev.PermitRefused("p", "call", "call", "contact.quiet_hours")


def test_what_stands_against_a_caller_refuses_like_any_other_rule() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    rules = book().at(MONDAY, "cn", "consumer_loan")
    found = judge(call(), rules, Situation((noon,), caller=(Against("caller.certificate"),)))
    assert [each.rule for each in found] == ["caller.certificate"]


@on_sqlite
def test_callers_are_asked_about_once_for_all(ledger: Ledger) -> None:
    ledger.person("p")
    rules, seen = book().at(MONDAY, "cn", "consumer_loan"), []

    def callers(
        connection: object, asked: Sequence[tuple[Request, object]], day: date
    ) -> dict[str, tuple[Against, ...]]:
        seen.append({request.caller for request, _ in asked})
        return {"new": (Against("caller.certificate"),)}

    requests = [msgspec.structs.replace(call(f"n{n}"), caller=who) for n, who in enumerate(("old", "new"))]
    ledger.numbers_asked(requests)
    with writing(ledger.engine) as connection:
        answers = issue(connection, [(r, rules) for r in requests], f"{MONDAY}T02:00:00+00:00", callers=callers)
    assert [getattr(answer, "rule", "") for answer in answers] == ["", "caller.certificate"]
    assert seen == [{"old", "new"}]


@given(st.sampled_from(KINDS), st.booleans(), st.booleans())
def test_what_ended_or_was_said_for_later_binds_nothing(kind: str, over: bool, mine: bool) -> None:
    set_on = MONDAY if over else MONDAY + timedelta(days=4)
    until = MONDAY + timedelta(days=1) if over else None
    term = Term("t", "p" if mine else "q", kind, "n", "call", "22:00", "23:00", until, "", "", set_on)
    assert facts_of(call(), [term], MONDAY + timedelta(days=2), {"workplace"}, {"p"}) == set()


def test_a_refusal_binds_at_once_where_the_persons_day_is_still_yesterday() -> None:
    """Said on the bank's third of March; in New York it is the evening of the second."""
    said = Term("t", "p", "do_not_contact", "", "", "", "", None, "", "", MONDAY + timedelta(days=1))
    assert facts_of(call(), [said], MONDAY, set(), {"p"}) == {"do_not_contact"}


def test_hours_over_midnight_are_agreed_to_on_both_sides_of_it() -> None:
    agreed = Agreed("23:00", "01:00")
    assert [agreed.covers(call(), time.fromisoformat(at)) for at in ("22:59", "23:00", "00:59", "01:00")] == [
        False, True, True, False]  # fmt: skip


def test_a_visit_planned_ahead_counts_in_every_window_that_it_lies_in() -> None:
    """Three messages in seven days: one of the four days that follow each other may not be the fourth."""
    rules = book().at(MONDAY, "cn", "consumer_loan")
    past = [Past(MONDAY + timedelta(days=n), "sms", "n", "sent", "p") for n in (2, 4, 6)]
    noon = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    sms = msgspec.structs.replace(call(), channel="sms")
    assert "contact.sms_per_person_week" in {a.rule for a in judge(sms, rules, Situation((noon,), past))}
    assert judge(sms, rules, Situation((noon - timedelta(days=1),), past)) == ()


@on_sqlite
def test_a_person_who_has_died_is_not_contacted_whatever_else_is_known_and_an_unknown_person_neither(
    ledger: Ledger,
) -> None:
    ledger.person("p", "Asia/Shanghai", "deceased")
    assert ask(ledger, call(), call(person="nobody")) == ["contact.deceased", "contact.person_unknown"]
    assert {row.status for row in ledger.rows(parties)} == {"deceased"}
