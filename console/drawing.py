"""The ladder as a drawing: tracks as lanes from top to bottom, steps from left to right. Geometry only, no counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from recourse.ladder import Edge, EdgeKind, Ladder, Node

BOX_WIDTH, BOX_HEIGHT = 132, 52
STEP_X, STEP_Y = 168, 68
LEFT, TOP = 84, 10
"""Pixels; on the left stand the names of the tracks."""


class Box(msgspec.Struct, frozen=True):
    """A node's place: the upper left corner."""

    name: str
    x: int
    y: int


class Line(msgspec.Struct, frozen=True):
    """An edge as an SVG path."""

    kind: str
    path: str


class Lane(msgspec.Struct, frozen=True):
    """A track's band."""

    track: str
    y: int
    height: int


class Drawing(msgspec.Struct, frozen=True):
    """Everything of the drawing, in pixels."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    lanes: tuple[Lane, ...]


def draw(ladder: Ladder) -> Drawing:
    """The nodes that Recourse works. A node that hangs on no other stands in the last column."""
    nodes = {node.name: node for node in ladder.nodes if not node.drawn}
    edges = [edge for edge in ladder.edges if _shown(edge) and edge.source in nodes and edge.target in nodes]
    columns = _columns(nodes, edges)
    boxes: list[Box] = []
    lanes: list[Lane] = []
    y = TOP
    for track, members in _tracks(nodes.values()):
        taken: dict[int, int] = {}
        for node in members:
            row = taken[columns[node.name]] = taken.get(columns[node.name], -1) + 1
            boxes.append(Box(node.name, LEFT + columns[node.name] * STEP_X, y + row * STEP_Y + 8))
        rows = max(taken.values()) + 1
        lanes.append(Lane(track, y, rows * STEP_Y))
        y += rows * STEP_Y
    place = {box.name: box for box in boxes}
    lines = tuple(Line(str(edge.kind), _path(place[edge.source], place[edge.target])) for edge in _once(edges))
    width = LEFT + (max(columns.values()) + 1) * STEP_X - (STEP_X - BOX_WIDTH) + 8
    return Drawing(width, y + 2, tuple(boxes), lines, tuple(lanes))


def _shown(edge: Edge) -> bool:
    return edge.kind is not EdgeKind.EXCLUDES


def _once(edges: Iterable[Edge]) -> list[Edge]:
    """One line between two nodes: what is required hides what is allowed."""
    found: dict[tuple[str, str], Edge] = {}
    for edge in edges:
        known = found.get((edge.source, edge.target))
        if known is None or known.kind is EdgeKind.ALLOWS:
            found[edge.source, edge.target] = edge
    return list(found.values())


def _columns(nodes: Mapping[str, Node], edges: Sequence[Edge]) -> dict[str, int]:
    """Node → how many steps lead to it at most."""
    columns = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for edge in edges:
            columns[edge.target] = max(columns[edge.target], columns[edge.source] + 1)
    last = max(columns.values(), default=0)
    tied = {name for edge in edges for name in (edge.source, edge.target)}
    return {name: column if name in tied else last for name, column in columns.items()}


def _tracks(nodes: Iterable[Node]) -> list[tuple[str, list[Node]]]:
    found: dict[str, list[Node]] = {}
    for node in nodes:
        found.setdefault(node.track, []).append(node)
    return list(found.items())


def _path(source: Box, target: Box) -> str:
    """A curve from the right side of one box to the left side of the other; within a column, from below to above."""
    half = BOX_HEIGHT // 2
    if target.x <= source.x:
        x, down = source.x + BOX_WIDTH // 2, target.y > source.y
        from_y, to_y = (source.y + BOX_HEIGHT, target.y) if down else (source.y, target.y + BOX_HEIGHT)
        return f"M{x} {from_y}L{x} {to_y}"
    x1, y1, x2, y2 = source.x + BOX_WIDTH, source.y + half, target.x - 3, target.y + half
    bend = max(14, min(34, (x2 - x1) // 2))
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
