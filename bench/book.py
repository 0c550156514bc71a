"""A made-up book in a ledger, of any size: N cases due on one morning among 4 N accounts, loaded in chunks.

Of the 4 N accounts, N are due (a few of them newly in arrears, without a case yet), N have an open case that is not
to be looked at today, and 2 N are up to date. Each account has its own ids, terms and parties; files, dates and sums
are those of the prototypes in `bench.lives`. The journal before the morning is not made: each case starts at the place and
link that its file stands at, and of several visits to one node only the last is there. What waits for somebody stands
in its queue: acts, calls and gates. Nothing of a chunk is kept once it is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, Table, select

from bench.lives import PERSON, Life, lives
from recourse.canonical import derived_id
from recourse.climb.sweep import INTENT_COLUMNS
from recourse.facts import Facts
from recourse.gate_rows import GATE_COLUMNS
from recourse.ledger import bulk
from recourse.ledger.database import reading, writing
from recourse.ledger.store import CASE_COLUMNS, VISIT_COLUMNS, slot_of
from recourse.ledger.tables import accounts, calls, cases, gates, intents, visits
from recourse.policy.load import load_book, shipped_packs
from tasks.ladder import LADDER

MORNING = date(2026, 3, 2)
PROTOTYPES = 1500
CHUNK = 20_000
ACCOUNT_COLUMNS = (
    "account_id", "person_id", "shard", "jurisdiction", "product", "currency", "entity", "branch", "opened_on",
    "known_on", "terms", "security", "pauses", "book_status", "oldest_unpaid_due_on", "overdue", "principal",
    "interest", "penalty", "compound", "fees", "costs", "balance_as_of", "exposure"
)  # fmt: skip
CALL_COLUMNS = (
    "call_id", "case_id", "person_id", "node", "n", "queued_on", "script", "state", "permit_id", "taken_by", "dials"
)  # fmt: skip
LOADED: tuple[tuple[Table, Sequence[str]], ...] = (
    (accounts, ACCOUNT_COLUMNS),
    (cases, CASE_COLUMNS),
    (visits, VISIT_COLUMNS),
    (intents, INTENT_COLUMNS),
    (calls, CALL_COLUMNS),
    (gates, GATE_COLUMNS),
)

SHARES = {"queued": 58, "list": 6, "gate": 5, "expired": 4, "said": 14, "silent": 8, "ended": 4, "new": 1}
"""Of a hundred due cases, how many the sweep will treat in which way (`Life.kind`; new: no case yet)."""

_json = msgspec.json.Encoder()

Row = tuple[Any, ...]


class Mould(NamedTuple):
    """A prototype ready to be stamped: texts with the debtor left open, and the columns that all copies share."""

    terms: str
    security: str
    told: Row
    sums: Row
    file: str
    standing: Row
    pos: int
    visits: tuple[Row, ...]
    wake_on: date | None
    lost_on: date | None


def load(engine: Engine, due: int, morning: date = MORNING) -> dict[str, int]:
    """Fill an empty, migrated ledger with a book that has `due` cases due on the morning; returns rows per table."""
    made = lives(LADDER, load_book([shipped_packs()]), morning, PROTOTYPES)
    moulds = _moulds(made, morning)
    counts = {table.name: 0 for table, _ in LOADED}
    with writing(engine) as connection:
        _indexes(connection, drop=True)
    for start in range(0, 4 * due, CHUNK):
        chunk = _Chunk()
        for number in range(start, min(start + CHUNK, 4 * due)):
            kind = _kind(number, due)
            chunk.stamp(number, moulds[kind], case=kind not in ("new", "current"))
        with writing(engine) as connection:
            chunk.write(connection, counts)
    with writing(engine) as connection:
        _indexes(connection, drop=False)
    return counts


def due(engine: Engine, number: int) -> list[str]:
    """Some cases of a loaded book that are due on its morning, none of them new."""
    query = select(cases.c.case_id).where(cases.c.closed_on.is_(None), cases.c.wake_on <= MORNING)
    with reading(engine) as connection:
        return list(connection.execute(query.order_by(cases.c.case_id).limit(number)).scalars())


def settle(engine: Engine) -> None:
    """Leave the ledger as a night finds it: statistics taken, nothing waiting to be written."""
    if engine.dialect.name != "postgresql":
        with engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE)")
        connection.exec_driver_sql("CHECKPOINT")


def _indexes(connection: Connection, *, drop: bool) -> None:
    for table, _ in LOADED:
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            index.drop(connection) if drop else index.create(connection)


def _kind(number: int, due: int) -> str:
    """What account number so and so is: every fourth is due, every fourth sleeps, the others are up to date."""
    place, row = divmod(number, 4)
    if row == 1:
        return "asleep"
    if row > 1:
        return "current"
    share = place * 37 % 100  # 37 and 100 have no common factor: every hundred has each share
    for kind, size in SHARES.items():
        share -= size
        if share < 0:
            return kind
    raise AssertionError("the shares do not add up to 100")


def _moulds(made: Sequence[Life], morning: date) -> dict[str, list[Mould]]:
    moulds: dict[str, list[Mould]] = {kind: [] for kind in (*SHARES, "asleep", "current")}
    for life in made:
        due = life.wake_on is not None and life.wake_on <= morning
        moulds[life.kind if due else "asleep"].append(_mould(life.facts, life.wake_on, life.decision.lost_on))
        if not due:
            ahead, behind = morning + timedelta(days=20), morning - timedelta(days=1)
            up_to_date = msgspec.structs.replace(life.facts, oldest_unpaid_due_on=ahead, overdue=0)
            moulds["current"].append(_mould(up_to_date, None))
            moulds["new"].append(_mould(msgspec.structs.replace(life.facts, oldest_unpaid_due_on=behind), None))
    empty = [kind for kind, found in moulds.items() if not found]
    if empty:
        raise RuntimeError(f"no life came out as {', '.join(empty)}: the packs or the ladder changed, so change SHARES")
    return moulds


def _mould(facts: Facts, wake_on: date | None, lost_on: date | None = None) -> Mould:
    file, owed = facts.file, facts.amounts
    assert owed is not None
    return Mould(
        terms=_json.encode(msgspec.structs.replace(facts.terms, original_amount=None)).decode()[:-1],
        security=_json.encode(facts.security).decode(),
        told=(facts.jurisdiction, facts.product, facts.currency, facts.entity, facts.branch, date(2023, 5, 4),
              MORNING),
        sums=("active", facts.oldest_unpaid_due_on, facts.overdue, *msgspec.structs.astuple(owed), facts.balance_as_of,
              facts.exposure),
        file=_json.encode(file).decode(),
        standing=(file.episode, file.opened_on, None, 0),
        pos=1 + 3 * sum(visit.n for visit in file.visits.values()),
        visits=tuple((node, v.n, v.state, v.entered_on, v.left_on, v.outcome) for node, v in file.visits.items()),
        wake_on=wake_on,
        lost_on=lost_on,
    )  # fmt: skip


class _Chunk:
    """The rows of some accounts, to be written together: by table, in the order of `LOADED`."""

    def __init__(self) -> None:
        self.accounts: list[Row] = []
        self.cases: list[Row] = []
        self.visits: list[Row] = []
        self.intents: list[Row] = []
        self.calls: list[Row] = []
        self.gates: list[Row] = []

    def stamp(self, number: int, moulds: Sequence[Mould], *, case: bool) -> None:
        """Add one account made from one of the prototypes."""
        mould = moulds[number // 4 % len(moulds)]
        account, person = f"6222{number:012d}", f"P{number - (number % 20 == 1):010d}"
        slot = slot_of(person)
        terms = f'{mould.terms},"original_amount":{2_000_000 + number % 9_973 * 100}}}'
        security = mould.security.replace(PERSON, person)
        self.accounts.append((account, person, slot, *mould.told, terms, security, "[]", *mould.sums))
        if case:
            case_id = derived_id("case", account, 1)
            head = hashlib.sha256(case_id.encode()).digest()
            file = mould.file.replace(PERSON, person)
            self.cases.append((case_id, account, person, slot, *mould.standing, mould.wake_on, mould.lost_on,
                               mould.pos, head, file))  # fmt: skip
            self.visits += [(case_id, *row) for row in mould.visits]
            self._queue(mould, case_id, account, person, slot)

    def _queue(self, mould: Mould, case_id: str, account: str, person: str, slot: int) -> None:
        """What the visits that are not left wait for."""
        for node, n, state, on, _, _ in mould.visits:
            if state == "queued":
                key = f"{case_id}/{node}/{n}/act"
                self.intents.append((key, case_id, account, person, slot, node, n, "act", state, on, "", "", ""))
            elif state == "open" and node == "call":
                call = derived_id("call", case_id, n)
                self.calls.append((call, case_id, person, node, n, on, "script", "open", "", "", 0))
            elif state == "gate":
                gate, matter = derived_id("gate", case_id, node, n), f"visit:{case_id}/{node}/{n}"
                self.gates.append((gate, matter, "visit", node, "T1", f"case:{case_id}", case_id, node, n, "open",
                                   "system:recourse", '["CL"]', 0, on, on, on, "", "", "", "{}", ""))  # fmt: skip

    def write(self, connection: Connection, counts: dict[str, int]) -> None:
        by_table = (self.accounts, self.cases, self.visits, self.intents, self.calls, self.gates)
        for (table, columns), rows in zip(LOADED, by_table, strict=True):
            bulk.insert(connection, table, columns, rows)
            counts[table.name] += len(rows)
