"""The press: from template in force and facts to a paper in the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from recourse.acts import Printed
from recourse.documents.blocks import Paragraph
from recourse.documents.fonts import Fonts, open_fonts
from recourse.documents.packet import PacketData, write_off_packet
from recourse.documents.render import render
from recourse.documents.store import DocumentStore
from recourse.documents.templates import Templates


class Press:
    """`recourse.acts.Letters` over templates, fonts and a document store; fonts are opened at the first paper."""

    def __init__(self, templates: Templates, fonts: Path, store: DocumentStore) -> None:
        self._templates, self._fonts_folder, self._store = templates, fonts, store

    @property
    def fonts(self) -> Fonts:
        return open_fonts(self._fonts_folder)

    def print(self, jurisdiction: str, document: str, fields: Mapping[str, object], on: date) -> Printed:
        """Print a paper and keep it. Raises MissingFact for a fact that it must state."""
        template = self._templates.in_force(jurisdiction, document, on)
        data = render(template.document(dict(fields)), self.fonts)
        kept = self._store.put(data, document)
        return Printed(kept.sha256, data, template.version, template.effective_on)

    def text(self, jurisdiction: str, document: str, fields: Mapping[str, object], on: date) -> str:
        """The plain text of a short message."""
        blocks = self._templates.in_force(jurisdiction, document, on).document(dict(fields)).blocks
        return "\n".join("".join(run.text for run in block.text) for block in blocks if isinstance(block, Paragraph))

    def packet(self, jurisdiction: str, data: PacketData, on: date) -> bytes:
        """A finished write-off packet on the form in force."""
        return write_off_packet(data, self._templates.in_force(jurisdiction, "write_off_application", on), self.fonts)

    def keep(self, data: bytes, kind: str) -> str:
        """Keep a finished paper; returns its content hash."""
        return self._store.put(data, kind).sha256
