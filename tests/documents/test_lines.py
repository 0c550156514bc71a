"""Line breaking: nothing lost, nothing too wide, marks where they belong."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.documents.blocks import Run, plain
from recourse.documents.lines import NOT_FIRST, NOT_LAST, Line, break_lines, natural_width


class HalfWidthLatin:
    """Han and full-width marks are one em, ASCII half of it; bold Latin is wider."""

    def of(self, text: str, bold: bool) -> list[int]:
        return [(600 if bold else 500) if character.isascii() else 1000 for character in text]


def lines(text: str, ems: int = 10, indent: int = 0) -> list[str]:
    return [shown(line) for line in break_lines(plain(text), HalfWidthLatin(), ems * 1000, indent * 1000)]


def shown(line: Line) -> str:
    return "".join(piece.text for piece in line.pieces)


def test_han_breaks_anywhere() -> None:
    assert lines("一二三四五六七八九十甲乙") == ["一二三四五六七八九十", "甲乙"]


def test_the_first_line_is_indented() -> None:
    assert lines("一二三四五六七八九十", indent=2) == ["一二三四五六七八", "九十"]


def test_a_closing_mark_takes_the_character_before_it_along() -> None:
    assert lines("一二三四五六七八九十，甲") == ["一二三四五六七八九", "十，甲"]


def test_an_opening_mark_goes_with_what_follows() -> None:
    assert lines("一二三四五六七八九（甲）") == ["一二三四五六七八九", "（甲）"]


def test_words_numbers_dates_and_dashes_stay_whole() -> None:
    assert lines("合同编号是 SL-2024-000123 的") == ["合同编号是", "SL-2024-000123 的"]
    assert lines("一二三四五六七欠 1,234.56") == ["一二三四五六七欠", "1,234.56"]
    assert lines("一二三四五六七八九12月5日") == ["一二三四五六七八九", "12月5日"]
    assert lines("一二三四五六七八九——甲") == ["一二三四五六七八", "九——甲"]


def test_a_word_too_long_for_any_line_is_cut() -> None:
    assert lines("a" * 45) == ["a" * 20, "a" * 20, "a" * 5]


def test_newlines_end_lines_and_empty_lines_stay() -> None:
    assert lines("甲\n\n乙") == ["甲", "", "乙"]
    assert natural_width(plain("甲\n乙丙\n"), HalfWidthLatin()) == 2000


def test_weights_keep_their_places() -> None:
    (first, second) = break_lines((Run("一二三"), Run("ab", bold=True), Run("四五")), HalfWidthLatin(), 5000)
    assert [(piece.text, piece.bold) for piece in first.pieces] == [("一二三", False), ("ab", True)]
    assert first.width == 4200
    assert first.goes_on
    assert not second.goes_on


TEXTS = st.text(st.sampled_from("一二三四五 ，。、（）《》“”——……abc123,.%年月\n"), max_size=200)


@given(TEXTS, st.integers(4, 30))
def test_nothing_is_lost_and_nothing_is_too_wide(text: str, ems: int) -> None:
    broken = break_lines(plain(text), HalfWidthLatin(), ems * 1000)
    assert "".join(map(shown, broken)).replace(" ", "") == text.replace(" ", "").replace("\n", "")
    assert all(line.width <= ems * 1000 for line in broken)
    assert all(line.width == sum(HalfWidthLatin().of(shown(line), False)) for line in broken)


@given(st.text(st.sampled_from("一二三四五六七，。（）"), max_size=200))
def test_marks_stand_at_the_wrong_end_only_when_there_is_no_other_place(text: str) -> None:
    broken = [shown(line) for line in break_lines(plain(text), HalfWidthLatin(), 12_000)]
    for above, below in pairwise(broken):
        if below[0] in NOT_FIRST or above[-1] in NOT_LAST:
            pairs = pairwise(above)
            assert all(after in NOT_FIRST or before in NOT_LAST for before, after in pairs)


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("一二三四五六欠 1,234.56 元整", ["一二三四五六欠", "1,234.56 元整"]),
        ("一二三四五六七 USD 1,234.56", ["一二三四五六七", "USD 1,234.56"]),
        ("一二三四五六共新臺幣 88 元", ["一二三四五六共新臺", "幣 88 元"]),
        ("一二三四五六年利率 4.9 %", ["一二三四五六年利率", "4.9 %"]),
        ("一二三四五六示〔2026〕甲", ["一二三四五六示", "〔2026〕甲"]),
        ("一二三四五六共￥1,234.56", ["一二三四五六共", "￥1,234.56"]),
    ],
)
def test_amounts_and_years_stay_whole(text: str, broken: list[str]) -> None:
    assert lines(text) == broken


def test_english_words_stay_whole() -> None:
    broken = lines("the debtor’s café notes first-class mail", ems=7)
    assert " ".join(broken) == "the debtor’s café notes first-class mail"
