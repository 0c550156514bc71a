"""Gates opened for tests over any action of the authority matrix, and lists over any cases."""

from __future__ import annotations

from datetime import date

from recourse import events as ev
from recourse.gate_rows import GATE_COLUMNS, Opening
from recourse.ledger import bulk, store
from recourse.ledger.database import writing
from recourse.ledger.tables import gates
from tests.core.ledgers import MONDAY, SYSTEM, Ledger, pen_of


def case_of(ledger: Ledger, account: str, yuan: int = 20_000, days_late: int = 70, originator: str = "") -> None:
    """A loan of a debtor of its own, past its reminder, with an open case and nothing due for a while."""
    ledger.person(f"p-{account}")
    ledger.loan(account, f"p-{account}", days_late, yuan=yuan)
    if originator:
        ledger.originated(account, originator)
    ledger.sweep()
    ledger.set_wake(account, None)


def gate_over(
    ledger: Ledger, account: str, action: str, *, node: str = "acceleration", maker: str = SYSTEM, day: date = MONDAY
) -> str:
    """A gate over a visit of one case, opened as the sweep does it, under any row of the matrix."""
    book, pen = ledger.strategy(day).gate_book, pen_of(day)
    with writing(ledger.engine) as connection:
        (dossier,) = store.load(connection, [ledger.case_id(account)]).values()
        n = dossier.file.visits[node].n + 1 if node in dossier.file.visits else 1
        dossier.record(ev.DecisionMade("", "", (ev.Step(node, n, "gate"),)), pen)
        facts = dossier.facts
        opening = Opening(f"visit:{facts.case_id}/{node}/{n}", "visit", action, book.tier(facts, action), f"case:{facts.case_id}",
                          facts.case_id, node, n, maker)  # fmt: skip
        row, event = book.opened(facts, opening, book.evidence(facts, action, day), pen)
        dossier.record(event, pen)
        bulk.insert(connection, gates, GATE_COLUMNS, [row])
        store.save(connection, [dossier])
    return event.gate_id


def list_over(ledger: Ledger, *accounts: str, node: str = "agency_referral", day: date = MONDAY) -> str:
    """One list over the accounts, of which each waits at the node."""
    pen = pen_of(day)
    with writing(ledger.engine) as connection:
        found = store.load(connection, [ledger.case_id(account) for account in accounts])
        for dossier in found.values():
            n = dossier.file.visits[node].n + 1 if node in dossier.file.visits else 1
            dossier.record(ev.DecisionMade("", "", (ev.Step(node, n, "list"),)), pen)
        store.save(connection, list(found.values()))
    assert ledger.open_lists(day) == 1
    (gate,) = ledger.rows(gates, gates.c.kind == "list", gates.c.status == "open", gates.c.node == node)
    return str(gate.gate_id)
