"""Gates: a named person agrees before anything that can hurt. One function answers, whatever the door.

A gate belongs to a matter; one gate is open per matter. Seats and vote rule come from the bank's authority pack. The
maker never votes, one person has one vote, a deadline escalates and never approves, every answer has a reason, and an
answer to evidence that has changed is refused: the gate is opened anew with the difference, at its old place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, get_args

import msgspec
from sqlalchemy import Connection, bindparam, select

from recourse import events as ev
from recourse.actors import Actor
from recourse.advice import Advice, Advices
from recourse.authority import tier_of
from recourse.canonical import derived_id, encode
from recourse.errors import UserError
from recourse.evidence import Evidence, differences, evidence
from recourse.facts import Facts
from recourse.gate_rows import (
    GATE_COLUMNS,
    VOTE_COLUMNS,
    Answer,
    Opening,
    Verdict,
    close,
    lifted,
    names_of,
    open_gate,
    rule_of,
)
from recourse.ladder import Ladder
from recourse.ledger import bulk, store
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.tables import gate_members, gates, votes
from recourse.policy.book import Policy
from recourse.policy.values import Authority
from recourse.seats import Outcome, resolve, seats_of
from recourse.sitting import Sitting, sitting_of
from recourse.workdays import Calendar

PolicyOf = Callable[[Facts], Policy]

_MEMBERS = select(gate_members.c.case_id).where(
    gate_members.c.gate_id == bindparam("gate"), gate_members.c.state == "in"
)
_CAST = (
    select(votes.c.seat, votes.c.voter, votes.c.verdict, votes.c.choice, votes.c.reason)
    .where(votes.c.gate_id == bindparam("gate"))
    .order_by(votes.c.seat)
)


class GateBook:
    """Opening and answering gates under the policy of a day."""

    def __init__(
        self, ladder: Ladder, policy_of: PolicyOf, calendar_of: Callable[[str], Calendar], advice: Advices | None = None
    ) -> None:
        self._ladder, self._policy_of, self._calendar_of = ladder, policy_of, calendar_of
        self._advice = advice or {}

    def authority(self, facts: Facts, action: str) -> Authority:
        """The row of the authority matrix for an action; without one nothing can be agreed to."""
        row = self._policy_of(facts).authority.get(action)
        if row is None:
            raise UserError(
                f"no authority for {action!r}", where=facts.jurisdiction, mend="add it to the authority pack"
            )
        return row[1]

    def evidence(self, facts: Facts, action: str, day: date, node: str = "") -> Evidence:
        """What a gate of an action binds to, with what the business shows beside it at a node."""
        policy, advice = self._policy_of(facts), self._advice.get(node)
        return evidence(facts, policy, action, day, advice.shown(facts, policy, day) if advice else None)

    def tier(self, facts: Facts, action: str) -> str:
        """Authority tier of an action, by the basis of its row."""
        return tier_of(facts, self._policy_of(facts), action)

    def opened(
        self,
        facts: Facts,
        opening: Opening,
        shown: Evidence,
        pen: Pen,
        *,
        queued_from: date | None = None,
        round_: int = 1,
    ) -> tuple[tuple[Any, ...], ev.GateOpened]:
        """The row and the event of a gate opened today over a matter."""
        authority = self.authority(facts, opening.action)
        names = seats_of(rule_of(authority, opening.tier))
        calendar = self._calendar_of(facts.jurisdiction)
        due_on = calendar.add(pen.day, 1 if opening.urgent else authority.workdays)
        gate_id = derived_id("gate", opening.matter, round_)
        event = ev.GateOpened(gate_id, opening.matter, opening.kind, opening.action, opening.tier, names, opening.maker,
                              due_on, shown.hash, opening.packet_hash, opening.node, opening.n, urgent=opening.urgent)  # fmt: skip
        row = (gate_id, opening.matter, opening.kind, opening.action, opening.tier, opening.stream, opening.case_id,
               opening.node, opening.n, "open", opening.maker, encode(list(names)), 0, pen.day, due_on,
               queued_from or pen.day, "", opening.urgent, shown.hash, shown.text, opening.packet_hash)  # fmt: skip
        return row, event

    def answer(
        self,
        connection: Connection,
        gate_id: str,
        actor: Actor,
        verdict: Verdict,
        reason: str,
        pen: Pen,
        *,
        choice: str = "",
        strike: Sequence[str] = (),
        seat: str = "",
    ) -> Answer:
        """Answer one seat of a gate: the only way in, for every door. `seat` names the one that was asked ("" = any).

        Raises UserError when the answer cannot count: unknown or closed gate, no seat, the maker, a second vote, no
        reason, no such choice. Whatever is refused changes nothing.
        """
        gate = open_gate(connection, gate_id)
        _refuse_half_an_answer(gate, verdict, reason, choice, strike)
        dossiers = store.load(connection, self._case_ids(connection, gate))
        seat, giver = self._sitting(connection, gate, dossiers).seat_for(connection, actor, pen.day, seat)
        if gate.kind == "list":
            return self._answer_list(connection, gate, dossiers, seat, giver, actor, verdict, reason, pen, strike)
        dossier = dossiers[gate.case_id or ""]
        changed = self._changed(gate, dossier, pen)
        if changed is not None:
            return self._reopen(connection, gate, dossier, changed, pen)
        authority = self.authority(dossier.facts, gate.action)
        choice = self._checked_choice(gate, verdict, choice, dossier.facts, pen.day)
        self._vote(connection, gate, seat, giver, actor, verdict, choice, reason, pen, dossier)
        outcome = self._outcome(connection, gate, authority)
        if outcome.status == "open":
            return Answer(gate_id, "open", dossiers=(dossier,))
        dossier.record(ev.GateAnswered(gate_id, outcome.status, outcome.choice, gate.node, outcome.reason), pen)
        close(connection, gate_id, outcome, pen.day)
        dossier.wake(pen.day)
        approved = (dossier,) if outcome.status == "approved" else ()
        return Answer(gate_id, outcome.status, outcome.choice, approved=approved, dossiers=(dossier,))

    def escalate(self, connection: Connection, pen: Pen) -> int:
        """Lift every gate whose deadline has passed by one level: who sits changes, nothing is approved; returns how many.

        A seat that is answered stays; a gate that is at the top stays there; a list without members is withdrawn.
        """
        query = select(gates).where(gates.c.status == "open", gates.c.due_on < pen.day).order_by(gates.c.gate_id)
        rows = connection.execute(query.with_for_update()).all()
        by_gate = {row.gate_id: self._case_ids(connection, row) for row in rows}
        by_case = store.load(connection, [case for ids in by_gate.values() for case in ids])
        raised = 0
        for gate in rows:
            members = [by_case[case] for case in by_gate[gate.gate_id] if case in by_case]
            if members:
                raised += self._lift(connection, gate, members[0], pen)
            elif gate.kind == "list":
                self._withdraw_empty(connection, gate, pen)
        store.save(connection, list(by_case.values()))
        return raised

    def _lift(self, connection: Connection, gate: Any, first: Dossier, pen: Pen) -> bool:
        taken = set(connection.execute(select(votes.c.seat).where(votes.c.gate_id == gate.gate_id)).scalars())
        policy, seats = self._policy_of(first.facts), names_of(gate)
        names = tuple(seat if seat in taken else lifted(seat, policy) for seat in seats)
        if list(names) == seats:
            return False
        due_on = self._calendar_of(first.facts.jurisdiction).add(pen.day, 1)
        event = ev.GateEscalated(gate.gate_id, gate.level + 1, names, due_on)
        if gate.kind == "list":
            store.append(connection, gate.stream, [(event, None)], pen)
        else:
            first.record(event, pen)
        connection.execute(
            gates.update()
            .where(gates.c.gate_id == gate.gate_id)
            .values(level=gate.level + 1, seats=encode(list(names)), due_on=due_on)
        )
        return True

    def _withdraw_empty(self, connection: Connection, gate: Any, pen: Pen) -> Outcome:
        outcome = Outcome("withdrawn", "", "no member is left")
        store.append(connection, gate.stream, [(ev.GateWithdrawn(gate.gate_id, outcome.reason), None)], pen)
        close(connection, gate.gate_id, outcome, pen.day)
        return outcome

    def _case_ids(self, connection: Connection, gate: Any) -> list[str]:
        if gate.kind != "list":
            return [gate.case_id] if gate.case_id else []
        return sorted(connection.execute(_MEMBERS, {"gate": gate.gate_id}).scalars())

    def seat_of(self, connection: Connection, gate_id: str, actor: Actor, day: date) -> str:
        """The seat in which an actor may answer an open gate now. Raises UserError when there is none."""
        return self.sitting(connection, open_gate(connection, gate_id)).seat_for(connection, actor, day)[0]

    def sitting(self, connection: Connection, gate: Any) -> Sitting:
        """The seats of a gate's row, and who may sit in them."""
        return self._sitting(connection, gate, store.load(connection, self._case_ids(connection, gate), lock=False))

    def _sitting(self, connection: Connection, gate: Any, dossiers: dict[str, Dossier]) -> Sitting:
        facts = next(iter(dossiers.values())).facts if dossiers else None
        loss = facts is not None and self.authority(facts, gate.action).loss
        originators = {dossier.facts.terms.originator for dossier in dossiers.values()} if loss else set()
        return sitting_of(connection, gate.gate_id, gate.maker, names_of(gate), originators)

    def _checked_choice(self, gate: Any, verdict: str, choice: str, facts: Facts, day: date) -> str:
        node = self._ladder.by_name.get(gate.node)
        choices = node.choices if node is not None and verdict == "approve" else ()
        if choice in choices or not (choice or choices):
            if verdict == "approve":
                self._refuse_barred(gate, choice, facts, day)
            return choice
        given = f"{choice!r} is not a choice here" if choice else "this approval has to choose"
        mend = f"--choice {'|'.join(choices)}" if choices else "answer without --choice"
        raise UserError(given, where=f"gate {gate.gate_id}", mend=mend)

    def _refuse_barred(self, gate: Any, choice: str, facts: Facts, day: date) -> None:
        """What a rule forbids, no vote allows."""
        bar = self._advice.get(gate.node, Advice()).bars(facts, self._policy_of(facts), choice, day)
        if bar and choice:
            raise UserError(f"{choice} is barred by law: {bar}", where=f"gate {gate.gate_id}", mend="choose another")
        if bar:
            raise UserError(f"a yes is barred: {bar}", where=f"gate {gate.gate_id}", mend="reject or return it")

    def _changed(self, gate: Any, dossier: Dossier, pen: Pen) -> Evidence | None:
        now = self.evidence(dossier.facts, gate.action, pen.day, gate.node)
        return None if now.hash == gate.evidence_hash else now

    def _reopen(self, connection: Connection, gate: Any, dossier: Dossier, now: Evidence, pen: Pen) -> Answer:
        changes = differences(msgspec.json.decode(gate.evidence), now.parts)
        new_id = self.reopen(connection, gate, dossier, now, changes, pen)
        return Answer(gate.gate_id, "void", reopened_as=new_id, changes=changes, dossiers=(dossier,))

    def reopen(
        self, connection: Connection, gate: Any, dossier: Dossier, now: Evidence, changes: tuple[str, ...], pen: Pen
    ) -> str:
        """Void a gate whose evidence has changed; open it anew with the difference, at its old place in the queue."""
        dossier.record(ev.ApprovalVoided(gate.gate_id, gate.node, changes), pen)
        connection.execute(
            gates.update().where(gates.c.gate_id == gate.gate_id).values(status="void", answered_on=pen.day)
        )
        matter = gate.matter if gate.kind != "list" else f"visit:{dossier.case_id}/{gate.node}/{gate.n}"
        rounds = _rounds(connection, gate.matter)
        opening = Opening(matter, "visit", gate.action, self.tier(dossier.facts, gate.action), f"case:{dossier.case_id}",
                          dossier.case_id, gate.node, gate.n, gate.maker, gate.urgent)  # fmt: skip
        row, event = self.opened(dossier.facts, opening, now, pen, queued_from=gate.queued_from, round_=rounds + 1)
        dossier.record(msgspec.structs.replace(event, reopened=True, changes=changes), pen)
        bulk.insert(connection, gates, GATE_COLUMNS, [row])
        return event.gate_id

    def ask(self, connection: Connection, dossier: Dossier, node: str, n: int, urgent: str, pen: Pen) -> str:
        """Open a gate over a visit whose act was to go out without one, or under one that did not weigh what stands
        against it now: `urgent` says what that is."""
        facts, action = dossier.facts, self._ladder.by_name[node].action
        matter = f"visit:{dossier.case_id}/{node}/{n}"
        opening = Opening(matter, "visit", action, self.tier(facts, action), f"case:{dossier.case_id}", dossier.case_id,
                          node, n, facts.file.makers.get(node, pen.actor), urgent)  # fmt: skip
        shown = self.evidence(facts, action, pen.day, node)
        row, event = self.opened(facts, opening, shown, pen, round_=_rounds(connection, matter) + 1)
        dossier.record(msgspec.structs.replace(event, reopened=True), pen)
        bulk.insert(connection, gates, GATE_COLUMNS, [row])
        return event.gate_id

    def _vote(
        self,
        connection: Connection,
        gate: Any,
        seat: str,
        giver: str,
        actor: Actor,
        verdict: str,
        choice: str,
        reason: str,
        pen: Pen,
        dossier: Dossier | None,
    ) -> None:
        event = ev.VoteCast(gate.gate_id, seat, actor.name, verdict, reason, giver, choice)
        row = (gate.gate_id, seat, actor.name, giver, verdict, choice, reason, pen.day)
        bulk.insert(connection, votes, VOTE_COLUMNS, [row])
        if dossier is not None:
            dossier.record(event, pen)
        else:
            store.append(connection, gate.stream, [(event, None)], pen)

    def _outcome(self, connection: Connection, gate: Any, authority: Authority) -> Outcome:
        cast = connection.execute(_CAST, {"gate": gate.gate_id}).all()
        return resolve(rule_of(authority, gate.tier), names_of(gate), [tuple(vote) for vote in cast])

    def _answer_list(
        self,
        connection: Connection,
        gate: Any,
        dossiers: dict[str, Dossier],
        seat: str,
        giver: str,
        actor: Actor,
        verdict: Verdict,
        reason: str,
        pen: Pen,
        strike: Sequence[str],
    ) -> Answer:
        dropped = self._drop_changed(connection, gate, dossiers, pen)
        struck = self._strike(connection, gate, dossiers, dropped, actor, reason, pen, strike)
        gone = dropped | struck
        members = [dossier for case_id, dossier in sorted(dossiers.items()) if case_id not in gone]
        touched = tuple(dossiers.values())
        if not members:
            self._withdraw_empty(connection, gate, pen)
            return Answer(gate.gate_id, "withdrawn", dossiers=touched)
        if verdict == "strike":
            return Answer(gate.gate_id, "open", dossiers=touched)
        authority = self.authority(members[0].facts, gate.action)
        self._vote(connection, gate, seat, giver, actor, verdict, "", reason, pen, None)
        outcome = self._outcome(connection, gate, authority)
        if outcome.status == "open":
            return Answer(gate.gate_id, "open", dossiers=touched)
        event = ev.GateAnswered(gate.gate_id, outcome.status, outcome.choice, "", outcome.reason)
        store.append(connection, gate.stream, [(event, None)], pen)
        close(connection, gate.gate_id, outcome, pen.day)
        for dossier in members:
            dossier.record(msgspec.structs.replace(event, node=gate.node), pen)
            dossier.wake(pen.day)
        approved = tuple(members) if outcome.status == "approved" else ()
        return Answer(gate.gate_id, outcome.status, outcome.choice, approved=approved, dossiers=touched)

    def _drop_changed(self, connection: Connection, gate: Any, dossiers: dict[str, Dossier], pen: Pen) -> set[str]:
        """Members whose own facts changed leave the list by themselves; the rest of it stands."""
        rows = connection.execute(
            select(gate_members.c.case_id, gate_members.c.evidence_hash, gate_members.c.evidence).where(
                gate_members.c.gate_id == gate.gate_id, gate_members.c.state == "in"
            )
        )
        dropped: set[str] = set()
        for case_id, shown, text in rows:
            dossier = dossiers[case_id]
            now = self.evidence(dossier.facts, gate.action, pen.day)
            if now.hash == shown and dossier.file.end == "":
                continue
            changes = differences(msgspec.json.decode(text), now.parts)
            dossier.record(ev.MemberDropped(gate.gate_id, case_id, changes), pen)
            dossier.wake(pen.day)
            dropped.add(case_id)
        self._mark(connection, gate.gate_id, dropped, "dropped")
        return dropped

    def _strike(
        self,
        connection: Connection,
        gate: Any,
        dossiers: dict[str, Dossier],
        dropped: set[str],
        actor: Actor,
        reason: str,
        pen: Pen,
        strike: Sequence[str],
    ) -> set[str]:
        by_account = {dossier.facts.account_id: case_id for case_id, dossier in dossiers.items()}
        struck: set[str] = set()
        for name in strike:
            case_id = by_account.get(name, name)
            if case_id not in dossiers:
                raise UserError(f"{name!r} is not on this list", where=f"gate {gate.gate_id}", mend="see `gates show`")
            if case_id in dropped:
                continue
            dossiers[case_id].record(ev.MemberStruck(gate.gate_id, case_id, actor.name, reason), pen)
            dossiers[case_id].wake(pen.day)
            struck.add(case_id)
        self._mark(connection, gate.gate_id, struck, "struck")
        return struck

    def _mark(self, connection: Connection, gate_id: str, case_ids: set[str], state: str) -> None:
        rows = [(gate_id, case_id, state) for case_id in sorted(case_ids)]
        bulk.update(connection, gate_members, ("gate_id", "case_id"), ("state",), rows)


def _refuse_half_an_answer(gate: Any, verdict: str, reason: str, choice: str, strike: Sequence[str]) -> None:
    """Whatever the door let through: a word that is no verdict would fill a seat, a strike of nobody says nothing."""
    where = f"gate {gate.gate_id}"
    if verdict not in get_args(Verdict):
        raise UserError(f"{verdict!r} is no answer", where=where, mend=f"use one of {', '.join(get_args(Verdict))}")
    if not reason.strip():
        raise UserError("an answer needs a reason", where=where, mend="give --reason TEXT")
    if gate.kind != "list" and (strike or verdict == "strike"):
        raise UserError("only a list has members to strike", where=where, mend="reject or return it")
    if gate.kind == "list" and choice:
        raise UserError("a list offers no choice", where=where, mend="answer without --choice")
    if verdict == "strike" and not strike:
        raise UserError("whom to strike is not said", where=where, mend="name the accounts")


def _rounds(connection: Connection, matter: str) -> int:
    """How many gates there were over a matter."""
    return len(connection.execute(select(gates.c.gate_id).where(gates.c.matter == matter)).all())
