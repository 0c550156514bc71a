"""Boxes: blocks measured and broken into lines for one column width, ready to be placed and drawn. Lengths in points.

A box knows its height, how to give away its upper part when a page ends inside it, and how to draw itself from a top
left corner. `pages` places boxes, `render` draws pages. Everything is measured once, when the box is made.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, NamedTuple, Protocol

from reportlab.lib.rl_accel import fp_str
from reportlab.pdfbase.pdfmetrics import getFont
from reportlab.pdfgen.canvas import Canvas

from recourse.documents.blocks import Align
from recourse.documents.fonts import BOLD, FONT_NAMES, REGULAR
from recourse.documents.lines import EM, Line

GLYPH_CENTRE = 0.38  # above the baseline, in em: Han glyphs stand between -0.12 and 0.88
MOST_STRETCH = 2.5  # a line short by more than this many em is left ragged
BORDER, SHADE = 0.5, 0.955
PAD_X, PAD_Y = 5.0, 4.0
KEPT_WHOLE = 180.0  # a table or form no higher than this is not divided between pages


class Style(NamedTuple):
    """Size of the type and distance of the lines, in points; grey 0 is black."""

    size: float
    leading: float
    align: Align = "left"
    justified: bool = False
    grey: float = 0.0


class Box(Protocol):
    """What a page is made of. `keeps_next`: not to be left alone at a page's foot; `at_foot`: wants the foot of its
    page."""

    @property
    def height(self) -> float: ...
    @property
    def space_before(self) -> float: ...
    @property
    def keeps_next(self) -> bool: ...
    @property
    def at_foot(self) -> bool: ...
    def split(self, available: float, *, on_fresh_page: bool) -> tuple[Box, Box] | None:
        """The part that fits into `available` and the rest; None when it is better begun on a fresh page."""
        ...

    def draw(self, canvas: Canvas, left: float, top: float) -> None: ...


def placed_lines(
    lines: Sequence[Line], style: Style, corner: tuple[float, float], width: float, indent: float = 0
) -> Iterator[tuple[float, float, float, Line]]:
    """Each line with where it begins, its baseline, and what is added between its characters; downwards from the corner
    (left, top). `indent` moves the first one."""
    (left, top), size = corner, style.size
    baseline = top - style.leading / 2 - GLYPH_CENTRE * size
    for line in lines:
        spare = width - indent - line.width * size / EM
        shift = 0.0 if style.align == "left" else spare if style.align == "right" else spare / 2
        wanted = 0.0
        if style.justified and line.goes_on and 0 < spare < MOST_STRETCH * size:
            gaps = sum([len(piece.text) for piece in line.pieces]) - 1
            wanted = spare / gaps if gaps > 0 else 0.0
        yield left + indent + shift, baseline, wanted, line
        baseline -= style.leading
        indent = 0


def draw_lines(
    canvas: Canvas, lines: Sequence[Line], style: Style, corner: tuple[float, float], width: float, indent: float = 0
) -> None:
    """Draw lines downwards from the corner. Writes what reportlab's text object writes, which takes longer."""
    page: Any = canvas
    document, code = page._doc, [f"BT 1 0 0 1 0 0 Tm {fp_str(style.grey)} g"]
    spacing, bold, subset = 0.0, None, -1
    chosen = f" {fp_str(style.size)} Tf {fp_str(style.size * 1.2)} TL"
    for left, baseline, wanted, line in placed_lines(lines, style, corner, width, indent):
        if wanted != spacing:
            code.append(f"{fp_str(wanted)} Tc")
            spacing = wanted
        code.append(f"1 0 0 1 {fp_str(left, baseline)} Tm")
        for piece in line.pieces:
            if bold is not piece.bold:
                bold, subset = piece.bold, -1
                font: Any = getFont(FONT_NAMES[BOLD if bold else REGULAR])
            for number, shown in font.shown(piece.text, document):
                if number != subset:
                    code.append(font.getSubsetInternalName(number, document) + chosen)
                    subset = number
                code.append(shown)
    code.append("0 Tc ET" if spacing else "ET")
    page._code.append(" ".join(code))


class TextBox(NamedTuple):
    """A paragraph, a heading, an item of a list: lines in one style, a marker hanging left of the first."""

    lines: tuple[Line, ...]
    style: Style
    width: float
    offset: float = 0
    indent: float = 0
    marker: Line | None = None
    space_before: float = 0
    keeps_next: bool = False
    at_foot: bool = False
    bookmark: str = ""

    @property
    def height(self) -> float:
        return len(self.lines) * self.style.leading

    def split(self, available: float, *, on_fresh_page: bool) -> tuple[Box, Box] | None:
        fit = min(int(available / self.style.leading), len(self.lines) - 2)  # two lines at least on either page
        if fit < 2:
            return None
        upper, lower = self.lines[:fit], self.lines[fit:]
        return self._replace(lines=upper), self._replace(
            lines=lower, indent=0, marker=None, space_before=0, bookmark=""
        )

    def draw(self, canvas: Canvas, left: float, top: float) -> None:
        if self.marker:
            draw_lines(canvas, (self.marker,), self.style, (left + self.offset - 2 * self.style.size, top), self.width)
        draw_lines(canvas, self.lines, self.style, (left + self.offset, top), self.width, self.indent)


class Cell(NamedTuple):
    """A piece of a row: where it begins, how wide it is with its padding, what stands in it."""

    left: float
    width: float
    lines: tuple[Line, ...]
    align: Align = "left"
    shaded: bool = False


class Row(NamedTuple):
    """Cells side by side, as high as the highest."""

    cells: tuple[Cell, ...]
    style: Style
    centred: bool = False

    @property
    def height(self) -> float:
        return max([len(cell.lines) for cell in self.cells]) * self.style.leading + 2 * PAD_Y

    def cut(self, available: float) -> tuple[Row, Row] | None:
        """Divide a row that is higher than a page, line by line."""
        fit = int((available - 2 * PAD_Y) / self.style.leading)
        if fit < 1:
            return None
        upper = tuple(cell._replace(lines=cell.lines[:fit]) for cell in self.cells)
        lower = tuple(cell._replace(lines=cell.lines[fit:]) for cell in self.cells)
        return self._replace(cells=upper), self._replace(cells=lower)

    def draw(self, canvas: Canvas, left: float, top: float) -> None:
        height = self.height
        for cell in self.cells:
            if cell.shaded:
                canvas.setFillGray(SHADE)
                canvas.rect(left + cell.left, top - height, cell.width, height, stroke=0, fill=1)
        for cell in self.cells:
            canvas.rect(left + cell.left, top - height, cell.width, height)
            space = height - 2 * PAD_Y - len(cell.lines) * self.style.leading
            corner = (left + cell.left + PAD_X, top - PAD_Y - (space / 2 if self.centred else 0))
            draw_lines(canvas, cell.lines, self.style._replace(align=cell.align), corner, cell.width - 2 * PAD_X)


class GridBox(NamedTuple):
    """A table or a form; rows stay whole unless one is higher than the space of a page, `header` rows come again
    after a cut."""

    rows: tuple[Row, ...]
    header: tuple[Row, ...] = ()
    space_before: float = 0
    keeps_next: bool = False
    at_foot: bool = False

    @property
    def height(self) -> float:
        return sum([row.height for row in (*self.header, *self.rows)])

    def split(self, available: float, *, on_fresh_page: bool) -> tuple[Box, Box] | None:
        if self.height <= KEPT_WHOLE and not on_fresh_page:
            return None
        left = available - sum(row.height for row in self.header)
        bottoms = list(accumulate(row.height for row in self.rows))
        count = bisect_right(bottoms, left)
        if count:
            return self._cut(self.rows[:count], self.rows[count:])
        parts = self.rows[0].cut(left) if on_fresh_page else None
        return self._cut(parts[:1], (parts[1], *self.rows[1:])) if parts else None

    def _cut(self, upper: tuple[Row, ...], lower: tuple[Row, ...]) -> tuple[Box, Box]:
        return self._replace(rows=upper), self._replace(rows=lower, space_before=0)

    def draw(self, canvas: Canvas, left: float, top: float) -> None:
        canvas.setLineWidth(BORDER)
        for row in (*self.header, *self.rows):
            row.draw(canvas, left, top)
            top -= row.height


class StackBox(NamedTuple):
    """Boxes that stay together on one page, each so far to the right and so far down; a slip to cut off has a dashed
    line above. One that is higher than any page is divided between lines, its parts as they fall."""

    parts: tuple[tuple[float, float, TextBox], ...]
    height: float
    slip_width: float = 0
    space_before: float = 0
    keeps_next: bool = False
    at_foot: bool = False

    def split(self, available: float, *, on_fresh_page: bool) -> tuple[Box, Box] | None:
        if not on_fresh_page:
            return None
        upper, lower = [], []
        for right, down, part in self.parts:
            fit = min(max(int((available - down) / part.style.leading), 0), len(part.lines))
            if fit:
                upper.append((right, down, part._replace(lines=part.lines[:fit])))
            if fit < len(part.lines):
                lower.append((right, down + fit * part.style.leading, part._replace(lines=part.lines[fit:])))
        if not upper or not lower:
            return None
        start = min(down for _, down, _ in lower)
        moved = tuple((right, down - start, part) for right, down, part in lower)
        return (
            self._replace(parts=tuple(upper), height=available, at_foot=False),
            self._replace(parts=moved, height=self.height - start, slip_width=0, space_before=0),
        )

    def draw(self, canvas: Canvas, left: float, top: float) -> None:
        if self.slip_width:
            canvas.setLineWidth(BORDER)
            canvas.setDash(4, 3)
            canvas.line(left, top, left + self.slip_width, top)
            canvas.setDash()
        for right, down, part in self.parts:
            part.draw(canvas, left + right, top - down)


class RuleBox(NamedTuple):
    """A thin line across the column."""

    width: float
    height: float = 10
    space_before: float = 0
    keeps_next: bool = False
    at_foot: bool = False

    def split(self, available: float, *, on_fresh_page: bool) -> tuple[Box, Box] | None:
        return None

    def draw(self, canvas: Canvas, left: float, top: float) -> None:
        canvas.setLineWidth(BORDER)
        canvas.line(left, top - self.height / 2, left + self.width, top - self.height / 2)


class BreakBox(NamedTuple):
    """Ends the page."""

    height: float = 0
    space_before: float = 0
    keeps_next: bool = False
    at_foot: bool = False

    def split(self, available: float, *, on_fresh_page: bool) -> tuple[Box, Box] | None:
        return None

    def draw(self, canvas: Canvas, left: float, top: float) -> None:
        """Nothing to draw."""


class SheetBox(NamedTuple):
    """A whole page kept free for a page of a file that is not ours."""

    sha256: str
    nth: int
    height: float
    space_before: float = 0
    keeps_next: bool = False
    at_foot: bool = False

    def split(self, available: float, *, on_fresh_page: bool) -> tuple[Box, Box] | None:
        return None

    def draw(self, canvas: Canvas, left: float, top: float) -> None:
        """Nothing of ours to draw."""
