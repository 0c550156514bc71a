"""Who may sit in a gate: one person one seat, never the maker, no loan's originator in a loss seat; delegates sit for
the person who delegated to them. Answering and asking for answers both read it here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import msgspec
from sqlalchemy import Connection, bindparam, select

from recourse.actors import Actor, enrolled, given_on, given_to
from recourse.errors import UserError
from recourse.gate_rows import role_of
from recourse.ledger.tables import votes

_TAKEN = select(votes.c.seat, votes.c.voter, votes.c.on_behalf_of).where(votes.c.gate_id == bindparam("gate"))


class Sitting(msgspec.Struct, frozen=True):
    """The seats of one open gate and who is out of the question for them.

    `names`: all seats, the final approver's last; `filled`: those answered; `voted`: who answered, or had somebody answer
    for them; `originators`: of the loans that the gate decides a loss of (none when it decides none).
    """

    gate_id: str
    maker: str
    names: Sequence[str]
    filled: Collection[str]
    voted: Collection[str]
    originators: Collection[str]

    @property
    def free(self) -> list[str]:
        """Seats that can be answered now: the final approver's only when no other is left."""
        left = self.left
        return [seat for seat in left if not seat.startswith("then:")] or left

    @property
    def left(self) -> list[str]:
        """Seats that are not answered."""
        return [seat for seat in self.names if seat not in self.filled]

    def seat_for(self, connection: Connection, actor: Actor, day: date, asked: str = "") -> tuple[str, str]:
        """The free seat this actor may answer, and on whose behalf ("" = own). Own seats before delegated ones; when one
        seat was `asked`, that one or none.
        """
        where = f"gate {self.gate_id}"
        if actor.name == self.maker:
            raise UserError("the maker never votes", where=where, mend="another person has to answer")
        if actor.name in self.voted:
            raise UserError(f"{actor.name} has voted already", where=where, mend="one person has one vote")
        if actor.name in self.originators:
            mend = "another person has to answer"
            raise UserError("the loan's originator sits in no loss seat", where=where, mend=mend)
        seats = [seat for seat in self.free if asked in ("", seat)]
        for holder in (actor, *given_to(connection, actor.name, day)):
            for seat in seats:
                if self._may_hold(holder, seat):
                    return seat, "" if holder is actor else holder.name
        wanted = ", ".join(self.free) or "none"
        raise UserError(f"{actor.name} has no seat here", where=where, mend=f"seats still to be answered: {wanted}")

    def sitters(self, connection: Connection, day: date) -> Mapping[str, tuple[str, ...]]:
        """Every seat that is not answered → the names of all who may answer it on a day: three queries at most."""
        people = {actor.name: actor for actor in enrolled(connection)}
        takers: dict[str, list[str]] = {}
        for giver, taker in given_on(connection, day):
            takers.setdefault(giver, []).append(taker)
        found: dict[str, tuple[str, ...]] = {}
        for seat in self.left:
            names: set[str] = set()
            for holder in people.values():
                if self._may_hold(holder, seat):
                    names.update([holder.name, *takers.get(holder.name, ())])
            found[seat] = tuple(sorted(name for name in names if name in people and self._may_answer(name)))
        return found

    def _may_answer(self, name: str) -> bool:
        return name != self.maker and name not in self.voted and name not in self.originators

    def _may_hold(self, holder: Actor, seat: str) -> bool:
        return self._may_answer(holder.name) and role_of(seat) in holder.roles


def sitting_of(
    connection: Connection, gate_id: str, maker: str, names: Sequence[str], originators: Collection[str]
) -> Sitting:
    """The sitting of a gate, with the votes cast so far."""
    taken = connection.execute(_TAKEN, {"gate": gate_id}).all()
    voted = {name for _, voter, giver in taken for name in (voter, giver) if name}
    return Sitting(gate_id, maker, names, {seat for seat, _, _ in taken}, voted, originators)
