"""Claims that are sold: the pool before its gate, the award, the sale, and what is left to do afterwards."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from desk import after_sale, transfers
from recourse import events as ev
from recourse.casefile import Visit
from recourse.climb.arrivals import Arrival
from recourse.decide import decide
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.ledger.tables import pool_claims, pools, work_items
from tasks.ladder import LADDER
from tasks.npl_transfer import shared
from tests.policy.test_climb import DUE, book, loan
from tests.stories.bank import Bank, on_both

FIT = {"five_tier": "loss", "transfer_bar": "none"}


def four_loans(bank: Bank) -> None:
    """Three loans of three debtors that may be sold, one that is secured; half a year late and more."""
    bank.loan("A1", "D1", due="2025-03-10", guarantor=("G7", "joint", "2027-03-10"), told=FIT)
    bank.loan("A2", "D2", due="2025-03-10", amount=1_000_00, told=FIT)
    bank.loan("A3", "D3", due="2025-03-10", amount=333_33, told=FIT)
    bank.loan("A4", "D4", due="2025-03-10", mortgaged=True, told=FIT)
    bank.staff_agrees("formal_notice")
    bank.post_arrives()
    bank.play(until="2025-05-06", every=4)


def pooled(bank: Bank) -> transfers.Proposed:
    """The four proposed for a pool."""
    four_loans(bank)
    bank.sells = True
    return transfers.propose(bank.desk_of("hap-01"), "P1", date(2025, 5, 6), ["A1", "A2", "A3", "A4", "A9"])


def state_of(bank: Bank, account: str) -> tuple[str, str]:
    with reading(bank.desk.engine) as connection:
        row = next(row for row in transfers.claims_of(connection, "P1").values() if row.account_id == account)
    return row.state, row.cause


def taped_and_awarded(bank: Bank, price: int) -> None:
    transfers.write_tape(bank.desk_of("hap-01"), "P1")
    transfers.award(bank.desk_of("hap-01"), "P1", "资产管理公司甲", "amc", price)


@on_both
def test_a_pool_is_made_taped_and_awarded(bank: Bank) -> None:
    """Three of five may be sold; each other is refused with its reason and rule. There is no tape while a claim waits at
    its gate; the tape names nobody; the award is shared to the fen, and its conditions are kept."""
    done = pooled(bank)
    assert done.pooled == ("A1", "A2", "A3")
    reasons = {(each.account_id, each.reason, each.rule) for each in done.refused}
    assert ("A4", "secured is True", "npl.eligible") in reasons
    assert ("A9", "no such account, or no case of it", "") in reasons
    bank.play(until="2025-05-08")
    with pytest.raises(UserError, match="3 claims of pool 'P1' wait at their gate"):
        transfers.write_tape(bank.desk_of("hap-01"), "P1")
    assert set(bank.approve("npl_pool")) == {"approved"}
    bank.play(until="2025-05-12")
    assert {bank.life(account).outcome("npl_pool") for account in done.pooled} == {"pooled"}
    tape = transfers.write_tape(bank.desk_of("hap-01"), "P1")
    assert transfers.write_tape(bank.desk_of("hap-01"), "P1").sha256 == tape.sha256
    text = tape.data.decode()
    assert len(tape.claims) == 3
    assert not any(secret in text for secret in ("A1", "A2", "王", "110101", "借字"))
    with pytest.raises(UserError, match="'uncle' may not buy"):
        transfers.award(bank.desk_of("hap-01"), "P1", "某人", "uncle", 1_00)
    assert transfers.award(bank.desk_of("hap-01"), "P1", "资产管理公司甲", "amc", 1_000_01) == 3
    with reading(bank.desk.engine) as connection:
        prices = list(connection.execute(select(pool_claims.c.price).where(pool_claims.c.pool_id == "P1")).scalars())
        row = connection.execute(select(pools)).one()
    assert sum(prices) == 1_000_01
    assert "no_onward_transfer" in row.conditions


@on_both
def test_a_pool_is_sold(bank: Bank) -> None:
    """From the cut-off on nobody is called. With the second yes the claims are the buyer's and the cases end; debtor and
    guarantor are told, and what came in after the cut-off is passed on, once."""
    done = pooled(bank)
    bank.play(until="2025-05-08")
    calls = {account: len(bank.life(account).visits("call")) for account in done.pooled}
    bank.approve("npl_pool")
    bank.play(until="2025-05-12")
    taped_and_awarded(bank, 1_000_01)
    bank.pays("A1", 50_00, on="2025-05-13")
    bank.play(until="2025-05-13")
    bank.approve("npl_transfer")
    bank.play(until="2025-05-15")
    for account in done.pooled:
        life = bank.life(account)
        assert (life.end, bank.book_status(account)) == ("transferred", "transferred")
        assert len(life.visits("call")) == calls[account], "nobody was called after the cut-off"
    assert {("A1", "D1"), ("A1", "G7"), ("A2", "D2")} <= to_tell(bank)
    after_sale.told(bank.desk_of("hap-01"), "A1", "G7", "EMS-1", bank.day)
    assert ("A1", "G7") not in to_tell(bank)
    with pytest.raises(UserError, match="no party 'D2'"):
        after_sale.told(bank.desk_of("hap-01"), "A1", "D2", "EMS-2", bank.day)
    bank.play(until="2025-05-16")
    payment = the_payment_to_forward(bank, "A1")
    assert after_sale.forward(bank.desk_of("hap-01"), payment, "转付凭证1") == 50_00
    with pytest.raises(UserError, match="passed on before"):
        after_sale.forward(bank.desk_of("hap-01"), payment, "转付凭证1")
    bank.play(until="2025-05-20")
    assert items(bank) == []
    assert bank.life("A1").file.episode == 1


def to_tell(bank: Bank) -> set[tuple[str, str]]:
    return {(each.account, each.party) for each in after_sale.notices(bank.desk, "P1") if not each.proof}


def items(bank: Bank) -> list[tuple[str, str]]:
    with reading(bank.desk.engine) as connection:
        found = select(work_items.c.account_id, work_items.c.what).where(work_items.c.closed_on.is_(None))
        return [(account, what) for account, what in connection.execute(found)]


def the_payment_to_forward(bank: Bank, account: str) -> str:
    ((about, what),) = items(bank)
    assert about == account
    return what.split()[1]


def test_a_debt_that_the_committee_strikes_leaves_the_pool(bank: Bank) -> None:
    """One member is struck, the rest is agreed to; the day after it is out of the pool and is called again."""
    pooled(bank)
    bank.play(until="2025-05-08")
    bank.approve("npl_pool", "A2", strike=["A2"])
    for gate in bank.open_gates("npl_pool"):
        bank.answers("hap-01", gate)
    bank.play(until="2025-05-12")
    life = bank.life("A2")
    assert (life.outcome("npl_pool"), life.file.pool, state_of(bank, "A2")) == ("struck", "", ("left", "struck"))
    bank.nobody_answers()
    bank.play(until="2025-05-30", every=2)
    assert bank.life("A2").visits("call")[-1] > date(2025, 5, 12)


@on_both
def test_a_pool_that_is_rejected_lets_go_of_its_debts(bank: Bank) -> None:
    pooled(bank)
    bank.play(until="2025-05-08")
    bank.reject("npl_pool")
    bank.play(until="2025-05-12")
    assert {state_of(bank, account) for account in ("A1", "A2", "A3")} == {("left", "rejected")}
    assert not bank.life("A1").stands_at("npl_pool")
    with pytest.raises(UserError, match="has no claim left"):
        transfers.write_tape(bank.desk_of("hap-01"), "P1")
    again = transfers.propose(bank.desk_of("hap-01"), "P2", date(2025, 5, 9), ["A1"])
    assert again.pooled == ("A1",)
    bank.play(until="2025-05-14")
    assert bank.life("A1").stands_at("npl_pool")


def test_a_pool_that_nobody_buys(bank: Bank) -> None:
    """The award falls through before its gate is answered: every claim leaves, and the old gate moves nothing."""
    pooled(bank)
    bank.play(until="2025-05-08")
    bank.approve("npl_pool")
    bank.play(until="2025-05-12")
    taped_and_awarded(bank, 1_000_00)
    bank.play(until="2025-05-14")
    assert transfers.unsold(bank.desk_of("hap-01"), "P1", "受让方未付款") == 3
    bank.approve("npl_transfer")
    bank.play(until="2025-05-20")
    life = bank.life("A1")
    assert (life.end, life.file.pool, life.file.buyer, state_of(bank, "A1")) == ("", "", "", ("left", "unsold"))
    assert life.happened(ev.ClaimTransferred) == []
    with pytest.raises(UserError, match="is unsold"):
        transfers.unsold(bank.desk_of("hap-01"), "P1", "再次")


def test_paid_while_in_the_pool(bank: Bank) -> None:
    """A debtor pays all before the tape is written: the debt is settled and the tape lists the others only."""
    pooled(bank)
    bank.play(until="2025-05-08")
    bank.approve("npl_pool")
    bank.pays("A3", "all", on="2025-05-09")
    bank.play(until="2025-05-12")
    assert bank.life("A3").end == "settled"
    assert len(transfers.write_tape(bank.desk_of("hap-01"), "P1").claims) == 2
    assert state_of(bank, "A3") == ("left", "settled")


def test_a_sold_claim_in_court_waits_for_the_buyer_to_be_taken_in(bank: Bank) -> None:
    four_loans(bank)
    case = bank.life("A1").facts.case_id
    opened = ev.MatterOpened("m1", "suit", ("D1",), None, "模范法院", ("A1",))
    bank.desk_of("blg-01").record([Arrival(case, opened)])
    bank.court("A1", "docketed")
    transfers.propose(bank.desk_of("hap-01"), "P1", date(2025, 5, 6), ["A1"])
    bank.play(until="2025-05-08")
    bank.approve("npl_pool")
    bank.play(until="2025-05-12")
    taped_and_awarded(bank, 9_00)
    bank.play(until="2025-05-13")
    bank.approve("npl_transfer")
    bank.play(until="2025-05-15")
    assert bank.life("A1").end == "transferred"
    (file,) = after_sale.court_files(bank.desk, "P1")
    assert (file.account, file.matter, file.filed) == ("A1", "m1", False)
    bank.desk_of("blg-01").record([Arrival(case, ev.DocumentMade("cd" * 32, "party_substitution"))])
    assert after_sale.court_files(bank.desk, "P1")[0].filed


@pytest.mark.parametrize(("day", "may"), [("2026-12-31", True), ("2027-01-04", False)])
def test_the_pilot_ends(bank: Bank, day: str, may: bool) -> None:
    """On the last day of 2026 a pool can be made; on the first working day after it none, whatever the debts are."""
    bank.loan("A1", due="2025-03-10", told=FIT)
    bank.play(until="2025-03-20", every=5)
    bank.miss_nights(until=day)
    done = transfers.propose(bank.desk_of("hap-01"), "P1", date(2025, 3, 20), ["A1"])
    assert bool(done.pooled) is may
    if not may:
        assert next((each.reason, each.rule) for each in done.refused) == (
            "no rule in force allows a sale of such debts", "npl.eligible",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"five_tier": "special_mention"}, "five_tier is special_mention"),
        ({"five_tier": None}, "five_tier is not known"),
        ({"transfer_bar": "state_organ"}, "transfer_bar is state_organ"),
        ({"transfer_bar": None}, "transfer_bar is not known"),
        ({"product": "mortgage"}, "product is mortgage"),
    ],
)
def test_what_may_not_be_sold(bank: Bank, told: dict[str, object], reason: str) -> None:
    product = str(told.get("product", "consumer_loan"))
    bank.loan(
        "A1", due="2025-03-10", product=product, told={**FIT, **{k: v for k, v in told.items() if k != "product"}}
    )
    bank.loan("A2", "D2", due="2025-03-10", told=FIT)
    bank.play(until="2025-03-20", every=5)
    bank.brake("A2", "dispute")
    done = transfers.propose(bank.desk_of("hap-01"), "P1", date(2025, 3, 20), ["A1", "A2"])
    assert done.pooled == ()
    assert {(each.account_id, each.reason) for each in done.refused} == {("A1", reason), ("A2", "disputed is True")}
    with reading(bank.desk.engine) as connection:
        assert connection.execute(select(pools)).first() is None


@given(st.integers(1, 10**12), st.lists(st.integers(1, 10**10), min_size=1, max_size=40))
def test_a_price_is_shared_to_the_fen(price: int, claims: list[int]) -> None:
    parts = shared(price, claims)
    total = sum(claims)
    assert sum(parts) == price
    assert all(abs(part * total - price * claim) < total for part, claim in zip(parts, claims, strict=True))


def test_a_placement_is_called_back_at_the_cut_off() -> None:
    """From the cut-off day on the debt is nobody's to press: the agency's visit is recalled, the sale itself goes on."""
    facts = loan(50_000)
    facts.file.visits["agency_referral"] = Visit(1, DUE, "open")
    facts.file.pool, facts.file.cut_off_on, facts.file.buyer = "P1", date(2025, 6, 2), "B"
    facts.file.visits["npl_pool"] = Visit(1, DUE, "left", DUE, "pooled")
    policy = book().at(date(2025, 6, 2), "cn", "consumer_loan", DUE)
    facts = msgspec.structs.replace(facts, balance_as_of=date(2025, 6, 2))
    before = decide(facts, LADDER, policy, date(2025, 5, 30))
    after = decide(facts, LADDER, policy, date(2025, 6, 2))
    assert (before.recalls, after.recalls) == ((), (("agency_referral", "pooled"),))
    assert "npl_transfer" in [step.node for step in after.steps]
    assert all(LADDER.by_name[step.node].act_class not in ("contact", "adverse") or step.node == "npl_transfer"
               for step in after.steps)  # fmt: skip


def test_two_pools_are_two_matters(bank: Bank) -> None:
    """Proposed on one day, each pool has gates of its own."""
    four_loans(bank)
    transfers.propose(bank.desk_of("hap-01"), "P1", date(2025, 5, 6), ["A1"])
    transfers.propose(bank.desk_of("hap-01"), "P2", date(2025, 5, 6), ["A2"])
    bank.play(until="2025-05-08")
    assert len(bank.open_gates("npl_pool")) == 2
