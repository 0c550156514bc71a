"""The simulator's door into the running system: `recourse.simulate.office.Office` over an open desk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Literal

import msgspec
from sqlalchemy import select

from desk import after_sale, agreed_office, general_ledger, packet_office, packets, script_watch, transfers, write_offs
from desk.agencies import AgencyDesk
from desk.beside_office import TELLS
from desk.court_files import CourtFiles, Stage
from desk.debtors import Debtors
from desk.open_desk import Desk
from desk.operations import Operations
from desk.search_office import SearchOffice
from desk.side_tracks import SideTracks
from recourse.actors import Actor
from recourse.channels.memory import MemoryChannel
from recourse.climb import arrivals, lists
from recourse.climb.strategy import Strategy
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import (
    calls,
    cases,
    gate_members,
    gates,
    matter_cases,
    matters,
    placements,
    pool_claims,
    visits,
    votes,
)
from recourse.simulate import office as door
from recourse.simulate.staff import roles_of
from tasks.collateral import Sale
from tasks.write_off import Booking, Instructed


def booking_of(told: Instructed, answer: door.LedgerAnswer, day: date) -> Booking:
    """The general ledger's receipt for an instruction, as the town's ledger answers it."""
    amounts = msgspec.structs.replace(told.amounts, principal=told.amounts.principal + answer.off_by)
    receipt = f"GL{day:%Y%m%d}-{told.account_id}"
    return Booking(
        told.instruction_id, told.account_id, receipt, "booked" if answer.booked else "refused", day, told.base_on,
        told.currency, amounts, answer.reason,
    )  # fmt: skip


CERTIFICATE = "数据返还与删除证明（样本）".encode()
"""What a made-up agency hands in when it gives a debt back."""


class TownOffice(SearchOffice):
    """One business day's office. Staff answer in their own names; who they are was enrolled before."""

    def __init__(self, desk: Desk, strategy: Strategy, pen: Pen, outbox: Mapping[str, MemoryChannel]) -> None:
        super().__init__(desk, strategy, pen)
        self._outbox = outbox
        self._operations = Operations(desk, strategy, pen)
        self._side = SideTracks(self._operations)
        self._roles = roles_of()

    def sent(self, day: date) -> Sequence[door.Sent]:
        gone = [
            (channel, message.key)
            for channel, box in self._outbox.items()
            for message in box.arrived
            if message.on == day
        ]
        parts = [(channel, key.split("/")) for channel, key in gone]
        accounts = self._accounts({part[0] for _, part in parts})
        return [
            door.Sent(accounts[part[0]][0], part[4] if len(part) > 4 else accounts[part[0]][1], part[1], channel)
            for channel, part in parts
            if part[0] in accounts
        ]

    def _accounts(self, case_ids: Collection[str]) -> dict[str, tuple[str, str]]:
        query = select(cases.c.case_id, cases.c.account_id, cases.c.person_id).where(
            cases.c.case_id.in_(sorted(case_ids))
        )
        with reading(self._desk.engine) as connection:
            return {case: (account, person) for case, account, person in connection.execute(query)}

    def calls(self) -> Sequence[door.CallItem]:
        query = (
            select(calls.c.call_id, cases.c.account_id, calls.c.person_id, calls.c.script, calls.c.assigned_to)
            .join(cases, cases.c.case_id == calls.c.case_id)
            .where(calls.c.state == "open")
            .order_by(calls.c.call_id)
        )
        with reading(self._desk.engine) as connection:
            return [door.CallItem(*row) for row in connection.execute(query)]

    def dial(self, call_ids: Sequence[str], caller: str, at: str) -> Mapping[str, str]:
        pen = msgspec.structs.replace(self._pen, at=at, actor=caller)
        dialled = arrivals.dial(self._desk.engine, self._strategy, pen, call_ids)
        return {each.call_id: each.rule for each in dialled}

    def record_calls(self, outcomes: Sequence[door.CallOutcome]) -> None:
        told = [(o.call_id, o.code, o.promise_on, o.promise_amount) for o in outcomes]
        self._operations.record_calls(told, {o.call_id: o.cause for o in outcomes})
        for each in outcomes:
            if each.note:
                pen = msgspec.structs.replace(self._pen, actor=each.collector)
                script_watch.note_call(Operations(self._desk, self._strategy, pen), each.call_id, each.note)

    def prove_delivery(self, deliveries: Sequence[door.Delivery]) -> None:
        self._operations.prove_delivery([(d.account_id, d.node, d.status, d.on, d.proof) for d in deliveries])

    def open_gates(self) -> Sequence[door.OpenGate]:
        with reading(self._desk.engine) as connection:
            rows = connection.execute(select(gates).where(gates.c.status == "open").order_by(gates.c.gate_id)).all()
            ids = [row.gate_id for row in rows]
            taken: dict[str, set[str]] = {}
            for gate_id, seat in connection.execute(
                select(votes.c.gate_id, votes.c.seat).where(votes.c.gate_id.in_(ids))
            ):
                taken.setdefault(gate_id, set()).add(seat)
            members: dict[str, list[str]] = {}
            listed = (
                select(gate_members.c.gate_id, cases.c.account_id)
                .join(cases, cases.c.case_id == gate_members.c.case_id)
                .where(gate_members.c.gate_id.in_(ids), gate_members.c.state == "in")
                .order_by(gate_members.c.gate_id, cases.c.account_id)
            )
            for gate_id, account in connection.execute(listed):
                members.setdefault(gate_id, []).append(account)
        accounts = self._accounts({row.case_id for row in rows if row.case_id})
        return [
            door.OpenGate(
                row.gate_id, row.kind, row.action, row.node,
                tuple(s for s in msgspec.json.decode(row.seats) if s not in taken.get(row.gate_id, set())),
                row.maker, row.opened_on, row.due_on, self._desk.ladder.by_name[row.node].choices,
                (accounts[row.case_id][0],) if row.case_id else tuple(members.get(row.gate_id, ())),
            )
            for row in rows
        ]  # fmt: skip

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
        who = Actor(actor, self._roles[actor], "simulated")
        pen = msgspec.structs.replace(self._pen, actor=actor)
        done = lists.answer(
            self._desk.engine, self._strategy, pen, gate_id, who, verdict, reason, choice=choice, strike=strike
        )
        return done.status

    def open_visits(self, node: str) -> Sequence[door.OpenVisit]:
        query = (
            select(cases.c.account_id, visits.c.node, visits.c.entered_on)
            .join(cases, cases.c.case_id == visits.c.case_id)
            .where(visits.c.node == node, visits.c.state == "open")
            .order_by(cases.c.account_id)
        )
        with reading(self._desk.engine) as connection:
            return [door.OpenVisit(*row) for row in connection.execute(query)]

    def record_values(self, values: Sequence[door.Valuation]) -> None:
        self._operations.record_values([(v.account_id, v.collateral_id, v.value, v.method) for v in values])

    def sold(self, account_id: str, amount: int) -> None:
        facts = self._operations.facts([account_id])[account_id]
        piece = facts.collateral[0].collateral_id
        sale = Sale(piece, amount, f"买卖合同 {account_id}", f"所有权人同意书 {account_id}", home="住房安置协议")
        self._side.sell_by_agreement(account_id, sale)

    def tell_beside(self, told: Sequence[door.Told]) -> None:
        for each in told:
            with suppress(UserError):
                TELLS[each.what](self._side, each, self._pen.day)

    def set_off_asked(self, account_ids: Sequence[str]) -> Mapping[str, int]:
        found = self._operations.facts(account_ids)
        return {name: facts.file.set_off_asked for name, facts in found.items() if facts.file.set_off_asked}

    def recalls(self) -> Sequence[door.Recall]:
        query = (
            select(cases.c.account_id, placements.c.recalled_on)
            .join(cases, cases.c.case_id == placements.c.case_id)
            .where(placements.c.recalled_on.is_not(None), placements.c.returned_on.is_(None))
            .order_by(cases.c.account_id)
        )
        with reading(self._desk.engine) as connection:
            return [door.Recall(*row) for row in connection.execute(query)]

    def confirm_return(self, account_ids: Sequence[str]) -> None:
        self._operations.confirm_return(account_ids)
        AgencyDesk(self._desk, self._strategy, self._pen).certify(account_ids, CERTIFICATE)

    def matters(self) -> Sequence[door.OpenMatter]:
        """Of several court files of one case, the one that the case stands at: the latest."""
        query = (
            select(matters.c.matter_id, cases.c.account_id, matters.c.route, matters.c.stage, matters.c.stage_on)
            .join(matter_cases, matter_cases.c.matter_id == matters.c.matter_id)
            .join(cases, cases.c.case_id == matter_cases.c.case_id)
            .where(cases.c.closed_on.is_(None))
            .order_by(cases.c.account_id, matters.c.matter_id)
        )
        with reading(self._desk.engine) as connection:
            rows = connection.execute(query).all()
        times = Counter(row.account_id for row in rows)
        several = self._operations.facts(account for account, number in times.items() if number > 1)
        return [
            door.OpenMatter(*row[1:])
            for row in rows
            if row.account_id not in several or several[row.account_id].file.matter == row.matter_id
        ]

    def reach_stages(self, stages: Sequence[door.StageReached]) -> None:
        self._operations.reach_stages([(s.account_id, s.stage, s.number, s.on) for s in stages])

    def court_news(self, news: Sequence[door.CourtNews]) -> None:
        files = CourtFiles(self._operations)
        for each in news:
            with suppress(UserError):  # the file moved on meanwhile: a case that ended, a stage that was reached
                _record(files, each)

    def sign_opinions(self, account_ids: Sequence[str], signed_by: str) -> None:
        self._operations.sign_opinions(account_ids, signed_by)

    def packets_lack(self) -> Sequence[door.PacketLacks]:
        return [door.PacketLacks(each.account_id, each.items, each.core) for each in packet_office.lacking(self._desk)]

    def bring_papers(self, brought: Sequence[tuple[str, str]]) -> None:
        packet_office.bring(self._operations, brought)

    def waive_item(self, account_id: str, item: str, by: str, reason: str) -> None:
        actor = Actor(by, roles_of()[by], "town")
        with suppress(UserError):  # the tier asks for another seat: the paper is brought in then
            packets.waive(self._operations, actor, account_id, item, reason)

    def written_off(self, day: date) -> Collection[str]:
        query = (
            select(cases.c.account_id)
            .join(visits, visits.c.case_id == cases.c.case_id)
            .where(visits.c.state == "left", visits.c.node == "write_off", visits.c.left_on == day)
            .where(visits.c.outcome == "written_off")
        )
        with reading(self._desk.engine) as connection:
            return set(connection.execute(query).scalars())

    def instructions(self) -> Sequence[door.Instruction]:
        with reading(self._desk.engine) as connection:
            return [door.Instruction(w.account_id, w.instructed_on) for w in general_ledger.waiting(connection)]

    def ledger_answers(self, answers: Sequence[door.LedgerAnswer]) -> None:
        with reading(self._desk.engine) as connection:
            told = {each.account_id: each for each in general_ledger.waiting(connection)}
        bookings = [
            booking_of(told[each.account_id], each, self._pen.day) for each in answers if each.account_id in told
        ]
        general_ledger.take(self._operations, bookings)

    def conclude(self, account_id: str, result: str, proof: str) -> None:
        write_offs.conclude(self._operations, account_id, result, proof)

    def report_year(self, year: int, what: Literal["audit", "report"], proof: str) -> None:
        with suppress(UserError):
            write_offs.report_year(self._operations, year, what, proof)

    def propose_pool(self, pool_id: str, account_ids: Sequence[str], cut_off_on: date) -> int:
        return len(transfers.propose(self._operations, pool_id, cut_off_on, account_ids).pooled)

    def award_pool(self, pool_id: str, buyer: str, kind: str, percent: int) -> bool:
        try:
            tape = transfers.write_tape(self._operations, pool_id)
        except UserError:  # its gates are not all answered
            return False
        price = sum(amount for _, amount in tape.claims) * percent // 100
        return bool(transfers.award(self._operations, pool_id, buyer, kind, price))

    def drop_pool(self, pool_id: str, reason: str) -> None:
        transfers.unsold(self._operations, pool_id, reason)

    def claims_sold(self, day: date) -> Collection[str]:
        query = (
            select(cases.c.account_id)
            .join(pool_claims, pool_claims.c.case_id == cases.c.case_id)
            .where(pool_claims.c.state == "transferred", pool_claims.c.moved_on == day)
        )
        with reading(self._desk.engine) as connection:
            return set(connection.execute(query).scalars())

    def to_tell(self, pool_id: str) -> Sequence[tuple[str, str]]:
        return [(each.account, each.party) for each in after_sale.notices(self._desk, pool_id) if not each.proof]

    def told(self, account_id: str, party_id: str, proof: str, on: date) -> None:
        after_sale.told(self._operations, account_id, party_id, proof, on)

    def to_forward(self) -> Sequence[str]:
        return after_sale.to_forward(self._desk)

    def forward(self, payment_id: str, proof: str) -> None:
        after_sale.forward(self._operations, payment_id, proof)

    def learn(self, person_id: str, status: str, on: date, proof: str) -> None:
        arrivals.learn_status(self._desk.engine, self._pen, person_id, status, on, proof)

    def judge(self, judged: Sequence[door.Judged]) -> None:
        debtors = Debtors(self._operations)
        debtors.find_causes([(j.account_id, j.value, j.evidence) for j in judged if j.attribute == "cause"])
        debtors.assess([(j.account_id, j.attribute, j.value, j.evidence) for j in judged if j.attribute != "cause"])

    def propose_evasion(self, account_id: str, papers: Mapping[str, str]) -> None:
        with suppress(UserError):  # proposed already, or the case has ended meanwhile
            Debtors(self._operations).propose_evasion(account_id, papers)

    def place_brake(self, account_id: str, kind: str, until_on: date | None, ground: str) -> None:
        self._operations.place_brake(account_id, kind, until_on, ground)

    def propose(self, account_id: str, kind: str, months: int) -> bool:
        return agreed_office.propose(self._operations, account_id, kind, months)

    def settle(self, account_id: str, instalments: int) -> bool:
        return agreed_office.settle(self._operations, account_id, instalments)

    def to_waive(self) -> Collection[str]:
        return agreed_office.to_waive(self._desk)

    def to_sign(self) -> Sequence[door.ToSign]:
        return agreed_office.to_sign(self._desk)

    def sign(self, account_id: str, paper: bytes) -> bool:
        return agreed_office.sign(self._operations, account_id, paper)


def _record(files: CourtFiles, news: door.CourtNews) -> None:
    """One piece of news, as people record it."""
    account, on, number = news.account_id, news.on, news.number
    if news.what == "hearing_set" and news.later_on is not None:
        files.set_hearing(account, news.later_on, "09:30", "第三法庭")
    elif news.what == "hearing_held":
        files.held(account, "", news.detail)
    elif news.what == "frozen":
        files.freeze(account, news.detail, news.amount, on, None, "账户", number)
    elif news.what == "renewed":
        files.renew(account, (), on, None, number)
    elif news.what in ("served", "served_debtor"):
        files.serve(account, news.detail, "bank" if news.what == "served" else "debtor", on, number)
    elif news.what == "enforcing":
        files.reach([Stage(account, "enforcing", number, on, number)])
    elif news.what == "appealed":
        files.appeal(account, number, on, number)
    elif news.what == "filed":
        files.file_route(account, news.detail, "", number)
    elif news.what == "clue":
        files.clue(account, news.detail, "财产查控", None, on, number)
    elif news.what == "nothing_found":
        files.nothing_found(account, number)
