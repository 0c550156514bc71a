"""The back office: the general ledger that answers instructions, the duties after a write-off, one pool that is sold."""

from __future__ import annotations

from datetime import date
from typing import Literal

from recourse.errors import UserError
from recourse.simulate.core import Core
from recourse.simulate.draws import Draws
from recourse.simulate.office import LedgerAnswer, Office
from recourse.simulate.staff import LEGAL_COUNSEL
from recourse.simulate.wallets import Planned, Wallets

BROUGHT_AFTER_DAYS = (1, 12)
OPINION = "legal_opinion"
WAIVED, WAIVED_PERCENT = ("asset_search",), 15
REFUSED_PERCENT, WRONG_PERCENT = 4, 3
REASONS = ("拨备科目余额不足", "借据状态冻结，未能入账", "机构科目对应关系缺失")
CONCLUDES_AFTER_DAYS = (40, 120)
POOL, BUYER, BUYER_KIND = "2025-01", "临澜资产管理有限公司", "amc"
PROPOSED_AFTER_DAYS, LATE_DAYS, MOST = 270, 120, 30
OFFERED_PERCENT, PRICE_PERCENT = 60, 7
GIVEN_UP_AFTER_DAYS = 120
STILL_PAYS_PERCENT = 15
SOLD_PRODUCTS = frozenset({"consumer_loan", "online_consumer_loan", "credit_card", "business_loan"})


class Books:
    """What is booked, reported and sold. `start_on`: the town's first day."""

    def __init__(self, draws: Draws, core: Core, wallets: Wallets, start_on: date) -> None:
        self._draws, self._core, self._wallets, self._start_on = draws, core, wallets, start_on
        self._booked: dict[str, date] = {}
        self._lacking: dict[str, date] = {}
        self._reported: set[tuple[int, str]] = set()
        self._pool = ""
        self._pooled_on = start_on

    def work(self, day: date, office: Office) -> None:
        """Answer instructions, then what the calendar asks for, then the pool."""
        self._complete(day, office)
        self._answer(day, office)
        self._conclude(day, office)
        self._report(day, office)
        self._sell(day, office)
        for payment in office.to_forward():
            office.forward(payment, f"转付凭证-{payment}")

    def written_off(self, account_id: str, day: date) -> None:
        """Note a write-off that took effect: its accountability is concluded some weeks later."""
        low, high = CONCLUDES_AFTER_DAYS
        days = self._draws.between(low, high, account_id, "accountability")
        self._booked[account_id] = date.fromordinal(day.toordinal() + days)

    def _complete(self, day: date, office: Office) -> None:
        """The branch brings what a packet lacks, some days after it was told; counsel signs the opinion; legal waives a
        search that says nothing new."""
        brought: list[tuple[str, str]] = []
        signing: list[str] = []
        for each in office.packets_lack():
            told = self._lacking.setdefault(each.account_id, day)
            if (day - told).days < self._draws.between(*BROUGHT_AFTER_DAYS, each.account_id, "papers"):
                continue
            for item, kinds in sorted(each.items.items()):
                if item == OPINION:
                    signing.append(each.account_id)
                elif (
                    item in WAIVED
                    and item not in each.core
                    and self._draws.chance(WAIVED_PERCENT, each.account_id, item)
                ):
                    office.waive_item(each.account_id, item, LEGAL_COUNSEL, "三个月内已在执行程序中查询，无新线索")
                else:
                    brought.append((each.account_id, kinds[0]))
        if brought:
            office.bring_papers(brought)
        if signing:
            office.sign_opinions(signing, LEGAL_COUNSEL)

    def _answer(self, day: date, office: Office) -> None:
        answers = []
        for told in sorted(office.instructions(), key=lambda each: each.account_id):
            key = (told.account_id, told.instructed_on)
            if (day - told.instructed_on).days < self._draws.between(1, 5, *key, "the ledger takes"):
                continue
            refused = self._draws.chance(REFUSED_PERCENT, *key, "refused")
            wrong = not refused and self._draws.chance(WRONG_PERCENT, *key, "a fen off")
            reason = self._draws.pick(REASONS, *key, "why") if refused else ""
            answers.append(LedgerAnswer(told.account_id, not refused, reason, 1 if wrong else 0))
        if answers:
            office.ledger_answers(answers)

    def _conclude(self, day: date, office: Office) -> None:
        due = sorted(account for account, on in self._booked.items() if on <= day)
        for account in due:
            del self._booked[account]
            fault = self._draws.chance(8, account, "fault")
            office.conclude(account, "存在尽职瑕疵，已追责" if fault else "无主观责任", f"责任认定书-{account}")

    def _report(self, day: date, office: Office) -> None:
        """The audit in April and the report in June, of the year before."""
        duties: tuple[tuple[Literal["audit", "report"], int], ...] = (("audit", 4), ("report", 6))
        for what, month in duties:
            key = (day.year - 1, what)
            if day.month >= month and key not in self._reported and day.year > self._start_on.year:
                self._reported.add(key)
                office.report_year(day.year - 1, what, f"{day.year - 1}年度-{what}")

    def _sell(self, day: date, office: Office) -> None:
        if not self._pool:
            if (day - self._start_on).days >= PROPOSED_AFTER_DAYS:
                self._propose(day, office)
            return
        if self._pool == "proposed":
            if (day - self._pooled_on).days > GIVEN_UP_AFTER_DAYS:
                self._pool = "given up"
                office.drop_pool(POOL, "逾期未完成审批")
            elif office.award_pool(POOL, BUYER, BUYER_KIND, PRICE_PERCENT):
                self._pool = "awarded"
        elif self._pool == "awarded":
            self._hand_over(day, office)

    def _propose(self, day: date, office: Office) -> None:
        wanted = [
            key
            for key, account in sorted(self._core.accounts.items())
            if account.product in SOLD_PRODUCTS
            and account.pledge is None
            and self._core.days_late(key) >= LATE_DAYS
            and self._draws.chance(OFFERED_PERCENT, key, "offered for sale")
        ]
        try:
            pooled = office.propose_pool(POOL, wanted[:MOST], day) if wanted else 0
        except UserError:
            pooled = 0
        if pooled:
            self._pool, self._pooled_on = "proposed", day

    def _hand_over(self, day: date, office: Office) -> None:
        """The core learns of what was sold; debtors are told; few go on paying to the bank's account."""
        for account_id in sorted(office.claims_sold(day)):
            self._core.sell(account_id)
            self._wallets.stop(account_id)
            if self._draws.chance(STILL_PAYS_PERCENT, account_id, "still pays the bank"):
                on = day.toordinal() + self._draws.between(5, 60, account_id, "still pays after")
                amount = max(
                    self._core.debts[account_id].total * self._draws.between(1, 5, account_id, "part") // 100, 1
                )
                self._wallets.plan(on, Planned(account_id, "fixed", "third_party", amount))
        for account_id, party in office.to_tell(POOL):
            if self._draws.chance(20, account_id, party, day, "notice arrives"):
                office.told(account_id, party, f"EMS-{account_id}-{party}", day)
