"""The ranked routes of a gate or a case in words, in Chinese or English: standing, money, bars, what is lacking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from recourse.money import to_text

STANDINGS: Mapping[str, Mapping[str, str]] = {
    "zh": {"open": "可行", "unclear": "待查明", "barred": "不可行"},
    "en": {"open": "open", "unclear": "to be cleared up", "barred": "barred"},
}
SAID: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "net": "预计净额", "advance": "预缴费用", "days": "约 {} 天回款", "unknown": "未知", "bar": "不可行", "bank": "本行审慎",
        "lacking": "尚缺材料",
    },
    "en": {
        "net": "expected net", "advance": "paid in beforehand", "days": "money in about {} days", "unknown": "not known",
        "bar": "barred", "bank": "bank's own caution", "lacking": "lacking",
    },
}  # fmt: skip


def lines(number: int, route: Mapping[str, Any], currency: str, lang: str = "en") -> Iterator[str]:
    """One route: a line with its worth, then what stands against it and what is lacking. Amounts in minor units."""
    said = SAID[lang]

    def money(minor: int | None) -> str:
        return said["unknown"] if minor is None else f"{to_text(minor, currency, grouped=True)} {currency}"

    takes = "" if route["days"] is None else f"; {said['days'].format(route['days'])}"
    yield (
        f"{number}. {route[lang]}: {STANDINGS[lang][route['standing']]}; {said['net']} {money(route['net'])}; "
        f"{said['advance']} {money(route['advance'])}{takes}"
    )
    for bar in route["bars"]:
        kind = said["bar"] if bar["force"] == "law" else said["bank"]
        yield f"   – {kind}: {bar[lang]} [{bar['source']}]"
    yield from (f"   – {bar[lang]} [{bar['source']}]" for bar in route["missing"])
    if route["lacking"]:
        yield f"   – {said['lacking']}: " + ", ".join(f"{paper[lang]} ({paper['owner']})" for paper in route["lacking"])
