"""A sheet says what it was given: text stays text, money is a number, the same rows give the same bytes."""

from __future__ import annotations

import time
from datetime import date
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

from recourse.documents.spreadsheet import Money, Sheet, workbook

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SHEET = Sheet(
    "清单",
    ("account", "amount", "day", "n", "none"),
    tuple(
        (text, Money(123_456, "CNY"), date(2025, 5, 20), 7, None)
        for text in ("=1+1", "+86", "-5", "@SUM(A1)", "http://x", "007", "{=1}")
    ),
)


def parts(data: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_text_is_never_a_formula_a_link_or_a_number() -> None:
    inside = parts(workbook([SHEET], "x"))
    page = ElementTree.fromstring(inside["xl/worksheets/sheet1.xml"])
    strings = ["".join(each.itertext()) for each in ElementTree.fromstring(inside["xl/sharedStrings.xml"])]
    assert not list(page.iter(f"{SPACE}f"))
    assert not list(page.iter(f"{SPACE}hyperlink"))
    first = [next(iter(row)) for row in page.iter(f"{SPACE}row")][1:]
    assert [each.get("t") for each in first] == ["s"] * len(SHEET.rows)
    assert [strings[int(next(each.iter(f"{SPACE}v")).text or "")] for each in first] == [row[0] for row in SHEET.rows]


def test_money_is_a_number_to_the_last_fen() -> None:
    page = ElementTree.fromstring(parts(workbook([SHEET], "x"))["xl/worksheets/sheet1.xml"])
    row = list(page.iter(f"{SPACE}row"))[1]
    assert [value.text for cell in list(row)[1:4:2] for value in cell.iter(f"{SPACE}v")] == ["1234.56", "7"]
    large = Sheet("a", ("m",), ((Money(9_999_999_999_999, "CNY"),), (Money(-1, "CNY"),), (Money(5, "JPY"),)))
    page = ElementTree.fromstring(parts(workbook([large], "x"))["xl/worksheets/sheet1.xml"])
    assert [value.text for value in page.iter(f"{SPACE}v")][1:] == ["99999999999.99", "-0.01", "5"]


def test_the_same_rows_give_the_same_bytes() -> None:
    before = workbook([SHEET], "x")
    time.sleep(2.1)
    assert workbook([SHEET], "x") == before
    assert workbook([Sheet("清单", SHEET.header, SHEET.rows[1:])], "x") != before
