"""The press: from template in force and facts to a paper in the store. Many papers are drawn by worker processes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache, cached_property
from multiprocessing import get_context
from pathlib import Path

from recourse.acts import Order, Printed
from recourse.documents.blocks import Paragraph
from recourse.documents.compose import MissingFact
from recourse.documents.fonts import Fonts, open_fonts
from recourse.documents.packet import PacketData, write_off_packet
from recourse.documents.render import render
from recourse.documents.store import DocumentStore
from recourse.documents.templates import Templates

WORTH_WORKERS = 2
"""From so many papers on, starting worker processes pays."""

Drawn = tuple[bytes, str, date] | tuple[str, str]
"""PDF, template, version; or document and field of the fact that is missing."""


class Press:
    """`recourse.acts.Letters` over templates, fonts and a document store; fonts are opened at the first paper."""

    def __init__(self, templates: Templates, fonts: Path, store: DocumentStore) -> None:
        self._templates, self._fonts_folder, self._store = templates, fonts, store

    @property
    def fonts(self) -> Fonts:
        return open_fonts(self._fonts_folder)

    def print(self, orders: Sequence[Order]) -> list[Printed | MissingFact]:
        """Print papers and keep them, in order; a paper that lacks a fact is that MissingFact."""
        if len(orders) >= WORTH_WORKERS and isinstance(self._templates.root, Path):
            size = -(-len(orders) // (2 * _cores()))
            drawn = list(self._workers.map(_draw, *zip(*self._calls(orders), strict=True), chunksize=size))
        else:
            drawn = [draw(self._templates, self.fonts, order) for order in orders]
        return [self._kept(order, each) for order, each in zip(orders, drawn, strict=True)]

    def _calls(self, orders: Sequence[Order]) -> list[tuple[Path, Path, Order]]:
        assert isinstance(self._templates.root, Path)
        return [(self._templates.root, self._fonts_folder, order) for order in orders]

    @cached_property
    def _workers(self) -> ProcessPoolExecutor:
        open_fonts(self._fonts_folder)
        return ProcessPoolExecutor(_cores(), mp_context=get_context("spawn"))

    def _kept(self, order: Order, drawn: Drawn) -> Printed | MissingFact:
        if len(drawn) == 2:
            return MissingFact(*drawn)
        data, template, version = drawn
        return Printed(self._store.put(data, order.document).sha256, data, template, version)

    def text(self, order: Order) -> str:
        """The plain text of a short message. Raises MissingFact for a fact that it must state."""
        template = self._templates.in_force(order.jurisdiction, order.document, order.on)
        blocks = template.document(order.fields).blocks
        return "\n".join("".join(run.text for run in block.text) for block in blocks if isinstance(block, Paragraph))

    def packet(self, jurisdiction: str, data: PacketData, on: date) -> bytes:
        """A finished write-off packet on the form in force."""
        return write_off_packet(data, self._templates.in_force(jurisdiction, "write_off_application", on), self.fonts)

    def keep(self, data: bytes, kind: str) -> str:
        """Keep a finished paper; returns its content hash."""
        return self._store.put(data, kind).sha256


def draw(templates: Templates, fonts: Fonts, order: Order) -> Drawn:
    """One paper, or the fact that it lacks."""
    template = templates.in_force(order.jurisdiction, order.document, order.on)
    try:
        return render(template.document(order.fields), fonts), template.version, template.effective_on
    except MissingFact as missing:
        return missing.document, missing.field


@cache
def _templates_of(root: Path) -> Templates:
    return Templates(root)


def _draw(root: Path, fonts: Path, order: Order) -> Drawn:
    """As :func:`draw`, in a worker process, which reads templates and fonts once."""
    return draw(_templates_of(root), open_fonts(fonts), order)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
