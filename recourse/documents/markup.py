"""Reads a filled-in template (Markdown with our fences) into blocks. Pure.

Values arrive as numbered slots between two private-use characters and are put back only after parsing, so that
nothing in a name or an address can become markup. Not here: fields and conditions (`compose`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import cast

from markdown_it import MarkdownIt
from markdown_it.token import Token

from recourse.documents.blocks import (
    Align,
    Block,
    Heading,
    KeyValues,
    ListItem,
    Note,
    PageBreak,
    Paragraph,
    Receipt,
    Rule,
    Run,
    SignatureBlock,
    Table,
    Text,
    is_sealed,
    plain,
)
from recourse.errors import UserError

SLOT_START, SLOT_END = "\ue000", "\ue001"
_SLOT = re.compile(f"{SLOT_START}(\\d+){SLOT_END}")
_SOFT_BREAK = "\ue002"
_LATIN_BREAK = re.compile(f"(?<=[!-~]){_SOFT_BREAK}(?=[!-~])")  # a space between Latin words, nothing between Han
SEAL_MARK = "（盖章）"
_BULLET = "·"
_INLINE_TEXT = {"text": "", "softbreak": _SOFT_BREAK, "hardbreak": "\n"}


def read(document: str, text: str, slots: Sequence[str]) -> tuple[Block, ...]:
    """The blocks of a Markdown text, with its slots filled; raises UserError for a form that no block stands for."""
    return tuple(_Reader(document, slots).blocks(_parser().parse(text)))


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable(["code", "html_block", "html_inline"])


class _Reader:
    """Walks the parser's tokens once; holds what is open around the current token."""

    def __init__(self, document: str, slots: Sequence[str]) -> None:
        self._document = document
        self._slots = slots
        self._quotes = 0
        self._lists: list[Iterator[str]] = []
        self._marker = ""

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        position = 0
        while position < len(tokens):
            token = tokens[position]
            if token.type == "table_open":
                end = next(at for at in range(position, len(tokens)) if tokens[at].type == "table_close")
                yield self._table(tokens[position:end])
                position = end
            elif token.type == "inline":
                yield self._inline(token, tokens[position - 1])
            elif token.type == "fence":
                yield self._fence(token)
            elif token.type == "hr":
                yield Rule()
            else:
                self._nest(token)
            position += 1

    def _nest(self, token: Token) -> None:
        match token.type:
            case "blockquote_open" | "blockquote_close":
                self._quotes += token.nesting
            case "bullet_list_open":
                self._lists.append(_repeat(_BULLET))
            case "ordered_list_open":
                self._lists.append(_count(int(token.attrs.get("start", 1))))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                self._marker = next(self._lists[-1])
            case "list_item_close" | "heading_open" | "heading_close" | "paragraph_open" | "paragraph_close":
                pass
            case other:
                raise self._error(f"no block for {other!r}", token)

    def _inline(self, token: Token, opener: Token) -> Block:
        text = tuple(self._runs(token))
        if opener.type == "heading_open":
            return Heading(int(opener.tag[1:]), _words(text))
        if self._lists:
            marker, self._marker = self._marker, ""
            return ListItem(marker, text, len(self._lists) - 1)
        return Paragraph(text, indent=self._quotes == 0)

    def _runs(self, token: Token) -> Iterator[Run]:
        text, bold = "", False
        for child in token.children or ():
            if child.type in ("strong_open", "strong_close"):
                yield from self._run(text, bold)
                text, bold = "", child.nesting > 0
            elif child.type in _INLINE_TEXT:
                text += _INLINE_TEXT[child.type] or child.content
            else:
                raise self._error(f"{child.type!r} has no form in a document; use **bold** only", token)
        yield from self._run(text, bold)

    def _run(self, text: str, bold: bool) -> Iterator[Run]:
        if text := self._filled(_LATIN_BREAK.sub(" ", text).replace(_SOFT_BREAK, "")):
            yield Run(text, bold)

    def _table(self, tokens: Sequence[Token]) -> Table:
        rows: list[list[Text]] = []
        align: list[Align] = []
        for at, token in enumerate(tokens):
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                rows[-1].append(tuple(self._runs(tokens[at + 1])))
                if token.type == "th_open":
                    align.append(
                        cast(Align, str(token.attrs.get("style", "text-align:left")).removeprefix("text-align:"))
                    )
        header, *body = (tuple(row) for row in rows)
        return Table(tuple(map(_words, header)), tuple(body), tuple(align))

    def _fence(self, token: Token) -> Block:
        name, _, title = token.info.strip().partition(" ")
        maker = _FENCES.get(name)
        if maker is None:
            raise self._error(f"unknown fence {name!r}; known: {', '.join(_FENCES)}", token)
        cells = tuple(
            tuple(self._filled(cell.strip()) for cell in line.split("|"))
            for line in token.content.splitlines()
            if line.strip()
        )
        try:
            return maker(self._filled(title), cells)
        except ValueError as error:
            raise self._error(f"fence {name!r}: {error}", token) from None

    def _filled(self, text: str) -> str:
        return _SLOT.sub(lambda slot: self._slots[int(slot[1])], text)

    def _error(self, what: str, token: Token) -> UserError:
        line = f", line {token.map[0] + 1} of the filled text" if token.map else ""
        return UserError(what, where=f"{self._document}{line}", mend="see legal_templates/README.md")


def _words(text: Text) -> str:
    return "".join(run.text for run in text)


Cells = tuple[tuple[str, ...], ...]


def _facts(_: str, cells: Cells) -> Block:
    if any(len(line) not in (2, 4) for line in cells):
        raise ValueError("each line is 'label | value', once or twice")
    return KeyValues(tuple(tuple(zip(line[::2], line[1::2], strict=True)) for line in cells))


def _signature(_: str, cells: Cells) -> Block:
    if len({len(line) for line in cells}) != 1:
        raise ValueError("every line has the same number of columns")
    return SignatureBlock(tuple(zip(*cells, strict=True)))


def _seal(title: str, cells: Cells) -> Block:
    """A signature whose columns are sealed: the mark stands under the name, unless the text sets it itself."""
    columns = cast(SignatureBlock, _signature(title, cells)).columns
    return SignatureBlock(
        tuple(column if is_sealed(column) else (column[0], SEAL_MARK, *column[1:]) for column in columns)
    )


def _right(_: str, cells: Cells) -> Block:
    return Paragraph(plain("\n".join("|".join(line) for line in cells)), indent=False, align="right")


_FENCES: dict[str, Callable[[str, Cells], Block]] = {
    "facts": _facts,
    "signature": _signature,
    "seal": _seal,
    "receipt": lambda title, cells: Receipt(title, cells),
    "right": _right,
    "note": lambda _, cells: Note(" ".join("|".join(line) for line in cells)),
    "pagebreak": lambda _title, _cells: PageBreak(),
}


def _repeat(marker: str) -> Iterator[str]:
    while True:
        yield marker


def _count(number: int) -> Iterator[str]:
    while True:
        yield f"{number}."
        number += 1
