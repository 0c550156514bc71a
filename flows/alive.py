"""Knowing whether the process of a flow run is still there.

Prefect leaves a run whose process was killed *running* for good. So a run of ours holds a lock in the ledger under its own
id while it works, and whoever can take that lock knows that the run is dead: nobody has to wait for a clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from prefect.runtime import flow_run

from desk.open_desk import Desk
from recourse.ledger.leases import hold
from recourse.ledger.leases import is_dead as is_free


@contextmanager
def alive(desk: Desk) -> Iterator[None]:
    """Hold the lock of the flow run that this process works, for the length of the block."""
    with hold(desk.engine, _lock(flow_run.get_id()), ""):
        yield


def is_dead(desk: Desk, run_id: UUID) -> bool:
    """Whether no process works a flow run. One that has only just started may not have its lock yet."""
    return is_free(desk.engine, _lock(run_id))


def _lock(run_id: object) -> str:
    return f"prefect-{run_id}"
