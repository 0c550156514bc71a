"""Who acts: enrolled persons and services, known by a personal token, or by the name under which the operating system or
the bank's Airflow knows them.

Only an :class:`Actor` made here may answer a gate, whatever the door.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy import Connection, bindparam, select

from recourse.canonical import derived_id, encode
from recourse.errors import UserError
from recourse.events import ActorEnrolled, ActorImpersonated, DelegationMade, TokenIssued
from recourse.ledger import bulk, sets, store
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import actors, delegations

STREAM = "access:actors"
PERSON, MACHINE = "person", "service"
"""Kinds of actor."""
_GIVERS = (
    select(actors.c.actor, actors.c.roles)
    .join(delegations, delegations.c.giver == actors.c.actor)
    .where(
        delegations.c.taker == bindparam("taker"),
        delegations.c.from_on <= bindparam("day"),
        delegations.c.until_on >= bindparam("day"),
    )
    .order_by(actors.c.actor)
)


class Actor(msgspec.Struct, frozen=True):
    """An authenticated actor; `door` is how we know (token, os_user, airflow, code, impersonated, delegated)."""

    name: str
    roles: tuple[str, ...]
    door: str


def enrol(
    connection: Connection,
    name: str,
    roles: Sequence[str],
    pen: Pen,
    *,
    kind: str = PERSON,
    os_user: str | None = None,
    airflow_user: str | None = None,
) -> None:
    """Give a person or service its roles, or change them. A user that is not named stays as it was; "" takes it away.

    Raises UserError when a user is somebody else's already.
    """
    if not name.strip():
        raise UserError("an actor needs a name", mend="give a staff id")
    for column, user in ((actors.c.os_user, os_user), (actors.c.airflow_user, airflow_user)):
        query = select(actors.c.actor).where(column == user, actors.c.actor != name)
        holder = connection.execute(query).scalar() if user else None
        if holder is not None:
            mend = f"give another, or enrol {holder} with an empty one first"
            raise UserError(f"{column.name.replace('_', ' ')} {user!r} is {holder} already", mend=mend)
    query = select(actors.c.token_hash, actors.c.os_user, actors.c.airflow_user).where(actors.c.actor == name)
    token_hash, *before = connection.execute(query).first() or (None, None, None)
    users = [was if new is None else new or None for was, new in zip(before, (os_user, airflow_user), strict=True)]
    row = (name, kind, encode(list(roles)), token_hash, *users)
    bulk.upsert(connection, actors, ("actor", "kind", "roles", "token_hash", "os_user", "airflow_user"), [row])
    store.append(connection, STREAM, [(ActorEnrolled(name, tuple(roles), kind), None)], pen)


def issue_token(connection: Connection, name: str, pen: Pen) -> str:
    """A new personal token for an enrolled actor; only its hash is kept, so it is shown once."""
    if connection.execute(select(actors.c.actor).where(actors.c.actor == name)).first() is None:
        raise UserError(f"nobody is enrolled as {name!r}", mend="`recourse token enrol` first")
    token = secrets.token_urlsafe(24)
    connection.execute(actors.update().where(actors.c.actor == name).values(token_hash=_hash(token)))
    store.append(connection, STREAM, [(TokenIssued(name, _hash(token)[:12]), None)], pen)
    return token


def by_token(connection: Connection, token: str) -> Actor:
    """The actor of a personal token."""
    row = connection.execute(select(actors.c.actor, actors.c.roles).where(actors.c.token_hash == _hash(token))).first()
    if row is None:
        raise UserError("this token is not known", mend="ask for a new one: `recourse token issue`")
    return Actor(row[0], _roles(row[1]), "token")


def by_os_user(connection: Connection, os_user: str) -> Actor:
    """The actor that an operating-system user was enrolled as."""
    row = connection.execute(select(actors.c.actor, actors.c.roles).where(actors.c.os_user == os_user)).first()
    if row is None:
        raise UserError(f"user {os_user!r} is not enrolled", mend="set RECOURSE_TOKEN, or enrol this user")
    return Actor(row[0], _roles(row[1]), "os_user")


def named(connection: Connection, name: str, door: str) -> Actor:
    """An enrolled actor whom `door` has known by other means, with the roles of this moment."""
    row = connection.execute(select(actors.c.actor, actors.c.roles).where(actors.c.actor == name)).first()
    if row is None:
        raise UserError(f"nobody is enrolled as {name!r}", mend="see `recourse token list`")
    return Actor(row[0], _roles(row[1]), door)


def is_machine(connection: Connection, name: str) -> bool:
    """Whether an actor was enrolled as a machine; one that nobody enrolled is taken for a person."""
    return bool(connection.execute(select(actors.c.kind).where(actors.c.actor == name)).scalar() == MACHINE)


def by_airflow_user(connection: Connection, user: str) -> Actor:
    """The actor that a user of the bank's Airflow was enrolled as; Airflow has authenticated the user."""
    row = connection.execute(select(actors.c.actor, actors.c.roles).where(actors.c.airflow_user == user)).first()
    if row is None:
        mend = f"`recourse token enrol NAME --role … --airflow-user {user}`"
        raise UserError(f"Airflow's user {user!r} is not enrolled", mend=mend)
    return Actor(row[0], _roles(row[1]), "airflow")


def airflow_users(connection: Connection, names: Sequence[str]) -> dict[str, str]:
    """Actor → Airflow's user, of those among `names` that have one."""
    query = select(actors.c.actor, actors.c.airflow_user).where(
        sets.one_of(actors.c.actor, "names"), actors.c.airflow_user.is_not(None)
    )
    return {actor: user for actor, user in connection.execute(query, {"names": list(names)})}


def enrolled(connection: Connection) -> list[Actor]:
    """Everybody who is enrolled, by name; as such they answer nothing."""
    rows = connection.execute(select(actors.c.actor, actors.c.roles).order_by(actors.c.actor))
    return [Actor(name, _roles(roles), "enrolled") for name, roles in rows]


def impersonated(connection: Connection, name: str, by: str, pen: Pen) -> Actor:
    """Demo mode only: act as an enrolled actor; journaled as impersonation."""
    actor = named(connection, name, "impersonated")
    store.append(connection, STREAM, [(ActorImpersonated(name, by), None)], pen)
    return actor


def delegate(
    connection: Connection, giver: Actor, taker: str, from_on: date, until_on: date, reason: str, pen: Pen
) -> None:
    """Let somebody answer this actor's seats between two days; the vote then bears both names."""
    if until_on < from_on:
        raise UserError("the delegation ends before it begins", mend="give --until on or after --from")
    if not reason.strip():
        raise UserError("a delegation needs a reason", mend="give --reason TEXT")
    if taker == giver.name or connection.execute(select(actors.c.actor).where(actors.c.actor == taker)).first() is None:
        raise UserError(f"cannot delegate to {taker!r}", mend="name another enrolled person")
    row = (derived_id("delegation", giver.name, taker, from_on, until_on), giver.name, taker, from_on, until_on)
    bulk.upsert(connection, delegations, ("delegation_id", "giver", "taker", "from_on", "until_on"), [row])
    store.append(connection, STREAM, [(DelegationMade(giver.name, taker, from_on, until_on, reason), None)], pen)


def given_to(connection: Connection, taker: str, day: date) -> list[Actor]:
    """Actors whose seats `taker` may answer on a day, with their roles."""
    found = connection.execute(_GIVERS, {"taker": taker, "day": day})
    return [Actor(name, _roles(roles), "delegated") for name, roles in found]


def given_on(connection: Connection, day: date) -> list[tuple[str, str]]:
    """(giver, taker) of every delegation in force on a day."""
    query = select(delegations.c.giver, delegations.c.taker).where(
        delegations.c.from_on <= day, delegations.c.until_on >= day
    )
    return [(giver, taker) for giver, taker in connection.execute(query)]


def _roles(text: str) -> tuple[str, ...]:
    return msgspec.json.decode(text, type=tuple[str, ...])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
