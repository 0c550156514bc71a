"""The console's words in Chinese and English. Texts are in `zh` and `en`, key by key; names of nodes come from the ladder,
names of rules and seats from the packs. Not here: letters and papers, whose words are templates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from console.words import en, zh
from recourse.ladder import Ladder

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
CATALOGUES: Mapping[Language, Mapping[str, str]] = {"zh": zh.TEXT, "en": en.TEXT}
CODES: Mapping[Language, Mapping[str, Mapping[str, str]]] = {"zh": zh.CODES, "en": en.CODES}


class Titles(msgspec.Struct, frozen=True):
    """Names that the packs give: rule → (Chinese, English), role of a seat → Chinese."""

    rules: Mapping[str, tuple[str, str]]
    roles: Mapping[str, str]


def choose(asked: str, kept: str, accepted: str) -> Language:
    """The language of a page: asked for in the address, else kept, else the browser's, else Chinese."""
    browser = [part.split(";")[0].strip()[:2].lower() for part in accepted.split(",")]
    for wanted in (asked, kept, *browser):
        for known in LANGUAGES:
            if wanted == known:
                return known
    return "zh"


class Words:
    """One language. Call it with a key; a key that is not there is a defect and raises KeyError."""

    def __init__(self, lang: Language, ladder: Ladder, titles: Titles) -> None:
        self.lang = lang
        self.other: Language = "en" if lang == "zh" else "zh"
        self._text, self._codes, self._nodes, self._titles = CATALOGUES[lang], CODES[lang], ladder.by_name, titles

    def __call__(self, key: str, /, **fields: object) -> str:
        return self._text[key].format(**fields)

    @property
    def html_lang(self) -> str:
        return "zh-CN" if self.lang == "zh" else "en"

    def code(self, kind: str, code: str) -> str:
        """The name of a code of a kind; one that nobody named is shown as it is, in words."""
        return self._codes.get(kind, {}).get(code) or (code if self.lang == "zh" else code.replace("_", " "))

    def node(self, name: str) -> str:
        node = self._nodes.get(name)
        return name if node is None else node.zh if self.lang == "zh" else node.en

    def rule(self, rule: str) -> str:
        """The title of a rule."""
        title = self._titles.rules.get(rule)
        return rule if title is None else title[0 if self.lang == "zh" else 1]

    def seat(self, seat: str) -> str:
        """A seat in words: ``then:HVP`` decides last, ``HVP#FIN`` sits for FIN after an escalation."""
        last = seat.startswith("then:")
        role, _, origin = seat.removeprefix("then:").partition("#")
        name = self._role(role)
        if origin.isdigit():
            name += f" {origin}"
        elif origin:
            name += self("seat.for", role=self._role(origin))
        return self("seat.last", seat=name) if last else name

    def _role(self, role: str) -> str:
        named = self._titles.roles.get(role) if self.lang == "zh" else self._codes["seat"].get(role)
        return named or role

    def roles(self, roles: tuple[str, ...]) -> str:
        return self("list.comma").join(self._role(role) for role in roles)

    def clock(self, what: str) -> str:
        """A clock's name, which the core gives in both languages, in one."""
        named = re.fullmatch(r"(\S+) (limitation of action|guarantee period)(.*)", what)
        if named is None:
            return what
        rest = re.sub(r"\((\w+)\)", lambda kind: f"({self.code('guarantee', kind[1])})", named[3])
        return (named[1] if self.lang == "zh" else named[2]) + rest

    def hint(self, hint: str) -> str:
        """What would change a case, in this language."""
        for pattern, key in _HINTS:
            if found := pattern.fullmatch(hint):
                what = found[1]
                return self(key, what=self.code("hold", what) if key == "hint.brake" else self.code("fact", what))
        return hint

    def reason(self, code: str) -> str:
        """A reason's code in words."""
        kind, _, what = code.partition(":")
        if kind == "enter":
            return self("reason.enter", what=self.node(what))
        if kind in _REASONS:
            return self(f"reason.{kind}", what=self.code(_REASONS[kind], what))
        return self.code("reason", code)

    def refusal(self, what: str) -> str:
        """Why an answer does not count; only the usual ones have been put into Chinese."""
        if self.lang == "en":
            return what
        for pattern, said in zh.REFUSALS:
            if found := re.fullmatch(pattern, what):
                return said.format(*found.groups())
        return what


_REASONS = {"brake": "hold", "missing": "fact"}
_HINTS = (
    (re.compile(r"a fact that is missing: (.+)"), "hint.missing"),
    (re.compile(r"the end of the brake: (.+)"), "hint.brake"),
    (re.compile(r"payment of (.+) ends the case or pauses it"), "hint.payment"),
    (re.compile(r"the calendar, on (.+)"), "hint.calendar"),
)
