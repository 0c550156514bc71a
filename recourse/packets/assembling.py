"""Packets that are made of exhibits only: cover, exhibits, readiness, and the data file that says it all. Pure.

Of the collection file, the litigation bundle, the placement pack and the committee book; the write-off packet has data of
its own (`write_off`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec

from recourse.canonical import encode
from recourse.documents.blocks import Block
from recourse.packets.binding import numeral
from recourse.packets.model import Exhibit, Kind, Line, Packet
from recourse.packets.parts import counted, paper, paper_list
from recourse.packets.write_off_data import PacketDocument

TITLES: Mapping[Kind, str] = {
    "collection_file": "催收档案",
    "litigation": "起诉材料",
    "placement": "委外催收资料",
    "committee_book": "审议材料",
}
DOCUMENT_KINDS: Mapping[Kind, str] = {
    "collection_file": "collection_file",
    "litigation": "litigation_bundle",
    "placement": "placement_pack",
    "committee_book": "committee_book",
}
"""The kind of document that each is kept as."""

Rows = tuple[tuple[tuple[str, str], ...], ...]


class Said(msgspec.Struct, frozen=True):
    """The data file: cover, facts by name (money in minor units), exhibits as printed, readiness."""

    kind: Kind
    number: str
    bank: str
    rows: Rows
    facts: Mapping[str, object]
    exhibits: tuple[tuple[str, str, tuple[Block, ...], str], ...]
    readiness: tuple[Line, ...]
    seal_root: str
    seal_on: date | None


class Cover(msgspec.Struct, frozen=True):
    """What stands before the exhibits: number, bank, form, facts for machines, readiness, the latest seal."""

    kind: Kind
    number: str
    bank: str
    rows: Rows
    facts: Mapping[str, object]
    readiness: tuple[Line, ...] = ()
    seal: tuple[str, date] | None = None


def assembled(cover: Cover, exhibits: Sequence[Exhibit]) -> Packet:
    """The packet to bind."""
    root, on = cover.seal or ("", None)
    printed = tuple((each.title, each.source, each.blocks, each.hash) for each in exhibits)
    said = Said(cover.kind, cover.number, cover.bank, cover.rows, cover.facts, printed, cover.readiness, root, on)
    return Packet(
        cover.kind, TITLES[cover.kind], cover.number, cover.bank, cover.rows, tuple(exhibits), encode(said),
        cover.readiness, root, on,
    )  # fmt: skip


def part(number: int, title: str, *blocks: Block, source: str = "") -> Exhibit:
    """A part that the packet makes itself."""
    return Exhibit(title, blocks, mark=f"第{numeral(number)}部分", source=source)


def attached(documents: Sequence[PacketDocument], files: Mapping[str, bytes], mark: str = "附件") -> Iterator[Exhibit]:
    """Papers whose bytes lie in our store one by one, then a list of those that lie elsewhere."""
    known = [counted(each, files) for each in documents]
    here = [each for each in known if each.here]
    for n, each in enumerate(here, start=1):
        yield paper(each, f"{mark}{numeral(n)}")
    if elsewhere := [each for each in known if not each.here]:
        yield Exhibit("不在本系统保管的文件", (paper_list(elsewhere),), mark="附表")
