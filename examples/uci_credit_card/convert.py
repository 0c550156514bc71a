"""Turn the UCI credit-card data into six monthly deliveries of the intake layout (docs/intake.md).

    python examples/uci_credit_card/convert.py IN.csv OUT_FOLDER
    python examples/uci_credit_card/convert.py --check IN.csv OUT_FOLDER

Writes OUT_FOLDER/2005-04-30 to OUT_FOLDER/2005-09-30 and prints control totals. ``--check`` adds both sides again with
other code and compares. README.md beside this file says what the data lacks and how each gap was filled.

Exit 0: done, and everything reconciles; 1: a total is off; 2: bad input, one line, nothing written.
"""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from examples.uci_credit_card.plan import Plan, minimum_due, month_end  # noqa: E402
from examples.uci_credit_card.source import CURRENCY, MONTHS, Month, Totals, minor, read_source, source_totals  # noqa: E402
from recourse.canonical import digest  # noqa: E402
from recourse.errors import UserError  # noqa: E402
from recourse.intake.layout import COMPONENTS  # noqa: E402
from recourse.intake.manifest import Sent, read_manifest, write_manifest  # noqa: E402
from recourse.intake.write import write_table  # noqa: E402
from recourse.money import to_minor, to_text  # noqa: E402

ENTITY, BRANCH = "uci-taiwan", "uci"
OPENED_ON = date(2004, 7, 1)
SOURCE = "UCI data, column MARRIAGE"


def once(source: pl.DataFrame, as_of: date) -> Iterator[tuple[str, pl.DataFrame]]:
    """The tables that do not change: people, cards, who owes, where they are reached, marriage."""
    number = pl.col("account_id").str.strip_prefix("card-")
    holder = source.select("party_id", number.alias("number"))
    yield (
        "parties",
        holder.select(
            "party_id",
            pl.lit("natural").alias("kind"),
            ("Cardholder " + pl.col("number")).alias("name"),
            ("Address of card " + pl.col("number") + ", not in the data").alias("address"),
        ),
    )
    yield (
        "accounts",
        source.select(
            "account_id",
            pl.lit("credit_card").alias("product"),
            pl.lit(BRANCH).alias("branch"),
            pl.lit(OPENED_ON).alias("opened_on"),
            pl.col("LIMIT_BAL").alias("original_amount"),
        ),
    )
    yield (
        "roles",
        source.select("account_id", "party_id", pl.lit("borrower").alias("role"), pl.lit("contract").alias("basis")),
    )
    ways = {
        "email": "card-" + pl.col("number") + "@uci-data.example",
        "post": "Address of card " + pl.col("number") + ", not in the data",
    }
    yield (
        "contacts",
        pl.concat(
            holder.select(
                "party_id",
                pl.lit(channel).alias("channel"),
                value.alias("value"),
                *(pl.lit(True).alias(name) for name in ("contractual", "consent")),
                pl.lit("contract").alias("source"),
                pl.lit("own").alias("whose"),
            )
            for channel, value in ways.items()
        ),
    )
    marriage = pl.col("MARRIAGE").replace_strict({"1": "married", "2": "single"}, default=None, return_dtype=pl.String)
    yield (
        "household",
        source.select(
            "party_id",
            pl.lit(as_of).alias("as_of"),
            marriage.alias("marital_status"),
            pl.lit(SOURCE).alias("source"),
        ).drop_nulls("marital_status"),
    )


def monthly(source: pl.DataFrame, month: Month, plan: Plan) -> Iterator[tuple[str, pl.DataFrame]]:
    """The tables of one month end."""
    on, word = month.ends_on, month.ends_on.strftime("%Y-%m")
    account, as_of = pl.col("account_id"), pl.lit(on).alias("as_of")
    instalments = plan.close(month)
    yield "instalments", instalments
    paid = source.filter(pl.col(month.paid) > 0)
    payment_id = (account.str.replace("card-", "pay-", literal=True) + f"-{word}").alias("payment_id")
    yield "payments", paid.select(payment_id, account, pl.lit(on).alias("paid_on"), pl.col(month.paid).alias("amount"))
    overdue = plan.overdue.alias("overdue_total")
    rest = (pl.lit(0).alias(name) for name in COMPONENTS if name != "principal")
    yield "balances", source.select(account, as_of, pl.col(month.bill).alias("principal"), *rest, overdue)
    yield (
        "book_totals",
        source.select(
            pl.lit(on).alias("month_end"),
            pl.lit(BRANCH).alias("branch"),
            pl.lit("credit_card").alias("product"),
            pl.len().cast(pl.Int64).alias("accounts"),
            pl.col(month.bill).sum().alias("balance"),
        ).head(1),
    )
    yield (
        "statements",
        source.select(
            account,
            pl.lit(word).alias("month"),
            pl.lit(on).alias("statement_on"),
            pl.lit(month_end(on, 1)).alias("due_on"),
            pl.col(month.bill).alias("balance"),
            minimum_due(month.bill).alias("minimum_due"),
        ),
    )


def convert(path: Path, out: Path) -> list[str]:
    """Write the six deliveries whole or not at all; the report's lines. UserError on bad input."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError("already there", where=str(out), mend="name a folder that does not exist or is empty")
    totals = source_totals(path)
    source = read_source(path)
    plan = Plan(source)
    lines = [f"{'as of':<12}{'accounts':>10}{'billed TWD':>20}{'paid TWD':>20}{'late':>9}{'late, owing nothing':>22}"]
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".uci-", dir=out.parent))
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", where=str(out)) from None
    try:
        for month, total in zip(MONTHS, totals, strict=True):
            _deliver(draft / month.ends_on.isoformat(), source, month, plan, total)
            lines.append(_line(total) + _late(source, month))
        if out.exists():
            out.rmdir()
        draft.rename(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    out.chmod(0o755)
    return [*lines, f"{len(MONTHS)} deliveries in {out}; every total agrees with {path.name}"]


def _deliver(folder: Path, source: pl.DataFrame, month: Month, plan: Plan, total: Totals) -> None:
    folder.mkdir()
    tables = dict(once(source, month.ends_on)) if month is MONTHS[0] else {}
    tables |= dict(monthly(source, month, plan))
    files = {name: write_table(folder, name, frame, currency=CURRENCY) for name, frame in tables.items()}
    for name, column, wanted in _declared(total):
        found = files[name].sums.get(column)
        if found != {CURRENCY: wanted} and not (found == {} and to_minor(wanted, CURRENCY) == 0):
            raise AssertionError(f"{folder.name}: {name}.{column} is {found}, the source says {wanted}")
    write_manifest(
        folder,
        as_of=month.ends_on,
        entity=ENTITY,
        jurisdiction="TW",
        currency=CURRENCY,
        time_zone="Asia/Taipei",
        files=files,
    )


def _declared(total: Totals) -> tuple[tuple[str, str, str], ...]:
    billed, paid = to_text(total.billed, CURRENCY), to_text(total.paid, CURRENCY)
    return ("balances", "principal", billed), ("statements", "balance", billed), ("payments", "amount", paid)


def _line(total: Totals) -> str:
    billed, paid = (to_text(amount, CURRENCY, grouped=True) for amount in (total.billed, total.paid))
    return f"{total.ends_on.isoformat():<12}{total.accounts:>10,}{billed:>20}{paid:>20}"


def _late(source: pl.DataFrame, month: Month) -> str:
    late = source.filter(pl.col(month.status) > 0)
    owing = late.filter(pl.col(month.bill) > 0).height
    return f"{owing:>9,}{late.height - owing:>22,}"


# --- the check --------------------------------------------------------------------------------------------------------


def check(path: Path, out: Path) -> tuple[list[str], bool]:
    """Add source and deliveries again from their text and compare; the report's lines, and whether all agrees."""
    lines, sound = [], True
    for total in source_totals(path):
        folder = out / total.ends_on.isoformat()
        manifest = read_manifest(folder)
        if manifest is None:
            raise UserError("no delivery", where=str(folder), mend="convert first")
        found = [
            (f"{name}.{column}", _added(folder, name, column), wanted) for name, column, wanted in _declared(total)
        ]
        rows = len({row["account_id"] for row in _rows(folder, "balances")})
        found.append(("accounts", str(rows), str(total.accounts)))
        found += [(f"{name} as sent", *_as_sent(folder, name, sent)) for name, sent in manifest.files.items()]
        off = [f"{folder.name}: {name} is {got}, not {wanted}" for name, got, wanted in found if got != wanted]
        lines += off or [f"{_line(total)}  {len(found)} totals agree"]
        sound = sound and not off
    return lines, sound


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    path = folder / f"{name}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=str(path)) from None


def _added(folder: Path, name: str, column: str) -> str:
    where = f"{folder / name}.csv, {column}"
    return to_text(sum(minor(row.get(column), where) for row in _rows(folder, name)), CURRENCY)


def _as_sent(folder: Path, name: str, sent: Sent) -> tuple[str, str]:
    try:
        found = digest((folder / f"{name}.csv").read_bytes())
    except OSError:
        found = "missing"
    rows = sum(1 for _ in _rows(folder, name)) if found != "missing" else 0
    return f"{rows} rows {found[:12]}", f"{sent.rows} rows {sent.sha256[:12]}"


def main(arguments: Sequence[str]) -> int:
    """Command line; returns the exit code."""
    checking = "--check" in arguments
    paths = [Path(each) for each in arguments if each != "--check"]
    if len(paths) != 2 or any(str(each).startswith("-") for each in paths):
        print("usage: convert.py [--check] IN.csv OUT_FOLDER", file=sys.stderr)
        return 2
    try:
        lines, sound = check(*paths) if checking else (convert(*paths), True)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
