"""The book of the made-up bank: who owes what to whom, on which terms, with which security. Composed once, by seed.

A person's traits hang on the person's number and an account's on the account's, so a larger book begins with the
smaller one.
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from recourse.simulate import names
from recourse.simulate.draws import Draws
from recourse.simulate.personas import LATE_ALREADY_PERCENT, MIX, Persona
from recourse.simulate.plans import PlanRow, bullet_plan, level_plan, months_on
from recourse.simulate.staff import ORIGINATORS

ENTITY = "9001"
BRANCHES = ("9101", "9102", "9103", "9104", "9105", "9106")
HISTORY_MONTHS = 5
YUAN = 100


class Range(msgspec.Struct, frozen=True):
    """What a product looks like: share of a hundred accounts, amount (thousand yuan), months, rate (millionths)."""

    share: int
    amount: tuple[int, int]
    months: tuple[int, int]
    rate: tuple[int, int]
    prefix: str


PRODUCTS: dict[str, Range] = {
    "mortgage": Range(9, (360, 2200), (120, 240), (31_000, 47_500), "M"),
    "car_loan": Range(10, (50, 240), (24, 60), (38_000, 72_000), "V"),
    "consumer_loan": Range(25, (20, 260), (12, 60), (42_000, 96_000), "X"),
    "online_consumer_loan": Range(24, (2, 48), (6, 24), (84_000, 180_000), "N"),
    "credit_card": Range(23, (5, 80), (0, 0), (182_500, 182_500), "K"),
    "business_loan": Range(9, (60, 900), (12, 36), (42_000, 76_000), "B"),
}


class Party(msgspec.Struct, frozen=True):
    """A person or company."""

    party_id: str
    kind: str
    name: str
    id_number: str
    birth_on: date | None
    address: str
    region: str
    phone: str
    email: str


class Debtor(msgspec.Struct, frozen=True):
    """A debtor: the party and how it behaves. `dies_on` for those who will."""

    party: Party
    persona: Persona
    dies_on: date | None


class Pledge(msgspec.Struct, frozen=True):
    """A piece of security."""

    collateral_id: str
    owner_id: str
    kind: str
    value: int
    valued_on: date
    registered_on: date
    only_home: bool


class Guaranteed(msgspec.Struct, frozen=True):
    """A guarantee: `kind` joint, general or unknown; no `period_ends_on`: six months by law."""

    guarantee_id: str
    party_id: str
    kind: str
    period_ends_on: date | None


class Account(msgspec.Struct, frozen=True):
    """One account: terms, parties, security, and `lapses_on`, from which day on its instalments are missed first.

    `original` in minor units, `rate` in millionths a year, `uplift_tenths` on it when overdue; `plan`: from the history
    on, `paid_before`: principal paid before it. Of a card: `drawn` when the history begins, `spends` a month,
    `first_on` its first statement.
    """

    account_id: str
    person_id: str
    product: str
    branch: str
    opened_on: date
    matures_on: date | None
    original: int
    rate: int
    uplift_tenths: int
    plan: tuple[PlanRow, ...]
    paid_before: int
    originator: str
    acceleration: bool | None
    arbitration: bool
    notarised: bool
    lapses_on: date | None
    drawn: int = 0
    spends: int = 0
    first_on: date | None = None
    co_borrower: str = ""
    spouse: str = ""
    pledge: Pledge | None = None
    guarantees: tuple[Guaranteed, ...] = ()

    @property
    def contract_no(self) -> str:
        return f"个贷字{self.opened_on.year}第{self.account_id}号"


class Book(msgspec.Struct, frozen=True):
    """All of it. `debtors` by person id, `parties` everybody by party id (debtors too), `accounts` by account id."""

    start_on: date
    history_from: date
    debtors: dict[str, Debtor]
    parties: dict[str, Party]
    accounts: dict[str, Account]


def compose(draws: Draws, count: int, start_on: date) -> Book:
    """A book of `count` accounts as of `start_on`."""
    debtors: dict[str, Debtor] = {}
    parties: dict[str, Party] = {}
    accounts: dict[str, Account] = {}
    number = 0
    while len(accounts) < count:
        number += 1
        debtor = _debtor(draws, f"C{number:07d}", start_on)
        person_id = debtor.party.party_id
        debtors[person_id], parties[person_id] = debtor, debtor.party
        for _ in range(draws.weighted({1: 80, 2: 16, 3: 4}, person_id, "accounts")):
            if len(accounts) < count:
                account, others = _Terms(draws, debtor, len(accounts) + 1, start_on).account()
                accounts[account.account_id] = account
                parties.update((party.party_id, party) for party in others)
    return Book(start_on, _history_from(start_on), debtors, parties, accounts)


def _history_from(start_on: date) -> date:
    return months_on(start_on.replace(day=1), -(HISTORY_MONTHS - 1))


def _party(draws: Draws, party_id: str, start_on: date, company: bool = False) -> Party:
    town, region, address = names.home(draws, party_id)
    if company:
        name = names.company_name(draws, party_id, town)
        number = names.company_number(draws, party_id, region)
        return Party(party_id, "legal", name, number, None, address, region, names.mobile(draws, party_id), "")
    born = start_on - timedelta(days=draws.between(23 * 365, 66 * 365, party_id, "age"))
    email = f"{party_id.lower()}@mail.example" if draws.chance(42, party_id, "email") else ""
    name, number = names.person_name(draws, party_id), names.id_number(draws, party_id, region, born)
    return Party(party_id, "natural", name, number, born, address, region, names.mobile(draws, party_id), email)


def _debtor(draws: Draws, person_id: str, start_on: date) -> Debtor:
    persona = draws.weighted(MIX, person_id, "persona")
    dies = start_on + timedelta(days=draws.between(15, 320, person_id, "dies"))
    return Debtor(_party(draws, person_id, start_on), persona, dies if persona is Persona.DYING else None)


class _Terms:
    """The terms of one account under composition."""

    def __init__(self, draws: Draws, debtor: Debtor, number: int, start_on: date) -> None:
        self.draws, self.debtor, self.start_on = draws, debtor, start_on
        self.product = draws.weighted({name: range_.share for name, range_ in PRODUCTS.items()}, number, "product")
        self.range = PRODUCTS[self.product]
        self.id = f"{self.range.prefix}{number:07d}"
        self.due_day = draws.between(1, 28, self.id, "due day")
        this_month = start_on.replace(day=self.due_day)
        self.latest_due_on = this_month if this_month < start_on else months_on(this_month, -1)
        self.others: list[Party] = []

    def account(self) -> tuple[Account, list[Party]]:
        draws, key = self.draws, self.id
        low, high = self.range.amount
        original = draws.between(low, high, key, "amount") * 1000 * YUAN
        rate = draws.between(self.range.rate[0] // 100, self.range.rate[1] // 100, key, "rate") * 100
        months, past = self._months()
        first_due_on = months_on(self.latest_due_on, 1 - past)
        plan, before = self._plan(original, rate, months, first_due_on)
        card = self.product == "credit_card"
        account = Account(
            account_id=key,
            person_id=self.debtor.party.party_id,
            product=self.product,
            branch=draws.pick(BRANCHES, key, "branch"),
            opened_on=months_on(first_due_on, -1),
            matures_on=None if card else months_on(first_due_on, months - 1),
            original=original,
            rate=rate,
            uplift_tenths=draws.weighted({5: 85, 3: 15}, key, "uplift"),
            plan=plan,
            paid_before=before,
            originator=draws.pick(ORIGINATORS, key, "originator"),
            acceleration=draws.weighted({True: 94, False: 4, None: 2}, key, "acceleration"),
            arbitration=not card and draws.chance(3, key, "arbitration"),
            notarised=not card and draws.chance(5, key, "notarised"),
            lapses_on=self._lapses_on(months - past if months else 19),
            drawn=original * draws.between(30, 96, key, "drawn") // 100,
            spends=original * draws.between(2, 6, key, "spends") // 100,
            first_on=self._first_statement() if card else None,
        )
        return self._with_others(account), self.others

    def _months(self) -> tuple[int, int]:
        """Instalments in all, and how many fell due before the first day (at least the months of history)."""
        low, high = self.range.months
        if not high:
            return 0, self.draws.between(8, 60, self.id, "age")
        months = max(self.draws.between(low, high, self.id, "months") // 6 * 6, HISTORY_MONTHS + 1)
        return months, self.draws.between(HISTORY_MONTHS, months - 1, self.id, "age")

    def _plan(self, original: int, rate: int, months: int, first_due_on: date) -> tuple[tuple[PlanRow, ...], int]:
        """The rows from the beginning of the history on, and the principal that was paid before them."""
        if not months:
            return (), 0
        bullet = self.product == "business_loan" and self.draws.chance(50, self.id, "bullet")
        plan = (bullet_plan if bullet else level_plan)(original, rate, months, first_due_on)
        begins = _history_from(self.start_on).toordinal()
        return (
            tuple(row for row in plan if row.due_on >= begins),
            sum(row.principal for row in plan if row.due_on < begins),
        )

    def _first_statement(self) -> date:
        begins = _history_from(self.start_on)
        first = months_on(self.latest_due_on, 1 - HISTORY_MONTHS) - timedelta(days=20)
        statement = first.replace(day=min(first.day, 28))
        while statement < begins:
            statement = months_on(statement, 1)
        return statement

    def _lapses_on(self, left: int) -> date | None:
        """A day shortly before the due date from which on instalments are missed; None for those who never miss.

        `left`: instalments still to come.
        """
        draws, key = self.draws, self.id
        if self.debtor.persona is Persona.DUTIFUL:
            return None
        if draws.chance(LATE_ALREADY_PERCENT, key, "late already"):
            months = -draws.weighted({0: 42, 1: 31, 2: 27}, key, "months late")
        else:
            months = draws.between(1, min(left, 19), key, "lapses")
        return months_on(self.latest_due_on, months) - timedelta(days=3)

    # --- who else stands on the account, and what secures it ----------------------------------------------------

    def _with_others(self, account: Account) -> Account:
        draws, key, product = self.draws, self.id, self.product
        pledge = self._pledge(account) if product in ("mortgage", "car_loan") else None
        house = product == "business_loan" and draws.chance(22, key, "house")
        joint = product in ("mortgage", "consumer_loan", "business_loan") and draws.chance(22, key, "co-borrower")
        return msgspec.structs.replace(
            account,
            pledge=self._pledge(account) if house else pledge,
            guarantees=self._guarantees(account),
            co_borrower=self._other("J").party_id if joint else "",
            spouse=self._other("S").party_id if not joint and draws.chance(6, key, "spouse") else "",
        )

    def _other(self, mark: str, company: bool = False) -> Party:
        party = _party(self.draws, f"{mark}{self.id}", self.start_on, company)
        self.others.append(party)
        return party

    def _pledge(self, account: Account) -> Pledge:
        draws, key = self.draws, self.id
        vehicle = self.product == "car_loan"
        value = account.original * (
            draws.between(70, 120, key, "value") if vehicle else draws.between(110, 175, key, "value")
        )
        owner = account.person_id
        if not vehicle and draws.chance(12, key, "mortgagor"):
            owner = self._other("H").party_id
        return Pledge(
            collateral_id=f"P{key}",
            owner_id=owner,
            kind="vehicle" if vehicle else "real_estate",
            value=value // 100 // (1000 * YUAN) * 1000 * YUAN,
            valued_on=account.opened_on - timedelta(days=20),
            registered_on=account.opened_on + timedelta(days=9),
            only_home=not vehicle and draws.chance(30, key, "only home"),
        )

    def _guarantees(self, account: Account) -> tuple[Guaranteed, ...]:
        draws, key = self.draws, self.id
        percent = {"business_loan": 70, "consumer_loan": 20, "car_loan": 14}.get(self.product, 0)
        found = []
        for n in range(
            draws.weighted({1: 78, 2: 22}, key, "guarantors") if draws.chance(percent, key, "guaranteed") else 0
        ):
            kind = draws.weighted({"joint": 74, "general": 16, "unknown": 10}, key, "guarantee", n)
            company = self.product == "business_loan" and draws.chance(35, key, "company", n)
            years = draws.weighted({0: 25, 2: 25, 3: 50}, key, "period", n)
            ends = months_on(account.matures_on, 12 * years) if years and account.matures_on else None
            found.append(Guaranteed(f"G{key}-{n + 1}", self._other(f"G{n + 1}", company).party_id, kind, ends))
        return tuple(found)
