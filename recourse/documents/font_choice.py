"""Which fonts a bank prints with besides the shipped ones: plain values, nothing is opened."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from recourse.errors import UserError

SERIF_SETTING, FALLBACK_SETTING = "RECOURSE_SERIF_FONT", "RECOURSE_FALLBACK_FONTS"


class FontFile(NamedTuple):
    """A font on this machine; `face` counts the faces of a collection (.ttc) from 0."""

    path: Path
    face: int = 0


class FontChoice(NamedTuple):
    """`serif`: the face of running text, whose bold stays the shipped sans, as 黑体 beside 宋体. `fallbacks`: asked,
    in order, for a character that the shipped fonts lack."""

    serif: FontFile | None = None
    fallbacks: tuple[FontFile, ...] = ()

    @property
    def files(self) -> tuple[FontFile, ...]:
        return (self.serif, *self.fallbacks) if self.serif else self.fallbacks


SHIPPED = FontChoice()


def font_choice(serif: str, fallbacks: str) -> FontChoice:
    """From the two settings; a collection's face stands behind ``#``. UserError for a file that is not there."""
    return FontChoice(
        _file(serif, SERIF_SETTING) if serif else None,
        tuple(_file(text, FALLBACK_SETTING) for text in fallbacks.split(os.pathsep) if text),
    )


def _file(text: str, setting: str) -> FontFile:
    path, mark, face = text.rpartition("#")
    if not (mark and face.isascii() and face.isdigit()):
        path, face = text, "0"
    if not Path(path).is_file():
        raise UserError(f"no font file {path}", where=setting, mend="give the path of a .ttf, .otf or .ttc file")
    return FontFile(Path(path), int(face))
