"""处置经过: what happened on a case, event by event, in the words of a committee's paper. Pure.

`names` gives the Chinese name of each node and of each outcome of a call; what neither it nor the tables here name is
shown as it is written in the journal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from recourse import events as ev
from recourse.documents.wording import chinese_day
from recourse.letters import (
    chronicle_brakes,
    chronicle_contact,
    chronicle_packets,
    chronicle_papers,
    chronicle_tracks,
)
from recourse.money import to_text

STAGES = {
    "filed": "已提交起诉材料", "docketed": "法院立案", "heard": "开庭审理", "judged": "一审裁判", "effective": "裁判生效",
    "enforcing": "申请执行", "ended_for_now": "裁定终结本次执行程序", "concluded": "执行完毕", "withdrawn": "撤诉",
    "settlement_reached": "和解", "issued": "支付令发出", "objected": "支付令异议成立", "agreed": "达成调解协议",
    "no_agreement": "调解不成", "dismissed": "驳回", "appealed": "上诉", "enforcement_suspended": "中止执行",
    "enforcement_terminated": "裁定终结执行", "bankruptcy_declared": "宣告破产", "bankruptcy_closed": "破产程序终结",
}  # fmt: skip
OUTCOMES = {
    "sent": "已发出", "delivered": "已送达", "returned": "被退回", "expired": "期满未果", "applied": "已申请", "filed": "已提交",
    "failed": "未成功", "unknown": "结果不明", "done": "已办理", "promised": "债务人承诺还款", "refused": "债务人拒绝还款",
    "unreached": "未能联系到债务人", "hardship": "债务人主张困难", "disputed": "债务人提出异议", "complaint": "债务人投诉",
    "case_closed": "案件终结", "recalled": "已收回", "returned_at_term": "到期收回", "sold": "已变价", "valued": "已估值",
    "sue": "起诉", "no_suit": "不起诉", "other_route": "其他途径", "withdraw": "撤诉", "settle": "和解", "withdrawn": "已撤回",
    "rejected": "审批未通过", "struck": "自清单剔除", "dropped": "移出清单", "written_off": "已核销",
    "deceased_reported": "被告知债务人死亡", "mediation": "诉前调解", "payment_order": "支付令",
    "notarised_enforcement": "公证执行", "arbitration": "仲裁", "reinstate": "恢复原计划", "keep_called": "维持提前到期",
    "take": "以物抵债", "leave": "不接受抵债", "appeal": "上诉", "accept": "不上诉", "taken": "已采取", "renewed": "已续行",
    "lodged": "已提出", "searched": "已查控", "claimed": "已主张", "pooled": "已组包", "transferred": "已转让",
    "set_off": "已抵销", "lifted": "已解除", "reported": "已报案", "continue": "继续", "nothing_found": "未发现财产",
    "clue": "发现财产线索", "accepted": "不上诉", "not_granted": "未获准许", "no_change": "未变更", "passed": "已越过",
    "met": "见到债务人", "promise": "承诺还款", "not_there": "债务人不在", "moved_away": "债务人已搬离", "told_contact": "取得联系方式",
    "passed_on": "已请转告", "wrong_person": "不认识债务人", "offered_to_pay": "第三人愿意代为还款", "invalid_number": "空号",
    "reached": "已联系上债务人",
    "made": "已抵销", "nothing_to_take": "无可抵销款项", "nothing_taken": "未能抵销", "known_sources": "仅抵销来源已明的款项",
    "source_established": "来源不明款项经查明可抵销", "paid": "已偿付", "part_paid": "部分偿付", "exhausted": "遗产已穷尽",
    "renounced": "继承人均放弃继承", "no_estate": "无遗产", "defaulted": "买受人悔拍", "dismissed": "已驳回",
}  # fmt: skip
VERDICTS = {
    "approve": "同意", "approved": "通过", "reject": "不同意", "rejected": "未通过", "return": "退回", "returned": "退回补充",
    "strike": "剔除", "withdrawn": "撤回",
}  # fmt: skip
ENDS = {
    "cured": "逾期还清", "settled": "债务结清", "settled_with_waiver": "减免后结清", "transferred": "债权转让",
    "written_off": "呆账核销", "terminated": "完全终结",
}  # fmt: skip
HOLDS = chronicle_brakes.HOLDS
ARRANGEMENTS = {
    "extension": "展期",
    "reschedule": "调整还款计划",
    "personal_instalments": "个性化分期",
    "settlement_with_waiver": "减免结清",
    "court_mediation": "诉中调解",
    "enforcement_settlement": "执行和解",
    "performed": "已履行完毕",
    "broken": "违约终止",
    "superseded": "由新安排取代",
    "ended": "协商终止",
    "kept": "按期足额",
    "late": "延后补足",
    "missed": "未按期足额",
}
CHANNELS = {"call": "电话", "sms": "短信", "email": "电子邮件", "post": "邮寄", "visit": "上门", "app": "应用内消息"}
PAPERS = {
    "loan_contract": "借款合同", "disbursement": "放款凭证", "guarantee_contract": "保证合同", "mortgage_contract": "抵押合同",
    "formal_notice": "催收通知书", "acceleration_notice": "贷款提前到期通知书", "outsourcing_notice": "委外催收告知书",
    "guarantor_demand": "担保人履行通知", "complaint": "民事起诉状", "write_off_packet": "呆账核销材料",
    "legal_opinion": "法律意见书", "judgment": "裁判文书", "court_filing": "法院材料", "ruling": "裁定书",
    "mediation_paper": "调解书", "delivery_proof": "送达凭证", "id_card": "身份证明", "death_certificate": "死亡证明",
    "notarial_deed": "公证书", "asset_clue": "财产线索材料", "appraisal": "评估报告", "settlement": "和解协议",
    "arrangement_agreement": "还款安排协议",
    "deletion_certificate": "数据返还与删除证明", **chronicle_brakes.PAPERS, **chronicle_packets.PAPERS,
    **chronicle_papers.PAPERS,
}  # fmt: skip
SYSTEM, IMPORT = "system:", "import:"
BEFORE = "接管前资料"
_DAYS_LATE = re.compile(r"\bdpd=(\d+)")

Names = Mapping[str, str]


def sentence(event: ev.Event, names: Names, currency: str) -> str:
    """One event in Chinese; amounts in units of the currency."""
    said = _SENTENCES.get(type(event))
    return said(event, names, currency) if said is not None else event.TYPE


def entered(reason: ev.Reason, names: Names) -> str:
    """A decision's reason to enter a node or to recall: with the days past due that it saw."""
    code, _, node = reason.code.partition(":")
    late = _DAYS_LATE.search(reason.seen)
    days = f"（逾期{late[1]}天）" if late else ""
    return f"符合条件，进入{names.get(node, node)}{days}" if code == "enter" else f"决定收回委外{days}"


def outcome(code: str, names: Names) -> str:
    """An outcome of a node, of a call or of a letter."""
    return names.get(code) or OUTCOMES.get(code, code)


def who(actor: str) -> str:
    """The actor as a paper names it."""
    if actor.startswith(IMPORT):
        return BEFORE
    return "系统" if actor.startswith(SYSTEM) else actor


def _day(on: date) -> str:
    return chinese_day(on.isoformat())


def _node(event: Any, names: Names) -> str:
    return names.get(event.node, event.node)


def _contact(event: ev.ContactRecorded | ev.ContactImported, names: Names, currency: str) -> str:
    promise = f"，承诺于{_day(event.promise_on)}还款" if event.promise_on else ""
    if event.promise_on and event.promise_amount:
        promise += f" {to_text(event.promise_amount, currency)} {currency}"
    came_of_it = outcome(event.code, names) if event.code else "结果不明"
    return f"{CHANNELS.get(event.channel, event.channel)}联系：{came_of_it}{promise}"


def _imported(event: ev.NodeImported, names: Names, _: str) -> str:
    outcome_ = outcome(event.outcome, names) if event.outcome else "尚未了结"
    return f"接管前：{_node(event, names)}（{_day(event.entered_on)}），{outcome_}" + (
        "" if event.proof else "，无凭证"
    )


def _by_agency(event: ev.AgencyContacted, names: Names, currency: str) -> str:
    promise = f"，承诺于{_day(event.promise_on)}还款" if event.promise_on else ""
    broken = "（违规）" if event.violations else ""
    return f"受托机构{CHANNELS.get(event.channel, '')}联系{broken}：{outcome(event.code, names)}{promise}"


def _completed(event: ev.ActCompleted, names: Names, _: str) -> str:
    if not event.node:
        return f"收回委外：{outcome(event.status, names)}"
    detail = f"（{event.detail}）" if event.detail and event.status != "done" else ""
    return f"{_node(event, names)}：{outcome(event.outcome or event.status, names)}{detail}"


def _answered(event: ev.GateAnswered, names: Names, _: str) -> str:
    choice = f"，选择{outcome(event.choice, names)}" if event.choice else ""
    return f"{_node(event, names)}：审批{VERDICTS.get(event.verdict, event.verdict)}{choice}"


def _paid(event: ev.PaymentReceived, names: Names, currency: str) -> str:
    what = {"chargeback": "还款被冲回", "recovery": "核销后收回"}.get(event.kind, "收到还款")
    return f"{what} {to_text(abs(event.amount), currency)} {currency}"


def _recorded(event: ev.RecordingReferred, names: Names, _: str) -> str:
    length = f"，时长{event.seconds}秒" if event.seconds else ""
    return f"登记联系录音（{event.system}：{event.reference}）{length}"


_SENTENCES: Mapping[type[ev.Event], Callable[[Any, Names, str], str]] = {
    **chronicle_tracks.SENTENCES,
    **chronicle_contact.SENTENCES,
    **chronicle_brakes.SENTENCES,
    **chronicle_packets.SENTENCES,
    **chronicle_papers.SENTENCES,
    ev.FactsImported: lambda e, n, c: f"接管在途案件，登记接管前资料 {sum(map(len, e.tables.values()))} 条",
    ev.NodeImported: _imported,
    ev.ContactImported: lambda e, n, c: f"接管前{_contact(e, n, c)}",
    ev.ApprovalImported: lambda e, n, c: f"接管前审批（仅供参考）：{chronicle_tracks.code(e.action)}，{e.approved_by}",
    ev.ReleaseAgreed: lambda e, n, c: f"同意解除接管待核：{e.reason}",
    ev.EpisodeOpened: lambda e, n, c: "发生逾期，开立催收案件" + (f"（第{e.episode}次）" if e.episode > 1 else ""),
    ev.EpisodeClosed: lambda e, n, c: f"案件终结：{ENDS.get(e.end, e.end)}",
    ev.VisitLeft: lambda e, n, c: f"{_node(e, n)}：{outcome(e.outcome, n)}",
    ev.GateOpened: lambda e, n, c: f"{_node(e, n)}：{'列入审批清单' if e.kind == 'list' else '提交审批'}",
    ev.VoteCast: lambda e, n, c: f"表决：{VERDICTS.get(e.verdict, e.verdict)}，{e.reason}",
    ev.MemberStruck: lambda e, n, c: f"自审批清单剔除：{e.reason}",
    ev.MemberDropped: lambda e, n, c: "情况有变，移出审批清单",
    ev.GateAnswered: _answered,
    ev.GateEscalated: lambda e, n, c: f"审批超过时限，提级（第{e.level}级）",
    ev.GateWithdrawn: lambda e, n, c: f"撤回审批：{ENDS.get(e.cause, e.cause)}",
    ev.StandingApplied: lambda e, n, c: f"{_node(e, n)}：审批逾期未答复而期限将届，依事先授权先行办理",
    ev.ApprovalVoided: lambda e, n, c: f"{_node(e, n)}：证据有变，原审批失效",
    ev.ActCompleted: _completed,
    ev.ActWithdrawn: lambda e, n, c: f"{_node(e, n)}：未执行，撤回",
    ev.ActCrossed: lambda e, n, c: f"{_node(e, n)}：执行期间情况有变",
    ev.PermitRefused: lambda e, n, c: f"拟以{CHANNELS.get(e.channel, e.channel)}联系，依规则未予许可（{e.rule}）",
    ev.ContactRecorded: _contact,
    ev.DeliveryProved: lambda e, n, c: (
        f"{_node(e, n)}：{outcome(e.status, n)}" + ("，诉讼时效中断" if e.interrupts_limitation else "")
    ),
    ev.PaymentReceived: _paid,
    ev.FactsReanchored: lambda e, n, c: "补记还款，更正逾期起算日",
    ev.BrakePlaced: lambda e, n, c: (
        f"暂停催收：{HOLDS.get(e.kind, e.kind)}" + (f"，至{_day(e.until_on)}" if e.until_on else "")
    ),
    ev.BrakeReleased: lambda e, n, c: f"恢复催收：{HOLDS.get(e.kind, e.kind)}终了",
    ev.ArrangementMade: lambda e, n, c: f"达成{ARRANGEMENTS.get(e.kind, e.kind)}安排，至{_day(e.until_on)}",
    ev.ArrangementProposed: lambda e, n, c: f"拟议{ARRANGEMENTS.get(e.offer.kind, e.offer.kind)}，提交审批",
    ev.InstalmentJudged: lambda e, n, c: f"还款安排第{e.number}期{ARRANGEMENTS.get(e.state, e.state)}",
    ev.WaiverEarned: lambda e, n, c: f"还款安排足额履行，减免{to_text(e.amounts.total, c)} {c}",
    ev.PlanDiffered: lambda e, n, c: f"还款安排履行完毕，核心仍列应还{to_text(e.due, c)} {c}",
    ev.PromiseKept: lambda e, n, c: f"{_day(e.due_on)}的还款承诺已兑现",
    ev.PromisePartKept: lambda e, n, c: f"{_day(e.due_on)}的还款承诺部分兑现，到账{to_text(e.paid, c)} {c}",
    ev.PromiseBroken: lambda e, n, c: f"{_day(e.due_on)}的还款承诺未兑现",
    ev.PromiseReleased: lambda e, n, c: "还款承诺由还款安排取代",
    ev.ArrangementEnded: lambda e, n, c: f"还款安排{ARRANGEMENTS.get(e.end, e.end)}",
    ev.OriginalSeen: lambda e, n, c: "原件已由一人查看，待第二人核验",
    ev.OriginalConfirmed: lambda e, n, c: "原件已经双人核验",
    ev.RecordingReferred: _recorded,
    ev.DebtAccelerated: lambda e, n, c: f"贷款提前到期，自{_day(e.effective)}生效",
    ev.OutsourcingTold: lambda e, n, c: f"告知债务人将委托{e.agency}催收",
    ev.PlacementRefused: lambda e, n, c: "无机构符合委外条件，未委外",
    ev.QuotaReserved: lambda e, n, c: f"{_day(e.on)}委外联系额度{len(e.permits)}次",
    ev.QuotaReturned: lambda e, n, c: f"{_day(e.on)}未使用的委外联系额度{len(e.permits)}次退回",
    ev.AgencyContacted: _by_agency,
    ev.AgencyOverran: lambda e, n, c: (
        f"该次{CHANNELS.get(e.channel, '')}联系未在委外额度内，计入债务人联系次数，并登记机构违规"
    ),
    ev.CertificateReceived: lambda e, n, c: "收到受托机构的数据返还与删除证明",
    ev.PlacementMade: lambda e, n, c: f"委托{e.agency}催收，至{_day(e.until_on)}",
    ev.PlacementRecalled: lambda e, n, c: "收回委外",
    ev.PlacementReturned: lambda e, n, c: "受托机构交回案件" + ("，并出具数据删除证明" if e.certificate else ""),
    ev.CollateralValued: lambda e, n, c: f"担保物估值 {to_text(e.value, c)} {c}",
    ev.GuarantorClaimed: lambda e, n, c: f"向保证人主张权利（{'保证期间内' if e.in_time else '保证期间已过'}）",
    ev.MatterOpened: lambda e, n, c: "提交法院",
    ev.MatterStageReached: lambda e, n, c: STAGES.get(e.stage, e.stage) + (f"，案号{e.number}" if e.number else ""),
    ev.WrittenOff: lambda e, n, c: "核销入账，账销案存",
    ev.RecoveryBooked: lambda e, n, c: f"核销后收回 {to_text(e.amount, c)} {c}",
    ev.LegalOpinionSigned: lambda e, n, c: "法律意见书已签署",
}
