"""Drafting a document from the ledger: facts gathered, what a person adds, the page; and the fair copy 清稿 after review.

Whatever is drafted here bears 草稿 until somebody else has reviewed it. Letters that a step of the ladder sends are printed
by that step, under the gate that approved them, and not here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import select

from desk.open_desk import Desk
from desk.operations import Operations
from recourse import events as ev
from recourse.acts import Item, Tools
from recourse.climb.arrivals import Arrival
from recourse.documents.blocks import words
from recourse.documents.render import render
from recourse.documents.store import DocumentRef
from recourse.documents.templates import Template
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.ledger import paper_rows, sets
from recourse.ledger.database import reading
from recourse.ledger.paper_rows import Steps
from recourse.ledger.tables import gate_members, gates
from recourse.letters import document_no
from recourse.letters.gathered import Known, Meeting, gather, known_of
from recourse.letters.open_facts import marked, with_said
from recourse.mailing import unspeakable

FACTS = "paper_facts"
"""The kind under which the facts of a draft lie in the store, for its fair copy."""


class Drafted(msgspec.Struct, frozen=True):
    """A draft that was made. `open`: how often it says （待核实）; `said`: the facts that were given by hand."""

    account: str
    document: str
    template: str
    sha256: str
    data: bytes
    open: int
    said: tuple[str, ...]
    already: bool = False


def draft(work: Operations, name: str, account: str, said: Sequence[str] = (), gate: str = "") -> Drafted:
    """Draft a document for an account and keep it. MissingFact for what the paper must state: of a template that is a draft
    only for facts that decide its words; of a committee's minutes, for votes that are not recorded."""
    desk, facts = work.desk, work.one(account)
    template = desk.templates.in_force(facts.jurisdiction, name, work.pen.day)
    if template.meta.issuer == "court":
        raise UserError(f"{name} is the court's own paper", where=account, mend="bring it in: `recourse document add`")
    meeting = _meeting(work, facts, gate) if template.meta.issuer == "committee" else None
    tools = desk.tools(work.strategy, work.pen.at)
    known = read_known(work, tools, [facts])[facts.case_id]
    gathered = gather(msgspec.structs.replace(known, meeting=meeting), tools, template.meta.channels)
    gathered["document_no"] = document_no(desk.bank, name, f"{facts.case_id}/{name}/{work.pen.day}", work.pen.day)
    note = f"{template.meta.title.zh}（{gathered['document_no']}）"
    gathered["delivery"] = {"content_note": note, **gathered.get("delivery", {})}
    given, paths = with_said(gathered, said)
    fields = complete(template, given)
    document = template.document(fields)
    said_words = words(document.blocks)
    if wrong := unspeakable(said_words, work.strategy.policy_of(facts)):
        raise UserError(wrong, where=template.version, mend="say it otherwise")
    data = render(msgspec.structs.replace(document, draft=True), desk.press.fonts)
    return _kept(work, facts, template, data, fields, paths, said_words.count("待核实"))


def complete(template: Template, gathered: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as the template takes them: marked where a draft may be open, else as they are."""
    if not template.meta.draft:
        return known_of(gathered, items=True)
    return marked(template.version, template.source, gathered, template.meta.facts)


def _kept(
    work: Operations, facts: Facts, template: Template, data: bytes, fields: Mapping[str, Any], said: tuple[str, ...], marks: int
) -> Drafted:  # fmt: skip
    store = work.desk.documents
    sha256 = store.put(data, template.name).sha256
    stated = store.put(json.dumps(fields, ensure_ascii=False, sort_keys=True).encode(), FACTS).sha256
    already = _lies_there(work, facts.case_id, sha256)
    if not already:
        made = ev.DocumentMade(sha256, template.name, "", template.version, template.effective_on)
        drafted = ev.PaperDrafted(sha256, template.version, work.pen.actor, stated, said)
        work.record([Arrival(facts.case_id, made), Arrival(facts.case_id, drafted)])
    return Drafted(facts.account_id, template.name, template.version, sha256, data, marks, said, already)


def _lies_there(work: Operations, case_id: str, sha256: str) -> bool:
    """The same facts on the same day make the same bytes: they are drafted once."""
    with reading(work.desk.engine) as connection:
        return bool(paper_rows.of_paper(connection, case_id, sha256).steps)


def print_fair(desk: Desk, template: Template, drafted: Steps) -> DocumentRef:
    """The fair copy of a reviewed draft: the same text and the same facts, without 草稿."""
    stated: dict[str, Any] = json.loads(desk.documents.get(drafted.facts))
    return desk.documents.put(render(template.document(stated), desk.press.fonts), template.name)


def read_known(work: Operations, tools: Tools, cases: Sequence[Facts]) -> dict[str, Known]:
    """What the ledger knows of cases, by case id; a fixed number of queries however many."""
    parties = {party.party_id for facts in cases for party in facts.security.parties} | {f.person_id for f in cases}
    parties |= {guarantee.party_id for facts in cases for guarantee in facts.security.guarantees}
    accounts, ids = [facts.account_id for facts in cases], [facts.case_id for facts in cases]
    people, contracts = tools.people.of(sorted(parties)), tools.people.contracts(accounts)
    guaranties, papers = tools.people.guarantees(accounts), tools.history.papers(accounts)
    journals = tools.history.of(ids)
    return {
        facts.case_id: Known(
            Item(f"{facts.case_id}/draft/0/act", facts.case_id, "", 0, "act", facts, work.strategy.policy_of(facts)),
            people, contracts.get(facts.account_id), guaranties.get(facts.account_id, ()), journals[facts.case_id],
            papers.get(facts.account_id, ()),
        )
        for facts in cases
    }  # fmt: skip


def _meeting(work: Operations, facts: Facts, gate: str) -> Meeting:
    """The gate whose votes the minutes tell: one that was answered, by its id, or the last one of the case."""
    with reading(work.desk.engine) as connection:
        rows = connection.execute(_GATES, {"cases": [facts.case_id]}).all()
    rows = [row for row in rows if row.gate_id.startswith(gate)]
    if not rows:
        raise UserError("no gate of this account", where=gate or facts.account_id, mend="see `recourse gates list`")
    answered = [row for row in rows if row.status in ("approved", "rejected", "returned")]
    if not answered:
        raise UserError(
            "the votes are not recorded yet", where=f"gate {rows[-1].gate_id[:12]}",
            mend="minutes are made when every seat has voted",
        )  # fmt: skip
    row = answered[-1]
    entries = work.desk.tools(work.strategy, work.pen.at).history.gates([row.gate_id]).get(row.gate_id, ())
    seats = len(json.loads(row.seats))
    return Meeting(row.gate_id, seats, row.status, tuple(entries))


_GATES = (
    select(gates.c.gate_id, gates.c.status, gates.c.seats, gates.c.opened_on)
    .where(
        sets.one_of(gates.c.case_id, "cases")
        | gates.c.gate_id.in_(select(gate_members.c.gate_id).where(sets.one_of(gate_members.c.case_id, "cases")))
    )
    .order_by(gates.c.opened_on, gates.c.gate_id)
)
