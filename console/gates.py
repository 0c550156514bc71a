"""The gate inbox and the gate page. Answers go through `desk.inbox.answer`, which alone decides whether one counts."""

from __future__ import annotations

from typing import get_args

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console.csrf import Form
from console.pages import Pages, link
from console.trouble import looking_up
from console.words import evidence
from desk import forms, gate_page, inbox
from desk.open_desk import Desk
from recourse.errors import UserError
from recourse.gate_rows import Verdict

AT_ONCE = 100


class Typed(msgspec.Struct, frozen=True):
    """What a person has typed, kept when the answer is refused."""

    verdict: str = ""
    reason: str = ""
    choice: str = ""
    strike: tuple[str, ...] = ()


def routes(desk: Desk) -> APIRouter:
    """The pages of this area over a desk."""
    router = APIRouter()

    @router.get("/gates", name="gates", response_model=None)
    def show_all(request: Request) -> Response:
        return _inbox(desk, request)

    @router.get("/gates/{gate}", name="gate", response_model=None)
    def show_one(request: Request, gate: str) -> Response:
        return _gate(desk, request, gate, Typed(), None)

    @router.post("/gates/{gate}/answer", name="answer", response_model=None)
    def answer(request: Request, gate: str) -> Response:
        typed = _typed(request.state.form)
        with looking_up():
            gate_id = inbox.view(desk, gate).gate_id
        try:
            inbox.answer(desk, gate_id, request.state.actor, _verdict(typed), typed.reason,
                         choice=typed.choice if typed.verdict == "approve" else "", strike=typed.strike)  # fmt: skip
        except UserError as error:
            return _gate(desk, request, gate_id, typed, error)
        return RedirectResponse(f"{link(request, 'gate', gate=gate_id)}?done=1", status_code=303)

    @router.post("/gates/{gate}/code", name="code", response_model=None)
    def code(request: Request, gate: str) -> Response:
        typed = _typed(request.state.form)
        with looking_up():
            gate_id = inbox.view(desk, gate).gate_id
        try:
            made = forms.code(desk, gate_id, request.state.actor)
        except UserError as error:
            return _gate(desk, request, gate_id, typed, error)
        return _gate(desk, request, gate_id, typed, None, made)

    return router


def _typed(form: Form) -> Typed:
    one = {name: form.get(name, [""])[0] for name in ("verdict", "reason", "choice")}
    return Typed(**one, strike=tuple(form.get("strike", ())))


def _verdict(typed: Typed) -> Verdict:
    for known in get_args(Verdict):
        if typed.verdict == known:
            return known  # type: ignore[no-any-return]  # a member of the literal
    raise UserError("no answer is chosen", mend="approve, reject or return")


def _inbox(desk: Desk, request: Request) -> Response:
    asked = request.query_params
    node, kind, whose, only = (asked.get(name, "") for name in ("node", "kind", "whose", "only"))
    lines = inbox.waiting(desk)
    mine = gate_page.mine(desk, request.state.actor, lines)
    today = desk.business_day()
    shown = [
        line for line in lines
        if (not node or line.node == node) and (not kind or line.kind == kind)
        and (whose != "mine" or line.gate_id in mine)
        and (only != "late" or line.due_on < today) and (only != "urgent" or line.urgent)
    ]  # fmt: skip
    start = int(asked["from"]) if asked.get("from", "").isdigit() else 0
    pages: Pages = request.state.pages
    return pages.show(
        request, "gates.html", lines=shown[start : start + AT_ONCE], count=len(shown), everything=len(lines), mine=mine,
        nodes=sorted({line.node for line in lines}), kinds=sorted({line.kind for line in lines}), node=node, kind=kind,
        whose=whose, only=only, today=today, start=start, following=start + AT_ONCE if start + AT_ONCE < len(shown) else 0,
    )  # fmt: skip


def _gate(
    desk: Desk, request: Request, gate: str, typed: Typed, error: UserError | None, code: forms.Code | None = None
) -> Response:
    """The gate's page; `code`: one that was just made, which is shown this once."""
    pages: Pages = request.state.pages
    with looking_up():
        page = gate_page.gate_page(desk, gate, request.state.actor)
    t = pages.words(request)
    shown = evidence.rows(page.view, t)
    done = request.query_params.get("done", "") == "1"
    return pages.show(request, "gate.html", status=400 if error else 200, page=page, it=page.view, evidence=shown,
                      typed=typed, error=error, done=done, code=code, today=desk.business_day(),
                      difference=lambda changes: evidence.difference(changes, page.view.currency, t))  # fmt: skip
