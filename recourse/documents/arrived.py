"""What a file that arrived really is: judged by its bytes, never by its name. Pure.

Accepted: PDF, JPEG, PNG, and OFD (GB/T 33190). Refused in one line: what is empty, too large, cut off, locked with a
password, of another type, or named as if it were of another type.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import PurePath
from typing import Any

import msgspec
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import IndirectObject

from recourse.documents import ofd
from recourse.errors import UserError

SUFFIXES = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "application/ofd": (".ofd",),
}
LARGEST_BYTES = 50 * 1024 * 1024
TAIL_BYTES = 2048
MOST_PAGES = 20_000
_PNG = b"\x89PNG\r\n\x1a\n"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG's start-of-frame markers; the three left out are tables and an extension (ITU-T T.81, table B.1)."""
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length: TEM, restarts, start of image."""


class Arrived(msgspec.Struct, frozen=True):
    """A file that was judged sound: SHA-256 of its bytes in hex, their number, what they are, pages or pixels as text."""

    sha256: str
    size: int
    media_type: str
    extent: str = ""


def judge(data: bytes, name: str, largest_bytes: int = LARGEST_BYTES) -> Arrived:
    """What the bytes are; UserError, with `name` as the place, when they cannot be taken in."""
    if not data:
        raise UserError("the file is empty", where=name, mend="scan or save it again")
    if len(data) > largest_bytes:
        raise UserError(
            f"{len(data):,} bytes, at most {largest_bytes:,}", where=name, mend="scan it smaller, or set RECOURSE_LARGEST_PAPER_MB"
        )  # fmt: skip
    media_type = type_of(data)
    if not media_type:
        raise UserError("neither PDF, JPEG, PNG nor OFD", where=name, mend="save it as one of these")
    suffix = PurePath(name).suffix.lower()
    if suffix and suffix not in SUFFIXES[media_type]:
        raise UserError(
            f"named {suffix[:12]} but holds {media_type}", where=name, mend=f"name it {SUFFIXES[media_type][0]}, if it is the right file"
        )  # fmt: skip
    extent = _CHECKS[media_type](data, name)
    return Arrived(hashlib.sha256(data).hexdigest(), len(data), media_type, extent)


def type_of(data: bytes) -> str:
    """The media type by the first bytes, or empty."""
    marks = {
        b"%PDF-": "application/pdf",
        b"\xff\xd8\xff": "image/jpeg",
        _PNG: "image/png",
        b"PK\x03\x04": "application/ofd",
    }
    return next((media_type for mark, media_type in marks.items() if data.startswith(mark)), "")


def _pdf(data: bytes, name: str) -> str:
    if b"%%EOF" not in data[-TAIL_BYTES:]:
        raise UserError("the PDF is cut off", where=name, mend="save or send it again")
    try:
        reader = PdfReader(BytesIO(data))
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = 0 if locked else _count_pages(reader)
    except (PyPdfError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError,
            NotImplementedError, AssertionError, zlib.error) as error:  # fmt: skip
        raise UserError("the PDF cannot be read", where=name, mend="save it again") from error
    if locked:
        raise UserError("the PDF needs a password", where=name, mend="save it without one")
    if not pages:
        raise UserError("the PDF has no page", where=name, mend="save it again")
    return f"{pages} pages"


def _count_pages(reader: PdfReader) -> int:
    """Pages that can be reached, each node of the page tree once: a tree may be made to name its own parts without end."""
    waiting: list[Any] = [reader.trailer["/Root"]["/Pages"]]  # type: ignore[index]
    met: set[int] = set()
    pages = 0
    while waiting and pages <= MOST_PAGES:
        node = waiting.pop()
        if isinstance(node, IndirectObject):
            if node.idnum in met:
                continue
            met.add(node.idnum)
            node = node.get_object()
        if "/Kids" in node:
            waiting.extend(node["/Kids"])
        elif node["/Type"] == "/Page":
            pages += 1
    return pages


def _jpeg(data: bytes, name: str) -> str:
    size, scan = (0, 0), 0
    for marker, at, length in _segments(data):
        if marker in _FRAMES and length >= 7:
            size = (int.from_bytes(data[at + 3 : at + 5]), int.from_bytes(data[at + 1 : at + 3]))
        if marker == 0xDA:
            scan = at + length
            break
    if not scan or data.rfind(b"\xff\xd9") < scan:
        raise UserError("the JPEG is cut off", where=name, mend="scan or send it again")
    return _pixels(size, "JPEG", name)


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, place of its content, length of it) of each segment up to the first scan; ends early where it is broken."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # filling
            at += 1
        elif marker in _ALONE:
            at += 2
        else:
            length = int.from_bytes(data[at + 2 : at + 4])
            if length < 2 or at + 2 + length > len(data):
                return
            yield marker, at + 4, length - 2
            at += 2 + length


def _png(data: bytes, name: str) -> str:
    """Every chunk is whole and fits its checksum, from IHDR to IEND, with which the file ends (ISO/IEC 15948, 5)."""
    at, size, last = len(_PNG), (0, 0), b""
    while at + 12 <= len(data) and last != b"IEND":
        length = int.from_bytes(data[at : at + 4])
        last, end = data[at + 4 : at + 8], at + 8 + length
        if end + 4 > len(data) or zlib.crc32(memoryview(data)[at + 4 : end]) != int.from_bytes(data[end : end + 4]):
            break
        if last == b"IHDR" and length == 13:
            size = (int.from_bytes(data[at + 8 : at + 12]), int.from_bytes(data[at + 12 : at + 16]))
        at = end + 4
    if last != b"IEND" or at != len(data):
        raise UserError("the PNG is cut off or damaged", where=name, mend="scan or send it again")
    return _pixels(size, "PNG", name)


def _pixels(size: tuple[int, int], kind: str, name: str) -> str:
    if not all(size):
        raise UserError(f"the {kind} has no size", where=name, mend="scan it again")
    return f"{size[0]}×{size[1]} pixels"


_CHECKS: dict[str, Callable[[bytes, str], str]] = {
    "application/pdf": _pdf,
    "image/jpeg": _jpeg,
    "image/png": _png,
    "application/ofd": ofd.check,
}
