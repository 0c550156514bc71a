"""The write-off packet 呆账核销材料, its data and its exhibits: what a committee reads and an auditor checks years later.

Its items follow article 8 of 财金〔2017〕90号. The legal opinion stays empty until counsel's signed one lies in the file:
counsel writes and signs it. Not here: gathering the data (`recourse.letters.write_off`), binding (`binding`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from recourse.canonical import encode
from recourse.documents.blocks import Block, Document, Heading, KeyValues, Paragraph, SignatureBlock, plain
from recourse.documents.compose import MissingFact
from recourse.documents.templates import Template
from recourse.documents.wording import chinese_day, figures
from recourse.packets.binding import grouped, numeral
from recourse.packets.model import Exhibit, Packet
from recourse.packets.parts import (
    amounts_table,
    counted,
    day_text,
    form_of,
    joined,
    listing,
    paper,
    paper_list,
    total_text,
    votes_table,
)
from recourse.packets.write_off_data import PacketData, PacketDocument, PacketItem, PacketVote


class PacketContent(msgspec.Struct, frozen=True):
    """What is embedded: the data and the very form they were printed with."""

    data: PacketData
    form: str
    form_sha256: str


def write_off(data: PacketData, form: Template, files: Mapping[str, bytes] | None = None) -> Packet:
    """The packet to bind; `files`: bytes by SHA-256 of the papers that lie in our store.

    Raises MissingFact when the form lacks a fact, when a claim never sued on comes without a reason (财金〔2017〕90号 art
    8), or when nobody keeps it afterwards (art 14).
    """
    known = {
        "legal.why_not_sued": data.legal.course or data.legal.why_not_sued,
        "plan": data.plan,
        "keeper": data.keeper,
    }
    for field, value in known.items():
        if not value.strip():
            raise MissingFact("write_off_packet", field)
    data = msgspec.structs.replace(data, documents=tuple(counted(each, files or {}) for each in data.documents))
    return Packet(
        "write_off", "呆账核销材料", data.packet_no, data.bank, _rows(data), tuple(_exhibits(data, form)),
        encode(PacketContent(data, form.version, form.sha256)), data.readiness, data.seal_root, data.seal_on,
    )  # fmt: skip


def content_of(text: bytes) -> PacketContent:
    """The embedded data; raises msgspec.ValidationError when they are not a write-off packet's."""
    return msgspec.json.decode(text, type=PacketContent)


def _rows(data: PacketData) -> tuple[tuple[tuple[str, str], ...], ...]:
    return (
        (("材料编号", data.packet_no),),
        (("申报银行", data.bank),),
        (("账户", data.account_id), ("债务人", data.debtor)),
        (("核销基准日", chinese_day(data.as_of)), ("编制日期", chinese_day(data.built_on))),
        (("债权总额", total_text(data.amounts, data.currency)),),
    )


ITEMS = (
    PacketItem(1, "application", "呆账核销申报表"),
    PacketItem(3, "flows", "还款与欠息流水"),
    PacketItem(5, "classification", "逾期与分类记录"),
    PacketItem(6, "pursuit", "追索记录"),
    PacketItem(11, "legal_opinion", "法律意见书", ("legal_opinion",)),
    PacketItem(12, "accountability", "责任认定材料或者计划"),
    PacketItem(13, "review", "集体审议与审批记录"),
    PacketItem(14, "loss", "损失测算"),
    PacketItem(15, "after", "核销后追索方案和保管人"),
)
"""What a packet has where the pack in force lists no items."""


def _exhibits(data: PacketData, form: Template) -> Iterator[Exhibit]:
    """Item by item: what the packet makes itself, then the papers that serve it, each with its own hash and pages."""
    listed: set[str] = set()
    for item in data.items or ITEMS:
        serving = [each for each in data.documents if each.code in item.papers and each.sha256 not in listed]
        listed |= {each.sha256 for each in serving}
        mark = f"材料{numeral(item.no)}"
        own = tuple(_own(item.item, data, form, serving))
        if own:
            yield Exhibit(item.title, own, mark=mark, source=data.journal)
        for each in serving:
            yield paper(each, mark)
    rest = [each for each in data.documents if each.sha256 not in listed]
    if rest:
        yield Exhibit("文件清单", (paper_list(rest),), mark="附")


def _own(item: str, data: PacketData, form: Template, serving: Sequence[PacketDocument]) -> Iterator[Block]:
    match item:
        case "application":
            yield from form_of(form, data.application)
        case "flows":
            yield from _flows(data)
        case "classification":
            yield from _classes(data)
        case "pursuit":
            yield from _chronology(data)
            yield from _contacts(data)
        case "legal_opinion" if not serving:
            yield from _opinion(data)
        case "accountability":
            yield KeyValues(((("责任认定", str(data.application.get("accountability", ""))),),))
        case "review":
            yield from _votes(data)
        case "loss":
            yield from _amounts(data)
        case "after":
            yield KeyValues(((("后续追索方案", data.plan),), (("保管人", data.keeper),)))


def _flows(data: PacketData) -> Iterator[Block]:
    yield Paragraph(plain(f"核销基准日{chinese_day(data.as_of)}以前收回的款项，币种 {data.currency}。"))
    rows = (
        (day_text(recovery.on), figures(recovery.amount, data.currency), recovery.source)
        for recovery in data.recoveries
    )
    yield listing(["收回日期", "金额", "来源"], rows, align=("left", "right", "left"), none="没有收回。")


def _classes(data: PacketData) -> Iterator[Block]:
    told = data.application
    since = told.get("overdue_since")
    yield KeyValues(
        ((("逾期起始日", chinese_day(since) if since else "—"), ("五级分类", str(told.get("classification", "—")))),)
    )
    if data.classes:
        yield listing(["自", "分类"], ((day_text(each.on), each.name) for each in data.classes), none="")


def _amounts(data: PacketData) -> Iterator[Block]:
    yield Paragraph(plain(f"以下金额取自核心业务系统，截至{chinese_day(data.as_of)}，币种 {data.currency}。"))
    yield amounts_table(data.amounts, data.currency)


def _chronology(data: PacketData) -> Iterator[Block]:
    yield Heading(3, "处置经过")
    rows = ((day_text(event.on), event.what, joined(event.rule, event.citation), event.actor) for event in data.events)
    yield listing(["日期", "事项", "规则和依据", "经办"], rows, none="没有记录。")


def _contacts(data: PacketData) -> Iterator[Block]:
    yield Heading(3, "联系记录")
    if data.contacts:
        days = [contact.on for contact in data.contacts]
        span = f"{chinese_day(min(days))}至{chinese_day(max(days))}，跨度 {(max(days) - min(days)).days} 天"
        yield Paragraph(plain(f"共 {len(days)} 次，{span}。"))
    rows = ((day_text(contact.on), contact.channel, contact.outcome, contact.permit) for contact in data.contacts)
    yield listing(["日期", "方式", "结果", "许可编号"], rows, none="没有联系记录。")


def _votes(data: PacketData) -> Iterator[Block]:
    if data.voted_sha256:
        yield Paragraph(plain(f"表决所依据的材料文件哈希：{grouped(data.voted_sha256)}"), indent=False)
    yield votes_table(data.votes)


def approval_record(bank: str, account: str, packet: str, votes: Sequence[PacketVote]) -> Document:
    """审批记录: who agreed, when and in which capacity, to the packet of this hash."""
    blocks = (
        Heading(1, "呆账核销审批记录"),
        KeyValues(((("账户", account),), (("材料文件哈希 SHA-256", grouped(packet)),))),
        votes_table(votes),
    )
    return Document("呆账核销审批记录", blocks, bank)


def _opinion(data: PacketData) -> Iterator[Block]:
    legal = data.legal
    yield Heading(3, "事实（由系统记录填写）")
    pairs = [("诉讼经过和结果", legal.course) if legal.course else ("未诉讼的理由", legal.why_not_sued)]
    pairs += [(f"事实 {at}", fact) for at, fact in enumerate(legal.facts, start=1)]
    yield KeyValues(tuple((pair,) for pair in pairs))
    yield Heading(3, "法律意见（必填，由署名法律人员书写）")
    yield KeyValues(((("意见", "\n" * 14),),))
    yield SignatureBlock(
        (("法律人员（签名）：______________", "执业证号或者工号：______________", "日期：______年____月____日"),)
    )
