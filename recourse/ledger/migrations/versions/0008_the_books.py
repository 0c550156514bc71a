"""The books: write-offs as instructed and booked, pools of claims for sale and their members

Revision 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0008"
down_revision = "0007"

COMPONENTS = ("principal", "interest", "penalty", "compound", "fees", "costs")


def upgrade() -> None:
    op.create_table(
        "write_offs",
        sa.Column("instruction_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("base_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in COMPONENTS),
        sa.Column("packet", sa.Text(), nullable=False),
        sa.Column("instructed_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("instruction_id"),
    )
    op.create_index("ix_write_offs_case_id", "write_offs", ["case_id"])
    op.create_index("ix_write_offs_state_booked_on", "write_offs", ["state", "booked_on"])
    _pools()


def _pools() -> None:
    op.create_table(
        "pools",
        sa.Column("pool_id", sa.Text(), nullable=False),
        sa.Column("cut_off_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tape", sa.Text(), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("buyer_kind", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("pool_id"),
    )
    op.create_table(
        "pool_claims",
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("pool_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("cut_off_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in COMPONENTS),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("claim_id"),
    )
    op.create_index("ix_pool_claims_pool_id", "pool_claims", ["pool_id"])
    op.create_index("ix_pool_claims_case_id", "pool_claims", ["case_id"])


def downgrade() -> None:
    raise NotImplementedError("a ledger is never taken back: restore a backup")
