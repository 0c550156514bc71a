"""A ledger of an older release takes up what its deliveries said already."""

from __future__ import annotations

import json

from sqlalchemy import select, text

from recourse.ledger.database import reading, writing
from recourse.ledger.setup import current, migrate, newest
from recourse.ledger.tables import accounts
from tests.stories.bank import Bank, on_both


def terms(bank: Bank) -> dict[str, str]:
    with reading(bank.desk.engine) as connection:
        return {
            row.account_id: row.terms for row in connection.execute(select(accounts.c.account_id, accounts.c.terms))
        }


@on_both
def test_what_was_said_of_security_before_the_terms_carried_it(bank: Bank) -> None:
    """Secured, not secured, and not a word of it: the last stays unknown."""
    bank.loan("A1", due="2025-03-10", mortgaged=True)
    bank.loan("A2", "D2", due="2025-03-10")
    bank.loan("A3", "D3", due="2025-03-10", told={"secured": None})
    bank.play(until="2025-03-12")
    said = terms(bank)
    assert [json.loads(said[account]).get("secured") for account in ("A1", "A2", "A3")] == [True, False, None]
    with writing(bank.desk.engine) as connection:
        for account, known in said.items():
            older = {name: value for name, value in json.loads(known).items() if name != "secured"}
            kept = json.dumps(older, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            connection.execute(accounts.update().where(accounts.c.account_id == account).values(terms=kept))
        connection.execute(text("DROP TABLE paper_steps"))  # came after
        connection.execute(text("UPDATE alembic_version SET version_num = '0017'"))
    assert terms(bank) != said
    assert migrate(bank.desk.engine) == current(bank.desk.engine) == newest(bank.desk.engine)
    assert terms(bank) == said
