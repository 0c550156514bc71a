"""What all kinds of packet are made of: tables, forms, papers of the file, votes. Pure; texts for people, in Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from recourse.documents.blocks import Align, Block, Heading, KeyValues, Paragraph, Run, Table, plain
from recourse.documents.compose import Facts
from recourse.documents.templates import Template
from recourse.documents.wording import capital_money, figures
from recourse.money import Amounts
from recourse.packets.binding import grouped
from recourse.packets.model import Exhibit
from recourse.packets.sheets import sheaf
from recourse.packets.write_off_data import PacketDocument, PacketVote

COMPONENTS = {
    "principal": "本金",
    "interest": "利息",
    "penalty": "罚息",
    "compound": "复利",
    "fees": "费用",
    "costs": "实现债权的费用",
}
VERDICTS = {
    "approve": "同意",
    "approved": "同意",
    "reject": "不同意",
    "rejected": "不同意",
    "return": "退回",
    "returned": "退回",
}


def counted(document: PacketDocument, files: Mapping[str, bytes]) -> PacketDocument:
    """With the number of its pages, where its bytes are here."""
    if document.sha256 not in files:
        return document
    pages = sheaf(files[document.sha256]).pages
    return msgspec.structs.replace(document, pages=pages, attached=not pages)


def paper(each: PacketDocument, mark: str) -> Exhibit:
    """A paper as an exhibit of its own: its pages, or that it lies elsewhere."""
    lies = "" if each.here else "文件在本系统外保管，仅列其哈希。"
    return Exhibit(
        each.kind, (Paragraph(plain(lies), indent=False),) if lies else (), each.sha256, each.pages, each.source,
        each.dated_on, each.original_at, each.attached, mark,
    )  # fmt: skip


def paper_list(documents: Sequence[PacketDocument], none: str = "没有文件。") -> Block:
    """Papers as a table: what, dated when, where the original lies, hash."""
    rows = (
        (str(at), document.kind, day_text(document.dated_on), document.original_at, grouped(document.sha256))
        for at, document in enumerate(documents, start=1)
    )
    return listing(["序号", "文件", "日期", "原件所在", "SHA-256"], rows, none=none)


def votes_table(votes: Sequence[PacketVote]) -> Block:
    """Who voted what, when, in which capacity, and for whom."""
    rows = (
        (
            vote.seat,
            vote.role,
            voter(vote),
            VERDICTS.get(vote.verdict, vote.verdict),
            vote.reason,
            instant_text(vote.at),
        )
        for vote in votes
    )
    return listing(["席位", "职务", "姓名", "意见", "理由", "时间"], rows, none="尚未表决。")


def amounts_table(amounts: Amounts, currency: str) -> Block:
    """The components that the core gave, and their total."""
    rows = [(plain(COMPONENTS[name]), plain(figures(minor, currency))) for name, minor in amounts.items()]
    total = ((Run("合计", bold=True),), (Run(figures(amounts.total, currency), bold=True),))
    return Table(("项目", "金额"), (*rows, total), ("left", "right"))


def form_of(form: Template, fields: Facts) -> tuple[Block, ...]:
    """A form's blocks without its title and with its headings one level down, so that an index lists exhibits only.
    Raises MissingFact."""
    found = form.document(fields).blocks
    return tuple(
        Heading(each.level + 1, each.text) if isinstance(each, Heading) else each
        for each in found
        if not (isinstance(each, Heading) and each.level == 1)
    )


def listing(
    header: Sequence[str], rows: Iterable[Sequence[str]], none: str, align: tuple[Align, ...] | None = None
) -> Block:
    """A table, or one sentence when there is nothing to list; an unknown cell is printed as a dash."""
    cells = tuple(tuple(plain(" ".join(text.split()) or "—") for text in row) for row in rows)
    if not cells:
        return Paragraph(plain(none))
    return Table(tuple(header), cells, align or tuple("left" for _ in header))


def pairs(*told: tuple[str, str]) -> KeyValues:
    """A form with one pair a row; an unknown value is printed as a dash."""
    return KeyValues(tuple(((label, value or "—"),) for label, value in told))


def total_text(amounts: Amounts | None, currency: str) -> str:
    """A total in figures, and of yuan in capitals too."""
    if amounts is None:
        return "未知"
    total = f"{figures(amounts.total, currency)}（{currency}）"
    return f"{total} {capital_money(amounts.total, currency)}" if currency == "CNY" else total


def voter(vote: PacketVote) -> str:
    """Who voted, and for whom."""
    return f"{vote.name}（代 {vote.on_behalf_of}）" if vote.on_behalf_of else vote.name


def day_text(day: date | None) -> str:
    return day.isoformat() if day else ""


def instant_text(at: str) -> str:
    """``2026-11-20T02:11:00Z`` as people read it."""
    return at.replace("T", " ").replace("+00:00", "Z").replace("Z", " UTC")


def joined(rule: str, citation: str) -> str:
    return "，".join(part for part in (rule, citation) if part)
