"""Figures for operations: the funnel, money, gates, refusals, documents."""

from __future__ import annotations

from datetime import date

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, func, select

from desk.console_text import print_table, say
from desk.debtor_figures import DebtorFigures, debtor_figures
from desk.open_desk import Desk
from desk.promises import Kept, kept
from recourse import events as ev
from recourse.events import open_envelope
from recourse.ledger.database import reading
from recourse.ledger.tables import (
    accounts,
    arrangements,
    business_days,
    cases,
    complaints,
    documents_made,
    events,
    gates,
    payments,
    visits,
)
from recourse.money import to_text

PLAN_STATES = ("running", "performed", "broken", "superseded", "ended")
STATES = ("list", "gate", "queued", "released", "open", "left")


class Money(msgspec.Struct, frozen=True):
    """Per currency, minor units: what open cases owe, and what was received while a case ran."""

    currency: str
    open_cases: int
    owed_in_open_cases: int
    received: int


class ComplaintFigures(msgspec.Struct, frozen=True):
    """Complaints received in the span: how many, answered as upheld or partly, late (answered after their time or not at all),
    and for every ten thousand cases that were open in it."""

    received: int = 0
    upheld: int = 0
    late: int = 0
    per_10k_cases: int = 0


class Figures(msgspec.Struct, frozen=True):
    """Everything `recourse kpi` says."""

    from_on: date | None
    to_on: date | None
    policy_as_of: date | None
    funnel: dict[str, dict[str, int]]
    titles: dict[str, str]
    ends: dict[str, int]
    money: tuple[Money, ...]
    gates: dict[str, int]
    refusals: dict[str, int]
    documents: dict[str, int]
    written_off: int
    debtors: DebtorFigures = DebtorFigures()
    """Of open cases today, whatever the span."""
    promises: tuple[Kept, ...] = ()
    arrangements: dict[str, dict[str, int]] = {}
    complaints: ComplaintFigures = ComplaintFigures()

    def show(self) -> None:
        """Print the figures as tables."""
        if self.policy_as_of:
            say(f"COUNTERFACTUAL: judged by the law of {self.policy_as_of}")
        rows: list[tuple[object, ...]] = [
            (self.titles.get(node, ""), node, *(states.get(state, 0) for state in STATES), sum(states.values()))
            for node, states in self.funnel.items()
        ]
        print_table(("", "node", *STATES, "all"), rows, title="Funnel: visits by node and state")
        say()
        print_table(("episode ended", "cases"), sorted(self.ends.items()))
        say()
        print_table(
            ("currency", "open cases", "owed in open cases", "received while a case ran"),
            [(m.currency, m.open_cases, to_text(m.owed_in_open_cases, m.currency, grouped=True),
              to_text(m.received, m.currency, grouped=True)) for m in self.money],
        )  # fmt: skip
        say()
        print_table(("gates", "count"), sorted(self.gates.items()))
        say()
        refused = sorted(self.refusals.items(), key=_most_first)
        print_table(("contacts refused by rule", "count"), refused)
        say()
        print_table(("documents made", "count"), sorted(self.documents.items()))
        say()
        for title, counted in (
            ("stage", self.debtors.stages),
            ("grade", self.debtors.grades),
            ("cause", self.debtors.causes),
        ):
            print_table((f"open cases by {title}", "count"), list(counted.items()))
        say(f"Evasion found and in force: {self.debtors.evading}")
        print_table(
            ("promises due", "judged", "kept", "in part", "broken", "kept %", "paid of promised %"),
            [(f"{m.due} {m.currency}", m.judged, m.kept, m.part_kept, m.broken, _percent(m.kept_percent),
              _percent(m.paid_percent)) for m in self.promises],
        )  # fmt: skip
        say()
        made = [
            (kind, *(states.get(state, 0) for state in PLAN_STATES))
            for kind, states in sorted(self.arrangements.items())
        ]
        print_table(("arrangement", *PLAN_STATES), made)
        say()
        found = self.complaints
        print_table(
            ("complaints received", "upheld", "late", "per 10,000 cases"),
            [(found.received, found.upheld, found.late, found.per_10k_cases)],
        )


def _percent(value: int | None) -> str:
    return "" if value is None else f"{value} %"


def _most_first(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def figures(desk: Desk, from_on: date | None = None, to_on: date | None = None) -> Figures:
    """Figures over a span of business days; a handful of queries."""
    with reading(desk.engine) as connection:
        return Figures(
            from_on,
            to_on,
            connection.execute(select(func.max(business_days.c.policy_as_of))).scalar(),
            _funnel(connection, desk, from_on, to_on),
            {node.name: node.zh for node in desk.ladder.nodes},
            _ends(connection, from_on, to_on),
            tuple(_money(connection, from_on, to_on)),
            _counted(connection, gates.c.status, gates.c.opened_on, from_on, to_on),
            _refusals(connection, from_on, to_on),
            _counted(connection, documents_made.c.kind, documents_made.c.made_on, from_on, to_on),
            connection.execute(
                select(func.count()).select_from(accounts).where(accounts.c.book_status == "written_off")
            ).scalar() or 0,
            debtor_figures(connection, desk, _day(connection)),
            tuple(kept(connection, from_on, to_on)),
            _arrangements(connection, from_on, to_on),
            _complaints(connection, from_on, to_on),
        )  # fmt: skip


def _day(connection: Connection) -> date:
    """The last business day that was opened."""
    day: date | None = connection.execute(select(func.max(business_days.c.day))).scalar()
    return day or date.min


def _within(column: Column[date], from_on: date | None, to_on: date | None) -> list[ColumnElement[bool]]:
    bounds = []
    if from_on is not None:
        bounds.append(column >= from_on)
    if to_on is not None:
        bounds.append(column <= to_on)
    return bounds


def _counted(
    connection: Connection, what: Column[str], when: Column[date], from_on: date | None, to_on: date | None
) -> dict[str, int]:
    query = select(what, func.count()).where(*_within(when, from_on, to_on)).group_by(what)
    return {name: count for name, count in connection.execute(query)}  # rows are not pairs to the checker


def _funnel(connection: Connection, desk: Desk, from_on: date | None, to_on: date | None) -> dict[str, dict[str, int]]:
    query = (
        select(visits.c.node, visits.c.state, func.count())
        .where(*_within(visits.c.entered_on, from_on, to_on))
        .group_by(visits.c.node, visits.c.state)
    )
    counted: dict[str, dict[str, int]] = {}
    for node, state, count in connection.execute(query):
        counted.setdefault(node, {})[state] = count
    return {node.name: counted[node.name] for node in desk.ladder.nodes if node.name in counted}


def _ends(connection: Connection, from_on: date | None, to_on: date | None) -> dict[str, int]:
    query = select(visits.c.case_id).distinct().where(visits.c.outcome == "written_off").subquery()
    ended: dict[str, int] = {}
    for (text,) in connection.execute(
        select(cases.c.file).where(cases.c.closed_on.is_not(None), *_within(cases.c.closed_on, from_on, to_on))
    ):
        end = msgspec.json.decode(text).get("end", "")
        ended[end] = ended.get(end, 0) + 1
    written = connection.execute(select(func.count()).select_from(query)).scalar() or 0
    return {**ended, **({"(written off, still collected)": written} if written else {})}


def _money(connection: Connection, from_on: date | None, to_on: date | None) -> list[Money]:
    a = accounts.c
    owed = a.principal + a.interest + a.penalty + a.compound + a.fees + a.costs
    open_ = connection.execute(
        select(a.currency, func.count(), func.coalesce(func.sum(owed), 0))
        .join(cases, cases.c.account_id == a.account_id)
        .where(cases.c.closed_on.is_(None))
        .group_by(a.currency)
    ).all()
    received = dict(
        connection.execute(
            select(a.currency, func.coalesce(func.sum(payments.c.amount), 0))
            .join(payments, payments.c.account_id == a.account_id)
            .join(cases, cases.c.account_id == a.account_id)
            .where(
                payments.c.kind == "payment",
                payments.c.paid_on >= cases.c.opened_on,
                (cases.c.closed_on.is_(None)) | (payments.c.paid_on <= cases.c.closed_on),
                *_within(payments.c.paid_on, from_on, to_on),
            )
            .group_by(a.currency)
        ).all()
    )
    opened = {currency: (count, int(total)) for currency, count, total in open_}
    return [
        Money(currency, *opened.get(currency, (0, 0)), int(received.get(currency, 0)))
        for currency in sorted({*opened, *received})
    ]


def _arrangements(connection: Connection, from_on: date | None, to_on: date | None) -> dict[str, dict[str, int]]:
    """Arrangements made in the span, by kind and state."""
    a = arrangements.c
    query = select(a.kind, a.state, func.count()).where(*_within(a.made_on, from_on, to_on)).group_by(a.kind, a.state)
    counted: dict[str, dict[str, int]] = {}
    for kind, state, count in connection.execute(query):
        counted.setdefault(kind, {})[state] = count
    return counted


def _complaints(connection: Connection, from_on: date | None, to_on: date | None) -> ComplaintFigures:
    """Late: the clock ran out before the answer, or is past without one (`case:clock:ran_out` of its own subject)."""
    c = complaints.c
    query = select(c.complaint_id, c.outcome).where(*_within(c.received_on, from_on, to_on))
    found = {complaint: outcome for complaint, outcome in connection.execute(query)}
    ran_out = (
        select(events.c.text)
        .where(events.c.type == ev.ClockRanOut.TYPE)
        .where(events.c.stream.in_(select("case:" + c.case_id).where(*_within(c.received_on, from_on, to_on))))
    )
    late = set()
    for (text,) in connection.execute(ran_out):
        _, event = open_envelope(text)
        if isinstance(event, ev.ClockRanOut) and event.kind.startswith("complaint"):
            late.add(event.subject)
    worked = (
        select(func.count())
        .select_from(cases)
        .where(
            *([cases.c.opened_on <= to_on] if to_on else []),
            *([cases.c.closed_on.is_(None) | (cases.c.closed_on >= from_on)] if from_on else []),
        )
    )
    open_cases = connection.execute(worked).scalar() or 0
    return ComplaintFigures(
        len(found), sum(outcome in ("upheld", "partly") for outcome in found.values()), len(late & found.keys()),
        10_000 * len(found) // open_cases if open_cases else 0,
    )  # fmt: skip


def _refusals(connection: Connection, from_on: date | None, to_on: date | None) -> dict[str, int]:
    query = select(events.c.text).where(
        events.c.type == ev.PermitRefused.TYPE, *_within(events.c.known_on, from_on, to_on)
    )
    counted: dict[str, int] = {}
    for (text,) in connection.execute(query):
        _, event = open_envelope(text)
        if isinstance(event, ev.PermitRefused):
            counted[event.rule] = counted.get(event.rule, 0) + 1
    return counted
