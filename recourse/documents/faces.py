"""Faces that reportlab embeds: a static TrueType file in memory that can take in further characters while it is in use.

reportlab's own face knows one file. Ours takes rare characters from their own small files into the same face, so that
text stays one run and a document's bytes depend on its text alone, never on what was printed before. The ToUnicode
table is mended where reportlab 5 departs from the standard: characters beyond the basic plane in UTF-16, no value 0, at
most 100 entries in a piece. Not here: building files (`fonts`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from struct import pack, unpack_from
from typing import Any, NamedTuple

from reportlab.lib.rl_accel import escapePDF
from reportlab.pdfbase.ttfonts import TTFont, TTFontFace, TTFontMaker

_COPIED_TABLES = ("name", "OS/2", "post")
_ENTRY = re.compile(r"^<([0-9A-F]{2})> <([0-9A-F]{4,})>$", re.MULTILINE)
_ENTRIES = re.compile(r"\d+ beginbfchar\n.*endbfchar", re.DOTALL)
_MOST_ENTRIES = 100


class _Shape(NamedTuple):
    advance: int
    bearing: int
    outline: bytes


class GrowingFace(TTFontFace):
    """A static font file, plus the characters adopted since; all simple outlines of 1000 units per em."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._adopted: dict[int, _Shape] = {}
        self._outlines = self._table("glyf")

    def adopt(self, other: GrowingFace, codepoint: int) -> None:
        """Take one character from another file into this face."""
        self._adopted[codepoint] = other.shape(codepoint)
        self.charWidths[codepoint] = other.charWidths[codepoint]
        self.charToGlyph[codepoint] = -1  # marks it as present; its outline is not in this file

    def shape(self, codepoint: int) -> _Shape:
        """Advance, left bearing and outline bytes of a character the face has."""
        if codepoint in self._adopted:
            return self._adopted[codepoint]
        index = self.charToGlyph.get(codepoint, 0)
        start, end = self.glyphPos[index], self.glyphPos[index + 1]
        advance, bearing = self.hmetrics[index]
        return _Shape(advance, bearing, self._outlines[start:end])

    def makeSubset(self, subset: Sequence[int]) -> bytes:  # noqa: N802 (reportlab's name)
        """A font file of at most 256 characters, in the order of `subset`, mapped from the byte codes 0, 1, 2 …"""
        codepoints = [0, *sorted(set(subset) - {0})]
        slots = {codepoint: index for index, codepoint in enumerate(codepoints)}
        shapes = [self.shape(codepoint) for codepoint in codepoints]
        glyf, offsets = _joined(shape.outline for shape in shapes)
        count, codes = len(shapes), len(subset)
        font = TTFontMaker()
        for tag in _COPIED_TABLES:
            font.add(tag, self._table(tag))
        font.add("hmtx", b"".join(pack(">HH", shape.advance, shape.bearing & 0xFFFF) for shape in shapes))
        font.add("hhea", self._table("hhea")[:34] + pack(">H", count))
        font.add("maxp", _maximum_profile(self._table("maxp"), shapes))
        mapping = pack(f">{codes}H", *(slots[codepoint] for codepoint in subset))
        font.add("cmap", pack(">HHHHLHHHHH", 0, 1, 1, 0, 12, 6, 10 + len(mapping), 0, 0, codes) + mapping)
        font.add("glyf", glyf)
        font.add("loca", pack(f">{count + 1}L", *offsets))
        font.add("head", self._table("head")[:50] + pack(">HH", 1, 0))
        stream: bytes = font.makeStream()
        return stream

    def _table(self, tag: str) -> bytes:
        table: bytes = self.get_table(tag)  # type: ignore[no-untyped-call]
        return table


def _joined(outlines: Iterable[bytes]) -> tuple[bytes, list[int]]:
    parts, offsets, position = [], [0], 0
    for outline in outlines:
        padded = outline + b"\0" * (-len(outline) % 4)
        parts.append(padded)
        position += len(padded)
        offsets.append(position)
    return b"".join(parts), offsets


def _maximum_profile(table: bytes, shapes: list[_Shape]) -> bytes:
    """The `maxp` table with the counts of these shapes (a rare character can have more points than the common set)."""
    contours = [unpack_from(">h", shape.outline)[0] if shape.outline else 0 for shape in shapes]
    points = [
        unpack_from(">H", shape.outline, 8 + 2 * count)[0] + 1
        for shape, count in zip(shapes, contours, strict=True)
        if count
    ]
    return table[:4] + pack(">HHH", len(shapes), max(points, default=0), max(contours)) + table[10:]


class EmbeddedFont(TTFont):
    """A reportlab font over a growing face; one object serves many documents, one after another or at once."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name, str(path), asciiReadable=False, shapable=False)
        self.face: GrowingFace = GrowingFace(path)

    def shown(self, text: str, doc: Any) -> list[tuple[int, str]]:
        """The operators that show a text, each with the number of its subset; a document's texts come again and again."""
        state = self.state.get(doc)
        known: dict[str, list[tuple[int, str]]] = state.__dict__.setdefault("shown", {}) if state else {}
        found = known.get(text)
        if found is None:
            parts = self._known_parts(text, state) or self.splitString(text, doc)
            found = known[text] = [(number, f"({escapePDF(part)}) Tj") for number, part in parts]
        return found

    def _known_parts(self, text: str, state: Any) -> list[tuple[int, bytes]]:
        """The text in codes, cut where its subset changes; nothing when it has characters that are new to the document."""
        try:
            codes = [state.assignments[character] for character in map(ord, text)]
        except (AttributeError, KeyError):
            return []
        return [(number, bytes([code & 0xFF for code in part])) for number, part in groupby(codes, _subset_of)]

    def addObjects(self, doc: Any) -> None:  # noqa: N802 (reportlab's name)
        """Add the subsets to the document, then mend what they say of Unicode."""
        super().addObjects(doc)
        for name, thing in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:"):
                thing.content = _mended(thing.content)


def _subset_of(code: int) -> int:
    return code >> 8


def _mended(content: str) -> str:
    """The table anew; it may have been mended before."""
    entries = [f"<{code}> <{_utf16(value)}>" for code, value in _ENTRY.findall(content) if int(value, 16)]
    pieces = [entries[at : at + _MOST_ENTRIES] for at in range(0, len(entries), _MOST_ENTRIES)]
    written = (f"{len(piece)} beginbfchar\n" + "\n".join(piece) + "\nendbfchar" for piece in pieces)
    return _ENTRIES.sub(lambda _: "\n".join(written), content)


def _utf16(value: str) -> str:
    """A code point in hex as UTF-16; eight digits are a surrogate pair already."""
    return value if len(value) in (4, 8) else chr(int(value, 16)).encode("utf-16-be").hex().upper()
