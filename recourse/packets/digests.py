"""What a page draws, as one hash: its content stream and, where it shows another file's page or a picture, those too."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pikepdf

DEEPEST = 8
"""Forms within forms are followed so far."""


def page_digest(page: pikepdf.Page) -> str:
    """SHA-256 (hex) of what a page draws. Raises pikepdf.PdfError when it cannot be read."""
    drawn = b"\n".join(bytes(stream.read_bytes()) for stream in _streams(page.obj.get("/Contents"))).strip()
    forms = _forms(page.obj.get("/Resources"))
    if not forms:
        return sha256(drawn).hexdigest()
    running = sha256(drawn)
    _add(running, forms, DEEPEST)
    return running.hexdigest()


def _streams(contents: Any) -> list[Any]:
    if contents is None:
        return []
    return list(contents) if isinstance(contents, pikepdf.Array) else [contents]


def _forms(resources: Any) -> list[tuple[str, Any]]:
    if resources is None or "/XObject" not in resources:
        return []
    return sorted(resources["/XObject"].items())


def _add(running: Any, forms: list[tuple[str, Any]], deep: int) -> None:
    for name, form in forms:
        running.update(name.encode() + _decoded(form))
        if deep:
            _add(running, _forms(form.get("/Resources")), deep - 1)


def _decoded(form: Any) -> bytes:
    """The stream without its compression, which may be done anew; a picture's own coding stays."""
    try:
        return bytes(form.read_bytes())
    except pikepdf.PdfError:
        return bytes(form.read_raw_bytes())
