"""What happens beside the suit in the town: court sales, estates, bankruptcies, insurers, deposits that are set off.

All of it answers visits that stand open, in the days that such things take. Money moves in the core alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

from recourse.simulate.book import YUAN, Book
from recourse.simulate.core import Core
from recourse.simulate.draws import Draws
from recourse.simulate.office import Office, OpenVisit, Told
from recourse.simulate.outside import Preservation
from recourse.simulate.personas import HEIRS_PAY_PERCENT, Persona, Rule
from recourse.simulate.wallets import Planned, Wallets

ROUNDS: Mapping[str, tuple[int, int]] = {"auction_first": (1, 38), "auction_second": (2, 24), "sell_off": (3, 50)}
"""Node → its round, and for about how many days it is announced and held."""
FIRST_PERCENT, CUT_TO_PERCENT = 70, 80
"""What the court of the town sets: no more than the rules ask (网络司法拍卖规定 10, 26)."""
SOLD_PERCENT: Mapping[str, int] = {"auction_first": 34, "auction_second": 20, "sell_off": 12}
BANKRUPT_IN_A_THOUSAND = 14
BANKRUPT_FROM_DAYS_LATE = 70
COURSE: Mapping[str, tuple[str, int, int]] = {
    "claimed": ("confirmed", 25, 45),
    "confirmed": ("declared", 20, 40),
    "declared": ("distributed", 70, 110),
    "distributed": ("closed", 20, 40),
}
"""Stage of a bankruptcy → the next, and after how many days (from, to)."""
FRAUD_IN_A_THOUSAND = 9
SUSPECTED_FROM_DAYS_LATE = 45
HAS_DEPOSIT_PERCENT = 34
SOURCES: Mapping[str, int] = {
    "wages": 44, "unknown": 22, "other": 20, "minimum_living_allowance": 4, "housing_fund": 6, "survivor_benefit": 4,
}  # fmt: skip
Row = dict[str, object]


class Sales:
    """The court's sale of security, round by round, and what the bank takes for the debt."""

    def __init__(self, draws: Draws, core: Core, wallets: Wallets, worth: Callable[[str], int]) -> None:
        self._draws, self._core, self._wallets, self._worth = draws, core, wallets, worth
        self._listed: dict[tuple[str, int], int] = {}
        self._taken: dict[str, date] = {}

    def work(self, day: date, office: Office) -> Iterable[Told]:
        for node, (round_, days) in ROUNDS.items():
            for visit in office.open_visits(node):
                yield from self._round(visit, node, round_, days, day)
        for visit in office.open_visits("debt_for_asset"):
            if _waited(visit, day) >= self._draws.between(8, 20, visit.account_id, "ruling"):
                yield from self._take(visit.account_id, day)
        for account_id, on in sorted(self._taken.items()):
            if (day - on).days >= self._draws.between(60, 160, account_id, "disposed"):
                del self._taken[account_id]
                price = self._listed[account_id, 3] * self._draws.between(70, 105, account_id, "disposal") // 100
                yield Told(account_id, "asset_disposed", amount=price)

    def _round(self, visit: OpenVisit, node: str, round_: int, days: int, day: date) -> Iterable[Told]:
        account_id, key = visit.account_id, (visit.account_id, round_)
        if not self._worth(account_id):
            return
        if key not in self._listed:
            if _waited(visit, day) >= 3:
                self._listed[key] = self._reserve(account_id, round_)
                yield Told(account_id, "listed", amount=self._listed[key], number=round_, on=day + timedelta(days=days))
            return
        if _waited(visit, day) < days + self._draws.between(4, 9, *key, "held"):
            return
        if not self._draws.chance(SOLD_PERCENT[node], *key, "sold"):
            yield Told(account_id, "failed", number=round_)
            return
        price = self._listed[key] * self._draws.between(100, 128, *key, "bids") // 100
        yield Told(account_id, "sold", amount=price, number=round_)
        self._pays(account_id, price, day)

    def _reserve(self, account_id: str, round_: int) -> int:
        if round_ == 1:
            return -(-self._worth(account_id) * FIRST_PERCENT // 100)
        before = self._listed[account_id, round_ - 1]
        return -(-before * CUT_TO_PERCENT // 100) if round_ == 2 else before

    def _take(self, account_id: str, day: date) -> Iterable[Told]:
        if (account_id, 3) not in self._listed:
            return
        self._taken[account_id] = day
        yield Told(account_id, "asset_taken")
        self._pays(account_id, self._listed[account_id, 3], day)

    def _pays(self, account_id: str, amount: int, day: date) -> None:
        whole = amount >= self._core.debts[account_id].total
        on = day.toordinal() + self._draws.between(6, 20, account_id, amount, "proceeds")
        self._wallets.plan(on, Planned(account_id, "payoff" if whole else "fixed", "court", amount))


class Deposits:
    """What debtors have in deposits at the bank."""

    def __init__(self, draws: Draws, book: Book, core: Core) -> None:
        self._draws, self._core = draws, core
        self._rows: dict[str, list[Row]] = {}
        for person_id in book.debtors:
            if draws.chance(HAS_DEPOSIT_PERCENT, person_id, "deposit"):
                count = draws.weighted({1: 74, 2: 26}, person_id, "deposits")
                self._rows[person_id] = [self._row(person_id, n) for n in range(count)]
        self._owner = {key: account.person_id for key, account in book.accounts.items()}

    def told(self, account_ids: Iterable[str], day: date) -> list[Row]:
        """What lies there at a day, of the debtors of some accounts: a set-off stands on the day's own balance."""
        persons = sorted({self._owner[key] for key in account_ids} & self._rows.keys())
        return [{**row, "as_of": day} for person_id in persons for row in self._rows[person_id]]

    def _row(self, person_id: str, n: int) -> Row:
        draws, key = self._draws, (person_id, n, "deposit")
        return {
            "deposit_id": f"S{person_id[1:]}-{n + 1}", "party_id": person_id, "source": draws.weighted(SOURCES, *key, "source"),
            "deposit_no": f"6200{draws.below(10**12, *key, 'number'):012d}",
            "balance": draws.between(2, 90, *key, "balance") * 100 * YUAN, "currency": "CNY",
        }  # fmt: skip

    def work(self, day: date, office: Office) -> Iterable[Told]:
        """The core sets off what it was asked to, a day or two later, and says so."""
        due = [
            visit.account_id
            for visit in office.open_visits("set_off")
            if _waited(visit, day) >= self._draws.between(2, 4, visit.account_id, "set off")
        ]
        for account_id, asked in sorted(office.set_off_asked(due).items()):
            amount = min(asked, self._core.debts[account_id].total)
            if amount:
                self._core.pay(account_id, amount, "bank")
                self._spend(self._owner[account_id], amount)
            yield Told(account_id, "set_off", amount=amount)

    def _spend(self, person_id: str, amount: int) -> None:
        for row in self._rows.get(person_id, []):
            balance = row["balance"]
            if row["source"] in ("other", "unknown") and isinstance(balance, int) and amount > 0:
                spent = min(amount, balance)
                amount -= spent
                row["balance"] = balance - spent


class Beside:
    """Everything that happens beside the suit."""

    def __init__(self, draws: Draws, book: Book, core: Core, wallets: Wallets, preservation: Preservation) -> None:
        self._draws, self._book, self._core, self._wallets = draws, book, core, wallets
        self._sales = Sales(draws, core, wallets, preservation.worth)
        self.deposits = Deposits(draws, book, core)
        self._bankrupt: dict[str, tuple[str, date]] = {}
        self._may_fail = [
            key for key, account in book.accounts.items()
            if book.debtors[account.person_id].persona not in (Persona.DUTIFUL, Persona.DYING)
            and draws.below(1000, account.person_id, "bankrupt") < BANKRUPT_IN_A_THOUSAND
        ]  # fmt: skip
        self._asked: set[str] = set()
        self._suspects = [
            key for key, account in book.accounts.items()
            if account.pledge is None and draws.below(1000, account.person_id, "fraud") < FRAUD_IN_A_THOUSAND
        ]  # fmt: skip
        self._reported: dict[str, date] = {}

    def work(self, day: date, office: Office) -> None:
        """Everything that is due by today, in the order of accounts."""
        told = [*self._sales.work(day, office), *self.deposits.work(day, office), *self._estates(day, office),
                *self._bankruptcies(day, office), *self._insurers(day, office), *self._crimes(day, office)]  # fmt: skip
        if told:
            office.tell_beside(told)

    def _estates(self, day: date, office: Office) -> Iterable[Told]:
        """Heirs are found and answer up to what they inherit; or there is nothing, or they renounce."""
        for visit in office.open_visits("estate"):
            key, account = visit.account_id, self._book.accounts[visit.account_id]
            if _waited(visit, day) < self._draws.between(10, 30, key, "estate"):
                continue
            total = self._core.debts[key].total
            if total and (account.pledge is not None or self._draws.chance(HEIRS_PAY_PERCENT, key, "heirs")):
                yield Told(
                    key, "estate_found", amount=2 * total, number=self._draws.between(1, 3, key, "number of heirs")
                )
                yield Told(key, "estate_claimed", amount=total)
            else:
                yield Told(
                    key, "estate_closed", code=self._draws.pick(("no_estate", "renounced", "exhausted"), key, "end")
                )

    def _bankruptcies(self, day: date, office: Office) -> Iterable[Told]:
        for key in [each for each in self._may_fail if self._core.days_late(each) >= BANKRUPT_FROM_DAYS_LATE]:
            self._may_fail.remove(key)
            person = self._book.accounts[key].person_id
            if person not in self._bankrupt:
                self._bankrupt[person] = ("accepted", day)
                yield Told(key, "bankruptcy_accepted", on=day + timedelta(days=60))
                for other in sorted(self._book.accounts):
                    if self._book.accounts[other].person_id == person:
                        self._wallets.stop(other)
        for visit in office.open_visits("bankruptcy_claim"):
            total = self._core.debts[visit.account_id].total
            if total and _waited(visit, day) >= self._draws.between(3, 9, visit.account_id, "filing"):
                person = self._book.accounts[visit.account_id].person_id
                self._bankrupt[person] = ("claimed", day)
                yield Told(visit.account_id, "bankruptcy_claimed", amount=total)
        yield from self._moves(day)

    def _moves(self, day: date) -> Iterable[Told]:
        for person, (stage, since) in sorted(self._bankrupt.items()):
            if stage not in COURSE:
                continue
            following, low, high = COURSE[stage]
            if (day - since).days >= self._draws.between(low, high, person, following):
                self._bankrupt[person] = (following, day)
                theirs = sorted(key for key, each in self._book.accounts.items() if each.person_id == person)
                for key in theirs if following in ("confirmed", "distributed") else theirs[:1]:
                    yield Told(key, "bankruptcy_moved", code=following)

    def _insurers(self, day: date, office: Office) -> Iterable[Told]:
        """A claim is made within days, and answered within weeks: paid, paid in part, or refused."""
        for visit in office.open_visits("insurer_claim"):
            key, waited = visit.account_id, _waited(visit, day)
            total = self._core.debts[key].total
            if key not in self._asked and total and waited >= 2:
                self._asked.add(key)
                yield Told(key, "insurer_claimed", amount=total)
            elif key in self._asked and waited >= self._draws.between(18, 40, key, "insurer"):
                self._asked.discard(key)
                yield from self._answer(key, total, day)

    def _answer(self, key: str, total: int, day: date) -> Iterable[Told]:
        result = self._draws.weighted({"paid": 52, "part_paid": 18, "refused": 30}, key, "insurer answers")
        paid = 0 if result == "refused" else total if result == "paid" else total // 2
        yield Told(key, "insurer_answered", code=result if paid else "refused", amount=paid)
        if paid:
            rule: Rule = "payoff" if result == "paid" else "fixed"
            self._wallets.plan(day.toordinal() + 2, Planned(key, rule, "third_party", paid))

    def _crimes(self, day: date, office: Office) -> Iterable[Told]:
        """Papers of a loan look forged: everything stops, head office decides on a report, and the police answer it."""
        for key in [each for each in self._suspects if self._core.days_late(each) >= SUSPECTED_FROM_DAYS_LATE]:
            self._suspects.remove(key)
            office.place_brake(key, "criminal_suspect", None, "收入证明疑似伪造")
        for visit in office.open_visits("criminal_referral"):
            if visit.account_id not in self._reported and _waited(visit, day) >= 3:
                self._reported[visit.account_id] = day
                yield Told(visit.account_id, "crime_reported")
        for key, since in sorted(self._reported.items()):
            if (day - since).days >= self._draws.between(20, 45, key, "police"):
                del self._reported[key]
                filed = self._draws.chance(40, key, "filed")
                yield Told(key, "crime_answered", code="filed" if filed else "declined")
                if not filed:
                    office.release_brake(key, "criminal_suspect", "公安机关不予立案")


def _waited(visit: OpenVisit, day: date) -> int:
    return (day - visit.entered_on).days
