"""Files inside a PDF: embedding (reportlab has no call for it) and reading back.

The structure is that of ISO 32000-1, 7.11.4: an embedded file stream, a file specification, the catalogue's name tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas


def attach(canvas: Canvas, files: Mapping[str, bytes]) -> None:
    """Embed files by name; names are ASCII. Called once a document, before it is saved."""
    document = canvas._doc  # type: ignore[attr-defined]
    names: list[object] = []
    for name in sorted(files):
        names += [pdfdoc.PDFString(name), document.Reference(_specification(document, name, files[name]))]
    tree = pdfdoc.PDFDictionary({"Names": pdfdoc.PDFArray(names)})
    document.Catalog.Names = pdfdoc.PDFDictionary({"EmbeddedFiles": tree})


def _specification(document: Any, name: str, content: bytes) -> pdfdoc.PDFDictionary:
    size = pdfdoc.PDFDictionary({"Size": len(content)})
    about = pdfdoc.PDFDictionary({"Type": pdfdoc.PDFName("EmbeddedFile"), "Params": size})
    stream = pdfdoc.PDFStream(dictionary=about, content=content, filters=[pdfdoc.PDFZCompress])
    return pdfdoc.PDFDictionary(
        {
            "Type": pdfdoc.PDFName("Filespec"),
            "F": pdfdoc.PDFString(name),
            "UF": pdfdoc.PDFString(name),
            "EF": pdfdoc.PDFDictionary({"F": document.Reference(stream)}),
            "AFRelationship": pdfdoc.PDFName("Data"),
        }
    )


def attachment(pdf: bytes, name: str) -> bytes | None:
    """The embedded file of that name, or None; raises pypdf's PdfReadError when the PDF cannot be read at all."""
    files = PdfReader(BytesIO(pdf)).attachments.get(name, [])
    return files[0] if files else None
