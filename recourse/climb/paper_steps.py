"""What is done to papers that only people may issue: each stage is judged and recorded under the lock of the paper's case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy import Connection, Engine, select

from recourse import events as ev
from recourse.climb import arrivals
from recourse.climb.arrivals import Arrival
from recourse.errors import UserError
from recourse.ledger import paper_rows, sets, store
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import actors, papers
from recourse.paper_life import Life, Step, check


class Paper(msgspec.Struct, frozen=True):
    """A paper and the life that its template gives it. `begun`: the steps of one that a step of the ladder drafted, of which
    the ledger has none of its own."""

    case_id: str
    sha256: str
    life: Life
    begun: tuple[Step, ...] = ()


def advance(
    engine: Engine, pen: Pen, paper: Paper, event: ev.Event, on: date | None = None, with_it: Sequence[ev.Event] = ()
) -> Step:
    """Take a paper to its next stage; `with_it` is recorded beside it. UserError when the stage may not follow now, when a
    number of the register of seals is taken, and for a person or a scan that is not known here."""
    with writing_on(engine, pen.day) as connection:
        store.load(connection, [paper.case_id])
        done = paper_rows.of_paper(connection, paper.case_id, paper.sha256).steps or paper.begun
        step = msgspec.structs.replace(paper_rows.step_of(event), on=on or pen.day)
        kind = _kind_of(connection, paper.case_id, step.copy) if step.copy and step.stage != "reviewed" else ""
        check(paper.life, done, step, kind)
        _refuse_strangers(connection, paper.life, step)
        if step.number and paper_rows.has_number(connection, step.number):
            raise UserError(f"another paper bears {step.number}", where="--number", mend="see the register of seals")
        arrivals.record(connection, pen, [Arrival(paper.case_id, each, on) for each in (event, *with_it)])
        return step


def _kind_of(connection: Connection, case_id: str, sha256: str) -> str:
    """The kind under which a scan was received on the paper's case."""
    query = select(papers.c.kind, papers.c.source).where(papers.c.case_id == case_id, papers.c.sha256 == sha256)
    row = connection.execute(query).first()
    if row is None:
        raise UserError("no such paper was brought in", where=sha256[:12], mend="`recourse document add` it first")
    return str(row.kind) if row.source in ("", "counsel") else f"{row.kind} from {row.source}"


def _refuse_strangers(connection: Connection, life: Life, step: Step) -> None:
    """Who reviews, signs or keeps the seal is enrolled here; counsel of a law firm is not."""
    if not step.who or (life.scan and step.stage in ("signed", "sealed")):
        return
    query = select(actors.c.actor).where(sets.one_of(actors.c.actor, "names"), actors.c.kind == "person")
    if connection.execute(query, {"names": [step.who]}).first() is None:
        raise UserError(f"no person is enrolled as {step.who!r}", mend="see `recourse token list`")
