"""上诉 Appeal: within fifteen days of service (民事诉讼法 171); the gate says whether."""

from __future__ import annotations

from recourse.acts import WorkItem

ACTS = (WorkItem("appeal"),)
