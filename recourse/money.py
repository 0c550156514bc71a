"""Exact money: integers in the currency's minor unit (fen, cent), never a float, never a sum across currencies."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import msgspec

from recourse.errors import UserError

MINOR_DIGITS = {"CNY": 2, "TWD": 2, "USD": 2, "HKD": 2, "GBP": 2, "EUR": 2, "JPY": 0}


def minor_digits(currency: str) -> int:
    """Decimal places of `currency` (ISO 4217 code); a currency we do not know is refused, not guessed."""
    try:
        return MINOR_DIGITS[currency]
    except KeyError:
        raise UserError(f"unknown currency {currency!r}", mend=f"use one of {', '.join(MINOR_DIGITS)}") from None


def to_minor(text: str, currency: str) -> int:
    """Minor units of a decimal text: ``to_minor("12.30", "CNY") == 1230``. Too many decimal places: refused."""
    try:
        scaled = Decimal(text).scaleb(minor_digits(currency))
    except InvalidOperation:
        raise UserError(f"not an amount: {text!r}", mend="write digits with a point, such as 1234.50") from None
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise UserError(f"not an exact amount of {currency}: {text!r}", mend="no more decimal places than the currency")
    return int(scaled)


def to_text(minor: int, currency: str, *, grouped: bool = False) -> str:
    """Decimal text of minor units: ``to_text(123456, "CNY", grouped=True) == "1,234.56"``."""
    amount = Decimal(minor).scaleb(-minor_digits(currency))
    return f"{amount:,f}" if grouped else f"{amount:f}"


class Amounts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is owed, by component, in minor units; the bank's core system is the truth about each.

    Kept apart because the complaint form, the order of allocation and the 24 % test need them apart:
    本金 principal, 期内利息 interest, 罚息 penalty, 复利 compound, 费用 fees, 实现债权的费用 costs.
    """

    principal: int = 0
    interest: int = 0
    penalty: int = 0
    compound: int = 0
    fees: int = 0
    costs: int = 0

    @property
    def total(self) -> int:
        return self.principal + self.interest + self.penalty + self.compound + self.fees + self.costs

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            *(a + b for a, b in zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True))
        )

    def items(self) -> list[tuple[str, int]]:
        """Every component with its amount, in the order of a statement of claim."""
        return [(name, getattr(self, name)) for name in self.__struct_fields__]
