"""The routes of one account, ranked: what `recourse routes` prints, with the papers that lie in its file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from desk.open_desk import Desk
from recourse.facts import Facts
from recourse.ledger.database import reading
from recourse.ledger.tables import documents, documents_made
from recourse.legal.claim import at_hand, route_facts
from recourse.legal.routes import RouteChoice, choose_route


def ranked(desk: Desk, facts: Facts, day: date) -> RouteChoice:
    """Every route in force for a case, best first."""
    with reading(desk.engine) as connection:
        kinds = papers(connection, facts)
    return choose_route(route_facts(facts, day, kinds), desk.strategy(day).policy_of(facts), day)


def papers(connection: Connection, facts: Facts) -> frozenset[str]:
    """Kinds of paper in a case's file: those the bank delivered, and those made or added here."""
    delivered = select(documents.c.kind).where(documents.c.account_id == facts.account_id)
    made = select(documents_made.c.kind).where(documents_made.c.case_id == facts.case_id)
    return frozenset(connection.execute(delivered.union(made)).scalars())


def still_lacking(routes: Any, facts: Facts, kinds: Iterable[str]) -> Any:
    """Routes of a gate's evidence, without the papers that came into the file since it was opened."""
    here = at_hand(facts, kinds)
    if not isinstance(routes, list):
        return routes
    return [{**each, "lacking": [paper for paper in each["lacking"] if paper["paper"] not in here]} for each in routes]
