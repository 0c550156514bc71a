"""What a write-off packet says, as plain values: gathered by `recourse.letters.write_off`, printed by
`recourse.packets.write_off`, embedded whole.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from recourse.money import Amounts
from recourse.packets.model import Line

PACKET = "write_off_packet"
"""The kind of document that a write-off packet is kept as."""


class PacketEvent(msgspec.Struct, frozen=True):
    """One step of the case: when it took effect, what happened, under which rule and citation, by whom."""

    on: date
    what: str
    rule: str = ""
    citation: str = ""
    actor: str = ""


class PacketContact(msgspec.Struct, frozen=True):
    """One attempt to reach the debtor: channel, what came of it, and the permit it was made under."""

    on: date
    channel: str
    outcome: str
    permit: str = ""


class PacketDocument(msgspec.Struct, frozen=True):
    """A document of the file: what it is in words and by code, its date, the SHA-256 of its bytes in hex, where the
    original lies, the event that it comes from. `pages`: how many it has here, 0 when its bytes are not in our store;
    `attached`: it is embedded whole, since it has no pages that can be shown."""

    kind: str
    sha256: str
    dated_on: date | None = None
    original_at: str = ""
    code: str = ""
    source: str = ""
    pages: int = 0
    attached: bool = False

    @property
    def here(self) -> bool:
        """Whether its bytes are bound in."""
        return bool(self.pages) or self.attached


class PacketItem(msgspec.Struct, frozen=True):
    """An item that the packet has: its number, code and title, and the kinds of paper that serve it."""

    no: int
    item: str
    title: str
    papers: tuple[str, ...] = ()


class PacketVote(msgspec.Struct, frozen=True):
    """A recorded vote: seat, role and name of the voter, verdict, reason, instant (UTC text); for whom, when by
    delegation."""

    seat: str
    role: str
    name: str
    verdict: str
    reason: str
    at: str
    on_behalf_of: str = ""


class PacketRecovery(msgspec.Struct, frozen=True):
    """Money that came in, in minor units of the packet's currency."""

    on: date
    amount: int
    source: str


class PacketClass(msgspec.Struct, frozen=True):
    """A five-tier class as the bank delivered it, and since when."""

    on: date
    name: str


class LegalFacts(msgspec.Struct, frozen=True):
    """What counsel needs for the opinion: the course of the suit, or why there was none, and further facts."""

    course: str = ""
    why_not_sued: str = ""
    facts: tuple[str, ...] = ()


class PacketData(msgspec.Struct, frozen=True):
    """Everything a packet says. `application` holds the facts of the form 呆账核销申报表; money in minor units of
    `currency`.

    `voted_sha256` is the file hash of the packet that the voters had before them, if they have voted. `seal_root` is
    the ledger's latest daily seal (Merkle root, hex) and `seal_on` its day.
    """

    packet_no: str
    bank: str
    account_id: str
    debtor: str
    currency: str
    as_of: date
    built_on: date
    amounts: Amounts
    application: dict[str, Any]
    legal: LegalFacts
    plan: str
    keeper: str
    events: tuple[PacketEvent, ...] = ()
    contacts: tuple[PacketContact, ...] = ()
    documents: tuple[PacketDocument, ...] = ()
    items: tuple[PacketItem, ...] = ()
    readiness: tuple[Line, ...] = ()
    classes: tuple[PacketClass, ...] = ()
    votes: tuple[PacketVote, ...] = ()
    recoveries: tuple[PacketRecovery, ...] = ()
    voted_sha256: str = ""
    seal_root: str = ""
    seal_on: date | None = None
    journal: str = ""
    """The last event that the packet knows of, as stream and number: what it makes itself comes from there."""
