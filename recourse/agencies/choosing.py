"""Choosing the agency for a debt among those that meet every entry condition, and saying why none was. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import msgspec

from recourse.acts import Agency
from recourse.agencies.placing import Condition, Standing, entry_conditions, unmet
from recourse.canonical import derived_id
from recourse.facts import Facts
from recourse.policy.book import Policy


class Choice(msgspec.Struct, frozen=True):
    """The agency, or None; and for each agency that was not usable what it or the debt lacks."""

    agency: Agency | None
    unmet: dict[str, tuple[str, ...]]

    @property
    def reason(self) -> str:
        """In one line: why nothing was placed."""
        lacking = [f"{agency}: {', '.join(codes)}" for agency, codes in self.unmet.items()]
        return "; ".join(lacking) or "no agency is on the register"


def choose(
    agencies: Sequence[Agency], loads: dict[str, int], facts: Facts, standing: Standing, policy: Policy, today: date, *,
    beside: Collection[str] = (),
) -> Choice:  # fmt: skip
    """One of the agencies that meet everything, always the same one for a person while the register stands.

    `loads`: debts each holds by now; `beside`: codes of conditions that are not asked yet (a notice is what tells).
    """
    usable: list[Agency] = []
    lacking: dict[str, tuple[str, ...]] = {}
    for agency in agencies:
        here = msgspec.structs.replace(standing, load=loads.get(agency.agency, 0))
        conditions: list[Condition] = [
            each for each in entry_conditions(agency.entry, facts, here, policy, today) if each.code not in beside
        ]
        if missing := unmet(conditions):
            lacking[agency.agency] = missing
        else:
            usable.append(agency)
    if not usable:
        return Choice(None, lacking)
    return Choice(usable[int(derived_id("agency", facts.person_id)[:8], 16) % len(usable)], lacking)
