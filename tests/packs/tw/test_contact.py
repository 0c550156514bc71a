"""Every file of Taiwan's topic contact, with the two sides of its boundary."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from recourse.policy.schema import State
from tests.packs.contact_table import before, call, files, policy, refusals

ZONE = ("Asia/Taipei",)
SINCE = date(2023, 8, 25)


def quiet() -> tuple[bool, bool]:
    rules = policy("tw", "credit_card")
    assert "contact.quiet_hours" in refusals(rules, call(), "06:59", zones=ZONE)
    assert "contact.quiet_hours" not in refusals(rules, call(), "07:00", zones=ZONE)
    return tuple("contact.quiet_hours" in refusals(rules, call(), at, zones=ZONE) for at in ("22:00", "21:59"))  # type: ignore[return-value]


def capped(rule: str, at_most: int) -> tuple[bool, bool]:
    rules = policy("tw", "credit_card")
    return (rule in refusals(rules, call(), past=before(at_most, "refused"), zones=ZONE),
            rule in refusals(rules, call(), past=before(at_most - 1, "refused"), zones=ZONE))  # fmt: skip


def third_party() -> tuple[bool, bool]:
    rules, rule = policy("tw", "credit_card"), "contact.third_party"
    return rule in refusals(rules, call(), facts=("third_party",)), rule in refusals(rules, call())


CASES = [
    ("contact/quiet_hours", quiet),
    ("contact/dial_attempts_per_number", lambda: capped("contact.dial_attempts_per_number", 3)),
    ("contact/calls_per_person", lambda: capped("contact.calls_per_person", 3)),
    ("contact/third_party", third_party),
]


@pytest.mark.parametrize(("file", "check"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_rule_speaks_beyond_its_boundary_and_not_before(file: str, check: object) -> None:
    assert callable(check)
    assert check() == (True, False)


def test_law_begins_on_its_day() -> None:
    states = [
        source.state
        for on in (SINCE - timedelta(days=1), SINCE)
        for _, source in policy("tw", "credit_card", on).sourced
        if source.rule == "contact.third_party"
    ]
    assert states == [State.BANK_DEFAULT, State.ENFORCED]


def test_every_file_is_in_the_table() -> None:
    assert files("tw", "contact") == {file for file, _ in CASES}
