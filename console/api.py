"""The entry API: complaints, hardship and brakes as JSON, under ``/api/v1``. By bearer token alone; it knows no cookie.

What may be done, and by whom, is what the command line may do: the same functions of the desk judge it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, FastAPI, Header
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from console.api_models import (
    ComplaintIn,
    ComplaintOut,
    HardshipIn,
    HardshipOut,
    HoldIn,
    HoldOut,
    HoldsTaken,
    Taken,
    Trouble,
)
from console.fields import in_fields
from console.trouble import NotThere, looking_up
from desk import complaints, hardships, holds
from desk.clerk import Clashed, Clerk, Entered, NotAllowed
from desk.open_desk import Desk
from recourse.errors import UserError
from tasks.complaints import Complaint

PREFIX = "/api/"
OPEN_PATH = "/api/openapi.json"
"""The description of the API: says nothing of the ledger."""

IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", max_length=64, pattern=r"^([A-Za-z0-9._-]{8,64})?$")]
T = TypeVar("T")
REFUSED: dict[int | str, dict[str, Any]] = {code: {"model": Trouble} for code in (400, 401, 403, 404, 409, 422, 429)}


def create(desk: Desk) -> FastAPI:
    """The API over a desk, to be mounted at ``/api``. The guard before it has put the actor into the request's state."""
    api = FastAPI(title="Recourse", version="1", docs_url=None, redoc_url=None, openapi_url="/openapi.json",
                  redirect_slashes=False)  # fmt: skip
    for area in (_complaints, _hardship, _holds):
        api.include_router(area(desk), prefix="/v1", responses=REFUSED)
    _on_errors(api)
    return api


def trouble(status: int, error: UserError, headers: dict[str, str] | None = None) -> Response:
    """An error as JSON, one short line a field, in the words of the API."""
    said = Trouble(what=in_fields(error.what), where=in_fields(error.where), mend=in_fields(error.mend))
    return JSONResponse(said.model_dump(), status_code=status, headers=headers)


def _on_errors(api: FastAPI) -> None:
    async def user_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, UserError)
        known = {NotAllowed: 403, NotThere: 404, Clashed: 409}
        return trouble(known.get(type(error), 400), error)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = ".".join(
            str(part) for part in first["loc"] if isinstance(part, int) or part.isidentifier() or "-" in part
        )
        return trouble(422, UserError(_plain(first["type"]), where=where[:120], mend=f"see {OPEN_PATH}"))

    async def http_error(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        return trouble(status, UserError("there is nothing here", mend=f"see {OPEN_PATH}"))

    async def defect(request: Request, error: Exception) -> Response:
        return trouble(500, UserError("something went wrong here", mend="try again, then tell who runs this"))

    for kind, handler in (
        (UserError, user_error), (RequestValidationError, invalid), (HTTPException, http_error), (Exception, defect),
    ):  # fmt: skip
        api.add_exception_handler(kind, handler)


def _plain(code: str) -> str:
    """A code of the checker's as words; what was sent is not repeated."""
    return f"not accepted: {code.replace('_', ' ')}"


def _clerk(desk: Desk, request: Request) -> Clerk:
    return Clerk(desk, request.state.actor)


def _created(answer: Response, entered: Entered) -> Taken:
    answer.status_code = 200 if entered.already else 201
    return Taken(id=entered.id, account=entered.account, already=entered.already)


def _found(look_up: Callable[[], T]) -> T:
    with looking_up():
        return look_up()


def _complaints(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["complaints"])

    @router.post("/complaints", status_code=201)
    def add(request: Request, answer: Response, body: ComplaintIn, key: IdempotencyKey = "") -> Taken:
        clerk = _clerk(desk, request)
        said = Complaint(body.channel, body.category, body.received_on or clerk.day, body.is_complex, body.referred_by,
                         body.staff, body.contact)  # fmt: skip
        return _created(answer, complaints.add(clerk, body.account, said, body.text, key))

    @router.get("/complaints/{complaint}")
    def one(request: Request, complaint: str) -> ComplaintOut:
        _clerk(desk, request).require("complaint_entry")
        line = _found(lambda: complaints.show(desk, complaint))
        return ComplaintOut(
            id=line.complaint_id, account=line.account, received_on=line.received_on, channel=line.channel,
            category=line.category, is_complex=line.is_complex, state=line.state, outcome=line.outcome, due_on=line.due_on,
            answered_on=line.answered_on,
        )  # fmt: skip

    return router


def _hardship(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["hardship"])

    @router.post("/hardship", status_code=201)
    def add(request: Request, answer: Response, body: HardshipIn, key: IdempotencyKey = "") -> Taken:
        clerk = _clerk(desk, request)
        return _created(answer, hardships.add(clerk, body.account, body.cause, body.papers, body.applied_on, key))

    @router.get("/hardship/{application}")
    def one(request: Request, application: str) -> HardshipOut:
        _clerk(desk, request).require("hardship_entry")
        line = _found(lambda: hardships.show(desk, application))
        return HardshipOut(
            id=line.application_id, account=line.account, cause=line.cause, applied_on=line.applied_on, state=line.state,
            lacking=list(line.lacking), bring_by_on=line.bring_by_on, review_on=line.review_on, offers=list(line.offers),
        )  # fmt: skip

    return router


def _holds(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["holds"])

    @router.post("/holds", status_code=201)
    def add(request: Request, answer: Response, body: HoldIn, key: IdempotencyKey = "") -> HoldsTaken:
        said = holds.Hold(body.kind, body.reason, body.from_on, body.until_on, body.evidence, key)
        entered = holds.place(_clerk(desk, request), body.account, said)
        answer.status_code = 200 if all(each.already for each in entered) else 201
        return HoldsTaken(holds=[Taken(id=each.id, account=each.account, already=each.already) for each in entered])

    @router.get("/holds/{hold}")
    def one(request: Request, hold: str) -> HoldOut:
        _clerk(desk, request).require("hold_placing")
        page = _found(lambda: holds.show(desk, hold))
        line = page.line
        return HoldOut(
            id=line.hold_id, account=line.account, kind=line.kind, from_on=line.from_on, until_on=line.until_on,
            ground=line.ground, evidence=line.evidence, released_on=line.released_on, wrong_steps=len(page.wrong),
        )  # fmt: skip

    return router
