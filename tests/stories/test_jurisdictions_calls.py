"""How often a telephone may ring, when and where, under three laws: the same life, the same day."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from desk.callers import CallerDesk
from desk.contact_desk import ContactTerms
from desk.locating import Locating
from recourse.contact_law import Permit
from recourse.ledger.database import reading
from recourse.ledger.tables import calls, cases
from tests.stories.bank import Bank
from tests.stories.gates import ROLES
from tests.stories.places import QUIET, BankIn, in_each, until_the_first_call

OWN_STRATEGY = "本行个人贷款催收策略"
PAUSE = "contact.pause_after_conversation"
AT_WORK = "13800009999"


def nobody_picks_up(bank: Bank) -> None:
    with reading(bank.desk.engine) as connection:
        query = select(calls.c.call_id).join(cases, cases.c.case_id == calls.c.case_id)
        taken = connection.execute(query.where(cases.c.account_id == "A1", calls.c.state == "taken")).scalar()
    bank.desk_of("caller-01").record_calls([(str(taken), "no_answer", None, None)])


def terms(bank: Bank) -> ContactTerms:
    return ContactTerms(bank.desk_of("sup-01"), ROLES["sup-01"])


def machine(bank: Bank) -> ContactTerms:
    return ContactTerms(bank.desk_of("dialler-01"))


def rings(bank: Bank, account: str = "A1", *, contact: str = "", said: str = "refused") -> str:
    """A machine rings about a loan and the debtor answers it: "" or the rule that refuses."""
    asked = machine(bank).ask(account, "call", "robot", contact=contact)
    if not isinstance(asked, Permit):
        return asked.rule
    assert terms(bank).used(asked.permit_id, said) == ""
    return ""


def citation(bank: Bank, rule: str) -> str:
    return bank.strategy.policy_of(bank.life("A1").facts).citations[rule]


# --- how often ------------------------------------------------------------------------------------------------------


def test_the_seventh_the_fourth_and_the_eighth_call(bank_in: BankIn) -> None:
    """Nobody picks up. Six dials of a number a day on the mainland, three calls of a person in Taiwan, seven about a debt
    in seven days in the United States."""

    def live(bank: Bank) -> tuple[int, str]:
        until_the_first_call(bank)
        for n in range(1, 10):
            refused = bank.dial("A1")
            if refused:
                return n, refused
            nobody_picks_up(bank)
        return 0, ""

    assert in_each(bank_in, live) == {
        "cn": (7, "contact.dial_attempts_per_number"),
        "tw": (4, "contact.calls_per_person"),
        "us": (8, "contact.calls_per_debt"),
    }


def test_the_fourth_conversation_of_a_day_is_about_another_debt(bank_in: BankIn) -> None:
    """On the mainland and in Taiwan it is the person who is counted, in the United States each debt has its own week."""

    def live(bank: Bank) -> list[str]:
        until_the_first_call(bank, "A1", "A2", "A3", "A4")
        return [rings(bank, account) for account in ("A1", "A2", "A3", "A4")]

    assert in_each(bank_in, live) == {
        "cn": ["", "", "", "contact.interactive_calls_per_person"],
        "tw": ["", "", "", "contact.calls_per_person"],
        "us": ["", "", "", ""],
    }


def test_a_conversation_and_the_call_after_it(bank_in: BankIn) -> None:
    """In the United States a conversation is followed by six days without a call about that debt; elsewhere by none."""

    def live(bank: Bank) -> list[str]:
        until_the_first_call(bank)
        bank.play(until="2025-03-24")
        found = [rings(bank), rings(bank)]
        bank.play(until="2025-03-28")
        found.append(rings(bank))
        bank.play(until="2025-03-31")
        return [*found, rings(bank)]

    assert in_each(bank_in, live) == {
        "cn": ["", "", "", ""],
        "tw": ["", "", "", ""],
        "us": ["", PAUSE, PAUSE, ""],
    }


def test_a_call_whose_outcome_nobody_knows_counts_as_a_conversation(bank_in: BankIn) -> None:
    def live(bank: Bank) -> str:
        until_the_first_call(bank)
        assert bank.dial("A1") == ""
        asked = machine(bank).ask("A1", "call", "robot")
        return "" if isinstance(asked, Permit) else asked.rule

    assert in_each(bank_in, live) == {"cn": "", "tw": "", "us": PAUSE}


# --- when -----------------------------------------------------------------------------------------------------------


def test_hours_that_the_debtor_agreed_to(bank_in: BankIn) -> None:
    """Half past six, which he asked for, on tape. On the mainland no text lets it before the guideline of 2026."""

    def live(bank: Bank) -> list[str]:
        until_the_first_call(bank)
        before = bank.dial("A1", at="06:30")
        terms(bank).say("A1", "agreed_time", "录音 R-1", hours=("06:00", "07:00"))
        return [before, bank.dial("A1", at="06:30")]

    assert in_each(bank_in, live) == {"cn": [QUIET, QUIET], "tw": [QUIET, ""], "us": [QUIET, ""]}


def test_a_number_that_is_elsewhere(bank_in: BankIn) -> None:
    """Half past nine where the debtor lives is seven or earlier where his number is. In the United States the
    hour must suit in both places."""
    west = {"cn": "Asia/Kolkata", "tw": "Asia/Kolkata", "us": "America/Los_Angeles"}

    def live(bank: Bank) -> str:
        bank.person("D1", phone=None)
        zone = west[bank.desk.settings.jurisdiction]
        bank.core.tell("contacts", party_id="D1", channel="phone", value="13800000001", consent=True, source="contract",
                       time_zone=zone)  # fmt: skip
        bank.core.tell("contacts", party_id="D1", channel="sms", value="13800000002", consent=True, source="contract")
        until_the_first_call(bank)
        return bank.dial("A1", at="09:30")

    assert in_each(bank_in, live) == {"cn": "", "tw": "", "us": QUIET}


# --- where, and whether at all ------------------------------------------------------------------------------------------


def test_a_telephone_at_work(bank_in: BankIn) -> None:
    """The number of the workplace is the only one that is known. It is not the debtor's: no caller is given it, and a
    machine only once the debtor has agreed, on proof. What an employer says of it binds everywhere, in the United States
    by the regulation."""

    def live(bank: Bank) -> list[str]:
        bank.person("D1", phone=None)
        bank.core.tell("contacts", party_id="D1", channel="phone", value=AT_WORK, whose="workplace", consent=True,
                       source="contract")  # fmt: skip
        until_the_first_call(bank)
        (point,) = Locating(bank.desk_of("caller-01")).points("A1")
        found = [bank.dial("A1"), rings(bank, contact=point.contact_id)]
        terms(bank).say("A1", "consent", "书面同意", contact=point.contact_id)
        found += [bank.dial("A1"), rings(bank, contact=point.contact_id, said="no_answer")]
        terms(bank).say("A1", "work_refused", "单位来函")
        return [*found, rings(bank, contact=point.contact_id), citation(bank, "contact.employer")]

    said = in_each(bank_in, live)
    for told in said.values():
        assert told[:-1] == ["contact.no_number", "contact.third_party", "contact.no_number", "", "contact.employer"]
    assert said["cn"][-1] == said["tw"][-1] == OWN_STRATEGY
    assert "1006.6(b)(3)" in said["us"][-1]


@pytest.mark.parametrize(
    ("kind", "rule", "article"),
    [
        ("ceased", "contact.ceased", "1006.6(c)"),
        ("represented", "contact.represented", "1006.6(b)(2)"),
        ("do_not_contact", "contact.do_not_contact", ""),
    ],
)
def test_a_debtor_who_will_not_be_called(bank_in: BankIn, kind: str, rule: str, article: str) -> None:
    """A letter that asks for an end, a lawyer, a plain no: neither a caller nor a machine rings any more, wherever it is."""

    def live(bank: Bank) -> tuple[str, str, str]:
        until_the_first_call(bank)
        terms(bank).say("A1", kind, "来信")
        return bank.dial("A1"), rings(bank), citation(bank, rule)

    said = in_each(bank_in, live)
    assert {told[:2] for told in said.values()} == {(rule, rule)}
    assert said["cn"][2] == said["tw"][2] == OWN_STRATEGY
    assert article in said["us"][2]


# --- by whom --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("started", "refused"),
    [
        ("2025-01-02", {"cn": "caller.no_violent_record", "tw": "caller.association_course", "us": "queue.not_yours"}),
        ("2025-03-03", {"cn": "caller.no_violent_record", "tw": "caller.no_violent_record", "us": "queue.not_yours"}),
    ],
)
def test_what_the_bank_asks_of_its_callers_is_not_enough_everywhere(
    bank_in: BankIn, started: str, refused: dict[str, str]
) -> None:
    """Its training and its exam are: in the United States. On the mainland a record is looked at too, in Taiwan a course
    of the association is held as well, for which there are two months from the start on.
    Where it is enough, the debtor is still another caller's."""

    def live(bank: Bank) -> str:
        until_the_first_call(bank)
        register = CallerDesk(bank.desk, bank.strategy, bank.pen("sup-01"))
        register.enrol("caller-02", "own", date.fromisoformat(started), 100)
        for certificate in ("exam", "pre_job_training"):
            register.certify("caller-02", certificate, date.fromisoformat(started), None, "培训档案")
        asked = ContactTerms(bank.desk_of("caller-02")).ask("A1", "call", "human")
        return "" if isinstance(asked, Permit) else asked.rule

    assert in_each(bank_in, live) == refused
