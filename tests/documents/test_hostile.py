"""Input that is out of all proportion or wants to be more than text: printed as it stands, whole, or refused by name."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from io import BytesIO
from itertools import count, pairwise
from typing import Any

import pytest
from pypdf import PdfReader

from recourse.documents.blocks import (
    Block,
    Document,
    Heading,
    KeyValues,
    ListItem,
    Note,
    Paragraph,
    Receipt,
    SignatureBlock,
    Table,
    plain,
)
from recourse.documents.fitting import Fitter
from recourse.documents.fonts import Fonts
from recourse.documents.pages import paginate
from recourse.documents.render import COLUMN_HEIGHT, COLUMN_WIDTH, render
from recourse.documents.templates import Templates

LATEST = date(2099, 1, 1)
Pages = Callable[[bytes], list[str]]


def address(length: int = 10_000) -> str:
    """An address in which any piece that is lost, doubled or moved is noticed."""
    text = ""
    for number in count(1000):
        if len(text) >= length:
            return text[:length]
        text += f"示例路{number}号"
    raise AssertionError


LONG = address()
PLACES: dict[str, Block] = {
    "form": KeyValues(((("地址", LONG),),)),
    "cell": Table(("地址",), ((plain(LONG),),), ("left",)),
    "paragraph": Paragraph(plain(LONG)),
    "item": ListItem("1.", plain(LONG)),
    "heading": Heading(3, LONG),
    "note": Note(LONG),
    "signature": SignatureBlock((("示例银行", LONG, "（盖章）", "2026年11月23日"),)),
    "slip": Receipt("签收回执", (("已收到", LONG), ("签名：____", "日期：____"))),
}


def text_of(pages: list[str], *, mark: str = "", header: str = "") -> str:
    """The pages one after another, without what stands at the foot of each and what is repeated after the first."""
    feet = (f"第{at}页共{len(pages)}页{mark}" for at in count(1))
    bare = [page.removesuffix(foot) for page, foot in zip(pages, feet, strict=False)]
    return bare[0] + "".join(page.removeprefix(header) for page in bare[1:])


@pytest.mark.parametrize("place", PLACES)
def test_an_address_of_10000_characters_is_printed_whole(place: str, fonts: Fonts, pages_of: Pages) -> None:
    pages = pages_of(render(Document("便函", (PLACES[place], Paragraph(plain("此致")))), fonts))
    text = text_of(pages, header="地址" if place == "cell" else "")
    if place == "slip":  # of a line with two cells the parts lie side by side
        assert sorted(text) == sorted(f"签收回执已收到{LONG}签名：____日期：____此致")
    else:
        assert LONG in text
    assert len(pages) > 3


@pytest.mark.parametrize("place", PLACES)
def test_and_no_part_of_it_leaves_its_page(place: str, fonts: Fonts) -> None:
    blocks = (Paragraph(plain("前文")), PLACES[place], Paragraph(plain("后文")))
    pages = paginate(Fitter(fonts, COLUMN_WIDTH, {}).boxes(blocks), COLUMN_HEIGHT)
    assert all(placed.down + placed.box.height <= COLUMN_HEIGHT + 0.01 for page in pages for placed in page)
    assert all(above.down + above.box.height <= below.down + 0.01 for page in pages for above, below in pairwise(page))


def test_a_word_of_10000_letters_is_cut_and_printed_whole(fonts: Fonts, pages_of: Pages) -> None:
    word = "".join(f"x{number}" for number in range(1000, 3000))
    pages = pages_of(render(Document("便函", (KeyValues(((("地址", word),),)),)), fonts))
    assert word in text_of(pages)


def test_a_running_head_without_end_is_cut_and_runs_into_nothing(fonts: Fonts, pages_of: Pages) -> None:
    document = Document("便函", (Paragraph(plain("正文")),), head="示例银行" * 500, number="示催1号" * 500)
    reader = PdfReader(BytesIO(render(document, fonts)))
    (page,) = pages_of(render(document, fonts))
    assert page.count("…") == 2
    places: list[tuple[float, float]] = []
    reader.pages[0].extract_text(
        visitor_text=lambda text, _cm, tm, _font, size: places.append((tm[4], size)) if text.strip() else None
    )
    assert all(70 <= left <= 525 for left, _ in places)


def test_a_complaint_against_200_guarantors(templates: Templates, fonts: Fonts, pages_of: Pages) -> None:
    facts: dict[str, Any] = copy.deepcopy(templates.sample("cn", "complaint"))
    guarantor = facts["defendants"][-1]
    facts["defendants"] = [
        {**guarantor, "name": f"保证人甲{at}乙", "household_address": f"示例市{at}路"} for at in range(200)
    ]
    facts["guarantees"] = [{**facts["guarantees"][0], "guarantor": f"保证人甲{at}乙"} for at in range(200)]
    document = templates.in_force("cn", "complaint", LATEST).document(facts)
    text = text_of(pages_of(render(document, fonts)), mark="草稿")
    for at in range(200):
        assert text.count(f"保证人甲{at}乙") == 2
        assert f"示例市{at}路" in text


@pytest.mark.parametrize(
    ("minor", "figures", "capitals"),
    [
        (0, "0.00", "人民币零元整"),
        (1, "0.01", "人民币壹分"),
        (10**15, "10,000,000,000,000.00", "人民币壹拾万亿元整"),
        (10**18 - 1, "9,999,999,999,999,999.99", "玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_amounts_of_nothing_and_of_everything(
    minor: int, figures: str, capitals: str, templates: Templates, fonts: Fonts, pages_of: Pages
) -> None:
    facts = templates.sample("cn", "formal_notice")
    facts["amounts"] = dict.fromkeys(facts["amounts"], minor)
    document = templates.in_force("cn", "formal_notice", LATEST).document(facts)
    text = "".join(pages_of(render(document, fonts)))
    assert figures in text
    assert capitals in text


INJECTED = [
    "**张某**",
    "{{ 7 * 7 }}{% raw %}",
    "```signature",
    "<b>张某</b><script>",
    "# 张 | 某 |",
    "(Tj ET endstream endobj",
    "\\) Tj /F1 99 Tf (",
    ">> stream %%EOF",
    "<?xpacket?>]]>&amp;",
    "D'O'Brien \"甲\"",
]


@pytest.mark.parametrize("name", INJECTED)
def test_a_name_is_never_more_than_text(name: str, templates: Templates, fonts: Fonts, pages_of: Pages) -> None:
    facts = templates.sample("cn", "formal_notice")
    facts["debtor"]["name"] = facts["bank"]["name"] = name
    template = templates.in_force("cn", "formal_notice", LATEST)
    pdf = render(template.document(facts), fonts)
    pages = pages_of(pdf)
    assert "".join(f"致：{name}".split()) in pages[0]
    assert all("".join(name.split()) in page for page in pages)
    properties = PdfReader(BytesIO(pdf)).metadata
    assert properties is not None
    assert properties.author == name
    assert "49" not in "".join(pages).replace("9,459.97", "")


def test_the_same_hostile_facts_give_the_same_bytes(templates: Templates, fonts: Fonts) -> None:
    facts = templates.sample("cn", "formal_notice")
    facts["debtor"]["name"] = "𰻞䶮" * 100
    facts["bank"]["name"] = LONG
    template = templates.in_force("cn", "formal_notice", LATEST)
    assert render(template.document(facts), fonts) == render(template.document(facts), fonts)
