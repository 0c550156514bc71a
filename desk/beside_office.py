"""What the simulated town tells of things beside the suit, as the reports that people of the bank would make of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date

from desk.side_tracks import SideTracks
from recourse import events as ev
from recourse.simulate.beside import FIRST_PERCENT
from recourse.simulate.office import Told

Tell = Callable[[SideTracks, Told, date], int]
EVIDENCE = hashlib.sha256("收入证明（样本）".encode()).hexdigest()
"""The digest of the paper that a report of the town's rests on."""
HOME = "住房安置协议"
"""What the town's court always has in its file before a home is sold."""


def _paper(what: str, told: Told) -> str:
    return f"{what} {told.account_id}"


def _piece(told: Told) -> str:
    return f"P{told.account_id}"


def _listed(side: SideTracks, told: Told, day: date) -> int:
    event = ev.AuctionListed(
        _piece(told), told.number, told.amount, told.on or day, None, _paper("拍卖公告", told), HOME
    )
    if told.number == 1 and not side.price_holds(told.account_id, event.collateral_id):
        value = -(-told.amount * 100 // FIRST_PERCENT)
        side.value(told.account_id, event.collateral_id, value, "appraisal", proof=_paper("估价报告", told))
    return side.list_round(told.account_id, event)


def _ended(side: SideTracks, told: Told, day: date) -> int:
    price = told.amount if told.what == "sold" else None
    event = ev.AuctionEnded(_piece(told), told.number, told.what, price, _paper("拍卖结果", told))
    costs = price // 100 if price is not None else 0
    return side.end_round(told.account_id, event, costs=costs)


def _disposed(side: SideTracks, told: Told, day: date) -> int:
    waiting = [each for each in side.assets() if each.account == told.account_id and each.disposed_on is None]
    return sum(side.dispose(each.asset_id, told.amount, _paper("成交确认书", told)) for each in waiting)


TELLS: Mapping[str, Tell] = {
    "listed": _listed,
    "failed": _ended,
    "sold": _ended,
    "asset_taken": lambda side, told, _: side.take_asset(told.account_id, _piece(told), _paper("以物抵债裁定", told)),
    "asset_disposed": _disposed,
    "set_off": lambda side, told, _: side.confirm_set_off(told.account_id, told.amount, _paper("核心流水", told)),
    "estate_found": lambda side, told, _: side.find_estate(
        told.account_id, told.number, told.amount, _paper("继承公证书", told)
    ),
    "estate_claimed": lambda side, told, _: side.claim_estate(told.account_id, told.amount, _paper("送达回证", told)),
    "estate_closed": lambda side, told, _: side.close_estate(told.account_id, told.code, _paper("遗产查询结果", told)),
    "bankruptcy_accepted": lambda side, told, day: side.accept_bankruptcy(
        told.account_id, f"（{day.year}）模9901破{int(told.account_id[1:])}号", told.on, _paper("受理裁定", told)
    ),
    "bankruptcy_claimed": lambda side, told, _: side.claim_bankruptcy(
        told.account_id, told.amount, _paper("申报回执", told)
    ),
    "bankruptcy_moved": lambda side, told, _: side.move_bankruptcy(told.account_id, told.code, 0, _paper("裁定", told)),
    "crime_reported": lambda side, told, _: side.report_crime(
        told.account_id, "loan_fraud", "示例市公安局经侦支队", (EVIDENCE,), _paper("报案回执", told)
    ),
    "crime_answered": lambda side, told, _: side.answer_crime(told.account_id, told.code, _paper("答复", told)),
    "insurer_claimed": lambda side, told, _: side.claim_insurer(told.account_id, told.amount, _paper("索赔回执", told)),
    "insurer_answered": lambda side, told, _: side.answer_insurer(
        told.account_id, told.code, told.amount, _paper("赔付通知", told)
    ),
}
"""What the town tells → the report that is made of it."""
