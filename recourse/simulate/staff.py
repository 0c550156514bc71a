"""The staff of the made-up bank: who holds which role. Ids, no names.

Every role of the authority matrix has at least two holders, so that a maker, an originator or somebody who has voted
already never blocks a seat. One member of the disposal committee is head-office legal.
"""

from __future__ import annotations

from collections.abc import Mapping

STAFF: Mapping[str, tuple[str, ...]] = {
    "SUP": ("sup-01", "sup-02", "sup-03"),
    "OSM": ("osm-01", "osm-02"),
    "CMP": ("cmp-01", "cmp-02"),
    "BLG": ("blg-01", "blg-02", "blg-03"),
    "HLG": ("hlg-01", "hlg-02"),
    "BAP": ("bap-01", "bap-02", "bap-03"),
    "HAP": ("hap-01", "hap-02"),
    "FIN": ("fin-01", "fin-02"),
    "RSK": ("rsk-01", "rsk-02"),
    "ICT": ("ict-01", "ict-02"),
    "BVP": ("bvp-01", "bvp-02"),
    "HVP": ("hvp-01", "hvp-02"),
    "DRC": ("drc-01", "drc-02", "drc-03", "drc-04", "drc-05", "drc-06", "hlg-02"),
    "BRD": ("brd-01", "brd-02"),
    "CPL": ("cpl-01", "cpl-02"),
    "CRO": ("cro-01", "cro-02"),
}
"""Role → holders."""

CALLERS = ("caller-01", "caller-02", "caller-03", "caller-04")
"""Who dials; callers sit in no gate."""

SENIOR_CALLERS = ("caller-01", "caller-02")
"""Who works the senior pool 资深催收员队列."""

LATE_FOR_TRAINING = "caller-04"
"""Whose certificates always lapse for some days before they are renewed."""

LEGAL_COUNSEL = "blg-01"
"""Who signs legal opinions 法律意见书."""

ORIGINATORS = (*(f"rm-{n:02d}" for n in range(1, 41)), "rsk-02")
"""Who granted the loans; one of them sits in the risk department now."""


def roles_of() -> dict[str, tuple[str, ...]]:
    """Actor → roles, for enrolment; callers have none."""
    held: dict[str, tuple[str, ...]] = {}
    for role, actors in STAFF.items():
        for actor in actors:
            held[actor] = (*held.get(actor, ()), role)
    return {**held, **dict.fromkeys(CALLERS, ())}
