"""The DAG files: read fast, without a database; each with an owner, tags and a page for the person on call; the graph of
`account_step` is the ladder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from recourse.ladder import EdgeKind, Speed
from tasks.ladder import LADDER

pytestmark = pytest.mark.airflow
ROOT = Path(__file__).resolve().parents[2]
READ = """
import json, sys, time
from airflow.dag_processing.dagbag import DagBag
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.timetables.base import Timetable
touched = []
sys.addaudithook(lambda name, args: touched.append(name) if name in ("socket.connect", "sqlite3.connect") else None)
began = time.perf_counter()
bag = DagBag(sys.argv[1])
took = time.perf_counter() - began
def shown(dag):
    return {
        "owner": dag.owner, "tags": sorted(dag.tags), "doc": dag.doc_md, "title": dag.dag_display_name,
        "tasks": {t.task_id: [t.operator_name, sorted(t.upstream_task_ids), t.retries, str(t.trigger_rule)] for t in dag.tasks},
        "groups": {n: g.group_display_name for n, g in dag.task_group.children.items() if hasattr(g, "group_display_name")},
        "max_active_runs": dag.max_active_runs, "catchup": dag.catchup,
    }
print("RESULT" + json.dumps({"took": took, "touched": touched, "errors": bag.import_errors,
      "dags": {name: shown(dag) for name, dag in bag.dags.items()}}))
"""


@pytest.fixture(scope="module")
def dag_bag(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("home")
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql+psycopg2://nobody@127.0.0.1:9/none",
        "RECOURSE_LEDGER": "postgresql+psycopg://nobody@127.0.0.1:9/none",
    }
    said = subprocess.run(
        [sys.executable, "-c", READ, str(ROOT / "dags")], env=environment, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(said.stdout.partition("RESULT")[2])
    return found


def test_all_are_read_without_an_error(dag_bag: dict[str, Any]) -> None:
    assert dag_bag["errors"] == {}
    assert set(dag_bag["dags"]) == {"portfolio_day", "account_step", "reconcile", "write_off_month"}


def test_reading_them_touches_no_database(dag_bag: dict[str, Any]) -> None:
    assert dag_bag["touched"] == []


def test_reading_them_takes_less_than_half_a_second(dag_bag: dict[str, Any]) -> None:
    assert dag_bag["took"] < 0.5


def test_each_says_whose_it_is_and_what_to_do_at_night(dag_bag: dict[str, Any]) -> None:
    for name, dag in dag_bag["dags"].items():
        assert dag["owner"] not in ("", "airflow"), name
        assert "recourse" in dag["tags"], name
        assert all(word in dag["doc"] for word in ("**What.**", "**Owner.**", "**At night.**")), name
        assert any("\u4e00" <= letter <= "\u9fff" for letter in dag["title"]), name
        assert dag["catchup"] is False


def test_every_task_that_works_is_tried_again(dag_bag: dict[str, Any]) -> None:
    """After a database's absence or a killed process; only drawn nodes have nothing to try."""
    for name, dag in dag_bag["dags"].items():
        once = [task for task, (kind, _, retries, _) in dag["tasks"].items() if retries < 2 and kind != "EmptyOperator"]
        assert once == [], name


def test_account_step_is_the_ladder(dag_bag: dict[str, Any]) -> None:
    step = dag_bag["dags"]["account_step"]
    assert step["groups"] == {node.name: f"{node.zh} {node.en}" for node in LADDER.nodes}
    drawn = {
        (upstream.split(".")[0], task.split(".")[0])
        for task, (_, upstreams, _, _) in step["tasks"].items()
        for upstream in upstreams
        if upstream != "due" and upstream.split(".")[0] != task.split(".")[0]
    }
    assert drawn == {(edge.source, edge.target) for edge in LADDER.edges if edge.kind is not EdgeKind.EXCLUDES}
    gated = {task.split(".")[0] for task, (kind, *_) in step["tasks"].items() if kind == "SeatOperator"}
    assert gated == {node.name for node in LADDER.nodes if node.speed is not Speed.BULK and not node.drawn}


def test_no_two_groups_share_a_way_out(dag_bag: dict[str, Any]) -> None:
    """What acts is the end of its group and of the run: a run whose act failed is a failed run."""
    tasks = dag_bag["dags"]["account_step"]["tasks"]
    upstream = {each for _, upstreams, _, _ in tasks.values() for each in upstreams}
    assert [task for task in tasks if task.endswith(".act") and task in upstream] == []


def test_open_runs_are_capped(dag_bag: dict[str, Any]) -> None:
    assert dag_bag["dags"]["account_step"]["max_active_runs"] == 300
    assert dag_bag["dags"]["portfolio_day"]["max_active_runs"] == 1
