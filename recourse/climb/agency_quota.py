"""The day's contacts of an agency: set aside from the same budget of each person that everybody else draws on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from recourse import events as ev
from recourse.climb.contact import numbers_of
from recourse.climb.strategy import Strategy
from recourse.contact_law import GIVEN_BACK, Permit, Refusal, Request
from recourse.decide import braked_by
from recourse.facts import Facts
from recourse.ledger import agency_rows, sets, store
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.tables import permits, placements
from recourse.permits import reserve
from recourse.policy.book import Policy

PER_DAY = "agency.calls_per_day"
CHANNEL = "call"


class Given(msgspec.Struct, frozen=True):
    """What an agency may do on a debt today: so many contacts; `rule` says what left fewer than it asks for."""

    placement_id: str
    facts: Facts
    contacts: int
    rule: str = ""


def purpose_of(agency: str) -> str:
    """What a permit of an agency's quota is for."""
    return f"agency:{agency}"


def give(connection: Connection, strategy: Strategy, pen: Pen, agency: str, nodes: Sequence[str]) -> list[Given]:
    """Give an agency the day's quota on every debt that it holds; asked again, the same.

    `nodes`: what a contact of the agency is an act of: a brake that stops one of them leaves nothing. Cases are locked
    before persons, as everywhere; two who give quotas at once never pass a cap together.
    """
    agency_rows.lock(connection, agency)
    held = _held(connection, agency, pen)
    dossiers = store.load(connection, list(held))
    before = _given_before(connection, agency, pen, list(held))
    asked: list[tuple[Request, Policy]] = []
    rules: dict[str, str] = {}
    fresh = [dossier for case_id, dossier in sorted(dossiers.items()) if case_id not in before]
    numbers = numbers_of(connection, [dossier.facts.person_id for dossier in fresh], (CHANNEL,))
    for _, theirs in groupby(sorted(fresh, key=_by_person), key=lambda each: each.facts.person_id):
        asked += _requests(list(theirs), numbers, strategy, pen, agency, nodes, rules)
    answers = reserve(connection, asked, pen.day, pen.at)
    given = _recorded(fresh, answers, held, rules, pen)
    store.save(connection, fresh)
    return [
        Given(held[case_id], dossier.facts, len(given[case_id]) if case_id in given else before.get(case_id, 0),
              rules.get(case_id, ""))
        for case_id, dossier in sorted(dossiers.items())
    ]  # fmt: skip


def _by_person(dossier: Dossier) -> tuple[str, str]:
    return dossier.facts.person_id, dossier.case_id


def _held(connection: Connection, agency: str, pen: Pen) -> dict[str, str]:
    """Case → placement, of what the agency may work on this day."""
    c = placements.c
    query = select(c.case_id, c.placement_id).where(
        c.agency == agency,
        c.returned_on.is_(None),
        c.recalled_on.is_(None),
        c.placed_on <= pen.day,
        c.until_on >= pen.day,
    )
    return {case_id: placement_id for case_id, placement_id in connection.execute(query)}


def _given_before(connection: Connection, agency: str, pen: Pen, case_ids: Sequence[str]) -> dict[str, int]:
    """Case → contacts of a quota that was given for this day already."""
    c = permits.c
    query = select(c.case_id, c.used).where(
        c.purpose == purpose_of(agency), c.issued_on == pen.day, sets.among(c.case_id, case_ids)
    )
    found: dict[str, int] = {}
    for case_id, used in connection.execute(query):
        found[case_id] = found.get(case_id, 0) + (used != GIVEN_BACK)
    return found


def _requests(
    theirs: Sequence[Dossier], numbers: dict[str, tuple[str, str]], strategy: Strategy, pen: Pen, agency: str,
    nodes: Sequence[str], rules: dict[str, str],
) -> Iterable[tuple[Request, Policy]]:  # fmt: skip
    """The contacts wanted of one person, over the debts that may be worked in turn."""
    free: list[Dossier] = []
    for dossier in theirs:
        cause = _stopped(dossier.facts, strategy, pen, nodes)
        if cause:
            rules[dossier.case_id] = cause
        else:
            free.append(dossier)
    if not free:
        return []
    policy = strategy.policy_of(free[0].facts)
    wanted = [free[n % len(free)] for n in range(policy.number(PER_DAY))]
    return [
        (Request(each.facts.person_id, each.case_id, CHANNEL, purpose_of(agency),
                 numbers.get(each.facts.person_id, ("", ""))[1], each.facts.account_id, caller=purpose_of(agency)),
         strategy.policy_of(each.facts))
        for each in wanted
    ]  # fmt: skip


def _stopped(facts: Facts, strategy: Strategy, pen: Pen, nodes: Sequence[str]) -> str:
    """The brake that stops the agency as it would stop anybody ("" = none); that it holds the debt is no such brake."""
    if facts.file.end:
        return facts.file.end
    judge = strategy.judge_of(facts)
    causes = (braked_by(judge, facts, node, pen.day) for node in nodes)
    return next((cause for cause in causes if cause not in ("", "placed")), "")


def _recorded(
    fresh: Sequence[Dossier], answers: Sequence[Permit | Refusal], held: dict[str, str], rules: dict[str, str], pen: Pen
) -> dict[str, list[str]]:
    """Journal what each debt got, and what left it with less."""
    given: dict[str, list[Any]] = {dossier.case_id: [] for dossier in fresh}
    for answer in answers:
        if isinstance(answer, Permit):
            given[answer.request.case_id].append(answer.permit_id)
        else:
            rules.setdefault(answer.request.case_id, answer.rule)
    for dossier in fresh:
        case_id, got = dossier.case_id, tuple(given[dossier.case_id])
        if got or rules.get(case_id):
            dossier.record(ev.QuotaReserved(held[case_id], pen.day, got, rules.get(case_id, "")), pen)
    return given
