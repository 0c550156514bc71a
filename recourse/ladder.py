"""Types of the ladder: tracks, nodes, typed edges; and the check that a ladder makes sense.

The ladder says what may follow what and who must agree. It holds no number and no date: when and whether a node is
entered is policy (`recourse.policy`). The one ladder of the product is `tasks/ladder.py`; the core receives it as an
argument and knows no rung by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property

import msgspec

from recourse.canonical import digest, encode
from recourse.errors import UserError


class Speed(StrEnum):
    """How a step is agreed to: *bulk* needs a permit only, *list* one gate over a frozen list, *case* one gate each."""

    BULK = "bulk"
    LIST = "list"
    CASE = "case"


class ActClass(StrEnum):
    """What an act does to the debtor; each brake names the classes it stops."""

    CONTACT = "contact"
    ADVERSE = "adverse"
    PROTECTIVE = "protective"
    INTERNAL = "internal"
    """Touches nobody outside the bank: a valuation, a committee's route, a listing."""


class EdgeKind(StrEnum):
    ALLOWS = "allows"
    REQUIRES = "requires"
    EXCLUDES = "excludes"
    CLOCK = "clock"


class Node(msgspec.Struct, frozen=True):
    """One rung: a step of one track.

    `name` is the trade's name and names the file in ``tasks/`` through `file`; `action` is the row of the authority
    matrix that a gate of this node is decided under ("" = no gate). `yields` means a later node of the same track may
    take over while this one still waits; `drawn` nodes stand on the ladder but are worked outside Recourse so far.
    """

    name: str
    track: str
    zh: str
    en: str
    speed: Speed
    act_class: ActClass
    file: str = ""
    action: str = ""
    yields: bool = False
    drawn: bool = False
    recall_on_brake: bool = False
    """An open visit is called back when a brake that stops its class falls (a placement, a live contact)."""
    choices: tuple[str, ...] = ()
    """What a yes at this node's gate has to choose between."""

    @property
    def gated(self) -> bool:
        return self.speed is not Speed.BULK


class Edge(msgspec.Struct, frozen=True):
    """`source` → `target`. For *requires*, `outcomes` are the outcomes that count as done (empty = any finished visit).

    *requires* edges into one node that share a non-empty `group` are alternatives: one of them suffices.
    `unless_matured` lifts a requirement once the debt is due as a whole.
    """

    source: str
    target: str
    kind: EdgeKind
    outcomes: tuple[str, ...] = ()
    group: str = ""
    unless_matured: bool = False


class Ladder(msgspec.Struct, frozen=True, dict=True, eq=False):
    """The whole ladder. Build it with :func:`build`, which refuses one that makes no sense."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        return {node.name: node for node in self.nodes}

    @cached_property
    def tracks(self) -> Mapping[str, tuple[Node, ...]]:
        tracks: dict[str, list[Node]] = {}
        for node in self.nodes:
            tracks.setdefault(node.track, []).append(node)
        return {name: tuple(nodes) for name, nodes in tracks.items()}

    @cached_property
    def hash(self) -> str:
        """SHA-256 over the canonical text of nodes and edges; each decision keeps it."""
        return digest(encode((self.nodes, self.edges)))

    def into(self, name: str, kind: EdgeKind) -> tuple[Edge, ...]:
        """Edges of one kind that end at a node."""
        return tuple(edge for edge in self.edges if edge.target == name and edge.kind is kind)


def build(nodes: Iterable[Node], edges: Iterable[Edge]) -> Ladder:
    """A ladder that makes sense, or a :class:`UserError` that says what does not and where."""
    ladder = Ladder(tuple(nodes), tuple(edges))
    _refuse_duplicate_names(ladder)
    _refuse_unknown_ends(ladder)
    _refuse_cycles(ladder)
    _refuse_unreachable(ladder)
    return ladder


def _refuse_duplicate_names(ladder: Ladder) -> None:
    seen: set[str] = set()
    for node in ladder.nodes:
        if node.name in seen:
            raise UserError(f"the ladder has two nodes named {node.name!r}", mend="give each node its own name")
        seen.add(node.name)


def _refuse_unknown_ends(ladder: Ladder) -> None:
    for edge in ladder.edges:
        for end in (edge.source, edge.target):
            if end not in ladder.by_name:
                where = f"{edge.source} {edge.kind} {edge.target}"
                raise UserError(f"the ladder has no node {end!r}", where=where, mend="draw the node or mend the edge")


def _refuse_cycles(ladder: Ladder) -> None:
    """What must or may follow never comes back to itself: recall and re-entry are events, not descents."""
    after: dict[str, list[str]] = {node.name: [] for node in ladder.nodes}
    for edge in ladder.edges:
        if edge.kind is not EdgeKind.EXCLUDES:
            after[edge.source].append(edge.target)
    done: set[str] = set()
    path: list[str] = []

    def visit(name: str) -> None:
        if name in path:
            cycle = " → ".join([*path[path.index(name) :], name])
            raise UserError("the ladder has a cycle", where=cycle, mend="remove one of these edges")
        if name in done:
            return
        path.append(name)
        for follower in after[name]:
            visit(follower)
        path.pop()
        done.add(name)

    for node in ladder.nodes:
        visit(node.name)


def _refuse_unreachable(ladder: Ladder) -> None:
    """A node that is worked must be enterable, and so must everything it requires."""
    for node in ladder.nodes:
        groups: dict[str, list[Edge]] = {}
        for n, edge in enumerate(ladder.into(node.name, EdgeKind.REQUIRES)):
            groups.setdefault(edge.group or f"#{n}", []).append(edge)
        for edges in groups.values():
            if not node.drawn and all(ladder.by_name[edge.source].drawn for edge in edges):
                needed = " or ".join(edge.source for edge in edges)
                raise UserError(
                    f"{node.name!r} requires {needed}, which nobody works", mend="work it or drop the requirement"
                )
