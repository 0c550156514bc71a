"""Figures of who the debtors are: open cases by M stage, risk grade and cause."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from desk.open_desk import Desk
from recourse.arrears import Pause
from recourse.buckets import Scheme, name, scheme_of, stage_on
from recourse.ledger.tables import accounts, cases

_PAUSES = msgspec.json.Decoder(tuple[Pause, ...])


class Peek(msgspec.Struct, frozen=True):
    """Of a case file, what is counted."""

    grade: str = ""
    cause: str = ""
    strategy_on: date | None = None
    evasion_until_on: date | None = None


_PEEK = msgspec.json.Decoder(Peek)


class DebtorFigures(msgspec.Struct, frozen=True):
    """Open cases on a day: by stage, by grade, by cause, and those of debtors of whom evasion was found."""

    stages: dict[str, int] = {}
    grades: dict[str, int] = {}
    causes: dict[str, int] = {}
    evading: int = 0


def debtor_figures(connection: Connection, desk: Desk, day: date) -> DebtorFigures:
    """One query over the open cases."""
    a = accounts.c
    query = (
        select(a.jurisdiction, a.product, a.oldest_unpaid_due_on, a.pauses, cases.c.file)
        .join(cases, cases.c.account_id == a.account_id)
        .where(cases.c.closed_on.is_(None))
    )
    counted: dict[str, Counter[str]] = {"stage": Counter(), "grade": Counter(), "cause": Counter()}
    schemes: dict[tuple[Any, ...], Scheme] = {}
    evading = 0
    for jurisdiction, product, due_on, pauses, file in connection.execute(query):
        peek = _PEEK.decode(file)
        key = (jurisdiction, product, peek.strategy_on)
        if key not in schemes:
            schemes[key] = scheme_of(desk.book.at(day, jurisdiction, product, peek.strategy_on).numbers)
        stage = stage_on(schemes[key], due_on, _PAUSES.decode(pauses), day)
        counted["stage"][name(schemes[key], stage)] += 1
        counted["grade"][peek.grade] += 1
        counted["cause"][peek.cause or "unknown"] += 1
        evading += peek.evasion_until_on is not None and day <= peek.evasion_until_on
    stages, grades, causes = (dict(sorted(counted[each].items())) for each in ("stage", "grade", "cause"))
    return DebtorFigures(stages, grades, causes, evading)
