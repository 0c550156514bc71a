"""A gate as it is kept: its columns, what it is opened over, the names of its seats, and what came of an answer."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, bindparam, select

from recourse.errors import UserError
from recourse.ledger import bulk
from recourse.ledger.dossier import Dossier
from recourse.ledger.tables import gates
from recourse.policy.book import Policy
from recourse.policy.values import Authority, Seats
from recourse.seats import Outcome

Verdict = Literal["approve", "reject", "return", "strike"]

GATE_COLUMNS = [
    "gate_id",
    "matter",
    "kind",
    "action",
    "tier",
    "stream",
    "case_id",
    "node",
    "n",
    "status",
    "maker",
    "seats",
    "level",
    "opened_on",
    "due_on",
    "queued_from",
    "choice",
    "urgent",
    "evidence_hash",
    "evidence",
    "packet_hash",
]
VOTE_COLUMNS = ["gate_id", "seat", "voter", "on_behalf_of", "verdict", "choice", "reason", "voted_on"]
MEMBER_COLUMNS = ["gate_id", "case_id", "n", "state", "evidence_hash", "evidence"]
_GATE = select(gates).where(gates.c.gate_id == bindparam("gate")).with_for_update()


class Opening(msgspec.Struct, frozen=True):
    """What a gate is about to be opened over."""

    matter: str
    kind: str
    action: str
    tier: str
    stream: str
    case_id: str | None
    node: str
    n: int
    maker: str
    urgent: str = ""
    packet_hash: str = ""


class Answer(msgspec.Struct, frozen=True):
    """What came of an answer: the gate's status now, and the route chosen when it is approved."""

    gate_id: str
    status: str
    choice: str = ""
    reopened_as: str = ""
    changes: tuple[str, ...] = ()
    approved: tuple[Dossier, ...] = ()
    """Cases whose act may now be queued."""

    dossiers: tuple[Dossier, ...] = ()


def role_of(seat: str) -> str:
    """The role that a seat asks for: ``then:HVP``, ``DRC#3`` and ``HVP#FIN`` ask for HVP, DRC and HVP."""
    return seat.removeprefix("then:").split("#")[0]


def names_of(gate: Any) -> list[str]:
    """The seats of a gate, the final approver's last."""
    return msgspec.json.decode(gate.seats, type=list[str])


def rule_of(authority: Authority, tier: str) -> Seats:
    """Who must agree at a tier; a tier that the authority pack does not have cannot be agreed to."""
    found = authority.tiers.get(tier)
    if found is None:
        raise UserError(f"no seats for {authority.action} at tier {tier}", mend="add the tier to the authority pack")
    return found


def lifted(seat: str, policy: Policy) -> str:
    """The seat one level up, which keeps the name of the seat that it stands for: ``FIN`` becomes ``HVP#FIN``, so that
    two seats that meet at one level stay two. At the top it stays as it is.
    """
    then, bare = "then:" if seat.startswith("then:") else "", seat.removeprefix("then:")
    role, _, origin = bare.partition("#")
    above = policy.up.get(role, role)
    if above == role:
        return seat
    return f"{then}{above}#{bare if not origin or origin.isdigit() else origin}"


def lock_gate(connection: Connection, gate_id: str) -> Any:
    """The row of a gate, locked until the transaction ends; one that is unknown is the caller's mistake."""
    gate = connection.execute(_GATE, {"gate": gate_id}).first()
    if gate is None:
        raise UserError(f"no gate {gate_id!r}", mend="see `recourse gates list`")
    return gate


def open_gate(connection: Connection, gate_id: str) -> Any:
    """The row of an open gate, locked; one that is unknown or answered is the caller's mistake."""
    gate = lock_gate(connection, gate_id)
    if gate.status != "open":
        raise UserError(f"the gate is {gate.status}", where=f"gate {gate_id}", mend="nothing is left to answer")
    return gate


def close(connection: Connection, gate_id: str, outcome: Outcome, day: date) -> None:
    """Keep what a gate came to."""
    row = (gate_id, outcome.status, day, outcome.choice)
    bulk.update(connection, gates, ("gate_id",), ("status", "answered_on", "choice"), [row])
