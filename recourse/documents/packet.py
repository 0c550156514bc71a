"""The write-off packet 呆账核销材料: one PDF that a committee reads, approves by its hash, and an auditor checks
years later.

Its parts follow article 8 of 财金〔2017〕90号. The canonical data are embedded as JSON, the cover prints their
SHA-256, and the file ends with a comment that holds the SHA-256 of everything before it, so that `verify` notices any
changed byte and can tell whether page and data still belong together. Whoever can rewrite the whole file can also
rewrite its hashes: what was approved is proved by the hash in the ledger. The legal opinion stays empty: counsel
writes and signs it. Not here: gathering the data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import BytesIO
from typing import Any

import msgspec
from pypdf import PdfReader

from recourse.canonical import digest, encode
from recourse.documents.attachments import attachment
from recourse.documents.blocks import (
    Align,
    Block,
    Contents,
    Document,
    Heading,
    KeyValues,
    Note,
    PageBreak,
    Paragraph,
    Run,
    SignatureBlock,
    Table,
    plain,
)
from recourse.documents.compose import MissingFact
from recourse.documents.fonts import Fonts
from recourse.documents.render import render
from recourse.documents.templates import Template
from recourse.documents.wording import capital_money, chinese_day, figures
from recourse.money import Amounts

DATA_FILE = "packet.json"
_TRAILER = re.compile(rb"%recourse-sha256 ([0-9a-f]{64})\n\Z")
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


class PacketEvent(msgspec.Struct, frozen=True):
    """One step of the case: when it took effect, what happened, under which rule and citation, by whom."""

    on: date
    what: str
    rule: str = ""
    citation: str = ""
    actor: str = ""


class PacketContact(msgspec.Struct, frozen=True):
    """One attempt to reach the debtor: channel, what came of it, and the permit it was made under."""

    on: date
    channel: str
    outcome: str
    permit: str = ""


class PacketDocument(msgspec.Struct, frozen=True):
    """A document of the file: what it is, its date, the SHA-256 of its bytes in hex, where the original lies."""

    kind: str
    sha256: str
    dated_on: date | None = None
    original_at: str = ""


class PacketVote(msgspec.Struct, frozen=True):
    """A recorded vote: seat, role and name of the voter, verdict, reason, instant (UTC text); for whom, when by
    delegation."""

    seat: str
    role: str
    name: str
    verdict: str
    reason: str
    at: str
    on_behalf_of: str = ""


class PacketRecovery(msgspec.Struct, frozen=True):
    """Money that came in, in minor units of the packet's currency."""

    on: date
    amount: int
    source: str


class LegalFacts(msgspec.Struct, frozen=True):
    """What counsel needs for the opinion: the course of the suit, or why there was none, and further facts."""

    course: str = ""
    why_not_sued: str = ""
    facts: tuple[str, ...] = ()


class PacketData(msgspec.Struct, frozen=True):
    """Everything a packet says. `application` holds the facts of the form 呆账核销申报表; money in minor units of
    `currency`.

    `voted_sha256` is the file hash of the packet that the voters had before them, if they have voted. `seal_root` is
    the ledger's latest daily seal (Merkle root, hex) and `seal_on` its day.
    """

    packet_no: str
    bank: str
    account_id: str
    debtor: str
    currency: str
    as_of: date
    built_on: date
    amounts: Amounts
    application: dict[str, Any]
    legal: LegalFacts
    plan: str
    keeper: str
    events: tuple[PacketEvent, ...] = ()
    contacts: tuple[PacketContact, ...] = ()
    documents: tuple[PacketDocument, ...] = ()
    votes: tuple[PacketVote, ...] = ()
    recoveries: tuple[PacketRecovery, ...] = ()
    voted_sha256: str = ""
    seal_root: str = ""
    seal_on: date | None = None


class PacketContent(msgspec.Struct, frozen=True):
    """What is embedded: the data and the very form they were printed with."""

    data: PacketData
    form: str
    form_sha256: str


class PacketCheck(msgspec.Struct, frozen=True):
    """What `verify` found. `file_sha256` is of the whole file and is what an approval is bound to."""

    file_sha256: str
    content_sha256: str = ""
    problems: tuple[str, ...] = ()

    @property
    def intact(self) -> bool:
        return not self.problems


def write_off_packet(data: PacketData, form: Template, fonts: Fonts) -> bytes:
    """The finished PDF; the same data and form give the same bytes. Raises MissingFact when the form lacks a fact,
    when a claim never sued on comes without a reason (财金〔2017〕90号 art 8), or when nobody keeps it afterwards
    (art 14)."""
    known = {
        "legal.why_not_sued": data.legal.course or data.legal.why_not_sued,
        "plan": data.plan,
        "keeper": data.keeper,
    }
    for field, value in known.items():
        if not value.strip():
            raise MissingFact("write_off_packet", field)
    content = encode(PacketContent(data, form.version, form.sha256))
    sha256 = digest(content)
    blocks = (*_cover(data, sha256), *_parts(data, form))
    document = Document("呆账核销材料", blocks, data.bank, data.packet_no, keywords=sha256)
    pdf = render(document, fonts, {DATA_FILE: content.encode()})
    return pdf + f"%recourse-sha256 {digest(pdf)}\n".encode()


def verify(pdf: bytes) -> PacketCheck:
    """Compare the file with its own hash, then the embedded data with the hash in the properties and on the cover."""
    file_sha256 = digest(pdf)
    trailer = _TRAILER.search(pdf[-100:])
    if trailer is None:
        return PacketCheck(file_sha256, problems=("no hash at the end of the file: not a packet, or cut short",))
    if digest(pdf[: -len(trailer[0])]) != trailer[1].decode():
        return PacketCheck(file_sha256, problems=("the file was changed after it was written",))
    content = attachment(pdf, DATA_FILE)
    if content is None:
        return PacketCheck(file_sha256, problems=(f"the embedded data {DATA_FILE} are missing",))
    content_sha256 = digest(content)
    return PacketCheck(file_sha256, content_sha256, tuple(_differences(pdf, content_sha256)))


def content_of(pdf: bytes) -> PacketContent | None:
    """The embedded data of a packet, or None; raises msgspec.ValidationError when they are not a packet's."""
    content = attachment(pdf, DATA_FILE)
    return None if content is None else msgspec.json.decode(content, type=PacketContent)


def _differences(pdf: bytes, content_sha256: str) -> Iterator[str]:
    reader = PdfReader(BytesIO(pdf))
    if reader.metadata is None or reader.metadata.keywords != content_sha256:
        yield "the embedded data are not those that the file's properties name"
    if content_sha256 not in "".join(reader.pages[0].extract_text().split()):
        yield "the embedded data are not those that the cover names"


def _cover(data: PacketData, sha256: str) -> Iterator[Block]:
    yield Heading(1, "呆账核销材料")
    yield KeyValues(
        (
            (("材料编号", data.packet_no),),
            (("申报银行", data.bank),),
            (("账户", data.account_id), ("债务人", data.debtor)),
            (("核销基准日", chinese_day(data.as_of)), ("编制日期", chinese_day(data.built_on))),
            (("债权总额", _total(data)),),
            (("内容哈希 SHA-256", _grouped(sha256)),),
            (
                (
                    "账簿封印",
                    f"{_grouped(data.seal_root)}（{_day(data.seal_on)}）" if data.seal_root else "编制时尚无封印",
                ),
            ),
        )
    )
    yield Note(
        "内容哈希是本材料所附数据文件 packet.json 的 SHA-256；文件末尾另有全文哈希。"
        "任何改动都可以用 recourse packet verify 发现。"
    )
    yield Heading(3, "目录")
    yield Contents()
    yield PageBreak()


def _parts(data: PacketData, form: Template) -> Iterator[Block]:
    yield from _form(data, form)
    yield from _amounts(data)
    yield from _chronology(data)
    yield from _contacts(data)
    yield from _documents(data)
    yield from _votes(data)
    yield from _opinion(data)
    yield from _after(data)


def _form(data: PacketData, form: Template) -> Iterator[Block]:
    """The form, its headings one level down, so that the contents list the parts of the packet only."""
    yield Heading(2, "材料一 呆账核销申报表")
    for block in form.document(data.application).blocks:
        if not isinstance(block, Heading):
            yield block
        elif block.level > 1:
            yield Heading(block.level + 1, block.text)


def _amounts(data: PacketData) -> Iterator[Block]:
    yield Heading(2, "材料二 欠款构成")
    yield Paragraph(plain(f"以下金额取自核心业务系统，截至{chinese_day(data.as_of)}，币种 {data.currency}。"))
    rows = [(plain(_COMPONENTS[name]), plain(figures(minor, data.currency))) for name, minor in data.amounts.items()]
    total = ((Run("合计", bold=True),), (Run(figures(data.amounts.total, data.currency), bold=True),))
    yield Table(("项目", "金额"), (*rows, total), ("left", "right"))


def _chronology(data: PacketData) -> Iterator[Block]:
    yield Heading(2, "材料三 处置经过")
    rows = ((_day(event.on), event.what, _joined(event.rule, event.citation), event.actor) for event in data.events)
    yield _table(["日期", "事项", "规则和依据", "经办"], rows, none="没有记录。")


def _contacts(data: PacketData) -> Iterator[Block]:
    yield Heading(2, "材料四 联系记录")
    if data.contacts:
        days = [contact.on for contact in data.contacts]
        span = f"{chinese_day(min(days))}至{chinese_day(max(days))}，跨度 {(max(days) - min(days)).days} 天"
        yield Paragraph(plain(f"共 {len(days)} 次，{span}。"))
    rows = ((_day(contact.on), contact.channel, contact.outcome, contact.permit) for contact in data.contacts)
    yield _table(["日期", "方式", "结果", "许可编号"], rows, none="没有联系记录。")


def _documents(data: PacketData) -> Iterator[Block]:
    yield Heading(2, "材料五 文件清单")
    rows = (
        (str(at), document.kind, _day(document.dated_on), document.original_at, _grouped(document.sha256))
        for at, document in enumerate(data.documents, start=1)
    )
    yield _table(["序号", "文件", "日期", "原件所在", "SHA-256"], rows, none="没有文件。")


def _votes(data: PacketData) -> Iterator[Block]:
    yield Heading(2, "材料六 表决记录")
    if data.voted_sha256:
        yield Paragraph(plain(f"表决所依据的材料文件哈希：{_grouped(data.voted_sha256)}"), indent=False)
    rows = (
        (vote.seat, vote.role, _voter(vote), _VERDICTS.get(vote.verdict, vote.verdict), vote.reason, _instant(vote.at))
        for vote in data.votes
    )
    yield _table(["席位", "职务", "姓名", "意见", "理由", "时间"], rows, none="尚未表决。")


def _opinion(data: PacketData) -> Iterator[Block]:
    legal = data.legal
    yield PageBreak()
    yield Heading(2, "材料七 法律意见书")
    yield Heading(3, "事实（由系统记录填写）")
    pairs = [("诉讼经过和结果", legal.course) if legal.course else ("未诉讼的理由", legal.why_not_sued)]
    pairs += [(f"事实 {at}", fact) for at, fact in enumerate(legal.facts, start=1)]
    yield KeyValues(tuple((pair,) for pair in pairs))
    yield Heading(3, "法律意见（必填，由署名法律人员书写）")
    yield KeyValues(((("意见", "\n" * 14),),))
    yield SignatureBlock(
        (("法律人员（签名）：______________", "执业证号或者工号：______________", "日期：______年____月____日"),)
    )


def _after(data: PacketData) -> Iterator[Block]:
    yield Heading(2, "材料八 核销后管理")
    yield KeyValues(((("后续追索方案", data.plan),), (("保管人", data.keeper),)))
    rows = (
        (_day(recovery.on), figures(recovery.amount, data.currency), recovery.source) for recovery in data.recoveries
    )
    yield _table(["收回日期", "金额", "来源"], rows, align=("left", "right", "left"), none="尚无收回。")


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


def _grouped(sha256: str) -> str:
    """A hash in groups of sixteen digits, so that a line may end between them."""
    return " ".join(sha256[at : at + 16] for at in range(0, len(sha256), 16))
