"""What was agreed with debtors: promises, arrangements and their instalments

Revision 0015. Earlier journals are read otherwise: a promise is kept with what came in for it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "promises",
        sa.Column("promise_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("paid", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("promise_id"),
    )
    op.create_index("ix_promises_case_id", "promises", ["case_id"])
    op.create_index("ix_promises_due_on", "promises", ["due_on"])
    op.create_table(
        "arrangements",
        sa.Column("arrangement_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("waived", sa.BigInteger(), nullable=False),
        sa.Column("restructured", sa.Boolean(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("arrangement_id"),
    )
    op.create_index("ix_arrangements_case_id", "arrangements", ["case_id"])
    op.create_index("ix_arrangements_state", "arrangements", ["state"])
    op.create_table(
        "arrangement_dues",
        sa.Column("arrangement_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("arrangement_id", "number"),
    )
    op.create_index("ix_arrangement_dues_case_id", "arrangement_dues", ["case_id"])


def downgrade() -> None:
    raise NotImplementedError("a ledger is never taken back: restore a backup")
