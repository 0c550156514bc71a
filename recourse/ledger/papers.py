"""What lies in the files of accounts: papers made by us, delivered by the bank, brought in by people; recordings.

Read for any number of accounts in a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, select

from recourse.ledger import paper_rows, sets
from recourse.ledger.tables import cases, documents, documents_made, originals, papers, recordings
from recourse.paper_life import reached

Origin = Literal["made", "delivered", "received"]


class Original(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was seen of an original 原件: by whom and where. Two different persons make it checked."""

    case_id: str
    at: str
    seen_by: str
    seen_on: date
    beside: str = ""
    confirmed_by: str = ""
    confirmed_on: date | None = None

    @property
    def checked(self) -> bool:
        return bool(self.confirmed_by)


class Filed(msgspec.Struct, frozen=True):
    """One paper of an account. `on`: made, received, or (delivered) known to us; `original_at`: where the original lies,
    by the last that was said; `source`: from whom, by kind. `case_id` is empty for what the bank delivered."""

    sha256: str
    kind: str
    origin: Origin
    on: date
    dated_on: date | None = None
    case_id: str = ""
    node: str = ""
    media_type: str = ""
    size: int | None = None
    original_at: str = ""
    source: str = ""
    original: Original | None = None
    stage: str = ""
    """How far a paper is that only people may issue (`recourse.paper_life`); "" for any other."""

    @property
    def checked(self) -> bool:
        return self.original is not None and self.original.checked


class Recording(msgspec.Struct, frozen=True):
    """A recording that lies elsewhere: system, reference there, the permit of the contact, its length in seconds."""

    system: str
    reference: str
    permit_id: str
    call_id: str
    seconds: int | None
    sha256: str
    on: date


def of(connection: Connection, account_ids: Collection[str]) -> Mapping[str, Sequence[Filed]]:
    """Account → its papers: delivered, then received, then made, each in order. Five queries."""
    asked = {"accounts": sorted(set(account_ids))}
    seen: dict[tuple[str, str], Original] = {}
    for row in connection.execute(_SEEN, asked):  # what the bank delivered belongs to no case, but is checked on one
        seen[row.case_id, row.sha256] = seen[row.account_id, row.sha256] = _original(row)
    found: dict[str, list[Filed]] = {}
    for query, filed in ((_DELIVERED, _delivered), (_RECEIVED, _received), (_MADE, _made)):
        for row in connection.execute(query, asked):
            found.setdefault(row.account_id, []).append(filed(row, seen))
    lives = paper_rows.of(connection, account_ids)
    for account, theirs in found.items() if lives else ():
        found[account] = [_with_stage(each, lives) for each in theirs]
    return found


def _with_stage(filed: Filed, lives: Mapping[tuple[str, str], paper_rows.Steps]) -> Filed:
    life = lives.get((filed.case_id, filed.sha256))
    return filed if life is None else msgspec.structs.replace(filed, stage=reached(life.steps))


def recordings_of(connection: Connection, account_id: str) -> list[Recording]:
    """The recordings referred to on any case of an account, oldest first."""
    query = (
        select(recordings)
        .join(cases, cases.c.case_id == recordings.c.case_id)
        .where(cases.c.account_id == account_id)
        .order_by(recordings.c.referred_on, recordings.c.system, recordings.c.reference)
    )
    return [
        Recording(row.system, row.reference, row.permit_id, row.call_id, row.seconds, row.sha256, row.referred_on)
        for row in connection.execute(query)
    ]


_OF_ACCOUNTS = sets.one_of(cases.c.account_id, "accounts")
_RECEIVED = (
    select(papers, cases.c.account_id)
    .join(cases, cases.c.case_id == papers.c.case_id)
    .where(_OF_ACCOUNTS)
    .order_by(papers.c.received_on, papers.c.kind, papers.c.sha256)
)
_DELIVERED = (
    select(documents)
    .where(sets.one_of(documents.c.account_id, "accounts"))
    .order_by(documents.c.account_id, documents.c.document_id)
)
_MADE = (
    select(documents_made, cases.c.account_id)
    .join(cases, cases.c.case_id == documents_made.c.case_id)
    .where(_OF_ACCOUNTS)
    .order_by(documents_made.c.made_on, documents_made.c.kind, documents_made.c.sha256)
)
_SEEN = (
    select(originals, cases.c.account_id)
    .join(cases, cases.c.case_id == originals.c.case_id)
    .where(_OF_ACCOUNTS)
    .order_by(cases.c.episode)
)

Seen = Mapping[tuple[str, str], Original]
"""(case id or account id, hash) → what was seen of the original."""


def _original(row: Any) -> Original:
    return Original(
        row.case_id, row.original_at, row.seen_by, row.seen_on, row.beside, row.confirmed_by, row.confirmed_on
    )


def _received(row: Any, seen: Seen) -> Filed:
    original = seen.get((row.case_id, row.sha256))
    return Filed(
        row.sha256, row.kind, "received", row.received_on, row.dated_on, row.case_id, row.node, row.media_type, row.size,
        original.at if original else row.original_at, row.source, original,
    )  # fmt: skip


def _made(row: Any, seen: Seen) -> Filed:
    original = seen.get((row.case_id, row.sha256))
    return Filed(row.sha256, row.kind, "made", row.made_on, row.made_on, row.case_id, row.node,
                 original_at=original.at if original else "", original=original)  # fmt: skip


def _delivered(row: Any, seen: Seen) -> Filed:
    original = seen.get((row.account_id, row.sha256))
    return Filed(row.sha256, row.kind, "delivered", row.known_on, row.dated_on,
                 original_at=original.at if original else row.original_at, original=original)  # fmt: skip
