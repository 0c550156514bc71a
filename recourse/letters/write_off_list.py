"""清单 of a write-off run: the members of its list gates with what each packet says of them, as a paper and as a sheet.

Every row is read off the packet that the gate decides on, so that list, gate and packet cannot differ. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from recourse.canonical import digest, encode
from recourse.documents.blocks import Align, Block, Document, Heading, KeyValues, Note, Table, plain
from recourse.documents.spreadsheet import Cell, Money, Sheet
from recourse.documents.wording import chinese_day
from recourse.letters.write_off import PRODUCTS
from recourse.money import Amounts, to_text
from recourse.packets.binding import grouped
from recourse.packets.model import Line

COMPONENTS = ("本金", "利息", "罚息", "复利", "费用", "实现债权的费用")
"""In the order of `Amounts`."""
STATES = {"in": "在册", "struck": "剔除", "dropped": "因证据变化退出"}
ALL = "总计"
HOW = (
    "清单材料哈希：把各户的〔案件编号，材料 SHA-256〕按案件编号排序，写成不含空格的 JSON 数组，取其 UTF-8 文本的 SHA-256。"
    "表决以此为准；任何一户的材料改变，哈希随之改变。"
)


class Member(msgspec.Struct, frozen=True):
    """One member of a list. Amounts in minor units; `criterion`: its title; `packet`: SHA-256 of the packet's file."""

    account: str
    case_id: str
    state: str
    debtor: str
    person_id: str
    contract: str
    product: str
    branch: str
    criterion: str
    base_on: date
    currency: str
    amounts: Amounts
    packet: str
    readiness: tuple[Line, ...] = ()

    @property
    def ready(self) -> str:
        """Complete, or which items were waived, by whom and why."""
        waived = [f"{line.title}：{line.note}" for line in self.readiness if line.state == "waived"]
        return "豁免 " + "；".join(waived) if waived else "齐备"


class ListGate(msgspec.Struct, frozen=True):
    """One list gate with its members in the order of their accounts."""

    gate_id: str
    tier: str
    entity: str
    packet_hash: str
    evidence_hash: str
    members: tuple[Member, ...]


def packet_hash(members: Sequence[Member]) -> str:
    """What the gate shows as its packet hash, worked out from the list."""
    return digest(encode(sorted((member.case_id, member.packet) for member in members)))


# --- the sheet ------------------------------------------------------------------------------------------------------

HEADER = (
    "序号", "账户", "债务人", "品种", "认定条件", "核销基准日", "币种", *COMPONENTS, "合计", "材料SHA-256", "材料完备情况", "名单状态",
    "审批编号", "案件编号",
)  # fmt: skip


def sheets(lists: Sequence[ListGate]) -> tuple[Sheet, ...]:
    """The list, its sums by criterion, and its gates with their hashes."""
    rows = tuple((number, *_facts(member), gate.gate_id, member.case_id) for number, gate, member in _numbered(lists))
    sums: tuple[tuple[Cell, ...], ...] = tuple(
        (criterion, currency, count, *(Money(each, currency) for each in (*parts, sum(parts))))
        for criterion, currency, count, parts in _sums(lists)
    )
    gates = tuple(
        (each.gate_id, each.entity, each.tier, len(each.members), each.packet_hash, each.evidence_hash)
        for each in lists
    )
    return (
        Sheet("清单", HEADER, rows),
        Sheet("合计", ("认定条件", "币种", "户数", *COMPONENTS, "合计"), sums),
        Sheet("审批", ("审批编号", "法人", "权限档", "户数", "清单材料哈希", "证据哈希"), gates),
    )


def _facts(member: Member) -> tuple[Cell, ...]:
    parts = [amount for _, amount in member.amounts.items()]
    money = (Money(each, member.currency) for each in (*parts, sum(parts)))
    return (
        member.account, member.debtor, _product(member), member.criterion, member.base_on, member.currency, *money,
        member.packet, member.ready, STATES.get(member.state, member.state),
    )  # fmt: skip


def _product(member: Member) -> str:
    return PRODUCTS.get(member.product, member.product)


def _numbered(lists: Sequence[ListGate]) -> Iterator[tuple[int, ListGate, Member]]:
    number = 0
    for gate in lists:
        for member in gate.members:
            number += 1
            yield number, gate, member


def _sums(lists: Sequence[ListGate]) -> Iterator[tuple[str, str, int, list[int]]]:
    """(criterion, currency, how many, amounts by component), then the sum of each currency."""
    found: dict[tuple[str, str], list[Member]] = {}
    for _, _, member in _numbered(lists):
        if member.state == "in":
            found.setdefault((member.criterion, member.currency), []).append(member)
    for (criterion, currency), members in sorted(found.items()):
        yield criterion, currency, len(members), _added(members)
    for currency in sorted({currency for _, currency in found}):
        whole = [member for (_, of), members in found.items() if of == currency for member in members]
        yield ALL, currency, len(whole), _added(whole)


def _added(members: Sequence[Member]) -> list[int]:
    return [sum(getattr(member.amounts, name) for member in members) for name in Amounts.__struct_fields__]


# --- the paper ------------------------------------------------------------------------------------------------------


def document(lists: Sequence[ListGate], bank: str, day: date) -> Document:
    """The list as a paper: each gate with its members, their amounts and packets; then the sums."""
    return Document("呆账核销清单", tuple(_blocks(lists, day)), bank, f"{day}")


def _blocks(lists: Sequence[ListGate], day: date) -> Iterator[Block]:
    yield Heading(1, "呆账核销清单")
    yield KeyValues(
        ((("日期", chinese_day(day.isoformat())), ("户数", str(sum(len(gate.members) for gate in lists)))),)
    )
    yield Note(HOW)
    numbers = iter(range(1, 1 + sum(len(gate.members) for gate in lists)))
    for gate in lists:
        yield from _gate(gate, [next(numbers) for _ in gate.members])
    yield Heading(2, "按认定条件合计（不含剔除和退出的账户）")
    sums = list(_sums(lists))
    rows = [
        (criterion, str(count), currency, _money(sum(parts), currency)) for criterion, currency, count, parts in sums
    ]
    yield Table(("认定条件", "户数", "币种", "合计"), _cells(rows), ("left", "right", "center", "right"))
    whole = [
        (currency, *(_money(each, currency) for each in (*_grouped(parts), sum(parts))))
        for criterion, currency, _, parts in sums
        if criterion == ALL
    ]
    yield Table(("币种", *SHORT, "合计"), _cells(whole), ("center", *_RIGHT, "right"))


SHORT = ("本金", "利息", "罚息、复利", "费用")
"""The components as a portrait page has room for: penalty and compound interest, fees and costs together."""
_RIGHT: tuple[Align, ...] = ("right", "right", "right", "right")


def _grouped(parts: Sequence[int]) -> tuple[int, ...]:
    principal, interest, penalty, compound, fees, costs = parts
    return principal, interest, penalty + compound, fees + costs


def _gate(gate: ListGate, numbers: Sequence[int]) -> Iterator[Block]:
    yield Heading(2, f"名单 {gate.gate_id[:12]}")
    yield KeyValues(
        (
            (("审批编号", gate.gate_id),),
            (("法人", gate.entity), ("权限档", gate.tier)),
            (("户数", str(len(gate.members))), ("币种", gate.members[0].currency)),
            (("清单材料哈希", grouped(gate.packet_hash)),),
            (("证据哈希", grouped(gate.evidence_hash)),),
        )
    )
    pairs = list(zip(map(str, numbers), gate.members, strict=True))
    who = [
        (n, m.account, m.debtor, _product(m), m.criterion, m.base_on.isoformat(), STATES.get(m.state, m.state))
        for n, m in pairs
    ]
    yield Table(
        ("序号", "账户", "债务人", "品种", "认定条件", "核销基准日", "状态"), _cells(who),
        ("right", "left", "left", "left", "left", "center", "left"),
    )  # fmt: skip
    money = [
        (n, m.account,
         *(_money(each, m.currency) for each in (*_grouped([part for _, part in m.amounts.items()]), m.amounts.total)))
        for n, m in pairs
    ]  # fmt: skip
    yield Table(("序号", "账户", *SHORT, "合计"), _cells(money), ("right", "left", *_RIGHT, "right"))
    papers = [(n, m.account, grouped(m.packet), m.ready) for n, m in pairs]
    yield Table(("序号", "账户", "材料 SHA-256", "材料完备情况"), _cells(papers), ("right", "left", "left", "left"))


def _cells(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[tuple, ...], ...]:  # type: ignore[type-arg]
    return tuple(tuple(map(plain, row)) for row in rows)


def _money(minor: int, currency: str) -> str:
    return to_text(minor, currency, grouped=True)
