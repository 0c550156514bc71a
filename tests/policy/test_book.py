"""Which value holds on which day, for which product and which case."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.errors import UserError
from recourse.policy.book import Policy, PolicyBook, parse_rule
from recourse.policy.check import check_nodes
from recourse.policy.schema import Rule

DAY = date(2026, 1, 30)
YESTERDAY = DAY - timedelta(days=1)
CITATION = (
    "{act: 某法, article: 第一条, in_force_from: 2000-01-01, accessed: 2026-03-01, source: X, confidence: primary}"
)

Span = tuple[str, str, str]
"""from, value, state"""


def rule(
    rule_id: str,
    kind: str,
    *spans: Span,
    level: str = "statute",
    products: str = "",
    effect: str = "convention",
    to: str = "",
) -> Rule:
    """A rule whose values follow each other without a gap; the last runs on, or to `to`."""
    text = [
        f"rule: {rule_id}", f"kind: {kind}", "title: {zh: 题, en: Title}", "strength: must", f"effect: {effect}",
        f"binding_level: {level}", f"products: [{products}]", "checked: {on: 2026-03-01, by: somebody}", "values:",
    ]  # fmt: skip
    ends = [str(date.fromisoformat(later[0]) - timedelta(days=1)) for _, later in pairwise(spans)] + [to]
    for (start, value, state), end in zip(spans, ends, strict=True):
        until = f"\n    to: {end}" if end else ""
        text.append(f"  - from: {start}{until}\n    state: {state}\n    value: {value}\n    citation: {CITATION}")
    return parse_rule(rule_id, "\n".join(text))


def book(*rules: Rule, jurisdiction: str = "cn") -> PolicyBook:
    return PolicyBook((f"{jurisdiction}/{each.rule}", each) for each in rules)


def number(n: int, start: str = "2004-01-01", state: str = "enforced") -> Span:
    return start, f"{{number: {n}}}", state


def entry(node: str, dpd: int, start: str = "2004-01-01", state: str = "enforced") -> Span:
    return start, f"{{node: {node}, any: [{{all: [{{measure: dpd, at_least: {dpd}}}]}}]}}", state


def dpd_of(policy: Policy, node: str) -> object:
    return policy.entries[node][1].any[0].all[0].at_least


def test_the_law_changes_half_way() -> None:
    law = book(rule("contact.most", "number", number(6), number(3, "2026-01-30")))
    before, after = law.at(YESTERDAY, "cn", "mortgage"), law.at(DAY, "cn", "mortgage")
    assert (before.number("contact.most"), after.number("contact.most")) == (6, 3)
    assert before is not after
    assert before.hash != after.hash
    assert law.changes_on(DAY)
    assert not law.changes_on(YESTERDAY)
    assert law.at(date(2010, 1, 1), "cn", "mortgage") is before
    assert law.at(date(2040, 1, 1), "cn", "mortgage") is after


def test_a_decision_can_name_the_source() -> None:
    policy = book(rule("contact.most", "number", number(6))).at(DAY, "cn", "mortgage")
    assert policy.citations == {"contact.most": "某法 第一条"}


def test_the_banks_strategy_is_pinned_to_the_case_and_the_law_is_not() -> None:
    both = book(
        rule("entry.call", "entry", entry("call", 10), entry("call", 3, "2026-01-30"), level="bank_internal"),
        rule(
            "entry.write_off", "entry", entry("write_off", 180), entry("write_off", 90, "2026-01-30"), level="statute"
        ),
        rule("contact.most", "number", number(6), number(3, "2026-01-30"), level="bank_internal"),
    )
    old = both.at(DAY, "cn", "mortgage", strategy_on=YESTERDAY)
    assert (dpd_of(old, "call"), dpd_of(old, "write_off"), old.number("contact.most")) == (10, 90, 3)
    assert dpd_of(both.at(DAY, "cn", "mortgage", strategy_on=DAY), "call") == 3
    assert both.at(DAY, "cn", "mortgage") is both.at(DAY, "cn", "mortgage", strategy_on=DAY)


def test_a_rule_for_a_product_stands_before_the_general_one_and_only_for_it() -> None:
    law = book(
        rule("contact.most", "number", number(3, "2020-01-01"), products="credit_card, mortgage", to="2026-01-29"),
        rule("contact.most", "number", number(6)),
    )
    assert law.at(YESTERDAY, "cn", "credit_card").number("contact.most") == 3
    assert law.at(YESTERDAY, "cn", "car_loan").number("contact.most") == 6
    assert law.at(date(2019, 1, 1), "cn", "mortgage").number("contact.most") == 6
    assert law.at(DAY, "cn", "mortgage").number("contact.most") == 6


def test_no_rule_known_for_a_day_is_no_rule() -> None:
    law = book(rule("contact.most", "number", number(6, "2020-01-01"), to="2026-01-29"))
    for day in (date(2019, 12, 31), DAY):
        with pytest.raises(UserError, match=r"no rule 'contact\.most' in force"):
            law.at(day, "cn", "mortgage").number("contact.most")
    assert law.at(YESTERDAY, "cn", "mortgage").number("contact.most") == 6
    assert law.changes_on(DAY)
    assert law.at(YESTERDAY, "nowhere", "mortgage").numbers == {}


def test_a_disabled_value_is_read_but_never_used() -> None:
    law = book(
        rule("entry.call", "entry", entry("call", 10, state="disabled")),
        rule("contact.most", "number", number(6, state="disabled")),
    )
    policy = law.at(DAY, "cn", "mortgage")
    assert (policy.entries, policy.numbers) == ({}, {})
    assert set(policy.citations) == {"entry.call", "contact.most"}


def test_accounts_name_their_jurisdiction_in_capitals() -> None:
    law = book(rule("contact.most", "number", number(6)))
    assert law.at(DAY, "CN", "mortgage").number("contact.most") == 6


@pytest.mark.parametrize("products", [("", ""), ("mortgage", "mortgage"), ("mortgage, other", "credit_card, mortgage")])
def test_two_rules_never_contend_for_one_product(products: tuple[str, str]) -> None:
    with pytest.raises(UserError, match=r"'contact\.most' stands twice"):
        book(*(rule("contact.most", "number", number(6), products=each) for each in products))


def test_an_amount_above_the_last_bound_or_in_an_unknown_currency_is_of_the_highest_tier() -> None:
    tiers = "{currency: CNY, names: [T0, T1, T4], bounds: [100, 200]}"
    policy = book(rule("tiers.cny", "tiers", ("2004-01-01", tiers, "enforced"))).at(DAY, "cn", "other")
    assert [policy.tier_of("CNY", amount) for amount in (0, 100, 101, 200, 201)] == ["T0", "T0", "T1", "T1", "T4"]
    assert policy.tier_of("USD", 1) == "T4"


def test_an_entry_or_a_condition_on_an_unknown_node_is_refused() -> None:
    waits = "{node: call, any: [{all: [{measure: visited, of: remnder, is: true}]}]}"
    law = book(rule("entry.call", "entry", ("2004-01-01", waits, "enforced")))
    check_nodes(law, frozenset({"call", "remnder"}))
    with pytest.raises(UserError, match="unknown node 'remnder'"):
        check_nodes(law, frozenset({"call"}))
    with pytest.raises(UserError, match="unknown node 'call'"):
        check_nodes(law, frozenset({"remnder"}))
    bar = book(
        rule("contact.ceased", "contact_bar", ("2004-01-01", "{when: ceased, lets_through: [notise]}", "enforced"))
    )
    with pytest.raises(UserError, match="unknown node 'notise'"):
        check_nodes(bar, frozenset({"notice"}))


@pytest.mark.parametrize(
    "condition",
    [
        "{measure: dpd}",
        "{measure: dpd, at_least: 1, at_most: 2}",
        "{measure: dpd, is: true}",
        "{measure: dpd, of: call, at_least: 1}",
        "{measure: visited, is: true}",
        "{measure: dpd, at_least: {R1: 1}}",
        "{measure: dpd, at_least: 1.5}",
        "{measure: luck, at_least: 1}",
        "{measure: dpd, over: 1}",
    ],
)
def test_a_condition_that_could_never_be_meant_is_refused(condition: str) -> None:
    span = ("2004-01-01", f"{{node: call, any: [{{all: [{condition}]}}]}}", "enforced")
    with pytest.raises(UserError, match=r"entry\.call"):
        book(rule("entry.call", "entry", span))


DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
STARTS = st.lists(DAYS, min_size=1, max_size=4, unique=True).map(sorted)


@given(st.lists(STARTS, min_size=1, max_size=4), DAYS, DAYS, DAYS)
def test_a_policy_is_what_each_rule_says_of_the_day(
    starts: list[list[date]], day: date, pinned: date, other: date
) -> None:
    """Cached or not: numbers go by the day, the bank's entries by the pinned day; equal values are one object."""
    rules = [
        rule(f"contact.n{n}", "number", *(number(i, str(start)) for i, start in enumerate(days)))
        for n, days in enumerate(starts)
    ] + [
        rule(f"entry.e{n}", "entry", *(entry(f"e{n}", i, str(on)) for i, on in enumerate(days)), level="bank_internal")
        for n, days in enumerate(starts)
    ]  # fmt: skip
    law = book(*rules)
    law.at(other, "cn", "mortgage", pinned)
    policy = law.at(day, "cn", "mortgage", pinned)

    def which(days: list[date], on: date) -> int | None:
        past = [i for i, start in enumerate(days) if start <= on]
        return past[-1] if past else None

    for n, days in enumerate(starts):
        assert policy.numbers.get(f"contact.n{n}") == which(days, day)
        seen = dpd_of(policy, f"e{n}") if f"e{n}" in policy.entries else None
        assert seen == which(days, pinned)
    changes = sorted({start for days in starts for start in days})
    same_span = not any(min(day, other) < start <= max(day, other) for start in changes)
    assert (law.at(other, "cn", "mortgage", pinned) is policy) is same_span
    assert law.changes_on(day) is (day in changes)
