"""遗产追偿 Estate: the claim on what a debtor left (民法典 1159-1161)."""

from __future__ import annotations

from recourse.acts import WorkItem

ACTS = (WorkItem("estate"),)
