"""What people of the bank find of debtors: causes, judgements, evasion, plans. By account, many at once where it comes in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from heapq import nsmallest

import msgspec
from sqlalchemy import select

from desk.open_desk import Desk
from desk.operations import Operations
from recourse import events as ev
from recourse import findings, initial_plan
from recourse.buckets import name, scheme_of, stage_on
from recourse.climb.arrivals import Arrival
from recourse.climb.strategy import Strategy
from recourse.climb.sweep import CHUNK
from recourse.facts import Facts
from recourse.grade_history import Graded, grades
from recourse.grading import card_of
from recourse.intake.classes import KIND
from recourse.ladder import ActClass
from recourse.ledger import store
from recourse.ledger.database import reading
from recourse.ledger.history import HistoryReader
from recourse.ledger.tables import cases, work_items
from recourse.rungs import again_after
from recourse.scorecard import Scored
from tasks import evasion

FOUND = (ev.CauseFound, ev.DebtorAssessed, ev.EvasionProposed, ev.EvasionFound, ev.EvasionEnded)


class Said(msgspec.Struct, frozen=True):
    """One finding: the day it took effect, the day it became known, who set it, what, and on which evidence."""

    on: date
    known_on: date
    by: str
    what: str
    evidence: str


class Grade(msgspec.Struct, frozen=True):
    """An account's grade of today: its stage, its points (None where bands grade it), and every grade before."""

    account_id: str
    on: date
    grade: str
    stage: str
    scored: Scored | None
    history: tuple[Graded, ...]


class Debtors:
    """Findings of one business day, in one actor's name."""

    def __init__(self, operations: Operations) -> None:
        self._work, self._pen = operations, operations.pen

    # --- cause, ability, willingness -----------------------------------------------------------------------------------

    def find_causes(self, found: Sequence[tuple[str, str, str]], on: date | None = None) -> int:
        """Causes of the arrears: (account, cause, evidence); accounts whose case has ended are passed over."""
        events = [(account, findings.cause_found(cause, evidence)) for account, cause, evidence in found]
        facts = self._work.facts(account for account, _ in events)
        return self._work.record([
            Arrival(facts[account].case_id, event, on)
            for account, event in events
            if account in facts and not facts[account].file.end
        ])  # fmt: skip

    def assess(self, judged: Sequence[tuple[str, str, str, str]], on: date | None = None) -> int:
        """How able or willing debtors are: (account, attribute, value, evidence)."""
        facts = self._work.facts(each[0] for each in judged)
        return self._work.record([
            Arrival(facts[account].case_id, findings.assessed(facts[account], attribute, value, evidence), on)
            for account, attribute, value, evidence in judged
            if account in facts and not facts[account].file.end
        ])  # fmt: skip

    def said(self, account_id: str) -> list[Said]:
        """Every finding on an account's latest case, newest first."""
        case_id = self._work.one(account_id).case_id
        journal = HistoryReader(self._work.desk.engine).of([case_id])[case_id]
        return [
            Said(entry.envelope.effective_on, entry.envelope.known_on, entry.envelope.actor, *_words(entry.event))
            for entry in reversed(journal)
            if isinstance(entry.event, FOUND)
        ]

    # --- evasion ----------------------------------------------------------------------------------------------------------

    def propose_evasion(self, account_id: str, papers: Mapping[str, str]) -> int:
        """Propose to find evasion: sign → where its paper lies. A gate decides."""
        facts = self._work.one(account_id)
        event = evasion.proposed(facts, self._work.strategy.policy_of(facts), papers, self._pen.day)
        return self._work.record([Arrival(facts.case_id, event)])

    def end_evasion(self, account_id: str, cause: str) -> int:
        facts = self._work.one(account_id)
        return self._work.record([Arrival(facts.case_id, evasion.ended(facts, cause))])

    # --- plan, grade ------------------------------------------------------------------------------------------------------

    def propose_plan(
        self, account_id: str, channels: tuple[str, ...], cadence_days: int, percent: int, months: int, reason: str
    ) -> int:
        """Another plan for one case; refused below the negotiation floor of the rule's."""
        facts = self._work.one(account_id)
        policy = self._work.strategy.policy_of(facts)
        event = initial_plan.proposed(facts, policy, channels, cadence_days, percent, months, reason)
        return 0 if facts.file.end else self._work.record([Arrival(facts.case_id, event)])

    def plan(self, account_id: str) -> tuple[Facts, initial_plan.Standing | None, initial_plan.Floor | None]:
        """The facts, the plan that stands, and its negotiation floor today."""
        facts = self._work.one(account_id)
        policy = self._work.strategy.policy_of(facts)
        return facts, initial_plan.standing(facts, policy), initial_plan.floor_of(facts, policy)

    def repeated_after(self, account_id: str) -> dict[str, int]:
        """Step that contacts the debtor → days after which it may be taken again today: what decisions go by, the stricter
        of its entry rule and the plan."""
        facts = self._work.one(account_id)
        judged = self._work.strategy.judge_of(facts)
        grade = facts.file.grade or judged.grader.grade(facts, self._pen.day)[0]
        contacts = (rung for rung in judged.rung_of.values() if rung.node.act_class is ActClass.CONTACT)
        return {rung.name: days for rung in contacts if (days := again_after(rung, facts, grade)) is not None}

    def grade(self, account_id: str) -> Grade:
        """The grade of today with its points, and the history over all episodes."""
        facts, day = self._work.one(account_id), self._pen.day
        policy = self._work.strategy.policy_of(facts)
        grade, _ = self._work.strategy.judge_of(facts).grader.grade(facts, day)
        card, scheme = card_of(policy), scheme_of(policy.numbers)
        stage = name(scheme, stage_on(scheme, facts.oldest_unpaid_due_on, facts.pauses, day))
        scored = card.scored(facts, day) if card is not None else None
        return Grade(account_id, day, facts.file.grade if facts.file.end else grade, stage, scored,
                     history(self._work.desk, account_id))  # fmt: skip


def history(desk: Desk, account_id: str) -> tuple[Graded, ...]:
    """Every grade that an account had, over all its episodes, from its journal."""
    query = select(cases.c.case_id).where(cases.c.account_id == account_id).order_by(cases.c.episode)
    with reading(desk.engine) as connection:
        ids = list(connection.execute(query).scalars())
    journals = HistoryReader(desk.engine).of(ids)
    return grades(entry for case_id in ids for entry in journals[case_id])


class Planned(msgspec.Struct, frozen=True, order=True):
    """One open case in the order of work: its priority first."""

    priority: int
    account_id: str
    grade: str
    cause: str
    plan: str
    team: str
    cadence_days: int
    floor_percent: int


def worked_first(desk: Desk, team: str, limit: int) -> list[Planned]:
    """The open cases to be worked first, of one team or of all; chunk by chunk, however many there are."""
    strategy = desk.strategy(desk.business_day())
    first: list[Planned] = []
    with reading(desk.engine) as connection:
        query = select(cases.c.case_id).where(cases.c.closed_on.is_(None)).order_by(cases.c.case_id)
        ids = list(connection.execute(query).scalars())
        for start in range(0, len(ids), CHUNK):
            found = store.load(connection, ids[start : start + CHUNK], lock=False)
            first = nsmallest(limit, [*first, *_planned(strategy, (each.facts for each in found.values()), team)])
    return first


def _planned(strategy: Strategy, cases_: Iterable[Facts], team: str) -> Iterator[Planned]:
    for facts in cases_:
        plan = initial_plan.standing(facts, strategy.policy_of(facts))
        if plan is not None and team in ("", plan.team):
            yield Planned(plan.priority, facts.account_id, facts.file.grade, facts.file.cause or "unknown", plan.rule,
                          plan.team, plan.cadence_days, plan.floor_percent)  # fmt: skip


def class_differences(desk: Desk) -> list[tuple[str, date, str]]:
    """Classes that are too light: (account, since when it is raised, both classes and why)."""
    query = (
        select(work_items.c.account_id, work_items.c.opened_on, work_items.c.what)
        .where(work_items.c.kind == KIND, work_items.c.closed_on.is_(None))
        .order_by(work_items.c.opened_on, work_items.c.account_id)
    )
    with reading(desk.engine) as connection:
        return [(account, on, what) for account, on, what in connection.execute(query)]


def _words(event: ev.Event) -> tuple[str, str]:
    if isinstance(event, ev.CauseFound):
        return f"cause {event.cause}", event.evidence
    if isinstance(event, ev.DebtorAssessed):
        return f"{event.attribute} {event.value}", event.evidence
    if isinstance(event, ev.EvasionProposed):
        return "evasion proposed", "; ".join(event.signs)
    if isinstance(event, ev.EvasionFound):
        return f"evasion found, review on {event.review_on}", "; ".join(event.signs)
    return "evasion taken back", event.cause if isinstance(event, ev.EvasionEnded) else ""
