"""Taken over in flight: what the bank tells of the past, which cases it was told of, and what it did on shadow days

Revision 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "taken_over",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "batch_id"),
    )
    op.create_index("ix_taken_over_account_id", "taken_over", ["account_id"])
    op.create_table(
        "past_rows",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", "row_key"),
    )
    op.create_index("ix_past_rows_account_id", "past_rows", ["account_id"])
    op.create_index("ix_past_rows_party_id", "past_rows", ["party_id"])
    op.create_table(
        "bank_actions",
        sa.Column("action_no", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("action_no"),
    )
    op.create_index("ix_bank_actions_done_on", "bank_actions", ["done_on"])


def downgrade() -> None:
    raise NotImplementedError("a ledger is never taken back: restore a backup")
