"""A throw-away PostgreSQL server for the tests, the benchmarks and CI; never for data that anyone wants to keep.

`server()` runs one for a block of code; `python -m tests.postgres` runs one until Ctrl-C and prints its address.

The server belongs to a small *keeper* process that stops it and removes its folder when told to, or when the process
that owns it is gone, however that ended. Which programs are used: `topology/postgres.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from topology.postgres import STOP_SECONDS, NoServer, find_binaries, halt, initialise, launch, lesser_user, runnable

_ALWAYS = {
    # Not UTC: what depends on the server's time zone must fail here and not in a bank in Shanghai.
    "timezone": "Asia/Shanghai",
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum_naptime": "10s"}
_DURABLE = {"shared_buffers": "2GB", "max_wal_size": "8GB", "checkpoint_timeout": "30min"}
"""What docs/performance.md advises a server that holds a large book; whatever guards the data stays as it ships."""


@dataclass(frozen=True)
class Running:
    """A started server: its maintenance database in SQLAlchemy's form, its keeper's process id, its folder."""

    url: str
    keeper: int
    folder: str

    def stop(self) -> None:
        """Stop the server and wait until its folder is gone. A second call does nothing."""
        if Path(self.folder).exists():
            os.kill(self.keeper, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while Path(self.folder).exists():
            if time.monotonic() > deadline:
                raise NoServer(f"the PostgreSQL server in {self.folder} did not stop in {STOP_SECONDS:.0f} s")
            time.sleep(0.02)


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """Run a server for this block and yield `postgresql+psycopg://…/postgres`.

    durable: write to disk as a production server does, as a measurement must; tests leave that off.
    """
    running = start(os.getpid(), durable=durable)
    try:
        yield running.url
    finally:
        running.stop()


def start(owner: int, *, durable: bool = False) -> Running:
    """Start a server that lives as long as process `owner`, or until `Running.stop()`."""
    command = [sys.executable, "-I", str(Path(__file__).resolve()), "--keep-for", str(owner)]
    said = subprocess.run([*command, *(["--durable"] if durable else [])], capture_output=True, text=True, check=False)
    if not said.stdout:
        raise NoServer(said.stderr.strip() or "the PostgreSQL keeper ended without a word")
    return Running(**json.loads(said.stdout))


def _keep(owner: psutil.Process, *, durable: bool) -> None:
    """Serve until told to stop or the owner is gone. Prints a `Running` as JSON once the server answers."""
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    folder = Path(tempfile.mkdtemp(prefix="recourse-pg-"))
    try:
        as_user = lesser_user()
        if as_user:
            os.chown(folder, as_user["user"], as_user["group"])
        binaries = runnable(find_binaries(), folder, as_user)
        password = secrets.token_hex(16)
        initialise(binaries, folder, password, as_user)
        process, port = launch(binaries, folder, _ALWAYS | (_DURABLE if durable else _FORGETFUL), as_user)
        try:
            url = f"postgresql+psycopg://postgres:{password}@127.0.0.1:{port}/postgres"
            print(json.dumps(asdict(Running(url, os.getpid(), str(folder)))), flush=True)
            _leave_the_terminal()
            while owner.is_running() and owner.status() != psutil.STATUS_ZOMBIE and process.poll() is None:
                if told.wait(0.2):
                    break
        finally:
            halt(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _leave_the_terminal() -> None:
    """Close the pipes, so that `start()` sees their end and returns."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def main() -> None:
    """Entry point of the keeper, and of `python -m tests.postgres`."""
    parser = argparse.ArgumentParser(description="Run a throw-away PostgreSQL server.")
    parser.add_argument("--keep-for", type=int, metavar="PID", help="return at once; serve until process PID is gone")
    parser.add_argument("--durable", action="store_true", help="write to disk as a production server does")
    asked = parser.parse_args()
    try:
        if asked.keep_for is None:
            with server(durable=asked.durable) as url:
                print(url, "(Ctrl-C stops it)", flush=True)
                signal.pause()
        elif os.fork() == 0:
            os.setsid()
            _keep(psutil.Process(asked.keep_for), durable=asked.durable)
    except NoServer as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
