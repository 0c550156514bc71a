"""The services of docker-compose.yml, running on the loopback for a block of code: `with running(folder) as stack`.

What differs from the compose file, and nothing else does: hosts, ports and folders; the executor, which is a parameter;
sign-in by Airflow's SimpleAuthManager with made-up passwords, unless `auth="fab"`; the mode `development`.
"""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from recourse.errors import UserError
from topology import compose, native
from topology.compose import Service
from topology.native import LOOPBACK, Program, Site
from topology.processes import Supervisor

Engine = Literal["airflow", "prefect"]
Executor = Literal["LocalExecutor", "CeleryExecutor"]
Auth = Literal["simple", "fab"]

CELERY_ONLY = ("redis", "worker-1", "worker-2")
FAB_ONLY = ("accounts",)
PREFECT = "prefect"
"""The profile of Prefect's services."""
BESIDE_PREFECT = ("console", "smtp-sink")
"""What stands beside Prefect's services and is not needed by them."""
_SIMPLE = "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
_LOOK_EVERY = 0.5


class Stack:
    """Running services. Names are those of the compose file; ids and ports are those of this machine."""

    def __init__(self, where: Site, services: Sequence[Service], programs: Mapping[str, Program]) -> None:
        self.site = where
        self.folder = where.folder
        self.logs = where.folder / "logs"
        self.passwords: dict[str, str] = {}
        self._services = {service.name: service for service in services}
        self._programs = dict(programs)
        self._supervisor = Supervisor(self.logs)
        for program in programs.values():
            self._supervisor.add(program)

    @property
    def url(self) -> str:
        """Where the engine answers, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.port('prefect-server' if 'prefect-server' in self.services else 'api-server')}"

    @property
    def services(self) -> tuple[str, ...]:
        """The services of this stack, one-shot ones too, each after what it needs."""
        return tuple(self._services)

    @property
    def pids(self) -> dict[str, int]:
        """The process id of each service that runs now."""
        found = {name: self._supervisor.pid(name) for name in self._services}
        return {name: pid for name, pid in found.items() if pid is not None}

    @property
    def mail(self) -> Path:
        """The Maildir with all that the mail sink received, one file a message."""
        return self.site.mail

    def port(self, service: str, of_container: int | None = None) -> int:
        """The port on 127.0.0.1 of a service's first exposed port, or of another one that it exposes."""
        return self.site.ports[service, of_container or self._services[service].exposed[0]]

    def environment(self, service: str) -> dict[str, str]:
        """The whole environment that a service runs with."""
        return dict(self._program(service).environment)

    def log(self, service: str) -> Path:
        """The file that a service's output goes to, over all its starts."""
        return self._supervisor.log(service)

    def starts(self, service: str) -> int:
        """How often a service was started."""
        return self._supervisor.starts(service)

    def run(self, service: str, *command: str, timeout: float = 120.0) -> subprocess.CompletedProcess[str]:
        """Run a command to its end with a service's environment, as `docker compose exec` does; output is captured."""
        asked = self._program(service)
        return subprocess.run(
            command,
            env=dict(asked.environment),
            cwd=asked.cwd,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def kill(self, service: str, number: int) -> int:
        """Send a signal to a service's first process; returns its id. What ended starts again by its restart policy."""
        return self._supervisor.send(service, number)

    def stop(self, service: str, patience: float = 15.0) -> None:
        """End a service and leave it down until `start`."""
        self._supervisor.stop([service], patience)

    def start(self, service: str, patience: float = 120.0) -> None:
        """Start a stopped service and wait until it is healthy, or, one-shot, until it is done."""
        self._supervisor.start(service)
        self.wait(service, patience)

    def healthy(self, service: str) -> bool:
        """Ask a service once, with its own health check."""
        asked = self._program(service)
        if self._supervisor.pid(service) is None:
            return False
        if not asked.check:
            return True
        check = self._services[service].check
        try:
            said = subprocess.run(
                asked.check,
                env=dict(asked.environment),
                cwd=asked.cwd,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=check.timeout if check else None,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
        return said.returncode == 0

    def wait(self, service: str, patience: float = 120.0) -> None:
        """Wait until a service is healthy, or, one-shot, done. Raises UserError with the end of its log."""
        deadline = time.monotonic() + patience
        one_shot = self._services[service].is_one_shot
        while True:
            code = self._supervisor.code(service)
            if one_shot and code is not None:
                if code == 0:
                    return
                raise self._unwell(service, f"ended with {code}")
            if not one_shot and self.healthy(service):
                return
            if time.monotonic() > deadline:
                raise self._unwell(service, f"is not {'done' if one_shot else 'healthy'} after {patience:.0f} s")
            time.sleep(_LOOK_EVERY)

    def up(self, patience: float) -> None:
        """Start everything in order, each when what it needs is ready, and wait until all is healthy."""
        ready: set[str] = set()

        def wait(name: str) -> None:
            if name not in ready:
                self.wait(name, patience)
                ready.add(name)

        for service in self._services.values():
            for needed, condition in service.needs.items():
                if needed in self._services and condition != "service_started":
                    wait(needed)
            self._supervisor.start(service.name)
        for name in self._services:
            wait(name)

    def down(self, patience: float) -> None:
        """End everything: the project's services together, then what they stand on."""
        ours = [name for name, service in self._services.items() if service.is_built]
        self._supervisor.close((ours, [name for name in self._services if name not in ours]), patience)

    def _program(self, service: str) -> Program:
        if service not in self._programs:
            raise UserError(f"no service {service!r} here", mend=f"one of {', '.join(self._programs)}")
        return self._programs[service]

    def _unwell(self, service: str, how: str) -> UserError:
        said = self.log(service).read_text("utf-8", errors="replace").splitlines()[-15:] if self.starts(service) else []
        return UserError(f"{service} {how}", where=str(self.log(service)), mend=" | ".join(said))


@contextmanager
def running(
    folder: Path,
    executor: Executor = "LocalExecutor",
    environment: Mapping[str, str] | None = None,
    services: Iterable[str] | None = None,
    *,
    engine: Engine = "airflow",
    auth: Auth = "simple",
    users: Sequence[tuple[str, str]] = (("admin", "admin"),),
    ports: Mapping[str, int] | None = None,
    patience: float = 180.0,
    stop_patience: float = 15.0,
) -> Iterator[Stack]:
    """Run the services for this block; all are healthy when it begins, and nothing is left running when it ends.

    folder: databases, logs and secrets; used again, they are found again. services: these and what they need; None is
    all that the engine, its executor and the sign-in call for, the mail sink too. environment: values for the compose file's
    variables, and above them any other setting for the project's own services. users: names and roles (`viewer`,
    `user`, `op`, `admin`) for the simple sign-in, passwords in `stack.passwords`. ports: a port of the loopback for a
    service's first exposed port. patience: seconds for each service to become healthy. Raises UserError.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    given = dict(environment or {})
    document = compose.load()
    left_out = (*(CELERY_ONLY if executor == "LocalExecutor" else ()), *(FAB_ONLY if auth == "simple" else ()))
    values = _values(folder, document, given)
    known = compose.services(document, values)
    wanted = _all_of(engine, known) if services is None else list(services)
    names = [service.name for service in compose.in_order(known, wanted) if service.name not in left_out]
    absent = {} if any(PREFECT in known[name].profiles for name in names) else {"PREFECT_DB_PASSWORD": ""}
    if "smtp-sink" not in names:
        absent["RECOURSE_SMTP"] = ""
    known = compose.services(document, {**values, **absent, **given})
    chosen = [known[name] for name in names]
    # Addresses of services that are not started still stand in the environment: every service gets its ports.
    where = native.site(folder, known.values(), ports or {})
    passwords, sign_in = _sign_in(folder, auth, users, values)
    settings = {"AIRFLOW__CORE__EXECUTOR": executor, **sign_in}
    settings |= {name: value for name, value in given.items() if name not in compose.variables(document)}
    programs = {service.name: native.program(service, where, settings) for service in chosen}
    stack = Stack(where, chosen, programs)
    stack.passwords = passwords
    try:
        stack.up(patience)
        yield stack
    finally:
        stack.down(stop_patience)
        server = native.server_folder(where)
        if not server.is_relative_to(folder):
            shutil.rmtree(server, ignore_errors=True)


def _all_of(engine: Engine, known: Mapping[str, Service]) -> list[str]:
    """The services that an engine calls for; those that they need are not named."""
    of_prefect = [name for name, service in known.items() if PREFECT in service.profiles]
    if engine == "prefect":
        return [*of_prefect, *BESIDE_PREFECT]
    return [name for name in known if name not in of_prefect]


def _values(folder: Path, document: Mapping[str, object], given: Mapping[str, str]) -> dict[str, str]:
    """A value for each variable: what was given, what suits a small machine, and secrets, made once and kept."""
    kept = folder / "secrets.json"
    made: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    required = [name for name, needed in compose.variables(document).items() if needed]
    for name in (*required, "PREFECT_DB_PASSWORD"):
        made[name] = made.get(name) or _secret(name)
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(made, indent=1))
    small = {
        "AIRFLOW_BASE_URL": "http://api-server:8080",
        "AIRFLOW_PARALLELISM": "8",
        "AIRFLOW_WORKER_CONCURRENCY": "4",
        "PREFECT_BASE_URL": "http://prefect-server:4200",
        "RECOURSE_CONSOLE_URL": "http://console:8090",
        "RECOURSE_DELIVERIES_FOLDER": str(folder / "deliveries"),
        "RECOURSE_HOME_FOLDER": str(folder / "bank"),
        "RECOURSE_MODE": "development",
        "RECOURSE_SMTP": "smtp://smtp-sink:1025",
    }
    return {**small, **made, **given}


def _secret(name: str) -> str:
    if "FERNET" in name:
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_hex(32)


def _sign_in(
    folder: Path, auth: Auth, users: Sequence[tuple[str, str]], values: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Passwords by user, and the settings of Airflow that make it know them."""
    service = values.get("RECOURSE_AIRFLOW_USER", "recourse-service")
    if auth == "fab":
        admin = values.get("AIRFLOW_ADMIN_USER", "admin")
        return {admin: values["AIRFLOW_ADMIN_PASSWORD"], service: values["RECOURSE_AIRFLOW_PASSWORD"]}, {}
    kept = folder / "passwords.json"
    before: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    passwords = {name: before.get(name) or secrets.token_urlsafe(12) for name, _ in users}
    passwords[service] = values["RECOURSE_AIRFLOW_PASSWORD"]
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(passwords))
    return passwords, {
        "AIRFLOW__CORE__AUTH_MANAGER": _SIMPLE,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(
            f"{name}:{role}" for name, role in (*users, (service, "op"))
        ),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(kept),
    }
