"""A gate that waits in an engine is announced to one address, or not, and waits all the same."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from desk.announcing import announce
from tests.channels.ways_out import Sink, smtp_sink

SUBJECT, LINK = "起诉 File suit · A1 · 席位 BLG", "https://console.bank/gates/abc"


@pytest.fixture(scope="module")
def sink() -> Iterator[tuple[Sink, int]]:
    with smtp_sink() as at:
        yield at


def test_the_address_is_told_what_waits_and_where(sink: tuple[Sink, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOURSE_NOTIFY", "legal@bank.example")
    monkeypatch.setenv("RECOURSE_SMTP", f"smtp://127.0.0.1:{sink[1]}?from=recourse%40bank.example")
    assert announce(SUBJECT, LINK) == ""
    (mail,) = sink[0].received()
    assert (mail.address, mail.subject, mail.files) == ("legal@bank.example", SUBJECT, ())
    assert mail.text == f"{SUBJECT}\n\n{LINK}"
    assert b"From: recourse@bank.example" in sink[0].raw[0][1]


def test_nobody_is_told_who_does_not_want_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RECOURSE_NOTIFY", raising=False)
    assert announce(SUBJECT, LINK) == ""


def test_without_a_mail_server_the_gate_waits_and_why_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOURSE_NOTIFY", "legal@bank.example")
    assert "RECOURSE_SMTP is not" in announce(SUBJECT, LINK)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("RECOURSE_SMTP", f"smtp://127.0.0.1:{taken.getsockname()[1]}")
        assert announce(SUBJECT, LINK).startswith("the gate could not be announced to legal@bank.example")
