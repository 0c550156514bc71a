"""债权申报 Claim in the debtor's bankruptcy."""

from __future__ import annotations

from recourse.acts import WorkItem

ACTS = (WorkItem("bankruptcy_claim"),)
