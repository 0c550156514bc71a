"""核销批 the write-off run of an open business day: bind what is ready, open the list gates, write the list and its tables.

The ledger holds what is done: each chunk is kept whole or not at all, and a run that was interrupted is taken up by the
next one. The folder is written last, each file whole or not at all, `batch.json` after all others; the same facts give
the same bytes. Not here: entering a case (the sweep), agreeing (the gate), instructing the general ledger (the act).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from desk import east_table, write_off_lists
from desk.open_desk import Desk
from desk.packets import write_file
from desk.portfolio import open_business_day
from desk.write_off_lists import NotReady, Waits
from recourse.canonical import digest
from recourse.climb import freezing, lists
from recourse.documents.render import render
from recourse.documents.spreadsheet import workbook
from recourse.errors import UserError
from recourse.letters import write_off_list
from recourse.letters.write_off_list import ListGate, Member
from tasks.write_off import NODE

CHUNK = 32
"""Packets that are bound and kept together: what an interruption may cost, and the step of the progress."""
MANIFEST = "batch.json"
NOT_READY = ("account", "item", "title", "owner", "owner_title", "since")


class Batch(msgspec.Struct, frozen=True):
    """What a run did. `bound`: packets bound now; `opened`: list gates opened now; `members`: of all the day's lists."""

    day: date
    folder: str
    bound: int
    opened: int
    lists: int
    members: int
    not_ready: tuple[NotReady, ...]
    for_the_sweep: tuple[Waits, ...]
    files: dict[str, str]
    """Name → SHA-256 of what was written, `batch.json` included."""


def run(
    desk: Desk, day: date, folder: Path, *, told: freezing.Told = lambda done, whole: None, chunk: int = CHUNK
) -> Batch:
    """Run the day's batch. UserError, and nothing is done, for a day that is not the open one or a folder that is not
    this day's."""
    _check_day(desk, day)
    _check_folder(folder, day)
    strategy, pen = desk.strategy(day), desk.pen(day)
    acts = {NODE: desk.acts[NODE]}
    done = freezing.freeze(desk.engine, strategy, pen, acts, desk.tools(strategy, pen.at), chunk=chunk, told=told)
    opened = lists.open_lists(desk.engine, strategy, pen, bound=acts, only=acts)
    listed = write_off_lists.lists_of(desk, day)
    lacking = write_off_lists.not_ready(desk, strategy)
    files = _written(desk, day, folder, listed, lacking)
    return Batch(
        day, str(folder), done.bound, opened, len(listed), sum(len(gate.members) for gate in listed), tuple(lacking),
        tuple(write_off_lists.for_the_sweep(desk, strategy)), files,
    )  # fmt: skip


def _check_day(desk: Desk, day: date) -> None:
    standing = open_business_day(desk)
    if day != standing:
        mend = f"the open one is {standing}" if standing else "`recourse sweep` opens one"
        raise UserError(f"{day} is not the open business day", where="--on", mend=mend)


def _check_folder(folder: Path, day: date) -> None:
    if not folder.exists():
        return
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise UserError("not a folder that can be written", where=str(folder), mend="choose another place")
    kept = folder / MANIFEST
    if not kept.exists():
        return
    try:
        of_day = msgspec.json.decode(kept.read_bytes(), type=dict[str, Any]).get("day")
    except (OSError, msgspec.MsgspecError):
        raise UserError("is no manifest of a batch", where=str(kept), mend="choose another folder") from None
    if of_day != day.isoformat():
        raise UserError(f"holds the batch of {of_day}", where=str(folder), mend="choose another folder")


# --- the folder -----------------------------------------------------------------------------------------------------


def _written(
    desk: Desk, day: date, folder: Path, listed: Sequence[ListGate], lacking: Sequence[NotReady]
) -> dict[str, str]:
    """Write every file; name → SHA-256."""
    members = [member for gate in listed for member in gate.members]
    named = packet_names(members)
    for name, member in named.items():
        write_file(folder / name, desk.documents.get(member.packet))
    proposed = east_table.proposed(members, day)
    rows = [tuple("" if cell is None else str(cell) for cell in msgspec.structs.astuple(each)) for each in lacking]
    tables = {
        "list.xlsx": workbook(write_off_list.sheets(listed), "呆账核销清单"),
        "list.pdf": render(write_off_list.document(listed, desk.bank.name, day), desk.press.fonts),
        "east.csv": east_table.as_csv(proposed),
        "east.xlsx": east_table.as_xlsx(proposed),
        "not-ready.csv": east_table.as_csv(rows, NOT_READY),
    }
    for name, data in tables.items():
        write_file(folder / name, data)
    files = {name: member.packet for name, member in named.items()}
    files |= {name: digest(data) for name, data in tables.items()}
    manifest = _manifest(day, listed, named, files)
    write_file(folder / MANIFEST, manifest)
    return {**files, MANIFEST: digest(manifest)}


def packet_names(members: Sequence[Member]) -> dict[str, Member]:
    """Name of each packet's file: by its account, in characters that every file system takes; a second packet of one
    account also by its hash."""
    found: dict[str, Member] = {}
    for member in members:
        plain = quote(member.account, safe="")
        name = f"packets/{plain}.pdf"
        if name in found and found[name].packet != member.packet:
            name = f"packets/{plain}.{member.packet[:16]}.pdf"
        found[name] = member
    return found


def _manifest(
    day: date, listed: Sequence[ListGate], named: Mapping[str, Member], files: Mapping[str, str]
) -> bytes:  # fmt: skip
    name_of = {member.packet: name for name, member in named.items()}
    said = {
        "day": day,
        "lists": [
            {
                "gate": gate.gate_id, "tier": gate.tier, "entity": gate.entity, "packet_hash": gate.packet_hash,
                "evidence_hash": gate.evidence_hash,
                "members": [
                    {"account": each.account, "case": each.case_id, "packet": each.packet, "file": name_of[each.packet]}
                    for each in gate.members
                ],
            }
            for gate in listed
        ],
        "files": dict(sorted(files.items())),
    }  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(said), indent=2) + b"\n"
