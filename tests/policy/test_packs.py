"""Guards over the whole folder of shipped packs. Each is shown to fail on a pack that was spoilt in one place."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date, time
from pathlib import Path

import pytest

from recourse.errors import UserError
from recourse.policy.book import Policy, PolicyBook
from recourse.policy.check import check_names, check_nodes, check_stops
from recourse.policy.load import load_book
from recourse.policy.schema import Confidence, State
from recourse.policy.values import Entry
from tasks.ladder import LADDER

PACKS = Path(__file__).parents[2] / "policy_packs"
TODAY = date(2026, 11, 23)
BANK_SINCE = date(2004, 1, 1)
PRODUCTS = ("mortgage", "car_loan", "consumer_loan", "online_consumer_loan", "credit_card", "business_loan", "other")
WORKED = frozenset(node.name for node in LADDER.nodes if not node.drawn)
ACTIONS = frozenset(node.action for node in LADDER.nodes if node.action)
BESIDE_THE_LADDER = frozenset(
    {"waiver_interest", "waiver_principal", "third_party_contact", "hold_release", "readiness_gap", "pack_activation"}
)
MADE_BY_THE_CORE = frozenset({"promise", "arrangement", "placed", "recall_pending"})
ALWAYS_VOID = frozenset({"parties", "holds", "paid_in_full"})


@pytest.fixture(scope="module")
def shipped() -> PolicyBook:
    return load_book([PACKS])


def policies(book: PolicyBook, *jurisdictions: str) -> Iterator[Policy]:
    for jurisdiction in jurisdictions or book.jurisdictions:
        for product in PRODUCTS if jurisdiction == "cn" else ("credit_card",):
            yield book.at(TODAY, jurisdiction, product)


def nodes_without_entry(book: PolicyBook) -> set[str]:
    return {node for policy in policies(book, "cn") for node in WORKED - set(policy.entries)}


def actions_nobody_can_agree_to(book: PolicyBook) -> set[str]:
    """Every action of the ladder and beside it, at every tier of every currency, with seats."""
    missing = set()
    for policy in policies(book):
        tiers = {tier for table in policy.tiers.values() for tier in table.names}
        for action in ACTIONS | BESIDE_THE_LADDER:
            row = policy.authority.get(action)
            missing |= {f"{action} {tier}" for tier in tiers if row is None or tier not in row[1].tiers}
    return missing


def approvals_that_outlive_a_death(book: PolicyBook) -> set[str]:
    return {
        action
        for policy in policies(book)
        for action in (ACTIONS | BESIDE_THE_LADDER) - {"pack_activation"}
        if ALWAYS_VOID - set(policy.materiality.get(action, ()))
    }


def unsafe_values(book: PolicyBook) -> set[str]:
    """A protection that is off, or a permission on hearsay that is on."""
    found = set()
    for jurisdiction, rule in book.rules():
        for value in rule.values:
            off, known = value.state is State.DISABLED, value.citation.confidence is not Confidence.MEMORY
            if (rule.effect == "protection" and off) or (rule.effect == "permission" and not known and not off):
                found.add(f"{jurisdiction} {rule.rule}")
    return found


def sources_nobody_can_find(book: PolicyBook) -> set[str]:
    listed = set(re.findall(r"^\| (\w+) \|", (PACKS / "SOURCES.md").read_text(encoding="utf-8"), re.MULTILINE))
    return {value.citation.source for _, rule in book.rules() for value in rule.values} - listed


def conventions_with_a_late_start(book: PolicyBook) -> set[str]:
    """What is only the bank's own convention has no reason to begin later than the bank's strategy did."""
    return {
        f"{jurisdiction} {rule.rule}"
        for jurisdiction, rule in book.rules()
        if rule.binding_level == "bank_internal" and (rule.on(BANK_SINCE) is None or rule.on(TODAY) is None)
    }


def clauses_of_write_off_that_no_criterion_has(book: PolicyBook) -> set[str]:
    found: set[str] = set()
    for policy in policies(book, "cn"):
        entry: Entry = policy.entries["write_off"][1]
        found |= {repr(clause.all) for clause in entry.any} ^ {repr(criterion.all) for _, criterion in policy.criteria}
    return found


def brakes_the_core_needs(book: PolicyBook) -> set[str]:
    return {hold for policy in policies(book) for hold in MADE_BY_THE_CORE - set(policy.brakes)}


def classes_without_freshness(book: PolicyBook) -> set[str]:
    return {
        node.act_class.value for p in policies(book) for node in LADDER.nodes if node.act_class.value not in p.freshness
    }


def tracks_without_gap(book: PolicyBook) -> set[str]:
    return {track for policy in policies(book) for track in set(LADDER.tracks) - set(policy.gaps)}


def seats_that_never_escalate(book: PolicyBook) -> set[str]:
    """Roles from which going up never ends at the board, save the committee, which has nobody above it."""
    found = set()
    for policy in policies(book):
        roles = {role for _, row in policy.authority.values() for seats in row.tiers.values() for role in seats.roles}
        for role in roles - {"BRD", "DRC"}:
            above, steps = role, 0
            while above != "BRD" and steps < 10:
                above, steps = policy.up.get(above, above), steps + 1
            found |= {role} if above != "BRD" else set()
    return found


def calls_at_any_hour(book: PolicyBook) -> set[str]:
    """Products and days on which no quiet hour or no cap of calls is known."""
    return {
        f"{jurisdiction} {product} {day}"
        for jurisdiction, products in (("cn", PRODUCTS), ("tw", PRODUCTS))
        for product in products
        for day in (BANK_SINCE, date(2025, 2, 28), date(2026, 1, 30), TODAY)
        if not book.at(day, jurisdiction, product).quiet_hours
        or not any("call" in cap.channels for _, cap in book.at(day, jurisdiction, product).caps)
    }


def grades_left_out(book: PolicyBook) -> set[str]:
    return {
        grade for policy in policies(book) for grade in {"R1", "R2", "R3", "R4"} - {band.grade for band in policy.bands}
    }


Guard = Callable[[PolicyBook], set[str]]
Spoil = tuple[str, str, str]
"""File, what stands there (a pattern; empty: the whole file), what to put instead (empty: remove)."""

GUARDS: list[tuple[Guard, Spoil]] = [
    (nodes_without_entry, ("cn/entry/call.yaml", "", "")),
    (actions_nobody_can_agree_to, ("bank_default/authority/settle.yaml", r"        T3: .*\n", "")),
    (actions_nobody_can_agree_to, ("bank_default/authority/waiver_principal.yaml", "", "")),
    (approvals_that_outlive_a_death, ("bank_default/materiality/sue.yaml", "holds, ", "")),
    (sources_nobody_can_find, ("cn/clock/appeal_days.yaml", "source: LRB", "source: HEARD")),
    (conventions_with_a_late_start, ("bank_default/gap/legal.yaml", "- from: 2004-01-01", "- from: 2025-01-01")),
    (clauses_of_write_off_that_no_criterion_has, ("cn/criterion/missing_three_years.yaml", "disabled", "enforced")),
    (
        clauses_of_write_off_that_no_criterion_has,
        ("cn/entry/write_off.yaml", "dpd, at_least: 180", "dpd, at_least: 90"),
    ),
    (brakes_the_core_needs, ("bank_default/brake/recall_pending.yaml", "", "")),
    (classes_without_freshness, ("bank_default/freshness/protective.yaml", "", "")),
    (tracks_without_gap, ("bank_default/gap/guarantor.yaml", "", "")),
    (seats_that_never_escalate, ("bank_default/levels/escalation.yaml", "RSK: HVP", "RSK: RSK")),
    (seats_that_never_escalate, ("bank_default/levels/escalation.yaml", "HVP: BRD", "HVP: HAP")),
    (calls_at_any_hour, ("tw/contact/quiet_hours.yaml", "- from: 2004-01-01", "- from: 2020-01-01")),
    (grades_left_out, ("tw/grading/internal.yaml", "grade: R3", "grade: R4")),
]


@pytest.mark.parametrize("guard", [*dict.fromkeys(guard for guard, _ in GUARDS), unsafe_values])
def test_the_shipped_packs_pass(guard: Guard, shipped: PolicyBook) -> None:
    assert guard(shipped) == set()


@pytest.mark.parametrize(("guard", "spoil"), GUARDS)
def test_a_spoilt_pack_fails(guard: Guard, spoil: Spoil, tmp_path: Path) -> None:
    assert guard(load_book([spoilt(tmp_path, spoil)])) != set()


@pytest.mark.parametrize("effect", ["protection", "permission"])
def test_a_rule_that_is_off_or_on_against_its_effect_fails(effect: str, shipped: PolicyBook) -> None:
    """The schema refuses such a file, so the rule is changed behind its back."""
    rule = next(rule for name, rule in shipped.rules("cn") if rule.rule == "criterion.small_ticket")
    on = rule.values[0].model_copy(update={"state": State.ENFORCED})
    changed = rule.model_copy(update={"effect": effect} if effect == "protection" else {"values": (on,)})
    assert unsafe_values(PolicyBook([("cn/criterion/small_ticket.yaml", changed)])) == {"cn criterion.small_ticket"}


def spoilt(folder: Path, spoil: Spoil) -> Path:
    """A copy of the shipped packs with one thing changed."""
    copy = folder / "packs"
    shutil.copytree(PACKS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    place, pattern, instead = spoil
    file = copy / place
    if not pattern:
        file.unlink()
        return copy
    text = file.read_text(encoding="utf-8")
    changed = re.sub(pattern, instead, text)
    assert changed != text, f"nothing to spoil in {place}"
    file.write_text(changed, encoding="utf-8")
    return copy


REFUSED: list[tuple[Spoil, str]] = [
    (("cn/clock/appeal_days.yaml", r"    citation:\n(      .*\n)+", ""), "values.0.citation"),
    (("cn/clock/appeal_days.yaml", "2023-09-01", "2023-09-31"), "2023-09-31 is no day of the calendar"),
    (("cn/clock/appeal_days.yaml", "2023-09-01", "1940-06-31"), "1940-06-31 is no day of the calendar"),
    (("cn/clock/appeal_days.yaml", "2023-09-01", "1.9.2023"), "write YYYY-MM-DD"),
    (("cn/clock/appeal_days.yaml", "2023-09-01", "20230901"), "write YYYY-MM-DD"),
    (("cn/clock/appeal_days.yaml", "published: 2023-09-01", "published: 2027-09-01"), "after it was accessed"),
    (
        (
            "cn/clock/appeal_days.yaml",
            "in_force_from: 2024-01-01",
            "in_force_from: 2022-01-01\\n      in_force_to: 2023-06-01",
        ),
        "published 2023-09-01 after it ended 2023-06-01",
    ),
    (("cn/clock/appeal_days.yaml", r"checked: \{on: 2026", "checked: {on: 2025"), "mend `checked`"),
    (("cn/clock/appeal_days.yaml", "- from: 2024-01-01", "- from: 2023-12-31"), "before its source is in force"),
    (("cn/clock/appeal_days.yaml", "confidence: primary", "confidence: memory"), "an unconfirmed value is enforced"),
    (("cn/clock/appeal_days.yaml", "confidence: primary", "confidence: sure"), "confidence"),
    (("cn/clock/appeal_days.yaml", "rule: clock.appeal_days", "rule: clock.appeal"), "lies in the wrong file"),
    (("cn/contact/quiet_hours.yaml", "state: bank_default", "state: disabled"), "a protection ships disabled"),
    (("cn/contact/quiet_hours.yaml", "    to: 2026-01-29\n", ""), "two values on 2026-01-30"),
    (("cn/contact/quiet_hours.yaml", "to: 2026-01-29", "to: 2026-01-28"), "no value between"),
    (("cn/contact/quiet_hours.yaml", '"22:00"', '"25:00"'), "hour must be in 0..23"),
    (("cn/criterion/small_ticket.yaml", "state: disabled", "state: bank_default"), "an unconfirmed permission is on"),
    (("cn/classification/contagion.yaml", "state: disabled", "state: bank_default"), "an unconfirmed convention is on"),
    (("cn/entry/call.yaml", "node: call", "node: reminder"), "node must be call"),
    (("cn/entry/call.yaml", "measure: dpd", "measure: dpo"), "unknown measure 'dpo'"),
    (("cn/entry/call.yaml", "R3: 5, ", ""), "one number for each of R1, R2, R3, R4"),
    (("cn/entry/acceleration.yaml", "of: formal_notice, ", ""), "needs a node"),
    (("cn/entry/guarantor_demand.yaml", "clock: joint_guarantee", "clock: dpd"), "'dpd' is no clock"),
    (("bank_default/brake/promise.yaml", r"stops: \[contact\]", "stops: [contakt]"), "unknown act class 'contakt'"),
    (("bank_default/authority/sue.yaml", "BVP, BLG", "BVP, BGL"), "role 'BGL' is not known"),
    (("bank_default/authority/sue.yaml", r"\"DRC#5\"", '"DRC#4"'), "a seat stands twice"),
    (("bank_default/authority/sue.yaml", r", \"DRC#5\"", ""), "a committee of 4"),
    (("bank_default/tiers/cny.yaml", r"\[5_000_000, ", "[50_000_000, "), "each above the one before"),
    (("bank_default/contact/sms_per_person.yaml", "per: person", "per: household"), "unknown counting 'household'"),
    (("bank_default/gap/legal.yaml", "unit: days", "unti: days"), "unti"),
]


@pytest.mark.parametrize(("spoil", "says"), REFUSED)
def test_a_bad_file_is_refused_in_one_line_that_names_it(spoil: Spoil, says: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        load_book([spoilt(tmp_path, spoil)])
    line = str(refused.value)
    assert says in line
    assert spoil[0] in line
    assert "\n" not in line


UNKNOWN: list[tuple[Spoil, str, str]] = [
    (("bank_default/gap/legal.yaml", "", "gap/legel"), "unknown track 'legel'", "docs/ladder.md"),
    (("bank_default/authority/third_party_contact.yaml", "", "authority/third_party_call"),
     "unknown action 'third_party_call'", "one of materiality"),
    (("bank_default/brake/complaint.yaml", "released_by: hold_release", "released_by: hold_relase"),
     "unknown gate 'hold_relase'", "an action of the matrix"),
    (("bank_default/brake/complaint.yaml", "      released_by: hold_release\n", ""),
     "nothing lifts the bank's own stop 'complaint'", "released_by"),
    (("cn/brake/bankruptcy_stay.yaml", "guarantor_demand, ", "guarantor_demands, "), "unknown node", "docs/ladder.md"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "says", "mend"), UNKNOWN)
def test_a_rule_that_speaks_of_what_is_not_there_is_refused(spoil: Spoil, says: str, mend: str, tmp_path: Path) -> None:
    """Without a pattern the whole rule goes by another name."""
    place, pattern, instead = spoil
    book = load_book([spoilt(tmp_path, spoil) if pattern else renamed(tmp_path, place, instead)])
    with pytest.raises(UserError) as refused:
        check_names(book, LADDER)
        check_stops(book)
    line = str(refused.value)
    assert says in line
    assert mend in line
    assert (place if pattern else instead).removesuffix(".yaml") in line
    assert "\n" not in line


def renamed(folder: Path, place: str, to: str) -> Path:
    """A copy of the shipped packs in which one rule goes by another name."""
    copy = folder / "packs"
    shutil.copytree(PACKS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    file, old = copy / place, Path(place).stem
    text = file.read_text(encoding="utf-8")
    new = to.split("/")[1]
    file.unlink()
    (file.parent / f"{new}.yaml").write_text(re.sub(rf"\b{old}$", new, text, flags=re.MULTILINE), encoding="utf-8")
    return copy


def test_the_bank_says_of_each_stop_of_its_own_what_lifts_it(shipped: PolicyBook) -> None:
    check_names(shipped, LADDER)
    check_stops(shipped)
    brakes = {hold: brake for hold, (_, brake) in shipped.at(TODAY, "cn", "credit_card").brakes.items()}
    assert {hold for hold, brake in brakes.items() if brake.lifted_by == "fact"} >= MADE_BY_THE_CORE
    assert {hold for hold, brake in brakes.items() if brake.released_by == "hold_release"} >= {"complaint", "dispute"}


def numbers_that_protect_and_say_not_how(book: PolicyBook) -> set[str]:
    """Of two numbers that protect somebody, one is the stricter; the rule has to say which."""
    return {
        rule.place
        for _, rule in book.rules()
        if rule.kind == "number" and rule.effect == "protection" and not rule.stricter
    }


def test_every_protective_number_says_which_way_is_stricter(shipped: PolicyBook, tmp_path: Path) -> None:
    assert numbers_that_protect_and_say_not_how(shipped) == set()
    spoil = ("cn/clock/complaint_days.yaml", "stricter: lower\n", "")
    assert numbers_that_protect_and_say_not_how(load_book([spoilt(tmp_path, spoil)])) == {"cn/clock/complaint_days"}


def test_every_node_that_a_rule_names_is_on_the_ladder(shipped: PolicyBook) -> None:
    check_nodes(shipped, frozenset(LADDER.by_name))
    with pytest.raises(UserError, match="names unknown node 'formal_notice'"):
        check_nodes(shipped, frozenset(LADDER.by_name) - {"formal_notice"})


def test_every_shipped_file_is_loaded(shipped: PolicyBook) -> None:
    files = {path.relative_to(PACKS).parts for path in PACKS.rglob("*.yaml")}
    assert len(files) > 150
    loaded = {(jurisdiction, *rule.rule.split(".")) for jurisdiction, rule in shipped.rules()}
    for folder, topic, name in files:
        holders = ("cn", "tw") if folder == "bank_default" else (folder,)
        assert all((holder, topic, name.split(".")[0]) in loaded for holder in holders)


def test_the_matrix_reads_as_the_bank_wrote_it(shipped: PolicyBook) -> None:
    policy = shipped.at(TODAY, "cn", "consumer_loan")
    authority = {action: row.tiers for action, (_, row) in policy.authority.items()}
    assert authority["formal_notice"]["T0"].seats == ("SUP",)
    assert authority["acceleration"]["T3"].seats == ("BVP", "BLG")
    assert authority["waiver_principal"]["T4"].then == "BRD"
    assert authority["write_off"]["T1"].seats == ("RSK", "FIN", "CMP", "ICT", "HAP")
    assert authority["write_off"]["T1"].then == "HVP"
    assert authority["sue"]["T4"].committee
    assert {action for action, (_, row) in policy.authority.items() if row.loss} == {
        "write_off", "waiver_interest", "waiver_principal", "npl_transfer",
    }  # fmt: skip
    assert [policy.tier_of("CNY", yuan * 100) for yuan in (50_000, 50_001, 1_000_000, 5_000_001)] == [
        "T0",
        "T1",
        "T2",
        "T4",
    ]


def test_the_night_begins_at_ten(shipped: PolicyBook) -> None:
    for product in PRODUCTS:
        ((_, night),) = shipped.at(TODAY, "cn", product).quiet_hours
        assert [night.covers(time.fromisoformat(at)) for at in ("07:59", "08:00", "21:59", "22:00", "03:00")] == [
            True, False, False, True, True,
        ]  # fmt: skip
        assert "call" in night.channels
    ((_, night),) = shipped.at(TODAY, "tw", "credit_card").quiet_hours
    assert [night.covers(time.fromisoformat(at)) for at in ("06:59", "07:00", "22:00")] == [True, False, True]


def test_what_is_enforced_depends_on_the_product_and_the_day(shipped: PolicyBook) -> None:
    """Until the guideline of 2026 the bank's own night, which no agreement opens, stood beside the standard for online loans."""

    def states(day: date, product: str) -> set[State]:
        return {source.state for source, _ in shipped.at(day, "cn", product).quiet_hours}

    assert states(date(2025, 2, 27), "online_consumer_loan") == {State.BANK_DEFAULT}
    assert states(date(2025, 2, 28), "online_consumer_loan") == {State.ENFORCED, State.BANK_DEFAULT}
    assert states(date(2026, 1, 29), "online_consumer_loan") == {State.ENFORCED, State.BANK_DEFAULT}
    assert states(date(2026, 1, 30), "online_consumer_loan") == {State.ENFORCED}
    assert states(date(2026, 1, 29), "credit_card") == {State.BANK_DEFAULT}
    assert states(date(2026, 1, 30), "credit_card") == {State.ENFORCED}
    assert states(TODAY, "mortgage") == {State.BANK_DEFAULT}

    def opens(day: date) -> list[bool]:
        return [night.agreed_opens for _, night in shipped.at(day, "cn", "online_consumer_loan").quiet_hours]

    assert (opens(date(2026, 1, 29)), opens(date(2026, 1, 30))) == ([False, True], [True])
