"""The bank's callers: each works the calls that are theirs, one dial an item a day, under a permit each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

import msgspec

from recourse.simulate.core import Core
from recourse.simulate.debtors import Debtors
from recourse.simulate.draws import Draws
from recourse.simulate.office import CallItem, CallOutcome, Office
from recourse.simulate.staff import CALLERS
from recourse.simulate.troubles import Troubles

SHIFTS = 2
LATE_PER_MILLE = 6
NOTED_PER_MILLE = 40
WRONG_PER_MILLE = 60
"""Of the notes, those with a phrase that nobody may say."""
NOTES = ("客户表示近期会还款", "已说明还款方式", "客户请求下周再联系", "已核实身份并说明来意")
WRONG_NOTES = ("告知客户不还款会坐牢", "已告知将通知单位", "提醒客户会列入黑名单")
LATE_AT = time(14, 5, tzinfo=UTC)
"""22:05 in China: a caller who has lost sight of the clock."""


class Callers:
    """They dial what was assigned to them; where nothing is assigned, two of them are on duty each day."""

    def __init__(self, draws: Draws, core: Core, debtors: Debtors, troubles: Troubles) -> None:
        self._draws, self._core, self._debtors, self._troubles = draws, core, debtors, troubles

    def work(self, day: date, at: str, office: Office) -> None:
        """Dial what is open and record what came of it. An account that the core shows as paid is not dialled."""
        items = [item for item in office.calls() if item.collector != "" and self._core.overdue(item.account_id)]
        shifts: defaultdict[tuple[str, str], list[CallItem]] = defaultdict(list)
        for item in sorted(items, key=lambda item: item.call_id):
            late = self._draws.below(1000, item.call_id, day, "late") < LATE_PER_MILLE
            when = datetime.combine(day, LATE_AT).isoformat() if late else at
            shifts[when, item.collector or self._on_duty(item, day)].append(item)
        for (when, caller), shift in sorted(shifts.items(), key=lambda entry: (entry[0][0] != at, entry[0])):
            self._dial(shift, caller, when, day, office)

    def _on_duty(self, item: CallItem, day: date) -> str:
        place = self._draws.below(SHIFTS, item.person_id, "shift") + day.toordinal() * SHIFTS
        return CALLERS[place % len(CALLERS)]

    def _dial(self, items: Sequence[CallItem], caller: str, at: str, day: date, office: Office) -> None:
        answered = office.dial([item.call_id for item in items], caller, at)
        outcomes: list[CallOutcome] = []
        for item in items:
            if answered.get(item.call_id) == "":
                outcome = self._debtors.answers(item, day)
                self._troubles.claimed(item.account_id, outcome, day)
                note = self._note(item, day)
                outcomes.append(msgspec.structs.replace(outcome, note=note, collector=caller))
        if outcomes:
            office.record_calls(outcomes)

    def _note(self, item: CallItem, day: date) -> str:
        """What the caller writes, now and then; "" when nothing."""
        if self._draws.below(1000, item.call_id, day, "noted") >= NOTED_PER_MILLE:
            return ""
        wrong = self._draws.below(1000, item.call_id, day, "wrong note") < WRONG_PER_MILLE
        texts = WRONG_NOTES if wrong else NOTES
        return texts[self._draws.below(len(texts), item.call_id, day, "note")]
