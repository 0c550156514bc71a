"""A text as a phrase is looked up in it: nothing but letters and digits, each with its place in the original.

Width, case, accents, spaces, punctuation, characters without width and traditional writing (`han`) make no difference,
so that none of them hides a phrase. Chinese is compared without regard to words; a Latin word only as a whole.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import msgspec

from recourse.speech.han import SIMPLIFIED

_FILLERS = frozenset("\u115f\u1160")
"""Letters of Hangul that show nothing."""


class Plain(msgspec.Struct, frozen=True):
    """The letters and digits of a text. `at`: for each, the place in the original of the character that gave it;
    `begins`: whether a Latin word may begin there; `ends`: whether one may end there."""

    text: str
    at: tuple[int, ...]
    begins: tuple[bool, ...]
    ends: tuple[bool, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a piece of the plain text stands in the original."""
        return self.at[start], self.at[end - 1] + 1


def plain(text: str) -> Plain:
    """The plain form of any text."""
    letters: list[str] = []
    at: list[int] = []
    begins: list[bool] = []
    ends: list[bool] = []
    apart = True
    for place, character in enumerate(text):
        folded = fold(character)
        if not folded:
            apart = apart or not _shows_nothing(character)
            continue
        for each in folded:
            inside = not apart and bool(letters) and _latin(letters[-1]) and _latin(each)
            if ends:
                ends[-1] = not inside
            letters.append(each)
            at.append(place)
            begins.append(not inside)
            ends.append(True)
            apart = False
    return Plain("".join(letters), tuple(at), tuple(begins), tuple(ends))


@lru_cache(maxsize=16_384)
def fold(character: str) -> str:
    """What one character stands for: letters and digits without width, case, accent and variant, or nothing."""
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    kept = (each for each in flat if each.isalnum() and each not in _FILLERS)
    return "".join(SIMPLIFIED.get(each, each) for each in kept)


def _latin(character: str) -> bool:
    return character.isascii()


@lru_cache(maxsize=4_096)
def _shows_nothing(character: str) -> bool:
    """Whether a character leaves no gap between the two beside it: an accent, or one without width."""
    return unicodedata.category(character) in ("Cf", "Mn", "Me") or character in _FILLERS
