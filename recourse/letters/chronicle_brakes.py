"""处置经过, continued: brakes, complaints, hardship, disputes and credit reporting in the words of a committee's paper. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from recourse import events as ev
from recourse.documents.wording import chinese_day

CODES: Mapping[str, str] = {
    # by which way, about what
    "phone": "电话", "call": "电话", "hotline": "客服热线", "letter": "来信", "counter": "网点", "email": "电子邮件",
    "app": "应用内", "regulator": "监管部门", "social_media": "社交媒体", "12378": "12378热线",
    "consumer_association": "消费者协会", "court": "法院", "head_office": "总行",
    "post": "邮寄", "sms": "短信", "conduct": "催收行为", "amount": "金额", "privacy": "个人信息", "third_party": "联系第三人",
    "fees": "费用", "credit_record": "征信", "service": "服务", "other": "其他",
    # what came of it
    "upheld": "成立", "partly": "部分成立", "rejected": "不成立", "accepted": "认定", "lapsed": "逾期未补材料，自动失效",
    "settled": "办结", "withdrawn": "撤回", "complex": "情况复杂", "approved": "经批准延期", "verification": "核查延期",
    "delivered": "已送达", "sent": "已报送更正", "confirmed": "更正已确认",
    # hardship and disputes
    "unemployment": "失业", "illness": "重大疾病", "accident": "意外事故", "disaster": "自然灾害", "income_loss": "收入下降",
    "family": "家庭变故", "identity_theft": "身份被冒用", "card_fraud": "银行卡盗刷",
    "not_mine": "非本人债务", "not_late": "并未逾期", "paid": "已还清", "not_told": "未事先告知",
    "unemployment_proof": "失业证明", "social_insurance_record": "社保记录", "medical_record": "病历", "accident_report": "事故证明",
    "disaster_proof": "灾害证明", "income_record": "收入证明", "bank_statement": "流水", "family_proof": "家庭情况证明",
}  # fmt: skip
"""Codes of these events in Chinese; one that a bank's own pack adds stands as it is."""

HOLDS: Mapping[str, str] = {
    "complaint": "投诉处理", "dispute": "异议核查", "hardship": "困难核实", "deceased": "债务人死亡", "bankruptcy_stay": "破产程序",
    "incapable": "债务人丧失行为能力", "do_not_contact": "要求不再联系", "missing": "债务人下落不明", "manual": "人工暂停",
    "parked": "接管待核", "identity_dispute": "冒名争议核查", "interest_difference": "利息核对不符", "criminal_suspect": "涉嫌刑事案件",
    "subrogated": "保险或担保公司已代偿", "arrears_cleared": "逾期款项已还清", "legal": "法律暂停", "fraud": "涉嫌盗刷或欺诈",
    "pooled": "已列入转让资产包", "cease_request": "书面要求停止联系", "attorney": "债务人由律师代理",
}  # fmt: skip

PAPERS: Mapping[str, str] = {
    "complaint_text": "投诉内容", "complaint_reply": "投诉答复", "dispute_reply": "异议答复", "credit_reply": "征信异议答复",
    "credit_statement": "本人声明",
}  # fmt: skip


def code(name: str) -> str:
    """A code in Chinese; what is not one stands as it was recorded."""
    return CODES.get(name, name)


def _hold(kind: str) -> str:
    return HOLDS.get(kind, kind)


def _day(on: date | None) -> str:
    return chinese_day(on.isoformat()) if on else ""


def _papers(kinds: tuple[str, ...]) -> str:
    return "、".join(map(code, kinds))


SENTENCES: Mapping[type[ev.Event], Callable[[Any, Mapping[str, str], str], str]] = {
    ev.BrakeEvidenced: lambda e, n, c: f"{_hold(e.kind)}的证明材料已入卷",
    ev.ReleaseProposed: lambda e, n, c: f"提议解除暂停：{_hold(e.kind)}",
    ev.StepsCorrected: lambda e, n, c: "暂停生效后、获知前的行为已作补救",
    ev.ComplaintReceived: lambda e, n, c: (
        f"收到投诉（{code(e.channel)}，{code(e.category)}），暂停催收" + (f"，{code(e.referred_by)}转办" if e.referred_by else "")
    ),
    ev.ComplaintExtended: lambda e, n, c: f"投诉{code(e.step)}，办理期限至{_day(e.until_on)}",
    ev.ComplaintReferred: lambda e, n, c: f"投诉由{code(e.referred_by)}转办",
    ev.ComplaintAnswered: lambda e, n, c: f"书面答复投诉：{code(e.outcome)}，恢复催收",
    ev.ComplaintVerificationAsked: lambda e, n, c: "投诉人申请核查",
    ev.ComplaintClosed: lambda e, n, c: f"投诉{code(e.cause)}",
    ev.HardshipApplied: lambda e, n, c: (
        f"债务人申请困难帮扶（{code(e.cause)}），暂停不利措施" + (f"，待补{_papers(e.wanted)}" if e.wanted else "")
    ),
    ev.HardshipEvidenced: lambda e, n, c: f"收到困难证明：{code(e.paper)}",
    ev.HardshipReminded: lambda e, n, c: f"提醒债务人于{_day(e.until_on)}前补交{_papers(e.lacking)}",
    ev.HardshipDecided: lambda e, n, c: (
        f"困难帮扶：{code(e.outcome)}" + (f"，{_day(e.review_on)}复核" if e.review_on else "")
    ),
    ev.DisputeRaised: lambda e, n, c: f"债务人提出异议（{code(e.kind)}），标记并暂停催收",
    ev.DisputeAnswered: lambda e, n, c: f"书面答复异议：{code(e.outcome)}",
    ev.CreditNoticeGiven: lambda e, n, c: f"不良信息报送前告知债务人（{code(e.channel)}）",
    ev.CreditObjectionRaised: lambda e, n, c: f"债务人提出征信异议（{code(e.ground)}），标注{'、'.join(e.months)}",
    ev.CreditObjectionAnswered: lambda e, n, c: f"书面答复征信异议：{code(e.outcome)}",
    ev.CreditCorrected: lambda e, n, c: f"征信更正：{code(e.step)}",
    ev.CreditStatementAttached: lambda e, n, c: "本人声明已附于征信记录",
}  # fmt: skip
