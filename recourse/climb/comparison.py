"""Shadow days beside what the bank did: per step, both did it, only we would have, only the bank did, and why.

A shadow day withdraws what it queued and the ladder proposes it again. So proposals of one step on one case are one
*span* as long as the step, had it been done, could not have been repeated (`again_after_days` of its entry rule). An act
of the bank matches a span that it lies in, or beside within `shadow.match_days`. What only the bank did is judged as of
its day: by the brakes of the case file then, by quiet hours and caps, and if nothing forbids it, it was not due.
A fixed number of statements, whatever the number of accounts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import Connection, select

from recourse import events as ev
from recourse.acts import Entry
from recourse.casefile import CaseFile
from recourse.climb.strategy import Strategy
from recourse.contact_law import Past, Request, Situation, judge
from recourse.decide import braked_by
from recourse.events import open_envelope
from recourse.facts import Facts
from recourse.fold import fold
from recourse.ledger import sets, store
from recourse.ledger.history import stream
from recourse.ledger.tables import accounts, bank_actions, cases, events, parties, permits, visits
from recourse.permits import NO_CONTACT_STATUS
from recourse.policy.book import Policy
from recourse.policy.values import for_grade

DAYS = "portfolio:days"
MATCH_RULE = "shadow.match_days"
BOTH, ONLY_US, ONLY_BANK = "both", "only_recourse", "only_bank"
CELLS = (BOTH, ONLY_US, ONLY_BANK)
NOT_MAPPED = "not_mapped"
NOON = "12:00"
LONG_AGO = date(1970, 1, 1)


class Line(msgspec.Struct, frozen=True):
    """One line: a span of ours, an act of the bank's, or both. `owed` in minor units of `currency`, None: unknown.

    `why`: *due* (with what the rule saw), *forbidden* (rule and citation), *not_due*, *no_case*, *not_mapped*.
    """

    node: str
    cell: str
    account: str
    on: date
    owed: int | None
    currency: str
    why: str = ""
    seen: str = ""
    rule: str = ""
    citation: str = ""
    action: str = ""


class Cell(msgspec.Struct, frozen=True):
    """A cell of the comparison: how many, of which accounts, and what they owe by currency (each account once)."""

    count: int
    accounts: tuple[str, ...]
    owed: Mapping[str, int]


class Compared(msgspec.Struct, frozen=True):
    """Shadow days between two days. `nodes`: node → cell → what is in it. `forbidden`: acts of the bank's that a rule of
    ours forbids, by rule."""

    from_on: date
    to_on: date
    days: int
    match_days: int
    nodes: Mapping[str, Mapping[str, Cell]]
    forbidden: Mapping[str, int]
    lines: tuple[Line, ...]


class Span(msgspec.Struct):
    """Proposals of one step on one case that count once."""

    case_id: str
    account: str
    node: str
    first: date
    last: date


class Act(msgspec.Struct, frozen=True):
    """What the bank did."""

    action_no: str
    account: str
    person: str
    on: date
    at: str
    node: str
    action: str
    channel: str


def compare(connection: Connection, strategy: Strategy, jurisdiction: str, from_on: date, to_on: date) -> Compared:
    """The comparison of the shadow days between two days, both included. `strategy`: of the last of them; the bank's
    `jurisdiction` gives the window of the match."""
    shadow = _shadow_days(connection, from_on, to_on)
    acts = _acts(connection, from_on, to_on)
    proposed = _proposals(connection, shadow, from_on, to_on)
    dossiers = _facts(connection, {case for case, *_ in proposed}, {act.account for act in acts})
    by_account: dict[str, list[Facts]] = {}
    for facts in dossiers.values():
        by_account.setdefault(facts.account_id, []).append(facts)
    spans = _spans(proposed, dossiers, strategy)
    slack = strategy.book.at(strategy.day, jurisdiction, "").number(MATCH_RULE)
    pairs, lonely, alone = _matched(spans, acts, slack)
    asked = {case.case_id for act in alone if (case := _case_on(by_account, act)) is not None}
    journals = _journals(connection, {span.case_id for span in lonely} | asked)
    owed = _owed(connection, {span.account for span in spans} | {act.account for act in acts})
    lines = [_both(span, act, owed) for span, act in pairs]
    lines += [_ours(span, dossiers[span.case_id], journals.get(span.case_id, ()), strategy, owed) for span in lonely]
    lines += _theirs(connection, alone, by_account, journals, strategy, owed)
    lines.sort(key=lambda line: (line.node, CELLS.index(line.cell), line.account, line.on, line.action))
    return Compared(from_on, to_on, len(shadow), slack, _cells(lines), _forbidden(lines), tuple(lines))


# --- what happened ----------------------------------------------------------------------------------------------------


def _shadow_days(connection: Connection, from_on: date, to_on: date) -> set[date]:
    return {
        entry.envelope.known_on
        for entry in stream(connection, DAYS)
        if isinstance(entry.event, ev.DayOpened) and entry.event.shadow and from_on <= entry.envelope.known_on <= to_on
    }


def _acts(connection: Connection, from_on: date, to_on: date) -> list[Act]:
    query = (
        select(
            bank_actions.c.action_no, bank_actions.c.account_id, bank_actions.c.person_id, bank_actions.c.done_on,
            bank_actions.c.at, bank_actions.c.node, bank_actions.c.action, bank_actions.c.channel,
        )
        .where(bank_actions.c.done_on.between(from_on, to_on))
        .order_by(bank_actions.c.done_on, bank_actions.c.at, bank_actions.c.action_no)
    )  # fmt: skip
    return [Act(*row) for row in connection.execute(query)]


Proposal = tuple[str, str, str, date]
"""case id, account, node, day"""


def _proposals(connection: Connection, shadow: Collection[date], from_on: date, to_on: date) -> list[Proposal]:
    """Visits entered on shadow days by decisions; what was imported was entered before the case was opened."""
    query = (
        select(visits.c.case_id, cases.c.account_id, visits.c.node, visits.c.entered_on)
        .join(cases, cases.c.case_id == visits.c.case_id)
        .where(visits.c.entered_on.between(from_on, to_on), visits.c.entered_on >= cases.c.opened_on)
        .order_by(visits.c.case_id, visits.c.node, visits.c.entered_on)
    )
    return [(case, account, node, on) for case, account, node, on in connection.execute(query) if on in shadow]


def _facts(connection: Connection, case_ids: Collection[str], account_ids: Collection[str]) -> dict[str, Facts]:
    query = select(cases.c.case_id).where(sets.among(cases.c.account_id, account_ids))
    wanted = {*case_ids, *connection.execute(query).scalars()}
    found = store.load(connection, wanted, lock=False)
    return {case_id: dossier.facts for case_id, dossier in sorted(found.items(), key=lambda pair: pair[1].file.episode)}


def _spans(proposed: Sequence[Proposal], dossiers: Mapping[str, Facts], strategy: Strategy) -> list[Span]:
    spans: list[Span] = []
    for case_id, account, node, on in proposed:
        last = spans[-1] if spans else None
        entry = strategy.policy_of(dossiers[case_id]).entries.get(node)
        wait = entry[1].again_after_days if entry is not None else None
        again = None if wait is None else for_grade(wait, dossiers[case_id].file.grade)
        same = last is not None and (last.case_id, last.node) == (case_id, node)
        if same and last is not None and (again is None or on < last.first + timedelta(days=max(again, 1))):
            last.last = on
            continue
        spans.append(Span(case_id, account, node, on, on))
    return spans


def _matched(
    spans: Sequence[Span], acts: Sequence[Act], slack: int
) -> tuple[list[tuple[Span, Act]], list[Span], list[Act]]:
    """Pairs, each span with the first act that fits; spans without one; acts that fit none. More than one act may lie in
    a span: they are the same step."""
    window, by_key = timedelta(days=slack), defaultdict[tuple[str, str], list[Span]](list)
    for span in spans:
        by_key[span.account, span.node].append(span)
    first: dict[int, Act] = {}
    alone: list[Act] = []
    for act in acts:
        fits = [
            span
            for span in by_key.get((act.account, act.node), ())
            if span.first - window <= act.on <= span.last + window
        ]
        if not fits:
            alone.append(act)
            continue
        nearest = min(fits, key=lambda span: (id(span) in first, abs((act.on - span.first).days)))
        first.setdefault(id(nearest), act)
    pairs = [(span, first[id(span)]) for span in spans if id(span) in first]
    return pairs, [span for span in spans if id(span) not in first], alone


def _case_on(by_account: Mapping[str, Sequence[Facts]], act: Act) -> Facts | None:
    """The case that an account had on the day of an act, the last one opened by then."""
    opened = [
        facts for facts in by_account.get(act.account, ()) if facts.file.opened_on and facts.file.opened_on <= act.on
    ]
    return opened[-1] if opened else None


def _journals(connection: Connection, case_ids: Collection[str]) -> dict[str, list[Entry]]:
    query = (
        select(events.c.stream, events.c.pos, events.c.text)
        .where(sets.among(events.c.stream, [f"case:{case_id}" for case_id in sorted(case_ids)]))
        .order_by(events.c.stream, events.c.pos)
    )
    found: dict[str, list[Entry]] = {}
    for name, pos, text in connection.execute(query) if case_ids else ():
        envelope, event = open_envelope(text)
        found.setdefault(name.removeprefix("case:"), []).append(Entry(envelope, event, pos))
    return found


Owed = Mapping[str, tuple[int | None, str]]


def _owed(connection: Connection, account_ids: Collection[str]) -> Owed:
    """Account → the whole claim by the last balance, and its currency."""
    parts = [accounts.c[name] for name in ("principal", "interest", "penalty", "compound", "fees", "costs")]
    query = select(accounts.c.account_id, accounts.c.currency, *parts).where(
        sets.among(accounts.c.account_id, account_ids)
    )
    return {
        account: (None if amounts[0] is None else sum(amounts), currency)
        for account, currency, *amounts in connection.execute(query)
    }


# --- why --------------------------------------------------------------------------------------------------------------


def _both(span: Span, act: Act, owed: Owed) -> Line:
    return Line(span.node, BOTH, span.account, span.first, *owed[span.account], action=act.action_no)


def _ours(span: Span, facts: Facts, journal: Iterable[Entry], strategy: Strategy, owed: Owed) -> Line:
    """Why the ladder came to it: the reason of the decision that entered the span."""
    policy = strategy.policy_of(facts)
    for entry in journal:
        if isinstance(entry.event, ev.DecisionMade) and entry.envelope.known_on == span.first:
            for reason in entry.event.reasons:
                if reason.code == f"enter:{span.node}":
                    citation = policy.citations.get(reason.rule, "")
                    return Line(span.node, ONLY_US, span.account, span.first, *owed[span.account], "due", reason.seen,
                                reason.rule, citation)  # fmt: skip
    return Line(span.node, ONLY_US, span.account, span.first, *owed[span.account], "due")


def _theirs(
    connection: Connection, alone: Sequence[Act], by_account: Mapping[str, Sequence[Facts]],
    journals: Mapping[str, Sequence[Entry]], strategy: Strategy, owed: Owed,
) -> Iterator[Line]:  # fmt: skip
    statuses, past = _contacts(connection, alone, strategy)
    for act in alone:
        facts = _case_on(by_account, act)
        node = act.node if act.node in strategy.ladder.by_name else NOT_MAPPED
        why = _judged(act, node, facts, journals, strategy, statuses, past)
        yield Line(node, ONLY_BANK, act.account, act.on, *owed[act.account], *why, action=act.action_no)


Why = tuple[str, str, str, str]
"""why, what was seen, rule, citation"""


def _judged(
    act: Act, node: str, facts: Facts | None, journals: Mapping[str, Sequence[Entry]], strategy: Strategy,
    statuses: Mapping[str, str], past: Mapping[str, Sequence[Past]],
) -> Why:  # fmt: skip
    journal = () if facts is None else journals.get(facts.case_id, ())
    file = CaseFile()
    last: ev.DecisionMade | None = None
    for entry in journal:
        if entry.envelope.known_on <= act.on:
            fold(file, entry.event, entry.envelope.effective_on, entry.envelope.known_on)
            last = entry.event if isinstance(entry.event, ev.DecisionMade) else last
    if facts is None or file.end:
        return "no_case", file.end, "", ""
    # The case was open, so it was late: what is owed today says nothing of that day.
    then = msgspec.structs.replace(facts, file=file, amounts=None, oldest_unpaid_due_on=LONG_AGO)
    policy = strategy.policy_of(then)
    brake = braked_by(strategy.judge_of(then), then, node, act.on) if node != NOT_MAPPED else ""
    if brake:
        source = policy.brakes[brake][0] if brake in policy.brakes else None
        return "forbidden", brake, source.rule if source else brake, source.citation if source else ""
    refused = _refused(act, policy, statuses, past)
    if refused:
        return "forbidden", act.channel, refused, policy.citations.get(refused, "")
    if node == NOT_MAPPED:
        return "not_mapped", act.action, "", ""
    missing = next((reason for reason in (last.reasons if last else ()) if _lacks(reason, node)), None)
    if missing is not None:
        return "not_due", missing.code, missing.rule, policy.citations.get(missing.rule, "")
    entry_rule = policy.entries.get(node)
    source = entry_rule[0] if entry_rule else None
    return "not_due", "", source.rule if source else "", source.citation if source else ""


def _lacks(reason: ev.Reason, node: str) -> bool:
    return reason.seen == node and reason.code.startswith("missing:")


def _contacts(
    connection: Connection, alone: Sequence[Act], strategy: Strategy
) -> tuple[dict[str, str], dict[str, list[Past]]]:
    """Statuses of the persons contacted, and every contact that counts for them, the bank's own included."""
    persons = {act.person for act in alone if act.channel}
    if not persons:
        return {}, {}
    rows = connection.execute(
        select(parties.c.party_id, parties.c.status).where(sets.among(parties.c.party_id, persons))
    )
    statuses = {person: status for person, status in rows if status in NO_CONTACT_STATUS}
    past: dict[str, list[Past]] = {}
    query = select(
        permits.c.person_id, permits.c.issued_on, permits.c.channel, permits.c.number_id, permits.c.used
    ).where(sets.among(permits.c.person_id, persons))
    for person, on, channel, number, used in connection.execute(query.order_by(permits.c.issued_at)):
        past.setdefault(person, []).append(Past(on, channel, number, used))
    return statuses, past


def _refused(act: Act, policy: Policy, statuses: Mapping[str, str], past: Mapping[str, Sequence[Past]]) -> str:
    """The rule of contact that forbids what the bank did ("" = none): as if a permit had been asked for at that hour."""
    if not act.channel:
        return ""
    if act.person in statuses:
        return f"contact.{statuses[act.person]}"
    before: list[Past] = []
    for each in past.get(act.person, ()):
        if each.used == act.action_no:
            break
        before.append(each)
    here = datetime.fromisoformat(f"{act.on}T{act.at or NOON}")
    against = judge(Request(act.person, "", act.channel, "bank"), policy, Situation((here,), before))
    return against[0].rule if against else ""


# --- in sum -----------------------------------------------------------------------------------------------------------


def _cells(lines: Sequence[Line]) -> dict[str, dict[str, Cell]]:
    grouped: dict[str, dict[str, list[Line]]] = {}
    for line in lines:
        grouped.setdefault(line.node, {}).setdefault(line.cell, []).append(line)
    return {node: {cell: _cell(by_cell.get(cell, ())) for cell in CELLS} for node, by_cell in sorted(grouped.items())}


def _cell(lines: Sequence[Line]) -> Cell:
    owed: dict[str, int] = {}
    for account in {line.account: line for line in lines}.values():
        owed[account.currency] = owed.get(account.currency, 0) + (account.owed or 0)
    return Cell(len(lines), tuple(sorted({line.account for line in lines})), owed)


def _forbidden(lines: Sequence[Line]) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in lines:
        if line.why == "forbidden":
            found[line.rule] = found.get(line.rule, 0) + 1
    return dict(sorted(found.items()))
