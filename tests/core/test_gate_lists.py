"""Gates over lists: frozen, struck from, left by those whose facts change, and opened once a day at the most."""

from __future__ import annotations

from datetime import timedelta

import pytest

from recourse import events as ev
from recourse.climb import lists
from recourse.errors import UserError
from recourse.ledger.history import stream
from recourse.ledger.tables import events, gate_members, gates, intents
from tests.climb.fake_acts import Sender
from tests.core.ledgers import MONDAY, Ledger, on_sqlite
from tests.core.opened_gates import case_of, list_over

TUESDAY = MONDAY + timedelta(days=1)
VOTERS = ("osm-1", "cmp-1", "bap-1")


def members(ledger: Ledger) -> dict[str, str]:
    accounts = {ledger.case_id(account): account for account in ("a", "b", "c") if account in known(ledger)}
    return {accounts[row.case_id]: row.state for row in ledger.rows(gate_members)}


def known(ledger: Ledger) -> set[str]:
    return {str(row.text).split('"account_id":"')[1].split('"')[0] for row in ledger.rows(events)
            if row.type == ev.EpisodeOpened.TYPE}  # fmt: skip


def queued(ledger: Ledger) -> list[str]:
    return [row.account_id for row in ledger.rows(intents, intents.c.node == "agency_referral")]


def listed(ledger: Ledger, *accounts: str) -> str:
    for account in accounts:
        case_of(ledger, account)
    return list_over(ledger, *accounts)


def test_a_list_is_agreed_to_as_a_whole_and_each_member_is_queued(ledger: Ledger) -> None:
    gate = listed(ledger, "a", "b")
    assert [ledger.answer(gate, who).status for who in VOTERS] == ["open", "open", "approved"]
    assert sorted(queued(ledger)) == ["a", "b"]
    for account in ("a", "b"):
        assert ledger.case(account).file.visits["agency_referral"].state == "queued"
        (answered,) = ledger.events(account, ev.GateAnswered)
        assert (answered.gate_id, answered.node) == (gate, "agency_referral")
    assert ledger.verified().faults == []


@on_sqlite
def test_the_votes_stand_in_the_list_s_own_stream(ledger: Ledger) -> None:
    gate = listed(ledger, "a", "b")
    ledger.answer(gate, "osm-1")
    (row,) = ledger.rows(gates)
    with ledger.engine.connect() as connection:
        kinds = [type(entry.event) for entry in stream(connection, row.stream)]
    assert kinds == [ev.GateOpened, ev.VoteCast]
    assert ledger.events("a", ev.VoteCast) == []


@on_sqlite
def test_a_rejected_list_leaves_its_members_where_they_were(ledger: Ledger) -> None:
    gate = listed(ledger, "a", "b")
    assert ledger.answer(gate, "osm-1", "reject", "not these").status == "rejected"
    assert queued(ledger) == []
    assert {ledger.case(account).file.visits["agency_referral"].outcome for account in ("a", "b")} == {"rejected"}
    assert ledger.verified().faults == []


def test_single_members_are_struck_with_a_reason_and_the_rest_goes_on(ledger: Ledger) -> None:
    gate = listed(ledger, "a", "b", "c")
    assert ledger.answer(gate, "cmp-1", "strike", "a complaint by telephone", strike=["b"]).status == "open"
    assert members(ledger) == {"a": "in", "b": "struck", "c": "in"}
    (struck,) = ledger.events("b", ev.MemberStruck)
    assert (struck.by, struck.reason) == ("cmp-1", "a complaint by telephone")
    assert ledger.case("b").file.visits["agency_referral"].outcome == "struck"
    ledger.answer(gate, "osm-1", strike=["c"])
    for who in ("cmp-1", "bap-1"):
        ledger.answer(gate, who)
    assert queued(ledger) == ["a"]
    assert ledger.verified().faults == []


@pytest.mark.parametrize(
    ("given", "says"),
    [({"strike": ["zz"]}, "'zz' is not on this list"), ({"verdict": "strike"}, "whom to strike"),
     ({"choice": "sue"}, "no choice"), ({"reason": ""}, "needs a reason"), ({"verdict": "yes"}, "is no answer")],
)  # fmt: skip
def test_a_wrong_answer_to_a_list_changes_nothing(sqlite_ledger: Ledger, given: dict[str, object], says: str) -> None:
    gate = listed(sqlite_ledger, "a", "b")
    before = sqlite_ledger.verified().events
    with pytest.raises(UserError, match=says):
        sqlite_ledger.answer(gate, "osm-1", **given)  # type: ignore[arg-type]
    assert sqlite_ledger.verified().events == before
    assert members(sqlite_ledger) == {"a": "in", "b": "in"}


@on_sqlite
def test_only_who_has_a_seat_may_strike(ledger: Ledger) -> None:
    gate = listed(ledger, "a", "b")
    with pytest.raises(UserError, match="no seat"):
        ledger.answer(gate, "sup-1", "strike", "no", strike=["a"])
    ledger.answer(gate, "osm-1")
    with pytest.raises(UserError, match="voted already"):
        ledger.answer(gate, "osm-1", "strike", "no", strike=["a"])


def test_a_member_whose_facts_change_leaves_by_itself(ledger: Ledger) -> None:
    gate = listed(ledger, "a", "b")
    ledger.answer(gate, "osm-1")
    ledger.arrive("a", ev.BrakePlaced("h", "dispute"))
    ledger.answer(gate, "cmp-1")
    assert members(ledger) == {"a": "dropped", "b": "in"}
    (dropped,) = ledger.events("a", ev.MemberDropped)
    assert any("dispute" in change for change in dropped.changes)
    assert ledger.case("a").file.visits["agency_referral"].outcome == "dropped"
    assert ledger.answer(gate, "bap-1").status == "approved"
    assert queued(ledger) == ["b"]
    assert ledger.verified().faults == []


@on_sqlite
def test_a_list_that_loses_its_last_member_is_withdrawn(ledger: Ledger) -> None:
    gate = listed(ledger, "a")
    ledger.arrive("a", ev.BrakePlaced("h", "dispute"))
    assert ledger.answer(gate, "osm-1").status == "withdrawn"
    assert [row.status for row in ledger.rows(gates)] == ["withdrawn"]
    assert ledger.verified().faults == []


@on_sqlite
def test_a_list_whose_members_were_all_paid_does_not_wait_for_ever(ledger: Ledger) -> None:
    gate = listed(ledger, "a")
    ledger.paid_in_full(TUESDAY, "a")
    ledger.set_wake("a", TUESDAY)
    ledger.sweep(TUESDAY)
    assert members(ledger) == {"a": "dropped"}
    ledger.escalate(MONDAY + timedelta(days=9))
    assert [(row.gate_id, row.status) for row in ledger.rows(gates)] == [(gate, "withdrawn")]
    assert ledger.verified().faults == []


@on_sqlite
def test_an_approved_member_whose_facts_change_before_the_act_is_left_out(ledger: Ledger) -> None:
    gate = listed(ledger, "a", "b")
    for who in VOTERS:
        ledger.answer(gate, who)
    ledger.arrive("a", ev.BrakePlaced("h", "do_not_contact"))
    act = Sender("agency_referral", "")
    done = ledger.dispatch({"agency_referral": act})
    assert (done.voided, done.done) == (1, 1)
    assert [item.facts.account_id for item in act.seen] == ["b"]
    assert ledger.verified().faults == []


def test_two_lists_of_one_node_on_one_day_are_two(ledger: Ledger) -> None:
    """A day that is taken up again finds new members; those of the morning are on a list already."""
    listed(ledger, "a")
    case_of(ledger, "b")
    step = ev.DecisionMade("", "", (ev.Step("agency_referral", 1, "list"),))
    ledger.arrive("b", step)
    assert ledger.open_lists() == 1
    assert ledger.open_lists() == 0
    found = ledger.rows(gates)
    assert len({row.matter for row in found}) == 2
    assert sorted(len(ledger.rows(gate_members, gate_members.c.gate_id == row.gate_id)) for row in found) == [1, 1]
    assert ledger.verified().faults == []


def test_lists_are_split_by_tier_and_when_they_grow_long(
    sqlite_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "LIST_AT_MOST", 2)
    step = ev.DecisionMade("", "", (ev.Step("agency_referral", 1, "list"),))
    for account, yuan in (("a", 9_000), ("b", 9_000), ("c", 9_000), ("d", 400_000)):
        case_of(sqlite_ledger, account, yuan)
        sqlite_ledger.arrive(account, step)
    assert sqlite_ledger.open_lists() == 3
    sizes = sorted(
        (row.tier, len(sqlite_ledger.rows(gate_members, gate_members.c.gate_id == row.gate_id)))
        for row in sqlite_ledger.rows(gates)
    )
    assert sizes == [("T0", 1), ("T0", 2), ("T2", 1)]


@on_sqlite
def test_a_member_that_was_struck_may_be_listed_again(ledger: Ledger) -> None:
    gate = listed(ledger, "a", "b")
    ledger.answer(gate, "osm-1", "strike", "not yet", strike=["a"])
    again = ev.DecisionMade("", "", (ev.Step("agency_referral", 2, "list"),))
    ledger.arrive("a", again, day=TUESDAY)
    assert ledger.open_lists(TUESDAY) == 1
    assert len(ledger.rows(gates, gates.c.status == "open")) == 2


@on_sqlite
def test_a_list_escalates_as_one(ledger: Ledger) -> None:
    gate = listed(ledger, "a", "b")
    ledger.answer(gate, "osm-1")
    late = MONDAY + timedelta(days=3)
    assert ledger.escalate(late) == 1
    (row,) = ledger.rows(gates)
    assert row.status == "open"
    assert row.seats == '["OSM","HVP#CMP","then:HAP#BAP"]'
    ledger.answer(gate, "hvp-1", day=late)
    assert ledger.answer(gate, "hap-1", day=late).status == "approved"
    assert ledger.verified().faults == []
