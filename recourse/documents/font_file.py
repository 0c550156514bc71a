"""Any font file of the machine as a source of outlines: TrueType or CFF, static or variable, alone or in a collection.

Outlines come out as reportlab can embed them: quadratic, simple, 1000 units per em. Slower than `static_font`, which
knows the shipped fonts: about 1 ms a character. Not here: which files (`font_choice`), where results are kept
(`fonts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, TTLibError
from fontTools.ttLib.tables._g_l_y_f import Glyph

from recourse.documents.font_choice import FontFile
from recourse.documents.static_font import UNITS_PER_EM, WEIGHTS, Outlines
from recourse.errors import UserError

MOST_ERROR = 1.0  # how far a quadratic curve may lie from the cubic one, in 1/1000 em
_RESTRICTED = 0x0002  # OS/2 fsType: may not be embedded


class OpenedFont:
    """A font file, opened lazily; raises UserError for one that is no font or whose licence forbids embedding."""

    def __init__(self, file: FontFile) -> None:
        try:
            font = TTFont(BytesIO(file.path.read_bytes()), fontNumber=file.face, lazy=True)
            self._names: Mapping[int, str] = font.getBestCmap() or {}
            rights, units = font["OS/2"].fsType, font["head"].unitsPerEm
        except (TTLibError, KeyError, OSError, AssertionError) as error:
            raise UserError(f"not a font: {error}", where=str(file.path), mend="name another file") from None
        if rights & 0x000F == _RESTRICTED:
            raise UserError("this font may not be embedded", where=str(file.path), mend="name one that may be")
        self.family = str(font["name"].getDebugName(16) or font["name"].getDebugName(1) or file.path.stem)
        self._scale = UNITS_PER_EM / units
        variable = "fvar" in font and any(axis.axisTag == "wght" for axis in font["fvar"].axes)
        places = {name: {"wght": weight} if variable else None for name, weight in WEIGHTS.items()}
        self._glyphs = {name: font.getGlyphSet(location=place) for name, place in places.items()}
        self._cubic = "glyf" not in font
        self._variable = variable

    def __contains__(self, codepoint: int) -> bool:
        return codepoint in self._names

    def outlines(self, codepoint: int) -> Outlines:
        """The outline of a character at every weight; a static font has one for all."""
        name = self._names[codepoint]
        if self._variable:
            return {weight: self._drawn(glyphs, name) for weight, glyphs in self._glyphs.items()}
        return dict.fromkeys(self._glyphs, self._drawn(next(iter(self._glyphs.values())), name))

    def _drawn(self, glyphs: Mapping[str, object], name: str) -> tuple[Glyph, int]:
        recorded, pen = DecomposingRecordingPen(glyphs), TTGlyphPen(None)
        glyph = glyphs[name]
        glyph.draw(recorded)  # type: ignore[attr-defined]
        quadratic = Cu2QuPen(pen, MOST_ERROR, reverse_direction=self._cubic)
        recorded.replay(TransformPen(quadratic, (self._scale, 0, 0, self._scale, 0, 0)))
        advance: float = glyph.width  # type: ignore[attr-defined]
        return pen.glyph(), round(advance * self._scale)
