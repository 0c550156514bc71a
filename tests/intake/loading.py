"""A bank that delivers into a fresh ledger, for the tests of loading: deliveries as CSV text, days as ISO text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from recourse.casefile import CaseFile
from recourse.climb.strategy import Strategy
from recourse.climb.sweep import sweep
from recourse.documents.store import DocumentStore
from recourse.events import Event, open_envelope
from recourse.intake.load import Loaded, load
from recourse.ledger import setup
from recourse.ledger.database import open_engine, reading, writing
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import accounts, cases, events, metadata, parties, personal, work_items
from recourse.ledger.vault import DEMO_KEY, Vault
from recourse.policy.book import PolicyBook
from recourse.policy.load import load_book, shipped_packs
from tasks.ladder import LADDER
from tasks.takeover import PAST

MANIFEST = 'as_of: {as_of}\nentity: "9001"\njurisdiction: CN\ncurrency: CNY\ntime_zone: Asia/Shanghai\n'
PEOPLE = """party_id,kind,name,id_number,birth_on,died_on,address
P1,natural,王㐂之,110101198001010011,1980-01-01,,北京市东城区甲1号
P2,natural,欧阳䶮,110101198102020022,,,上海市浦东新区乙2号
"""
LOANS = """account_id,product,branch,opened_on,original_amount,matures_on,contract_no,acceleration_clause,dispute_clause
A1,consumer_loan,0101,2024-06-06,12000.00,2026-01-06,借字第八八一号,yes,court
A2,consumer_loan,0101,2024-06-06,12000.00,2026-01-06,,,
"""
DEBTORS = "account_id,party_id,role,basis\nA1,P1,borrower,contract\nA2,P1,borrower,contract\n"
PLAN = "account_id,number,due_on,amount\n" + "".join(
    f"{account},{n},2025-{n:02}-06,1000.00\n" for account in ("A1", "A2") for n in range(1, 13)
)
BALANCE = "account_id,as_of,principal,interest,penalty,compound,fees,costs,overdue_total,status\n"
PAYMENT = "payment_id,account_id,paid_on,amount,kind,penalty\n"


@lru_cache(maxsize=1)
def rules() -> PolicyBook:
    """The packs that ship."""
    return load_book([shipped_packs()])


def new_ledger(url: str) -> None:
    """An empty ledger at a database's URL."""
    engine = open_engine(url)
    setup.migrate(engine)
    engine.dispose()


def opened_book(url: str) -> None:
    """The ledger after `Bank.open_book`."""
    _opened(url, swept=False)


def swept_book(url: str) -> None:
    """The ledger after `Bank.open_book` and the sweep of that day."""
    _opened(url, swept=True)


def _opened(url: str, swept: bool) -> None:
    new_ledger(url)
    with TemporaryDirectory() as root:
        bank = Bank(url, Path(root))
        bank.open_book()
        if swept:
            bank.sweep("2025-02-10")
        bank.engine.dispose()


def balance(account: str, day: str, principal: str, overdue: str = "", status: str = "", penalty: str = "0") -> str:
    """One row of ``balances``."""
    return f"{account},{day},{principal},0,{penalty},0,0,0,{overdue},{status}\n"


class Bank:
    """Delivers into the ledger at `url`; each delivery is a folder of its own under `root`."""

    def __init__(self, url: str, root: Path) -> None:
        self.engine, self.vault, self.root = open_engine(url), Vault(DEMO_KEY), root
        self._numbers = itertools.count()

    def folder(self, as_of: str, **tables: str) -> Path:
        """A delivery of these tables, as CSV text by name."""
        folder = self.root / f"delivery-{next(self._numbers)}"
        folder.mkdir()
        (folder / "manifest.yaml").write_text(MANIFEST.format(as_of=as_of))
        for name, text in tables.items():
            (folder / f"{name}.csv").write_text(text)
        return folder

    def load(self, folder: Path, day: str, documents: DocumentStore | None = None) -> Loaded:
        return load(self.engine, self.vault, rules(), folder, self.pen(day), documents=documents, past=PAST)

    def deliver(self, as_of: str, known_on: str = "", **tables: str) -> Loaded:
        """Deliver and load; the bank learns it on the same day unless `known_on` says another."""
        return self.load(self.folder(as_of, **tables), known_on or as_of)

    def pen(self, day: str) -> Pen:
        return Pen(date.fromisoformat(day), f"{day}T02:00:00Z", "system")

    def open_book(self, as_of: str = "2025-02-10", **more: str) -> Loaded:
        """P1's two loans with their plans, and P2 with none; January is paid on A1, nothing on A2."""
        tables = {
            "parties": PEOPLE, "accounts": LOANS, "roles": DEBTORS, "instalments": PLAN,
            "payments": PAYMENT + "T1,A1,2025-01-06,1000.00,,\n",
            "balances": BALANCE + balance("A1", as_of, "11000", "1000") + balance("A2", as_of, "12000", "2000"),
        }  # fmt: skip
        return self.deliver(as_of, **{**tables, **more})

    def sweep(self, day: str) -> None:
        """Open and decide the cases of a day."""
        sweep(self.engine, Strategy(LADDER, rules(), date.fromisoformat(day)), self.pen(day))

    # --- looking ------------------------------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with reading(self.engine) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with writing(self.engine) as connection:
            yield connection

    def account(self, account_id: str) -> Any:
        with self.reading() as connection:
            return connection.execute(select(accounts).where(accounts.c.account_id == account_id)).one()

    def case(self, account_id: str) -> Any:
        """The row of an account's open case."""
        with self.reading() as connection:
            which = (cases.c.account_id == account_id, cases.c.closed_on.is_(None))
            return connection.execute(select(cases).where(*which)).one()

    def case_file(self, account_id: str) -> CaseFile:
        return msgspec.json.decode(self.case(account_id).file, type=CaseFile)

    def told(self, stream: str, kind: type[Event]) -> list[tuple[date, Event]]:
        """Effective day and body of a stream's events of one type."""
        query = (
            select(events.c.text).where(events.c.stream == stream, events.c.type == kind.TYPE).order_by(events.c.pos)
        )
        with self.reading() as connection:
            opened = [open_envelope(text) for text in connection.execute(query).scalars()]
        return [(envelope.effective_on, event) for envelope, event in opened]

    def told_case(self, account_id: str, kind: type[Event]) -> list[tuple[date, Event]]:
        return self.told(f"case:{self.case(account_id).case_id}", kind)

    def items(self) -> dict[str, tuple[str, date | None]]:
        """Work items: kind and account → what, and when closed."""
        with self.reading() as connection:
            return {
                f"{row.kind} {row.account_id}".strip(): (row.what, row.closed_on)
                for row in connection.execute(select(work_items))
            }

    def sealed(self, party: str, field: str) -> str:
        """A personal field, opened."""
        with self.reading() as connection:
            wrapped = connection.execute(select(parties.c.wrapped_key).where(parties.c.party_id == party)).scalar_one()
            which = (personal.c.party_id == party, personal.c.field == field)
            value = connection.execute(select(personal.c.value).where(*which)).scalar_one()
        return self.vault.open_person_key(bytes(wrapped)).decrypt(field, party, bytes(value))

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table."""
        with self.reading() as connection:
            return {
                table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                for table in metadata.sorted_tables
            }
