"""A file spool: messages for a text-message gateway or a printing house that collects files from a folder.

    <root>/<kind>/<business day>/<name>.json        one message, whole as soon as it is visible
    <root>/<kind>/<business day>/<name>-<sha>.pdf   its attachments, there before it
    <root>/<kind>/.staging  .register.db  .lock     ours; the collector keeps out and may take everything else away

`name` derives from the effect key, so a repeat meets the first. A message is staged, then registered, then published
by one rename. Registered and still staged means not published; registered and no longer staged means published, also
when the collector has long taken the file. Stopped anywhere and sent again, it is published exactly once. The register
holds derived names, days and digests, no personal data. Not a queue: nobody's acknowledgement is read here.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

import msgspec
from filelock import FileLock

from recourse.canonical import derived_id, encode
from recourse.channels.channel import (
    Attachment,
    ChannelKind,
    Delivery,
    KeyConflict,
    Outgoing,
    SendResult,
    SendStatus,
    by_key,
    content_digest,
    objection,
)

_FILE_MODE, _FOLDER_MODE = 0o640, 0o750  # the collector reads by group; nobody else does
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")
_LOCK_SECONDS = 60
_ASK_AT_ONCE = 500
_COLUMNS = "name TEXT PRIMARY KEY, day TEXT NOT NULL, content TEXT NOT NULL"
_SCHEMA = f"CREATE TABLE IF NOT EXISTS register ({_COLUMNS}) WITHOUT ROWID"


class SpooledFile(msgspec.Struct, frozen=True):
    """An attachment as it is written down: its own name, and the file beside the message that holds it."""

    name: str
    media_type: str
    sha256: str
    file: str


class SpooledMessage(msgspec.Struct, frozen=True):
    """What stands in a spooled JSON file; the contract with the collector."""

    key: str
    kind: str
    address: str
    subject: str
    text: str
    attachments: list[SpooledFile]
    on: str
    at: str


class _Entry(msgspec.Struct, frozen=True):
    """A line of the register: the day folder that a message belongs in, and the digest of its content."""

    day: str
    content: str


class SpoolChannel:
    """Idempotent by file name. Senders in several processes take turns; a batch costs about one sync per message."""

    delivery: Delivery = "idempotent"

    def __init__(self, root: Path, kind: Literal["sms", "post"], name: str = "") -> None:
        self.name = name or f"spool-{kind}"
        self.kind: ChannelKind = kind
        self._home = root / kind
        self._staging = self._home / ".staging"

    def send(self, messages: Sequence[Outgoing]) -> list[SendResult]:
        """Publish the messages; see `Channel.send`. Full disk: `failed`; register out of reach: `unknown`."""
        batch = by_key(messages)
        results = {key: SendResult("refused", "", why) for key, each in batch.items() if (why := objection(each))}
        fit = {self._file_name(key): each for key, each in batch.items() if key not in results}
        try:
            if fit:
                with self._turn() as register:
                    results |= self._spool(register, fit)
        except (OSError, sqlite3.Error) as error:
            results |= {each.key: _trouble("unknown", error) for each in fit.values()}
        return [results[each.key] for each in messages]

    def lookup(self, key: str) -> SendResult | None:
        """The result of a published message, read from the register; None where it was not published."""
        name = self._file_name(key)
        if not self._register_file.exists():
            return None
        with closing(self._opened_register()) as register:
            entry = _entries(register, [name]).get(name)
        return self._sent(name, entry.day) if entry and not self._staged(name).exists() else None

    def _spool(self, register: sqlite3.Connection, fit: dict[str, Outgoing]) -> dict[str, SendResult]:
        entries = _entries(register, fit)
        for name, entry in entries.items():
            if entry.content != content_digest(fit[name]):
                raise KeyConflict(fit[name].key)
        open_names = [name for name in fit if name not in entries or self._staged(name).exists()]
        results = {fit[name].key: self._sent(name, entry.day) for name, entry in entries.items()}
        try:
            entries |= self._stage(register, {name: each for name, each in fit.items() if name not in entries})
        except (OSError, sqlite3.Error) as error:
            return results | {fit[name].key: _trouble("failed", error) for name in open_names}
        return results | self._publish({name: fit[name] for name in open_names}, entries)

    def _stage(self, register: sqlite3.Connection, fresh: dict[str, Outgoing]) -> dict[str, _Entry]:
        """Write the messages where nobody collects, then say in the register that they will be published."""
        self._tidy(register)
        for name, each in fresh.items():
            self._write(self._staged(name), encode(self._record(name, each)).encode())
        _sync_folder(self._staging)
        entries = {name: _Entry(each.on.isoformat(), content_digest(each)) for name, each in fresh.items()}
        rows = [(name, entry.day, entry.content) for name, entry in entries.items()]
        with register:
            register.executemany("INSERT INTO register VALUES (?, ?, ?)", rows)
        return entries

    def _publish(self, staged: dict[str, Outgoing], entries: dict[str, _Entry]) -> dict[str, SendResult]:
        """Move the staged messages into their day's folder, attachments first; the rename is the act."""
        results: dict[str, SendResult] = {}
        days = {self._home / entries[name].day for name in staged}
        for name, each in staged.items():
            day = self._home / entries[name].day
            try:
                day.mkdir(mode=_FOLDER_MODE, exist_ok=True)
                for file in each.attachments:
                    self._write(day / _beside(name, file), file.data)
                os.replace(self._staged(name), day / f"{name}.json")
                results[each.key] = self._sent(name, entries[name].day)
            except OSError as error:
                results[each.key] = _trouble("failed", error)
        try:
            for folder in [*days, self._staging, self._home] if days else []:
                _sync_folder(folder)
        except OSError as error:
            return {key: _trouble("unknown", error) if each.status == "sent" else each for key, each in results.items()}
        return results

    def _tidy(self, register: sqlite3.Connection) -> None:
        """Drop what a stopped run staged and never registered: it was not sent, and it holds personal data."""
        left = {file.name.removesuffix(".json"): file for file in self._staging.iterdir()}
        for name in left.keys() - _entries(register, left).keys():
            left[name].unlink()

    def _write(self, target: Path, data: bytes) -> None:
        """All of the file or nothing, on the disk when this returns."""
        draft = self._staging / f"{target.name}.draft"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE_MODE), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, target)

    def _record(self, name: str, message: Outgoing) -> SpooledMessage:
        files = [
            SpooledFile(file.name, file.media_type, file.sha256, _beside(name, file)) for file in message.attachments
        ]
        return SpooledMessage(
            message.key,
            self.kind,
            message.address,
            message.subject,
            message.text,
            files,
            message.on.isoformat(),
            message.at,
        )

    @contextmanager
    def _turn(self) -> Iterator[sqlite3.Connection]:
        self._staging.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        with FileLock(self._home / ".lock", timeout=_LOCK_SECONDS), closing(self._opened_register()) as register:
            yield register

    def _opened_register(self) -> sqlite3.Connection:
        register = sqlite3.connect(self._register_file, timeout=_LOCK_SECONDS)
        register.execute(_SCHEMA)
        return register

    @property
    def _register_file(self) -> Path:
        return self._home / ".register.db"

    def _staged(self, name: str) -> Path:
        return self._staging / f"{name}.json"

    def _sent(self, name: str, day: str) -> SendResult:
        return SendResult("sent", f"{self.kind}/{day}/{name}.json")

    def _file_name(self, key: str) -> str:
        return derived_id("spool", self.kind, key)


def _beside(name: str, file: Attachment) -> str:
    suffix = Path(file.name).suffix
    return f"{name}-{file.sha256[:16]}{suffix if _SUFFIX.fullmatch(suffix) else ''}"


def _entries(register: sqlite3.Connection, names: Iterable[str]) -> dict[str, _Entry]:
    asked, entries = list(names), dict[str, _Entry]()
    for start in range(0, len(asked), _ASK_AT_ONCE):
        part = asked[start : start + _ASK_AT_ONCE]
        marks = ",".join("?" * len(part))
        rows = register.execute(f"SELECT name, day, content FROM register WHERE name IN ({marks})", part)
        entries |= {name: _Entry(day, content) for name, day, content in rows}
    return entries


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _trouble(status: SendStatus, error: OSError | sqlite3.Error) -> SendResult:
    return SendResult(status, "", f"spool folder: {getattr(error, 'strerror', None) or error}")
