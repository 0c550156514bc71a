"""The committee book 审议材料: many accounts in one paper, one page each, with a summary that says where each stands. Pure.

It is what a committee has before it when it answers a list. What binds the answer are the hashes of the list and of each
member's packet, which the book prints; the packets themselves are papers of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import groupby

import msgspec

from recourse.canonical import digest, encode
from recourse.documents.blocks import Block, ExhibitTable, Heading, Note
from recourse.documents.wording import chinese_day, figures
from recourse.money import Amounts
from recourse.packets.assembling import Cover, assembled, part
from recourse.packets.binding import MANIFEST_HEADING, grouped
from recourse.packets.model import Exhibit, Line, Packet
from recourse.packets.parts import COMPONENTS, day_text, joined, listing, pairs, total_text

LACKING = {"missing": "缺", "waived": "豁免"}


class Member(msgspec.Struct, frozen=True):
    """One account of the book; money in minor units of its currency, None = unknown. `debtor` comes in masked; `pursuit`
    says in words what was done; `readiness` () = its matter asks for no papers; `packet` "" = none was bound."""

    account: str
    debtor: str
    branch: str
    product: str
    currency: str
    amounts: Amounts | None
    as_of: date | None
    overdue_since: date | None
    days_past_due: int | None
    grade: str
    cause: str
    criterion: str
    rule: str
    citation: str
    pursuit: tuple[tuple[str, str], ...]
    readiness: tuple[Line, ...] = ()
    packet: str = ""
    evidence: str = ""
    source: str = ""


class Listed(msgspec.Struct, frozen=True):
    """What the book is about. `gate` "" = no gate, the accounts were named by hand; `struck`: members taken off the list."""

    number: str
    bank: str
    matter: str
    on: date
    members: tuple[Member, ...]
    gate: str = ""
    tier: str = ""
    opened_on: date | None = None
    due_on: date | None = None
    evidence_hash: str = ""
    packet_hash: str = ""
    struck: int = 0
    seal: tuple[str, date] | None = None

    @property
    def hash(self) -> str:
        """Over every member: account, packet, evidence. What the gate is bound to stands beside it."""
        return digest(encode([(each.account, each.packet, each.evidence) for each in self.members]))


def committee_book(listed: Listed) -> Packet:
    """The packet to bind."""
    told = {
        "gate": listed.gate, "list_sha256": listed.hash, "evidence_sha256": listed.evidence_hash,
        "packets_sha256": listed.packet_hash, "built_on": listed.on, "members": list(listed.members),
    }  # fmt: skip
    cover = Cover("committee_book", listed.number, listed.bank, _rows(listed), told, (), listed.seal)
    return assembled(cover, list(_exhibits(listed)))


def _rows(listed: Listed) -> tuple[tuple[tuple[str, str], ...], ...]:
    rows = [
        (("材料编号", listed.number),),
        (("银行", listed.bank),),
        (("审议事项", listed.matter), ("户数", str(len(listed.members)))),
        (("编制日期", chinese_day(listed.on)), ("层级", listed.tier or "—")),
        (("债权总额", _sums(listed.members)),),
        (("名单哈希", grouped(listed.hash)),),
    ]
    if listed.gate:
        rows += [
            (("审批编号", listed.gate),),
            (("提交日期", day_text(listed.opened_on)), ("应答复日", day_text(listed.due_on))),
            (("审批所依据的证据哈希", grouped(listed.evidence_hash)),),
            (("审批所依据的材料哈希", grouped(listed.packet_hash) or "—"),),
        ]
    if listed.struck:
        rows.append((("已剔除", f"{listed.struck} 户，不在本材料内"),))
    return tuple(rows)


def _sums(members: Sequence[Member]) -> str:
    """The total in each currency; what is unknown is said to be."""
    found: dict[str, int] = {}
    for each in members:
        if each.amounts is not None:
            found[each.currency] = found.get(each.currency, 0) + each.amounts.total
    unknown = sum(each.amounts is None for each in members)
    text = "；".join(f"{figures(total, currency)}（{currency}）" for currency, total in sorted(found.items()))
    return "，".join(part for part in (text, f"{unknown} 户余额未知" if unknown else "") if part) or "—"


def _exhibits(listed: Listed) -> Iterator[Exhibit]:
    yield part(1, "汇总表", *_summary(listed.members))
    yield part(2, "分类合计", *_totals(listed.members))
    for n, each in enumerate(listed.members, start=1):
        yield Exhibit(each.account, tuple(_page(each)), mark=f"第{n}户", source=each.source)


def _summary(members: Sequence[Member]) -> Iterator[Block]:
    header = ("账户", "债务人", "金额", "条件", "材料", "材料哈希", "页码")
    rows = tuple(
        (f"第{n}户 {each.account}", each.debtor or "—", _amount(each), each.criterion or "—", _ready(each),
         each.packet[:16] or "—")
        for n, each in enumerate(members, start=1)
    )  # fmt: skip
    yield ExhibitTable(header, rows, MANIFEST_HEADING, ("left", "left", "right", "left", "left", "left"))
    yield Note("债务人姓名已作遮盖；材料哈希列前十六位，全文见各户页。")


def _amount(member: Member) -> str:
    return "未知" if member.amounts is None else figures(member.amounts.total, member.currency)


def _ready(member: Member) -> str:
    counts = {state: sum(line.state == state for line in member.readiness) for state in LACKING}
    said = [f"{LACKING[state]} {count} 项" for state, count in counts.items() if count]
    return "、".join(said) or ("齐备" if member.readiness else "—")


def _totals(members: Sequence[Member]) -> Iterator[Block]:
    by: tuple[tuple[str, Callable[[Member], str]], ...] = (
        ("机构", lambda each: each.branch),
        ("产品", lambda each: each.product),
        ("条件", lambda each: each.criterion or "—"),
    )
    for title, key in by:
        yield Heading(3, f"按{title}")
        grouped_ = [(name, list(theirs)) for name, theirs in groupby(sorted(members, key=key), key=key)]
        rows = [(name, str(len(theirs)), _sums(theirs)) for name, theirs in grouped_]
        yield listing([title, "户数", "金额"], rows, none="没有账户。", align=("left", "right", "right"))


def _page(member: Member) -> Iterator[Block]:
    yield pairs(
        ("债务人", member.debtor),
        ("机构和产品", f"{member.branch}，{member.product}"),
        ("债权总额", total_text(member.amounts, member.currency)),
        ("构成", _parts(member)),
        ("余额日", day_text(member.as_of)),
        ("逾期", f"自{day_text(member.overdue_since) or '未知'}，{_days(member)}"),
        ("风险等级", member.grade),
        ("逾期原因", member.cause),
        ("条件", member.criterion),
        ("规则和依据", joined(member.rule, member.citation)),
    )
    yield Heading(3, "追索情况")
    yield pairs(*member.pursuit)
    yield Heading(3, "材料缺口和豁免")
    gaps = [(line.title, LACKING[line.state], line.note) for line in member.readiness if line.state in LACKING]
    yield listing(["材料", "情况", "说明"], gaps, none="没有缺口。" if member.readiness else "没有适用的材料清单。")
    yield pairs(("材料哈希", grouped(member.packet)), ("证据哈希", grouped(member.evidence)))


def _days(member: Member) -> str:
    return "逾期天数未知" if member.days_past_due is None else f"{member.days_past_due} 天"


def _parts(member: Member) -> str:
    if member.amounts is None:
        return ""
    return "，".join(f"{COMPONENTS[name]} {figures(n, member.currency)}" for name, n in member.amounts.items() if n)
