"""What a packet is made of, and what its manifest keeps of it. Plain values.

Every packet embeds two files: `packet.json` holds what the packet says in canonical form, and the cover prints its
SHA-256; `manifest.json` holds the page range and hash of each exhibit and a hash of what each page draws, so that a
change can be placed.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from recourse.canonical import digest, encode
from recourse.documents.blocks import Block

DATA_FILE, MANIFEST_FILE = "packet.json", "manifest.json"
Kind = Literal["write_off", "litigation", "placement", "committee_book", "collection_file"]


class Exhibit(msgspec.Struct, frozen=True):
    """One paper of a packet: our own blocks, the pages of a file, or both.

    `sha256`: of a file, its bytes; of our own blocks it is worked out. `source`: the event that it comes from, as
    stream and number. `attached`: the file cannot be shown as pages (OFD, damaged, locked) and is embedded whole.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    sha256: str = ""
    pages: int = 0
    source: str = ""
    dated_on: date | None = None
    original_at: str = ""
    attached: bool = False
    mark: str = ""
    """Its number in words, such as 材料七; empty: it is counted."""

    @property
    def hash(self) -> str:
        """Of the file where there is one, else of what we print."""
        return self.sha256 or digest(encode(self.blocks))


class Line(msgspec.Struct, frozen=True):
    """An item of the packet's readiness: there, missing, waived by whom for what reason, or not called for."""

    item: str
    title: str
    state: Literal["there", "missing", "waived", "not_needed"]
    note: str = ""


class Packet(msgspec.Struct, frozen=True):
    """Everything that is bound. `rows`: the cover's form; `content`: canonical JSON of what the packet says."""

    kind: Kind
    title: str
    number: str
    head: str
    rows: tuple[tuple[tuple[str, str], ...], ...]
    exhibits: tuple[Exhibit, ...]
    content: str
    readiness: tuple[Line, ...] = ()
    seal_root: str = ""
    seal_on: date | None = None
    draft: bool = False


class Placed(msgspec.Struct, frozen=True):
    """Of one exhibit, in the manifest: its number and heading, first and last page, hash, source event;
    whether it is a paper of its own, which the ledger knows by its hash."""

    number: int
    heading: str
    first: int
    last: int
    sha256: str
    source: str = ""
    file: bool = False


class Manifest(msgspec.Struct, frozen=True):
    """What a packet keeps of itself. `pages`: SHA-256 of what each page draws, in order; `content`: of `packet.json`."""

    kind: str
    number: str
    content: str
    exhibits: tuple[Placed, ...]
    pages: tuple[str, ...]

    def place_of(self, page: int) -> str:
        """Where a page (from 1) belongs: an exhibit by its heading, else the cover or the manifest."""
        found = next((each.heading for each in self.exhibits if each.first <= page <= each.last), "")
        if found:
            return found
        return "cover and index" if not self.exhibits or page < self.exhibits[0].first else "manifest"
