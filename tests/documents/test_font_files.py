"""Fonts of the bank's own machine: of every kind that there is, refused when they may not be used, faithful to the file."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.basePen import BasePen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

from desk.settings import read
from recourse.documents import fonts as fonts_module
from recourse.documents.blocks import Document, Paragraph, Run
from recourse.documents.font_choice import SHIPPED, FontChoice, FontFile, font_choice
from recourse.documents.font_file import OpenedFont
from recourse.documents.fonts import BOLD, REGULAR, MissingGlyph, open_fonts
from recourse.documents.render import render
from recourse.errors import UserError

RARE = "𠀀"
"""A character that no shipped font has."""


def box(pen: BasePen, width: int) -> None:
    """A square with one round corner, so that curves are converted too."""
    pen.moveTo((0, 0))
    pen.lineTo((0, width))
    pen.curveTo((width // 2, width), (width, width // 2), (width, 0))
    pen.closePath()


def straight(width: int) -> Any:
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, width))
    pen.lineTo((width, width))
    pen.closePath()
    return pen.glyph()


def cubic(width: int) -> Any:
    pen = T2CharStringPen(width, None)
    box(pen, width)
    return pen.getCharString()


def made(path: Path, *, cff: bool = False, units: int = 1000, variable: bool = False, rights: int = 0) -> Path:
    """A font with 甲 of the width of the em and the rare character of half of it."""
    builder = FontBuilder(units, isTTF=not cff)
    widths = {".notdef": units, "whole": units, "half": units // 2}
    builder.setupGlyphOrder(list(widths))
    builder.setupCharacterMap({ord("甲"): "whole", ord(RARE): "half"})
    if cff:
        builder.setupCFF("Test", {}, {name: cubic(width) for name, width in widths.items()}, {})
    else:
        builder.setupGlyf({name: straight(width) for name, width in widths.items()})
    builder.setupHorizontalMetrics({name: (width, 0) for name, width in widths.items()})
    builder.setupHorizontalHeader(ascent=units, descent=0)
    builder.setupNameTable({"familyName": "测试 Song 1", "styleName": "Regular"})
    builder.setupOS2(fsType=rights)
    builder.setupPost()
    if variable:
        builder.setupFvar([("wght", 400, 400, 700, "Weight")], [])
        builder.setupGvar({"half": [grown()]})
    builder.save(path)
    return path


def grown() -> Any:
    """Every point of the half moves 70 to the right at weight 700."""
    from fontTools.ttLib.tables.TupleVariation import TupleVariation

    return TupleVariation({"wght": (0, 1, 1)}, [(70, 0)] * 3 + [(0, 0)] * 4)


def corners(font: OpenedFont, character: str, weight: str = REGULAR) -> tuple[int, list[tuple[int, int]]]:
    glyph, advance = font.outlines(ord(character))[weight]
    return advance, [tuple(point) for point in glyph.coordinates]


def test_a_static_truetype_font(tmp_path: Path) -> None:
    font = OpenedFont(FontFile(made(tmp_path / "a.ttf")))
    assert corners(font, RARE) == (500, [(0, 0), (0, 500), (500, 500)])
    assert corners(font, RARE) == corners(font, RARE, BOLD)
    assert font.family == "测试 Song 1"
    assert ord("乙") not in font


def test_other_units_are_made_ours(tmp_path: Path) -> None:
    font = OpenedFont(FontFile(made(tmp_path / "a.ttf", units=2048)))
    assert corners(font, "甲") == (1000, [(0, 0), (0, 1000), (1000, 1000)])


def test_cubic_curves_become_quadratic_ones(tmp_path: Path) -> None:
    font = OpenedFont(FontFile(made(tmp_path / "a.otf", cff=True)))
    advance, points = corners(font, "甲")
    assert advance == 1000
    assert {(0, 0), (0, 1000), (1000, 0)} <= set(points)
    assert len(points) > 4


def test_a_variable_font_gives_both_weights(tmp_path: Path) -> None:
    font = OpenedFont(FontFile(made(tmp_path / "a.ttf", variable=True)))
    assert corners(font, RARE)[1] == [(0, 0), (0, 500), (500, 500)]
    assert corners(font, RARE, BOLD)[1] == [(70, 0), (70, 500), (570, 500)]


def test_a_face_of_a_collection(tmp_path: Path) -> None:
    collection = TTCollection()
    files = made(tmp_path / "a.ttf"), made(tmp_path / "b.ttf", units=500)
    collection.fonts = [TTFont(BytesIO(file.read_bytes())) for file in files]
    collection.save(tmp_path / "both.ttc")
    chosen = font_choice(f"{tmp_path / 'both.ttc'}#1", "")
    assert chosen.serif == FontFile(tmp_path / "both.ttc", 1)
    assert chosen.serif is not None
    assert corners(OpenedFont(chosen.serif), RARE)[0] == 500
    with pytest.raises(UserError, match="not a font"):
        OpenedFont(FontFile(tmp_path / "both.ttc", 2))


def test_a_licence_that_forbids_embedding_is_kept(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"may not be embedded \(.*a\.ttf\)"):
        OpenedFont(FontFile(made(tmp_path / "a.ttf", rights=2)))


def test_what_is_no_font_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(b"none")
    with pytest.raises(UserError, match=r"not a font.*a\.ttf"):
        OpenedFont(FontFile(tmp_path / "a.ttf"))


def test_the_settings_name_the_files(tmp_path: Path) -> None:
    one, two = made(tmp_path / "a.ttf"), made(tmp_path / "b.ttf")
    given = {"RECOURSE_SERIF_FONT": str(one), "RECOURSE_FALLBACK_FONTS": f"{one}{os.pathsep}{two}"}
    assert read(given).faces == FontChoice(FontFile(one), (FontFile(one), FontFile(two)))
    assert read({}).faces == SHIPPED
    for setting in given:
        with pytest.raises(UserError, match=f"no font file .*c.ttf \\({setting}\\)"):
            read({setting: str(tmp_path / "c.ttf")})


@pytest.fixture
def tiny_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts_module, "common_set", lambda: frozenset(map(ord, "甲乙第页共草稿… 0123456789")))


@pytest.mark.usefixtures("tiny_set")
def test_the_serif_is_for_text_and_the_sans_for_what_is_bold(tmp_path: Path) -> None:
    choice = font_choice(str(made(tmp_path / "a.otf", cff=True)), "")
    open_fonts.__wrapped__(tmp_path / "cache", choice)
    shapes = {}
    for weight in (REGULAR, BOLD):
        font = TTFont(BytesIO(next(tmp_path.rglob(f"common-{weight}.ttf")).read_bytes()))
        shapes[weight] = font["glyf"][font.getBestCmap()[ord("甲")]]
        assert ord("乙") in font.getBestCmap()  # which the serif lacks
    flat, han = shapes[REGULAR].coordinates, shapes[BOLD].coordinates
    assert {(0, 0), (0, 1000), (1000, 0)} <= set(flat)
    assert not {(0, 0), (0, 1000), (1000, 0)} & set(han)


@pytest.mark.usefixtures("tiny_set")
def test_a_fallback_is_asked_for_what_the_shipped_fonts_lack(
    tmp_path: Path, pages_of: Callable[[bytes], list[str]]
) -> None:
    paper = Document("便函", (Paragraph((Run(f"甲{RARE}"), Run(RARE, bold=True))),))
    with pytest.raises(MissingGlyph, match=r"U\+20000.*RECOURSE_FALLBACK_FONTS"):
        render(paper, open_fonts.__wrapped__(tmp_path / "cache"))
    fonts = open_fonts.__wrapped__(tmp_path / "cache", font_choice("", str(made(tmp_path / "a.ttf"))))
    assert fonts.of(f"甲{RARE}") == [1000, 500]
    assert pages_of(render(paper, fonts)) == [f"甲{RARE}{RARE}第1页共1页"]
    assert render(paper, fonts) == render(paper, open_fonts.__wrapped__(tmp_path / "other", fonts._choice))
    with pytest.raises(MissingGlyph):
        open_fonts.__wrapped__(tmp_path / "cache").of(RARE)


@pytest.mark.usefixtures("tiny_set")
def test_a_shape_for_a_private_code_is_not_taken(tmp_path: Path) -> None:
    path = made(tmp_path / "a.ttf")
    font = TTFont(BytesIO(path.read_bytes()))
    for table in font["cmap"].tables:
        table.cmap[0xE863] = "half"
    font.save(path)
    with pytest.raises(MissingGlyph, match="䶮"):
        open_fonts.__wrapped__(tmp_path / "cache", font_choice("", str(path))).of("\ue863")
