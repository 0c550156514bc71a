"""The desk of a process that Prefect starts, and how its tasks are tried."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from prefect.cache_policies import NO_CACHE

from desk import engines
from desk.open_desk import Desk

TRIED: dict[str, Any] = {"retries": 3, "retry_delay_seconds": 20, "cache_policy": NO_CACHE, "persist_result": False}
"""The database may be away for a while, and a process may be killed: every task is safe to run again, and none is skipped
because it ran before."""


@lru_cache(maxsize=1)
def desk() -> Desk:
    """The desk on the ledger that the environment names: one for all tasks of a process."""
    return engines.desk()
