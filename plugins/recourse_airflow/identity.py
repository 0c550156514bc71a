"""Who looks at the console inside Airflow: Airflow's session says which user, the ledger says which person of the bank."""

from __future__ import annotations

from collections.abc import Sequence

from airflow.api_fastapi.core_api.security import get_user
from fastapi import HTTPException
from fastapi.security import HTTPAuthorizationCredentials
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute

from console.identity import Visitor
from desk.open_desk import Desk
from recourse.actors import Actor, by_airflow_user
from recourse.errors import UserError
from recourse.ledger.database import reading

NOBODY = Visitor(None, "nobody")


class AirflowIdentity:
    """An :class:`console.identity.Identity`: Airflow's users who are enrolled in the ledger, and nobody else.

    A form is bound to the user, not to one token: Airflow renews its token while somebody works.
    """

    open_paths: frozenset[str] = frozenset()
    signs_out = False

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def visitor(self, request: Request) -> Visitor:
        """The enrolled person behind Airflow's session or bearer token."""
        try:
            user = await get_user(request, None, _bearer(request))
        except HTTPException as error:
            request.state.turned_away = (error.status_code, "sign in to Airflow first")
            return NOBODY
        try:
            actor = await run_in_threadpool(self._actor, user.get_name())
        except UserError as error:
            request.state.turned_away = (403, str(error))
            return NOBODY
        return Visitor(actor, f"airflow:{user.get_id()}")

    def turned_away(self, request: Request) -> Response:
        """401 for nobody, 403 for a user whom the ledger does not know."""
        status, why = getattr(request.state, "turned_away", (401, "sign in to Airflow first"))
        return PlainTextResponse(why, status)

    def routes(self) -> Sequence[BaseRoute]:
        """None: Airflow signs in and out."""
        return ()

    def _actor(self, name: str) -> Actor:
        with reading(self._desk.engine) as connection:
            return by_airflow_user(connection, name)


def _bearer(request: Request) -> HTTPAuthorizationCredentials | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return HTTPAuthorizationCredentials(scheme=scheme, credentials=token) if token else None
