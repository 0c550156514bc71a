"""The register of agencies as a projection of its journal; their contacts, breaches and files; leases with their amounts

Revision 0004, after 0002. The rows of the old register had no journal: agencies are registered anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.drop_table("agencies")
    op.create_table(
        "agencies",
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("white_listed", sa.Boolean(), nullable=False),
        sa.Column("contract_until_on", sa.Date(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agency"),
    )
    op.create_table(
        "agency_contacts",
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("placement_id", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Boolean(), nullable=False),
        sa.Column("violations", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id"),
    )
    op.create_index("ix_agency_contacts_case_id", "agency_contacts", ["case_id"])
    op.create_index("ix_agency_contacts_agency_on", "agency_contacts", ["agency", "on"])
    op.create_table(
        "agency_violations",
        sa.Column("violation_id", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("violation", sa.Text(), nullable=False),
        sa.Column("serious", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("placement_id", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("violation_id"),
    )
    op.create_index("ix_agency_violations_agency", "agency_violations", ["agency", "found_on"])
    op.create_table(
        "agency_files",
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("content"),
    )
    op.add_column("placements", sa.Column("amount", sa.BigInteger(), nullable=True))
    op.add_column("placements", sa.Column("certificate", sa.Text(), nullable=False, server_default=""))
    op.add_column("placements", sa.Column("certified_on", sa.Date(), nullable=True))
    op.create_index("ix_placements_agency", "placements", ["agency", "returned_on"])


def downgrade() -> None:
    raise NotImplementedError("a ledger is never taken back: restore a backup")
