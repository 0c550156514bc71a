"""SMTP: what is certain is said, what is not is `unknown`, and nothing is transmitted twice."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from recourse.channels.channel import Attachment, Outgoing, SendResult
from recourse.channels.smtp import SmtpChannel
from recourse.errors import UserError
from tests.channels.ways_out import NOTICE, Received, Sink, SmtpWay, as_received, free_port, message, parsed, smtp_sink

SENDER = "office@bank.example"


@pytest.fixture(scope="module")
def sink_at() -> Iterator[tuple[Sink, int]]:
    with smtp_sink() as at:
        yield at


def channel(port: int, timeout_seconds: float = 5, **options: Any) -> SmtpChannel:
    return SmtpChannel("127.0.0.1", port, SENDER, timeout_seconds=timeout_seconds, **({"security": "none"} | options))


# --- a server that misbehaves ---


class Misbehaving:
    """A server on the loopback that keeps to the protocol except at one point; counts connections and full texts."""

    def __init__(self, answers: dict[str, str], *, patient: bool = True) -> None:
        self._answers, self._patient = answers, patient
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.connections, self.texts = 0, 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            with line, line.makefile("rb") as reader:
                line.settimeout(10)
                self._talk(line, reader)

    def _talk(self, line: socket.socket, reader: Any) -> None:
        said = "greeting"
        while True:
            answer = self._answer(said)
            if answer == "silence":
                self._end.wait(5)
                return
            if answer == "hang up":
                return
            line.sendall(answer.encode() + b"\r\n")
            if said == "text" and not self._patient:
                return
            if said == "DATA" and answer.startswith("354"):
                self._read_text(reader)
                said = "text"
                continue
            if not (heard := reader.readline()):
                return
            said = heard.split()[0].decode().upper()

    def _answer(self, said: str) -> str:
        usual = {"greeting": "220 here", "DATA": "354 go on", "QUIT": "221 bye"}.get(said, "250 OK")
        return self._answers.get(said, usual)

    def _read_text(self, reader: Any) -> None:
        for heard in iter(reader.readline, b""):
            if heard == b".\r\n":
                self.texts += 1
                return


@contextmanager
def misbehaving(answers: dict[str, str], *, patient: bool = True) -> Iterator[Misbehaving]:
    server = Misbehaving(answers, patient=patient)
    try:
        yield server
    finally:
        server.stop()


@pytest.mark.parametrize("answer", ["hang up", "silence"])
def test_no_reply_to_the_text_is_unknown_and_not_sent_again(answer: str) -> None:
    with misbehaving({"text": answer}) as server:
        [result] = channel(server.port, timeout_seconds=0.3).send([message(1)])
        assert result.status == "unknown"
        assert result.reference == channel(server.port).message_id(message(1).key)
        assert result.detail.startswith("lost after DATA")
        assert (server.connections, server.texts) == (1, 1)


def test_a_silent_server_does_not_turn_a_whole_batch_into_unknowns() -> None:
    with misbehaving({"text": "hang up"}) as server:
        results = channel(server.port).send([message(n) for n in range(20)])
        assert [each.status for each in results] == ["unknown"] * 3 + ["failed"] * 17
        assert server.texts == 3


@pytest.mark.parametrize("step", ["greeting", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["hang up", "silence", "421 closing"])
def test_lost_before_the_text_is_failed(step: str, answer: str) -> None:
    with misbehaving({step: answer, "HELO": answer}) as server:
        results = channel(server.port, timeout_seconds=0.2).send([message(1), message(2)])
        assert [each.status for each in results] == ["failed", "failed"]
        assert all(each.detail for each in results)
        assert server.texts == 0


@pytest.mark.parametrize(
    ("step", "answer", "status"),
    [
        ("RCPT", "550 no such user", "refused"),
        ("RCPT", "452 mailbox full", "failed"),
        ("MAIL", "530 log in first", "failed"),
        ("MAIL", "552 too large", "refused"),
        ("DATA", "554 no valid receivers", "refused"),
        ("DATA", "451 try later", "failed"),
        ("text", "554 looks like spam", "refused"),
        ("text", "451 disk full", "failed"),
        ("text", "421 closing", "failed"),
        ("text", "250 queued as 7", "sent"),
    ],
)
def test_every_answer_of_the_server_has_its_status(step: str, answer: str, status: str) -> None:
    with misbehaving({step: answer}) as server:
        [result] = channel(server.port).send([message(1)])
    assert result.status == status
    assert answer in result.detail


def test_an_idle_connection_that_was_closed_is_opened_anew() -> None:
    with misbehaving({}, patient=False) as server:
        results = channel(server.port).send([message(n) for n in range(6)])
        assert [each.status for each in results] == ["sent"] * 6
        assert (server.connections, server.texts) == (6, 6)


def test_nobody_listening_is_failed_for_all() -> None:
    results = channel(free_port()).send([message(1), message(2)])
    assert [each.status for each in results] == ["failed", "failed"]
    assert "refused" in results[0].detail.lower()


# --- a real server ---


def test_receivers_are_judged_one_by_one_and_no_address_comes_back(sink_at: tuple[Sink, int]) -> None:
    batch = [
        message(11),
        message(12, address="nobody.zhang@debtor.example"),
        message(13, address="later.li@debtor.example"),
        message(14, address="张伟@debtor.example"),
        message(15, address="a@b@c.example"),
        message(16),
    ]
    results = channel(sink_at[1]).send(batch)
    assert [each.status for each in results] == ["sent", "refused", "failed", "refused", "refused", "sent"]
    assert "550 5.1.1" in results[1].detail
    assert not any(name in each.detail for each in results for name in ("nobody.zhang", "later.li", "张伟", "debtor"))


def test_a_message_is_the_same_bytes_whenever_it_is_written(sink_at: tuple[Sink, int]) -> None:
    sink, port = sink_at
    one = message(21, attachments=(NOTICE,))
    [first] = channel(port).send([one])
    [second] = channel(port).send([one])
    assert first == second == SendResult("sent", channel(port).message_id(one.key), "250 OK")
    assert sink.raw[-1] == sink.raw[-2]
    assert f"Message-ID: {first.reference}".encode() in sink.raw[-1][1]
    assert b"Date: Mon, 02 Mar 2026 01:30:00 +0000" in sink.raw[-1][1]
    assert all(byte < 128 for byte in sink.raw[-1][1])


PRINTABLE = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), max_size=120).map(str.strip)
FILES = st.lists(st.binary(max_size=200), max_size=2).map(
    lambda all_data: tuple(Attachment.of(f"附件 {n}.pdf", "application/pdf", data) for n, data in enumerate(all_data))
)


@settings(max_examples=60)
@given(PRINTABLE, st.lists(PRINTABLE, min_size=1, max_size=6).map("\n".join).filter(str.strip), FILES)
def test_whatever_is_said_arrives(
    sink_at: tuple[Sink, int], subject: str, text: str, files: tuple[Attachment, ...]
) -> None:
    sink, port = sink_at
    one: Outgoing = message(31, subject=" ".join(subject.split()), text=text, attachments=files)
    assert SmtpWay(sink, port).open().send([one])[0].status == "sent"
    assert parsed(*sink.raw[-1]) == as_received(one)


def test_a_message_larger_than_the_server_takes_is_refused_before_it_is_sent() -> None:
    with smtp_sink(data_size_limit=20_000) as (sink, port):
        large = Attachment.of("scan.pdf", "application/pdf", bytes(20_000))
        results = channel(port).send([message(1, attachments=(large,)), message(2)])
        assert [each.status for each in results] == ["refused", "sent"]
        assert "20000" in results[0].detail
        assert [each.address for each in sink.received()] == [message(2).address]


# --- secured, and logged in ---


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate made for this run: the server's side of it, and the trust of a client."""
    folder: Path = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return serving, ssl.create_default_context(cafile=str(folder / "cert.pem"))


def authenticator(
    server: object, session: object, envelope: object, mechanism: str, login: LoginPassword
) -> AuthResult:
    return AuthResult(success=(login.login, login.password) == (b"office", b"s3cret"), handled=False)


@pytest.fixture(scope="module")
def guarded(certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> Iterator[tuple[Sink, int]]:
    serving, _ = certificate
    with smtp_sink(tls_context=serving, require_starttls=True, authenticator=authenticator, auth_required=True) as at:
        yield at


def test_starttls_and_login(guarded: tuple[Sink, int], certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    sink, port = guarded
    secured = channel(port, security="starttls", trust=certificate[1], user="office", password="s3cret")
    assert secured.send([message(1)])[0].status == "sent"
    assert sink.received() == [Received(message(1).address, message(1).subject, message(1).text.rstrip("\n"), ())]


def test_tls_from_the_first_byte(certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    serving, trust = certificate
    with smtp_sink(ssl_context=serving) as (sink, port):
        assert channel(port, security="tls", trust=trust).send([message(1)])[0].status == "sent"
        assert channel(port, security="tls").send([message(2)])[0].status == "failed"
        assert [each.address for each in sink.received()] == [message(1).address]


def test_a_wrong_login_or_certificate_is_failed_and_says_so(
    guarded: tuple[Sink, int], certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    sink, port = guarded
    before = len(sink.raw)
    [result] = channel(port, security="starttls", trust=certificate[1], user="office", password="no").send([message(2)])
    assert (result.status, result.detail[:3]) == ("failed", "535")
    [result] = channel(port, security="starttls", user="office", password="s3cret").send([message(2)])
    assert result.status == "failed"
    assert "certificate" in result.detail
    assert len(sink.raw) == before


def test_no_fall_back_to_clear_text(sink_at: tuple[Sink, int]) -> None:
    [result] = channel(sink_at[1], security="starttls").send([message(41)])
    assert result.status == "failed"
    assert "STARTTLS" in result.detail


def test_bad_settings_are_one_line() -> None:
    with pytest.raises(UserError, match="clear text"):
        SmtpChannel("mail.bank.example", 25, SENDER, security="none", user="office", password="s3cret")
    with pytest.raises(UserError, match="not a sender's address"):
        SmtpChannel("mail.bank.example", 25, "the office")
