"""`make airflow`: the services on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import socket
import sys
from pathlib import Path

from recourse.errors import UserError
from topology.native import LOOPBACK
from topology.stack import running


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m topology", description="Run Recourse on Airflow on this machine.")
    parser.add_argument("--folder", type=Path, default=Path("var/airflow"), help="databases, logs and secrets")
    parser.add_argument("--executor", choices=["LocalExecutor", "CeleryExecutor"], default="LocalExecutor")
    parser.add_argument("--auth", choices=["simple", "fab"], default="simple", help="how people sign in")
    parser.add_argument("--port", type=int, default=8080, help="Airflow's, and 10 above it the console's, when free")
    parser.add_argument("--service", action="append", metavar="NAME", help="only this and what it needs; repeatable")
    return parser.parse_args()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Start, print where and who, and wait."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, _interrupt)
    ports = {name: port for name, port in (("api-server", asked.port), ("console", asked.port + 10)) if _free(port)}
    sys.stderr.write(f"starting; logs in {asked.folder / 'logs'}\n")
    try:
        with running(asked.folder, asked.executor, services=asked.service, auth=asked.auth, ports=ports) as stack:
            sys.stdout.write(f"Airflow   {stack.url}\n")
            for name, password in stack.passwords.items():
                sys.stdout.write(f"          {name} / {password}\n")
            if "console" in stack.services:
                sys.stdout.write(f"console   http://{LOOPBACK}:{stack.port('console')}\n")
            sys.stdout.write("Ctrl-C ends it.\n")
            sys.stdout.flush()
            signal.pause()
    except KeyboardInterrupt:
        sys.stderr.write("\nended\n")
    except UserError as refused:
        sys.exit(f"topology: {refused}")


if __name__ == "__main__":
    main()
