"""Callers who may dial on every day of a test, whatever the day: each certificate renewed year by year beforehand."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from recourse import events as ev
from recourse.ledger import caller_rows
from recourse.ledger.dossier import Pen
from recourse.policy.calling_values import CallerCertificate
from tests.core.any_facts import book

YEARS = 12
SKILLS = ("senior",)


def at_work(
    connection: Connection, pen: Pen, *names: str, skills: tuple[str, ...] = SKILLS, capacity: int = 10_000,
    jurisdiction: str = "cn",
) -> None:  # fmt: skip
    """Enrol callers since `pen.day` with every certificate that the rules of the place ask for."""
    policy = book().at(pen.day, jurisdiction, "")
    asked = [rule.certificate for _, rule in policy.of("caller_certificate", CallerCertificate)]
    for name in names:
        made: list[ev.Event] = [ev.CollectorEnrolled(name, "own", pen.day, capacity)]
        made += [
            ev.CollectorCertified(name, certificate, date(year, 1, 1), date(year, 12, 31), "HR")
            for year in range(pen.day.year, pen.day.year + YEARS)
            for certificate in asked
        ]
        made += [ev.SkillGiven(name, skill) for skill in skills]
        caller_rows.record(connection, name, [(event, None) for event in made], pen)
