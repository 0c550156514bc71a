"""The filing bundle 起诉材料: the draft complaint, the list of evidence with what it proves and its pages, the evidence. Pure.

What is wanting is named on the cover with its owner, down to the notice whose arrival nobody proved; counsel decides
whether to file without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from recourse import events as ev
from recourse.acts import Entry, Filed, Item, Person, Tools
from recourse.amounts import in_suit
from recourse.documents.blocks import Block, ExhibitTable, Note, Paragraph, plain
from recourse.documents.compose import MissingFact
from recourse.documents.templates import Template
from recourse.documents.wording import TO_BE_VERIFIED, chinese_day, figures
from recourse.facts import Facts
from recourse.letters.collection_file_packet import PAYERS
from recourse.letters.file_papers import kinds_of, papers_of
from recourse.packets.assembling import Cover, assembled, part
from recourse.packets.binding import MANIFEST_HEADING, grouped, numeral
from recourse.packets.model import Exhibit, Kind, Line, Packet
from recourse.packets.parts import amounts_table, counted, day_text, form_of, listing, pairs, paper, total_text
from recourse.packets.write_off_data import PacketDocument
from recourse.readiness import called_for, lines

KIND: Kind = "litigation"
NOTICES = ("formal_notice", "acceleration_notice", "guarantor_demand")
"""Papers whose arrival the bank has to prove."""
CONTRACTS = ("loan_contract", "card_contract")
ORDER = (*CONTRACTS, "disbursement", "payment_history")
SECURITY = ("guarantee_contract", "mortgage_contract", "mortgage_registration", "other_right_certificate")
STANDING = ("debtor_identity", "id_card", "plaintiff_papers", "power_of_attorney")
PROVES: Mapping[str, str] = {
    "loan_contract": "借款关系成立，约定的利率、期限和提前到期条款",
    "card_contract": "信用卡领用关系成立，约定的透支利率、违约金和还款方式",
    "disbursement": "贷款已实际发放",
    "payment_history": "借款人的还款和欠款情况",
    "formal_notice": "银行已催收，诉讼时效中断",
    "acceleration_notice": "银行已宣布贷款提前到期",
    "delivery_proof": "通知已经到达",
    "guarantor_demand": "银行在保证期间内向保证人主张权利",
    "guarantee_contract": "保证责任的方式、范围和期间",
    "mortgage_contract": "抵押担保的设立和范围",
    "mortgage_registration": "抵押权已登记",
    "other_right_certificate": "抵押权已登记",
    "debtor_identity": "被告的身份",
    "id_card": "被告的身份",
    "plaintiff_papers": "原告的主体资格",
    "power_of_attorney": "诉讼代理人的代理权限",
}
"""What a paper proves, by its kind."""


class Notice(msgspec.Struct, frozen=True):
    """A notice that was sent: its number among the notices, and what is known of its arrival ("" = nothing)."""

    n: int
    document: PacketDocument
    status: str = ""
    proved_on: date | None = None
    proof: str = ""
    source: str = ""


class Suit(msgspec.Struct, frozen=True):
    """What the bundle is made from: the case as an item, its people, papers and journals; the form in force,
    what is `known` for it, and how it is `filled` (marked where a draft may be open; raises MissingFact)."""

    item: Item
    people: Mapping[str, Person]
    papers: Mapping[str, Sequence[Filed]]
    journals: Mapping[str, Sequence[Entry]]
    form: Template
    known: Mapping[str, Any]
    filled: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    tools: Tools
    number: str
    seal: tuple[str, date] | None
    files: Mapping[str, bytes]


def bundle(suit: Suit) -> Packet:
    """The packet to bind. Where no complaint can be drafted yet, the packet says which fact it waits for."""
    facts, tools = suit.item.facts, suit.tools
    documents = papers_of(suit.journals, suit.papers.get(facts.account_id, ()))
    sent = notices(suit.journals, documents)
    evidence = [*_evidence(suit, documents, sent)]
    draft = _draft(suit, documents, evidence)
    amounts = in_suit(facts, suit.item.policy)
    debtor = suit.people.get(facts.person_id)
    rows = (
        (("材料编号", suit.number),),
        (("原告", tools.bank.name),),
        (("账户", facts.account_id), ("被告（借款人）", debtor.name if debtor and debtor.name else TO_BE_VERIFIED)),
        (("受理法院", facts.terms.forum or tools.bank.court), ("编制日期", chinese_day(tools.day))),
        (("标的总额", total_text(amounts, facts.currency)),),
    )
    told = {
        "account": facts.account_id, "case": facts.case_id, "currency": facts.currency, "as_of": facts.balance_as_of,
        "claimed": dict(amounts.items()) if amounts else None, "form": suit.form.version,
        "form_sha256": suit.form.sha256, "built_on": tools.day,
    }  # fmt: skip
    cover = Cover(KIND, suit.number, tools.bank.name, rows, told, readiness(suit, documents, sent, draft), suit.seal)
    return assembled(cover, [*_front(suit, evidence, draft), *(exhibit for exhibit, _ in evidence)])


Draft = tuple[Block, ...] | PacketDocument | str
"""The blocks of the complaint; or the draft in the file, where a person had to say more than the ledger knows; or the fact
that it waits for."""


# --- what is there and what is wanting --------------------------------------------------------------------------------


def notices(journals: Mapping[str, Sequence[Entry]], documents: Sequence[PacketDocument]) -> list[Notice]:
    """The notices that were sent, oldest first, each with what is known of its arrival."""
    by_hash = {each.sha256: each for each in documents}
    found: list[Notice] = []
    for case_id, journal in journals.items():
        last: dict[str, int] = {}
        for entry in journal:
            event = entry.event
            if isinstance(event, ev.DocumentMade) and event.kind in NOTICES and event.sha256 in by_hash:
                last[event.node] = len(found)
                found.append(Notice(len(found) + 1, by_hash[event.sha256]))
            elif isinstance(event, ev.DeliveryProved) and event.node in last:
                found[last[event.node]] = msgspec.structs.replace(
                    found[last[event.node]], status=event.status, proved_on=entry.envelope.effective_on,
                    proof=event.proof, source=f"case:{case_id}#{entry.pos}",
                )  # fmt: skip
    return found


def readiness(
    suit: Suit, documents: Sequence[PacketDocument], sent: Sequence[Notice], draft: Draft
) -> tuple[Line, ...]:
    """The items of the pack, then each notice whose arrival is not proved."""
    facts, policy = suit.item.facts, suit.item.policy
    items = called_for(policy, KIND, traits(facts))
    found = lines(items, kinds_of(documents), {}, policy.titles)
    owner = {each.item: policy.titles.get(each.owner, each.owner) for each in items}
    wanting = {
        "amount_table": "核心未提供余额" if facts.amounts is None else "",
        "complaint": f"缺少事实 {draft}" if isinstance(draft, str) else "",
    }
    told = [
        msgspec.structs.replace(line, state="missing", note=f"{note}，待{owner[line.item]}补齐")
        if (note := wanting.get(line.item, ""))
        else line
        for line in found
    ]
    return (*told, *(_unproved(each, owner.get("notices", "")) for each in sent if each.status != "delivered"))


def _unproved(notice: Notice, owner: str) -> Line:
    title = f"第 {notice.n} 份通知（{notice.document.kind}，{day_text(notice.document.dated_on)}）的送达凭证"
    note = "被退回，未送达" if notice.status == "returned" else "无送达凭证"
    return Line(f"delivery_proof_{notice.n}", title, "missing", f"{note}，待{owner}补齐" if owner else note)


def traits(facts: Facts) -> frozenset[str]:
    """What of the case calls for items of the bundle."""
    security = facts.security
    has = {
        "loan": facts.product != "credit_card",
        "accelerated": facts.file.accelerated_on is not None,
        "guarantee": bool(security.guarantees),
        "mortgage": bool(security.collateral),
    }
    return frozenset(name for name, there in has.items() if there)


# --- exhibits ---------------------------------------------------------------------------------------------------------

Proved = tuple[Exhibit, str]
"""A piece of evidence, and what it proves."""


def _draft(suit: Suit, documents: Sequence[PacketDocument], evidence: Sequence[Proved]) -> Draft:
    pages = [
        {"name": exhibit.title, "proves": proves, "pages": str(exhibit.pages or 1)} for exhibit, proves in evidence
    ]
    try:
        return form_of(suit.form, suit.filled({**suit.known, "evidence": pages}))
    except MissingFact as missing:
        by_hand = [each for each in documents if each.code == suit.form.name and each.sha256 in suit.files]
        return by_hand[-1] if by_hand else missing.field


def _front(suit: Suit, evidence: Sequence[Proved], draft: Draft) -> Iterator[Exhibit]:
    source = f"case:{suit.item.facts.case_id}"
    if isinstance(draft, PacketDocument):
        yield paper(counted(draft, suit.files), "第一部分")
    elif isinstance(draft, str):
        said = f"起诉状缺少事实 {draft}，尚不能起草。"
        yield part(1, "民事起诉状（草稿）", Paragraph(plain(said)), source=source)
    else:
        note = Note("本起诉状由系统按已知事实填写，标明待核实之处由法务核对、补充并签署后提交。")
        yield part(1, "民事起诉状（草稿）", note, *draft, source=source)
    rows = tuple((f"{e.mark} {e.title}", proves, grouped(e.hash)) for e, proves in evidence)
    table = ExhibitTable(("证据", "证明内容", "SHA-256", "页码"), rows, MANIFEST_HEADING)
    yield part(2, "证据目录", table, source=source)


def _evidence(suit: Suit, documents: Sequence[PacketDocument], sent: Sequence[Notice]) -> Iterator[Proved]:
    """Every piece of evidence under its number: contract, payment, what is owed, notices with their proof, security."""
    for n, (exhibit, proves) in enumerate(_unnumbered(suit, documents, sent), start=1):
        yield msgspec.structs.replace(exhibit, mark=f"证据{numeral(n)}"), proves


def _unnumbered(suit: Suit, documents: Sequence[PacketDocument], sent: Sequence[Notice]) -> Iterator[Proved]:
    known = [counted(each, suit.files) for each in documents]

    def of(kinds: Sequence[str]) -> Iterator[Proved]:
        for kind in kinds:
            yield from ((paper(each, ""), PROVES[kind]) for each in known if each.code == kind)

    source = f"case:{suit.item.facts.case_id}"
    yield from of(ORDER)
    yield Exhibit("欠款明细表", tuple(_owed(suit)), source=source), "截至余额日的欠款构成"
    yield Exhibit("还款记录", (_payments(suit),), source=source), "借款人已还款的日期和金额"
    ours = {notice.document.sha256 for notice in sent}
    yield from (
        (paper(each, ""), PROVES[each.code]) for each in known if each.code in NOTICES and each.sha256 not in ours
    )
    for notice in sent:
        printed = counted(notice.document, suit.files)
        yield paper(printed, ""), PROVES[printed.code]
        if notice.status:
            yield _arrival(notice), "通知已经到达" if notice.status == "delivered" else "通知被退回"
    yield from of(("delivery_proof", *SECURITY, *STANDING))


def _owed(suit: Suit) -> Iterator[Block]:
    facts = suit.item.facts
    amounts = in_suit(facts, suit.item.policy)
    if amounts is None or facts.balance_as_of is None:
        yield Paragraph(plain("核心系统未提供余额，欠款金额待核实。"))
        return
    yield Paragraph(plain(f"以下金额取自核心业务系统，截至{chinese_day(facts.balance_as_of)}，币种 {facts.currency}。"))
    yield amounts_table(amounts, facts.currency)


def _payments(suit: Suit) -> Block:
    rows = [
        (day_text(entry.envelope.effective_on), figures(entry.event.amount, suit.item.facts.currency),
         PAYERS.get(entry.event.payer, entry.event.payer))
        for journal in suit.journals.values()
        for entry in journal
        if isinstance(entry.event, ev.PaymentReceived)
    ]  # fmt: skip
    return listing(["日期", "金额", "付款人"], rows, none="逾期以来没有还款。", align=("left", "right", "left"))


def _arrival(notice: Notice) -> Exhibit:
    status = "已送达" if notice.status == "delivered" else "被退回"
    told = pairs(
        ("通知", f"{notice.document.kind}（{day_text(notice.document.dated_on)}）"),
        ("通知的哈希", grouped(notice.document.sha256)),
        ("送达情况", status),
        ("日期", day_text(notice.proved_on)),
        ("凭证所在", notice.proof),
    )
    return Exhibit(f"第 {notice.n} 份通知的送达凭证", (told,), source=notice.source, dated_on=notice.proved_on)
