"""Lives of security and sureties: the court's sale, homes, agreed sales, guarantors one by one."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from recourse import events as ev
from recourse.errors import UserError
from tasks.collateral import Sale
from tests.stories.bank import Bank, on_both

HOUSE = "HA1"


def to_the_title(bank: Bank, *, home: bool = False) -> None:
    """A mortgage of 3.6 million yuan whose security is valued at one million, up to the day on which enforcement runs."""
    bank.loan("A1", due="2025-03-10", amount=300_000_00, product="mortgage", mortgaged=True, home=home)
    bank.staff_agrees("formal_notice", "acceleration", "security_realisation", "enforcement")
    bank.post_arrives()
    bank.play(until="2025-05-12", every=4)
    bank.beside("bap-01").value("A1", HOUSE, 1_000_000_01, "appraisal", proof="估价报告")
    bank.play(until="2025-06-09", every=5)
    bank.reject("agreed_sale")
    bank.play(until="2025-07-14", every=3)
    assert bank.life("A1").file.stage == "filed"
    bank.court("A1", "docketed", "judged", "effective")
    bank.play(until="2025-07-17")
    assert bank.life("A1").file.stage == "enforcing"


def listing(round_: int, reserve: int, begins: str = "2025-09-01", home: str = "") -> ev.AuctionListed:
    return ev.AuctionListed(HOUSE, round_, reserve, date.fromisoformat(begins), None, "拍卖公告", home)


def fails(bank: Bank, round_: int) -> None:
    bank.beside("blg-01").end_round("A1", ev.AuctionEnded(HOUSE, round_, "failed", None, "流拍公告"))


@on_both
def test_nobody_buys_and_the_bank_takes_the_house(bank: Bank) -> None:
    """First auction, second auction and sell-off fail. Each floor holds to the fen: 70 % of the value rounded up, then
    80 % of the first start price. The bank takes the house at the last price; the rest is still owed; the house has to
    be sold within two years, and is."""
    to_the_title(bank)
    bank.approve("auction_first")
    bank.play(until="2025-07-18")
    (gate,) = bank.gates("A1", "auction_first")
    assert msgspec.json.decode(gate.evidence)["reserves"] == [[f"{HOUSE} 1 auction.first_reserve_percent", 700_000_01]]
    with pytest.raises(UserError, match=r"below auction\.first_reserve_percent"):
        bank.beside("blg-01").list_round("A1", listing(1, 700_000_00))
    bank.beside("blg-01").list_round("A1", listing(1, 700_000_01))
    fails(bank, 1)
    assert bank.life("A1").outcome("auction_first") == "failed"
    bank.play(until="2025-07-22")
    bank.approve("auction_second")
    bank.play(until="2025-07-23")
    with pytest.raises(UserError, match=r"below auction\.cut_percent"):
        bank.beside("blg-01").list_round("A1", listing(2, 560_000_00))
    bank.beside("blg-01").list_round("A1", listing(2, 560_000_01))
    fails(bank, 2)
    bank.play(until="2025-07-25")
    bank.approve("sell_off")
    bank.play(until="2025-07-28")
    bank.beside("blg-01").list_round("A1", listing(3, 560_000_01))
    fails(bank, 3)
    bank.play(until="2025-07-30")
    bank.approve("debt_for_asset", choice="take")
    bank.play(until="2025-07-31")
    bank.beside("blg-01").take_asset("A1", HOUSE, "以物抵债裁定")
    life = bank.life("A1")
    (taken,), (shared,) = life.happened(ev.AssetTaken), life.happened(ev.ProceedsShared)
    assert (taken.value, shared.ours, shared.surplus) == (560_000_01, 560_000_01, 0)
    assert shared.shortfall == 3_600_000_00 - 560_000_01
    (asset,) = bank.beside("blg-01").assets()
    assert asset.dispose_by_on == date(2027, 8, 1)
    assert [c.ends_on for c in bank.explains("A1").clocks if c.kind == "foreclosed_asset"] == [date(2027, 8, 1)]
    bank.beside("blg-01").dispose(asset.asset_id, 500_000_00, "成交确认书")
    (asset,) = bank.beside("blg-01").assets()
    assert (asset.price, asset.disposed_on) == (500_000_00, bank.day)
    with pytest.raises(UserError, match="no asset"):
        bank.beside("blg-01").dispose(asset.asset_id, 1, "再一次")


def test_a_sale_leaves_a_surplus_to_nobody_but_the_owner(bank: Bank) -> None:
    """A buyer breaks his bid: the round is held again from the same floor. The second time it is sold, and what an
    earlier mortgagee and the costs leave is shared to the fen."""
    to_the_title(bank)
    bank.approve("auction_first")
    bank.play(until="2025-07-18")
    bank.beside("blg-01").list_round("A1", listing(1, 700_000_01))
    bank.beside("blg-01").end_round("A1", ev.AuctionEnded(HOUSE, 1, "defaulted", None, "悔拍裁定"))
    life = bank.life("A1")
    assert (life.file.auction_round, life.outcome("auction_first")) == (0, "defaulted")
    bank.play(until="2025-09-22", every=3)
    bank.approve("auction_first")
    bank.play(until="2025-09-24")
    bank.beside("blg-01").list_round("A1", listing(1, 700_000_01, "2025-10-30"))
    sold = ev.AuctionEnded(HOUSE, 1, "sold", 4_000_000_00, "成交确认书")
    bank.beside("blg-01").end_round("A1", sold, costs=10_000_00, earlier=200_000_00)
    (shared,) = bank.life("A1").happened(ev.ProceedsShared)
    assert (shared.costs, shared.earlier_ranks, shared.ours, shared.surplus, shared.shortfall) == (
        10_000_00, 200_000_00, 3_600_000_00, 190_000_00, 0,
    )  # fmt: skip


def test_a_home_is_not_sold_in_silence(bank: Bank) -> None:
    """The house is the family's only home. The gate shows what the law asks, and a listing that says nothing of those
    who live there is refused; with the paper of what was arranged it goes on."""
    to_the_title(bank, home=True)
    (gate,) = bank.gates("A1", "auction_first")
    assert "查封规定 4" in "".join(msgspec.json.decode(gate.evidence)["homes"])
    bank.approve("auction_first")
    bank.play(until="2025-07-18")
    with pytest.raises(UserError, match="is a home"):
        bank.beside("blg-01").list_round("A1", listing(1, 700_000_01))
    assert bank.beside("blg-01").list_round("A1", listing(1, 700_000_01, home="廉租住房安置协议"))


def test_no_listing_on_a_valuation_that_ran_out_meanwhile(bank: Bank) -> None:
    """The report's own last day passes between the gate and the court's notice: the listing is refused until it is valued
    anew (参考价规定 27)."""
    to_the_title(bank)
    bank.approve("auction_first")
    bank.play(until="2025-07-18")
    bank.beside("bap-01").value("A1", HOUSE, 1_000_000_01, "appraisal", until_on=date(2025, 7, 19), proof="估价报告")
    bank.play(until="2025-07-21")
    with pytest.raises(UserError, match="has run out"):
        bank.beside("blg-01").list_round("A1", listing(1, 700_000_01))
    bank.beside("bap-01").value("A1", HOUSE, 1_000_000_01, "appraisal", proof="估价报告二")
    assert bank.beside("blg-01").list_round("A1", listing(1, 700_000_01))


def test_no_sale_on_a_valuation_that_has_run_out(bank: Bank) -> None:
    """The report names a last day of its own, before the court enforces: no auction is entered on it."""
    bank.loan("A1", due="2025-03-10", amount=300_000_00, product="mortgage", mortgaged=True)
    bank.staff_agrees("formal_notice", "acceleration", "security_realisation", "enforcement")
    bank.post_arrives()
    bank.play(until="2025-05-12", every=4)
    until = date(2025, 7, 15)
    bank.beside("bap-01").value("A1", HOUSE, 1_000_000_00, "appraisal", until_on=until, proof="估价报告")
    bank.play(until="2025-06-09", every=5)
    bank.reject("agreed_sale")
    bank.play(until="2025-07-14", every=3)
    bank.court("A1", "docketed", "judged", "effective")
    bank.play(until="2025-07-17")
    life = bank.life("A1")
    assert life.file.stage == "enforcing"
    assert life.never("auction_first")
    assert [on for on in life.visits("collateral_valuation") if on >= until], "it is valued again"


def test_an_agreed_sale_needs_the_owner_and_no_other_creditor(bank: Bank) -> None:
    """Sold by agreement: without the owner's consent on paper it is not recorded."""
    bank.loan("A1", due="2025-03-10", product="mortgage", mortgaged=True)
    bank.staff_agrees("formal_notice", "acceleration")
    bank.post_arrives()
    bank.play(until="2025-05-12", every=4)
    bank.beside("bap-01").value("A1", HOUSE, 30_000_00, "market_price")
    bank.play(until="2025-06-09", every=5)
    bank.approve("agreed_sale")
    bank.play(until="2025-06-10")
    with pytest.raises(UserError, match="written consent"):
        bank.beside("bap-01").sell_by_agreement("A1", Sale(HOUSE, 30_000_00, "买卖合同", ""))
    bank.beside("bap-01").sell_by_agreement("A1", Sale(HOUSE, 30_000_00, "买卖合同", "同意书", 1_000_00))
    (shared,) = bank.life("A1").happened(ev.ProceedsShared)
    assert (shared.ours, shared.shortfall) == (29_000_00, 7_000_00)
    assert bank.life("A1").end == ""


# --- guarantors -------------------------------------------------------------------------------------------------------


def test_two_guarantors_each_on_their_own(bank: Bank) -> None:
    """Demands go to two joint guarantors. One arrives in time; the other arrives after that period has ended, and the
    record says so. Only the first guarantee is kept (担保解释 29)."""
    bank.loan("A1", due="2025-03-10", amount=36_000_00, times=1, guarantor=("G1", "joint", "2025-09-10"))
    bank.person("G2")
    bank.core.tell("roles", account_id="A1", party_id="G2", role="joint_guarantor", basis="contract")
    bank.core.tell("guarantees", guarantee_id="GB", account_id="A1", party_id="G2", kind="joint",
                   period_ends_on=date(2025, 4, 10), contract_no="保字第2号", signed_on=date(2024, 2, 1))  # fmt: skip
    bank.staff_agrees("guarantor_demand")
    bank.play(until="2025-03-20")
    work = bank.desk_of("blg-01")
    assert bank.letters_of("A1", "guarantor_demand") == ["GA1", "GB"]
    work.prove_delivery([("A1", "guarantor_demand", "delivered", bank.day, "EMS1")], "GA1")
    life = bank.life("A1")
    assert life.stands_at("guarantor_demand")
    assert [(each.guarantee_id, each.in_time) for each in life.happened(ev.GuarantorClaimed)] == [("GA1", True)]
    bank.play(until="2025-04-14", every=2)
    bank.desk_of("blg-01").prove_delivery([("A1", "guarantor_demand", "delivered", date(2025, 4, 11), "EMS2")], "GB")
    life = bank.life("A1")
    assert [(each.guarantee_id, each.in_time) for each in life.happened(ev.GuarantorClaimed)][1:] == [("GB", False)]
    assert life.outcome("guarantor_demand") == "delivered"
    assert set(life.file.claimed_guarantees) == {"GA1"}
    kept = {each.guarantee_id: each.kept_by for each in bank.beside("blg-01").sureties("A1")}
    (limitation,) = (c for c in bank.explains("A1").clocks if c.kind == "guarantee_limitation")
    assert (limitation.subject, limitation.ends_on) == ("GA1", date(2028, 3, 21))
    assert kept["GA1"].startswith("claimed on")
    assert "lost" in kept["GB"]


def test_a_heavier_contract_without_the_guarantor(bank: Bank) -> None:
    """The rate was raised and the guarantor never signed: explained with what is lost, whatever lighter change follows."""
    bank.loan("A1", due="2025-03-10", guarantor=("G1", "joint", "2027-09-10"))
    bank.play(until="2025-03-12")
    bank.beside("blg-01").consent("A1", "GA1", "利率上调", True, "")
    bank.beside("blg-01").consent("A1", "GA1", "展期", False, "")
    assert any("heavier without written consent" in note for note in bank.explains("A1").notes)
    assert [each.consent for each in bank.beside("blg-01").sureties("A1")] == ["heavier"]
