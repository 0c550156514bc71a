"""What a book of rules must still pass once each file is sound: it speaks of what is there, and of stops that can end.

Whether a file is sound by itself is `recourse.policy.schema`; whether its values fit their kind, `recourse.policy.book`.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from recourse import measures
from recourse.errors import UserError
from recourse.ladder import Ladder
from recourse.policy import values as v
from recourse.policy.book import Policy, PolicyBook, conditions_of
from recourse.policy.contact_values import ContactBar
from recourse.policy.schema import Rule, State

RECHECK = "pack.recheck_days"
NOT_IN_FORCE = "not_in_force"


class Due(msgspec.Struct, frozen=True):
    """A rule that nobody has looked at for longer than the bank allows itself."""

    jurisdiction: str
    place: str
    checked_on: date
    days: int


def check_names(book: PolicyBook, ladder: Ladder) -> None:
    """Refuse a rule that names a node, a track or an action that is not there: it would never come to bear."""
    check_nodes(book, frozenset(ladder.by_name))
    tracks = frozenset(ladder.tracks)
    for jurisdiction in book.jurisdictions:
        known = known_actions(book, jurisdiction, ladder)
        for rule, value in _values(book, jurisdiction):
            if isinstance(value, v.Gap) and value.track not in tracks:
                raise _unknown(rule, "track", value.track, "see docs/ladder.md")
            if isinstance(value, v.Authority | v.Materiality) and value.action not in known:
                mend = "name one of the ladder, or give it a rule of authority and one of materiality"
                raise _unknown(rule, "action", value.action, mend)
            if isinstance(value, v.Brake) and value.released_by not in {"", *ladder.by_name, *known}:
                raise _unknown(rule, "gate", value.released_by, "name a node of the ladder or an action of the matrix")


def check_nodes(book: PolicyBook, nodes: frozenset[str]) -> None:
    """Refuse an entry for a node that the ladder does not have, and a condition, a brake, a bar or a freshness that names one."""
    for rule, value in (each for name in book.jurisdictions for each in _values(book, name)):
        named = {each.of for each in conditions_of(value) if each.measure in measures.OF_A_NODE}
        if isinstance(value, v.Entry):
            named.add(value.node)
        elif isinstance(value, v.Brake | ContactBar):
            named.update(value.lets_through)
        elif isinstance(value, v.Freshness):
            named.update(value.needs_none)
        for node in sorted(named - nodes):
            raise _unknown(rule, "node", node, "see docs/ladder.md")


def check_stops(book: PolicyBook) -> None:
    """Refuse a stop that is only the bank's own and does not say what lifts it: it would stand for good."""
    for jurisdiction in book.jurisdictions:
        for rule, value in _values(book, jurisdiction):
            own = any(each.state is State.BANK_DEFAULT for each in rule.values)
            if isinstance(value, v.Brake) and own and not (value.released_by or value.lifted_by):
                raise UserError(
                    f"nothing lifts the bank's own stop {value.hold!r}",
                    where=rule.place,
                    mend="say released_by: hold_release, or lifted_by: person or fact",
                )


def not_entered(book: PolicyBook, jurisdiction: str, day: date, ladder: Ladder) -> list[str]:
    """Nodes that nothing enters in a jurisdiction on a day: it has no entry rule of theirs in force for any product."""
    entries = ((rule, value) for rule, value in _values(book, jurisdiction) if isinstance(value, v.Entry))
    entered = {value.node for rule, value in entries if _in_force(rule, day)}
    return [node.name for node in ladder.nodes if not node.drawn and node.name not in entered]


def _in_force(rule: Rule, day: date) -> bool:
    value = rule.on(day)
    return value is not None and value.state is not State.DISABLED


def refuse_unentered(policy: Policy, node: str, jurisdiction: str, where: str) -> None:
    """Refuse to propose what no rule lets a case enter: the proposal would wait for good."""
    if node not in policy.entries:
        raise UserError(
            f"no rule of {jurisdiction.lower()} lets a case enter {node}", where=where,
            mend=f"add entry.{node} to the bank's own packs, or leave it",
        )  # fmt: skip


def known_actions(book: PolicyBook, jurisdiction: str, ladder: Ladder) -> frozenset[str]:
    """What people agree to: the actions of the ladder, and those beside it that have both seats and voiding facts."""
    seats = {value.action for _, value in _values(book, jurisdiction) if isinstance(value, v.Authority)}
    voids = {value.action for _, value in _values(book, jurisdiction) if isinstance(value, v.Materiality)}
    return frozenset({node.action for node in ladder.nodes if node.action} | (seats & voids))


def by_state(book: PolicyBook, day: date) -> Mapping[str, Mapping[str, int]]:
    """How many rule files speak in each jurisdiction, by the state of their value on a day."""
    found: dict[str, dict[str, int]] = {}
    for jurisdiction in book.jurisdictions:
        counted = found[jurisdiction] = {**{state.value: 0 for state in State}, NOT_IN_FORCE: 0}
        for _, rule in book.rules(jurisdiction):
            value = rule.on(day)
            counted[NOT_IN_FORCE if value is None else value.state.value] += 1
    return found


def due_for_a_look(book: PolicyBook, day: date) -> list[Due]:
    """Rules whose last look is longer ago than the number of the pack; none where the pack has no such number."""
    found: dict[str, Due] = {}
    for jurisdiction in book.jurisdictions:
        within = book.at(day, jurisdiction, "").numbers.get(RECHECK)
        for _, rule in book.rules(jurisdiction):
            days = (day - rule.checked.on).days
            if within is not None and days > within:
                found.setdefault(rule.place, Due(jurisdiction, rule.place, rule.checked.on, days))
    return sorted(found.values(), key=lambda each: (each.checked_on, each.place))


def _values(book: PolicyBook, jurisdiction: str) -> Iterator[tuple[Rule, v.Strictly]]:
    return ((held.rule, value) for held in book.held(jurisdiction) for value in held.values)


def _unknown(rule: Rule, what: str, name: str, mend: str) -> UserError:
    return UserError(f"rule {rule.rule!r} names unknown {what} {name!r}", where=rule.place, mend=mend)
