"""Readiness 材料完备: what a packet calls for, what the file holds of it, what was waived. Pure.

A gap is named with its owner. Core items are never waived; the others by the seats of the authority matrix, row
`readiness_gap`, at the tier of the case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from recourse.errors import UserError
from recourse.facts import Facts
from recourse.gate_rows import rule_of
from recourse.packets.model import Line
from recourse.policy.book import Policy
from recourse.policy.values import PacketItem
from recourse.seats import resolve, seats_of

ACTION = "readiness_gap"


def called_for(policy: Policy, kind: str, traits: Collection[str]) -> tuple[PacketItem, ...]:
    """The items of a kind of packet that a case with these traits calls for; () where the pack lists none."""
    found = policy.packets.get(kind)
    items = found[1].items if found else ()
    return tuple(item for item in items if not item.wanted or not set(item.wanted).isdisjoint(traits))


def lines(
    items: Sequence[PacketItem], kinds: Collection[str], waived: Mapping[str, str], titles: Mapping[str, str]
) -> tuple[Line, ...]:
    """Where each item stands. `kinds`: codes of the papers in the file; `waived`: item → reason and by whom; `titles`:
    the roles' names."""
    return tuple(_line(item, frozenset(kinds), waived, titles) for item in items)


def _line(item: PacketItem, kinds: frozenset[str], waived: Mapping[str, str], titles: Mapping[str, str]) -> Line:
    if item.own or not kinds.isdisjoint(item.papers):
        return Line(item.item, item.zh, "there")
    if item.item in waived and not item.core:
        return Line(item.item, item.zh, "waived", waived[item.item])
    return Line(item.item, item.zh, "missing", f"待{titles.get(item.owner, item.owner)}补齐")


def missing(found: Sequence[Line]) -> tuple[str, ...]:
    """The items that are neither there nor waived."""
    return tuple(line.item for line in found if line.state == "missing")


class Gap(msgspec.Struct, frozen=True):
    """An item that a packet lacks: its code and titles, who brings it (role, and its title), and the commands that fill
    or waive it. A fact that a form lacks has its field's name and no more."""

    item: str
    title: str = ""
    en: str = ""
    owner: str = ""
    owner_title: str = ""
    how: tuple[str, ...] = ()


def gaps(policy: Policy, kind: str, items: Iterable[str], account: str) -> tuple[Gap, ...]:
    """The gaps of a packet of a kind, from its items by code."""
    listed = policy.packets.get(kind)
    known = {item.item: item for item in (listed[1].items if listed else ())}
    return tuple(_gap(name, known.get(name), policy.titles, account) for name in items)


def _gap(name: str, item: PacketItem | None, titles: Mapping[str, str], account: str) -> Gap:
    if item is None:
        return Gap(name)
    how = tuple(_how(item, account))
    return Gap(name, item.zh, item.en, item.owner, titles.get(item.owner, item.owner), how)


def _how(item: PacketItem, account: str) -> Iterator[str]:
    if item.papers:
        signed = " --signed-by COUNSEL" if item.papers[0] == "legal_opinion" else ""
        yield f"recourse document add {account} FILE --kind {item.papers[0]}{signed}"
    if not item.core and not item.own:
        yield f"recourse packet waive {account} {item.item} --reason TEXT"


def waived_items(facts: Facts, policy: Policy, node: str, tier: str) -> dict[str, str]:
    """Item → who waived it and why, of those whose seats have all agreed."""
    row = policy.authority.get(ACTION)
    if row is None:
        return {}
    rule = rule_of(row[1], tier)
    done = {}
    for key, given in facts.file.waived_gaps.items():
        of_node, _, item = key.partition("/")
        cast = [(seat, voter, "approve", "", reason) for seat, voter, reason in given]
        if of_node == node and resolve(rule, seats_of(rule), cast).status == "approved":
            done[item] = "；".join(f"{voter}（{seat}）：{reason}" for seat, voter, reason in given)
    return done


def waivable(items: Sequence[PacketItem], name: str) -> PacketItem:
    """The item by its code. Raises UserError for one that the packet does not have, or that nobody may waive."""
    found = next((item for item in items if item.item == name), None)
    if found is None:
        known = ", ".join(item.item for item in items if not item.own and not item.core) or "none"
        raise UserError(f"no item {name!r} in this packet", mend=f"one of {known}")
    if found.own or found.core:
        raise UserError(f"{name} is never waived", mend=f"bring in one of {', '.join(found.papers) or 'its papers'}")
    return found
