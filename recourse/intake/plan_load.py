"""What falls due and what was paid, into the ledger; and from it how far each account is behind.

Loans and cards with instalments: money goes to the oldest first (`recourse.arrears`). On a loan, what the core booked
to penalty interest, compound interest, fees and costs pays no instalment, since an instalment is principal and
interest; on a card the instalment is a minimum payment and any money counts.

Cards with statements and no instalments: the minimum payment of a statement falls due on its due date and is met by
the money that comes in after the statement's day. Since a bank's next minimum takes up what is missing of the last, the
same money may meet several. No sum overdue follows from that, so there is none to hold against the core's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

import msgspec
import polars as pl

from recourse import arrears
from recourse.arrears import Chargeback, Instalment, Receipt
from recourse.canonical import encode
from recourse.intake.files import ROW
from recourse.intake.job import Job, replaced
from recourse.intake.layout import TABLES
from recourse.intake.standing import ARREARS
from recourse.ledger.tables import instalments, payments, statements
from recourse.money import Amounts

CARD = "credit_card"
SIGN = {"payment": 1, "recovery": 1, "chargeback": -1, "reversal": -1}
OFF_PLAN = ("penalty", "compound", "fees", "costs")
INSTALMENT_COLUMNS = ("account_id", "number", "due_on", "amount", "known_on")
PAYMENT_COLUMNS = ("payment_id", "account_id", "paid_on", "amount", "off_plan", "kind", "row", "known_on", "batch_id")
STATEMENT_COLUMNS = ("account_id", "month", "statement_on", "due_on", "balance", "minimum_due", "known_on")
MOVING = ("payments", "instalments", "statements")
REST = tuple(name for name in TABLES["payments"].names if name not in PAYMENT_COLUMNS)


class Money(msgspec.Struct, frozen=True):
    """A row of `payments`: `amount` is positive, the kind gives its direction; `counts` is what of it pays the plan;
    `rest`: what else the core said of a new one, as JSON."""

    payment_id: str
    paid_on: date
    amount: int
    kind: str
    counts: int
    rest: str = ""

    @property
    def signed(self) -> int:
        return SIGN[self.kind] * self.amount

    @property
    def refers_to(self) -> str:
        """The payment that this one takes back; "" where the core did not say."""
        return str(msgspec.json.decode(self.rest).get("refers_to", "")) if self.rest and self.signed < 0 else ""

    @property
    def payer(self) -> str:
        """Who paid; "" where the core did not say."""
        return str(msgspec.json.decode(self.rest).get("payer") or "") if self.rest else ""

    @property
    def parts(self) -> Amounts | None:
        """How the core allocated it, by component and with its sign; None where it did not say."""
        return allocation(self.rest, SIGN[self.kind]) if self.rest else None


def allocation(rest: str, sign: int) -> Amounts | None:
    """The components of a payment's row, as signed amounts; None where the core gave none."""
    given = msgspec.json.decode(rest)
    parts = {name: sign * given[name] for name in Amounts.__struct_fields__ if given.get(name) is not None}
    return Amounts(**parts) if parts else None


class Plan(msgspec.Struct):
    """One account's instalments, statements (day, due day, minimum) and money, all that is known now."""

    instalments: list[Instalment] = []
    statements: list[tuple[date, date, int]] = []
    money: list[Money] = []

    def without(self, payment_ids: Collection[str]) -> Plan:
        """The same, had these payments not been known."""
        return Plan(
            self.instalments, self.statements, [each for each in self.money if each.payment_id not in payment_ids]
        )

    def receipts(self) -> list[Receipt]:
        return [Receipt(m.paid_on, SIGN[m.kind] * m.counts) for m in self.money if m.kind != "chargeback"]

    def chargebacks(self) -> list[Chargeback]:
        return [Chargeback(m.paid_on, m.counts) for m in self.money if m.kind == "chargeback"]

    def oldest_unpaid(self, on: date) -> date | None:
        """The oldest due date that is not paid by the end of a day, due or still to come."""
        receipts, chargebacks = self.receipts(), self.chargebacks()
        if self.instalments or not self.statements:
            return arrears.oldest_unpaid(self.instalments, receipts, chargebacks, as_of=on)
        asked = [each for each in self.statements if each[0] <= on]
        asked += [(c.charged_back_on, c.charged_back_on, c.amount) for c in chargebacks if c.charged_back_on <= on]
        unpaid = (
            arrears.oldest_unpaid([Instalment(due_on, least)], [r for r in receipts if r.paid_on > after], as_of=on)
            for after, due_on, least in asked
        )
        return min((due_on for due_on in unpaid if due_on is not None), default=None)

    def past_due(self, on: date) -> bool:
        """Whether something due before that day was unpaid, by the money that had come in by then."""
        oldest = self.oldest_unpaid(on)
        return oldest is not None and oldest < on

    def overdue(self, on: date) -> tuple[int, int, date | None] | None:
        """Unpaid of what fell due before a day, and by its end; and the next day that changes these by itself."""
        if not self.instalments:
            return None
        receipts, chargebacks = self.receipts(), self.chargebacks()
        dues = arrears.allocate(self.instalments, receipts, chargebacks, on)
        before = sum(due.unpaid for due in dues if due.due_on < on)
        by_end = before + sum(due.unpaid for due in dues if due.due_on == on)
        ahead = [m.paid_on for m in self.money if m.paid_on > on]
        next_on = arrears.next_payment_due(dues, on)
        return before, by_end, min([*ahead, next_on] if next_on else ahead, default=None)


class Plans(msgspec.Struct):
    """What was worked out again: plans by account, of them the money that is new, and what was overdue before the day
    of the account's balance (the smaller of two readings, see `reconcile`)."""

    by_account: dict[str, Plan]
    new_money: dict[str, list[Money]]
    least: dict[str, int]


def load_plans(job: Job, state: pl.DataFrame, balanced: Collection[str]) -> tuple[pl.DataFrame, Plans]:
    """Instalments, payments and statements taken up, and the arrears of every account that they move.

    `balanced`: accounts that have a newer balance; those whose sum overdue is of an earlier day are worked out as well.
    """
    fallen_due = _fallen_due(state, balanced)
    about = {*fallen_due, *(account for name in MOVING for account in _accounts_of(job, name))}
    if not about:
        return state, Plans({}, {}, {})
    plans = {account: Plan([], [], []) for account in sorted(about)}
    cards = set(state.filter(pl.col("product") == CARD)["account_id"].to_list())
    new_money = _payments(job, plans, cards)
    moved = {*fallen_due, *new_money, *_instalments(job, plans), *_statements(job, plans, cards)}
    plans = {account: plan for account, plan in plans.items() if account in moved}
    figures, least = _figures(job, state, plans)
    return replaced(state, figures), Plans(plans, new_money, least)


def _accounts_of(job: Job, name: str) -> list[str]:
    rows = job.rows(name)
    return [] if rows is None else rows["account_id"].to_list()


def _fallen_due(state: pl.DataFrame, balanced: Collection[str]) -> list[str]:
    """Accounts whose sum overdue was never worked out, or for a day from which more has fallen due."""
    day, next_on = pl.col("plan_as_of"), pl.col("plan_next_on")
    old = (pl.col("balance_as_of") <= day) | (pl.col("balance_as_of") >= next_on).fill_null(False)
    stale = day.is_null() | (pl.col("plan_overdue").is_not_null() & old)
    if not balanced:
        return []
    found = state.filter(pl.col("overdue").is_not_null() & stale)["account_id"].to_list()
    return sorted({*balanced}.intersection(found)) if found else []


# --- source rows ------------------------------------------------------------------------------------------------------


def _instalments(job: Job, plans: dict[str, Plan]) -> set[str]:
    """Fill in the instalments, the last word on each number; the accounts whose plan changes."""
    latest: dict[str, dict[int, Instalment]] = {account: {} for account in plans}
    columns = [instalments.c[name] for name in INSTALMENT_COLUMNS]
    kept = job.kept_rows(columns, instalments.c.account_id, plans.keys() & job.known)
    for account, number, due_on, amount, _ in sorted(kept, key=itemgetter(4)):
        latest[account][number] = Instalment(due_on, amount)
    rows, new = job.rows("instalments"), []
    if rows is not None:
        for account, number, due_on, amount in rows.select(INSTALMENT_COLUMNS[:-1]).iter_rows():
            told = Instalment(due_on, amount)
            if latest[account].get(number) != told:
                latest[account][number] = told
                new.append((account, number, due_on, amount, job.pen.day))
        job.counted("instalments", len(new), rows.height)
        job.upsert(instalments, INSTALMENT_COLUMNS, new)
    for account, plan in plans.items():
        plan.instalments = list(latest[account].values())
    return {row[0] for row in new}


def _statements(job: Job, plans: dict[str, Plan], cards: set[str]) -> set[str]:
    """Fill in the statements of cards; one that is stated anew replaces the one before."""
    columns = [statements.c[name] for name in STATEMENT_COLUMNS[:-1]]
    rows, new = job.rows("statements"), []
    about = cards if rows is None else plans.keys()
    latest = {
        row[:2]: tuple(row[2:])
        for row in job.kept_rows(columns, statements.c.account_id, plans.keys() & job.known & about)
    }
    if rows is not None:
        for account, month, *bill in rows.select(STATEMENT_COLUMNS[:-1]).iter_rows():
            if latest.get((account, month)) != tuple(bill):
                latest[account, month] = tuple(bill)
                new.append((account, month, *bill, job.pen.day))
        job.counted("statements", len(new), rows.height)
        job.upsert(statements, STATEMENT_COLUMNS, new)
    for (account, _), (statement_on, due_on, _, least) in latest.items():
        plans[account].statements.append((statement_on, due_on, least))
    return {row[0] for row in new}


def _payments(job: Job, plans: dict[str, Plan], cards: set[str]) -> dict[str, list[Money]]:
    """Fill in the money; by account, the entries that the ledger does not have.

    One that it has otherwise is set aside, for money is never rewritten.
    """
    kept = _kept_payments(job, plans.keys() & job.known)
    rows, new, other = job.rows("payments"), [], []
    for row in () if rows is None else rows.iter_rows(named=True):
        off_plan = sum(row[name] or 0 for name in OFF_PLAN)
        entry = (row["account_id"], row["paid_on"], row["amount"], off_plan, row["kind"])
        known = kept.get(row["payment_id"])
        if known is None:
            new.append((row["payment_id"], *entry, _rest(row), job.pen.day, job.batch_id))
        elif known != entry:
            other.append(row[ROW])
    if rows is not None:
        job.set_aside("payments", rows.filter(pl.col(ROW).is_in(other)), "payment_id", "already booked differently")
        job.counted("payments", len(new), rows.height - len(other))
        job.insert(payments, PAYMENT_COLUMNS, new)
    for payment, (account, *facts) in kept.items():
        if account in plans:
            plans[account].money.append(_money(payment, facts, account in cards))
    came: defaultdict[str, list[Money]] = defaultdict(list)
    for payment, account, *facts in sorted(new, key=itemgetter(2, 0)):
        came[account].append(_money(payment, facts, account in cards))
    for account, money in came.items():
        plans[account].money += money
    return came


def _kept_payments(job: Job, about: Collection[str]) -> dict[str, tuple[Any, ...]]:
    """What the ledger has of these accounts, and under the numbers that are delivered, whosever they are."""
    columns = [payments.c[name] for name in PAYMENT_COLUMNS[:6]]
    rows = job.rows("payments")
    kept = job.kept_rows(columns, payments.c.account_id, about)
    if rows is not None and job.known:
        kept += job.kept_rows(columns, payments.c.payment_id, rows["payment_id"].to_list())
    return {row[0]: tuple(row[1:]) for row in kept}


def _money(payment: str, facts: Sequence[Any], is_card: bool) -> Money:
    paid_on, amount, off_plan, kind, *rest = facts[:5]
    return Money(payment, paid_on, amount, kind, amount if is_card else amount - off_plan, *rest)


def _rest(row: dict[str, Any]) -> str:
    """What else the core said of an entry: where it was booked to, when, by whom paid."""
    return encode({name: row[name] for name in REST if row[name] is not None})


# --- what they come to ------------------------------------------------------------------------------------------------


def _figures(job: Job, state: pl.DataFrame, plans: dict[str, Plan]) -> tuple[pl.DataFrame, dict[str, int]]:
    """The columns of a standing that follow from the plans, and the smaller reading of what is overdue."""
    rows, least = [], {}
    with_terms = "terms" in state.columns
    stands = state.filter(pl.col("account_id").is_in(list(plans)))
    stands = stands.select("account_id", "balance_as_of", *(["terms"] if with_terms else []))
    for account, day, *terms in stands.iter_rows():
        plan = plans[account]
        overdue = plan.overdue(day) if day is not None else None
        if overdue is not None:
            least[account] = overdue[0]
        _, by_end, next_on = overdue or (0, None, None)
        figures = (account, plan.oldest_unpaid(job.pen.day), day, by_end, next_on)
        rows.append((*figures, *(_with_last_due(text, plan) for text in terms)))
    names = ["account_id", *ARREARS, *(["terms"] if with_terms else [])]
    return pl.DataFrame(rows, schema={name: state.schema[name] for name in names}, orient="row"), least


def _with_last_due(terms: str, plan: Plan) -> str:
    """The terms, with the last day on which an instalment falls due."""
    last = max((each.due_on for each in plan.instalments if each.amount), default=None)
    known = msgspec.json.decode(terms)
    if last is None or known.get("last_due_on") == last.isoformat():
        return terms
    return encode({**known, "last_due_on": last})
