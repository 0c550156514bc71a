"""The keys of the made-up agencies: known to everybody, so that a demo's files can be opened and answered."""

from __future__ import annotations

from collections.abc import Mapping

from recourse.agencies.container import Keys

AGENCY_KEYS: Mapping[str, Keys] = {
    "agency-a": Keys(
        "AGE-SECRET-KEY-18GNW8VRCCYUSJ2C5LEMM5DDYJ96FKJN0QGAH8PKW2QYV2XZQYNCSEY4KHE",
        "F+UJXzc/W9HVuGQ8fKLX9Ouvxw/FbHDNRXi7XnyBNR4=",
    ),
    "agency-b": Keys(
        "AGE-SECRET-KEY-1CFYS8FJV5JE3XQGSAZ95529AJR28MS9Z9UTWKSEF6X964SEUSZYS5JFFWG",
        "vaewU54iJg4W8sucMUtRjjhQqPaR7yk/l+zUxTknQIs=",
    ),
}
"""Agency → its secret keys."""
