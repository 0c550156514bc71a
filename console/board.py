"""The board and the rows behind its numbers."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from console.drawing import draw
from console.pages import Pages
from console.trouble import looking_up
from desk import board, board_rows
from desk.open_desk import Desk


def routes(desk: Desk) -> APIRouter:
    """The pages of this area over a desk."""
    router = APIRouter()
    drawing = draw(desk.ladder)

    @router.get("/", name="board", response_model=None)
    def show(request: Request) -> Response:
        pages: Pages = request.state.pages
        outside = [node for node in desk.ladder.nodes if node.drawn]
        return pages.show(request, "board.html", board=board.board(desk), drawing=drawing, outside=outside)

    @router.get("/cases", name="cases", response_model=None)
    def cases(request: Request) -> Response:
        asked = request.query_params
        node, state = asked.get("node", ""), asked.get("state", "")
        page = board_rows.standing(desk, node, state, asked.get("after", ""))
        pages: Pages = request.state.pages
        return pages.show(request, "rows.html", page=page, number="cases", node=node, state=state, of="")

    @router.get("/numbers/{number}", name="numbers", response_model=None)
    def numbers(request: Request, number: str) -> Response:
        of, after = request.query_params.get("of", ""), request.query_params.get("after", "")
        with looking_up():
            page = board_rows.behind(desk, number, of, after)
        pages: Pages = request.state.pages
        return pages.show(request, "rows.html", page=page, number=number, node="", state="", of=of)

    return router
