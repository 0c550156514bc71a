"""Knowing a person again from one request to the next: what a session may remember, and when it ends.

A session keeps the name and a mark derived from the token's hash, never the token. Roles are read anew every time, and a
token that was issued again, or an actor that is gone, ends the session. Who may act at all is `recourse.actors`.
"""

from __future__ import annotations

import hashlib
import time

import msgspec
from sqlalchemy import select

from desk.open_desk import Desk
from recourse.actors import Actor, by_token
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.ledger.tables import actors

IMPERSONATED = "impersonated"


class Known(msgspec.Struct, frozen=True):
    """An actor who has shown who it is, and the mark by which a session knows that nothing changed since."""

    actor: Actor
    mark: str


def by_personal_token(desk: Desk, token: str) -> Known:
    """The person of a personal token; a service's token opens no session. UserError when the token is not known."""
    with reading(desk.engine) as connection:
        actor = by_token(connection, token.strip())
        row = connection.execute(_ACTOR.where(actors.c.actor == actor.name)).one()
    if row.kind != "person":
        raise UserError(f"{actor.name} is no person", mend="sign in with a token of your own")
    return Known(actor, _mark(row.token_hash))


def as_anyone(desk: Desk, name: str) -> Known:
    """Demo mode only: act as an enrolled actor, which is journaled."""
    return Known(desk.actor(name, day=desk.business_day()), IMPERSONATED)


def still(desk: Desk, name: str, mark: str) -> Actor | None:
    """The actor of a session with the roles of this moment; None when the session is at its end."""
    if mark == IMPERSONATED and not desk.settings.is_demo:
        return None
    with reading(desk.engine) as connection:
        row = connection.execute(_ACTOR.where(actors.c.actor == name)).first()
    if row is None or row.kind != "person":
        return None
    if mark != IMPERSONATED and (row.token_hash is None or mark != _mark(row.token_hash)):
        return None
    door = IMPERSONATED if mark == IMPERSONATED else "token"
    return Actor(row.actor, msgspec.json.decode(row.roles, type=tuple[str, ...]), door)


def everyone(desk: Desk) -> list[tuple[str, tuple[str, ...]]]:
    """Demo mode only: (name, roles) of every person enrolled who holds a role; nobody in other modes."""
    if not desk.settings.is_demo:
        return []
    with reading(desk.engine) as connection:
        rows = connection.execute(_ACTOR.where(actors.c.kind == "person").order_by(actors.c.roles, actors.c.actor))
        found = [(row.actor, msgspec.json.decode(row.roles, type=tuple[str, ...])) for row in rows]
    return [(name, roles) for name, roles in found if roles]


def seconds() -> int:
    """The clock's seconds, for the age of a session."""
    return int(time.time())


_ACTOR = select(actors.c.actor, actors.c.kind, actors.c.roles, actors.c.token_hash)


def _mark(token_hash: str) -> str:
    return hashlib.sha256(f"console:{token_hash}".encode()).hexdigest()[:32]
