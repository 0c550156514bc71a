"""The console's own sign-in: a personal token, once; in demo mode also "act as". Everything after it is `console.sessions`."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from urllib.parse import quote

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from console.identity import Visitor
from console.pages import Pages, link
from console.sessions import COOKIE, Session, Sessions
from desk import sign_in
from desk.open_desk import Desk
from recourse.errors import UserError

PATH = "/sign-in"
TRIES, TRIES_WITHIN_SECONDS = 10, 300
ADDRESSES_REMEMBERED = 10_000
_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")


class OwnSignIn:
    """:class:`console.identity.Identity` by the ledger's personal tokens."""

    open_paths = frozenset({PATH})
    signs_out = True

    def __init__(self, desk: Desk, *, clock: Callable[[], int] = sign_in.seconds) -> None:
        self._desk = desk
        self._sessions = Sessions(desk.settings.session_secret, clock)
        self._tries = Tries(clock)

    async def visitor(self, request: Request) -> Visitor:
        session = self._sessions.read(request.cookies.get(COOKIE, ""))
        if session is None:
            session = self._sessions.new()
            request.state.session = session
            return Visitor(None, session.id, self._header(request, session))
        request.state.session = session
        actor = await run_in_threadpool(sign_in.still, self._desk, session.name, session.mark) if session.name else None
        renewed = self._sessions.renewed(session)
        return Visitor(actor, session.id, self._header(request, renewed) if renewed else "")

    def turned_away(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            pages: Pages = request.state.pages
            return pages.trouble(request, 401, UserError("nobody is signed in", mend="sign in and send it again"))
        root = str(request.scope.get("root_path", ""))
        wanted = request.url.path.removeprefix(root) + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{root}{PATH}?next={quote(wanted, safe='')}", status_code=303)

    def routes(self) -> Sequence[BaseRoute]:
        router = APIRouter()
        router.add_api_route(PATH, self._form, methods=["GET"], name="sign_in", response_model=None)
        router.add_api_route(PATH, self._enter, methods=["POST"], name="enter", response_model=None)
        router.add_api_route("/sign-out", self._leave, methods=["POST"], name="sign_out", response_model=None)
        return router.routes

    def _form(self, request: Request) -> Response:
        return self._show(request, local(request.query_params.get("next", "")))

    def _enter(self, request: Request) -> Response:
        form = request.state.form
        onward = local(form.get("next", [""])[0])
        address = request.client.host if request.client else ""
        if self._tries.too_many(address):
            error = UserError("too many attempts", mend=f"wait {TRIES_WITHIN_SECONDS // 60} minutes")
            return self._show(request, onward, error, status=429)
        name, token = form.get("actor", [""])[0], form.get("token", [""])[0]
        try:
            known = sign_in.as_anyone(self._desk, name) if name else sign_in.by_personal_token(self._desk, token)
        except UserError as error:
            self._tries.failed(address)
            return self._show(request, onward, error, status=400)
        answer = RedirectResponse(f"{request.scope.get('root_path', '')}{onward}", status_code=303)
        answer.headers.append("set-cookie", self._header(request, self._sessions.new(known.actor.name, known.mark)))
        return answer

    def _leave(self, request: Request) -> Response:
        self._sessions.end(request.state.session)
        answer = RedirectResponse(link(request, "sign_in"), status_code=303)
        answer.headers.append("set-cookie", self._header(request, None))
        return answer

    def _show(self, request: Request, onward: str, error: UserError | None = None, status: int = 200) -> Response:
        pages: Pages = request.state.pages
        return pages.show(request, "sign_in.html", status=status, onward=onward, error=error,
                          demo=self._desk.settings.is_demo, everyone=sign_in.everyone(self._desk))  # fmt: skip

    def _header(self, request: Request, session: Session | None) -> str:
        root = str(request.scope.get("root_path", ""))
        return self._sessions.header(session, path=root, secure=request.url.scheme == "https")


class Tries:
    """Failed attempts by address, remembered by this process."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._failed: dict[str, deque[int]] = {}
        self._lock = Lock()

    def failed(self, address: str) -> None:
        with self._lock:
            if len(self._failed) >= ADDRESSES_REMEMBERED and address not in self._failed:
                self._failed.pop(next(iter(self._failed)))
            self._failed.setdefault(address, deque(maxlen=TRIES)).append(self._clock())

    def too_many(self, address: str) -> bool:
        """Whether all the attempts that are allowed in a span have failed."""
        with self._lock:
            times = self._failed.get(address, deque[int]())
            return len(times) == TRIES and self._clock() - times[0] < TRIES_WITHIN_SECONDS


def local(wanted: str) -> str:
    """A path of this console to go on to after the sign-in; anything that could lead elsewhere becomes the front page."""
    return wanted if _LOCAL.fullmatch(wanted) and not wanted.startswith(PATH) else "/"
