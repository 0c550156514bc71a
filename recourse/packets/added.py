"""What was added to a packet behind its own end, object by object: signatures that show on no page, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

CATALOG_KEYS = frozenset({"/AcroForm", "/Extensions", "/Version", "/Metadata"})
INFO_KEYS = frozenset({"/ModDate", "/Producer"})
"""What signing tools write anew; none of it is shown."""
FORM_KEYS = frozenset({"/Fields", "/SigFlags"})
UNREAD = (pikepdf.PdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, ArithmeticError)


def beyond_signatures(pdf: bytes, end: int) -> str:
    """How a file differs from what was bound (its first `end` bytes) by more than signatures; empty: it does not."""
    try:
        with pikepdf.open(BytesIO(pdf[:end])) as bound, pikepdf.open(BytesIO(pdf)) as whole:
            if whole.trailer.Root.objgen != bound.trailer.Root.objgen or _info(whole) != _info(bound):
                return "what is shown is not what was bound"
            if not all(_kept(each, whole.get_object(each.objgen), _info(bound)) for each in _objects(bound)):
                return "more than a signature was added: what was bound is replaced by something else"
            return next(_faults_of(whole.Root.get("/AcroForm")), "")
    except UNREAD as error:
        return f"what was added cannot be read ({type(error).__name__})"


def _info(pdf: pikepdf.Pdf) -> Any:
    return pdf.trailer.Info.objgen if "/Info" in pdf.trailer else None


def _objects(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Everything that is numbered, but for the tables of the file itself."""
    for each in pdf.objects:
        if not (isinstance(each, pikepdf.Stream) and each.get("/Type") in ("/XRef", "/ObjStm")):
            yield each


def _kept(before: pikepdf.Object, now: pikepdf.Object, info: Any) -> bool:
    """Whether an object is as it was: the catalog may have gained a form, a page the marks of signatures."""
    if isinstance(before, pikepdf.Stream):
        metadata = before.get("/Type") == now.get("/Type") == "/Metadata"
        return metadata or (_entries(before) == _entries(now) and before.read_raw_bytes() == now.read_raw_bytes())
    if not isinstance(before, pikepdf.Dictionary):
        return before.unparse() == now.unparse()
    kind, may_change = before.get("/Type"), frozenset[str]()
    if kind == "/Page":
        may_change = frozenset({"/Annots"})
        if not _marks_added(before.get("/Annots"), now.get("/Annots")):
            return False
    elif kind == "/Catalog":
        may_change = CATALOG_KEYS
    elif before.objgen == info:
        may_change = INFO_KEYS
    return not isinstance(now, pikepdf.Stream) and _entries(before, may_change) == _entries(now, may_change)


def _entries(each: pikepdf.Object, without: frozenset[str] = frozenset()) -> dict[str, bytes]:
    """Entry by entry as text; what is numbered stands as its number."""
    return {
        key: f"{value.objgen}".encode() if _numbered(value) else _text(value)
        for key, value in each.items()
        if key not in without and key != "/Length"
    }


def _numbered(value: Any) -> bool:
    return isinstance(value, pikepdf.Object) and value.is_indirect


def _text(value: Any) -> bytes:
    return value.unparse() if isinstance(value, pikepdf.Object) else repr(value).encode()


def _marks_added(before: Any, now: Any) -> bool:
    was, is_now = list(before or ()), list(now or ())
    kept = [each.objgen for each in was] == [each.objgen for each in is_now[: len(was)]]
    return kept and all(_is_signature(each) for each in is_now[len(was) :])


def _faults_of(form: Any) -> Iterator[str]:
    if form is None:
        return
    if not set(form.keys()) <= FORM_KEYS:
        yield "more than a signature was added: a form"
    if not all(map(_is_signature, form.get("/Fields", ()))):
        yield "more than a signature was added: a field, or a signature that shows on a page"


def _is_signature(field: Any) -> bool:
    """A field of a signature that has no extent, no look, no parts and nothing that it sets off."""
    bare = not any(key in field for key in ("/AP", "/Kids", "/A", "/AA"))
    return bool(field.get("/FT") == "/Sig" and bare and not any(float(each) for each in field.get("/Rect", ())))
