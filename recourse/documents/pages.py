"""Places boxes on pages, from top to bottom. Pure arithmetic: lengths in points, nothing is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from recourse.documents.boxes import KEPT_WHOLE, Box, BreakBox


class Placed(NamedTuple):
    """A box and how far its upper edge lies below the upper edge of the column."""

    box: Box
    down: float


Page = list[Placed]
LEAST_COMPANY = 60.0


def paginate(boxes: Sequence[Box], column_height: float) -> list[Page]:
    """Pages in order, at least one. A box that fits on no page is cut by its own rule, or stands alone and
    overflows."""
    pages: list[Page] = [[]]
    down = 0.0
    waiting = list(reversed(boxes))
    while waiting:
        box = waiting.pop()
        if isinstance(box, BreakBox):
            if pages[-1]:
                pages.append([])
                down = 0.0
            continue
        before = box.space_before if pages[-1] else 0.0
        room, height = column_height - down - before, box.height
        if height + _company(box, waiting) <= room:
            top = column_height - height if box.at_foot else down + before
            pages[-1].append(Placed(box, top))
            down = top + height
            continue
        parts = box.split(room, on_fresh_page=not pages[-1])
        if parts:
            pages[-1].append(Placed(parts[0], down + before))
            waiting.append(parts[1])
        elif pages[-1]:
            waiting.append(box)
        else:
            pages[-1].append(Placed(box, 0.0))
        if waiting:
            pages.append([])
        down = 0.0
    return pages


def _company(box: Box, waiting: Sequence[Box]) -> float:
    """Room that must be left below a box that is not to stand alone at the foot of a page."""
    room = 0.0
    for following in reversed(waiting):
        if not box.keeps_next:
            break
        kept_whole = following.keeps_next or following.height <= KEPT_WHOLE
        room += following.space_before + (following.height if kept_whole else LEAST_COMPANY)
        box = following
    return room
