"""Committee books 审议材料: over the members of a list gate, or over accounts that somebody names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from desk.east_table import masked
from desk.operations import Operations
from desk.packet_kinds import Built, keep, number_of
from recourse import events as ev
from recourse.acts import Entry, Filed, Tools
from recourse.arrears import dpd
from recourse.canonical import digest, encode
from recourse.documents.wording import figures
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.findings import CAUSE_ZH
from recourse.ledger import store
from recourse.ledger.database import reading
from recourse.ledger.tables import gate_members, gates
from recourse.letters.chronicle import STAGES, outcome
from recourse.letters.file_papers import kinds_of, papers_of
from recourse.letters.write_off import PRODUCTS, criterion_met
from recourse.packets.committee_book import Listed, Member, committee_book
from recourse.packets.model import Line
from recourse.policy.book import Policy
from tasks.write_off import NODE, WriteOff, listed

AT_MOST = 1000
"""Accounts that one book holds."""
NO_CRITERION = "无条件成立"


def book_of_gate(work: Operations, gate_id: str) -> Built:
    """The book of a list: its members that are still on it."""
    with reading(work.desk.engine) as connection:
        row = connection.execute(
            select(gates).where(gates.c.gate_id.startswith(gate_id, autoescape=True)).limit(2)
        ).all()
        if len(row) != 1 or not gate_id:
            what = "several gates begin with" if row else "no gate"
            raise UserError(f"{what} {gate_id!r}", where="--gate", mend="see `recourse gates`")
        members = connection.execute(
            select(gate_members).where(gate_members.c.gate_id == row[0].gate_id).order_by(gate_members.c.case_id)
        ).all()
        held = [each for each in members if each.state == "in"]
        if row[0].kind != "list" or not held:
            raise UserError("is no list with members", where=f"gate {gate_id}", mend="see `recourse gates`")
        dossiers = store.load(connection, [each.case_id for each in held], lock=False)
    facts = [dossiers[each.case_id].facts for each in held]
    evidence = {each.case_id: each.evidence_hash for each in held}
    return _kept(work, facts, row[0].node, evidence, row[0], len(members) - len(held))


def book_of_accounts(work: Operations, accounts: Sequence[str], node: str) -> Built:
    """The book of accounts that somebody names, about a node of the ladder."""
    if node not in work.desk.ladder.by_name:
        raise UserError(f"no node {node!r}", where="--node", mend="see docs/ladder.md")
    if not 0 < len(accounts) <= AT_MOST:
        raise UserError(f"{len(accounts)} accounts", where="--accounts", mend=f"from 1 to {AT_MOST}")
    found = work.facts(accounts)
    if missing := sorted(set(accounts) - set(found)):
        raise UserError(f"no case of account {missing[0]!r}", where="--accounts", mend="take it out of the file")
    return _kept(work, list(found.values()), node, {}, None, 0)


def accounts_in(path: Path) -> list[str]:
    """Account numbers from a file, one a line, each once; what stands behind a comma is passed over."""
    try:
        rows = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError("cannot be read", where=str(path), mend=f"one account number a line, UTF-8 ({error})") from None
    named = [row.partition(",")[0].strip() for row in rows]
    return list(dict.fromkeys(name for name in named if name and name != "account_id"))


def _kept(
    work: Operations, facts: Sequence[Facts], node: str, evidence: Mapping[str, str], gate: Any, struck: int
) -> Built:
    tools = work.desk.tools(work.strategy, work.pen.at)
    members = tuple(sorted(_members(work, tools, facts, node, evidence), key=lambda each: each.account))
    about, day = work.desk.ladder.by_name[node].zh, work.pen.day
    key = gate.gate_id if gate else digest(encode([each.account for each in members]))
    told = Listed(
        number_of(work.desk, "committee_book", f"{key}/{day}", day), work.desk.bank.name, about, day, members,
        struck=struck, seal=tools.history.seal(),
    )  # fmt: skip
    if gate is not None:
        told = msgspec.structs.replace(
            told, gate=gate.gate_id, tier=gate.tier, opened_on=gate.opened_on, due_on=gate.due_on,
            evidence_hash=gate.evidence_hash, packet_hash=gate.packet_hash,
        )  # fmt: skip
    return keep(work, committee_book(told), {}, [each.case_id for each in facts])


def _members(
    work: Operations, tools: Tools, facts: Sequence[Facts], node: str, evidence: Mapping[str, str]
) -> list[Member]:
    """The pages of all accounts, in as many queries for one as for two hundred."""
    people = tools.people.of([each.person_id for each in facts])
    journals = tools.history.of([each.case_id for each in facts])
    papers = tools.history.papers([each.account_id for each in facts])
    found = []
    for each in facts:
        policy, person = work.strategy.policy_of(each), people.get(each.person_id)
        journal, theirs = journals[each.case_id], papers.get(each.account_id, ())
        days = dpd(each.oldest_unpaid_due_on, each.pauses, tools.day)
        found.append(Member(
            each.account_id, masked(person.name) if person else "", each.branch,
            PRODUCTS.get(each.product, each.product), each.currency, each.amounts, each.balance_as_of,
            each.oldest_unpaid_due_on, days, each.file.grade, CAUSE_ZH.get(each.file.cause, each.file.cause),
            *_criterion(each, policy, node, journal, tools), _pursuit(each, journal, tools),
            _readiness(each, policy, node, journal, theirs, tools), each.file.packets.get(node, (-1, ""))[1],
            evidence.get(each.case_id, ""), f"case:{each.case_id}",
        ))  # fmt: skip
    return found


def _criterion(facts: Facts, policy: Policy, node: str, journal: Sequence[Entry], tools: Tools) -> tuple[str, str, str]:
    """Why the account is in the book, with rule and citation: a write-off's criterion, else the rule it was entered by."""
    if node == NODE:
        met = criterion_met(facts, policy, tools.day)
        return (met[1].name, met[0].rule, met[0].citation) if met else _instructed(policy, journal)
    reasons = [
        reason
        for entry in journal
        if isinstance(entry.event, ev.DecisionMade)
        for reason in entry.event.reasons
        if reason.code == f"enter:{node}"
    ]
    if not reasons:
        return "尚未进入", "", ""
    return reasons[-1].seen, reasons[-1].rule, policy.citations.get(reasons[-1].rule, "")


def _instructed(policy: Policy, journal: Sequence[Entry]) -> tuple[str, str, str]:
    """The criterion by which a debt was written off, for it holds no more once that is done."""
    rules = [entry.event.criterion for entry in journal if isinstance(entry.event, ev.WriteOffInstructed)]
    for source, criterion in policy.criteria:
        if rules and source.rule == rules[-1]:
            return criterion.name, source.rule, source.citation
    return NO_CRITERION, "", ""


def _readiness(
    facts: Facts, policy: Policy, node: str, journal: Sequence[Entry], papers: Sequence[Filed], tools: Tools
) -> tuple[Line, ...]:
    if node != NODE or criterion_met(facts, policy, tools.day) is None:
        return ()
    kinds = kinds_of(papers_of({facts.case_id: journal}, papers))
    return listed(facts, policy, WriteOff().traits(facts, policy, tools.day), kinds).lines


def _pursuit(facts: Facts, journal: Sequence[Entry], tools: Tools) -> tuple[tuple[str, str], ...]:
    """What was done, in counts: contacts, letters, promises, money, and how far a court file went."""
    events = [entry.event for entry in journal]
    spoken = Counter(event.code for event in events if isinstance(event, ev.ContactRecorded))
    proved = Counter(event.status for event in events if isinstance(event, ev.DeliveryProved))
    paid = sum(event.amount for event in events if isinstance(event, ev.PaymentReceived))
    steps = [tools.names.get(node, node) for node in facts.file.visits]
    kept = sum(isinstance(event, ev.PromiseKept) for event in events)
    broken = sum(isinstance(event, ev.PromiseBroken) for event in events)
    calls = "、".join(f"{outcome(code, tools.names)} {n} 次" for code, n in spoken.most_common(4))
    letters = "、".join(f"{outcome(status, tools.names)} {n} 件" for status, n in sorted(proved.items()))
    stage = STAGES.get(facts.file.stage, facts.file.stage)
    return (
        ("经过的步骤", "、".join(steps)),
        ("电话联系", f"{spoken.total()} 次" + (f"：{calls}" if calls else "")),
        ("信函送达", letters),
        ("承诺", f"兑现 {kept} 次，未兑现 {broken} 次"),
        ("收回款项", f"{figures(paid, facts.currency)} {facts.currency}"),
        ("法律程序", stage or "没有"),
    )
