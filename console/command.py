"""`recourse console`: the console on this machine."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from recourse.errors import UserError

if TYPE_CHECKING:
    from fastapi import FastAPI

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command("console")(console)


def console(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any that is free")] = 8750,
    host: Annotated[str, typer.Option("--host", help="address to listen on")] = "127.0.0.1",
) -> None:
    """Serve the web console until it is interrupted."""
    from console.app import create  # the web framework is heavy, and no other command needs it
    from console.sign_in import OwnSignIn
    from desk.console_text import say
    from desk.open_desk import open_desk
    from desk.settings import read

    desk = open_desk(read(os.environ))
    app = create(desk, OwnSignIn(desk))
    listener = listen(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}/"
    say(f"The console is at {address}")
    if desk.settings.is_demo:
        say("Demo mode: everybody who reaches this address may act as anybody." if host not in LOOPBACK else
            "Demo mode: the sign-in page offers everybody who is enrolled.")  # fmt: skip
    say("End it with Ctrl-C.")
    _serve(app, listener)


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to an address; UserError when that cannot be had."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UserError(
            f"cannot listen on {host}:{port}", where=error.strerror or str(error), mend="give another --port or --host"
        ) from None
    return listener


def _serve(app: FastAPI, listener: socket.socket) -> None:
    import uvicorn

    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])
