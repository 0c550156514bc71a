"""Other people's papers in a packet: a PDF gives its pages, a picture is one page, anything else is embedded whole.

A page is shown inside the margins of ours, so that running head, page number and binding edge stay free; its text stays
text. Not here: which papers go into a packet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import NamedTuple

import pikepdf
from pikepdf import AttachedFileSpec, Name
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from recourse.documents.render import BOTTOM, HEIGHT, LEFT, RIGHT, WIDTH

FRAME = pikepdf.Rectangle(LEFT / 2, BOTTOM - 12, WIDTH - RIGHT / 2, HEIGHT - 66)
"""Between running head and page number; a half of our margins at the sides."""
LARGEST_PICTURE = (FRAME.urx - FRAME.llx, FRAME.ury - FRAME.lly)
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


class Sheaf(NamedTuple):
    """A file as a packet takes it: its pages as a PDF, or none of them."""

    pdf: bytes
    pages: int


def sheaf(data: bytes) -> Sheaf:
    """The pages of a file: none when it is locked, damaged, or neither PDF nor picture."""
    pdf = data if data.startswith(b"%PDF-") else _picture(data) if data.startswith(PICTURES) else b""
    if not pdf:
        return Sheaf(b"", 0)
    try:
        with pikepdf.open(BytesIO(pdf)) as opened:
            return Sheaf(pdf, len(opened.pages))
    except (pikepdf.PdfError, pikepdf.PasswordError):
        return Sheaf(b"", 0)


def _picture(data: bytes) -> bytes:
    """A page as large as the picture is printed: at 150 dots an inch, no larger than our column."""
    try:
        image = ImageReader(BytesIO(data))
        width, height = image.getSize()
    except OSError:
        return b""
    scale = min(72 / 150, LARGEST_PICTURE[0] / width, LARGEST_PICTURE[1] / height)
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(width * scale, height * scale), invariant=1, pageCompression=1)
    canvas.drawImage(image, 0, 0, width * scale, height * scale)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def lay(packet: pikepdf.Pdf, sheets: Sequence[tuple[int, str, int]], files: Mapping[str, Sheaf]) -> None:
    """Put each file's pages under the pages kept free for them: (our page from 1, file, its page from 0)."""
    opened: dict[str, pikepdf.Pdf] = {}
    try:
        for number, sha256, index in sheets:
            if sha256 not in opened:
                opened[sha256] = pikepdf.open(BytesIO(files[sha256].pdf))
            _show(packet, packet.pages[number - 1], opened[sha256].pages[index])
    finally:
        for pdf in opened.values():
            pdf.close()


def _show(packet: pikepdf.Pdf, ours: pikepdf.Page, theirs: pikepdf.Page) -> None:
    """Draw a page under what stands on ours, under a name that is always the same."""
    form = packet.copy_foreign(theirs.as_form_xobject())
    name = ours.add_resource(form, Name.XObject, Name("/Sheet"))
    placed = ours.calc_form_xobject_placement(form, name, FRAME, allow_shrink=True, allow_expand=True)
    ours.contents_add(b"q\n" + placed + b"Q\n", prepend=True)


def embed(packet: pikepdf.Pdf, name: str, data: bytes, media_type: str = "application/octet-stream") -> None:
    """Embed a file whole, under its name."""
    packet.attachments[name] = AttachedFileSpec(packet, data, mime_type=media_type, relationship=Name.Data)
