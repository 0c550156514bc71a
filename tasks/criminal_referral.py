"""刑事报案 Criminal referral, by a gate of head office."""

from __future__ import annotations

from recourse.acts import WorkItem

ACTS = (WorkItem("criminal_referral"),)
