"""What a gate shows inside an engine: a subject and Markdown, in Chinese and English, without personal data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # read with the files of an engine, which are read often
    from desk.inbox import GateView

_CELL = str.maketrans({"|": "\\|", "\n": " ", "<": "&lt;", ">": "&gt;"})


def subject_of(gate: GateView, *seats: str) -> str:
    """One line: what is to be agreed to, for whom, in which seats."""
    what = gate.account or f"{sum(state == 'in' for _, state in gate.members)} 户名单"
    urgent = "【红色通道】" if gate.urgent else ""
    asked = f" · 席位 {', '.join(seat.removeprefix('then:') for seat in seats)}" if seats else ""
    return f"{urgent}{gate.zh} {gate.en} · {what}{asked}"


def body_of(gate: GateView, seats: Sequence[str], console: str, after: str = "", how: str = "") -> str:
    """The evidence that an answer is bound to, who has answered, until when, and where to read the file.

    `console`: its address; `after`: why the answer before did not count; `how`: how this door is answered.
    """
    parts = []
    if after:
        parts.append(f"> 上一次回答未被采纳 The answer before was refused: {_cell(after)}")
    if gate.urgent:
        parts.append(f"> **红色通道 Red lane**: {_cell(gate.urgent)}")
    parts.append(" · ".join(_links(gate, console)))
    parts.append(table(("", ""), [
        ("事项 Action", gate.action), ("权限档 Tier", gate.tier), ("席位 Seat", ", ".join(seats)), ("期限 Due", str(gate.due_on)),
        ("经办 Maker", gate.maker), ("升级次数 Escalated", str(gate.level)),
        ("尚待 Waiting for", ", ".join(gate.waiting_for)), ("证据哈希 Evidence hash", gate.evidence_hash),
        ("材料哈希 Packet hash", gate.packet_hash or "—"),
    ]))  # fmt: skip
    parts.append(table(("证据 Evidence", ""), gate.evidence))
    if gate.packets:
        head_of = ("账户 Account", "状态 State", "材料哈希 Packet hash", "豁免 Waived")
        parts.append(table(head_of, [(p.account, p.state, p.sha256, ", ".join(p.waived) or "—") for p in gate.packets]))
    if gate.before:
        head = ("接管前审批（仅供参考） Approved before, for information only", "")
        parts.append(table(head, gate.before))
    if gate.votes:
        votes = [(vote.seat, vote.voter, vote.verdict, vote.reason) for vote in gate.votes]
        parts.append(table(("席位 Seat", "姓名 Voter", "意见 Verdict", "理由 Reason"), votes))
    if gate.choices:
        parts.append(f"同意时须选择其一 A yes has to choose: {', '.join(gate.choices)}")
    parts.append(f"{how}期限届满只升级、不视为同意。A deadline lifts, it never approves.")
    return "\n\n".join(parts)


def _links(gate: GateView, console: str) -> Iterator[str]:
    if gate.account:
        yield f"[案件 Account {gate.account}]({console}/accounts/{gate.account})"
    yield f"[审批与材料 Gate and papers]({console}/gates/{gate.gate_id})"
    if gate.account:
        yield f"[卷宗 Packet]({console}/accounts/{gate.account}/packet)"


def table(head: tuple[str, ...], rows: Iterable[Sequence[str]]) -> str:
    """Rows of text as a table of Markdown; nothing in a cell is read as Markdown's or HTML's own."""
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(_cell(each) for each in row)} |" for row in rows]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return str(text).translate(_CELL)
