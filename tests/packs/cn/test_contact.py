"""Every file of the mainland's topics contact and unreachable, each with the two sides of its boundary."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from recourse.casefile import Visit as Visited
from recourse.errors import UserError
from recourse.policy.book import Policy
from recourse.policy.schema import State
from tasks.visit import LEAST, check_plan
from tests.core.test_decide import loan
from tests.packs.contact_table import DAY, barred, before, call, capped, files, lost, policy, refusals

TUESDAY, WEDNESDAY = DAY + timedelta(days=1), DAY + timedelta(days=2)
SINCE_2025, SINCE_2026 = date(2025, 2, 28), date(2026, 1, 30)
BANK = State.BANK_DEFAULT
LAW = State.ENFORCED


def cn(product: str) -> Policy:
    return policy("cn", product)


def quiet(product: str, rule: str) -> tuple[bool, bool]:
    rules = cn(product)
    assert rule in refusals(rules, call(), "07:59")
    assert rule not in refusals(rules, call(), "08:00")
    return rule in refusals(rules, call(), "22:00"), rule in refusals(rules, call(), "21:59")


def calls_in_a_row(product: str) -> tuple[bool, bool]:
    rule, rules = "unreachable.failed_calls", cn(product)
    assert rule not in lost(rules, before(3), DAY), "at the earliest on the day after"
    assert rule not in lost(rules, before(2) + before(1, "promise") + before(1), TUESDAY), "answered in between"
    return rule in lost(rules, before(3), TUESDAY), rule in lost(rules, before(2), TUESDAY)


def days_in_a_row(product: str) -> tuple[bool, bool]:
    rule, rules = "unreachable.failed_days", cn(product)
    two = before(1) + before(1, on=TUESDAY)
    gap = before(1, on=DAY - timedelta(days=1)) + before(1, on=TUESDAY) + before(1, on=WEDNESDAY)
    assert rule not in lost(rules, gap, WEDNESDAY), "a day between"
    return rule in lost(rules, two + before(1, on=WEDNESDAY), WEDNESDAY), rule in lost(rules, two, TUESDAY)


def dead_number(product: str) -> tuple[bool, bool]:
    rule, rules = "unreachable.number_invalid", cn(product)
    return rule in lost(rules, before(1, "invalid_number"), DAY), rule in lost(rules, before(1, "switched_off"), DAY)


def two_go(product: str) -> tuple[bool, bool]:
    """Whether one collector may not go, and two may not."""
    going = Visited(1, DAY, "open")
    facts, rules = loan(60, file={"visits": {"visit": going}}), cn(product)

    def refused(*collectors: str) -> bool:
        try:
            check_plan(facts, rules, collectors, "home", DAY, "10:00", DAY)
        except UserError as error:
            return LEAST in str(error)
        return False

    assert refused("one", "one"), "the same one twice"
    return refused("one"), refused("one", "two")


CONSUMER, ONLINE, OTHER = "credit_card", "online_consumer_loan", "mortgage"
CASES = [
    ("contact/quiet_hours", lambda: quiet(OTHER, "contact.quiet_hours")),
    ("contact/quiet_hours.consumer", lambda: quiet(CONSUMER, "contact.quiet_hours")),
    ("contact/quiet_hours.online", lambda: quiet(ONLINE, "contact.quiet_hours")),
    ("contact/dial_attempts_per_number", lambda: capped(cn(OTHER), "contact.dial_attempts_per_number", 6)),
    ("contact/dial_attempts_per_number.consumer", lambda: capped(cn(CONSUMER), "contact.dial_attempts_per_number", 6)),
    ("contact/interactive_calls_per_person",
     lambda: capped(cn(OTHER), "contact.interactive_calls_per_person", 3, "refused")),
    ("contact/interactive_calls_per_person.online",
     lambda: capped(cn(ONLINE), "contact.interactive_calls_per_person", 3, "refused")),
    ("contact/notification_calls_per_person",
     lambda: capped(cn(OTHER), "contact.notification_calls_per_person", 3, "refused", voice="notice")),
    ("contact/notification_calls_per_person.online",
     lambda: capped(cn(ONLINE), "contact.notification_calls_per_person", 3, "refused", voice="notice")),
    ("contact/third_party", lambda: barred(cn(OTHER), "contact.third_party", "third_party")),
    ("contact/third_party.consumer", lambda: barred(cn(CONSUMER), "contact.third_party", "third_party", "third_party")),
    ("contact/third_party_refused", lambda: barred(cn(OTHER), "contact.third_party_refused", "third_party_refused")),
    ("contact/third_party_refused.consumer",
     lambda: barred(cn(CONSUMER), "contact.third_party_refused", "third_party_refused", "third_party")),
    ("contact/source_unknown", lambda: barred(cn(OTHER), "contact.source_unknown", "source_unknown", "third_party", "debtor")),
    ("unreachable/failed_calls", lambda: calls_in_a_row(OTHER)),
    ("unreachable/failed_calls.consumer", lambda: calls_in_a_row(CONSUMER)),
    ("unreachable/failed_days", lambda: days_in_a_row(OTHER)),
    ("unreachable/failed_days.consumer", lambda: days_in_a_row(CONSUMER)),
    ("unreachable/number_invalid", lambda: dead_number(OTHER)),
    ("unreachable/number_invalid.consumer", lambda: dead_number(CONSUMER)),
    ("contact/visit_collectors", lambda: two_go(OTHER)),
]  # fmt: skip


@pytest.mark.parametrize(("file", "check"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_rule_speaks_beyond_its_boundary_and_not_before(file: str, check: object) -> None:
    assert callable(check)
    assert check() == (True, False)


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
    named = {file for file, *_ in CASES}
    assert files("cn", "contact", "unreachable") == named
