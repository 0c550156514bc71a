"""What a gate shows inside Airflow: a subject and a Markdown body, in Chinese and English, without personal data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desk.inbox import GateView

_CELL = str.maketrans({"|": "\\|", "\n": " ", "<": "&lt;", ">": "&gt;"})


def subject_of(gate: GateView, seat: str) -> str:
    """One line: what is to be agreed to, for whom, in which seat."""
    what = gate.account or f"{sum(state == 'in' for _, state in gate.members)} 户名单"
    urgent = "【红色通道】" if gate.urgent else ""
    return f"{urgent}{gate.zh} {gate.en} · {what} · 席位 {seat.removeprefix('then:')}"


def body_of(gate: GateView, seat: str, console: str, after: str = "") -> str:
    """The evidence that an answer is bound to, who has answered, until when, and where to read the file."""
    parts = []
    if after:
        parts.append(f"> 上一次回答未被采纳 The answer before was refused: {_cell(after)}")
    if gate.urgent:
        parts.append(f"> **红色通道 Red lane**: {_cell(gate.urgent)}")
    where = f"[案件 Account {gate.account}]({console}/accounts/{gate.account}) · " if gate.account else ""
    parts.append(f"{where}[审批与材料 Gate and papers]({console}/gates/{gate.gate_id})")
    parts.append(_table(("", ""), [
        ("事项 Action", gate.action), ("权限档 Tier", gate.tier), ("席位 Seat", seat), ("期限 Due", str(gate.due_on)),
        ("经办 Maker", gate.maker), ("升级次数 Escalated", str(gate.level)),
        ("尚待 Waiting for", ", ".join(gate.waiting_for)), ("证据哈希 Evidence hash", gate.evidence_hash),
        ("材料哈希 Packet hash", gate.packet_hash or "—"),
    ]))  # fmt: skip
    parts.append(_table(("证据 Evidence", ""), gate.evidence))
    if gate.votes:
        votes = [(vote.seat, vote.voter, vote.verdict, vote.reason) for vote in gate.votes]
        parts.append(_table(("席位 Seat", "姓名 Voter", "意见 Verdict", "理由 Reason"), votes))
    if gate.choices:
        parts.append(f"同意时须选择其一 A yes has to choose: {', '.join(gate.choices)}")
    parts.append(
        "Approve 同意 · Reject 否决 · Return 退回补充。期限届满只升级、不视为同意。A deadline lifts, it never approves."
    )
    return "\n\n".join(parts)


def _table(head: tuple[str, ...], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(_cell(each) for each in row)} |" for row in rows]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return str(text).translate(_CELL)
