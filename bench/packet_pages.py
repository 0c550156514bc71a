"""The pages of a packet, for others to draw: as plain canvas calls at places worked out before, and as HTML with CSS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from io import BytesIO
from typing import Any
from unittest.mock import patch

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from recourse.documents import boxes, render
from recourse.documents.blocks import (
    Block,
    Contents,
    Document,
    ExhibitTable,
    Heading,
    KeyValues,
    ListItem,
    Note,
    PageBreak,
    Paragraph,
    SignatureBlock,
    Table,
    Text,
)
from recourse.documents.boxes import Style
from recourse.documents.fonts import BOLD, FONT_NAMES, REGULAR, Fonts
from recourse.documents.lines import Line

Call = tuple[str, tuple[Any, ...]]


class Strokes:
    """Stands in for a canvas while a page is drawn: keeps the calls, those of its texts apart."""

    def __init__(self) -> None:
        self.lines: list[Call] = []
        self.text: list[Call] = []
        self._font: tuple[str, float] = ("", 0)

    def __getattr__(self, name: str) -> Any:
        return lambda *given, **named: self.lines.append((name, (*given, *named.values())))

    def write(
        self, lines: Sequence[Line], style: Style, corner: tuple[float, float], width: float, indent: float = 0
    ) -> None:
        """In place of `boxes.draw_lines`: the same texts at the same places."""
        self.text.append(("setFillGray", (style.grey,)))
        spacing = 0.0
        for left, baseline, wanted, line in boxes.placed_lines(lines, style, corner, width, indent):
            if wanted != spacing:
                self.text.append(("setCharSpace", (wanted,)))
                spacing = wanted
            self.text.append(("setTextOrigin", (left, baseline)))
            for piece in line.pieces:
                font = (FONT_NAMES[BOLD if piece.bold else REGULAR], style.size)
                if font != self._font:
                    self.text.append(("setFont", font))
                    self._font = font
                self.text.append(("textOut", (piece.text,)))
        if spacing:
            self.text.append(("setCharSpace", (0,)))


def strokes_of(document: Document, fonts: Fonts) -> list[Strokes]:
    """Page by page, what is drawn where."""
    head, number = render._running_head(document, fonts)
    furniture = render.furniture_of(document)
    fonts.activate()
    pages, drawn = render._laid_out(document, fonts), []
    with patch.object(boxes, "draw_lines", Strokes.write):
        for at, page in enumerate(pages, start=1):
            strokes: Any = Strokes()
            for placed in page:
                placed.box.draw(strokes, render.LEFT, render.HEIGHT - render.TOP - placed.down)
            render._furnish(strokes, head, number, furniture.page.format(number=at, count=len(pages)))
            drawn.append(strokes)
    return drawn


def by_hand(pages: Sequence[Strokes], fonts: Fonts) -> bytes:
    """The least that drawing these pages on a reportlab canvas takes: one text object a page, no outline, nothing embedded
    but the fonts, no hash."""
    fonts.activate()
    buffer = BytesIO()
    canvas = Canvas(
        buffer, pagesize=A4, invariant=1, pageCompression=1, initialFontName=FONT_NAMES[REGULAR],  # type: ignore[arg-type]
    )  # fmt: skip
    for page in pages:
        for name, given in page.lines:
            getattr(canvas, name)(*given)
        text = canvas.beginText()
        for name, given in page.text:
            getattr(text, name)(*given)
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


CSS = """
@font-face {{ font-family: packet; src: url({regular}); font-weight: normal }}
@font-face {{ font-family: packet; src: url({bold}); font-weight: bold }}
@page {{ size: A4; margin: 84pt 72pt 72pt 76pt;
  @top-left {{ content: "{head}"; font: 9pt packet }} @top-right {{ content: "{number}"; font: 9pt packet }}
  @bottom-center {{ content: "第 " counter(page) " 页 共 " counter(pages) " 页"; font: 9pt packet }} }}
body {{ font: 11.5pt/20pt packet; text-align: justify }} h1 {{ font-size: 20pt; line-height: 38pt; text-align: center }}
h1, h2, h3 {{ margin: 6pt 0 0 }}
h2 {{ font-size: 13.5pt; line-height: 24pt; bookmark-level: 1 }} h3 {{ font-size: 11.5pt; bookmark-level: none }}
table {{ width: 100%; border-collapse: collapse; font-size: 10.5pt; line-height: 16pt; margin-top: 6pt }}
td, th {{ border: .5pt solid; padding: 4pt 5pt; text-align: left; white-space: pre-line }} th {{ background: #f4f4f4 }}
p {{ margin: 0; text-indent: 2em }} .note {{ font-size: 9pt; line-height: 14pt; color: #404040; text-indent: 0 }}
.break {{ break-before: page }} .contents a::after {{ content: leader(" ") target-counter(attr(href), page) }}
"""


def html_of(document: Document, regular: str, bold: str) -> tuple[str, str]:
    """The same content as HTML, and its CSS; `regular`, `bold`: addresses of the very fonts that we print with."""
    headings = [block.text for block in document.blocks if isinstance(block, Heading) and block.level == 2]
    body = "\n".join(part for block in document.blocks for part in _html(block, headings))
    css = CSS.format(regular=regular, bold=bold, head=document.head, number=document.number)
    return f'<html lang="{document.language}"><title>{escape(document.title)}</title><body>{body}</body></html>', css


def _html(block: Block, headings: Sequence[str]) -> Iterator[str]:
    match block:
        case Heading(level, text):
            name = f' id="h{headings.index(text)}"' if level == 2 else ""
            yield f"<h{level}{name}>{escape(text)}</h{level}>"
        case Paragraph(text):
            yield f"<p>{_text(text)}</p>"
        case ListItem(marker, text):
            yield f"<p>{escape(marker)} {_text(text)}</p>"
        case Note(said):
            yield f'<p class="note">{escape(said)}</p>'
        case Table(header, rows):
            yield _table(header, rows)
        case KeyValues(pairs):
            yield "".join(["<table>", *map(_form_row, pairs), "</table>"])
        case ExhibitTable(header, rows):
            places = [(f'<a href="#h{at}"></a>',) for at in range(len(rows))]
            body = (_row([*map(escape, row), *place]) for row, place in zip(rows, places, strict=True))
            yield "".join(['<table class="contents">', _row(map(escape, header), "th"), *body, "</table>"])
        case Contents():
            lines = (f'<div><a href="#h{at}">{escape(text)}</a></div>' for at, text in enumerate(headings))
            yield "".join(['<div class="contents">', *lines, "</div>"])
        case SignatureBlock(columns):
            yield "".join(f"<p>{escape(line)}</p>" for column in columns for line in column)
        case PageBreak():
            yield '<div class="break"></div>'
        case _:
            yield "<hr>"


def _text(text: Text) -> str:
    return "".join(f"<b>{escape(run.text)}</b>" if run.bold else escape(run.text) for run in text)


def _table(header: Sequence[str], rows: Sequence[Sequence[Text]]) -> str:
    body = (_row(map(_text, row)) for row in rows)
    return "".join(["<table><thead>", _row(map(escape, header), "th"), "</thead>", *body, "</table>"])


def _row(cells: Any, kind: str = "td") -> str:
    return "".join(["<tr>", *(f"<{kind}>{cell}</{kind}>" for cell in cells), "</tr>"])


def _form_row(pairs: Sequence[tuple[str, str]]) -> str:
    return "".join(["<tr>", *(f"<th>{escape(label)}</th><td>{escape(value)}</td>" for label, value in pairs), "</tr>"])
