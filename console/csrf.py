"""Writes come from our own pages only: a token in the form, bound to the visitor, and the browser's word for the origin."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers

from recourse.errors import UserError

SAFE = frozenset({"GET", "HEAD"})
FIELD = "csrf"
LARGEST_FORM = 256 * 1024
"""Bytes of a form: a list has 200 members at most."""

FORM = "application/x-www-form-urlencoded"
Form = Mapping[str, list[str]]


class Refused(UserError):
    """A write that did not come from a page of ours, or that is no form."""


def token_of(secret: bytes, bond: str) -> str:
    """The token that every form of this visitor carries."""
    return hmac.new(secret, f"csrf:{bond}".encode(), "sha256").hexdigest()


def check_origin(headers: Headers) -> None:
    """Refuse a write that another site caused. Hosts are compared, not schemes: TLS may end at a proxy before us."""
    said = headers.get("origin") or headers.get("referer") or ""
    if not said or urlsplit(said).netloc != headers.get("host", ""):
        raise Refused("this did not come from a page of the console", mend="open the page here and send it again")


def read_form(headers: Headers, body: bytes) -> Form:
    """The fields of a form; anything else is refused."""
    if headers.get("content-type", "").split(";")[0].strip().lower() != FORM:
        raise Refused("only forms are taken here", mend=f"send {FORM}")
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=2000, errors="strict")
    except ValueError:
        raise Refused("the form cannot be read", mend="open the page and send it again") from None


def check_token(form: Form, expected: str) -> None:
    """Refuse a form without the token of this visitor."""
    given = form.get(FIELD, [""])[0]
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise Refused("the page is too old, or of another session", mend="open it again and send it again")
