"""What the channel tests share: messages to send, and each channel together with a view of its far side."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol

import msgspec
from aiosmtpd.controller import Controller

from recourse.channels.channel import Attachment, Channel, Outgoing
from recourse.channels.memory import MemoryChannel
from recourse.channels.smtp import SmtpChannel
from recourse.channels.spool import SpoolChannel

NOTICE = Attachment.of("催收通知书.pdf", "application/pdf", b"%PDF-1.7 \x00\xff notice")
LEDGER = Attachment.of("还款明细.csv", "text/csv", "日期,金额\n2026-03-01,12.30\n".encode())


def message(n: int = 1, **changes: object) -> Outgoing:
    """The n-th message, to an address and with an effect key of its own."""
    usual = Outgoing(
        key=f"c{n}/v1/reminder/1",
        address=f"zhang.wei{n}@debtor.example",
        subject="还款提醒",
        text=f"您的贷款已逾期 {n} 天。\n.请及时还款\n",
        attachments=(),
        on=date(2026, 3, 2),
        at="2026-03-02T01:30:00Z",
    )
    return msgspec.structs.replace(usual, **changes)


class Received(msgspec.Struct, frozen=True):
    """What the far side got."""

    address: str
    subject: str
    text: str
    files: tuple[tuple[str, str, bytes], ...]


def as_received(sent: Outgoing) -> Received:
    return Received(
        sent.address,
        sent.subject,
        sent.text.rstrip("\n"),
        tuple((file.name, file.media_type, file.data) for file in sent.attachments),
    )


class WayOut(Protocol):
    """A channel, opened as often as one likes, and its far side."""

    def open(self) -> Channel: ...

    def received(self) -> list[Received]: ...


class MemoryWay:
    def __init__(self) -> None:
        self._channel = MemoryChannel()

    def open(self) -> Channel:
        return self._channel

    def received(self) -> list[Received]:
        return [as_received(each) for each in self._channel.arrived]


class SpoolWay:
    def __init__(self, root: Path, kind: str) -> None:
        self.root = root
        self.kind = kind

    def open(self) -> SpoolChannel:
        return SpoolChannel(self.root, "sms" if self.kind == "sms" else "post")

    def files(self) -> list[Path]:
        """The messages that a collector sees, in every day's folder."""
        return sorted(self.root.glob(f"{self.kind}/[0-9]*/*.json"))

    def received(self) -> list[Received]:
        return [self._read(file) for file in self.files()]

    def _read(self, file: Path) -> Received:
        found = json.loads(file.read_text())
        files = tuple(
            (each["name"], each["media_type"], (file.parent / each["file"]).read_bytes())
            for each in found["attachments"]
        )
        return Received(found["address"], found["subject"], found["text"].rstrip("\n"), files)


class Sink:
    """The far side of SMTP: takes everything but receivers whose name begins with `nobody` or `later`."""

    def __init__(self) -> None:
        self.raw: list[tuple[str, bytes]] = []

    async def handle_RCPT(  # noqa: N802 - the server looks for this name
        self, server: object, session: object, envelope: object, address: str, options: object
    ) -> str:
        if address.startswith("nobody"):
            return f"550 5.1.1 <{address}> no such user {address.partition('@')[0]} here"
        if address.startswith("later"):
            return "451 4.7.1 greylisted, come back"
        envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        self.raw.append((envelope.rcpt_tos[0], envelope.content))  # type: ignore[attr-defined]
        return "250 OK"

    def received(self) -> list[Received]:
        return [parsed(address, content) for address, content in self.raw]


def parsed(address: str, content: bytes) -> Received:
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert mail["To"] == address
    body = mail.get_body(("plain",))
    files = tuple(
        (part.get_filename() or "", part.get_content_type(), part.get_payload(decode=True))
        for part in mail.iter_attachments()
    )
    text = "" if body is None else body.get_content().replace("\r\n", "\n").rstrip("\n")
    return Received(address, mail["Subject"], text, files)  # type: ignore[arg-type]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


@contextmanager
def smtp_sink(**options: Any) -> Iterator[tuple[Sink, int]]:
    """A real SMTP server on the loopback, and its port."""
    sink, port = Sink(), free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield sink, port
    finally:
        controller.stop()


class SmtpWay:
    def __init__(self, sink: Sink, port: int) -> None:
        self._sink, self._port = sink, port

    def open(self) -> Channel:
        return SmtpChannel("127.0.0.1", self._port, "某银行 <office@bank.example>", security="none", timeout_seconds=5)

    def received(self) -> list[Received]:
        return self._sink.received()
