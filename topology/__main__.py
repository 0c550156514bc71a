"""`make airflow` and `make prefect`: the services on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import socket
import sys
from pathlib import Path

from recourse.errors import UserError
from topology.native import LOOPBACK
from topology.stack import Stack, running

PORTS = {"airflow": ("api-server", 8080), "prefect": ("prefect-server", 4200)}
"""Each engine's service for browsers, and the port that it usually has."""


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m topology", description="Run Recourse on an engine on this machine."
    )
    parser.add_argument("--engine", choices=list(PORTS), default="airflow")
    parser.add_argument("--folder", type=Path, help="databases, logs and secrets; var/ENGINE when not given")
    parser.add_argument("--executor", choices=["LocalExecutor", "CeleryExecutor"], default="LocalExecutor")
    parser.add_argument("--auth", choices=["simple", "fab"], default="simple", help="how people sign in to Airflow")
    parser.add_argument("--port", type=int, help="the engine's, and 10 above it the console's, when free; 8080 or 4200")
    parser.add_argument("--service", action="append", metavar="NAME", help="only this and what it needs; repeatable")
    return parser.parse_args()


def _addresses(stack: Stack) -> list[str]:
    """Where the pages of the services that run are, and who may sign in to Airflow."""
    told = []
    if "api-server" in stack.services:
        told += [f"Airflow   {stack.url}", *(f"          {name} / {word}" for name, word in stack.passwords.items())]
    if "prefect-server" in stack.services:
        told += [f"Prefect   {stack.url}", f"          PREFECT_API_URL={stack.url}/api"]
    if "console" in stack.services:
        told.append(f"console   http://{LOOPBACK}:{stack.port('console')}")
    return told


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Start, print where and who, and wait."""
    asked = _arguments()
    service, usual = PORTS[asked.engine]
    folder, port = asked.folder or Path("var", asked.engine), asked.port or usual
    signal.signal(signal.SIGTERM, _interrupt)
    ports = {name: number for name, number in ((service, port), ("console", port + 10)) if _free(number)}
    sys.stderr.write(f"starting; logs in {folder / 'logs'}\n")
    try:
        with running(
            folder, asked.executor, services=asked.service, engine=asked.engine, auth=asked.auth, ports=ports
        ) as stack:
            sys.stdout.write("\n".join([*_addresses(stack), "Ctrl-C ends it.\n"]))
            sys.stdout.flush()
            signal.pause()
    except KeyboardInterrupt:
        sys.stderr.write("\nended\n")
    except UserError as refused:
        sys.exit(f"topology: {refused}")


if __name__ == "__main__":
    main()
