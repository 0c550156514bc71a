"""What the values of rules about callers look like once parsed: phrases, certificates, queues."""

from __future__ import annotations

from typing import Annotated

import msgspec

from recourse.policy.strict import Strictly, known
from recourse.speech.figures import KINDS as FIGURES
from recourse.speech.plain import plain

EVERYBODY, THIRD_PARTY = "everybody", "third_party"
OWN, AGENCY = "own", "agency"
Natural = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[int, msgspec.Meta(ge=1)]
SHORTEST = 2
"""Letters that a phrase has at least: one alone would stand in half of all texts."""


class Phrases(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Phrases of one kind, and what to say instead. `deniable`: a denial in front of one makes it a true statement."""

    says: tuple[str, ...]
    instead: str = ""
    deniable: bool = False

    def __post_init__(self) -> None:
        if not self.says:
            raise ValueError("an entry without phrases")
        _check(self.says)


class Lexicon(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One class of phrases: forbidden, and true statements that may be said although they hold one. `denials` and
    `returns`: words of denial, and words after a phrase that turn a denial round. `figures` may not be told at all."""

    lexicon: str
    forbids: tuple[Phrases, ...] = ()
    allows: tuple[str, ...] = ()
    denials: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    audience: str = EVERYBODY

    def __post_init__(self) -> None:
        known("audience", (self.audience,), (EVERYBODY, THIRD_PARTY))
        known("figure", self.figures, FIGURES)
        _check(self.allows)
        if not (self.forbids or self.allows or self.figures):
            raise ValueError("a lexicon that says nothing")
        if not all(plain(each).text for each in (*self.denials, *self.returns)):
            raise ValueError("a word of denial without a letter")


class CallerCertificate(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A certificate that callers hold on the day of each dial. `of`: whose callers; `within_months` of their start (0:
    from the first dial on); `valid_months`: at most so long after it was issued (None: as long as it says itself)."""

    certificate: str
    of: tuple[str, ...] = (OWN, AGENCY)
    within_months: Natural = 0
    valid_months: Positive | None = None

    def __post_init__(self) -> None:
        known("employer", self.of, (OWN, AGENCY))
        if not self.of:
            raise ValueError("a certificate that nobody needs")


class CallQueue(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which calls one queue takes, the skills they need, how it ranks (the highest first), and how many of them one
    caller works in a day at most (None: as many as the caller can)."""

    queue: str
    priority: Natural
    dpd_at_least: Natural = 0
    grades: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    daily_capacity: Positive | None = None


def _check(phrases: tuple[str, ...]) -> None:
    for phrase in phrases:
        if len(plain(phrase).text) < SHORTEST:
            raise ValueError(f"too short for a phrase: {phrase!r}")
