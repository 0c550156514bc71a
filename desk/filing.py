"""Filing in batches 批量立案: a court's suits as a folder with an index, and the court's answers back from that index.

The index is CSV with a byte-order mark, as spreadsheets write it. Its last columns are empty: filled in, the same file is
what `results` reads. A file of results is judged as a whole first; with one fault in it nothing is recorded.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from desk.court_files import CourtFiles
from desk.open_desk import Desk
from recourse import events as ev
from recourse import matters as rules
from recourse.canonical import derived_id
from recourse.climb.arrivals import Arrival
from recourse.documents.arrived import SUFFIXES, type_of
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.ledger import sets
from recourse.ledger.database import reading
from recourse.ledger.history import HistoryReader
from recourse.ledger.tables import cases, documents, documents_made, intents, matter_cases, matters
from recourse.legal.fees import fee
from recourse.money import Amounts, to_minor, to_text
from recourse.policy.book import Policy

INDEX = "index.csv"
ANSWERED = ("number", "docketed_on", "hearing_on", "hearing_time", "hearing_place", "fee_paid")
"""Columns that the court's answer fills."""
COLUMNS = ("matter", "accounts", "court", "folder", *Amounts.__struct_fields__, "claim", "currency", "fee", "papers",
           "missing", *ANSWERED)  # fmt: skip
_FILED = select(matters).where(matters.c.stage == "filed", matters.c.route == "suit").order_by(matters.c.matter_id)
_CASES = (
    select(matter_cases.c.matter_id, cases.c.case_id, cases.c.account_id)
    .join(cases, cases.c.case_id == matter_cases.c.case_id)
    .where(sets.one_of(matter_cases.c.matter_id, "matters"), cases.c.closed_on.is_(None))
    .order_by(matter_cases.c.matter_id, cases.c.account_id)
)
_COMPLAINTS = (
    select(documents_made.c.case_id, documents_made.c.sha256)
    .where(sets.one_of(documents_made.c.case_id, "cases"), documents_made.c.kind == "complaint")
    .order_by(documents_made.c.made_on, documents_made.c.sha256)
)
_NUMBERS = select(matters.c.matter_id, matters.c.number).where(sets.one_of(matters.c.matter_id, "matters"))
_PAPERS = (
    select(documents.c.account_id, documents.c.kind, documents.c.sha256)
    .where(sets.one_of(documents.c.account_id, "accounts"))
    .order_by(documents.c.account_id, documents.c.document_id)
)


class Bundle(msgspec.Struct, frozen=True):
    """One matter to be filed: its debts, what is claimed, and its papers as (file name, content hash)."""

    matter_id: str
    court: str
    accounts: tuple[str, ...]
    claimed: Amounts
    currency: str
    fee: int | None
    papers: tuple[tuple[str, str], ...]


def bundles(files: CourtFiles, court: str, gate_ids: Sequence[str] = ()) -> list[Bundle]:
    """Suits that were filed with a court and are not docketed; only those that some gates approved, if any is named. A fixed
    number of queries."""
    desk = files.work.desk
    with reading(desk.engine) as connection:
        rows = connection.execute(_FILED.where(matters.c.court == court)).all()
        joined: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for matter_id, case_id, account in connection.execute(_CASES, {"matters": [row.matter_id for row in rows]}):
            joined[matter_id].append((case_id, account))
        wanted = _approved(connection, gate_ids)
        if wanted is not None:
            joined = defaultdict(list, {k: v for k, v in joined.items() if any(case in wanted for case, _ in v)})
        ids = [case_id for pairs in joined.values() for case_id, _ in pairs]
        accounts = [account for pairs in joined.values() for _, account in pairs]
        complaints = {case_id: sha for case_id, sha in connection.execute(_COMPLAINTS, {"cases": ids})}
        delivered: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for account, kind, sha in connection.execute(_PAPERS, {"accounts": accounts}):
            delivered[account].append((kind, sha))
    facts = files.work.facts(accounts)
    journals = HistoryReader(desk.engine).of(ids)
    return [
        _bundle(files, row, joined[row.matter_id], facts, journals, complaints, delivered)
        for row in rows
        if joined.get(row.matter_id)
    ]


def _approved(connection: Connection, gate_ids: Sequence[str]) -> set[str] | None:
    """Cases whose suit some gates approved; None when no gate is named."""
    if not gate_ids:
        return None
    query = select(intents.c.case_id).where(intents.c.node == "litigation", sets.one_of(intents.c.gate_id, "gates"))
    return set(connection.execute(query, {"gates": list(gate_ids)}).scalars())


def _bundle(
    files: CourtFiles, row: Any, pairs: Sequence[tuple[str, str]], facts: Mapping[str, Facts],
    journals: Mapping[str, Sequence[Any]], complaints: Mapping[str, str],
    delivered: Mapping[str, Sequence[tuple[str, str]]],
) -> Bundle:  # fmt: skip
    first = facts[pairs[0][1]]
    claimed = Amounts()
    papers = []
    for case_id, account in pairs:
        for entry in journals[case_id]:
            event = entry.event
            if isinstance(event, ev.MatterOpened | ev.MatterJoined) and event.matter_id == row.matter_id:
                claimed += event.claimed or Amounts()
        if case_id in complaints:
            papers.append((f"{account}-complaint.pdf", complaints[case_id]))
        papers += [(f"{account}-{kind}-{sha[:8]}", sha) for kind, sha in delivered.get(account, ()) if sha]
    owed = fee(files.work.strategy.policy_of(first), "case_acceptance", claimed.total, first.currency)
    return Bundle(row.matter_id, row.court, tuple(account for _, account in pairs), claimed, first.currency, owed,
                  tuple(papers))  # fmt: skip


def write(desk: Desk, found: Sequence[Bundle], out: Path) -> Path:
    """Write the folder: one sub-folder a matter, and the index. A folder that is there is refused; a run that is cut off leaves
    none under this name."""
    if out.exists():
        raise UserError("is there already", where=str(out), mend="name a new folder")
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    rows = []
    for number, bundle in enumerate(found, start=1):
        folder = f"{number:04d}-{bundle.matter_id[:12]}"
        missing = _copy(desk, bundle, part / folder)
        rows.append(_row(bundle, folder, missing))
    (part / INDEX).write_text(_csv(rows), encoding="utf-8-sig", newline="")
    os.replace(part, out)
    return out / INDEX


def _copy(desk: Desk, bundle: Bundle, place: Path) -> list[str]:
    """Copies of the papers out of the store; the names of those that are not in it."""
    place.mkdir()
    missing = []
    for name, sha in bundle.papers:
        if not desk.documents.has(sha):
            missing.append(name)
            continue
        data = desk.documents.get(sha)
        suffixes = SUFFIXES.get(type_of(data), ("",))
        (place / (name if name.endswith(suffixes) else f"{name}{suffixes[0]}")).write_bytes(data)
    return missing


def _row(bundle: Bundle, folder: str, missing: Sequence[str]) -> dict[str, str]:
    def money(minor: int | None) -> str:
        return "" if minor is None else to_text(minor, bundle.currency)

    return {
        "matter": bundle.matter_id,
        "accounts": " ".join(bundle.accounts),
        "court": bundle.court,
        "folder": folder,
        **{name: money(value) for name, value in bundle.claimed.items()},
        "claim": money(bundle.claimed.total),
        "currency": bundle.currency,
        "fee": money(bundle.fee),
        "papers": str(len(bundle.papers) - len(missing)),
        "missing": " ".join(missing),
    }


def _csv(rows: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


# --- the court's answers ----------------------------------------------------------------------------------------------


class Fault(msgspec.Struct, frozen=True):
    """What is wrong in a file of results: its line, its column, and why."""

    row: int
    field: str
    why: str


class Result(msgspec.Struct, frozen=True):
    """One line that is sound."""

    matter_id: str
    number: str
    docketed_on: date
    hearing_on: date | None
    hearing_time: str
    hearing_place: str
    fee_paid: int | None


class Results(msgspec.Struct, frozen=True):
    """What a file of results came to: faults, or how many lines, and how many debts were touched."""

    faults: tuple[Fault, ...]
    rows: int = 0
    touched: int = 0


def results(files: CourtFiles, place: Path) -> Results:
    """Record the court's answers. Repeating a file changes nothing; lines without a number are not answered yet."""
    rows = [(n, row) for n, row in _read(place) if (row.get("number") or "").strip()]
    known = _named(files, [row for _, row in rows])
    with reading(files.work.desk.engine) as connection:
        ids = sorted({matter_id for matter_id in known.values() if matter_id})
        joined = files.joined(connection, ids)
        numbers = {matter_id: number for matter_id, number in connection.execute(_NUMBERS, {"matters": ids})}
    found: list[Result] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for number, row in rows:
        judged = list(_judged(files, number, row, known, joined, seen, numbers))
        faults += [each for each in judged if isinstance(each, Fault)]
        found += [each for each in judged if isinstance(each, Result)]
    if faults:
        return Results(tuple(faults), len(rows))
    journals = HistoryReader(files.work.desk.engine).of([f.case_id for r in found for f in joined[r.matter_id]])
    policy_of = files.work.strategy.policy_of
    arrived = [each for result in found for each in _arrivals(result, joined[result.matter_id], journals, policy_of)]
    return Results((), len(rows), files.work.record(arrived))


def _read(place: Path) -> list[tuple[int, dict[str, str]]]:
    """Lines with their numbers in the file; the head is line 1."""
    if not place.is_file():
        raise UserError("no such file", where=str(place), mend="give the index with the court's answers")
    try:
        reader = csv.DictReader(io.StringIO(place.read_text("utf-8-sig"), newline=""))
        lines = list(enumerate(reader, start=2))
    except (UnicodeDecodeError, csv.Error):
        raise UserError("is no CSV in UTF-8", where=str(place), mend="save it as CSV UTF-8") from None
    names = set(reader.fieldnames or ())
    if not names & {"matter", "account"} or "number" not in names or "docketed_on" not in names:
        raise UserError("columns are missing", where=str(place), mend="matter or account, number, docketed_on")
    return lines


def _named(files: CourtFiles, rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What each line names → the id of its matter ("" = there is none)."""
    accounts = {name for row in rows if not (row.get("matter") or "").strip() and (name := _name(row))}
    ids = {name for row in rows if (row.get("matter") or "").strip() and (name := _name(row))}
    query = select(matters.c.matter_id).where(sets.one_of(matters.c.matter_id, "ids"))
    with reading(files.work.desk.engine) as connection:
        there = set(connection.execute(query, {"ids": sorted(ids)}).scalars())
    of_accounts = {account: facts.file.matter for account, facts in files.work.facts(accounts).items()}
    return {**{name: name if name in there else "" for name in ids},
            **{account: of_accounts.get(account, "") for account in accounts}}  # fmt: skip


def _name(row: Mapping[str, str]) -> str:
    return (row.get("matter") or "").strip() or (row.get("account") or "").strip()


def _judged(
    files: CourtFiles, number: int, row: Mapping[str, str], known: Mapping[str, str],
    joined: Mapping[str, Sequence[Facts]], seen: dict[str, int], numbers: Mapping[str, str],
) -> Iterator[Fault | Result]:  # fmt: skip
    """The line as a result, or everything that is wrong with it."""
    named, cells = _name(row), {name: (row.get(name) or "").strip() for name in ANSWERED}
    field = "matter" if (row.get("matter") or "").strip() else "account"
    debts = joined.get(known.get(named, ""), ())
    if not debts:
        yield Fault(number, field, f"no open court file {named!r}")
        return
    matter_id, first, faults = known[named], debts[0], []
    if matter_id in seen:
        faults.append(Fault(number, field, f"stands on line {seen[matter_id]} too"))
    seen.setdefault(matter_id, number)
    before = numbers.get(matter_id, "")
    if first.file.docketed and before != cells["number"]:
        faults.append(Fault(number, "number", f"the court file is docketed as {before}"))
    docketed_on = _day(number, "docketed_on", cells["docketed_on"], faults)
    hearing_on = _day(number, "hearing_on", cells["hearing_on"], faults) if cells["hearing_on"] else None
    filed_on = first.file.filed_on
    if docketed_on is not None and filed_on is not None and not filed_on <= docketed_on <= files.day:
        faults.append(Fault(number, "docketed_on", f"not between the filing on {filed_on} and today, {files.day}"))
    if first.file.stage != "filed" and not first.file.docketed:
        faults.append(Fault(number, field, f"the court file is {first.file.stage}, which no docketing follows"))
    fee_paid = None
    if cells["fee_paid"]:
        try:
            fee_paid = to_minor(cells["fee_paid"], first.currency)
        except UserError as error:
            faults.append(Fault(number, "fee_paid", str(error)))
    if faults or docketed_on is None:
        yield from faults
        return
    yield Result(matter_id, cells["number"], docketed_on, hearing_on, cells["hearing_time"], cells["hearing_place"],
                 fee_paid)  # fmt: skip


def _day(number: int, field: str, text: str, faults: list[Fault]) -> date | None:
    """A day as written, or as spreadsheets rewrite it: 2026-03-31, 2026/3/31."""
    try:
        year, month, day = (int(part) for part in text.replace("/", "-").split("-"))
        return date(year, month, day)
    except ValueError:
        faults.append(Fault(number, field, f"{text!r} is no day such as 2026-03-31"))
        return None


def _arrivals(
    result: Result, debts: Sequence[Facts], journals: Mapping[str, Sequence[Any]], policy_of: Callable[[Facts], Policy]
) -> Iterator[Arrival]:
    """What a result brings about and the journals do not have yet."""
    hearing_id = derived_id("hearing", result.matter_id, result.hearing_on, result.hearing_time)
    paid = 0
    for facts in debts:
        journal = [entry.event for entry in journals[facts.case_id]]
        costs = [event for event in journal if isinstance(event, ev.CostBooked) and event.kind == "court_fee"]
        paid += sum(cost.amount for cost in costs if cost.matter_id == result.matter_id)
        if not facts.file.docketed:
            reached = rules.reached(facts.file, "docketed", result.number, result.number)
            yield Arrival(facts.case_id, reached, result.docketed_on)
            for event, on in rules.follows(
                facts, "docketed", result.number, journal, result.docketed_on, policy_of(facts).numbers
            ):
                yield Arrival(facts.case_id, event, on)
        known = {event.hearing_id for event in journal if isinstance(event, ev.HearingSet)}
        if result.hearing_on is not None and hearing_id not in known:
            hearing = ev.HearingSet(result.matter_id, hearing_id, result.hearing_on, result.hearing_time,
                                    result.hearing_place)  # fmt: skip
            yield Arrival(facts.case_id, hearing)
    if result.fee_paid is not None and result.fee_paid != paid:
        first = debts[0]
        cost_id = derived_id("cost", result.matter_id, "court_fee", result.number, result.fee_paid)
        more = ev.CostBooked(cost_id, "court_fee", result.fee_paid - paid, first.currency, result.matter_id,
                             result.number)  # fmt: skip
        yield Arrival(first.case_id, more, result.docketed_on)
