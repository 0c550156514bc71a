"""Makes static TrueType files out of a variable font: one small file for each weight, holding only the characters
asked for.

reportlab embeds plain TrueType outlines only, and the font we ship is variable (its default master is the thinnest
weight). The whole font takes 18 s to make static with the general tool; here only the outlines are moved, for all
weights in one pass. Same source and same characters give the same bytes. Not here: where files are kept (`fonts`),
drawing (`faces`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph, GlyphCoordinates
from fontTools.ttLib.tables.ttProgram import Program
from fontTools.varLib.iup import iup_delta
from fontTools.varLib.models import normalizeLocation, piecewiseLinearMap, supportScalar

from recourse.errors import UserError

WEIGHTS = {"Regular": 400, "Bold": 700}
FAMILY = "Noto Sans SC"
UNITS_PER_EM = 1000

Outlines = dict[str, tuple[Glyph, int]]  # weight name -> outline and advance width, in units of 1/1000 em


class Source(Protocol):
    """What gives outlines."""

    family: str

    def __contains__(self, codepoint: int) -> bool: ...
    def outlines(self, codepoint: int) -> Outlines:
        """The outline of a character at every weight; KeyError when the font has none."""
        ...


class VariableFont:
    """One variable font file, opened lazily: characters are read when they are asked for."""

    family = FAMILY

    def __init__(self, path: Path) -> None:
        self._font = TTFont(path, lazy=True)
        if "glyf" not in self._font or "gvar" not in self._font or self._font["head"].unitsPerEm != UNITS_PER_EM:
            raise UserError(
                "not a variable TrueType font of 1000 units", where=str(path), mend="install justmytype-intl-cjk"
            )
        self._names: Mapping[int, str] = self._font.getBestCmap()
        self._locations = {name: self._normalised(weight) for name, weight in WEIGHTS.items()}
        self.max_points: int = self._font["maxp"].maxPoints
        self.max_contours: int = self._font["maxp"].maxContours

    def __contains__(self, codepoint: int) -> bool:
        return codepoint in self._names

    def outlines(self, codepoint: int) -> Outlines:
        """The outline of a character at every weight; KeyError when the font has none."""
        return self._moved(self._names[codepoint])

    def missing_glyph(self) -> Outlines:
        """The font's own "no such character" shape, which every TrueType file must carry; it is never drawn."""
        return self._moved(self._font.getGlyphOrder()[0])

    def _normalised(self, weight: int) -> dict[str, float]:
        axis = next(axis for axis in self._font["fvar"].axes if axis.axisTag == "wght")
        linear = normalizeLocation({"wght": weight}, {"wght": (axis.minValue, axis.defaultValue, axis.maxValue)})[
            "wght"
        ]
        return {"wght": piecewiseLinearMap(linear, self._font["avar"].segments["wght"])}

    def _moved(self, name: str) -> Outlines:
        glyph = self._font["glyf"][name]
        glyph.expand(self._font["glyf"])
        if glyph.isComposite():
            raise UserError(
                f"composite outline {name!r} in {FAMILY}", mend="install the release of the font that we name"
            )
        advance = self._font["hmtx"].metrics[name][0]
        points = list(glyph.coordinates) if glyph.numberOfContours else []
        ends = list(glyph.endPtsOfContours) if glyph.numberOfContours else []
        moves = self._moves(name, [*points, (0, 0), (advance, 0), (0, 0), (0, 0)], ends)
        return {weight: _outline(glyph, points, advance, moves(place)) for weight, place in self._locations.items()}

    def _moves(
        self, name: str, points: list[tuple[float, float]], ends: list[int]
    ) -> Callable[[Mapping[str, float]], list[tuple[float, float]]]:
        """How far each point (and the two horizontal phantom points after them) moves at a place on the weight axis."""
        masters = []
        for master in self._font["gvar"].variations.get(name, []):
            moves = master.coordinates
            if None in moves:
                moves = iup_delta(moves, points, ends)
            masters.append((master.axes, moves))

        def at(place: Mapping[str, float]) -> list[tuple[float, float]]:
            total = [(0.0, 0.0)] * len(points)
            for axes, moves in masters:
                share = supportScalar(place, axes)
                total = [(x + share * dx, y + share * dy) for (x, y), (dx, dy) in zip(total, moves, strict=True)]
            return total

        return at


def _outline(
    glyph: Glyph, points: list[tuple[float, float]], advance: int, moves: list[tuple[float, float]]
) -> tuple[Glyph, int]:
    left, right = moves[len(points)][0], moves[len(points) + 1][0]
    moved = Glyph()
    moved.numberOfContours = glyph.numberOfContours
    if points:
        moved.endPtsOfContours = glyph.endPtsOfContours
        moved.flags = glyph.flags
        moved.program = Program()
        moved.coordinates = GlyphCoordinates(
            [(round(x + dx - left), round(y + dy)) for (x, y), (dx, dy) in zip(points, moves, strict=False)]
        )
    return moved, round(advance + right - left)


def find(codepoint: int, sources: Mapping[str, Sequence[Source]]) -> Outlines | None:
    """The character, at each weight from the first of its sources that has it."""
    found: Outlines = {}
    asked: dict[Source, Outlines] = {}
    for weight, fonts in sources.items():
        source = next((font for font in fonts if codepoint in font), None)
        if source is None:
            return None
        if source not in asked:
            asked[source] = source.outlines(codepoint)
        found[weight] = asked[source][weight]
    return found


def write(
    characters: Mapping[int, Outlines], missing: Outlines, paths: Mapping[str, Path], families: Mapping[str, str]
) -> None:
    """Write one static font for each weight in `paths`: the characters in code point order, after the missing glyph."""
    order = sorted(characters)
    names = [".notdef", *(f"u{codepoint:04X}" for codepoint in order)]
    for weight, path in paths.items():
        chosen = [missing[weight], *(characters[codepoint][weight] for codepoint in order)]
        builder = FontBuilder(UNITS_PER_EM, isTTF=True)
        builder.setupGlyphOrder(names)
        builder.setupCharacterMap(dict(zip(order, names[1:], strict=True)))
        builder.setupGlyf({name: outline for name, (outline, _) in zip(names, chosen, strict=True)})
        glyf = builder.font["glyf"]
        builder.setupHorizontalMetrics(
            {name: (advance, getattr(glyf[name], "xMin", 0)) for name, (_, advance) in zip(names, chosen, strict=True)}
        )
        builder.setupHorizontalHeader(ascent=880, descent=-120)
        postscript = f"{_ascii(families[weight])}-{weight}"
        builder.setupNameTable({"familyName": families[weight], "styleName": weight, "psName": postscript}, mac=False)
        builder.setupOS2(
            sTypoAscender=880, sTypoDescender=-120, sCapHeight=733, usWeightClass=WEIGHTS[weight], fsType=0, version=4
        )
        builder.setupPost(keepGlyphNames=False)
        builder.font.recalcTimestamp = False
        builder.font["head"].created = builder.font["head"].modified = 0
        builder.save(path)


def _ascii(family: str) -> str:
    """What a PostScript name may hold of a family's name."""
    return re.sub(r"[^A-Za-z0-9]", "", family)[:40] or "Text"
