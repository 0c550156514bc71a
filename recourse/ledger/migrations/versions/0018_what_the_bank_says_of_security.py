"""No table changes: what accounts were delivered with says whether a debt is secured, and the terms carry it from now on

Revision 0018.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
AT_ONCE = 5_000

accounts = sa.table("accounts", sa.column("account_id"), sa.column("terms"))
account_terms = sa.table("account_terms", sa.column("account_id"), sa.column("known_on", sa.Date), sa.column("row"))


def upgrade() -> None:
    """The newest row of each account that says something; what no row says stays unknown."""
    connection, after = op.get_bind(), ""
    newest = (
        sa.select(account_terms.c.account_id, sa.func.max(account_terms.c.known_on).label("known_on"))
        .group_by(account_terms.c.account_id)
        .subquery()
    )
    query = (
        sa.select(accounts.c.account_id, accounts.c.terms, account_terms.c.row)
        .join(newest, newest.c.account_id == accounts.c.account_id)
        .join(
            account_terms,
            (account_terms.c.account_id == newest.c.account_id) & (account_terms.c.known_on == newest.c.known_on),
        )
        .order_by(accounts.c.account_id)
        .limit(AT_ONCE)
    )
    change = accounts.update().where(accounts.c.account_id == sa.bindparam("account")).values(terms=sa.bindparam("new"))
    while rows := connection.execute(query.where(accounts.c.account_id > after)).all():
        told = [(row.account_id, row.terms, json.loads(row.row).get("secured")) for row in rows]
        changed = [
            {"account": account, "new": _with(terms, secured)}
            for account, terms, secured in told
            if secured is not None
        ]
        if changed:
            connection.execute(change, changed)
        after = rows[-1].account_id


def _with(terms: str, secured: bool) -> str:
    known = json.loads(terms) | {"secured": secured}
    return json.dumps(known, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def downgrade() -> None:
    raise NotImplementedError("a ledger is never taken back: restore a backup")
