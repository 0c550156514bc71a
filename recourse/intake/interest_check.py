"""The core's penalty and compound interest beside ours, at every delivery; a difference stops what claims an amount.

Looked at: loans in arrears that have a new balance, whose contract rate and uplift the bank told. Cards count otherwise and
are left out. A difference beyond the tolerance of the pack (`interest.tolerance_…`) becomes the work item
`interest_difference` and a brake of that kind on the open case. It ends when core and ledger agree again, or when a
person releases the brake: then the core's figures are taken as they are. A fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import msgspec
import polars as pl

from recourse import events as ev
from recourse.canonical import derived_id
from recourse.casefile import CaseFile
from recourse.facts import Terms
from recourse.intake.balance_load import GONE
from recourse.intake.job import Job
from recourse.intake.layout import COMPONENTS
from recourse.intake.plan_load import CARD, Money, Plans
from recourse.intake.reconcile import item_of, keep_items
from recourse.interest import YEARS, Contract
from recourse.interest_watch import Booked, Told, Watch, begun, contract_of, too_far, watched
from recourse.ledger.dossier import Dossier
from recourse.ledger.tables import accounts, cases, interest_checks
from recourse.money import Amounts, to_text
from recourse.policy.book import Policy

KIND = "interest_difference"
COLUMNS = ("account_id", "from_on", "as_of", "principal", "interest", "penalty", "compound", "told", "terms", "braked")
_FIGURES = (
    "account_id",
    "product",
    "currency",
    "balance_as_of",
    *COMPONENTS,
    "plan_as_of",
    "plan_overdue",
    "plan_next_on",
)


class Differences(msgspec.Struct):
    """What the check came to: accounts that differ, with what to say; those that agree again; the items opened."""

    differ: dict[str, str] = {}
    agree: set[str] = set()
    items: tuple[str, ...] = ()

    @property
    def accounts(self) -> set[str]:
        """Accounts whose case has to be told."""
        return self.differ.keys() | self.agree

    def tell(self, job: Job, dossiers: Iterable[Dossier]) -> None:
        """Put the brake on the cases of what differs, and take it off those of what agrees again."""
        braked = []
        for dossier in dossiers:
            account = dossier.facts.account_id
            held = [hold_id for hold_id, hold in dossier.file.holds.items() if hold.kind == KIND]
            if account in self.agree:
                for hold_id in held:
                    dossier.record(ev.BrakeReleased(hold_id, KIND, "core and ledger agree again"), job.pen)
            elif account in self.differ and not held:
                hold_id = derived_id("brake", dossier.case_id, KIND, job.pen.day)
                dossier.record(ev.BrakePlaced(hold_id, KIND, None, self.differ[account]), job.pen)
                braked.append((account, dossier.case_id))
        job.update(interest_checks, ("account_id",), ("braked",), braked)


class _Kept(msgspec.Struct):
    """What the ledger has of an account: its contract and law, its watch, and the case that was braked for it."""

    jurisdiction: str
    terms: Terms
    watch: Watch | None = None
    braked: str = ""


def check(job: Job, state: pl.DataFrame, balanced: Collection[str], plans: Plans) -> Differences:
    """Carry every watch on to the new balances; differences, work items and the new rows of `interest_checks`."""
    late = (pl.col("overdue") > 0) | (pl.sum_horizontal("penalty", "compound") > 0)
    looked_at = state.filter(
        pl.col("account_id").is_in(list(balanced))
        & late
        & (pl.col("product") != CARD)
        & ~pl.col("book_status").is_in(GONE)
    ).select(_FIGURES)
    if not looked_at.height:
        return Differences()
    kept = _kept(job, set(looked_at["account_id"].to_list()) & job.known, state)
    settled = _settled(job, {account: each.braked for account, each in kept.items() if each.braked})
    found, rows = Differences({}, set()), []
    for row in looked_at.iter_rows(named=True):
        account = row["account_id"]
        if account in kept:
            rows += _looked(job, row, kept[account], plans, account in settled, found)
    job.upsert(interest_checks, COLUMNS, rows)
    items = {item_of(KIND, account): (account, what) for account, what in found.differ.items()}
    found.items = keep_items(job, KIND, items, lambda _, account: account in found.agree)
    return found


def _looked(
    job: Job, row: Mapping[str, Any], kept: _Kept, plans: Plans, settled: bool, found: Differences
) -> list[tuple[Any, ...]]:
    """One account: its new row, if it can be watched, and what was found of it."""
    policy = job.book.at(job.pen.day, kept.jurisdiction, row["product"])
    contract = contract_for(kept.terms, policy)
    if contract is None:
        return []
    account, before, told = row["account_id"], kept.watch, _told(row)
    if before is None or settled:
        watch, followed = begun(told, contract), settled
    elif told.as_of <= before.as_of:
        return []
    else:
        plan = plans.by_account.get(account)
        dues = [each.due_on for each in plan.instalments] if plan is not None else []
        watch, followed = watched(before, told, _booked(plans.new_money.get(account, ())), dues, contract)
    if too_far(watch, policy.number("interest.tolerance_minor"), policy.number("interest.tolerance_per_million")):
        found.differ[account] = _said(watch, row["currency"])
    elif followed:
        found.agree.add(account) if kept.braked or settled else None
    return [_row(account, watch, "" if account in found.agree else kept.braked)]


def contract_for(terms: Terms, policy: Policy) -> Contract | None:
    """How an account counts by its terms and the pack; None while the bank did not tell rate and uplift."""
    year = terms.day_count or policy.numbers.get("interest.day_count", YEARS[0])
    on_penalty = bool(policy.numbers.get("interest.compound_on_penalty", 0))
    return contract_of(terms.annual_rate, terms.penalty_uplift, year, on_penalty=on_penalty)


def _told(row: Mapping[str, Any]) -> Told:
    """The balance, and what of the principal is due: what the plan leaves unpaid, less the interest in it."""
    as_of, amounts = row["balance_as_of"], Amounts(*(row[name] for name in COMPONENTS))
    worked_out, next_on = row["plan_as_of"], row["plan_next_on"]
    fresh = worked_out is not None and worked_out <= as_of and (next_on is None or as_of < next_on)
    due = row["plan_overdue"] - amounts.interest if fresh and row["plan_overdue"] is not None else None
    return Told(as_of, amounts, due if due is not None and 0 <= due <= amounts.principal else None)


def _booked(money: Iterable[Money]) -> list[Booked]:
    return [Booked(_booked_on(each), each.paid_on, each.parts) for each in money]


def _booked_on(money: Money) -> date:
    text = msgspec.json.decode(money.rest).get("booked_on") if money.rest else None
    return date.fromisoformat(text) if text else money.paid_on


def _said(watch: Watch, currency: str) -> str:
    core, ours = to_text(watch.told, currency), to_text(watch.ours, currency)
    return (
        f"penalty and compound interest as of {watch.as_of}: core {core} {currency}, ours {ours}, since {watch.from_on}"
    )


def _kept(job: Job, ids: set[str], state: pl.DataFrame) -> dict[str, _Kept]:
    columns = (accounts.c.account_id, accounts.c.jurisdiction, accounts.c.terms)
    new = dict(state.select("account_id", "terms").iter_rows()) if "terms" in state.columns else {}
    found = {
        account: _Kept(jurisdiction, msgspec.json.decode(new.get(account, terms), type=Terms))
        for account, jurisdiction, terms in job.kept_rows(columns, accounts.c.account_id, ids)
    }
    checks = [interest_checks.c[name] for name in COLUMNS]
    for row in job.kept_rows(checks, interest_checks.c.account_id, ids):
        account, from_on, as_of, principal, interest, penalty, compound, told, terms, braked = row
        ours = Fraction(penalty), Fraction(compound)
        found[account].watch = Watch(from_on, as_of, principal, interest, *ours, told, terms)
        found[account].braked = braked
    return found


def _settled(job: Job, braked: dict[str, str]) -> set[str]:
    """Accounts whose case was braked and is no longer, because a person released it."""
    columns = (cases.c.case_id, cases.c.account_id, cases.c.file)
    rows = job.kept_rows(columns, cases.c.case_id, set(braked.values()))
    files = [(account, msgspec.json.decode(file, type=CaseFile)) for _, account, file in rows]
    return {
        account for account, file in files if not file.end and all(hold.kind != KIND for hold in file.holds.values())
    }


def _row(account: str, watch: Watch, braked: str) -> tuple[Any, ...]:
    return (account, watch.from_on, watch.as_of, watch.principal, watch.interest, str(watch.penalty),
            str(watch.compound), watch.told, watch.terms, braked)  # fmt: skip
