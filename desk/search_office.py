"""The made-up town's door to visits, searches and opt-outs: what a rule refuses is passed over there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import msgspec

from desk.contact_desk import ContactTerms
from desk.field_visits import FieldVisits
from desk.locating import Locating
from desk.open_desk import Desk
from desk.operations import Operations
from desk.town_counter import TownCounter
from recourse.climb.strategy import Strategy
from recourse.errors import UserError
from recourse.ledger.dossier import Pen
from recourse.simulate.staff import CALLERS
from tasks.locate import SPOKEN
from tasks.visit import Form

HOUR = "15:00"


class SearchOffice(TownCounter):
    """One business day's searches and visits, beside what comes to the counters."""

    def __init__(self, desk: Desk, strategy: Strategy, pen: Pen) -> None:
        super().__init__(desk, strategy, pen)
        self._work = Operations(desk, strategy, pen)

    def _as(self, actor: str) -> Operations:
        return Operations(self._desk, self._strategy, msgspec.structs.replace(self._pen, actor=actor))

    def see_debtor(self, account_id: str, code: str, identified: bool) -> None:
        visits, work = FieldVisits(self._as(CALLERS[0])), self._work
        with suppress(UserError):
            visits.plan(account_id, work.pen.day, HOUR, CALLERS[:2], "home")
            visits.record(account_id, Form(code, identified, f"AV-{account_id}-{work.pen.day}", HOUR))

    def search(self, account_id: str) -> None:
        locating = Locating(self._as(CALLERS[0]))
        with suppress(UserError):
            points = [point for point in locating.points(account_id) if not point.said]
            if points:
                locating.propose(account_id, points[0].contact_id, "外访未见债务人")

    def questions(self) -> Sequence[str]:
        return [item.locate_id for item in Locating(self._work).items() if item.state == "open"]

    def asked(self, question: str, code: str) -> None:
        locating = Locating(self._as(CALLERS[1]))
        with suppress(UserError):
            if not locating.dial(question).rule:
                locating.record(question, code, f"REC-{question[:12]}" if code in SPOKEN else "")

    def opts_out(self, account_id: str, channel: str) -> None:
        with suppress(UserError):
            ContactTerms(self._work).say(account_id, "opt_out", f"短信回复退订 {account_id}", channel=channel)
