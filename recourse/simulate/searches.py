"""Those who go and see debtors, and those who ask a relative where a debtor is; some debtors opt out of messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from recourse.simulate.debtors import Debtors
from recourse.simulate.draws import Draws
from recourse.simulate.office import Office, Sent
from recourse.simulate.personas import Persona

GOES_AFTER_DAYS = (1, 6)
SEARCHED_PERCENT = 85
OPTS_OUT_PER_MILLE = 8
FORGOTTEN_PERCENT = 3
"""Visits on which somebody forgot to show who he is."""
FOUND: Mapping[str, int] = {"met": 34, "promise": 14, "refused": 12, "not_there": 34, "moved_away": 6}
GONE: Mapping[str, int] = {"not_there": 62, "moved_away": 38}
ANSWERS: Mapping[str, int] = {
    "told_contact": 16, "passed_on": 30, "refused": 24, "wrong_person": 8, "offered_to_pay": 4, "no_answer": 18,
}  # fmt: skip


class Searches:
    """Two collectors go on each visit; a question is asked on the day on which it may be."""

    def __init__(self, draws: Draws, debtors: Debtors) -> None:
        self._draws, self._debtors = draws, debtors

    def work(self, day: date, sent: Sequence[Sent], office: Office) -> None:
        """Go where a visit was agreed to, search for whom nobody met, ask what may be asked."""
        for each in sorted({(s.account_id, s.channel) for s in sent if s.node == "reminder" and s.channel == "sms"}):
            if self._draws.below(1000, *each, day, "opts out") < OPTS_OUT_PER_MILLE:
                office.opts_out(each[0], each[1])
        for visit in office.open_visits("visit"):
            key = (visit.account_id, visit.entered_on, "visit")
            if (day - visit.entered_on).days >= self._draws.between(*GOES_AFTER_DAYS, *key):
                self._go(visit.account_id, key, office)
        for question in office.questions():
            office.asked(question, self._draws.weighted(ANSWERS, question, day, "answers"))

    def _go(self, account_id: str, key: tuple[object, ...], office: Office) -> None:
        gone = self._debtors.persona_of(account_id) is Persona.UNREACHABLE
        code = self._draws.weighted(GONE if gone else FOUND, *key)
        office.see_debtor(account_id, code, not self._draws.chance(FORGOTTEN_PERCENT, *key, "forgot"))
        if code in GONE and self._draws.chance(SEARCHED_PERCENT, *key, "search"):
            office.search(account_id)
