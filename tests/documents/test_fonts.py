"""Fonts: rare characters have shapes, impossible ones are named, and two builders do not get in each other's way."""

from __future__ import annotations

import pickle
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from recourse.documents import fonts as fonts_module
from recourse.documents import old_codes
from recourse.documents.blocks import Document, Heading, Paragraph, Run, plain
from recourse.documents.fonts import BOLD, REGULAR, UNSEEN, Fonts, MissingGlyph, common_set, open_fonts
from recourse.documents.old_codes import standard_of
from recourse.documents.render import render
from recourse.errors import UserError

RARE = "㛃龘𠮷䶮𬱟"
SURNAMES = (
    "亓仉佴郄逄麴昝爨禤𠙶仝佟侴兕冼勾厍厙呙啜哿宓尢庹忻拓昃枚欎殳沕湛濮瞿砦竺笪羿茆莘蔺褚覃訾谌貊郗郏郜鄢酆阚隗雒鸷"
)
GIVEN = "㛃䶮㐱𠅤𡠹𬱖𬸦𬭚𬍛𬬭𰻞㬢𬀩𬭎㙍㴪䢺𣲗𣲘𫖮𫘝𫠊𫍯𬘭𬴊𬬿䲟㭎𨱏𬶋𬊈𬬻𬬸𬭳䥽𬨎𬤇𬣙𫟹𧿹𨨏㵪䓬𦈡𦒍𡐓𠳐𤧛𬩽喆堃彧犇骉燚祎玥翀頔"
"""Characters of names as registers hold them: of the table 通用规范汉字表 and beyond, extensions A to G."""


def name_paper(name: str) -> Document:
    return Document("便函", (Heading(1, name), Paragraph((Run(name), Run(name, bold=True)))))


def test_rare_names_are_printed_as_they_are(fonts: Fonts, pages_of: Callable[[bytes], list[str]]) -> None:
    (page,) = pages_of(render(name_paper(f"张{RARE}"), fonts))
    assert page.count(f"张{RARE}") == 3


@pytest.mark.parametrize("names", [SURNAMES, GIVEN], ids=["surnames", "given"])
def test_characters_of_real_names_have_shapes(names: str, fonts: Fonts, pages_of: Callable[[bytes], list[str]]) -> None:
    document = Document("便函", (Paragraph((Run(names), Run(names, bold=True)), indent=False),))
    (page,) = pages_of(render(document, fonts))
    assert page.count(names) == 2


def test_the_ideographs_of_gbk_and_extension_a_have_shapes() -> None:
    """What every system that follows GB 18030 has to know (of level 2 the table 通用规范汉字表 goes beyond)."""
    sources = fonts_module._shipped()
    ideographs = [*range(0x4E00, 0x9FA6), *range(0x3400, 0x4DB6)]
    assert not [code for code in ideographs if not any(code in source for source in sources)]


def test_every_font_is_embedded_and_none_is_a_cid_font(fonts: Fonts) -> None:
    pdf = render(name_paper(f"张{RARE}"), fonts)
    assert b"/Type0" not in pdf
    assert b"/Helvetica" not in pdf
    assert pdf.count(b"/FontFile2") >= 2


@pytest.mark.parametrize("character", ["\u202e", "\ue123", "\U000e0041", "\x07", "😀"])
def test_a_character_without_a_shape_is_named(fonts: Fonts, character: str) -> None:
    with pytest.raises(MissingGlyph, match=f"U\\+{ord(character):04X}") as refused:
        render(name_paper(f"张{character}"), fonts)
    assert refused.value.character == character


@pytest.mark.parametrize(("old", "standard"), [("\ue863", "䶮"), ("\ue816", "𠂇"), ("\ue864", "龻"), ("\ue81a", "㑳")])
def test_a_private_code_of_older_systems_is_told_with_its_character(old: str, standard: str, fonts: Fonts) -> None:
    with pytest.raises(MissingGlyph, match=f"U\\+{ord(old):04X} is a private code.*write {standard}") as refused:
        render(name_paper(f"张{old}"), fonts)
    assert refused.value.character == old


def test_every_private_code_of_gbk_stands_for_one_character() -> None:
    known = [standard_of(chr(code)) for code in range(old_codes.FIRST, old_codes.LAST + 1)]
    assert len(set(known)) == 80
    assert not [each for each in known if unicodedata.category(each) in UNSEEN]
    assert [standard_of(each) for each in "甲\ue814\ue865\uf8ff"] == [""] * 4


def test_a_missing_glyph_reaches_another_process_whole() -> None:
    sent = pickle.loads(pickle.dumps(MissingGlyph("\ue863")))
    assert (sent.character, str(sent)) == ("\ue863", str(MissingGlyph("\ue863")))


def test_the_same_text_gives_the_same_bytes_whatever_was_printed_before(fonts: Fonts) -> None:
    before = render(name_paper("李㛃"), fonts)
    render(name_paper("欧阳龘堃喆㙍"), fonts)
    assert render(name_paper("李㛃"), fonts) == before


def test_the_common_set_holds_what_letters_use() -> None:
    text = "张王李赵某，。、；：？！“”‘’（）《》〈〉【】〔〕—…·￥¥№①⑩Ⅻ■□℃‰％０９ＡＺ魑魅魍魉镕 aZ09~"
    missing = [character for character in text if ord(character) not in common_set()]
    assert missing == ["镕"]  # not in GB 2312: comes on demand


@pytest.fixture
def tiny_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts_module, "common_set", lambda: frozenset(map(ord, "甲乙 0123456789")))


@pytest.mark.usefixtures("tiny_set")
def test_two_builders_at_once_leave_one_whole_cache(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: open_fonts.__wrapped__(tmp_path), range(4)))
    assert [fonts.of("甲0乙") for fonts in opened] == [opened[0].of("甲0乙")] * 4
    (release,) = tmp_path.iterdir()
    assert sorted(path.name for path in release.glob("*.ttf")) == ["common-Bold.ttf", "common-Regular.ttf"]
    assert not list(release.glob("build-*"))


@pytest.mark.usefixtures("tiny_set")
def test_a_rare_character_is_built_once_and_found_again(tmp_path: Path) -> None:
    open_fonts.__wrapped__(tmp_path).of("𠮷")
    (file,) = tmp_path.rglob("20BB7-Regular.ttf")
    built = file.stat().st_mtime_ns
    assert open_fonts.__wrapped__(tmp_path).of("𠮷", bold=True) == [1000]
    assert file.stat().st_mtime_ns == built


@pytest.mark.usefixtures("tiny_set")
def test_the_weights_are_static_outlines_and_differ(tmp_path: Path) -> None:
    open_fonts.__wrapped__(tmp_path)
    regular, bold = (
        TTFont(BytesIO(next(tmp_path.rglob(f"common-{weight}.ttf")).read_bytes())) for weight in (REGULAR, BOLD)
    )
    assert "glyf" in regular
    assert "fvar" not in regular
    shapes = [font["glyf"][font.getBestCmap()[ord("甲")]].coordinates for font in (regular, bold)]
    assert shapes[0] != shapes[1]


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "fonts").write_text("a file in the way")
    with pytest.raises(UserError, match="cannot keep the fonts"):
        open_fonts(tmp_path / "fonts")


def test_plain_text_is_one_run() -> None:
    assert plain("甲") == (Run("甲"),)
