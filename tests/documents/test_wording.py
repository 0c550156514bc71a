"""Amounts and dates as legal papers write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.documents.wording import capital_money, chinese_day, money
from recourse.errors import UserError


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        # The examples of Annex 1 of 支付结算办法 (the shorter of two allowed forms where it gives two).
        (140950, "壹仟肆佰零玖元伍角整"),
        (600714, "陆仟零柒元壹角肆分"),
        (168032, "壹仟陆佰捌拾元叁角贰分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (32504, "叁佰贰拾伍元零肆分"),
        (10700053, "壹拾万柒仟元伍角叁分"),
        # The edges.
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (100, "壹元整"),
        (1000, "壹拾元整"),
        (10_001_00, "壹万零壹元整"),
        (100_000_000_00, "壹亿元整"),
        (100_000_001_00, "壹亿零壹元整"),
        (100_010_000_00, "壹亿零壹万元整"),
        (1_000_000_000_000_00, "壹万亿元整"),
        (1_000_000_000_001_00, "壹万亿零壹元整"),
        (1_000_012_340_000_00, "壹万亿零壹仟贰佰叁拾肆万元整"),
        (10_000_500_000_000_00, "壹拾万零伍亿元整"),
        (1_234_567_890_123_45, "壹万贰仟叁佰肆拾伍亿陆仟柒佰捌拾玖万零壹佰贰拾叁元肆角伍分"),
        (9_999_999_999_999_999_99, "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        (999_999_999_999_99, "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        (-150, "负壹元伍角整"),
    ],
)
def test_capital_numerals(minor: int, text: str) -> None:
    assert capital_money(minor, "CNY") == f"人民币{text}"


def read_capitals(text: str) -> int:
    """An independent reader of capital numerals: fen."""
    units = {"拾": 10, "佰": 100, "仟": 1000}
    total = group = digit = 0
    for sign in text:
        if sign in "零壹贰叁肆伍陆柒捌玖":
            digit = "零壹贰叁肆伍陆柒捌玖".index(sign)
        elif sign in units:
            group, digit = group + digit * units[sign], 0
        elif sign == "万":
            total, group, digit = total + (group + digit) * 10**4, 0, 0
        elif sign == "亿":
            total, group, digit = (total + group + digit) * 10**8, 0, 0
        elif sign == "元":
            total, group, digit = (total + group + digit) * 100, 0, 0
        elif sign in "角分":
            total, digit = total + digit * (10 if sign == "角" else 1), 0
    return total


@given(st.integers(0, 10**18 - 1))
def test_capital_numerals_read_back(minor: int) -> None:
    text = capital_money(minor, "CNY").removeprefix("人民币")
    assert read_capitals(text) == minor
    assert "零零" not in text
    assert text.endswith(("整", "分"))


def test_currencies_are_named() -> None:
    assert money(123456, "CNY") == "1,234.56 元"
    assert money(-5, "CNY") == "-0.05 元"
    assert money(123456, "TWD") == "新臺幣 1,234.56 元"
    assert money(500, "JPY") == "JPY 500"
    assert capital_money(100, "TWD") == "新臺幣壹元整"


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(UserError, match="USD"):
        capital_money(1, "USD")
    with pytest.raises(UserError, match="too large"):
        capital_money(10**18, "CNY")


def test_days() -> None:
    assert chinese_day("2026-01-05") == chinese_day(date(2026, 1, 5)) == "2026年1月5日"
    with pytest.raises(UserError, match="not a date"):
        chinese_day("5.1.2026")
