"""The register of agencies as people keep it: registering, contracts, reviews, striking; recalls and certificates."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import msgspec
from sqlalchemy import Connection, or_, select

from desk.open_desk import Desk
from recourse import events as ev
from recourse.agencies import container, contract, recalls
from recourse.agencies.fees import FeeTerms
from recourse.agencies.placing import Condition, entry_conditions
from recourse.agencies.register import PASSED, RESULTS, SITES, Entry
from recourse.canonical import derived_id
from recourse.climb.strategy import Strategy
from recourse.climb.sweep import INTENT_COLUMNS
from recourse.errors import UserError
from recourse.ledger import agency_rows, bulk, sets, store
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.tables import TROUBLED, agency_violations, cases, intents, placements
from recourse.policy.book import Policy
from tasks.agency_referral import NODE, standing_of

STRUCK = "agency_struck"


class Pending(msgspec.Struct, frozen=True):
    """Something that an agency owes: the confirmation of a recall, or a certificate."""

    account: str
    agency: str
    since: date
    cause: str
    due: date
    overdue_days: int


class AgencyDesk:
    """What is done with agencies on one business day, in one actor's name."""

    def __init__(self, desk: Desk, strategy: Strategy, pen: Pen) -> None:
        self.desk, self.strategy, self.pen = desk, strategy, pen

    @property
    def policy(self) -> Policy:
        """The rules for agencies: those of no product."""
        return self.strategy.book.at(self.pen.day, self.desk.settings.jurisdiction, "")

    # --- the register --------------------------------------------------------------------------------------------

    def register(
        self, agency: str, standards: Sequence[str], capacity: int | None, recipient: str, verifier: str
    ) -> Entry:
        """Enter an agency that meets every standard of entry, or bring its entry up to date."""
        if not agency.strip() or not agency.replace("-", "").replace("_", "").isalnum():
            raise UserError(f"not a name for an agency: {agency!r}", mend="letters, digits, - and _")
        contract.check_entry(self.policy, standards)
        container.check_keys(recipient, verifier)
        if capacity is not None and capacity < 1:
            raise UserError(f"a capacity of {capacity}", where="--capacity", mend="give the debts that it can work")
        event = ev.AgencyRegistered(agency, tuple(sorted(standards)), capacity, recipient, verifier)
        return self._record(agency, event, known=False)

    def publish(self, agency: str, where: str) -> Entry:
        """The agency stands on the published white list."""
        self._refuse_empty(where, "--where")
        return self._record(agency, ev.AgencyPublished(agency, where))

    def conclude(
        self, agency: str, from_on: date, until_on: date, terms: Sequence[str], fee: FeeTerms, paper: bytes = b""
    ) -> Entry:
        """A contract, unless it holds a term that none may hold."""
        if until_on < from_on:
            raise UserError("the contract ends before it begins", mend="give --until on or after --from")
        contract.check_terms(self.policy, terms, fee)
        sha256 = self.desk.documents.put(paper, "agency_contract").sha256 if paper else ""
        concluded = ev.AgencyContracted(
            agency, derived_id("contract", agency, from_on, until_on), from_on, until_on, tuple(terms), fee.fixed,
            fee.quality, fee.recovery_bp, fee.currency, sha256,
        )  # fmt: skip
        return self._record(agency, concluded)

    def terminate(self, agency: str, reason: str) -> Entry:
        """The contract ends before its time."""
        self._refuse_empty(reason, "--reason")
        with reading(self.desk.engine) as connection:
            running = agency_rows.entry_of(connection, agency).contract
        if running is None or running.ended_on is not None:
            raise UserError("there is no contract to end", where=agency, mend="see `recourse agency list`")
        return self._record(agency, ev.AgencyContractEnded(agency, running.contract_id, reason))

    def review(self, agency: str, result: str, note: str = "") -> Entry:
        """The yearly review, or the one before the contract ends."""
        _refuse_unknown(result, RESULTS, "--result")
        return self._record(agency, ev.AgencyReviewed(agency, result, note))

    def inspect(
        self, agency: str, site: str, sample: int, findings: Sequence[str], result: str, note: str = ""
    ) -> Entry:
        """An inspection; each finding is a breach of its own."""
        _refuse_unknown(site, SITES, "--site")
        _refuse_unknown(result, RESULTS, "--result")
        serious = contract.seriousness(self.policy)
        for finding in findings:
            _refuse_unknown(finding, tuple(sorted(serious)), "--finding")
        if sample < 1:
            raise UserError("an inspection looks at something", where="--sample", mend="give how many contacts")
        if result == PASSED and any(serious[finding] for finding in findings):
            raise UserError("passed, with a serious finding", where="--result", mend="failed, or mend the findings")
        made: list[ev.Event] = [ev.AgencyInspected(agency, site, sample, tuple(findings), result, note)]
        for n, finding in enumerate(findings):
            violation_id = derived_id("violation", agency, "inspection", self.pen.day, self.pen.at, n)
            made.append(ev.ViolationFound(agency, violation_id, finding, serious[finding], f"violation.{finding}"))
        return self._record(agency, *made)

    def suspend(self, agency: str, reason: str) -> Entry:
        """No new debts until it is reinstated; those that it holds stay."""
        self._refuse_empty(reason, "--reason")
        return self._record(agency, ev.AgencySuspended(agency, reason))

    def reinstate(self, agency: str, reason: str) -> Entry:
        self._refuse_empty(reason, "--reason")
        return self._record(agency, ev.AgencyReinstated(agency, reason))

    def blame(self, agency: str, violation: str, account: str, note: str) -> str:
        """A breach that a person found; its id."""
        serious = contract.seriousness(self.policy)
        _refuse_unknown(violation, tuple(sorted(serious)), "VIOLATION")
        self._refuse_empty(note, "--reason")
        violation_id = derived_id("violation", agency, violation, account, self.pen.day, note)
        with reading(self.desk.engine) as connection:
            if connection.execute(
                select(agency_violations).where(agency_violations.c.violation_id == violation_id)
            ).first():
                return violation_id
            placement = _placement_of(connection, account, agency) if account else ""
        found = ev.ViolationFound(
            agency, violation_id, violation, serious[violation], f"violation.{violation}", placement
        )  # fmt: skip
        self._record(agency, found)
        return violation_id

    def close_violation(self, violation_id: str, remedy: str) -> str:
        """A breach was dealt with; the agency whose breach it was."""
        self._refuse_empty(remedy, "--reason")
        c = agency_violations.c
        with reading(self.desk.engine) as connection:
            rows = connection.execute(
                select(c.violation_id, c.agency)
                .where(c.violation_id.startswith(violation_id, autoescape=True), c.closed_on.is_(None))
                .limit(2)
            ).all()
        if len(rows) != 1:
            what = "several breaches begin with" if rows else "no open breach"
            raise UserError(f"{what} {violation_id!r}", mend="see `recourse agency violations`")
        self._record(rows[0].agency, ev.ViolationClosed(rows[0].agency, rows[0].violation_id, remedy))
        return str(rows[0].agency)

    def _record(self, agency: str, *made: ev.Event, known: bool = True) -> Entry:
        with writing_on(self.desk.engine, self.pen.day) as connection:
            if known:
                agency_rows.entry_of(connection, agency)
            return agency_rows.record(connection, agency, [(event, None) for event in made], self.pen)

    @staticmethod
    def _refuse_empty(text: str, option: str) -> None:
        if not text.strip():
            raise UserError("something is left unsaid", where=option, mend="give a text")

    def conditions(self, account_id: str) -> list[tuple[str, Condition]]:
        """Every entry condition of every agency for placing this account's debt today, met or not."""
        with reading(self.desk.engine) as connection:
            case_id = store.latest_case_id(connection, account_id)
            facts = store.load(connection, [case_id], lock=False)[case_id].facts
            entries, held = agency_rows.entries(connection), agency_rows.loads(connection)
            elsewhere = agency_rows.placed_with(connection, [facts.person_id])
        standing, policy = standing_of(facts, elsewhere.get(facts.person_id, "")), self.strategy.policy_of(facts)
        return [
            (name, each)
            for name, entry in entries.items()
            for each in entry_conditions(
                entry, facts, msgspec.structs.replace(standing, load=held.get(name, 0)), policy, self.pen.day
            )
        ]

    # --- calling back --------------------------------------------------------------------------------------------

    def strike(self, agency: str, standard: str, reason: str) -> int:
        """Strike an agency off and call back every debt that it holds, in one transaction; returns how many."""
        contract.check_exit(self.policy, standard)
        self._refuse_empty(reason, "--reason")
        with writing_on(self.desk.engine, self.pen.day) as connection:
            agency_rows.lock(connection, agency)
            agency_rows.entry_of(connection, agency)
            c = placements.c
            held = select(c.case_id).where(c.agency == agency, c.returned_on.is_(None), c.recalled_on.is_(None))
            recalled = self._call_back(connection, list(connection.execute(held).scalars()), STRUCK)
            agency_rows.record(connection, agency, [(ev.AgencyStruck(agency, standard, reason), None)], self.pen)
        return recalled

    def recall(self, account_ids: Collection[str], cause: str) -> int:
        """Call debts back by account; the message goes out with the day's dispatch. Returns how many are called back."""
        _refuse_unknown(cause, recalls.codes(self.policy), "--cause")
        c = placements.c
        with writing_on(self.desk.engine, self.pen.day) as connection:
            held = (
                select(c.case_id)
                .join(cases, cases.c.case_id == c.case_id)
                .where(sets.among(cases.c.account_id, sorted(set(account_ids))), c.returned_on.is_(None))
                .where(c.recalled_on.is_(None))
            )
            return self._call_back(connection, list(connection.execute(held).scalars()), cause)

    def _call_back(self, connection: Connection, case_ids: Sequence[str], cause: str) -> int:
        """Leave the visits and queue their recalls, as the night does when a brake falls."""
        dossiers = store.load(connection, case_ids)
        queued, again = [], []
        for dossier in dossiers.values():
            visit = dossier.file.visits.get(NODE)
            if visit is None or visit.state != "open":
                again += [f"{dossier.case_id}/{NODE}/{visit.n}/recall"] if visit is not None else []
                continue
            queued.append(self._intent(dossier, visit.n))
            dossier.record(ev.VisitLeft(NODE, "recalled", cause), self.pen)
            dossier.wake(self.pen.day)
        store.save(connection, list(dossiers.values()))
        bulk.insert(connection, intents, INTENT_COLUMNS, queued)
        not_out = or_(TROUBLED, intents.c.state == "withdrawn")  # a recall that did not go out
        failed = intents.update().where(sets.among(intents.c.key, again), not_out)
        return len(queued) + connection.execute(failed.values(state="queued", due_on=self.pen.day)).rowcount

    def _intent(self, dossier: Dossier, n: int) -> tuple[object, ...]:
        facts, key = dossier.facts, f"{dossier.case_id}/{NODE}/{n}/recall"
        return (key, dossier.case_id, facts.account_id, facts.person_id, dossier.shard, NODE, n, "recall", "queued",
                self.pen.day, "", "", "")  # fmt: skip

    def recalls(self, *, overdue: bool = False) -> list[Pending]:
        """Recalls that no agency has confirmed, by the day on which the confirmation is due."""
        c, policy = placements.c, self.policy
        calendar = self.strategy.calendar_of(self.desk.settings.jurisdiction)
        query = (
            select(cases.c.account_id, c.agency, c.recalled_on, c.cause)
            .join(cases, cases.c.case_id == c.case_id)
            .where(c.recalled_on.is_not(None), c.returned_on.is_(None))
            .order_by(c.recalled_on, cases.c.account_id)
        )
        with reading(self.desk.engine) as connection:
            rows = connection.execute(query).all()
        due = [(*row, recalls.confirm_by(row.recalled_on, row.cause, policy, calendar)) for row in rows]
        return self._pending(due, overdue)

    def certificates(self, *, overdue: bool = False) -> list[Pending]:
        """Ended placements whose certificate of return and deletion has not come in."""
        c, policy = placements.c, self.policy
        query = (
            select(cases.c.account_id, c.agency, c.returned_on, c.cause)
            .join(cases, cases.c.case_id == c.case_id)
            .where(c.returned_on.is_not(None), c.certified_on.is_(None))
            .order_by(c.returned_on, cases.c.account_id)
        )
        with reading(self.desk.engine) as connection:
            rows = connection.execute(query).all()
        return self._pending([(*row, recalls.certify_by(row.returned_on, policy)) for row in rows], overdue)

    def _pending(self, rows: Sequence[tuple[str, str, date, str, date]], overdue: bool) -> list[Pending]:
        found = [Pending(*row, max((self.pen.day - row[-1]).days, 0)) for row in rows]
        return [each for each in found if each.overdue_days or not overdue]

    def certify(self, account_ids: Sequence[str], data: bytes) -> int:
        """The certificate of return and deletion came in, for one debt or many; returns for how many it was due."""
        c = placements.c
        query = (
            select(c.case_id, c.placement_id)
            .join(cases, cases.c.case_id == c.case_id)
            .where(sets.among(cases.c.account_id, sorted(set(account_ids))))
            .where(c.returned_on.is_not(None), c.certified_on.is_(None))
        )
        with writing_on(self.desk.engine, self.pen.day) as connection:
            due = connection.execute(query).all()
            dossiers = store.load(connection, [row.case_id for row in due])
            sha256 = self.desk.documents.put(data, "deletion_certificate").sha256 if due else ""
            for case_id, placement_id in due:
                dossiers[case_id].record(ev.DocumentMade(sha256, "deletion_certificate", NODE), self.pen)
                dossiers[case_id].record(ev.CertificateReceived(placement_id, sha256), self.pen)
            store.save(connection, list(dossiers.values()))
        return len(due)


def _placement_of(connection: Connection, account_id: str, agency: str) -> str:
    query = (
        select(placements.c.placement_id)
        .join(cases, cases.c.case_id == placements.c.case_id)
        .where(cases.c.account_id == account_id, placements.c.agency == agency)
        .order_by(placements.c.placed_on.desc())
        .limit(1)
    )
    found: str | None = connection.execute(query).scalar()
    if found is None:
        raise UserError(f"{agency} never held {account_id}", mend="see `recourse explain`")
    return found


def _refuse_unknown(word: str, known: Sequence[str], where: str) -> None:
    if word not in known:
        raise UserError(f"unknown {word!r}", where=where, mend=f"use one of {', '.join(known)}")
