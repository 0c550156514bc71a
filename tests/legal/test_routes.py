"""Routes for small cases: what bars each, who bears what, and in which order they stand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.days import months_later
from recourse.legal import routes as routes_module
from recourse.legal.fees import fee, halved
from recourse.legal.findings import Piece, RouteFacts, findings, table
from recourse.legal.grounds import Force
from recourse.legal.routes import ORDER, Route, RouteChoice, Standing, choose_route
from recourse.money import Amounts
from recourse.policy.book import Policy, PolicyBook
from recourse.policy.legal_values import Findings

TODAY = date(2026, 11, 23)
SUITS = ("small_claims", "simplified", "ordinary")

PLAIN = RouteFacts(
    claim=Amounts(principal=4_000_000, interest=200_000),
    due_as_a_whole=True,
    accelerated=True,
    province="330000",
    arbitration_clause=False,
    notarised=False,
    debtor_reachable=True,
    debtor_missing=False,
    debtor_agrees=False,
    disputes_debt=False,
    mutual_debts=False,
    foreign_related=False,
    needs_appraisal=False,
    counterclaim=False,
    wants_preservation=False,
    preservation_obtained=False,
    joint_guarantors=0,
    general_guarantors=0,
    collateral=(),
    security_disputed=False,
    against_agreed_order=False,
    service_address_clause=True,
)
"""42,000 yuan of a consumer loan in Zhejiang, called in, debtor at home, nothing else: everything is known."""

FLAT = Piece("flat", value=100_000_000, registered=True, rank=1, dwelling=True, only_home=False, seized_by_others=False)


def but(**changed: Any) -> RouteFacts:
    return msgspec.structs.replace(PLAIN, **changed)


@pytest.fixture
def choice(policy: Policy) -> Callable[..., RouteChoice]:
    return lambda **changed: choose_route(but(**changed), policy, TODAY)


def codes(grounds: tuple[Any, ...]) -> set[str]:
    return {ground.code for ground in grounds}


Choose = Callable[..., RouteChoice]


def test_a_small_undisputed_debt_goes_by_payment_order(choice: Choose) -> None:
    found = choice()
    assert [route.name for route in found.routes[:4]] == ["payment_order", "small_claims", "simplified", "ordinary"]
    assert found.best is found.routes[0]
    assert found.sue_pays is True
    assert {route.name for route in found.routes} == set(ORDER)


BARRED = [
    # what is so, which route it bars, by which article, how strictly
    ({"preservation_obtained": True}, "payment_order", "427(7)", Force.LAW),
    ({"debtor_missing": True}, "payment_order", "427(4)", Force.LAW),
    ({"debtor_reachable": False}, "payment_order", "430(2)", Force.LAW),
    ({"mutual_debts": True}, "payment_order", "225(1)", Force.LAW),
    ({"due_as_a_whole": False}, "payment_order", "428(4)", Force.LAW),
    ({"disputes_debt": True}, "payment_order", "228", Force.BANK),
    ({"debtor_missing": True}, "small_claims", "166(4)", Force.LAW),
    ({"needs_appraisal": True}, "small_claims", "166(3)", Force.LAW),
    ({"foreign_related": True}, "small_claims", "166(2)", Force.LAW),
    ({"counterclaim": True}, "small_claims", "166(5)", Force.LAW),
    ({"debtor_missing": True}, "simplified", "257(1)", Force.LAW),
    ({"debtor_reachable": False, "service_address_clause": False}, "simplified", "140", Force.LAW),
    ({"arbitration_clause": True}, "ordinary", "127(2)", Force.LAW),
    ({"arbitration_clause": True}, "simplified", "127(2)", Force.LAW),
    ({"arbitration_clause": True}, "small_claims", "127(2)", Force.LAW),
    ({}, "arbitration", "127(2)", Force.LAW),
    ({}, "notarised_enforcement", "249", Force.LAW),
    ({"notarised": True, "due_as_a_whole": False}, "notarised_enforcement", "公证债权规定 9", Force.LAW),
    ({}, "security_realisation", "207", Force.LAW),
    ({"collateral": (FLAT,), "security_disputed": True}, "security_realisation", "370(3)", Force.LAW),
    ({"collateral": (FLAT,), "against_agreed_order": True}, "security_realisation", "363", Force.LAW),
    ({"collateral": (Piece("car", registered=False),)}, "security_realisation", "365(2)", Force.BANK),
    ({}, "mediation_with_confirmation", "205", Force.LAW),
    ({"debtor_missing": True, "debtor_agrees": True}, "mediation_with_confirmation", "205", Force.LAW),
]


@pytest.mark.parametrize(("changed", "name", "article", "force"), BARRED)
def test_what_bars_a_route(changed: dict[str, Any], name: str, article: str, force: Force, choice: Choose) -> None:
    route = choice(**changed).named(name)
    assert route.standing is Standing.BARRED
    assert {(bar.force, bar.rule) for bar in route.bars if article in bar.source} == {(force, f"route.{name}")}
    assert route.barred_by_law is (force is Force.LAW)


OPEN: list[tuple[dict[str, Any], str]] = [
    ({}, "payment_order"),
    ({"disputes_debt": True}, "simplified"),
    ({"debtor_missing": True}, "ordinary"),
    ({"debtor_reachable": False}, "simplified"),  # the address clause serves
    ({"due_as_a_whole": False}, "ordinary"),
    ({"arbitration_clause": True}, "arbitration"),
    ({"notarised": True}, "notarised_enforcement"),
    ({"collateral": (FLAT,)}, "security_realisation"),
    ({"collateral": (msgspec.structs.replace(FLAT, rank=2, prior_claims=1),)}, "security_realisation"),
    ({"debtor_agrees": True}, "mediation_with_confirmation"),
]


@pytest.mark.parametrize(("changed", "name"), OPEN)
def test_what_does_not_bar_it(changed: dict[str, Any], name: str, choice: Choose) -> None:
    route = choice(**changed).named(name)
    assert (route.standing, route.bars) == (Standing.OPEN, ())


CAUTIONS = [
    ({"joint_guarantors": 1}, "payment_order", "has_guarantors", "434"),
    ({"wants_preservation": True}, "payment_order", "wants_preservation", "427(7)"),
    ({"general_guarantors": 1}, "ordinary", "has_general_guarantors", "担保解释 26"),
    ({"preservation_obtained": True}, "simplified", "preservation_obtained", "104"),
    ({}, "simplified", "small_claims_binding", "165"),
    ({"debtor_missing": True}, "ordinary", "service_needs_notice", "95"),
    ({"due_as_a_whole": False}, "ordinary", "not_due", "民法典"),
    ({"collateral": (msgspec.structs.replace(FLAT, rank=2, prior_claims=0),)}, "security_realisation", "later_rank", "364"),
    ({"collateral": (msgspec.structs.replace(FLAT, only_home=True),)}, "security_realisation", "only_home", "20"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "name", "code", "article"), CAUTIONS)
def test_what_to_mind(changed: dict[str, Any], name: str, code: str, article: str, choice: Choose) -> None:
    (caution,) = [each for each in choice(**changed).named(name).cautions if each.code == code]
    assert article in caution.source
    assert code not in codes(choice(**dict.fromkeys(changed), province=None).named(name).cautions)


@pytest.mark.parametrize(
    ("yuan", "agrees", "standing", "code"),
    [
        (54_323, False, Standing.OPEN, ""),
        (54_324, False, Standing.BARRED, "small_claims_not_agreed"),
        (54_324, True, Standing.OPEN, ""),
        (54_324, None, Standing.UNCLEAR, ""),
        (217_290, True, Standing.OPEN, ""),
        (217_291, True, Standing.BARRED, "above_small_claims"),
    ],
)
def test_small_claims_in_zhejiang(
    yuan: int, agrees: bool | None, standing: Standing, code: str, choice: Choose
) -> None:
    route = choice(claim=Amounts(principal=yuan * 100), debtor_agrees=agrees).named("small_claims")
    assert route.standing is standing
    assert codes(route.bars) == ({code} if code else set())
    assert ("small_claims_not_agreed" in codes(route.missing)) is (standing is Standing.UNCLEAR)


@pytest.mark.parametrize("province", ["110000", None, ""])
def test_a_province_without_a_table_is_asked_for_and_never_guessed(province: str | None, choice: Choose) -> None:
    route = choice(province=province).named("small_claims")
    assert route.standing is Standing.UNCLEAR
    assert "small_claims_table_missing" in codes(route.missing)
    assert not route.bars


def test_a_table_counts_from_its_day_and_grows_old(book: PolicyBook) -> None:
    def of(on: date) -> bool | None:
        policy = book.at(on, "cn", "consumer_loan")
        return findings(PLAIN, policy, on)["small_claims_table_old"]

    assert table(book.at(date(2022, 1, 10), "cn", "other"), "33", "CNY") is None
    assert [of(date(2022, 1, 11)), of(date(2023, 7, 15)), of(date(2023, 7, 16))] == [False, False, True]


FEES = [
    ("ordinary", "acceptance", fee, "case_acceptance"),
    ("simplified", "acceptance", halved, "case_acceptance"),
    ("small_claims", "acceptance", halved, "case_acceptance"),
    ("payment_order", "application", fee, "payment_order"),
]


@pytest.mark.parametrize(("name", "what", "of", "schedule"), FEES)
def test_the_fees_are_the_scales(
    name: str, what: str, of: Callable[..., int], schedule: str, choice: Choose, policy: Policy
) -> None:
    route = choice().named(name)
    (line,) = [each for each in route.fees if each.what == what]
    assert line.amount == of(policy, schedule, 4_200_000)
    assert line.bearer == "debtor"
    assert not line.estimate
    assert route.advance == line.amount


def test_mediation_is_confirmed_free_of_charge(choice: Choose) -> None:
    route = choice(debtor_agrees=True).named("mediation_with_confirmation")
    assert {(line.what, line.amount) for line in route.fees if line.what == "acceptance"} == {("acceptance", 0)}
    assert route.advance == 0


def test_the_enforcement_fee_is_taken_on_what_comes_in_and_not_prepaid(choice: Choose, policy: Policy) -> None:
    route = choice().named("ordinary")
    (line,) = [each for each in route.fees if each.what == "enforcement"]
    assert route.expected is not None
    assert line.amount == fee(policy, "enforcement", route.expected.total) == 5_000
    assert (line.prepaid, line.counted) == (False, 5_000)


def test_preservation_costs_only_when_it_is_wanted_and_on_what_is_found(choice: Choose) -> None:
    assert "preservation" not in {line.what for line in choice().named("ordinary").fees}
    found = choice(wants_preservation=True, asset_clues=1, asset_clues_value=1_000_000)
    (line,) = [each for each in found.named("ordinary").fees if each.what == "preservation"]
    assert (line.amount, line.bearer, line.counted) == (12_000, "bank_claims_back", 6_000)
    assert "preservation_application" in {paper.paper for paper in found.named("ordinary").papers}


def test_the_net_of_an_ordinary_suit_by_hand(choice: Choose) -> None:
    """20 % of 42,000 is 8,400; half of 850 is not expected back; 50 off the proceeds; counsel 3,000: 4,925 yuan."""
    route = choice().named("ordinary")
    assert route.expected is not None
    assert (route.expected.total, route.net) == (840_000, 492_500)
    assert {ground.code for ground in route.because} >= {"expected", "net", "time"}
    assert any("4,925.00" in ground.zh and "4,925.00" in ground.en for ground in route.because)


def test_security_brings_its_share_less_what_stands_before_it(choice: Choose) -> None:
    """70 % of 1,000,000 is 700,000; 690,000 stand before us: 10,000, then 20 % of the other 32,000."""
    second = msgspec.structs.replace(FLAT, rank=2, prior_claims=69_000_000)
    found = choice(collateral=(second,)).named("ordinary").expected
    assert found is not None
    assert (found.from_collateral, found.from_debtor, found.total) == (1_000_000, 640_000, 1_640_000)


@pytest.mark.parametrize("unknown", [{"value": None}, {"registered": None}, {"rank": None, "prior_claims": None}])
def test_security_of_which_something_is_not_known_is_not_counted(unknown: dict[str, Any], choice: Choose) -> None:
    found = choice(collateral=(msgspec.structs.replace(FLAT, **unknown),)).named("ordinary").expected
    assert found is not None
    assert (found.from_collateral, found.not_counted) == (0, ("flat",))


def test_guarantors_add_as_far_as_they_cover(choice: Choose) -> None:
    """A suit reaches them (20 points more of what they cover), a payment order does not."""
    found = choice(joint_guarantors=1, guaranteed_up_to=1_000_000)
    suit, order = found.named("ordinary").expected, found.named("payment_order").expected
    assert suit is not None
    assert order is not None
    assert (suit.from_guarantors, order.from_guarantors) == (200_000, 0)
    assert choice(joint_guarantors=1).named("ordinary").expected.from_guarantors == 840_000  # type: ignore[union-attr]


def test_a_debt_that_costs_more_than_it_brings_is_not_worth_a_suit(choice: Choose) -> None:
    assert choice(claim=Amounts(principal=50_000)).sue_pays is False
    assert choice(claim=None).sue_pays is None
    assert choice(claim=None).best is not None


def test_arbitration_has_no_price_until_the_bank_enters_its_scale(choice: Choose) -> None:
    """Payment order and notary are out as well: whether it pays is not known, which is not no."""
    found = choice(arbitration_clause=True, mutual_debts=True, forum="某仲裁委员会")
    assert [route.name for route in found.routes if route.standing is not Standing.BARRED] == ["arbitration"]
    assert (found.best.net, found.sue_pays) == (None, None)  # type: ignore[union-attr]
    assert "fees" in codes(found.named("arbitration").because)
    assert any("某仲裁委员会" in ground.zh for ground in found.named("arbitration").because)


def test_time_is_the_sum_of_the_rules(choice: Choose) -> None:
    """Docket 7 days, trial 3 months, appeal 15 days, enforcement 6 months; a missing debtor adds 30 days twice."""
    assert choice().named("simplified").ends_on == date(2027, 9, 15)
    open_ = choice().named("ordinary").ends_on
    noticed = choice(debtor_missing=True).named("ordinary").ends_on
    assert open_ == date(2027, 12, 14)
    assert noticed == date(2028, 2, 14)


def test_papers_at_hand_and_not(choice: Choose) -> None:
    route = choice(papers=frozenset({"complaint", "loan_contract"}), joint_guarantors=1).named("ordinary")
    assert {paper.paper for paper in route.papers if paper.present} == {"complaint", "loan_contract"}
    assert {paper.paper: paper.owner for paper in route.lacking}["guarantee_contract"] == "BAP"
    assert "registration" not in {paper.paper for paper in route.papers}


def test_without_assumptions_numbers_or_scales_nothing_is_made_up(without: Callable[..., Policy]) -> None:
    assert choose_route(PLAIN, without("route"), TODAY) == RouteChoice((), None)
    bare = choose_route(PLAIN, without("recovery", "fee", "procedure"), TODAY)
    assert {(route.net, route.days, route.expected) for route in bare.routes} == {(None, None, None)}
    assert bare.sue_pays is None


def test_every_question_of_the_packs_is_answered(policy: Policy) -> None:
    assert set(findings(RouteFacts(), policy, TODAY)) == set(Findings)
    unknown = findings(RouteFacts(), policy, TODAY)
    assert {name for name, answer in unknown.items() if answer is not None} == {"always"}


def test_of_a_case_of_which_nothing_is_known_nothing_is_barred(policy: Policy) -> None:
    found = choose_route(RouteFacts(), policy, TODAY)
    assert {route.standing for route in found.routes} == {Standing.UNCLEAR}
    assert all(route.missing for route in found.routes)


KNOWN = st.none() | st.booleans()
PIECES = st.builds(
    Piece,
    st.just("p"),
    st.none() | st.integers(0, 10**10),
    KNOWN,
    st.none() | st.integers(1, 3),
    st.none() | st.integers(0, 10**10),
    KNOWN,
    KNOWN,
    KNOWN,
)
CASES = st.builds(
    RouteFacts,
    claim=st.none() | st.builds(Amounts, principal=st.integers(0, 10**10)),
    province=st.sampled_from([None, "33", "110000"]),
    collateral=st.none() | st.lists(PIECES, max_size=2).map(tuple),
    joint_guarantors=st.none() | st.integers(0, 2),
    general_guarantors=st.none() | st.integers(0, 2),
    guaranteed_up_to=st.none() | st.integers(0, 10**9),
    asset_clues=st.none() | st.integers(0, 3),
    asset_clues_value=st.none() | st.integers(0, 10**9),
    **{
        name: KNOWN
        for name, kind in RouteFacts.__annotations__.items()
        if kind == "bool | None"
    },
)  # fmt: skip


@given(CASES)
def test_the_order_holds_and_no_expectation_passes_the_claim(policy: Policy, case: RouteFacts) -> None:
    found = choose_route(case, policy, TODAY)
    standings = [list(Standing).index(route.standing) for route in found.routes]
    assert standings == sorted(standings)
    for standing in Standing:
        nets = [route.net for route in found.routes if route.standing is standing]
        known = [net for net in nets if net is not None]
        assert known == sorted(known, reverse=True)
        assert nets[: len(known)] == known
    for route in found.routes:
        assert route.expected is None or 0 <= route.expected.total <= (case.owed or 0)
        assert (route.standing is Standing.BARRED) == bool(route.bars)


@given(
    CASES, st.sampled_from(sorted(name for name, kind in RouteFacts.__annotations__.items() if kind == "bool | None"))
)
def test_finding_out_never_lifts_a_bar_that_stood_while_it_was_not_known(
    policy: Policy, case: RouteFacts, name: str
) -> None:
    """What bars with a fact unknown bars whatever the fact turns out to be: nothing was read out of silence."""
    before = choose_route(msgspec.structs.replace(case, **{name: None}), policy, TODAY)
    for answer in (False, True):
        after = choose_route(msgspec.structs.replace(case, **{name: answer}), policy, TODAY)
        for route in before.routes:
            assert codes(route.bars) <= codes(after.named(route.name).bars)


def test_the_fixed_order_decides_between_equals() -> None:
    def plain(name: str) -> Route:
        return Route(name, "", "", Standing.OPEN, (), (), (), (), (), None, None, None, None, ())

    assert [route.name for route in sorted(map(plain, reversed(ORDER)), key=routes_module._place)] == list(ORDER)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(9999, 12, 1), 1, date.max),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_end_with_the_month(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@pytest.mark.parametrize("excluded", ["debtor_missing", "foreign_related", "needs_appraisal", "counterclaim"])
def test_what_is_out_of_small_claims_is_not_bound_to_them(excluded: str, policy: Policy) -> None:
    assert findings(PLAIN, policy, TODAY)["small_claims_binding"] is True
    assert findings(but(**{excluded: True}), policy, TODAY)["small_claims_binding"] is False
    assert findings(but(**{excluded: None}), policy, TODAY)["small_claims_binding"] is None


def test_an_only_home_is_expected_to_bring_less(choice: Choose) -> None:
    """70 % of 50,000 yuan, or 50 % of it."""
    piece = msgspec.structs.replace(FLAT, value=5_000_000)
    found = [choice(collateral=(msgspec.structs.replace(piece, only_home=home),)) for home in (False, True)]
    assert [each.named("ordinary").expected.from_collateral for each in found] == [3_500_000, 2_500_000]  # type: ignore[union-attr]


def test_preservation_never_costs_more_than_for_the_claim(choice: Choose, policy: Policy) -> None:
    for value in (None, 900_000_000):
        found = choice(wants_preservation=True, asset_clues_value=value).named("ordinary")
        (line,) = [each for each in found.fees if each.what == "preservation"]
        assert line.amount == fee(policy, "preservation", 4_200_000)


def test_the_banks_own_costs_are_a_sum_and_a_rate_of_the_claim(choice: Choose) -> None:
    """500 yuan and 0.3 % of 42,000.01: 626.0000…3, rounded up."""
    found = choice(notarised=True, claim=Amounts(principal=4_200_001)).named("notarised_enforcement").expected
    assert found is not None
    assert found.own_cost == 62_601


def test_the_banks_estimate_of_a_fee_is_marked_as_one(choice: Choose) -> None:
    found = choice(collateral=(FLAT,))
    assert [line.estimate for line in found.named("security_realisation").fees] == [True, False]
    assert not any(line.estimate for line in found.named("ordinary").fees)


def test_a_day_before_the_rules_has_no_routes(book: PolicyBook) -> None:
    day = date(2023, 12, 31)
    assert choose_route(PLAIN, book.at(day, "cn", "consumer_loan"), day) == RouteChoice((), None)
    assert choose_route(PLAIN, book.at(TODAY, "tw", "credit_card"), TODAY).best is None
