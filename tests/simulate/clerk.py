"""An office without a system behind it: one clerk who climbs a short ladder by rote, and notes every call made to him.

Not a model of the product's rules. It gives the town something to answer to, on every door it has.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

import msgspec

from recourse.canonical import digest, encode
from recourse.errors import UserError
from recourse.simulate import office as door
from recourse.simulate.staff import roles_of
from recourse.simulate.town import Town

T = TypeVar("T")
WAITS = {"third_party_answered", "no_answer", "busy", "switched_off"}
BRAKES = {"hardship_claimed": "hardship", "complaint_made": "complaint", "dispute_raised": "dispute"}
SEATS: Mapping[str, tuple[str, ...]] = {
    "formal_notice": ("SUP",),
    "acceleration": ("BAP", "BLG"),
    "guarantor_demand": ("BLG",),
    "agency_referral": ("OSM", "CMP", "then:BAP"),
    "agreed_sale": ("BAP", "BLG"),
    "security_realisation": ("BAP", "BLG"),
    "litigation_route": ("DRC#1", "DRC#2", "DRC#3", "DRC#4", "HLG"),
    "litigation": ("BAP", "BLG"),
    "withdrawal": ("BAP", "BLG"),
    "enforcement": ("BLG",),
    "write_off": ("RSK", "FIN", "CMP", "ICT", "HAP", "then:HVP"),
}
CHOICES = {
    "litigation_route": ("sue", "no_suit"),
    "litigation": ("sue",),
    "security_realisation": ("sue", "no_suit"),
    "withdrawal": ("withdraw", "settle", "continue"),
}
LISTED = {"formal_notice", "agency_referral", "write_off"}
BEFORE_JUDGMENT = {"filed", "docketed", "heard", "judged"}
WITH_A_LETTER = {"formal_notice", "acceleration", "guarantor_demand"}


class Visit(msgspec.Struct):
    entered_on: date
    outcome: str = ""
    left_on: date | None = None


class File(msgspec.Struct):
    """One account's file. `visits`: the latest of each node; `stage`: of its court file."""

    account_id: str
    visits: dict[str, Visit] = {}
    brakes: dict[str, date] = {}
    called: int = 0
    stage: str = ""
    route: str = ""
    stage_on: date | None = None
    accelerated_on: date | None = None
    arranged: bool = False
    opinion: bool = False
    dead: bool = False
    written_off: bool = False


class Gate(msgspec.Struct):
    shown: door.OpenGate
    members: list[str]
    votes: dict[str, str] = {}
    status: str = "open"
    choice: str = ""


class Clerk:
    """`log`: every call that changes something, as canonical text. `shuffled`: whether to list things backwards."""

    def __init__(self, town: Town, *, shuffled: bool = False) -> None:
        self.town, self.shuffled = town, shuffled
        self.files: dict[str, File] = {}
        self.log: list[str] = []
        self.counts: Counter[str] = Counter()
        self.gates: dict[str, Gate] = {}
        self.day = date.min
        self._out: list[door.Sent] = []
        self._approved: list[door.Sent] = []
        self._calls: dict[str, door.CallItem] = {}
        self.waiting: dict[str, tuple[date, ...]] = {}
        self._roles = roles_of()
        self._written_off: set[str] = set()
        self._approved_off: set[str] = set()

    def digest(self) -> str:
        return digest("\n".join(self.log))

    # --- the ladder, by rote -----------------------------------------------------------------------------------------

    def work(self, day: date) -> None:
        """The system's part of a day, before the town reacts."""
        self.day, self._out, self._approved = day, self._approved, []
        self._written_off, self._approved_off = self._approved_off, set()
        wanted: defaultdict[str, list[str]] = defaultdict(list)
        for account_id in self.town.book.accounts:
            file = self.files.get(account_id)
            late, owed = self.town.core.days_late(account_id), self.town.core.debts[account_id].total
            if file is None and late:
                file = self.files[account_id] = File(account_id)
            if file is not None:
                for node in self._next(file, late, owed):
                    self._enter(file, node, wanted)
        for node, accounts in sorted(wanted.items()):
            for members in [accounts] if node in LISTED else [[account] for account in accounts]:
                self._open_gate(node, members)

    def _next(self, file: File, late: int, owed: int) -> Iterable[str]:
        if file.written_off:
            return
        if not late:
            yield from self._paid_up(file, owed)
            return
        quiet = file.arranged or any(until >= self.day for until in file.brakes.values())
        if not (quiet or file.dead or file.stage):
            yield from self._contact(file, late)
        account = self.town.book.accounts[file.account_id]
        joint = any(each.kind == "joint" for each in account.guarantees)
        if late >= 45 and joint and self._may(file, "guarantor_demand", 400):
            yield "guarantor_demand"
        if late >= 61 and account.pledge and self._may(file, "collateral_valuation", 365):
            yield "collateral_valuation"
        if not (quiet or file.stage):
            whole = file.accelerated_on is not None and (self.day - file.accelerated_on).days >= 10
            yield from self._secured(file, late, whole) if account.pledge else self._unsecured(file, late, owed, whole)
        if file.stage == "effective" and self._may(file, "enforcement", 20):
            yield "enforcement"
        hopeless = file.stage == "ended_for_now" or (file.dead and file.opinion)
        if late >= 180 and hopeless and self._may(file, "write_off", 30):
            yield "write_off"

    def _paid_up(self, file: File, owed: int) -> Iterable[str]:
        if owed == 0 and file.stage in BEFORE_JUDGMENT and self._may(file, "withdrawal", 30):
            yield "withdrawal"
        elif owed == 0 and file.stage in ("", "withdrawn", "settlement_reached", "concluded", "ended_for_now"):
            self._close(file, "settled")
        elif file.stage == "" and file.accelerated_on is None:
            self._close(file, "cured")

    def _contact(self, file: File, late: int) -> Iterable[str]:
        if late <= 30 and self._may(file, "reminder", 10):
            yield "reminder"
        if late >= 10 and file.called < 12 and self._may(file, "call", 5):
            file.called += 1
            yield "call"
        if late >= 31 and self._may(file, "formal_notice", 30):
            yield "formal_notice"
        clause = self.town.book.accounts[file.account_id].acceleration
        served = self._outcome(file, "formal_notice") == "delivered"
        if late >= 60 and clause and served and self._may(file, "acceleration", 30):
            yield "acceleration"

    def _secured(self, file: File, late: int, whole: bool) -> Iterable[str]:
        if self._outcome(file, "collateral_valuation") == "valued":
            if late >= 90 and self._may(file, "agreed_sale", 400):
                yield "agreed_sale"
            if late >= 120 and whole and self._may(file, "security_realisation", 60):
                yield "security_realisation"

    def _close(self, file: File, end: str) -> None:
        self.counts[end] += 1
        del self.files[file.account_id]
        self._calls = {key: item for key, item in self._calls.items() if item.account_id != file.account_id}

    def _unsecured(self, file: File, late: int, owed: int, whole: bool) -> Iterable[str]:
        if late >= 91 and owed < 1_000_000 and not file.dead:
            if self._may(file, "outsourcing_notice", 300):
                yield "outsourcing_notice"
            elif self._outcome(file, "outsourcing_notice") == "sent" and self._may(file, "agency_referral", 60):
                yield "agency_referral"
        elif late >= 91 and whole:
            if self._outcome(file, "litigation_route") == "sue":
                if self._may(file, "litigation", 15):
                    yield "litigation"
            elif self._may(file, "litigation_route", 60):
                yield "litigation_route"

    def _may(self, file: File, node: str, gap: int) -> bool:
        visit = file.visits.get(node)
        if visit is None:
            return True
        if visit.left_on is None:
            return False
        free = node in ("reminder", "call") or visit.outcome in ("rejected", "returned")
        return free and (self.day - visit.left_on).days >= gap

    def _outcome(self, file: File, node: str) -> str:
        visit = file.visits.get(node)
        return visit.outcome if visit else ""

    def _enter(self, file: File, node: str, wanted: dict[str, list[str]]) -> None:
        self.counts[node] += 1
        file.visits[node] = Visit(self.day)
        person = self.town.book.accounts[file.account_id].person_id
        if node in SEATS:
            wanted[node].append(file.account_id)
        elif node == "call":
            call_id = digest(f"{file.account_id} {self.day}")[:16]
            self._calls[call_id] = door.CallItem(call_id, file.account_id, person, "call_first")
        elif node != "collateral_valuation":
            self._out.append(door.Sent(file.account_id, person, node, "sms" if node == "reminder" else "post"))
            self._leave(file, node, "sent")

    def _leave(self, file: File, node: str, outcome: str) -> None:
        file.visits[node].outcome, file.visits[node].left_on = outcome, self.day

    def _open_gate(self, node: str, members: list[str]) -> None:
        gate_id = digest(f"{node} {self.day} {members}")[:16]
        shown = door.OpenGate(
            gate_id, "list" if node in LISTED else "visit", node, node, SEATS[node], "system", self.day,
            self.day + timedelta(days=2), CHOICES.get(node, ()), tuple(members),
        )  # fmt: skip
        self.gates[gate_id] = Gate(shown, list(members))
        self.counts["gates"] += 1

    def _decided(self, gate: Gate) -> None:
        node = gate.shown.node
        for account_id in gate.members:
            file = self.files.get(account_id)
            if file is None or node not in file.visits or file.visits[node].left_on is not None:
                continue
            if gate.status != "approved":
                self._leave(file, node, gate.status)
            else:
                self._act(file, node, gate.choice)

    def _act(self, file: File, node: str, choice: str) -> None:
        account = self.town.book.accounts[file.account_id]
        if node in WITH_A_LETTER:
            to = account.guarantees[0].party_id if node == "guarantor_demand" else account.person_id
            self._approved.append(door.Sent(file.account_id, to, node, "post"))
        elif node == "litigation_route":
            self._leave(file, node, choice)
        elif node in ("litigation", "security_realisation"):
            file.route = "suit" if node == "litigation" else node
            self._stage(file, "filed", self.day)
            self._leave(file, node, "filed")
        elif node == "enforcement":
            self._stage(file, "enforcing", self.day)
            self._leave(file, node, "applied")
        elif node == "withdrawal":
            self._stage(
                file, {"withdraw": "withdrawn", "settle": "settlement_reached"}.get(choice, file.stage), self.day
            )
            self._leave(file, node, choice)
        elif node == "write_off":
            file.written_off = True
            self._approved_off.add(file.account_id)
            self._leave(file, node, "written_off")

    def _stage(self, file: File, stage: str, on: date) -> None:
        file.stage, file.stage_on = stage, on
        self.counts[f"stage {stage}"] += 1

    # --- the doors ---------------------------------------------------------------------------------------------------

    def _note(self, what: str, value: object) -> None:
        self.log.append(f"{self.day} {what} {encode(value)}")

    def _listed(self, things: Iterable[T]) -> list[T]:
        return sorted(things, key=encode, reverse=self.shuffled)

    def sent(self, day: date) -> Sequence[door.Sent]:
        return self._listed(self._out)

    def calls(self) -> Sequence[door.CallItem]:
        return self._listed(self._calls.values())

    def dial(self, call_ids: Sequence[str], caller: str, at: str) -> Mapping[str, str]:
        self._note("dial", [call_ids, caller, at])
        late = at[11:13] >= "14"
        self.counts["refused" if late else "dialled"] += len(call_ids)
        return {call_id: "contact.quiet_hours" if late else "" for call_id in call_ids if call_id in self._calls}

    def record_calls(self, outcomes: Sequence[door.CallOutcome]) -> None:
        self._note("record_calls", outcomes)
        for each in outcomes:
            item = self._calls[each.call_id]
            file = self.files[item.account_id]
            self.counts[each.code] += 1
            if each.code in WAITS and (self.day - file.visits["call"].entered_on).days < 5:
                continue
            del self._calls[each.call_id]
            self._leave(file, "call", each.code)
            if each.code in BRAKES:
                file.brakes[BRAKES[each.code]] = self.day + timedelta(days=30)
            if each.promise_on is not None:
                file.brakes["promise"] = each.promise_on + timedelta(days=3)

    def prove_delivery(self, deliveries: Sequence[door.Delivery]) -> None:
        self._note("prove_delivery", deliveries)
        for each in deliveries:
            self.counts[each.status] += 1
            file = self.files.get(each.account_id)
            if file is None or each.node not in file.visits:
                continue
            self._leave(file, each.node, each.status)
            if each.node == "acceleration" and each.status == "delivered":
                file.accelerated_on = each.on

    def open_gates(self) -> Sequence[door.OpenGate]:
        return self._listed(
            msgspec.structs.replace(gate.shown, seats=tuple(s for s in gate.shown.seats if s not in gate.votes))
            for gate in self.gates.values()
            if gate.status == "open"
        )

    def answer(
        self,
        gate_id: str,
        actor: str,
        verdict: door.Verdict,
        reason: str,
        *,
        choice: str = "",
        strike: Sequence[str] = (),
    ) -> str:
        self._note("answer", [gate_id, actor, verdict, reason, choice, strike])
        gate = self.gates[gate_id]
        if gate.status != "open" or actor in gate.votes.values():
            raise UserError("cannot answer")
        free = [s for s in gate.shown.seats if s not in gate.votes]
        seats = [s for s in free if not s.startswith("then:")] or free
        seat = next((s for s in seats if s.removeprefix("then:").split("#")[0] in self._roles[actor]), None)
        if seat is None or (verdict == "approve" and gate.shown.choices and choice not in gate.shown.choices):
            raise UserError("no seat, or no choice")
        gate.members = [member for member in gate.members if member not in strike]
        self.counts[f"verdict {verdict}"] += 1
        self.counts["struck"] += len(strike)
        gate.votes[seat], gate.choice = actor, choice or gate.choice
        if verdict != "approve":
            gate.status = "returned" if verdict == "return" else "rejected"
        elif len(gate.votes) == len(gate.shown.seats):
            gate.status = "approved"
        if gate.status != "open":
            self._decided(gate)
        return gate.status

    def see_debtor(self, account_id: str, code: str, identified: bool) -> None:
        self._note("see_debtor", (account_id, code, identified))

    def search(self, account_id: str) -> None:
        self._note("search", account_id)

    def questions(self) -> Sequence[str]:
        return ()

    def asked(self, question: str, code: str) -> None:
        self._note("asked", (question, code))

    def opts_out(self, account_id: str, channel: str) -> None:
        self._note("opts_out", (account_id, channel))

    def open_visits(self, node: str) -> Sequence[door.OpenVisit]:
        approved = {
            m
            for gate in self.gates.values()
            if gate.shown.node == node and gate.status == "approved"
            for m in gate.members
        }
        return self._listed(
            door.OpenVisit(file.account_id, node, file.visits[node].entered_on)
            for file in self.files.values()
            if node in file.visits
            and file.visits[node].left_on is None
            and (node == "collateral_valuation" or file.account_id in approved)
        )

    def record_values(self, values: Sequence[door.Valuation]) -> None:
        self._note("record_values", values)
        for each in values:
            self._leave(self.files[each.account_id], "collateral_valuation", "valued")

    def sold(self, account_id: str, amount: int) -> None:
        self._note("sold", [account_id, amount])
        self.counts["sold"] += 1
        self._leave(self.files[account_id], "agreed_sale", "sold")

    def tell_beside(self, told: Sequence[door.Told]) -> None:
        self._note("tell_beside", told)
        self.counts.update(each.what for each in told)

    def set_off_asked(self, account_ids: Sequence[str]) -> Mapping[str, int]:
        return {}

    def recalls(self) -> Sequence[door.Recall]:
        return []

    def confirm_return(self, account_ids: Sequence[str]) -> None:
        self._note("confirm_return", account_ids)
        for account_id in account_ids:
            self.counts["agency returned"] += 1
            self._leave(self.files[account_id], "agency_referral", "term")

    def matters(self) -> Sequence[door.OpenMatter]:
        return self._listed(
            door.OpenMatter(file.account_id, file.route, file.stage, file.stage_on or self.day)
            for file in self.files.values()
            if file.stage
        )

    def reach_stages(self, stages: Sequence[door.StageReached]) -> None:
        self._note("reach_stages", stages)
        for each in stages:
            self._stage(self.files[each.account_id], each.stage, each.on)

    def court_news(self, news: Sequence[door.CourtNews]) -> None:
        self._note("court_news", news)

    def sign_opinions(self, account_ids: Sequence[str], signed_by: str) -> None:
        self._note("sign_opinions", [account_ids, signed_by])
        for account_id in account_ids:
            self.counts["opinions"] += 1
            if account_id in self.files:
                self.files[account_id].opinion = True

    def written_off(self, day: date) -> Collection[str]:
        return self._written_off

    def packets_lack(self) -> Sequence[door.PacketLacks]:
        return []

    def bring_papers(self, brought: Sequence[tuple[str, str]]) -> None:
        self._note("bring_papers", brought)

    def waive_item(self, account_id: str, item: str, by: str, reason: str) -> None:
        self._note("waive_item", (account_id, item, by, reason))

    def instructions(self) -> Sequence[door.Instruction]:
        return []

    def ledger_answers(self, answers: Sequence[door.LedgerAnswer]) -> None:
        self._note("ledger_answers", answers)

    def conclude(self, account_id: str, result: str, proof: str) -> None:
        self._note("conclude", (account_id, result, proof))

    def report_year(self, year: int, what: str, proof: str) -> None:
        self._note("report_year", (year, what, proof))

    def propose_pool(self, pool_id: str, account_ids: Sequence[str], cut_off_on: date) -> int:
        self._note("propose_pool", (pool_id, account_ids, cut_off_on))
        return 0

    def award_pool(self, pool_id: str, buyer: str, kind: str, percent: int) -> bool:
        return False

    def drop_pool(self, pool_id: str, reason: str) -> None:
        self._note("drop_pool", (pool_id, reason))

    def claims_sold(self, day: date) -> Collection[str]:
        return set()

    def to_tell(self, pool_id: str) -> Sequence[tuple[str, str]]:
        return []

    def told(self, account_id: str, party_id: str, proof: str, on: date) -> None:
        self._note("told", (account_id, party_id, proof, on))

    def to_forward(self) -> Sequence[str]:
        return []

    def forward(self, payment_id: str, proof: str) -> None:
        self._note("forward", (payment_id, proof))

    def learn(self, person_id: str, status: str, on: date, proof: str) -> None:
        self._note("learn", [person_id, status, on, proof])
        self.counts[status] += 1
        for file in self.files.values():
            if self.town.book.accounts[file.account_id].person_id == person_id:
                file.dead = True

    def judge(self, judged: Sequence[door.Judged]) -> None:
        self._note("judge", [(j.account_id, j.attribute, j.value) for j in judged])
        self.counts["judged"] += len(judged)

    def propose_evasion(self, account_id: str, papers: Mapping[str, str]) -> None:
        self._note("propose_evasion", [account_id, sorted(papers)])
        self.counts["evasion proposed"] += 1

    def place_brake(self, account_id: str, kind: str, until_on: date | None, ground: str) -> None:
        self._note("place_brake", [account_id, kind, until_on, ground])
        self.counts[f"brake {kind}"] += 1
        if account_id in self.files:
            self.files[account_id].brakes[kind] = until_on or date.max

    def release_brake(self, account_id: str, kind: str, reason: str) -> None:
        self._note("release_brake", [account_id, kind, reason])
        self.counts[f"release {kind}"] += 1
        self.counts[{"还款安排已履行": "performed", "还款安排未履行": "broken"}.get(reason, "lifted")] += 1
        if account_id in self.files:
            self.files[account_id].brakes.pop(kind, None)
            self.files[account_id].arranged &= reason not in ("还款安排已履行", "还款安排未履行")

    def propose(self, account_id: str, kind: str, months: int) -> bool:
        self._note("propose", [account_id, kind, months])
        self.waiting[account_id] = tuple(self.day + timedelta(days=30 * n) for n in range(1, months + 1))
        return True

    def settle(self, account_id: str, instalments: int) -> bool:
        self._note("settle", [account_id, instalments])
        return False

    def to_waive(self) -> Collection[str]:
        return ()

    def to_sign(self) -> Sequence[door.ToSign]:
        return [door.ToSign(account_id, due_on) for account_id, due_on in self.waiting.items()]

    def sign(self, account_id: str, paper: bytes) -> bool:
        self._note("sign", [account_id, paper.decode()])
        del self.waiting[account_id]
        self.counts["arrange"] += 1
        if account_id in self.files:
            self.files[account_id].arranged = True
        return True

    def complain(self, account_id: str, channel: str, category: str, words: str) -> None:
        self.place_brake(account_id, "complaint", None, words)

    def answer_complaints(self, account_id: str, outcome: str) -> None:
        self.release_brake(account_id, "complaint", outcome)

    def dispute(self, account_id: str, kind: str) -> None:
        self.place_brake(account_id, "dispute", None, kind)

    def answer_disputes(self, account_id: str, outcome: str, proof: str) -> None:
        self.release_brake(account_id, "dispute", f"{outcome}: {proof}")

    def apply_hardship(self, account_id: str, cause: str, *, complete: bool) -> None:
        self._note("apply_hardship", [account_id, cause, complete])

    def decide_hardship(self, account_id: str, outcome: str, days: int) -> None:
        self._note("decide_hardship", [account_id, outcome, days])
        self.counts[f"hardship {outcome}"] += 1

    def tell_of_report(self, account_id: str, on: date) -> None:
        self._note("tell_of_report", [account_id, on])
        self.counts["told of report"] += 1

    def object_to_record(self, account_id: str, months: Sequence[str], ground: str) -> None:
        self._note("object_to_record", [account_id, list(months), ground])
        self.counts["objected"] += 1

    def answer_objections(self, account_id: str, outcome: str) -> None:
        self._note("answer_objections", [account_id, outcome])
        self.counts["objection answered"] += 1
