"""What people at the desk, collectors on the road and an agency do: each verb takes the next step that is open to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from desk.contact_desk import ContactTerms
from desk.field_visits import FieldVisits
from desk.locating import Locating
from desk.operations import Operations
from recourse import events as ev
from recourse.agencies.contract import seriousness
from recourse.agencies.files import ResultRow
from recourse.climb import agency_quota, agency_results
from recourse.contact_law import Permit
from recourse.ledger.days import writing_on
from recourse.ledger.tables import contacts, field_visits, gates, locates
from tasks import visit
from tests.core.ledgers import STAFF, pen_of
from tests.law.town import AGENCY, CALLERS, DIALLER, SUPERVISOR, point

if TYPE_CHECKING:
    from tests.law.histories import Bank


class DeskVerbs:
    """Verbs of a bank; each tells the bank's onlooker what became known by it."""

    def __init__(self, bank: Bank) -> None:
        self.bank, self.ledger, self.seen = bank, bank.ledger, bank.onlooker

    def _work(self, actor: str, at: str = "02:00:00") -> Operations:
        day = self.bank.day
        return Operations(self.bank.desk, self.ledger.strategy(day), pen_of(day, actor, f"{at}+00:00"))

    def _person(self, name: str) -> str:
        return str(self.ledger.case(name).facts.person_id)

    # --- what debtors say ---------------------------------------------------------------------------------------------

    def says(
        self, name: str, kind: str, number: str = "", channel: str = "", hours: tuple[str, str] | None = None,
        days: int = 0,
    ) -> None:  # fmt: skip
        """Something is said on proof; `number`: one of the person's, `days`: for how long (0 = until withdrawn)."""
        person = self._person(name)
        until = self.bank.day + timedelta(days=days) if days else None
        contact = self._contact(person, number) if number else ""
        terms = ContactTerms(self._work(SUPERVISOR), ("SUP",))
        terms.say(name, kind, "letter", contact=contact, channel=channel, hours=hours, until_on=until)
        self.seen.said(person, kind, number, channel, hours, until, self.bank.day)

    def takes_back(self, name: str, kind: str) -> None:
        ContactTerms(self._work(SUPERVISOR), ("SUP",)).withdraw(name, kind, "letter")
        self.seen.withdrawn(self._person(name), kind)

    def _contact(self, person: str, number: str) -> str:
        rows = self.ledger.rows(contacts, contacts.c.party_id == person, contacts.c.number_id == number)
        return str(rows[0].contact_id) if rows else "none"

    def ends(self, person: str, channel: str, number: str) -> None:
        """The file that was delivered says that a number is the person's no longer."""
        on = self.bank.day
        with writing_on(self.ledger.engine, on) as connection:
            point_id = point(person, channel, number)
            ended = contacts.update().where(contacts.c.contact_id == point_id, contacts.c.valid_to.is_(None))
            if connection.execute(ended.values(valid_to=on)).rowcount:
                self.seen.ended.setdefault((person, number), on)

    # --- contacts by hand and by machine ------------------------------------------------------------------------------

    def asks(self, name: str, at: str, channel: str, voice: str, number: str, code: str) -> None:
        """A permit is asked for a contact that is made at once; `number` "": the one in use."""
        who = CALLERS[0] if voice == "human" else DIALLER
        terms = ContactTerms(self._work(who, at))
        contact = self._contact(self._person(name), number) if number else ""
        answer = terms.ask(name, channel, voice, contact=contact)
        self.seen.look()
        if isinstance(answer, Permit) and code:
            terms.used(answer.permit_id, code, f"{self.bank.day}T{at}+00:00")

    # --- third parties ------------------------------------------------------------------------------------------------

    def searches(self, name: str, number: str, at: str, code: str) -> None:
        """A question that is open is asked; else one is proposed."""
        desk = Locating(self._work(CALLERS[0], at))
        case_id = self.ledger.case_id(name)
        for row in self.ledger.rows(locates, locates.c.case_id == case_id, locates.c.state == "open"):
            asked = desk.dial(row.locate_id)
            self.seen.look()
            if asked.permit_id:
                desk.record(row.locate_id, code, "recording")
                if code in ("refused", "wrong_person"):
                    self.seen.third_refused(row.number_id)
            return
        desk.propose(name, self._contact(self._person(name), number), "not at home")

    def agrees(self, node: str) -> None:
        """Whoever may answers every open gate of a node with yes."""
        for gate in self.ledger.rows(gates, gates.c.status == "open", gates.c.node == node):
            for who in sorted({who for role in STAFF for who in STAFF[role]}):
                self.bank.answers(gate, who, "approve")

    # --- visits -------------------------------------------------------------------------------------------------------

    def visits(self, name: str, at: str, days: int, going: int, place: str, code: str) -> None:
        """A planned visit is reported when its day has come; else one that was agreed to is planned; else proposed."""
        trips = FieldVisits(self._work(CALLERS[0]))
        case_id = self.ledger.case_id(name)
        planned = self.ledger.rows(field_visits, field_visits.c.case_id == case_id, field_visits.c.state == "planned")
        stage = self.ledger.case(name).file.visits.get("visit")
        if planned:
            if planned[0].planned_on <= self.bank.day:
                self.seen.visited(planned[0], self._person(name), self.bank.day)
                trips.record(name, visit.Form(code, True, "recording", planned[0].time), planned[0].planned_on)
        elif stage is not None and stage.state == "open":
            trips.plan(name, self.bank.day + timedelta(days=days), at, CALLERS[:going] if going else CALLERS[1:], place)
        else:
            trips.propose(name, "nobody answers")

    # --- an agency ----------------------------------------------------------------------------------------------------

    def places(self, name: str, days: int) -> None:
        """The agency is given a debt that nobody has, for so many days."""
        file = self.ledger.case(name).file
        if file.end or name in self.seen.placed:
            return
        until = self.bank.day + timedelta(days=days)
        self.ledger.arrive(name, ev.PlacementMade(f"pl-{name}", AGENCY, until), day=self.bank.day)
        self.seen.placed[name] = (self.bank.day, until)

    def recalls(self, name: str) -> None:
        if name in self.seen.placed and self.bank.day >= self.seen.placed[name][0]:
            self.ledger.arrive(name, ev.PlacementRecalled(f"pl-{name}", "asked"), day=self.bank.day)
            placed_on, until = self.seen.placed[name]
            self.seen.placed[name] = (placed_on, min(until, self.bank.day))

    def sets_aside(self) -> None:
        """The agency gets its contacts of the day."""
        strategy, pen = self.ledger.strategy(self.bank.day), pen_of(self.bank.day)
        with writing_on(self.ledger.engine, self.bank.day) as connection:
            agency_quota.give(connection, strategy, pen, AGENCY, ("agency_referral", "call"))

    def agency(self, name: str, at: str, channel: str, code: str, number: str, times: int) -> None:
        """The agency reports so many contacts of today, a minute apart; `number` "": it does not say which."""
        if name not in self.seen.placed:
            return
        first = datetime.fromisoformat(f"{self.bank.day}T{at}+00:00")
        first = min(first, datetime(first.year, first.month, first.day, 23, 50, tzinfo=UTC))
        rows = [
            ResultRow(n + 2, f"pl-{name}", first + timedelta(minutes=n), channel, code, None, None, "recording")
            for n in range(times)
        ]  # fmt: skip
        person = self._person(name)
        due = self.seen.breaches_of(name, person, rows, number)
        strategy, pen = self.ledger.strategy(self.bank.day), pen_of(self.bank.day)
        policy = self.ledger.book.at(self.bank.day, "cn", "")
        follows = agency_results.Follows(lambda *_: (), lambda _: "")
        with writing_on(self.ledger.engine, self.bank.day) as connection:
            agency_results.take(
                connection, strategy, pen, AGENCY, rows, follows, seriousness(policy), f"file-{next(self.bank.numbers)}", "",
                {row.n: number for row in rows if number},
            )  # fmt: skip
        self.seen.agency_reported(name, due)
