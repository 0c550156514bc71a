"""Files inside a PDF: embedding (reportlab has no call for it) and reading back.

The structure is that of ISO 32000-1, 7.11.4: an embedded file stream, a file specification, the catalogue's name tree.
"""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfReader
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas


def attach(canvas: Canvas, name: str, content: bytes) -> None:
    """Embed one file; `name` is ASCII. A document takes one attachment."""
    stream = pdfdoc.PDFStream(
        dictionary=pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("EmbeddedFile"),
                "Params": pdfdoc.PDFDictionary({"Size": len(content)}),
            }
        ),
        content=content,
        filters=[pdfdoc.PDFZCompress],
    )
    document = canvas._doc  # type: ignore[attr-defined]
    file = pdfdoc.PDFDictionary({"F": document.Reference(stream)})
    specification = pdfdoc.PDFDictionary(
        {
            "Type": pdfdoc.PDFName("Filespec"),
            "F": pdfdoc.PDFString(name),
            "UF": pdfdoc.PDFString(name),
            "EF": file,
            "AFRelationship": pdfdoc.PDFName("Data"),
        }
    )
    names = pdfdoc.PDFArray([pdfdoc.PDFString(name), document.Reference(specification)])
    document.Catalog.Names = pdfdoc.PDFDictionary({"EmbeddedFiles": pdfdoc.PDFDictionary({"Names": names})})


def attachment(pdf: bytes, name: str) -> bytes | None:
    """The embedded file of that name, or None; raises pypdf's PdfReadError when the PDF cannot be read at all."""
    files = PdfReader(BytesIO(pdf)).attachments.get(name, [])
    return files[0] if files else None
