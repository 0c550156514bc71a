"""保险/担保公司索赔 Claim on the credit insurer or guarantee company."""

from __future__ import annotations

from recourse.acts import WorkItem

ACTS = (WorkItem("insurer_claim"),)
