"""The press: from template in force and facts to a paper in the store. Many papers are drawn by worker processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache, cached_property, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from recourse.acts import Order, PacketOrder, Printed
from recourse.documents.blocks import Document, Paragraph, words
from recourse.documents.compose import MissingFact
from recourse.documents.font_choice import SHIPPED, FontChoice
from recourse.documents.fonts import Fonts, MissingGlyph, open_fonts
from recourse.documents.render import render
from recourse.documents.store import DocumentStore, is_hash
from recourse.documents.templates import Templates
from recourse.packets.binding import bind
from recourse.packets.write_off import write_off
from recourse.packets.write_off_data import PACKET as PACKET

WORTH_WORKERS = 2
"""From so many papers on, starting worker processes pays."""

Drawn = tuple[bytes, str, date, str] | tuple[str, str] | tuple[str]
"""PDF, template, version, all that it says; or document and field of the fact that is missing; or the character that
cannot be printed."""
OpenFonts = Callable[[], Fonts]


class UnprintableFact(MissingFact):
    """A fact with a character that no font has: it must be mended like one that is not there."""

    def __init__(self, document: str, character: str) -> None:
        problem = MissingGlyph(character)
        super().__init__(document, problem.what)
        self.args = (f"{document} cannot be printed: {problem.what}", "", problem.mend)
        self.what, _, self.mend = self.args


class Press:
    """`recourse.acts.Letters` over templates, fonts and a document store; fonts are opened at the first paper.

    `processes`: how many draw; 1 draws in this process, for one that must not start others, such as an engine's task.
    `choice`: which fonts besides the shipped ones.
    """

    def __init__(
        self,
        templates: Templates,
        fonts: Path,
        store: DocumentStore,
        *,
        processes: int = 0,
        choice: FontChoice = SHIPPED,
    ) -> None:
        self._templates, self._store = templates, store
        self._open_fonts: OpenFonts = partial(open_fonts, fonts, choice)
        self._processes = processes or _cores()

    @property
    def fonts(self) -> Fonts:
        return self._open_fonts()

    def print(self, orders: Sequence[Order]) -> list[Printed | MissingFact]:
        """Print papers and keep them, in order; a paper that lacks a fact is that MissingFact."""
        return [self._kept(order.document, each) for order, each in zip(orders, self._drawn(draw, orders), strict=True)]

    def packets(self, orders: Sequence[PacketOrder]) -> list[Printed | MissingFact]:
        """As :meth:`print`, of finished write-off packets on the form in force."""
        return [self._kept(PACKET, each) for each in self._drawn(draw_packet, orders)]

    def papers(self, documents: Sequence[tuple[str, Document]]) -> list[str]:
        """Print and keep finished documents by kind; their hashes."""
        return [self._store.put(render(document, self.fonts), kind).sha256 for kind, document in documents]

    def kept(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """The bytes of those papers that lie in our store; a bank may have given something else than a hash."""
        wanted = sorted({each for each in hashes if is_hash(each)})
        return {sha256: self._store.get(sha256) for sha256 in wanted if self._store.has(sha256)}

    def warm(self) -> None:
        """Start the worker processes now, while there is other work to do."""
        root = self._templates.root
        if self._processes > 1 and isinstance(root, Path):
            for _ in range(self._processes):
                self._workers.submit(_ready, root, self._open_fonts)

    def _drawn(self, how: Callable[[Templates, Fonts, Any], Drawn], orders: Sequence[Any]) -> list[Drawn]:
        root = self._templates.root
        if len(orders) < WORTH_WORKERS or self._processes == 1 or not isinstance(root, Path):
            return [how(self._templates, self.fonts, order) for order in orders]
        size = -(-len(orders) // (2 * self._processes))
        return list(self._workers.map(partial(_draw_there, root, self._open_fonts, how), orders, chunksize=size))

    @cached_property
    def _workers(self) -> ProcessPoolExecutor:
        self._open_fonts()
        return ProcessPoolExecutor(self._processes, mp_context=get_context("spawn"))

    def _kept(self, document: str, drawn: Drawn) -> Printed | MissingFact:
        if len(drawn) == 1:
            return UnprintableFact(document, *drawn)
        if len(drawn) == 2:
            return MissingFact(*drawn)
        data, template, version, said = drawn
        return Printed(self._store.put(data, document).sha256, data, template, version, said)

    def text(self, order: Order) -> str:
        """The plain text of a short message. Raises MissingFact for a fact that it must state."""
        template = self._templates.in_force(order.jurisdiction, order.document, order.on)
        blocks = template.document(order.fields).blocks
        return "\n".join("".join(run.text for run in block.text) for block in blocks if isinstance(block, Paragraph))


def draw(templates: Templates, fonts: Fonts, order: Order) -> Drawn:
    """One paper, or what it lacks."""
    template = templates.in_force(order.jurisdiction, order.document, order.on)
    try:
        document = template.document(order.fields)
        return render(document, fonts), template.version, template.effective_on, words(document.blocks)
    except MissingFact as missing:
        return missing.document, missing.field
    except MissingGlyph as missing:
        return (missing.character,)


def draw_packet(templates: Templates, fonts: Fonts, order: PacketOrder) -> Drawn:
    """One write-off packet, or what it lacks."""
    try:
        return *packet_of(templates, fonts, order), ""
    except MissingFact as missing:
        return missing.document, missing.field
    except MissingGlyph as missing:
        return (missing.character,)


def packet_of(templates: Templates, fonts: Fonts, order: PacketOrder) -> tuple[bytes, str, date]:
    """One write-off packet: PDF, form, version. Raises MissingFact."""
    form = templates.in_force(order.jurisdiction, "write_off_application", order.on)
    return bind(write_off(order.data, form, order.files), fonts, order.files), form.version, form.effective_on


@cache
def _templates_of(root: Path) -> Templates:
    return Templates(root)


def _draw_there(root: Path, fonts: OpenFonts, how: Callable[[Templates, Fonts, Any], Drawn], order: Any) -> Drawn:
    """Draw in a worker process, which reads templates and fonts once."""
    return how(_templates_of(root), fonts(), order)


def _ready(root: Path, fonts: OpenFonts) -> None:
    """Have a worker process read what it will need."""
    _templates_of(root)
    fonts()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
