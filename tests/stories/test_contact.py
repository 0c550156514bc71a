"""Lives in which it matters how people are contacted: third parties, agreed hours, refusals, visits, machines, inspectors."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from desk import contact_file
from desk.callers import CallerDesk
from desk.contact_desk import ContactTerms
from desk.field_visits import FieldVisits
from desk.locating import Item, Locating
from recourse import events as ev
from recourse.climb import arrivals
from recourse.contact_law import GIVEN_BACK, Permit, Refusal
from recourse.errors import UserError
from recourse.ledger.database import reading, writing
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import calls, cases, locates, permits
from recourse.policy.calling_values import CallerCertificate
from tasks.visit import Form
from tests.core.certified import at_work
from tests.stories.agencies import Contact, agency_of, answers, breaches, results_file, work_of
from tests.stories.bank import Bank, on_both
from tests.stories.gates import ROLES

MOTHER = "13900000077"


def relative_of(bank: Bank, party: str, number: str = MOTHER, source: str = "pre_left") -> None:
    bank.core.tell("contacts", party_id=party, channel="phone", value=number, whose="relative", source=source)


def late(bank: Bank, *accounts: str) -> None:
    """Loans of one debtor that are so late that a call stands in the queue, and the mother's number in the contract."""
    for account in accounts or ("A1",):
        bank.loan(account, due="2025-03-10")
    relative_of(bank, "D1")
    bank.play(until="2025-03-24")


def fails(bank: Bank, account: str = "A1", code: str = "no_answer", times: int = 3) -> None:
    """The account's call is dialled so often today, in vain."""
    for _ in range(times):
        bank.call(account, code)


def queued(bank: Bank, account: str) -> None:
    """Days pass until a call of the account stands in the queue."""
    for _ in range(9):
        with reading(bank.desk.engine) as connection:
            query = select(calls.c.call_id).join(cases, cases.c.case_id == calls.c.case_id)
            waiting = query.where(cases.c.account_id == account, calls.c.state == "open")
            if connection.execute(waiting).first():
                return
        bank.play(until=bank.day)


def searching(bank: Bank, actor: str = "caller-01") -> Locating:
    return Locating(bank.desk_of(actor))


def terms(bank: Bank, actor: str = "sup-01") -> ContactTerms:
    return ContactTerms(bank.desk_of(actor), ROLES.get(actor, ()))


def machine(bank: Bank) -> ContactTerms:
    return terms(bank, "dialler-01")


def mother(bank: Bank, account: str = "A1") -> str:
    (point,) = searching(bank).points(account)
    assert point.number == "***0077"
    return point.contact_id


def agreed_to_ask(bank: Bank, account: str = "A1") -> str:
    """Contact is lost, a person proposes to ask the mother, and the gate agrees; the id of the question."""
    fails(bank, account)
    bank.play(until=bank.day)
    question = searching(bank).propose(account, mother(bank, account), "三次未接通")
    bank.play(until=bank.day)
    assert bank.approve("locate", account) == ["approved"]
    bank.play(until=bank.day)
    return question


# --- third parties ------------------------------------------------------------------------------------------------------


@on_both
def test_nobody_is_asked_before_contact_is_lost_and_one_no_is_for_good(bank: Bank) -> None:
    """Two failed calls are not enough, and three are on the day after. The gate shows why. The mother refuses: she is never
    asked again, for the other loan neither, and a delivery that names her anew changes nothing."""
    late(bank, "A1", "A2")
    fails(bank, times=2)
    with pytest.raises(UserError, match="not lost"):
        searching(bank).propose("A1", mother(bank), "想问其母")
    fails(bank, times=1)
    with pytest.raises(UserError, match="not lost"):
        searching(bank).propose("A1", mother(bank), "想问其母")
    bank.play(until=bank.day)
    (ground,) = [g for g in searching(bank).grounds("A1") if g.rule == "unreachable.failed_calls"]
    assert "3 failed calls" in ground.seen
    question = searching(bank).propose("A1", mother(bank), "三次未接通")
    bank.play(until=bank.day)
    (gate,) = bank.gates("A1", "locate")
    assert gate.action == "third_party_contact"
    assert "unreachable.failed_calls" in gate.evidence
    assert bank.approve("locate", "A1") == ["approved"]
    bank.play(until=bank.day)
    dialled = searching(bank).dial(question)
    assert (dialled.rule, dialled.number) == ("", MOTHER)
    assert "欠" not in dialled.words[0]
    searching(bank).record(question, "refused", recording="R-77")
    assert bank.life("A1").outcome("locate") == "refused"
    relative_of(bank, "D1")
    bank.play(until=bank.day)
    with pytest.raises(UserError, match="never again"):
        searching(bank).propose("A2", mother(bank, "A2"), "再问一次")


def test_the_item_of_the_question_cannot_tell_of_the_debt(bank: Bank) -> None:
    """Neither what is shown to a caller nor the row in the table has a field in which an amount or a day due could stand."""
    late(bank)
    agreed_to_ask(bank)
    (item,) = searching(bank).items()
    assert set(Item.__struct_fields__) == {"locate_id", "whose", "number", "script", "state"}
    assert {column.name for column in locates.columns} == {
        "locate_id", "case_id", "contact_id", "number_id", "proposed_on", "script", "state", "permit_id", "outcome",
    }  # fmt: skip
    assert item.script == "locate_ask_only"
    assert MOTHER not in msgspec.json.encode(item).decode()


def test_a_debtor_who_is_reached_on_another_loan_ends_the_search(bank: Bank) -> None:
    """The mother may be asked about loan A1. Before anybody does, the debtor answers the phone about A2."""
    late(bank, "A1", "A2")
    question = agreed_to_ask(bank)
    queued(bank, "A2")
    bank.call("A2", "promise", promise_on=bank.day + timedelta(days=3), amount=100_00)
    assert bank.life("A1").outcome("locate") == "reached"
    assert searching(bank).items() == []
    with pytest.raises(UserError, match="is not to be asked"):
        searching(bank).dial(question)
    assert bank.life("A1").happened(ev.LocateTaken) == []


def test_an_approval_is_void_once_the_debtor_was_reached(bank: Bank) -> None:
    """Between the proposal and the answer the debtor picks up: the yes of the gate does not count."""
    late(bank)
    fails(bank)
    bank.play(until=bank.day)
    searching(bank).propose("A1", mother(bank), "三次未接通")
    bank.play(until=bank.day)
    picked_up = machine(bank).ask("A1", "call", "robot")
    assert isinstance(picked_up, Permit)
    terms(bank).used(picked_up.permit_id, "refused")
    bank.approve("locate", "A1")
    bank.play(until=bank.day)
    assert searching(bank).items() == []
    assert bank.life("A1").happened(ev.LocateQueued) == []


def test_amounts_are_told_only_to_a_third_party_who_offered_to_pay(bank: Bank) -> None:
    late(bank)
    question = agreed_to_ask(bank)
    with pytest.raises(UserError, match="did not offer"):
        searching(bank).amounts(question)
    assert not searching(bank).dial(question).rule
    with pytest.raises(UserError, match="is recorded"):
        searching(bank).record(question, "offered_to_pay")
    searching(bank).record(question, "offered_to_pay", recording="R-78", proof="录音 R-78")
    due, currency = searching(bank).amounts(question)
    assert currency == "CNY"
    assert due
    assert [s.kind for s in terms(bank).said("A1")] == ["offered"]


def test_a_question_that_was_not_dialled_has_no_outcome(bank: Bank) -> None:
    late(bank)
    question = agreed_to_ask(bank)
    with pytest.raises(UserError, match="a permit is used once"):
        searching(bank).record(question, "passed_on", recording="R")
    assert not searching(bank).dial(question).rule
    searching(bank).record(question, "no_answer")
    assert not searching(bank).dial(question).rule, "nobody answered: it may be asked again under a new permit"


# --- what was said ------------------------------------------------------------------------------------------------------


def rings(bank: Bank, at: str, account: str = "A1") -> str:
    """A caller rings at an hour; what refuses. Whatever comes of it, nobody answered."""
    rule = bank.dial(account, at=at)
    if not rule:
        with reading(bank.desk.engine) as connection:
            call = connection.execute(select(calls.c.call_id).where(calls.c.state == "taken")).scalar()
        bank.desk_of("caller-01").record_calls([(str(call), "no_answer", None, None)])
    return rule


def test_the_last_minute_of_the_day_and_the_first_of_the_quiet_hours(bank: Bank) -> None:
    """21:59 is a call, 22:00 is none; 07:59 is none, 08:00 is a call. The journal keeps the rule."""
    late(bank)
    assert [rings(bank, at) for at in ("07:59", "08:00", "21:59", "22:00")] == [
        "contact.quiet_hours", "", "", "contact.quiet_hours",
    ]  # fmt: skip
    refused = bank.life("A1").happened(ev.PermitRefused)
    assert {each.matches for each in refused} == {("contact.quiet_hours",)}


def test_hours_that_the_debtor_agreed_to_open_until_they_are_withdrawn(bank: Bank) -> None:
    """Before the guideline of 2026 no text lets agreed hours open the night; after it, one who works by day may be rung
    at half past ten, until he says otherwise."""
    bank.miss_nights(until="2026-02-02")
    bank.loan("A1", due="2026-02-02")
    bank.play(until="2026-02-12", every=4)
    queued(bank, "A1")
    assert rings(bank, "22:30") == "contact.quiet_hours"
    terms(bank).say("A1", "agreed_time", "录音 R-1", hours=("22:00", "23:00"))
    assert rings(bank, "22:30") == ""
    assert rings(bank, "23:00") == "contact.quiet_hours"
    assert terms(bank).withdraw("A1", "agreed_time", "短信") == 1
    assert rings(bank, "22:30") == "contact.quiet_hours"


@on_both
def test_a_refused_number_stays_refused_when_the_bank_s_file_names_it_again(bank: Bank) -> None:
    """The debtor refuses the only number: no message goes there, whatever is delivered. He agrees again, on paper."""
    bank.loan("A1", due="2025-03-10")
    bank.loan("A2", due="2025-03-13")
    bank.play(until="2025-03-12")
    budget = contact_file.budget(bank.desk_of("sup-01"), "A1", bank.day, "10:00")
    (point,) = [each for each in budget.left if each.channel == "sms"]
    terms(bank).say("A1", "refused", "信函", contact=point.contact_id)
    bank.core.tell("contacts", party_id="D1", channel="sms", value="13800000001", contractual=True, consent=True,
                   source="contract")  # fmt: skip
    bank.play(until="2025-03-20")
    assert "A2" not in {account for account, _ in bank.sent()}
    assert "contact.no_consent" in {each.rule for each in bank.life("A2").happened(ev.PermitRefused)}
    terms(bank).say("A1", "consent", "书面同意", contact=point.contact_id)
    bank.play(until="2025-04-30", every=3)
    assert "A2" in {account for account, _ in bank.sent()}


@pytest.mark.parametrize(("kind", "more", "wrong"), [
    ("agreed_time", {}, "hours belong"), ("consent", {}, "about a number"), ("opt_out", {"channel": "fax"}, "a channel"),
    ("a_kind", {}, "unknown"), ("ceased", {"evidence": " "}, "needs its proof"),
    ("agreed_time", {"hours": ("22:00", "late")}, "not an hour"), ("agreed_time", {"hours": ("09:00", "09:00")}, "when they end"),
    ("minor", {"until_on": date(2025, 1, 1)}, "is past"), ("refused", {"contact": "zzz"}, "no contact point"),
])  # fmt: skip
def test_what_cannot_be_said_is_refused_in_one_line(bank: Bank, kind: str, more: dict[str, object], wrong: str) -> None:
    late(bank)
    evidence = str(more.pop("evidence", "tape"))
    with pytest.raises(UserError, match=wrong):
        terms(bank).say("A1", kind, evidence, **more)  # type: ignore[arg-type]
    assert terms(bank).said("A1") == []


def test_a_caller_writes_down_what_shields_and_nothing_that_opens(bank: Bank) -> None:
    """A refusal and its like may be written down by anybody; agreed hours, a consent, and the end of what shields not."""
    late(bank)
    terms(bank, "caller-01").say("A1", "opt_out", "录音 R-1", channel="sms")
    terms(bank, "caller-01").say("A1", "do_not_contact", "录音 R-1")
    with pytest.raises(UserError, match="may not do this"):
        terms(bank, "caller-01").say("A1", "agreed_time", "录音 R-1", hours=("22:00", "07:59"))
    for kind in ("opt_out", "do_not_contact"):
        with pytest.raises(UserError, match="may not do this"):
            terms(bank, "caller-01").withdraw("A1", kind, "said so")
    assert [terms(bank, "cpl-01").withdraw("A1", kind, "信函") for kind in ("opt_out", "do_not_contact")] == [1, 1]
    terms(bank, "cmp-01").say("A1", "agreed_time", "录音 R-2", hours=("18:00", "19:00"))
    assert terms(bank, "caller-01").withdraw("A1", "agreed_time", "短信") == 1, "hours may be taken back by anybody"


def test_who_has_the_call_does_not_change_its_terms(bank: Bank) -> None:
    """A supervisor who was given the debtor's call to dial leaves agreed hours to another."""
    late(bank)
    register = CallerDesk(bank.desk, bank.strategy, bank.pen("sup-02"))
    register.enrol("sup-01", "own", bank.day, 10)
    for _, rule in register.policy.of("caller_certificate", CallerCertificate):
        register.certify("sup-01", rule.certificate, bank.day, None, "培训档案")
    with reading(bank.desk.engine) as connection:
        call = str(connection.execute(select(calls.c.call_id).where(calls.c.state == "open")).scalar())
    register.reassign(call, "sup-01", "人手不足")
    with pytest.raises(UserError, match="sup-01 has this debtor's call"):
        terms(bank).say("A1", "agreed_time", "录音 R-1", hours=("18:00", "19:00"))
    terms(bank, "sup-02").say("A1", "agreed_time", "录音 R-1", hours=("18:00", "19:00"))


def test_a_wish_not_to_be_contacted_outlasts_its_brake(bank: Bank) -> None:
    """While the brake of that kind is in force on any account of the debtor, it goes by the gate of the brake."""
    late(bank, "A1", "A2")
    terms(bank).say("A1", "do_not_contact", "信函")
    bank.brake("A2", "do_not_contact")
    with pytest.raises(UserError, match="is in force"):
        terms(bank).withdraw("A1", "do_not_contact", "信函")
    assert [each.kind for each in terms(bank).said("A1")] == ["do_not_contact"]


def test_a_third_party_s_no_cannot_be_withdrawn(bank: Bank) -> None:
    late(bank)
    with pytest.raises(UserError, match="for good"):
        terms(bank).withdraw("A1", "third_party_refused", "信函")


def test_above_six_dials_a_supervisor_s_word_is_needed_and_nobody_else_s_counts(bank: Bank) -> None:
    late(bank)
    fails(bank, times=6)
    rule = "contact.dial_attempts_per_number"
    assert bank.dial("A1") == rule
    with pytest.raises(UserError, match="only a supervisor"):
        terms(bank, "caller-01").override("A1", rule, "债务人要求回电", ["CAL"])
    with pytest.raises(UserError, match="lets nobody override"):
        terms(bank).override("A1", "contact.quiet_hours", "急", ["SUP"])
    terms(bank).override("A1", rule, "债务人要求回电", ["SUP"])
    assert bank.dial("A1") == ""


# --- machines, and permits that are used once ---------------------------------------------------------------------------


def test_a_machine_draws_on_the_same_budget_and_its_permit_is_used_once(bank: Bank) -> None:
    """A robot and an announcement get a permit each, a caller the third; the fourth is refused. What the robot reports late
    at night is kept as made outside its permit; reported twice, it is refused."""
    late(bank)
    got = [machine(bank).ask("A1", "call", voice) for voice in ("robot", "notice")]
    robot = got[0]
    assert isinstance(robot, Permit)
    assert bank.dial("A1") == ""
    fourth = machine(bank).ask("A1", "call", "robot")
    assert isinstance(fourth, Refusal)
    assert fourth.rule == "contact.interactive_calls_per_person"
    assert terms(bank).used(robot.permit_id, "no_answer", f"{bank.day}T22:01:00+08:00") == "contact.quiet_hours"
    with pytest.raises(UserError, match="was used: no_answer"):
        terms(bank).used(robot.permit_id, "promise")
    assert isinstance(machine(bank).ask("A1", "call", "robot"), Permit), "nobody answered: there is room for another"
    (overrun,) = bank.life("A1").happened(ev.PermitOverrun)
    assert overrun.rule == "contact.quiet_hours"


@pytest.mark.parametrize("voice", ["robot", "notice"])
def test_a_person_has_no_machine_s_voice(bank: Bank, voice: str) -> None:
    """It would need no certificate, and an announcement is no conversation."""
    late(bank)
    for who in ("sup-01", "caller-01", "nobody-enrolled"):
        with pytest.raises(UserError, match="no machine"):
            terms(bank, who).ask("A1", "call", voice)
    assert isinstance(machine(bank).ask("A1", "call", voice), Permit)


def test_who_rings_by_hand_rings_nobody_else_s_debtor(bank: Bank) -> None:
    late(bank)
    with writing(bank.desk.engine) as connection:
        at_work(connection, bank.pen(), "caller-02")
    fails(bank, times=1)
    refused = terms(bank, "caller-02").ask("A1", "call", "human")
    assert isinstance(refused, Refusal)
    assert refused.rule == "queue.not_yours"
    assert isinstance(terms(bank, "caller-01").ask("A1", "call", "human"), Permit)


def test_no_permit_for_a_visit_is_given_beside_its_gate(bank: Bank) -> None:
    late(bank)
    with pytest.raises(UserError, match="at a gate"):
        terms(bank).ask("A1", "visit", "human")


def test_the_permit_of_a_reminder_or_a_dial_is_no_second_contact(bank: Bank) -> None:
    """What came of them is recorded where they are made."""
    late(bank)
    assert bank.dial("A1") == ""
    with reading(bank.desk.engine) as connection:
        made = {row.purpose: row for row in connection.execute(select(permits))}
    assert made["reminder"].used == "sent"
    for purpose in ("reminder", "call"):
        with pytest.raises(UserError, match=f"is for {purpose}"):
            terms(bank).used(made[purpose].permit_id, "no_answer")


def test_a_permit_of_one_day_is_none_on_the_next(bank: Bank) -> None:
    late(bank)
    permit = machine(bank).ask("A1", "call", "robot")
    assert isinstance(permit, Permit)
    tomorrow = bank.day + timedelta(days=1)
    bank.play(until=bank.day)
    assert terms(bank).used(permit.permit_id, "no_answer", f"{tomorrow}T10:00:00+08:00") == "contact.permit_expired"


def test_a_dial_is_made_when_its_permit_is_issued(bank: Bank) -> None:
    """Taken at 21:58 it is dialled at 21:58; put back and taken at 22:01, it is refused. An outcome without a dial is too."""
    late(bank)
    assert rings(bank, "21:58") == ""
    assert rings(bank, "22:01") == "contact.quiet_hours"
    with reading(bank.desk.engine) as connection:
        call = str(connection.execute(select(calls.c.call_id).where(calls.c.state == "open")).scalar())
    with pytest.raises(UserError, match="one permit, one dial"):
        bank.desk_of("caller-01").record_calls([(call, "no_answer", None, None)])


# --- visits -------------------------------------------------------------------------------------------------------------


def seeing(bank: Bank, actor: str = "sup-01") -> FieldVisits:
    return FieldVisits(bank.desk_of(actor))


def agreed_to_go(bank: Bank) -> None:
    """A visit is on the desk of those who plan it, and two collectors have their certificates."""
    late(bank)
    agrees_to_go(bank)


def agrees_to_go(bank: Bank) -> None:
    with writing(bank.desk.engine) as connection:
        at_work(connection, bank.pen(), "caller-02")
    seeing(bank).propose("A1", "电话无人接听")
    bank.play(until=bank.day)
    assert bank.approve("visit", "A1") == ["approved"]
    bank.play(until=bank.day)


@on_both
def test_a_visit_is_proposed_agreed_to_planned_and_reported(bank: Bank) -> None:
    """Two collectors go on an afternoon and find nobody in; the case file, the contact file and the ladder know of it."""
    agreed_to_go(bank)
    when = bank.day
    seeing(bank).plan("A1", when, "15:00", ["caller-01", "caller-02"], "home")
    (trip,) = seeing(bank).trips()
    assert (trip.account, trip.time, trip.collectors) == ("A1", "15:00", ("caller-01", "caller-02"))
    assert seeing(bank).record("A1", Form("not_there", True, "AV-1", "15:10")) == ()
    with pytest.raises(UserError, match="no visit is planned"):
        seeing(bank).record("A1", Form("not_there", True, "AV-1", "15:10"))
    assert bank.life("A1").outcome("visit") == "not_there"
    (line,) = [x for x in contact_file.contact_file(bank.desk_of("sup-01"), "A1") if x.channel == "visit"]
    assert (line.outcome, line.recording, line.by) == ("not_there", "AV-1", "caller-01, caller-02")


@pytest.mark.parametrize(("collectors", "at", "wrong"), [
    (["caller-01"], "15:00", "2 at least"), (["caller-01", "caller-01"], "15:00", "2 at least"),
    (["caller-01", "a stranger"], "15:00", "nobody is enrolled"), (["caller-01", "caller-02"], "22:00", "contact.quiet_hours"),
    (["caller-01", "caller-02"], "soon", "not an hour"), (["caller-01", "caller-03"], "15:00", "caller.not_enrolled"),
])  # fmt: skip
def test_a_plan_that_breaks_a_rule_is_refused_and_leaves_no_permit(
    bank: Bank, collectors: list[str], at: str, wrong: str
) -> None:
    agreed_to_go(bank)
    with pytest.raises(UserError, match=wrong):
        seeing(bank).plan("A1", bank.day, at, collectors, "home")
    with reading(bank.desk.engine) as connection:
        assert connection.execute(select(permits).where(permits.c.channel == "visit")).all() == []


def test_no_visit_is_planned_that_no_gate_agreed_to(bank: Bank) -> None:
    late(bank)
    with pytest.raises(UserError, match="no visit was agreed to"):
        seeing(bank).plan("A1", bank.day, "15:00", ["caller-01", "caller-02"], "home")


def test_a_collector_holds_the_certificates_on_the_day_of_the_visit(bank: Bank) -> None:
    """The exam of the second collector lapses tomorrow: a visit in a week is refused, one of today is not."""
    agreed_to_go(bank)
    work = CallerDesk(bank.desk, bank.strategy, bank.pen("sup-01"))
    work.enrol("caller-03", "own", bank.day, 10)
    for _, rule in work.policy.of("caller_certificate", CallerCertificate):
        lapses = bank.day + timedelta(days=1) if rule.certificate == "exam" else None
        work.certify("caller-03", rule.certificate, bank.day, lapses, "培训档案")
    with pytest.raises(UserError, match=r"caller\.exam"):
        seeing(bank).plan("A1", bank.day + timedelta(days=7), "15:00", ["caller-01", "caller-03"], "home")
    seeing(bank).plan("A1", bank.day, "15:00", ["caller-01", "caller-03"], "home")


def test_a_visit_is_kept_with_what_it_broke_and_a_dropped_one_gives_its_permit_back(bank: Bank) -> None:
    agreed_to_go(bank)
    seeing(bank).plan("A1", bank.day, "15:00", ["caller-01", "caller-02"], "home")
    seeing(bank).drop("A1", "下雨")
    seeing(bank).plan("A1", bank.day, "16:00", ["caller-01", "caller-02"], "work")
    broke = seeing(bank).record("A1", Form("met", False, "", "16:05", entered=True))
    assert broke == ("not_identified", "not_recorded", "entered_without_consent")
    (made,) = bank.life("A1").happened(ev.FieldVisitMade)
    assert made.violations == broke


@pytest.mark.parametrize(("at", "broke"), [
    ("07:59", ("quiet_hours",)), ("08:00", ()), ("21:59", ()), ("22:00", ("quiet_hours",)),
])  # fmt: skip
def test_a_visit_is_held_to_the_hour_at_which_it_was_made(bank: Bank, at: str, broke: tuple[str, ...]) -> None:
    """Planned for the afternoon, made whenever: outside the hours it is kept with what it broke, and the rule by name."""
    agreed_to_go(bank)
    when = bank.day
    seeing(bank).plan("A1", when, "15:00", ["caller-01", "caller-02"], "home")
    bank.play(until=when)
    assert seeing(bank).record("A1", Form("met", True, "AV-1", at), when) == broke
    (made,) = bank.life("A1").happened(ev.FieldVisitMade)
    assert (made.at, made.violations) == (at, broke)
    overran = [each.rule for each in bank.life("A1").happened(ev.PermitOverrun)]
    assert overran == (["contact.quiet_hours"] if broke else [])
    (line,) = [x for x in contact_file.contact_file(bank.desk_of("sup-01"), "A1") if x.channel == "visit"]
    assert line.broke == (("quiet_hours", "contact.quiet_hours") if broke else ())
    assert line.script.endswith(f"made at {at}")


@pytest.mark.parametrize(("at", "broke"), [("22:59", ()), ("23:00", ("quiet_hours",))])
def test_hours_that_the_debtor_agreed_to_open_a_visit_too(bank: Bank, at: str, broke: tuple[str, ...]) -> None:
    """Since the guideline of 2026 one who works by day may be seen at half past ten, and no later than he said."""
    bank.miss_nights(until="2026-02-02")
    bank.loan("A1", due="2026-02-02")
    bank.play(until="2026-02-12", every=4)
    queued(bank, "A1")
    agrees_to_go(bank)
    terms(bank).say("A1", "agreed_time", "录音 R-1", hours=("21:00", "23:00"))
    seeing(bank).plan("A1", bank.day, "22:15", ["caller-01", "caller-02"], "home")
    assert seeing(bank).record("A1", Form("met", True, "AV-1", at)) == broke


@pytest.mark.parametrize("at", ["", "soon", "25:00", "2025-03-24T10:00", "10:00+08:00"])
def test_a_visit_is_reported_with_its_hour(bank: Bank, at: str) -> None:
    agreed_to_go(bank)
    seeing(bank).plan("A1", bank.day, "15:00", ["caller-01", "caller-02"], "home")
    with pytest.raises(UserError, match="not an hour"):
        seeing(bank).record("A1", Form("met", True, "AV-1", at))
    assert len(seeing(bank).trips()) == 1


def test_no_visit_is_planned_under_a_brake_nor_to_an_employer_who_said_no(bank: Bank) -> None:
    agreed_to_go(bank)
    terms(bank).say("A1", "work_refused", "单位来函")
    with pytest.raises(UserError, match=r"contact\.employer"):
        seeing(bank).plan("A1", bank.day, "15:00", ["caller-01", "caller-02"], "work")
    bank.complains("A1")
    with pytest.raises(UserError, match="complaint"):
        seeing(bank).plan("A1", bank.day, "15:00", ["caller-01", "caller-02"], "home")
    with reading(bank.desk.engine) as connection:
        assert connection.execute(select(permits).where(permits.c.channel == "visit")).all() == []


@on_both
def test_a_planned_visit_whose_case_is_braked_is_dropped_in_the_morning(bank: Bank) -> None:
    """Its permit goes back; one whose case is free stays planned."""
    agreed_to_go(bank)
    seeing(bank).plan("A1", bank.day + timedelta(days=3), "15:00", ["caller-01", "caller-02"], "home")
    bank.play(until=bank.day)
    assert len(seeing(bank).trips()) == 1
    bank.complains("A1")
    bank.play(until=bank.day)
    assert seeing(bank).trips() == []
    (dropped,) = bank.life("A1").happened(ev.FieldVisitDropped)
    assert dropped.reason == "complaint"
    with reading(bank.desk.engine) as connection:
        (permit,) = connection.execute(select(permits).where(permits.c.channel == "visit")).all()
    assert permit.used == GIVEN_BACK


@pytest.mark.parametrize(
    ("kind", "place", "rule"),
    [("represented", "home", "contact.represented"), ("do_not_contact", "home", "contact.do_not_contact"),
     ("work_refused", "work", "contact.employer")],
)  # fmt: skip
def test_a_planned_visit_is_dropped_that_would_get_no_permit_any_more(
    bank: Bank, kind: str, place: str, rule: str
) -> None:
    """A lawyer writes, the debtor wants no contact, or the employer objects, after the visit was planned."""
    agreed_to_go(bank)
    seeing(bank).plan("A1", bank.day + timedelta(days=3), "15:00", ["caller-01", "caller-02"], place)
    bank.play(until=bank.day)
    assert len(seeing(bank).trips()) == 1
    terms(bank).say("A1", kind, "信函")
    bank.play(until=bank.day)
    assert seeing(bank).trips() == []
    (dropped,) = bank.life("A1").happened(ev.FieldVisitDropped)
    assert dropped.reason == rule


# --- agencies -----------------------------------------------------------------------------------------------------------


def with_an_agency(bank: Bank) -> tuple[str, str]:
    bank.loan("A1", due="2025-03-10", amount=1_500_00, times=3)
    bank.staff_agrees("formal_notice", "outsourcing_notice", "agency_referral")
    bank.post_arrives()
    bank.play(until="2025-07-31", every=5)
    return agency_of(bank, "A1")


def test_what_an_agency_does_outside_its_bounds_is_a_breach(bank: Bank) -> None:
    """It rings the mother, and the debtor at night; then him again on the day on which he refuses all contact, which its
    file of that day did not say, and on the day after."""
    agency, placement = with_an_agency(bank)
    assert answers(bank, agency, Contact(placement, "10:00", number=MOTHER)) is not None
    assert "third_party" in breaches(bank, agency)
    assert answers(bank, agency, Contact(placement, "22:00")) is not None
    assert {"quiet_hours", "quota"} <= set(breaches(bank, agency))
    assert "do_not_contact" not in breaches(bank, agency)
    terms(bank).say("A1", "do_not_contact", "信函")
    assert answers(bank, agency, Contact(placement, "11:00")) is not None
    assert "do_not_contact" not in breaches(bank, agency)
    bank.play(until=bank.day)
    assert answers(bank, agency, Contact(placement, "10:00")) is not None
    assert "do_not_contact" in breaches(bank, agency)


def test_the_debtor_s_own_number_is_no_third_party_s(bank: Bank) -> None:
    agency, placement = with_an_agency(bank)
    work_of(bank)
    answers(bank, agency, Contact(placement, "10:00", number="138 0000 0001"))
    assert "third_party" not in breaches(bank, agency)
    assert results_file(bank, agency).exists()


# --- for an inspector ---------------------------------------------------------------------------------------------------


def test_the_contact_file_tells_all_and_no_number(bank: Bank, tmp_path: Path) -> None:
    """Every contact of the account, permitted or refused, with the rule in force on its day and its citation."""
    late(bank, "A1", "A2")
    fails(bank, times=2)
    bank.dial("A1", at="22:30")
    told = contact_file.contact_file(bank.desk_of("sup-01"), "A1")
    contact_file.write(told, tmp_path)
    text = (tmp_path / "contacts.csv").read_text("utf-8-sig")
    assert "1380000" not in text
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["account"] for row in rows} == {"A1"}
    refused = [row for row in rows if row["decision"] == "refused"]
    assert [row["rule"] for row in refused if row["channel"] == "call"] == ["contact.quiet_hours"]
    assert all("：" in row["citation"] or ": " in row["citation"] for row in refused)
    dialled = [row for row in rows if row["channel"] == "call" and row["decision"] == "permitted"]
    assert [(row["outcome"], row["script"], row["by"], row["number"]) for row in dialled] == [
        ("no_answer", "call_first", "caller-01", "***0001")
    ] * 2
    assert all(row["rule"] for row in dialled)
    sent = [row for row in rows if row["channel"] == "sms"]
    assert {row["outcome"] for row in sent} == {"sent"}
    assert json.loads((tmp_path / "contacts.json").read_text("utf-8"))[0]["account"] == "A1"
    both = contact_file.contact_file(bank.desk_of("sup-01"), "A1", person=True)
    assert {line.account for line in both} == {"A1", "A2"}
    assert len(both) > len(told)


def test_the_budget_says_what_is_left_and_which_rule_binds(bank: Bank) -> None:
    late(bank)

    def of_calls(at: str) -> tuple[int | None, str]:
        found = contact_file.budget(bank.desk_of("sup-01"), "A1", bank.day, at)
        (line,) = [each for each in found.left if each.channel == "call"]
        return line.left, line.binds

    assert of_calls("21:59") == (3, "contact.interactive_calls_per_person")
    assert of_calls("22:00") == (0, "contact.quiet_hours")
    fails(bank, times=4)
    assert of_calls("10:00") == (2, "contact.dial_attempts_per_number")
    fails(bank, times=2)
    assert of_calls("10:00") == (0, "contact.dial_attempts_per_number")


def test_nothing_that_binds_contacts_is_lost_when_the_ledger_is_proved(bank: Bank) -> None:
    """The house's own check rebuilds the rows; a row that somebody changed is named."""
    from recourse.verify import verify

    late(bank)
    terms(bank).say("A1", "ceased", "信函")
    with writing(bank.desk.engine) as connection:
        connection.exec_driver_sql("UPDATE contact_terms SET kind = 'offered'")
        assert any("contact_terms" in fault for fault in verify(connection).faults)
        connection.exec_driver_sql("UPDATE contact_terms SET kind = 'ceased'")


def test_a_caller_s_hour_is_the_debtor_s_own(bank: Bank) -> None:
    """Ten in the morning at the bank is eight in Urumqi's clock of custom: 09:59 is too early there."""
    bank.core.tell("parties", party_id="D1", kind="natural", name="王一", id_number="110101198001010001",
                   address="示例市虚构路1号", time_zone="Asia/Urumqi")  # fmt: skip
    bank._people.add("D1")
    for channel in ("sms", "phone"):
        bank.core.tell("contacts", party_id="D1", channel=channel, value="13800000001", contractual=True, consent=True,
                       source="contract")  # fmt: skip
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-24")
    with reading(bank.desk.engine) as connection:
        call = str(connection.execute(select(calls.c.call_id).where(calls.c.state == "open")).scalar())
    at = [Pen(bank.day, f"{bank.day}T{utc}:00+00:00", "caller-01") for utc in ("01:59", "02:00")]
    found = [arrivals.dial(bank.desk.engine, bank.strategy, pen, [call])[0].rule for pen in at]
    assert found == ["contact.quiet_hours", ""]
