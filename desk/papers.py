"""What people of the bank do with papers: bring them in, one or a folder, check originals, refer to recordings, list them.

At most one file is in memory at a time. What lies in the store is encrypted; the journal holds hashes and codes only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec
from sqlalchemy import select

from desk.open_desk import Desk
from desk.operations import Operations
from desk.paper_manifest import NEEDS_SIGNER, Fault, Limits, Sound, judge_rows, read_paper, read_rows
from recourse import events as ev
from recourse.climb import papers
from recourse.climb.papers import Brought, Sighting
from recourse.documents.arrived import judge
from recourse.errors import UserError
from recourse.free_text import code, one_line
from recourse.ledger import papers as files
from recourse.ledger import sets
from recourse.ledger.database import reading
from recourse.ledger.papers import Filed, Recording
from recourse.ledger.tables import accounts, cases

CHUNK = 500
"""Rows of a manifest in one transaction."""
SHORTEST_HASH = 8
SOURCES = (
    "debtor", "guarantor", "heir", "representative", "court", "notary", "counsel", "agency", "insurer", "authority",
    "branch", "other",
)  # fmt: skip
"""From whom a paper came, by kind: no name stands in the journal."""
LONGEST_SECONDS = 24 * 60 * 60


class Said(msgspec.Struct, frozen=True):
    """What a person says of a paper that is brought in; what is not known is empty or None."""

    kind: str
    node: str = ""
    dated_on: date | None = None
    original_at: str = ""
    source: str = ""
    signed_by: str = ""


class Added(msgspec.Struct, frozen=True):
    """A paper in the file. `already`: nothing was recorded, it is filed under `kind`."""

    account: str
    sha256: str
    kind: str
    media_type: str
    size: int
    extent: str
    already: bool


class Imported(msgspec.Struct, frozen=True):
    """A folder taken in, or its faults and nothing taken in. `unnamed`: files in the folder that no row names."""

    rows: int
    taken: int = 0
    already: int = 0
    unnamed: int = 0
    faults: tuple[Fault, ...] = ()


class Listed(msgspec.Struct, frozen=True):
    """A paper as it is listed. `kept`: its bytes lie in our store; `checked`: two persons saw the original."""

    paper: Filed
    checked: bool
    kept: bool


class CaseFiles(msgspec.Struct, frozen=True):
    """All papers and recordings of an account."""

    account: str
    papers: tuple[Listed, ...]
    recordings: tuple[Recording, ...]


def add(work: Operations, account: str, path: Path, said: Said) -> Added:
    """Put a paper into an account's file; the same bytes again change nothing."""
    desk = work.desk
    said = _sound(work, said)
    if not path.is_file():
        raise UserError("no such file", where=str(path), mend="give the path of the paper")
    facts = work.one(account)
    largest = desk.settings.largest_paper
    data = read_paper(path, largest)
    found = judge(data, path.name, largest)
    desk.documents.put(data, said.kind)
    paper = ev.DocumentReceived(
        found.sha256, said.kind, found.media_type, found.size, said.node, said.dated_on, said.original_at, said.source
    )
    opinion = (ev.LegalOpinionSigned(found.sha256, said.signed_by),) if said.kind == NEEDS_SIGNER else ()
    held = papers.receive(desk.engine, work.pen, [Brought(facts.case_id, paper, opinion)])
    kind = held.get((facts.case_id, found.sha256), "")
    if kind and opinion and kind != said.kind:
        raise UserError(
            f"these bytes lie in the file as {kind}", where=str(path), mend="bring in the signed opinion itself"
        )
    return Added(account, found.sha256, kind or said.kind, found.media_type, found.size, found.extent, bool(kind))


def _sound(work: Operations, said: Said) -> Said:
    kind = code(said.kind, "--kind")
    if kind == NEEDS_SIGNER and not said.signed_by.strip():
        raise UserError("a legal opinion needs its signer", mend="give --signed-by NAME")
    if said.node and said.node not in work.desk.ladder.by_name:
        raise UserError(f"no node {said.node!r}", where="--node", mend="see docs/ladder.md")
    if said.dated_on is not None and said.dated_on > work.pen.day:
        raise UserError(
            f"{said.dated_on} lies after the business day {work.pen.day}", where="--dated", mend="give the day it bears"
        )
    if said.source and said.source not in SOURCES:
        raise UserError(f"unknown source {said.source!r}", where="--from", mend=f"one of {', '.join(SOURCES)}")
    return msgspec.structs.replace(
        said, original_at=one_line(said.original_at, "--original-at"), signed_by=one_line(said.signed_by, "--signed-by")
    )


def import_folder(work: Operations, folder: Path) -> Imported:
    """Take in a folder by its manifest: all of it, or nothing when one row is not sound.

    Begun again after an interruption, it takes the rest and doubles nothing.
    """
    rows = read_rows(folder)
    limits = Limits(work.pen.day, frozenset(work.desk.ladder.by_name), work.desk.settings.largest_paper)
    case_of = _cases(work.desk, sorted({row["account_id"] for row in rows}))
    sound: list[Sound] = []
    faults: list[Fault] = []
    for judged in judge_rows(folder, rows, case_of, limits):
        if isinstance(judged, Sound):
            sound.append(judged)
        else:
            faults += judged
    if faults:
        return Imported(len(rows), faults=tuple(faults))
    already = sum(_take(work, case_of, sound[start : start + CHUNK]) for start in range(0, len(sound), CHUNK))
    return Imported(len(rows), len(sound) - already, already, _unnamed(folder, sound))


def _cases(desk: Desk, account_ids: Sequence[str]) -> dict[str, str]:
    """Account → its latest case, "" for one that never had any; two queries a chunk."""
    found: dict[str, str] = {}
    with reading(desk.engine) as connection:
        for start in range(0, len(account_ids), CHUNK):
            some = account_ids[start : start + CHUNK]
            known = select(accounts.c.account_id).where(sets.among(accounts.c.account_id, some))
            found |= dict.fromkeys(connection.execute(known).scalars(), "")
            latest = select(cases.c.account_id, cases.c.case_id).where(sets.among(cases.c.account_id, some))
            found |= {account: case for account, case in connection.execute(latest.order_by(cases.c.episode))}
    return found


def _take(work: Operations, case_of: dict[str, str], sound: Sequence[Sound]) -> int:
    """Keep the files of a chunk and record them in one transaction; how many were there already."""
    for each in sound:
        data = read_paper(each.path, work.desk.settings.largest_paper)
        if work.desk.documents.put(data, each.paper.kind).sha256 != each.paper.sha256:
            raise UserError(
                "the file changed while it was taken in", where=str(each.path), mend="import the folder again"
            )
    brought = [Brought(case_of[each.account_id], each.paper) for each in sound]
    return len(papers.receive(work.desk.engine, work.pen, brought))


def _unnamed(folder: Path, sound: Sequence[Sound]) -> int:
    named = {each.path.resolve() for each in sound}
    lying = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return sum(path.resolve() not in named for path in lying if path != folder / "manifest.csv")


def check(work: Operations, account: str, sha256: str, original_at: str, beside: str = "") -> Sighting:
    """Say that one has seen the original of a paper of the account; the second of two persons makes it checked."""
    place = one_line(original_at, "--original-at")
    if not place:
        raise UserError("no place", where="--original-at", mend="say where the original lies")
    facts = work.one(account)
    wanted = sha256.lower()
    if len(wanted) < SHORTEST_HASH:
        raise UserError(
            f"give {SHORTEST_HASH} digits of the hash or more", where=sha256, mend="see `recourse document list`"
        )
    with reading(work.desk.engine) as connection:
        lying = files.of(connection, [account]).get(account, ())
    found = {each.sha256: each for each in lying if each.sha256.startswith(wanted)}
    if len(found) != 1:
        what = f"no paper {sha256!r}" if not found else f"{len(found)} papers begin with {sha256!r}"
        raise UserError(what, where=f"account {account}", mend="see `recourse document list`")
    (paper,) = found.values()
    case_id = paper.case_id or (paper.original.case_id if paper.original else facts.case_id)
    return papers.see(work.desk.engine, work.pen, case_id, paper.sha256, place, beside)


def refer(work: Operations, account: str, recording: ev.RecordingReferred) -> bool:
    """Refer to a recording of a contact with the account; False when it is referred to already."""
    if bool(recording.call_id) == bool(recording.permit_id):
        raise UserError("of which contact?", mend="give either --call CALL or --contact PERMIT")
    sound = msgspec.structs.replace(
        recording,
        system=one_line(recording.system, "--system"),
        reference=one_line(recording.reference, "--ref"),
        sha256=recording.sha256.lower(),
    )
    if not sound.system or not sound.reference:
        raise UserError("a recording needs its system and its reference there", mend="give --system and --ref")
    if sound.seconds is not None and not 0 < sound.seconds <= LONGEST_SECONDS:
        raise UserError(f"not a length: {sound.seconds} seconds", where="--seconds", mend=f"1 to {LONGEST_SECONDS}")
    if sound.sha256 and (len(sound.sha256) != 64 or set(sound.sha256) - set("0123456789abcdef")):
        raise UserError(f"not a hash: {recording.sha256[:70]!r}", where="--sha256", mend="64 hex digits")
    work.one(account)
    with reading(work.desk.engine) as connection:
        theirs = list(connection.execute(select(cases.c.case_id).where(cases.c.account_id == account)).scalars())
    return papers.refer(work.desk.engine, work.pen, theirs, sound)


def listed(desk: Desk, account: str) -> CaseFiles:
    """All papers and recordings of an account; UserError for one that is not known."""
    with reading(desk.engine) as connection:
        if connection.execute(select(accounts.c.account_id).where(accounts.c.account_id == account)).first() is None:
            raise UserError(f"no account {account!r}", mend="see the bank's own account number")
        lying = files.of(connection, [account]).get(account, ())
        recordings = files.recordings_of(connection, account)
    return CaseFiles(
        account, tuple(Listed(each, each.checked, kept(desk, each.sha256)) for each in lying), tuple(recordings)
    )


def kept(desk: Desk, sha256: str) -> bool:
    """Whether a paper lies in our store; the bank may have given no hash."""
    try:
        return desk.documents.has(sha256)
    except UserError:
        return False
