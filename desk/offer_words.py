"""The offer of an arrangement as its gate shows it, in words, in Chinese or English: the plan, the contract beside it, the
floor, what guarantors, limitation and class have of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from recourse.money import to_text

SHOWN_ROWS = 6
SAID: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "plan": "方案", "more": "……共{}期，至{}", "totals": "合计", "waived": "足额履行后减免",
        "contract": "原合同：尚欠 {}，逾期 {}，到期 {}",
        "floor": "底线 [{}]：首期不低于{}%，最长{}个月", "plan_floor": "方案底线 [{}，{}]：不低于债权的{}%，最长{}个月",
        "against": "不符合", "none": "无", "guarantor": "保证人",
        "limitation": "诉讼时效届满 {}；今日签署则至 {}", "hardship": "有困难情形", "unknown": "未知",
        "principal": "本金", "charges": "息费", "interest": "展期利息", "current": "合同当期",
    },
    "en": {
        "plan": "plan", "more": "… {} instalments, to {}", "totals": "in all", "waived": "waived on full performance",
        "contract": "contract: owed {}, overdue {}, matures {}",
        "floor": "floor [{}]: first instalment at least {} %, at most {} months",
        "plan_floor": "floor of the plan [{}, {}]: {} % of the claim, at most {} months", "against": "against it", "none": "nothing",
        "guarantor": "guarantor", "limitation": "limitation ends {}; signed today, {}", "hardship": "hardship is known",
        "unknown": "not known", "principal": "principal", "charges": "charges", "interest": "interest", "current": "contract",
    },
}  # fmt: skip


def lines(offer: Mapping[str, Any], currency: str, lang: str = "en") -> Iterator[str]:
    """One line each; amounts in units of the currency."""
    said = SAID[lang]

    def money(minor: int | None) -> str:
        return said["unknown"] if minor is None else f"{to_text(minor, currency, grouped=True)}"

    rows = offer["schedule"]
    first = ", ".join(f"{due} {money(amount)}" for due, amount in rows[:SHOWN_ROWS])
    rest = f" {said['more'].format(len(rows), rows[-1][0])}" if len(rows) > SHOWN_ROWS else ""
    yield f"{offer['kind']}: {first}{rest}"
    yield f"{said['totals']}: " + ", ".join(
        f"{said[part]} {money(sum_)}" for part, sum_ in offer["totals"].items() if sum_
    )
    waived = offer["waived_on_full_performance"]
    if waived:
        yield f"{said['waived']}: " + ", ".join(f"{part} {money(amount)}" for part, amount in waived.items())
    contract = offer["contract"]
    yield said["contract"].format(
        money(contract["owed"]), money(contract["overdue"]), contract["matures_on"] or said["unknown"]
    )
    floor = offer["floor"]
    if floor is not None:
        yield said["floor"].format(floor["rule"], floor["first_percent"], floor["longest_months"])
    planned = offer.get("plan_floor")
    if planned is not None:
        yield said["plan_floor"].format(
            planned["rule"], planned["grade"], planned["percent"], planned["longest_months"]
        )
    yield f"{said['against']}: {offer['against'] or said['none']}"
    for guarantor in offer["guarantors"]:
        yield f"{said['guarantor']} {guarantor}"
    limitation = offer["limitation"]
    yield said["limitation"].format(limitation["ends_on"] or said["unknown"], limitation["if_signed_today"])
    yield str(offer["class"])
    if offer["hardship"]:
        yield said["hardship"]
