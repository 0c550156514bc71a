"""`recourse policy`: what is wrong in one line, what a rule says on a day and why, and the schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.conftest import Recourse

HEAD = """rule: {rule}
kind: {kind}
title: {{zh: 本行规定, en: Our own}}
{more}strength: must
effect: {effect}
binding_level: bank_internal
checked: {{on: 2025-01-01, by: the bank}}
values:
"""
VALUE = """  - from: {start}
    to: {end}
    state: bank_default
    value: {value}
    citation: {{act: 本行规定, in_force_from: 2004-01-01, accessed: 2025-01-01, source: bank, confidence: bank}}
"""


def write(home: Path, place: str, text: str) -> None:
    file = home / "home" / "policy_packs" / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def own(place: str, kind: str, *spans: tuple[str, str, str], effect: str = "convention", more: str = "") -> str:
    topic, name = place.removesuffix(".yaml").split("/")[1:]
    head = HEAD.format(rule=f"{topic}.{name.split('.')[0]}", kind=kind, effect=effect, more=more)
    return head + "".join(VALUE.format(start=start, end=end, value=value) for start, end, value in spans)


EARLY, LATE = ("2004-01-01", "2024-12-31"), ("2025-01-01", "2099-12-31")
THREE, FOUR = "{number: 3}", "{number: 4}"
DAYS = "cn/promise/tolerance_days.yaml"
REFUSED = [
    ("a gap", DAYS, own(DAYS, "number", (*EARLY, THREE), ("2025-02-01", "2099-12-31", FOUR)), "no value between"),
    ("an overlap", DAYS, own(DAYS, "number", (*EARLY, THREE), ("2024-12-31", "2099-12-31", FOUR)), "two values on"),
    ("no citation", DAYS, own(DAYS, "number", (*EARLY, THREE)).rpartition("    citation")[0], "citation"),
    (
        "an unknown node",
        "cn/entry/knock.yaml",
        own("cn/entry/knock.yaml", "entry", (*LATE, "{node: knock, any: [{all: [{measure: dpd, at_least: 1}]}]}")),
        "unknown node 'knock'",
    ),
    (
        "an unknown track",
        "cn/gap/loft.yaml",
        own("cn/gap/loft.yaml", "gap", (*LATE, "{track: loft, days: 3}")),
        "unknown track 'loft'",
    ),
    (
        "an unknown action",
        "cn/authority/knock.yaml",
        own("cn/authority/knock.yaml", "authority", (*LATE, "{action: knock, workdays: 1, tiers: {T0: {seats: [SUP]}}}")),
        "unknown action 'knock'",
    ),
    (
        "an unknown measure",
        "cn/entry/call.yaml",
        own("cn/entry/call.yaml", "entry", (*LATE, "{node: call, any: [{all: [{measure: luck, at_least: 1}]}]}")),
        "unknown measure 'luck'",
    ),
    (
        "an unknown role",
        "cn/authority/sue.yaml",
        own("cn/authority/sue.yaml", "authority", (*LATE, "{action: sue, workdays: 1, tiers: {T0: {seats: [CEO]}}}")),
        "role 'CEO' is not known",
    ),
    (
        "a protection that is off",
        "cn/brake/dispute.yaml",
        own("cn/brake/dispute.yaml", "brake", (*LATE, "{hold: dispute, stops: [contact]}"), effect="protection").replace(
            "state: bank_default", "state: disabled"
        ),
        "a protection ships disabled",
    ),
    (
        "a stop that nothing lifts",
        "cn/brake/dispute.yaml",
        own("cn/brake/dispute.yaml", "brake", (*LATE, "{hold: dispute, stops: [contact]}"), effect="protection"),
        "nothing lifts the bank's own stop 'dispute'",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("what", "place", "text", "says"), REFUSED, ids=[what for what, *_ in REFUSED])
def test_check_refuses_a_pack_with(
    what: str, place: str, text: str, says: str, nowhere: Path, recourse: Recourse
) -> None:
    """One line: what, where, and the mend; exit code 2."""
    write(nowhere, place, text)
    ran = recourse("policy", "check")
    assert ran.code == 2
    assert says in ran.err
    assert place.removesuffix(".yaml") in ran.err
    assert ": " in ran.err.split(")", 1)[1]
    assert ran.err.count("\n") == 1
    assert ran.out == ""


def test_check_counts_rules_and_names_what_was_not_looked_at_for_a_year(nowhere: Path, recourse: Recourse) -> None:
    """The day on which the bank's own file has not been checked for 365 days, and the day after."""
    write(nowhere, DAYS, own(DAYS, "number", ("2004-01-01", "2099-12-31", FOUR)))
    quiet = recourse("policy", "check", "--on", "2026-01-01")
    late = recourse("policy", "check", "--on", "2026-01-02")
    assert (quiet.code, late.code) == (0, 0)
    assert "warning" not in quiet.out
    assert "warning: cn/promise/tolerance_days was last checked on 2025-01-01, 366 days ago" in late.out
    said = recourse("policy", "check", "--on", "2026-01-02", "--json").json
    assert set(said["states"]) >= {"cn", "tw"}
    assert all(sum(said["states"][name].values()) == said["rules"][name] for name in said["rules"])
    assert [each["place"] for each in said["due_for_a_look"]] == ["cn/promise/tolerance_days"]
    assert f"cn: {said['rules']['cn']} rules (" in late.out


def test_check_names_the_nodes_that_no_rule_of_a_place_enters(nowhere: Path, recourse: Recourse) -> None:
    """The ladder is one for all; a place without a rule for a node never enters it, and that is said."""
    said, printed = recourse("policy", "check", "--json").json["not_entered"], recourse("policy", "check").out
    assert said["cn"] == []
    assert {name: {"locate", "visit"} & set(said[name]) for name in ("tw", "us")} == {
        "tw": set(),
        "us": {"locate", "visit"},
    }
    assert "us: no rule enters visit, locate, " in printed
    assert "cn: no rule enters" not in printed


def matches(ran: object) -> list[tuple[str, bool, str]]:
    return [(m["place"], m["holds"], m["why"]) for m in ran["matches"]]  # type: ignore[index]


def test_show_says_what_holds_what_does_not_and_why(nowhere: Path, recourse: Recourse) -> None:
    """The bank holds all its debts to four calls, those of one country to three, and the cards there to four."""
    cap = "{{channels: [call], per: person, window_days: 1, at_most: {}}}"
    for place, most in (("bank_default/contact/rings", 4), ("cn/contact/rings", 3), ("cn/contact/rings.card", 4)):
        text = own(f"{place}.yaml", "contact_cap", ("2004-01-01", "2099-12-31", cap.format(most)), effect="protection")
        products = "products: [credit_card]\n" if place.endswith(".card") else ""
        write(nowhere, f"{place}.yaml", text.replace("checked:", f"{products}checked:"))
    asked = ("policy", "show", "cn/contact.rings", "--on", "2026-11-27")
    (card,) = recourse(*asked, "--product", "credit_card", "--json").json
    assert (card["jurisdiction"], card["product"], card["on"]) == ("cn", "credit_card", "2026-11-27")
    assert matches(card) == [
        ("cn/contact/rings", True, "all hold together"),
        ("cn/contact/rings.card", True, "all hold together"),
        ("bank_default/contact/rings", False, "says the same"),
    ]
    assert card["matches"][0]["value"]["at_most"] == 3
    assert card["matches"][0]["status"] == "bank's own"
    text = recourse(*asked).out
    assert "contact.rings  本行规定 / Our own (must, bank_internal)" in text
    assert "cn, credit_card, 2026-11-27" in text
    assert "cn, any other product, 2026-11-27" in text


def test_show_names_the_file_for_the_product_and_the_day(nowhere: Path, recourse: Recourse) -> None:
    """The standard for online loans came in force on 28 February 2025; before it the bank's own held."""
    asked = ("policy", "show", "cn/agency/review_days", "--product", "online_consumer_loan", "--json", "--on")
    (eve,), (day,) = recourse(*asked, "2025-02-27").json, recourse(*asked, "2025-02-28").json
    assert [m["state"] for m in eve["matches"]] == ["bank_default"] * 3
    assert matches(day) == [
        ("cn/agency/review_days.online", True, "the strictest"),
        ("cn/agency/review_days", False, "says the same"),
        ("bank_default/agency/review_days", False, "says the same"),
    ]
    assert (day["matches"][0]["state"], day["matches"][0]["status"]) == ("enforced", "verified")


def test_show_without_a_day_gives_every_value(nowhere: Path, recourse: Recourse) -> None:
    rows = recourse("policy", "show", "cn/contact.visit_collectors", "--json").json
    assert [(row["from"], row["state"]) for row in rows] == [("2004-01-01", "bank_default"), ("2026-01-30", "enforced")]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("promise.tolerance",), "did you mean promise.tolerance_days?"),
        (("cn/tiers.zwd",), "no rule 'tiers.zwd' in cn"),
        (("promise.tolerance_days", "--jurisdiction", "xx"), "no jurisdiction 'xx': use cn, tw"),
        (("promise.tolerance_days", "--on", "2026-02-30"), "not a day"),
    ],
)
def test_show_of_what_is_not_there(typed: tuple[str, ...], says: str, nowhere: Path, recourse: Recourse) -> None:
    ran = recourse("policy", "show", *typed)
    assert ran.code == 2
    assert says in ran.err
    assert ran.err.count("\n") == 1


def test_show_of_a_day_for_which_nothing_is_known(nowhere: Path, recourse: Recourse) -> None:
    ran = recourse("policy", "show", "promise.tolerance_days", "--on", "2003-12-31")
    assert (ran.code, ran.err) == (1, "")
    assert "no rule known for 2003-12-31" in ran.out


def test_the_schema_is_printed_or_written(nowhere: Path, recourse: Recourse) -> None:
    printed = recourse("policy", "schema")
    written = recourse("policy", "schema", "-o", nowhere / "schema.json")
    assert (printed.code, written.code) == (0, 0)
    assert (nowhere / "schema.json").read_text(encoding="utf-8") == printed.out
    assert printed.json["properties"]["rule"]
    assert recourse("policy", "schema", "-o", nowhere).code == 2
