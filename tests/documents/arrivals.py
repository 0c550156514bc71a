"""Small real files of every type that may arrive, and ways to spoil them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO

from PIL import Image
from pypdf import PdfWriter

OFD_XML = """<?xml version="1.0" encoding="UTF-8"?>
<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.0" DocType="OFD">
  <ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>
</ofd:OFD>"""
DOCUMENT_XML = '<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"/>'


def pdf(pages: int = 1, *, width: int = 200, password: str = "", owner: str = "", subject: str = "") -> bytes:
    """A PDF of blank pages; another width makes other bytes."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width, 300)
    writer.add_metadata({"/Subject": subject})
    if password or owner:
        writer.encrypt(password, owner or None, algorithm="AES-256")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def image(kind: str, size: tuple[int, int] = (32, 20), **how: object) -> bytes:
    """A JPEG or PNG with a gradient in it, so that it has some bytes to lose."""
    out = BytesIO()
    Image.radial_gradient("L").resize(size).save(out, kind, **how)
    return out.getvalue()


def ofd(parts: Mapping[str, str | bytes] | None = None, entry: str | bytes = OFD_XML, *, without: str = "") -> bytes:
    """An OFD with one empty document; `parts` are added, or put in the place of those of the same name."""
    every: dict[str, str | bytes] = {"OFD.xml": entry, "Doc_0/Document.xml": DOCUMENT_XML, **(parts or {})}
    every.pop(without, None)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in every.items():
            container.writestr(name, content)
    return out.getvalue()


def with_two_of_one_name() -> bytes:
    """An OFD whose list of parts names one part twice, with other contents."""
    one, other = "Doc_0/Page_a.xml", "Doc_0/Page_b.xml"
    return ofd({one: "a", other: "b"}).replace(other.encode(), one.encode())
