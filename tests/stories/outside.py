"""The world outside a story's bank: the post, the telephone, the court, people who write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select

from desk import arrangements, general_ledger
from desk.clerk import Clerk
from desk.operations import Operations
from recourse import events as ev
from recourse.actors import Actor
from recourse.canonical import derived_id
from recourse.climb import arrivals
from recourse.climb.arrivals import Arrival
from recourse.ledger.database import reading
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import calls, cases
from tasks.write_off import Booking
from tests.stories.gates import ROLES
from tests.stories.ground import Day, Ground, on_day


class Outside(Ground):
    """What reaches the bank from outside, and who in it writes that down."""

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
        local = datetime.fromisoformat(f"{self.day}T{at}").replace(tzinfo=self.desk.settings.zone)
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

    def brake(self, account_id: str, kind: str, ground: str = "书面材料") -> None:
        self.desk_of("sup-01").place_brake(account_id, kind, None, ground)

    def arranges(self, account_id: str, *, until: Day) -> None:
        """An arrangement of which the bank knows the end and no schedule, such as one from before Recourse."""
        work = self.desk_of("sup-01")
        facts = work.one(account_id)
        made = ev.ArrangementMade(derived_id("arrangement", facts.case_id, self.day), "reschedule", on_day(until))
        work.record([Arrival(facts.case_id, made)])

    def ends_arrangement(self, account_id: str, end: Literal["performed", "broken"]) -> None:
        at = Clerk(self.desk, Actor("sup-01", ROLES["sup-01"], "simulated"), work=self.desk_of("sup-01"))
        arrangements.end(at, account_id, end)

    def court(self, account_id: str, *stages: str) -> None:
        """The court file reaches these stages today."""
        for stage in stages:
            self.desk_of("blg-01").reach_stages([(account_id, stage, "（2025）模9901民初1号", self.day)])

    def ledger_answers(
        self, account_id: str, *, on: Day | None = None, changed: Mapping[str, object] | None = None
    ) -> general_ledger.Taken:
        """The general ledger answers the account's instruction as it was told, but for what is changed."""
        with reading(self.desk.engine) as connection:
            told = next(each for each in general_ledger.waiting(connection) if each.account_id == account_id)
        answer = Booking(told.instruction_id, account_id, f"GL-{account_id}", "booked",
                         on_day(on) if on else self.day, told.base_on, told.currency, told.amounts)  # fmt: skip
        return general_ledger.take(self.desk_of("fin-01"), [msgspec.structs.replace(answer, **(changed or {}))])

    def ledger_books(self) -> None:
        """From now on the general ledger books every instruction on the evening it gets it."""

        def evening(work: Operations) -> None:
            with reading(self.desk.engine) as connection:
                waiting = general_ledger.waiting(connection)
            general_ledger.take(
                work,
                [
                    Booking(told.instruction_id, told.account_id, f"GL-{told.account_id}", "booked", self.day,
                            told.base_on, told.currency, told.amounts)
                    for told in waiting
                ],
            )  # fmt: skip

        self.habits.append(evening)

    def post_arrives(self, *, after_days: int = 3) -> None:
        """From now on every letter is proved delivered so many days after it was posted."""

        def evening(work: Operations) -> None:
            for letter in self.channels["post"].arrived:
                case_id, node, *_ = letter.key.split("/")
                if letter.on + timedelta(days=after_days) <= self.day and node != "outsourcing_notice":
                    account_id = self.account_of(case_id)
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
