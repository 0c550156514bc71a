"""The callers of the made-up bank: enrolled, certified and skilled the way a real bank's are, and renewed year by year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from sqlalchemy import Connection

from recourse import events as ev
from recourse.callers.register import OWN, Entry
from recourse.callers.standard import standings
from recourse.ledger import caller_rows
from recourse.ledger.dossier import Pen
from recourse.policy.book import Policy
from recourse.policy.calling_values import CallerCertificate
from recourse.simulate.staff import CALLERS, LATE_FOR_TRAINING, SENIOR_CALLERS

CAPACITY = 120
SENIOR = "senior"
RENEWED_AHEAD_DAYS = 30
LATE_DAYS = 6
"""How long after its last day the certificate of the one who is late is renewed."""
PAPER = "人力资源部培训档案"


def found_callers(
    connection: Connection, policy: Policy, pen: Pen, *, capacity: int = CAPACITY,
    names: Mapping[str, tuple[str, ...]] | None = None,
) -> None:  # fmt: skip
    """Enrol callers with their skills (default: the staff's) and every certificate that the rules ask for."""
    skilled = names or {name: (SENIOR,) if name in SENIOR_CALLERS else () for name in CALLERS}
    for name, skills in sorted(skilled.items()):
        made: list[ev.Event] = [ev.CollectorEnrolled(name, OWN, pen.day, capacity)]
        made += [
            ev.CollectorCertified(name, rule.certificate, pen.day, None, PAPER)
            for _, rule in policy.of("caller_certificate", CallerCertificate)
        ]
        made += [ev.SkillGiven(name, skill) for skill in skills]
        caller_rows.record(connection, name, [(event, None) for event in made], pen)


def renew_certificates(connection: Connection, policy: Policy, pen: Pen) -> None:
    """Renew what is about to expire; one of the callers is always some days late, and does not dial meanwhile."""
    for name, entry in caller_rows.entries(connection).items():
        renewed = [(event, None) for event in _renewals(name, entry, policy, pen.day)]
        if renewed:
            caller_rows.record(connection, name, renewed, pen)


def _renewals(name: str, entry: Entry, policy: Policy, day: date) -> Iterator[ev.Event]:
    seen_on = day + timedelta(days=-LATE_DAYS if name == LATE_FOR_TRAINING else RENEWED_AHEAD_DAYS)
    if entry.works_on(seen_on) and entry.works_on(day):
        for each in standings(entry, seen_on, policy):
            if each.state == "lacking":
                yield ev.CollectorCertified(name, each.certificate, day, None, PAPER)
