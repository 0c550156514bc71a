"""The fonts, the templates that ship, and how a test reads a PDF."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from recourse.documents.fonts import Fonts, default_cache, open_fonts
from recourse.documents.templates import Templates

ROOT = Path(__file__).parents[2] / "legal_templates"


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    return open_fonts(default_cache())


@pytest.fixture(scope="session")
def templates() -> Templates:
    return Templates(ROOT)


@pytest.fixture
def pages_of() -> Callable[[bytes], list[str]]:
    """The text of each page, without white space (line ends fall anywhere)."""
    return lambda pdf: ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]
