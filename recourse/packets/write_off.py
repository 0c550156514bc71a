"""The write-off packet 呆账核销材料, its data and its exhibits: what a committee reads and an auditor checks years later.

Its items follow article 8 of 财金〔2017〕90号. The legal opinion stays empty until counsel's signed one lies in the file:
counsel writes and signs it. Not here: gathering the data (`recourse.letters.write_off`), binding (`binding`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from recourse.canonical import encode
from recourse.documents.blocks import (
    Align,
    Block,
    Document,
    Heading,
    KeyValues,
    Paragraph,
    Run,
    SignatureBlock,
    Table,
    plain,
)
from recourse.documents.compose import MissingFact
from recourse.documents.templates import Template
from recourse.documents.wording import capital_money, chinese_day, figures
from recourse.packets.binding import grouped, numeral
from recourse.packets.model import Exhibit, Packet
from recourse.packets.sheets import sheaf
from recourse.packets.write_off_data import (
    LegalFacts as LegalFacts,
)
from recourse.packets.write_off_data import (
    PacketClass as PacketClass,
)
from recourse.packets.write_off_data import (
    PacketContact as PacketContact,
)
from recourse.packets.write_off_data import (
    PacketData,
    PacketDocument,
    PacketItem,
    PacketVote,
)
from recourse.packets.write_off_data import (
    PacketEvent as PacketEvent,
)
from recourse.packets.write_off_data import (
    PacketRecovery as PacketRecovery,
)

_COMPONENTS = {
    "principal": "本金",
    "interest": "利息",
    "penalty": "罚息",
    "compound": "复利",
    "fees": "费用",
    "costs": "实现债权的费用",
}
_VERDICTS = {
    "approve": "同意",
    "approved": "同意",
    "reject": "不同意",
    "rejected": "不同意",
    "return": "退回",
    "returned": "退回",
}


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
    data = msgspec.structs.replace(data, documents=tuple(_counted(each, files or {}) for each in data.documents))
    return Packet(
        "write_off", "呆账核销材料", data.packet_no, data.bank, _rows(data), tuple(_exhibits(data, form)),
        encode(PacketContent(data, form.version, form.sha256)), data.readiness, data.seal_root, data.seal_on,
    )  # fmt: skip


def _counted(document: PacketDocument, files: Mapping[str, bytes]) -> PacketDocument:
    """With the number of its pages, where its bytes are here."""
    if document.sha256 not in files:
        return document
    pages = sheaf(files[document.sha256]).pages
    return msgspec.structs.replace(document, pages=pages, attached=not pages)


def content_of(text: bytes) -> PacketContent:
    """The embedded data; raises msgspec.ValidationError when they are not a write-off packet's."""
    return msgspec.json.decode(text, type=PacketContent)


def _rows(data: PacketData) -> tuple[tuple[tuple[str, str], ...], ...]:
    return (
        (("材料编号", data.packet_no),),
        (("申报银行", data.bank),),
        (("账户", data.account_id), ("债务人", data.debtor)),
        (("核销基准日", chinese_day(data.as_of)), ("编制日期", chinese_day(data.built_on))),
        (("债权总额", _total(data)),),
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
            yield Exhibit(item.title, own, mark=mark, source=f"case/{data.packet_no}")
        for each in serving:
            yield _paper(each, mark)
    rest = [each for each in data.documents if each.sha256 not in listed]
    if rest:
        yield Exhibit("文件清单", (_list_of(rest),), mark="附")


def _paper(each: PacketDocument, mark: str) -> Exhibit:
    lies = "文件在本系统外保管，仅列其哈希。" if not each.pages and not each.attached else ""
    return Exhibit(
        each.kind, (Paragraph(plain(lies), indent=False),) if lies else (), each.sha256, each.pages, each.source,
        each.dated_on, each.original_at, each.attached, mark,
    )  # fmt: skip


def _own(item: str, data: PacketData, form: Template, serving: Sequence[PacketDocument]) -> Iterator[Block]:
    match item:
        case "application":
            yield from _form(data, form)
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


def _form(data: PacketData, form: Template) -> Iterator[Block]:
    """The form, its headings one level down, so that the index lists the items of the packet only."""
    for block in form.document(data.application).blocks:
        if not isinstance(block, Heading):
            yield block
        elif block.level > 1:
            yield Heading(block.level + 1, block.text)


def _flows(data: PacketData) -> Iterator[Block]:
    yield Paragraph(plain(f"核销基准日{chinese_day(data.as_of)}以前收回的款项，币种 {data.currency}。"))
    rows = (
        (_day(recovery.on), figures(recovery.amount, data.currency), recovery.source) for recovery in data.recoveries
    )
    yield _table(["收回日期", "金额", "来源"], rows, align=("left", "right", "left"), none="没有收回。")


def _classes(data: PacketData) -> Iterator[Block]:
    told = data.application
    since = told.get("overdue_since")
    yield KeyValues(
        ((("逾期起始日", chinese_day(since) if since else "—"), ("五级分类", str(told.get("classification", "—")))),)
    )
    if data.classes:
        yield _table(["自", "分类"], ((_day(each.on), each.name) for each in data.classes), none="")


def _amounts(data: PacketData) -> Iterator[Block]:
    yield Paragraph(plain(f"以下金额取自核心业务系统，截至{chinese_day(data.as_of)}，币种 {data.currency}。"))
    rows = [(plain(_COMPONENTS[name]), plain(figures(minor, data.currency))) for name, minor in data.amounts.items()]
    total = ((Run("合计", bold=True),), (Run(figures(data.amounts.total, data.currency), bold=True),))
    yield Table(("项目", "金额"), (*rows, total), ("left", "right"))


def _chronology(data: PacketData) -> Iterator[Block]:
    yield Heading(3, "处置经过")
    rows = ((_day(event.on), event.what, _joined(event.rule, event.citation), event.actor) for event in data.events)
    yield _table(["日期", "事项", "规则和依据", "经办"], rows, none="没有记录。")


def _contacts(data: PacketData) -> Iterator[Block]:
    yield Heading(3, "联系记录")
    if data.contacts:
        days = [contact.on for contact in data.contacts]
        span = f"{chinese_day(min(days))}至{chinese_day(max(days))}，跨度 {(max(days) - min(days)).days} 天"
        yield Paragraph(plain(f"共 {len(days)} 次，{span}。"))
    rows = ((_day(contact.on), contact.channel, contact.outcome, contact.permit) for contact in data.contacts)
    yield _table(["日期", "方式", "结果", "许可编号"], rows, none="没有联系记录。")


def _list_of(documents: Sequence[PacketDocument]) -> Block:
    rows = (
        (str(at), document.kind, _day(document.dated_on), document.original_at, grouped(document.sha256))
        for at, document in enumerate(documents, start=1)
    )
    return _table(["序号", "文件", "日期", "原件所在", "SHA-256"], rows, none="没有文件。")


def _votes(data: PacketData) -> Iterator[Block]:
    if data.voted_sha256:
        yield Paragraph(plain(f"表决所依据的材料文件哈希：{grouped(data.voted_sha256)}"), indent=False)
    yield _voted(data.votes)


def _voted(votes: Sequence[PacketVote]) -> Block:
    rows = (
        (vote.seat, vote.role, _voter(vote), _VERDICTS.get(vote.verdict, vote.verdict), vote.reason, _instant(vote.at))
        for vote in votes
    )
    return _table(["席位", "职务", "姓名", "意见", "理由", "时间"], rows, none="尚未表决。")


def approval_record(bank: str, account: str, packet: str, votes: Sequence[PacketVote]) -> Document:
    """审批记录: who agreed, when and in which capacity, to the packet of this hash."""
    blocks = (
        Heading(1, "呆账核销审批记录"),
        KeyValues(((("账户", account),), (("材料文件哈希 SHA-256", grouped(packet)),))),
        _voted(votes),
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


def _table(
    header: Sequence[str], rows: Iterable[Sequence[str]], none: str, align: tuple[Align, ...] | None = None
) -> Block:
    """A table, or one sentence when there is nothing to list; an unknown cell is printed as a dash."""
    cells = tuple(tuple(plain(" ".join(text.split()) or "—") for text in row) for row in rows)
    if not cells:
        return Paragraph(plain(none))
    return Table(tuple(header), cells, align or tuple("left" for _ in header))


def _total(data: PacketData) -> str:
    total = f"{figures(data.amounts.total, data.currency)}（{data.currency}）"
    return f"{total} {capital_money(data.amounts.total, data.currency)}" if data.currency == "CNY" else total


def _voter(vote: PacketVote) -> str:
    return f"{vote.name}（代 {vote.on_behalf_of}）" if vote.on_behalf_of else vote.name


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _instant(at: str) -> str:
    return at.replace("T", " ").replace("Z", " UTC")


def _joined(rule: str, citation: str) -> str:
    return "，".join(part for part in (rule, citation) if part)
