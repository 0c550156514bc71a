"""What a page says when the thing it should show is not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from recourse.errors import UserError


class NotThere(UserError):
    """What the address names does not exist: answered with 404."""


@contextmanager
def looking_up() -> Iterator[None]:
    """Within it, a UserError means that what was looked for is not there."""
    try:
        yield
    except UserError as error:
        raise NotThere(error.what, where=error.where, mend=error.mend) from None


def day_given(text: str) -> date | None:
    """A day from an address; empty is None."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"not a day: {text!r}", mend="write YYYY-MM-DD") from None
