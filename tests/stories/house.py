"""The rules of the house, held against every life when its story ends."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from sqlalchemy import select

from recourse import events as ev
from recourse.acts import Entry
from recourse.casefile import CaseFile
from recourse.fold import fold
from recourse.ladder import ActClass
from recourse.ledger.database import reading
from recourse.ledger.history import stream
from recourse.ledger.tables import cases
from recourse.verify import check_visits, verify
from tasks.ladder import LADDER
from tests.stories.bank import Bank


def check(bank: Bank) -> None:
    """The ledger is sound, and no life in it broke a rule."""
    with reading(bank.desk.engine) as connection:
        found = verify(connection)
        check_visits(connection, found)
        assert not found.faults, found.faults
        lives = {
            case_id: list(stream(connection, f"case:{case_id}"))
            for case_id in connection.execute(select(cases.c.case_id)).scalars()
        }
    for journal in lives.values():
        _one_step_a_track_a_day(journal)
        _no_key_twice(journal)
        _nothing_once_paid(journal)
        _one_hand_on_a_debt(journal)


def _one_step_a_track_a_day(journal: list[Entry]) -> None:
    steps = Counter(
        (entry.envelope.known_on, LADDER.by_name[step.node].track)
        for entry in journal
        if isinstance(entry.event, ev.DecisionMade)
        for step in entry.event.steps
    )
    assert [pair for pair, times in steps.items() if times > 1] == [], "two steps of a track on one day"


def _no_key_twice(journal: list[Entry]) -> None:
    done: defaultdict[str, list[date]] = defaultdict(list)
    for entry in journal:
        if isinstance(entry.event, ev.ActCompleted):
            done[entry.event.key].append(entry.envelope.known_on)
    assert {key: days for key, days in done.items() if len(days) > 1} == {}, "one key acted on twice"


def _one_hand_on_a_debt(journal: list[Entry]) -> None:
    """An agency and an adverse act never hold one debt at once."""
    file = CaseFile()
    for entry in journal:
        event = entry.event
        if isinstance(event, ev.ActReleased) and event.key.endswith("/act"):
            adverse = LADDER.by_name[event.node].act_class is ActClass.ADVERSE
            assert not (adverse and file.placement), f"{event.node} went out while {file.placement} held the debt"
        fold(file, event, entry.envelope.effective_on, entry.envelope.known_on)
        if isinstance(event, ev.PlacementMade) and not entry.envelope.actor.startswith("import:"):
            hurting = [
                name
                for name, visit in file.open_visits()
                if LADDER.by_name[name].act_class is ActClass.ADVERSE and visit.state in ("released", "open")
            ]
            assert hurting == ["agency_referral"], f"placed while {hurting} were under way"


def _nothing_once_paid(journal: list[Entry]) -> None:
    for entry in journal:
        if isinstance(entry.event, ev.ActReleased) and entry.event.claimed and entry.event.key.endswith("/act"):
            hurts = LADDER.by_name[entry.event.node].act_class in (ActClass.CONTACT, ActClass.ADVERSE)
            assert not (hurts and entry.event.claimed.total == 0), (
                f"{entry.event.node} went out on a debt that was paid"
            )
