"""One-time codes: how a person answers at a door that knows no person, such as the form of an engine without sign-in.

Somebody who may sit in a gate asks for a code where he is known (the command line, the console) and writes it on the form.
A code is good for one gate, one person and one answer, until the end of the next business day; a newer one takes its
place. Only its hash is kept. Its seat is judged when it is used, as every answer's is: a code opens no door by itself.

A form is heard once, whoever brings it again: what came of it is kept under the form's own name.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from recourse.actors import Actor, named
from recourse.errors import UserError
from recourse.events import CodeIssued, CodeRefused, CodeUsed
from recourse.gate_rows import lock_gate
from recourse.ledger import bulk, store
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import gate_codes, gate_forms

STREAM = "access:codes"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O and U: what is read aloud or copied by hand is read the same again."""
LENGTH = 10
GUESSING = 5
"""Codes refused for one gate from which on its form says that somebody is guessing."""
DOOR = "code"
_WORK = {"n": 2**12, "r": 8, "p": 1}
"""A hash takes 10 ms: 50 bits stay out of reach of somebody who has the hashes."""
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})
_HEARD = select(gate_forms).where(gate_forms.c.form == bindparam("form"))
_CODE = select(gate_codes).where(gate_codes.c.code_hash == bindparam("hash"))
_WRONG = select(func.count()).where(gate_forms.c.gate_id == bindparam("gate"), gate_forms.c.actor == "")


class Heard(msgspec.Struct, frozen=True):
    """What came of a form. `status`: of its gate afterwards; `actor`: whose code it bore ("" = a code that is not good);
    `refused`: why it did not count ("" = it did).
    """

    status: str
    actor: str = ""
    refused: str = ""


def issue(connection: Connection, gate_id: str, actor: Actor, good_until_on: date, pen: Pen) -> str:
    """A new code, such as ``4K7QM-Z9T2R``; the one that the person had for this gate is good no more."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    older = (gate_codes.c.gate_id == gate_id, gate_codes.c.actor == actor.name, ~gate_codes.c.used)
    connection.execute(gate_codes.delete().where(*older))
    hashed = _hash(gate_id, code)
    columns = ("code_hash", "gate_id", "actor", "good_until_on", "used")
    bulk.insert(connection, gate_codes, columns, [(hashed, gate_id, actor.name, good_until_on, False)])
    issued = CodeIssued(gate_id, actor.name, hashed[:12], good_until_on)
    store.append(connection, STREAM, [(issued, None)], pen)
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def holder(connection: Connection, gate_id: str, code: str, day: date) -> Actor:
    """The person of a code, with the roles of this moment. Raises UserError for a code that is not good for the gate."""
    row = connection.execute(_CODE, {"hash": _hash(gate_id, code)}).first()
    mend = "ask for a new one where you are known: `recourse gates code`, or the gate's page in the console"
    if row is None:
        raise UserError("this code is not known for this gate", mend=mend)
    if row.used:
        raise UserError("this code was used before", mend=mend)
    if row.good_until_on < day:
        raise UserError(f"this code was good until {row.good_until_on}", mend=mend)
    return named(connection, row.actor, DOOR)


def heard(connection: Connection, form: str, gate_id: str) -> Heard | None:
    """What came of a form before, None when it is new. Holds the gate until the transaction ends, so that two processes
    which bring one form do not both have it counted."""
    lock_gate(connection, gate_id)
    row = connection.execute(_HEARD, {"form": form}).first()
    return None if row is None else Heard(row.status, row.actor, row.refused)


def keep(connection: Connection, form: str, gate_id: str, code: str, outcome: Heard, pen: Pen) -> None:
    """Keep what came of a form; its code is used up."""
    hashed = _hash(gate_id, code)
    row = (form, gate_id, outcome.actor, outcome.status, outcome.refused)
    bulk.insert(connection, gate_forms, ("form", "gate_id", "actor", "status", "refused"), [row])
    event: CodeUsed | CodeRefused = CodeRefused(gate_id, outcome.refused)
    if outcome.actor:
        connection.execute(gate_codes.update().where(gate_codes.c.code_hash == hashed).values(used=True))
        event = CodeUsed(gate_id, outcome.actor, hashed[:12], outcome.refused)
    store.append(connection, STREAM, [(event, None)], pen)


def is_guessed(connection: Connection, gate_id: str) -> bool:
    """Whether so many wrong codes came for a gate that somebody is guessing."""
    return bool((connection.execute(_WRONG, {"gate": gate_id}).scalar() or 0) >= GUESSING)


def _hash(gate_id: str, code: str) -> str:
    """Salted by the gate: a code says nothing of another gate's."""
    read = code.upper().translate(_MISREAD)
    return hashlib.scrypt(read.encode(), salt=gate_id.encode(), dklen=32, **_WORK).hex()
