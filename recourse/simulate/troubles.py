"""Troubles: deaths, hardship, complaints, disputes, and how the bank's people deal with each in time.

Brakes that a call's outcome places are placed by the system; here they are lifted again when the trouble is over.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Literal

import msgspec

from recourse.simulate.book import Book
from recourse.simulate.core import Core
from recourse.simulate.debtors import Debtors
from recourse.simulate.draws import Draws
from recourse.simulate.office import CallOutcome, Office
from recourse.simulate.personas import HEIRS_PAY_PERCENT, Persona
from recourse.simulate.staff import LEGAL_COUNSEL
from recourse.simulate.wallets import Planned, Wallets

Kind = Literal["hardship", "complaint", "dispute", "opinion", "hardship_lift", "dispute_lift"]
OPENED_BY = {"hardship_claimed": "hardship", "complaint_made": "complaint", "dispute_raised": "dispute"}
OPINION_AFTER_DAYS = 180
COMPLAINS_BY_LETTER_PERCENT = 16
SIGNED_WITHIN_DAYS = 25
SETTLES_PERCENT = 60
STOLEN_PERCENT, UPHELD_PERCENT, BROUGHT_PERCENT = 35, 12, 70
REVIEWED_AFTER_DAYS = 120
CAUSES = ("unemployment", "income_loss", "accident", "family")
WORDS = {
    "conduct": "催收员来电频繁，态度恶劣，请查处。", "amount": "账单金额与我的记录不符，请核对。",
    "privacy": "我没有同意你们使用我的资料。", "service": "多次要求提供还款明细，一直没有回复。",
}  # fmt: skip
DENIED_PERCENT = {Persona.STRAPPED: 35, Persona.ILL: 8}


class Pause(msgspec.Struct):
    """A spell in which days past due do not count, as agreed: a row of the table ``pauses``."""

    account_id: str
    from_on: date
    to_on: date
    resumed_on: date | None
    reason: str


class Offered(msgspec.Struct, frozen=True):
    """An arrangement that was proposed on a day: after how many instalments the debtor will break it, if ever."""

    on: date
    breaks_after: int | None


class Troubles:
    """What is under way. `pauses`: new and changed ones since the last delivery, which takes them out."""

    def __init__(self, draws: Draws, book: Book, core: Core, debtors: Debtors, wallets: Wallets) -> None:
        self._draws, self._book, self._core = draws, book, core
        self._debtors, self._wallets = debtors, wallets
        self._agenda: defaultdict[int, list[tuple[Kind, str]]] = defaultdict(list)
        self._offered: dict[str, Offered] = {}
        self._paused: dict[str, Pause] = {}
        self.pauses: list[Pause] = []
        self._accounts_of: defaultdict[str, list[str]] = defaultdict(list)
        for account in book.accounts.values():
            self._accounts_of[account.person_id].append(account.account_id)
        self._dying = sorted(
            (self._known_on(person_id, debtor.dies_on), person_id, debtor.dies_on)
            for person_id, debtor in book.debtors.items()
            if debtor.dies_on is not None
        )
        self._deaths = sorted(
            (debtor.dies_on, key) for key, debtor in book.debtors.items() if debtor.dies_on is not None
        )

    def _known_on(self, person_id: str, dies_on: date) -> date:
        return date.fromordinal(dies_on.toordinal() + self._draws.between(4, 24, person_id, "death known"))

    def bury(self, on: int) -> None:
        """Stop the payments of those who have died by a day (ordinal)."""
        while self._deaths and self._deaths[0][0].toordinal() <= on:
            for account_id in self._accounts_of[self._deaths.pop(0)[1]]:
                self._wallets.stop(account_id)

    def claimed(self, account_id: str, outcome: CallOutcome, day: date) -> None:
        """What a call brought up, to be dealt with in days to come."""
        kind = OPENED_BY.get(outcome.code)
        if kind == "hardship":
            self._later("hardship", account_id, day, 4, 12)
        elif kind == "complaint":
            self._later("complaint", account_id, day, 7, 15)
        elif kind == "dispute":
            self._later("dispute", account_id, day, 8, 15)

    def complains_by_letter(self, account_id: str, day: date, office: Office) -> None:
        """Some who were reminded complain by letter at once; others dispute a sum at the counter."""
        persona, key = self._debtors.persona_of(account_id), (account_id, "by letter")
        kind = {Persona.COMPLAINER: "complaint", Persona.DISPUTER: "dispute"}.get(persona)
        if kind is None or not self._draws.chance(COMPLAINS_BY_LETTER_PERCENT, *key, day):
            return
        if kind == "complaint":
            category = self._draws.weighted(
                {"conduct": 48, "amount": 22, "privacy": 12, "service": 18}, *key, day, "about"
            )
            office.complain(account_id, "letter", category, WORDS[category])
            self._later("complaint", account_id, day, 9, 15)
            return
        card = self._book.accounts[account_id].product == "credit_card"
        used = card and self._draws.chance(STOLEN_PERCENT, *key, day, "card used by others")
        office.dispute(account_id, "card_fraud" if used else "amount")
        self._later("dispute", account_id, day, 9, 15)

    def work(self, day: date, office: Office) -> None:
        """Everything that is due by today."""
        self._learn_of_deaths(day, office)
        for on in sorted(each for each in self._agenda if each <= day.toordinal()):
            for kind, account_id in sorted(self._agenda.pop(on)):
                self._deal_with(kind, account_id, day, office)
        self._sign(day, office)
        for account_id in sorted(office.to_waive()):
            self._wallets.waived(account_id)
        for account_id, end in sorted(self._wallets.deals_ended):
            office.release_brake(account_id, "hardship", f"还款安排{'已' if end == 'performed' else '未'}履行")
            self._later("hardship_lift", account_id, day, 12, 24)
            self._resume(account_id, day)
        self._wallets.deals_ended.clear()

    def _later(self, kind: Kind, account_id: str, day: date, low: int, high: int) -> None:
        on = day.toordinal() + self._draws.between(low, high, account_id, kind, day, "dealt with")
        self._agenda[on].append((kind, account_id))

    def _learn_of_deaths(self, day: date, office: Office) -> None:
        while self._dying and self._dying[0][0] <= day:
            _, person_id, died_on = self._dying.pop(0)
            office.learn(person_id, "deceased", died_on, f"死亡证明 {person_id}")
            for account_id in sorted(self._accounts_of[person_id]):
                self._estate(account_id, day)

    def _estate(self, account_id: str, day: date) -> None:
        """Heirs pay what is owed, within what they inherit (民法典 1161), or nothing is left and counsel says so."""
        pledged = self._book.accounts[account_id].pledge is not None
        if pledged or self._draws.chance(HEIRS_PAY_PERCENT, account_id, "heirs"):
            on = day.toordinal() + self._draws.between(40, 150, account_id, "heirs pay")
            self._wallets.plan(on, Planned(account_id, "payoff", "third_party"))
        else:
            self._later("opinion", account_id, day, 60, 90)

    def _deal_with(self, kind: Kind, account_id: str, day: date, office: Office) -> None:
        match kind:
            case "hardship":
                self._judge_hardship(account_id, day, office)
            case "complaint":
                answers = {"rejected": 70, "partly": 18, "upheld": 12}
                office.answer_complaints(
                    account_id, self._draws.weighted(answers, account_id, day, "complaint answered")
                )
                self._debtors.moved_by("complaint_closed", account_id, day)
            case "dispute":
                upheld = self._draws.chance(UPHELD_PERCENT, account_id, day, "dispute upheld")
                office.answer_disputes(account_id, "upheld" if upheld else "rejected", f"交易流水 {account_id}")
                self._debtors.moved_by("dispute_resolved", account_id, day)
                self._later("dispute_lift", account_id, day, 12, 24)
            case "dispute_lift":
                for brake in ("dispute", "fraud"):
                    office.release_brake(account_id, brake, "已核查，金额与核心一致")
            case "hardship_lift":
                office.release_brake(account_id, "hardship", "困难情形已终了")
            case "opinion":
                self._opinion(account_id, day, office)

    def _judge_hardship(self, account_id: str, day: date, office: Office) -> None:
        """An arrangement is proposed, or the claim of hardship is found without ground."""
        if not self._core.overdue(account_id):
            office.release_brake(account_id, "hardship", "欠款已还清")
            return
        persona, key = self._debtors.persona_of(account_id), (account_id, "hardship", day)
        if self._settles(account_id, day, office):
            return
        hopeless = self._core.debts[account_id].accelerated or self._wallets.standings[account_id].stopped
        cause = "illness" if persona is Persona.ILL else self._draws.pick(CAUSES, *key, "cause")
        if hopeless or self._draws.chance(DENIED_PERCENT.get(persona, 60), *key, "denied"):
            brought = self._draws.chance(BROUGHT_PERCENT, *key, "papers brought")
            office.apply_hardship(account_id, cause, complete=brought)
            if brought:
                office.decide_hardship(account_id, "rejected", 0)
            office.release_brake(account_id, "hardship", "困难情形经核实不成立")
            return
        office.apply_hardship(account_id, cause, complete=True)
        office.decide_hardship(account_id, "accepted", REVIEWED_AFTER_DAYS)
        months = self._draws.pick((3, 6, 9, 12), *key, "months")
        breaks = self._draws.below(months, *key, "breaks after") if self._draws.chance(32, *key, "breaks") else None
        card = self._book.accounts[account_id].product == "credit_card"
        if office.propose(account_id, "personal_instalments" if card else "reschedule", months):
            self._offered[account_id] = Offered(day, breaks)
        else:
            office.release_brake(account_id, "hardship", "方案未达底线，不予受理")

    def _settles(self, account_id: str, day: date, office: Office) -> bool:
        """Some whose whole debt was called offer to pay it off, if the penalty interest is given up."""
        key = (account_id, "settlement")
        called = self._core.debts[account_id].accelerated and not self._wallets.standings[account_id].stopped
        if not called or not self._draws.chance(SETTLES_PERCENT, *key):
            return False
        if not office.settle(account_id, self._draws.between(2, 4, *key, "instalments")):
            return False
        self._offered[account_id] = Offered(day, 1 if self._draws.chance(25, *key, "breaks") else None)
        return True

    def _sign(self, day: date, office: Office) -> None:
        """What the gates agreed to is signed; what they did not within some weeks is not waited for."""
        for each in sorted(office.to_sign(), key=lambda each: each.account_id):
            offered = self._offered.pop(each.account_id, None)
            if offered is None:
                continue
            if not office.sign(each.account_id, f"还款安排协议 {each.account_id} {day}".encode()):
                office.release_brake(each.account_id, "hardship", "欠款已变动，方案不再适用")
                continue
            days = [on.toordinal() for on in each.due_on]
            if each.whole:
                self._wallets.settle(each.account_id, list(zip(days, each.amounts, strict=True)), offered.breaks_after)
                continue
            self._wallets.arrange(each.account_id, days, offered.breaks_after)
            if self._debtors.persona_of(each.account_id) is Persona.ILL:
                self._pause(each.account_id, day, each.due_on[-1])
        for account_id, offered in sorted(self._offered.items()):
            if (day - offered.on).days > SIGNED_WITHIN_DAYS:
                del self._offered[account_id]
                office.release_brake(account_id, "hardship", "方案未获批准")

    def _pause(self, account_id: str, day: date, until: date) -> None:
        self._paused[account_id] = pause = Pause(account_id, day, until, None, "重大疾病，经批准暂停计算逾期天数")
        self.pauses.append(pause)

    def _resume(self, account_id: str, day: date) -> None:
        pause = self._paused.pop(account_id, None)
        if pause is not None and day < pause.to_on:
            pause.resumed_on = day
            if pause not in self.pauses:
                self.pauses.append(pause)

    def _opinion(self, account_id: str, day: date, office: Office) -> None:
        """Once the debt is old enough: there is no estate, counsel says so in writing."""
        if not self._core.debts[account_id].total:
            return
        if self._core.days_late(account_id) < OPINION_AFTER_DAYS:
            self._later("opinion", account_id, day, 20, 30)
            return
        office.sign_opinions([account_id], LEGAL_COUNSEL)
