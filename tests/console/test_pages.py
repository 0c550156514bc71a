"""Every page, in both languages, on both databases, under a prefix; and what must not be on any."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import typer.main
from fastapi import FastAPI
from sqlalchemy import event
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute

import console
from console.app import create
from console.command import listen
from console.drawing import draw
from console.guard import SECURITY
from console.identity import Visitor
from console.words import CATALOGUES, zh
from desk import board, board_rows, sign_in
from desk.board_rows import READERS
from desk.cli import app
from desk.open_desk import Desk
from desk.runner import Plan, open_day
from recourse.actors import Actor
from recourse.canonical import derived_id
from recourse.climb import arrivals
from recourse.errors import UserError
from recourse.events import ALL
from recourse.ledger import bulk
from recourse.ledger.database import writing
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import accounts, cases, documents_made, intents, visits, work_items
from tasks.ladder import LADDER
from tests.console.browser import Browser, links
from tests.console.conftest import Town

PAGES = ["/", "/cases", "/cases?node=formal_notice&state=list", "/cases?state=gate", "/gates", "/gates?whose=mine",
         "/accounts/A1", "/accounts/A1?events=all", "/accounts/A3?on=2025-06-12", "/accounts/A5",
         *(f"/numbers/{number}" for number in READERS)]  # fmt: skip


def shown(town: Town) -> list[str]:
    return [*PAGES, f"/gates/{town.gate('litigation_route')}", f"/gates/{town.gate('formal_notice')}"]


@pytest.mark.parametrize(("language", "html"), [("zh-CN", "zh-CN"), ("en-GB,en;q=0.9", "en"), ("fr", "zh-CN")])
def test_every_page_in_the_readers_language(either_town: Town, language: str, html: str) -> None:
    browser = either_town.browser("blg-01", language=language)
    for path in shown(either_town):
        page = browser.get(path)
        assert page.status == 200, (path, page.text[:200])
        assert f'<html lang="{html}">' in page.text
        if html == "en":
            body = re.sub(r"<[^>]+>", "", page.text[page.text.index("<main>") :])
            assert not re.search(r"审批|账户|步骤|席位", body), path


def test_the_language_that_was_chosen_is_kept(town: Town) -> None:
    browser = town.browser("blg-01")
    assert "Gates" in browser.get("/gates?lang=en").text
    assert "Gates" in browser.get("/gates").text
    assert "待审批" in browser.get("/gates?lang=zh").text
    assert "待审批" in browser.get("/gates?lang=xx").text


def test_rules_are_named_as_the_banks_own_jurisdiction_names_them(town: Town) -> None:
    page = town.browser("blg-01").get("/accounts/A1").text
    assert "诉讼路径 — " in re.sub(r"<[^>]+>", "", page)
    assert "訴訟路徑" not in page


def test_nothing_personal_is_on_any_page(town: Town) -> None:
    browser = town.browser("blg-01")
    people = town.desk.tools(town.desk.strategy(town.desk.business_day()), "").people.of(["D1", "D3", "D4", "D5"])
    private = [text for person in people.values() for text in (person.name, person.id_number, person.address)]
    private += [number for person in people.values() for number in person.numbers.values()]
    assert len(private) > 12
    assert all(private)
    for path in shown(town):
        page = browser.get(path).text
        assert [text for text in private if text in page] == [], path


def test_the_board_counts_what_its_rows_show(either_town: Town) -> None:
    desk = either_town.desk
    spoil(desk)
    seen = board.board(desk)
    assert seen.counts["litigation_route"] == {"gate": 1}
    assert seen.counts["formal_notice"] == {"list": 2}
    assert (seen.open_cases, seen.gates_open, seen.closed, seen.acts_left) == (4, 2, True, 1)
    assert (seen.acts_failed, seen.acts_unknown, seen.missing, seen.work) == (1, 1, 1, {"balance_difference": 1})
    for node, states in seen.counts.items():
        for state, count in states.items():
            assert len(board_rows.standing(desk, node, state).rows) == count
    for number, count in (("failed", 1), ("unknown", 1), ("left", 1), ("missing", 1), ("work", 1),
                          ("asleep", seen.asleep), ("calls", seen.calls_waiting)):  # fmt: skip
        assert len(board_rows.behind(desk, number, "").rows) == count, number
    assert board_rows.behind(desk, "missing", "").rows[0].detail == "balance"
    page = either_town.browser("blg-01").get("/").text
    assert 'href="/numbers/unknown"' in page
    assert 'href="/numbers/work?of=balance_difference"' in page


def test_contacts_refused_today_are_counted_by_rule(either_town: Town) -> None:
    desk = either_town.desk
    day = desk.business_day()
    assert open_day(desk, desk.strategy(day), desk.pen(day), Plan())
    (call,) = board_rows.behind(desk, "calls", "").rows
    at_night = Pen(day, f"{day}T15:30:00+00:00", "caller-01")
    (refused,) = arrivals.dial(desk.engine, desk.strategy(day), at_night, [call.key])
    assert refused.rule
    assert board.board(desk).refused == {refused.rule: 1}
    browser = either_town.browser("sup-01")
    page = browser.get("/").text
    assert f'href="/numbers/refused?of={refused.rule}"' in page
    assert f"营业日 {day} 进行中" in page
    assert "/accounts/A1" in browser.get(f"/numbers/refused?of={refused.rule}").text
    assert "/accounts/A1" not in browser.get("/numbers/refused?of=another.rule").text


def spoil(desk: Desk) -> None:
    """One of everything that may be stuck, on A5."""
    with writing(desk.engine) as connection:
        row = connection.execute(cases.select().where(cases.c.account_id == "A5")).one()
        for state, owner in (("failed", ""), ("unknown", ""), ("released", "run-of-yesterday")):
            bulk.insert(
                connection, intents,
                ("key", "case_id", "account_id", "person_id", "shard", "node", "n", "effect", "state", "due_on", "owner",
                 "lease_until", "gate_id"),
                [(f"{state}/A5", row.case_id, "A5", row.person_id, 0, "reminder", 9, "act", state, row.opened_on, owner, "", "")],
            )  # fmt: skip
        said = row.file[:-1] + ',"said":"missing:balance:freshness.contact"}'
        connection.execute(cases.update().where(cases.c.case_id == row.case_id).values(file=said))
        bulk.insert(connection, work_items, ("item_id", "kind", "account_id", "opened_on", "what"),
                    [("w1", "balance_difference", "A5", row.opened_on, "core 1, ours 2")])  # fmt: skip


@contextmanager
def statements(desk: Desk) -> Iterator[list[str]]:
    made: list[str] = []

    def note(*arguments: object) -> None:
        made.append(str(arguments[2]))

    event.listen(desk.engine, "before_cursor_execute", note)
    yield made
    event.remove(desk.engine, "before_cursor_execute", note)


def test_a_page_asks_as_often_for_many_rows_as_for_few(town: Town) -> None:
    browser = town.browser("blg-01")

    def asked() -> dict[str, int]:
        counted = {}
        for path in ("/", "/cases", "/cases?state=open", "/gates", "/numbers/asleep", "/accounts/A1"):
            with statements(town.desk) as made:
                assert browser.get(path).status == 200
            counted[path] = len(made)
        return counted

    before = asked()
    multiply(town.desk, 120)
    assert asked() == before
    assert max(before.values()) <= 30, before


def multiply(desk: Desk, times: int) -> None:
    """More accounts like A5, each with its case and an open visit."""
    with writing(desk.engine) as connection:
        account = dict(connection.execute(accounts.select().where(accounts.c.account_id == "A5")).mappings().one())
        case = dict(connection.execute(cases.select().where(cases.c.account_id == "A5")).mappings().one())
        for n in range(times):
            name, case_id = f"B{n:04d}", derived_id("copy", n)
            connection.execute(accounts.insert().values({**account, "account_id": name}))
            connection.execute(cases.insert().values({**case, "account_id": name, "case_id": case_id, "wake_on": None}))
            visit = {"case_id": case_id, "node": "call", "n": 1, "state": "open", "outcome": ""}
            connection.execute(visits.insert().values(entered_on=case["opened_on"], **visit))


@pytest.mark.parametrize("path", ["/cases", "/cases?node=call&state=open", "/numbers/asleep"])
def test_pages_follow_one_another_without_gap_or_repetition(either_town: Town, path: str) -> None:
    multiply(either_town.desk, 120)
    browser, found, pages = either_town.browser("blg-01"), list[str](), 0
    onward = path
    while onward:
        page = browser.get(onward).text
        found += re.findall(r'href="/accounts/(B\d+)"', page)
        following = re.search(r'class="next" href="([^"]+)"', page)
        onward = path.split("?")[0] + following[1].replace("&amp;", "&") if following else ""
        pages += 1
    assert found == [f"B{n:04d}" for n in range(120)]
    assert pages == 3


def test_what_is_not_there_is_said_in_one_line(town: Town) -> None:
    browser = town.browser("blg-01")
    for path, said in (("/accounts/none", "没有案件"), ("/gates/none", "没有这个审批"), ("/numbers/luck", "luck"),
                       ("/accounts/A1/documents/" + "0" * 64, "没有这份文件"), ("/nowhere", "没有这个页面")):  # fmt: skip
        answer = browser.get(path)
        assert (answer.status, said in answer.text) == (404, True), path
    assert browser.get("/accounts/A1?on=yesterday").status == 400
    assert browser.get("/accounts?number=A1").location == "/accounts/A1"
    assert browser.get("/accounts?number=%2F%2Felsewhere.test").location == "/"


def test_a_defect_shows_no_traceback(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = town.browser("blg-01")

    def broken(desk: Desk) -> None:
        raise RuntimeError("a detail of ours")

    monkeypatch.setattr("desk.board.board", broken)
    answer = browser.get("/")
    assert answer.status == 500
    assert isinstance(answer.raised, RuntimeError)  # for the server's log
    assert "已记入服务器日志" in answer.text
    assert "RuntimeError" not in answer.text
    assert "a detail of ours" not in answer.text
    assert {name: answer.header(name) for name in SECURITY} == SECURITY


def test_a_document_opens_for_who_is_signed_in_and_belongs_to_the_account(town: Town) -> None:
    kept = town.desk.documents.put(b"%PDF-1.7 formal notice", "formal_notice")
    other = town.desk.documents.put(b"%PDF-1.7 of another account", "formal_notice")
    odd = town.desk.documents.put(b"<html><script>1</script>", "judgment")
    photo = town.desk.documents.put(b"\xff\xd8\xff of a contract", "loan_contract")
    with writing(town.desk.engine) as connection:
        for account, ref in (("A1", kept), ("A3", other), ("A1", odd), ("A1", photo)):
            case_id = connection.execute(cases.select().where(cases.c.account_id == account)).one().case_id
            row = (case_id, ref.sha256, ref.kind, "", town.desk.business_day())
            bulk.insert(connection, documents_made, ("case_id", "sha256", "kind", "node", "made_on"), [row])
    path = f"/accounts/A1/documents/{kept.sha256}"
    assert town.browser().get(path).status == 303
    browser = town.browser("blg-01")
    assert f'href="{path}"' in browser.get("/accounts/A1").text
    answer = browser.get(path)
    assert (answer.body, answer.header("content-type")) == (b"%PDF-1.7 formal notice", "application/pdf")
    assert answer.header("content-disposition").startswith("inline")
    assert answer.header("cache-control") == "no-store"
    assert browser.get(f"/accounts/A1/documents/{other.sha256}").status == 404
    saved = browser.get(f"/accounts/A1/documents/{odd.sha256}")
    assert saved.header("content-type") == "application/octet-stream"
    assert saved.header("content-disposition").startswith("attachment")
    assert saved.header("content-disposition").endswith(".bin")
    photo_saved = browser.get(f"/accounts/A1/documents/{photo.sha256}").header("content-disposition")
    assert (photo_saved.split(";")[0], photo_saved[-4:]) == ("attachment", ".jpg")


# --- under another application ------------------------------------------------------------------------------------


class TheirUser:
    """The identity of an application that signs people in itself: it says so in a header, for the test."""

    open_paths: frozenset[str] = frozenset()
    signs_out = False

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def visitor(self, request: Request) -> Visitor:
        name = request.headers.get("x-their-user", "")
        known = {name: Actor(name, roles, "airflow") for name, roles in sign_in.everyone(self._desk)}
        return Visitor(known.get(name), f"their:{name}")

    def turned_away(self, request: Request) -> Response:
        return PlainTextResponse("sign in there", status_code=401)

    def routes(self) -> Sequence[BaseRoute]:
        return ()


class Theirs(Browser):
    def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None):  # type: ignore[no-untyped-def]
        return super().ask(method, path, body, {"x-their-user": "blg-01", **(headers or {})})


def test_mounted_under_a_prefix_it_stays_there_and_knows_their_user(town: Town) -> None:
    outer = FastAPI()
    outer.mount("/airflow/recourse", create(town.desk, TheirUser(town.desk)))
    assert Browser(outer, prefix="/airflow/recourse").get("/").status == 401
    browser = Theirs(outer, prefix="/airflow/recourse")
    for path in shown(town):
        page = browser.get(path)
        assert page.status == 200
        strays = [link for link in links(page) if not link.startswith(("/airflow/recourse/", "?", "#"))]
        assert strays == [], path
        assert "sign-out" not in page.text
    gate = f"/gates/{town.gate('litigation_route')}"
    form = {"verdict": "approve", "reason": "同意", "choice": "sue"}
    assert browser.post(f"{gate}/answer", {**form, "csrf": "0" * 64}).status == 403
    answer = browser.send(gate, f"{gate}/answer", **form)
    assert (answer.status, answer.location) == (303, f"/airflow/recourse{gate}?done=1")


def test_behind_a_proxy_that_takes_the_prefix_away(town: Town) -> None:
    from console.sign_in import OwnSignIn

    browser = Browser(create(town.desk, OwnSignIn(town.desk), root_path="/collections"))
    assert browser.get("/gates").location == "/collections/sign-in?next=%2Fgates"
    form = browser.get("/sign-in?next=/gates").text
    csrf = re.search(r'name="csrf" value="(\w+)"', form)
    assert csrf
    assert 'action="/collections/sign-in"' in form
    answer = browser.post("/sign-in", {"csrf": csrf[1], "actor": "blg-01", "next": "/gates"})
    assert answer.location == "/collections/gates"
    assert "Path=/collections;" in answer.cookies[0]
    assert all(link.startswith(("/collections/", "?", "#")) for link in links(browser.get("/gates")))


# --- words and drawing --------------------------------------------------------------------------------------------


def test_both_catalogues_say_the_same_things() -> None:
    assert set(CATALOGUES["zh"]) == set(CATALOGUES["en"])
    for key, text in CATALOGUES["zh"].items():
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", CATALOGUES["en"][key])), key


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    sources = "".join(path.read_text("utf-8") for path in Path(str(console.__path__[0])).rglob("*.html"))
    sources += "".join(
        path.read_text("utf-8")
        for path in Path(str(console.__path__[0])).rglob("*.py")
        if path.stem not in ("zh", "en")
    )
    named = set(re.findall(r"""(?<![\w.])t\(\s*["']([a-z_]+(?:\.\w+)?)["'](?:[,)]| if )""", sources))
    assert named - set(CATALOGUES["zh"]) == set()
    built = ("stuck.", "rows.", "reason.", "hint.", "seat.", "yes", "no", "trouble.")
    unused = {key for key in set(CATALOGUES["zh"]) - named if not key.startswith(built) and f'"{key}"' not in sources}
    assert unused == set()


def test_every_event_of_a_case_is_told_in_both_languages() -> None:
    from console.words import timeline
    from recourse import events as ev
    from recourse.letters import chronicle

    beside = {ev.PartyStatusLearned, ev.DayOpened, ev.DayClosed, ev.BatchLoaded, ev.PackActivated, ev.StandingAuthorised,
              ev.ActorEnrolled, ev.TokenIssued, ev.DelegationMade, ev.ActorImpersonated, ev.CodeIssued,
              ev.CodeUsed, ev.CodeRefused, ev.PersonErased, ev.PoolProposed, ev.PoolTaped, ev.PoolAwarded,
              ev.PoolUnsold, ev.ContactTermSet, ev.ContactTermLifted}  # fmt: skip
    beside |= {event for event in ALL if event.TYPE.startswith(("agency:", "collector:"))}
    of_a_case = set(ALL) - beside - {ev.DecisionMade}
    assert of_a_case - set(timeline._EN) == set()
    assert of_a_case - set(timeline._ZH) - set(chronicle._SENTENCES) == set()


def test_every_node_that_is_worked_is_drawn_once_and_nothing_overlaps() -> None:
    drawing = draw(LADDER)
    assert sorted(box.name for box in drawing.boxes) == sorted(node.name for node in LADDER.nodes if not node.drawn)
    assert len({(box.x, box.y) for box in drawing.boxes}) == len(drawing.boxes)
    assert all(0 < box.x < drawing.width and 0 < box.y < drawing.height for box in drawing.boxes)
    assert {lane.track for lane in drawing.lanes} <= set(zh.CODES["track"])


def test_the_command_is_on_the_command_line() -> None:
    command = typer.main.get_command(app).commands["console"]  # type: ignore[attr-defined]
    assert {option for parameter in command.params for option in parameter.opts} == {"--port", "--host"}


def test_a_port_that_is_taken_is_said_in_one_line(town: Town) -> None:
    with closing(listen("127.0.0.1", 0)) as taken:
        taken.listen()
        with pytest.raises(UserError, match="cannot listen on 127.0.0.1"):
            listen("127.0.0.1", taken.getsockname()[1])
