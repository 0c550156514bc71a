"""Nobody unknown gets in anywhere, and no write that is not a form of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.routing import Mount

from console.guard import SECURITY
from tests.console.conftest import Town

OPEN = {"/sign-in", "/alive", "/static"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def doors(town: Town) -> Iterator[tuple[str, str]]:
    """(method, path) of everything that is routed, and of something that is not."""
    for route in town.app.routes:
        path = re.sub(r"{[^}]+}", "A1", str(getattr(route, "path", "")))
        for method in METHODS:
            yield method, path
        if isinstance(route, Mount):
            assert path in OPEN | {"/api"}, "what is mounted answers for itself"
    for path in ("/nowhere", "/openapi.json", "/docs", "//", "/static", "/sign-in/", "/gates/../static/console.css"):
        yield "GET", path


def test_an_unknown_visitor_gets_in_nowhere(town: Town) -> None:
    visited, before = set(), town.written()
    for method, path in doors(town):
        if path in OPEN and (path, method) != ("/static", "GET"):
            continue
        answer = town.browser().ask(method, path)
        visited.add(path)
        if method in ("GET", "HEAD"):
            assert (answer.status, answer.location[:14]) == (303, "/sign-in?next="), (method, path)
        else:
            assert answer.status == 401, (method, path)
        assert b"A1</a>" not in answer.body
    assert {
        "/",
        "/cases",
        "/gates",
        "/gates/A1/answer",
        "/accounts/A1",
        "/accounts/A1/documents/A1",
        "/sign-out",
    } <= visited
    assert town.written() == before


def test_what_is_open_says_nothing_of_the_ledger(town: Town) -> None:
    assert town.browser().get("/alive").text == "alive"
    assert town.browser().get("/static/console.css").status == 200
    assert town.browser().get("/static/../app.py").status == 404
    assert town.browser().get("/static/%2e%2e/app.py").status == 404


@pytest.mark.parametrize(
    "path", ["/sign-in", "/alive", "/static/console.css", "/", "/gates", "/accounts/none", "/nowhere"]
)
def test_every_answer_has_the_headers(town: Town, path: str) -> None:
    answer = town.browser("sup-01").get(path)
    for name, value in SECURITY.items():
        assert answer.header(name) == value, name
    assert "'unsafe" not in answer.header("content-security-policy")


def test_no_page_needs_a_script_or_a_style_of_its_own(town: Town) -> None:
    browser = town.browser("blg-01")
    for path in ("/", "/cases", "/gates", f"/gates/{town.gate('litigation_route')}", "/accounts/A1"):
        text = browser.get(path).text
        assert re.findall(r"<script|\sstyle=|\son\w+=|javascript:", text) == [], path


# --- writes -------------------------------------------------------------------------------------------------------


def an_answer(town: Town, browser_of: str = "sup-01") -> tuple[str, dict[str, str]]:
    gate = f"/gates/{town.gate('formal_notice')}"
    fields = town.browser(browser_of).fields(gate, f"{gate}/answer")
    assert fields["csrf"]
    return f"{gate}/answer", {**fields, "verdict": "approve", "reason": "同意"}


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.test"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "", "referer": "http://elsewhere.test/console.test"},
        {"origin": "http://console.test:8080"},
        {"origin": "http://console.test.elsewhere.test"},
    ],
)
def test_a_write_from_another_site_is_refused(town: Town, headers: dict[str, str]) -> None:
    browser = town.browser("sup-01")
    gate = f"/gates/{town.gate('formal_notice')}"
    form = {**browser.fields(gate, f"{gate}/answer"), "verdict": "approve", "reason": "同意"}
    before = town.written()
    assert browser.post(f"{gate}/answer", form, **headers).status == 403
    assert town.written() == before
    assert browser.post(f"{gate}/answer", form).status == 303
    assert town.written() != before


def test_the_referer_will_do_where_a_browser_sends_no_origin(town: Town) -> None:
    browser = town.browser("sup-01")
    gate = f"/gates/{town.gate('formal_notice')}"
    form = {**browser.fields(gate, f"{gate}/answer"), "verdict": "approve", "reason": "同意"}
    assert browser.post(f"{gate}/answer", form, origin="", referer=f"http://console.test{gate}").status == 303


def test_a_write_needs_the_token_of_this_session(town: Town) -> None:
    action, of_another = an_answer(town)
    browser, before = town.browser("sup-01"), town.written()
    for csrf in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": of_another["csrf"]}, {"csrf": "é"}):
        form = {"verdict": "approve", "reason": "同意", **csrf}
        assert browser.post(action, form).status == 403, csrf
    assert town.written() == before


def test_only_small_forms_are_taken(town: Town) -> None:
    browser = town.browser("sup-01")
    gate = f"/gates/{town.gate('formal_notice')}"
    form, before = {**browser.fields(gate, f"{gate}/answer"), "verdict": "approve", "reason": "同意"}, town.written()
    assert browser.post(f"{gate}/answer", form, content_type="application/json").status == 403
    assert browser.post(f"{gate}/answer", {**form, "reason": "x" * 300_000}).status == 403
    assert browser.post(f"{gate}/answer", {**form, **{f"f{n}": "x" for n in range(2500)}}).status == 403
    assert town.written() == before


def test_signing_in_needs_the_token_too(town: Town) -> None:
    assert town.browser().post("/sign-in", {"actor": "sup-01"}).status == 403
