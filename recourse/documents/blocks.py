"""The blocks a document is made of, between text and page: plain values, no fonts, no positions, no reading or writing.

`compose` makes them from a template, a packet makes them from its data, `render` draws them. One class a kind; a new
kind of block needs a class here, its fence or Markdown form in `compose`, and its box in `boxes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

Align = Literal["left", "right", "center"]
CHINESE, TAIWANESE, ENGLISH = "zh-CN", "zh-TW", "en-US"
"""Languages of documents, as PDF and HTML write them (BCP 47)."""


class Run(msgspec.Struct, frozen=True):
    """A stretch of text in one weight."""

    text: str
    bold: bool = False


Text = tuple[Run, ...]


class Heading(msgspec.Struct, frozen=True, tag=True):
    """Level 1 is the document's title; level 2 gets a bookmark and a line in the contents."""

    level: int
    text: str


class Paragraph(msgspec.Struct, frozen=True, tag=True):
    """Running text. Chinese practice: the first line starts two characters in, unless `indent` is off."""

    text: Text
    indent: bool = True
    align: Align = "left"


class ListItem(msgspec.Struct, frozen=True, tag=True):
    """One item of a list, its marker (``1.``, ``·``) hanging to the left; depth 0 is the outermost list."""

    marker: str
    text: Text
    depth: int = 0


class Note(msgspec.Struct, frozen=True, tag=True):
    """Small print."""

    text: str


class Table(msgspec.Struct, frozen=True, tag=True):
    """Rows of cells under a header that is repeated on each page; `align` has one entry a column."""

    header: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]
    align: tuple[Align, ...]


class KeyValues(msgspec.Struct, frozen=True, tag=True):
    """A form: each row holds one or two pairs of label and value."""

    rows: tuple[tuple[tuple[str, str], ...], ...]


class SignatureBlock(msgspec.Struct, frozen=True, tag=True):
    """Who signs: one column stands at the right margin, several stand side by side. Kept on one page. A column with a
    line that begins with one of `SEAL_MARKS` gets the room of a seal."""

    columns: tuple[tuple[str, ...], ...]


SEAL_MARKS = ("（盖章", "（公章", "（用印", "（蓋章")


def is_sealed(column: Iterable[str]) -> bool:
    """Whether a seal is set over this column of a signature."""
    return any(line.startswith(SEAL_MARKS) for line in column)


class Receipt(msgspec.Struct, frozen=True, tag=True):
    """The slip to sign and send back, under a dashed line at the foot of the page. Each line has one or more cells."""

    title: str
    lines: tuple[tuple[str, ...], ...]


class Contents(msgspec.Struct, frozen=True, tag=True):
    """The list of level 2 headings with their pages."""


class Sheets(msgspec.Struct, frozen=True, tag=True):
    """Pages kept free for those of a file that is not ours: which file, by the SHA-256 of its bytes, and how many."""

    sha256: str
    count: int


class ExhibitTable(msgspec.Struct, frozen=True, tag=True):
    """The manifest: of each exhibit its heading, its source and its hash; the pages are filled in when they are known.
    `end` is the heading after the last exhibit, `header` the titles of the four columns."""

    header: tuple[str, str, str, str]
    rows: tuple[tuple[str, str, str], ...]
    end: str


class PageBreak(msgspec.Struct, frozen=True, tag=True):
    """What follows starts on a new page."""


class Rule(msgspec.Struct, frozen=True, tag=True):
    """A thin line across the text."""


Block = (
    Heading | Paragraph | ListItem | Note | Table | KeyValues | SignatureBlock | Receipt | Contents | Sheets | ExhibitTable
    | PageBreak | Rule
)  # fmt: skip


class Document(msgspec.Struct, frozen=True):
    """Everything that `render` needs: blocks, what stands in the running head and foot, whether it is a draft,
    keywords for its properties, its language."""

    title: str
    blocks: tuple[Block, ...]
    head: str = ""
    number: str = ""
    draft: bool = False
    keywords: str = ""
    language: str = CHINESE


def is_chinese(document: Document) -> bool:
    """Whether it is set by Chinese practice: paragraphs start two characters in, lines are of one length."""
    return document.language.startswith("zh")


def plain(text: str) -> Text:
    """Text of one ordinary run."""
    return (Run(text),)


def words(blocks: Iterable[Block]) -> str:
    """All that a document says, one line for each piece of running text."""
    return "\n".join(line for block in blocks for line in _lines(block))


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Heading | Note):
        yield block.text
    elif isinstance(block, Paragraph | ListItem):
        yield _said(block.text)
    elif isinstance(block, Table):
        yield from block.header
        yield from (_said(cell) for row in block.rows for cell in row)
    elif isinstance(block, KeyValues):
        yield from (f"{label} {value}" for row in block.rows for label, value in row)
    elif isinstance(block, SignatureBlock):
        yield from (line for column in block.columns for line in column)
    elif isinstance(block, ExhibitTable):
        yield from (cell for row in block.rows for cell in row)
    elif isinstance(block, Receipt):
        yield from (block.title, *(cell for line in block.lines for cell in line))


def _said(text: Text) -> str:
    return "".join(run.text for run in text)
