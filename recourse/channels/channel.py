"""What a channel is: the messages it takes, the answers it gives, and the promise it makes about doing things twice.

A channel hands over and reports. It does not decide whether a person may be contacted (a permit did), does not write
the ledger, and does not read the clock. `tests/channels` holds every channel to the same contract.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

import msgspec

from recourse.canonical import digest, encode

Delivery = Literal["idempotent", "at-most-once"]
"""idempotent: the same key again changes nothing and gives the same answer, so after a crash it is simply sent again.
at-most-once: the far side cannot tell a repeat; after a crash the message is `unknown` and never sent again by us."""

ChannelKind = Literal["sms", "email", "post", "memory"]

SendStatus = Literal["sent", "refused", "failed", "unknown"]
"""sent: handed over. refused: turned down for good, nothing went out. failed: nothing went out, for a cause that may
pass. unknown: nobody can tell; neither lost nor done, counts as a contact, never as proof."""


class Attachment(msgspec.Struct, frozen=True):
    """A file that goes with a message; `sha256` is of `data`, in hex, and is checked before anything goes out."""

    name: str
    media_type: str
    sha256: str
    data: bytes

    @classmethod
    def of(cls, name: str, media_type: str, data: bytes) -> Attachment:
        """An attachment of these bytes."""
        return cls(name, media_type, digest(data), data)


class Outgoing(msgspec.Struct, frozen=True):
    """One finished message. `key` is the effect key; `on` the business day; `at` the instant as UTC text (ISO 8601)."""

    key: str
    address: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...]
    on: date
    at: str


class SendResult(msgspec.Struct, frozen=True):
    """What became of one message. `reference` finds it at the far side; `detail` is a reason, free of personal data."""

    status: SendStatus
    reference: str = ""
    detail: str = ""


class KeyConflict(Exception):
    """One effect key with two different contents: a defect of the caller. Nothing of the batch was sent."""

    def __init__(self, key: str) -> None:
        super().__init__(f"effect key {key} was used before with different content")
        self.key = key


class Channel(Protocol):
    """A way out. `send` gives one result per message, in order; the same key twice in a batch goes out once."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> ChannelKind: ...

    @property
    def delivery(self) -> Delivery: ...

    def send(self, messages: Sequence[Outgoing]) -> list[SendResult]:
        """Hand the messages over. What the world does wrong is a result; KeyConflict is the caller's defect."""
        ...

    def lookup(self, key: str) -> SendResult | None:
        """The result under which `key` was sent, or None: not sent, or (at-most-once) not to be known."""
        ...


def hand_over(channel: Channel, messages: Sequence[Outgoing]) -> list[SendResult]:
    """`Channel.send` for a run that may be taking up another's work: what went out before under a key stands.

    A letter printed again a day later bears another date and other sums; the first one went out, not this one.
    """
    try:
        return channel.send(messages)
    except KeyConflict:
        return [channel.lookup(message.key) or _alone(channel, message) for message in messages]


def _alone(channel: Channel, message: Outgoing) -> SendResult:
    try:
        return channel.send([message])[0]
    except KeyConflict:
        return SendResult("unknown", "", "begun before with another content, and not to be found")


_MEDIA_TYPE = re.compile(r"(application|audio|font|image|text|video)/[A-Za-z0-9][A-Za-z0-9.+-]*")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def content_digest(message: Outgoing) -> str:
    """SHA-256 over what a receiver sees; not over `on` and `at`, which may differ when a message is sent again."""
    files = [(file.name, file.media_type, file.sha256) for file in message.attachments]
    return digest(encode((message.address, message.subject, message.text, files)))


def by_key(messages: Sequence[Outgoing]) -> dict[str, Outgoing]:
    """The messages of a batch by effect key, in order, repeats dropped; KeyConflict where a repeat is not the same."""
    first: dict[str, Outgoing] = {}
    for message in messages:
        other = first.setdefault(message.key, message)
        if other is not message and content_digest(other) != content_digest(message):
            raise KeyConflict(message.key)
    return first


def objection(message: Outgoing) -> str:
    """Why no channel takes this message, or an empty text. Says what is wrong, never with whose address."""
    if not message.key:
        return "no effect key"
    if not message.address.strip():
        return "no address"
    if not message.address.isprintable():
        return "the address has a line break or an unprintable character"
    if not message.subject.isprintable():
        return "the subject has a line break or an unprintable character"
    if not _is_utc(message.at):
        return "its instant is not UTC text"
    if _HALF_CHARACTER.search(message.text):
        return "the text has half a character"
    if not message.text.strip() and not message.attachments:
        return "nothing to say: no text and no attachment"
    return next((reason for reason in map(_file_objection, message.attachments) if reason), "")


def _is_utc(at: str) -> bool:
    try:
        return datetime.fromisoformat(at).utcoffset() == timedelta(0)
    except ValueError:
        return False


def _file_objection(file: Attachment) -> str:
    if not file.name.isprintable() or file.name in ("", ".", "..") or "/" in file.name or "\\" in file.name:
        return "an attachment's name is not a file name"
    if not _MEDIA_TYPE.fullmatch(file.media_type):
        return f"attachment {file.name} has no media type of a file"
    if hashlib.sha256(file.data).hexdigest() != file.sha256:
        return f"attachment {file.name} does not match its sha256"
    return ""
