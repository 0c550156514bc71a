"""The callers: their register, whose call each item is, and phrases that may not be said

Revision 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "collectors",
        sa.Column("collector", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("collector"),
    )
    op.create_table(
        "script_violations",
        sa.Column("violation_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("phrase", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("violation_id"),
    )
    op.create_index("ix_script_violations_case_id", "script_violations", ["case_id"])
    op.create_index("ix_script_violations_found_on", "script_violations", ["found_on"])
    op.add_column("calls", sa.Column("assigned_to", sa.Text(), nullable=False, server_default=""))
    op.add_column("calls", sa.Column("assigned_on", sa.Date(), nullable=True))
    op.create_index("ix_calls_person_id", "calls", ["person_id"])


def downgrade() -> None:
    raise NotImplementedError("a ledger is never taken back: restore a backup")
