"""Contacts in the words of a committee's paper: third parties who were asked, visits that were made. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from recourse import events as ev
from recourse.documents.wording import chinese_day

OUTCOMES = {
    "told_contact": "提供了联系方式", "passed_on": "同意转告", "refused": "拒绝", "wrong_person": "不认识债务人",
    "offered_to_pay": "主动表示代为还款", "invalid_number": "空号", "no_answer": "无人接听", "busy": "占线", "switched_off": "关机",
    "reached": "已联系上债务人", "met": "见到债务人", "promise": "当面承诺还款", "not_there": "债务人不在",
    "moved_away": "债务人已搬离",
}  # fmt: skip
PLACES = {"home": "住处", "work": "单位", "other": "其他地点"}
BROKEN = {
    "not_identified": "未出示证件", "not_recorded": "未录音录像", "entered_without_consent": "未经同意进入",
    "another_day": "未在计划日进行", "quiet_hours": "在禁止催收时段内",
}  # fmt: skip


def _said(code: str) -> str:
    return OUTCOMES.get(code, "其他结果")


def _made(event: ev.FieldVisitMade) -> str:
    broken = "、".join(BROKEN[each] for each in event.violations if each in BROKEN)
    hour = f"（{event.at}）" if event.at else ""
    return f"外访{hour}：{_said(event.code)}" + (f"；违反要求：{broken}" if broken else "")


SENTENCES: Mapping[type[ev.Event], Callable[[Any, Mapping[str, str], str], str]] = {
    ev.PermitOverrun: lambda e, n, c: "有一次联系超出许可时间",
    ev.LocateProposed: lambda e, n, c: f"债务人失联，申请向第三人查询（依据{len(e.grounds)}项失联规则）",
    ev.LocateQueued: lambda e, n, c: "获准向第三人查询，仅询问联系方式",
    ev.LocateTaken: lambda e, n, c: "经许可致电第三人",
    ev.LocateRecorded: lambda e, n, c: f"询问第三人：{_said(e.code)}",
    ev.LocateEnded: lambda e, n, c: f"不再询问第三人：{_said(e.cause)}",
    ev.FieldVisitProposed: lambda e, n, c: f"申请外访：{e.reason}",
    ev.FieldVisitPlanned: lambda e, n, c: (
        f"安排{chinese_day(e.planned_on)}外访，地点：{PLACES.get(e.place, '其他地点')}，{len(e.collectors)}人"
    ),
    ev.FieldVisitMade: lambda e, n, c: _made(e),
    ev.FieldVisitDropped: lambda e, n, c: f"外访取消：{e.reason}",
}
