"""The daily deliveries: balances that follow from the files, bad rows that are caught, the same town every time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from recourse.arrears import Instalment, Receipt, dpd, oldest_unpaid
from recourse.canonical import digest
from recourse.intake.layout import COMPONENTS
from recourse.intake.read import Delivery
from recourse.simulate.town import Town
from tests.simulate.conftest import START, Played, together

DAY = timedelta(days=1)


def test_only_rows_that_were_spoiled_are_set_aside(deliveries: list[Delivery]) -> None:
    faults = pl.concat([each.quarantine for each in deliveries[1:]])
    assert set(faults["file"]) == {"payments.csv"}
    assert 5 < faults.height < 25
    repeated = faults["reason"].str.contains("the same row again")
    assert all('"payment_id":"X' in raw for raw in faults.filter(~repeated)["raw"])
    assert faults["reason"].n_unique() > 3
    assert [total for each in deliveries for total in each.totals_off] == []
    assert [warning for each in deliveries for warning in each.warnings] == []


def test_every_loans_balance_follows_from_plan_rate_and_payments(deliveries: list[Delivery], played: Played) -> None:
    """opening + accrual - payments = closing, by component, for each loan and delivered day, with exact fractions."""
    paid: defaultdict[tuple[str, date], list[dict[str, Any]]] = defaultdict(list)
    for row in together(deliveries, "payments").iter_rows(named=True):
        paid[row["account_id"], row["booked_on"]].append(row)
    plans: defaultdict[tuple[str, date], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for account_id, due_on, principal, interest in (
        deliveries[0].tables["instalments"].select("account_id", "due_on", "principal", "interest").iter_rows()
    ):
        plans[account_id, due_on] = principal, interest
    told = {(row["account_id"], row["as_of"]): row for row in together(deliveries, "balances").iter_rows(named=True)}
    compared = 0
    for account in deliveries[0].tables["accounts"].iter_rows(named=True):
        key = account["account_id"]
        if not key.startswith("K") and not played.town.core.debts[key].accelerated:
            rate = account["annual_rate"] * (1_000_000 + account["penalty_uplift"]) // 1_000_000
            compared += _compared(key, rate, plans, paid, told, played)
    assert compared > 2_500


def _compared(
    key: str,
    rate: int,
    plans: Mapping[tuple[str, date], tuple[int, int]],
    paid: Mapping[tuple[str, date], Sequence[dict[str, Any]]],
    told: Mapping[tuple[str, date], dict[str, Any]],
    played: Played,
) -> int:
    """Walks one loan through the files; the principal not due yet is taken from the first balance."""
    day, compared = played.town.book.history_from, 0
    due = {"principal": 0, "interest": 0}
    grown = {"penalty": Fraction(0), "compound": Fraction(0)}
    gone = dict.fromkeys(COMPONENTS, 0)
    opening: int | None = None
    while day <= played.days[-1]:
        grown["penalty"] += Fraction(due["principal"] * rate, 360 * 10**6)
        grown["compound"] += Fraction(due["interest"] * rate, 360 * 10**6)
        principal, interest = plans[key, day]
        due = {"principal": due["principal"] + principal, "interest": due["interest"] + interest}
        for row in paid.get((key, day), ()):
            sign = -1 if row["kind"] == "chargeback" else 1
            for name in COMPONENTS:
                gone[name] += sign * row[name]
            due = {name: amount - sign * row[name] for name, amount in due.items()}
        if due["principal"] < 0:
            return compared
        if (key, day) in told:
            row = told[key, day]
            opening = opening if opening is not None else row["principal"] + gone["principal"]
            assert row["principal"] == opening - gone["principal"], (key, day)
            assert row["interest"] == due["interest"], (key, day)
            for name, amount in grown.items():
                assert row[name] == amount // 1 - gone[name], (key, day, name)
            assert (row["fees"], row["costs"]) == (0, 0)
            late = due["principal"] + due["interest"] + row["penalty"] + row["compound"] - principal - interest
            assert row["overdue_total"] == max(late, 0)
            compared += 1
        day += DAY
    return compared


def test_days_late_on_the_last_day_follow_from_the_files(deliveries: list[Delivery], played: Played) -> None:
    """Plans as restated last; without accounts that had a payment taken back, which the ledger counts otherwise."""
    dues = together(deliveries, "instalments").unique(["account_id", "number"], keep="last", maintain_order=True)
    money = together(deliveries, "payments")
    bounced = set(money.filter(pl.col("kind") == "chargeback")["account_id"])
    plans: defaultdict[str, list[Instalment]] = defaultdict(list)
    paid: defaultdict[str, list[Receipt]] = defaultdict(list)
    for account_id, due_on, amount in dues.select("account_id", "due_on", "amount").iter_rows():
        plans[account_id].append(Instalment(due_on, amount))
    for row in money.iter_rows(named=True):
        counts = row["amount"] if row["account_id"].startswith("K") else row["principal"] + row["interest"]
        paid[row["account_id"]].append(Receipt(row["paid_on"], counts))
    last = played.days[-1]
    for account_id, days in played.late[-1].items():
        if account_id not in bounced and not played.town.core.debts[account_id].accelerated:
            assert dpd(oldest_unpaid(plans[account_id], paid[account_id], as_of=last), (), last) == days, account_id
    called = [key for key, debt in played.town.core.debts.items() if debt.accelerated and not key.startswith("K")]
    assert called
    for account_id in called:
        due = sum(each.amount for each in plans[account_id]) - sum(each.amount for each in paid[account_id])
        owed = played.town.core.debts[account_id].owed
        assert due == owed["principal"] + owed["interest"]


def test_a_cards_principal_moves_by_payments_and_purchases_alone(deliveries: list[Delivery]) -> None:
    stated = {
        (row[0], row[1]) for row in together(deliveries, "statements").select("account_id", "statement_on").iter_rows()
    }
    money = together(deliveries, "payments").with_columns(
        sign=pl.when(pl.col("kind") == "chargeback").then(-1).otherwise(1)
    )
    paid: defaultdict[tuple[str, date], int] = defaultdict(int)
    for account_id, on, principal, sign in money.select("account_id", "booked_on", "principal", "sign").iter_rows():
        paid[account_id, on] += sign * principal
    balances = together(deliveries, "balances").filter(pl.col("account_id").str.starts_with("K"))
    for (account_id,), rows in balances.sort("as_of").group_by("account_id", maintain_order=True):
        before: tuple[date, int] | None = None
        for as_of, principal in rows.select("as_of", "principal").iter_rows():
            if before is not None:
                days = [before[0] + DAY * n for n in range(1, (as_of - before[0]).days + 1)]
                bought = principal - before[1] + sum(paid[str(account_id), day] for day in days)
                assert bought >= 0
                asked = [day for day in days if (account_id, day) in stated or day > as_of - timedelta(days=8)]
                assert bought == 0 or asked
            before = as_of, principal


def test_month_ends_add_up_to_the_balances_of_that_day(deliveries: list[Delivery]) -> None:
    totals = together(deliveries, "book_totals")
    balances = together(deliveries, "balances").with_columns(owed=pl.sum_horizontal(COMPONENTS))
    assert totals["month_end"].n_unique() >= 3
    for (month_end,), rows in totals.group_by("month_end"):
        there = balances.filter((pl.col("as_of") == month_end) & (pl.col("owed") > 0) & (pl.col("status") == "active"))
        assert rows["balance"].sum() == there["owed"].sum()
        assert rows["accounts"].sum() == there.height


def test_a_debt_that_is_paid_is_still_told_of_for_a_while(deliveries: list[Delivery]) -> None:
    nothing = together(deliveries, "balances").filter(pl.sum_horizontal(COMPONENTS) == 0)
    assert nothing.height > 0
    assert set(nothing["status"]) == {"settled"}
    last = set(deliveries[-1].tables["balances"]["account_id"])
    assert set(nothing["account_id"]) <= last


def test_money_comes_in_every_way_that_the_layout_knows(deliveries: list[Delivery]) -> None:
    money = together(deliveries[1:], "payments")
    assert "chargeback" in set(money["kind"])
    assert (
        money.filter(pl.col("kind") == "chargeback")["refers_to"]
        .is_in(together(deliveries, "payments")["payment_id"].implode())
        .all()
    )
    back_dated = money.filter(pl.col("paid_on") < pl.col("booked_on"))
    assert 0 < back_dated.height < 30


def test_the_same_seed_plays_the_same_town_in_whatever_order_things_are_listed(tmp_path: Path) -> None:
    one, other = Played(4, 60, 40, tmp_path / "one"), Played(4, 60, 40, tmp_path / "other", shuffled=True)
    assert one.clerk.digest() == other.clerk.digest()
    assert len(one.clerk.log) > 50
    assert _files(one.folders) == _files(other.folders)
    assert Played(5, 60, 10, tmp_path / "third").clerk.digest() != Played(4, 60, 10, tmp_path / "fourth").clerk.digest()


def _files(folders: list[Path]) -> dict[str, str]:
    return {
        f"{folder.name}/{file.relative_to(folder)}": digest(file.read_bytes())
        for folder in folders
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_days_are_played_forward_and_in_turn(tmp_path: Path) -> None:
    town = Town(1, 20, START)
    with pytest.raises(ValueError, match="played already"):
        town.write_day(START, tmp_path)
    town.write_book(tmp_path / "book")
    town.write_day(START + DAY, tmp_path / "day")
    with pytest.raises(ValueError, match="before the first day"):
        town.write_book(tmp_path / "again")
