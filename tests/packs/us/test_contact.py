"""Every file of the topic contact under Regulation F, with the two sides of its boundary."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.packs.contact_table import DAY, before, call, files, policy, refusals

NEW_YORK = ("America/New_York",)
BOTH = ("America/New_York", "America/Los_Angeles")


def rules_at(at: str, zones: tuple[str, ...]) -> set[str]:
    return refusals(policy("us"), call(), at, zones=zones)


def quiet() -> tuple[bool, bool]:
    rule = "contact.quiet_hours"
    assert rule in rules_at("07:59", NEW_YORK)
    assert rule not in rules_at("08:00", NEW_YORK)
    assert rule in rules_at("10:59", BOTH), "not yet eight where the number is"
    assert rule not in rules_at("11:00", BOTH)
    assert rule not in rules_at("20:59", BOTH)
    return rule in rules_at("21:00", NEW_YORK), rule in rules_at("20:59", NEW_YORK)


def seven_in_seven() -> tuple[bool, bool]:
    rule, rules = "contact.calls_per_debt", policy("us")
    week_ago, six_ago = DAY - timedelta(days=7), DAY - timedelta(days=6)
    assert rule not in refusals(rules, call(), past=before(7, on=week_ago), zones=NEW_YORK), "the eighth day"
    return (rule in refusals(rules, call(), past=before(7, on=six_ago), zones=NEW_YORK),
            rule in refusals(rules, call(), past=before(6, on=six_ago), zones=NEW_YORK))  # fmt: skip


def pause() -> tuple[bool, bool]:
    rule, rules = "contact.pause_after_conversation", policy("us")

    def after(days: int, code: str = "promise") -> bool:
        past = before(1, code, on=DAY - timedelta(days=days))
        return rule in refusals(rules, call(), past=past, zones=NEW_YORK)

    assert not after(0, "no_answer"), "no conversation"
    assert after(0, ""), "a call of which nobody knows counts"
    return after(6), after(7)


def barred(name: str, fact: str, role: str = "debtor", free: str = "") -> tuple[bool, bool]:
    rules, rule = policy("us"), f"contact.{name}"
    if free:
        assert rule not in refusals(rules, call(role=free), facts=(fact,), zones=NEW_YORK)
    return (rule in refusals(rules, call(role=role), facts=(fact,), zones=NEW_YORK),
            rule in refusals(rules, call(role=role), zones=NEW_YORK))  # fmt: skip


CASES = [
    ("contact/quiet_hours", quiet),
    ("contact/calls_per_debt", seven_in_seven),
    ("contact/pause_after_conversation", pause),
    ("contact/employer", lambda: barred("employer", "work_refused")),
    ("contact/represented", lambda: barred("represented", "represented", free="attorney")),
    ("contact/ceased", lambda: barred("ceased", "ceased")),
    ("contact/medium_opt_out", lambda: barred("medium_opt_out", "medium_refused")),
    ("contact/third_party", lambda: barred("third_party", "third_party")),
    ("contact/third_party_once", lambda: barred("third_party_once", "third_party_asked", "third_party", "debtor")),
]


@pytest.mark.parametrize(("file", "check"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_rule_speaks_beyond_its_boundary_and_not_before(file: str, check: object) -> None:
    assert callable(check)
    assert check() == (True, False)


def test_another_debt_of_the_same_person_has_its_own_seven() -> None:
    import msgspec

    other = msgspec.structs.replace(call(), account_id="B", case_id="d")
    found = refusals(policy("us"), other, past=before(7), zones=NEW_YORK)
    assert "contact.calls_per_debt" not in found


def test_every_file_is_in_the_table() -> None:
    assert files("us", "contact") == {file for file, _ in CASES}


def test_the_bank_held_to_it_before_the_regulation() -> None:
    assert policy("us", on=date(2021, 11, 29)).quiet_hours
    assert "contact.calls_per_debt" in {s.rule for s, _ in policy("us", on=date(2021, 11, 29)).caps}
