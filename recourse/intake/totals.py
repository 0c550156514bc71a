"""Control totals: what the sender says was sent, beside what is there."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import polars as pl

from recourse.intake.cells import MONEY_PLACES, UNITS, scaled
from recourse.intake.files import RawTable
from recourse.intake.manifest import Manifest, Sent
from recourse.money import to_minor, to_text

ABSENT = "no file"


class ControlTotal(msgspec.Struct, frozen=True):
    """One total of one table: `field` is ``rows``, ``sha256``, ``file`` or an amount's column, this with `currency`."""

    table: str
    field: str
    declared: str
    found: str
    currency: str = ""

    @property
    def off(self) -> bool:
        return self.declared != self.found


def compare(name: str, manifest: Manifest, raw: RawTable, prepared: pl.DataFrame) -> list[ControlTotal]:
    """Every total that the manifest declares of this table, over all rows of its file, also those quarantined.

    An amount that cannot be read counts as nothing, so its total is off: that is what a control total is for.
    """
    sent = manifest.files.get(name, Sent())
    declared = sent.sums_by_currency(manifest.currency)
    there = sums(prepared, sorted({column for column, _, _ in declared}))
    found = [ControlTotal(name, "rows", str(sent.rows), str(raw.rows))] if sent.rows is not None else []
    found += _digests(name, sent, raw.sha256)
    for column, currency, amount in declared:
        total = to_text(there.get((column, currency), 0), currency)
        found.append(ControlTotal(name, column, to_text(to_minor(amount, currency), currency), total, currency))
    return found


def unread(name: str, manifest: Manifest, sha256: str) -> list[ControlTotal]:
    """The totals of a file that is not read: of its digest if it is there (`sha256`), all of them off if it is not."""
    sent = manifest.files.get(name, Sent())
    if sha256:
        return _digests(name, sent, sha256)
    found = [ControlTotal(name, "rows", str(sent.rows), ABSENT)] if sent.rows is not None else []
    found += _digests(name, sent, ABSENT)
    return found or [ControlTotal(name, "file", "sent", ABSENT)]


def _digests(name: str, sent: Sent, found: str) -> list[ControlTotal]:
    return [ControlTotal(name, "sha256", sent.sha256.lower(), found)] if sent.sha256 else []


def sums(rows: pl.DataFrame, columns: Sequence[str]) -> dict[tuple[str, str], int]:
    """Sum in minor units by (column, currency) of amounts that are text, over rows that have `currency`."""
    if not columns:
        return {}
    found: dict[tuple[str, str], int] = {}
    for currency in sorted(rows["currency"].drop_nulls().unique().to_list()):
        unit = UNITS.get(currency)
        minor = [(scaled(name, MONEY_PLACES) // unit).cast(pl.Int128).sum() for name in columns] if unit else []
        totals = rows.filter(pl.col("currency") == currency).select(minor).row(0) if minor else (0,) * len(columns)
        found.update({(name, currency): int(total) for name, total in zip(columns, totals, strict=True)})
    return found
