"""The gate inbox: who may answer does, everybody else changes nothing, and what was typed is not lost."""

from __future__ import annotations

from datetime import date

import pytest

from desk import forms
from desk.forms import Form
from desk.operations import Operations
from recourse.actors import Actor, delegate
from recourse.ledger.database import writing
from tests.console.browser import Answer, Browser
from tests.console.conftest import Town

REASON = "材料齐备，同意起诉"


def answer(
    browser: Browser, gate: str, verdict: str = "approve", reason: str = REASON, **typed: str | list[str]
) -> Answer:
    """As a browser sends the form: with the token of the page even where the page shows no answer."""
    return browser.send(f"/gates/{gate}", f"/gates/{gate}/answer", verdict=verdict, reason=reason, **typed)


def test_two_seats_need_two_people(either_town: Town) -> None:
    gate = either_town.gate("litigation_route")
    legal, assets = either_town.browser("blg-01"), either_town.browser("bap-01")
    first = answer(legal, gate, choice="sue")
    assert (first.status, first.location) == (303, f"/gates/{gate}?done=1")
    assert either_town.status(gate) == "open"
    again = answer(legal, gate, choice="sue")
    assert again.status == 400
    assert "blg-01 已经表决过" in again.text
    assert "已记录您的表决" in legal.get(first.location).text
    assert answer(assets, gate, choice="sue").status == 303
    assert either_town.status(gate) == "approved"
    page = assets.get(f"/gates/{gate}").text
    assert page.count(REASON) == 2
    assert 'name="verdict"' not in page


def test_a_wrong_person_changes_nothing_and_keeps_the_text(either_town: Town) -> None:
    gate, before = either_town.gate("litigation_route"), either_town.written()
    refused = answer(either_town.browser("fin-01"), gate, choice="sue")
    assert refused.status == 400
    assert "fin-01 在此没有席位" in refused.text
    assert REASON in refused.text
    assert either_town.written() == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"verdict": "approve", "reason": "  "}, "理由不能为空"),
        ({"verdict": "approve", "reason": "好"}, "同意时须作出选择"),
        ({"verdict": "", "reason": "好"}, "请先选择意见"),
        ({"verdict": "maybe", "reason": "好"}, "请先选择意见"),
        ({"verdict": "approve", "reason": "好", "choice": "gift"}, "is not a choice here"),
        ({"verdict": "strike", "reason": "好"}, "只有名单可以剔除账户"),
    ],
)
def test_half_an_answer_is_refused_on_the_page(town: Town, typed: dict[str, str], said: str) -> None:
    gate, before = town.gate("litigation_route"), town.written()
    refused = answer(town.browser("blg-01"), gate, **typed)
    assert refused.status == 400
    assert said in refused.text.replace("&#39;", "'")
    assert f">{typed['reason']}</textarea>" in refused.text
    assert town.written() == before


def test_a_choice_that_was_left_from_an_approval_does_not_hinder_a_no(town: Town) -> None:
    gate = town.gate("litigation_route")
    assert answer(town.browser("blg-01"), gate, "reject", "证据不足", choice="sue").status == 303
    assert town.status(gate) == "rejected"


def test_returning_sends_it_back(town: Town) -> None:
    gate = town.gate("litigation_route")
    assert answer(town.browser("bap-02"), gate, "return", "请补合同").status == 303
    assert town.status(gate) == "returned"


def test_members_of_a_list_are_struck(town: Town) -> None:
    gate, browser = town.gate("formal_notice"), town.browser("sup-01")
    page = browser.get(f"/gates/{gate}").text
    assert "/accounts/A3" in page
    assert "/accounts/A4" in page
    nobody = answer(browser, gate, "strike", "核对中")
    assert nobody.status == 400
    assert "请勾选要剔除的账户" in nobody.text
    kept = answer(browser, gate, "approve", "", strike=["A3"])
    assert 'value="A3" aria-label="剔除 A3" checked' in kept.text
    assert answer(browser, gate, "strike", "核对中", strike=["A3"]).status == 303
    assert "已剔除" in browser.get(f"/gates/{gate}").text
    assert town.status(gate) == "open"
    assert answer(browser, gate).status == 303
    assert town.status(gate) == "approved"


def test_evidence_that_changed_voids_the_gate_and_leads_to_the_new_one(town: Town) -> None:
    gate, browser = town.gate("litigation_route"), town.browser("blg-01")
    day = town.desk.business_day()
    work = Operations(town.desk, town.desk.strategy(day), town.desk.pen(day, "sup-01"))
    work.place_brake("A1", "dispute", None, "异议")
    told = answer(browser, gate, choice="sue")
    assert told.status == 303
    page = browser.get(told.location).text
    new = town.gate("litigation_route")
    assert "证据已变" in page
    assert "异议核查" in page
    assert f'href="/gates/{new}"' in page
    assert new != gate
    assert "已记录您的表决" not in page
    assert "本审批因证据变化而重开" in browser.get(f"/gates/{new}").text
    work.place_brake("A1", "complaint", None, "投诉")
    assert answer(browser, new, choice="sue").status == 303
    newest = town.gate("litigation_route")
    assert f'href="/gates/{newest}"' in browser.get(f"/gates/{new}").text
    assert f'href="/gates/{newest}"' not in browser.get(f"/gates/{gate}").text
    assert answer(browser, gate, choice="sue").status == 400


@pytest.mark.parametrize(
    "reason", ['<script>alert("x")</script>', "<img src=x onerror=y>", '"><u>', "{{ 7 * 7 }}", "{reason}"]
)
def test_a_reason_is_text_and_nothing_else(town: Town, reason: str) -> None:
    gate, browser = town.gate("litigation_route"), town.browser("blg-01")
    refused = answer(browser, gate, reason=reason)  # no choice: shown again
    assert answer(browser, gate, reason=reason, choice="sue").status == 303
    escaped = reason.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")
    for page in (refused.text, browser.get(f"/gates/{gate}").text, browser.get("/accounts/A1").text,
                 browser.get("/accounts/A1?lang=en").text):  # fmt: skip
        assert escaped in page
        assert "<" not in reason or reason not in page


def test_the_inbox_shows_mine_and_filters(town: Town) -> None:
    route, notices = town.gate("litigation_route"), town.gate("formal_notice")
    legal, supervisor = town.browser("blg-01"), town.browser("sup-01")

    def seen(browser: Browser, asked: str) -> set[str]:
        text = browser.get(f"/gates?{asked}").text
        return {gate for gate in (route, notices) if f'href="/gates/{gate}"' in text}

    assert seen(legal, "") == {route, notices}
    assert seen(legal, "whose=mine") == {route}
    assert seen(supervisor, "whose=mine") == {notices}
    assert seen(legal, "node=formal_notice") == {notices}
    assert seen(legal, "kind=visit") == {route}
    assert seen(legal, "only=urgent") == set()
    assert seen(legal, "only=late") == {notices}
    answer(legal, route, choice="sue")
    assert seen(legal, "whose=mine") == set()
    assert seen(town.browser("bap-01"), "whose=mine") == {route}


def test_a_delegate_has_the_seat_of_who_gave_it(town: Town) -> None:
    gate, day = town.gate("litigation_route"), town.desk.business_day()
    with writing(town.desk.engine) as connection:
        giver = Actor("blg-01", ("BLG",), "token")
        delegate(connection, giver, "fin-01", date(2025, 6, 1), date(2025, 7, 1), "休假", town.desk.pen(day))
    browser = town.browser("fin-01")
    assert f'href="/gates/{gate}"' in browser.get("/gates?whose=mine").text
    assert answer(browser, gate, choice="sue").status == 303
    page = browser.get(f"/gates/{gate}").text
    assert "代 blg-01" in page
    assert "您已在此表决" in page
    with writing(town.desk.engine) as connection:
        other = Actor("bap-01", ("BAP",), "token")
        delegate(connection, other, "fin-01", date(2025, 6, 1), date(2025, 7, 1), "休假", town.desk.pen(day))
    assert f'href="/gates/{gate}"' not in browser.get("/gates?whose=mine").text


# --- one-time codes -----------------------------------------------------------------------------------------------


def once(page: str) -> str:
    """The code that a page shows."""
    return page.split('class="once">')[1].split("<")[0]


def test_who_may_answer_gets_a_code_that_is_shown_once_and_answers_for_him(either_town: Town) -> None:
    gate = either_town.gate("litigation_route")
    legal = either_town.browser("blg-01")
    made = ask_for_code(legal, gate, reason=REASON)
    assert made.status == 200
    assert REASON in made.text, "what was typed is not lost"
    assert made.header("cache-control") == "no-store"
    assert once(made.text) not in legal.get(f"/gates/{gate}").text
    heard = forms.hear(either_town.desk, "run/0", gate, Form(once(made.text), "approve", REASON, "sue"))
    assert (heard.actor, heard.refused) == ("blg-01", "")


def test_nobody_gets_a_code_for_a_gate_that_is_not_his(either_town: Town) -> None:
    gate, before = either_town.gate("litigation_route"), either_town.written()
    finance = either_town.browser("fin-01")
    assert "/code" not in finance.get(f"/gates/{gate}").text
    refused = ask_for_code(finance, gate)
    assert refused.status == 400
    assert "fin-01 在此没有席位" in refused.text
    assert either_town.written() == before


def ask_for_code(browser: Browser, gate: str, **typed: str) -> Answer:
    """Press the other button of the answer's form."""
    fields = browser.fields(f"/gates/{gate}", f"/gates/{gate}/answer")
    return browser.post(f"/gates/{gate}/code", {**fields, **typed})
