"""Holds with their evidence, complaints, hardship, disputes, credit reporting; the holds of older journals get their rows

Revision 0014.
"""

from __future__ import annotations

import json
from datetime import date

import sqlalchemy as sa
from alembic import op


revision = "0014"
down_revision = "0012"

TEXT, DAY = sa.Text, sa.Date
ROWS_AT_ONCE = 5_000


def upgrade() -> None:
    _table("holds", "hold_id", case_id=TEXT, kind=TEXT, from_on=DAY, until_on=None, ground=TEXT, evidence=TEXT,
           released_on=None, reason=TEXT)  # fmt: skip
    _table("complaints", "complaint_id", case_id=TEXT, channel=TEXT, category=TEXT, text=TEXT, is_complex=sa.Boolean,
           received_on=DAY, referred_by=TEXT, referred_on=None, about=TEXT, contact=TEXT, until_on=None, state=TEXT,
           outcome=TEXT, reply=TEXT, answered_on=None, verify_on=None, closed_on=None)  # fmt: skip
    _table("hardships", "application_id", case_id=TEXT, cause=TEXT, applied_on=DAY, lacking=TEXT, reminded_on=None,
           state=TEXT, decided_on=None, review_on=None)  # fmt: skip
    _table("disputes", "dispute_id", case_id=TEXT, kind=TEXT, raised_on=DAY, state=TEXT, outcome=TEXT, proof=TEXT,
           reply=TEXT, answered_on=None)  # fmt: skip
    _table("credit_notices", "notice_id", case_id=TEXT, party_id=TEXT, channel=TEXT, given_on=DAY, proof=TEXT)
    _table("credit_objections", "objection_id", case_id=TEXT, months=TEXT, ground=TEXT, raised_on=DAY, state=TEXT,
           outcome=TEXT, reply=TEXT, answered_on=None, corrected_on=None)  # fmt: skip
    for name in ("holds", "complaints", "hardships", "disputes", "credit_notices", "credit_objections"):
        op.create_index(f"ix_{name}_case_id", name, ["case_id"])
    for name in ("complaints", "hardships", "disputes", "credit_objections"):
        op.create_index(f"ix_{name}_state", name, ["state"])
    op.create_index("ix_complaints_received_on", "complaints", ["received_on"])
    _indexes()
    op.create_table(
        "credit_reports",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "month"),
    )
    _fill_holds(op.get_bind())


def _table(name: str, key: str, **columns: type[sa.Text] | type[sa.Date] | type[sa.Boolean] | None) -> None:
    """A table whose day columns given as None may be empty."""
    op.create_table(
        name,
        sa.Column(key, sa.Text(), nullable=False),
        *(
            sa.Column(column, sa.Date() if kind is None else kind(), nullable=kind is None)
            for column, kind in columns.items()
        ),
        sa.PrimaryKeyConstraint(key),
    )


def _indexes() -> None:
    ending = "released_on IS NULL AND until_on IS NOT NULL"
    brakes = "type IN ('brake:case:placed', 'complaint:case:received', 'hardship:case:applied', 'dispute:case:raised')"
    op.create_index(
        "ix_holds_ending", "holds", ["until_on"], sqlite_where=sa.text(ending), postgresql_where=sa.text(ending)
    )
    op.create_index(
        "ix_events_brakes", "events", ["known_on"], sqlite_where=sa.text(brakes), postgresql_where=sa.text(brakes)
    )


def _fill_holds(connection: sa.Connection) -> None:
    """One row for each brake that an older journal tells of."""
    query = sa.text(
        "SELECT stream, type, effective_on, text FROM events WHERE type IN ('brake:case:placed', 'brake:case:released')"
        " ORDER BY stream, pos"
    )
    rows: dict[str, dict[str, object]] = {}
    for stream, kind, on, text in connection.execute(query):
        day, body = on if isinstance(on, date) else date.fromisoformat(on), json.loads(text)["body"]
        if kind == "brake:case:placed":
            until = body.get("until_on")
            rows[body["hold_id"]] = {
                "hold_id": body["hold_id"], "case_id": stream.removeprefix("case:"), "kind": body["kind"], "from_on": day,
                "until_on": date.fromisoformat(until) if until else None, "ground": body.get("ground", ""),
                "evidence": "", "released_on": None, "reason": "",
            }  # fmt: skip
        elif body["hold_id"] in rows:
            rows[body["hold_id"]] |= {"released_on": day, "reason": body["reason"]}
    columns = ("hold_id", "case_id", "kind", "ground", "evidence", "reason")
    days = ("from_on", "until_on", "released_on")
    holds = sa.table("holds", *(sa.column(n, sa.Text) for n in columns), *(sa.column(n, sa.Date) for n in days))
    filled = list(rows.values())
    for start in range(0, len(filled), ROWS_AT_ONCE):
        connection.execute(holds.insert(), filled[start : start + ROWS_AT_ONCE])


def downgrade() -> None:
    raise NotImplementedError("a ledger is never taken back: restore a backup")
