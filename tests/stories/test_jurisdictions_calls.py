"""How often a telephone may ring, and where, under three laws: the same life, the same caller, the same day."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from recourse.ledger.database import reading
from recourse.ledger.tables import calls, cases
from tests.stories.bank import Bank

BankIn = Callable[[str], Bank]
PLACES = ("cn", "tw", "us")


def until_the_first_call(bank: Bank) -> None:
    """A loan falls due and nobody pays; whatever is written to the debtor is agreed to and arrives. Then a call waits."""
    bank.loan("A1", due="2025-03-10")
    bank.staff_agrees("formal_notice")
    bank.post_arrives(after_days=2)
    bank.play(until="2025-03-21")


def nobody_picks_up(bank: Bank) -> None:
    with reading(bank.desk.engine) as connection:
        query = select(calls.c.call_id).join(cases, cases.c.case_id == calls.c.case_id)
        taken = connection.execute(query.where(cases.c.account_id == "A1", calls.c.state == "taken")).scalar()
    bank.desk_of("caller-01").record_calls([(str(taken), "no_answer", None, None)])


def dialled_until_it_is_refused(bank: Bank) -> tuple[int, str]:
    """The debtor's number is dialled again and again on one day, in vain: which dial is refused, and by which rule."""
    for n in range(1, 10):
        refused = bank.dial("A1")
        if refused:
            return n, refused
        nobody_picks_up(bank)
    return 0, ""


def test_the_seventh_the_fourth_and_the_eighth_call(bank_in: BankIn) -> None:
    """Six dials of a number a day on the mainland, three calls of a person in Taiwan, seven about a debt in seven days in
    the United States."""

    def live(place: str) -> tuple[int, str]:
        bank = bank_in(place)
        until_the_first_call(bank)
        return dialled_until_it_is_refused(bank)

    assert {place: live(place) for place in PLACES} == {
        "cn": (7, "contact.dial_attempts_per_number"),
        "tw": (4, "contact.calls_per_person"),
        "us": (8, "contact.calls_per_debt"),
    }


def test_a_telephone_at_work(bank_in: BankIn) -> None:
    """The number of the workplace is the only one that is known. It is not the debtor's, and without the debtor's own word
    nobody calls there; what an employer says of it binds everywhere, in the United States by the regulation."""

    def live(place: str) -> tuple[str, str]:
        bank = bank_in(place)
        bank.person("D1", phone=None)
        bank.core.tell("contacts", party_id="D1", channel="phone", value="13800009999", whose="workplace",
                       consent=True, source="contract")  # fmt: skip
        bank.core.tell("contacts", party_id="D1", channel="sms", value="13800009998", consent=True, source="contract")
        until_the_first_call(bank)
        policy = bank.strategy.policy_of(bank.life("A1").facts)
        return bank.dial("A1"), policy.citations["contact.employer"]

    said = {place: live(place) for place in PLACES}
    assert {refused for refused, _ in said.values()} == {"contact.no_number"}
    assert said["cn"][1] == said["tw"][1] == "本行个人贷款催收策略"
    assert "1006.6(b)(3)" in said["us"][1]
