"""The layout is well-formed and the document says what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from recourse.intake.columns import KINDS, Table
from recourse.intake.layout import COMPONENTS, TABLES
from recourse.intake.layout_doc import put_into
from recourse.money import Amounts

DOCUMENT = Path(__file__).parents[2] / "docs" / "intake.md"


def test_document_prints_the_layout() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert put_into(text) == text, "run: python -m recourse.intake.layout_doc docs/intake.md"


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_a_table_names_only_what_it_has(table: Table) -> None:
    names = set(table.names)
    assert len(names) == len(table.columns)
    assert {*table.key, *table.positive} <= names
    assert {name for pair in table.in_order for name in pair} <= names
    assert {column.kind for column in table.columns} <= KINDS.keys()
    assert all(column.codes for column in table.columns if column.kind == "code")
    if table.adds_up:
        assert {table.adds_up[0], *table.adds_up[1]} <= set(table.money)


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_a_key_is_never_unknown(table: Table) -> None:
    for column in map(table.column, table.key):
        assert column.required or column.default


def test_what_is_referred_to_is_read_first() -> None:
    order = list(TABLES)
    for table in TABLES.values():
        for column in table.columns:
            assert not column.refers_to or order.index(column.refers_to) < order.index(table.name)


def test_components_are_those_of_money() -> None:
    assert Amounts.__struct_fields__ == COMPONENTS


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("parties", "name"),
        ("parties", "id_number"),
        ("parties", "birth_on"),
        ("contacts", "value"),
        ("parties", "address"),
    ],
)
def test_what_names_a_person_is_personal(table: str, column: str) -> None:
    assert TABLES[table].column(column).personal
