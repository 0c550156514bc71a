"""The bank's staff at the gates: each seat answers within four working days, with a reason, now and then against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from recourse.errors import UserError
from recourse.simulate.draws import Draws
from recourse.simulate.office import Office, OpenGate, Verdict
from recourse.simulate.staff import STAFF
from recourse.workdays import Calendar

DELAYS: Mapping[int, int] = {0: 46, 1: 30, 2: 13, 3: 7, 4: 4}
"""Working days until a seat answers, by weight."""

OBJECTED_PERCENT = 5
LISTS_OBJECTED_PERCENT = 3
STRUCK_PERCENT = 6
LEFT_OPEN_WORKDAYS, LEFT_OPEN_PERCENT = 15, 90
CHOICES: Mapping[str, Mapping[str, int]] = {
    "litigation_route": {"sue": 82, "payment_order": 5, "mediation": 4, "no_suit": 9},
    "appeal": {"accept": 93, "appeal": 7},
    "withdrawal": {"withdraw": 78, "settle": 22},
    "set_off": {"known_sources": 56, "source_established": 44},
    "debt_for_asset": {"take": 88, "leave": 12},
    "reinstatement": {"reinstate": 84, "keep_called": 16},
}
REASONS: Mapping[str, tuple[str, ...]] = {
    "approve": ("材料齐全，金额与核心系统一致，同意", "已核对送达凭证与余额，同意", "符合审批权限和制度要求，同意"),
    "return": ("证据材料不完整，补充后重新提交", "请补充近期联系记录后再报"),
    "reject": ("客户正在协商还款，暂不同意", "处置成本高于预期回收，不同意"),
    "strike": ("该户今日承诺还款，先予剔除", "该户地址待核实，先予剔除"),
}


class Approvals:
    """Who has answered what. `ends_on`: the last day of the run, shortly before which gates are left open."""

    def __init__(self, draws: Draws, calendar: Calendar, ends_on: date | None) -> None:
        self._draws, self._calendar = draws, calendar
        self._leave_from = calendar.add(ends_on, -LEFT_OPEN_WORKDAYS) if ends_on else None
        self._voted: defaultdict[str, set[str]] = defaultdict(set)

    def answer(self, day: date, office: Office) -> None:
        """Answer every seat that is due to answer today."""
        for gate in sorted(office.open_gates(), key=lambda gate: gate.gate_id):
            if self._left_open(gate):
                continue
            panel = [seat for seat in gate.seats if not seat.startswith("then:")] or gate.seats
            for seat in panel:
                if self._due_on(gate, seat) <= day and self._answer(gate, seat, office) != "open":
                    break

    def _left_open(self, gate: OpenGate) -> bool:
        late = self._leave_from is not None and gate.opened_on > self._leave_from
        return late and self._draws.chance(LEFT_OPEN_PERCENT, gate.gate_id, "left open")

    def _due_on(self, gate: OpenGate, seat: str) -> date:
        return self._calendar.add(gate.opened_on, self._draws.weighted(DELAYS, gate.gate_id, seat, "delay"))

    def _answer(self, gate: OpenGate, seat: str, office: Office) -> str:
        """One seat's answer, by the first of its holders who may give it, with the first choice when the law bars the one they
        would make; the gate's status, "open" if nobody may."""
        verdict = self._verdict(gate, seat)
        strike = self._struck(gate) if verdict == "approve" else ()
        reason = self._draws.pick(REASONS["strike" if strike else verdict], gate.gate_id, seat, "reason")
        wanted = self._choice(gate) if verdict == "approve" else ""
        for choice in dict.fromkeys((wanted, *gate.choices[:1])) if wanted else ("",):
            for actor in self._holders(gate, seat):
                try:
                    status = office.answer(gate.gate_id, actor, verdict, reason, choice=choice, strike=strike)
                except UserError:
                    continue
                self._voted[gate.gate_id].add(actor)
                return status
        return "open"

    def _holders(self, gate: OpenGate, seat: str) -> list[str]:
        role = seat.removeprefix("then:").split("#")[0]
        able = [
            actor for actor in STAFF.get(role, ()) if actor != gate.maker and actor not in self._voted[gate.gate_id]
        ]
        return sorted(able, key=lambda actor: self._draws.below(10**6, gate.gate_id, actor, "turn"))

    def _verdict(self, gate: OpenGate, seat: str) -> Verdict:
        """One seat of a gate may object, and only before anybody has agreed."""
        percent = LISTS_OBJECTED_PERCENT if gate.kind == "list" else OBJECTED_PERCENT
        if self._voted[gate.gate_id] or not self._draws.chance(percent, gate.gate_id, "objected"):
            return "approve"
        return self._draws.pick(("return", "reject"), gate.gate_id, seat, "verdict")

    def _choice(self, gate: OpenGate) -> str:
        if not gate.choices:
            return ""
        weights = {name: weight for name, weight in CHOICES.get(gate.node, {}).items() if name in gate.choices}
        return self._draws.weighted(weights, gate.gate_id, "choice") if weights else gate.choices[0]

    def _struck(self, gate: OpenGate) -> tuple[str, ...]:
        """Now and then one member of a longer list."""
        if gate.kind != "list" or len(gate.accounts) < 3 or self._voted[gate.gate_id]:
            return ()
        if not self._draws.chance(STRUCK_PERCENT, gate.gate_id, "strikes"):
            return ()
        return (self._draws.pick(sorted(gate.accounts), gate.gate_id, "struck"),)
