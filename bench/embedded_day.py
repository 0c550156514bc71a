"""Accounts per minute without an engine: the same day by `recourse run`, one process on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from bench import book, people
from bench.places import superuser
from bench.spent import Spent, Way, spent_on
from desk.open_desk import open_desk
from desk.settings import read
from recourse.errors import UserError
from topology.stack import Stack, running

ROOT = Path(__file__).resolve().parents[1]


def measure(accounts: int) -> Way:
    """The day on a ledger of its own, with so many due accounts. Raises UserError when it does not end well."""
    with tempfile.TemporaryDirectory(prefix="recourse-bench-") as folder:
        settings = {"RECOURSE_MODE": "demo", "RECOURSE_SMTP": ""}
        with running(Path(folder), environment=settings, services=("console",)) as stack:
            desk = open_desk(read(stack.environment("console")))
            with superuser(stack) as engine:
                people.load_with_book(engine, desk.vault, accounts)
            desk.engine.dispose()
            stack.stop("console")
            return _work(stack)


def _work(stack: Stack) -> Way:
    before, began = spent_on(stack, ["postgres"]), time.monotonic()
    day = str(book.MORNING)
    command = ["recourse", "run", "--from", day, "--to", day, "--json"]
    with subprocess.Popen(
        command, env=stack.environment("console"), cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    took = time.monotonic() - began
    if process.returncode:
        raise UserError(f"recourse run ended with {process.returncode}", where=told[-500:])
    own = Spent({"recourse run": usage.ru_utime + usage.ru_stime})
    spent = Spent({**spent_on(stack, ["postgres"]).since(before).by_service, **own.by_service})
    return Way(int(json.loads(told)["days"][0]["swept"]["decided"]), took, spent)
