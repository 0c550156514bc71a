"""Draws a document as PDF: A4, running head, page x of y, 草稿 across drafts, bookmarks. The same document gives the
same bytes.

Not here: the words (`compose`), the look of a block (`fitting`), where boxes stand (`pages`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from typing import Any

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from recourse.documents.attachments import attach
from recourse.documents.blocks import Document
from recourse.documents.boxes import Box, SheetBox, TextBox
from recourse.documents.fitting import NUMBERED, Fitter
from recourse.documents.fonts import BOLD, FONT_NAMES, REGULAR, Fonts
from recourse.documents.pages import Page, paginate

WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP, BOTTOM = 76.0, 72.0, 84.0, 72.0
COLUMN_WIDTH, COLUMN_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
DRAFT_MARK = "草稿"


class Drawn:
    """A document on its pages, ready to be saved: what each page holds, where each heading of the outline stands, which
    pages are kept free for whose."""

    def __init__(self, canvas: Canvas, pages: Sequence[Page], digests: Sequence[str], buffer: BytesIO) -> None:
        self._canvas, self._buffer = canvas, buffer
        self.digests = tuple(digests)
        self.marks = _marks(pages)
        self.sheets = tuple(
            (number, placed.box.sha256, placed.box.nth)
            for number, page in enumerate(pages, start=1)
            for placed in page
            if isinstance(placed.box, SheetBox)
        )
        """(page from 1, file, page in it from 0)"""

    def saved(self, attachments: Mapping[str, bytes] | None = None) -> bytes:
        """The PDF; `attachments` are embedded files by name. Called once."""
        rl_config.useA85 = 0  # read when the file is written: streams as they are, not as text one quarter longer
        if attachments:
            attach(self._canvas, attachments)
        self._canvas.save()
        return self._buffer.getvalue()


def render(document: Document, fonts: Fonts, attachments: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF. `attachments` are embedded files by name. Raises MissingGlyph when a character has no shape in our
    fonts."""
    return drawn(document, fonts).saved(attachments)


def drawn(document: Document, fonts: Fonts) -> Drawn:
    """The document laid out and drawn. Raises MissingGlyph when a character has no shape in our fonts."""
    fonts.of(document.head + document.number)
    fonts.activate()
    pages = _laid_out(document, fonts)
    buffer = BytesIO()
    canvas = Canvas(
        buffer,
        pagesize=A4,
        invariant=1,
        pageCompression=1,
        initialFontName=FONT_NAMES[REGULAR],  # type: ignore[arg-type]  # the stub says float
        lang="zh-CN",
    )
    canvas.setTitle(document.title)
    canvas.setAuthor(document.head)
    canvas.setCreator("Recourse")
    canvas.setKeywords(document.keywords)
    digests = []
    section = ""
    for number, page in enumerate(pages, start=1):
        section = next(reversed(_bookmarks(page)), section)
        _draw_page(canvas, document, page, number, len(pages))
        if any(isinstance(placed.box, SheetBox) for placed in page):
            canvas.drawString(LEFT, 42, section)
        canvas.showPage()
        digests.append(_digest_of_last(canvas))
    return Drawn(canvas, pages, digests, buffer)


def _digest_of_last(canvas: Canvas) -> str:
    """SHA-256 of what the page that was just ended draws, as `packets.digests` reads it back."""
    pdf: Any = canvas._doc  # type: ignore[attr-defined]
    return sha256(str(pdf.Pages.pages[-1].stream).encode("latin-1").strip()).hexdigest()


def _laid_out(document: Document, fonts: Fonts) -> list[Page]:
    blocks = document.blocks
    groups = Fitter(fonts, COLUMN_WIDTH, {}, COLUMN_HEIGHT).groups(blocks)
    pages = _paginated(groups)
    numbered = any(isinstance(block, NUMBERED) for block in blocks)
    known: dict[str, int] = {}
    while numbered and known != (known := _marks(pages)):
        fitter = Fitter(fonts, COLUMN_WIDTH, known, COLUMN_HEIGHT, len(pages))
        groups = fitter.renumbered(blocks, groups)
        pages = _paginated(groups)
    return pages


def _paginated(groups: Sequence[Sequence[Box]]) -> list[Page]:
    return paginate([box for group in groups for box in group], COLUMN_HEIGHT)


def _marks(pages: Sequence[Page]) -> dict[str, int]:
    return {mark: number for number, page in enumerate(pages, start=1) for mark in _bookmarks(page)}


def _bookmarks(page: Page) -> list[str]:
    return [placed.box.bookmark for placed in page if isinstance(placed.box, TextBox) and placed.box.bookmark]


def _draw_page(canvas: Canvas, document: Document, page: Page, number: int, count: int) -> None:
    for placed in page:
        placed.box.draw(canvas, LEFT, HEIGHT - TOP - placed.down)
    for mark in _bookmarks(page):
        key = f"{number}:{mark}"
        canvas.bookmarkPage(key)
        canvas.addOutlineEntry(mark, key)
    _furnish(canvas, document, number, count)
    if document.draft:
        _mark_draft(canvas)


def _furnish(canvas: Canvas, document: Document, number: int, count: int) -> None:
    canvas.setFont(FONT_NAMES[REGULAR], 9)
    canvas.setFillGray(0.3)
    canvas.setStrokeGray(0.3)
    canvas.setLineWidth(0.4)
    if document.head or document.number:
        canvas.drawString(LEFT, HEIGHT - 54, document.head)
        canvas.drawRightString(WIDTH - RIGHT, HEIGHT - 54, document.number)
        canvas.line(LEFT, HEIGHT - 60, WIDTH - RIGHT, HEIGHT - 60)
    canvas.drawCentredString(WIDTH / 2, 42, f"第 {number} 页 共 {count} 页")
    canvas.setStrokeGray(0)


def _mark_draft(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.setFillGray(0.4, 0.13)
    canvas.translate(WIDTH / 2, HEIGHT / 2)
    canvas.rotate(50)
    canvas.setFont(FONT_NAMES[BOLD], 170)
    canvas.drawCentredString(0, -65, DRAFT_MARK)
    canvas.restoreState()
