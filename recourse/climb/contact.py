"""Asking permits for contacts that are about to be made, and choosing the number that is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from recourse import events as ev
from recourse.acts import Act, Acts, Item, Receipt, ToEach
from recourse.climb.strategy import Strategy
from recourse.contact_law import DEBTOR, Permit, Refusal, Request
from recourse.contact_points import OWN, preference
from recourse.facts import Facts
from recourse.initial_plan import standing
from recourse.ledger import sets
from recourse.ledger.contact_term_rows import refused
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.tables import contacts, permits
from recourse.permits import give_back, issue, refused_now

_NUMBERS = select(
    contacts.c.party_id,
    contacts.c.channel,
    contacts.c.number_id,
    contacts.c.consent,
    contacts.c.contractual,
    contacts.c.contact_id,
    refused().label("refused"),
).where(
    sets.one_of(contacts.c.party_id, "persons"),
    sets.one_of(contacts.c.channel, "channels"),
    contacts.c.valid_to.is_(None),
    contacts.c.whose.in_(OWN),
)


class Asked(NamedTuple):
    """By key: acts whose own debtor is refused (and whether lastingly), the channel of the others, and whom they leave out."""

    refused: dict[str, bool]
    channels: dict[str, str]
    without: dict[str, tuple[str, ...]]


def ask_permits(
    connection: Connection, act: Act, ready: Sequence[Any], dossiers: Mapping[str, Dossier], strategy: Strategy, pen: Pen,
) -> Asked:  # fmt: skip
    """Ask a permit for each item that contacts a person, and for each other person whom it goes to."""
    wanted = [row for row in ready if row.effect == "act"] if act.permit else []
    if not wanted:
        return Asked({}, {}, {})
    persons = {row.key: _addressees(act, row, dossiers[row.case_id].facts) for row in wanted}
    orders = {row.case_id: _order(act, dossiers[row.case_id], strategy) for row in wanted}
    numbers = {
        order: numbers_of(
            connection, [each for row in wanted if orders[row.case_id] == order for each in persons[row.key]], order
        )
        for order in sorted(set(orders.values()))
    }
    asked = []
    for row in wanted:
        order, policy = orders[row.case_id], strategy.policy_of(dossiers[row.case_id].facts)
        for person in persons[row.key]:
            channel, number = numbers[order].get(person, (order[0], ""))
            role = DEBTOR if person == row.person_id else "co_debtor"
            asked.append((Request(person, row.case_id, channel, act.node, number, row.account_id, role), policy))
    answers = iter(issue(connection, asked, pen.at))
    found, back = Asked({}, {}, {}), list[str]()
    for row in wanted:
        own, *others = (next(answers) for _ in persons[row.key])
        dossiers[row.case_id].record(recorded(own), pen)
        if isinstance(own, Refusal):
            found.refused[row.key] = own.lasting
            back += [other.permit_id for other in others if isinstance(other, Permit)]
            continue
        found.channels[row.key] = own.request.channel
        for other in others:
            dossiers[row.case_id].record(recorded(other), pen)
        found.without[row.key] = tuple(other.request.person_id for other in others if isinstance(other, Refusal))
    give_back(connection, back)
    return found


def _addressees(act: Act, row: Any, facts: Facts) -> list[str]:
    """Whom an act contacts: the debtor of the case, then whoever else it goes to."""
    others = act.addressees(facts) if isinstance(act, ToEach) else ()
    return [row.person_id, *(person for person in others if person != row.person_id)]


Permitted = Mapping[tuple[str, str], Sequence[Any]]
"""(case, node) → the permits of its latest claim."""


def permitted_before(connection: Connection, rows: Sequence[Any]) -> Permitted:
    """The permits under which released acts stand."""
    c = permits.c
    query = select(permits).where(sets.among(c.case_id, sorted({row.case_id for row in rows})))
    found: dict[tuple[str, str], list[Any]] = {}
    for row in connection.execute(query.order_by(c.issued_at, c.permit_id)) if rows else ():
        same = found.setdefault((row.case_id, row.purpose), [])
        if same and same[0].issued_at != row.issued_at:
            same.clear()
        same.append(row)
    return found


def report_sent(connection: Connection, act: Act, items: Sequence[Item], receipts: Sequence[Receipt]) -> None:
    """Mark the permits of acts that went out, or did not: they are used, and nobody may make a second contact of one.
    What nobody can tell stays open."""
    if not act.permit:
        return
    c = permits.c
    for status, used in (("done", "sent"), ("failed", "failed")):
        told = [item for item, r in zip(items, receipts, strict=True) if r.status == status and item.effect == "act"]
        persons = {person for item in told for person in (item.facts.person_id, *item.facts.debtors)}
        mine = (sets.among(c.person_id, sorted(persons)), sets.among(c.case_id, sorted({i.case_id for i in told})))
        if told:
            connection.execute(permits.update().where(*mine, c.purpose == act.node, c.used == "").values(used=used))


def channel_of(row: Any, permitted: Permitted) -> str:
    """The channel of the permit that an act's own debtor has ("" = it contacts nobody)."""
    own = (p.channel for p in permitted.get((row.case_id, row.node), ()) if p.person_id == row.person_id)
    return next(own, "")


def left_out(act: Act, row: Any, facts: Facts, permitted: Permitted) -> tuple[str, ...]:
    """Whom a released act leaves out: they got no permit when it was claimed."""
    may = {each.person_id for each in permitted.get((row.case_id, row.node), ())}
    return tuple(person for person in _addressees(act, row, facts)[1:] if person not in may)


def refused_since(
    connection: Connection, acts: Acts, left: Sequence[Any], permitted: Permitted, dossiers: Mapping[str, Dossier],
    strategy: Strategy, pen: Pen,
) -> dict[str, str]:  # fmt: skip
    """Key → the rule that refuses a released act now, of those that contact somebody: one without a permit is refused too."""
    acted = [row for row in left if row.effect == "act" and acts[row.node].permit]
    refused = {row.key: "no permit" for row in acted if (row.case_id, row.node) not in permitted}
    standing = [
        (row.key, (_given(each), each.issued_on, strategy.policy_of(dossiers[row.case_id].facts)))
        for row in acted
        for each in permitted.get((row.case_id, row.node), ())
    ]
    answers = refused_now(connection, [each for _, each in standing], pen.at)
    for (key, _), refusal in zip(standing, answers, strict=True):
        if refusal is not None:
            refused.setdefault(key, refusal.rule)
    return refused


def _given(row: Any) -> Permit:
    request = Request(row.person_id, row.case_id, row.channel, row.purpose, row.number_id, row.account_id, row.role,
                      row.voice, row.caller)  # fmt: skip
    return Permit(row.permit_id, request)


def _order(act: Act, dossier: Dossier, strategy: Strategy) -> tuple[str, ...]:
    """The channels of an act in the order of the case's plan; those that the plan does not name come last, as the act has
    them."""
    plan = standing(dossier.facts, strategy.policy_of(dossier.facts)) if len(act.permit) > 1 else None
    if plan is None:
        return act.permit
    ranks = {channel: rank for rank, channel in enumerate(plan.channels)}
    return tuple(sorted(act.permit, key=lambda channel: ranks.get(channel, len(ranks))))


def recorded(answer: Permit | Refusal) -> ev.Event:
    """The event of a permit or its refusal."""
    request = answer.request
    if isinstance(answer, Refusal):
        return ev.PermitRefused(
            request.person_id,
            request.channel,
            request.purpose,
            answer.rule,
            answer.matches,
            request.role,
            request.voice,
        )
    return ev.PermitIssued(
        answer.permit_id, request.person_id, request.channel, request.purpose, request.number_id, request.role,
        request.voice,
    )  # fmt: skip


def numbers_of(connection: Connection, persons: Sequence[str], channels: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Person → (channel, blind index of the number in use): the first channel and number that nobody has refused."""
    kinds = {"phone" if channel == "call" else channel: (rank, channel) for rank, channel in enumerate(channels)}
    found = connection.execute(_NUMBERS, {"persons": sorted(set(persons)), "channels": list(kinds)})
    best: dict[str, tuple[tuple[bool, int, bool, str], str, str]] = {}
    for person, kind, number, consent, contractual, contact_id, no in found:
        rank, channel = kinds[kind]
        objected, informal, place = preference(False if no else consent, contractual, contact_id)
        candidate = ((objected, rank, informal, place), channel, number)
        if person not in best or candidate < best[person]:
            best[person] = candidate
    return {person: (channel, number) for person, (_, channel, number) in best.items()}
