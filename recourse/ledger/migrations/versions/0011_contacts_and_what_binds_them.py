"""Contacts and what binds them: roles and voices of permits, agreed hours and refusals, third parties asked, field visits

Revision 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0011"
down_revision = "0009"


def upgrade() -> None:
    for name, default in (("account_id", ""), ("role", "debtor"), ("voice", "human"), ("caller", "")):
        op.add_column("permits", sa.Column(name, sa.Text(), nullable=False, server_default=default))
    op.add_column("contacts", sa.Column("time_zone", sa.Text(), nullable=False, server_default=""))
    texts = ("kind", "number_id", "channel", "opens", "closes", "rule", "of_party")
    op.create_table(
        "contact_terms",
        sa.Column("term_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("term_id"),
    )
    op.create_index("ix_contact_terms_person_id", "contact_terms", ["person_id"])
    for name in ("number_id", "of_party"):
        given = sa.text(f"{name} <> ''")
        op.create_index(f"ix_contact_terms_{name}", "contact_terms", [name], sqlite_where=given, postgresql_where=given)
    _locates()
    _field_visits()


def _locates() -> None:
    op.create_table(
        "locates",
        sa.Column("locate_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("number_id", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("script", "state", "permit_id", "outcome")),
        sa.PrimaryKeyConstraint("locate_id"),
    )
    op.create_index("ix_locates_case_id", "locates", ["case_id"])
    running = sa.text("state <> 'closed'")
    op.create_index("ix_locates_running", "locates", ["state"], sqlite_where=running, postgresql_where=running)


def _field_visits() -> None:
    texts = ("time", "place", "collectors", "state", "outcome", "recording", "violations")
    op.create_table(
        "field_visits",
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("permit_id", sa.Text(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.PrimaryKeyConstraint("plan_id"),
    )
    op.create_index("ix_field_visits_case_id", "field_visits", ["case_id"])


def downgrade() -> None:
    raise NotImplementedError("a ledger is never taken back: restore a backup")
