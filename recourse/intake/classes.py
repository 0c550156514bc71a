"""The bank's five-tier classes beside the least that the rules ask for: a class that is too light becomes a work item.

`class_difference`, for risk management: both classes and why. The class is never set here, and one that is stricter than
the rules ask is the risk department's own judgement. Looked at: accounts of which a delivery says something, and at a
month's end the whole book, with a fixed number of queries. What has left the books is held against nothing any more. An
upgrade out of non-performing is held against its test when it is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, select

from recourse.arrears import Pause, dpd
from recourse.casefile import CaseFile
from recourse.classification import (
    Asset,
    Claim,
    Cured,
    Verdict,
    against_upgrade,
    is_npl,
    least_class,
    observation,
    spoiled,
)
from recourse.facts import Terms
from recourse.intake.job import Job
from recourse.intake.reconcile import item_of, keep_items, month_ends
from recourse.ledger import sets
from recourse.ledger.tables import account_terms, accounts, cases, instalments
from recourse.money import Amounts
from recourse.policy.book import Policy
from recourse.policy.debtor_values import Classes, Contagion

KIND = "class_difference"
ACTIVE = "active"
_PAUSES = msgspec.json.Decoder(tuple[Pause, ...])
_TERMS = msgspec.json.Decoder(Terms)
_FILE = msgspec.json.Decoder(CaseFile)


def _evasion(file: CaseFile, on: date) -> str:
    if file.evasion_until_on is not None and on <= file.evasion_until_on:
        return "found"
    return "suspected" if file.evasion_waits else ""


def _expected(file: CaseFile) -> bool | None:
    """Whether the debtor is expected to go on paying, as people found."""
    if file.willingness == "unwilling" or file.ability == "none":
        return False
    return True if file.willingness == "willing" and file.ability == "sufficient" else None


def _restructured(known: Row, file: CaseFile) -> int:
    """How often within the observation that runs. An arrangement that runs is a concession because of difficulty, and so a
    restructuring (2023, articles 17 and 19), whether or not the bank's file says so yet."""
    arranged = bool(file.arrangement) and not file.end
    return (known.terms.restructured_times or 1) if known.observed or arranged else 0


class Past(msgspec.Struct):
    """An account's cases: when they opened, when the last was closed (None: it runs, or there is none), its file."""

    opened: list[date] = []
    closed_on: date | None = None
    file: CaseFile = msgspec.field(default_factory=CaseFile)


class Held(msgspec.Struct, frozen=True):
    """An account that is held against the rules."""

    account_id: str
    person_id: str
    told: str | None
    owed: int | None
    verdict: Verdict
    policy: Policy


def check_classes(job: Job) -> tuple[str, ...]:
    """Open, keep and close the work items of classes; everything of the delivery is written by now. Items opened."""
    told = _told(job)
    whole = bool(month_ends(job))
    if not told and not whole:
        return ()
    rows = job.connection.execute(_accounts(None if whole else told)).all()
    pasts = _pasts(job, [row.account_id for row in rows])
    held = [_held(job, known, pasts.get(known.row.account_id, Past())) for known in _observed(job, rows, pasts)]
    found = {item_of(KIND, each.account_id): (each.account_id, what) for each, what in _too_light(job, held)}
    bad = {each.person_id for each in held if is_npl(each.told)}
    for account, what in _raised(job, told, held, pasts, bad):
        found.setdefault(item_of(KIND, account), (account, what))
    looked_at = told | {each.account_id for each in held}
    return keep_items(job, KIND, found, lambda item, account: whole or account in looked_at)


def _told(job: Job) -> set[str]:
    rows = job.rows("accounts")
    return set() if rows is None else set(rows["account_id"].to_list())


def _accounts(told: Collection[str] | None) -> Any:
    """Active accounts of every person concerned; None: the whole book."""
    a = accounts.c
    which: list[ColumnElement[bool]] = [a.book_status == ACTIVE]
    if told is not None:
        which.append(a.person_id.in_(select(a.person_id).where(sets.among(a.account_id, told))))
    columns = (a.account_id, a.person_id, a.jurisdiction, a.product, a.oldest_unpaid_due_on, a.pauses, a.terms)
    return select(*columns, *(a[name] for name in Amounts.__struct_fields__)).where(*which).order_by(a.account_id)


def _pasts(job: Job, account_ids: Collection[str]) -> dict[str, Past]:
    """What is known of the cases of these accounts."""
    query = select(cases.c.account_id, cases.c.opened_on, cases.c.closed_on, cases.c.file)
    found: dict[str, Past] = {}
    for account, opened_on, closed_on, file in job.connection.execute(
        query.where(sets.among(cases.c.account_id, account_ids)).order_by(cases.c.account_id, cases.c.episode)
    ):
        past = found.setdefault(account, Past([]))
        past.opened.append(opened_on)
        past.closed_on, past.file = closed_on, _FILE.decode(file)
    return found


class Row(msgspec.Struct, frozen=True):
    """An account with its terms read, and whether it is under observation as a restructured debt."""

    row: Any
    terms: Terms
    observed: bool


def _observed(job: Job, rows: Collection[Any], pasts: dict[str, Past]) -> Iterator[Row]:
    known = [(row, _TERMS.decode(row.terms)) for row in rows]
    dues = _dues(job, [row.account_id for row, terms in known if terms.restructured_on is not None])
    for row, terms in known:
        since = terms.restructured_on
        theirs = [on for on in dues.get(row.account_id, ()) if since is not None and on > since]
        if since is None or not theirs:
            yield Row(row, terms, since is not None)
            continue
        numbers = job.book.at(job.as_of, row.jurisdiction, row.product).numbers
        breaches = pasts.get(row.account_id, Past()).opened
        runs = observation(theirs[0], theirs, breaches, numbers)
        yield Row(row, terms, runs.until_on is None or job.as_of <= runs.until_on)


def _dues(job: Job, account_ids: Collection[str]) -> dict[str, list[date]]:
    """Repayment dates of these accounts, ascending."""
    newest: dict[tuple[str, int], date] = {}
    if account_ids:
        c = instalments.c
        query = select(c.account_id, c.number, c.due_on).where(sets.among(c.account_id, account_ids))
        for account, number, due_on in job.connection.execute(query.order_by(c.account_id, c.number, c.known_on)):
            newest[account, number] = due_on
    found: defaultdict[str, list[date]] = defaultdict(list)
    for (account, _), due_on in sorted(newest.items(), key=lambda pair: (pair[0][0], pair[1])):
        found[account].append(due_on)
    return found


def _held(job: Job, known: Row, past: Past) -> Held:
    row, terms, file = known.row, known.terms, past.file
    policy = job.book.at(job.as_of, row.jurisdiction, row.product)
    asset = Asset(
        dpd(row.oldest_unpaid_due_on, _PAUSES.decode(row.pauses), job.as_of),
        terms.impairment,
        _restructured(known, file),
        _evasion(file, job.as_of),
        file.cause == "technical",
    )
    parts = [getattr(row, name) for name in Amounts.__struct_fields__]
    owed = None if parts[0] is None else sum(part or 0 for part in parts)
    return Held(row.account_id, row.person_id, terms.five_tier, owed, least_class(asset, policy), policy)


def _too_light(job: Job, held: Collection[Held]) -> Iterator[tuple[Held, str]]:
    """Accounts whose class is lighter than the rules ask, each with both and why."""
    spread = _spread(held)
    for each in held:
        least, why = each.verdict.at_least, each.verdict.why
        if each.account_id in spread and not is_npl(least):
            least, why = "substandard", spread[each.account_id]
        if each.told is None or Classes.index(each.told) >= Classes.index(least):
            continue
        differ = "; the tables for cards and for all differ" if each.verdict.tables_differ else ""
        yield each, f"class as of {job.as_of}: bank {each.told}, at least {least}: {why}{differ}"


def _spread(held: Collection[Held]) -> dict[str, str]:
    """Account → why others of its debtor make it non-performing; by the rule of the account's own product."""
    found: dict[str, str] = {}
    rules: dict[int, tuple[str, Contagion]] = {}
    groups: defaultdict[int, list[Held]] = defaultdict(list)
    for each in held:
        for source, rule in each.policy.of("contagion", Contagion):
            if rule.contagion != "none":
                rules[id(rule)] = (source.rule, rule)
                groups[id(rule)].append(each)
    for key, theirs in groups.items():
        name, rule = rules[key]
        claims = [
            Claim(h.account_id, h.person_id, is_npl(h.told) or is_npl(h.verdict.at_least), h.owed) for h in theirs
        ]
        for debtor, spoilt in spoiled(claims, rule).items():
            found |= dict.fromkeys(spoilt, f"other debts of {debtor} [{name}]")
    return found


def _raised(
    job: Job, told: set[str], held: Collection[Held], pasts: dict[str, Past], bad: set[str]
) -> Iterator[tuple[str, str]]:
    """Accounts told to have left non-performing without the whole test being shown."""
    risen = {each.account_id: each for each in held if each.account_id in told and each.told in Classes[:2]}
    left = _were_npl(job, risen)
    dues = _dues(job, left)
    for account in sorted(left):
        each, past = risen[account], pasts.get(account, Past())
        since = past.closed_on if past.file.end else None
        paid = None if since is None else sum(since < on <= job.as_of for on in dues.get(account, ()))
        cured = Cured(since, paid, each.person_id in bad, _expected(past.file))
        missing = against_upgrade(cured, job.as_of, each.policy.numbers)
        if missing:
            yield (
                account,
                f"class as of {job.as_of}: bank {each.told}, raised from {left[account]}: {'; '.join(missing)}",
            )


def _were_npl(job: Job, risen: Collection[str]) -> dict[str, str]:
    """Account → its class in the row before the last one told, where that was non-performing."""
    if not risen:
        return {}
    c = account_terms.c
    query = select(c.account_id, c.row).where(sets.among(c.account_id, risen)).order_by(c.account_id, c.known_on)
    rows: defaultdict[str, list[str]] = defaultdict(list)
    for account, text in job.connection.execute(query):
        now = msgspec.json.decode(text).get("five_tier")
        if now is not None and (not rows[account] or rows[account][-1] != now):
            rows[account].append(now)
    return {account: told[-2] for account, told in rows.items() if len(told) > 1 and is_npl(told[-2])}
