"""Many ask at once for the same people through different accounts: staff, machines, agencies. No cap is passed, nobody waits
for ever, and a permit is used once. On PostgreSQL with threads and with processes, on SQLite with threads.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from recourse.contact_law import GIVEN_BACK, Permit, Request
from recourse.ledger.contact_term_rows import set_term
from recourse.ledger.database import writing
from recourse.ledger.tables import permits
from recourse.permits import issue
from tests.core.a_caller import HOME, PEOPLE, a_caller
from tests.core.any_facts import book
from tests.core.ledgers import MONDAY, MORNING, Ledger, open_ledger, pen_of

LAWS = ("cn", "us")


def people(ledger: Ledger) -> None:
    for person in PEOPLE:
        ledger.person(person, "Asia/Shanghai")
        ledger.number(person, "phone", HOME)
        ledger.number(person, "phone", f"{person}:own")


def check_caps(ledger: Ledger, got: int) -> None:
    """Every cap held, counted from the rows alone; every permit has an id of its own."""
    made = [row for row in ledger.rows(permits) if row.used != GIVEN_BACK]
    assert len({row.permit_id for row in ledger.rows(permits)}) == len(ledger.rows(permits))
    assert len(made) == got
    calls = [row for row in made if row.channel == "call"]
    by_person = Counter(row.person_id for row in calls)
    assert all(times <= 3 for times in by_person.values()), by_person
    assert sum(row.number_id == HOME for row in calls) <= 6, "one number, six dials, whoever has it"
    assert all(times <= 1 for times in Counter(row.person_id for row in made if row.channel == "sms").values())


def together(works: list[Callable[[], int]]) -> int:
    """Start all at one moment; the sum of what they got. A failure of one (a deadlock too) is the test's."""
    started, failures, got = threading.Barrier(len(works)), list[BaseException](), list[int]()

    def run(work: Callable[[], int]) -> None:
        try:
            started.wait(20)
            got.append(work())
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(55)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    assert failures == []
    return sum(got)


def test_many_connections_at_once_pass_no_cap(ledger: Ledger) -> None:
    people(ledger)
    several = 8 if ledger.is_postgres else 4
    got = together([lambda seed=seed: a_caller(ledger.url, seed) for seed in range(several)])  # type: ignore[misc]
    check_caps(ledger, got)


@pytest.mark.timeout(180)
def test_many_processes_at_once_pass_no_cap(postgres_ledger: Ledger) -> None:
    people(postgres_ledger)
    command = [sys.executable, "-m", "tests.core.a_caller", postgres_ledger.url]
    running = [subprocess.Popen([*command, str(seed)], stdout=subprocess.PIPE, text=True) for seed in (1, 2, 3)]
    got = sum(int(process.communicate(timeout=150)[0]) for process in running)
    assert all(process.returncode == 0 for process in running)
    check_caps(postgres_ledger, got)


def test_seven_calls_in_seven_days_hold_however_many_ask(postgres_ledger: Ledger) -> None:
    """Under Regulation F, day by day, four at once about one debt: nobody answers, and the eighth is not made."""
    postgres_ledger.person("p", "America/New_York")
    for n in range(2):
        postgres_ledger.number("p", "phone", f"n{n}")
    rules = book().at(MONDAY, "us", "consumer_loan")

    def work(day: date) -> int:
        with open_ledger(postgres_ledger.url) as mine, writing(mine.engine) as connection:
            asked = [(Request("p", "c", "call", "x", f"n{n}", "A"), rules) for n in range(2)]
            answers = issue(connection, asked, f"{day}T16:00:00+00:00")
            mine_now = [answer.permit_id for answer in answers if isinstance(answer, Permit)]
            for permit in mine_now:
                connection.execute(permits.update().where(permits.c.permit_id == permit).values(used="no_answer"))
        return len(mine_now)

    got = [
        together([lambda day=MONDAY + timedelta(days=n): work(day) for _ in range(4)])  # type: ignore[misc]
        for n in range(8)
    ]
    assert all(sum(got[n : n + 7]) <= 7 for n in range(8)), got
    assert sum(got[:7]) == 7


def test_a_refusal_that_is_written_down_meanwhile_binds_whoever_asks_after_it(postgres_ledger: Ledger) -> None:
    """A no and a permit of one moment come one after the other: no permit is given once the no stands."""
    people(postgres_ledger)
    rules = book().at(MONDAY, "cn", "consumer_loan")
    order: list[str] = []

    def refuse() -> int:
        with open_ledger(postgres_ledger.url) as mine, writing(mine.engine) as connection:
            from desk.contact_desk import _lock

            _lock(connection, "p")
            set_term(connection, pen_of(MONDAY), "p", "refused", "tape", number_id="p:own")
            order.append("no")
        return 0

    def ask() -> int:
        with open_ledger(postgres_ledger.url) as mine, writing(mine.engine) as connection:
            (answer,) = issue(connection, [(Request("p", "c", "call", "x", "p:own"), rules)], f"{MONDAY}T{MORNING}")
        return int(isinstance(answer, Permit))

    together([refuse, ask, ask])
    assert order == ["no"]
    assert ask() == 0
    assert len(postgres_ledger.rows(permits)) <= 2


@pytest.mark.parametrize("law", LAWS)
def test_the_order_in_which_persons_are_named_does_not_matter(postgres_ledger: Ledger, law: str) -> None:
    """Two connections that name the same people the other way round, a hundred times: no deadlock."""
    people(postgres_ledger)
    rules = book().at(MONDAY, law, "consumer_loan")

    def work(names: tuple[str, ...]) -> int:
        got = 0
        with open_ledger(postgres_ledger.url) as mine:
            for _ in range(50):
                with writing(mine.engine) as connection:
                    asked = [(Request(name, name, "call", "x", HOME, name), rules) for name in names]
                    got += sum(isinstance(a, Permit) for a in issue(connection, asked, f"{MONDAY}T{MORNING}"))
        return got

    together([lambda: work(PEOPLE), lambda: work(PEOPLE[::-1])])
