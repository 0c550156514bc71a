"""Prints the ladder as the tables of `docs/ladder.md`; a test fails when the document differs.

``python -m tasks.ladder_doc docs/ladder.md`` writes the tables between the document's two markers.
"""

from __future__ import annotations

import sys
from pathlib import Path

from recourse.ladder import Edge, EdgeKind, Ladder, Node
from tasks.ladder import LADDER

BEGIN, END = "<!-- ladder: begin -->", "<!-- ladder: end -->"
MARKS = {
    EdgeKind.ALLOWS: "─▶ may follow",
    EdgeKind.REQUIRES: "═▶ must be done",
    EdgeKind.EXCLUDES: "✕ excludes",
    EdgeKind.CLOCK: "┄▶ a clock may pull in",
}


def render(ladder: Ladder = LADDER) -> str:
    """Markdown of every node, track by track, and of every edge."""
    worked = sum(not node.drawn for node in ladder.nodes)
    rows = [f"{worked} nodes are worked, {len(ladder.nodes) - worked} are drawn only.", ""]
    rows += [
        "| track | node | 中文 | English | speed | class | authority | worked in |",
        "|---|---|---|---|---|---|---|---|",
    ]
    rows += [_node(node) for nodes in ladder.tracks.values() for node in nodes]
    rows += ["", "## Edges", "", "| from | edge | to | condition |", "|---|---|---|---|"]
    return "\n".join([*rows, *(_edge(edge) for edge in ladder.edges)])


def put_into(document: str) -> str:
    """The document with the part between the markers replaced by `render()`; ValueError if a marker is missing."""
    head, rest = document.split(BEGIN)
    _, tail = rest.split(END)
    return f"{head}{BEGIN}\n{render()}\n{END}{tail}"


def _node(node: Node) -> str:
    worked_in = "drawn" if node.drawn else f"`tasks/{node.file}.py`"
    action = f"`{node.action}`" if node.action else ""
    cells = (node.track, f"`{node.name}`", node.zh, node.en, node.speed, node.act_class, action, worked_in)
    return f"| {' | '.join(cells)} |"


def _edge(edge: Edge) -> str:
    conditions = [f"left with {' or '.join(f'`{outcome}`' for outcome in edge.outcomes)}"] if edge.outcomes else []
    conditions += [f"or another of {edge.group}"] if edge.group else []
    conditions += ["not once the debt has matured"] if edge.unless_matured else []
    return f"| `{edge.source}` | {MARKS[edge.kind]} | `{edge.target}` | {'; '.join(conditions)} |"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(put_into(target.read_text("utf-8")), "utf-8")
