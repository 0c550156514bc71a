"""Signing in, staying known, and being forgotten."""

from __future__ import annotations

import base64
import dataclasses
import zlib
from datetime import date
from pathlib import Path

import msgspec
import pytest

from console.app import create
from console.sessions import IDLE_SECONDS, WHOLE_SECONDS
from console.sign_in import OwnSignIn, local
from desk.settings import Settings, read
from recourse.actors import enrol, issue_token
from recourse.errors import UserError
from recourse.ledger.database import writing
from recourse.ledger.vault import DEMO_KEY
from tests.console.browser import Browser
from tests.console.conftest import Town, opened
from tests.database import Databases


def token_of(town: Town, actor: str) -> str:
    with writing(town.desk.engine) as connection:
        return issue_token(connection, actor, town.desk.pen(date(2025, 6, 16)))


def entered(town: Town, token: str, onward: str = "/", **how: str) -> Browser:
    browser = town.browser(**how)
    answer = browser.send(f"/sign-in?next={onward}", "/sign-in", token=token)
    assert (answer.status, answer.location) == (303, onward)
    return browser


def is_in(browser: Browser) -> bool:
    return browser.get("/").status == 200


def test_a_personal_token_signs_in_and_is_not_in_the_cookie(town: Town) -> None:
    token = token_of(town, "sup-01")
    browser = entered(town, token, "/gates")
    page = browser.get("/gates")
    assert page.status == 200
    assert ">sup-01<" in page.text
    value = browser.jar["recourse_session"].split(".")[1]
    readable = zlib.decompress(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    assert b"sup-01" in readable
    assert token.encode() not in readable


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_the_cookie_stays_with_the_browser_and_the_site(town: Town, scheme: str, secure: bool) -> None:
    browser = town.browser(scheme=scheme)
    (cookie,) = browser.send("/sign-in", "/sign-in", token=token_of(town, "sup-01")).cookies
    flags = cookie.split("; ")[1:]
    assert {"HttpOnly", "SameSite=Strict", "Path=/", f"Max-Age={IDLE_SECONDS}"} <= set(flags)
    assert ("Secure" in flags) is secure


@pytest.mark.parametrize("token", ["", "nothing", "x" * 300, "é令牌"])
def test_a_wrong_token_is_refused_on_the_page(town: Town, token: str) -> None:
    browser = town.browser()
    answer = browser.send("/sign-in", "/sign-in", token=token)
    assert answer.status == 400
    assert "令牌不正确或已失效" in answer.text
    assert not is_in(browser)


def test_too_many_attempts_close_the_door_for_a_while(town: Town) -> None:
    token, browser = token_of(town, "sup-01"), town.browser()
    for _ in range(10):
        assert browser.send("/sign-in", "/sign-in", token="guess").status == 400
    assert browser.send("/sign-in", "/sign-in", token=token).status == 429
    town.clock.now += 301
    assert browser.send("/sign-in", "/sign-in", token=token).status == 303


def test_a_token_issued_again_ends_the_session(town: Town) -> None:
    browser = entered(town, token_of(town, "sup-01"))
    assert is_in(browser)
    token_of(town, "sup-01")
    assert not is_in(browser)


def test_roles_are_those_of_this_moment(town: Town) -> None:
    browser = entered(town, token_of(town, "fin-01"))
    gate = f"/gates/{town.gate('formal_notice')}"
    assert 'name="verdict"' not in browser.get(gate).text
    with writing(town.desk.engine) as connection:
        enrol(connection, "fin-01", ["SUP"], town.desk.pen(date(2025, 6, 16)))
    assert 'name="verdict"' in browser.get(gate).text


def test_a_session_ends_when_nobody_uses_it(town: Town) -> None:
    browser = town.browser("sup-01")
    for _ in range(5):
        town.clock.now += IDLE_SECONDS - 1
        assert is_in(browser)
    town.clock.now += IDLE_SECONDS + 1
    assert not is_in(browser)


def test_a_session_ends_in_any_case(town: Town) -> None:
    browser = town.browser("sup-01")
    for _ in range(WHOLE_SECONDS // 3000):
        town.clock.now += 3000
        assert is_in(browser)
    town.clock.now += 3000
    assert not is_in(browser)


def test_signing_out_ends_the_cookie_wherever_it_was_copied(town: Town) -> None:
    browser = town.browser("sup-01")
    copied = dataclasses.replace(browser, jar=dict(browser.jar))
    answer = browser.send("/", "/sign-out")
    assert (answer.status, answer.location) == (303, "/sign-in")
    assert not is_in(browser)
    assert not is_in(copied)


def test_a_session_from_before_the_sign_in_is_not_kept(town: Town) -> None:
    browser = town.browser()
    browser.get("/sign-in")
    before = dataclasses.replace(browser, jar=dict(browser.jar))
    browser.sign_in("sup-01")
    assert browser.jar != before.jar
    assert not is_in(before)


def test_a_cookie_that_was_changed_is_none(town: Town) -> None:
    browser = town.browser("sup-01")
    browser.jar["recourse_session"] = browser.jar["recourse_session"][:-2] + "xx"
    assert not is_in(browser)


def test_a_service_opens_no_session(town: Town) -> None:
    with writing(town.desk.engine) as connection:
        enrol(connection, "airflow", ["SUP"], town.desk.pen(date(2025, 6, 16)), kind="service")
    assert town.browser().send("/sign-in", "/sign-in", token=token_of(town, "airflow")).status == 400
    assert "airflow" not in town.browser().get("/sign-in").text
    assert not is_in(town.browser("airflow"))


def test_acting_as_somebody_is_for_demo_mode(sqlite_databases: Databases, town: Town, tmp_path: Path) -> None:
    assert 'name="actor"' in town.browser().get("/sign-in").text
    acting = town.browser("sup-01")
    settings = msgspec.structs.replace(town.desk.settings, mode="development")
    strict = opened(settings.ledger, tmp_path / "home", mode="development")
    app = create(strict, OwnSignIn(strict, clock=town.clock))
    browser = Browser(app)
    assert 'name="actor"' not in browser.get("/sign-in").text
    assert browser.send("/sign-in", "/sign-in", actor="sup-01").status == 400
    assert not is_in(browser)
    assert not is_in(Browser(app, jar=dict(acting.jar)))
    strict.engine.dispose()


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/gates", "/gates"),
        ("/gates?node=call&kind=visit", "/gates?node=call&kind=visit"),
        ("", "/"),
        ("gates", "/"),
        ("//elsewhere.test/", "/"),
        ("/\\elsewhere.test/", "/"),
        ("/\t/elsewhere.test", "/"),
        ("https://elsewhere.test/", "/"),
        ("/a\r\nlocation: x", "/"),
        ("/sign-in?next=/", "/"),
    ],
)
def test_after_the_sign_in_it_goes_on_here_only(wanted: str, goes_to: str) -> None:
    assert local(wanted) == goes_to


def test_who_is_sent_to_the_sign_in_comes_back_to_the_page(town: Town) -> None:
    browser = town.browser()
    away = browser.get("/gates?whose=mine").location
    answer = browser.send(away, "/sign-in", actor="sup-01")
    assert answer.location == "/gates?whose=mine"


def test_production_needs_a_secret_of_its_own() -> None:
    own = Settings("sqlite://", Path("."), b"k" * 32, "production", console_secret="s" * 32)
    assert own.session_secret == b"s" * 32
    for secret in ("", "short"):
        with pytest.raises(UserError, match="secret of its own"):
            _ = msgspec.structs.replace(own, console_secret=secret).session_secret
    derived = Settings("sqlite://", Path("."), DEMO_KEY).session_secret
    assert derived != Settings("sqlite://", Path("."), b"k" * 32).session_secret
    assert DEMO_KEY not in derived
    assert read({"RECOURSE_CONSOLE_SECRET": "s" * 40}).console_secret == "s" * 40
