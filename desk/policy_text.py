"""What a rule says on a day, for people: what holds, what else matched and why it does not, and where each stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from recourse.errors import UserError
from recourse.policy.book import Policy, PolicyBook
from recourse.policy.resolve import Sourced
from recourse.policy.schema import Rule, State, Value
from recourse.policy.strictness import ALL_TOGETHER, order_of

ANY_PRODUCT = ""


class Match(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule file that matched. `holds`: whether its value is in force; `why`: in a few words."""

    place: str
    holds: bool
    why: str
    state: str
    value: msgspec.Raw
    from_on: date
    to_on: date | None
    act: str
    article: str
    status: str
    confidence: str
    source: str
    accessed_on: date
    checked_on: date
    checked_by: str
    strength: str
    binding_level: str
    effect: str
    title_zh: str
    title_en: str
    unit: str
    note: str


class Shown(msgspec.Struct, frozen=True):
    """A rule on a day for a jurisdiction and a product ("" = every product that no file names)."""

    rule: str
    jurisdiction: str
    product: str
    on: date
    matches: tuple[Match, ...]


def find(book: PolicyBook, given: str, jurisdiction: str = "") -> dict[str, str]:
    """Rule ids by jurisdiction for ``contact.quiet_hours``, ``cn/contact.quiet_hours`` or ``cn/contact/quiet_hours``.

    Raises UserError, with what is near, when there is none.
    """
    folder, _, rule = given.rpartition("/")
    if folder and "." not in rule:
        folder, _, topic = folder.rpartition("/")
        rule = f"{topic}.{rule}"
    wanted = jurisdiction or folder
    found = {name: rule for name, each in book.rules() if each.rule == rule and wanted in ("", name)}
    if found:
        return found
    if wanted and wanted not in book.jurisdictions:
        raise UserError(f"no jurisdiction {wanted!r}", mend=f"use {', '.join(book.jurisdictions)}")
    ids = sorted({each.rule for _, each in book.rules()})
    near = [each for each in ids if each.startswith(rule)] or [each for each in ids if rule.rsplit(".", 1)[-1] in each]
    there = f" in {wanted}" if wanted else ""
    raise UserError(
        f"no rule {rule!r}{there}", mend=f"did you mean {', '.join(near[:5])}?" if near else "see `policy check`"
    )


def show(book: PolicyBook, rule: str, jurisdiction: str, on: date, product: str | None = None) -> list[Shown]:
    """What a rule says on a day; without a product, for each that a file of it names and for all others together."""
    named = {each for _, held in book.rules(jurisdiction) if held.rule == rule for each in held.products}
    products = [ANY_PRODUCT, *sorted(named)] if product is None else [product]
    return [_shown(book, book.at(on, jurisdiction, each), rule, on) for each in products]


def _shown(book: PolicyBook, policy: Policy, rule: str, on: date) -> Shown:
    files = {each.place: each for _, each in book.rules(policy.jurisdiction) if each.rule == rule}
    holding = {id(source) for _, source in policy.sourced}
    matches = policy.matches(rule)
    ordered = any(order_of(each.kind, each.stricter) is not None for each in files.values())
    shown = [
        _match(files[source.place], on, id(source) in holding, _why(source, matches, holding, files, ordered))
        for source in matches
    ]
    return Shown(rule, policy.jurisdiction, policy.product, on, tuple(shown))


def _why(
    source: Sourced, matches: tuple[Sourced, ...], holding: set[int], files: dict[str, Rule], ordered: bool
) -> str:
    """Why a match holds or does not."""
    if source.state is State.DISABLED:
        return "switched off"
    holds = id(source) in holding
    if len(matches) == 1:
        return "the only one"
    if not ordered:
        return "the most specific" if holds else "a more specific one stands in for it"
    if holds:
        return "all hold together" if files[source.place].kind in ALL_TOGETHER else "the strictest"
    same = any(id(each) in holding and each.value == source.value for each in matches)
    return "says the same" if same else "less strict"


def _match(rule: Rule, on: date, holds: bool, why: str) -> Match:
    value = rule.on(on)
    assert value is not None, "it matched on that day"
    cited = value.citation
    return Match(
        rule.place, holds and value.state is not State.DISABLED, why, value.state.value, _raw(value), value.from_,
        value.to, cited.act, cited.article, cited.status, cited.confidence.value, cited.source, cited.accessed,
        rule.checked.on, rule.checked.by, rule.strength.value, rule.binding_level.value, rule.effect, rule.title.zh,
        rule.title.en, rule.unit, " ".join(value.note.split()),
    )  # fmt: skip


def _raw(value: Value) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value.value))


def history(book: PolicyBook, rule: str, jurisdiction: str) -> Iterator[tuple[Rule, Value]]:
    """Every value that any file of a rule has ever had."""
    return (
        (each, value) for _, each in book.rules(jurisdiction) if each.rule == rule for value in each.values
    )  # fmt: skip
