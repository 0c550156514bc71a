"""Alembic's entrance: runs inside the transaction that `recourse.ledger.setup` opened."""

from __future__ import annotations

from alembic import context

from recourse.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
