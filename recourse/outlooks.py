"""How a test of a policy stands on a day: it holds, or it first holds on a later one, or only a fact can help. Pure."""

from __future__ import annotations

from datetime import date

import msgspec


class Outlook(msgspec.Struct, frozen=True):
    """How a test stands: it holds; or it first holds `on` a later day; or (None) only when a fact changes."""

    holds: bool
    on: date | None = None
    unknown: bool = False


HOLDS = Outlook(True)
"""The one outlook that holds: to be compared with by `is`."""
NEVER = Outlook(False)
UNKNOWN = Outlook(False, unknown=True)
