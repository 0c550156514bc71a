"""Every file of the mainland's topics contact and unreachable, and the bank's own, each with the two sides of its boundary."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from recourse.policy.schema import State
from tests.packs.contact_table import DAY, before, book, call, files, lost, policy, refusals

TUESDAY, WEDNESDAY = DAY + timedelta(days=1), DAY + timedelta(days=2)
SINCE_2025, SINCE_2026 = date(2025, 2, 28), date(2026, 1, 30)
BANK = State.BANK_DEFAULT
LAW = State.ENFORCED


def quiet(product: str, rule: str) -> tuple[bool, bool]:
    rules = policy("cn", product)
    assert rule in refusals(rules, call(), "07:59")
    assert rule not in refusals(rules, call(), "08:00")
    return rule in refusals(rules, call(), "22:00"), rule in refusals(rules, call(), "21:59")


def capped(
    product: str, rule: str, at_most: int, code: str = "no_answer", *, channel: str = "call", voice: str = "human"
) -> tuple[bool, bool]:
    rules, request = policy("cn", product), call(channel, voice=voice)
    return (rule in refusals(rules, request, past=before(at_most, code, channel=channel, voice=voice)),
            rule in refusals(rules, request, past=before(at_most - 1, code, channel=channel, voice=voice)))  # fmt: skip


def barred(product: str, rule: str, fact: str, role: str = "debtor", free: str = "") -> tuple[bool, bool]:
    """With the fact and without it; a role that is free of it is not refused."""
    rules = policy("cn", product)
    if free:
        assert rule not in refusals(rules, call(role=free), facts=(fact,))
    return rule in refusals(rules, call(role=role), facts=(fact,)), rule in refusals(rules, call(role=role))


def calls_in_a_row(product: str) -> tuple[bool, bool]:
    rule, rules = "unreachable.failed_calls", policy("cn", product)
    assert rule not in lost(rules, before(3), DAY), "at the earliest on the day after"
    assert rule not in lost(rules, before(2) + before(1, "promise") + before(1), TUESDAY), "answered in between"
    return rule in lost(rules, before(3), TUESDAY), rule in lost(rules, before(2), TUESDAY)


def days_in_a_row(product: str) -> tuple[bool, bool]:
    rule, rules = "unreachable.failed_days", policy("cn", product)
    two = before(1) + before(1, on=TUESDAY)
    gap = before(1, on=DAY - timedelta(days=1)) + before(1, on=TUESDAY) + before(1, on=WEDNESDAY)
    assert rule not in lost(rules, gap, WEDNESDAY), "a day between"
    return rule in lost(rules, two + before(1, on=WEDNESDAY), WEDNESDAY), rule in lost(rules, two, TUESDAY)


def dead_number(product: str) -> tuple[bool, bool]:
    rule, rules = "unreachable.number_invalid", policy("cn", product)
    return rule in lost(rules, before(1, "invalid_number"), DAY), rule in lost(rules, before(1, "switched_off"), DAY)


CONSUMER, ONLINE, OTHER = "credit_card", "online_consumer_loan", "mortgage"
CASES = [
    ("contact/quiet_hours", lambda: quiet(OTHER, "contact.quiet_hours")),
    ("contact/quiet_hours.consumer", lambda: quiet(CONSUMER, "contact.quiet_hours")),
    ("contact/quiet_hours.online", lambda: quiet(ONLINE, "contact.quiet_hours")),
    ("contact/dial_attempts_per_number", lambda: capped(OTHER, "contact.dial_attempts_per_number", 6)),
    ("contact/dial_attempts_per_number.consumer", lambda: capped(CONSUMER, "contact.dial_attempts_per_number", 6)),
    ("contact/interactive_calls_per_person",
     lambda: capped(OTHER, "contact.interactive_calls_per_person", 3, "refused")),
    ("contact/interactive_calls_per_person.online",
     lambda: capped(ONLINE, "contact.interactive_calls_per_person", 3, "refused")),
    ("contact/notification_calls_per_person",
     lambda: capped(OTHER, "contact.notification_calls_per_person", 3, "refused", voice="notice")),
    ("contact/notification_calls_per_person.online",
     lambda: capped(ONLINE, "contact.notification_calls_per_person", 3, "refused", voice="notice")),
    ("contact/third_party", lambda: barred(OTHER, "contact.third_party", "third_party")),
    ("contact/third_party.consumer", lambda: barred(CONSUMER, "contact.third_party", "third_party", "third_party")),
    ("contact/third_party_refused", lambda: barred(OTHER, "contact.third_party_refused", "third_party_refused")),
    ("contact/third_party_refused.consumer",
     lambda: barred(CONSUMER, "contact.third_party_refused", "third_party_refused", "third_party")),
    ("contact/source_unknown", lambda: barred(OTHER, "contact.source_unknown", "source_unknown", "third_party", "debtor")),
    ("unreachable/failed_calls", lambda: calls_in_a_row(OTHER)),
    ("unreachable/failed_calls.consumer", lambda: calls_in_a_row(CONSUMER)),
    ("unreachable/failed_days", lambda: days_in_a_row(OTHER)),
    ("unreachable/failed_days.consumer", lambda: days_in_a_row(CONSUMER)),
    ("unreachable/number_invalid", lambda: dead_number(OTHER)),
    ("unreachable/number_invalid.consumer", lambda: dead_number(CONSUMER)),
]  # fmt: skip
NUMBERS = [
    ("contact/visit_collectors", "contact.visit_collectors", 2),
    ("unreachable/after_unanswered", "unreachable.after_unanswered", 3),
]
OF_THE_BANK = [
    ("contact/deceased", lambda: barred(OTHER, "contact.deceased", "deceased", free="heir")),
    ("contact/incapable", lambda: barred(OTHER, "contact.incapable", "incapable", free="representative")),
    ("contact/minor", lambda: barred(OTHER, "contact.minor", "minor", free="representative")),
    ("contact/do_not_contact", lambda: barred(OTHER, "contact.do_not_contact", "do_not_contact")),
    ("contact/no_consent", lambda: barred(OTHER, "contact.no_consent", "number_refused")),
    ("contact/medium_opt_out", lambda: barred(OTHER, "contact.medium_opt_out", "medium_refused")),
    ("contact/ceased", lambda: barred(OTHER, "contact.ceased", "ceased")),
    ("contact/represented", lambda: barred(OTHER, "contact.represented", "represented", free="attorney")),
    ("contact/employer", lambda: barred(OTHER, "contact.employer", "work_refused")),
    ("contact/app_per_person", lambda: capped(OTHER, "contact.app_per_person", 1, "sent", channel="app")),
    ("contact/email_per_person", lambda: capped(OTHER, "contact.email_per_person", 1, "sent", channel="email")),
    ("contact/sms_per_person", lambda: capped(OTHER, "contact.sms_per_person", 1, "sent", channel="sms")),
    ("contact/visit_per_person", lambda: capped(OTHER, "contact.visit_per_person", 1, "met", channel="visit")),
]
SAME_AS_CN = {"contact/third_party", "contact/third_party_refused", "contact/source_unknown", "contact/sms_per_person_week",
              "unreachable/failed_calls", "unreachable/failed_days", "unreachable/number_invalid",
              "unreachable/after_unanswered"}  # fmt: skip


@pytest.mark.parametrize(
    ("file", "check"), [*CASES, *OF_THE_BANK], ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_rule_speaks_beyond_its_boundary_and_not_before(file: str, check: object) -> None:
    assert callable(check)
    assert check() == (True, False)


@pytest.mark.parametrize(("file", "rule", "number"), NUMBERS)
def test_a_number(file: str, rule: str, number: int) -> None:
    assert policy("cn").number(rule) == number


def test_three_messages_in_seven_days_and_the_fourth_not() -> None:
    """bank_default/contact/sms_per_person_week"""
    rules, rule = policy("cn"), "contact.sms_per_person_week"
    days = [DAY - timedelta(days=n) for n in (2, 4, 6)]
    three = tuple(past for day in days for past in before(1, "sent", on=day, channel="sms"))
    later = tuple(
        past for day in [*days[:2], DAY - timedelta(days=7)] for past in before(1, "sent", on=day, channel="sms")
    )
    assert rule in refusals(rules, call("sms"), past=three)
    assert rule not in refusals(rules, call("sms"), past=later)


@pytest.mark.parametrize(
    ("product", "rule", "on", "state"),
    [
        ("credit_card", "contact.third_party_refused", SINCE_2026, LAW),
        ("credit_card", "contact.third_party_refused", SINCE_2026 - timedelta(days=1), BANK),
        ("mortgage", "contact.third_party_refused", SINCE_2026, BANK),
        ("online_consumer_loan", "contact.interactive_calls_per_person", SINCE_2025, LAW),
        ("online_consumer_loan", "contact.interactive_calls_per_person", SINCE_2025 - timedelta(days=1), BANK),
        ("consumer_loan", "unreachable.failed_days", SINCE_2026, LAW),
        ("consumer_loan", "unreachable.failed_days", SINCE_2026 - timedelta(days=1), BANK),
    ],
)
def test_law_begins_on_its_day_and_the_bank_held_to_it_before(product: str, rule: str, on: date, state: State) -> None:
    (found,) = [source for _, source in policy("cn", product, on).sourced if source.rule == rule]
    assert found.state is state


def test_agreed_hours_open_nothing_before_the_rule_that_lets_them() -> None:
    """What the pack says of agreed hours begins with the texts that speak of them."""
    opens = {on: any(q.agreed_opens for _, q in policy("cn", "credit_card", on).quiet_hours)
             for on in (SINCE_2026 - timedelta(days=1), SINCE_2026)}  # fmt: skip
    assert list(opens.values()) == [False, True]


def test_every_file_is_in_a_table() -> None:
    named = {file for file, *_ in [*CASES, *NUMBERS]}
    assert files("cn", "contact", "unreachable") == named
    assert files("bank_default", "contact", "unreachable") == {file for file, *_ in OF_THE_BANK} | SAME_AS_CN


def test_the_bank_s_own_hold_where_a_jurisdiction_is_silent() -> None:
    """bank_default/unreachable and bank_default/contact, read where no rule of the jurisdiction stands before them."""
    rules = {source.rule for _, source in book().at(DAY, "tw", "credit_card").sourced}
    assert {file.replace("/", ".") for file in SAME_AS_CN} <= rules
