"""Somebody who stands beside the bank, sees every contact at the moment it is made, and knows the rules from paper.

Nothing of the code that judges contacts is asked here. What is forbidden is worked out once more, from the numbers that
the packs cite and from what has happened so far in front of the onlooker.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from recourse import events as ev
from recourse.acts import Item
from recourse.ledger.database import reading
from recourse.ledger.history import stream
from recourse.ledger.tables import gates, permits
from tests.core.ledgers import MONDAY, Ledger
from tests.law.town import AGENCY, OWN_CALLED, THIRD, ZONES

if TYPE_CHECKING:
    from recourse.agencies.files import ResultRow

SPOKEN = ("call", "visit", "sms", "email", "app")
"""Ways that reach a person at once; a letter has no hour."""
FIRST, LAST = time(8), time(22)
"""22:00 to 8:00 of the next day nobody is contacted unless he agreed to another time (CBA guideline 2026; GB/T 45251-2025)."""
DIALS_TO_A_NUMBER = 6
CALLS_TO_A_DEBTOR = 3
"""Conversations of a day over all debts (GB/T 45251-2025; the bank's own for its other products)."""
A_DAY = {"sms": 1, "email": 1, "app": 1, "visit": 1}
SMS_IN_SEVEN_DAYS = 3
"""The bank's own strategy (bank_default/contact)."""
FOR_AN_AGENCY = 2
COLLECTORS = 2
"""Who go on a visit, at least (催收工作指引 2026, 22)."""
FAILED_CALLS, FAILED_DAYS = 3, 3
"""Contact is lost on the day after the third call in a row that failed, or with the third day in a row (失联债务人)."""
FAILED = ("no_answer", "switched_off", "invalid_number", "busy")
NOT_MADE = "given_back"
OF_THE_AGENCY, BEYOND = f"agency:{AGENCY}", f"overrun:{AGENCY}"
"""What a permit is for that was set aside, and what a row is for that counts a contact which nobody permitted."""
LEFT_ALONE = ("do_not_contact", "ceased", "represented")
"""What a debtor says for all ways and numbers (bank_default/contact)."""


class Said(NamedTuple):
    person: str
    kind: str
    number: str
    channel: str
    hours: tuple[str, str] | None
    until: date | None
    on: date


def own_clock(at: datetime, person: str) -> datetime:
    """What a person's clock shows: the offset that the zone has at that instant, added by hand."""
    offset = at.astimezone(ZoneInfo(ZONES[person])).utcoffset()
    assert offset is not None
    return at.astimezone(UTC).replace(tzinfo=None) + offset


class Onlooker:
    """What has happened so far, and what is wrong with what is seen."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.today = ledger, MONDAY
        self.dead: dict[str, date] = {}
        self.terms: list[Said] = []
        self.taken_back: list[tuple[Said, date]] = []
        self.ended: dict[tuple[str, str], date] = {}
        self.refused_by_third: set[str] = set()
        self.placed: dict[str, tuple[date, date]] = {}
        self.reported: set[tuple[str, datetime, str]] = set()
        self.counts: dict[str, int] = {}
        """How often each kind of contact was seen, so that a test can say that it was seen at all."""
        self._known: dict[str, Any] = {}
        self._overruns: set[str] = set()
        """Rows that stand only for a contact which an agency made beyond what it was given: each of them is a breach, and none was
        permitted by anybody."""

    # --- what becomes known -------------------------------------------------------------------------------------------

    def said(
        self, person: str, kind: str, number: str, channel: str, hours: tuple[str, str] | None, until: date | None,
        on: date,
    ) -> None:  # fmt: skip
        self.terms.append(Said(person, kind, number, channel, hours, until, on))
        if kind == "consent":
            self.terms = [t for t in self.terms if (t.person, t.kind, t.number) != (person, "refused", number)]

    def withdrawn(self, person: str, kind: str) -> None:
        self.taken_back += [(t, self.today) for t in self.terms if (t.person, t.kind) == (person, kind)]
        self.terms = [t for t in self.terms if (t.person, t.kind) != (person, kind)]

    def third_refused(self, number: str) -> None:
        self.refused_by_third.add(number)

    # --- every contact that was permitted -----------------------------------------------------------------------------

    def look(self) -> None:
        """Judge what was permitted since the last look, one after the other."""
        rows = {row.permit_id: row for row in self.ledger.rows(permits)}
        fresh = [rows[new] for new in rows.keys() - self._known.keys()]
        self._known = {known: rows[known] for known in self._known}
        beyond = {
            row.permit_id for row in fresh if row.purpose == BEYOND or (row.purpose == OF_THE_AGENCY and row.used)
        }
        if beyond:
            self._overruns |= beyond
            told = sum("quota" in e.violations for e in self._contacts())
            assert len(self._overruns) <= told, "an agency went beyond what it was given, and it is no breach"
        for row in sorted(fresh, key=lambda row: (row.issued_at, row.permit_id)):
            if row.permit_id not in self._overruns:
                self._judge(row, list(self._known.values()))
            self._known[row.permit_id] = row

    def _judge(self, row: Any, before: Sequence[Any]) -> None:
        at = datetime.fromisoformat(row.issued_at)
        self._count(f"{row.channel} {row.role}")
        if row.purpose == OF_THE_AGENCY:
            wrong = self._person_or_number(row, row.issued_on)
        else:
            assert row.issued_on == own_clock(at, row.person_id).date()
            wrong = self.forbidden(row, at)
        wrong += self._too_many(row, before)
        if row.role == "third_party":
            wrong += self._of_a_third_party(row, before)
        assert not wrong, f"{row.channel} to {row.number_id} of {row.person_id} at {at}: {wrong}"

    def forbidden(self, row: Any, at: datetime) -> list[str]:
        """What stands against a contact under a permit at an instant, be it the first time or a repeat."""
        here, wrong = own_clock(at, row.person_id), []
        if row.channel in SPOKEN:
            if here.date() != row.issued_on:
                wrong.append("the permit is of another day")
            if not FIRST <= here.time() < LAST and not self._agreed(row, here):
                wrong.append(f"{here} in {ZONES[row.person_id]}")
        return wrong + self._person_or_number(row, here.date())

    def _agreed(self, row: Any, here: datetime) -> bool:
        return any(
            _within(term.hours, here.time())
            for term in self.terms
            if term.kind == "agreed_time" and term.hours and term.person == row.person_id and _still(term, here.date())
            and term.channel in ("", row.channel) and term.number in ("", row.number_id)
        )  # fmt: skip

    def _person_or_number(self, row: Any, on: date) -> list[str]:
        person, number, wrong = row.person_id, row.number_id, []
        died_on = self.dead.get(person)
        if died_on is not None:
            wrong.append("dead")
        for term in (term for term in self.terms if _still(term, on)):
            if term.person == person and term.kind in LEFT_ALONE:
                wrong.append(term.kind)
            if term.kind == "refused" and term.number == number:
                wrong.append("the number was refused")
            if term.person == person and term.kind == "opt_out" and term.channel == row.channel:
                wrong.append("the medium was refused")
        ended_on = self.ended.get((person, number))
        if ended_on is not None and ended_on <= on:
            wrong.append(f"the number ended on {ended_on}")
        whose = THIRD.get((person, number))
        if row.role != "third_party" and whose and not (whose == "workplace" and self._consented(row, on)):
            wrong.append(f"the number is a {whose}'s, who is told of the debt")
        if number in self.refused_by_third and not (row.role != "third_party" and number in OWN_CALLED[person]):
            wrong.append("the third party refused")
        return wrong

    def _consented(self, row: Any, on: date) -> bool:
        return any(
            (t.person, t.kind, t.number) == (row.person_id, "consent", row.number_id) and _still(t, on)
            for t in self.terms
        )

    def _too_many(self, row: Any, before: Sequence[Any]) -> list[str]:
        """Counted over all debts of the person, over everybody who has the number, over the bank and its agency."""
        made = [each for each in before if each.used != NOT_MADE]
        same_day = [each for each in made if each.issued_on == row.issued_on and each.channel == row.channel]
        theirs = [each for each in same_day if each.person_id == row.person_id and each.role != "third_party"]
        wrong = []
        if row.channel == "call":
            if sum(each.number_id == row.number_id for each in same_day) >= DIALS_TO_A_NUMBER:
                wrong.append("the number was dialled often enough")
            spoken = [each for each in theirs if each.used not in FAILED]
            if row.role != "third_party" and len(spoken) >= CALLS_TO_A_DEBTOR:
                wrong.append("spoken to often enough")
        elif row.channel in A_DAY and len(theirs) >= A_DAY[row.channel]:
            wrong.append("one a day")
        if row.channel == "sms" and self._in_a_week(row, made) >= SMS_IN_SEVEN_DAYS:
            wrong.append("three in seven days")
        if row.purpose.startswith("agency:"):
            aside = [each for each in theirs if each.purpose == row.purpose and each.permit_id not in self._overruns]
            if len(aside) >= FOR_AN_AGENCY:
                wrong.append("the agency has its part")
        return wrong

    def _in_a_week(self, row: Any, made: Sequence[Any]) -> int:
        """The most that any seven days hold which this day lies in."""
        days: list[date] = [each.issued_on for each in made if (each.person_id, each.channel) == (row.person_id, "sms")]
        today: date = row.issued_on
        starts = (today - timedelta(days=n) for n in range(7))
        return max(sum(0 <= (day - start).days < 7 for day in days) for start in starts)

    # --- third parties ------------------------------------------------------------------------------------------------

    def _of_a_third_party(self, row: Any, before: Sequence[Any]) -> list[str]:
        wrong = [] if THIRD.get((row.person_id, row.number_id)) else ["no third party of this debtor's"]
        if not self._lost(row, before):
            wrong.append("the debtor is not lost")
        asked = gates.c.case_id == row.case_id, gates.c.node == "locate", gates.c.status == "approved"
        if not self.ledger.rows(gates, *asked):
            wrong.append("nobody agreed to it")
        return wrong

    def _lost(self, row: Any, before: Sequence[Any]) -> bool:
        """Whether the debtor's calls failed in a row, up to today, as the guideline wants it."""
        mine = [
            each for each in before
            if (each.person_id, each.channel) == (row.person_id, "call") and each.role != "third_party" and each.used != NOT_MADE
        ]  # fmt: skip
        spoken = max((each.issued_at for each in mine if each.used not in FAILED), default="")
        failed = sorted((each for each in mine if each.issued_at > spoken), key=lambda each: each.issued_at)
        days = {each.issued_on for each in failed}
        in_a_row = any({day + timedelta(days=n) for n in range(FAILED_DAYS)} <= days for day in days)
        last = {each.number_id: each.used for each in failed}
        alive = [n for n in OWN_CALLED[row.person_id] if (row.person_id, n) not in self.ended]
        all_dead = bool(alive) and all(last.get(number) == "invalid_number" for number in alive)
        third = failed[FAILED_CALLS - 1].issued_on if len(failed) >= FAILED_CALLS else date.max
        return third < self.today or in_a_row or all_dead

    # --- what is handed to a way out, the first time or again ---------------------------------------------------------

    def performed(self, item: Item, permit: Sequence[str], at: datetime, to_each: bool) -> None:
        """An act is done upon a case: everybody whom it reaches may be reached under a permit at this instant."""
        if not permit or item.effect != "act":
            return
        persons = [item.facts.person_id, *(item.facts.debtors if to_each else ())]
        for person in dict.fromkeys(persons):
            if person in item.without:
                continue
            mine = [row for row in self._known.values()
                    if (row.person_id, row.case_id, row.purpose) == (person, item.case_id, item.node)]  # fmt: skip
            assert mine, f"{item.node} to {person} at {at} without a permit"
            latest = max(mine, key=lambda row: (row.issued_at, row.permit_id))
            self._count(f"{item.node} to {'debtor' if person == item.facts.person_id else 'another'}")
            wrong = self.forbidden(latest, at)
            assert not wrong, f"{item.node} by {latest.channel} to {person} at {at}: {wrong}"

    # --- visits -------------------------------------------------------------------------------------------------------

    def visited(self, planned: Any, person: str, today: date) -> None:
        """Collectors come back from a visit: nobody goes who knew in the morning that it may not be."""
        self._count("visit made")
        on = planned.planned_on
        forbids = [t for t in self.terms if t.person == person and t.kind in LEFT_ALONE and t.on < on and _still(t, on)]
        assert not forbids, f"a visit on {on} to one who said {forbids[0].kind} on {forbids[0].on}"
        assert self.dead.get(person, date.max) >= on, f"a visit on {on} to the dead"
        row = self._known[planned.permit_id]
        here = own_clock(datetime.fromisoformat(row.issued_at), person)
        assert here.date() == on
        assert FIRST <= here.time() < LAST or self._agreed(row, here) or self._agreed_today(row, here, on), (
            f"a visit at {here}, which is not agreed to any more"
        )

    def _agreed_today(self, row: Any, here: datetime, on: date) -> bool:
        """Whether it was taken back only on the day itself, when collectors were on their way."""
        return any(
            t.person == row.person_id and day == on and _within(t.hours, here.time()) for t, day in self.taken_back
        )

    # --- an agency ----------------------------------------------------------------------------------------------------

    def breaches_of(self, name: str, person: str, rows: Sequence[ResultRow], number: str) -> dict[str, set[str]]:
        """Instant → the breaches that a report must be found to hold; what was reported before is no news."""
        due: dict[str, set[str]] = {}
        placed_on, until = self.placed[name]
        aside: dict[date, int] = {}
        for each in self.ledger.rows(permits):
            if each.purpose == OF_THE_AGENCY and each.person_id == person and each.used == "":
                aside[each.issued_on] = aside.get(each.issued_on, 0) + 1
        for row in sorted(rows, key=lambda row: row.at):
            key = (row.placement_id, row.at, row.channel)
            if key in self.reported:
                continue
            self.reported.add(key)
            here = own_clock(row.at, person)
            on = here.date()
            wrong = set() if on >= placed_on else {"not_placed"}
            if row.channel != "incoming":
                wrong |= self._of_the_debtor(row, person, number, here, on)
                if on > until and on >= placed_on:
                    wrong.add("after_recall")
                if not aside.get(on):
                    wrong.add("quota")
                aside[on] = max(0, aside.get(on, 0) - 1)
            due[row.at.isoformat()] = wrong
        return due

    def _of_the_debtor(self, row: ResultRow, person: str, number: str, here: datetime, on: date) -> set[str]:
        wrong = set()
        as_permit = _Asked(person, number, row.channel)
        if not FIRST <= here.time() < LAST and not self._agreed_whatever(person, row.channel, here):
            wrong.add("quiet_hours")
        if number and number not in OWN_CALLED[person]:
            wrong.add("third_party")
        for term in (term for term in self.terms if term.on < on and _still(term, on)):
            mine = term.person == person
            refused = term.kind == "refused" and number and term.number == as_permit.number_id
            opted_out = mine and term.kind == "opt_out" and term.channel == row.channel
            if (mine and term.kind in LEFT_ALONE) or refused or opted_out:
                wrong.add("do_not_contact")
        if self.dead.get(person, date.max) < on:
            wrong.add("do_not_contact")
        return wrong

    def _agreed_whatever(self, person: str, channel: str, here: datetime) -> bool:
        return self._agreed(_Asked(person, "", channel), here)

    def agency_reported(self, name: str, due: dict[str, set[str]]) -> None:
        """Each contact stands in the journal with its breaches, and each breach stands against the agency."""
        if not due:
            return
        with reading(self.ledger.engine) as connection:
            told_of = [entry.event for entry in stream(connection, OF_THE_AGENCY)]
        against = {(e.contact_id, e.violation) for e in told_of if isinstance(e, ev.ViolationFound)}
        journal = {e.at: e for e in self.ledger.events(name, ev.AgencyContacted)}
        for at, wrong in due.items():
            told = journal[at]
            self._count("agency contact" if not wrong else "agency breach")
            assert set(told.violations) == wrong, f"{told.channel} at {at}: {told.violations}, and it broke {wrong}"
            for name_of in wrong:
                assert (told.contact_id, name_of) in against, f"nobody is told of {name_of}"

    def _contacts(self) -> list[ev.AgencyContacted]:
        return [e for name in self.placed for e in self.ledger.events(name, ev.AgencyContacted)]

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


class _Asked(NamedTuple):
    person_id: str
    number_id: str
    channel: str


def _still(term: Said, on: date) -> bool:
    return term.until is None or on <= term.until


def _within(hours: tuple[str, str] | None, at: time) -> bool:
    if hours is None:
        return False
    start, end = time.fromisoformat(hours[0]), time.fromisoformat(hours[1])
    return start <= at < end if start < end else at >= start or at < end
