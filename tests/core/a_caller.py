"""One caller that asks for contacts again and again: ``python -m tests.core.a_caller URL SEED`` prints how many it got."""

from __future__ import annotations

import sys
from datetime import date
from random import Random

from recourse.contact_law import Permit, Request
from recourse.ledger.database import open_engine, writing
from recourse.permits import give_back, issue, reserve
from recourse.policy.load import load_book, shipped_packs

MONDAY, MORNING = date(2026, 3, 2), "02:00:00+00:00"
PEOPLE = ("p", "q", "r")
HOME = "home"
"""A number that all three are said to have."""


def a_caller(url: str, seed: int, rounds: int = 12) -> int:
    """One connection that asks for a handful of contacts again and again, in an order of its own; how many it got."""
    dice, got, engine = Random(seed), 0, open_engine(url)
    rules = load_book([shipped_packs()]).at(MONDAY, "cn", "consumer_loan")
    for _ in range(rounds):
        asked = [
            Request(person, f"{person}-{dice.randrange(3)}", dice.choice(("call", "call", "sms")), "x",
                    dice.choice((HOME, f"{person}:own")), f"{person}-{dice.randrange(3)}",
                    voice=dice.choice(("human", "robot", "notice")))
            for person in dice.sample(PEOPLE, dice.randint(1, 3))
        ]  # fmt: skip
        with writing(engine) as connection:
            if seed % 3 == 0:
                answers = reserve(connection, [(each, rules) for each in asked], MONDAY, f"{MONDAY}T{MORNING}")
            else:
                answers = issue(connection, [(each, rules) for each in asked], f"{MONDAY}T{MORNING}")
            mine = [answer.permit_id for answer in answers if isinstance(answer, Permit)]
            if seed % 3 == 0 and dice.random() < 0.3:
                give_back(connection, mine)
                mine = []
        got += len(mine)
    engine.dispose()
    return got


if __name__ == "__main__":
    print(a_caller(sys.argv[1], int(sys.argv[2])))
