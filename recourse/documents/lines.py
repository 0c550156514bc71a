"""Breaks text into lines by the rules of Chinese typesetting. Pure: widths come in as numbers.

Closing marks do not begin a line and opening marks do not end one (GB/T 15834-2011, section 5.1); a Latin word, a
number, an amount with its unit or currency, a year in brackets, a dash and an ellipsis stay whole. A word longer than
the line is cut, so that nothing runs off the page.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple, Protocol

from recourse.documents.blocks import Text

NOT_FIRST = frozenset("，。、；：？！）》〉】〕」』”’…—％‰·,.;:?!)]}%~～℃°")
NOT_LAST = frozenset("（《〈【〔「『“‘([{￥¥$№")
WHOLE = frozenset("—…")
COUNTED = frozenset("年月日号期天次元项页份条%")  # stays with the number before it
EM = 1000
_APOSTROPHE = "’"
_WHOLE = re.compile(r"\d (?=[万亿元%])|(?<![A-Za-z])[A-Z]{3} (?=\d)|[币幣] (?=\d)|〔\d{4}(?=〕)")
"""An amount with its unit or currency, a year as document numbers write it: no line ends inside or right behind."""


class Piece(NamedTuple):
    """Neighbouring characters of one weight."""

    text: str
    bold: bool


class Line(NamedTuple):
    """One line: its pieces, its natural width in 1/1000 em, and whether its paragraph goes on (so it may be
    justified)."""

    pieces: tuple[Piece, ...]
    width: int
    goes_on: bool


class Measure(Protocol):
    """Knows how wide characters are."""

    def of(self, text: str, bold: bool) -> list[int]:
        """The width of each character, in 1/1000 em."""
        ...


def break_lines(text: Text, measure: Measure, width: int, first_indent: int = 0) -> tuple[Line, ...]:
    """Lines no wider than `width` (1/1000 em; the first one less by `first_indent`); ``\\n`` ends a line."""
    if whole := _one_line(text, measure, width - first_indent):
        return (whole,)
    lines: list[Line] = []
    for paragraph in _split_at_newlines(text):
        characters = "".join(piece.text for piece in paragraph)
        widths = [each for piece in paragraph for each in measure.of(piece.text, piece.bold)]
        ends = [0, *accumulate(widths)]
        kept = {at for whole in _WHOLE.finditer(characters) for at in range(whole.start() + 1, whole.end() + 1)}
        start, indent = 0, 0 if lines else first_indent
        while True:
            end = _line_end(characters, ends, start, width - indent, kept)
            last = len(characters[:end].rstrip(" "))
            goes_on = end < len(characters)
            lines.append(Line(_cut(paragraph, start, max(last, start)), ends[max(last, start)] - ends[start], goes_on))
            if not goes_on:
                break
            start, indent = end + (characters[end] == " "), 0
    return tuple(lines)


def _one_line(text: Text, measure: Measure, width: int) -> Line | None:
    """The one line of a short text of one weight, as most cells are; None when it may take more, or ends in a space."""
    if len(text) != 1 or not (run := text[0]).text or "\n" in run.text or run.text[-1] == " ":
        return None
    natural = sum(measure.of(run.text, run.bold))
    return Line((Piece(run.text, run.bold),), natural, False) if natural <= width else None


def natural_width(text: Text, measure: Measure) -> int:
    """The width of the widest line if only ``\\n`` ended lines, in 1/1000 em."""
    if len(text) == 1 and "\n" not in text[0].text:
        return sum(measure.of(text[0].text, text[0].bold))
    return max(sum(sum(measure.of(piece.text, piece.bold)) for piece in line) for line in _split_at_newlines(text))


def _split_at_newlines(text: Text) -> Iterator[list[Piece]]:
    line: list[Piece] = []
    for run in text:
        first, *others = run.text.split("\n")
        line.append(Piece(first, run.bold))
        for other in others:
            yield line
            line = [Piece(other, run.bold)]
    yield line


def _line_end(characters: str, ends: Sequence[int], start: int, width: int, kept: Container[int]) -> int:
    """Where the line that begins at `start` ends: as far as it fits, moved back to a place where it may break; there
    is none in `kept`."""
    fits = bisect_right(ends, ends[start] + width) - 1
    if fits >= len(characters):
        return len(characters)
    fits = max(fits, start + 1)
    places = (at for at in range(fits, start, -1) if at not in kept)
    return next((at for at in places if _may_break(characters[at - 1], characters[at])), fits)


def _may_break(before: str, after: str) -> bool:
    if after == " ":
        return True
    if after in NOT_FIRST or before in NOT_LAST or (before == after and before in WHOLE):
        return False
    if before.isdigit() and after in COUNTED:
        return False
    return not (_is_latin(before) and _is_latin(after))


def _is_latin(character: str) -> bool:
    """Part of a word: ASCII signs, accented letters, the apostrophe."""
    return "!" <= character <= "~" or "\u00c0" <= character <= "\u024f" or character == _APOSTROPHE


def _cut(paragraph: Sequence[Piece], start: int, end: int) -> tuple[Piece, ...]:
    cut, position = [], 0
    for piece in paragraph:
        text = piece.text[max(start - position, 0) : max(end - position, 0)]
        if text:
            cut.append(Piece(text, piece.bold))
        position += len(piece.text)
    return tuple(cut)
