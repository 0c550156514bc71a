"""The deliveries that a run takes in as its days come: which of a folder still wait, each taken in once.

A run that was interrupted and is begun again leaves out what it took in before, so that it ends with the same journal.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from desk.console_text import day_of
from desk.open_desk import Desk
from recourse.canonical import digest
from recourse.errors import UserError
from recourse.events import BatchLoaded
from recourse.intake.files import find_files, read_bytes
from recourse.intake.load import STREAM, load
from recourse.intake.manifest import read_manifest
from recourse.ledger.database import reading
from recourse.ledger.dossier import Pen
from recourse.ledger.history import stream
from tasks.takeover import PAST


def pending(desk: Desk, folder: Path | None) -> list[tuple[date, Path]]:
    """Deliveries of a folder by day, in sub-folders named YYYY-MM-DD, without those that were taken in before."""
    if folder is None:
        return []
    if not folder.is_dir():
        raise UserError("no such folder", where=str(folder), mend="give --deliveries FOLDER with one sub-folder a day")
    found = sorted((day_of(each.name, str(each)), each) for each in folder.iterdir() if each.is_dir())
    with reading(desk.engine) as connection:
        batches = [entry.event for entry in stream(connection, STREAM) if isinstance(entry.event, BatchLoaded)]
    taken = {(batch.as_of, tuple(sorted(batch.files.items()))) for batch in batches}
    return [(day, each) for day, each in found if not taken or _contents(each) not in taken]


def _contents(folder: Path) -> tuple[date | None, tuple[tuple[str, str], ...]]:
    """What a delivery is known by: the day it describes, and the digest of each file."""
    files = {path.name: digest(read_bytes(path)) for path in find_files(folder)[0].values()}
    manifest = read_manifest(folder)
    return manifest.as_of if manifest else None, tuple(sorted(files.items()))


def take_in(desk: Desk, waiting: list[tuple[date, Path]], day: date, pen: Pen) -> None:
    """Take in every delivery that has arrived by a day, once."""
    while waiting and waiting[0][0] <= day:
        _, folder = waiting.pop(0)
        load(desk.engine, desk.vault, desk.book, folder, pen, documents=desk.documents, past=PAST)
