"""What people of the bank do to cases, by account number: for the command line and the simulator's office.

Each operation finds the open (or last) case of its accounts in one query, lets the business say what follows, and
records it through `climb.arrivals`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import func, select

from desk.court_files import CourtFiles, Stage
from desk.open_desk import Desk
from desk.overtaking import overtake
from recourse import events as ev
from recourse.canonical import derived_id
from recourse.climb import arrivals
from recourse.climb.arrivals import Arrival, Spoken
from recourse.climb.strategy import Strategy
from recourse.contact_law import NOBODY_SPOKE
from recourse.costs import STAFF, staff_time
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.findings import said_in_call
from recourse.ledger import sets, store
from recourse.ledger.database import reading
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import accounts, calls, cases, placements
from recourse.limitation import by_law
from tasks import call, collateral, guarantor
from tasks.acts import PROOFS

Found = Mapping[str, Facts]
"""account id → facts of its latest case"""

_newest = (
    select(cases.c.account_id, func.max(cases.c.episode).label("episode"))
    .where(sets.one_of(cases.c.account_id, "accounts"))
    .group_by(cases.c.account_id)
    .subquery()
)
_LATEST = select(cases.c.case_id).join(
    _newest, (_newest.c.account_id == cases.c.account_id) & (_newest.c.episode == cases.c.episode)
)
_CALLS = (
    select(calls.c.call_id, calls.c.case_id, calls.c.person_id, calls.c.permit_id, accounts.c.currency)
    .join(cases, cases.c.case_id == calls.c.case_id)
    .join(accounts, accounts.c.account_id == cases.c.account_id)
    .where(sets.one_of(calls.c.call_id, "calls"))
)


class Operations:
    """Operations of one business day, in one actor's name."""

    def __init__(self, desk: Desk, strategy: Strategy, pen: Pen) -> None:
        self.desk, self.strategy, self.pen = desk, strategy, pen

    def facts(self, account_ids: Iterable[str]) -> Found:
        """Facts of the latest case of each account that has one: two queries, however many."""
        wanted = sorted(set(account_ids))
        with reading(self.desk.engine) as connection:
            ids = list(connection.execute(_LATEST, {"accounts": wanted}).scalars())
            return {d.facts.account_id: d.facts for d in store.load(connection, ids, lock=False).values()}

    def one(self, account_id: str) -> Facts:
        """Facts of one account's latest case; an unknown account is refused."""
        found = self.facts([account_id])
        if account_id not in found:
            with reading(self.desk.engine) as connection:
                store.latest_case_id(connection, account_id)
        return found[account_id]

    def record(self, arrived: Sequence[Arrival]) -> int:
        return arrivals.arrive(self.desk.engine, self.pen, arrived)

    def record_calls(
        self, outcomes: Sequence[tuple[str, str, date | None, int | None]], causes: Mapping[str, str] | None = None
    ) -> int:
        """Outcomes of dials: (call id, code, promised day, promised amount); `causes`: call id → the cause given in it."""
        if not outcomes:
            return 0
        with reading(self.desk.engine) as connection:
            rows = connection.execute(_CALLS, {"calls": [each[0] for each in outcomes]}).all()
        row_of = {row.call_id: row for row in rows}
        policy = self.strategy.book.at(self.pen.day, self.desk.settings.jurisdiction, "")
        longest, minutes_cost = policy.number("promise.longest_days"), staff_time(policy, "cost.call_minutes")
        spoken = []
        for call_id, code, promise_on, amount in outcomes:
            row = row_of.get(call_id)
            if row is None:
                raise UserError(f"no call {call_id!r}", mend="see `recourse calls list`")
            call.check_promise(code, promise_on, self.pen.day, longest)
            cause = (causes or {}).get(call_id, "")
            follows = call.consequences(row.case_id, code, self.pen.day, policy, cause) + said_in_call(cause, call_id)
            if minutes_cost:
                follows += (ev.CostBooked(f"{row.permit_id}/call", STAFF, minutes_cost, row.currency),)
            spoken.append(Spoken(call_id, code, promise_on, amount, follows, call.known(code).again))
        recorded = arrivals.record_calls(self.desk.engine, self.pen, spoken)
        told = {call_id: status for call_id, code, _, _ in outcomes if (status := call.learned(code))}
        for row in rows:
            if row.call_id in told:
                self._learn(row.person_id, told[row.call_id], f"call {row.call_id}")
        spoken_to = {call_id for call_id, code, _, _ in outcomes if code not in NOBODY_SPOKE}
        overtake(self, {row.person_id for row in rows if row.call_id in spoken_to})
        return recorded

    def prove_delivery(self, proofs: Sequence[tuple[str, str, str, date, str]], guarantee_id: str = "") -> int:
        """Proofs of delivery: (account, node, delivered or returned, on, where the proof lies). `guarantee_id`: of one
        demand of several (担保解释 29)."""
        found = self.facts(proof[0] for proof in proofs)
        arrived = []
        for account, node, status, on, proof in proofs:
            if node not in PROOFS:
                raise UserError(f"{node!r} sends no letter that is proved", mend=f"use one of {', '.join(PROOFS)}")
            if status not in ("delivered", "returned"):
                raise UserError(f"unknown status {status!r}", mend="delivered or returned")
            facts = found.get(account)
            visit = facts.file.visits.get(node) if facts else None
            if facts is None or visit is None or visit.state != "open":
                continue
            numbers = self.strategy.policy_of(facts).numbers
            if node == guarantor.NODE:
                events = guarantor.proved(facts, status, proof, on, numbers, guarantee_id)
            else:
                events = PROOFS[node](facts, status, proof, on)
            arrived += [Arrival(facts.case_id, event, on) for event in by_law(events, numbers)]
        return self.record(arrived)

    def record_values(self, values: Sequence[tuple[str, str, int, str]]) -> int:
        """Valuations: (account, collateral, value in minor units, method)."""
        found = self.facts(value[0] for value in values)
        return self.record(
            [
                Arrival(found[account].case_id, event)
                for account, piece, value, method in values
                if account in found and not found[account].file.end
                for event in collateral.valued(found[account], piece, value, method)
            ]
        )

    def reach_stages(self, stages: Sequence[tuple[str, str, str, date]]) -> int:
        """Stages of court files: (account, stage, the court's number, on); the number is the proof."""
        return CourtFiles(self).reach(
            [Stage(account, stage, number, on, number) for account, stage, number, on in stages]
        )

    def sign_opinions(self, account_ids: Sequence[str], signed_by: str) -> int:
        """Counsel's signed opinion came into the file."""
        return self._each(
            account_ids, lambda facts: ev.LegalOpinionSigned(derived_id("opinion", facts.case_id), signed_by)
        )

    def confirm_return(self, account_ids: Sequence[str]) -> int:
        """The agency confirmed that it gave debts back; its certificate of deletion is due from now on."""
        found = self.facts(account_ids)
        with reading(self.desk.engine) as connection:
            rows = connection.execute(
                select(placements.c.case_id, placements.c.placement_id, placements.c.cause).where(
                    placements.c.case_id.in_([facts.case_id for facts in found.values()]),
                    placements.c.returned_on.is_(None),
                )
            ).all()
        open_ = {case_id: (placement_id, cause) for case_id, placement_id, cause in rows}
        arrived = []
        for facts in found.values():
            if facts.case_id not in open_:
                continue
            placement_id, cause = open_[facts.case_id]
            arrived.append(Arrival(facts.case_id, ev.PlacementReturned(placement_id, cause=cause or "given_back")))
            visit = facts.file.visits.get("agency_referral")
            if visit is not None and visit.state != "left":
                arrived.append(Arrival(facts.case_id, ev.VisitLeft("agency_referral", "returned_at_term")))
        return self.record(arrived)

    def place_brake(self, account_id: str, kind: str, until_on: date | None, ground: str) -> int:
        """Put a brake on an account's case; one that is about the person reaches every case of that person."""
        if not ground.strip():
            raise UserError("a brake needs its ground", mend="give --reason TEXT")
        facts = self.facts([account_id]).get(account_id)
        if facts is None:
            return 0
        if kind in arrivals.PERSONAL and until_on is None:
            return self._learn(facts.person_id, kind, ground)
        with reading(self.desk.engine) as connection:
            theirs = store.person_case_ids(connection, facts.person_id)
        which = theirs if kind in arrivals.PERSONAL else [] if facts.file.end else [facts.case_id]
        return self.record([
            Arrival(case_id, ev.BrakePlaced(arrivals.brake_id(case_id, kind, self.pen.day), kind, until_on, ground))
            for case_id in which
        ])  # fmt: skip

    def _learn(self, person_id: str, status: str, proof: str) -> int:
        return arrivals.learn_status(self.desk.engine, self.pen, person_id, status, self.pen.day, proof)

    def _each(self, account_ids: Sequence[str], event_of: Callable[[Facts], ev.Event]) -> int:
        found = self.facts(account_ids)
        return self.record([Arrival(facts.case_id, event_of(facts)) for facts in found.values() if not facts.file.end])
