"""Whether a ZIP file is an OFD document (GB/T 33190-2016), and a harmless one: no path that leaves it, no bomb. Pure.

The container's parts are read once, in pieces, to see that each is whole; nothing is unpacked anywhere.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any
from xml.parsers import expat

from recourse.errors import UserError

ENTRY = "OFD.xml"
NAMESPACE = "http://www.ofdspec.org/2016"
MOST_PARTS = 10_000
MOST_TIMES = 200
"""A part may be so many times as large as it is packed; fonts and pages stay far below."""
UNPACKED_BYTES = 512 * 1024 * 1024
ENTRY_BYTES = 1024 * 1024
PIECE_BYTES = 256 * 1024
SMALL_BYTES = 1024 * 1024
"""Parts up to this size may be packed as tightly as they like."""
_ENCRYPTED = 0x1


def check(data: bytes, name: str) -> str:
    """The number of parts, as text; UserError when it is no sound OFD."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as container:
            parts = container.infolist()
            fault = next(_faults(parts), "")
            if not fault:
                _read_through(container, parts)
                fault = _entry_fault(container, parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise UserError("the OFD is cut off or damaged", where=name, mend="send it again") from error
    if fault:
        raise UserError(fault, where=name, mend="ask for the file again")
    return f"{len(parts)} parts"


def _faults(parts: Sequence[zipfile.ZipInfo]) -> Iterator[str]:
    """What the container's list of parts gives away."""
    if len(parts) > MOST_PARTS:
        yield f"the OFD has {len(parts):,} parts, at most {MOST_PARTS:,}"
    if len({part.filename for part in parts}) < len(parts):
        yield "the OFD has two parts of one name"
    for part in parts:
        if _leaves(part.orig_filename):
            yield "the OFD has a part whose path leaves it"
        if part.flag_bits & _ENCRYPTED:
            yield "the OFD needs a password"
        if part.file_size > max(SMALL_BYTES, part.compress_size * MOST_TIMES):
            yield "the OFD has a part that unpacks to far more than it is"
    if sum(part.file_size for part in parts) > UNPACKED_BYTES:
        yield "the OFD unpacks to too much"


def _leaves(path: str) -> bool:
    return not path or path.startswith("/") or ".." in path.split("/") or any(each in path for each in "\\:\0")


def _read_through(container: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo]) -> None:
    """Every part read in pieces, which checks its checksum; never more than the list of parts says."""
    for part in parts:
        with container.open(part) as opened:
            while opened.read(PIECE_BYTES):
                pass


def _entry_fault(container: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo]) -> str:
    """Whether ``OFD.xml`` has the right root and leads to a document that is there."""
    sizes = {part.filename: part.file_size for part in parts}
    if ENTRY not in sizes:
        return f"a ZIP file without {ENTRY}: not an OFD"
    if sizes[ENTRY] > ENTRY_BYTES:
        return f"{ENTRY} is too large"
    root, documents = _read_entry(container.read(ENTRY))
    if root != f"{NAMESPACE} OFD":
        return f"{ENTRY} is not that of an OFD"
    if not documents or any(document.strip().lstrip("/") not in sizes for document in documents):
        return f"{ENTRY} leads to no document"
    return ""


def _read_entry(text: bytes) -> tuple[str, list[str]]:
    """The root element and the text of every DocRoot; no root for what is not well formed or declares entities."""
    roots: list[str] = []
    documents: list[str] = []
    inside: list[str] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        roots.append(element)
        inside.append(element)
        if element == f"{NAMESPACE} DocRoot":
            documents.append("")

    def said(words: str) -> None:
        if inside and inside[-1] == f"{NAMESPACE} DocRoot":
            documents[-1] += words

    def refuse(*declared: Any) -> None:
        raise ValueError("a document type is declared")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.CharacterDataHandler = start, said
    parser.EndElementHandler, parser.StartDoctypeDeclHandler = lambda element: inside.pop(), refuse
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, ValueError):
        return "", []
    return roots[0], documents
