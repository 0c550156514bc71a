"""Agencies: who may get a debt, what a contract may not hold, what is paid, what a scorecard says. All of it pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse import events as ev
from recourse.acts import Agency
from recourse.agencies import contract, recalls
from recourse.agencies.choosing import choose
from recourse.agencies.fees import FeeTerms, fee_due, quality_bp
from recourse.agencies.placing import Standing, entry_conditions, unmet
from recourse.agencies.register import Contract, Entry, fold
from recourse.agencies.scorecard import Counted, figures
from recourse.casefile import Hold, Visit
from recourse.errors import UserError
from recourse.facts import CollateralFact, Facts, Security
from recourse.policy import values as v
from recourse.policy.book import Policy
from recourse.workdays import Calendar
from tests.core.any_facts import TODAY, book
from tests.core.test_decide import loan

DAY = timedelta(days=1)
RULES: Policy = book().at(TODAY, "cn", "consumer_loan")
TERM = timedelta(days=RULES.number("placement.term_days"))


def sound(**change: Any) -> Entry:
    """An agency that may get debts."""
    known: dict[str, Any] = {
        "agency": "a", "registered_on": TODAY - 400 * DAY, "capacity": 10, "recipient": "age1x", "verifier": "x",
        "published_on": TODAY - 400 * DAY, "reviewed_on": TODAY - 30 * DAY, "review": "passed",
        "inspected_on": TODAY - 60 * DAY, "inspection": "passed", "breaches": {},
        "contract": Contract("c", TODAY - 100 * DAY, TODAY + 2 * TERM, FeeTerms(1, 1, 1)),
    }  # fmt: skip
    return Entry(**{**known, **change})


STANDING = Standing(load=3, told=True)


def lacking(entry: Entry, facts: Facts | None = None, standing: Standing = STANDING) -> tuple[str, ...]:
    return unmet(entry_conditions(entry, facts or loan(120), standing, RULES, TODAY))


def test_an_agency_and_a_debt_that_meet_everything() -> None:
    assert lacking(sound()) == ()


def contract_until(day: date) -> Contract:
    return Contract("c", TODAY - 100 * DAY, day, FeeTerms(1))


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"registered_on": None}, ("listed",)),
        ({"struck_on": TODAY}, ("listed",)),
        ({"published_on": None}, ("published",)),
        ({"contract": None}, ("contract", "final_review")),
        ({"contract": contract_until(TODAY + TERM - DAY)}, ("contract",)),
        ({"contract": contract_until(TODAY + TERM)}, ()),
        ({"contract": msgspec.structs.replace(contract_until(TODAY + TERM), ended_on=TODAY)}, ("contract",)),
        ({"contract": contract_until(TODAY + 80 * DAY)}, ("contract", "final_review")),
        ({"contract": contract_until(TODAY + 80 * DAY), "reviewed_on": TODAY}, ("contract",)),
        ({"reviewed_on": TODAY - 365 * DAY}, ()),
        ({"reviewed_on": TODAY - 366 * DAY}, ("review",)),
        ({"review": "failed"}, ("review",)),
        ({"reviewed_on": None, "review": ""}, ("review",)),
        ({"inspected_on": TODAY - 366 * DAY}, ("inspection",)),
        ({"inspection": "failed"}, ("inspection",)),
        ({"breaches": {"v": "quiet_hours"}}, ("no_breach",)),
        ({"suspended_on": TODAY}, ("not_suspended",)),
        ({"capacity": 3}, ("capacity",)),
        ({"capacity": None}, ("capacity?",)),
        ({"recipient": ""}, ("keys",)),
    ],
)
def test_what_an_agency_lacks_is_named(change: dict[str, Any], codes: tuple[str, ...]) -> None:
    assert lacking(sound(**change)) == codes


def hold(kind: str, until_on: date | None = None) -> dict[str, Any]:
    return {"holds": {"h": Hold(kind, TODAY - DAY, until_on)}}


@pytest.mark.parametrize(
    ("file", "standing", "codes"),
    [
        (hold("hardship"), {}, ("no_hardship",)),
        (hold("hardship", TODAY - DAY), {}, ()),
        (hold("dispute"), {}, ("no_dispute",)),
        (hold("complaint"), {}, ("no_complaint",)),
        (hold("deceased"), {}, ("no_brake",)),
        (hold("a word nobody knows"), {}, ("no_brake",)),
        ({"placement": "b"}, {}, ("not_placed",)),
        ({"told_of": "b"}, {}, ("told_of_it",)),
        ({"told_of": "a"}, {}, ()),
        ({}, {"told": False}, ("told",)),
        ({}, {"told": None}, ("told?",)),
        ({}, {"elsewhere": "b"}, ("one_caller",)),
        ({}, {"elsewhere": "a"}, ()),
        ({}, {"adverse": ("acceleration",)}, ("no_adverse_act",)),
    ],
)
def test_what_a_debt_lacks_is_named(file: dict[str, Any], standing: dict[str, Any], codes: tuple[str, ...]) -> None:
    assert lacking(sound(), loan(120, file=file), msgspec.structs.replace(STANDING, **standing)) == codes


def test_a_secured_debt_goes_to_no_agency() -> None:
    facts = loan(120, security=Security(collateral=(CollateralFact("h", "real_estate"),)))
    assert lacking(sound(), facts) == ("not_secured",)


def test_a_condition_says_its_rule_in_both_languages() -> None:
    for each in entry_conditions(sound(), loan(120), STANDING, RULES, TODAY):
        assert each.rule
        assert each.zh
        assert each.en
        topic = each.rule.split(".")[0]
        assert any(rule.rule == each.rule or rule.rule.split(".")[0] == topic for _, rule in book().rules("cn"))


def test_one_of_those_that_meet_everything_is_chosen_and_always_the_same() -> None:
    agencies = [Agency(sound(agency=name), 0) for name in ("a", "b", "c")]
    chosen = [choose(agencies, {}, loan(120), Standing(told=True), RULES, TODAY).agency for _ in range(5)]
    assert len({each.agency for each in chosen if each}) == 1
    busy = choose(agencies, {"a": 10, "b": 10}, loan(120), Standing(told=True), RULES, TODAY)
    assert busy.agency is not None
    assert busy.agency.agency == "c"
    assert busy.unmet == {"a": ("capacity",), "b": ("capacity",)}
    none = choose([], {}, loan(120), STANDING, RULES, TODAY)
    assert (none.agency, none.reason) == (None, "no agency is on the register")


# --- the register -------------------------------------------------------------------------------------------------


def test_an_entry_is_what_its_journal_adds_up_to() -> None:
    entry = Entry()
    life: list[ev.Event] = [
        ev.AgencyRegistered("a", ("full_recording",), 5, "age1", "k"), ev.AgencyPublished("a", "page"),
        ev.AgencyContracted("a", "c1", TODAY, TODAY + DAY, (), 1, 2, 3), ev.AgencySuspended("a", "x"),
        ev.AgencyReinstated("a", "x"), ev.AgencyReviewed("a", "passed"),
        ev.AgencyInspected("a", "on_site", 3, ("quota",), "failed"),
        ev.ViolationFound("a", "v1", "quota", False), ev.ViolationFound("a", "v2", "conduct", True),
        ev.ViolationFound("a", "v3", "conduct", True), ev.ViolationClosed("a", "v2", "mended"),
        ev.AgencyContractEnded("a", "another", "x"),
    ]  # fmt: skip
    for event in life:
        fold(entry, event, TODAY)
    assert entry.listed
    assert entry.contract is not None
    assert (entry.contract.fee, entry.contract.ended_on) == (FeeTerms(1, 2, 3), None)
    assert (entry.suspended_on, entry.inspection, entry.breaches) == (None, "failed", {"v3": "conduct"})
    fold(entry, ev.AgencyContractEnded("a", "c1", "x"), TODAY)
    fold(entry, ev.AgencyStruck("a", "data_breach", "x"), TODAY)
    assert entry.contract is not None
    assert (entry.contract.ended_on, entry.listed, entry.published_on, entry.struck_by) == (
        TODAY, False, None, "data_breach",
    )  # fmt: skip


# --- contracts ----------------------------------------------------------------------------------------------------

FAIR = FeeTerms(20_00, 30_00, 800)
FORBIDDEN = (
    "minimum_contacts", "pure_contingency", "negotiate_reductions", "take_cash", "sub_contracting", "keep_data",
)  # fmt: skip


@pytest.mark.parametrize("jurisdiction", ["cn", "tw"])
@pytest.mark.parametrize("term", FORBIDDEN)
def test_a_forbidden_term_refuses_the_contract_and_names_its_rule(term: str, jurisdiction: str) -> None:
    rules = book().at(TODAY, jurisdiction, "")
    with pytest.raises(UserError, match=f"may not hold '{term}' \\(agency_term.{term}"):
        contract.check_terms(rules, ["monthly_report", term], FAIR)


def test_a_fair_contract_passes() -> None:
    contract.check_terms(RULES, ["monthly_report"], FAIR)


@pytest.mark.parametrize(
    ("fee", "says"),
    [(FeeTerms(0, 0, 1), "pure_contingency"), (FeeTerms(0, 0, 0), "pays nothing"), (FeeTerms(-1, 5, 0), "not a fee"),
     (FeeTerms(1, 0, 10_001), "not a fee")],
)  # fmt: skip
def test_a_fee_that_is_none_or_rests_on_recovery_alone_is_refused(fee: FeeTerms, says: str) -> None:
    with pytest.raises(UserError, match=says):
        contract.check_terms(RULES, [], fee)


def test_pure_contingency_is_enforced_only_since_the_guideline_was_published() -> None:
    states = {
        on: contract.prohibited(book().at(on, "cn", ""))["pure_contingency"].state.value
        for on in (date(2026, 1, 29), date(2026, 1, 30))
    }
    assert list(states.values()) == ["bank_default", "enforced"]


def test_an_agency_meets_every_standard_or_stays_out() -> None:
    asked = sorted(contract.standards(RULES, "entry"))
    contract.check_entry(RULES, asked)
    for left_out in asked:
        with pytest.raises(UserError, match=left_out):
            contract.check_entry(RULES, [each for each in asked if each != left_out])
    with pytest.raises(UserError, match="no standard of entry 'charm'"):
        contract.check_entry(RULES, [*asked, "charm"])
    assert "licensed" in contract.standards(book().at(TODAY, "tw", ""), "entry")
    assert "licensed" not in asked


# --- fees and figures ---------------------------------------------------------------------------------------------


@given(
    st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10_000), st.integers(-(10**9), 10**12),
    st.integers(0, 10_000),
)  # fmt: skip
def test_a_fee_is_exact_whole_and_never_more_than_its_parts(
    fixed: int, quality: int, share: int, recovered: int, good: int
) -> None:
    fee = fee_due(FeeTerms(fixed, quality, share), recovered, good)
    assert fee.total == fee.fixed + fee.quality + fee.recovery
    assert fee.fixed == fixed
    assert 0 <= fee.quality <= quality
    paid = max(recovered, 0)
    assert fee.recovery * 10_000 <= paid * share < (fee.recovery + 1) * 10_000


def test_a_quality_beyond_the_scale_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="10001"):
        fee_due(FAIR, 1, 10_001)
    assert [quality_bp(*pair) for pair in ((0, 0), (3, 1), (3, 3), (3, 9))] == [0, 6666, 0, 0]


def test_a_scorecard_divides_by_nothing_nowhere_and_gives_every_formula() -> None:
    empty = {each.name: each for each in figures(Counted())}
    assert all(
        empty[name].value is None for name in ("recovery", "right_party", "complaint_rate", "quality", "recorded")
    )
    assert all(each.formula for each in empty.values())
    full = {
        each.name: each.value
        for each in figures(
            Counted(
                placements=2,
                placed=9_000_00,
                recovered=1_000_00,
                contacts=8,
                reached=3,
                faulty=1,
                complaints=1,
                conversations=4,
                unrecorded=1,
                violations={"quota": 2, "quiet_hours": 1},
                recalls_due=3,
                recalls_kept=2,
            )
        )
    }
    assert (full["recovery"], full["right_party"], full["complaint_rate"]) == (1111, 3750, 1250)
    assert (full["violations"], full["violations.quota"], full["recorded"], full["recalls_in_time"]) == (
        3,
        2,
        7500,
        6666,
    )


# --- service levels -----------------------------------------------------------------------------------------------


def test_a_recall_is_confirmed_within_the_working_days_of_its_cause() -> None:
    calendar, friday = Calendar("cn"), date(2026, 3, 6)
    by = {cause: recalls.confirm_by(friday, cause, RULES, calendar) for cause in ("settled", "clock", "term", "else")}
    assert by == {
        "settled": date(2026, 3, 9), "clock": date(2026, 3, 10), "term": date(2026, 3, 13), "else": date(2026, 3, 11),
    }  # fmt: skip


def test_every_cause_that_the_core_may_give_has_a_service_level() -> None:
    """What ends an episode by payment, and every brake that stops contact or adverse acts, calls a debt back."""
    stopping = {hold for hold, (_, brake) in RULES.brakes.items() if {"contact", "adverse"} & set(brake.stops)}
    mine = {"placed", "recall_pending", "promise", "parked"}
    known = set(recalls.codes(RULES))
    assert (stopping - mine) | {"cured", "settled", "term", "clock", "paid", "agency_struck"} <= known


def test_every_breach_that_results_may_show_is_weighed() -> None:
    shown = {"quiet_hours", "quota", "not_placed", "after_recall", "recording"}
    assert shown <= {each.violation for _, each in RULES.of("violation", v.Violation)}


def test_an_open_notice_tells_nobody_yet() -> None:
    """The node file's own reading of the case: the notice has to be out, and an adverse letter under way counts."""
    from tasks.agency_referral import standing_of

    def told(outcome: str, state: str) -> bool | None:
        visits = {"outsourcing_notice": Visit(1, TODAY, state, TODAY, outcome)}
        return standing_of(loan(120, file={"visits": visits}), "").told

    assert (told("sent", "left"), told("delivered", "left"), told("", "released"), told("failed", "left")) == (
        True, True, False, False,
    )  # fmt: skip
    letter = loan(120, file={"visits": {"acceleration": Visit(1, TODAY, "open")}})
    assert standing_of(letter, "").adverse == ("acceleration",)
    done = loan(120, file={"visits": {"acceleration": Visit(1, TODAY, "left", TODAY, "delivered")}})
    assert standing_of(done, "").adverse == ()
