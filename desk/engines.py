"""What an engine's processes work with: the desk of a task, and the settings that only engines have.

Read from the environment when a task runs, never when a file of the engine is imported: those are read every few seconds.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desk.open_desk import Desk

OPEN_RUNS = 300
"""Gates that have a run in the engine at once. Each open run of Airflow is looked at in every loop of its scheduler; each
form of Prefect is a row on a page that somebody reads."""
CONSOLE = "http://localhost:8090"


def desk() -> Desk:
    """The desk on the ledger that the environment names; a new one for each task, which is a process of its own and
    starts no others: the engine runs the shares of a day side by side."""
    from desk.open_desk import open_desk
    from desk.settings import read

    return open_desk(read(os.environ), processes=1)


def unchecked_desk() -> Desk:
    """A desk for its packs alone: its ledger is not opened."""
    from desk.open_desk import open_desk
    from desk.settings import read

    return open_desk(read(os.environ), check=False)


def deliveries() -> Path | None:
    """The folder of the bank's deliveries ($RECOURSE_DELIVERIES), one sub-folder a day; None when it is not set."""
    folder = os.environ.get("RECOURSE_DELIVERIES", "")
    return Path(folder) if folder else None


def open_runs() -> int:
    """How many gates may have a run in the engine at once ($RECOURSE_OPEN_RUNS, default 300)."""
    return int(os.environ.get("RECOURSE_OPEN_RUNS", "") or OPEN_RUNS)


def notify_address() -> str:
    """Where a gate that opens is announced by e-mail ($RECOURSE_NOTIFY); "" announces nothing."""
    return os.environ.get("RECOURSE_NOTIFY", "")


def console_url() -> str:
    """The console's address for a person's browser ($RECOURSE_CONSOLE_URL), without a slash at its end."""
    return (os.environ.get("RECOURSE_CONSOLE_URL", "") or CONSOLE).rstrip("/")


def airflow_login() -> tuple[str, str]:
    """User and password with which Recourse talks to Airflow's own API."""
    return os.environ.get("RECOURSE_AIRFLOW_USER", ""), os.environ.get("RECOURSE_AIRFLOW_PASSWORD", "")
