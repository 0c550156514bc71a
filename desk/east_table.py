"""资产核销表: the report on write-offs with the columns of EAST 5.0, of what is booked or of what is proposed by list.

Names are masked 变形; what the bank has not told stays empty.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from desk.open_desk import Desk
from desk.write_offs import booked_rows, recovered
from recourse.documents.spreadsheet import Sheet, workbook
from recourse.documents.wording import TO_BE_VERIFIED
from recourse.ledger.database import reading
from recourse.ledger.tables import accounts, write_offs
from recourse.letters.write_off_list import Member
from recourse.money import Amounts, to_text

HEADER = (
    "采集日期", "合同号", "借据号", "客户统一编号", "客户名称", "资产类型", "核销日期", "实核本金", "实核表内利息", "实核表外利息",
    "币种", "收回本金", "收回利息", "收回日期", "收回标志", "收回员工号", "核销状态", "归属分支机构", "内部机构号", "金融许可证号",
    "备注",
)  # fmt: skip
Row = tuple[str, ...]


def booked(desk: Desk, day: date) -> list[Row]:
    """Every booked write-off, by its booking day."""
    query = booked_rows().where(write_offs.c.state == "booked").order_by(write_offs.c.booked_on, accounts.c.account_id)
    with reading(desk.engine) as connection:
        rows = connection.execute(query).all()
        money = recovered(connection, {row.account_id: row.base_on for row in rows})
    people = desk.tools(desk.strategy(day), "").people
    persons = people.of([row.person_id for row in rows])
    contracts = people.contracts([row.account_id for row in rows])
    found = []
    for row in rows:
        person, contract = persons.get(row.person_id), contracts.get(row.account_id)
        name, number = (person.name if person else ""), (contract.number if contract else "")
        found.append(_booked(row, day, name, number, money.get(row.account_id, (0, 0, None))))
    return found


def proposed(members: Sequence[Member], day: date) -> list[Row]:
    """What a run proposes: amounts as the packets say, no booking day, nothing recovered."""
    return [
        _row(
            day, _known(each.contract), each.account, each.person_id, _known(each.debtor), each.product, None, each.amounts,
            each.currency, (0, 0, None), "待审批", each.branch,
        )
        for each in members
        if each.state == "in"
    ]  # fmt: skip


def _known(said: str) -> str:
    """What a packet says; nothing where it says that this is still to be verified."""
    return "" if said == TO_BE_VERIFIED else said


def _booked(row: Any, day: date, name: str, number: str, money: tuple[int, int, date | None]) -> Row:
    amounts = Amounts(*(getattr(row, part) for part in Amounts.__struct_fields__))
    state = "完全终结" if row.book_status == "terminated" else "账销案存"
    return _row(
        day, number, row.account_id, row.person_id, name, row.product, row.booked_on, amounts, row.currency, money, state,
        row.branch,
    )  # fmt: skip


def _row(
    day: date, contract: str, account: str, person: str, name: str, product: str, booked_on: date | None,
    amounts: Amounts, currency: str, money: tuple[int, int, date | None], state: str, branch: str,
) -> Row:  # fmt: skip
    principal, other, last_on = money
    advances = amounts.fees + amounts.costs
    cells = (
        day, contract, account, person, masked(name), product, booked_on or "", to_text(amounts.principal, currency),
        to_text(amounts.interest, currency), to_text(amounts.penalty + amounts.compound, currency), currency,
        to_text(principal, currency), to_text(other, currency), last_on or "", "是" if principal + other > 0 else "否", "",
        state, branch, branch, "", f"另核销垫付费用 {to_text(advances, currency)}" if advances else "",
    )  # fmt: skip
    return tuple(map(str, cells))


def masked(name: str) -> str:
    """A name of which only the first character shows."""
    return name[:1] + "*" * max(len(name) - 1, 0)


def as_csv(rows: Sequence[Row], header: Sequence[str] = HEADER) -> bytes:
    """Rows as CSV, UTF-8 with the mark that spreadsheets look for."""
    out = io.StringIO()
    written = csv.writer(out, lineterminator="\r\n")
    written.writerow(header)
    written.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[Row]) -> bytes:
    """Rows as XLSX; every cell is text, as in the CSV."""
    return workbook([Sheet("资产核销表", HEADER, tuple(rows))], "资产核销表")
