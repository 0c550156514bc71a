"""Where an account stands, as of any day and by what was known on any other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec

from recourse import events as ev
from recourse.explain import Explanation, explain
from recourse.facts import GuaranteeFact, GuaranteeKind, Security
from recourse.ledger import bulk
from recourse.ledger.database import reading, writing
from recourse.ledger.history import HistoryReader
from recourse.ledger.past import facts_as_of
from recourse.ledger.tables import balances, instalments, payments
from tests.climb.fake_acts import acts_of, whole_set
from tests.core.ledgers import AMOUNTS, MONDAY, Ledger, on_sqlite

TUESDAY, FRIDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=4)


def explained(ledger: Ledger, on: date, known_on: date | None = None) -> Explanation:
    with reading(ledger.engine) as connection:
        facts = facts_as_of(connection, "a", ledger.case_id("a"), on, known_on or on)
    journal = HistoryReader(ledger.engine).of([ledger.case_id("a")])[ledger.case_id("a")]
    return explain(facts, ledger.strategy(on), on, known_on or on, journal)


def balance(ledger: Ledger, as_of: date, known_on: date, yuan: int) -> None:
    columns = ("account_id", "as_of", "known_on", "overdue", *AMOUNTS)
    with writing(ledger.engine) as connection:
        bulk.insert(connection, balances, columns, [("a", as_of, known_on, 0, yuan * 100, 0, 0, 0, 0, 0)])


def plan(ledger: Ledger, *dues: tuple[date, int]) -> None:
    rows = [("a", n, MONDAY - timedelta(days=99), due_on, amount) for n, (due_on, amount) in enumerate(dues, 1)]
    with writing(ledger.engine) as connection:
        bulk.insert(connection, instalments, ("account_id", "number", "known_on", "due_on", "amount"), rows)


def paid(ledger: Ledger, on: date, known_on: date, amount: int, kind: str = "payment") -> None:
    columns: dict[str, Any] = {"payment_id": f"y{on}{kind}", "account_id": "a", "paid_on": on, "amount": amount, "off_plan": 0,
                               "kind": kind, "row": "{}", "known_on": known_on, "batch_id": "b"}  # fmt: skip
    with writing(ledger.engine) as connection:
        bulk.insert(connection, payments, tuple(columns), [tuple(columns.values())])


def late(ledger: Ledger, days: int = 12, **loan: Any) -> None:
    ledger.person("p")
    ledger.loan("a", "p", days, **loan)
    ledger.sweep()
    ledger.dispatch(acts_of(whole_set()))
    balance(ledger, MONDAY, MONDAY, 50_000)
    plan(ledger, (MONDAY - timedelta(days=days), 500_000), (MONDAY + timedelta(days=18), 500_000))


@on_sqlite
def test_it_says_where_why_by_which_rule_and_what_would_change_it(ledger: Ledger) -> None:
    late(ledger)
    found = explained(ledger, MONDAY)
    (place,) = found.where
    assert (place.node, place.zh, place.outcome, place.entered_on) == ("reminder", "提醒", "sent", MONDAY)
    assert (found.days_past_due, found.due_since) == (12, MONDAY - timedelta(days=12))
    assert found.amounts is not None
    assert found.amounts.total == 5_000_000
    assert found.look_again_on is not None
    assert any("payment of" in hint for hint in found.would_change)
    assert any(str(found.look_again_on) in hint for hint in found.would_change)
    assert [clock.what.split()[0] for clock in found.clocks] == ["诉讼时效"]
    msgspec.json.encode(found)


def test_it_says_why_the_case_came_to_where_it_stands(ledger: Ledger) -> None:
    late(ledger)
    (reminded,) = explained(ledger, MONDAY).stands_because
    assert (reminded.node, reminded.on, reminded.rule) == ("reminder", MONDAY, "entry.reminder")
    assert "dpd=12" in reminded.seen
    assert "策略" in reminded.citation
    ledger.sweep(FRIDAY)
    now = explained(ledger, FRIDAY)
    assert now.stands_because
    assert {why.on for why in now.stands_because} <= {MONDAY, FRIDAY}
    assert {why.node for why in now.stands_because} <= {place.node for place in now.where}
    (then,) = explained(ledger, MONDAY).stands_because
    assert then == reminded


@on_sqlite
def test_a_reason_bears_its_rule_and_the_rule_s_citation(ledger: Ledger) -> None:
    late(ledger)
    ledger.arrive("a", ev.BrakePlaced("h", "complaint"), day=TUESDAY)
    balance(ledger, TUESDAY + timedelta(days=20), MONDAY, 50_000)
    found = explained(ledger, TUESDAY + timedelta(days=20))
    braked = [why for why in found.why if why.code == "brake:complaint"]
    assert braked
    assert all(why.rule == "brake.complaint" and why.citation for why in braked)
    assert any(brake.startswith("complaint") for brake in found.brakes)
    assert any("complaint" in hint for hint in found.would_change)


@on_sqlite
def test_an_earlier_day_shows_nothing_of_what_came_after(ledger: Ledger) -> None:
    late(ledger)
    ledger.arrive("a", ev.BrakePlaced("h", "complaint"), day=FRIDAY)
    assert explained(ledger, TUESDAY, FRIDAY).brakes == ()
    assert explained(ledger, FRIDAY).brakes != ()
    assert explained(ledger, MONDAY - timedelta(days=1)).where == ()


def test_a_back_dated_fact_is_shown_only_from_the_day_it_was_known(ledger: Ledger) -> None:
    late(ledger)
    ledger.arrive("a", ev.BrakePlaced("h", "deceased"), day=FRIDAY, effective_on=TUESDAY)
    assert explained(ledger, TUESDAY, TUESDAY).brakes == ()
    assert explained(ledger, TUESDAY, FRIDAY).brakes != ()
    assert explained(ledger, MONDAY, FRIDAY).brakes == ()


def test_a_payment_learned_late_moves_the_days_past_due_of_the_past(ledger: Ledger) -> None:
    late(ledger)
    paid(ledger, MONDAY - timedelta(days=13), FRIDAY, 500_000)
    assert explained(ledger, TUESDAY, TUESDAY).days_past_due == 13
    assert explained(ledger, TUESDAY, FRIDAY).days_past_due == 0
    paid(ledger, TUESDAY, FRIDAY, 500_000, "reversal")
    assert explained(ledger, TUESDAY, FRIDAY).days_past_due == 13


@on_sqlite
def test_the_balance_is_the_one_that_was_known(ledger: Ledger) -> None:
    late(ledger)
    balance(ledger, TUESDAY, FRIDAY, 40_000)
    before, after = explained(ledger, TUESDAY, TUESDAY), explained(ledger, TUESDAY, FRIDAY)
    assert (before.balance_as_of, after.balance_as_of) == (MONDAY, TUESDAY)
    assert explained(ledger, MONDAY - timedelta(days=9)).amounts is None


@on_sqlite
def test_every_clock_is_shown_with_the_days_that_are_left(ledger: Ledger) -> None:
    ends_on = MONDAY + timedelta(days=40)
    gone_on = MONDAY - timedelta(days=3)
    guarantees = (GuaranteeFact("g1", "q1", GuaranteeKind.JOINT, ends_on), GuaranteeFact("g2", "q2", GuaranteeKind.GENERAL, gone_on),
                  GuaranteeFact("g3", "q3", GuaranteeKind.JOINT))  # fmt: skip
    late(ledger, security=Security(guarantees=guarantees))
    clocks = explained(ledger, MONDAY).clocks
    assert [clock.days_left for clock in clocks][:2] == [-3, 40]
    assert len(clocks) == 3
    assert [clock.ends_on for clock in clocks] == sorted(clock.ends_on for clock in clocks)


@on_sqlite
def test_a_closed_case_says_how_it_ended(ledger: Ledger) -> None:
    late(ledger)
    ledger.paid_in_full(TUESDAY, "a")
    ledger.sweep(TUESDAY)
    found = explained(ledger, TUESDAY)
    assert found.end == "settled"
    assert not any("payment of" in hint for hint in found.would_change)


@on_sqlite
def test_a_node_of_an_older_ladder_is_still_shown(ledger: Ledger) -> None:
    late(ledger)
    ledger.arrive("a", ev.DecisionMade("", "", (ev.Step("a_node_long_gone", 1, "queued"),)))
    assert "a_node_long_gone" in {place.node for place in explained(ledger, MONDAY).where}
