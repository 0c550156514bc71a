"""Gates as steps that wait for people: which are open and in what order, what is left of them, and what they let out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from desk import inbox, portfolio, steps
from desk.open_desk import Desk
from recourse.actors import Actor
from recourse.errors import UserError
from recourse.facts import GuaranteeFact, GuaranteeKind, Security
from recourse.gate_rows import role_of
from recourse.ledger.database import writing
from recourse.ledger.tables import business_days, events, gates, intents, votes
from tests.core.ledgers import MONDAY, Ledger, migrated, open_ledger
from tests.core.opened_gates import case_of, gate_over, list_over
from tests.database import Databases
from tests.desk.conftest import desk_on_monday


@pytest.fixture
def ledger(sqlite_databases: Databases) -> Iterator[Ledger]:
    with open_ledger(sqlite_databases.prepared(migrated)) as opened:
        yield opened


@pytest.fixture
def desk(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_on_monday(ledger, tmp_path, monkeypatch) as opened:
        yield opened


def close(desk: Desk) -> None:
    with writing(desk.engine) as connection:
        connection.execute(business_days.update().values(closed=True))


def answer(ledger: Ledger, desk: Desk, gate_id: str, who: str, reason: str = "seen", *, seat: str = "") -> str:
    return inbox.answer(desk, gate_id, ledger.actor(who), "approve", reason, seat=seat).status


def guaranteed(ledger: Ledger, account: str, until: date) -> str:
    """A gate over an account whose guarantor is free after a day."""
    guarantee = GuaranteeFact(f"g-{account}", f"q-{account}", GuaranteeKind.JOINT, until)
    ledger.person(f"p-{account}")
    ledger.loan(account, f"p-{account}", 70, security=Security(guarantees=(guarantee,)))
    ledger.sweep()
    ledger.set_wake(account, None)
    return gate_over(ledger, account, "acceleration")


# --- steps --------------------------------------------------------------------------------------------------------


def test_every_open_gate_is_a_step_and_the_right_that_is_lost_first_comes_first(ledger: Ledger, desk: Desk) -> None:
    late = guaranteed(ledger, "a", MONDAY + timedelta(days=300))
    soon = guaranteed(ledger, "b", MONDAY + timedelta(days=200))
    for account in ("c", "d"):
        case_of(ledger, account)
    listed = list_over(ledger, "c", "d")
    done = guaranteed(ledger, "e", MONDAY + timedelta(days=100))
    assert answer(ledger, desk, done, "bap-1") == "approved"
    assert steps.open_steps(desk) == [
        steps.Step("b--acceleration", "b", "acceleration", soon, 0, MONDAY),
        steps.Step("a--acceleration", "a", "acceleration", late, 0, MONDAY),
        steps.Step(f"list--agency_referral--{listed[:8]}", "", "agency_referral", listed, 0, MONDAY),
    ]


def test_grades_are_those_of_the_last_decision(ledger: Ledger, desk: Desk) -> None:
    for account, days_late in (("a", 5), ("b", 40)):
        case_of(ledger, account, days_late=days_late)
    assert steps.grades(desk, ["a", "b", "nobody"]) == {"a": "R1", "b": "R2"}
    assert steps.grades(desk, []) == {}


def test_steps_of_some_nodes_and_without_some(ledger: Ledger, desk: Desk) -> None:
    for account in ("a", "b"):
        case_of(ledger, account)
    gate_over(ledger, "a", "acceleration")
    gate_over(ledger, "b", "write_off", node="write_off")

    def found(**of: tuple[str, ...]) -> set[str]:
        return {step.node for step in steps.open_steps(desk, **of)}

    assert found() == {"acceleration", "write_off"}
    assert found(nodes=("write_off",)) == {"write_off"}
    assert found(without=("write_off",)) == {"acceleration"}
    assert found(nodes=("litigation",)) == set()


def test_a_step_counts_how_often_its_gate_was_lifted(ledger: Ledger, desk: Desk) -> None:
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "sue")
    assert ledger.escalate(MONDAY + timedelta(days=8)) == 1
    assert [step.level for step in steps.open_steps(desk)] == [1]
    assert steps.standing(desk, [gate])[gate].left == ("HLG#BLG", "HAP#BAP")


@pytest.mark.parametrize(
    ("left", "first", "final", "now"),
    [((), (), (), ()), (("A", "B", "then:C"), ("A", "B"), ("then:C",), ("A", "B")),
     (("then:C",), (), ("then:C",), ("then:C",)), (("A#2",), ("A#2",), (), ("A#2",))],
)  # fmt: skip
def test_the_final_approver_is_asked_when_no_other_is_left(
    left: tuple[str, ...], first: tuple[str, ...], final: tuple[str, ...], now: tuple[str, ...]
) -> None:
    assert steps.seats(left) == steps.Seats(first, final)
    assert steps.now(left) == now


def test_where_a_gate_stands(ledger: Ledger, desk: Desk) -> None:
    """Seat by seat until it is approved and then until what it approved is done; the ledger knows no other gate."""
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "write_off", node="write_off")
    seats = ("RSK", "FIN", "CMP", "ICT", "HAP", "then:HVP")

    def stands() -> steps.Standing:
        (found,) = steps.standing(desk, [gate, "no such gate", gate]).items()
        assert found[0] == gate
        return found[1]

    assert steps.standing(desk, []) == {}
    for n, seat in enumerate(seats):
        assert stands() == steps.Standing("open", 0, seats[n:])
        answer(ledger, desk, gate, f"{role_of(seat).lower()}-1", seat=seat)
    assert stands() == steps.Standing("approved", 0, (), queued=True)
    assert steps.act(desk, gate) is not None
    assert stands() == steps.Standing("approved", 0)


def test_what_a_gate_approved_is_done_while_a_day_is_open_and_nothing_else_is(ledger: Ledger, desk: Desk) -> None:
    for account in ("a", "b"):
        case_of(ledger, account)
        assert answer(ledger, desk, gate_over(ledger, account, "acceleration"), "bap-1") == "approved"
    (gate, other) = (ledger.intent(account, "acceleration").gate_id for account in ("a", "b"))
    close(desk)
    assert steps.act(desk, gate) is None, "between two days it waits"
    assert ledger.intent("a", "acceleration").state == "queued"
    with writing(desk.engine) as connection:
        connection.execute(business_days.update().values(closed=False))
    for done in (1, 0):
        acted = steps.act(desk, gate)
        assert acted is not None
        assert acted.done == done, "once"
    waiting = {(row.account_id, row.node) for row in ledger.rows(intents, intents.c.state == "queued")}
    assert waiting == {("b", "acceleration"), ("a", "reminder"), ("b", "reminder")}
    assert portfolio.dispatch(desk, MONDAY, gate_ids=[other]).done == 1


# --- the inbox ----------------------------------------------------------------------------------------------------


def test_what_waits_is_in_the_order_of_its_queue_and_the_urgent_is_first(ledger: Ledger, desk: Desk) -> None:
    ids = {}
    for n, account in enumerate("abc"):
        case_of(ledger, account)
        ids[account] = gate_over(ledger, account, "sue", day=MONDAY + timedelta(days=n))
    with writing(ledger.engine) as connection:
        connection.execute(gates.update().where(gates.c.gate_id == ids["c"]).values(urgent="clock"))
    answer(ledger, desk, ids["b"], "blg-1")
    lines = inbox.waiting(desk)
    assert [(line.account, line.urgent) for line in lines] == [("c", "clock"), ("a", ""), ("b", "")]
    assert [line.waiting_for for line in lines] == [("BLG", "BAP"), ("BLG", "BAP"), ("BAP",)]
    assert answer(ledger, desk, ids["b"], "bap-1") == "approved"
    assert [line.account for line in inbox.waiting(desk)] == ["c", "a"]
    (gone,) = inbox.waiting(desk, "approved")
    assert (gone.account, gone.waiting_for, gone.members, gone.lost_on) == ("b", (), 1, date(2032, 1, 1))


def test_a_list_says_how_many_are_still_on_it(ledger: Ledger, desk: Desk) -> None:
    for account in ("a", "b", "c"):
        case_of(ledger, account)
    listed = list_over(ledger, "a", "b", "c")
    inbox.answer(desk, listed, ledger.actor("osm-1"), "strike", "a neighbour", strike=("b",))
    (line,) = inbox.waiting(desk)
    assert (line.account, line.members) == ("", 2)
    view = inbox.view(desk, listed)
    assert (view.kind, view.account, view.currency) == ("list", "", "CNY")
    assert view.members == (("a", "in"), ("b", "struck"), ("c", "in"))


def test_a_gate_shows_what_it_is_about_and_who_said_what(ledger: Ledger, desk: Desk) -> None:
    case_of(ledger, "a", 20_000)
    gate = gate_over(ledger, "a", "sue")
    ledger.delegate("blg-1", "sup-1")
    answer(ledger, desk, gate, "sup-1", "the file is complete", seat="BLG")
    view = inbox.view(desk, gate[:12])
    assert (view.gate_id, view.account, view.kind, view.status) == (gate, "a", "visit", "open")
    assert (view.seats, view.waiting_for, view.currency) == (("BLG", "BAP"), ("BAP",), "CNY")
    assert view.votes == (inbox.Vote("BLG", "sup-1", "blg-1", "approve", "", "the file is complete"),)
    assert dict(view.evidence).keys() == view.raw.keys()
    assert dict(view.evidence)["exposure"] == "20,000.00 CNY"
    assert view.raw["exposure"] == 2_000_000


@pytest.mark.parametrize(("given", "says"), [("nonsense", "no gate 'nonsense'"), ("%%%%", "no gate '%%%%'"),
                                             ("", "'' is too short"), ("abc", "'abc' is too short")])  # fmt: skip
def test_a_gate_is_named_by_a_beginning_that_no_other_has(ledger: Ledger, desk: Desk, given: str, says: str) -> None:
    for account in ("a", "b"):
        case_of(ledger, account)
        gate_over(ledger, account, "sue")
    with pytest.raises(UserError, match=says):
        inbox.view(desk, given)
    with pytest.raises(UserError, match=says):
        answer(ledger, desk, given, "blg-1")
    assert ledger.rows(votes) == []


@pytest.mark.parametrize(
    ("who", "seat", "reason", "says"),
    [
        ("blg-1", "BAP", "seen", "blg-1 has no seat here.*still to be answered: BLG, BAP"),
        ("blg-1", "then:BLG", "seen", "blg-1 has no seat here"),
        ("sup-1", "", "seen", "sup-1 has no seat here"),
        ("blg-1", "BLG", "", "an answer needs a reason"),
        ("blg-1", "BLG", " \n", "an answer needs a reason"),
        ("stranger", "BLG", "seen", "stranger has no seat here"),
    ],
)
def test_an_answer_that_cannot_count_changes_nothing(
    ledger: Ledger, desk: Desk, who: str, seat: str, reason: str, says: str
) -> None:
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "sue")
    before = [ledger.rows(table) for table in (events, gates, votes, intents)]
    actor = ledger.actor(who) if who != "stranger" else Actor("stranger", (), "token")
    with pytest.raises(UserError, match=says):
        inbox.answer(desk, gate, actor, "approve", reason, seat=seat)
    assert [ledger.rows(table) for table in (events, gates, votes, intents)] == before
    assert answer(ledger, desk, gate, "blg-1", seat="BLG") == "open"


def test_who_is_asked_is_who_may_answer_on_this_day(ledger: Ledger, desk: Desk) -> None:
    case_of(ledger, "a")
    gate = gate_over(ledger, "a", "sue", maker="bap-2")
    ledger.delegate("blg-2", "sup-1", MONDAY, MONDAY)
    assert inbox.sitters(desk, gate) == {"BLG": ("blg-1", "blg-2", "sup-1"), "BAP": ("bap-1",)}
    close(desk)
    assert inbox.sitters(desk, gate)["BLG"] == ("blg-1", "blg-2"), "what is answered now belongs to Tuesday"
    with pytest.raises(UserError, match="sup-1 has no seat"):
        answer(ledger, desk, gate, "sup-1", seat="BLG")


# --- what an engine has open --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stand", "why"),
    [
        (steps.Standing("open", 0, ("BLG", "BAP")), ""),
        (steps.Standing("open", 1, ("BAP#BLG",)), "superseded: the gate was lifted to level 1"),
        (steps.Standing("void", 0, ("BLG",)), "answered: the gate is void"),
        (steps.Standing("approved", 1), "answered: the gate is approved"),
        (None, "the ledger has no such gate"),
    ],
)
def test_a_run_is_over_when_nobody_is_left_to_ask(stand: steps.Standing | None, why: str) -> None:
    assert steps.why_over(stand, 0) == why


def test_the_most_urgent_gates_have_the_runs_when_they_are_capped() -> None:
    """Two runs are open, a gate whose right is lost sooner appears: the least urgent run makes room."""
    wanted = [steps.Step(stem, stem, "litigation", "g", 0, MONDAY) for stem in ("sooner", "soon", "later")]
    assert steps.crowded_out(wanted, ["later", "soon"], cap=2) == ["later"]
    assert steps.crowded_out(wanted, ["later", "soon"], cap=3) == []
    assert steps.crowded_out(wanted, ["sooner", "soon"], cap=2) == []
    assert steps.crowded_out(wanted[1:], ["later", "soon"], cap=2) == []
    assert steps.crowded_out([], ["later"], cap=1) == []
