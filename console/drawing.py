"""The ladder as a drawing: tracks as lanes from top to bottom, steps from left to right. Geometry only, no counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count

import msgspec

from recourse.ladder import Edge, EdgeKind, Ladder, Node

BOX_WIDTH, BOX_HEIGHT = 150, 46
STEP_X, STEP_Y = 176, 60
LEFT, TOP = 84, 10
"""Pixels; on the left stand the names of the tracks."""
BESIDE = "beside"
"""The lane of tracks that stand beside the ladder."""


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
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def draw(ladder: Ladder) -> Drawing:
    """The nodes that Recourse works. Tracks of which nothing follows and that follow nothing share the last lane."""
    nodes = {node.name: node for node in ladder.nodes if not node.drawn}
    edges = [edge for edge in ladder.edges if _shown(edge) and edge.source in nodes and edge.target in nodes]
    columns = _columns(nodes, edges)
    across = max(columns.values(), default=0) + 1
    boxes: list[Box] = []
    lanes: list[Lane] = []
    y = TOP
    for track, members in _tracks(nodes.values(), columns):
        cells = _cells([node.name for node in members], columns, across)
        boxes += [Box(name, LEFT + column * STEP_X, y + row * STEP_Y + 8) for name, (column, row) in cells.items()]
        height = (max(row for _, row in cells.values()) + 1) * STEP_Y
        lanes.append(Lane(track, y, height))
        y += height
    place = {box.name: box for box in boxes}
    lines = tuple(Line(str(edge.kind), _path(place[edge.source], place[edge.target])) for edge in _once(edges))
    return Drawing(LEFT + across * STEP_X - (STEP_X - BOX_WIDTH) + 8, y + 2, tuple(boxes), lines, tuple(lanes))


def _cells(names: Sequence[str], columns: Mapping[str, int], across: int) -> dict[str, tuple[int, int]]:
    """Node → (column, row) within its lane: first those that have their column, then the others where there is room."""
    cells: dict[str, tuple[int, int]] = {}
    rows: dict[int, int] = {}
    for name in names:
        if name in columns:
            row = rows[columns[name]] = rows.get(columns[name], -1) + 1
            cells[name] = columns[name], row
    taken = set(cells.values())
    free = ((column, row) for row in count() for column in range(across) if (column, row) not in taken)
    return cells | {name: next(free) for name in names if name not in columns}


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
    """Node → how many steps lead to it at most, of the nodes that hang on another."""
    columns = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for edge in edges:
            columns[edge.target] = max(columns[edge.target], columns[edge.source] + 1)
    tied = {name for edge in edges for name in (edge.source, edge.target)}
    return {name: column for name, column in columns.items() if name in tied}


def _tracks(nodes: Iterable[Node], columns: Mapping[str, int]) -> list[tuple[str, list[Node]]]:
    found: dict[str, list[Node]] = {}
    for node in nodes:
        found.setdefault(node.track, []).append(node)
    beside = [track for track, members in found.items() if not any(node.name in columns for node in members)]
    alone = [node for track in beside for node in found.pop(track)]
    return [*found.items(), *([(BESIDE, alone)] if alone else [])]


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
