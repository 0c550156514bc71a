"""Rendering: templates with words, links under the prefix, and one page for every kind of trouble."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from console import words
from console.words import Titles, Words
from desk.open_desk import Desk
from recourse.errors import UserError
from recourse.money import to_text
from recourse.policy.values import Roles

LANGUAGE_COOKIE = "recourse_lang"
A_YEAR_SECONDS = 365 * 86400


def link(request: Request, name: str, /, **parts: Any) -> str:
    """The path of a page by its name, under the prefix that the app is mounted at; no host in it."""
    return f"{request.scope.get('root_path', '')}{request.app.url_path_for(name, **parts)}"


class Pages:
    """Renders the console's templates; everything is escaped."""

    def __init__(self, desk: Desk, *, signs_out: bool) -> None:
        self._desk, self._signs_out = desk, signs_out
        self._templates = Environment(
            loader=PackageLoader("console"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    def words(self, request: Request) -> Words:
        """The catalogue of the language that the reader chose, or that the browser prefers."""
        chosen = words.choose(
            request.query_params.get("lang", ""),
            request.cookies.get(LANGUAGE_COOKIE, ""),
            request.headers.get("accept-language", ""),
        )
        return Words(chosen, self._desk.ladder, self._titles)

    @cached_property
    def _titles(self) -> Titles:
        book = self._desk.book
        policy = book.at(self._desk.today(), self._desk.settings.jurisdiction, "")
        own = self._desk.settings.jurisdiction  # last: it names what it shares with others
        known = [*book.rules(), *book.rules(own)]
        rules = {rule.rule: (rule.title.zh, rule.title.en) for _, rule in known}
        roles = {role: name for _, known in policy.of("roles", Roles) for role, name in known.zh.items()}
        return Titles(rules, roles)

    def show(self, request: Request, template: str, /, status: int = 200, **values: Any) -> HTMLResponse:
        """A page. Templates get `t` (words), `link`, `other` (this page in the other language), `money` and the actor."""
        t = self.words(request)
        state = request.state
        shown = {
            "t": t, "link": lambda name, **parts: link(request, name, **parts), "money": money, "day": day,
            "other": self._in_the_other_language(request, t), "csrf": getattr(state, "csrf", ""),
            "actor": getattr(state, "actor", None), "mode": self._desk.settings.mode, "signs_out": self._signs_out,
            **values,
        }  # fmt: skip
        html = self._templates.get_template(template).render(shown)
        answer = HTMLResponse(html, status_code=status, headers={"content-language": t.lang})
        if request.query_params.get("lang", "") in words.LANGUAGES:
            answer.set_cookie(
                LANGUAGE_COOKIE, t.lang, max_age=A_YEAR_SECONDS, path=request.scope.get("root_path", "") or "/",
                httponly=True, samesite="lax", secure=request.url.scheme == "https",
            )  # fmt: skip
        return answer

    def trouble(self, request: Request, status: int, error: UserError | None) -> HTMLResponse:
        """A page that says in one line what is wrong and what mends it; never more than that."""
        return self.show(request, "trouble.html", status=status, status_code=status, error=error)

    @staticmethod
    def _in_the_other_language(request: Request, t: Words) -> str:
        kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
        return f"?{urlencode([*kept, ('lang', t.other)])}"


def money(minor: int | None, currency: str) -> str:
    """An amount in units of its currency; a dash for what is unknown."""
    return "—" if minor is None or not currency else to_text(minor, currency, grouped=True)


def day(on: date | None) -> str:
    """A day, or nothing."""
    return on.isoformat() if on else ""
