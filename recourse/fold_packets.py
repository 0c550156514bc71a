"""Folding packets into a case file: the one that a gate decides on, what one lacks, what was waived."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from recourse import events as ev
from recourse.casefile import CaseFile


def packet_frozen(file: CaseFile, event: ev.PacketFrozen, on: date, known_on: date) -> None:
    file.packets = {**file.packets, event.node: (event.n, event.sha256)}
    file.gaps = {node: items for node, items in file.gaps.items() if node != event.node}


def gaps_found(file: CaseFile, event: ev.PacketGapsFound, on: date, known_on: date) -> None:
    others = {node: items for node, items in file.gaps.items() if node != event.node}
    file.gaps = {**others, event.node: event.items} if event.items else others


def gap_waived(file: CaseFile, event: ev.GapWaived, on: date, known_on: date) -> None:
    key = f"{event.node}/{event.item}"
    waived = [each for each in file.waived_gaps.get(key, []) if each[0] != event.seat]
    file.waived_gaps = {**file.waived_gaps, key: [*waived, (event.seat, event.voter, event.reason)]}


PACKET_FOLDS: Mapping[type[ev.Event], Callable[[CaseFile, Any, date, date], None]] = {
    ev.PacketFrozen: packet_frozen,
    ev.PacketGapsFound: gaps_found,
    ev.GapWaived: gap_waived,
}
