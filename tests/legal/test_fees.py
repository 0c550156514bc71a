"""Court fees to the fen: the regulation's own figures, every edge of a band, and what no pack says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.errors import UserError
from recourse.legal.fees import exact, fee, half_up, halved, schedules, without_amount
from recourse.policy.book import Policy, PolicyBook
from recourse.policy.legal_values import FeeBand, FeeSchedule

NAMES = ("case_acceptance", "enforcement", "preservation", "payment_order")
VECTORS = [
    (10_000, ("50", "50", "120", "16.67")),
    (50_000, ("1050", "650", "520", "350")),
    (100_000, ("2300", "1400", "1020", "766.67")),
    (200_000, ("4300", "2900", "1520", "1433.33")),
    (500_000, ("8800", "7400", "3020", "2933.33")),
    (1_000_000, ("13800", "12400", "5000", "4600")),
    (5_000_000, ("46800", "52400", "5000", "15600")),
    (20_000_000, ("141800", "87400", "5000", "47266.67")),
]


def fen(yuan: str) -> int:
    whole, _, rest = yuan.partition(".")
    return int(whole) * 100 + int(f"{rest:0<2}"[:2])


@pytest.mark.parametrize(("claim", "fees"), VECTORS)
@pytest.mark.parametrize("column", range(4))
def test_the_regulations_scale(claim: int, fees: tuple[str, ...], column: int, policy: Policy) -> None:
    assert fee(policy, NAMES[column], claim * 100) == fen(fees[column])


EDGES = [
    # band's end in yuan, fee of one fen less, of the end, of one fen more
    ("case_acceptance", 10_000, 5_000, 5_000, 5_000),
    ("case_acceptance", 100_000, 230_000, 230_000, 230_000),
    ("case_acceptance", 200_000, 430_000, 430_000, 430_000),
    ("enforcement", 10_000, 5_000, 5_000, 5_000),
    ("preservation", 1_000, 3_000, 3_000, 3_000),
    ("preservation", 896_000, 500_000, 500_000, 500_000),
]


@pytest.mark.parametrize(("name", "yuan", "below", "at", "above"), EDGES)
def test_a_fen_about_an_edge_costs_no_fen(
    name: str, yuan: int, below: int, at: int, above: int, policy: Policy
) -> None:
    assert [fee(policy, name, yuan * 100 + step) for step in (-1, 0, 1)] == [below, at, above]


@pytest.mark.parametrize("name", ["case_acceptance", "enforcement", "preservation"])
def test_at_every_edge_the_old_rate_ends_and_the_new_one_begins(name: str, policy: Policy) -> None:
    """A fen before the end of a band still costs that band's rate, a fen after it the next one's, exactly."""
    schedule = schedules(policy)[name]

    def cost(amount: int) -> object:
        return exact(FeeSchedule(name, "CNY", schedule.bands), amount, {})

    for low, high in zip(schedule.bands, schedule.bands[1:], strict=False):
        assert low.up_to is not None
        before, at, after = (cost(low.up_to + step) for step in (-1, 0, 1))
        assert (at - before) * 100_000 == (low.per_100k or 0)  # type: ignore[operator]
        assert (after - at) * 100_000 == high.per_100k  # type: ignore[operator]


def test_the_cap_of_preservation_is_reached_exactly_at_896_000(policy: Policy) -> None:
    """One yuan before it, half a fen's worth of rate is still open; past it nothing is added, ever."""
    assert fee(policy, "preservation", 89_599_800) == 499_999
    assert fee(policy, "preservation", 89_600_000) == 500_000
    assert fee(policy, "preservation", 10**15) == 500_000


@given(st.integers(0, 10**13), st.integers(0, 10**13), st.sampled_from(NAMES))
def test_more_at_stake_never_costs_less(policy: Policy, one: int, other: int, name: str) -> None:
    low, high = sorted((one, other))
    assert (fee(policy, name, low) or 0) <= (fee(policy, name, high) or 0)


@given(st.integers(0, 10**13))
def test_a_payment_order_costs_a_third_and_a_halved_fee_a_half(policy: Policy, claim: int) -> None:
    schedule = schedules(policy)
    whole = exact(schedule["case_acceptance"], claim, schedule)
    assert whole is not None
    assert fee(policy, "payment_order", claim) == half_up(whole / 3)
    assert halved(policy, "case_acceptance", claim) == half_up(whole / 2)
    assert abs((halved(policy, "case_acceptance", claim) or 0) * 2 - whole) <= 1


@pytest.mark.parametrize(("claim", "half"), [(10_000, 2_500), (100_000, 115_000), (1_000_000, 690_000)])
def test_halved(claim: int, half: int, policy: Policy) -> None:
    assert halved(policy, "case_acceptance", claim * 100) == half


def test_half_a_fen_goes_up(policy: Policy) -> None:
    """10,000.20 yuan: 50 yuan and half a fen."""
    assert fee(policy, "case_acceptance", 1_000_020) == 5_001
    assert fee(policy, "case_acceptance", 1_000_019) == 5_000


def test_without_a_scale_there_is_no_fee_and_not_a_free_one(without: Callable[..., Policy]) -> None:
    bare = without("fee")
    assert [fee(bare, name, 1_000_000) for name in NAMES] == [None] * 4
    orphan = without("fee.case_acceptance")
    assert fee(orphan, "payment_order", 1_000_000) is None
    assert fee(orphan, "enforcement", 1_000_000) == 5_000


def test_what_is_not_known_costs_nothing_that_could_be_named(policy: Policy, book: PolicyBook) -> None:
    assert fee(policy, "case_acceptance", None) is None
    assert fee(policy, "case_acceptance", 1_000_000, "USD") is None
    assert fee(book.at(date(2007, 3, 31), "cn", "other"), "case_acceptance", 1_000_000) is None
    assert without_amount(policy, "preservation") == 3_000
    assert without_amount(policy, "case_acceptance") is None
    assert without_amount(policy, "nothing") is None


def test_an_amount_below_zero_is_refused(policy: Policy) -> None:
    with pytest.raises(UserError, match="a fee on -1"):
        fee(policy, "case_acceptance", -1)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda: FeeBand(up_to=1, flat=1, per_100k=1), "exactly one"),
        (lambda: FeeSchedule("a", "CNY"), "bands, or is a share"),
        (lambda: FeeSchedule("a", "CNY", share_of="a"), "fraction of another"),
        (lambda: FeeSchedule("a", "CNY", (FeeBand(up_to=5, flat=1),)), "without end"),
        (lambda: FeeSchedule("a", "CNY", (FeeBand(up_to=5, flat=1), FeeBand(up_to=5, flat=1))), "above the one before"),
        (lambda: FeeSchedule("a", "CNY", (FeeBand(flat=1), FeeBand(up_to=5, flat=1))), "above the one before"),
    ],
)
def test_a_scale_with_a_hole_is_refused(made: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        made()


def test_a_claim_of_nothing_costs_the_lowest_band(policy: Policy) -> None:
    assert [fee(policy, name, 0) for name in NAMES] == [5_000, 5_000, 3_000, 1_667]
