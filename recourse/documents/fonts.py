"""The Chinese fonts of every document: found in a package, made static once per user, loaded once per process.

`open_fonts` is the one entrance. The cache holds one file per weight for the common set (GB 2312 with ASCII and the
marks that legal papers use) and one small file per weight for each rarer character met since; names and addresses
bring those. Files are complete or absent (written aside, then renamed), and a lock keeps two processes from doing the
same work. A character that none of the fonts has is `MissingGlyph`, never a box. Not here: outlines (`static_font`,
`font_file`), embedding (`faces`).
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import justmytype_intl_cjk
from filelock import FileLock
from platformdirs import user_cache_path
from reportlab.pdfbase import pdfmetrics

from recourse.canonical import digest
from recourse.documents.faces import EmbeddedFont
from recourse.documents.font_choice import SHIPPED, FontChoice
from recourse.documents.old_codes import standard_of
from recourse.errors import UserError

if TYPE_CHECKING:
    from recourse.documents.static_font import Source, VariableFont

PACKAGE = "justmytype-intl-cjk"
BUILD = 2  # raise it whenever the files we write change
LOCK_SECONDS = 120
REGULAR, BOLD = "Regular", "Bold"
FONT_NAMES = {REGULAR: "recourse-regular", BOLD: "recourse-bold"}

# In the order in which they are asked for a character: the script of the document first, then its neighbours.
SOURCES = (
    "notosanssc/NotoSansSC[wght].ttf",
    "notosanstc/NotoSansTC[wght].ttf",
    "notosansjp/NotoSansJP[wght].ttf",
    "notosanskr/NotoSansKR[wght].ttf",
)


UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})
"""Categories of characters that have no shape of their own, whatever a font may hold for them."""


class MissingGlyph(UserError):
    """A character that none of our fonts has; printing it would leave a box in a legal document."""

    def __init__(self, character: str) -> None:
        self.character = character
        code, standard = f"U+{ord(character):04X}", standard_of(character)
        if standard:
            what = f"{code} is a private code of older systems (GB 18030-2000, GBK)"
            mend = f"in the field write {standard}, U+{ord(standard):04X}, which it stands for"
        elif unicodedata.category(character) == "Co":
            what = f"{code} is a private code, which has a shape on the system only that it comes from"
            mend = "write the character that it stands for there"
        else:
            what = f"no font has the character {code} {character!r}"
            mend = "name a font that has it in RECOURSE_FALLBACK_FONTS, or write what the identity document transcribes"
        super().__init__(what, mend=mend)

    def __reduce__(self) -> tuple[type[MissingGlyph], tuple[str]]:
        return MissingGlyph, (self.character,)


class Fonts:
    """Both weights, ready to measure and to embed."""

    def __init__(self, folder: Path, choice: FontChoice = SHIPPED) -> None:
        self._folder = folder
        self._choice = choice
        self._fonts = {weight: EmbeddedFont(FONT_NAMES[weight], _common(folder, weight)) for weight in (REGULAR, BOLD)}
        self._widths = [self._fonts[weight].face.charWidths for weight in (REGULAR, BOLD)]

    def activate(self) -> None:
        """Make these the fonts that a canvas finds under FONT_NAMES, instead of others that were opened before."""
        for font in self._fonts.values():
            # registerFont keeps the first font of a name for ever.
            pdfmetrics._fonts[font.fontName] = font  # type: ignore[attr-defined]

    def of(self, text: str, bold: bool = False) -> list[int]:
        """The width of each character in 1/1000 em; raises MissingGlyph for one that cannot be printed."""
        widths = self._widths[bold]
        try:
            return [widths[codepoint] for codepoint in map(ord, text)]
        except KeyError:
            for character in sorted({character for character in text if ord(character) not in widths}):
                self._adopt(character)
            return [widths[codepoint] for codepoint in map(ord, text)]

    def _adopt(self, character: str) -> None:
        if unicodedata.category(character) in UNSEEN:
            raise MissingGlyph(character)
        _build_rare(self._folder, character, self._choice)
        for weight, font in self._fonts.items():
            font.face.adopt(EmbeddedFont("rare", _rare(self._folder, character, weight)).face, ord(character))


def default_cache() -> Path:
    """The folder for this user's fonts on this platform."""
    return user_cache_path("recourse") / "fonts"


@cache
def open_fonts(folder: Path, choice: FontChoice = SHIPPED) -> Fonts:
    """Fonts kept under `folder`, built first when they are not there yet (about 5 s, once per user and choice)."""
    try:
        release = folder / f"{PACKAGE}-{version(PACKAGE)}-{BUILD}{_mark(choice)}"
        (release / "rare").mkdir(parents=True, exist_ok=True)
        if not _complete(release):
            with FileLock(release / "build.lock", timeout=LOCK_SECONDS):
                if not _complete(release):
                    paths = {weight: _common(release, weight) for weight in (REGULAR, BOLD)}
                    _build(release, common_set(), paths, choice)
    except OSError as error:
        raise UserError("cannot keep the fonts", where=str(folder), mend=str(error.strerror or error)) from None
    return Fonts(release, choice)


def _mark(choice: FontChoice) -> str:
    """Tells caches of different fonts apart; "" for the shipped ones alone."""
    known = [(str(path), face, (state := path.stat()).st_size, state.st_mtime_ns) for path, face in choice.files]
    return f"-{digest(repr((choice.serif is not None, known)))[:16]}" if known else ""


def common_set() -> frozenset[int]:
    """Code points in the common files: ASCII, both levels of GB 2312 with its marks and numerals, a few further
    signs."""
    rows = [0xA1, 0xA2, 0xA3, *range(0xB0, 0xF8)]  # not kana, Cyrillic, bopomofo and box drawing
    cells = (bytes([row, cell]) for row in rows for cell in range(0xA1, 0xFF))
    # Decoded as GBK, whose dash and middle dot are the ones people type (GB 2312 tables give U+2015 and U+30FB).
    marks_and_han = "".join(cell.decode("gbk", errors="ignore") for cell in cells)
    return frozenset(map(ord, marks_and_han)) | frozenset(range(0x20, 0x7F)) | frozenset(map(ord, "§©°±·×÷–•¥€〇"))


def _common(folder: Path, weight: str) -> Path:
    return folder / f"common-{weight}.ttf"


def _rare(folder: Path, character: str, weight: str) -> Path:
    return folder / "rare" / f"{ord(character):04X}-{weight}.ttf"


def _complete(folder: Path) -> bool:
    return all(_common(folder, weight).exists() for weight in (REGULAR, BOLD))


def _build_rare(folder: Path, character: str, choice: FontChoice) -> None:
    paths = {weight: _rare(folder, character, weight) for weight in (REGULAR, BOLD)}
    if not all(path.exists() for path in paths.values()):
        _build(folder, [ord(character)], paths, choice)


def _build(folder: Path, codepoints: Iterable[int], paths: dict[str, Path], choice: FontChoice) -> None:
    """Write the files aside and rename them into place; two builders at once write the same bytes."""
    from recourse.documents import static_font  # fontTools takes 0.3 s to load and is needed only here

    sources = _sources(choice)
    outlines = {}
    for codepoint in codepoints:
        found = static_font.find(codepoint, sources)
        if found is None:
            raise MissingGlyph(chr(codepoint))
        outlines[codepoint] = found
    families = {weight: fonts[0].family for weight, fonts in sources.items()}
    with TemporaryDirectory(dir=folder, prefix="build-") as aside:
        written = {weight: Path(aside) / path.name for weight, path in paths.items()}
        static_font.write(outlines, _shipped()[0].missing_glyph(), written, families)
        for weight, path in paths.items():
            os.replace(written[weight], path)


@cache
def _sources(choice: FontChoice) -> Mapping[str, Sequence[Source]]:
    """By weight, in the order in which they are asked."""
    from recourse.documents.font_file import OpenedFont

    fallbacks = tuple(map(OpenedFont, choice.fallbacks))
    first = (OpenedFont(choice.serif),) if choice.serif else ()
    return {REGULAR: (*first, *_shipped(), *fallbacks), BOLD: (*_shipped(), *fallbacks)}


@cache
def _shipped() -> tuple[VariableFont, ...]:
    from recourse.documents.static_font import VariableFont

    (folder,) = justmytype_intl_cjk.get_font_pack().get_font_directories()
    return tuple(VariableFont(folder / "ofl" / name) for name in SOURCES)
