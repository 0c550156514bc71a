"""Facts that arrive: from the bank, from people, from the call room. Each is kept, and wakes its case."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from recourse import events as ev
from recourse.climb import arrivals
from recourse.climb.arrivals import Dialled, Spoken
from recourse.errors import UserError
from recourse.ledger.tables import calls, cases, parties, permits
from tests.climb.fake_acts import Sender, whole_set
from tests.core.ledgers import MONDAY, MORNING, Ledger, on_sqlite, open_ledger, pen_of

TUESDAY = MONDAY + timedelta(days=1)


def known(ledger: Ledger, *accounts: str, person: str = "p") -> None:
    ledger.person(person)
    for account in accounts:
        ledger.loan(account, person)
    ledger.sweep()


def calling(ledger: Ledger, *accounts: str, person: str = "p") -> list[str]:
    """Loans whose debtor is to be called; the ids of the items in the queue."""
    ledger.person(person)
    for account in accounts:
        ledger.loan(account, person, 20)
    ledger.sweep()
    long_ago = MONDAY - timedelta(days=9)
    for account in accounts:
        ledger.arrive(account, ev.VisitLeft("reminder", "sent"), day=long_ago)
        ledger.arrive(account, ev.DecisionMade("", "", (ev.Step("call", 1, "queued"),)))
    for account in accounts:
        case_id = ledger.case_id(account)
        queued = whole_set()["call"]
        ledger.arrive(account, ev.CallQueued(f"call-{account}", "call", 1, "first"))
        ledger.arrive(account, ev.ActReleased(f"{case_id}/call/1/act", "call", 1),
                      ev.ActCompleted(f"{case_id}/call/1/act", "call", "done"))  # fmt: skip
        assert queued.node == "call"
    return [f"call-{account}" for account in accounts]


def dial(ledger: Ledger, *items: str, at: str = MORNING) -> list[Dialled]:
    return arrivals.dial(ledger.engine, ledger.strategy(MONDAY), pen_of(MONDAY, "caller-1", at), items)


def speak(ledger: Ledger, *spoken: Spoken) -> int:
    return arrivals.record_calls(ledger.engine, pen_of(MONDAY, "caller-1"), spoken)


def state(ledger: Ledger, item: str) -> str:
    return next(str(row.state) for row in ledger.rows(calls) if row.call_id == item)


# --- in general ---------------------------------------------------------------------------------------------------


def test_a_fact_wakes_its_case_today(ledger: Ledger) -> None:
    known(ledger, "a", "b")
    for account in ("a", "b"):
        ledger.set_wake(account, MONDAY + timedelta(days=30))
    ledger.arrive("a", ev.PaymentReceived("y", 100))
    assert {row.account_id: row.wake_on for row in ledger.rows(cases)} == {
        "a": MONDAY,
        "b": MONDAY + timedelta(days=30),
    }
    assert ledger.case("a").version > ledger.case("b").version


@on_sqlite
def test_a_fact_may_have_happened_earlier_and_never_later(ledger: Ledger) -> None:
    known(ledger, "a")
    ledger.arrive("a", ev.PaymentReceived("y", 100), effective_on=MONDAY - timedelta(days=5))
    (entry,) = [each for each in ledger.journal("a") if isinstance(each.event, ev.PaymentReceived)]
    assert (entry.envelope.effective_on, entry.envelope.known_on) == (MONDAY - timedelta(days=5), MONDAY)
    before = ledger.verified().events
    with pytest.raises(UserError, match="lies after the business day"):
        ledger.arrive("a", ev.PaymentReceived("z", 100), effective_on=TUESDAY)
    assert ledger.verified().events == before


@on_sqlite
def test_nothing_is_kept_of_a_batch_with_an_unknown_case(ledger: Ledger) -> None:
    known(ledger, "a")
    before = ledger.verified().events
    paid = ev.PaymentReceived("y", 100)
    with pytest.raises(UserError, match="no case 'nowhere'"):
        arrivals.arrive(ledger.engine, pen_of(MONDAY), [arrivals.Arrival(ledger.case_id("a"), paid),
                                                        arrivals.Arrival("nowhere", paid)])  # fmt: skip
    assert ledger.verified().events == before
    assert arrivals.arrive(ledger.engine, pen_of(MONDAY), []) == 0


@on_sqlite
def test_a_fact_about_a_closed_case_is_kept_and_opens_nothing(ledger: Ledger) -> None:
    known(ledger, "a")
    ledger.paid_in_full(TUESDAY, "a")
    ledger.sweep(TUESDAY)
    ledger.arrive("a", ev.RecoveryBooked("y", 100), day=TUESDAY)
    (row,) = ledger.rows(cases)
    assert (row.closed_on, ledger.case("a").file.recovered) == (TUESDAY, 100)
    assert ledger.verified().faults == []


# --- people -------------------------------------------------------------------------------------------------------


def test_what_is_learned_of_a_person_brakes_all_that_person_s_cases(ledger: Ledger) -> None:
    known(ledger, "a", "b")
    known(ledger, "c", person="q")
    died_on = MONDAY - timedelta(days=3)
    assert arrivals.learn_status(ledger.engine, pen_of(MONDAY), "p", "deceased", died_on, "certificate") == 2
    for account in ("a", "b"):
        (hold,) = ledger.case(account).file.holds.values()
        assert (hold.kind, hold.from_on, hold.until_on) == ("deceased", died_on, None)
    assert ledger.case("c").file.holds == {}
    assert {row.party_id: row.status for row in ledger.rows(parties)} == {"p": "deceased", "q": ""}
    assert ledger.verified().faults == []


@on_sqlite
def test_who_is_known_dead_is_braked_in_a_case_that_opens_later(ledger: Ledger) -> None:
    ledger.person("p")
    assert arrivals.learn_status(ledger.engine, pen_of(MONDAY), "p", "deceased", MONDAY, "certificate") == 0
    ledger.loan("a", "p")
    ledger.sweep()
    assert [hold.kind for hold in ledger.case("a").file.holds.values()] == ["deceased"]
    assert "reminder" not in ledger.case("a").file.visits


@on_sqlite
def test_a_status_of_nobody_or_of_tomorrow_is_a_mistake(ledger: Ledger) -> None:
    known(ledger, "a")
    with pytest.raises(UserError, match="no person 'nobody'"):
        arrivals.learn_status(ledger.engine, pen_of(MONDAY), "nobody", "deceased", MONDAY, "")
    with pytest.raises(UserError, match="after the business day"):
        arrivals.learn_status(ledger.engine, pen_of(MONDAY), "p", "deceased", TUESDAY, "")
    assert {row.status for row in ledger.rows(parties)} == {""}


def test_news_of_a_person_and_a_dispatch_do_not_wait_for_each_other_in_a_circle(postgres_ledger: Ledger) -> None:
    people = [f"p{n:02}" for n in range(30)]
    for person in people:
        postgres_ledger.person(person)
        postgres_ledger.loan(f"a-{person}", person)
    postgres_ledger.sweep()
    failures: list[BaseException] = []
    started = threading.Barrier(2)

    def news() -> None:
        try:
            with open_ledger(postgres_ledger.url) as mine:
                started.wait(10)
                for person in people:
                    arrivals.learn_status(mine.engine, pen_of(MONDAY), person, "do_not_contact", MONDAY, "letter")
        except BaseException as error:
            failures.append(error)

    def dispatches() -> None:
        try:
            with open_ledger(postgres_ledger.url) as mine:
                started.wait(10)
                for n in range(15):
                    mine.dispatch({"reminder": Sender("reminder", permit=("sms",))}, owner=f"run-{n}")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=news), threading.Thread(target=dispatches)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert postgres_ledger.verified().faults == []


# --- the call room ------------------------------------------------------------------------------------------------


def test_a_dial_takes_a_permit_and_its_outcome_uses_it_up(ledger: Ledger) -> None:
    (item,) = calling(ledger, "a")
    (taken,) = dial(ledger, item)
    assert taken.permit_id
    assert (state(ledger, item), taken.rule) == ("taken", "")
    promise = Spoken(item, "promise", MONDAY + timedelta(days=4), 5_000, (ev.VisitLeft("call", "promised"),))
    assert speak(ledger, promise) == 1
    file = ledger.case("a").file
    assert (state(ledger, item), file.visits["call"].outcome) == ("closed", "promised")
    assert file.promise is not None
    assert (file.promise.due_on, file.attempts, file.unanswered) == (MONDAY + timedelta(days=4), 1, 0)
    assert [(row.permit_id, row.used) for row in ledger.rows(permits)] == [(taken.permit_id, "promise")]
    with pytest.raises(UserError, match="was not taken"):
        speak(ledger, promise)
    assert ledger.verified().faults == []


@on_sqlite
def test_a_permit_is_good_for_one_dial(ledger: Ledger) -> None:
    (item,) = calling(ledger, "a")
    again = Spoken(item, "no_answer", again=True)
    dial(ledger, item)
    with pytest.raises(UserError, match="was not taken"):
        speak(ledger, again, again)
    assert ledger.case("a").file.attempts == 0
    assert dial(ledger, item) == [], "it is in somebody's hands"
    speak(ledger, again)
    assert state(ledger, item) == "open"
    with pytest.raises(UserError, match="was not taken"):
        speak(ledger, again)
    (second,) = dial(ledger, item)
    speak(ledger, again)
    assert len({row.permit_id for row in ledger.rows(permits)}) == 2
    assert second.permit_id
    assert ledger.case("a").file.unanswered == 2


@on_sqlite
def test_an_outcome_without_a_dial_and_a_promise_for_yesterday_are_mistakes(ledger: Ledger) -> None:
    (item,) = calling(ledger, "a")
    with pytest.raises(UserError, match="was not taken"):
        speak(ledger, Spoken(item, "refused"))
    dial(ledger, item)
    with pytest.raises(UserError, match="in the past"):
        speak(ledger, Spoken(item, "promise", MONDAY - timedelta(days=1)))
    assert ledger.case("a").file.attempts == 0
    assert speak(ledger) == 0


def test_the_caps_hold_over_all_of_a_debtor_s_loans(ledger: Ledger) -> None:
    items = calling(ledger, "a", "b", "c", "d")
    answers = dial(ledger, *items)
    assert [bool(answer.permit_id) for answer in answers] == [True, True, True, False]
    assert answers[3].rule.startswith("contact.")
    assert [each.rule for each in ledger.events("d", ev.PermitRefused)] == [answers[3].rule]
    assert state(ledger, "call-d") == "open"


@on_sqlite
def test_nobody_dials_at_night(ledger: Ledger) -> None:
    (item,) = calling(ledger, "a")
    (answer,) = dial(ledger, item, at="15:00:00+00:00")
    assert (answer.permit_id, answer.rule) == ("", "contact.quiet_hours")


@on_sqlite
@pytest.mark.parametrize("kind", ["complaint", "dispute", "do_not_contact", "something_new"])
def test_a_brake_that_fell_since_the_item_was_queued_refuses_the_dial(ledger: Ledger, kind: str) -> None:
    (item,) = calling(ledger, "a")
    ledger.arrive("a", ev.BrakePlaced("h", kind))
    (answer,) = dial(ledger, item)
    assert answer.permit_id == ""
    assert answer.rule == (f"brake.{kind}" if kind != "something_new" else kind)
    assert ledger.rows(permits) == []
    assert [each.rule for each in ledger.events("a", ev.PermitRefused)] == [answer.rule]


@on_sqlite
def test_nobody_is_called_over_what_was_paid_this_morning(ledger: Ledger) -> None:
    (item,) = calling(ledger, "a")
    ledger.paid_in_full(MONDAY, "a")
    (answer,) = dial(ledger, item)
    assert (answer.permit_id, answer.rule) == ("", "paid")


@on_sqlite
def test_a_call_made_while_its_item_ran_out_is_recorded_all_the_same(ledger: Ledger) -> None:
    """The caller is on the line when the money comes in and the case closes."""
    (item,) = calling(ledger, "a")
    dial(ledger, item)
    ledger.paid_in_full(MONDAY, "a")
    ledger.set_wake("a", MONDAY)
    ledger.sweep()
    assert (state(ledger, item), ledger.case("a").file.end) == ("closed", "settled")
    assert speak(ledger, Spoken(item, "no_answer", again=True)) == 1
    assert (state(ledger, item), ledger.case("a").file.attempts) == ("closed", 1)
    with pytest.raises(UserError, match="was not taken"):
        speak(ledger, Spoken(item, "no_answer"))
    assert ledger.verified().faults == []


def test_two_callers_never_take_one_item(postgres_ledger: Ledger) -> None:
    for n in range(12):
        calling(postgres_ledger, f"a{n}", person=f"p{n}")
    items = [f"call-a{n}" for n in range(12)]
    taken, failures, started = list[Dialled](), list[BaseException](), threading.Barrier(4)

    def caller() -> None:
        try:
            with open_ledger(postgres_ledger.url) as mine:
                started.wait(10)
                for item in items:
                    taken.extend(answer for answer in dial(mine, item) if answer.permit_id)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=caller) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert sorted(answer.call_id for answer in taken) == sorted(items)
    assert len(postgres_ledger.rows(permits)) == len(items)
