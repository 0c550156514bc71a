"""E-mail by a real SMTP server (RFC 5321). At-most-once: after DATA a lost connection leaves the message `unknown`.

A message is written the same to the byte for the same key, Message-ID included, so that a mailbox can tell a repeat;
but no server promises to, so nothing is ever transmitted twice here. A new connection is made only for messages whose
text has not started on its way. Bounces come back by other roads and are not read here.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal

from recourse.canonical import derived_id
from recourse.channels.channel import ChannelKind, Delivery, Outgoing, SendResult, SendStatus, by_key, objection
from recourse.errors import UserError

Security = Literal["starttls", "tls", "none"]

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")  # neither quoted nor literal forms
_POLICY = SMTP.clone(cte_type="7bit")  # text that any server takes, with or without 8BITMIME
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_START_DATA, _SERVICE_CLOSING, _TOO_LARGE = 354, 421, 552
_DETAIL_LENGTH = 200
_LOSSES_PER_BATCH = 3


class SmtpChannel:
    """E-mail through one server, one connection per batch. `sender` may carry a name: ``"Bank <office@bank.example>"``.

    `starttls` and `tls` never fall back to clear text; `trust` replaces the system's certificates. A login in clear
    text is a UserError except to this machine.
    """

    delivery: Delivery = "at-most-once"
    kind: ChannelKind = "email"

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        *,
        name: str = "smtp",
        security: Security = "starttls",
        user: str = "",
        password: str = "",
        timeout_seconds: float = 30.0,
        ehlo_name: str = "localhost",
        trust: ssl.SSLContext | None = None,
    ) -> None:
        if user and security == "none" and host not in _LOOPBACK:
            raise UserError(f"a login to {host} in clear text", mend="set security to starttls or tls")
        if not _is_address(parseaddr(sender)[1]):
            raise UserError(f"not a sender's address: {sender!r}", mend="write it as office@bank.example")
        self.name = name
        self._host, self._port, self._sender = host, port, sender
        self._security, self._user, self._password = security, user, password
        self._timeout_seconds, self._ehlo_name, self._trust = timeout_seconds, ehlo_name, trust

    def send(self, messages: Sequence[Outgoing]) -> list[SendResult]:
        """Transmit each message at most once; see `Channel.send`."""
        line = _Line(self)
        try:
            results = {key: self._send_one(line, each) for key, each in by_key(messages).items()}
        finally:
            line.close()
        return [results[each.key] for each in messages]

    def lookup(self, key: str) -> None:
        """Always None: SMTP cannot be asked what became of a message."""
        return None

    def message_id(self, key: str) -> str:
        """The Message-ID under which `key` goes out; the reference of its result."""
        return f"<{derived_id('message', key)}@{self.sender_address.rpartition('@')[2]}>"

    @property
    def sender_address(self) -> str:
        """The bare address that mail goes out from, and bounces go back to."""
        return parseaddr(self._sender)[1]

    def connect(self) -> smtplib.SMTP:
        """A greeted, secured and logged-in connection; OSError (smtplib's own errors are that too) if there is none."""
        here, wait = self._ehlo_name, self._timeout_seconds
        trust = None if self._security == "none" else self._trust or ssl.create_default_context()
        server = (
            smtplib.SMTP_SSL(self._host, self._port, local_hostname=here, timeout=wait, context=trust)
            if self._security == "tls"
            else smtplib.SMTP(self._host, self._port, local_hostname=here, timeout=wait)
        )
        try:
            if self._security == "starttls":
                server.starttls(context=trust)
            server.ehlo_or_helo_if_needed()
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _send_one(self, line: _Line, message: Outgoing) -> SendResult:
        if reason := objection(message) or ("" if _is_address(message.address) else "not an e-mail address in ASCII"):
            return SendResult("refused", "", reason)
        written = self._written(message)
        while True:
            used_before = line.is_open
            try:
                server = line.server()
                turned_down = self._announce(server, message.address, len(written))
            except OSError as error:  # the text has not started on its way
                if used_before:  # an idle connection may be closed at any time; this says nothing about the message
                    line.drop()
                    continue
                line.lose()
                return SendResult("failed", "", _said(error, message.address))
            if turned_down:
                line.reset()
                return turned_down
            return self._transmit(line, server, message, written)

    def _announce(self, server: smtplib.SMTP, address: str, size: int) -> SendResult | None:
        """Sender, receiver and DATA; the server's refusal, or None when it waits for the text."""
        limit = server.esmtp_features.get("size", "")
        if limit.isdecimal() and 0 < int(limit) < size:
            return SendResult("refused", "", f"{size} bytes, and the server takes {limit}")
        sized = [f"SIZE={size}"] if server.has_extn("size") else []
        code, said = server.mail(self.sender_address, sized)
        if code != 250:
            return _turned_down("refused" if code == _TOO_LARGE else "failed", code, said, address)
        code, said = server.rcpt(address)
        if code not in (250, 251):
            return _turned_down(_finality(code), code, said, address)
        code, said = server.docmd("DATA")
        return None if code == _START_DATA else _turned_down(_finality(code), code, said, address)

    def _transmit(self, line: _Line, server: smtplib.SMTP, message: Outgoing, written: bytes) -> SendResult:
        reference = self.message_id(message.key)
        try:
            server.send(written + b".\r\n")
            code, said = server.getreply()
        except OSError as error:
            line.lose()
            return SendResult("unknown", reference, f"lost after DATA: {_said(error, message.address)}")
        if code == _SERVICE_CLOSING:
            line.drop()
        detail = _detail(code, said, message.address)
        if 200 <= code < 300:
            return SendResult("sent", reference, detail)
        return SendResult(_finality(code) if 400 <= code < 600 else "unknown", reference, detail)

    def _written(self, message: Outgoing) -> bytes:
        """The message as it stands on the wire, dots doubled, without the closing one."""
        mail = EmailMessage(policy=_POLICY)
        mail["From"], mail["To"], mail["Subject"] = self._sender, message.address, message.subject
        mail["Date"] = format_datetime(datetime.fromisoformat(message.at))
        mail["Message-ID"] = self.message_id(message.key)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        for file in message.attachments:
            main, _, sub = file.media_type.partition("/")
            mail.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)
        if mail.is_multipart():
            mail.set_boundary(derived_id("boundary", message.key))
        wire = mail.as_bytes()
        return re.sub(rb"(?m)^\.", b"..", wire if wire.endswith(b"\r\n") else wire + b"\r\n")


class _Line:
    """The connection of one batch: opened when first needed, opened anew when lost.

    Given up when it cannot be opened, or is lost a few times over: a server that falls silent after each DATA must not
    turn a whole batch into unknowns.
    """

    def __init__(self, channel: SmtpChannel) -> None:
        self._channel = channel
        self._server: smtplib.SMTP | None = None
        self._losses = 0

    @property
    def is_open(self) -> bool:
        return self._server is not None

    def server(self) -> smtplib.SMTP:
        if self._losses >= _LOSSES_PER_BATCH:
            raise smtplib.SMTPServerDisconnected("given up for this batch")
        if self._server is None:
            try:
                self._server = self._channel.connect()
            except OSError:
                self._losses = _LOSSES_PER_BATCH
                raise
        return self._server

    def lose(self) -> None:
        self._losses += 1
        self.drop()

    def drop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None

    def reset(self) -> None:
        try:
            self.server().rset()
        except OSError:
            self.drop()

    def close(self) -> None:
        if self._server is not None:
            try:
                self._server.quit()
            except OSError:
                self.drop()


def _is_address(text: str) -> bool:
    return bool(_ADDRESS.fullmatch(text))


def _finality(code: int) -> SendStatus:
    """RFC 5321 4.2.1: 5yz is for good, 4yz is for now."""
    return "refused" if 500 <= code < 600 else "failed"


def _turned_down(status: SendStatus, code: int, said: bytes, address: str) -> SendResult:
    if code == _SERVICE_CLOSING:
        raise smtplib.SMTPServerDisconnected(_detail(code, said, address))
    return SendResult(status, "", _detail(code, said, address))


def _said(error: OSError, address: str) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return _detail(error.smtp_code, said if isinstance(said, bytes) else said.encode(), address)
    return _without(address, error.strerror or str(error) or type(error).__name__)


def _detail(code: int, said: bytes, address: str) -> str:
    return _without(address, f"{code} {said.decode(errors='replace')}")


def _without(address: str, said: str) -> str:
    """The server's words without the address, which servers like to repeat and which is personal."""
    for part in (address, address.rpartition("@")[0]):
        said = re.sub(rf"(?<![\w.]){re.escape(part)}(?![\w.])", "(address)", said, flags=re.IGNORECASE)
    return " ".join(said.split())[:_DETAIL_LENGTH]
