"""Who finds out about debtors in the town: why they do not pay, how able and willing they are, and who evades.

Found on a few days of the arrears only; what nobody looked into stays unknown, as at any bank.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from recourse.simulate.book import Book
from recourse.simulate.core import Core
from recourse.simulate.draws import Draws
from recourse.simulate.office import Judged, Office
from recourse.simulate.personas import Persona

P = Persona
LOOKS_FROM, LOOKS_TO = 12, 40
"""Days past due between which somebody looks into an account."""
LOOKED_INTO_PERCENT = 72
CAUSES: Mapping[Persona, Mapping[str, int]] = {
    P.FORGETFUL: {"oversight": 82, "temporary_shortage": 12, "technical": 6},
    P.STRAPPED: {"temporary_shortage": 46, "job_loss": 32, "family": 22},
    P.BREAKER: {"temporary_shortage": 70, "job_loss": 15, "family": 15},
    P.DISPUTER: {"dispute": 100},
    P.ILL: {"illness_accident": 100},
}
"""What the cause turns out to be; of nobody else does anybody learn it."""
ABLE: Mapping[Persona, tuple[str, str]] = {
    P.FORGETFUL: ("sufficient", "willing"),
    P.STRAPPED: ("strained", "willing"),
    P.BREAKER: ("strained", "wavering"),
    P.STRATEGIC: ("sufficient", "unwilling"),
    P.ILL: ("none", "willing"),
    P.EVADER: ("sufficient", "unwilling"),
}
EVADES_FROM, EVADES_TO = 45, 110
SIGNS = ("assets_moved", "able_and_refusing", "vanished", "dodging_service")


class Detectives:
    """What was looked into already: each account once in a spell of arrears."""

    def __init__(self, draws: Draws, book: Book, core: Core) -> None:
        self._draws, self._book, self._core = draws, book, core
        self._looked: set[str] = set()
        self._proposed: set[str] = set()

    def work(self, day: date, office: Office) -> None:
        """Everything that is found on a day, told at once."""
        judged: list[Judged] = []
        for account_id, account in self._book.accounts.items():
            late = self._core.days_late(account_id)
            if not late:
                self._looked.discard(account_id)
                continue
            persona = self._book.debtors[account.person_id].persona
            if account_id not in self._looked and late >= self._draws.between(
                LOOKS_FROM, LOOKS_TO, account_id, "looks"
            ):
                self._looked.add(account_id)
                if self._draws.chance(LOOKED_INTO_PERCENT, account_id, day, "looked into"):
                    judged += self._found(account_id, persona, day)
            if persona is P.EVADER:
                self._accuse(account_id, late, office)
        if judged:
            office.judge(judged)

    def _found(self, account_id: str, persona: Persona, day: date) -> Iterator[Judged]:
        evidence = f"走访记录 {account_id} {day}"
        if persona in CAUSES:
            cause = self._draws.weighted(CAUSES[persona], account_id, day, "cause")
            yield Judged(account_id, "cause", cause, evidence)
        if persona in ABLE:
            ability, willingness = ABLE[persona]
            yield Judged(account_id, "ability", ability, evidence)
            yield Judged(account_id, "willingness", willingness, evidence)

    def _accuse(self, account_id: str, late: int, office: Office) -> None:
        """Two signs at the least, once; the bank's people decide."""
        if account_id in self._proposed or late < self._draws.between(EVADES_FROM, EVADES_TO, account_id, "evades"):
            return
        self._proposed.add(account_id)
        first = self._draws.below(len(SIGNS), account_id, "sign")
        signs = (SIGNS[first], SIGNS[(first + 1) % len(SIGNS)])
        office.propose_evasion(account_id, {sign: f"线索材料 {account_id} {sign}" for sign in signs})
