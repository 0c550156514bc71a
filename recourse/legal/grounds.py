"""Why a calculator says what it says: one sentence in both languages, where it stands, and how far it binds. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from recourse.policy.book import Policy


class Force(StrEnum):
    """Strict law, or the bank's own caution: a person of the bank may put aside the second, never the first."""

    LAW = "law"
    BANK = "bank"


class Ground(msgspec.Struct, frozen=True, omit_defaults=True):
    """One reason. `source`: article, in short; `rule`: the pack's rule that carries it, "" when no pack does."""

    code: str
    force: Force
    source: str
    zh: str
    en: str
    rule: str = ""


class Ruled(msgspec.Struct, frozen=True):
    """Numbers of the policy that a calculator needs, by rule id, and those of them that no pack gives."""

    numbers: dict[str, int]
    missing: tuple[str, ...]


def ruled(policy: Policy, rules: Iterable[str]) -> Ruled:
    """The numbers in force of these rules; a rule that no pack gives is named as missing, never assumed."""
    wanted = tuple(rules)
    given = {rule: policy.numbers[rule] for rule in wanted if rule in policy.numbers}
    return Ruled(given, tuple(rule for rule in wanted if rule not in given))


def law(code: str, source: str, zh: str, en: str, rule: str = "") -> Ground:
    """A reason of strict law."""
    return Ground(code, Force.LAW, source, zh, en, rule)


def bank(code: str, source: str, zh: str, en: str, rule: str = "") -> Ground:
    """A reason of the bank's own."""
    return Ground(code, Force.BANK, source, zh, en, rule)
