"""Packet → PDF. Same packet and same files: same bytes.

Each exhibit begins on a page of its own, so that its page range is its own. Before its last lines a comment
holds the SHA-256 of all the rest. Whoever can rewrite the whole file can also rewrite its hashes: what was approved is
proved by the file's hash in the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import BytesIO

import pikepdf

from recourse.canonical import digest, encode
from recourse.documents.blocks import (
    Block,
    Contents,
    Document,
    ExhibitTable,
    Heading,
    KeyValues,
    Note,
    PageBreak,
    Sheets,
    Table,
    plain,
)
from recourse.documents.fonts import Fonts
from recourse.documents.render import Drawn, drawn
from recourse.packets.digests import page_digest
from recourse.packets.model import DATA_FILE, MANIFEST_FILE, Exhibit, Line, Manifest, Packet, Placed
from recourse.packets.sheets import embed, lay, sheaf

TRAILER = re.compile(rb"%recourse-sha256 ([0-9a-f]{64})\n(startxref\n\d+\n%%EOF\n)")
"""The comment with the hash of all the rest of the packet, and the packet's last lines."""
MANIFEST_HEADING = "证据目录与校验清单"
STATES = {"there": "已备", "missing": "缺", "waived": "豁免", "not_needed": "不适用"}
NUMERALS = "零一二三四五六七八九"


def bind(packet: Packet, fonts: Fonts, files: Mapping[str, bytes] | None = None) -> bytes:
    """The finished PDF. `files`: bytes by SHA-256 of the exhibits that are files."""
    files = files or {}
    content = digest(packet.content)
    headings = tuple(headings_of(packet))
    blocks = tuple(_blocks(packet, headings, content))
    done = drawn(Document(packet.title, blocks, packet.head, packet.number, packet.draft, content), fonts)
    whole = {sha256: files[sha256] for sha256 in sorted({e.sha256 for e in packet.exhibits if e.attached})}
    pdf = _with_sheets(packet, done, headings, files, whole) if done.sheets or whole else _plain(packet, done, headings)
    return sealed(pdf)


def sealed(pdf: bytes) -> bytes:
    """The file with its own hash in a comment before its last lines, after which an archival file may hold nothing."""
    end = pdf.rindex(b"startxref\n")
    return pdf[:end] + f"%recourse-sha256 {digest(pdf)}\n".encode() + pdf[end:]


def headings_of(packet: Packet) -> Iterator[str]:
    """The heading of each exhibit, no two alike: the parts of one item and papers of one kind are counted."""
    seen: dict[str, int] = {}
    for at, exhibit in enumerate(packet.exhibits, start=1):
        heading = f"{exhibit.mark or f'材料{numeral(at)}'} {exhibit.title}"
        seen[heading] = seen.get(heading, 0) + 1
        yield heading if seen[heading] == 1 else f"{heading}（{seen[heading]}）"


def _plain(packet: Packet, done: Drawn, headings: tuple[str, ...]) -> bytes:
    manifest = manifest_of(packet, headings, done.marks, done.digests)
    return done.saved({DATA_FILE: packet.content.encode(), MANIFEST_FILE: encode(manifest).encode()})


def _with_sheets(
    packet: Packet, done: Drawn, headings: tuple[str, ...], files: Mapping[str, bytes], whole: Mapping[str, bytes]
) -> bytes:
    buffer = BytesIO()
    with pikepdf.open(BytesIO(done.saved({DATA_FILE: packet.content.encode()}, archival_file=False))) as pdf:
        lay(
            pdf,
            done.sheets,
            {sha256: sheaf(files[sha256]) for sha256 in sorted({sha256 for _, sha256, _ in done.sheets})},
        )
        digests = list(done.digests)
        for number, _, _ in done.sheets:
            digests[number - 1] = page_digest(pdf.pages[number - 1])
        manifest = manifest_of(packet, headings, done.marks, digests)
        embed(pdf, MANIFEST_FILE, encode(manifest).encode(), "application/json")
        for sha256, data in whole.items():
            embed(pdf, sha256, data)
        pdf.save(buffer, deterministic_id=True, compress_streams=True)
    return buffer.getvalue()


def manifest_of(
    packet: Packet, headings: tuple[str, ...], marks: Mapping[str, int], digests: tuple[str, ...] | list[str]
) -> Manifest:
    """What the packet keeps of itself."""
    starts = [*(marks[heading] for heading in headings), marks[MANIFEST_HEADING]]
    placed = tuple(
        Placed(at + 1, headings[at], starts[at], starts[at + 1] - 1, exhibit.hash, exhibit.source, bool(exhibit.sha256))
        for at, exhibit in enumerate(packet.exhibits)
    )
    return Manifest(packet.kind, packet.number, digest(packet.content), placed, tuple(digests))


def _blocks(packet: Packet, headings: tuple[str, ...], content: str) -> Iterator[Block]:
    yield Heading(1, packet.title)
    seal = f"{grouped(packet.seal_root)}（{packet.seal_on}）" if packet.seal_root else "编制时尚无封印"
    yield KeyValues((*packet.rows, (("内容哈希 SHA-256", grouped(content)),), (("账簿封印", seal),)))
    yield Note(
        f"内容哈希是本材料所附数据文件 {DATA_FILE} 的 SHA-256；每页和每项材料的哈希见 {MANIFEST_FILE}，文件末尾另有全文哈希。"
        "任何改动都可以用 recourse packet verify 发现。"
    )
    if packet.readiness:
        yield Heading(3, "材料完备情况")
        yield Table(("材料", "情况", "说明"), tuple(map(_ready, packet.readiness)), ("left", "center", "left"))
    yield Heading(3, "目录")
    yield Contents()
    for heading, exhibit in zip(headings, packet.exhibits, strict=True):
        yield PageBreak()
        yield Heading(2, heading)
        yield from _exhibit(exhibit)
    yield PageBreak()
    yield Heading(2, MANIFEST_HEADING)
    rows = tuple(
        (heading, exhibit.source or "—", grouped(exhibit.hash))
        for heading, exhibit in zip(headings, packet.exhibits, strict=True)
    )
    yield ExhibitTable(("材料", "来源事件", "SHA-256", "页码"), rows, MANIFEST_HEADING)


def _ready(line: Line) -> tuple[tuple, ...]:  # type: ignore[type-arg]
    return plain(line.title), plain(STATES[line.state]), plain(line.note or "—")


def _exhibit(exhibit: Exhibit) -> Iterator[Block]:
    yield from exhibit.blocks
    if not exhibit.sha256:
        return
    pairs = [("文件哈希 SHA-256", grouped(exhibit.sha256))]
    if exhibit.dated_on:
        pairs.append(("文件日期", exhibit.dated_on.isoformat()))
    if exhibit.original_at:
        pairs.append(("原件所在", exhibit.original_at))
    if exhibit.pages or exhibit.attached:
        pairs.append(("页数", f"{exhibit.pages} 页，附后" if exhibit.pages else "不能按页显示，文件整体附于本材料"))
    yield KeyValues(tuple((pair,) for pair in pairs))
    if exhibit.pages:
        yield Sheets(exhibit.sha256, exhibit.pages)


def numeral(number: int) -> str:
    """``numeral(15) == "十五"``, from 1 to 99; larger numbers stay in figures."""
    if not 0 < number < 100:
        return f" {number} "
    tens, ones = divmod(number, 10)
    return (NUMERALS[tens] if tens > 1 else "") + ("十" if tens else "") + (NUMERALS[ones] if ones else "")


def grouped(sha256: str) -> str:
    """A hash in groups of sixteen digits, so that a line may end between them."""
    return " ".join(sha256[at : at + 16] for at in range(0, len(sha256), 16))
