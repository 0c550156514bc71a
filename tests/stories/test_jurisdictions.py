"""One life under three laws: what differs is what the packs say, and nothing else."""

from __future__ import annotations

from datetime import date, time, timedelta
from functools import partial

import msgspec
import pytest

from desk.agencies import AgencyDesk
from desk.field_visits import FieldVisits
from desk.locating import Locating
from recourse import events as ev
from recourse.agencies.contract import prohibited, standards
from recourse.agencies.fees import FeeTerms
from recourse.casefile import CaseFile, Visit
from recourse.decide import Decision, decide
from recourse.errors import UserError
from recourse.facts import Facts, Security, Terms
from recourse.limitation import by_law
from recourse.money import Amounts
from recourse.policy.schema import State
from recourse.simulate.agency_keys import AGENCY_KEYS
from tasks.ladder import LADDER
from tests.core.any_facts import book
from tests.stories.bank import Bank
from tests.stories.places import PLACES, QUIET, BankIn, in_each, until_the_first_call


@pytest.mark.parametrize(
    ("at", "refused_in"),
    [
        ("06:59", {"cn", "tw", "us"}),
        ("07:00", {"cn", "us"}),
        ("07:30", {"cn", "us"}),
        ("07:59", {"cn", "us"}),
        ("08:00", set()),
        ("20:59", set()),
        ("21:00", {"us"}),
        ("21:30", {"us"}),
        ("21:59", {"us"}),
        ("22:00", {"cn", "tw", "us"}),
    ],
)
def test_when_the_telephone_may_ring(at: str, refused_in: set[str]) -> None:
    """22:00 to 8:00 on the mainland, 22:00 to 7:00 in Taiwan, 21:00 to 8:00 in the United States: on the same day."""
    today = date(2026, 11, 27)
    quiet = {
        place
        for place in PLACES
        for _, hours in book().at(today, place, "consumer_loan").quiet_hours
        if hours.covers(time.fromisoformat(at))
    }
    assert quiet == refused_in


def test_a_call_late_in_the_evening(bank_in: BankIn) -> None:
    """At half past nine by the debtor's clock."""

    def live(bank: Bank) -> str:
        until_the_first_call(bank)
        return bank.dial("A1", at="21:30")

    assert in_each(bank_in, live) == {"cn": "", "tw": "", "us": QUIET}


def test_a_call_early_in_the_morning(bank_in: BankIn) -> None:
    """At half past seven by the debtor's clock."""

    def live(bank: Bank) -> str:
        until_the_first_call(bank)
        return bank.dial("A1", at="07:30")

    assert in_each(bank_in, live) == {"cn": QUIET, "tw": "", "us": QUIET}


def test_what_no_rule_of_a_place_lets_a_case_enter_is_not_proposed(bank_in: BankIn) -> None:
    """Nobody goes and sees a debtor, or asks others where he is, in the United States: it would wait there for good."""

    def live(bank: Bank) -> list[str]:
        until_the_first_call(bank)
        work, said = bank.desk_of("sup-01"), []
        for propose in (
            partial(FieldVisits(work).propose, "A1", "x"),
            partial(Locating(work).propose, "A1", "nobody", "x"),
        ):
            try:
                propose()
                said.append("")
            except UserError as no:
                said.append(str(no).partition(" (")[0].partition(":")[0])
        return said

    nobody = "no third-party contact 'nobody'"
    assert in_each(bank_in, live) == {
        "cn": ["", nobody],
        "tw": ["", nobody],
        "us": [f"no rule of us lets a case enter {node}" for node in ("visit", "locate")],
    }


def test_the_debtor_is_told_of_the_debt_before_anything_else(bank_in: BankIn) -> None:
    """In the United States the written notice, with the day until which the debt may be disputed, follows the first
    word within five days; elsewhere it comes when a month has gone by."""

    def live(bank: Bank) -> int:
        bank.loan("A1", due="2025-03-10")
        bank.staff_agrees("formal_notice")
        bank.play(until="2025-04-18")
        ((_, first),) = bank.sent("reminder")[:1]
        ((_, notice),) = bank.sent("formal_notice")[:1]
        return (notice - first).days

    days = in_each(bank_in, live)
    assert days["us"] <= 5
    assert days["cn"] == days["tw"] > 20


def test_a_letter_that_arrived_starts_the_limitation_anew_or_does_not(bank_in: BankIn) -> None:
    """A demand interrupts on the mainland; in the United States it is only a letter. Nothing else happens."""

    def live(bank: Bank) -> bool:
        bank.loan("A1", due="2025-03-10")
        bank.staff_agrees("formal_notice")
        bank.post_arrives(after_days=2)
        bank.play(until="2025-03-12")
        before = bank.life("A1").facts.file.limitation_from
        bank.play(until="2025-04-25")
        (proved,) = bank.life("A1").happened(ev.DeliveryProved)
        assert proved.status == "delivered"
        return bank.life("A1").facts.file.limitation_from != before

    assert {place: live(bank_in(place)) for place in ("cn", "us")} == {"cn": True, "us": False}


def test_a_dispute_stops_the_calls_everywhere_and_says_by_which_text(bank_in: BankIn) -> None:
    """The same stop: on the mainland and in Taiwan the bank's own, in the United States the regulation's."""

    def live(bank: Bank) -> tuple[int, str]:
        until_the_first_call(bank)
        calls = len(bank.life("A1").visits("call"))
        bank.brake("A1", "dispute")
        bank.play(until="2025-06-02", every=5)
        policy = bank.strategy.policy_of(bank.life("A1").facts)
        assert len(policy.matches("brake.dispute")) == (2 if bank.desk.settings.jurisdiction == "us" else 1)
        return len(bank.life("A1").visits("call")) - calls, policy.citations["brake.dispute"]

    ends = in_each(bank_in, live)
    assert ends["cn"] == ends["tw"] == (0, "本行个人贷款催收策略")
    assert ends["us"] == (0, "Regulation F (Debt Collection Practices), 12 CFR Part 1006 § 1006.38(d)(2)")


def test_an_agency_that_is_good_enough_here_is_not_good_enough_there(bank_in: BankIn) -> None:
    """It meets what the bank asks for on the mainland. Taiwan asks for certificates, a licence and sound capital too."""
    own = tuple(sorted(standards(book().at(date(2025, 3, 10), "cn", ""), "entry")))

    def live(bank: Bank) -> str:
        register = AgencyDesk(bank.desk, bank.strategy, bank.pen("osm-01"))
        keys = AGENCY_KEYS["agency-a"]
        try:
            register.register("agency-new", own, 100, keys.recipient, keys.verifier)
        except UserError as refused:
            return str(refused)
        return ""

    said = in_each(bank_in, live)
    assert (said["cn"], said["us"]) == ("", "")
    more = set(standards(book().at(date(2025, 3, 10), "tw", ""), "entry")) - set(own)
    assert more == {"certified_collectors", "licensed", "recordings_kept", "sound_capital"}
    assert "certified_collectors" in said["tw"]


def test_an_agency_that_takes_money(bank_in: BankIn) -> None:
    """No contract lets it, anywhere: in Taiwan by law, elsewhere because the bank will not."""

    def live(bank: Bank) -> State:
        register = AgencyDesk(bank.desk, bank.strategy, bank.pen("osm-01"))
        with pytest.raises(UserError, match="take_cash"):
            register.conclude("agency-a", bank.day, date(2027, 1, 1), ["take_cash"], FeeTerms(fixed=1, quality=1))
        return prohibited(register.policy)["take_cash"].state

    assert in_each(bank_in, live) == {"cn": State.BANK_DEFAULT, "tw": State.ENFORCED, "us": State.BANK_DEFAULT}


# --- what a day says of one debt ------------------------------------------------------------------------------------

TODAY = date(2026, 11, 27)


def called(due_on: date) -> Facts:
    """A loan of 60,000 that was called due as a whole on a day and never paid, with the notice delivered long ago."""
    left = due_on - timedelta(days=60)
    visits = {name: Visit(1, left, "left", left, "delivered") for name in ("formal_notice", "acceleration")}
    file = CaseFile(opened_on=left, strategy_on=left, visits=visits, holds={}, claimed_guarantees={})
    file.accelerated_on = file.limitation_from = due_on
    return Facts(
        case_id="c", account_id="a", person_id="p", jurisdiction="cn", product="consumer_loan", currency="CNY",
        entity="e", branch="b", oldest_unpaid_due_on=left, pauses=(), overdue=60_000_00,
        amounts=Amounts(principal=60_000_00), balance_as_of=TODAY, exposure=60_000_00,
        terms=Terms(matures_on=date(2030, 1, 1), last_due_on=date(2030, 1, 1), acceleration_clause=True),
        security=Security(), file=file,
    )  # fmt: skip


def said_of(facts: Facts, place: str) -> Decision:
    there = msgspec.structs.replace(facts, jurisdiction=place)
    return decide(there, LADDER, book().at(TODAY, place, facts.product), TODAY)


def routes_in(facts: Facts) -> set[str]:
    return {place for place in PLACES if "litigation_route" in [step.node for step in said_of(facts, place).steps]}


@pytest.mark.parametrize(
    ("due_on", "sued_in"),
    [
        (date(2026, 1, 5), {"cn", "tw", "us"}),
        (date(2023, 11, 28), {"cn", "tw", "us"}),
        (date(2023, 11, 27), {"cn", "tw"}),
        (date(2019, 1, 5), {"cn", "tw"}),
    ],
)
def test_a_debt_that_is_time_barred(due_on: date, sued_in: set[str]) -> None:
    """On the mainland the court does not ask, and what is barred may still be sued for; in Taiwan no period is known to
    the pack; in the United States nobody sues, from the last day of the third year on."""
    assert routes_in(called(due_on)) == sued_in


def test_a_debt_that_is_sold() -> None:
    """On the mainland personal loans under the pilot, in the United States what is owed and not discharged; in Taiwan no
    rule is known, and nothing is sold. What is paid is sold nowhere."""
    sold = {place: book().at(TODAY, place, "consumer_loan").eligibility for place in PLACES}
    assert sold["tw"] is None
    for place in ("cn", "us"):
        known = sold[place]
        assert known is not None
        owed = [each for each in known[1].all if each.measure == "owed"]
        assert [each.at_least for each in owed] == [1]


def test_who_signs_is_the_same_and_for_how_much_is_not() -> None:
    """The matrix is the bank's; its amounts are in the currency of the place."""
    tiers = {place: book().at(TODAY, place, "consumer_loan").tier_of(currency, 60_000_00)
             for place, currency in (("cn", "CNY"), ("tw", "TWD"), ("us", "USD"))}  # fmt: skip
    assert tiers == {"cn": "T1", "tw": "T0", "us": "T2"}


def test_what_is_told_of_a_proved_letter_names_its_law() -> None:
    """The event itself says whether it interrupted, so that a later law changes nothing of it."""
    delivered = ev.DeliveryProved("formal_notice", "delivered", "EMS-1", interrupts_limitation=True)
    policies = {place: book().at(TODAY, place, "consumer_loan").numbers for place in PLACES}
    assert [by_law([delivered], policies[place]) == (delivered,) for place in PLACES] == [True, True, False]
