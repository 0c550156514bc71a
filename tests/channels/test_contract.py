"""The contract of every channel, whatever stands behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from recourse.channels.channel import Attachment, KeyConflict, Outgoing
from tests.channels.ways_out import (
    LEDGER,
    NOTICE,
    MemoryWay,
    SmtpWay,
    SpoolWay,
    WayOut,
    as_received,
    message,
    smtp_sink,
)

IDEMPOTENT = ["memory", "sms", "post"]


def opened(kind: str, root: Path) -> Iterator[WayOut]:
    if kind == "memory":
        yield MemoryWay()
    elif kind == "email":
        with smtp_sink() as (sink, port):
            yield SmtpWay(sink, port)
    else:
        yield SpoolWay(root, kind)


@pytest.fixture(params=[*IDEMPOTENT, "email"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WayOut]:
    yield from opened(request.param, tmp_path)


@pytest.fixture(params=IDEMPOTENT)
def idempotent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WayOut]:
    yield from opened(request.param, tmp_path)


def test_it_says_what_it_is(way: WayOut) -> None:
    channel = way.open()
    assert channel.name
    assert channel.kind in ("memory", "sms", "post", "email")
    assert channel.delivery == ("at-most-once" if channel.kind == "email" else "idempotent")


def test_nothing_to_send_is_nothing_sent(way: WayOut) -> None:
    assert way.open().send([]) == []
    assert way.received() == []


def test_one_result_a_message_in_order_and_all_of_it_arrives(way: WayOut) -> None:
    batch = [message(1), message(2, attachments=(NOTICE, LEDGER)), message(3, text="plain\n\n..dots\n.\n")]
    results = way.open().send(batch)
    assert [each.status for each in results] == ["sent"] * 3
    assert len({each.reference for each in results} - {""}) == 3
    assert sorted(way.received(), key=repr) == sorted(map(as_received, batch), key=repr)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"address": " "}, "no address"),
        ({"address": "a@b.example\nBcc: c@d.example"}, "line break"),
        ({"subject": "催收\r\nBcc: c@d.example"}, "line break"),
        ({"text": " \n"}, "nothing to say"),
        ({"text": "half \ud83d of it"}, "half a character"),
        ({"key": ""}, "no effect key"),
        ({"at": "2026-03-02 09:30"}, "not UTC"),
        ({"attachments": (Attachment("a.pdf", "application/pdf", "0" * 64, b"other"),)}, "does not match its sha256"),
        ({"attachments": (Attachment.of("../../a.pdf", "application/pdf", b"x"),)}, "not a file name"),
        ({"attachments": (Attachment.of("a.eml", "message/rfc822", b"x"),)}, "no media type"),
    ],
)
def test_a_refusal_is_a_value_with_a_reason_and_holds_up_nobody(
    way: WayOut, changes: dict[str, object], reason: str
) -> None:
    batch = [message(1), message(2, **changes), message(3)]
    results = way.open().send(batch)
    assert [each.status for each in results] == ["sent", "refused", "sent"]
    assert reason in results[1].detail
    assert "debtor.example" not in results[1].detail
    assert len(way.received()) == 2


def test_the_same_key_twice_in_a_batch_goes_out_once(way: WayOut) -> None:
    first, second, third = way.open().send([message(1), message(2), message(1)])
    assert first == third != second
    assert len(way.received()) == 2


def test_one_key_with_two_contents_stops_the_batch(way: WayOut) -> None:
    with pytest.raises(KeyConflict, match=message(2).key):
        way.open().send([message(1), message(2), message(2, text="something else")])
    assert way.received() == []


def test_a_key_never_sent_is_unknown_to_it(way: WayOut) -> None:
    assert way.open().lookup(message(1).key) is None
    way.open().send([message(2)])
    assert way.open().lookup(message(1).key) is None


def test_at_most_once_promises_no_knowledge(tmp_path: Path) -> None:
    for way in opened("email", tmp_path):
        way.open().send([message(1)])
        assert way.open().lookup(message(1).key) is None


def test_sending_again_changes_nothing_and_says_the_same(idempotent: WayOut) -> None:
    batch = [message(1), message(2, attachments=(NOTICE,))]
    results = idempotent.open().send(batch)
    later = [message(each, on=date(2026, 3, 5), at="2026-03-05T02:00:00Z") for each in (1, 3)]
    again = idempotent.open().send([later[0], batch[1], later[1]])
    assert again[:2] == results
    assert len(idempotent.received()) == 3
    assert [idempotent.open().lookup(each.key) for each in (*batch, later[1])] == again


@pytest.mark.parametrize(
    "changes", [{"text": "x"}, {"address": "x@y.example"}, {"subject": "x"}, {"attachments": (NOTICE,)}]
)
def test_a_sent_key_with_other_content_stops_the_batch(idempotent: WayOut, changes: dict[str, object]) -> None:
    idempotent.open().send([message(1)])
    before = idempotent.received()
    with pytest.raises(KeyConflict):
        idempotent.open().send([message(2), message(1, **changes)])
    assert idempotent.received() == before


def test_a_refused_message_may_be_mended_under_its_key(idempotent: WayOut) -> None:
    broken: Outgoing = message(1, address="")
    assert idempotent.open().send([broken])[0].status == "refused"
    assert idempotent.open().lookup(broken.key) is None
    assert idempotent.open().send([message(1)])[0].status == "sent"
