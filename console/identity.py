"""How a request is known to be a person. The app asks an :class:`Identity`; no page knows which one it is.

The console's own sign-in is `console.sign_in`. Mounted in another application, the identity is that application's user.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from recourse.actors import Actor


class Visitor(msgspec.Struct, frozen=True):
    """Who makes a request. `actor`: None for somebody unknown.

    `bond`: what the tokens of this visitor's forms are bound to, never empty, never shown, another one for every
    session; `cookie`: a Set-Cookie header to send back, "" for none.
    """

    actor: Actor | None
    bond: str
    cookie: str = ""


class Identity(Protocol):
    """Says who a request comes from, and what becomes of one that comes from nobody."""

    open_paths: frozenset[str]
    """Paths, without the prefix, that are shown to anybody; only pages of the identity's own."""

    signs_out: bool
    """Whether pages offer to sign out (a route named ``sign_out`` is there)."""

    async def visitor(self, request: Request) -> Visitor:
        """Who this is, with the roles that the ledger has at this moment."""
        ...

    def turned_away(self, request: Request) -> Response:
        """The answer to somebody unknown: a sign-in page, or a refusal."""
        ...

    def routes(self) -> Sequence[BaseRoute]:
        """Pages of its own, such as a sign-in; none when another application signs in."""
        ...
