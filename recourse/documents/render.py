"""Draws a document as PDF: A4, running head, page x of y, 草稿 across drafts, bookmarks. The same document gives the
same bytes.

Not here: the words (`compose`), the look of a block (`fitting`), where boxes stand (`pages`), what makes the file an
archival one (`archival`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from typing import Any, NamedTuple

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from recourse.documents import archival
from recourse.documents.attachments import attach
from recourse.documents.blocks import CHINESE, TAIWANESE, Document, is_chinese
from recourse.documents.boxes import Box, SheetBox, TextBox
from recourse.documents.fitting import NUMBERED, Fitter
from recourse.documents.fonts import BOLD, FONT_NAMES, REGULAR, Fonts
from recourse.documents.lines import EM
from recourse.documents.pages import Page, paginate

WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP, BOTTOM = 76.0, 72.0, 84.0, 72.0
COLUMN_WIDTH, COLUMN_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
HEAD_SIZE = 9
HEAD_GAP = 18.0
LESS = "…"


class Furniture(NamedTuple):
    """What stands on a page besides its text: the line with its number, the mark of a draft with its size in points."""

    page: str
    draft: str
    draft_size: float = 170


_FURNITURE = {
    CHINESE: Furniture("第 {number} 页 共 {count} 页", "草稿"),
    TAIWANESE: Furniture("第 {number} 頁 共 {count} 頁", "草稿"),
}
_ENGLISH = Furniture("Page {number} of {count}", "DRAFT", 150)


def furniture_of(document: Document) -> Furniture:
    """In the document's language; English for one that has no furniture of its own."""
    return _FURNITURE.get(document.language, _ENGLISH)


class Drawn:
    """A document on its pages, ready to be saved: what each page holds, where each heading of the outline stands, which
    pages are kept free for whose."""

    def __init__(self, canvas: Canvas, pages: Sequence[Page], digests: Sequence[str]) -> None:
        self._canvas = canvas
        self.digests = tuple(digests)
        self.marks = _marks(pages)
        self.sheets = tuple(
            (number, placed.box.sha256, placed.box.nth)
            for number, page in enumerate(pages, start=1)
            for placed in page
            if isinstance(placed.box, SheetBox)
        )
        """(page from 1, file, page in it from 0)"""

    def saved(self, attachments: Mapping[str, bytes] | None = None, *, archival_file: bool = True) -> bytes:
        """The PDF; `attachments` are embedded files by name. Called once. Not an `archival_file`: others' pages come in."""
        rl_config.useA85 = 0  # read when the file is written: streams as they are, not as text one quarter longer
        if attachments:
            attach(self._canvas, attachments)
        return archival.save(self._canvas, embeds=bool(attachments), claims=archival_file)


def render(document: Document, fonts: Fonts, attachments: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF. `attachments` are embedded files by name. Raises MissingGlyph when a character has no shape in our
    fonts."""
    return drawn(document, fonts).saved(attachments)


def drawn(document: Document, fonts: Fonts) -> Drawn:
    """The document laid out and drawn. Raises MissingGlyph when a character has no shape in our fonts."""
    head, number = _running_head(document, fonts)
    furniture = furniture_of(document)
    fonts.of(furniture.page + LESS)
    fonts.of(furniture.draft, bold=True)
    fonts.activate()
    pages = _laid_out(document, fonts)
    canvas = _canvas(document)
    digests, section = [], ""
    for at, page in enumerate(pages, start=1):
        section = next(reversed(_bookmarks(page)), section)
        _draw_page(canvas, page, at)
        _furnish(canvas, head, number, furniture.page.format(number=at, count=len(pages)))
        if any(isinstance(placed.box, SheetBox) for placed in page):
            canvas.drawString(LEFT, 42, section)
        if document.draft:
            _mark_draft(canvas, furniture)
        canvas.showPage()
        digests.append(_digest_of_last(canvas))
    return Drawn(canvas, pages, digests)


def _canvas(document: Document) -> Canvas:
    canvas = Canvas(
        BytesIO(),
        pagesize=A4,
        invariant=1,
        pageCompression=1,
        initialFontName=FONT_NAMES[REGULAR],  # type: ignore[arg-type]  # the stub says float
        lang=document.language,
    )
    canvas.setTitle(document.title)
    canvas.setAuthor(document.head)
    canvas.setSubject("")
    canvas.setCreator("Recourse")
    canvas.setKeywords(document.keywords)
    return canvas


def _digest_of_last(canvas: Canvas) -> str:
    """SHA-256 of what the page that was just ended draws, as `packets.digests` reads it back."""
    pdf: Any = canvas._doc  # type: ignore[attr-defined]
    return sha256(str(pdf.Pages.pages[-1].stream).encode("latin-1").strip()).hexdigest()


def _laid_out(document: Document, fonts: Fonts) -> list[Page]:
    blocks, chinese = document.blocks, is_chinese(document)
    groups = Fitter(fonts, COLUMN_WIDTH, {}, COLUMN_HEIGHT, chinese=chinese).groups(blocks)
    pages = _paginated(groups)
    numbered = any(isinstance(block, NUMBERED) for block in blocks)
    known: dict[str, int] = {}
    while numbered and known != (known := _marks(pages)):
        fitter = Fitter(fonts, COLUMN_WIDTH, known, COLUMN_HEIGHT, len(pages), chinese=chinese)
        groups = fitter.renumbered(blocks, groups)
        pages = _paginated(groups)
    return pages


def _paginated(groups: Sequence[Sequence[Box]]) -> list[Page]:
    return paginate([box for group in groups for box in group], COLUMN_HEIGHT)


def _marks(pages: Sequence[Page]) -> dict[str, int]:
    return {mark: number for number, page in enumerate(pages, start=1) for mark in _bookmarks(page)}


def _bookmarks(page: Page) -> list[str]:
    return [placed.box.bookmark for placed in page if isinstance(placed.box, TextBox) and placed.box.bookmark]


def _draw_page(canvas: Canvas, page: Page, number: int) -> None:
    for placed in page:
        placed.box.draw(canvas, LEFT, HEIGHT - TOP - placed.down)
    for mark in _bookmarks(page):
        key = f"{number}:{mark}"
        canvas.bookmarkPage(key)
        canvas.addOutlineEntry(mark, key)


def _running_head(document: Document, fonts: Fonts) -> tuple[str, str]:
    """Head and number, cut where they would run into each other: they repeat what the text says in full."""
    room = (COLUMN_WIDTH - HEAD_GAP) * EM / HEAD_SIZE
    number = _cut(document.number, fonts, room / 2)
    return _cut(document.head, fonts, room - sum(fonts.of(number))), number


def _cut(text: str, fonts: Fonts, room: float) -> str:
    if sum(widths := fonts.of(text)) <= room:
        return text
    room -= sum(fonts.of(LESS))
    kept = 0
    while room >= widths[kept]:
        room -= widths[kept]
        kept += 1
    return text[:kept] + LESS


def _furnish(canvas: Canvas, head: str, number: str, page: str) -> None:
    canvas.setFont(FONT_NAMES[REGULAR], HEAD_SIZE)
    canvas.setFillGray(0.3)
    canvas.setStrokeGray(0.3)
    canvas.setLineWidth(0.4)
    if head or number:
        canvas.drawString(LEFT, HEIGHT - 54, head)
        canvas.drawRightString(WIDTH - RIGHT, HEIGHT - 54, number)
        canvas.line(LEFT, HEIGHT - 60, WIDTH - RIGHT, HEIGHT - 60)
    canvas.drawCentredString(WIDTH / 2, 42, page)
    canvas.setStrokeGray(0)


def _mark_draft(canvas: Canvas, furniture: Furniture) -> None:
    canvas.saveState()
    canvas.setFillGray(0.4, 0.13)
    canvas.translate(WIDTH / 2, HEIGHT / 2)
    canvas.rotate(50)
    canvas.setFont(FONT_NAMES[BOLD], furniture.draft_size)
    canvas.drawCentredString(0, -65, furniture.draft)
    canvas.restoreState()
