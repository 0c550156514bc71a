"""What an agency is paid: a fixed part, a quality part and a recovery part, exact in minor units. Pure.

A fee that rests on recovery alone is refused: collectors who live on the amount alone press for it (中国银行业协会
2026 guideline; for cards also art. 71 of the card rules, by memory).
"""

from __future__ import annotations

import msgspec

BASIS = 10_000
"""Basis points of a whole."""


class FeeTerms(msgspec.Struct, frozen=True, omit_defaults=True):
    """The fee of a contract: minor units for each placement, minor units for each at full quality, basis points of what
    came in."""

    fixed: int = 0
    quality: int = 0
    recovery_bp: int = 0
    currency: str = "CNY"

    @property
    def pure_contingency(self) -> bool:
        """Whether nothing is paid but a share of the recovery."""
        return self.recovery_bp > 0 and self.fixed == 0 and self.quality == 0


class Fee(msgspec.Struct, frozen=True):
    """A fee by its parts, in minor units."""

    fixed: int
    quality: int
    recovery: int

    @property
    def total(self) -> int:
        return self.fixed + self.quality + self.recovery


def fee_due(terms: FeeTerms, recovered: int, quality_bp: int) -> Fee:
    """The fee of one placement: `recovered` in minor units, `quality_bp` the agency's quality in basis points.

    Shares are rounded down to the minor unit. Money that was taken back earns nothing and costs the agency nothing.
    """
    if not 0 <= quality_bp <= BASIS:
        raise ValueError(f"a quality of {quality_bp} basis points: it lies between 0 and {BASIS}")
    return Fee(
        terms.fixed, terms.quality * quality_bp // BASIS, max(recovered, 0) * terms.recovery_bp // BASIS
    )  # fmt: skip


def quality_bp(contacts: int, faulty: int) -> int:
    """The share of contacts without a breach, in basis points, rounded down; an agency that made none has shown none."""
    return 0 if contacts <= 0 else max(contacts - faulty, 0) * BASIS // contacts
