"""Draws a document as PDF: A4, running head, page x of y, 草稿 across drafts, bookmarks. The same document gives the
same bytes.

Not here: the words (`compose`), the look of a block (`fitting`), where boxes stand (`pages`), what makes the file an
archival one (`archival`).
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import NamedTuple

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from recourse.documents import archival
from recourse.documents.attachments import attach
from recourse.documents.blocks import CHINESE, TAIWANESE, Contents, Document, is_chinese
from recourse.documents.boxes import TextBox
from recourse.documents.fitting import Fitter
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


def render(document: Document, fonts: Fonts, attachments: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF. `attachments` are embedded files by name. Raises MissingGlyph when a character has no shape in our
    fonts."""
    head, number = _running_head(document, fonts)
    furniture = furniture_of(document)
    fonts.of(furniture.page + LESS)
    fonts.of(furniture.draft, bold=True)
    fonts.activate()
    pages = _laid_out(document, fonts)
    canvas = _canvas(document)
    for at, page in enumerate(pages, start=1):
        _draw_page(canvas, page, at)
        _furnish(canvas, head, number, furniture.page.format(number=at, count=len(pages)))
        if document.draft:
            _mark_draft(canvas, furniture)
        canvas.showPage()
    if attachments:
        attach(canvas, attachments)
    rl_config.useA85 = 0  # read when the file is written: page streams as they are, not as text one quarter longer
    return archival.save(canvas, embeds=bool(attachments))


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


def _laid_out(document: Document, fonts: Fonts) -> list[Page]:
    chinese = is_chinese(document)
    pages = paginate(Fitter(fonts, COLUMN_WIDTH, {}, chinese=chinese).boxes(document.blocks), COLUMN_HEIGHT)
    if any(isinstance(block, Contents) for block in document.blocks):
        known = {mark: number for number, page in enumerate(pages, start=1) for mark in _bookmarks(page)}
        pages = paginate(Fitter(fonts, COLUMN_WIDTH, known, chinese=chinese).boxes(document.blocks), COLUMN_HEIGHT)
    return pages


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
