"""The entry API: by bearer token alone, judged as the command line is judged, and nothing personal where it does not belong."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from console.api_models import ComplaintIn
from console.guard import SECURITY
from recourse.ledger.database import reading
from recourse.ledger.tables import complaints, events
from tasks.complaints import CATEGORIES, CHANNELS
from tests.console.browser import Answer
from tests.console.conftest import Town
from tests.console.test_sign_in import token_of

WORDS = "催收员打电话骂人，我的电话是13800000001。"
COMPLAINT = {"account": "A1", "channel": "app", "category": "conduct", "text": WORDS}
HARDSHIP = {"account": "A1", "cause": "illness", "papers": {"medical_record": "SCAN-7"}}
HOLD = {"account": "A1", "kind": "dispute", "reason": "网点当面提出"}
DOORS = [("complaints", COMPLAINT), ("hardship", HARDSHIP), ("holds", HOLD)]


class Said(NamedTuple):
    answer: Answer
    json: Any

    @property
    def status(self) -> int:
        return self.answer.status


class Caller:
    """A program that sends JSON with a token."""

    def __init__(self, town: Town, actor: str = "", token: str = "") -> None:
        self.town = town
        self.token = token or (token_of(town, actor) if actor else "")

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Said:
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        said = {
            "content-type": "application/json",
            **{name.replace("_", "-").lower(): value for name, value in headers.items()},
        }
        if self.token:
            said["authorization"] = f"Bearer {self.token}"
        answer = self.town.browser().ask(method, path, raw, said)
        return Said(answer, json.loads(answer.body) if answer.body else None)

    def post(self, what: str, body: Any, **headers: str) -> Said:
        return self.ask("POST", f"/api/v1/{what}", body, **headers)


def test_a_complaint_is_taken_in_and_read_back(either_town: Town) -> None:
    """Taken in once, braked, and read back without its words; the words are sealed among the papers."""
    caller = Caller(either_town, "cpl-01")
    made = caller.post("complaints", COMPLAINT)
    assert (made.status, made.json["account"], made.json["already"]) == (201, "A1", False)
    again = caller.post("complaints", COMPLAINT)
    assert (again.status, again.json) == (200, {**made.json, "already": True})
    read = caller.ask("GET", f"/api/v1/complaints/{made.json['id']}")
    assert read.status == 200
    assert (read.json["state"], read.json["category"], read.json["due_on"]) == ("open", "conduct", "2025-07-01")
    assert WORDS[:4] not in read.answer.text
    with reading(either_town.desk.engine) as connection:
        sha256 = connection.execute(select(complaints.c.text)).scalar_one()
    assert either_town.desk.documents.get(sha256).decode() == WORDS


def test_hardship_and_brakes_are_taken_in(town: Town) -> None:
    caller = Caller(town, "sup-01")
    made = caller.post("hardship", HARDSHIP)
    assert made.status == 201
    read = caller.ask("GET", f"/api/v1/hardship/{made.json['id']}").json
    assert (read["state"], read["lacking"]) == ("applied", [])
    assert "settlement_with_waiver" in read["offers"]
    placed = caller.post("holds", {**HOLD, "from_on": "2025-06-02"})
    assert placed.status == 201
    (hold,) = placed.json["holds"]
    read = caller.ask("GET", f"/api/v1/holds/{hold['id']}").json
    assert (read["kind"], read["from_on"], read["released_on"]) == ("dispute", "2025-06-02", None)


@pytest.mark.parametrize(("what", "body"), DOORS)
def test_without_a_token_nothing_is_read_or_written(town: Town, what: str, body: dict[str, Any]) -> None:
    before = town.written()
    for caller in (Caller(town), Caller(town, token="wrong")):
        for said in (caller.post(what, body), caller.ask("GET", f"/api/v1/{what}/abcdef")):
            assert said.status == 401
            assert set(said.json) == {"what", "where", "mend"}
            assert said.answer.header("www-authenticate") == "Bearer"
    assert town.written() == before


def test_a_cookie_is_no_token(town: Town) -> None:
    """A browser that is signed in gets no further here, so that no other site can send on its behalf."""
    browser = town.browser("sup-01")
    answer = browser.ask("POST", "/api/v1/holds", json.dumps(HOLD).encode(), {"content-type": "application/json"})
    assert answer.status == 401
    assert answer.cookies == []


@pytest.mark.parametrize(("what", "body"), DOORS)
def test_a_wrong_role_is_refused(town: Town, what: str, body: dict[str, Any]) -> None:
    before = town.written()
    caller = Caller(town, "fin-01")
    said = caller.post(what, body)
    assert (said.status, said.json["what"]) == (403, "fin-01 may not do this")
    assert caller.ask("GET", f"/api/v1/{what}/abcdef").status == 403
    assert town.written() == before


def test_a_token_that_was_issued_anew_and_roles_of_this_moment(town: Town) -> None:
    caller = Caller(town, "cpl-01")
    token_of(town, "cpl-01")
    assert caller.post("complaints", COMPLAINT).status == 401


def test_who_guesses_tokens_is_stopped(town: Town) -> None:
    guesser = Caller(town, token="guess")
    statuses = [guesser.post("holds", HOLD).status for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2


@pytest.mark.parametrize(
    ("what", "body", "status", "says"),
    [
        ("complaints", b"{", 422, "json invalid"),
        ("complaints", b"\xff\xfe", 422, "json invalid"),
        ("complaints", [], 422, "model attributes type"),
        ("complaints", {}, 422, "missing"),
        ("complaints", {**COMPLAINT, "channel": "pigeon"}, 422, "literal error"),
        ("complaints", {**COMPLAINT, "text": ""}, 422, "string too short"),
        ("complaints", {**COMPLAINT, "text": "a" * 70_000}, 422, "string too long"),
        ("complaints", {**COMPLAINT, "text": " "}, 400, "says nothing"),
        ("complaints", {**COMPLAINT, "text": "a\x00b"}, 400, "control characters"),
        ("complaints", {**COMPLAINT, "text": "\ud800"}, 422, ""),
        ("complaints", {**COMPLAINT, "received_on": "2031-01-01"}, 400, "after the business day"),
        ("complaints", {**COMPLAINT, "received_on": "tomorrow"}, 422, "date"),
        ("complaints", {**COMPLAINT, "account": "A1/../A2"}, 422, "pattern"),
        ("complaints", {**COMPLAINT, "account": "' OR 1=1 --"}, 422, "pattern"),
        ("complaints", {**COMPLAINT, "account": "A99"}, 400, "no account"),
        ("complaints", {**COMPLAINT, "is_admin": True}, 422, "extra forbidden"),
        ("complaints", {**COMPLAINT, "staff": "13800000001"}, 400, "phone or identity number"),
        ("hardship", {**HARDSHIP, "cause": "laziness"}, 400, "unknown cause"),
        ("hardship", {**HARDSHIP, "papers": {f"p{n:02}": "x" for n in range(30)}}, 422, "too long"),
        ("hardship", {**HARDSHIP, "papers": {"medical_record": "<script>\n"}}, 201, ""),
        ("holds", {**HOLD, "kind": "legal"}, 400, "needs evidence"),
        ("holds", {**HOLD, "kind": "placed"}, 400, "placed by no person"),
        ("holds", {**HOLD, "kind": "sunny"}, 400, "unknown kind"),
        ("holds", {**HOLD, "from_on": "2025-07-01"}, 400, "after the business day"),
        ("holds", {**HOLD, "reason": "电话13800000001"}, 400, "phone or identity number"),
    ],
)
def test_bad_and_hostile_bodies(town: Town, what: str, body: Any, status: int, says: str) -> None:
    """Each is refused with one short line, and what was sent is not repeated in it; one that is only odd is kept as it is."""
    before = town.written()
    said = Caller(town, "sup-01").post(what, body)
    assert said.status == status, said.json
    if status != 201:
        assert says in said.json["what"]
        assert set(said.json) == {"what", "where", "mend"}
        assert "\n" not in said.json["what"]
        assert "--" not in said.json["what"] + said.json["where"] + said.json["mend"].partition("`recourse ")[0]
        assert town.written() == before
        assert "13800000001" not in said.answer.text
        assert WORDS[:4] not in said.answer.text


def test_a_body_that_is_too_large_is_refused_unread(town: Town) -> None:
    said = Caller(town, "cpl-01").post("complaints", b" " * 300_000)
    assert (said.status, said.json["what"]) == (413, "the form is too large")


def test_a_key_is_for_one_sending(town: Town) -> None:
    """The same key and body: the same complaint, whatever the day says; another body under it is refused; a key of another
    shape is no key."""
    caller = Caller(town, "cpl-01")
    key = {"Idempotency_Key": "form-2025-0001"}
    made = caller.post("complaints", COMPLAINT, **key)
    assert caller.post("complaints", COMPLAINT, **key).json == {**made.json, "already": True}
    clash = caller.post("complaints", {**COMPLAINT, "category": "amount"}, **key)
    assert (clash.status, clash.json["what"]) == (409, "something else was sent under this key")
    assert caller.post("complaints", COMPLAINT, Idempotency_Key="x y").status == 422
    other = Caller(town, "cpl-02").post("complaints", COMPLAINT, **key)
    assert (other.status, other.json["id"] != made.json["id"]) == (201, True)
    holds = Caller(town, "sup-01")
    first = holds.post("holds", HOLD, **key)
    assert holds.post("holds", HOLD, **key).json["holds"][0]["id"] == first.json["holds"][0]["id"]
    assert holds.post("holds", {**HOLD, "reason": "另一事由"}, **key).status == 409


@pytest.mark.parametrize("id_", ["abcdef", "%2e%2e%2f", "x" * 200, "a%00b", "%"])
@pytest.mark.parametrize("what", ["complaints", "hardship", "holds"])
def test_what_is_not_there_is_not_there(town: Town, what: str, id_: str) -> None:
    assert Caller(town, "cpl-01").ask("GET", f"/api/v1/{what}/{id_}").status == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("DELETE", "/api/v1/holds", 405), ("GET", "/api/v1/complaints", 405), ("GET", "/api/v1/nothing", 404),
     ("GET", "/api/docs", 404), ("PUT", "/api/v1/holds/abcdef", 405)],
)  # fmt: skip
def test_other_doors_are_shut(town: Town, method: str, path: str, status: int) -> None:
    said = Caller(town, "cpl-01").ask(method, path)
    assert (said.status, set(said.json)) == (status, {"what", "where", "mend"})


def test_the_description_is_open_and_says_what_the_desk_takes(town: Town) -> None:
    said = Caller(town).ask("GET", "/api/openapi.json")
    assert said.status == 200
    assert {"/v1/complaints", "/v1/hardship", "/v1/holds", "/v1/holds/{hold}"} <= set(said.json["paths"])
    fields = ComplaintIn.model_fields
    assert set(fields["channel"].annotation.__args__) == set(CHANNELS)  # type: ignore[union-attr]
    assert set(fields["category"].annotation.__args__) == set(CATEGORIES)  # type: ignore[union-attr]


def test_nothing_personal_is_journaled_or_in_an_address(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    caller = Caller(town, "cpl-01")
    made = caller.post("complaints", COMPLAINT)
    said = caller.ask("GET", f"/api/v1/complaints/{made.json['id']}")
    for answer in (made.answer, said.answer):
        for name, value in SECURITY.items():
            assert answer.header(name) == value
        assert answer.cookies == []
        assert answer.location == ""
    assert made.json["id"].isalnum()
    with reading(town.desk.engine) as connection:
        journal = "".join(connection.execute(select(events.c.text)).scalars())
    assert "13800000001" not in journal
    assert WORDS[:4] not in journal
    assert "13800000001" not in caplog.text
    assert caller.token not in caplog.text
