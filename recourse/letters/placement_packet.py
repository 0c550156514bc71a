"""The placement pack 委外催收资料: what an agency may know of one debt and what it may do, and no more. Pure.

The data are those of the day's sealed file (`desk.agency_files`), which the notice of outsourcing named to the debtor: name,
number, contract, what is owed and since when (个人信息保护法 19, 21). Nothing of guarantors, relatives, security or identity
papers. It leaves the bank sealed, as that file does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec

from recourse import events as ev
from recourse.acts import Contract, Entry, Filed, Person
from recourse.agencies.contract import prohibited
from recourse.agencies.placing import Condition
from recourse.agencies.register import Entry as RegisterEntry
from recourse.arrears import dpd
from recourse.bank import BankProfile
from recourse.claims import claimable
from recourse.contact_terms import SHIELDS, Term
from recourse.documents.blocks import Block, Heading, Note, Paragraph, plain
from recourse.documents.wording import TO_BE_VERIFIED, chinese_day
from recourse.facts import Facts
from recourse.letters.chronicle import CHANNELS
from recourse.letters.file_papers import kinds_of, papers_of
from recourse.packets.assembling import Cover, assembled, part
from recourse.packets.binding import grouped
from recourse.packets.model import Exhibit, Kind, Line, Packet
from recourse.packets.parts import amounts_table, counted, day_text, listing, pairs, paper, total_text
from recourse.packets.write_off_data import PacketDocument
from recourse.policy.book import Policy
from recourse.policy.calling_values import Lexicon
from recourse.readiness import called_for, lines

KIND: Kind = "placement"
CHANNEL, NOTICE = "call", "outsourcing_notice"
SEALED = "本资料含个人信息，只能加密后交付受托机构，交付方式与每日委外文件相同。"
TERMS = {
    "refused": "拒绝使用该号码", "opt_out": "拒绝该联系方式", "do_not_contact": "要求不再联系", "ceased": "书面要求停止联系",
    "represented": "由律师代理", "work_refused": "不得在工作单位联系", "minor": "未成年人", "agreed_time": "约定联系时段",
    "consent": "同意使用该号码",
}  # fmt: skip
NOT_GIVEN = "身份证件、住址、保证人和其他关系人信息、担保物、其他账户、征信信息、内部评级和审批资料"


class Lease(msgspec.Struct, frozen=True):
    """A placement: its number, since when, until when."""

    placement_id: str
    placed_on: date
    until_on: date


class Placing(msgspec.Struct, frozen=True):
    """What the pack is made from. `lease` None: the debtor was told and the debt is not placed yet; `given`: the kinds of
    data that the notice named; `numbers`: number id → the number, masked; `agency_contract`: its paper's hash ("" = not
    kept here)."""

    facts: Facts
    person: Person | None
    contract: Contract | None
    bank: BankProfile
    policy: Policy
    agency: str
    entry: RegisterEntry
    lease: Lease | None
    conditions: Sequence[Condition]
    terms: Sequence[Term]
    numbers: Mapping[str, str]
    given: str
    tasks: str
    per_day: int
    journals: Mapping[str, Sequence[Entry]]
    papers: Sequence[Filed]
    agency_contract: str
    on: date
    number: str
    seal: tuple[str, date] | None
    files: Mapping[str, bytes]


class Told(msgspec.Struct, frozen=True):
    """The notice of outsourcing, how it went out, and what is known of its arrival: `paper` is the hash of a proof that
    somebody brought in for it ("" = none)."""

    document: PacketDocument
    status: str = ""
    proved_on: date | None = None
    proof: str = ""
    source: str = ""
    reference: str = ""
    paper: str = ""

    @property
    def proved(self) -> bool:
        return self.status == "delivered" or self.paper != ""


def pack(placing: Placing) -> Packet:
    """The packet to bind."""
    facts, due = placing.facts, claimable(placing.facts, placing.on)
    documents = papers_of(placing.journals, placing.papers)
    notice = notice_of(placing.journals, documents)
    profile = placing.bank.agencies.get(placing.agency)
    rows = (
        (("资料编号", placing.number),),
        (("委托银行", placing.bank.name),),
        (("受托机构", profile.name if profile else placing.agency), ("委外编号", _placement(placing))),
        (("债务人", _name(placing)), ("编制日期", chinese_day(placing.on))),
        (("可催收金额", total_text(due, facts.currency)),),
        (("交付", SEALED),),
    )
    told = {
        "placement": placing.lease.placement_id if placing.lease else "",
        "agency": placing.agency,
        "currency": facts.currency,
        "as_of": facts.balance_as_of,
        "due": dict(due.items()) if due else None,
        "until": placing.lease.until_on if placing.lease else None,
        "per_day": placing.per_day,
    }
    ready = readiness(placing, documents, notice)
    cover = Cover(KIND, placing.number, placing.bank.name, rows, told, ready, placing.seal)
    return assembled(cover, list(_exhibits(placing, notice)))


def notice_of(journals: Mapping[str, Sequence[Entry]], documents: Sequence[PacketDocument]) -> Told | None:
    """The last notice of outsourcing that was sent, and what is known of its arrival."""
    by_hash = {each.sha256: each for each in documents}
    told: dict[str, str | date] = {}
    found: Told | None = None
    for case_id, journal in journals.items():
        for entry in journal:
            event = entry.event
            if isinstance(event, ev.DocumentMade) and event.kind == NOTICE and event.sha256 in by_hash:
                found, told = Told(by_hash[event.sha256]), {}
            elif isinstance(event, ev.ActCompleted) and event.node == NOTICE:
                told |= {"reference": event.reference}
            elif isinstance(event, ev.DocumentReceived) and (event.kind, event.node) == ("delivery_proof", NOTICE):
                told |= {"paper": event.sha256}
            elif isinstance(event, ev.DeliveryProved) and event.node == NOTICE:
                told |= {"status": event.status, "proved_on": entry.envelope.effective_on, "proof": event.proof,
                         "source": f"case:{case_id}#{entry.pos}"}  # fmt: skip
    return None if found is None else msgspec.structs.replace(found, **told)


def readiness(placing: Placing, documents: Sequence[PacketDocument], notice: Told | None) -> tuple[Line, ...]:
    """The items of the pack; an entry condition that is not met, and a balance that is not known, are gaps."""
    policy, facts = placing.policy, placing.facts
    held = set(kinds_of(documents)) | ({"agency_contract"} if placing.agency_contract else set())
    held = held - {"delivery_proof"} | ({"delivery_proof"} if notice and notice.proved else set())
    unmet = [each.zh for each in placing.conditions if each.met is not True]
    wanting = {
        "debt": "可催收金额未知" if claimable(facts, placing.on) is None else "",
        "channels": "" if placing.person and placing.person.numbers.get("phone") else "没有可用的电话号码",
        "exclusions": f"未满足：{'、'.join(unmet)}" if unmet else "",
    }
    return tuple(
        msgspec.structs.replace(line, state="missing", note=note) if (note := wanting.get(line.item, "")) else line
        for line in lines(called_for(policy, KIND, ()), held, {}, policy.titles)
    )


def _name(placing: Placing) -> str:
    return placing.person.name if placing.person and placing.person.name else TO_BE_VERIFIED


def _placement(placing: Placing) -> str:
    return placing.lease.placement_id[:16] if placing.lease else "尚未委外"


def _exhibits(placing: Placing, notice: Told | None) -> Iterator[Exhibit]:
    source = f"case:{placing.facts.case_id}"
    parts = (
        ("委托债务", _debt(placing)),
        ("联系方式、时段和次数", _channels(placing)),
        ("话术要求和投诉渠道", _script(placing)),
        ("委外告知", _notice(notice)),
        ("排除事项核对", _exclusions(placing)),
        ("委外合同和期限", _contract(placing)),
        ("个人信息处理附件", _annex(placing)),
    )
    for n, (title, blocks) in enumerate(parts, start=1):
        yield part(n, title, *blocks, source=source)
    if notice is not None:
        yield paper(counted(notice.document, placing.files), "附件一")


def _debt(placing: Placing) -> Iterator[Block]:
    facts = placing.facts
    days = dpd(facts.oldest_unpaid_due_on, facts.pauses, placing.on)
    due_on = facts.oldest_unpaid_due_on
    yield pairs(
        ("委外编号", placing.lease.placement_id if placing.lease else "尚未委外"),
        ("债务人", _name(placing)),
        ("联系电话", placing.person.numbers.get("phone", "") if placing.person else ""),
        ("合同编号", placing.contract.number if placing.contract else ""),
        ("逾期起始日", chinese_day(due_on) if due_on else "未知"),
        ("逾期天数", "未知" if days is None else f"{days} 天"),
        ("余额日", day_text(facts.balance_as_of)),
    )
    due = claimable(facts, placing.on)
    yield amounts_table(due, facts.currency) if due else Paragraph(plain("可催收金额未知，不得催收。"))
    yield Note("只催收上列到期金额。债务人付款只能付至借款人本人还款账户，受托机构不得收款。")


def _channels(placing: Placing) -> Iterator[Block]:
    policy = placing.policy
    yield pairs(
        ("可以使用的方式", "电话，只用上列号码；债务人主动来电来访的，可以接待"),
        ("不得使用的方式", "短信、上门、联系第三人和其他方式，由本行办理"),
        ("每日次数", f"至多 {placing.per_day} 次，且以当日文件载明的次数为准；本行和其他机构的联系合并计算"),
    )
    yield Heading(3, "不得联系的时段（债务人所在地时间）")
    quiet = (
        (f"{each.start} 至次日 {each.end}" if each.start > each.end else f"{each.start} 至 {each.end}", source.rule,
         source.citation)
        for source, each in policy.quiet_hours
        if not each.channels or CHANNEL in each.channels
    )  # fmt: skip
    yield listing(["时段", "规则", "依据"], quiet, none="没有规定。")
    yield Heading(3, "次数上限")
    caps = (
        (f"{PER[each.per]} {each.window_days} 日内至多 {each.at_most} 次" + ("（接通）" if each.counts == "answered" else ""),
         source.rule, source.citation)
        for source, each in policy.caps
        if CHANNEL in each.channels
    )  # fmt: skip
    yield listing(["上限", "规则", "依据"], caps, none="没有规定。")
    yield Heading(3, "债务人提出的限制")
    said = [each for each in placing.terms if each.kind in {*SHIELDS, "agreed_time"} and each.holds_on(placing.on)]
    rows = (
        (TERMS[each.kind], CHANNELS.get(each.channel, each.channel), placing.numbers.get(each.number_id, ""),
         f"{each.opens} 至 {each.closes}" if each.opens else "", day_text(each.set_on))
        for each in said
    )  # fmt: skip
    yield listing(["限制", "方式", "号码", "时段", "登记日期"], rows, none="没有登记限制。")


PER = {"number": "每个号码", "person": "每人", "debt": "每人每笔债务"}


def _script(placing: Placing) -> Iterator[Block]:
    bank = placing.bank
    profile = bank.agencies.get(placing.agency)
    yield Heading(3, "应当说明")
    yield pairs(
        ("表明身份", f"受{bank.name}委托的{profile.name if profile else placing.agency}，以及本人工号；本次通话录音"),
        ("核对身份", "先核对是否债务人本人；不是本人的，不得透露任何债务信息"),
        ("说明事项", "合同编号、到期金额和余额日，付款只能付至借款人本人还款账户"),
        ("投诉电话", bank.service.complaint_phone),
        ("异议", bank.service.dispute_contact),
        ("还款困难", bank.service.hardship_contact),
    )
    yield Heading(3, "不得使用的表述")
    rows = (
        (source.rule, "、".join(phrase for each in lexicon.forbids for phrase in each.says), source.citation)
        for source, lexicon in placing.policy.of("lexicon", Lexicon)
        if lexicon.forbids
    )
    yield listing(["规则", "表述", "依据"], rows, none="没有规定。")


def _notice(notice: Told | None) -> Iterator[Block]:
    if notice is None:
        yield Paragraph(plain("没有委外催收告知书，不得委外。"))
        return
    status = {"delivered": "已送达", "returned": "被退回"}.get(notice.status, "已发出，尚无送达凭证")
    yield pairs(
        ("告知书日期", day_text(notice.document.dated_on)),
        ("告知书哈希", grouped(notice.document.sha256)),
        ("来源事件", notice.document.source),
        ("寄送编号", notice.reference),
        ("送达情况", status),
        ("送达凭证哈希", grouped(notice.paper)),
        ("送达日期", day_text(notice.proved_on)),
        ("凭证所在", notice.proof),
    )


def _exclusions(placing: Placing) -> Iterator[Block]:
    rows = ((each.zh, {True: "符合", False: "不符", None: "未知"}[each.met], each.rule) for each in placing.conditions)
    yield listing(["条件", "核对结果", "规则"], rows, none="没有条件。", align=("left", "center", "left"))


def _contract(placing: Placing) -> Iterator[Block]:
    signed, lease, policy = placing.entry.contract, placing.lease, placing.policy
    yield pairs(
        ("合同", signed.contract_id[:16] if signed else ""),
        ("合同期间", f"{signed.from_on}至{signed.until_on}" if signed else ""),
        ("合同文件哈希", grouped(placing.agency_contract)),
        ("本次委外", f"{lease.placed_on}至{lease.until_on}" if lease else "尚未委外"),
        ("返还与删除证明", f"委外结束后 {policy.number('placement.certificate_days')} 日内交回"),
    )
    yield Heading(3, "合同不得含有")
    rows = ((TERM_ZH.get(term, term), source.rule, source.citation) for term, source in prohibited(policy).items())
    yield listing(["条款", "规则", "依据"], rows, none="没有规定。")


TERM_ZH = {"keep_data": "留存数据", "sub_contracting": "转委托", "pure_contingency": "只按回收金额付费"}


def _annex(placing: Placing) -> Iterator[Block]:
    until = placing.lease.until_on if placing.lease else None
    yield pairs(
        ("处理目的", "完成本委外债务的催收"),
        ("处理方式", placing.tasks),
        ("处理期限", f"至{chinese_day(until)}，委外收回的，至收回之日" if until else "自委外之日起"),
        ("提供的个人信息", placing.given),
        ("不提供的信息", NOT_GIVEN),
        ("保护措施", "加密交付；只由登记在册的催收人员使用；全程录音并交本行保存；不得转委托"),
        ("委托结束", "返还或者删除全部个人信息，不得保留，并出具证明"),
    )
    yield Note("依据：《中华人民共和国个人信息保护法》第二十一条。提供的信息与委外催收告知书所告知的一致。")
