"""Fits blocks to the column: chooses the style of each kind, breaks its lines, divides tables into columns.

The look of every document is decided here: sober, as Chinese official letters are. Lengths in points. Not here: where
on which page a box stands (`pages`), drawing (`boxes`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from recourse.documents.blocks import (
    Align,
    Block,
    Contents,
    ExhibitTable,
    Heading,
    KeyValues,
    ListItem,
    Note,
    Paragraph,
    Receipt,
    Rule,
    Run,
    Sheets,
    SignatureBlock,
    Table,
    Text,
    is_sealed,
    plain,
)
from recourse.documents.boxes import (
    PAD_X,
    Box,
    BreakBox,
    Cell,
    GridBox,
    Row,
    RuleBox,
    SheetBox,
    StackBox,
    Style,
    TextBox,
)
from recourse.documents.lines import EM, Line, Measure, break_lines, natural_width

BODY = Style(11.5, 20, justified=True)
TITLE = Style(20, 38, "center")
HEADINGS = {2: Style(13.5, 24), 3: Style(11.5, 20)}
FORM = Style(10.5, 16)
SMALL = Style(9, 14, justified=True, grey=0.25)
SLIP_TITLE = Style(12, 24, "center")
GAP = 6.0
INDENT_EM = 2
SIGNATURE_SHARE = 0.46
SEAL = 42 * 72 / 25.4
"""Room for a bank's round seal (42 mm), which is set over name and date."""
LABEL_SHARE = 0.3
NARROWEST = 40.0


Fitted = TextBox | GridBox | StackBox | RuleBox | BreakBox | SheetBox
NUMBERED = (Contents, ExhibitTable)
"""Blocks that name pages, so that they are fitted again when the pages are known."""


class Fitter:
    """Turns blocks into boxes of one width and sheets of one height. `pages` gives the page of each heading once it is known,
    `last` the last one of the document. `chinese`: first lines start two characters in and lines are of one length; else
    neither, with a gap between paragraphs."""

    def __init__(
        self, measure: Measure, width: float, pages: Mapping[str, int], height: float = 0, last: int = 0, *,
        chinese: bool = True,
    ) -> None:  # fmt: skip
        self._measure = _Remembered(measure)
        self._width = width
        self._height = height
        self._pages = pages
        self._last = last
        self._chinese = chinese
        self._headings: list[str] = []

    def boxes(self, blocks: Sequence[Block]) -> list[Box]:
        """The boxes of all blocks, in order."""
        return [box for group in self.groups(blocks) for box in group]

    def groups(self, blocks: Sequence[Block]) -> list[list[Fitted]]:
        """The boxes of each block: one, but for a list of contents and for sheets."""
        self._headings = [block.text for block in blocks if isinstance(block, Heading) and block.level == 2]
        groups = [self._boxes(block) for block in blocks]
        at_hand = [at for at, group in enumerate(groups) if group]
        for before, at in itertools.pairwise(at_hand):
            above, below = groups[before][-1], groups[at][0]
            if isinstance(above, GridBox):
                groups[at][0] = below._replace(space_before=max(below.space_before, GAP))
            elif isinstance(below, GridBox) and _announces(blocks[before]):
                groups[before][-1] = above._replace(keeps_next=True)
        return groups

    def renumbered(self, blocks: Sequence[Block], groups: Sequence[list[Fitted]]) -> list[list[Fitted]]:
        """The same boxes, but for those that name pages: these are fitted again."""
        self._headings = [block.text for block in blocks if isinstance(block, Heading) and block.level == 2]
        return [
            _spaced_as(group, self._boxes(block)) if isinstance(block, NUMBERED) else group
            for block, group in zip(blocks, groups, strict=True)
        ]

    def _boxes(self, block: Block) -> list[Fitted]:
        match block:
            case Contents():
                return list(self._contents())
            case Sheets(sha256, count):
                return [SheetBox(sha256, index, self._height) for index in range(count)]
            case ExhibitTable():
                return [self._table(self._exhibits(block))]
            case _:
                return [self._box(block)]

    def _box(self, block: Block) -> Fitted:
        match block:
            case Heading(level, text):
                return self._heading(level, text)
            case Paragraph(text, indent, align):
                style = BODY._replace(align=align, justified=align == "left")
                if not self._chinese:
                    return self._text(text, style, self._width, space_before=GAP)
                return self._text(text, style, self._width, indent=INDENT_EM * style.size if indent else 0)
            case ListItem(marker, text, depth):
                offset = (depth + 1) * 2 * BODY.size
                box = self._text(text, BODY, self._width - offset)
                return box._replace(offset=offset, marker=self._line(marker) if marker else None)
            case Note(text):
                return self._text(plain(text), SMALL, self._width, space_before=GAP)
            case Table():
                return self._table(block)
            case KeyValues(rows):
                return self._form(rows)
            case SignatureBlock(columns):
                return self._signature(columns)
            case Receipt(title, lines):
                return self._receipt(title, lines)
            case Rule():
                return RuleBox(self._width)
            case _:
                return BreakBox()

    def _text(self, text: Text, style: Style, width: float, indent: float = 0, space_before: float = 0) -> TextBox:
        lines = break_lines(text, self._measure, _em(width, style), _em(indent, style))
        style = style if self._chinese else style._replace(justified=False)
        return TextBox(lines, style, width, indent=indent, space_before=space_before)

    def _line(self, text: str) -> Line:
        return break_lines(plain(text), self._measure, 10**9)[0]

    def _heading(self, level: int, text: str) -> TextBox:
        style = TITLE if level == 1 else HEADINGS[min(level, max(HEADINGS))]
        box = self._text((Run(text, bold=True),), style, self._width, space_before=GAP)
        return box._replace(keeps_next=True, bookmark=text if level <= 2 else "")

    def _table(self, table: Table) -> GridBox:
        columns = list(zip(map(plain, table.header), *table.rows, strict=True))
        widths = _share(self._width, [self._natural(column) for column in columns])
        titles = [(Run(title, bold=True),) for title in table.header]
        header = self._row(titles, widths, ["center"] * len(widths), shaded=True)
        rows = tuple(self._row(row, widths, table.align) for row in table.rows)
        return GridBox(rows, (header,), space_before=GAP)

    def _natural(self, column: Iterable[Text]) -> float:
        """The width at which no cell of the column would need a second line."""
        widest = max(natural_width(text, self._measure) for text in column)
        return widest * FORM.size / EM + 2 * PAD_X + 1

    def _row(self, texts: Sequence[Text], widths: Sequence[float], align: Sequence[Align], shaded: bool = False) -> Row:
        cells, left = [], 0.0
        for text, width, side in zip(texts, widths, align, strict=True):
            cells.append(self._cell(text, left, width, side, shaded))
            left += width
        return Row(tuple(cells), FORM)

    def _cell(self, text: Text, left: float, width: float, align: Align = "left", shaded: bool = False) -> Cell:
        lines = break_lines(text, self._measure, _em(width - 2 * PAD_X, FORM))
        return Cell(left, width, lines, align, shaded)

    def _form(self, rows: Sequence[Sequence[tuple[str, str]]]) -> GridBox:
        label = min(
            self._natural([(Run(label, bold=True),) for row in rows for label, _ in row]) + 2, LABEL_SHARE * self._width
        )
        return GridBox(tuple(Row(tuple(self._pairs(row, label)), FORM, centred=True) for row in rows), space_before=GAP)

    def _pairs(self, row: Sequence[tuple[str, str]], label_width: float) -> Iterator[Cell]:
        pair_width = self._width / len(row)
        for at, (label, value) in enumerate(row):
            left = at * pair_width
            yield self._cell((Run(label, bold=True),), left, label_width, "center", shaded=True)
            yield self._cell(plain(value), left + label_width, pair_width - label_width)

    def _signature(self, columns: Sequence[Sequence[str]]) -> StackBox:
        if len(columns) == 1:
            width, left = self._width * SIGNATURE_SHARE, self._width * (1 - SIGNATURE_SHARE)
            return self._columns(columns, left, width, BODY._replace(align="center", justified=False), 2 * GAP)
        return self._columns(columns, 0, self._width / len(columns), FORM._replace(leading=22), GAP)

    def _columns(
        self, columns: Sequence[Sequence[str]], left: float, width: float, style: Style, space_before: float
    ) -> StackBox:
        """Columns side by side; the lines of one that is sealed stand in the middle of the room for the seal."""
        parts, heights = [], []
        for at, column in enumerate(columns):
            texts = [self._text(plain(text), style, width - GAP) for text in column]
            height = sum(text.height for text in texts)
            room = max(height, SEAL) if is_sealed(column) else height
            down = (room - height) / 2
            for text in texts:
                parts.append((left + at * width, down, text))
                down += text.height
            heights.append(room)
        return StackBox(tuple(parts), max(heights), space_before=space_before)

    def _receipt(self, title: str, lines: Sequence[Sequence[str]]) -> StackBox:
        heading = self._text((Run(title, bold=True),), SLIP_TITLE, self._width)
        parts, down = [(0.0, GAP, heading)], GAP + heading.height
        style = FORM._replace(leading=20, justified=True)
        for line in lines:
            width = self._width / len(line)
            row = [self._text(plain(text), style, width - (GAP if len(line) > 1 else 0)) for text in line]
            parts += [(at * width, down, part) for at, part in enumerate(row)]
            down += max(part.height for part in row)
        return StackBox(tuple(parts), down, slip_width=self._width, space_before=2 * GAP, at_foot=True)

    def _contents(self) -> Iterator[StackBox]:
        room = 3 * BODY.size
        for heading in self._headings:
            entry = self._text(plain(heading), BODY, self._width - room)
            page = self._text(plain(str(self._pages.get(heading, 0))), BODY._replace(align="right"), room)
            yield StackBox(((0.0, 0.0, entry), (self._width - room, 0.0, page)), entry.height)

    def _exhibits(self, block: ExhibitTable) -> Table:
        firsts = [
            *(self._pages.get(row[0], 0) for row in block.rows),
            self._pages.get(block.end, self._last + 1),
        ]
        rows = tuple(
            (*map(plain, row), plain(span(first, max(first, following - 1))))
            for row, (first, following) in zip(block.rows, itertools.pairwise(firsts), strict=True)
        )
        align = block.align or tuple("left" for _ in block.header[1:])
        return Table(block.header, rows, (*align, "center"))


class _Remembered:
    """A measure that knows the texts of one document again: each cell is asked for twice, and many say the same."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._known: dict[tuple[str, bool], list[int]] = {}

    def of(self, text: str, bold: bool) -> list[int]:
        found = self._known.get((text, bold))
        if found is None:
            found = self._known[text, bold] = self._measure.of(text, bold)
        return found


def span(first: int, last: int) -> str:
    """Pages as a list names them: ``7`` or ``7–12``."""
    return str(first) if first == last else f"{first}–{last}"


def _spaced_as(before: Sequence[Fitted], now: list[Fitted]) -> list[Fitted]:
    if before and now:
        now[0] = now[0]._replace(space_before=before[0].space_before)
    return now


def _announces(block: Block) -> bool:
    return isinstance(block, Paragraph) and bool(block.text) and block.text[-1].text.endswith("：")


def _em(points: float, style: Style) -> int:
    return int(points * EM / style.size + 0.001)


def _share(total: float, naturals: Sequence[float]) -> list[float]:
    """Column widths that fill `total`: a column that needs less than its share keeps what it needs, the others share
    the rest."""
    widths = dict(enumerate(naturals))
    if sum(naturals) <= total:
        return [width + (total - sum(naturals)) * width / sum(naturals) for width in naturals]
    settled: dict[int, float] = {}
    while open_columns := [at for at in widths if at not in settled]:
        left = total - sum(settled.values())
        small = [at for at in open_columns if widths[at] <= left / len(open_columns)]
        if not small:
            need = sum(min(widths[at], total) for at in open_columns)
            settled |= {
                at: max(left * min(widths[at], total) / need, min(NARROWEST, left / len(open_columns)))
                for at in open_columns
            }
        settled |= {at: widths[at] for at in small}
    scale = total / sum(settled.values())
    return [settled[at] * scale for at in range(len(naturals))]
