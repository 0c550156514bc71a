"""A small book of loans played for some weeks with acts that reach nobody: the same life, however it is cut up.

Every choice is derived from ids and days, so that two plays differ only where Recourse does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from recourse import events as ev
from recourse.canonical import derived_id, encode
from recourse.climb import arrivals
from recourse.climb.arrivals import Spoken
from recourse.errors import UserError
from recourse.facts import CollateralFact, GuaranteeFact, GuaranteeKind, Security, Terms
from recourse.gate_rows import names_of, role_of
from recourse.ledger.database import reading
from recourse.ledger.export import export
from recourse.ledger.tables import calls, cases, gates, votes
from tests.climb.fake_acts import Sender, acts_of, whole_set
from tests.core.ledgers import MONDAY, STAFF, Ledger, pen_of

LATE = (1, 2, 5, 9, 12, 20, 29, 31, 44, 60, 70, 95, 120, 200)
DEBTORS = 26
CODES = ("no_answer", "no_answer", "busy", "promise", "refused", "no_answer", "hardship")


def drawn(below: int, *parts: object) -> int:
    """A number that looks random and is always the same."""
    return int(derived_id(*parts)[:8], 16) % below


def fill(ledger: Ledger) -> None:
    """Debtors with one or two loans each, some guaranteed, some secured, some due as a whole."""
    for n in range(DEBTORS):
        person = f"p{n:02}"
        ledger.person(person, "Asia/Shanghai", "", *(("post", "phone") if n % 7 == 0 else ()))
        for m in range(2 if n % 5 == 0 else 1):
            account = f"a{n:02}{'xy'[m]}"
            days_late = LATE[drawn(len(LATE), account)]
            matures_on = MONDAY - timedelta(days=20) if n % 6 == 2 else date(2028, 6, 1)
            guarantee = GuaranteeFact(
                f"g{n}", f"q{n}", list(GuaranteeKind)[n % 2], MONDAY + timedelta(days=5 + 9 * (n % 8))
            )
            security = Security(
                guarantees=(guarantee,) if n % 3 == 0 else (),
                collateral=(CollateralFact(f"k{n}", "real_estate"),) if n % 4 == 1 else (),
            )
            yuan = (300, 4_000, 9_000, 60_000, 400_000, 1_500_000, 6_000_000)[drawn(7, account, "sum")]
            ledger.loan(account, person, days_late, yuan=yuan, terms=Terms(matures_on, matures_on, acceleration_clause=True),
                        security=security, product="mortgage" if n % 4 == 1 else "consumer_loan")  # fmt: skip


def accounts() -> list[str]:
    return [f"a{n:02}{'xy'[m]}" for n in range(DEBTORS) for m in range(2 if n % 5 == 0 else 1)]


def news(ledger: Ledger, day: date) -> None:
    """The day's delivery: fresh balances, somebody pays something, somebody pays all; and what people report."""
    ledger.delivery(day)
    for account in accounts():
        fate = drawn(120, account, day, "fate")
        if fate == 0:
            ledger.paid_in_full(day, account)
        elif fate == 1:
            ledger.delivery(day, account, oldest_unpaid_due_on=day + timedelta(days=3), overdue=0)
        elif fate < 5 and has_case(ledger, account):
            ledger.arrive(account, ev.PaymentReceived(f"y{account}{day}", 100 * fate), day=day)
        elif fate < 7 and has_case(ledger, account):
            kind = ("complaint", "dispute", "hardship")[drawn(3, account, day)]
            until = day + timedelta(days=4 + fate)
            ledger.arrive(account, ev.BrakePlaced(f"h{account}{day}", kind, until), day=day)
    for n in range(DEBTORS):
        if drawn(400, n, day, "death") == 0:
            arrivals.learn_status(ledger.engine, pen_of(day), f"p{n:02}", "deceased", day, "certificate")


def has_case(ledger: Ledger, account: str) -> bool:
    return bool(ledger.rows(cases, cases.c.account_id == account, cases.c.closed_on.is_(None)))


def call_room(ledger: Ledger, day: date) -> None:
    """Every item is dialled once, in the order of its id."""
    waiting = [row.call_id for row in ledger.rows(calls, calls.c.state == "open")]
    pen = pen_of(day, "caller-1")
    spoken = []
    for answer in arrivals.dial(ledger.engine, ledger.strategy(day), pen, waiting):
        if not answer.permit_id:
            continue
        code = CODES[drawn(len(CODES), answer.call_id, day)]
        promise = day + timedelta(days=3) if code == "promise" else None
        again = code in ("no_answer", "busy")
        follows: Sequence[ev.Event] = () if again else (ev.VisitLeft("call", code),)
        spoken.append(Spoken(answer.call_id, code, promise, None, tuple(follows), again))
    arrivals.record_calls(ledger.engine, pen, spoken)


def meetings(ledger: Ledger, day: date) -> None:
    """Open gates are answered seat by seat after a day or more; one in nine is objected to."""
    for gate in sorted(ledger.rows(gates, gates.c.status == "open"), key=lambda row: str(row.gate_id)):
        if (day - gate.opened_on).days < drawn(5, gate.gate_id):
            continue
        taken = {row.seat for row in ledger.rows(votes, votes.c.gate_id == gate.gate_id)}
        free = [seat for seat in names_of(gate) if seat not in taken]
        for seat in [seat for seat in free if not seat.startswith("then:")] or free:
            verdict = "reject" if drawn(30, gate.gate_id, seat) == 0 else "approve"
            if answered(ledger, gate, seat, verdict, day) != "open":
                break


def answered(ledger: Ledger, gate: Any, seat: str, verdict: str, day: date) -> str:
    node = ledger.ladder.by_name[gate.node]
    given = {"choice": node.choices[drawn(2, gate.gate_id)]} if node.choices and verdict == "approve" else {}
    for who in STAFF[role_of(seat)]:
        with suppress(UserError):
            return ledger.answer(gate.gate_id, who, verdict, "considered", day=day, **given).status
    return "open"


def play(
    ledger: Ledger, days: int, shards: int = 1, chunk: int = 10_000, acts: dict[str, Sender] | None = None
) -> Counter[str]:
    """Play working days from the first Monday on; what was entered, by node."""
    senders = acts or whole_set()
    played, day = 0, MONDAY
    while played < days:
        if day.weekday() < 5:
            news(ledger, day)
            ledger.escalate(day)
            for n in range(shards):
                ledger.sweep(day, f"{n}/{shards}", chunk)
            ledger.open_lists(day)
            for n in range(shards):
                ledger.dispatch(acts_of(senders), day, shard=f"{n}/{shards}")
            call_room(ledger, day)
            meetings(ledger, day)
            ledger.seal(day)
            played += 1
        day += timedelta(days=1)
    entered = Counter[str]()
    for account in accounts():
        if ledger.rows(cases, cases.c.account_id == account):
            for decision in ledger.events(account, ev.DecisionMade):
                entered.update(step.node for step in decision.steps)
    return entered


def exported(ledger: Ledger, folder: Path) -> dict[str, list[str]]:
    """The canonical journal, file by file, as lines."""
    with reading(ledger.engine) as connection:
        counts = export(connection, folder)
    found = {name: (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines() for name in counts}
    assert {name: len(lines) for name, lines in found.items()} == counts
    assert encode(sorted(found)) == encode(list(found))
    return found
