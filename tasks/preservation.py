"""保全 Preservation: before the suit (民事诉讼法 104), and the renewal of what is frozen (民诉解释 485)."""

from __future__ import annotations

from recourse.acts import WorkItem

ACTS = (WorkItem("preservation"), WorkItem("freeze_renewal"))
