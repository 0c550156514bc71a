"""A business day in parts: the same journal as the embedded runner's, and a part that ran twice ran once."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from desk import inbox, portfolio, steps
from desk.open_desk import Desk, open_desk
from desk.settings import Settings
from recourse import events as ev
from recourse.climb.dispatch import Dispatched
from recourse.climb.sweep import Swept
from recourse.decide import blocked_by
from recourse.documents import press
from recourse.errors import UserError
from recourse.ledger import store
from recourse.ledger.database import reading, writing
from recourse.ledger.export import export
from recourse.ledger.store import Slots
from recourse.ledger.tables import business_days, events, gates, intents, seals
from recourse.ledger.vault import DEMO_KEY
from recourse.verify import verify
from tests.desk.conftest import book_of
from tests.engines.answers import Line, answer, answer_and_act, play_embedded
from tests.engines.book import Bank, embedded_bank

BANK = Bank(accounts=120, lived=9, days=2)


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bank's folder on the morning of the first day to come, for every test to copy."""
    folder = tmp_path_factory.mktemp("bank")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(press, "WORTH_WORKERS", 1000)  # a handful of letters is printed sooner than a worker starts
        patch.setattr("desk.open_desk.load_book", book_of)
        with embedded_bank(folder / "bank", BANK, DEMO_KEY.hex()):
            pass
    return folder / "bank"


@pytest.fixture
def bank(settled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Desk]]:
    """Opens copies of the bank, each under a name."""
    monkeypatch.setattr("desk.open_desk.load_book", book_of)
    monkeypatch.setattr(press, "WORTH_WORKERS", 1000)
    opened: list[Desk] = []

    def copy(name: str) -> Desk:
        place = shutil.copytree(settled, tmp_path / name)
        opened.append(open_desk(Settings(f"sqlite:///{place / 'recourse.db'}", place, DEMO_KEY, "demo")))
        return opened[-1]

    yield copy
    for desk in opened:
        desk.engine.dispose()


@pytest.fixture
def desk(bank: Callable[[str], Desk]) -> Desk:
    return bank("bank")


def deliveries(desk: Desk) -> Path:
    return desk.settings.home / "deliveries"


def work(desk: Desk, day: date, times: int = 1) -> None:
    """A day as an engine works it, each part so many times."""

    def run(part: Callable[..., object], *given: object) -> None:
        for _ in range(times):
            part(desk, day, *given)

    run(portfolio.turn)
    run(portfolio.take_in, deliveries(desk))
    run(portfolio.lift)
    for share in portfolio.shares(desk, day):
        run(portfolio.sweep, share)
    run(portfolio.open_lists)
    for share in portfolio.queues(desk, day):
        run(portfolio.dispatch, share)
    run(portfolio.assign_calls)


def journal(desk: Desk) -> dict[str, str]:
    """The canonical journal, by file; the ledger is sound."""
    folder = desk.settings.home / "journal"
    with reading(desk.engine) as connection:
        assert verify(connection).faults == []
        export(connection, folder)
    return {path.name: path.read_text() for path in folder.glob("*.jsonl")}


def happened(desk: Desk, *on: date) -> Counter[str]:
    """Events of some days by type."""
    with reading(desk.engine) as connection:
        found = connection.execute(select(events.c.type).where(events.c.known_on.in_(on or BANK.days)))
        return Counter(found.scalars())


def test_a_day_in_parts_is_the_day_of_the_embedded_runner(
    bank: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one share, and in several of which each part runs twice; people answer in between."""
    whole, once, twice = bank("whole"), bank("once"), bank("twice")
    play_embedded(whole, BANK.days, deliveries(whole))
    for day in BANK.days:
        assert portfolio.shares(once, day) == ["0/1"]
        work(once, day)
        answer_and_act(once, day)
    monkeypatch.setattr(portfolio, "SHARE_OF", 5)
    for day in BANK.days:
        assert len(portfolio.shares(twice, day)) > 1
        work(twice, day, times=2)
        answer_and_act(twice, day)
    for desk in (whole, once, twice):
        assert portfolio.turn(desk, portfolio.next_day(desk))
    assert journal(once) == journal(whole)
    assert journal(twice) == journal(whole)
    seen = happened(twice)
    assert seen[ev.ActCompleted.TYPE] > 5, "days on which nothing happens prove nothing"
    assert seen[ev.GateOpened.TYPE] >= 2
    assert seen[ev.GateAnswered.TYPE] >= 1


# --- the day is turned --------------------------------------------------------------------------------------------


def turned(desk: Desk) -> list[tuple[date, bool, bool]]:
    """The last days: day, closed, sealed."""
    with reading(desk.engine) as connection:
        sealed = set(connection.execute(select(seals.c.day)).scalars())
        rows = connection.execute(select(business_days).order_by(business_days.c.day)).all()
    return [(row.day, row.closed, row.day in sealed) for row in rows][-2:]


def test_turning_a_day_closes_and_seals_the_one_before(desk: Desk) -> None:
    one, two = BANK.days
    assert portfolio.open_business_day(desk) is None
    assert [portfolio.turn(desk, one) for _ in range(2)] == [True, True]
    assert portfolio.open_business_day(desk) == one
    assert portfolio.turn(desk, two)
    assert turned(desk) == [(one, True, True), (two, False, False)]
    assert portfolio.open_business_day(desk) == two
    assert not portfolio.turn(desk, one), "it is closed, and stays so"
    with pytest.raises(UserError, match="which was played"):
        portfolio.turn(desk, one - timedelta(days=100))
    assert turned(desk) == [(one, True, True), (two, False, False)]
    assert happened(desk) == {ev.DayOpened.TYPE: 2, ev.DayClosed.TYPE: 1}


def test_the_next_day_is_the_next_working_day_where_days_are_played_and_today_elsewhere(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert portfolio.next_day(desk) == BANK.days[0]
    saturday = date(2024, 11, 16)
    with pytest.raises(UserError, match="2024-11-16 is no working day"):
        portfolio.check_workday(desk, saturday)
    portfolio.check_workday(desk, BANK.days[0])
    monkeypatch.setattr(Desk, "today", lambda _: saturday)
    real = Desk(msgspec.structs.replace(desk.settings, mode="development"))
    assert portfolio.next_day(real) == saturday
    real.engine.dispose()


@pytest.mark.parametrize("part", ["take_in", "lift", "sweep", "open_lists", "dispatch", "dispatch_left"])
def test_a_closed_day_is_written_on_by_no_part(desk: Desk, part: str) -> None:
    """An engine may run a part of an old day again, when everything was still to be done as the day was closed."""
    one, two = BANK.days
    portfolio.turn(desk, one)
    if part in ("open_lists", "dispatch", "dispatch_left"):
        portfolio.take_in(desk, one, deliveries(desk))
        portfolio.sweep(desk, one, "0/1")
    with writing(desk.engine) as connection:
        connection.execute(gates.update().values(due_on=one - timedelta(days=1)))
    portfolio.turn(desk, two)
    before = happened(desk, one)
    given: tuple[object, ...] = {"take_in": (deliveries(desk),), "sweep": ("0/1",)}.get(part, ())
    with pytest.raises(UserError, match=f"business day {one} is closed"):
        getattr(portfolio, part)(desk, one, *given)
    assert happened(desk, one) == before


# --- shares -------------------------------------------------------------------------------------------------------


def test_there_are_as_many_shares_as_the_work_needs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """28 accounts are late, and fewer cases are due among them."""
    for at_once, number in ((28, 1), (27, 2), (14, 2), (13, 3), (1, 28)):
        monkeypatch.setattr(portfolio, "SHARE_OF", at_once)
        found = portfolio.shares(desk, BANK.days[0])
        assert len(found) == number, at_once
        slots = [(share.first, share.last) for share in map(Slots.of, found)]
        assert (slots[0][0], slots[-1][1]) == (Slots().first, Slots().last)
        assert all(one[1] + 1 == other[0] for one, other in pairwise(slots)), "nobody is in two shares or in none"
    monkeypatch.setattr(portfolio, "SHARES_AT_MOST", 4)
    assert portfolio.shares(desk, BANK.days[0]) == ["0/4", "1/4", "2/4", "3/4"]


def test_a_share_is_worked_and_the_others_are_left(desk: Desk) -> None:
    day, quarters = BANK.days[0], [f"{k}/4" for k in range(4)]
    portfolio.turn(desk, day)
    portfolio.take_in(desk, day, deliveries(desk))
    decided = [portfolio.sweep(desk, day, share).decided for share in quarters]
    assert 0 < max(decided) < sum(decided)
    released = [portfolio.dispatch(desk, day, share).released for share in quarters]
    assert 0 < max(released) < sum(released)


# --- what goes out ------------------------------------------------------------------------------------------------


def queued(desk: Desk) -> Counter[bool]:
    """How many acts wait under a gate, and how many without one; those that a brake keeps today are left out."""
    with reading(desk.engine) as connection:
        found = connection.execute(select(intents).where(intents.c.state == "queued")).all()
        cases = store.load(connection, [row.case_id for row in found])
    day = portfolio.open_business_day(desk) or BANK.days[0]
    strategy = desk.strategy(day)
    return Counter(
        bool(row.gate_id)
        for row in found
        if not blocked_by(strategy.judge_of(cases[row.case_id].facts), cases[row.case_id].facts, row.node, day)
    )


def agreed(desk: Desk, gate_id: str) -> str:
    """Every seat of a gate says yes; the gate's status."""
    while (view := inbox.view(desk, gate_id)).status == "open":
        seat = steps.now(view.waiting_for)[0]
        who = inbox.sitters(desk, gate_id)[seat][0]
        answer(desk, Line(gate_id, seat, who, "approve", "".join(view.choices[:1])))
    return view.status


def test_what_gates_approved_is_taken_up_and_the_day_s_own_dispatch_is_left(desk: Desk) -> None:
    day = BANK.days[0]
    portfolio.turn(desk, day)
    portfolio.take_in(desk, day, deliveries(desk))
    evening = queued(desk)
    assert portfolio.dispatch_left(desk, day).done == evening[True] > 0, "agreed to after the last day's dispatch"
    portfolio.sweep(desk, day, "0/1")
    portfolio.open_lists(desk, day)
    assert portfolio.dispatch_left(desk, day).released == 0, "nothing is approved"
    assert {agreed(desk, line.gate_id) for line in inbox.waiting(desk)} == {"approved"}
    waiting = queued(desk)
    assert min(waiting[True], waiting[False]) > 0, waiting
    assert portfolio.dispatch_left(desk, day).done == waiting[True]
    assert queued(desk) == {False: waiting[False]}
    assert portfolio.dispatch_left(desk, day).released == 0


def test_a_delivery_is_taken_in_once_and_on_its_day(desk: Desk) -> None:
    one, two = BANK.days
    portfolio.turn(desk, one)
    assert [portfolio.take_in(desk, one, deliveries(desk)) for _ in range(2)] == [1, 0]
    portfolio.turn(desk, two)
    assert portfolio.take_in(desk, two, None) == 0
    assert [portfolio.take_in(desk, two, deliveries(desk)) for _ in range(2)] == [1, 0]


def test_the_summary_adds_up_the_shares(desk: Desk) -> None:
    day = BANK.days[0]
    portfolio.turn(desk, day)
    swept = [Swept(opened=1, decided=5, ended=2), Swept(decided=7)]
    sent = [Dispatched(done=3, failed=1, refused=4), Dispatched(done=1, unknown=2)]
    found = portfolio.summary(desk, day, swept, sent)
    assert (found.decided, found.opened, found.ended) == (12, 1, 2)
    assert (found.done, found.failed, found.unknown, found.refused) == (4, 1, 2, 4)
    assert found.day == day
