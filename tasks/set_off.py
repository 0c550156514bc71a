"""抵销 Set-off of the debtor's own deposits, what is exempt left untouched."""

from __future__ import annotations

from recourse.acts import WorkItem

ACTS = (WorkItem("set_off"),)
