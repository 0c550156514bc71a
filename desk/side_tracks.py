"""What people report of the tracks beside the suit: sales, sureties, estates, bankruptcies, reports, insurers, set-off.

Each finds its case by account number, lets the business say what follows, and records it; what is about the person is
recorded on every open case of the person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import msgspec
from sqlalchemy import select

from desk.operations import Operations
from recourse import events as ev
from recourse.climb import arrivals
from recourse.climb.arrivals import Arrival
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.ledger import store
from recourse.ledger.database import reading
from recourse.ledger.tables import accounts, cases, foreclosed_assets
from recourse.legal.security import dispose_by
from recourse.proposals import piece_of
from tasks import auction, bankruptcy, collateral, criminal_referral, estate, guarantor, insurer_claim, set_off


class Asset(msgspec.Struct, frozen=True):
    """An asset taken for a debt, amounts in minor units. `dispose_by_on`: the last day to sell it, by the rule in force."""

    asset_id: str
    account: str
    collateral_id: str
    value: int
    currency: str
    taken_on: date
    dispose_by_on: date | None
    disposed_on: date | None
    price: int | None


class SideTracks:
    """Reports of one business day, in one actor's name."""

    def __init__(self, operations: Operations) -> None:
        self._work, self._pen = operations, operations.pen

    def _record(self, facts: Facts, happened: Iterable[ev.Event], on: date | None = None) -> int:
        if facts.file.end:
            return 0
        return self._work.record([Arrival(facts.case_id, event, on) for event in happened])

    def _of_person(
        self, account_id: str, happened: Callable[[Facts], Iterable[ev.Event]], on: date | None = None
    ) -> int:
        """On every open case of the person; a case on which it cannot be is passed over, unless it is the one named."""
        facts = self._work.one(account_id)
        arrived = [Arrival(facts.case_id, event, on) for event in happened(facts)] if not facts.file.end else []
        with reading(self._work.desk.engine) as connection:
            ids = [each for each in store.person_case_ids(connection, facts.person_id) if each != facts.case_id]
            others = store.load(connection, ids, lock=False)
        for dossier in others.values():
            try:
                arrived += [Arrival(dossier.case_id, event, on) for event in happened(dossier.facts)]
            except UserError:
                continue
        return self._work.record(arrived)

    # --- security ---------------------------------------------------------------------------------------------------

    def value(
        self, account_id: str, piece: str, value: int, method: str, *, until_on: date | None = None, proof: str = ""
    ) -> int:
        """A valuation, and the last day that its report names."""
        facts = self._work.one(account_id)
        return self._record(facts, collateral.valued(facts, piece, value, method, until_on, proof))

    def sell_by_agreement(self, account_id: str, sale: collateral.Sale) -> int:
        facts = self._work.one(account_id)
        policy = self._work.strategy.policy_of(facts)
        return self._record(facts, collateral.sold(facts, sale, policy, self._pen.day))

    def list_round(self, account_id: str, event: ev.AuctionListed) -> int:
        """A round of the court's sale was announced."""
        facts = self._work.one(account_id)
        policy = self._work.strategy.policy_of(facts)
        happened = auction.listed(facts, event, policy, self._pen.day)
        collateral.check_home(piece_of(facts, event.collateral_id), policy, event.home)
        return self._record(facts, happened)

    def price_holds(self, account_id: str, collateral_id: str) -> bool:
        """Whether a first auction may be listed today on the value that is known."""
        facts = self._work.one(account_id)
        return auction.price_holds(facts, collateral_id, self._work.strategy.policy_of(facts), self._pen.day)

    def end_round(
        self, account_id: str, event: ev.AuctionEnded, *, costs: int = 0, earlier: int = 0, on: date | None = None
    ) -> int:
        """A round ended; a price is shared out between costs, earlier ranks, our claim and the owner."""
        facts = self._work.one(account_id)
        share = None
        if event.price is not None:
            piece = piece_of(facts, event.collateral_id)
            share = collateral.shared(facts, piece, event.price, costs, earlier)
        return self._record(facts, auction.ended(facts, event, share), on)

    def take_asset(self, account_id: str, piece: str, proof: str) -> int:
        facts = self._work.one(account_id)
        return self._record(facts, auction.taken(facts, piece, proof, self._pen.day))

    def dispose(self, asset_id: str, price: int, proof: str) -> int:
        """An asset taken for a debt was sold; recorded on its case, ended or not."""
        with reading(self._work.desk.engine) as connection:
            c = foreclosed_assets.c
            row = connection.execute(select(c.case_id, c.disposed_on).where(c.asset_id == asset_id)).first()
        if row is None or row.disposed_on is not None:
            raise UserError(f"no asset {asset_id!r} waits to be sold", mend="see `recourse sale assets`")
        return self._work.record([Arrival(row.case_id, each) for each in auction.disposed(asset_id, price, proof)])

    def assets(self) -> list[Asset]:
        """Every asset that was taken for a debt, those to be sold first."""
        c = foreclosed_assets.c
        query = (
            select(*c, cases.c.account_id, accounts.c.currency, accounts.c.jurisdiction)
            .join(cases, cases.c.case_id == c.case_id)
            .join(accounts, accounts.c.account_id == cases.c.account_id)
            .order_by(c.disposed_on.is_not(None), c.taken_on, c.asset_id)
        )
        with reading(self._work.desk.engine) as connection:
            rows = connection.execute(query).all()
        book = self._work.strategy.book
        return [
            Asset(row.asset_id, row.account_id, row.collateral_id, row.value, row.currency, row.taken_on,
                  dispose_by(row.taken_on, book.at(self._pen.day, row.jurisdiction, "")), row.disposed_on, row.price)
            for row in rows
        ]  # fmt: skip

    # --- guarantors -------------------------------------------------------------------------------------------------

    def sureties(self, account_id: str) -> list[guarantor.Surety]:
        facts = self._work.one(account_id)
        return guarantor.sureties(facts, self._work.strategy.policy_of(facts).numbers, self._pen.day)

    def consent(self, account_id: str, guarantee_id: str, change: str, heavier: bool, proof: str) -> int:
        facts = self._work.one(account_id)
        return self._record(facts, guarantor.changed(facts, guarantee_id, change, heavier, proof))

    # --- estate, bankruptcy, crime ------------------------------------------------------------------------------------

    def find_estate(
        self,
        account_id: str,
        heirs: int,
        value: int | None,
        proof: str,
        *,
        administrator: bool = False,
        dependents: int = 0,
    ) -> int:
        """What the debtor left; known on every open case of the person."""
        return self._of_person(
            account_id, lambda facts: estate.found(facts, heirs, value, administrator, dependents, proof)
        )

    def claim_estate(self, account_id: str, amount: int, proof: str, on: date | None = None) -> int:
        facts = self._work.one(account_id)
        return self._record(facts, estate.claimed(facts, amount, proof), on)

    def close_estate(self, account_id: str, result: str, proof: str) -> int:
        """*paid* is about one debt; an estate that is not there or used up is about all."""
        if result == "paid":
            facts = self._work.one(account_id)
            return self._record(facts, estate.closed(facts, result, proof))
        return self._of_person(account_id, lambda facts: estate.closed(facts, result, proof))

    def accept_bankruptcy(
        self, account_id: str, number: str, claims_until_on: date | None, proof: str, on: date | None = None
    ) -> int:
        """A court accepted the debtor's bankruptcy: the stay falls on the person, and the clock of the claim starts."""
        facts, event = self._work.one(account_id), bankruptcy.accepted(number, claims_until_on, proof)
        day = on or self._pen.day
        arrivals.learn_status(self._work.desk.engine, self._pen, facts.person_id, bankruptcy.STAY, day, proof)
        return self._of_person(account_id, lambda _: (event,), on)

    def claim_bankruptcy(self, account_id: str, amount: int, proof: str, on: date | None = None) -> int:
        facts = self._work.one(account_id)
        return self._record(facts, bankruptcy.claimed(facts, amount, proof), on)

    def move_bankruptcy(self, account_id: str, stage: str, amount: int, proof: str, on: date | None = None) -> int:
        """The proceeding moved. What the court did with one claim is about one debt, the rest about the person."""
        facts = self._work.one(account_id)
        happened = bankruptcy.moved(facts, stage, amount, proof)
        if stage in ("confirmed", "disputed", "distributed"):
            return self._record(facts, happened, on)
        touched = self._of_person(account_id, lambda each: bankruptcy.moved(each, stage, amount, proof), on)
        if stage in bankruptcy.ENDS:
            arrivals.lift_status(
                self._work.desk.engine, self._pen, facts.person_id, bankruptcy.STAY, f"bankruptcy {stage}: {proof}"
            )
        return touched

    def report_crime(self, account_id: str, offence: str, authority: str, evidence: tuple[str, ...], proof: str) -> int:
        facts = self._work.one(account_id)
        return self._record(facts, criminal_referral.reported(facts, offence, authority, evidence, proof))

    def answer_crime(self, account_id: str, result: str, proof: str) -> int:
        facts = self._work.one(account_id)
        return self._record(facts, criminal_referral.answered(facts, result, proof))

    # --- insurer, set-off -----------------------------------------------------------------------------------------------

    def insurer_due(self, account_id: str, until_on: date, proof: str) -> int:
        facts = self._work.one(account_id)
        return self._record(facts, insurer_claim.due(facts, until_on, proof))

    def claim_insurer(self, account_id: str, amount: int, proof: str) -> int:
        facts = self._work.one(account_id)
        return self._record(facts, insurer_claim.claimed(facts, amount, proof))

    def answer_insurer(self, account_id: str, result: str, paid: int, proof: str) -> int:
        facts = self._work.one(account_id)
        return self._record(facts, insurer_claim.answered(facts, result, paid, proof))

    def confirm_set_off(self, account_id: str, amount: int, proof: str) -> int:
        """The core confirmed how much it set off."""
        facts = self._work.one(account_id)
        gone = sum(row.balance for row in facts.deposit_rows)
        policy = self._work.strategy.policy_of(facts)
        kept = set_off.protected(facts, policy, self._pen.day)
        return self._record(facts, set_off.confirmed(facts, amount, max(gone - amount, 0), kept, proof))
