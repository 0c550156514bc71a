"""Files inside a PDF: embedding, for which reportlab has no call.

The structure is that of ISO 32000-1, 7.11.4: an embedded file stream, a file specification, the catalogue's name tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

_MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "txt": "text/plain",
    "xml": "text/xml",
    "pdf": "application/pdf",
}


def attach(canvas: Canvas, files: Mapping[str, bytes]) -> None:
    """Embed files by name; names are ASCII. Called once a document, before it is saved."""
    document = canvas._doc  # type: ignore[attr-defined]
    ordered = sorted(files)
    references = [document.Reference(_specification(document, name, files[name])) for name in ordered]
    pairs = zip(map(pdfdoc.PDFString, ordered), references, strict=True)
    tree = pdfdoc.PDFDictionary({"Names": pdfdoc.PDFArray([part for pair in pairs for part in pair])})
    document.Catalog.Names = pdfdoc.PDFDictionary({"EmbeddedFiles": tree})
    document.Catalog.AF = pdfdoc.PDFArray(references)  # ISO 19005-3, 6.8: each belongs to something, here to the whole


def _specification(document: Any, name: str, content: bytes) -> pdfdoc.PDFDictionary:
    known = pdfdoc.PDFDictionary({"Size": len(content), "ModDate": pdfdoc.PDFDate(document._timeStamp)})
    about = pdfdoc.PDFDictionary(
        {"Type": pdfdoc.PDFName("EmbeddedFile"), "Subtype": _media_type(name), "Params": known}
    )
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


def _media_type(name: str) -> str:
    """As a PDF name, whose slash is written by its code."""
    media_type = _MEDIA_TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    return "/" + media_type.replace("/", "#2F")
