"""A day the way it is often drawn: one Prefect flow run for each account. A flow that only `bench/engines.py` runs.

Each run opens a desk, reads its account, decides it, and keeps the decision and what follows from it. It contacts
nobody, which makes it cheaper than what it is compared with.
"""

from __future__ import annotations

import os
from datetime import date

from prefect import flow

from bench.one_case import decide
from desk.open_desk import open_desk
from desk.settings import read


def decide_one(on: str, case_id: str) -> int:
    """Decide one case and write it down; returns how many steps it takes."""
    return decide(open_desk(read(os.environ)), date.fromisoformat(on), case_id)


bench_naive = flow(name="bench_naive")(decide_one)
