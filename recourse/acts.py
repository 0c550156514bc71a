"""What a node's act is: it gets items that were claimed and gives receipts. The business writes acts in ``tasks/``.

An act runs outside every lock and never writes the ledger: what happened goes back as events in its receipt. It may be
called again with the same key after a crash, when its channel is idempotent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, Protocol, runtime_checkable

import msgspec

from recourse.agencies.register import Entry as RegisterEntry
from recourse.bank import BankProfile
from recourse.channels.channel import Channel, Delivery
from recourse.documents.blocks import Document
from recourse.documents.compose import MissingFact
from recourse.events import Entry as Entry
from recourse.events import Event
from recourse.facts import Facts
from recourse.packets.write_off_data import PacketData
from recourse.policy.book import Policy
from recourse.workdays import Calendar

Status = Literal["done", "failed", "unknown"]


class Item(msgspec.Struct, frozen=True):
    """One claimed act. `effect` is ``act``, or ``recall`` to call an earlier act back. `choice` came from the gate."""

    key: str
    case_id: str
    node: str
    n: int
    effect: str
    facts: Facts
    policy: Policy
    gate_id: str = ""
    choice: str = ""
    channel: str = ""
    """The channel that the permit is for."""
    without: tuple[str, ...] = ()
    """Addressees who are not to be contacted: beside the debtor, those whose permits were refused; of an act that keeps a
    right, whoever has died, cannot act or is represented."""


class Happened(msgspec.Struct, frozen=True):
    """An event that an act brought about; `effective_on` None means today."""

    event: Event
    effective_on: date | None = None


class Receipt(msgspec.Struct, frozen=True):
    """What became of one act. An `outcome` leaves the node with it; without one the visit stays open for a proof."""

    key: str
    status: Status
    outcome: str = ""
    reference: str = ""
    detail: str = ""
    documents: tuple[str, ...] = ()
    happened: tuple[Happened, ...] = ()


class Person(msgspec.Struct, frozen=True):
    """A person's data for a letter or message, decrypted for this act only; what is unknown is empty."""

    party_id: str
    name: str
    id_number: str = ""
    address: str = ""
    numbers: Mapping[str, str] = {}
    """channel → number or address to be used"""


class Contract(msgspec.Struct, frozen=True):
    """The contract behind an account, as letters name it; what is unknown is empty or None."""

    account_id: str
    product: str
    number: str
    note_no: str = ""
    signed_on: date | None = None
    amount: int | None = None
    matures_on: date | None = None


class Guaranty(msgspec.Struct, frozen=True):
    """A guarantee contract, as a demand names it."""

    guarantee_id: str
    party_id: str
    number: str
    signed_on: date | None = None
    scope: str = ""


class Agency(msgspec.Struct, frozen=True):
    """A collection agency of the register 委外机构名单, and how many debts it holds."""

    entry: RegisterEntry
    load: int

    @property
    def agency(self) -> str:
        return self.entry.agency


class People(Protocol):
    """Personal data for many at once; every reading is by need and in one query."""

    def of(self, party_ids: Sequence[str]) -> Mapping[str, Person]: ...

    def contracts(self, account_ids: Sequence[str]) -> Mapping[str, Contract]: ...

    def guarantees(self, account_ids: Sequence[str]) -> Mapping[str, Sequence[Guaranty]]: ...

    def agencies(self) -> Sequence[Agency]: ...

    def placed_with(self, party_ids: Sequence[str]) -> Mapping[str, str]: ...


class Letters(Protocol):
    """Prints papers from their templates in force and keeps them; gives back what lies in the store."""

    def print(self, orders: Sequence[Order]) -> list[Printed | MissingFact]: ...

    def text(self, order: Order) -> str: ...

    def packets(self, orders: Sequence[PacketOrder]) -> list[Printed | MissingFact]: ...

    def papers(self, documents: Sequence[tuple[str, Document]]) -> list[str]:
        """Print and keep finished documents by kind; their hashes."""
        ...

    def kept(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """The bytes of those papers that lie in our store."""
        ...


class Order(msgspec.Struct, frozen=True):
    """A paper that is wanted: a document of a jurisdiction, its fields, by the text in force on a day."""

    jurisdiction: str
    document: str
    fields: dict[str, Any]
    on: date


class PacketOrder(msgspec.Struct, frozen=True):
    """A write-off packet that is wanted, on the form in force on a day. `files`: bytes by SHA-256 of the papers that are
    bound in."""

    jurisdiction: str
    data: PacketData
    on: date
    files: dict[str, bytes] = {}


class Printed(msgspec.Struct, frozen=True):
    """A paper that was made: its content hash, its bytes, the template and its version, all that it says."""

    sha256: str
    data: bytes
    template: str
    version: date
    said: str = ""


class Filed(msgspec.Struct, frozen=True):
    """A paper on file that is not of our making: its kind by code, SHA-256 ("" = the bank gave none), date, where the
    original lies."""

    kind: str
    sha256: str
    dated_on: date | None = None
    original_at: str = ""


class History(Protocol):
    """The journals of cases, oldest first."""

    def of(self, case_ids: Sequence[str]) -> Mapping[str, Sequence[Entry]]: ...

    def papers(self, account_ids: Sequence[str]) -> Mapping[str, Sequence[Filed]]:
        """Papers that the bank delivered or people brought in, each once."""
        ...

    def gates(self, gate_ids: Sequence[str]) -> Mapping[str, Sequence[Entry]]:
        """The entries of the streams in which gates were answered."""
        ...

    def seal(self) -> tuple[str, date] | None:
        """The latest daily seal: its root and its day."""
        ...


class Tools(msgspec.Struct, frozen=True):
    """What acts work with: the day, the instant (UTC text), channels by kind, letters, people, journals, calendars."""

    day: date
    at: str
    channels: Mapping[str, Channel]
    letters: Letters
    people: People
    history: History
    calendar_of: Callable[[str], Calendar]
    bank: BankProfile
    names: Mapping[str, str] = {}
    """The Chinese names of nodes and of the outcomes of calls."""


class Act(Protocol):
    """The act of one node."""

    @property
    def node(self) -> str: ...

    @property
    def permit(self) -> tuple[str, ...]:
        """Channels by preference, for the first of which that the person has each item needs a contact permit; ()
        when the act contacts nobody."""
        ...

    @property
    def delivery(self) -> Delivery: ...

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]: ...


@runtime_checkable
class ToEach(Protocol):
    """An act that contacts others beside the debtor of its case, each under a permit of their own."""

    def addressees(self, facts: Facts) -> Sequence[str]: ...


@runtime_checkable
class Binds(Protocol):
    """An act whose gate decides on a packet, which is bound before the gate opens; its gate stays closed while the packet
    lacks something."""

    @property
    def packet(self) -> str:
        """The kind of packet."""
        ...

    def traits(self, facts: Facts, policy: Policy, today: date) -> frozenset[str]:
        """What the case has that calls for items of the packet."""
        ...

    def orders(self, items: Sequence[Item], tools: Tools) -> list[PacketOrder]:
        """The packets to bind, one an item."""
        ...


@runtime_checkable
class KeepsRight(Protocol):
    """An act that keeps a right and needs no permit. It says to whom it writes, and in which role."""

    def written_to(self, facts: Facts) -> Sequence[tuple[str, str]]: ...


class WorkItem:
    """The act of a step that people work outside: it lies on their desk, and the visit stays open until they report."""

    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def __init__(self, node: str) -> None:
        self.node = node

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [Receipt(item.key, "done") for item in items]


Acts = Mapping[str, Act]
