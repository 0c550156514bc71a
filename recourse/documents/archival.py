"""Writes what was drawn as an archival file: PDF/A-2u, or PDF/A-3u when files are embedded, which part 2 forbids unless
they are PDF/A themselves (ISO 19005-2 and -3, 6.8). docs/documents.md says what was checked and how.

reportlab writes plain PDF. Added here: the colour space that its greys mean, metadata in XMP that say what the
properties say, the end of line before ``endstream``, an identifier that follows from the content. Not here: fonts
(`faces`), embedded files (`attachments`).
"""

from __future__ import annotations

import hashlib
from typing import Any
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from recourse.documents.srgb import srgb_profile

PDF_VERSION = (1, 7)
MADE_AT = "2000-01-01T00:00:00+00:00"
"""The instant in every file's properties, as reportlab writes it when the same text has to give the same bytes."""
_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_STREAM_END = b"endstream\n"
_IN_CATALOG = ("OutputIntents", "AF")
_SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}
_CONFORMANCE = "U"  # every character of every font has its Unicode value


def save(canvas: Canvas, *, embeds: bool, claims: bool = True) -> bytes:
    """The finished file; the canvas is spent. `embeds`: whether files were attached; `claims`: whether it says what it
    conforms to, which a file that takes in others' pages cannot know."""
    document = canvas._doc  # type: ignore[attr-defined]
    document.info = _Info(document.info)
    catalog = document.Catalog
    catalog.__NoDefault__ = (*catalog.__NoDefault__, *_IN_CATALOG)
    catalog.OutputIntents = pdfdoc.PDFArray([_output_intent(document)])
    catalog.Metadata = _metadata(document, part=(3 if embeds else 2) if claims else 0)
    document.format = lambda: _written(document)
    data: bytes = canvas.getpdfdata()
    return data


class _Info(pdfdoc.PDFInfo):
    """The properties that are known; reportlab would write the others too, empty, and the metadata could not agree."""

    def __init__(self, known: pdfdoc.PDFInfo) -> None:
        vars(self).update(vars(known))

    def format(self, document: Any) -> bytes:
        texts = {"Title": self.title, "Author": self.author, "Keywords": self.keywords, "Creator": self.creator}
        entries: dict[str, Any] = {name: pdfdoc.PDFString(text) for name, text in texts.items() if text}
        made = pdfdoc.PDFDate(document._timeStamp)
        entries |= {"Producer": pdfdoc.PDFString(self.producer), "CreationDate": made, "ModDate": made}
        formatted: bytes = pdfdoc.format(pdfdoc.PDFDictionary(entries), document)
        return formatted


def _output_intent(document: Any) -> pdfdoc.PDFDictionary:
    profile = pdfdoc.PDFStream(
        dictionary=pdfdoc.PDFDictionary({"N": 3}), content=srgb_profile(), filters=[pdfdoc.PDFZCompress]
    )
    name = "sRGB IEC61966-2.1"
    return pdfdoc.PDFDictionary(
        {
            "Type": pdfdoc.PDFName("OutputIntent"),
            "S": pdfdoc.PDFName("GTS_PDFA1"),
            "OutputConditionIdentifier": pdfdoc.PDFString(name),
            "Info": pdfdoc.PDFString(name),
            "DestOutputProfile": document.Reference(profile),
        }
    )


def _metadata(document: Any, part: int) -> pdfdoc.PDFStream:
    """The metadata stream; left unpacked, so that an archive finds it without a PDF reader."""
    about = pdfdoc.PDFDictionary({"Type": pdfdoc.PDFName("Metadata"), "Subtype": pdfdoc.PDFName("XML")})
    return _PlainStream(dictionary=about, content=_packet(document.info, part).encode())


class _PlainStream(pdfdoc.PDFStream):
    """A stream without any filter, not even an empty list of them."""

    def format(self, document: Any) -> bytes:
        dictionary = pdfdoc.PDFDictionary({**self.dictionary.dict, "Length": len(self.content)})
        return b"%s\nstream\n%s%s" % (pdfdoc.format(dictionary, document), self.content, _STREAM_END)


def _claim(part: int) -> dict[str, str]:
    if not part:
        return {}
    return {"pdfaid": f"<pdfaid:part>{part}</pdfaid:part><pdfaid:conformance>{_CONFORMANCE}</pdfaid:conformance>"}


def _packet(info: Any, part: int) -> str:
    """One description a vocabulary, which declares its own name space: some readers look for it nowhere else."""
    texts = {"pdf:Producer": info.producer, "pdf:Keywords": info.keywords, "xmp:CreatorTool": info.creator}
    stated = {name: f"<{name}>{escape(text)}</{name}>" for name, text in texts.items() if text}
    title = f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(info.title)}</rdf:li></rdf:Alt></dc:title>'
    author = f"<dc:creator><rdf:Seq><rdf:li>{escape(info.author)}</rdf:li></rdf:Seq></dc:creator>"
    said = {
        **_claim(part),
        "dc": title + (author if info.author else ""),
        "xmp": stated["xmp:CreatorTool"]
        + f"<xmp:CreateDate>{MADE_AT}</xmp:CreateDate><xmp:ModifyDate>{MADE_AT}</xmp:ModifyDate>",
        "pdf": stated["pdf:Producer"] + stated.get("pdf:Keywords", ""),
    }
    described = "".join(
        f'<rdf:Description rdf:about="" xmlns:{short}="{_SPACES[short]}">{text}</rdf:Description>\n'
        for short, text in said.items()
    )
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n{described}</rdf:RDF></x:xmpmeta>\n'
        '<?xpacket end="r"?>'
    )


def _written(document: Any) -> bytes:
    """The objects one after another, their table and the trailer. Formatting an object may bring further ones."""
    catalog, info = document.Reference(document.Catalog), document.Reference(document.info)
    parts, offsets, position = [_HEADER], list[int](), len(_HEADER)
    while (number := len(offsets) + 1) in document.numberToId:
        thing = document.idToObject[document.numberToId[number]]
        part = b"%d 0 obj\n%s\nendobj\n" % (number, _body(thing, document))
        parts.append(part)
        offsets.append(position)
        position += len(part)
    identifier = hashlib.sha256(b"".join(parts)).hexdigest()[:32].encode()
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(offsets) + 1
    parts += [
        b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, entries),
        b"trailer\n<< /ID [<%s> <%s>] /Info %s /Root %s /Size %d >>\n"
        % (identifier, identifier, info.format(document), catalog.format(document), size),
        b"startxref\n%d\n%%%%EOF\n" % position,
    ]
    return b"".join(parts)


def _body(thing: Any, document: Any) -> bytes:
    body: bytes = pdfdoc.format(thing, document, toplevel=1)
    if isinstance(thing, pdfdoc.PDFStream):  # 6.1.7.1: an end of line, which Length does not count
        return body.removesuffix(_STREAM_END) + b"\nendstream"
    return body.rstrip(b"\n")
