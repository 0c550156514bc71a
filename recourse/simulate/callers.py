"""The bank's callers: they work the queue, one dial an item a day, under a permit each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from recourse.simulate.core import Core
from recourse.simulate.debtors import Debtors
from recourse.simulate.draws import Draws
from recourse.simulate.office import CallItem, CallOutcome, Office
from recourse.simulate.staff import CALLERS
from recourse.simulate.troubles import Troubles

SHIFTS = 2
LATE_PER_MILLE = 6
LATE_AT = time(14, 5, tzinfo=UTC)
"""22:05 in China: a caller who has lost sight of the clock."""


class Callers:
    """Two of them are on duty each day."""

    def __init__(self, draws: Draws, core: Core, debtors: Debtors, troubles: Troubles) -> None:
        self._draws, self._core, self._debtors, self._troubles = draws, core, debtors, troubles

    def work(self, day: date, at: str, office: Office) -> None:
        """Dial what is open and record what came of it. An account that the core shows as paid is not dialled."""
        items = [item for item in office.calls() if self._core.overdue(item.account_id)]
        shifts: defaultdict[tuple[str, str], list[CallItem]] = defaultdict(list)
        for item in sorted(items, key=lambda item: item.call_id):
            late = self._draws.below(1000, item.call_id, day, "late") < LATE_PER_MILLE
            when = datetime.combine(day, LATE_AT).isoformat() if late else at
            place = self._draws.below(SHIFTS, item.person_id, "shift") + day.toordinal() * SHIFTS
            shifts[when, CALLERS[place % len(CALLERS)]].append(item)
        for (when, caller), shift in sorted(shifts.items(), key=lambda entry: (entry[0][0] != at, entry[0])):
            self._dial(shift, caller, when, day, office)

    def _dial(self, items: Sequence[CallItem], caller: str, at: str, day: date, office: Office) -> None:
        answered = office.dial([item.call_id for item in items], caller, at)
        outcomes: list[CallOutcome] = []
        for item in items:
            if answered.get(item.call_id) == "":
                outcome = self._debtors.answers(item, day)
                self._troubles.claimed(item.account_id, outcome, day)
                outcomes.append(outcome)
        if outcomes:
            office.record_calls(outcomes)
