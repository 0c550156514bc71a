"""A service of the compose file as a program on this machine: what to run, with which environment, and how to ask it.

A service of the project keeps its own command, environment and health check; names of hosts become the loopback, ports
become free ones, folders of the container become folders of the site. Of the images that are not ours, PostgreSQL and
the mail sink get commands of their own here, and Redis keeps the one it has.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from recourse.errors import UserError
from topology import postgres
from topology.compose import Service

CHECKOUT = Path(__file__).resolve().parents[1]
LOOPBACK = "127.0.0.1"
_KEPT = ("HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")


@dataclass(frozen=True)
class Program:
    """What runs natively for a service. `check` exits with 0 when it is healthy; empty: started is enough."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    check: tuple[str, ...] = ()
    restarts: bool = True
    cwd: Path = CHECKOUT
    as_user: Mapping[str, Any] = field(default_factory=dict)
    stop_signal: int = signal.SIGTERM


@dataclass(frozen=True)
class Site:
    """Where the services live: one folder, and a port of the loopback for each (service, port of its container)."""

    folder: Path
    ports: Mapping[tuple[str, int], int]

    @property
    def mail(self) -> Path:
        """The mail sink's Maildir."""
        return self.folder / "mail"

    def text(self, service: Service, written: str) -> str:
        """A text of this service with hosts, ports and folders as they are here."""
        places = {f"{name}:{port}": f"{LOOPBACK}:{native}" for (name, port), native in self.ports.items()}
        for port in service.exposed:
            native = self.ports[service.name, port]
            places |= {str(port): str(native), f"localhost:{port}": f"{LOOPBACK}:{native}"}
        places |= {"0.0.0.0": LOOPBACK, **{inside: str(here) for inside, here in self.folders(service).items()}}
        longest_first = sorted(places, key=len, reverse=True)
        pattern = r"(?<![\w.:-])(?:{})(?![\w.-])".format("|".join(map(re.escape, longest_first)))
        # `user:password@host:port` puts the host after @, and `//host:port` after a slash: both may stand before a name.
        return re.sub(pattern, lambda match: places[match[0]], written)

    def folders(self, service: Service) -> dict[str, Path]:
        """Folders of the service's container and what they are here."""
        found = {"/opt/recourse": CHECKOUT}
        found |= {f"/opt/{engine}": self.folder / engine for engine in ("airflow", "prefect")}
        for mount in service.mounts:
            source = Path(mount.source).expanduser() if mount.is_folder else self.folder / "volumes" / mount.source
            found[mount.target] = source if source.is_absolute() else CHECKOUT / source
        return found


def site(folder: Path, services: Iterable[Service], ports: Mapping[str, int]) -> Site:
    """A site with a free port for each port that a service exposes; `ports` asks for one for a service's first."""
    wanted = [(service.name, port) for service in services for port in service.exposed]
    first = {service.name: (service.name, service.exposed[0]) for service in services if service.exposed}
    chosen = {first[name]: port for name, port in ports.items() if name in first}
    held: list[socket.socket] = []
    try:
        for place in wanted:
            if place not in chosen:
                held.append(socket.socket())
                held[-1].bind((LOOPBACK, 0))
                chosen[place] = held[-1].getsockname()[1]
    finally:
        for each in held:
            each.close()
    return Site(folder, chosen)


def program(service: Service, where: Site, extra: Mapping[str, str]) -> Program:
    """What to run for a service; `extra` stands above the environment of the project's own services."""
    for here in where.folders(service).values():
        here.mkdir(parents=True, exist_ok=True)
    if service.image.startswith("postgres:"):
        return _postgres(service, where)
    if service.image.startswith("axllent/mailpit:"):
        return _mail_sink(service, where)
    if service.image.startswith("redis:"):
        _need("redis-server", "redis-server")
    environment = _environment(service, where)
    if service.is_built:
        environment |= {name: where.text(service, value) for name, value in extra.items()}
    return Program(
        service.name,
        tuple(where.text(service, word) for word in service.command),
        environment,
        check=tuple(where.text(service, word) for word in service.check.command) if service.check else (),
        restarts=not service.is_one_shot,
    )


def _environment(service: Service, where: Site) -> dict[str, str]:
    """What a container would see, and of this process only where programs are and whose machine it is."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    own = {name: where.text(service, value) for name, value in service.environment.items()}
    return {**kept, "PATH": path, "HOSTNAME": socket.gethostname(), "PYTHONUNBUFFERED": "1", **own}


def _need(command: str, package: str) -> None:
    if shutil.which(command) is None:
        raise UserError(f"no {command} on this machine", mend=f"install Debian's package {package}")


def server_folder(where: Site) -> Path:
    """PostgreSQL's folder. Beside the site's, in the folder for temporary files, where its user cannot reach the site."""
    inside = where.folder / "volumes" / "postgres-data"
    inside.mkdir(parents=True, exist_ok=True)
    if postgres.reachable(inside, postgres.lesser_user()):
        return inside
    return Path(tempfile.gettempdir(), f"recourse-pg-{sha256(str(where.folder).encode()).hexdigest()[:16]}")


def _postgres(service: Service, where: Site) -> Program:
    as_user = postgres.lesser_user()
    folder = server_folder(where)
    folder.mkdir(mode=0o700, exist_ok=True)
    if as_user:
        os.chown(folder, as_user["user"], as_user["group"])
    binaries = postgres.runnable(postgres.find_binaries(), folder, as_user)
    environment = _environment(service, where)
    if not (folder / "data").exists():
        postgres.initialise(binaries, folder, environment["POSTGRES_PASSWORD"], as_user)
    port = str(where.ports[service.name, service.exposed[0]])
    here = {"port": port, "listen_addresses": LOOPBACK, "unix_socket_directories": ""}
    environment |= {"PGHOST": LOOPBACK, "PGPORT": port, "PATH": f"{binaries}{os.pathsep}{environment['PATH']}"}
    return Program(
        service.name,
        (*postgres.server_command(binaries, folder, here), *service.command[1:]),
        environment,
        check=service.check.command if service.check else (),
        cwd=folder,
        as_user=as_user,
        stop_signal=signal.SIGINT,  # fast: it does not wait for its clients to leave
    )


def _mail_sink(service: Service, where: Site) -> Program:
    port = where.ports[service.name, service.exposed[0]]
    listening = f"{LOOPBACK}:{port}"
    handler = ("-c", "aiosmtpd.handlers.Mailbox", str(where.mail))
    asked = f"import socket; socket.create_connection(('{LOOPBACK}', {port}), 5).close()"
    return Program(
        service.name,
        (sys.executable, "-m", "aiosmtpd", "--nosetuid", "--listen", listening, *handler),
        _environment(service, where),
        check=(sys.executable, "-c", asked),
    )
