"""From text and facts to blocks: every form legal staff may write, and values that try to be more than text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.documents.blocks import (
    Heading,
    KeyValues,
    ListItem,
    Note,
    PageBreak,
    Paragraph,
    Receipt,
    Rule,
    Run,
    SignatureBlock,
    Table,
    plain,
)
from recourse.documents.compose import ConditionalFact, FactList, MissingFact, compose
from recourse.errors import UserError

NOTHING = FactList(())


def blocks(source: str, known: FactList = NOTHING, **facts: Any) -> tuple[Any, ...]:
    return compose("letter", source, facts, known)


def words(source: str, known: FactList = NOTHING, **facts: Any) -> str:
    (paragraph,) = blocks(source, known, **facts)
    return "".join(run.text for run in paragraph.text)


def test_text_forms() -> None:
    assert blocks("# 通知\n\n正文**要点**结束\n分行\n\n> 致：甲") == (
        Heading(1, "通知"),
        Paragraph((Run("正文"), Run("要点", bold=True), Run("结束分行"))),
        Paragraph(plain("致：甲"), indent=False),
    )


def test_latin_words_keep_a_space_where_the_line_ends() -> None:
    assert words("two\nwords") == "two words"


def test_a_seal_fence_sets_its_mark_under_the_name_once() -> None:
    assert blocks("```seal\n甲银行 | 乙公司\n2026 | 2027\n```") == (
        SignatureBlock((("甲银行", "（盖章）", "2026"), ("乙公司", "（盖章）", "2027"))),
    )
    assert blocks("```seal\n甲银行\n（盖章）\n2026\n```") == (SignatureBlock((("甲银行", "（盖章）", "2026"),)),)


def test_lists_number_themselves_and_nest() -> None:
    assert blocks("1. 甲\n1. 乙\n   - 丙\n\n- 丁") == (
        ListItem("1.", plain("甲")),
        ListItem("2.", plain("乙")),
        ListItem("·", plain("丙"), 1),
        ListItem("·", plain("丁")),
    )


def test_table() -> None:
    assert blocks("| 项 | 额 | 注 |\n|:--|--:|:-:|\n| **合计** | 1 | |") == (
        Table(("项", "额", "注"), (((Run("合计", bold=True),), plain("1"), ()),), ("left", "right", "center")),
    )


def test_fences() -> None:
    source = """
```right
编号：1
```
```facts
户名 | 甲 | 账号 | 乙
地址 | 丙
```
```signature
经办：__ | 负责人：__
日期：__ | 日期：__
```
```receipt 回执
已收到。
签名：__ | 日期：__
```
```note
小字
```
```pagebreak
```

---
"""
    assert blocks(source) == (
        Paragraph(plain("编号：1"), indent=False, align="right"),
        KeyValues(((("户名", "甲"), ("账号", "乙")), (("地址", "丙"),))),
        SignatureBlock((("经办：__", "日期：__"), ("负责人：__", "日期：__"))),
        Receipt("回执", (("已收到。",), ("签名：__", "日期：__"))),
        Note("小字"),
        PageBreak(),
        Rule(),
    )


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("```boxes\nx\n```", "unknown fence 'boxes'"),
        ("```facts\na | b | c\n```", "label"),
        ("```signature\na | b\nc\n```", "same number of columns"),
        ("[x](http://example.org)", "link_open"),
        ("*slanted*", "em_open"),
        ("{% if x %}", "line 1"),
        ("{{ unknown }}", "unknown"),
        ("{{ a.unknown }}", "unknown"),
        ("{{ 1 / 0 }}", "division"),
        ("{{ refuse('not for these') }}", "not for these"),
        ("{{ true }}", "True"),
        ("{{ rate }}", "0.1"),
        ("{{ '2026-02-30' | day }}", "2026-02-30"),
    ],
)
def test_a_wrong_template_is_one_line_that_says_what(source: str, said: str) -> None:
    with pytest.raises(UserError) as refused:
        blocks(source, a={}, rate=0.1)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_fields_in_the_forms_of_legal_papers() -> None:
    amounts = words("{{ a | money }}；{{ a | capital }}；{{ a | figures }}", a=123456, currency="CNY")
    assert amounts == "1,234.56 元；人民币壹仟贰佰叁拾肆元伍角陆分；1,234.56"
    choices = words(
        "{{ d | day }}；{{ y | choice }}；{{ n | choice('有', '无') }}；{{ k }}", d="2026-11-03", y=True, n=False, k=7
    )
    assert choices == "2026年11月3日；是■ 否□；有□ 无■；7"


@pytest.mark.parametrize("value", [None, "", "  ", [], {}])
def test_an_empty_required_fact_is_missing(value: object) -> None:
    with pytest.raises(MissingFact) as refused:
        blocks("x", FactList(("debtor.name",)), debtor={"name": value})
    assert refused.value.field == "debtor.name"
    assert refused.value.document == "letter"


@pytest.mark.parametrize("value", [0, False, "0"])
def test_nought_and_no_are_facts(value: object) -> None:
    assert blocks("x", FactList(("fees",)), fees=value)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, "parties"),
        ({"parties": []}, "parties"),
        ({"parties": [{"name": "甲"}, {}]}, "parties[1].name"),
        ({"parties": [{"name": "甲"}, {"name": ""}]}, "parties[1].name"),
        ({"parties": "甲"}, "parties"),
    ],
)
def test_facts_of_every_item_of_a_list(facts: dict[str, Any], field: str) -> None:
    with pytest.raises(MissingFact) as refused:
        blocks("x", FactList(("parties[].name",)), **facts)
    assert refused.value.field == field


def test_a_fact_may_be_required_under_a_condition_only() -> None:
    known = FactList((ConditionalFact("card.number", {"product": "card"}),))
    assert blocks("x", known, product="loan")
    with pytest.raises(MissingFact, match=r"card\.number"):
        blocks("x", known, product="card")


def test_an_optional_fact_may_be_asked_for_but_not_printed_when_absent() -> None:
    known = FactList((), ("agent.phone",))
    asks = "{% if agent.phone %}电话 {{ agent.phone }}{% else %}无电话{% endif %}"
    assert words(asks, known) == "无电话"
    assert words(asks, known, agent={"phone": "1"}) == "电话 1"
    with pytest.raises(MissingFact) as refused:
        blocks("{{ agent.phone }}", known, agent={})
    assert refused.value.field == "agent.phone"


def test_an_absent_fact_in_a_filter_is_missing_too() -> None:
    for source in ("{{ fee | money }}", "{{ day | day }}", "{{ yes | choice }}"):
        with pytest.raises(MissingFact):
            blocks(source, FactList((), ("fee", "day", "yes")), currency="CNY")


def test_the_facts_are_left_as_they_were() -> None:
    facts: dict[str, Any] = {"agent": {}, "parties": [{"name": "甲"}]}
    compose("letter", "x", facts, FactList((), ("agent.phone", "parties[].phone")))
    assert facts == {"agent": {}, "parties": [{"name": "甲"}]}


HOSTILE = [
    "**甲**",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "# 标题",
    "| 甲 | 乙 |",
    "```",
    "<b>甲</b>",
    "[甲](http://example.org)",
    "1. 甲",
    "> 甲",
    "\\",
    "&amp;",
    "甲\ue000" + "0\ue001",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("source", ["{{ name }}", "| a |\n|---|\n| {{ name }} |", "```facts\n甲 | {{ name }}\n```"])
def test_a_value_is_printed_as_it_stands(name: str, source: str) -> None:
    (block,) = blocks(source, name=name)
    match block:
        case Paragraph(text):
            assert text == plain(name)
        case Table(_, rows):
            assert rows == ((plain(name),),)
        case KeyValues(rows):
            assert rows == ((("甲", name),),)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_any_text_comes_through_with_its_white_space_made_single(name: str) -> None:
    assert words("致{{ name }}：", name=name) == f"致{' '.join(name.split())}："


def test_a_template_cannot_reach_out_of_its_sandbox() -> None:
    for source in ("{{ ''.__class__.__mro__ }}", "{{ name.__init__.__globals__ }}", "{{ refuse.__globals__ }}"):
        with pytest.raises(UserError):
            blocks(source, name="甲")
