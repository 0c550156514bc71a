"""What the entry API takes and gives: one model a body. Errors say what, where and the mend, and never repeat what was sent."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tasks.complaints import LONGEST_TEXT

Key = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\s,/\x00-\x1f]+$")]
Code = Annotated[str, Field(min_length=2, max_length=40, pattern=r"^[a-z0-9_]+$")]
Line = Annotated[str, Field(max_length=120)]
Channel = Literal["phone", "hotline", "letter", "counter", "email", "app", "regulator", "social_media"]
Category = Literal["conduct", "amount", "privacy", "third_party", "fees", "credit_record", "service", "other"]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ComplaintIn(Body):
    """A complaint. `text` is sealed and never journaled; `contact`: the permit or agency contact that it is about."""

    account: Key
    channel: Channel
    category: Category
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
    received_on: date | None = None
    is_complex: bool = False
    referred_by: Code | Literal[""] = ""
    staff: Line = ""
    contact: Line = ""


class HardshipIn(Body):
    """An application of hardship. `papers`: kind → where it lies, of those brought with it."""

    account: Key
    cause: Code
    papers: Annotated[dict[Code, Line], Field(max_length=20)] = Field(default_factory=dict)
    applied_on: date | None = None


class HoldIn(Body):
    """A brake, since `from_on` (default: the business day), until `until_on` (default: until it is lifted)."""

    account: Key
    kind: Code
    reason: Annotated[str, Field(min_length=1, max_length=120)]
    from_on: date | None = None
    until_on: date | None = None
    evidence: Line = ""


class Taken(BaseModel):
    """What was taken in. `already`: the same was there, and nothing was recorded."""

    id: str
    account: str
    already: bool


class HoldsTaken(BaseModel):
    """The brakes placed: one a case; a brake about a person reaches every open case of the person."""

    holds: list[Taken]


class ComplaintOut(BaseModel):
    """A complaint as it stands, without its words."""

    id: str
    account: str
    received_on: date
    channel: str
    category: str
    is_complex: bool
    state: str
    outcome: str
    due_on: date | None
    answered_on: date | None


class HardshipOut(BaseModel):
    """An application as it stands. `offers`: kinds of arrangement to talk about."""

    id: str
    account: str
    cause: str
    applied_on: date
    state: str
    lacking: list[str]
    bring_by_on: date | None
    review_on: date | None
    offers: list[str]


class HoldOut(BaseModel):
    """A brake as it stands. `wrong_steps`: how many steps it should have stopped before it was known."""

    id: str
    account: str
    kind: str
    from_on: date
    until_on: date | None
    ground: str
    evidence: str
    released_on: date | None
    wrong_steps: int


class Trouble(BaseModel):
    """What is wrong, where, and the mend."""

    what: str
    where: str
    mend: str
