"""The arithmetic, the graphs and the command line of `bench/airflow.py`. No service is started here."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise

import pytest
from sqlalchemy import select

from bench import book, people
from bench.airflow import MOST_MAPPED, arguments
from bench.airflow_day import Day
from bench.airflow_day import table as day_table
from bench.airflow_gates import EXTRA, Load, Parked, levels
from bench.airflow_gates import table as gates_table
from bench.graphs import DAGS, NODE, reduced, variants
from bench.spent import Spent, Way, spent_by, wait
from recourse.errors import UserError
from recourse.ladder import EdgeKind
from recourse.ledger import setup
from recourse.ledger.database import open_engine, reading
from recourse.ledger.people import PeopleReader
from recourse.ledger.tables import cases, contacts
from recourse.ledger.vault import DEMO_KEY, Vault
from tasks.ladder import LADDER

FAST = Way(10_000, 50.0, Spent({"scheduler": 20.0, "postgres": 30.0}))
SLOW = Way(50, 25.0, Spent({"scheduler": 15.0, "postgres": 10.0}))


def test_a_way_is_told_by_the_account() -> None:
    assert FAST.per_minute == 12_000
    assert FAST.cores_each == 0.005
    assert SLOW.seconds_for(10_000) == 5_000


def test_two_ways_are_compared_the_faster_over_the_slower() -> None:
    day = Day(FAST, SLOW, 1.0, {}, {})
    assert day.speed_ratio == 100
    assert day.cores_ratio == 100


def test_what_was_not_measured_is_called_so() -> None:
    counts = dict.fromkeys(("decided", "opened", "ended", "done", "failed", "refused"), 7)
    shown = day_table(Day(FAST, SLOW, 1.0, counts, {"sweep": 3.0}))
    assert "extrapolated from 50, not measured" in shown
    assert "100 times the accounts a minute" in shown


def _load(runs: int, scheduler: float, looks: int) -> Load:
    return Load(
        "ladder", runs, 30.0, Spent({"scheduler": scheduler, "postgres": scheduler / 3, "api-server": 9.0}), looks, 4.0
    )


def test_a_look_costs_what_scheduler_and_database_spend_above_an_empty_airflow() -> None:
    empty, full = _load(0, 3.0, 0), _load(300, 18.0, 1000)
    assert full.milliseconds_a_look(empty) == pytest.approx(20.0)
    assert full.round_seconds == pytest.approx(9.0)
    assert full.looks_a_minute == 2000


def test_nothing_open_has_no_cost_of_a_look() -> None:
    empty = _load(0, 3.0, 0)
    assert empty.milliseconds_a_look(empty) is None
    assert empty.round_seconds is None


def test_the_graphs_stand_against_the_whole_ladder() -> None:
    empty = _load(0, 3.0, 0)
    whole = Parked("ladder", 70, 1.2, (empty, _load(300, 18.0, 1000)))
    part = Parked("node", 6, None, (empty, _load(300, 10.5, 1000)))
    shown = gates_table([whole, part])
    assert "node against ladder with 300 open: core time a look 0.50, a round 1.00, trigger to seat 1.00" in shown
    assert "ladder 1.2, node —" in shown


def test_what_was_spent_is_the_difference_of_two_looks() -> None:
    spent = Spent({"scheduler": 5.0, "postgres": 2.5}).since(Spent({"scheduler": 3.0}))
    assert spent.by_service == {"scheduler": 2.0, "postgres": 2.5}
    assert spent.total == 4.5


def test_gates_are_measured_with_none_a_third_and_all() -> None:
    assert levels(300) == [0, 100, 300]


@pytest.mark.parametrize(("gates", "measured"), [(1, [0, 3]), (4, [0, 3, 6]), (6, [0, 3, 6]), (12, [0, 4, 12])])
def test_a_measurement_never_opens_a_run_that_the_one_before_it_left(gates: int, measured: list[int]) -> None:
    assert levels(gates) == measured
    assert all(later - earlier >= EXTRA for earlier, later in pairwise(measured))


@pytest.mark.bench
def test_processor_time_of_ended_children_counts() -> None:
    before = spent_by(os.getpid())
    burn = "import time\nwhile time.process_time() < 0.6: pass"
    subprocess.run([sys.executable, "-c", burn], check=True)
    assert spent_by(os.getpid()) - before >= 0.4


def test_a_process_that_is_gone_has_spent_nothing() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert spent_by(ended.pid) == 0


def test_a_wait_ends() -> None:
    began = time.monotonic()
    with pytest.raises(UserError, match="nothing came"):
        wait(lambda: False, 0.3, "nothing came")
    assert time.monotonic() - began < 5


def test_each_graph_is_a_part_of_the_wider_one_and_holds_the_due_node() -> None:
    whole, track, node = variants(LADDER).values()
    assert tuple(variants(LADDER)) == tuple(DAGS)
    assert whole is LADDER
    assert {each.track for each in track.nodes} == {LADDER.by_name[NODE].track}
    assert 1 < len(track.nodes) < len(whole.nodes)
    assert [each.name for each in node.nodes] == [NODE]
    assert node.edges == ()
    assert LADDER.by_name[NODE].gated
    assert not LADDER.by_name[NODE].drawn


def test_edges_stay_between_the_nodes_that_stay() -> None:
    part = reduced(LADDER, ["call", "reminder", "litigation"])
    assert [node.name for node in part.nodes] == ["reminder", "call", "litigation"]
    assert [(edge.source, edge.target, edge.kind) for edge in part.edges] == [("reminder", "call", EdgeKind.ALLOWS)]


@pytest.mark.parametrize(
    "given", [["--naive", "0"], ["--naive", str(MOST_MAPPED + 1)], ["--cases", "99"], ["--gates", "0"]]
)
def test_sizes_that_cannot_be_measured_are_refused(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments(given)
    assert f"{given[0]}: from 1" in capsys.readouterr().err


def test_sizes_that_are_not_given() -> None:
    asked = arguments([])
    assert (asked.cases, asked.naive, asked.gates, asked.only) == (10_000, 64, 300, None)


@pytest.mark.bench
def test_as_a_script_it_does_not_stand_in_for_airflow() -> None:
    look = "import runpy, importlib.util as u; runpy.run_path('bench/airflow.py'); s = u.find_spec('airflow'); print(s and s.origin)"
    where = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    told = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path.insert(0, 'bench'); " + look],
        cwd=where, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert os.path.join("bench", "airflow.py") not in told.stdout


@pytest.mark.bench
def test_every_debtor_who_is_due_is_known_and_has_a_number(sqlite_url: str) -> None:
    engine, vault = open_engine(sqlite_url), Vault(DEMO_KEY)
    setup.migrate(engine)
    book.load(engine, 40)
    assert people.load(engine, vault, 40) == 40
    with reading(engine) as connection:
        owing = set(connection.execute(select(cases.c.person_id).where(cases.c.wake_on <= book.MORNING)).scalars())
        numbers = Counter(connection.execute(select(contacts.c.number_id)).scalars())
    known = PeopleReader(engine, vault).of(sorted(owing))
    assert set(known) == owing
    assert all(person.name and person.numbers["sms"].startswith("13") for person in known.values())
    assert set(numbers.values()) == {1}
    engine.dispose()
