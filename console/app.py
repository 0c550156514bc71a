"""The application: pages, the guard before them, and what becomes of errors. Made by `create`; nothing exists before."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from console import account, api, board, gates
from console.bearer import Bearer
from console.guard import ALIVE, SECURITY, Guard
from console.identity import Identity
from console.pages import Pages
from console.trouble import NotThere
from desk.open_desk import Desk
from desk.sign_in import seconds
from recourse.errors import UserError

AREAS = (board.routes, gates.routes, account.routes)
"""Each page area makes its routes over a desk."""


def create(desk: Desk, identity: Identity, *, root_path: str = "") -> FastAPI:
    """The console over a desk. `identity`: how a request is known to be a person.

    `root_path`: a prefix that a proxy takes away; an application that mounts this one gives none, its mount says it.
    """
    pages = Pages(desk, signs_out=identity.signs_out)
    app = FastAPI(
        title="Recourse", root_path=root_path, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False,
        middleware=[
            Middleware(
                Guard, identity=identity, pages=pages, secret=desk.settings.session_secret, bearer=Bearer(desk, seconds)
            )
        ],
    )  # fmt: skip
    app.router.routes.extend(identity.routes())
    for area in AREAS:
        app.include_router(area(desk))
    app.add_api_route(ALIVE, _alive, methods=["GET"], name="alive", response_model=None)
    app.mount(api.PREFIX.rstrip("/"), api.create(desk))
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    _on_errors(app, pages)
    return app


def _alive() -> Response:
    """For health checks: the process answers. Says nothing of the ledger."""
    return PlainTextResponse("alive")


def _on_errors(app: FastAPI, pages: Pages) -> None:
    async def user_error(request: Request, error: Exception) -> Response:
        status = 404 if isinstance(error, NotThere) else 400
        return pages.trouble(request, status, error if isinstance(error, UserError) else None)

    async def http_error(request: Request, error: Exception) -> Response:
        return pages.trouble(request, error.status_code if isinstance(error, HTTPException) else 400, None)

    async def defect(request: Request, error: Exception) -> Response:
        answer = pages.trouble(request, 500, None)
        for name, value in SECURITY.items():
            answer.headers[name] = value
        return answer

    app.add_exception_handler(UserError, user_error)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(Exception, defect)
