"""A ladder that makes no sense is refused, with the place where it does not."""

from __future__ import annotations

import pytest

from recourse.errors import UserError
from recourse.ladder import ActClass, Edge, EdgeKind, Node, Speed, build
from tasks.ladder import EDGES, LADDER, NODES

ALLOWS, REQUIRES, EXCLUDES, CLOCK = EdgeKind.ALLOWS, EdgeKind.REQUIRES, EdgeKind.EXCLUDES, EdgeKind.CLOCK


def node(name: str, *, drawn: bool = False) -> Node:
    return Node(name, "track", name, name, Speed.BULK, ActClass.CONTACT, drawn=drawn)


A, B, C = node("a"), node("b"), node("c")


def test_the_shipped_ladder_makes_sense_and_is_one_thing() -> None:
    assert build(NODES, EDGES).hash == LADDER.hash
    assert build(NODES, reversed(EDGES)).hash != LADDER.hash


@pytest.mark.parametrize("kind", [ALLOWS, REQUIRES, CLOCK])
def test_a_cycle_is_refused_and_shown(kind: EdgeKind) -> None:
    with pytest.raises(UserError, match="cycle.*a → b → c → a"):
        build([A, B, C], [Edge("a", "b", ALLOWS), Edge("b", "c", kind), Edge("c", "a", kind)])
    with pytest.raises(UserError, match="cycle.*a → a"):
        build([A], [Edge("a", "a", kind)])


def test_what_excludes_each_other_is_no_cycle() -> None:
    build([A, B], [Edge("a", "b", EXCLUDES), Edge("b", "a", EXCLUDES)])


def test_two_nodes_of_one_name_and_an_edge_to_nowhere_are_refused() -> None:
    with pytest.raises(UserError, match="two nodes named 'a'"):
        build([A, B, A], [])
    with pytest.raises(UserError, match=r"no node 'z'.*a requires z"):
        build([A], [Edge("a", "z", REQUIRES)])


def test_a_node_that_requires_what_nobody_works_is_refused() -> None:
    drawn = node("d", drawn=True)
    with pytest.raises(UserError, match="'a' requires d"):
        build([A, drawn], [Edge("d", "a", REQUIRES)])
    build([A, B, drawn], [Edge("d", "a", REQUIRES, group="g"), Edge("b", "a", REQUIRES, group="g")])
    build([drawn, node("e", drawn=True)], [Edge("d", "e", REQUIRES)])


def test_a_ladder_knows_its_tracks_in_order() -> None:
    ladder = build([A, B], [Edge("a", "b", ALLOWS)])
    assert [each.name for each in ladder.tracks["track"]] == ["a", "b"]
    assert [edge.source for edge in ladder.into("b", ALLOWS)] == ["a"]
    assert ladder.into("b", REQUIRES) == ()
