"""The graphs whose cost is compared: the whole ladder, one track of it, one node of it. Read by `bench/dags/parked.py`."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from recourse.ladder import Ladder

NODE = "litigation"
"""The node whose gate the parked runs wait at: of those that open most gates, the one in the longest track."""
SEATS = ("BLG", "BAP")
"""The seats that a gate of this node asks in its first round, one human task each."""
DAGS = {"ladder": "bench_parked_ladder", "track": "bench_parked_track", "node": "bench_parked_node"}
"""Variant → id of its DAG, the widest graph first."""


def variants(ladder: Ladder, node: str = NODE) -> Mapping[str, Ladder]:
    """The ladder as it is, the due node's track alone, the due node alone."""
    track = ladder.by_name[node].track
    return {
        "ladder": ladder,
        "track": reduced(ladder, [each.name for each in ladder.tracks[track]]),
        "node": reduced(ladder, [node]),
    }


def reduced(ladder: Ladder, names: Collection[str]) -> Ladder:
    """Some nodes of a ladder, in its order, with the edges between them."""
    return Ladder(
        tuple(node for node in ladder.nodes if node.name in names),
        tuple(edge for edge in ladder.edges if edge.source in names and edge.target in names),
    )
