"""The file spool: stopped anywhere, sent again, published once; and what the collector finds."""

from __future__ import annotations

import errno
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from recourse.channels import spool
from tests.channels.ways_out import LEDGER, NOTICE, SpoolWay, as_received, message

BATCH = [message(1, attachments=(NOTICE, LEDGER)), message(2)]
LATER = [message(n, attachments=each.attachments, on=date(2026, 3, 9)) for n, each in enumerate(BATCH, 1)]


class Stopped(BaseException):
    """The process ends here."""


class FaultyOs:
    """The module `os`, with something that happens just before or just after the n-th call that may touch the disk."""

    TOUCHING = ("open", "replace", "fsync")

    def __init__(self, nth: int, fault: BaseException, *, after: bool = False) -> None:
        self._left, self._fault, self._after = nth, fault, after
        self.struck = False

    def __getattr__(self, name: str) -> object:
        real = getattr(os, name)
        return self._faulty(real) if name in self.TOUCHING else real

    def _faulty(self, real: object) -> object:
        def call(*arguments: object) -> object:
            self._left -= 1
            if self._left == 0:
                self.struck = True
                if self._after:
                    real(*arguments)  # type: ignore[operator]
                raise self._fault
            return real(*arguments)  # type: ignore[operator]

        return call


def collect(way: SpoolWay) -> list[str]:
    """What a gateway or printer does: take away all that is there. Returns the effect keys."""
    keys = []
    for file in way.files():
        record = json.loads(file.read_text())
        for each in record["attachments"]:
            (file.parent / each["file"]).unlink()
        file.unlink()
        keys.append(record["key"])
    return keys


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("collected", [False, True])
def test_stopped_at_any_step_each_message_is_published_exactly_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bool, collected: bool
) -> None:
    steps = 0
    for nth in range(1, 100):
        way = SpoolWay(tmp_path / str(nth), "post")
        faulty = FaultyOs(nth, Stopped(), after=after)
        monkeypatch.setattr(spool, "os", faulty)
        try:
            way.open().send(BATCH)
        except Stopped:
            steps += 1
        monkeypatch.setattr(spool, "os", os)
        if not faulty.struck:
            break
        out = {json.loads(file.read_text())["key"] for file in way.files()}
        keys = collect(way) if collected else []
        looked_up = [way.open().lookup(each.key) for each in BATCH]
        results = way.open().send(LATER)
        assert [each.status for each in results] == ["sent", "sent"]
        assert looked_up == [now if each.key in out else None for each, now in zip(BATCH, results, strict=True)]
        if not collected:
            assert sorted(way.received(), key=repr) == sorted(map(as_received, BATCH), key=repr)
        keys += collect(way)
        assert sorted(keys) == sorted(each.key for each in BATCH)
        assert way.open().send(BATCH) == results
        assert collect(way) == []
    assert steps > 15


def test_a_full_disk_is_failed_or_unknown_and_mends_by_sending_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nth in range(1, 100):
        way = SpoolWay(tmp_path / str(nth), "post")
        faulty = FaultyOs(nth, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
        monkeypatch.setattr(spool, "os", faulty)
        results = way.open().send(BATCH)
        monkeypatch.setattr(spool, "os", os)
        if not faulty.struck:
            break
        out = {json.loads(file.read_text())["key"] for file in way.files()}
        for each, result in zip(BATCH, results, strict=True):
            assert result.status in (("sent", "unknown") if each.key in out else ("failed",))
            assert result.status == "sent" or "No space left" in result.detail
        assert {each.status for each in way.open().send(LATER)} == {"sent"}
        assert sorted(way.received(), key=repr) == sorted(map(as_received, BATCH), key=repr)
    assert nth > 15


def test_what_was_published_before_stays_sent_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = SpoolWay(tmp_path, "sms")
    [sent] = way.open().send([message(1)])
    monkeypatch.setattr(spool, "os", FaultyOs(1, OSError(errno.ENOSPC, "No space left on device")))
    results = way.open().send([message(1), message(2)])
    assert results[0] == sent
    assert results[1].status == "failed"


def test_a_register_out_of_reach_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "sms").mkdir()
    (tmp_path / "sms" / ".register.db").write_bytes(b"this is no database, whatever its name says" * 30)
    [result] = SpoolWay(tmp_path, "sms").open().send([message(1)])
    assert result.status == "unknown"
    assert "not a database" in result.detail


def test_what_was_staged_and_never_registered_is_cleared_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    way = SpoolWay(tmp_path, "sms")
    monkeypatch.setattr(spool, "os", FaultyOs(4, Stopped()))
    with pytest.raises(Stopped):
        way.open().send([message(1), message(2)])
    monkeypatch.setattr(spool, "os", os)
    assert list((tmp_path / "sms" / ".staging").iterdir())
    way.open().send([message(3)])
    assert list((tmp_path / "sms" / ".staging").iterdir()) == []
    assert way.open().lookup(message(1).key) is None


def test_the_collector_finds_whole_messages_by_day_with_their_files_beside_them(tmp_path: Path) -> None:
    way = SpoolWay(tmp_path, "post")
    [result] = way.open().send([message(1, attachments=(NOTICE, LEDGER))])
    file = tmp_path / result.reference
    assert file.parent == tmp_path / "post" / "2026-03-02"
    found = json.loads(file.read_text())
    assert found["key"] == message(1).key
    assert [each["sha256"] for each in found["attachments"]] == [NOTICE.sha256, LEDGER.sha256]
    assert [Path(each["file"]).suffix for each in found["attachments"]] == [".pdf", ".csv"]
    assert stat.S_IMODE(file.stat().st_mode) & 0o007 == 0


def test_the_register_holds_no_personal_data(tmp_path: Path) -> None:
    SpoolWay(tmp_path, "sms").open().send([message(1, address="13800138000")])
    kept = (tmp_path / "sms" / ".register.db").read_bytes()
    assert b"13800138000" not in kept
    assert message(1).key.encode() not in kept


def test_senders_side_by_side_publish_each_message_once(tmp_path: Path) -> None:
    way = SpoolWay(tmp_path, "sms")
    batches = [[message(n) for n in range(first, first + 40)] for first in (0, 20, 40, 0)]
    with ThreadPoolExecutor(len(batches)) as pool:
        results = list(pool.map(lambda batch: way.open().send(batch), batches))
    assert {each.status for batch in results for each in batch} == {"sent"}
    assert len({each.reference for batch in results for each in batch}) == len(way.files()) == 80
