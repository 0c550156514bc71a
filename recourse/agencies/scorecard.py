"""How an agency does: figures with their formulas, conduct beside recovery, never recovery alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from recourse.agencies.fees import BASIS

PER_CONTACTS = 10_000


class Counted(msgspec.Struct, frozen=True):
    """What the ledger counts for an agency in a span of days; money in minor units of one currency."""

    placements: int = 0
    placed: int = 0
    recovered: int = 0
    contacts: int = 0
    reached: int = 0
    faulty: int = 0
    complaints: int = 0
    conversations: int = 0
    unrecorded: int = 0
    violations: Mapping[str, int] = {}
    open_serious: int = 0
    recalls_due: int = 0
    recalls_kept: int = 0
    certificates_due: int = 0
    certificates_kept: int = 0


class Figure(msgspec.Struct, frozen=True):
    """One figure: its name, its value, its formula; `value` is None where there is nothing to divide by."""

    name: str
    value: int | None
    unit: str
    formula: str


def figures(counted: Counted) -> tuple[Figure, ...]:
    """The scorecard. Shares are basis points, rounded down."""
    c = counted
    return (
        Figure("placements", c.placements, "debts", "debts that it held on any day of the span"),
        Figure("placed", c.placed, "minor units", "what could be claimed of them when they were placed"),
        Figure("recovered", c.recovered, "minor units", "paid on them while they were placed, less what was taken back"),
        Figure("recovery", _share(c.recovered, c.placed), "bp", "recovered / placed"),
        Figure("contacts", c.contacts, "contacts", "contacts it reported, incoming ones aside"),
        Figure("right_party", _share(c.reached, c.contacts), "bp", "contacts in which the debtor spoke / contacts"),
        Figure("complaints", c.complaints, "complaints", "debts on which somebody complained, to it or to the bank"),
        Figure("complaint_rate", _share(c.complaints, c.contacts, PER_CONTACTS), "per 10,000 contacts",
               "complaints × 10,000 / contacts"),
        Figure("violations", sum(c.violations.values()), "breaches", "breaches found in the span"),
        *(Figure(f"violations.{name}", number, "breaches", f"of them: {name}")
          for name, number in sorted(c.violations.items())),
        Figure("open_serious", c.open_serious, "breaches", "serious breaches that are not closed, whenever found"),
        Figure("quality", _share(c.contacts - c.faulty, c.contacts), "bp", "contacts without a breach / contacts"),
        Figure("unrecorded", c.unrecorded, "calls", "conversations without a recording"),
        Figure("recorded", _share(c.conversations - c.unrecorded, c.conversations), "bp",
               "conversations with a recording / conversations"),
        Figure("recalls_in_time", _share(c.recalls_kept, c.recalls_due), "bp",
               "recalls confirmed within their service level / recalls whose time is up"),
        Figure("certificates_in_time", _share(c.certificates_kept, c.certificates_due), "bp",
               "deletion certificates in time / certificates whose time is up"),
    )  # fmt: skip


def _share(part: int, whole: int, of: int = BASIS) -> int | None:
    return None if whole <= 0 else part * of // whole
