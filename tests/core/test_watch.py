"""Whatever comes in, and in whatever order: an arrangement in force stops contact and adverse acts, and protective ones never."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from recourse import events as ev
from recourse import watch
from recourse.arrears import Pause
from recourse.casefile import CaseFile, Promise
from recourse.decide import judge
from recourse.facts import Facts, Security, Terms
from recourse.fold import fold
from recourse.ladder import ActClass
from recourse.money import Amounts
from recourse.schedules import Row
from tasks.ladder import LADDER
from tests.core.any_facts import policy_of

SIGNED = date(2026, 3, 2)
NO_PAUSES: tuple[Pause, ...] = ()


def facts_of(file: CaseFile) -> Facts:
    """A loan that is overdue and stays so by the core: the plan alone stops anything."""
    return Facts(
        "c", "a", "p", "cn", "consumer_loan", "CNY", "e", "b", date(2026, 1, 10), NO_PAUSES, 30_000, Amounts(90_000),
        date(2026, 12, 1), 90_000, Terms(), Security(), file,
    )  # fmt: skip


def in_force(amounts: list[int]) -> CaseFile:
    rows = tuple(Row(SIGNED + timedelta(days=30 * n), amount) for n, amount in enumerate(amounts, start=1))
    file = CaseFile(opened_on=SIGNED, strategy_on=SIGNED, grade="R2")
    made = ev.ArrangementMade("r", "reschedule", rows[-1].due_on, "paper", rows, restructured=True)
    return fold(file, made, SIGNED, SIGNED)


amounts = st.lists(st.integers(1, 10_000), min_size=1, max_size=4)
money = st.lists(st.tuples(st.integers(0, 130), st.integers(0, 6), st.integers(-8_000, 20_000)), max_size=6)
"""(day on which it counts, days until the bank knows of it, amount)"""


@settings(max_examples=60, deadline=None)
@given(amounts, money)
def test_while_it_is_in_force_and_not_a_day_longer(amounts: list[int], money: list[tuple[int, int, int]]) -> None:
    """Day by day over five months: what the day says is said once, and the brake holds exactly while it is in force."""
    file = in_force(amounts)
    facts = facts_of(file)
    judged = judge(LADDER, policy_of(facts, SIGNED))
    ended: list[str] = []
    for n in range(160):
        day = SIGNED + timedelta(days=n)
        for on, late, amount in money:
            if on + late == n:
                fold(file, ev.PaymentReceived(f"{on}/{late}", amount), SIGNED + timedelta(days=on), day)
        for told in watch.results(facts, judged.numbers, day):
            fold(file, told, day, day)
            if isinstance(told, ev.ArrangementEnded):
                ended.append(told.end)
        assert watch.results(facts, judged.numbers, day) == (), "said twice"
        for node in LADDER.nodes:
            if node.act_class in (ActClass.CONTACT, ActClass.ADVERSE):
                assert (judged.braked(facts, node.name, day) == "arrangement") is bool(file.arrangement)
            elif node.act_class is ActClass.PROTECTIVE:
                assert judged.braked(facts, node.name, day) == ""
    assert ended[:1] in (["performed"], ["broken"])
    assert len(ended) <= 2


@settings(max_examples=80, deadline=None)
@given(amounts, money, st.integers(0, 140))
def test_nothing_is_said_before_the_day_that_was_named(
    amounts: list[int], money: list[tuple[int, int, int]], n: int
) -> None:
    """Between a day and the day on which to look again, nothing new is said if no money comes in."""
    file = in_force(amounts)
    today = SIGNED + timedelta(days=n)
    for on, _, amount in money:
        if on <= n:
            fold(file, ev.PaymentReceived(str(on), amount), SIGNED + timedelta(days=on), today)
    facts, numbers = facts_of(file), policy_of(facts_of(file), SIGNED).numbers
    for told in watch.results(facts, numbers, today):
        fold(file, told, today, today)
    again = watch.look_again_on(file, numbers, today)
    until = again or today + timedelta(days=400)
    for ahead in range(1, (until - today).days):
        assert watch.results(facts, numbers, today + timedelta(days=ahead)) == ()


promises = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 20), st.none() | st.integers(1, 5_000)), min_size=1, max_size=4
)


@given(promises, money)
def test_no_money_counts_twice(promised: list[tuple[int, int, int | None]], money: list[tuple[int, int, int]]) -> None:
    """What is held against promises is never more than came in, never less than nothing, and never more than was promised."""
    known = {
        str(n): Promise(SIGNED + timedelta(days=made), SIGNED + timedelta(days=made + due), amount)
        for n, (made, due, amount) in enumerate(promised)
    }
    entries = [(SIGNED + timedelta(days=on), amount) for on, _, amount in money]
    paid = watch.paid_by_promise(known, entries, 3)
    assert set(paid) == set(known)
    assert all(amount >= 0 for amount in paid.values())
    assert sum(paid.values()) <= sum(amount for _, amount in entries if amount > 0)
    assert all(each.amount is None or paid[name] <= each.amount for name, each in known.items())


def test_two_promises_share_one_payment() -> None:
    """The one due first is filled first; what is over goes to the next; what is taken back comes off the last."""
    known = {
        "a": Promise(SIGNED, SIGNED + timedelta(days=5), 100),
        "b": Promise(SIGNED, SIGNED + timedelta(days=9), 100),
    }
    day = SIGNED + timedelta(days=2)
    assert watch.paid_by_promise(known, [(day, 150)], 3) == {"a": 100, "b": 50}
    assert watch.paid_by_promise(known, [(day, 250), (day + timedelta(days=20), -60)], 3) == {"a": 100, "b": 90}


def test_an_early_payment_is_kept_and_a_returned_one_is_not() -> None:
    file = in_force([100, 100])
    numbers = policy_of(facts_of(file), SIGNED).numbers
    fold(file, ev.PaymentReceived("1", 100), SIGNED + timedelta(days=3), SIGNED + timedelta(days=3))
    (kept,) = watch.results(facts_of(file), numbers, SIGNED + timedelta(days=3))
    assert isinstance(kept, ev.InstalmentJudged)
    assert (kept.number, kept.state) == (1, "kept")
    fold(file, kept, SIGNED, SIGNED)
    fold(file, ev.PaymentReceived("2", -100, "chargeback"), SIGNED + timedelta(days=8), SIGNED + timedelta(days=8))
    late = SIGNED + timedelta(days=34)
    (missed,) = watch.results(facts_of(file), numbers, late)
    assert isinstance(missed, ev.InstalmentJudged)
    assert missed.state == "missed"
    assert msgspec.structs.asdict(missed)["paid"] == 0
