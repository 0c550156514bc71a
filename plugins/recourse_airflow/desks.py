"""The desk inside Airflow's processes: opened when a task runs, never when a DAG file is read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desk.open_desk import Desk

OPEN_RUNS = 300
"""Runs of account_step that may be open at once: the scheduler looks at every open run in each of its loops."""


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
    """How many runs of account_step may be open at once ($RECOURSE_OPEN_RUNS, default 300)."""
    return int(os.environ.get("RECOURSE_OPEN_RUNS", "") or OPEN_RUNS)


def service_login() -> tuple[str, str]:
    """User and password with which Recourse talks to Airflow's own API."""
    return os.environ.get("RECOURSE_AIRFLOW_USER", ""), os.environ.get("RECOURSE_AIRFLOW_PASSWORD", "")


def notify_address() -> str:
    """Where a gate that opens is announced by e-mail ($RECOURSE_NOTIFY); "" announces nothing."""
    return os.environ.get("RECOURSE_NOTIFY", "")
