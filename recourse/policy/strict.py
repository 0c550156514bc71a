"""What every typed value of a pack is built on: frozen, no unknown field, no unknown word."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Strictly(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


def known(what: str, given: Iterable[str], words: Iterable[str]) -> None:
    """Refuse a word that nothing would ever match: a brake on `contakt` stops nothing."""
    for word in given:
        if word not in words:
            raise ValueError(f"unknown {what} {word!r}: use {', '.join(words)}")
