"""征信 The file of what the bank reported to the credit registry."""

from __future__ import annotations

from recourse.credit_months import STATUSES
from recourse.intake.columns import ACCOUNT, Column, Table

CREDIT_REPORTS = Table(
    "credit_reports",
    "征信报送记录",
    "what was reported to the credit registry, by month",
    key=("account_id", "month"),
    columns=(
        ACCOUNT,
        Column("month", "month", "报送月份", "month that was reported", required=True),
        Column("status", "code", "还款状态", "status as reported", required=True, codes=STATUSES),
        Column("reported_on", "date", "报送日", "day of the report", required=True, past=True),
    ),
)
