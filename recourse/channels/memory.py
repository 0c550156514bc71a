"""A channel that keeps what it is given: for the demo, the simulator and tests. Reaches nobody, survives nothing.

It obeys the same contract as the real ones and can be told how to go wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

from recourse.canonical import derived_id
from recourse.channels.channel import (
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


class MemoryChannel:
    """Records messages in `arrived`, in order. As an at-most-once channel it records a repeat as a second one."""

    def __init__(self, name: str = "memory", kind: ChannelKind = "memory", delivery: Delivery = "idempotent") -> None:
        self.name, self.kind, self.delivery = name, kind, delivery
        self.arrived: list[Outgoing] = []
        self._results: dict[str, tuple[str, SendResult]] = {}
        self._told: dict[str, tuple[SendResult, bool]] = {}

    def tell(self, key: str, status: SendStatus, detail: str = "as told", *, arrives: bool = False) -> None:
        """From now on answer `key` with this status, until told "sent". `arrives`: it goes out all the same."""
        self._told.pop(key, None)
        if status != "sent":
            self._told[key] = SendResult(status, "", detail), arrives

    def send(self, messages: Sequence[Outgoing]) -> list[SendResult]:
        """Record the messages; see `Channel.send`."""
        batch = by_key(messages)
        if self.delivery == "idempotent":
            for key, message in batch.items():
                if key in self._results and self._results[key][0] != content_digest(message):
                    raise KeyConflict(key)
        results = {key: self._send_one(message) for key, message in batch.items()}
        return [results[message.key] for message in messages]

    def lookup(self, key: str) -> SendResult | None:
        """The result of a message that arrived; always None as an at-most-once channel."""
        return self._results[key][1] if self.delivery == "idempotent" and key in self._results else None

    def _send_one(self, message: Outgoing) -> SendResult:
        if reason := objection(message):
            return SendResult("refused", "", reason)
        told, arrives = self._told.get(message.key, (None, True))
        if told is None and self.delivery == "idempotent" and message.key in self._results:
            return self._results[message.key][1]
        if arrives:
            self._arrive(message)
        return told or SendResult("sent", self._reference(message.key))

    def _arrive(self, message: Outgoing) -> None:
        if self.delivery == "idempotent" and message.key in self._results:
            return
        self.arrived.append(message)
        self._results[message.key] = content_digest(message), SendResult("sent", self._reference(message.key))

    def _reference(self, key: str) -> str:
        return f"{self.name}/{derived_id('memory', self.name, key)}"
