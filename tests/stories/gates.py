"""What people do at gates: say yes, say no, strike, authorise in advance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import select

from desk.operations import Operations
from recourse import events as ev
from recourse.actors import Actor
from recourse.climb import lists
from recourse.gate_rows import Verdict, role_of
from recourse.ledger import bulk, store
from recourse.ledger.database import reading, writing
from recourse.ledger.tables import gate_members, gates, standing, votes
from recourse.simulate.staff import STAFF, roles_of
from tests.stories.ground import Day, Ground, on_day

ROLES = roles_of()


class Gates(Ground):
    """The gates of a story's bank, and the staff that sits in them."""

    def open_gates(self, node: str, account_id: str = "") -> list[str]:
        """Ids of the open gates of a node, or of those that an account waits at."""
        query = select(gates.c.gate_id).where(gates.c.node == node, gates.c.status == "open").order_by(gates.c.gate_id)
        with reading(self.desk.engine) as connection:
            found = list(connection.execute(query).scalars())
            if not account_id:
                return found
            case_id = store.latest_case_id(connection, account_id)
            own = select(gates.c.gate_id).where(gates.c.case_id == case_id)
            listed = select(gate_members.c.gate_id).where(
                gate_members.c.case_id == case_id, gate_members.c.state == "in"
            )
            mine = {*connection.execute(own).scalars(), *connection.execute(listed).scalars()}
        return [gate for gate in found if gate in mine]

    def approve(
        self, node: str, account_id: str = "", *, choice: str = "", strike: Sequence[str] = (),
        reason: str = "材料齐备，同意",
    ) -> list[str]:  # fmt: skip
        """All seats of the node's open gates say yes; the gates' statuses in the end."""
        return [self._answer(gate, "approve", reason, choice, strike) for gate in self._waiting(node, account_id)]

    def reject(self, node: str, account_id: str = "", *, reason: str = "证据不足") -> list[str]:
        """The first seat of each open gate of the node says no."""
        return [self._answer(gate, "reject", reason) for gate in self._waiting(node, account_id)]

    def _waiting(self, node: str, account_id: str) -> list[str]:
        found = self.open_gates(node, account_id)
        assert found, f"no gate of {node} is open on {self.day}"
        return found

    def _answer(self, gate: str, verdict: Verdict, reason: str, choice: str = "", strike: Sequence[str] = ()) -> str:
        status = "open"
        while status == "open":
            actor = self._next_seat(gate)
            done = lists.answer(self.desk.engine, self.strategy, self.pen(actor.name), gate, actor, verdict, reason,
                                choice=choice, strike=strike)  # fmt: skip
            status, strike = done.status, ()
        return status

    def _next_seat(self, gate: str) -> Actor:
        with reading(self.desk.engine) as connection:
            names = msgspec.json.decode(
                connection.execute(select(gates.c.seats).where(gates.c.gate_id == gate)).scalar() or "[]",
                type=list[str],
            )
            cast = connection.execute(select(votes.c.seat, votes.c.voter).where(votes.c.gate_id == gate)).all()
        filled, voted = {seat for seat, _ in cast}, {voter for _, voter in cast}
        free = sorted((seat for seat in names if seat not in filled), key=lambda seat: seat.startswith("then:"))
        name = next(each for each in STAFF[role_of(free[0])] if each not in voted)
        return Actor(name, ROLES[name], "simulated")

    def answers(self, actor: str, gate: str, verdict: Verdict = "approve", reason: str = "同意") -> str:
        """One person answers one gate; its status now."""
        who = Actor(actor, ROLES[actor], "simulated")
        return lists.answer(self.desk.engine, self.strategy, self.pen(actor), gate, who, verdict, reason).status

    def gates(self, account_id: str, node: str) -> list[Any]:
        """Rows of every gate that an account's latest case ever had of its own at a node, oldest first."""
        with reading(self.desk.engine) as connection:
            query = select(gates).where(
                gates.c.case_id == store.latest_case_id(connection, account_id), gates.c.node == node
            )
            return list(connection.execute(query.order_by(gates.c.opened_on, gates.c.status.desc())))

    def level(self, gate: str) -> int:
        """How often a gate was escalated."""
        with reading(self.desk.engine) as connection:
            return int(connection.execute(select(gates.c.level).where(gates.c.gate_id == gate)).scalar() or 0)

    def authorise(self, node: str, by: str, *, until: Day) -> str:
        """A standing authorisation from today on; its id."""
        with writing(self.desk.engine) as connection:
            row = (f"grant-{node}", node, by, self.day, on_day(until))
            bulk.upsert(connection, standing, ("grant_id", "node", "granted_by", "from_on", "until_on"), [row])
            granted = ev.StandingAuthorised(row[0], node, by, self.day, row[4], "保证期间不等人")
            store.append(connection, "policy:standing", [(granted, None)], self.pen(by))
        return row[0]

    def staff_agrees(self, *nodes: str, **choices: str) -> None:
        """From now on these nodes' gates are agreed to on the evening they open; `litigation_route="sue"` chooses."""
        wanted: Mapping[str, str] = {**dict.fromkeys(nodes, ""), **choices}

        def evening(_: Operations) -> None:
            for node, choice in wanted.items():
                if self.open_gates(node):
                    self.approve(node, choice=choice)

        self.habits.append(evening)
