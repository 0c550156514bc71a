"""恢复原还款计划 Reinstatement: back to the instalments after the debt was called."""

from __future__ import annotations

from recourse.acts import WorkItem

ACTS = (WorkItem("reinstatement"),)
