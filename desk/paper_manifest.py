"""A folder of papers with its manifest.csv: every row is judged, and every fault named, before anything is taken in.

The form is described in docs/papers.md.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path, PurePosixPath

import msgspec

from recourse.documents.arrived import Arrived, judge
from recourse.errors import UserError
from recourse.events import DocumentReceived
from recourse.free_text import code, one_line

MANIFEST = "manifest.csv"
COLUMNS = ("account_id", "file", "kind", "node", "dated_on", "original_at", "sha256", "remarks")
MUST = ("account_id", "file", "kind")
ENCODINGS = ("utf-8-sig", "gb18030")
LARGEST_BYTES = 64 * 1024 * 1024
FIRST_DATE = date(1900, 1, 1)
NEEDS_SIGNER = "legal_opinion"


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one field of one row (the header is row 1), and the mend."""

    file: str
    row: int
    field: str
    what: str
    mend: str


class Row(msgspec.Struct, frozen=True):
    """A row as written, by column; `number` counts the header as 1."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


class Sound(msgspec.Struct, frozen=True):
    """A row that was judged sound: for which account, which file, and the event that it will be."""

    row: int
    account_id: str
    path: Path
    paper: DocumentReceived


class Limits(msgspec.Struct, frozen=True):
    """By what rows are judged: the business day, the nodes that there are, the largest file in bytes."""

    day: date
    nodes: Collection[str]
    largest_bytes: int


def read_rows(folder: Path) -> list[Row]:
    """The rows of the folder's manifest; UserError for what cannot be read as one at all."""
    path = folder / MANIFEST
    if not folder.is_dir():
        raise UserError("no such folder", where=str(folder), mend="give the folder that holds manifest.csv")
    if not path.is_file():
        raise UserError(f"no {MANIFEST} in the folder", where=str(folder), mend="see docs/papers.md")
    if path.stat().st_size > LARGEST_BYTES:
        raise UserError(f"{MANIFEST} is too large", where=str(path), mend="divide the folder")
    lines = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(lines, [])]
        _check_header(header, path)
        return [
            Row(number, {name: cell.strip() for name, cell in zip(header, cells, strict=False)})
            if len(cells) == len(header)
            else Row(number, {"": f"{len(cells)} cells, not {len(header)}"})
            for number, cells in enumerate(lines, start=2)
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error as error:
        raise UserError(f"not a CSV file: {error}", where=f"{path}, line {lines.line_num}") from None


def _text(path: Path) -> str:
    data = path.read_bytes()
    if b"\0" in data:
        raise UserError("zero bytes in it: not a CSV file", where=str(path), mend="save it as CSV UTF-8")
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UserError("neither UTF-8 nor GB 18030", where=str(path), mend="save it as CSV UTF-8")


def _check_header(header: Sequence[str], path: Path) -> None:
    where = str(path)
    if missing := [name for name in MUST if name not in header]:
        raise UserError(f"no column {', '.join(missing)}", where=where, mend=f"the columns are {', '.join(COLUMNS)}")
    if odd := [name for name in header if name not in COLUMNS or header.count(name) > 1]:
        raise UserError(
            f"unknown or repeated column {odd[0][:40]!r}", where=where, mend=f"the columns are {', '.join(COLUMNS)}"
        )


class Faults:
    """The faults of one row, as they are found."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self.found: list[Fault] = []

    def add(self, field: str, what: str, mend: str) -> None:
        self.found.append(Fault(self._row["file"], self._row.number, field, what, mend))

    def checked(self, field: str, check: Callable[[str, str], str]) -> str:
        """The cell as `check` gives it back, or "" with a fault."""
        try:
            return check(self._row[field], field)
        except UserError as error:
            self.add(field, error.what, error.mend)
            return ""


def judge_rows(
    folder: Path, rows: Sequence[Row], accounts: Mapping[str, str], limits: Limits
) -> Iterator[Sound | list[Fault]]:
    """Every row in turn: sound, or its faults; one file is in memory at a time.

    `accounts`: account → its latest case, "" for one that never had any.
    """
    taken: dict[tuple[str, str], int] = {}
    for row in rows:
        faults = Faults(row)
        sound = _judged(folder, row, accounts, limits, faults)
        if sound is not None:
            first = taken.setdefault((sound.account_id, sound.paper.sha256), row.number)
            if first != row.number:
                faults.add("file", f"the same paper as in row {first}", "name it once")
        yield sound if sound is not None and not faults.found else faults.found


def _judged(folder: Path, row: Row, accounts: Mapping[str, str], limits: Limits, faults: Faults) -> Sound | None:
    if "" in row.cells:
        faults.add("", row[""], "one cell for each column; quote what holds a comma")
        return None
    if not accounts.get(row["account_id"]):
        known = row["account_id"] in accounts
        faults.add("account_id", "it was never in arrears" if known else f"no account {row['account_id'][:64]!r}",
                   "leave the row out" if known else "see the bank's own account number")  # fmt: skip
    kind = faults.checked("kind", code)
    if kind == NEEDS_SIGNER:
        faults.add("kind", "a legal opinion needs its signer", "use `recourse document add --signed-by NAME`")
    if row["node"] and row["node"] not in limits.nodes:
        faults.add("node", f"no node {row['node'][:40]!r}", "see docs/ladder.md, or leave it empty")
    dated_on = _day(row["dated_on"], limits.day, faults)
    original_at = faults.checked("original_at", one_line)
    path = _path(folder, row["file"], faults)
    found = _file(path, row, limits, faults) if path is not None else None
    if faults.found or found is None or path is None:
        return None
    paper = DocumentReceived(found.sha256, kind, found.media_type, found.size, row["node"], dated_on, original_at)
    return Sound(row.number, row["account_id"], path, paper)


def _day(text: str, today: date, faults: Faults) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        faults.add("dated_on", f"not a day: {text[:40]!r}", "write YYYY-MM-DD")
        return None
    if not FIRST_DATE <= day <= today:
        faults.add("dated_on", f"{day} is not between {FIRST_DATE} and {today}", "give the day that the paper bears")
    return day


def _path(folder: Path, text: str, faults: Faults) -> Path | None:
    """The file that a cell names, inside the folder: by its text, and by where a link would lead."""
    parts = PurePosixPath(text).parts
    if not text or "\\" in text or "\0" in text or text.startswith("/") or ".." in parts:
        faults.add("file", "no path inside the folder", "give it relative to the folder, with /")
        return None
    path = folder / text
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
        there = inside and path.is_file()
    except (OSError, RuntimeError):  # a name too long, or links in a circle
        inside, there = True, False
    if not inside:
        faults.add("file", "it leads out of the folder", "put the file itself into the folder")
    elif not there:
        faults.add("file", "no such file", "put it into the folder, or mend the name")
    return path if there else None


def _file(path: Path, row: Row, limits: Limits, faults: Faults) -> Arrived | None:
    try:
        found = judge(read_paper(path, limits.largest_bytes), path.name, limits.largest_bytes)
    except UserError as error:
        faults.add("file", error.what, error.mend)
        return None
    given = row["sha256"].lower()
    if given and given != found.sha256:
        faults.add("sha256", "not the hash of the file's bytes", "send the right file, or mend the hash")
    return found


def read_paper(path: Path, largest_bytes: int) -> bytes:
    """The bytes of a file, never many more than may be taken in; UserError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(largest_bytes + 1)
    except OSError as error:
        raise UserError("cannot be read", where=str(path), mend=error.strerror or "make it readable") from None
