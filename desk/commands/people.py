"""Who may act: enrolment, personal tokens, delegation, standing authorisations."""

from __future__ import annotations

import getpass
from typing import Annotated

import msgspec
import typer
from sqlalchemy import func, select

from desk.commands.book import opened
from desk.console_text import AsJson, day_of, print_json, print_table, say
from recourse import events as ev
from recourse.actors import MACHINE, PERSON, delegate, enrol, issue_token
from recourse.canonical import derived_id
from recourse.errors import UserError
from recourse.gate_rows import role_of
from recourse.ledger import bulk, store
from recourse.ledger.database import reading, writing
from recourse.ledger.tables import actors, standing
from recourse.seats import seats_of

token_app = typer.Typer(help="Who may act, and personal tokens.", no_args_is_help=True)
As = Annotated[str, typer.Option("--as", metavar="ACTOR", help="demo mode only: act as somebody")]

FromDay = Annotated[str, typer.Option("--from", metavar="DAY")]
UntilDay = Annotated[str, typer.Option("--until", metavar="DAY")]


def _administrator(as_: str = "") -> str:
    """Who enrols others: the first enrolment is the installer's; later ones are an administrator's (role ADM)."""
    desk = opened()
    with reading(desk.engine) as connection:
        empty = not connection.execute(select(func.count()).select_from(actors)).scalar()
    if empty:
        return f"os:{getpass.getuser()}"
    actor = desk.actor(as_, day=desk.business_day())
    if "ADM" not in actor.roles:
        raise UserError(f"{actor.name} may not enrol others", mend="ask somebody with the role ADM")
    return actor.name


@token_app.command("enrol")
def enrol_(
    actor: str,
    role: Annotated[
        list[str] | None, typer.Option("--role", help="such as SUP, BLG; may be given several times")
    ] = None,
    caller: Annotated[bool, typer.Option("--caller", help="dials, and sits in no gate")] = False,
    machine: Annotated[bool, typer.Option("--machine", help="a robot that dials, and sits in no gate")] = False,
    os_user: Annotated[
        str | None, typer.Option("--os-user", help='operating-system user that is this person; "" takes it away')
    ] = None,
    airflow_user: Annotated[
        str, typer.Option("--airflow-user", help="user name in Airflow that is this person")
    ] = "",
    as_: As = "",
) -> None:  # fmt: skip
    """Enrol a person with roles, or a machine. The first one enrolled should hold ADM."""
    roles = role or []
    if machine and (roles or caller):
        raise UserError("a machine holds no role", where=actor, mend="give --machine alone")
    if not (roles or caller or machine):
        raise UserError(f"which role has {actor}?", where="--role", mend="give one, or --caller for who only dials")
    desk = opened()
    by, day = _administrator(as_), desk.business_day()
    known = {role_of(seat) for _, row in desk.book.at(day, desk.settings.jurisdiction, "").authority.values()
             for seats in row.tiers.values() for seat in seats_of(seats)}  # fmt: skip
    unknown = sorted(set(roles) - known - {"ADM"})
    if unknown:
        raise UserError(f"unknown role {unknown[0]!r}", mend=f"use ADM or one of {', '.join(sorted(known))}")
    with writing(desk.engine) as connection:
        kind = MACHINE if machine else PERSON
        enrol(connection, actor, roles, desk.pen(day, by), kind=kind, os_user=os_user, airflow_user=airflow_user)
    say(f"{actor} enrolled as {', '.join(roles) or ('machine' if machine else 'caller')}")


@token_app.command("issue")
def issue(actor: str, as_: As = "") -> None:
    """Issue a personal token; it is shown once."""
    desk = opened()
    by, day = _administrator(as_), desk.business_day()
    with writing(desk.engine) as connection:
        token = issue_token(connection, actor, desk.pen(day, by))
    say(token)


@token_app.command("list")
def list_(json: AsJson = False) -> None:
    """Who is enrolled."""
    desk = opened()
    with reading(desk.engine) as connection:
        rows = [
            (row.actor, row.kind, ", ".join(msgspec.json.decode(row.roles)), "yes" if row.token_hash else "")
            for row in connection.execute(select(actors).order_by(actors.c.actor))
        ]
    headers = ("actor", "kind", "roles", "token")
    print_json([dict(zip(headers, row, strict=True)) for row in rows]) if json else print_table(headers, rows)


@token_app.command("delegate")
def delegate_(
    to: str, from_: FromDay, until: UntilDay,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT")], as_: As = "",
) -> None:  # fmt: skip
    """Let somebody answer your seats between two days; both names stand on each vote."""
    desk = opened()
    day = desk.business_day()
    giver = desk.actor(as_, day=day)
    with writing(desk.engine) as connection:
        delegate(
            connection, giver, to, day_of(from_, "--from"), day_of(until, "--until"), reason, desk.pen(day, giver.name)
        )
    say(f"{to} answers for {giver.name} from {from_} until {until}")


@token_app.command("standing")
def standing_(
    node: str, from_: FromDay, until: UntilDay,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT")], as_: As = "",
) -> None:  # fmt: skip
    """Authorise a protective act in advance, so that no right is lost overnight. For those who sit in its gate."""
    desk = opened()
    day = desk.business_day()
    actor = desk.actor(as_, day=day)
    known = desk.ladder.by_name.get(node)
    if known is None or known.act_class != "protective" or known.drawn:
        allowed = [each.name for each in desk.ladder.nodes if each.act_class == "protective" and not each.drawn]
        raise UserError(f"{node!r} takes no standing authorisation", mend=f"protective acts only: {', '.join(allowed)}")
    row = desk.book.at(day, desk.settings.jurisdiction, "").authority[known.action][1]
    top = {role_of(seat) for seat in (*row.tiers["T3"].seats, *row.tiers["T4"].seats)}
    if not top & set(actor.roles):
        raise UserError(f"{actor.name} may not authorise {node} in advance", mend=f"needs {' or '.join(sorted(top))}")
    from_on, until_on = day_of(from_, "--from"), day_of(until, "--until")
    if until_on < from_on or not reason.strip():
        raise UserError("an authorisation needs a span and a reason", mend="--from DAY --until DAY --reason TEXT")
    grant = derived_id("standing", node, actor.name, from_on, until_on)
    with writing(desk.engine) as connection:
        bulk.upsert(
            connection, standing, ("grant_id", "node", "granted_by", "from_on", "until_on"),
            [(grant, node, actor.name, from_on, until_on)],
        )  # fmt: skip
        granted = ev.StandingAuthorised(grant, node, actor.name, from_on, until_on, reason)
        store.append(connection, "policy:standing", [(granted, None)], desk.pen(day, actor.name))
    say(f"{node} is authorised from {from_on} until {until_on}")
