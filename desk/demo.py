"""The demo: `recourse.simulate`'s town against the real system, on a ledger of its own."""

from __future__ import annotations

import gc
import os
import shutil
import time
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import select

from desk.console_text import say
from desk.figures import figures
from desk.office import TownOffice
from desk.open_desk import Desk, open_desk
from desk.runner import Plan, play
from desk.settings import Settings, read
from desk.town_agencies import found_agencies, look_at_agencies
from desk.town_callers import found_callers, renew_certificates
from recourse.actors import enrol
from recourse.channels.channel import Channel
from recourse.channels.memory import MemoryChannel
from recourse.climb.strategy import Strategy
from recourse.errors import UserError
from recourse.intake.load import load
from recourse.ledger import setup
from recourse.ledger.database import open_engine, reading, writing
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import accounts, cases, gates
from recourse.simulate.staff import roles_of
from recourse.simulate.town import Town
from tasks.takeover import PAST

START = date(2024, 11, 4)
MARK = ".recourse-demo"
KEPT_DELIVERIES = 5


def play_demo(accounts: int, days: int, seed: int, folder: str, start: date) -> None:
    """Make the town, play it, print the figures and what to try next."""
    place = _emptied(Path(folder))
    desk = _opened(place)
    desk.press.warm()
    last = desk.strategy(start).calendar_of("cn").add(start, days - 1)
    town = Town(seed, accounts, start, ends_on=last)
    began = time.perf_counter()
    say(f"A synthetic bank: {accounts:,} accounts, {days} business days from {start}. Seed {seed}.")
    found(desk, town, place, start)
    gc.freeze()
    gc.set_threshold(500_000, 50, 50)  # a long run that keeps little: collecting often only costs
    live(desk, town, place, list(desk.strategy(start).calendar_of("cn").between(start, last)))
    say(f"Played in {time.perf_counter() - began:.1f} s.")
    say()
    figures(desk).show()
    _next_steps(desk, place)


def _emptied(place: Path) -> Path:
    """An empty folder for the demo; only a folder that the demo made is ever emptied."""
    if place.exists() and any(place.iterdir()) and not (place / MARK).exists():
        raise UserError("the folder is not empty", where=str(place), mend="give --folder an empty one")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    (place / MARK).touch()
    return place


def _opened(place: Path) -> Desk:
    settings: Settings = read({**os.environ, "RECOURSE_MODE": "demo"}, ledger=f"sqlite:///{place / 'recourse.db'}")
    setup.migrate(open_engine(settings.ledger))
    return open_desk(settings)


def found(desk: Desk, town: Town, place: Path, start: date) -> None:
    """The staff, the agencies and the book of the town."""
    pen = desk.pen(start)
    with writing(desk.engine) as connection:
        for actor, roles in sorted(roles_of().items()):
            enrol(connection, actor, roles, pen)
        policy = desk.book.at(start, desk.settings.jurisdiction, "")
        found_agencies(connection, desk.bank.agencies, policy, pen, start + timedelta(days=1500))
        found_callers(connection, policy, pen)
    book = place / "deliveries" / start.isoformat()
    town.write_book(book)
    load(desk.engine, desk.vault, desk.book, book, pen, documents=desk.documents, past=PAST)


def live(desk: Desk, town: Town, place: Path, days: list[date]) -> None:
    """Play days: the town's deliveries, the system's own work, and how the town and its staff answer."""
    outbox = {
        "sms": MemoryChannel("sms", "sms"),
        "post": MemoryChannel("post", "post"),
        "email": MemoryChannel("email", "email"),
        "agency": MemoryChannel("agency", "post"),
        "ledger": MemoryChannel("ledger", "post"),
        "core": MemoryChannel("core", "post"),
    }
    channels: Mapping[str, Channel] = outbox

    def before(day: date, pen: Pen) -> None:
        delivery = place / "deliveries" / day.isoformat()
        if day != days[0]:
            town.write_day(day, delivery)
            load(desk.engine, desk.vault, desk.book, delivery, pen, documents=desk.documents, past=PAST)
            _forget_older(place, keep=KEPT_DELIVERIES)
        with writing(desk.engine) as connection:
            look_at_agencies(connection, pen)
            renew_certificates(connection, desk.book.at(day, desk.settings.jurisdiction, ""), pen)

    def after(day: date, strategy: Strategy) -> None:
        pen = desk.pen(day)
        town.react(day, pen.at, TownOffice(desk, strategy, pen, outbox))
        for box in outbox.values():
            box.arrived.clear()

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[at]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, refresh_per_second=4) as progress:
        task = progress.add_task("business days", total=len(days), at=str(days[0]))
        for done in play(desk, days, Plan(), before=before, after=after, channels=channels):
            progress.update(task, advance=1, at=str(done.day))


def _forget_older(place: Path, keep: int) -> None:
    """Keep the first delivery and the newest daily ones; all were loaded, and their hashes stay in the journal."""
    daily = sorted(each for each in (place / "deliveries").iterdir() if each.is_dir())[1:]
    for folder in daily[:-keep]:
        shutil.rmtree(folder)


def _next_steps(desk: Desk, place: Path) -> None:
    with reading(desk.engine) as connection:
        gate = connection.execute(
            select(gates.c.gate_id).where(gates.c.status == "open").order_by(gates.c.gate_id)
        ).scalar()
        account = connection.execute(
            select(cases.c.account_id)
            .join(accounts, accounts.c.account_id == cases.c.account_id)
            .order_by(accounts.c.book_status.desc(), cases.c.account_id)
        ).scalar()
    say()
    say("Try next:")
    say(f"  export RECOURSE_MODE=demo RECOURSE_LEDGER=sqlite:///{place / 'recourse.db'}")
    say(f"  .venv/bin/recourse explain {account}")
    say(f"  .venv/bin/recourse gates show {gate[:12] if gate else '…'}")
    say(f"  .venv/bin/recourse packet build {account} -o packet.pdf")
    say("  .venv/bin/recourse takeover report")
    say()
    say(f"RECOURSE_LEDGER=sqlite:///{place / 'recourse.db'}")
