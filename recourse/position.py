"""Where a case stands on the ladder: how far each track is taken, what runs out of time, and when that is next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from recourse.casefile import CaseFile
from recourse.days import later, sooner
from recourse.rungs import Rung

ALL_TAKEN = 1_000_000
NOTHING_TAKEN = (-1, "")


def position(
    file: CaseFile, today: date, recalls: Iterable[tuple[str, str]], track_of: Mapping[str, str], rung_of: Mapping[str, Rung]
) -> tuple[dict[str, tuple[int, str]], dict[str, date], tuple[str, ...], date | None]:  # fmt: skip
    """How far each busy track is taken (rung number, and the open visit that would yield), when each track was last
    entered, which visits ran out of time today, and when the next one will. `recalls`: visits called back today.
    """
    floors: dict[str, tuple[int, str]] = {}
    last: dict[str, date] = {}
    expired: list[str] = []
    lapse_on: date | None = None
    recalled = [name for name, _ in recalls]
    for name, visit in file.visits.items():
        track = track_of.get(name, "")
        if track not in last or visit.entered_on > last[track]:
            last[track] = visit.entered_on
        if visit.state == "left" or name in recalled:
            continue
        rung = rung_of.get(name)
        if rung is None:
            floors[track] = (ALL_TAKEN, "")
            continue
        stay = rung.entry.stay_at_most_days
        if stay is not None and visit.state == "open":
            ends = later(visit.entered_on, stay)
            if ends <= today:
                expired.append(name)
                continue
            lapse_on = sooner(lapse_on, ends)
        yields = rung.yields and visit.state in ("queued", "open")
        floors[track] = max(floors.get(track, NOTHING_TAKEN), (rung.place, name) if yields else (ALL_TAKEN, ""))
    return floors, last, tuple(expired), lapse_on


def moves_on(file: CaseFile, today: date) -> date | None:
    """The next day on which a lease is over or a hold begins; None: neither is known of."""
    leased = file.leased_until if file.placement else None
    on = later(leased, 1) if leased is not None and leased >= today else None
    for hold in file.holds.values():
        if hold.from_on > today:
            on = sooner(on, hold.from_on)
    return on
