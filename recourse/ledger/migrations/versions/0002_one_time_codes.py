"""One-time codes, and the forms that bear them

Revision 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "gate_codes",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("gate_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("good_until_on", sa.Date(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.create_index("ix_gate_codes_gate_id", "gate_codes", ["gate_id"])
    op.create_table(
        "gate_forms",
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("gate_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("form"),
    )
    op.create_index("ix_gate_forms_gate_id", "gate_forms", ["gate_id"])


def downgrade() -> None:
    raise NotImplementedError("a ledger is never taken back: restore a backup")
