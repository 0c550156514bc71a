"""What every test stands on: no network beyond this machine, no settings from outside, fresh databases.

- `ledger_url` gives a test an empty database and runs it twice, on SQLite and on PostgreSQL.
- `sqlite_url` and `postgres_url` give one of the two.
- `databases` runs twice as well and also gives copies of a prepared database (`tests/database.py`).

The PostgreSQL server starts with the first test that asks for it, serves all workers, and ends with the session.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import settings

from tests.database import Databases, PostgresDatabases, SqliteFiles
from tests.postgres import Running, start

_SESSION = pytest.StashKey[tuple[Path, int]]()
"""The folder that all workers share, and the id of the process whose end is the session's end."""

_SERVER_FILE = "postgres.json"


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith("RECOURSE_") and not name.startswith("RECOURSE_TEST_")]:
        del os.environ[name]
    settings.register_profile("recourse", deadline=None, derandomize="CI" in os.environ)
    settings.load_profile("recourse")
    given = getattr(config, "workerinput", None)
    if given is None:
        config.stash[_SESSION] = (Path(tempfile.mkdtemp(prefix="recourse-tests-")), os.getpid())
    else:
        config.stash[_SESSION] = (Path(given["session_folder"]), given["session_process"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist: tell a worker which session it belongs to."""
    folder, process = node.config.stash[_SESSION]
    node.workerinput["session_folder"] = str(folder)
    node.workerinput["session_process"] = process


def pytest_unconfigure(config: pytest.Config) -> None:
    folder, process = config.stash[_SESSION]
    if process != os.getpid():
        return
    server_file = folder / _SERVER_FILE
    if server_file.exists():
        Running(**json.loads(server_file.read_text())).stop()
    shutil.rmtree(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs PostgreSQL, so that `-m "not postgres"` runs where there is none."""
    for item in items:
        backend = getattr(item, "callspec", None) and item.callspec.params.get("databases")  # type: ignore[attr-defined]
        if backend == "postgresql" or "postgres_databases" in getattr(item, "fixturenames", ()):
            item.add_marker("postgres")


def _stay_on_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if name not in ("", "localhost", "::1", "0.0.0.0", "::") and not name.startswith("127."):
        raise RuntimeError(f"a test tried to reach {name}; tests stay on this machine")


sys.addaudithook(_stay_on_this_machine)


@pytest.fixture(scope="session")
def session_folder(pytestconfig: pytest.Config) -> Path:
    """A folder that all workers of this session share."""
    return pytestconfig.stash[_SESSION][0]


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> str:
    """The maintenance database of the session's server, which is started here when nobody has yet."""
    folder, process = pytestconfig.stash[_SESSION]
    server_file = folder / _SERVER_FILE
    with FileLock(folder / "postgres.lock"):
        if not server_file.exists():
            server_file.write_text(json.dumps(asdict(start(process))))
    return Running(**json.loads(server_file.read_text())).url


@pytest.fixture
def sqlite_databases(tmp_path: Path, session_folder: Path) -> Databases:
    return SqliteFiles(tmp_path, session_folder)


@pytest.fixture
def postgres_databases(postgres_server: str, session_folder: Path) -> Iterator[Databases]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    made = PostgresDatabases(postgres_server, session_folder, worker)
    yield made
    made.drop_all()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Both kinds in turn: a test with this runs twice."""
    chosen: Databases = request.getfixturevalue(
        "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    )
    return chosen


@pytest.fixture
def ledger_url(databases: Databases) -> str:
    """An empty database, on SQLite and on PostgreSQL in turn."""
    return databases.empty()


@pytest.fixture
def sqlite_url(sqlite_databases: Databases) -> str:
    """An empty SQLite database; its file does not exist yet."""
    return sqlite_databases.empty()


@pytest.fixture
def postgres_url(postgres_databases: Databases) -> str:
    """An empty PostgreSQL database."""
    return postgres_databases.empty()
