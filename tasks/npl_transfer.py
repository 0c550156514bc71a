"""不良转让 NPL transfer: pool, award, cut-off."""

from __future__ import annotations

from recourse.acts import WorkItem

ACTS = (WorkItem("npl_pool"), WorkItem("npl_transfer"))
