"""What lies at the bank counts for set-off only as long as the core told of it lately enough."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from recourse.conditions import Moment, compile_test
from recourse.deposit_measures import fresh_sum
from recourse.facts import DepositFact, Facts
from recourse.measures import value_of
from recourse.policy.values import Condition
from tests.core.any_facts import TODAY
from tests.core.test_decide import loan, policy

OLDEST = "freshness.adverse"


def with_deposits(*rows: tuple[str, int, int]) -> Facts:
    """A loan, and deposits (source, yuan, days ago)."""
    found = [DepositFact(f"P{n}", source, yuan * 100, TODAY - timedelta(days=ago))
             for n, (source, yuan, ago) in enumerate(rows)]  # fmt: skip
    return msgspec.structs.replace(loan(40), deposit_rows=tuple(found))


def test_the_pack_says_how_old_a_deposit_may_be() -> None:
    assert policy().numbers[OLDEST] == 0


def test_a_deposit_counts_through_its_last_day() -> None:
    facts = with_deposits(("other", 10, 0), ("other", 20, 2), ("other", 40, 3), ("wages", 80, 0))
    assert value_of("deposits_of", "other", facts, TODAY, {OLDEST: 0}) == 1000
    assert value_of("deposits_of", "other", facts, TODAY, {OLDEST: 2}) == 3000
    assert value_of("deposits_of", "other", facts, TODAY, {OLDEST: 3}) == 7000
    assert value_of("deposits_of", "other", facts, TODAY, {}) == 7000, "no rule says how old"


@given(
    st.lists(st.tuples(st.sampled_from(("other", "wages")), st.integers(0, 9), st.integers(0, 9)), max_size=5),
    st.dictionaries(st.just(OLDEST), st.integers(0, 6)), st.integers(0, 2000), st.booleans(),
)  # fmt: skip
def test_what_is_foretold_comes_on_that_day_and_not_before(
    rows: list[tuple[str, int, int]], numbers: dict[str, int], limit: int, least: bool
) -> None:
    facts = with_deposits(*rows)
    condition = Condition("deposits_of", "other", limit if least else None, None if least else limit)
    test = compile_test(condition)

    def asked(day: date) -> tuple[bool, date | None]:
        view = test(facts, day, Moment(facts, day, "R2", numbers))
        return view.holds, view.on

    holds, on = asked(TODAY)
    now = fresh_sum(facts, "other", TODAY, numbers)
    assert holds is (now >= limit if least else now <= limit)
    if not holds:
        later = [day for n in range(1, 20) if asked(day := TODAY + timedelta(days=n))[0]]
        assert later[:1] == ([on] if on is not None else [])
