"""Chance by name."""

from __future__ import annotations

from collections import Counter

import pytest

from recourse.simulate.draws import Draws


def test_a_draw_depends_on_its_key_and_the_seed_alone() -> None:
    draws = Draws(1)
    first = draws.below(10**9, "a", 1)
    draws.below(10**9, "b", 2)
    assert draws.below(10**9, "a", 1) == first == Draws(1).below(10**9, "a", 1)
    assert Draws(2).below(10**9, "a", 1) != first
    assert draws.below(10**9, "a1") != draws.below(10**9, "a", "1")


def test_draws_are_as_likely_as_they_say() -> None:
    draws = Draws(3)
    assert 280 < sum(draws.chance(30, n) for n in range(1000)) < 320
    spread = Counter(draws.between(2, 6, n) for n in range(1000))
    assert set(spread) == {2, 3, 4, 5, 6}
    assert min(spread.values()) > 150
    weighed = Counter(draws.weighted({"a": 9, "b": 1, "c": 0}, n) for n in range(1000))
    assert 860 < weighed["a"] < 940
    assert weighed["c"] == 0
    with pytest.raises(ZeroDivisionError):
        draws.weighted({"a": 0}, "x")
