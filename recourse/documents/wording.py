"""Amounts and dates as Chinese legal papers write them. Pure.

Capital numerals follow the rules for filling in bills and settlement vouchers in Annex 1 of the People's Bank's
Payment and Settlement Measures (支付结算办法, 银发〔1997〕393号): a zero between digits is written once, amounts
without fen end in 整.
"""

from __future__ import annotations

from datetime import date

from recourse.errors import UserError
from recourse.money import minor_digits, to_text

DIGITS = "零壹贰叁肆伍陆柒捌玖"
SMALL_UNITS = ("", "拾", "佰", "仟")
MOST_YUAN = 10**16  # one group of four digits each of 万亿, 亿, 万 and units
CURRENCY_NAMES = {
    "CNY": "人民币",
    "TWD": "新臺幣",
    "HKD": "港币",
    "USD": "美元",
    "GBP": "英镑",
    "EUR": "欧元",
    "JPY": "日元",
}
TO_BE_VERIFIED = "（待核实）"
"""What a draft says of a fact that the bank's data do not tell: in words, so that nobody reads a blank as a fact."""

YUAN_CURRENCIES = ("CNY", "TWD", "HKD")


def money(minor: int, currency: str) -> str:
    """``money(123456, "CNY") == "1,234.56 元"``; other currencies are named: ``新臺幣 1,234.56 元``, ``USD
    1,234.56``."""
    amount = figures(minor, currency)
    if currency == "CNY":
        return f"{amount} 元"
    return f"{CURRENCY_NAMES[currency]} {amount} 元" if currency in YUAN_CURRENCIES else f"{currency} {amount}"


def figures(minor: int, currency: str) -> str:
    """``figures(123456, "CNY") == "1,234.56"``."""
    return to_text(minor, currency, grouped=True)


def capital_money(minor: int, currency: str) -> str:
    """``capital_money(140950, "CNY") == "人民币壹仟肆佰零玖元伍角整"``; up to nine thousand 万亿, in yuan currencies only."""
    if currency not in YUAN_CURRENCIES or minor_digits(currency) != 2:
        raise UserError(f"no capital numerals for {currency}", mend="write the amount in figures")
    whole, fraction = divmod(abs(minor), 100)
    if whole >= MOST_YUAN:
        raise UserError("amount too large for capital numerals", mend="check the amount")
    sign = "负" if minor < 0 else ""
    return f"{CURRENCY_NAMES[currency]}{sign}{_yuan(whole)}{_jiao_and_fen(fraction, after_yuan=whole > 0)}"


def _yuan(whole: int) -> str:
    """``壹万亿零壹元``: what stands before 亿 is read like any number below a hundred million."""
    high, low = divmod(whole, 10**8)
    text = f"{_below_yi(high)}亿" if high else ""
    if text and low and (low < 10**7 or high % 10_000 == 0):
        text += DIGITS[0]
    text += _below_yi(low)
    return f"{text}元" if text else ""


def _below_yi(value: int) -> str:
    wan, units = divmod(value, 10_000)
    text = f"{_below_ten_thousand(wan)}万" if wan else ""
    if text and 0 < units < 1000:
        text += DIGITS[0]
    return text + _below_ten_thousand(units)


def _below_ten_thousand(value: int) -> str:
    text, pending_zero = "", False
    for place in reversed(range(4)):
        digit = value // 10**place % 10
        if digit == 0:
            pending_zero = bool(text)
            continue
        text += (DIGITS[0] if pending_zero else "") + DIGITS[digit] + SMALL_UNITS[place]
        pending_zero = False
    return text


def _jiao_and_fen(fraction: int, *, after_yuan: bool) -> str:
    jiao, fen = divmod(fraction, 10)
    if fraction == 0:
        return "整" if after_yuan else "零元整"
    text = f"{DIGITS[jiao]}角" if jiao else (DIGITS[0] if after_yuan else "")
    return text + (f"{DIGITS[fen]}分" if fen else "整")


def chinese_day(day: date | str) -> str:
    """``chinese_day(date(2026, 11, 23)) == "2026年11月23日"``; takes ISO text too, since facts are stored as text."""
    try:
        day = date.fromisoformat(day) if isinstance(day, str) else day
    except ValueError:
        raise UserError(f"not a date: {day!r}", mend="write it as 2026-11-23") from None
    return f"{day.year}年{day.month}月{day.day}日"
