"""Pages: nothing runs off, tables divide well, slips stay at the foot, the same document is the same file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from itertools import pairwise

import pytest
from pypdf import PdfReader
from pypdf.generic import Destination

from recourse.documents.blocks import (
    SEAL_MARKS,
    Block,
    Contents,
    Document,
    Heading,
    KeyValues,
    ListItem,
    PageBreak,
    Paragraph,
    Receipt,
    SignatureBlock,
    Table,
    plain,
)
from recourse.documents.boxes import GridBox, StackBox, TextBox
from recourse.documents.fitting import Fitter
from recourse.documents.fonts import Fonts
from recourse.documents.pages import paginate
from recourse.documents.render import BOTTOM, COLUMN_HEIGHT, COLUMN_WIDTH, LEFT, render
from recourse.documents.templates import Templates

Pages = Callable[[bytes], list[str]]
LONG = Paragraph(plain("我行已依约发放贷款。" * 60))


def printed(fonts: Fonts, *blocks: Block) -> bytes:
    return render(Document("便函", blocks, "甲银行", "第 1 号"), fonts)


def rows(count: int) -> Table:
    return Table(("序号", "内容"), tuple((plain(f"第{at}行"), plain("内容")) for at in range(count)), ("left", "left"))


def test_the_same_document_is_the_same_file(fonts: Fonts) -> None:
    blocks = (Heading(1, "通知"), LONG, rows(80), SignatureBlock((("甲银行",),)))
    assert printed(fonts, *blocks) == printed(fonts, *blocks)


def test_every_page_has_its_head_and_its_number(fonts: Fonts, pages_of: Pages) -> None:
    pages = pages_of(printed(fonts, *[LONG] * 8))
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"甲银行第1号第{number}页共{len(pages)}页" in page


@pytest.mark.parametrize(
    ("language", "foot", "mark"),
    [("zh-CN", "第1页共1页", "草稿"), ("zh-TW", "第1頁共1頁", "草稿"), ("en-US", "Page1of1", "DRAFT")],
)
def test_what_stands_around_the_text_speaks_its_language(
    language: str, foot: str, mark: str, fonts: Fonts, pages_of: Pages
) -> None:
    pdf = render(Document("便函", (Paragraph(plain("1")),), draft=True, language=language), fonts)
    assert pages_of(pdf) == [f"1{foot}{mark}"]
    assert str(PdfReader(BytesIO(pdf)).root_object["/Lang"]) == language


def test_a_jurisdiction_has_its_language(templates: Templates) -> None:
    languages = {"cn": "zh-CN", "tw": "zh-TW", "us": "en-US"}
    for jurisdiction, language in languages.items():
        template = templates.in_force(jurisdiction, "formal_notice", date(2099, 1, 1))
        document = template.document(templates.sample(jurisdiction, "formal_notice"))
        assert document.language == language
        assert document.title == (template.meta.title.en if language == "en-US" else template.meta.title.zh)


def test_english_is_ragged_and_its_paragraphs_stand_apart(fonts: Fonts) -> None:
    blocks = [Paragraph(plain("one two three " * 30)), Paragraph(plain("four"))]
    english = Fitter(fonts, COLUMN_WIDTH, {}, chinese=False).boxes(blocks)
    chinese = Fitter(fonts, COLUMN_WIDTH, {}).boxes(blocks)
    boxes = [box for box in (english[0], chinese[0]) if isinstance(box, TextBox)]
    assert [(box.style.justified, box.indent > 0, box.space_before > 0) for box in boxes] == [
        (False, False, True),
        (True, True, False),
    ]


@pytest.mark.parametrize("mark", SEAL_MARKS)
def test_a_seal_has_its_room_over_name_and_day(mark: str, fonts: Fonts) -> None:
    lines = ("甲银行", f"{mark}）", "2026年11月23日")
    (sealed,) = Fitter(fonts, COLUMN_WIDTH, {}).boxes([SignatureBlock((lines,))])
    (unsealed,) = Fitter(fonts, COLUMN_WIDTH, {}).boxes([SignatureBlock((("甲银行", "盖章处", "日期"),))])
    assert isinstance(sealed, StackBox)
    assert sealed.height == pytest.approx(42 / 25.4 * 72)
    assert unsealed.height < sealed.height
    downs = [down for _, down, _ in sealed.parts]
    above, below = downs[0], sealed.height - downs[-1] - sealed.parts[-1][2].height
    assert above == pytest.approx(below)
    assert all(right > COLUMN_WIDTH / 2 for right, _, _ in sealed.parts)
    assert sealed.split(400, on_fresh_page=False) is None


def test_no_box_leaves_the_column(fonts: Fonts) -> None:
    address = "示例省示例市" * 1700
    blocks: list[Block] = [
        Heading(1, "长标题" * 40),
        Paragraph(plain(address)),
        KeyValues(((("地址", address),),)),
        rows(200),
        *[ListItem(f"{at}.", plain("保证人"), at % 3) for at in range(200)],
        Receipt("回执", (("已收到",), ("签名", "日期"))),
    ]
    pages = paginate(Fitter(fonts, COLUMN_WIDTH, {}).boxes(blocks), COLUMN_HEIGHT)
    assert all(placed.down + placed.box.height <= COLUMN_HEIGHT + 0.01 for page in pages for placed in page)
    assert all(above.down + above.box.height <= below.down + 0.01 for page in pages for above, below in pairwise(page))


def test_a_ten_thousand_character_address_is_printed_whole(fonts: Fonts, pages_of: Pages) -> None:
    pdf = printed(fonts, KeyValues(((("地址", "甲" * 10_000),),)))
    assert sum(page.count("甲") for page in pages_of(pdf)) == 10_000 + len(pages_of(pdf))  # and once in each head


def test_a_divided_table_repeats_its_header_and_loses_no_row(fonts: Fonts, pages_of: Pages) -> None:
    pages = pages_of(printed(fonts, rows(200)))
    assert all("序号内容" in page for page in pages)
    text = "".join(pages)
    assert all(text.count(f"第{at}行") == 1 for at in range(200))


def test_a_short_table_is_not_divided(fonts: Fonts, pages_of: Pages) -> None:
    for lines in range(28, 36):
        filler = [Paragraph(plain("甲"), indent=False)] * lines
        pages = pages_of(printed(fonts, *filler, rows(4)))
        assert sum("第0行" in page and "第3行" in page for page in pages) == 1


def test_a_heading_is_not_left_alone_at_the_foot(fonts: Fonts, pages_of: Pages) -> None:
    for lines in range(28, 36):
        filler = [Paragraph(plain("甲"), indent=False)] * lines
        pages = pages_of(printed(fonts, *filler, Heading(2, "二、要求"), Paragraph(plain("如下：")), rows(3)))
        assert sum("二、要求" in page and "第0行" in page for page in pages) == 1


def test_the_slip_stands_at_the_foot_of_its_page(fonts: Fonts) -> None:
    boxes = Fitter(fonts, COLUMN_WIDTH, {}).boxes([LONG, Receipt("回执", (("已收到",),))])
    (page,) = paginate(boxes, COLUMN_HEIGHT)
    assert page[-1].down + page[-1].box.height == pytest.approx(COLUMN_HEIGHT)


def test_a_page_break_at_the_end_or_twice_makes_no_empty_page(fonts: Fonts, pages_of: Pages) -> None:
    pdf = printed(fonts, PageBreak(), LONG, PageBreak(), PageBreak(), LONG, PageBreak())
    assert [("我行" in page) for page in pages_of(pdf)][:2] == [True, True]


def test_contents_and_bookmarks_name_the_right_pages(fonts: Fonts, pages_of: Pages) -> None:
    parts = [block for at in range(3) for block in (Heading(2, f"材料{at}"), LONG, LONG, PageBreak())]
    pdf = printed(fonts, Contents(), PageBreak(), *parts)
    reader = PdfReader(BytesIO(pdf))
    entries = [entry for entry in reader.outline if isinstance(entry, Destination)]
    bookmarks = {str(entry.title): (reader.get_destination_page_number(entry) or 0) + 1 for entry in entries}
    pages = pages_of(pdf)
    for title, page in bookmarks.items():
        assert title in pages[page - 1]
        assert f"{title}{page}" in pages[0]
    assert len(bookmarks) == 3


def test_text_stays_between_the_margins(fonts: Fonts) -> None:
    pdf = printed(fonts, *[LONG] * 4, rows(30), SignatureBlock((("甲银行",),)))
    places: list[tuple[float, float]] = []
    for page in PdfReader(BytesIO(pdf)).pages:
        page.extract_text(
            visitor_text=lambda text, _cm, tm, _font, _size: places.append((tm[4], tm[5])) if text.strip() else None
        )
    assert all(LEFT - 0.1 <= x <= LEFT + COLUMN_WIDTH for x, _ in places)
    assert all(y >= BOTTOM - 40 for _, y in places)


def test_columns_share_the_width_of_the_table(fonts: Fonts) -> None:
    wide = Table(("甲", "乙", "丙"), ((plain("1"), plain("字" * 300), plain("字" * 30)),), ("left",) * 3)
    (box,) = Fitter(fonts, COLUMN_WIDTH, {}).boxes([wide])
    assert isinstance(box, GridBox)
    widths = [cell.width for cell in box.rows[0].cells]
    assert sum(widths) == pytest.approx(COLUMN_WIDTH)
    assert widths[0] < widths[2] < widths[1]


def test_a_line_between_two_forms_keeps_its_distance_and_its_company(fonts: Fonts) -> None:
    form = KeyValues(((("户名", "甲"),),))
    _, between, _ = Fitter(fonts, COLUMN_WIDTH, {}).boxes([form, Paragraph(plain("如下：")), form])
    assert between.space_before > 0
    assert between.keeps_next
