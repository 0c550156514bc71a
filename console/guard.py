"""The guard before every page: who it is, where a write comes from, and the headers of every answer.

It stands before the routes, so that a page is closed unless it is on the short list of open ones.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console import api, csrf
from console.bearer import Bearer
from console.identity import Identity, Visitor
from console.pages import Pages
from console.sessions import COOKIE
from recourse.errors import UserError

STATIC = "/static/"
ALIVE = "/alive"
SECURITY = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
}
"""Of every answer, unless the page has set a header itself. 'self' may frame it: Airflow shows it in a frame."""


class Guard:
    """ASGI middleware: lets nobody unknown in, and no write that is not one of our forms."""

    def __init__(self, app: ASGIApp, identity: Identity, pages: Pages, secret: bytes, bearer: Bearer) -> None:
        self._app, self._identity, self._pages, self._secret, self._bearer = app, identity, pages, secret, bearer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = local_path(scope)
        if path == ALIVE or path.startswith(STATIC):
            await self._app(scope, receive, _with_headers(send, ""))
            return
        if path.startswith(api.PREFIX):
            await self._api(scope, receive, send, path)
            return
        request = Request(scope, receive)
        request.state.pages = self._pages
        visitor = Visitor(None, "nobody")
        answer: Response | None
        try:
            visitor = await self._identity.visitor(request)
            answer = await self._stopped(request, path, visitor)
        except ClientDisconnect:
            return
        except UserError as error:
            status = 403 if isinstance(error, csrf.Refused) else 503
            answer = self._pages.trouble(request, status, error)
        onward = _with_headers(send, visitor.cookie)
        await (self._app if answer is None else answer)(scope, receive, onward)

    async def _api(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """The API: by bearer token alone, whatever cookies come along, with a body of a form's size at most."""
        request = Request(scope, receive)
        onward = _with_headers(send, "")
        try:
            answer = None if path == api.OPEN_PATH else await self._bearer.stopped(request)
            body = await _body(request) if answer is None else b""
        except ClientDisconnect:
            return
        except csrf.Refused as error:
            answer = api.trouble(413, error)
        if answer is not None:
            await answer(scope, receive, onward)
            return
        await self._app(scope, _again(body), onward)

    async def _stopped(self, request: Request, path: str, visitor: Visitor) -> Response | None:
        """The answer when the request goes no further."""
        state = request.state
        state.actor, state.bond = visitor.actor, visitor.bond
        state.csrf = csrf.token_of(self._secret, visitor.bond)
        if visitor.actor is None and path not in self._identity.open_paths:
            return self._identity.turned_away(request)
        if request.method not in csrf.SAFE:
            csrf.check_origin(request.headers)
            state.form = csrf.read_form(request.headers, await _body(request))
            csrf.check_token(state.form, state.csrf)
        return None


def local_path(scope: Scope) -> str:
    """The path without the prefix under which the app is mounted."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    if root and path.startswith(root) and (len(path) == len(root) or path[len(root)] == "/"):
        return path[len(root) :] or "/"
    return path


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > csrf.LARGEST_FORM:
            raise csrf.Refused("the form is too large", mend="send less")
    return bytes(body)


def _again(body: bytes) -> Receive:
    """A body that was read, to be read again."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    return receive


def _with_headers(send: Send, cookie: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY.items():
                headers.setdefault(name, value)
            if cookie and not any(each.startswith(f"{COOKIE}=") for each in headers.getlist("set-cookie")):
                headers.append("set-cookie", cookie)
        await send(message)

    return sending
