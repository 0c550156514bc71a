"""A dispatch in a process of its own that ends itself with SIGKILL: ``python -m tests.climb.dying_run URL FILE WHEN HOW``.

The far side is a file that outlives the process: one line for each message that arrived.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from recourse.channels.channel import Delivery, Outgoing, SendResult
from recourse.channels.memory import MemoryChannel
from tests.climb.fake_acts import Sender
from tests.core.ledgers import open_ledger


class FileChannel(MemoryChannel):
    """Writes each message's key on a line of a file; as an idempotent channel it knows what stands there."""

    def __init__(self, file: Path, delivery: Delivery) -> None:
        super().__init__(file.name, delivery=delivery)
        self._file = file

    def send(self, messages: Sequence[Outgoing]) -> list[SendResult]:
        for message in messages:
            if self.delivery == "idempotent" and message.key in arrived(self._file):
                continue
            with self._file.open("a", encoding="utf-8") as stream:
                stream.write(message.key + "\n")
        return [SendResult("sent") for _ in messages]


def arrived(file: Path) -> list[str]:
    """The keys that reached the far side, in order."""
    return file.read_text(encoding="utf-8").split() if file.exists() else []


def reminder(file: Path, delivery: Delivery) -> Sender:
    return Sender("reminder", permit=("sms",), delivery=delivery, channel=FileChannel(file, delivery))


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    url, where, when, how = sys.argv[1:]
    act = reminder(Path(where), "idempotent" if how == "idempotent" else "at-most-once")
    setattr(act, when, die)
    with open_ledger(url) as ledger:
        ledger.dispatch({"reminder": act}, owner="dies")
