"""The recovery file: matters over several cases, measures, hearings, costs, and the day on which a right is lost

Revision 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0005"
down_revision = "0004"

OPEN_AND_KNOWN = "closed_on IS NULL AND lost_on IS NOT NULL"


def upgrade() -> None:
    _cases()
    _matters()
    op.create_table(
        "measures",
        sa.Column("measure_id", sa.Text(), nullable=False),
        sa.Column("matter_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("asset", sa.Text(), nullable=False),
        sa.Column("pre_suit", sa.Boolean(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("measure_id"),
    )
    op.create_index("ix_measures_matter_id", "measures", ["matter_id"])
    op.create_table(
        "hearings",
        sa.Column("hearing_id", sa.Text(), nullable=False),
        sa.Column("matter_id", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("time", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hearing_id"),
    )
    op.create_index("ix_hearings_matter_id", "hearings", ["matter_id"])
    op.create_index("ix_hearings_held_on", "hearings", ["held_on"])
    op.create_table(
        "costs",
        sa.Column("cost_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("matter_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("cost_id"),
    )
    op.create_index("ix_costs_case_id", "costs", ["case_id"])
    op.create_index("ix_costs_matter_id", "costs", ["matter_id"])


def _cases() -> None:
    op.add_column("cases", sa.Column("lost_on", sa.Date(), nullable=True))
    op.add_column("accounts", sa.Column("deposits", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_cases_lost_on",
        "cases",
        ["lost_on", "case_id"],
        sqlite_where=sa.text(OPEN_AND_KNOWN),
        postgresql_where=sa.text(OPEN_AND_KNOWN),
    )


def _matters() -> None:
    """A matter is no longer one case's: which cases it is about stands in a table of its own."""
    op.create_table(
        "matter_cases",
        sa.Column("matter_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("matter_id", "case_id"),
    )
    op.create_index("ix_matter_cases_case_id", "matter_cases", ["case_id"])
    op.execute("INSERT INTO matter_cases (matter_id, case_id) SELECT matter_id, case_id FROM matters")
    op.drop_index("ix_matters_case_id", table_name="matters")
    op.drop_column("matters", "case_id")
    for name in ("court", "counsel"):
        op.add_column("matters", sa.Column(name, sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("a ledger is never taken back: restore a backup")
