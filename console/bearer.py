"""Knowing who calls the API: a personal token of the ledger as bearer, and nothing else. Failed attempts are counted."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from console import api
from console.sign_in import TRIES_WITHIN_SECONDS, Tries
from desk import sign_in
from desk.open_desk import Desk
from recourse.errors import UserError

SCHEME = "bearer "
CHALLENGE = {"www-authenticate": "Bearer"}


class Bearer:
    """Puts the actor of a token into the request's state, with the roles of this moment."""

    def __init__(self, desk: Desk, clock: Callable[[], int]) -> None:
        self._desk, self._tries = desk, Tries(clock)

    async def stopped(self, request: Request) -> Response | None:
        """The answer when the request goes no further."""
        address = request.client.host if request.client else ""
        if self._tries.too_many(address):
            error = UserError("too many attempts", mend=f"wait {TRIES_WITHIN_SECONDS // 60} minutes")
            return api.trouble(429, error)
        given = request.headers.get("authorization", "")
        if given[: len(SCHEME)].lower() != SCHEME:
            error = UserError("no token", where="Authorization", mend="send Bearer and a personal token")
            return api.trouble(401, error, CHALLENGE)
        try:
            known = await run_in_threadpool(sign_in.by_personal_token, self._desk, given[len(SCHEME) :])
        except UserError as error:
            self._tries.failed(address)
            return api.trouble(401, UserError(error.what, where="Authorization", mend=error.mend), CHALLENGE)
        request.state.actor = known.actor
        return None
