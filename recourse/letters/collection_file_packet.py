"""The collection file 催收档案 of an account: everything that was done and every paper, over all its episodes. Pure.

It is for people who may see the account: it carries personal data. Numbers stand masked in it, as in the contact file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from recourse import events as ev
from recourse.acts import Entry, Filed, Person
from recourse.arrears import dpd
from recourse.bank import BankProfile
from recourse.contact_file import BEFORE, LETTER, PERMITTED, REFUSED, REPORTED, Line, lines
from recourse.documents.blocks import Block, Heading, Note
from recourse.documents.wording import TO_BE_VERIFIED, chinese_day, figures
from recourse.facts import Facts
from recourse.findings import CAUSE_ZH
from recourse.letters import write_off
from recourse.letters.chronicle import CHANNELS, ENDS, HOLDS, STAGES, Names, outcome
from recourse.letters.chronicle_packets import MONEY
from recourse.letters.chronicle_tracks import code
from recourse.letters.file_papers import PACKETS, made_by_us, papers_of
from recourse.letters.whole_chronicle import chronology, said
from recourse.packets.assembling import Cover, assembled, attached, part
from recourse.packets.model import Exhibit, Packet
from recourse.packets.parts import (
    amounts_table,
    day_text,
    joined,
    listing,
    pairs,
    paper_list,
    total_text,
    votes_table,
)
from recourse.policy.book import Policy

ACCESS = (
    "本档案载有债务人和相关人员的个人信息，仅供依职责有权查阅该账户的人员使用；电话号码已作遮盖。"
    "不得向与债务无关的人提供，用毕按档案管理规定保管。编制人和编制日期已记入账簿。"
)
DECISIONS = {
    PERMITTED: "已许可", REFUSED: "未予许可", REPORTED: "受托机构报告", BEFORE: "接管前资料", LETTER: "信函",
}  # fmt: skip
ROLES = {"debtor": "债务人", "third_party": "第三人", "guarantor": "担保人"}
PAYERS = {"debtor": "债务人", "guarantor": "担保人", "third_party": "第三人", "court": "法院", "bank": "本行"}
PROMISES = {"": "未到期", "kept": "已兑现", "part_kept": "部分兑现", "broken": "未兑现", "released": "由还款安排取代"}
STATES = {"open": "待答复", "approved": "通过", "rejected": "未通过", "returned": "退回", "withdrawn": "撤回"}
SHOWN = 16
"""So much of a long reference stands in a table; all of it stands in the journal."""
OF_PEOPLE = ("complaint:", "hardship:", "dispute:")
"""Events that tell what the debtor asked for and what came of it."""


class Gate(msgspec.Struct, frozen=True):
    """A gate of the account: what it decided, its hashes, and the journal in which it was answered."""

    gate_id: str
    node: str
    kind: str
    tier: str
    status: str
    opened_on: date
    due_on: date
    evidence_hash: str
    packet_hash: str
    journal: Sequence[Entry]


class Recorded(msgspec.Struct, frozen=True):
    """A recording in another system."""

    on: date
    system: str
    reference: str
    permit: str
    seconds: int | None
    sha256: str


class Whole(msgspec.Struct, frozen=True):
    """Everything that is known of an account: facts of its latest case, journals of all of them, what lies beside."""

    facts: Facts
    person: Person | None
    bank: BankProfile
    on: date
    by: str
    number: str
    journals: Mapping[str, Sequence[Entry]]
    papers: Sequence[Filed]
    gates: Sequence[Gate]
    recordings: Sequence[Recorded]
    masks: Mapping[str, str]
    policy_on: Callable[[date], Policy]
    names: Names
    seal: tuple[str, date] | None
    files: Mapping[str, bytes]


def collection_file(whole: Whole) -> Packet:
    """The packet to bind."""
    facts = whole.facts
    amounts = facts.amounts
    told = {
        "account": facts.account_id,
        "cases": list(whole.journals),
        "currency": facts.currency,
        "as_of": facts.balance_as_of,
        "amounts": dict(amounts.items()) if amounts else None,
        "built_on": whole.on,
        "built_by": whole.by,
    }
    cover = Cover("collection_file", whole.number, whole.bank.name, _rows(whole), told, (), whole.seal)
    return assembled(cover, list(_exhibits(whole)))


def _rows(whole: Whole) -> tuple[tuple[tuple[str, str], ...], ...]:
    facts, file = whole.facts, whole.facts.file
    days = dpd(facts.oldest_unpaid_due_on, facts.pauses, whole.on)
    stage = STAGES.get(file.stage, file.stage) if file.stage else ENDS.get(file.end, file.end) or "催收中"
    return (
        (("档案编号", whole.number),),
        (("银行", whole.bank.name),),
        (("账户", facts.account_id), ("债务人", whole.person.name if whole.person and whole.person.name else TO_BE_VERIFIED)),
        (("产品", write_off.PRODUCTS.get(facts.product, facts.product)), ("机构", facts.branch)),
        (("阶段", stage), ("逾期天数", "未知" if days is None else str(days))),
        (("风险等级", file.grade or "—"), ("逾期原因", CAUSE_ZH.get(file.cause, file.cause) or "未查明")),
        (("余额日", day_text(facts.balance_as_of) or "未知"), ("编制日期", chinese_day(whole.on))),
        (("债权总额", total_text(facts.amounts, facts.currency)),),
        (("编制人", whole.by),),
        (("查阅说明", ACCESS),),
    )  # fmt: skip


def _exhibits(whole: Whole) -> Iterator[Exhibit]:
    entries = [entry for journal in whole.journals.values() for entry in journal]
    source = "、".join(f"case:{case_id}" for case_id in whole.journals)
    parts = (
        ("账户概况", _overview(whole)),
        ("处置经过", _chronology(whole)),
        ("联系记录和许可", _contacts(whole)),
        ("承诺和还款安排", _promises(whole, entries)),
        ("审批和表决", _gates(whole)),
        ("停催、投诉、困难和异议", _brakes(whole, entries)),
        ("法律程序", _matters(whole, entries)),
        ("费用", _costs(entries)),
        ("收款", _payments(whole, entries)),
        ("录音索引", _recordings(whole)),
    )
    for n, (title, blocks) in enumerate(parts, start=1):
        yield part(n, title, *blocks, source=source)
    yield from attached(papers_of(whole.journals, whole.papers), whole.files)
    packets = [each for each in made_by_us(whole.journals) if each.code in PACKETS]
    if packets:
        note = Note("以下材料本身由本档案的文件汇编而成，不重复装订，仅列其哈希。")
        yield Exhibit("以前编制的材料", (note, paper_list(packets)), mark="附表")


def _overview(whole: Whole) -> Iterator[Block]:
    facts = whole.facts
    if facts.amounts:
        yield amounts_table(facts.amounts, facts.currency)
    opened = [_episode(case_id, journal) for case_id, journal in whole.journals.items()]
    yield listing(["次", "案件", "开立日期", "终结日期", "终结原因"], opened, none="没有案件。")


def _episode(case_id: str, journal: Sequence[Entry]) -> tuple[str, ...]:
    number, opened, closed, end = "", "", "", ""
    for entry in journal:
        if isinstance(entry.event, ev.EpisodeOpened):
            number, opened = str(entry.event.episode), day_text(entry.envelope.effective_on)
        elif isinstance(entry.event, ev.EpisodeClosed):
            closed, end = day_text(entry.envelope.effective_on), ENDS.get(entry.event.end, entry.event.end)
    return number, case_id[:12], opened, closed, end


def _chronology(whole: Whole) -> Iterator[Block]:
    def cited(rule: str, on: date) -> str:
        return whole.policy_on(on).citations.get(rule, "")

    for case_id, journal in whole.journals.items():
        yield Heading(3, f"案件 {case_id[:12]}")
        told = chronology(journal, whole.names, whole.facts.currency, cited)
        rows = ((day_text(each.on), each.what, joined(each.rule, each.citation), each.actor) for each in told)
        yield listing(["日期", "事项", "规则和依据", "经办"], rows, none="没有记录。")


def _contacts(whole: Whole) -> Iterator[Block]:
    account = whole.facts.account_id
    found = [
        line for journal in whole.journals.values() for line in lines(account, journal, whole.policy_on, whole.masks)
    ]
    yield Note("每次联系均列许可及其依据；未予许可的，列所依据的规则。时间为登记时间（协调世界时）。")
    rows = (_contact(line, whole.names) for line in found)
    yield listing(["时间", "方式和对象", "许可", "规则", "结果", "录音或凭证"], rows, none="没有联系记录。")


def _contact(line: Line, names: Names) -> tuple[str, ...]:
    whom = " ".join(part for part in (_channel(line.channel), ROLES.get(line.role, line.role), line.number) if part)
    permit = f"{DECISIONS.get(line.decision, line.decision)} {line.permit_id[:8]}"
    came_of_it = outcome(line.outcome, names) if line.outcome else ""
    return line.at[:16].replace("T", " "), whom, permit, line.rule, came_of_it, (line.recording or line.proof)[:SHOWN]


def _channel(channel: str) -> str:
    return CHANNELS.get(channel, channel)


def _promises(whole: Whole, entries: Sequence[Entry]) -> Iterator[Block]:
    file, currency = whole.facts.file, whole.facts.currency
    yield Heading(3, "还款承诺（本次案件）")
    rows = (
        (day_text(each.made_on), day_text(each.due_on), "" if each.amount is None else figures(each.amount, currency),
         PROMISES.get(each.state, each.state))
        for each in file.promises.values()
    )  # fmt: skip
    yield listing(
        ["承诺日期", "约定还款日", "金额", "结果"], rows, none="没有承诺。", align=("left", "left", "right", "left")
    )
    yield Heading(3, "还款安排")
    made = (
        (day_text(entry.envelope.effective_on), said(entry.event, whole.names, currency), _proof_of(entry.event))
        for entry in entries
        if entry.event.TYPE.startswith("arrangement:")
    )
    yield listing(["日期", "事项", "凭证"], made, none="没有还款安排。")


def _proof_of(event: ev.Event) -> str:
    return str(getattr(event, "proof", ""))


def _gates(whole: Whole) -> Iterator[Block]:
    if not whole.gates:
        yield listing(["审批"], (), none="没有审批。")
    for gate in whole.gates:
        yield Heading(3, f"{whole.names.get(gate.node, gate.node)}，{chinese_day(gate.opened_on)}提交")
        yield pairs(
            ("审批编号", gate.gate_id),
            ("方式和层级", f"{'清单' if gate.kind == 'list' else '单户'}，{gate.tier}"),
            ("结论", STATES.get(gate.status, gate.status)),
            ("应答复日", day_text(gate.due_on)),
            ("证据哈希", gate.evidence_hash),
            ("材料哈希", gate.packet_hash),
        )
        titles = whole.policy_on(gate.opened_on).titles
        cast = write_off.votes_of(gate.journal, gate.gate_id)
        yield votes_table([msgspec.structs.replace(each, role=titles.get(each.role, each.role)) for each in cast])


def _brakes(whole: Whole, entries: Sequence[Entry]) -> Iterator[Block]:
    released = {entry.event.hold_id: entry for entry in entries if isinstance(entry.event, ev.BrakeReleased)}
    yield Heading(3, "停催")
    yield listing(
        ["事由", "起", "至", "依据", "解除"],
        (_brake(entry, released) for entry in entries if isinstance(entry.event, ev.BrakePlaced)),
        none="没有停催。",
    )
    yield Heading(3, "投诉、困难和异议")
    rows = (
        (day_text(entry.envelope.effective_on), said(entry.event, whole.names, whole.facts.currency))
        for entry in entries
        if entry.event.TYPE.startswith(OF_PEOPLE)
    )
    yield listing(["日期", "事项"], rows, none="没有投诉、困难申请或者异议。")


def _brake(entry: Entry, released: Mapping[str, Entry]) -> tuple[str, ...]:
    event, end = entry.event, ""
    assert isinstance(event, ev.BrakePlaced)
    if event.hold_id in released:
        lifted = released[event.hold_id]
        assert isinstance(lifted.event, ev.BrakeReleased)
        end = f"{day_text(lifted.envelope.effective_on)} {lifted.event.reason}"
    return (HOLDS.get(event.kind, event.kind), day_text(entry.envelope.effective_on), day_text(event.until_on),
            event.ground, end)  # fmt: skip


def _matters(whole: Whole, entries: Sequence[Entry]) -> Iterator[Block]:
    rows = []
    for entry in entries:
        event, on = entry.event, day_text(entry.envelope.effective_on)
        if isinstance(event, ev.MatterOpened):
            rows.append((on, event.matter_id[:12], f"提交（{code(event.route)}）", event.court, ""))
        elif isinstance(event, ev.MatterJoined):
            rows.append((on, event.matter_id[:12], "合并", "", event.number))
        elif isinstance(event, ev.MatterStageReached):
            other = event.proof if event.proof != event.number else ""
            rows.append((on, event.matter_id[:12], STAGES.get(event.stage, event.stage), other, event.number))
    yield listing(["日期", "案件", "阶段", "法院或凭证", "案号"], rows, none="没有法律程序。")


def _costs(entries: Sequence[Entry]) -> Iterator[Block]:
    booked = [entry for entry in entries if isinstance(entry.event, ev.CostBooked)]
    rows = (
        (
            day_text(entry.envelope.effective_on),
            COSTS.get(e.kind, e.kind),
            figures(e.amount, e.currency),
            e.currency,
            e.proof,
        )
        for entry in booked
        if isinstance(e := entry.event, ev.CostBooked)
    )
    yield listing(["日期", "种类", "金额", "币种", "凭证"], rows, none="没有费用。",
                  align=("left", "left", "right", "left", "left"))  # fmt: skip


COSTS = {
    "court_fee": "案件受理费", "preservation_fee": "保全费", "postage": "邮寄费", "staff": "人工", "agency": "委外服务费",
    "counsel": "律师费", "notary": "公证费", "appraisal": "评估费", "announcement": "公告费",
}  # fmt: skip


def _payments(whole: Whole, entries: Sequence[Entry]) -> Iterator[Block]:
    rows = (
        (day_text(entry.envelope.effective_on), figures(e.amount, whole.facts.currency), MONEY.get(e.kind, e.kind),
         PAYERS.get(e.payer, e.payer), e.payment_id)
        for entry in entries
        if isinstance(e := entry.event, ev.PaymentReceived)
    )  # fmt: skip
    yield listing(["日期", "金额", "种类", "付款人", "流水号"], rows, none="没有收款。",
                  align=("left", "right", "left", "left", "left"))  # fmt: skip


def _recordings(whole: Whole) -> Iterator[Block]:
    rows = (
        (day_text(each.on), each.system, each.reference, each.permit[:12],
         "" if each.seconds is None else str(each.seconds), each.sha256[:16])
        for each in whole.recordings
    )  # fmt: skip
    yield listing(["日期", "系统", "编号", "许可", "秒", "哈希"], rows, none="没有登记录音。")
