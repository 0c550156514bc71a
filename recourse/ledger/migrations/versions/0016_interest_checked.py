"""Our penalty and compound interest beside the core's, by account in arrears

Revision 0016.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "interest_checks",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("principal", sa.BigInteger(), nullable=True),
        sa.Column("interest", sa.BigInteger(), nullable=False),
        sa.Column("penalty", sa.Text(), nullable=False),
        sa.Column("compound", sa.Text(), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("braked", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id"),
    )


def downgrade() -> None:
    raise NotImplementedError("a ledger is never taken back: restore a backup")
