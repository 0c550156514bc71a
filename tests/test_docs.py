"""The documents say what the code says: printed lists agree, and every file, name, link, command and setting exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main

from desk.cli import app
from recourse import events_doc
from tasks import ladder_doc

ROOT = Path(__file__).resolve().parents[1]
ADRS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]
WRITTEN = [*READMES, *sorted((ROOT / "docs").rglob("*.md"))]
ONE_SCREEN, ONE_PAGE = 70, 60
# Made by commands, or the reader's own: named in documents, not in the checkout.
NOT_KEPT = ("var/", ".venv", "dist/")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize(
    ("document", "put_into", "command"),
    [
        ("docs/events.md", events_doc.put_into, "python -m recourse.events_doc docs/events.md"),
        ("docs/ladder.md", ladder_doc.put_into, "python -m tasks.ladder_doc docs/ladder.md"),
    ],
)
def test_a_printed_list_is_up_to_date(document: str, put_into: Callable[[str], str], command: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    assert put_into(text) == text, f"run: {command}"


def test_every_event_says_what_it_is() -> None:
    assert events_doc.undescribed() == []


# --- names of files and of what is in them ------------------------------------------------------------------------


@cache
def defined(path: Path) -> frozenset[str]:
    """What a module defines at its top, and `Class.method`."""
    found: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(found)


def paths_named(text: str) -> Iterator[tuple[str, str]]:
    """(path, name in it or "") of each `folder/file`, `folder/` and `folder/file.py:name` in code marks."""
    for path, name in re.findall(r"`((?:[\w.-]+/)+[\w.-]*)(?::([\w.]+))?`", text):
        if not path.startswith(NOT_KEPT):
            yield path, name


@pytest.mark.parametrize("document", WRITTEN, ids=name_of)
def test_every_file_and_name_exists(document: Path) -> None:
    wrong = []
    for path, name in paths_named(document.read_text("utf-8")):
        places = [place for place in (ROOT / path, document.parent / path) if place.exists()]
        if not places or (name and name not in defined(places[0])):
            wrong.append(f"{path}:{name}")
    assert wrong == []


@pytest.mark.parametrize("document", WRITTEN, ids=name_of)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (document.parent / link).exists()] == []


def test_the_walk_goes_by_functions() -> None:
    named = [name for _, name in paths_named((ROOT / "docs" / "walk.md").read_text("utf-8")) if name]
    assert len(named) > 20


# --- commands and settings ----------------------------------------------------------------------------------------


@cache
def commands() -> dict[str, frozenset[str]]:
    """Every command as it is typed, with its options."""
    found: dict[str, frozenset[str]] = {}

    def walk(command: object, words: tuple[str, ...]) -> None:
        children = getattr(command, "commands", {})
        options = {option for parameter in getattr(command, "params", []) for option in parameter.opts}
        found[" ".join(words)] = frozenset(options)
        for name, child in children.items():
            walk(child, (*words, name))

    walk(typer.main.get_command(app), ())
    return found


def commands_named(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(command, its options) of each `recourse …` in code marks or in an indented block."""
    typed = re.findall(r"`recourse ([^`]+)`", text) + re.findall(r"^    (?:\S*/)?recourse (.+)$", text, re.MULTILINE)
    for line in typed:
        bare = re.split(r"\s{2,}|#|&&", line.replace("\n", " "))[0]
        words = re.match(r"((?:[a-z][a-z-]* ?)+)", bare)
        if words:
            yield words[1].strip(), tuple(re.findall(r"(?<!\S)-{1,2}[a-z][a-z0-9-]*", bare))


def longest_command(words: str) -> str:
    parts = words.split()
    return next((" ".join(parts[:n]) for n in range(len(parts), 0, -1) if " ".join(parts[:n]) in commands()), "")


@pytest.mark.parametrize("document", WRITTEN, ids=name_of)
def test_every_command_and_option_exists(document: Path) -> None:
    wrong = []
    for words, options in commands_named(document.read_text("utf-8")):
        command = longest_command(words)
        if not command or set(options) - commands()[command]:
            wrong.append(f"recourse {words} {' '.join(options)}")
    assert wrong == []


def test_operations_names_every_setting_and_no_other() -> None:
    readers = (ROOT / "desk" / "settings.py", ROOT / "desk" / "engines.py")
    read = {name for each in readers for name in re.findall(r'"(RECOURSE_[A-Z_]+)"', each.read_text("utf-8"))}
    told = set(re.findall(r"RECOURSE_[A-Z_]+", (ROOT / "docs" / "operations.md").read_text("utf-8")))
    assert told == read


def test_operations_names_every_command() -> None:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    named = {longest_command(words) for words, _ in commands_named(text)}
    leaves = {name for name in commands() if name and not any(other.startswith(f"{name} ") for other in commands())}
    assert leaves - named == set()


# --- length -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", READMES, ids=name_of)
def test_the_readme_is_one_screen(document: Path) -> None:
    assert len(document.read_text("utf-8").splitlines()) <= ONE_SCREEN


@pytest.mark.parametrize("document", ADRS, ids=name_of)
def test_a_decision_is_one_page(document: Path) -> None:
    lines = document.read_text("utf-8").splitlines()
    assert len(lines) <= ONE_PAGE
    assert [line for line in ("## Decision", "## Consequences") if line not in lines] == []


def test_every_decision_is_listed() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text("utf-8")
    assert [name_of(path) for path in ADRS if f"]({path.name})" not in index] == []
