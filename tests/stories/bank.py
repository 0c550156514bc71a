"""The language of the stories: a small bank that is played day by day, and what people do in it.

What a person does between two days (answers a gate, proves a letter, dials) falls on the morning of the day that is
played next. Nothing here judges; `tests/stories/house.py` holds every life to the rules that no life may break.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from pathlib import Path

import pytest
from sqlalchemy import select

from desk import packet_office
from desk.open_desk import Desk
from desk.operations import Operations
from desk.runner import Plan, Played, play, send
from desk.side_tracks import SideTracks
from recourse.climb import lists
from recourse.climb.arrivals import Arrival
from recourse.climb.strategy import Strategy
from recourse.climb.sweep import sweep
from recourse.events import Event
from recourse.explain import Explanation, explain
from recourse.intake.load import Loaded, load
from recourse.ledger import past, store
from recourse.ledger.database import reading
from recourse.ledger.dossier import Pen
from recourse.ledger.history import stream
from recourse.ledger.tables import accounts, cases, packs, visits
from tasks.takeover import PAST
from tests.stories.core import Core, Due, Sum
from tests.stories.counter import Counter
from tests.stories.gates import Gates
from tests.stories.ground import Day, on_day
from tests.stories.life import Life
from tests.stories.outside import Outside

on_both = pytest.mark.parametrize(
    "bank", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
"""Tell the story on SQLite and on PostgreSQL."""


class Bank(Gates, Counter, Outside):
    """A bank on an empty ledger. `day`: the business day that is played next."""

    def __init__(self, desk: Desk, folder: Path, opens_on: Day) -> None:
        super().__init__(desk, opens_on)
        self.folder, self.core = folder, Core(desk.settings.jurisdiction)
        self.sells = False
        """Whether claims are sold: money that comes in afterwards is then somebody's work."""
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
        mortgaged: bool = False, home: bool = False, insurer: str = "", told: Mapping[str, object] | None = None,
    ) -> None:  # fmt: skip
        """A loan with instalments of `amount` fen, monthly from `due` on. `told`: what else the bank says of it.

        `guarantor`: who, how (joint, general) and until when (None: as the law has it). `home`: the security is the only
        home of its owner. `insurer`: who stands behind the loan.
        """
        first = on_day(due)
        self.person(debtor)
        plan = [(_months_on(first, n), amount) for n in range(times)]
        self.core.open(account_id, debtor, plan)
        terms: dict[str, object] = {"dispute_clause": "court", "acceleration_clause": True}
        terms |= {"contract_no": f"借字第{account_id}号", "secured": mortgaged, "guaranteed": guarantor is not None}
        terms |= {"insurer": insurer} if insurer else {}
        self.core.tell(
            "accounts", account_id=account_id, product=product, branch="0101", original_amount=amount * times,
            opened_on=min(_months_on(first, -1), self.day), matures_on=plan[-1][0], originator="rm-01",
            **{**terms, **(told or {})},
        )  # fmt: skip
        self.core.tell("roles", account_id=account_id, party_id=debtor, role="borrower", basis="contract")
        if guarantor:
            self.finds_guarantee(account_id, guarantor[0], guarantor[1], ends=guarantor[2])
        if mortgaged:
            self.core.tell("collateral", collateral_id=f"H{account_id}", account_id=account_id, owner_id=debtor,
                           kind="real_estate", registered=True, rank=1, dwelling=home, only_home=home)  # fmt: skip

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

    def saves(
        self, party_id: str, deposit_id: str, balance: int, *, source: str = "other", currency: str = "CNY"
    ) -> None:
        """From the next file on, each says what lies in a deposit of a person's, and where the money comes from."""
        self.core.deposits[deposit_id] = {"deposit_id": deposit_id, "party_id": party_id, "source": source,
                                          "balance": balance, "currency": currency}  # fmt: skip

    def beside(self, actor: str) -> SideTracks:
        """What this member of staff reports of the tracks beside the suit today."""
        return SideTracks(self.desk_of(actor))

    def no_file_on(self, *days: Day) -> None:
        self.core.silent_on.update(map(on_day, days))

    # --- days ----------------------------------------------------------------------------------------------------

    def play(self, *, until: Day, every: int = 1, shards: int = 1) -> list[Played]:
        """Play every business day up to and with `until`; in a long life, only each `every`-th of them, the last one always."""
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
        done = load(self.desk.engine, self.desk.vault, self.desk.book, place, pen, documents=documents, past=PAST)
        items = () if self.sells else done.work_items
        assert (done.quarantined, done.totals_off, items) == ({}, (), ()), "the story's own file is not sound"
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

    def adopts(self, *rules: tuple[str, str, str], folder: str = "cn") -> None:
        """The bank's own rules, by topic, file name and text, are in a folder of its packs from now on."""
        for topic, name, text in rules:
            place = self.desk.settings.home / "policy_packs" / folder / topic
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{name}.yaml").write_text(text, encoding="utf-8")
        self.desk.engine.dispose()
        self.desk = Desk(self.desk.settings)

    def is_quiet(self, account_id: str, at: str) -> bool:
        """Whether an hour of today lies in the quiet hours that hold for an account."""
        policy = self.strategy.policy_of(self.life(account_id).facts)
        return any(quiet.covers(time.fromisoformat(at)) for _, quiet in policy.quiet_hours)

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
        return [(self.account_of(case_id), on) for (case_id, at, *_), on in parts if node in ("", at)]

    def letters_of(self, account_id: str, node: str) -> list[str]:
        """Whom, or which guarantee, each letter of a node was about, in order."""
        keys = [message.key.split("/") for message in self.channels["post"].arrived]
        return sorted(key[4] for key in keys if key[1] == node and self.account_of(key[0]) == account_id)

    def files(self, account_id: str, *kinds: str) -> None:
        """The branch puts papers into the file, such as those that the write-off packet calls for."""
        packet_office.bring(self.desk_of("bap-01"), [(account_id, kind) for kind in kinds])

    def happens(self, account_id: str, event: Event) -> None:
        """Something that came in by another door."""
        with reading(self.desk.engine) as connection:
            case_id = store.latest_case_id(connection, account_id)
        self.desk_of("blg-01").record([Arrival(case_id, event)])


def _months_on(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, min(day.day, 28))


def _name(party_id: str) -> str:
    return ("王" if party_id.startswith("D") else "李") + "一二三四五六七八九"[int(party_id[1:]) % 9]
