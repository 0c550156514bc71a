"""Acting on what some gates approved and on nothing else: how an engine does its one step of a day's work."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from recourse.climb.dispatch import Dispatched, dispatch
from recourse.ledger.leases import hold
from recourse.ledger.store import Slots
from recourse.ledger.tables import intents
from tests.climb.fake_acts import Crash, Sender, acts_of
from tests.core.ledgers import MONDAY, Ledger, on_sqlite, pen_of, tools
from tests.core.opened_gates import case_of, gate_over, list_over


def senders() -> dict[str, Sender]:
    rungs = (("reminder", "sent"), ("acceleration", "delivered"), ("agency_referral", ""))
    return {node: Sender(node, outcome) for node, outcome in rungs}


def act_on(
    ledger: Ledger, acts: dict[str, Sender], gate_ids: Sequence[str] | None, *, shard: str = "0/1", owner: str = "run"
) -> Dispatched:
    strategy, pen = ledger.strategy(MONDAY), pen_of(MONDAY)
    given = tools(strategy, pen, {})
    with hold(ledger.engine, owner, "") as lease:
        return dispatch(ledger.engine, strategy, acts_of(acts), given, pen, lease, Slots.of(shard), gate_ids=gate_ids)


def approved(ledger: Ledger, *accounts: str) -> list[str]:
    """A gate over each account's acceleration, approved; its reminder is queued beside it and needs no gate."""
    found = []
    for account in accounts:
        case_of(ledger, account)
        found.append(gate_over(ledger, account, "acceleration"))
        assert ledger.answer(found[-1], "bap-1").status == "approved"
    return found


def states(ledger: Ledger) -> dict[tuple[str, str], str]:
    return {(row.account_id, row.node): str(row.state) for row in ledger.rows(intents)}


def test_only_what_the_named_gates_approved_is_done(ledger: Ledger) -> None:
    first, _, third = approved(ledger, "a", "b", "c")
    acts = senders()
    done = act_on(ledger, acts, [first, third])
    assert (done.released, done.done) == (2, 2)
    assert {item.facts.account_id for item in acts["acceleration"].seen} == {"a", "c"}
    assert {item.gate_id for item in acts["acceleration"].seen} == {first, third}
    assert acts["reminder"].seen == []
    left = {key for key, state in states(ledger).items() if state == "queued"}
    assert left == {("b", "acceleration"), ("a", "reminder"), ("b", "reminder"), ("c", "reminder")}
    assert act_on(ledger, acts, [first, third]).released == 0, "done once"
    assert act_on(ledger, acts, None).released == 4, "no gate named: everything else"
    assert ledger.verified().faults == []


@on_sqlite
def test_no_gate_and_an_unknown_gate_let_nothing_out(ledger: Ledger) -> None:
    approved(ledger, "a")
    acts = senders()
    for gate_ids in ([], ["no such gate"]):
        assert act_on(ledger, acts, gate_ids).released == 0
    assert set(states(ledger).values()) == {"queued"}


@on_sqlite
def test_a_list_that_is_named_is_done_for_all_its_members(ledger: Ledger) -> None:
    (single,) = approved(ledger, "a")
    for account in ("b", "c"):
        case_of(ledger, account)
    listed = list_over(ledger, "b", "c")
    assert [ledger.answer(listed, who).status for who in ("osm-1", "cmp-1", "bap-1")] == ["open", "open", "approved"]
    acts = senders()
    assert act_on(ledger, acts, [listed]).done == 2
    assert {item.facts.account_id for item in acts["agency_referral"].seen} == {"b", "c"}
    assert states(ledger)["a", "acceleration"] == "queued"
    assert act_on(ledger, acts, [single]).done == 1


@on_sqlite
def test_a_share_of_what_gates_approved_leaves_the_others_share_alone(ledger: Ledger) -> None:
    gate_ids = approved(ledger, *(f"a{n}" for n in range(6)))
    acts = senders()
    done = [act_on(ledger, acts, gate_ids, shard=f"{k}/3").done for k in range(3)]
    assert sum(done) == 6
    assert max(done) < 6


@pytest.mark.parametrize("gate_ids", [[], ["another gate"]])
def test_what_a_dead_run_left_is_taken_up_beside_them(sqlite_ledger: Ledger, gate_ids: list[str]) -> None:
    ledger = sqlite_ledger
    (gate,) = approved(ledger, "a")
    acts = senders()

    def die() -> None:
        raise Crash

    acts["acceleration"].before = die
    with pytest.raises(Crash):
        act_on(ledger, acts, [gate], owner="dies")
    acts["acceleration"].before = lambda: None
    assert states(ledger)["a", "acceleration"] == "released"
    assert act_on(ledger, acts, gate_ids).done == 1
    assert states(ledger) == {("a", "acceleration"): "done", ("a", "reminder"): "queued"}
