"""Rows that follow from the life of papers: part of `projections`. One row a step, and none is ever changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from recourse import events as ev
from recourse.ledger import sets
from recourse.ledger.tables import cases, paper_steps
from recourse.paper_life import Step

Change = tuple[Table, tuple[str, ...], tuple[Any, ...]]
COLUMNS = (
    "case_id",
    "sha256",
    "stage",
    "who",
    "stepped_on",
    "template",
    "facts",
    "copy",
    "number",
    "channel",
    "proof",
    "needed",
)


class Steps(msgspec.Struct, frozen=True):
    """What was done to one paper so far, the text that it was made from ("" for one that a step of the ladder made), and the
    hash of the facts that it states."""

    case_id: str
    sha256: str
    template: str
    steps: tuple[Step, ...]
    facts: str = ""


def step_of(event: ev.Event) -> Step:
    """What an event of a paper's life says was done."""
    match event:
        case ev.PaperDrafted():
            return Step("draft", event.by)
        case ev.PaperReviewed():
            return Step("reviewed", event.by, copy=event.fair)
        case ev.PaperSigned():
            return Step("signed", event.by, copy=event.copy, needed=event.needed)
        case ev.PaperSealed():
            return Step("sealed", event.keeper, copy=event.copy, number=event.register_no)
        case ev.PaperIssued():
            return Step("issued", copy=event.copy, channel=event.channel)
        case ev.PaperDelivered() | ev.PaperFiled() | ev.PaperDecided():
            return Step(event.TYPE.rpartition(":")[2], proof=event.proof)
    raise TypeError(f"{event.TYPE} is no step of a paper")


def _stepped(case_id: str, person_id: str, event: Any, on: date) -> tuple[Change, ...]:
    step, (template, stated) = step_of(event), (getattr(event, "template", ""), getattr(event, "facts", ""))
    row = (case_id, event.sha256, step.stage, step.who, on, template, stated, step.copy, step.number, step.channel,
           step.proof, step.needed)  # fmt: skip
    return ((paper_steps, COLUMNS, row),)


STEPS = (
    ev.PaperDrafted, ev.PaperReviewed, ev.PaperSigned, ev.PaperSealed, ev.PaperIssued, ev.PaperDelivered, ev.PaperFiled,
    ev.PaperDecided,
)  # fmt: skip
MADE: Mapping[type[ev.Event], Callable[[str, str, Any, date], tuple[Change, ...]]] = dict.fromkeys(STEPS, _stepped)
REBUILT: tuple[Table, ...] = (paper_steps,)

_OF_ACCOUNTS = (
    select(paper_steps)
    .join(cases, cases.c.case_id == paper_steps.c.case_id)
    .where(sets.one_of(cases.c.account_id, "accounts"))
    .order_by(
        paper_steps.c.case_id, paper_steps.c.sha256, paper_steps.c.stepped_on, paper_steps.c.stage, paper_steps.c.who
    )
)
_OF_PAPER = (
    select(paper_steps)
    .where(sets.one_of(paper_steps.c.case_id, "cases"), sets.one_of(paper_steps.c.sha256, "hashes"))
    .order_by(paper_steps.c.stepped_on, paper_steps.c.stage, paper_steps.c.who)
)


def of(connection: Connection, account_ids: Collection[str]) -> Mapping[tuple[str, str], Steps]:
    """(case id, hash) → what was done to each paper of accounts; one query."""
    return _gathered(connection.execute(_OF_ACCOUNTS, {"accounts": sorted(set(account_ids))}).all())


def of_paper(connection: Connection, case_id: str, sha256: str) -> Steps:
    """What was done to one paper."""
    rows = connection.execute(_OF_PAPER, {"cases": [case_id], "hashes": [sha256]}).all()
    return _gathered(rows).get((case_id, sha256), Steps(case_id, sha256, "", ()))


def has_number(connection: Connection, register_no: str) -> bool:
    """Whether a paper bears this number of the register of seals."""
    query = select(paper_steps.c.case_id).where(paper_steps.c.number == register_no).limit(1)
    return connection.execute(query).first() is not None


def _gathered(rows: Sequence[Any]) -> dict[tuple[str, str], Steps]:
    found: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        found.setdefault((row.case_id, row.sha256), []).append(row)
    return {
        key: Steps(
            *key, _first(row.template for row in theirs), tuple(map(_step, theirs)), _first(row.facts for row in theirs)
        )
        for key, theirs in found.items()
    }


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")


def _step(row: Any) -> Step:
    return Step(row.stage, row.who, row.stepped_on, row.copy, row.number, row.channel, row.proof, row.needed)
