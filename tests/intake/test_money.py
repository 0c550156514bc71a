"""Amounts in files are read as `recourse.money` reads them, to the last minor unit, and written back the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.errors import UserError
from recourse.intake.read import read_delivery
from recourse.intake.write import write_table
from recourse.money import MINOR_DIGITS, to_minor

AMOUNTS = st.tuples(
    st.sampled_from(sorted(MINOR_DIGITS)),
    st.from_regex(r"-?[0-9]{1,14}(\.[0-9]{1,4})?", fullmatch=True, alphabet="-.0123456789"),
)
ODD = st.tuples(st.sampled_from(sorted(MINOR_DIGITS)), st.text(alphabet="0123456789.-+eE ,_NaInf", max_size=8))
DAY = date(2025, 3, 31)


def read_back(folder: Path, amounts: list[tuple[str, str]]) -> dict[int, int]:
    """Minor units by file row of the amounts (currency, text) that were accepted, as balances of so many accounts."""
    accounts = pl.DataFrame({"account_id": [f"A{n}" for n in range(len(amounts))], "currency": [c for c, _ in amounts]})
    zero = dict.fromkeys(("interest", "penalty", "compound", "fees", "costs"), "0")
    columns = {name: pl.lit(text) for name, text in zero.items()}
    frame = accounts.select("account_id", as_of=pl.lit("2025-03-31")).with_columns(**columns)
    frame.with_columns(principal=pl.Series([text for _, text in amounts])).write_csv(folder / "balances.csv")
    balances = read_delivery(folder, known_accounts=accounts, as_of=DAY).tables["balances"]
    return dict(balances.select("file_row", "principal").iter_rows())


def expected(amount: tuple[str, str]) -> int | None:
    try:
        return to_minor(amount[1], amount[0])
    except UserError:
        return None


@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_a_written_amount_is_read_exactly_or_refused(amounts: list[tuple[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        found = read_back(Path(folder), amounts)
    assert found == {row: minor for row, minor in enumerate(map(expected, amounts), start=2) if minor is not None}


@given(st.lists(ODD, min_size=1, max_size=20))
def test_odd_text_is_never_read_as_another_amount(amounts: list[tuple[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        found = read_back(Path(folder), amounts)
    for row, minor in found.items():
        currency, text = amounts[row - 2]
        assert minor == Decimal(text) * 10 ** MINOR_DIGITS[currency]


@given(st.lists(st.tuples(st.sampled_from(sorted(MINOR_DIGITS)), st.integers(1 - 10**14, 10**14 - 1)), min_size=1))
def test_minor_units_survive_the_way_out_and_in(amounts: list[tuple[str, int]]) -> None:
    currencies = [currency for currency, _ in amounts]
    ids = [f"A{n}" for n in range(len(amounts))]
    frame = pl.DataFrame({"account_id": ids, "currency": currencies, "principal": [minor for _, minor in amounts]})
    frame = frame.with_columns(pl.lit(DAY).alias("as_of"), *(pl.lit(0).alias(name) for name in OTHERS))
    with TemporaryDirectory() as folder:
        write_table(Path(folder), "balances", frame)
        known = frame.select("account_id", "currency")
        balances = read_delivery(Path(folder), known_accounts=known, as_of=DAY).tables["balances"]
    assert (
        balances.select("account_id", "currency", "principal").rows()
        == frame.select("account_id", "currency", "principal").rows()
    )


OTHERS = ("interest", "penalty", "compound", "fees", "costs")


@pytest.mark.parametrize("text", ["99999999999999.9900", "-99999999999999.99"])
def test_the_widest_amounts(tmp_path: Path, text: str) -> None:
    assert read_back(tmp_path, [("CNY", text)]) == {2: to_minor(text, "CNY")}


@pytest.mark.parametrize("text", ["9" * digits for digits in (15, 16, 17, 20, 50)])
def test_wider_ones_are_set_aside(tmp_path: Path, text: str) -> None:
    assert read_back(tmp_path, [("CNY", text), ("CNY", "1")]) == {3: 100}
