"""Lives in which it matters who somebody is: the dead, the debtor of two loans, guarantors, people nobody can reach."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from recourse import events as ev
from recourse.ledger.database import reading
from recourse.ledger.tables import work_items
from tests.stories.bank import Bank, on_both


@on_both
def test_dies(bank: Bank) -> None:
    """The debtor of two loans dies on 15 March; the bank's file says so on the 18th. From that morning on no case of
    his contacts him, whatever falls due, and the debt stays on the books for his estate."""
    bank.loan("A1", due="2025-03-10")
    bank.loan("A2", due="2025-03-12", product="credit_card")
    bank.play(until="2025-03-17")
    bank.dies("D1", on="2025-03-15")
    bank.play(until="2025-03-21")
    bank.play(until="2025-04-30", every=4)
    for account in ("A1", "A2"):
        life = bank.life(account)
        assert "deceased" in life.brakes
        assert life.end == ""
        assert all(on < date(2025, 3, 18) for on in life.on(ev.PermitIssued))
    assert all(on < date(2025, 3, 18) for _, on in bank.sent())


def test_a_loan_falls_due_after_its_debtor_has_died(bank: Bank) -> None:
    """The bank knew of the death before this loan was ever behind. Its case opens, and nobody writes to a dead man."""
    bank.loan("A1", due="2025-03-20")
    bank.play(until="2025-03-11")
    bank.dies("D1", on="2025-03-10")
    bank.play(until="2025-03-26")
    bank.play(until="2025-04-30", every=4)
    life = bank.life("A1")
    assert life.brakes == {"deceased"}
    assert bank.sent() == []
    assert life.happened(ev.PermitIssued) == []


def test_somebody_says_on_the_phone_that_he_is_dead(bank: Bank) -> None:
    """A voice on the phone says that the debtor has died. The call was about one loan; what was said is about him, and
    silences the other loan too, and a third one that falls due later. It was a lie: two agree to lift it from one, and
    the next morning it is off all of them."""
    bank.loan("A1", due="2025-03-10")
    bank.loan("A2", due="2025-03-12", product="credit_card")
    bank.loan("A3", due="2025-03-24")
    bank.play(until="2025-03-20")
    bank.call("A1", "deceased_reported")
    bank.play(until="2025-04-03")
    assert all("deceased" in bank.life(name).brakes for name in ("A1", "A2", "A3"))
    assert all(on < date(2025, 3, 21) for _, on in bank.sent())
    bank.lifts("A2", "deceased")
    bank.play(until="2025-04-07")
    assert bank.approve("hold_release", "A2") == ["approved"]
    bank.play(until="2025-04-11")
    assert all(bank.life(name).brakes == set() for name in ("A1", "A2", "A3"))
    assert {account for account, on in bank.sent() if on > date(2025, 4, 3)} >= {"A3"}


@on_both
def test_two_loans_one_debtor(bank: Bank) -> None:
    """Two loans of one debtor are missed on the same day. He gets one SMS that day and the other the day after, for
    the cap counts the person. Whichever loan it is about, his phone rings six times in a day at most while nobody answers,
    and when somebody does, three times."""
    bank.loan("A1", due="2025-03-10")
    bank.loan("A2", due="2025-03-10", product="credit_card")
    bank.play(until="2025-03-20")
    days = [on for _, on in bank.sent("reminder")]
    assert days == [date(2025, 3, 11), date(2025, 3, 12)]
    (refused,) = (each for name in ("A1", "A2") for each in bank.life(name).happened(ev.PermitRefused))
    assert refused.rule == "contact.sms_per_person"
    for account in ("A1", "A2") * 3:
        bank.call(account, "no_answer")
    assert bank.dial("A1") == bank.dial("A2") == "contact.dial_attempts_per_number"
    bank.play(until=bank.day)
    for account in ("A1", "A2", "A1"):
        bank.call(account, "third_party_answered")
    assert bank.dial("A1") == bank.dial("A2") == "contact.interactive_calls_per_person"


def test_two_small_debts_go_to_one_agency(bank: Bank) -> None:
    """Neither debt is worth a suit; after three months both go to an agency, and to the same one, so that the debtor
    has one caller. While they are placed the bank itself stays silent."""
    bank.loan("A1", due="2025-03-10", amount=1_500_00, times=3)
    bank.loan("A2", due="2025-03-11", amount=1_000_00, times=3, product="credit_card")
    bank.staff_agrees("formal_notice", "acceleration", "agency_referral")
    bank.post_arrives()
    bank.play(until="2025-06-30", every=5)
    placed = [each for name in ("A1", "A2") for each in bank.life(name).happened(ev.PlacementMade)]
    assert len(placed) == 2
    assert len({each.agency for each in placed}) == 1
    since = max(on for name in ("A1", "A2") for on in bank.life(name).on(ev.PlacementMade))
    assert all(on <= since for _, on in bank.sent())


def test_a_guarantee_ends_in_nine_days_while_a_complaint_is_open(bank: Bank) -> None:
    """A complaint has silenced the case since 13 March. On the 31st the archive finds a joint guarantee that ends on
    9 April. The complaint protects the debtor, not the guarantor's silence: the demand goes to an urgent gate, out on
    the next day, and it arrives in time."""
    bank.loan("A1", due="2025-03-10", amount=36_000_00, times=1)
    bank.play(until="2025-03-12")
    bank.complains("A1")
    bank.play(until="2025-03-28")
    bank.finds_guarantee("A1", "G1", "joint", ends="2025-04-09")
    bank.play(until="2025-03-31")
    (opened,) = bank.life("A1").happened(ev.GateOpened)
    assert (opened.node, opened.urgent, opened.due_on) == ("guarantor_demand", "clock", date(2025, 4, 1))
    bank.approve("guarantor_demand")
    bank.play(until="2025-04-01")
    assert bank.sent()[1:] == [("A1", date(2025, 4, 1))]
    bank.post_delivers("A1", "guarantor_demand")
    life = bank.life("A1")
    (claimed,) = life.happened(ev.GuarantorClaimed)
    assert claimed.in_time
    assert life.path == ["reminder", "guarantor_demand"]


def test_a_guarantee_ends_while_the_debtor_says_that_it_was_not_he(bank: Bank) -> None:
    """A dispute about identity stops even protective acts. When the guarantee has nine days left it does not win in
    silence: the gate opens, names both rules, and a person decides."""
    bank.loan("A1", due="2025-03-10", amount=36_000_00, times=1)
    bank.play(until="2025-03-12")
    bank.brake("A1", "identity_dispute")
    bank.finds_guarantee("A1", "G1", "joint", ends="2025-04-09")
    bank.play(until="2025-03-28")
    assert bank.life("A1").never("guarantor_demand")
    bank.play(until="2025-03-31")
    (opened,) = bank.life("A1").happened(ev.GateOpened)
    assert opened.urgent == "brake.identity_dispute against entry.guarantor_demand"
    bank.approve("guarantor_demand")
    bank.play(until="2025-04-01")
    assert bank.life("A1").acts("guarantor_demand") == [(date(2025, 4, 1), "done", "")]


def test_a_guarantee_ends_over_a_holiday_under_a_standing_authorisation(bank: Bank) -> None:
    """Head-office legal authorised demands of the last ten days in advance. The demand goes out on the day on which
    the clock turns red, without a gate, and names the authorisation."""
    bank.loan("A1", due="2025-03-10", amount=36_000_00, times=1)
    bank.finds_guarantee("A1", "G1", "joint", ends="2025-03-20")
    grant = bank.authorise("guarantor_demand", "hlg-01", until="2025-12-31")
    bank.play(until="2025-03-11")
    life = bank.life("A1")
    assert bank.sent("guarantor_demand") == [("A1", date(2025, 3, 11))]
    assert life.happened(ev.GateOpened) == []
    steps = [step for made in life.happened(ev.DecisionMade) for step in made.steps]
    assert [step.standing for step in steps if step.node == "guarantor_demand"] == [grant]


def test_the_guarantor_is_claimed_on_though_the_debtor_is_dead(bank: Bank) -> None:
    """The debtor dies, and the joint guarantee ends nine days later. Nobody writes to the dead; the guarantor lives,
    and the demand reaches him in time."""
    bank.loan("A1", due="2025-03-10", amount=36_000_00, times=1)
    bank.play(until="2025-03-12")
    bank.dies("D1", on="2025-03-12")
    bank.finds_guarantee("A1", "G1", "joint", ends="2025-03-22")
    bank.play(until="2025-03-13")
    bank.approve("guarantor_demand")
    bank.play(until="2025-03-17")
    assert bank.sent("guarantor_demand") == [("A1", date(2025, 3, 14))]
    bank.post_delivers("A1", "guarantor_demand", on="2025-03-17")
    assert [each.in_time for each in bank.life("A1").happened(ev.GuarantorClaimed)] == [True]


def test_a_general_guarantee_is_kept_by_a_suit_and_by_nothing_else(bank: Bank) -> None:
    """A matured debt of 3,000 yuan, too small to sue over by the bank's own rule, with a general guarantor until
    20 May. No demand is written, for it would keep nothing; the clock pulls in the route to court instead."""
    bank.loan("A1", due="2025-01-10", amount=1_000_00, times=3, guarantor=("G1", "general", "2025-05-20"))
    bank.play(until="2025-03-21")
    assert bank.open_gates("litigation_route", "A1")
    bank.approve("litigation_route", choice="sue")
    bank.play(until="2025-03-25")
    bank.approve("litigation")
    bank.play(until="2025-03-26")
    life = bank.life("A1")
    assert life.file.stage == "filed"
    (matter,) = life.happened(ev.MatterOpened)
    assert matter.parties == ("D1", "G1")
    assert life.never("guarantor_demand", "acceleration")


def test_nobody_knows_a_number(bank: Bank) -> None:
    """The bank has no number of this debtor, neither by text nor by voice. Reminder and dial are refused by name; no
    permit is spent on nothing, and nobody dials a blank. The letter, which needs none, comes as it would have."""
    bank.person("D1", phone=None)
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-20")
    assert bank.dial("A1") == "contact.no_number"
    bank.play(until="2025-04-10", every=2)
    life = bank.life("A1")
    assert bank.sent() == []
    assert {refused.rule for refused in life.happened(ev.PermitRefused)} == {"contact.no_number"}
    assert life.happened(ev.PermitIssued) == []
    assert life.stands_at("formal_notice")


def test_objected_to_being_texted(bank: Bank) -> None:
    """The debtor has refused SMS and calls. Each contact is refused by name, and none is made; the letter remains."""
    bank.person("D1", consent=False)
    bank.loan("A1", due="2025-03-10")
    bank.staff_agrees("formal_notice")
    bank.play(until="2025-03-20")
    assert bank.dial("A1") == "contact.no_consent"
    bank.play(until="2025-04-15", every=2)
    bank.play(until="2025-04-16")
    life = bank.life("A1")
    assert {refused.rule for refused in life.happened(ev.PermitRefused)} == {"contact.no_consent"}
    assert [(name, len(box.arrived)) for name, box in bank.channels.items() if box.arrived] == [("post", 1)]


def test_no_address_for_the_notice(bank: Bank) -> None:
    """A notice without an address is not posted into the void: the act fails and says so, and acceleration, which
    rests on a notice that arrived, never comes."""
    bank.person("D1", address=None)
    bank.loan("A1", due="2025-03-10")
    bank.staff_agrees("formal_notice", "acceleration")
    bank.play(until="2025-06-20", every=6)
    life = bank.life("A1")
    assert {detail for _, status, detail in life.acts("formal_notice")} == {"no postal address is known"}
    assert life.never("acceleration")


def test_a_guarantor_who_has_died_is_left_to_people_and_the_other_is_written_to(bank: Bank) -> None:
    """Two joint guarantees end in June, and one guarantor dies before. The demand goes to the other; what arrived is
    about that guarantee and not the dead man's, whose estate somebody is told to write to."""
    bank.loan("A1", due="2025-03-10", amount=36_000_00, times=1, guarantor=("G1", "joint", "2025-06-20"))
    bank.person("G2")
    bank.core.tell("roles", account_id="A1", party_id="G2", role="joint_guarantor", basis="contract")
    bank.core.tell("guarantees", guarantee_id="GB", account_id="A1", party_id="G2", kind="joint",
                   period_ends_on=date(2025, 6, 20), contract_no="保字第B号", signed_on=date(2024, 2, 1))  # fmt: skip
    bank.play(until="2025-04-20", every=4)
    bank.dies("G1", on="2025-04-15")
    bank.staff_agrees("guarantor_demand")
    bank.play(until="2025-05-05", every=3)
    assert bank.letters_of("A1", "guarantor_demand") == ["GB"]
    with reading(bank.desk.engine) as connection:
        query = select(work_items.c.what).where(work_items.c.kind == "write_to_another")
        (what,) = connection.execute(query).scalars()
    assert "write to the estate" in what
    bank.desk_of("blg-01").prove_delivery([("A1", "guarantor_demand", "delivered", bank.day, "回执")])
    assert [each.guarantee_id for each in bank.life("A1").happened(ev.GuarantorClaimed)] == ["GB"]
