"""The scripted answers: what the staff say to each gate, the same whatever the door, and the embedded runner's door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec

from desk import inbox, portfolio, steps
from desk.open_desk import Desk
from desk.runner import Plan, play
from recourse.actors import Actor
from recourse.canonical import digest
from recourse.climb.strategy import Strategy
from recourse.ledger.dossier import Pen
from recourse.simulate.staff import roles_of

REASON = "looked at the file"


class Line(msgspec.Struct, frozen=True):
    """What one person is to say in one seat."""

    gate_id: str
    seat: str
    actor: str
    verdict: str
    choice: str


def script(desk: Desk) -> list[Line]:
    """What is said next, one seat of each gate: by chance of the gate's own id. One gate in six waits for ever.

    Of the gates of one account one is answered, the others wait for the next round: so the order is the same at any door.
    """
    lines: list[Line] = []
    spoken_for: set[str] = set()
    for step in sorted(steps.open_steps(desk), key=lambda step: step.gate_id):
        plan = _plan(step.gate_id)
        if plan == "wait":
            continue
        view = inbox.view(desk, step.gate_id)
        about = {view.account} if view.account else {account for account, _ in view.members}
        if about & spoken_for:
            continue
        spoken_for |= about
        seat = steps.now(view.waiting_for)[0]
        actor = inbox.sitters(desk, step.gate_id)[seat][0]
        choice = view.choices[int(digest(step.gate_id)[8:12], 16) % len(view.choices)] if view.choices else ""
        lines.append(Line(step.gate_id, seat, actor, plan, choice if plan == "approve" else ""))
    return lines


def _plan(gate_id: str) -> str:
    chance = int(digest(gate_id)[:8], 16) % 12
    return "reject" if chance == 0 else "return" if chance == 1 else "wait" if chance in (2, 3) else "approve"


def answer(desk: Desk, line: Line) -> str:
    """Say it at the embedded runner's door; returns the gate's status."""
    actor = Actor(line.actor, roles_of()[line.actor], "scripted")
    done = inbox.answer(desk, line.gate_id, actor, line.verdict, REASON, choice=line.choice, seat=line.seat)  # type: ignore[arg-type]
    return done.status


def answer_and_act(desk: Desk, day: date, *, compared: bool = False) -> None:
    """Say everything, round by round; what a round approved is done before the next one, as at any other door."""
    while lines := script(desk):
        approved = sorted(line.gate_id for line in lines if answer(desk, line) == "approved")
        portfolio.dispatch(desk, day, gate_ids=approved)
        if compared:
            portfolio.dispatch_left(desk, day)


def play_embedded(desk: Desk, days: Sequence[date], deliveries: Path, *, compared: bool = False) -> None:
    """Days by the embedded runner: its work, the answers, what they approved, the evening. `compared`: as where ledger and
    engine are compared after each round, which takes up what was approved before and has lost its brake."""

    def before(day: date, _: Pen) -> None:
        portfolio.take_in(desk, day, deliveries)

    def after(day: date, _: Strategy) -> None:
        answer_and_act(desk, day, compared=compared)

    for _ in play(desk, list(days), Plan(), before=before, after=after):
        pass
