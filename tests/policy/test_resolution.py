"""Several rules match: which holds, that all are kept, and that a later law never changes an earlier decision."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.agencies.contract import standards
from recourse.decide import decide
from recourse.errors import UserError
from recourse.policy.book import Policy, PolicyBook, parse_rule
from recourse.policy.load import load_book, shipped_packs
from recourse.policy.schema import Rule, State
from recourse.policy.values import Number, Recall, Violation
from tasks.ladder import LADDER
from tests.core.any_facts import facts as any_facts

DAY = date(2026, 1, 30)
PRODUCTS = ("credit_card", "mortgage")


def rule(place: str, kind: str, value: str, **given: str) -> Rule:
    """A rule file of one value. `given`: products, state, level, stricter, effect, from_."""
    topic, name = place.split("/")[1:]
    stricter = f"stricter: {given['stricter']}" if "stricter" in given else ""
    return parse_rule(
        f"{place}.yaml",
        f"""rule: {topic}.{name.split(".")[0]}
kind: {kind}
title: {{zh: 题, en: A title}}
{stricter}
strength: must
effect: {given.get("effect", "convention")}
binding_level: {given.get("level", "statute")}
products: [{given.get("products", "")}]
checked: {{on: 2026-03-01, by: somebody}}
values:
  - from: {given.get("from_", "2004-01-01")}
    state: {given.get("state", "enforced")}
    value: {value}
    citation: {{act: {place}, in_force_from: 2000-01-01, accessed: 2026-03-01, source: X, confidence: primary}}
""",
    )


def book(*rules: Rule) -> PolicyBook:
    return PolicyBook((f"cn/{each.rule}", each) for each in rules)


def on(law: PolicyBook, product: str = "credit_card") -> Policy:
    return law.at(DAY, "cn", product)


def places(policy: Policy, rule_id: str) -> list[str]:
    return [source.place for source in policy.matches(rule_id)]


def number(place: str, n: int, **given: str) -> Rule:
    return rule(place, "number", f"{{number: {n}}}", **given)


def cap(place: str, most: int, **given: str) -> Rule:
    value = f"{{channels: [call], per: person, window_days: 1, at_most: {most}}}"
    return rule(place, "contact_cap", value, **given)


@pytest.mark.parametrize(("stricter", "holds"), [("higher", 9), ("lower", 2)])
def test_of_numbers_the_strictest_holds_whoever_gives_it_and_all_are_kept(stricter: str, holds: int) -> None:
    policy = on(
        book(
            number("cn/keep/years", 5, stricter=stricter),
            number("cn/keep/years.card", 2, products="credit_card"),
            number("cn/keep/years.home", 99, products="mortgage"),
            number("bank_default/keep/years", 9, state="bank_default"),
        )
    )
    assert policy.number("keep.years") == holds
    given = [each.value.number for each in policy.matches("keep.years") if isinstance(each.value, Number)]
    assert given == sorted([2, 5, 9], reverse=stricter == "higher")


def test_numbers_without_a_stricter_way_are_replaced_by_the_more_specific() -> None:
    law = book(
        number("cn/keep/years", 5),
        number("cn/keep/years.card", 2, products="credit_card"),
        number("bank_default/keep/years", 1),
        number("bank_default/keep/years.card", 3, products="credit_card"),
    )
    assert (on(law).number("keep.years"), on(law, "mortgage").number("keep.years")) == (2, 5)
    assert places(on(law), "keep.years") == ["cn/keep/years.card", "cn/keep/years"]


def test_a_variant_is_told_apart_by_its_file() -> None:
    law = book(cap("cn/contact/calls", 6), cap("cn/contact/calls.online", 3, products="credit_card"))
    assert [source.name for source, _ in on(law).caps] == ["contact.calls.online", "contact.calls"]
    assert [source.rule for source, _ in on(law).caps] == ["contact.calls", "contact.calls"]


def test_caps_hold_all_together_the_tightest_first_and_what_says_the_same_counts_once() -> None:
    law = book(
        cap("cn/contact/calls", 6),
        cap("cn/contact/calls.card", 3, products="credit_card"),
        cap("bank_default/contact/calls", 6, state="bank_default"),
    )
    assert [(value.at_most, source.place) for source, value in on(law).caps] == [
        (3, "cn/contact/calls.card"),
        (6, "cn/contact/calls"),
    ]
    assert places(on(law), "contact.calls") == [
        "cn/contact/calls.card",
        "cn/contact/calls",
        "bank_default/contact/calls",
    ]


def test_quiet_hours_of_the_bank_and_of_the_law_both_bind() -> None:
    night = rule("cn/contact/quiet_hours", "quiet_hours", '{start: "22:00", end: "08:00"}')
    noon = rule("bank_default/contact/quiet_hours", "quiet_hours", '{start: "12:00", end: "14:00"}')
    assert [value.start for _, value in on(book(noon, night)).quiet_hours] == ["22:00", "12:00"]


def test_brakes_of_one_hold_stop_together_what_any_of_them_stops() -> None:
    law = rule("cn/brake/stay", "brake", "{hold: stay, stops: [adverse, protective], lets_through: [call]}")
    own = rule("bank_default/brake/stay", "brake", "{hold: stay, stops: [contact], legal_stay: true}")
    source, brake = on(book(law, own)).brakes["stay"]
    assert (source.place, brake.stops, brake.legal_stay) == (
        "bank_default/brake/stay", ("contact", "adverse", "protective"), True,
    )  # fmt: skip
    assert brake.lets_through == ()
    assert len(on(book(law, own)).braking["stay"]) == 2


@pytest.mark.parametrize(("mine", "banks", "holds"), [(5, 30, 5), (30, 5, 5)])
def test_the_fresher_balance_is_asked_for(mine: int, banks: int, holds: int) -> None:
    value = "{{act_class: adverse, at_most_days: {}}}"
    law = book(
        rule("cn/freshness/adverse", "freshness", value.format(mine)),
        rule("bank_default/freshness/adverse", "freshness", value.format(banks)),
    )
    assert on(law).freshness["adverse"][1].at_most_days == holds


RECALL = "{{cause: asked, codes: [asked], workdays: {}}}"
BREACH = "{{violation: asked, serious: {}}}"


@pytest.mark.parametrize(
    ("kind", "value", "strict", "lax", "read"),
    [
        ("recall", RECALL, "1", "5", lambda policy: policy.of("recall", Recall)[0][1].workdays),
        ("violation", BREACH, "true", "false", lambda policy: policy.of("violation", Violation)[0][1].serious),
    ],
)
def test_the_bank_holds_an_agency_to_the_stricter(
    kind: str, value: str, strict: str, lax: str, read: Callable[[Policy], object]
) -> None:
    """Whoever is the stricter, the law or the bank: the sooner recall, the breach that is called serious."""
    for law, bank in ((strict, lax), (lax, strict)):
        policy = on(
            book(
                rule(f"cn/{kind}/asked", kind, value.format(law)),
                rule(f"bank_default/{kind}/asked", kind, value.format(bank)),
            )
        )
        assert str(read(policy)).lower() == strict
        assert len(policy.matches(f"{kind}.asked")) == 2


def test_what_an_agency_must_meet_at_its_entry_and_at_each_placement_is_both_asked_for() -> None:
    value = "{{standard: sound, when: {}}}"
    law = rule("cn/agency_standard/sound", "agency_standard", value.format("entry"))
    own = rule("bank_default/agency_standard/sound", "agency_standard", value.format("placement"))
    policy = on(book(law, own))
    assert {when for when in ("entry", "placement", "exit") if standards(policy, when)} == {"entry", "placement"}


def test_a_brake_that_one_of_two_lifts_at_a_gate_is_lifted_at_the_gate() -> None:
    law = rule("cn/brake/stay", "brake", "{hold: stay, stops: [contact, adverse], lifted_by: person}")
    own = rule("bank_default/brake/stay", "brake", "{hold: stay, stops: [contact], released_by: hold_release}")
    _, brake = on(book(law, own)).brakes["stay"]
    assert (brake.stops, brake.released_by, brake.lifted_by) == (("contact", "adverse"), "hold_release", "")
    with pytest.raises(UserError, match="keep released_by or lifted_by"):
        book(rule("cn/brake/stay", "brake", "{hold: stay, stops: [contact], lifted_by: fact, released_by: sue}"))


def test_what_is_switched_off_never_wins_over_what_is_on() -> None:
    law = book(
        number("cn/keep/years", 5, stricter="higher"),
        number("cn/keep/years.card", 9, products="credit_card", state="disabled"),
    )
    assert on(law).number("keep.years") == 5
    assert [each.state for each in on(law).matches("keep.years")] == [State.ENFORCED, State.DISABLED]
    assert on(book(number("cn/keep/years", 9, stricter="higher", state="disabled"))).numbers == {}


def test_of_two_that_say_the_same_the_more_binding_is_named() -> None:
    law = book(
        number("bank_default/keep/years", 5, stricter="higher", state="bank_default", level="bank_internal"),
        number("cn/keep/years", 5, state="enforced", level="dept_rule"),
        number("cn/keep/years.card", 5, state="enforced", products="credit_card"),
    )
    assert places(on(law), "keep.years") == ["cn/keep/years.card", "cn/keep/years", "bank_default/keep/years"]
    assert on(law).citations["keep.years"] == "cn/keep/years.card"


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (number("bank_default/keep/years", 5, stricter="lower"), "calls lower the stricter"),
        (cap("bank_default/keep/years", 5), "is a contact_cap"),
    ],
)
def test_files_of_one_rule_may_not_contradict_each_other(other: Rule, says: str) -> None:
    with pytest.raises(UserError, match=says) as refused:
        book(number("cn/keep/years", 5, stricter="higher"), other)
    assert "(bank_default/keep/years)" in str(refused.value)


def test_only_a_number_says_which_way_is_stricter() -> None:
    with pytest.raises(UserError, match="`stricter` is for numbers"):
        rule("cn/contact/calls", "contact_cap", "{}", stricter="lower")


def test_whatever_the_order_of_files_the_same_holds() -> None:
    files = [
        number("cn/keep/years", 5, stricter="higher"),
        number("cn/keep/years.card", 2, products="credit_card"),
        cap("cn/contact/calls", 6),
        cap("bank_default/contact/calls", 3),
    ]
    said = {(on(book(*order)).hash, on(book(*order)).matched) for order in permutations(files)}
    assert len(said) == 1


STRICTNESS = st.sampled_from(("higher", "lower"))
FILES = st.lists(
    st.tuples(
        st.sampled_from(("cn", "bank_default")), st.sampled_from(("", "card", "home")), st.integers(0, 9),
        st.sampled_from(tuple(State)),
    ),
    min_size=1, unique_by=lambda each: each[:2],
)  # fmt: skip
PRODUCT_OF = {"": "", "card": "credit_card", "home": "mortgage"}


@given(FILES, STRICTNESS, st.sampled_from(PRODUCTS), st.randoms(use_true_random=False))
def test_the_strictest_that_is_on_holds(
    files: list[tuple[str, str, int, State]], stricter: str, product: str, luck: object
) -> None:
    rules = [
        number(
            f"{folder}/keep/years{'.' if variant else ''}{variant}", n, products=PRODUCT_OF[variant], state=state.value,
            stricter=stricter,
        )
        for folder, variant, n, state in files
    ]  # fmt: skip
    meant = [
        n
        for _, variant, n, state in files
        if state is not State.DISABLED and PRODUCT_OF[variant] in ("", product)
    ]  # fmt: skip
    expected = (max(meant) if stricter == "higher" else min(meant)) if meant else None
    straight = on(book(*rules), product)
    luck.shuffle(rules)  # type: ignore[attr-defined]
    shuffled = on(book(*rules), product)
    assert straight.numbers.get("keep.years") == shuffled.numbers.get("keep.years") == expected
    assert straight.hash == shuffled.hash


# --- a later law -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> PolicyBook:
    return load_book([shipped_packs()])


@pytest.fixture(scope="module")
def reformed(tmp_path_factory: pytest.TempPathFactory) -> tuple[PolicyBook, date]:
    """The shipped packs with every number, brake, cap and entry changed, by a law of the coming year."""
    begins = date(2027, 1, 1)
    root = tmp_path_factory.mktemp("reform") / "policy_packs"
    for place, text in _reforms(begins):
        file = root / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return load_book([shipped_packs(), root]), begins


def _reforms(begins: date) -> list[tuple[str, str]]:
    """Copies of shipped files whose last value ends on the eve, followed by another that is off or twice as much."""
    changed = []
    folder = Path(str(shipped_packs()))
    for file in sorted(folder.glob("*/*/*.yaml")):
        text = file.read_text(encoding="utf-8")
        if "\nkind: number\n" not in text and "\nkind: entry\n" not in text:
            continue
        head, _, last = text.rpartition("\n  - from: ")
        lines = last.splitlines()
        later = "\n".join([str(begins), *lines[1:]])
        later = re.sub(r"(number|at_least): (\d)", r"\1: 1\2", later)
        until = f"\n    to: {begins - timedelta(days=1)}"
        first = "\n".join([lines[0] + until, *lines[1:]])
        changed.append((str(file.relative_to(folder)), f"{head}\n  - from: {first}\n  - from: {later}\n"))
    return changed


@given(facts=any_facts(), back=st.integers(0, 700), product=st.sampled_from(("credit_card", "consumer_loan")))
def test_a_later_law_changes_nothing_before_its_day(
    shipped: PolicyBook, reformed: tuple[PolicyBook, date], facts: object, back: int, product: str
) -> None:
    book_after, begins = reformed
    day = begins - timedelta(days=1 + back)
    before, after = (law.at(day, "cn", product) for law in (shipped, book_after))
    assert before.hash == after.hash
    assert decide(facts, LADDER, before, day) == decide(facts, LADDER, after, day)  # type: ignore[arg-type]
    assert shipped.at(begins, "cn", product).hash != book_after.at(begins, "cn", product).hash
