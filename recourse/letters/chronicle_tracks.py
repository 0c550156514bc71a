"""处置经过, continued: the tracks of the recovery file in the words of a committee's paper. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from recourse import events as ev
from recourse.clocks import KINDS
from recourse.documents.wording import chinese_day
from recourse.limitation import GROUND_NAMES
from recourse.money import to_text

CODES: Mapping[str, str] = {
    # papers and whom they were served on
    "judgment": "判决书", "payment_order": "支付令", "payment_order_ended": "终结督促程序裁定", "realisation_ruling": "实现担保物权裁定",
    "ruling": "裁定书", "summons": "传票", "bank": "本行", "debtor": "债务人", "guarantor": "保证人",
    # assets, costs
    "deposit": "存款", "movable": "动产", "realty": "不动产", "vehicle": "车辆", "equity": "股权", "income": "收入", "other": "其他",
    "court_fee": "案件受理费", "preservation_fee": "保全申请费", "enforcement_fee": "申请执行费", "counsel_fee": "律师费",
    "postage": "邮寄费", "agency_fee": "委外费用", "valuation_fee": "评估费", "auction_fee": "拍卖费用", "notary_fee": "公证费",
    "staff": "人工成本", "arbitration_fee": "仲裁费", "announcement_fee": "公告费",
    # what came of it
    "sold": "成交", "failed": "流拍", "withdrawn": "撤回", "defaulted": "买受人悔拍", "paid": "已偿付", "part_paid": "部分偿付",
    "refused": "拒绝", "exhausted": "遗产已穷尽", "renounced": "继承人均放弃继承", "no_estate": "无遗产", "confirmed": "债权已确认",
    "disputed": "债权有争议", "declared": "宣告破产", "distributed": "已分配", "closed": "已终结", "dismissed": "已驳回",
    "filed": "已立案", "declined": "不予立案", "transferred": "已移送", "held": "已开庭", "adjourned": "已延期", "cancelled": "已取消",
    "audit": "专项审计", "report": "核销情况报告", "extension": "展期", "reschedule": "调整还款计划",
}  # fmt: skip
"""Codes that events of the tracks hold, in Chinese."""

Sentence = Callable[[Any, Mapping[str, str], str], str]


def code(name: str) -> str:
    """A code in Chinese; what is not one stands as it was recorded."""
    return CODES.get(name, name)


def _day(on: date | None) -> str:
    return chinese_day(on.isoformat()) if on else ""


def _money(amount: int | None, currency: str) -> str:
    return f"{to_text(amount, currency)} {currency}" if amount is not None else "金额待核"


def _clock(kind: str) -> str:
    return KINDS[kind].zh if kind in KINDS else kind


def _ground(name: str) -> str:
    return GROUND_NAMES.get(name, (name, name))[0]


def _until(on: date | None) -> str:
    return f"，至{_day(on)}" if on else ""


def _proof(proof: str) -> str:
    return "" if proof else "（尚无凭证，不计）"


FOUND: Mapping[str, str] = {
    "oversight": "遗忘", "temporary_shortage": "临时性资金周转困难", "job_loss": "失业", "illness_accident": "疾病或意外",
    "family": "家庭变故",
    "dispute": "对债务有异议", "technical": "操作性或技术性原因", "ability": "还款能力", "willingness": "还款意愿", "sufficient": "充足",
    "strained": "紧张", "none": "丧失", "willing": "愿意", "wavering": "犹豫", "unwilling": "不愿",
}  # fmt: skip
"""What people found of the debtor, in Chinese."""


def found(name: str) -> str:
    """A finding in Chinese."""
    return FOUND.get(name, name)


SENTENCES: Mapping[type[ev.Event], Sentence] = {
    ev.CauseFound: lambda e, n, c: f"查明逾期原因：{found(e.cause)}，依据{e.evidence}",
    ev.DebtorAssessed: lambda e, n, c: f"评估{found(e.attribute)}：{found(e.value)}，依据{e.evidence}",
    ev.EvasionProposed: lambda e, n, c: f"提请认定逃废债，依据{len(e.signs)}项",
    ev.EvasionFound: lambda e, n, c: f"认定逃废债，复核日{_day(e.review_on)}",
    ev.EvasionEnded: lambda e, n, c: f"撤销逃废债认定：{e.cause}",
    ev.PlanMade: lambda e, n, c: (
        f"制定初步催收方案：等级{e.grade}" + (f"，原因{found(e.cause)}" if e.cause else "")
        + f"，谈判底线{e.floor_percent}%、最长{e.longest_months}个月" + (f"（人工：{e.reason}）" if e.reason else "")
    ),
    ev.ClockStarted: lambda e, n, c: f"期限起算：{_clock(e.kind)}{_until(e.until_on)}{_proof(e.proof)}",
    ev.ClockStopped: lambda e, n, c: f"期限了结：{_clock(e.kind)}，{code(e.cause)}",
    ev.ClockAlarmed: lambda e, n, c: f"期限预警：{_clock(e.kind)}于{_day(e.ends_on)}届满（{e.within_days}日内）",
    ev.ClockRanOut: lambda e, n, c: f"期限届满：{_clock(e.kind)}已于{_day(e.ended_on)}届满",
    ev.LimitationInterrupted: lambda e, n, c: f"诉讼时效中断：{_ground(e.ground)}{_proof(e.proof)}",
    ev.LimitationSuspended: lambda e, n, c: f"诉讼时效中止：{_ground(e.ground)}{_proof(e.proof)}",
    ev.LimitationResumed: lambda e, n, c: f"中止诉讼时效的原因消除{_proof(e.proof)}",
    ev.MatterJoined: lambda e, n, c: "并入已受理的同一案件" + (f"，案号{e.number}" if e.number else ""),
    ev.MatterAssigned: lambda e, n, c: "确定办理" + (f"法院（机构）{e.court}" if e.court else "") + (
        f"，代理人{e.counsel}" if e.counsel else ""
    ),
    ev.PaperServed: lambda e, n, c: f"{code(e.paper)}送达{code(e.on_whom)}{_proof(e.proof)}",
    ev.HearingSet: lambda e, n, c: f"定于{_day(e.held_on)}开庭" + (f"，{e.place}" if e.place else ""),
    ev.HearingHeld: lambda e, n, c: f"庭审：{code(e.result)}",
    ev.MeasureTaken: lambda e, n, c: (
        f"{'诉前' if e.pre_suit else ''}保全{code(e.kind)} {_money(e.amount, c)}{_until(e.until_on)}{_proof(e.proof)}"
    ),
    ev.MeasureRenewed: lambda e, n, c: f"续行保全{code(e.kind)}{_until(e.until_on)}{_proof(e.proof)}",
    ev.MeasureLifted: lambda e, n, c: f"解除{code(e.kind)}保全：{code(e.cause)}",
    ev.AssetClueFound: lambda e, n, c: f"发现财产线索：{code(e.kind)}" + (
        f"，约 {_money(e.value, c)}" if e.value is not None else ""
    ),
    ev.SuitDeclined: lambda e, n, c: f"决定不起诉，至{_day(e.until_on)}或发现财产线索为止",
    ev.CostBooked: lambda e, n, c: f"发生{code(e.kind)} {_money(e.amount, c)}",
    ev.AuctionListed: lambda e, n, c: f"{_round(e.round)}公告，起拍价 {_money(e.reserve, c)}，{_day(e.begins_on)}开始",
    ev.AuctionEnded: lambda e, n, c: f"{_round(e.round)}{code(e.result)}" + (
        f"，价款 {_money(e.price, c)}" if e.price is not None else ""
    ),
    ev.ProceedsShared: lambda e, n, c: (
        f"分配变价款 {_money(e.price, c)}：本行受偿 {_money(e.ours, c)}，余额 {_money(e.surplus, c)}，"
        f"不足 {_money(e.shortfall, c)}"
    ),
    ev.AssetTaken: lambda e, n, c: f"以物抵债，作价 {_money(e.value, c)}",
    ev.AssetDisposed: lambda e, n, c: f"处置抵债资产，价款 {_money(e.price, c)}",
    ev.ChangeConsented: lambda e, n, c: f"保证人{'书面同意' if e.consented else '未同意'}主合同变更",
    ev.DebtReinstated: lambda e, n, c: f"恢复原还款计划：{e.reason}",
    ev.DebtKeptCalled: lambda e, n, c: f"欠款已结清，决定维持全部到期：{e.reason}",
    ev.SetOffInstructed: lambda e, n, c: f"通知核心系统抵销至多 {_money(e.amount, c)}，保留 {_money(e.exempt, c)}",
    ev.SetOffMade: lambda e, n, c: f"抵销存款 {_money(e.amount, c)}，保留受保护款项 {_money(e.exempt, c)}",
    ev.InsurerClaimed: lambda e, n, c: f"向保险或担保公司索赔 {_money(e.amount, c)}{_proof(e.proof)}",
    ev.InsurerAnswered: lambda e, n, c: f"保险或担保公司：{code(e.result)}" + (
        f" {_money(e.paid, c)}" if e.paid else ""
    ),
    ev.EstateFound: lambda e, n, c: f"查明遗产情况：继承人 {e.heirs} 人，遗产 {_money(e.value, c)}"
    + (f"，须为其中 {e.dependents} 人保留必要份额" if e.dependents else ""),
    ev.EstateClaimed: lambda e, n, c: f"向继承人或遗产管理人主张 {_money(e.amount, c)}{_proof(e.proof)}",
    ev.EstateClosed: lambda e, n, c: f"遗产追偿了结：{code(e.result)}",
    ev.BankruptcyAccepted: lambda e, n, c: f"法院受理债务人破产{_until(e.claims_until_on)}申报债权",
    ev.BankruptcyClaimed: lambda e, n, c: f"申报债权 {_money(e.amount, c)}{_proof(e.proof)}",
    ev.BankruptcyMoved: lambda e, n, c: f"破产程序：{code(e.stage)}" + (f" {_money(e.amount, c)}" if e.amount else ""),
    ev.CrimeReported: lambda e, n, c: f"以涉嫌{e.offence}报案{_proof(e.proof)}",
    ev.CrimeAnswered: lambda e, n, c: f"报案结果：{code(e.result)}",
    ev.WriteOffInstructed: lambda e, n, c: f"发出核销账务指令，基准日{_day(e.base_on)}",
    ev.WriteOffRefused: lambda e, n, c: f"核销账务指令未入账：{e.cause}",
    ev.AccountabilityConcluded: lambda e, n, c: f"完成责任认定：{e.result}",
    ev.WriteOffReported: lambda e, n, c: f"完成{e.year}年度{code(e.what)}",
    ev.TerminationProposed: lambda e, n, c: f"申请债权完全终结：{e.ground}{_proof(e.proof)}",
    ev.DebtTerminated: lambda e, n, c: f"债权完全终结：{e.ground}",
    ev.ClaimPooled: lambda e, n, c: f"列入转让资产包，基准日{_day(e.cut_off_on)}",
    ev.ClaimUnpooled: lambda e, n, c: f"移出转让资产包：{code(e.cause)}",
    ev.ClaimAwarded: lambda e, n, c: f"资产包由{e.buyer}受让，对价 {_money(e.price, c)}",
    ev.ClaimTransferred: lambda e, n, c: f"债权转让给{e.buyer}，自{_day(e.cut_off_on)}起",
    ev.AssignmentNoticed: lambda e, n, c: f"债权转让通知{'已送达' if e.proof else '已发出'}",
    ev.ReceiptForwarded: lambda e, n, c: f"基准日后回款 {_money(e.amount, c)} 转付受让人",
    ev.PoolProposed: lambda e, n, c: f"资产包组成，{e.claims}户，基准日{_day(e.cut_off_on)}",
    ev.PoolTaped: lambda e, n, c: f"资产包清单生成，{e.claims}户 {_money(e.amount, c)}",
    ev.PoolAwarded: lambda e, n, c: f"资产包由{e.buyer}受让，总价 {_money(e.price, c)}",
    ev.PoolUnsold: lambda e, n, c: f"资产包未成交：{e.reason}",
}  # fmt: skip


def _round(number: int) -> str:
    return {1: "第一次拍卖", 2: "第二次拍卖", 3: "变卖"}.get(number, f"第{number}次拍卖")
