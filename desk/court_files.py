"""Court files 案件: what people record of them, by the file's id, the court's number, or one of its accounts.

What is recorded of a matter reaches every debt that is joined in it, in one transaction and a fixed number of queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection, or_, select

from recourse import events as ev
from recourse import matters as rules
from recourse.canonical import derived_id
from recourse.climb import arrivals
from recourse.climb.arrivals import Arrival
from recourse.clocks import Numbers
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.fold_tracks import SUES
from recourse.ledger import bulk, sets, store
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.history import HistoryReader
from recourse.ledger.tables import cases, gates, matter_cases, matters
from tasks import appeal, enforcement, other_routes, preservation

if TYPE_CHECKING:
    from desk.operations import Operations

_OF_MATTERS = (
    select(matter_cases.c.matter_id, matter_cases.c.case_id)
    .where(sets.one_of(matter_cases.c.matter_id, "matters"))
    .order_by(matter_cases.c.matter_id, matter_cases.c.case_id)
)
SHORTEST_ID = 4


class Subject(msgspec.Struct, frozen=True):
    """What somebody named: a matter and the debts that stand in it now, or a debt that has none ("")."""

    matter_id: str
    facts: tuple[Facts, ...]


class Stage(msgspec.Struct, frozen=True):
    """A stage that the file of an account reached."""

    account_id: str
    stage: str
    number: str
    on: date
    proof: str = ""
    until_on: date | None = None


class CourtFiles:
    """Operations on court files, in the name of those that do `work`."""

    def __init__(self, work: Operations) -> None:
        self.work, self.day = work, work.pen.day

    # --- finding ------------------------------------------------------------------------------------------------------

    def of(self, given: str) -> Subject:
        """The matter that somebody named; an account without one stands for itself. Refused when there is none, or when
        every debt in it has ended."""
        found = self.standing(given)
        if not found.facts:
            raise UserError("every debt in this court file has ended", where=given, mend="see `recourse matter show`")
        return found

    def standing(self, given: str, *, ended: bool = False) -> Subject:
        """As `of`, whether or not a debt in it is still open; `ended`: with the debts that have ended."""
        with reading(self.work.desk.engine) as connection:
            found = self._named(connection, given)
            if not found:
                return Subject("", (self.work.one(given),))
            if len(found) > 1:
                raise UserError(f"several court files {given!r}", mend="see `recourse matter list`")
            joined = self.joined(connection, found, ended=ended)
        return Subject(found[0], tuple(joined.get(found[0], ())))

    def id_of(self, given: str) -> str:
        """The id of the court file that somebody named, whether or not a debt in it is still open."""
        with reading(self.work.desk.engine) as connection:
            found = self._named(connection, given)
        if len(found) != 1:
            raise UserError(f"{'several' if found else 'no'} court files {given!r}", mend="see `recourse matter list`")
        return found[0]

    def matter(self, given: str) -> Subject:
        """As `of`; refused when no court file is open."""
        found = self.of(given)
        if not found.matter_id:
            raise UserError(f"no court file {given!r}", mend="see `recourse matter list`")
        return found

    def _named(self, connection: Connection, given: str) -> list[str]:
        by_account = connection.execute(
            select(cases.c.case_id, cases.c.account_id).where(cases.c.account_id == given)
            .order_by(cases.c.episode.desc()).limit(1)
        ).first()  # fmt: skip
        if by_account is not None:
            facts = store.load(connection, [by_account.case_id], lock=False)[by_account.case_id].facts
            return [facts.file.matter] if facts.file.matter else []
        if len(given) < SHORTEST_ID:
            raise UserError(f"{given!r} is too short", mend=f"give {SHORTEST_ID} characters of the id, or an account")
        named = or_(matters.c.matter_id.startswith(given, autoescape=True), matters.c.number == given)
        found = list(connection.execute(select(matters.c.matter_id).where(named).limit(2)).scalars())
        if not found:
            raise UserError(f"no court file {given!r}", mend="see `recourse matter list`")
        return found

    def joined(
        self, connection: Connection, matter_ids: Iterable[str], *, ended: bool = False
    ) -> dict[str, list[Facts]]:
        """Debts by the matter that each stands at now, whose case is open, or of any (`ended`)."""
        rows = connection.execute(_OF_MATTERS, {"matters": sorted(set(matter_ids))}).all()
        dossiers = store.load(connection, [row.case_id for row in rows], lock=False)
        joined: defaultdict[str, list[Facts]] = defaultdict(list)
        for matter_id, case_id in rows:
            facts = dossiers[case_id].facts
            if facts.file.matter == matter_id and (ended or not facts.file.end):
                joined[matter_id].append(facts)
        return {key: sorted(found, key=lambda facts: facts.account_id) for key, found in joined.items()}

    # --- recording ----------------------------------------------------------------------------------------------------

    def reach(self, stages: Sequence[Stage]) -> int:
        """Stages of court files: each reaches every debt in the file, once. An account without a file is passed over."""
        found = self.work.facts(stage.account_id for stage in stages)
        wanted = {
            (found[stage.account_id].file.matter, stage.stage): stage
            for stage in stages
            if stage.account_id in found and found[stage.account_id].file.matter
        }
        if not wanted:
            return 0
        ids = sorted({matter_id for matter_id, _ in wanted})
        with reading(self.work.desk.engine) as connection:
            joined = self.joined(connection, ids)
        ending = rules.ENDS_A_SUIT | rules.HALVES
        leaving = [f.case_id for (key, name) in wanted if name in ending for f in joined.get(key, ())]
        journals = HistoryReader(self.work.desk.engine).of(leaving) if leaving else {}
        arrived: list[Arrival] = []
        for (matter_id, _), stage in wanted.items():
            for facts in joined.get(matter_id, ()):
                journal = [entry.event for entry in journals.get(facts.case_id, ())]
                numbers = self.work.strategy.policy_of(facts).numbers
                arrived += _reached(facts, stage, journal, numbers)
        taken_back = [each.event.gate_id for each in arrived if isinstance(each.event, ev.GateWithdrawn)]
        with writing_on(self.work.desk.engine, self.day) as connection:
            touched = arrivals.record(connection, self.work.pen, arrived)
            bulk.update(connection, gates, ("gate_id",), ("status", "answered_on"),
                        [(gate_id, "withdrawn", self.day) for gate_id in taken_back])  # fmt: skip
        return touched

    def assign(self, given: str, court: str, counsel: str) -> int:
        """Court or counsel of a matter; what is empty stays."""
        if not (court or counsel):
            raise UserError("neither court nor counsel is given", mend="give --court or --counsel")
        found = self.matter(given)
        return self._all(found, lambda facts: (ev.MatterAssigned(found.matter_id, court, counsel),))

    def serve(self, given: str, paper: str, on_whom: str, on: date, proof: str) -> int:
        """A court's paper was served; without the receipt no clock that runs is moved later."""
        found = self.matter(given)
        return self._all(found, lambda facts: (ev.PaperServed(found.matter_id, paper, on_whom, proof),), on)

    def set_hearing(self, given: str, held_on: date, time: str, place: str, hearing: str = "") -> str:
        """A hearing was set, or moved when its id is given; its id."""
        found = self.matter(given)
        hearing_id = hearing or derived_id("hearing", found.matter_id, held_on, time)
        self._all(found, lambda facts: (ev.HearingSet(found.matter_id, hearing_id, held_on, time, place),))
        return hearing_id

    def held(self, given: str, hearing: str, result: str) -> int:
        """A hearing took place, or fell away."""
        found = self.matter(given)
        keys = {key.partition(":")[2] for f in found.facts for key in f.file.timers if key.startswith("hearing:")}
        hearing_id = _one(hearing, keys, "hearing")
        return self._all(found, lambda facts: (ev.HearingHeld(found.matter_id, hearing_id, result),))

    def freeze(
        self, given: str, kind: str, amount: int, on: date, until_on: date | None, asset: str, proof: str
    ) -> str:
        """A court froze or sealed an asset; one before any suit wants the suit in thirty days (民事诉讼法 104). Its id."""
        found = self.of(given)
        measure_id = derived_id("measure", found.matter_id or found.facts[0].case_id, kind, asset, on)
        sued = any(facts.file.matter_open and facts.file.route in SUES for facts in found.facts)
        measure = ev.MeasureTaken(measure_id, found.matter_id, kind, amount, until_on, not sued, proof, asset)
        self._all(found, lambda facts: preservation.taken(facts, measure), on)
        return measure_id

    def renew(self, given: str, measures: Sequence[str], on: date, until_on: date | None, proof: str) -> int:
        """The court renewed measures, named by the beginnings of their ids; none named: all of them."""
        found = self.of(given)
        held = self._held(found)
        ids = [_one(each, held, "measure") for each in measures] or sorted(held)
        if not ids:
            raise UserError("nothing is frozen", where=given, mend="see `recourse matter show`")
        renewals = {each: (held[each], until_on) for each in ids}

        def events(facts: Facts) -> tuple[ev.Event, ...]:
            numbers = self.work.strategy.policy_of(facts).numbers
            return preservation.renewed(facts, renewals, proof, on, numbers)

        return self._all(found, events, on)

    def lift(self, given: str, measure: str, cause: str, on: date, proof: str) -> int:
        """A court lifted a measure, or it fell: refused without the court's paper. The debts in the file may have ended."""
        if not proof.strip():
            raise UserError("a lifting needs the court's paper", where=given, mend="give --proof")
        found = self.standing(given, ended=True)
        held = self._held(found)
        measure_id = _one(measure, held, "measure")
        return self._all(
            found, lambda facts: (ev.MeasureLifted(measure_id, held[measure_id], cause, proof),), on
        )  # fmt: skip

    def refuse(self, given: str, node: str, proof: str) -> int:
        """The court refused to freeze, or to go on freezing."""
        found = self.of(given)
        return self._all(found, lambda facts: preservation.refused(facts, node, proof))

    def _held(self, found: Subject) -> dict[str, str]:
        """Measures of a matter's debts: id → the kind that its clock stands for."""
        return {key: kind for facts in found.facts for key, kind in rules.frozen(facts.file).items()}

    def join(self, given: str, account_id: str, number: str = "") -> int:
        """Another debt of the same debtor is joined to a court file, at its stage."""
        found = self.matter(given)
        first, facts = found.facts[0], self.work.one(account_id)
        if facts.person_id != first.person_id:
            raise UserError("the debts are not of one debtor", where=account_id, mend="open a court file of its own")
        if facts.file.end or facts.file.matter_open:
            raise UserError("has a court file, or has ended", where=f"account {account_id}", mend="see `matter list`")
        with reading(self.work.desk.engine) as connection:
            known = connection.execute(
                select(matters.c.number).where(matters.c.matter_id == found.matter_id)
            ).scalar_one()
        joined = ev.MatterJoined(found.matter_id, first.file.route, first.file.stage, self.day, number or known,
                                 facts.amounts)  # fmt: skip
        return self.work.record([Arrival(facts.case_id, joined)])

    def appeal(self, given: str, number: str, on: date, proof: str) -> int:
        """The appeal was lodged."""
        return self._all(self.matter(given), lambda facts: appeal.lodged(facts, number, proof), on)

    def file_route(self, account_id: str, node: str, court: str, proof: str) -> str:
        """An application by another route than a suit was filed; the matter's id."""
        facts = self.work.one(account_id)
        policy = self.work.strategy.policy_of(facts)
        events = other_routes.filed(facts, policy, node, self.day, court, proof)
        self.work.record([Arrival(facts.case_id, event) for event in events])
        return rules.matter_id(facts.person_id, node, self.day)

    def clue(self, account_id: str, kind: str, source: str, value: int | None, on: date, proof: str) -> str:
        """A clue to an asset of the debtor came in; its id."""
        facts = self.work.one(account_id)
        clue_id = derived_id("clue", facts.case_id, kind, source, on)
        found = ev.AssetClueFound(clue_id, kind, source, value, proof)
        self.work.record([Arrival(facts.case_id, event, on) for event in enforcement.clue(facts, found)])
        return clue_id

    def nothing_found(self, account_id: str, proof: str) -> int:
        """The half year's search found nothing."""
        facts = self.work.one(account_id)
        return self.work.record([Arrival(facts.case_id, each) for each in enforcement.nothing_found(facts, proof)])

    def book_cost(self, given: str, kind: str, amount: int, on: date, proof: str) -> str:
        """A cost, in minor units (negative: it came back); in a matter it is booked on the first of its debts."""
        if not amount:
            raise UserError("a cost of nothing", mend="give minor units; negative when money came back")
        found = self.of(given)
        facts = found.facts[0]
        cost_id = derived_id("cost", facts.case_id, found.matter_id, kind, amount, on, proof)
        booked = ev.CostBooked(cost_id, kind, amount, facts.currency, found.matter_id, proof)
        self.work.record([Arrival(facts.case_id, booked, on)])
        return cost_id

    def _all(self, found: Subject, events_of: Callable[[Facts], tuple[ev.Event, ...]], on: date | None = None) -> int:
        return self.work.record(
            [Arrival(facts.case_id, event, on) for facts in found.facts for event in events_of(facts)]
        )


def _reached(facts: Facts, stage: Stage, journal: Sequence[ev.Event], numbers: Numbers) -> Iterator[Arrival]:
    """The stage, what follows from it, and the step that waited for it."""
    yield Arrival(
        facts.case_id, rules.reached(facts.file, stage.stage, stage.number, stage.proof, stage.until_on), stage.on
    )
    for event, on in rules.follows(facts, stage.stage, stage.proof or stage.number, journal, stage.on, numbers):
        yield Arrival(facts.case_id, event, on)
    for event in appeal.overtaken(facts, stage.stage):
        yield Arrival(facts.case_id, event)


def _one(given: str, known: Iterable[Any], what: str) -> str:
    found = sorted(each for each in known if str(each).startswith(given))
    if len(found) != 1:
        raise UserError(f"{'several' if found else 'no'} {what}s {given!r}", mend="see `recourse matter show`")
    return str(found[0])
