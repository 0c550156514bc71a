"""The reviewed text of every template, as it is read out of the PDF of its sample: `golden/<jurisdiction>/<document>.txt`.

`python -m tests.documents.golden [NAME …]` writes them anew. Read the difference before you commit it: whoever approves
it has reviewed what the bank will say.
"""

from __future__ import annotations

import sys
from datetime import date
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from recourse.documents.fonts import Fonts, default_cache, open_fonts
from recourse.documents.render import render
from recourse.documents.templates import Templates

FOLDER = Path(__file__).parent / "golden"
TEMPLATES = Path(__file__).parents[2] / "legal_templates"
LATEST = date(2099, 1, 1)
PAGE_END = "\n----\n"


def golden_file(jurisdiction: str, name: str) -> Path:
    return FOLDER / jurisdiction / f"{name}.txt"


def extracted(templates: Templates, fonts: Fonts, jurisdiction: str, name: str) -> str:
    """What a reader of the sample's PDF can copy out of it, page by page."""
    document = templates.in_force(jurisdiction, name, LATEST).document(templates.sample(jurisdiction, name))
    pages = PdfReader(BytesIO(render(document, fonts))).pages
    return PAGE_END.join(_tidy(page.extract_text()) for page in pages) + "\n"


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def main(wanted: list[str]) -> None:
    templates, fonts = Templates(TEMPLATES), open_fonts(default_cache())
    for jurisdiction, name in templates.names():
        if not wanted or name in wanted:
            path = golden_file(jurisdiction, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(extracted(templates, fonts, jurisdiction, name), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
