"""A small browser over an ASGI app, without a socket: cookies by path, forms as they stand in the page, no redirects by itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    raised: Exception | None = None
    """What escaped after the answer was sent, for the server to log."""

    @property
    def text(self) -> str:
        return self.body.decode()

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    @property
    def location(self) -> str:
        return self.header("location")

    @property
    def cookies(self) -> list[str]:
        return [value for key, value in self.headers if key == "set-cookie"]


class _Form(HTMLParser):
    """The hidden fields of the form that is sent to a path."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.fields, self.links = action, False, dict[str, str](), list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "form":
            self.inside = known.get("action") == self.action
        if tag == "input" and self.inside and known.get("type") == "hidden":
            self.fields[known["name"] or ""] = known.get("value") or ""
        for name in ("href", "action", "src"):
            if known.get(name):
                self.links.append(str(known[name]))


@dataclass
class Browser:
    app: Any
    scheme: str = "http"
    host: str = "console.test"
    language: str = "zh-CN"
    prefix: str = ""
    jar: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, b"", headers)

    def fields(self, page: str, action: str) -> dict[str, str]:
        """The hidden fields of a page's form."""
        form = _Form(f"{self.prefix}{action}")
        form.feed(self.get(page).text)
        return form.fields

    def send(self, page: str, action: str, /, **typed: str | list[str]) -> Answer:
        """Open a page and send its form, as a person does."""
        return self.post(action, {**self.fields(page, action), **typed})

    def post(self, path: str, form: dict[str, Any], **headers: str) -> Answer:
        said = {"origin": f"{self.scheme}://{self.host}", "content-type": "application/x-www-form-urlencoded"}
        said.update({name.replace("_", "-"): value for name, value in headers.items()})
        return self.ask("POST", path, urlencode(form, doseq=True).encode(), said)

    def sign_in(self, actor: str) -> Browser:
        """Act as somebody, as demo mode allows."""
        answer = self.send("/sign-in", "/sign-in", actor=actor)
        assert answer.status == 303, answer.text
        return self

    def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        parts = urlsplit(f"{self.prefix}{path}")
        said = {"host": self.host, "accept-language": self.language, **(headers or {})}
        if self.jar:
            said["cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": self.scheme,
            "path": parts.path, "raw_path": parts.path.encode(), "query_string": parts.query.encode(), "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in said.items() if value],
            "client": ("127.0.0.1", 50000), "server": (self.host, 80),
        }  # fmt: skip
        answer = asyncio.run(_asked(self.app, scope, body))
        for cookie in answer.cookies:
            (pair, *flags) = cookie.split("; ")
            name, _, value = pair.partition("=")
            if "Max-Age=0" in flags:
                self.jar.pop(name, None)
            else:
                self.jar[name] = value
        return answer


async def _asked(app: Any, scope: dict[str, Any], body: bytes) -> Answer:
    sent: list[dict[str, Any]] = []
    given = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> dict[str, Any]:
        return next(given, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        sent.append(message)

    raised = None
    try:
        await app(scope, receive, send)
    except Exception as error:
        if not sent:
            raise
        raised = error
    start = sent[0]
    headers = [(name.decode().lower(), value.decode()) for name, value in start["headers"]]
    return Answer(start["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]), raised)


def links(answer: Answer) -> list[str]:
    """Where a page leads: links, forms, files."""
    form = _Form("")
    form.feed(answer.text)
    return form.links


def query(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))
