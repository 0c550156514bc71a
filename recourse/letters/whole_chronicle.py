"""处置经过 of a collection file: every event of a case in words, those that only order the work among them. Pure.

A committee's paper leaves the latter out (`recourse.letters.write_off`); an account's own file says all of it, each with the
rule and its citation as they stood on the day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from recourse import events as ev
from recourse.acts import Entry
from recourse.letters.chronicle import CHANNELS, HOLDS, PAPERS, Names, entered, sentence, who
from recourse.packets.write_off_data import PacketEvent

Cited = Callable[[str, date], str]
"""(rule, day) → its citation as it stood on that day; "" = no rule of that name held."""

_WORK: Mapping[type[ev.Event], Callable[[Any, Names], str]] = {
    ev.PermitIssued: lambda e, n: f"许可{CHANNELS.get(e.channel, e.channel)}联系（许可 {e.permit_id[:12]}）",
    ev.ActReleased: lambda e, n: f"{_node(e.node, n)}：复核余额、停催、审批和许可后放行",
    ev.CallQueued: lambda e, n: "列入外呼队列",
    ev.CallTaken: lambda e, n: "取出外呼任务并拨打",
    ev.CallClosed: lambda e, n: "外呼任务了结",
    ev.CallAssigned: lambda e, n: f"外呼任务分配：{e.collector}" if e.collector else "外呼任务退回队列",
    ev.CallNoted: lambda e, n: "登记外呼备注",
    ev.DocumentMade: lambda e, n: f"编制文件：{PAPERS.get(e.kind, e.kind)}（{e.sha256[:12]}）",
    ev.DocumentReceived: lambda e, n: f"收到文件：{PAPERS.get(e.kind, e.kind)}（{e.sha256[:12]}）",
    ev.ScriptViolationFound: lambda e, n: "发现不当用语，转质检核查",
    ev.ScriptViolationClosed: lambda e, n: "不当用语核查完毕",
}


def chronology(journal: Sequence[Entry], names: Names, currency: str, cited: Cited) -> Iterator[PacketEvent]:
    """Every event of a journal, oldest first; of a decision, each of its reasons."""
    for entry in journal:
        event, envelope = entry.event, entry.envelope
        on, by = envelope.effective_on, who(envelope.actor)
        if isinstance(event, ev.DecisionMade):
            for reason in event.reasons:
                yield PacketEvent(on, _reason(reason, names), reason.rule, cited(reason.rule, envelope.known_on), by)
            continue
        rule = _rule(event)
        yield PacketEvent(on, said(event, names, currency), rule, cited(rule, envelope.known_on) if rule else "", by)


def said(event: ev.Event, names: Names, currency: str) -> str:
    """One event in Chinese."""
    work = _WORK.get(type(event))
    return work(event, names) if work is not None else sentence(event, names, currency)


def _rule(event: ev.Event) -> str:
    """The rule that an event names, or the one that its brake or its criterion is."""
    if isinstance(event, ev.BrakePlaced):
        return f"brake.{event.kind}"
    return str(getattr(event, "rule", "") or getattr(event, "criterion", ""))


def _reason(reason: ev.Reason, names: Names) -> str:
    code, _, of = reason.code.partition(":")
    match code:
        case "enter" | "recall":
            return entered(reason, names)
        case "brake":
            return f"暂不进入{_node(reason.seen, names)}：{HOLDS.get(of, of)}"
        case "missing":
            return f"暂不进入{_node(reason.seen, names)}：缺少事实 {of}"
        case "expired":
            return f"{_node(reason.seen, names)}：期满未果"
    return f"判断：{reason.code}" + (f"（{reason.seen}）" if reason.seen else "")


def _node(name: str, names: Names) -> str:
    return names.get(name, name)
