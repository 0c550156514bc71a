"""The evidence of a gate in words: amounts in units, parties and security as short lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from console.words import Words
from desk import offer_words, route_words
from desk.inbox import MONEY_PARTS, GateView
from recourse.money import Amounts, to_text

ORDER = (
    "account", "members", "amounts", "owed", "overdue", "paid", "paid_in_full", "exposure", "tier", "owed_band", "as_of",
    "due_since", "limitation_ends_on", "guarantee_ends_on", "maturity", "accelerated", "stage", "parties", "security",
    "guarantee", "holds", "opinion", "attempts", "routes", "offer",
)  # fmt: skip
"""As a person wants to read it; the hash goes over the parts in an order of its own."""


NESTED = frozenset(
    {"evasion", "locate", "release", "pool", "auction", "ending", "measures", "field_visit", "proposal", "packets"}
)
"""Parts that are lists of lists, told line by line without what is empty."""
AMOUNTS_BY_NAME = frozenset({"reserves", "set_off", "cap"})
"""Parts that are pairs of a name and an amount."""


def rows(view: GateView, t: Words) -> list[tuple[str, list[str]]]:
    """(part, its lines), money first; what is unknown says so. A part that has no place of its own comes last, and only
    where it says something."""
    order = [name for name in ORDER if name in view.raw]
    order += [name for name, value in view.raw.items() if name not in ORDER and not _says_nothing(value)]
    return [(t.code("evidence", name), _lines(name, view.raw[name], view.currency, t)) for name in order]


def difference(changes: Sequence[str], currency: str, t: Words) -> list[tuple[str, list[str], list[str]]]:
    """(part, its lines before, its lines after) of each change that `recourse.evidence.differences` wrote."""
    found = []
    for change in changes:
        name, _, values = change.partition(": ")
        before, _, after = values.partition(" → ")
        found.append(
            (t.code("evidence", name), _written(name, before, currency, t), _written(name, after, currency, t))
        )
    return found


def _says_nothing(value: Any) -> bool:
    return all(map(_says_nothing, value)) if isinstance(value, list) else not value


def _written(name: str, text: str, currency: str, t: Words) -> list[str]:
    try:
        return _lines(name, msgspec.json.decode(text), currency, t)
    except msgspec.DecodeError:
        return [text]


def _lines(name: str, value: Any, currency: str, t: Words) -> list[str]:
    if value is None:
        return ["—"]
    if isinstance(value, bool):
        return [t("yes" if value else "no")]
    if name in MONEY_PARTS and isinstance(value, int) and currency:
        return [_money(value, currency)]
    if name == "offer" and isinstance(value, dict):
        return list(offer_words.lines(value, currency, t.lang))
    if isinstance(value, dict):
        named = [part for part in Amounts.__struct_fields__ if part in value]
        return [f"{t.code('amount', part)} {_money(value[part], currency)}" for part in named] or ["—"]
    if name == "routes":
        return [
            line for number, each in enumerate(value, 1) for line in route_words.lines(number, each, currency, t.lang)
        ]
    if isinstance(value, list):
        flat = value if name not in NESTED else [each for each in _flat(value) if not _says_nothing(each)]
        return [_item(name, each, currency, t) for each in flat] or [t("none")]
    if name == "stage":
        return [t.code("stage", value) if value else t("none")]
    return [str(value)]


def _flat(value: Any) -> list[Any]:
    return [part for each in value for part in _flat(each)] if isinstance(value, list) else [value]


def _item(name: str, item: Any, currency: str, t: Words) -> str:
    if name == "parties" and isinstance(item, list):
        return f"{t.code('role', str(item[0]))} {item[1]}"
    if name == "guarantee" and isinstance(item, list):
        return f"{item[0]}: {t('yes' if item[1] else 'no')}"
    if name in AMOUNTS_BY_NAME and isinstance(item, list):
        return f"{t.code('evidence', str(item[0]))}: {_money(item[1], currency) if item[1] is not None else '—'}"
    if name == "holds":
        return t.code("hold", str(item))
    if isinstance(item, dict):
        return _piece(item, currency, t)
    return str(item)


def _piece(item: dict[str, Any], currency: str, t: Words) -> str:
    """A piece of security: value and day, rank and registration, each shown as unknown where it is."""
    value, rank, registered = item.get("value"), item.get("rank"), item.get("registered")
    worth = f" {_money(value, currency)} ({item.get('valued_on') or '—'})" if isinstance(value, int) else ""
    known = t("yes" if registered else "no") if registered is not None else "?"
    more = f" {t('security.rank')} {rank if rank is not None else '?'} · {t('security.registered')} {known}"
    return f"{t.code('collateral', str(item.get('kind', '')))} {item.get('collateral_id', '')}{worth}{more}"


def _money(minor: Any, currency: str) -> str:
    return f"{to_text(minor, currency, grouped=True)} {currency}" if isinstance(minor, int) and currency else str(minor)
