"""Whether a packet is what was bound, and if not, where it differs.

1. The file against the hash before its last lines. What stands behind these can only be a signature (`packets.signing`).
2. When it differs: each page against the manifest, to name the exhibits; what lies outside all pages is said to.
3. The embedded data against the hash on the cover, in the properties and in the manifest.
4. Against the ledger, where there is one: whether we made this very file, and whether the exhibits are those we keep.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from io import BytesIO

import msgspec
import pikepdf
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from recourse.canonical import digest
from recourse.packets.added import UNREAD
from recourse.packets.binding import TRAILER
from recourse.packets.digests import page_digest
from recourse.packets.model import DATA_FILE, MANIFEST_FILE, Manifest


class Check(msgspec.Struct, frozen=True):
    """What `check` found. `file_sha256` is of what was bound, without signatures: what an approval is bound to."""

    file_sha256: str
    content_sha256: str = ""
    number: str = ""
    problems: tuple[str, ...] = ()
    appended: int = 0
    """Bytes behind the packet's own end: a signature, or something that does not belong there."""

    @property
    def intact(self) -> bool:
        return not self.problems


def check(pdf: bytes) -> Check:
    """Compare a packet with what it says of itself."""
    ends = list(TRAILER.finditer(pdf))
    if not ends:
        return Check(digest(pdf), problems=("no hash at the end of the file: not a packet, or cut short",))
    end = ends[-1]
    bound, appended = pdf[: end.end()], len(pdf) - end.end()
    file_sha256 = digest(bound)
    whole = digest(pdf[: end.start()] + end[2]) == end[1].decode()
    try:
        with pikepdf.open(BytesIO(bound)) as opened:
            return _compared(opened, bound, file_sha256, whole, appended)
    except (
        pikepdf.PdfError,
        PyPdfError,
        msgspec.MsgspecError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        ArithmeticError,
    ) as error:
        said = "the file was changed after it was bound" if not whole else "not a packet"
        return Check(file_sha256, problems=(f"{said}; it cannot be read any more ({type(error).__name__})",))


def _compared(opened: pikepdf.Pdf, pdf: bytes, file_sha256: str, whole: bool, appended: int) -> Check:
    data, kept = _embedded(opened, DATA_FILE), _embedded(opened, MANIFEST_FILE)
    if data is None or kept is None:
        missing = DATA_FILE if data is None else MANIFEST_FILE
        return Check(file_sha256, problems=(f"the embedded file {missing} is missing or damaged",), appended=appended)
    manifest = msgspec.json.decode(kept, type=Manifest)
    content = digest(data)
    problems = [] if whole else list(_changed(opened, manifest)) + list(_contents_changed(content, manifest))
    if not whole and not problems:
        problems = ["the file was changed outside its pages (fonts, bookmarks, properties or structure)"]
    if whole:
        problems = list(_apart(pdf, content, manifest)) + list(_changed(opened, manifest))
    if appended:
        problems.append(behind(appended))
    return Check(file_sha256, content, manifest.number, tuple(problems), appended)


def behind(appended: int) -> str:
    """The problem that so many bytes are, until they are found to be signatures."""
    return f"{appended} bytes stand behind the packet's own end"


def pages_shown(pdf: bytes, manifest: Manifest) -> Iterator[str]:
    """Where the pages of a whole file, with what was added to it, differ from those that were bound."""
    try:
        with pikepdf.open(BytesIO(pdf)) as opened:
            yield from _changed(opened, manifest)
    except UNREAD as error:
        yield f"what was added cannot be read ({type(error).__name__})"


def _changed(opened: pikepdf.Pdf, manifest: Manifest) -> Iterator[str]:
    if len(opened.pages) != len(manifest.pages):
        yield f"{len(opened.pages)} pages, the manifest names {len(manifest.pages)}"
    for number, (page, wanted) in enumerate(zip(opened.pages, manifest.pages, strict=False), start=1):
        try:
            same = page_digest(page) == wanted
        except UNREAD:
            same = False
        if not same:
            yield f"page {number} differs: {manifest.place_of(number)}"


def _contents_changed(content: str, manifest: Manifest) -> Iterator[str]:
    if content != manifest.content:
        yield f"the embedded data {DATA_FILE} differ"


def _apart(pdf: bytes, content: str, manifest: Manifest) -> Iterator[str]:
    reader = PdfReader(BytesIO(pdf))
    if content != manifest.content or reader.metadata is None or reader.metadata.keywords != content:
        yield "the embedded data are not those that the file's properties and manifest name"
    if content not in "".join(reader.pages[0].extract_text().split()):
        yield "the embedded data are not those that the cover names"


def _embedded(opened: pikepdf.Pdf, name: str) -> bytes | None:
    try:
        return bytes(opened.attachments[name].get_file().read_bytes()) if name in opened.attachments else None
    except (pikepdf.PdfError, AttributeError, KeyError, TypeError):
        return None


def content_of(pdf: bytes) -> bytes | None:
    """The embedded data of a packet, or None when it has none; raises pikepdf.PdfError for what is no PDF."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return _embedded(opened, DATA_FILE)


def manifest_in(pdf: bytes) -> Manifest | None:
    """The manifest of a packet, or None when it has none; raises pikepdf.PdfError for what is no PDF."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        kept = _embedded(opened, MANIFEST_FILE)
    return None if kept is None else msgspec.json.decode(kept, type=Manifest)


def against_ledger(found: Check, manifest: Manifest | None, made: Collection[str], kept: Collection[str]) -> list[str]:
    """What the ledger says against a packet: `made` are the packets of its number that we made, `kept` the hashes of all
    papers that the ledger knows for its accounts."""
    problems = []
    if found.file_sha256 not in made:
        problems.append("the ledger knows no packet with this hash")
    for exhibit in manifest.exhibits if manifest else ():
        if exhibit.file and exhibit.sha256 not in kept:
            problems.append(f"{exhibit.heading}: the ledger knows no paper {exhibit.sha256[:16]}")
    return problems
