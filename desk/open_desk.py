"""Opening the desk: the one place where the real database, vault, packs, templates, channels and clock are chosen."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.engine import make_url

from desk.settings import Settings
from recourse import bank
from recourse.actors import Actor, by_os_user, by_token, impersonated
from recourse.acts import Tools
from recourse.bank import BankProfile
from recourse.channels.channel import Channel
from recourse.channels.memory import MemoryChannel
from recourse.channels.smtp import SmtpChannel
from recourse.channels.spool import SpoolChannel
from recourse.climb.strategy import Strategy
from recourse.documents.fonts import default_cache
from recourse.documents.press import Press
from recourse.documents.store import FolderStore
from recourse.documents.templates import Templates
from recourse.errors import UserError
from recourse.ledger import days, guards, setup
from recourse.ledger.database import open_engine, parse_url, reading, writing
from recourse.ledger.dossier import Pen
from recourse.ledger.history import HistoryReader
from recourse.ledger.people import PeopleReader
from recourse.ledger.tables import parties
from recourse.ledger.vault import Vault
from recourse.policy.book import PolicyBook
from recourse.policy.check import check_names
from recourse.policy.load import load_book, shipped_packs
from tasks import call
from tasks.acts import ACTS, ADVICE
from tasks.ladder import LADDER

PLAYED_AT = "10:00"
"""The time of day at which a day that is only played (demo, counterfactual) takes place."""

SYSTEM = "system:recourse"


class Desk:
    """Everything real, opened once for a command. `processes`: how many print papers; 0 is one a core."""

    def __init__(self, settings: Settings, *, processes: int = 0) -> None:
        self.settings, self.ladder, self.acts, self._processes = settings, LADDER, ACTS, processes

    @cached_property
    def engine(self) -> Engine:
        return open_engine(self.settings.ledger)

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.settings.key)

    @cached_property
    def book(self) -> PolicyBook:
        """All packs: the shipped ones, and above them the bank's own in $RECOURSE_HOME."""
        book = load_book([shipped_packs(), self.settings.home / "policy_packs"])
        check_names(book, self.ladder)
        return book

    @cached_property
    def bank(self) -> BankProfile:
        """What the bank says of itself: ``bank.yaml`` of $RECOURSE_HOME, else the sample bank."""
        own = self.settings.home / "bank.yaml"
        if own.is_file():
            return bank.parse(own.read_text(encoding="utf-8"), str(own))
        if self.settings.mode == "production":
            raise UserError("no bank profile", where=str(own), mend="write bank.yaml; desk/sample_bank.yaml shows how")
        return bank.parse(files("desk").joinpath("sample_bank.yaml").read_text(encoding="utf-8"), "sample_bank.yaml")

    @cached_property
    def documents(self) -> FolderStore:
        """Documents beside the ledger; a demo's need not outlast a failure of the machine, and are written faster."""
        return FolderStore(self.folder / "documents", self.vault.document_cipher(), durable=not self.settings.is_demo)

    @cached_property
    def press(self) -> Press:
        fonts = self.settings.fonts or default_cache()
        return Press(self.templates, fonts, self.documents, processes=self._processes, choice=self.settings.faces)

    @cached_property
    def templates(self) -> Templates:
        """The bank's own templates in $RECOURSE_HOME, else the shipped ones."""
        own = self.settings.home / "legal_templates"
        return Templates(own if own.is_dir() else files("legal_templates"))

    @property
    def folder(self) -> Path:
        """Where this ledger keeps its documents and outbox: beside a SQLite file, else in $RECOURSE_HOME."""
        url = parse_url(self.settings.ledger)
        if url.get_backend_name() == "sqlite" and url.database:
            return Path(url.database).parent
        return self.settings.home

    @cached_property
    def channels(self) -> Mapping[str, Channel]:
        """The ways out. E-mail goes by SMTP when a server is set, else into the outbox like post and SMS."""
        outbox = self.folder / "outbox"
        email: Channel = SpoolChannel(outbox / "email", "post", name="email")
        if self.settings.smtp:
            url = make_url(self.settings.smtp)
            sender = url.query.get("from") or f"{url.username or 'recourse'}@{url.host}"
            email = SmtpChannel(
                url.host or "localhost", url.port or 25, str(sender), name="email",
                security="none" if url.drivername == "smtp" else "starttls",
                user=url.username or "", password=str(url.password or ""),
            )  # fmt: skip
        return {
            "sms": SpoolChannel(outbox, "sms"),
            "post": SpoolChannel(outbox, "post"),
            "agency": SpoolChannel(outbox / "agency", "post", name="agency"),
            "ledger": SpoolChannel(outbox / "ledger", "post", name="ledger"),
            "email": email,
            "core": SpoolChannel(outbox / "core", "post", name="core"),
        }

    def strategy(self, day: date, policy_as_of: date | None = None) -> Strategy:
        """The rules as seen from a day."""
        return Strategy(self.ladder, self.book, day, policy_as_of, ADVICE)

    def tools(self, strategy: Strategy, at: str, channels: Mapping[str, Channel] | None = None) -> Tools:
        """What acts work with."""
        people, history = PeopleReader(self.engine, self.vault), HistoryReader(self.engine)
        return Tools(
            strategy.day, at, self.channels if channels is None else channels, self.press, people, history,
            strategy.calendar_of, self.bank, self._names,
        )  # fmt: skip

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """The Chinese names of nodes and of the outcomes of calls, for papers."""
        return {node.name: node.zh for node in self.ladder.nodes} | {code: of.zh for code, of in call.OUTCOMES.items()}

    def instant(self, day: date, *, played: bool) -> str:
        """The instant of an act, as UTC text: now, or the middle of a morning when the day is only played."""
        if not played:
            return datetime.now(UTC).isoformat(timespec="seconds")
        local = datetime.fromisoformat(f"{day}T{PLAYED_AT}").replace(tzinfo=self.settings.zone)
        return local.astimezone(UTC).isoformat(timespec="seconds")

    def pen(self, day: date, actor: str = SYSTEM, *, played: bool = False) -> Pen:
        """Who writes, when."""
        return Pen(day, self.instant(day, played=played or self.settings.is_demo), actor)

    def today(self) -> date:
        """The clock's day in the bank's zone."""
        return datetime.now(self.settings.zone).date()

    def business_day(self) -> date:
        """The business day that a person's act belongs to: the open one, else the next to be opened."""
        last = self._last_day()
        if last is None:
            return self.today()
        opened, closed = last
        if not closed:
            return opened
        following = self._day_after(opened)
        return following if self.settings.is_demo else max(following, self.today())

    def intake_day(self, asked: date | None, described: date | None) -> date:
        """The business day on which a delivery is learned: the open one, else the day asked for or described; never a
        day that is closed, for its seal would no longer hold.
        """
        last = self._last_day()
        if last is None:
            return asked or described or self.today()
        opened, closed = last
        if not closed:
            if asked not in (None, opened):
                raise UserError(f"business day {opened} is open", where="--known-on", mend="give that day, or none")
            return opened
        soonest = self._day_after(opened)
        if asked is not None and asked < soonest:
            raise UserError(f"business day {asked} is over", where="--known-on", mend=f"give {soonest} or a later day")
        return asked or max(soonest, described or self.business_day())

    def _last_day(self) -> tuple[date, bool] | None:
        """The last business day that was opened, and whether it was closed."""
        with reading(self.engine) as connection:
            return days.last(connection)

    def _day_after(self, day: date) -> date:
        return self.strategy(day).calendar_of(self.settings.jurisdiction).next_workday(day)

    def actor(self, as_: str = "", *, day: date) -> Actor:
        """Who is at the keyboard: by token, else by operating-system user. ``--as`` is for demo mode only."""
        if as_ and not self.settings.is_demo:
            raise UserError("--as works in demo mode only", mend="set RECOURSE_TOKEN to your own token")
        if as_:
            with writing(self.engine) as connection:
                return impersonated(connection, as_, getpass.getuser(), self.pen(day))
        with reading(self.engine) as connection:
            if self.settings.token:
                return by_token(connection, self.settings.token)
            return by_os_user(connection, getpass.getuser())


def open_desk(settings: Settings, *, check: bool = True, processes: int = 0) -> Desk:
    """Open the desk on a ledger that is there, migrated and guarded; unchecked, for what needs no ledger."""
    desk = Desk(settings, processes=processes)
    if check:
        _refuse_missing_file(desk.engine)
        setup.check(desk.engine)
        _check_key(desk)
        if settings.mode == "production":
            with reading(desk.engine) as connection:
                guards.check_owner(connection)
    return desk


def _refuse_missing_file(engine: Engine) -> None:
    database = engine.url.database
    if engine.dialect.name == "sqlite" and database and not Path(database).is_file():
        raise UserError("there is no ledger here", where=database, mend="run `recourse init`")
    if engine.dialect.name == "sqlite" and database and not os.access(database, os.W_OK):
        raise UserError("the ledger cannot be written", where=database, mend="make the file writable for this user")


def _check_key(desk: Desk) -> None:
    """A ledger remembers which key its persons' keys are wrapped with; another key is refused at the door."""
    with reading(desk.engine) as connection:
        known = connection.execute(select(parties.c.key_id).limit(1)).scalar()
    if known and known != desk.vault.key_id:
        raise UserError(
            "wrong key: this ledger was written with another one", where="RECOURSE_KEY", mend=f"need {known}"
        )


def memory_channels() -> dict[str, Channel]:
    """Ways out that lead nowhere: for demo and counterfactual runs, which contact nobody."""
    return {
        "sms": MemoryChannel("sms", "sms"),
        "post": MemoryChannel("post", "post"),
        "agency": MemoryChannel("agency", "post"),
        "ledger": MemoryChannel("ledger", "post"),
        "email": MemoryChannel("email", "email"),
        "core": MemoryChannel("core", "post"),
    }
