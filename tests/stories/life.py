"""The language of the stories: a small bank that is played day by day, what people do in it, and what a life was.

What a person does between two days (answers a gate, proves a letter, dials) falls on the morning of the day that is
played next. Nothing here judges; `tests/stories/house.py` holds every life to the rules that no life may break.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import select

from desk.open_desk import Desk, memory_channels
from desk.operations import Operations
from desk.runner import Plan, Played, play, send
from recourse import events as ev
from recourse.actors import Actor
from recourse.acts import Entry
from recourse.casefile import CaseFile
from recourse.channels.channel import Outgoing, SendResult
from recourse.channels.memory import MemoryChannel
from recourse.climb import arrivals, lists
from recourse.climb.strategy import Strategy
from recourse.climb.sweep import sweep
from recourse.explain import Explanation, explain
from recourse.facts import Facts
from recourse.gate_rows import Verdict, role_of
from recourse.intake.load import Loaded, load
from recourse.ledger import bulk, past, store
from recourse.ledger.database import reading, writing
from recourse.ledger.dossier import Pen
from recourse.ledger.history import stream
from recourse.ledger.tables import accounts, calls, cases, gate_members, gates, packs, standing, visits, votes
from recourse.simulate.staff import STAFF, roles_of
from recourse.workdays import Calendar
from tests.stories.core import Core, Due, Sum

Day = str | date
E = TypeVar("E", bound=ev.Event)
ROLES = roles_of()

on_both = pytest.mark.parametrize(
    "bank", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
"""Tell the story on SQLite and on PostgreSQL."""


def on_day(day: Day) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)


class Outbox(MemoryChannel):
    """A way out at which a story can stop the clock: `meanwhile` happens while a message is on its way."""

    meanwhile: Callable[[], None] | None = None

    def send(self, messages: Sequence[Outgoing]) -> list[SendResult]:
        happening, self.meanwhile = self.meanwhile, None
        if happening is not None:
            happening()
        return super().send(messages)


class Bank:
    """A bank on an empty ledger. `day`: the business day that is played next."""

    def __init__(self, desk: Desk, folder: Path, opens_on: Day) -> None:
        self.desk, self.folder, self.core = desk, folder, Core()
        self.calendar: Calendar = desk.strategy(on_day(opens_on)).calendar_of("cn")
        self.day = self.calendar.this_or_next(on_day(opens_on))
        self.channels = {name: Outbox(name, box.kind) for name, box in memory_channels().items()}
        self.habits: list[Callable[[Operations], None]] = []
        self._people: set[str] = set()

    # --- the book ------------------------------------------------------------------------------------------------

    def person(self, party_id: str, **known: object) -> None:
        """Somebody the bank knows. `phone`, `address`, `consent`: as given; None means that the bank does not know."""
        if party_id in self._people:
            return
        self._people.add(party_id)
        number = int(party_id[1:])
        address = known.get("address", f"示例市虚构路{number}号")
        self.core.tell("parties", party_id=party_id, kind="natural", name=_name(party_id),
                       id_number=f"11010119800101{number:04d}", address=address)  # fmt: skip
        phone = known.get("phone", f"1380000{number:04d}")
        for channel in ("sms", "phone") if phone else ():
            self.core.tell("contacts", party_id=party_id, channel=channel, value=phone, contractual=True,
                           consent=known.get("consent", True), source="contract")  # fmt: skip

    def loan(
        self, account_id: str, debtor: str = "D1", *, due: Day, amount: int = 3_000_00, times: int = 12,
        product: str = "consumer_loan", guarantor: tuple[str, str, Day | None] | None = None,
        mortgaged: bool = False,
    ) -> None:  # fmt: skip
        """A loan with instalments of `amount` fen, monthly from `due` on.

        `guarantor`: who, how (joint, general) and until when (None: as the law has it).
        """
        first = on_day(due)
        self.person(debtor)
        plan = [(_months_on(first, n), amount) for n in range(times)]
        self.core.open(account_id, debtor, plan)
        terms = {"dispute_clause": "court", "acceleration_clause": True, "contract_no": f"借字第{account_id}号"}
        self.core.tell(
            "accounts", account_id=account_id, product=product, branch="0101", original_amount=amount * times,
            opened_on=min(_months_on(first, -1), self.day), matures_on=plan[-1][0], secured=mortgaged,
            originator="rm-01", **terms,
        )  # fmt: skip
        self.core.tell("roles", account_id=account_id, party_id=debtor, role="borrower", basis="contract")
        if guarantor:
            self.finds_guarantee(account_id, guarantor[0], guarantor[1], ends=guarantor[2])
        if mortgaged:
            self.core.tell("collateral", collateral_id=f"H{account_id}", account_id=account_id, owner_id=debtor,
                           kind="real_estate", registered=True, rank=1)  # fmt: skip

    def pays(
        self, account_id: str, amount: Sum, *, on: Day, known_on: Day | None = None, payer: str = "debtor",
        kind: str = "payment",
    ) -> None:  # fmt: skip
        """Money on its way; the bank's file shows it on the morning of `known_on` (default: of `on`)."""
        paid_on = on_day(on)
        self.core.coming.append(Due(account_id, amount, paid_on, on_day(known_on or paid_on), kind, payer))

    def dies(self, party_id: str, *, on: Day) -> None:
        """The next file says that somebody has died."""
        self.core.tell("parties", party_id=party_id, kind="natural", name=_name(party_id), died_on=on_day(on))

    def finds_guarantee(self, account_id: str, who: str, kind: str, *, ends: Day | None) -> None:
        """The next file holds a guarantee that the bank did not know of."""
        self.person(who)
        self.core.tell("roles", account_id=account_id, party_id=who, role=f"{kind}_guarantor", basis="contract")
        self.core.tell("guarantees", guarantee_id=f"G{account_id}", account_id=account_id, party_id=who, kind=kind,
                       period_ends_on=on_day(ends) if ends else None, contract_no=f"保字第{account_id}号",
                       signed_on=date(2024, 2, 1))  # fmt: skip

    def no_file_on(self, *days: Day) -> None:
        self.core.silent_on.update(map(on_day, days))

    # --- days ----------------------------------------------------------------------------------------------------

    def play(self, *, until: Day, every: int = 1, shards: int = 1) -> list[Played]:
        """Play every business day up to and with `until`; in a long life, every so manieth."""
        days = list(self.calendar.between(self.day, on_day(until)))[::-every][::-1]
        played = list(
            play(
                self.desk, days, Plan(shards=shards), before=self._morning, after=self._evening, channels=self.channels
            )
        )
        self.day = self.calendar.next_workday(days[-1])
        return played

    def miss_nights(self, *, until: Day) -> None:
        """Nobody plays the days before `until`: the machine stood still."""
        self.day = self.calendar.this_or_next(on_day(until))

    def deliver(self) -> Loaded | None:
        """A file of the core comes in now."""
        place = self.core.deliver(self.day, self.folder)
        if place is None:
            return None
        pen, documents = self.pen(), self.desk.documents
        done = load(self.desk.engine, self.desk.vault, self.desk.book, place, pen, documents=documents)
        assert (done.quarantined, done.totals_off, done.work_items) == ({}, (), ()), "the story's own file is not sound"
        return done

    def sweep(self) -> None:
        """The first half of a day: decide, and queue."""
        sweep(self.desk.engine, self.strategy, self.pen())
        lists.open_lists(self.desk.engine, self.strategy, self.pen())

    def dispatch(self) -> None:
        """The other half: claim, act, receipt."""
        send(self.desk, self.strategy, self.pen(), self.channels)

    def _morning(self, day: date, pen: Pen) -> None:
        self.day = day
        self.deliver()

    def _evening(self, day: date, strategy: Strategy) -> None:
        work = Operations(self.desk, strategy, self.pen())
        for habit in self.habits:
            habit(work)

    def adopts(self, *rules: tuple[str, str, str]) -> None:
        """The bank's own rules, by topic, file name and text, are in its folder from now on."""
        for topic, name, text in rules:
            place = self.desk.settings.home / "policy_packs" / "cn" / topic
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{name}.yaml").write_text(text, encoding="utf-8")
        self.desk.engine.dispose()
        self.desk = Desk(self.desk.settings)

    # --- who acts ------------------------------------------------------------------------------------------------

    @property
    def strategy(self) -> Strategy:
        return self.desk.strategy(self.day)

    def pen(self, actor: str = "system:recourse") -> Pen:
        return self.desk.pen(self.day, actor)

    def desk_of(self, actor: str) -> Operations:
        """What this member of staff does today."""
        return Operations(self.desk, self.strategy, self.pen(actor))

    # --- gates ---------------------------------------------------------------------------------------------------

    def open_gates(self, node: str, account_id: str = "") -> list[str]:
        """Ids of the open gates of a node, or of those that an account waits at."""
        query = select(gates.c.gate_id).where(gates.c.node == node, gates.c.status == "open").order_by(gates.c.gate_id)
        with reading(self.desk.engine) as connection:
            found = list(connection.execute(query).scalars())
            if not account_id:
                return found
            case_id = store.latest_case_id(connection, account_id)
            own = select(gates.c.gate_id).where(gates.c.case_id == case_id)
            listed = select(gate_members.c.gate_id).where(
                gate_members.c.case_id == case_id, gate_members.c.state == "in"
            )
            mine = {*connection.execute(own).scalars(), *connection.execute(listed).scalars()}
        return [gate for gate in found if gate in mine]

    def approve(
        self, node: str, account_id: str = "", *, choice: str = "", strike: Sequence[str] = (),
        reason: str = "材料齐备，同意",
    ) -> list[str]:  # fmt: skip
        """All seats of the node's open gates say yes; the gates' statuses in the end."""
        return [self._answer(gate, "approve", reason, choice, strike) for gate in self._waiting(node, account_id)]

    def reject(self, node: str, account_id: str = "", *, reason: str = "证据不足") -> list[str]:
        """The first seat of each open gate of the node says no."""
        return [self._answer(gate, "reject", reason) for gate in self._waiting(node, account_id)]

    def _waiting(self, node: str, account_id: str) -> list[str]:
        found = self.open_gates(node, account_id)
        assert found, f"no gate of {node} is open on {self.day}"
        return found

    def _answer(self, gate: str, verdict: Verdict, reason: str, choice: str = "", strike: Sequence[str] = ()) -> str:
        status = "open"
        while status == "open":
            actor = self._next_seat(gate)
            done = lists.answer(self.desk.engine, self.strategy, self.pen(actor.name), gate, actor, verdict, reason,
                                choice=choice, strike=strike)  # fmt: skip
            status, strike = done.status, ()
        return status

    def _next_seat(self, gate: str) -> Actor:
        with reading(self.desk.engine) as connection:
            names = msgspec.json.decode(
                connection.execute(select(gates.c.seats).where(gates.c.gate_id == gate)).scalar() or "[]",
                type=list[str],
            )
            cast = connection.execute(select(votes.c.seat, votes.c.voter).where(votes.c.gate_id == gate)).all()
        filled, voted = {seat for seat, _ in cast}, {voter for _, voter in cast}
        free = sorted((seat for seat in names if seat not in filled), key=lambda seat: seat.startswith("then:"))
        name = next(each for each in STAFF[role_of(free[0])] if each not in voted)
        return Actor(name, ROLES[name], "simulated")

    def answers(self, actor: str, gate: str, verdict: Verdict = "approve", reason: str = "同意") -> str:
        """One person answers one gate; its status now."""
        who = Actor(actor, ROLES[actor], "simulated")
        return lists.answer(self.desk.engine, self.strategy, self.pen(actor), gate, who, verdict, reason).status

    def gates(self, account_id: str, node: str) -> list[Any]:
        """Rows of every gate that an account's latest case ever had of its own at a node, oldest first."""
        with reading(self.desk.engine) as connection:
            query = select(gates).where(
                gates.c.case_id == store.latest_case_id(connection, account_id), gates.c.node == node
            )
            return list(connection.execute(query.order_by(gates.c.opened_on, gates.c.status.desc())))

    def level(self, gate: str) -> int:
        """How often a gate was escalated."""
        with reading(self.desk.engine) as connection:
            return int(connection.execute(select(gates.c.level).where(gates.c.gate_id == gate)).scalar() or 0)

    def authorise(self, node: str, by: str, *, until: Day) -> str:
        """A standing authorisation from today on; its id."""
        with writing(self.desk.engine) as connection:
            row = (f"grant-{node}", node, by, self.day, on_day(until))
            bulk.upsert(connection, standing, ("grant_id", "node", "granted_by", "from_on", "until_on"), [row])
            granted = ev.StandingAuthorised(row[0], node, by, self.day, row[4], "保证期间不等人")
            store.append(connection, "policy:standing", [(granted, None)], self.pen(by))
        return row[0]

    # --- the world outside ---------------------------------------------------------------------------------------

    def post_delivers(self, account_id: str, node: str, *, on: Day | None = None) -> None:
        self._proves(account_id, node, "delivered", on)

    def post_returns(self, account_id: str, node: str, *, on: Day | None = None) -> None:
        self._proves(account_id, node, "returned", on)

    def _proves(self, account_id: str, node: str, status: Literal["delivered", "returned"], on: Day | None) -> None:
        proof = (account_id, node, status, on_day(on) if on else self.day, f"EMS-{account_id}-{node}")
        assert self.desk_of("sup-01").prove_delivery([proof]), f"no letter of {node} waits for proof"

    def dial(self, account_id: str, *, at: str = "10:00") -> str:
        """Take the account's open call and dial at an hour of the bank's clock: "" = the phone rings, or the rule
        that refuses."""
        with reading(self.desk.engine) as connection:
            query = select(calls.c.call_id).join(cases, cases.c.case_id == calls.c.case_id)
            call = connection.execute(query.where(cases.c.account_id == account_id, calls.c.state == "open")).scalar()
        assert call is not None, f"no call of {account_id} is in the queue"
        local = datetime.fromisoformat(f"{self.day}T{at}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))
        pen = Pen(self.day, local.astimezone(ZoneInfo("UTC")).isoformat(), "caller-01")
        return arrivals.dial(self.desk.engine, self.strategy, pen, [call])[0].rule

    def call(self, account_id: str, code: str, *, promise_on: Day | None = None, amount: int | None = None) -> None:
        """Dial, and what came of it."""
        refused = self.dial(account_id)
        assert not refused, f"the dial was refused: {refused}"
        with reading(self.desk.engine) as connection:
            query = select(calls.c.call_id).join(cases, cases.c.case_id == calls.c.case_id)
            taken = connection.execute(query.where(cases.c.account_id == account_id, calls.c.state == "taken")).scalar()
        outcome = (str(taken), code, on_day(promise_on) if promise_on else None, amount)
        self.desk_of("caller-01").record_calls([outcome])

    def complains(self, account_id: str, *, ground: str = "投诉来电频繁") -> None:
        self.desk_of("sup-01").place_brake(account_id, "complaint", None, ground)

    def brake(self, account_id: str, kind: str, ground: str = "书面材料") -> None:
        self.desk_of("sup-01").place_brake(account_id, kind, None, ground)

    def arranges(self, account_id: str, *, until: Day) -> None:
        assert self.desk_of("sup-01").arrange(account_id, "reschedule", on_day(until))

    def ends_arrangement(self, account_id: str, end: Literal["performed", "broken"]) -> None:
        assert self.desk_of("sup-01").end_arrangement(account_id, end), "no arrangement is in force"

    def release(self, account_id: str, kind: str) -> None:
        assert self.desk_of("sup-01").release_brake(account_id, kind, "已答复"), f"no {kind} brake is in force"

    def court(self, account_id: str, *stages: str) -> None:
        """The court file reaches these stages today."""
        for stage in stages:
            self.desk_of("blg-01").reach_stages([(account_id, stage, "（2025）模9901民初1号", self.day)])

    # --- habits: what happens every evening ----------------------------------------------------------------------

    def staff_agrees(self, *nodes: str, **choices: str) -> None:
        """From now on these nodes' gates are agreed to on the evening they open; `litigation_route="sue"` chooses."""
        wanted: Mapping[str, str] = {**dict.fromkeys(nodes, ""), **choices}

        def evening(_: Operations) -> None:
            for node, choice in wanted.items():
                if self.open_gates(node):
                    self.approve(node, choice=choice)

        self.habits.append(evening)

    def post_arrives(self, *, after_days: int = 3) -> None:
        """From now on every letter is proved delivered so many days after it was posted."""

        def evening(work: Operations) -> None:
            for letter in self.channels["post"].arrived:
                case_id, node, *_ = letter.key.split("/")
                if letter.on + timedelta(days=after_days) <= self.day and node != "outsourcing_notice":
                    account_id = self._account(case_id)
                    work.prove_delivery(
                        [(account_id, node, "delivered", letter.on + timedelta(days=after_days), "EMS")]
                    )

        self.habits.append(evening)

    def nobody_answers(self) -> None:
        """From now on every open call is dialled once an evening, in vain."""

        def evening(work: Operations) -> None:
            with reading(self.desk.engine) as connection:
                waiting = list(connection.execute(select(calls.c.call_id).where(calls.c.state == "open")).scalars())
            for answer in arrivals.dial(self.desk.engine, self.strategy, self.pen("caller-01"), waiting):
                if not answer.rule:
                    work.record_calls([(answer.call_id, "no_answer", None, None)])

        self.habits.append(evening)

    def _account(self, case_id: str) -> str:
        with reading(self.desk.engine) as connection:
            return str(connection.execute(select(cases.c.account_id).where(cases.c.case_id == case_id)).scalar())

    # --- looking -------------------------------------------------------------------------------------------------

    def life(self, account_id: str, episode: int = 0) -> Life:
        """The account's life so far, of its latest episode or of another."""
        with reading(self.desk.engine) as connection:
            case_id = store.latest_case_id(connection, account_id)
            if episode:
                which = select(cases.c.case_id).where(cases.c.account_id == account_id, cases.c.episode == episode)
                case_id = str(connection.execute(which).scalar())
            rows = connection.execute(
                select(visits.c.node, visits.c.entered_on).where(visits.c.case_id == case_id)
                .order_by(visits.c.entered_on, visits.c.node)
            ).all()  # fmt: skip
            facts = store.load(connection, [case_id], lock=False)[case_id].facts
            return Life(facts, [(node, on) for node, on in rows], list(stream(connection, f"case:{case_id}")))

    def book_status(self, account_id: str) -> str:
        with reading(self.desk.engine) as connection:
            query = select(accounts.c.book_status).where(accounts.c.account_id == account_id)
            return str(connection.execute(query).scalar())

    def packs_kept(self) -> list[str]:
        """Hashes of the packs whose text the ledger keeps."""
        with reading(self.desk.engine) as connection:
            return list(connection.execute(select(packs.c.hash)).scalars())

    def explains(self, account_id: str, *, on: Day | None = None, known_on: Day | None = None) -> Explanation:
        day = on_day(on) if on else self.day
        known = on_day(known_on) if known_on else day
        with reading(self.desk.engine) as connection:
            facts = past.facts_as_of(connection, account_id, store.latest_case_id(connection, account_id), day, known)
        return explain(facts, self.desk.strategy(day), day, known)

    def sent(self, node: str = "") -> list[tuple[str, date]]:
        """(account, day) of every message and letter that went out, in order; of one node or of all."""
        gone = [message for box in self.channels.values() for message in box.arrived]
        gone.sort(key=lambda message: (message.on, message.key))
        parts = [(message.key.split("/"), message.on) for message in gone]
        return [(self._account(case_id), on) for (case_id, at, *_), on in parts if node in ("", at)]


class Life:
    """What became of one account in one episode."""

    def __init__(self, facts: Facts, entered: list[tuple[str, date]], journal: list[Entry]) -> None:
        self.facts, self.entered, self.journal = facts, entered, journal

    @property
    def file(self) -> CaseFile:
        return self.facts.file

    @property
    def path(self) -> list[str]:
        """Every node entered, in order."""
        return [node for node, _ in self.entered]

    def visits(self, node: str) -> list[date]:
        """The days on which a node was entered."""
        return [on for name, on in self.entered if name == node]

    def stands_at(self, node: str) -> bool:
        visit = self.file.visits.get(node)
        return visit is not None and visit.state != "left"

    def never(self, *nodes: str) -> bool:
        return not set(nodes) & set(self.path)

    def outcome(self, node: str) -> str:
        """How the last visit of a node ended ("" = it has not, or there was none)."""
        visit = self.file.visits.get(node)
        return visit.outcome if visit is not None else ""

    @property
    def brakes(self) -> set[str]:
        return {hold.kind for hold in self.file.holds.values()}

    @property
    def end(self) -> str:
        return self.file.end

    def happened(self, kind: type[E]) -> list[E]:
        """Every event of a kind, oldest first."""
        return [entry.event for entry in self.journal if isinstance(entry.event, kind)]

    def on(self, kind: type[ev.Event]) -> list[date]:
        """The business days on which events of a kind were learned."""
        return [entry.envelope.known_on for entry in self.journal if isinstance(entry.event, kind)]

    def acts(self, node: str) -> list[tuple[date, str, str]]:
        """(day, status, outcome or detail) of every act of a node."""
        return [
            (entry.envelope.known_on, entry.event.status, entry.event.detail or entry.event.outcome)
            for entry in self.journal
            if isinstance(entry.event, ev.ActCompleted) and entry.event.node == node
        ]


def _months_on(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, min(day.day, 28))


def _name(party_id: str) -> str:
    return ("王" if party_id.startswith("D") else "李") + "一二三四五六七八九"[int(party_id[1:]) % 9]
