"""The account page, its documents, and its packet."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console.pages import Pages, link
from console.trouble import NotThere, day_given, looking_up
from console.words import timeline
from desk import account_page, packets
from desk.open_desk import Desk
from recourse.documents.arrived import SUFFIXES, type_of

PDF = b"%PDF-"
SHOWN_AT_FIRST = 80
"""Events of the timeline; the rest, and the machinery's steps, are one click away."""


def routes(desk: Desk) -> APIRouter:
    """The pages of this area over a desk."""
    router = APIRouter()

    @router.get("/accounts", name="find", response_model=None)
    def find(request: Request) -> Response:
        wanted = request.query_params.get("number", "").strip()
        if not wanted or "/" in wanted:
            return RedirectResponse(link(request, "board"), status_code=303)
        return RedirectResponse(link(request, "account", account=wanted), status_code=303)

    @router.get("/accounts/{account}", name="account", response_model=None)
    def show(request: Request, account: str) -> Response:
        on = day_given(request.query_params.get("on", ""))
        with looking_up():
            page = account_page.account_page(desk, account, on)
        pages: Pages = request.state.pages
        t = pages.words(request)
        told = timeline.told(page.journal, t, page.facts.currency)
        if request.query_params.get("events") != "all":
            told = [line for line in told if not line.minor][:SHOWN_AT_FIRST]
        hidden = len(told) < len(page.journal)
        return pages.show(request, "account.html", page=page, it=page.found, told=told, hidden=hidden, on=on)

    @router.get("/accounts/{account}/documents/{sha256}", name="document", response_model=None)
    def document(account: str, sha256: str) -> Response:
        with looking_up():
            kind, data = account_page.paper(desk, account, sha256)
        return _file(data, f"{account}-{kind}")

    @router.get("/accounts/{account}/packet", name="packet", response_model=None)
    def packet(account: str) -> Response:
        with looking_up():
            account_page.account_page(desk, account)
        return _file(packets.build(desk, account, desk.business_day()), f"{account}-packet")

    return router


def _file(data: bytes, name: str) -> Response:
    """A PDF to be looked at in the browser; anything else is only ever saved, with the ending that its bytes call for."""
    if not data:
        raise NotThere("the document is empty")
    pdf = data.startswith(PDF)
    how = "inline" if pdf else "attachment"
    ending = SUFFIXES.get(type_of(data), (".bin",))[0]
    headers = {
        "content-disposition": f"{how}; filename*=UTF-8''{quote(name)}{ending}",
        "content-security-policy": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    }
    return Response(data, media_type="application/pdf" if pdf else "application/octet-stream", headers=headers)
