"""Previews of documents: a template with its invented facts, or an edited text beside the one in force on masked cases.

Nothing is kept or journaled. Cases are chosen by a fixed rule, so the same book gives the same preview; names, numbers and
addresses are masked before anything is printed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
from pypdf import PdfReader, PdfWriter
from sqlalchemy import bindparam, func, select

from desk.drafting import complete, read_known
from desk.open_desk import Desk
from desk.operations import Operations
from recourse.acts import Tools
from recourse.arrears import dpd
from recourse.buckets import scheme_of, stage_on
from recourse.documents.blocks import Block, Document, Heading, Note, Paragraph, Table, plain, words
from recourse.documents.compose import MissingFact, Refused
from recourse.documents.render import render
from recourse.documents.templates import Template
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.ledger.database import reading
from recourse.ledger.tables import accounts, cases
from recourse.letters import document_no, masked
from recourse.letters.gathered import Known, gather

MOST_CASES = 20
MASK = "某"
HIDDEN = "（地址已遮蔽）"
SHORTEST_SECRET = 2


class Compared(msgspec.Struct, frozen=True):
    """One masked case under both texts. `old`, `new`: what became of it ("" = a page, else why there is none); `changes`: the
    lines that differ, each beginning with - or +."""

    number: int
    what: str
    old: str
    new: str
    changes: tuple[str, ...]


class Preview(msgspec.Struct, frozen=True):
    """An edited text beside the one in force."""

    template: str
    cases: tuple[Compared, ...]
    data: bytes

    @property
    def failing(self) -> tuple[Compared, ...]:
        """Cases for which the edited text cannot be printed."""
        return tuple(each for each in self.cases if each.new)


def sample(desk: Desk, jurisdiction: str, name: str, on: date) -> tuple[Template, bytes]:
    """The text in force on a day, with its invented facts."""
    template = desk.templates.in_force(jurisdiction, name, on)
    return template, render(template.document(desk.templates.sample(jurisdiction, name)), desk.press.fonts)


def compare(work: Operations, jurisdiction: str, name: str, edited: Path, on: date) -> Preview:
    """An edited text beside the one in force on a day, on up to twenty masked cases of the ledger."""
    template = work.desk.templates.in_force(jurisdiction, name, on)
    try:
        source = edited.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError("cannot read the edited text", where=str(edited), mend="a UTF-8 file of Markdown") from error
    changed = replace(template, source=source)
    tools = work.desk.tools(work.strategy, work.pen.at)
    chosen = choose(work, jurisdiction)
    known = read_known(work, tools, chosen)
    writer, compared = PdfWriter(), []
    for number, facts in enumerate(chosen, start=1):
        gathered = _masked(known[facts.case_id], tools, template)
        before = _document(template, gathered)
        try:
            after = _document(changed, gathered)
        except UserError as error:
            raise UserError(
                f"the edited text: {error.what}", where=f"{edited}; {error.where}", mend=error.mend
            ) from None
        compared.append(_compared(number, _what(facts, work), before, after))
        for said, document in (("现行", before), ("修改稿", after)):
            if isinstance(document, Document):
                _append(
                    writer,
                    f"{number} {said}",
                    render(msgspec.structs.replace(document, draft=True), work.desk.press.fonts),
                )
    index = PdfWriter()
    _append(index, "比对", render(_index(template, compared), work.desk.press.fonts))
    if writer.pages:
        index.append(PdfReader(BytesIO(_bytes(writer))), import_outline=True)
    return Preview(template.version, tuple(compared), _bytes(index))


# --- which cases ------------------------------------------------------------------------------------------------------


def choose(work: Operations, jurisdiction: str) -> list[Facts]:
    """Open cases, one of each product and bucket in turn until there are twenty; each time the first by account number."""
    with reading(work.desk.engine) as connection:
        listed = list(connection.execute(_FIRST, {"jurisdiction": jurisdiction}).scalars())
    by_kind: dict[tuple[str, int], list[Facts]] = {}
    for facts in sorted(work.facts(listed).values(), key=lambda each: each.account_id):
        by_kind.setdefault((facts.product, _bucket(facts, work)), []).append(facts)
    piles = [by_kind[kind] for kind in sorted(by_kind)]
    turns = max((len(pile) for pile in piles), default=0)
    return [pile[turn] for turn in range(turns) for pile in piles if turn < len(pile)][:MOST_CASES]


_RANKED = (
    select(
        accounts.c.account_id,
        func.row_number()
        .over(partition_by=(accounts.c.product, accounts.c.oldest_unpaid_due_on), order_by=accounts.c.account_id)
        .label("place"),
    )
    .join(cases, cases.c.account_id == accounts.c.account_id)
    .where(cases.c.closed_on.is_(None), accounts.c.jurisdiction == bindparam("jurisdiction"))
    .subquery()
)
_FIRST = select(_RANKED.c.account_id).where(_RANKED.c.place <= MOST_CASES).order_by(_RANKED.c.account_id)


def _bucket(facts: Facts, work: Operations) -> int:
    numbers = work.strategy.policy_of(facts).numbers
    return stage_on(scheme_of(numbers), facts.oldest_unpaid_due_on, facts.pauses, work.pen.day)


def _what(facts: Facts, work: Operations) -> str:
    return f"{facts.product} M{_bucket(facts, work)}, {dpd(facts.oldest_unpaid_due_on, facts.pauses, work.pen.day)} 天"


# --- masking ----------------------------------------------------------------------------------------------------------


def _masked(known: Known, tools: Tools, template: Template) -> dict[str, Any]:
    """The facts of a case with nothing in them that says whose they are."""
    gathered = gather(known, tools, template.meta.channels)
    gathered["document_no"] = document_no(tools.bank, template.name, known.item.case_id, tools.day)
    hidden = dict(sorted(_secrets(known), key=lambda pair: -len(pair[0])))
    replaced: dict[str, Any] = _replaced(gathered, hidden)
    return replaced


def _secrets(known: Known) -> Iterator[tuple[str, str]]:
    """What identifies people and contracts, and what stands in its place."""
    facts = known.item.facts
    for place, person in enumerate(known.people.values(), start=1):
        yield person.name, f"{person.name[:1]}{MASK}"
        yield person.address, HIDDEN
        for number in (person.id_number, masked(person.id_number), *person.numbers.values()):
            yield number, _dots(number)
        yield person.party_id, f"客户{place}"
    contract = known.contract
    for number in (facts.account_id, contract.number if contract else "", contract.note_no if contract else "",
                   *(paper.number for paper in known.guaranties)):  # fmt: skip
        yield number, _dots(number)


def _dots(number: str) -> str:
    return f"{'*' * max(len(number) - 2, 4)}{number[-2:]}" if len(number) > 4 else "****"


def _replaced(value: Any, hidden: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for secret, shown in hidden.items():
            if len(secret) >= SHORTEST_SECRET:
                value = value.replace(secret, shown)
        return value
    if isinstance(value, Mapping):
        return {name: _replaced(each, hidden) for name, each in value.items()}
    return [_replaced(each, hidden) for each in value] if isinstance(value, list) else value


# --- pages ------------------------------------------------------------------------------------------------------------


def _document(template: Template, gathered: Mapping[str, Any]) -> Document | str:
    try:
        return template.document(complete(template, gathered))
    except MissingFact as missing:
        return f"missing: {missing.field}"
    except Refused as refused:
        return f"not for this case: {refused.why}"


def _compared(number: int, what: str, before: Document | str, after: Document | str) -> Compared:
    old, new = (each if isinstance(each, str) else "" for each in (before, after))
    had, has = (words(each.blocks).splitlines() if isinstance(each, Document) else [] for each in (before, after))
    changes = [line for line in difflib.ndiff(had, has) if line[:2] in ("- ", "+ ")] if not (old or new) else []
    return Compared(number, what, old, new, tuple(changes))


def _index(template: Template, compared: Sequence[Compared]) -> Document:
    rows = tuple(
        (plain(str(each.number)), plain(each.what), plain(each.old or "可生成"), plain(each.new or "可生成"),
         plain(str(len(each.changes))))
        for each in compared
    )  # fmt: skip
    blocks: list[Block] = [
        Heading(1, f"{template.meta.title.zh}：修改稿与现行文本比对"),
        Note(f"现行文本：{template.version}。以下案件已经遮蔽姓名、号码和地址，仅供审阅，不得发出。"),
        Table(("序号", "案件", "现行文本", "修改稿", "差异行"), rows, ("center", "left", "left", "left", "right")),
    ]
    for each in compared:
        if each.changes:
            blocks.append(Heading(2, f"第 {each.number} 例 {each.what}"))
            blocks += [Paragraph(plain(line), indent=False) for line in each.changes]
    return Document(template.meta.title.zh, tuple(blocks), draft=True)


def _append(writer: PdfWriter, title: str, data: bytes) -> None:
    writer.append(PdfReader(BytesIO(data)), outline_item=title, import_outline=False)


def _bytes(writer: PdfWriter) -> bytes:
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()
