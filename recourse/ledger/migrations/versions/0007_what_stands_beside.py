"""What stands beside the debt: deposits that may be set off, and assets taken for a debt

Revision 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0007"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("deposit_rows", sa.Text(), nullable=False, server_default="[]"))
    op.create_table(
        "deposits",
        sa.Column("deposit_id", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("deposit_id"),
    )
    op.create_index("ix_deposits_party_id", "deposits", ["party_id"])
    op.create_table(
        "foreclosed_assets",
        sa.Column("asset_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("collateral_id", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("disposed_on", sa.Date(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("asset_id"),
    )
    op.create_index("ix_foreclosed_assets_case_id", "foreclosed_assets", ["case_id"])


def downgrade() -> None:
    raise NotImplementedError("a ledger is never taken back: restore a backup")
