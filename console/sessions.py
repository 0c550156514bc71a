"""The session cookie of the console's own sign-in: signed, short-lived, and without any secret in it.

It holds the actor's name, a mark (see `desk.sign_in`), a random id, and two times. Being signed it cannot be changed;
being no secret it may be read. Signing out is remembered by this process until the cookie would have ended anyhow.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from threading import Lock

import msgspec
from itsdangerous import BadSignature, URLSafeSerializer

COOKIE = "recourse_session"
WHOLE_SECONDS = 8 * 3600
"""A session ends so long after the sign-in, whatever happens."""

IDLE_SECONDS = 3600
"""And so long after the last request."""

RENEWED_AFTER_SECONDS = 60
"""A cookie younger than this is not sent again."""


class Session(msgspec.Struct, frozen=True):
    """`name` is empty before the sign-in; then the session only binds the sign-in form to this browser."""

    id: str
    since: int
    seen: int
    name: str = ""
    mark: str = ""


class Sessions:
    """Opens, reads and ends sessions. `clock`: seconds."""

    def __init__(self, secret: bytes, clock: Callable[[], int]) -> None:
        self._signer = URLSafeSerializer(secret, salt="recourse-console-session")
        self._clock = clock
        self._ended: dict[str, int] = {}
        self._lock = Lock()

    def new(self, name: str = "", mark: str = "") -> Session:
        """A session of its own id: signing in never goes on with an id that was there before."""
        now = self._clock()
        return Session(secrets.token_urlsafe(18), now, now, name, mark)

    def read(self, cookie: str) -> Session | None:
        """The session of a cookie; None when it is not ours, at its end, or signed out."""
        try:
            session = msgspec.convert(self._signer.loads(cookie), type=Session)
        except (BadSignature, msgspec.ValidationError):
            return None
        now = self._clock()
        if now - session.since > WHOLE_SECONDS or now - session.seen > IDLE_SECONDS or session.id in self._ended:
            return None
        return session

    def renewed(self, session: Session) -> Session | None:
        """The session as it is to be sent again; None while the cookie is young."""
        now = self._clock()
        if now - session.seen < RENEWED_AFTER_SECONDS:
            return None
        return msgspec.structs.replace(session, seen=now)

    def end(self, session: Session) -> None:
        """Sign out."""
        now = self._clock()
        with self._lock:
            self._ended = {id_: until for id_, until in self._ended.items() if until > now}
            self._ended[session.id] = session.since + WHOLE_SECONDS

    def header(self, session: Session | None, *, path: str, secure: bool) -> str:
        """The Set-Cookie header that carries a session, or takes it away."""
        value = self._signer.dumps(msgspec.to_builtins(session)) if session else ""
        age = IDLE_SECONDS if session else 0
        flags = "; Secure" if secure else ""
        return f"{COOKIE}={value}; Path={path or '/'}; Max-Age={age}; HttpOnly; SameSite=Strict{flags}"
