"""Reading cases as condensed facts and writing back what was recorded: sets of rows, never one case at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, case, select, tuple_
from sqlalchemy.exc import IntegrityError

from recourse.arrears import Pause
from recourse.canonical import derived_id
from recourse.casefile import CaseFile
from recourse.errors import UserError
from recourse.events import BrakePlaced, EpisodeOpened, Event
from recourse.facts import DepositFact, Facts, Security, Terms
from recourse.ledger import bulk, projections, sets
from recourse.ledger.dossier import Dossier, EventRow, Pen, write_event
from recourse.ledger.tables import accounts, cases, events, parties, streams, visits
from recourse.money import Amounts

SHARDS = 1024
"""Number of slots that persons are hashed into; a shard k/n of a run is a range of slots."""

_file_decoder = msgspec.json.Decoder(CaseFile)
_terms_decoder = msgspec.json.Decoder(Terms)
_security_decoder = msgspec.json.Decoder(Security)
_pauses_decoder = msgspec.json.Decoder(tuple[Pause, ...])
_deposits_decoder = msgspec.json.Decoder(tuple[DepositFact, ...])
_file_encoder = msgspec.json.Encoder()

EVENT_COLUMNS = ("stream", "pos", "type", "effective_on", "known_on", "text", "hash")
VISIT_COLUMNS = ("case_id", "node", "n", "state", "entered_on", "left_on", "outcome")
CASE_COLUMNS = [
    "case_id",
    "account_id",
    "person_id",
    "shard",
    "episode",
    "opened_on",
    "closed_on",
    "version",
    "wake_on",
    "lost_on",
    "head_pos",
    "head_hash",
    "file",
]
GENESIS = bytes(32)

_FACT_COLUMNS = (
    cases.c.case_id,
    cases.c.shard,
    cases.c.version,
    cases.c.head_pos,
    cases.c.head_hash,
    cases.c.wake_on,
    cases.c.lost_on,
    cases.c.file,
    accounts.c.account_id,
    accounts.c.person_id,
    accounts.c.jurisdiction,
    accounts.c.product,
    accounts.c.currency,
    accounts.c.entity,
    accounts.c.branch,
    accounts.c.oldest_unpaid_due_on,
    accounts.c.pauses,
    accounts.c.overdue,
    accounts.c.principal,
    accounts.c.interest,
    accounts.c.penalty,
    accounts.c.compound,
    accounts.c.fees,
    accounts.c.costs,
    accounts.c.balance_as_of,
    accounts.c.exposure,
    accounts.c.terms,
    accounts.c.security,
    accounts.c.deposits,
    accounts.c.deposit_rows,
)
_FACTS: Select[Any] = select(*_FACT_COLUMNS).join(accounts, accounts.c.account_id == cases.c.account_id)
_TO_READ = _FACTS.where(sets.one_of(cases.c.case_id, "ids")).order_by(cases.c.case_id)
_TO_WRITE = _TO_READ.with_for_update(of=cases)
_HEADS = select(streams.c.stream, streams.c.pos, streams.c.hash).where(sets.one_of(streams.c.stream, "streams"))

_RUNNING = select(cases.c.account_id).where(cases.c.account_id == accounts.c.account_id, cases.c.closed_on.is_(None))
_UNOPENED = (
    select(*(column for column in _FACT_COLUMNS if column.table is accounts), accounts.c.shard, parties.c.status)
    .outerjoin(parties, parties.c.party_id == accounts.c.person_id)
    .where(~_RUNNING.exists())
    .order_by(accounts.c.account_id)
)
"""Accounts that have no open case, each with what is known of its person."""

_OWED = sum((accounts.c[name] for name in Amounts.__struct_fields__[1:]), accounts.c.principal)
"""The whole claim: a plan that runs behind a balance of nothing opens no case, day after day, to settle it at once."""


class Stale(Exception):
    """A case changed between reading and writing; read again and decide again."""


class Slots(msgspec.Struct, frozen=True):
    """The slots of shard k of n: `first` to `last` inclusive."""

    first: int = 0
    last: int = SHARDS - 1

    @classmethod
    def of(cls, text: str) -> Slots:
        """Shard ``k/n`` (k from 0): its slots. A person is always in exactly one shard."""
        k, _, n = text.partition("/")
        if not (k.isdigit() and n.isdigit() and int(k) < int(n) <= SHARDS):
            raise UserError(f"not a shard: {text!r}", mend="write k/n, such as 0/4, with k below n")
        return cls(SHARDS * int(k) // int(n), SHARDS * (int(k) + 1) // int(n) - 1)


def slot_of(person_id: str) -> int:
    """The slot of a person, the same everywhere."""
    return int(derived_id("slot", person_id)[:8], 16) % SHARDS


def _dossier(row: Sequence[Any]) -> Dossier:
    (case_id, shard, version, pos, head, wake_on, lost_on, file, account_id, person_id, jurisdiction, product, currency, entity,
     branch, due_on, pauses, overdue, principal, interest, penalty, compound, fees, costs, as_of, exposure, terms,
     security, deposits, deposit_rows) = row  # fmt: skip
    facts = Facts(
        case_id,
        account_id,
        person_id,
        jurisdiction,
        product,
        currency,
        entity,
        branch,
        due_on,
        _pauses_decoder.decode(pauses),
        overdue,
        None if principal is None else Amounts(principal, interest, penalty, compound, fees, costs),
        as_of,
        exposure,
        _terms_decoder.decode(terms),
        _security_decoder.decode(security),
        _file_decoder.decode(file),
        deposits,
        _deposits_decoder.decode(deposit_rows),
    )
    return Dossier(facts, shard, version, pos, bytes(head), wake_on, lost_on)


def due(connection: Connection, day: date, slots: Slots, after: tuple[date, str] | None, limit: int) -> list[Dossier]:
    """The next open cases to be looked at on a day, the longest due first: one query a chunk.

    `after` is (wake_on, case id) of the last case of the chunk before: each chunk goes on in the index of due cases
    where the one before ended, so that a night costs the same for a case however many there are.
    """
    query = (
        _FACTS.where(
            cases.c.closed_on.is_(None), cases.c.wake_on <= day, cases.c.shard.between(slots.first, slots.last)
        )
        .order_by(cases.c.wake_on, cases.c.case_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(cases.c.wake_on, cases.c.case_id) > tuple_(*after))
    return [_dossier(row) for row in connection.execute(query)]


def load(connection: Connection, case_ids: Iterable[str], *, lock: bool = True) -> dict[str, Dossier]:
    """Cases by id, locked in id order so that two writers never wait for each other in a circle."""
    found = connection.execute(_TO_WRITE if lock else _TO_READ, {"ids": sorted(set(case_ids))})
    return {row[0]: _dossier(row) for row in found}


def open_case_ids(connection: Connection, account_ids: Iterable[str]) -> dict[str, str]:
    """Account id → id of its open case, for those that have one."""
    query = select(cases.c.account_id, cases.c.case_id).where(
        cases.c.closed_on.is_(None), sets.among(cases.c.account_id, list(account_ids))
    )
    return {account: case for account, case in connection.execute(query)}


def person_case_ids(connection: Connection, person_id: str) -> list[str]:
    """Open cases of a person, in id order."""
    query = select(cases.c.case_id).where(cases.c.closed_on.is_(None), cases.c.person_id == person_id)
    return sorted(connection.execute(query).scalars())


def latest_case_id(connection: Connection, account_id: str) -> str:
    """The open case of an account, or else its last one; an account without any is a mistake of the caller's."""
    query = select(cases.c.case_id).where(cases.c.account_id == account_id).order_by(cases.c.episode.desc()).limit(1)
    found: str | None = connection.execute(query).scalar()
    if found is None:
        known = connection.execute(select(accounts.c.account_id).where(accounts.c.account_id == account_id)).scalar()
        if known is None:
            raise UserError(f"no account {account_id!r}", mend="see the bank's own account number")
        raise UserError(f"account {account_id!r} has no case", mend="it was never in arrears")
    return found


def open_episodes(
    connection: Connection, day: date, slots: Slots, pen: Pen, limit: int, after: str = ""
) -> list[Dossier]:
    """Cases for accounts that are past due and have none open, from the account that comes after `after`.

    They are recorded, to be decided and saved by the caller. What is known of the person (deceased, incapable …) brakes
    the new case from its first moment.
    """
    query = _UNOPENED.where(
        accounts.c.account_id > after,
        accounts.c.oldest_unpaid_due_on < day,
        accounts.c.principal.is_(None) | (_OWED > 0),
        accounts.c.book_status == "active",
        accounts.c.shard.between(slots.first, slots.last),
    ).limit(limit)
    return _open_all(connection, connection.execute(query).all(), pen)


def open_taken_over(connection: Connection, account_ids: Collection[str], pen: Pen) -> list[Dossier]:
    """Cases for debts that are taken over in flight and have none open, whether they are late or not.

    They are recorded, to be completed and saved by the caller.
    """
    query = _UNOPENED.where(sets.among(accounts.c.account_id, account_ids))
    return _open_all(connection, connection.execute(query).all(), pen)


def _open_all(connection: Connection, rows: Sequence[Any], pen: Pen) -> list[Dossier]:
    ended = _last_episodes(connection, [row.account_id for row in rows]) if rows else {}
    return [_opened(row, *ended.get(row.account_id, (0, CaseFile())), pen) for row in rows]


def _last_episodes(connection: Connection, account_ids: Collection[str]) -> dict[str, tuple[int, CaseFile]]:
    """Account id → number and file of its last episode, for those that had one."""
    query = select(cases.c.account_id, cases.c.episode, cases.c.file).where(sets.among(cases.c.account_id, account_ids))
    found = connection.execute(query.order_by(cases.c.episode))
    return {account: (episode, _file_decoder.decode(file)) for account, episode, file in found}


def _opened(row: Sequence[Any], earlier: int, before: CaseFile, pen: Pen) -> Dossier:
    *account, shard, status = row
    episode = earlier + 1
    case_id = derived_id("case", account[0], episode)
    dossier = _dossier((case_id, shard, 0, 0, GENESIS, pen.day, None, b"{}", *account))
    dossier.new = True
    facts = dossier.facts
    due_on = facts.oldest_unpaid_due_on
    opened = EpisodeOpened(
        facts.account_id, facts.person_id, episode, pen.day, due_on, before.end, before.restructured_on
    )
    dossier.record(opened, pen)
    if status:
        dossier.record(BrakePlaced(brake_id(case_id, status, pen.day), status, None, f"party:{facts.person_id}"), pen)
    return dossier


def brake_id(case_id: str, kind: str, on: date) -> str:
    """The id of a brake placed on a case on a day."""
    return derived_id("brake", case_id, kind, on)


def save(connection: Connection, dossiers: Sequence[Dossier]) -> None:
    """Write what was recorded: events, visits, and the cases under the version that was read.

    Raises :class:`Stale` when a case moved meanwhile; the caller's transaction is then to be rolled back.
    """
    changed = [dossier for dossier in dossiers if dossier.rows or dossier.marks != dossier.read_marks]
    old = [dossier for dossier in changed if not dossier.new]
    found = bulk.update(
        connection,
        cases,
        ("case_id", "version"),
        ("wake_on", "lost_on", "closed_on", "head_pos", "head_hash", "file"),
        [(d.case_id, d.version, d.wake_on, d.lost_on, d.file.closed_on, d.pos, d.head, _file_text(d)) for d in old],
        increment="version",
    )
    if found != len(old):
        raise Stale(f"{len(old) - found} cases changed meanwhile")
    # Only now the journal: whoever lost the race for a case has to learn it from the version, not from a key taken.
    try:
        bulk.insert(connection, cases, CASE_COLUMNS, [_case_row(dossier) for dossier in changed if dossier.new])
    except IntegrityError as error:
        raise Stale("another run opened one of these cases") from error
    bulk.insert(connection, events, EVENT_COLUMNS, [row for dossier in changed for row in dossier.rows])
    _save_visits(connection, changed)
    projections.project(
        connection, [(d.case_id, d.facts.person_id, event, on) for d in changed for event, on in d.projected]
    )
    for dossier in changed:
        dossier.version += 0 if dossier.new else 1
        dossier.new, dossier.read_marks = False, dossier.marks
        dossier.rows.clear()
        dossier.projected.clear()
        dossier.entered.clear()
        dossier.touched.clear()


def _file_text(dossier: Dossier) -> str:
    return _file_encoder.encode(dossier.file).decode()


def _case_row(d: Dossier) -> tuple[Any, ...]:
    facts, file = d.facts, d.file
    return (d.case_id, facts.account_id, facts.person_id, d.shard, file.episode, file.opened_on, file.closed_on, 0,
            d.wake_on, d.lost_on, d.pos, d.head, _file_text(d))  # fmt: skip


def _save_visits(connection: Connection, dossiers: Sequence[Dossier]) -> None:
    entered, moved = [], []
    for dossier in dossiers:
        for node in dossier.entered:
            visit = dossier.file.visits[node]
            entered.append(
                (dossier.case_id, node, visit.n, visit.state, visit.entered_on, visit.left_on, visit.outcome)
            )
        for node in dossier.touched - dossier.entered:
            visit = dossier.file.visits[node]
            moved.append((dossier.case_id, node, visit.n, visit.state, visit.entered_on, visit.left_on, visit.outcome))
    bulk.insert(connection, visits, VISIT_COLUMNS, entered)
    bulk.update(connection, visits, ("case_id", "node", "n"), ("state", "entered_on", "left_on", "outcome"), moved)


Recorded = Sequence[tuple[Event, date | None]]
"""Events with their effective days; None means the business day."""


def append(connection: Connection, stream: str, recorded: Recorded, pen: Pen) -> None:
    """Append events to a stream that is not a case's; the stream's head is locked while this goes on."""
    append_all(connection, {stream: recorded}, pen)


def append_all(connection: Connection, recorded: Mapping[str, Recorded], pen: Pen) -> None:
    """As :func:`append`, to many streams at once: the same number of statements however many they are."""
    if connection.dialect.name == "postgresql":
        lock = "SELECT pg_advisory_xact_lock(hashtext(name)) FROM unnest(%s::text[]) AS name"
        connection.exec_driver_sql(lock, (sorted(recorded),))
    found = connection.execute(_HEADS, {"streams": list(recorded)})
    heads = {stream: (pos, bytes(head)) for stream, pos, head in found}
    rows: list[EventRow] = []
    for stream in sorted(recorded):
        pos, head = heads.get(stream, (0, GENESIS))
        for event, effective_on in recorded[stream]:
            pos += 1
            row, head = write_event(stream, pos, head, event, pen, effective_on)
            rows.append(row)
        heads[stream] = pos, head
    bulk.insert(connection, events, EVENT_COLUMNS, rows)
    bulk.upsert(
        connection, streams, ("stream", "pos", "hash"), [(stream, *heads[stream]) for stream in sorted(recorded)]
    )


def wake(connection: Connection, day: date, *, account_ids: Iterable[str] | None = None) -> int:
    """Have open cases looked at by a day: all of them, or those of some accounts. One statement.

    Every one gets a new version, those too that are due anyhow: a decision that is being made on the old facts is void.
    """
    which: list[ColumnElement[bool]] = [cases.c.closed_on.is_(None)]
    if account_ids is not None:
        which.append(sets.among(cases.c.account_id, list(account_ids)))
    sooner = case((cases.c.wake_on < day, cases.c.wake_on), else_=day)
    return connection.execute(
        cases.update().where(and_(*which)).values(wake_on=sooner, version=cases.c.version + 1)
    ).rowcount
