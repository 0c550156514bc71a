"""Claim, act, receipt: what goes out, what does not, what is said of it, and what a run that died leaves behind."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date, timedelta

import pytest

from recourse import events as ev
from recourse.channels.memory import MemoryChannel
from recourse.contact_law import GIVEN_BACK
from recourse.facts import Facts, PartyFact, Security
from recourse.ledger.contact_term_rows import set_term
from recourse.ledger.database import writing
from recourse.ledger.tables import cases, gates, intents, parties, permits, work_items
from tests.climb.fake_acts import Crash, Sender, acts_of, whole_set
from tests.core.ledgers import MONDAY, Ledger, on_sqlite, open_ledger, pen_of

TUESDAY = MONDAY + timedelta(days=1)
NIGHT = "15:30:00+00:00"
"""Half past eleven at night in Shanghai."""


def reminded(ledger: Ledger, *accounts: str, person: str = "") -> None:
    """Loans one day late, each with its reminder queued for Monday; a debtor each, unless one is named."""
    for account in accounts:
        ledger.loan(account, person or f"p-{account}")
        if not person:
            ledger.person(f"p-{account}")
    if person:
        ledger.person(person)
    ledger.sweep()


def sms() -> Sender:
    return Sender("reminder", permit=("sms",))


def once() -> Sender:
    return Sender("reminder", permit=("sms",), delivery="at-most-once")


def outcome(ledger: Ledger, account: str = "a", node: str = "reminder") -> str:
    return ledger.case(account).file.visits[node].outcome


# --- the plain course ---------------------------------------------------------------------------------------------


def test_a_queued_act_is_claimed_done_and_receipted(ledger: Ledger) -> None:
    reminded(ledger, "a")
    reminder = sms()
    done = ledger.dispatch({"reminder": reminder})
    assert (done.released, done.done) == (1, 1)
    assert reminder.keys() == [ledger.intent("a", "reminder").key]
    kinds = [type(entry.event) for entry in ledger.journal("a")]
    assert kinds == [
        ev.EpisodeOpened, ev.PlanMade, ev.DecisionMade, ev.PermitIssued, ev.ActReleased, ev.ActCompleted,
    ]  # fmt: skip
    assert (ledger.intent("a", "reminder").state, outcome(ledger)) == ("done", "sent")
    assert [row.used for row in ledger.rows(permits)] == ["sent"]
    assert ledger.dispatch({"reminder": reminder}).released == 0
    assert ledger.verified().faults == []


@on_sqlite
def test_a_run_that_lasts_into_the_night_stops_where_the_night_begins(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins at 21:59 in Shanghai; its second batch would go out at 22:00, and waits for the morning."""
    monkeypatch.setattr("recourse.climb.dispatch.BATCH", 1)
    reminded(ledger, "a", "b")
    clock = iter([pen_of(MONDAY, at="13:59:00+00:00"), *[pen_of(MONDAY, at="14:00:00+00:00")] * 9])
    reminder = sms()
    done = ledger.dispatch({"reminder": reminder}, now=lambda: next(clock))
    assert (done.done, done.refused, len(reminder.keys())) == (1, 1, 1)
    ledger.delivery(MONDAY + timedelta(days=1))
    assert ledger.dispatch({"reminder": reminder}, MONDAY + timedelta(days=1)).done == 1


@on_sqlite
def test_the_claim_says_what_was_owed_and_as_of_when(ledger: Ledger) -> None:
    reminded(ledger, "a")
    ledger.dispatch({"reminder": sms()})
    (released,) = ledger.events("a", ev.ActReleased)
    assert released.balance_as_of == MONDAY
    assert released.claimed.total > 0


@on_sqlite
@pytest.mark.parametrize("status", ["failed", "unknown"])
def test_what_did_not_work_is_said_and_leaves_the_node(ledger: Ledger, status: str) -> None:
    reminded(ledger, "a")
    reminder = sms()
    key = ledger.intent("a", "reminder").key
    reminder.channel.tell(key, "failed" if status == "failed" else "unknown", arrives=status == "unknown")
    done = ledger.dispatch({"reminder": reminder})
    assert getattr(done, status) == 1
    assert (ledger.intent("a", "reminder").state, outcome(ledger)) == (status, status)
    assert ledger.dispatch({"reminder": reminder}).released == 0, "one key, one try"
    (permit,) = ledger.rows(permits)
    assert permit.used == ("failed" if status == "failed" else ""), "it counts against the caps all the same"


@on_sqlite
def test_an_act_without_an_outcome_leaves_its_visit_open_for_a_proof(ledger: Ledger) -> None:
    reminded(ledger, "a")
    ledger.dispatch({"reminder": Sender("reminder", "", permit=("sms",))})
    assert ledger.case("a").file.visits["reminder"].state == "open"


def test_batches_of_what_cannot_tell_a_repeat_are_small(sqlite_ledger: Ledger) -> None:
    reminded(sqlite_ledger, *[f"a{n:03}" for n in range(120)])
    reminder, sizes = once(), []
    reminder.before = lambda: sizes.append(len(reminder.seen))
    assert sqlite_ledger.dispatch({"reminder": reminder}).done == 120
    assert sizes == [100, 120]


# --- facts that come between --------------------------------------------------------------------------------------


def test_paid_between_queue_and_claim_nothing_goes_out(ledger: Ledger) -> None:
    reminded(ledger, "a", "b")
    ledger.paid_in_full(MONDAY, "a")
    reminder = sms()
    done = ledger.dispatch({"reminder": reminder})
    assert (done.withdrawn, done.done) == (1, 1)
    assert [item.facts.account_id for item in reminder.seen] == ["b"]
    (withdrawn,) = ledger.events("a", ev.ActWithdrawn)
    assert withdrawn.cause == "paid"
    assert ledger.rows(permits, permits.c.person_id == "p-a") == [], "no permit is spent on it"
    ledger.sweep(TUESDAY)
    assert ledger.case("a").file.end == "settled"


def test_a_fact_that_lands_between_claim_and_receipt_is_a_crossing(ledger: Ledger) -> None:
    reminded(ledger, "a")
    reminder = sms()
    reminder.before = lambda: ledger.arrive("a", ev.BrakePlaced("h", "complaint"))
    done = ledger.dispatch({"reminder": reminder})
    assert (done.done, done.crossed) == (1, 1)
    (crossed,) = ledger.events("a", ev.ActCrossed)
    assert (crossed.fact, crossed.node) == ("complaint", "reminder")
    assert ledger.verified().faults == []


@on_sqlite
def test_a_payment_that_crosses_a_letter_is_named(ledger: Ledger) -> None:
    reminded(ledger, "a")
    reminder = sms()
    reminder.before = lambda: ledger.paid_in_full(MONDAY, "a")
    assert ledger.dispatch({"reminder": reminder}).crossed == 1
    assert ledger.events("a", ev.ActCrossed)[0].fact == "paid"


def test_a_case_that_closed_while_an_act_was_out_stays_closed(ledger: Ledger) -> None:
    reminded(ledger, "a")
    reminder = sms()

    def closes() -> None:
        ledger.paid_in_full(MONDAY, "a")
        ledger.set_wake("a", MONDAY)
        ledger.sweep()

    reminder.before = closes
    assert ledger.dispatch({"reminder": reminder}).crossed == 1
    assert ledger.rows(cases)[0].closed_on == MONDAY
    assert ledger.verified().faults == []


@on_sqlite
def test_a_brake_after_the_queue_makes_the_act_wait_and_not_vanish(ledger: Ledger) -> None:
    reminded(ledger, "a")
    ledger.arrive("a", ev.BrakePlaced("h", "complaint", MONDAY))
    reminder = sms()
    assert ledger.dispatch({"reminder": reminder}).released == 0
    assert ledger.intent("a", "reminder").state == "queued"
    ledger.delivery(TUESDAY)
    assert ledger.dispatch({"reminder": reminder}, TUESDAY).done == 1


@on_sqlite
def test_a_balance_that_went_stale_makes_the_act_wait(ledger: Ledger) -> None:
    reminded(ledger, "a")
    reminder = sms()
    assert ledger.dispatch({"reminder": reminder}, TUESDAY).released == 0
    ledger.delivery(TUESDAY)
    assert ledger.dispatch({"reminder": reminder}, TUESDAY).done == 1


# --- permits ------------------------------------------------------------------------------------------------------


def test_a_refused_permit_is_journaled_and_asked_for_again_the_next_day(ledger: Ledger) -> None:
    reminded(ledger, "a")
    reminder = sms()
    done = ledger.dispatch({"reminder": reminder}, at=NIGHT)
    assert (done.refused, done.released) == (1, 0)
    assert [each.rule for each in ledger.events("a", ev.PermitRefused)] == ["contact.quiet_hours"]
    assert ledger.intent("a", "reminder").due_on == TUESDAY
    assert ledger.dispatch({"reminder": reminder}).refused == 0, "not again on the same day"
    ledger.delivery(TUESDAY)
    assert ledger.dispatch({"reminder": reminder}, TUESDAY).done == 1


def test_two_loans_of_one_debtor_share_the_day_s_message(ledger: Ledger) -> None:
    reminded(ledger, "a", "b", person="p")
    reminder = sms()
    done = ledger.dispatch({"reminder": reminder})
    assert (done.done, done.refused) == (1, 1)
    assert len(reminder.keys()) == 1


@on_sqlite
def test_a_debtor_without_a_telephone_is_written_to(ledger: Ledger) -> None:
    ledger.person("p", "Asia/Shanghai", "", "email")
    ledger.loan("a", "p")
    ledger.sweep()
    reminder = Sender("reminder", permit=("sms", "email"))
    ledger.dispatch({"reminder": reminder})
    assert [item.channel for item in reminder.seen] == ["email"]
    assert [permit.channel for permit in ledger.rows(permits)] == ["email"]


@on_sqlite
def test_who_is_known_dead_is_not_written_to_whatever_was_queued(ledger: Ledger) -> None:
    reminded(ledger, "a")
    with writing(ledger.engine) as connection:
        connection.execute(parties.update().values(status="deceased"))
    reminder = sms()
    assert ledger.dispatch({"reminder": reminder}).refused == 1
    assert reminder.keys() == []
    assert [each.rule for each in ledger.events("a", ev.PermitRefused)] == ["contact.deceased"]
    assert outcome(ledger) == "withdrawn", "asking again tomorrow would not help"


class Notice(Sender):
    """A reminder by letter to each debtor."""

    def addressees(self, facts: Facts) -> tuple[str, ...]:
        return facts.debtors


def of_three(ledger: Ledger) -> Notice:
    parties = tuple(PartyFact(name, role) for name, role in zip("pqr", ("borrower", *["co_borrower"] * 2), strict=True))
    for name in "pqr":
        ledger.person(name)
    ledger.loan("a", "p", security=Security(parties=parties))
    ledger.sweep()
    return Notice("reminder", permit=("post",))


def dies(ledger: Ledger, person: str) -> None:
    with writing(ledger.engine) as connection:
        connection.execute(parties.update().where(parties.c.party_id == person).values(status="deceased"))


def test_each_addressee_has_a_permit_and_who_is_refused_is_left_out(ledger: Ledger) -> None:
    notice = of_three(ledger)
    dies(ledger, "q")
    notice.before = crash
    with pytest.raises(Crash):
        ledger.dispatch({"reminder": notice}, owner="dies")
    notice.before = lambda: None
    assert ledger.dispatch({"reminder": notice}, owner="takes up").done == 1
    assert [item.without for item in notice.seen] == [("q",), ("q",)]
    assert {(row.person_id, row.role, row.used) for row in ledger.rows(permits)} == {
        ("p", "debtor", "sent"), ("r", "co_debtor", "sent"),
    }  # fmt: skip
    assert [(each.person_id, each.rule) for each in ledger.events("a", ev.PermitRefused)] == [("q", "contact.deceased")]
    assert ledger.verified().faults == []


@on_sqlite
def test_where_the_borrower_is_refused_nobody_is_written_to(ledger: Ledger) -> None:
    notice = of_three(ledger)
    dies(ledger, "p")
    assert ledger.dispatch({"reminder": notice}).refused == 1
    assert notice.seen == []
    assert {row.used for row in ledger.rows(permits)} == {GIVEN_BACK}


class Keeping(Sender):
    """A letter to each debtor that keeps a right and needs no permit."""

    def written_to(self, facts: Facts) -> list[tuple[str, str]]:
        return [(party, "debtor") for party in facts.debtors]


def test_what_keeps_a_right_asks_no_permit_and_leaves_out_who_may_not_be_written_to(ledger: Ledger) -> None:
    """At night, and to one who wants no contact, too; the estate and the lawyer are for people to write to."""
    of_three(ledger)
    dies(ledger, "q")
    with writing(ledger.engine) as connection:
        set_term(connection, pen_of(MONDAY), "r", "represented", "letter")
        set_term(connection, pen_of(MONDAY), "p", "do_not_contact", "letter")
    keeping = Keeping("reminder")
    keeping.before = crash
    with pytest.raises(Crash):
        ledger.dispatch({"reminder": keeping}, at=NIGHT, owner="dies")
    keeping.before = lambda: None
    assert ledger.dispatch({"reminder": keeping}, at=NIGHT, owner="takes up").done == 1
    assert [item.without for item in keeping.seen] == [("q", "r")] * 2
    assert ledger.rows(permits) == []
    what = sorted(row.what for row in ledger.rows(work_items, work_items.c.kind == "write_to_another"))
    assert [each.split(": ")[1] for each in what] == [
        "write to the estate [contact.deceased]", "write to the lawyer [contact.represented]",
    ]  # fmt: skip


# --- approvals that hold, and that do not -------------------------------------------------------------------------


def accelerated(ledger: Ledger) -> None:
    """A loan whose acceleration was approved on Monday and is queued."""
    ledger.person("p")
    ledger.loan("a", "p", 70)
    ledger.sweep()
    day = MONDAY
    put_at(ledger, day)
    ledger.sweep(day)
    assert ledger.answer(ledger.gate("a").gate_id, "bap-1").status == "approved"
    assert ledger.intent("a", "acceleration").state == "queued"


def put_at(ledger: Ledger, day: date) -> None:
    """The notice was delivered three weeks ago: the loan may be called."""
    long_ago = day - timedelta(days=21)
    file = ledger.case("a")
    assert file.file.visits["reminder"].state == "queued"
    notice = ev.DecisionMade("", "", (ev.Step("formal_notice", 1, "queued"),))
    ledger.arrive("a", notice, ev.DeliveryProved("formal_notice", "delivered", "receipt"), day=long_ago)
    ledger.set_wake("a", day)


@on_sqlite
def test_an_approved_act_goes_out_under_its_gate(ledger: Ledger) -> None:
    accelerated(ledger)
    act = Sender("acceleration", "delivered")
    assert ledger.dispatch({"acceleration": act}).done == 1
    assert act.seen[0].gate_id == ledger.intent("a", "acceleration").gate_id


def test_new_evidence_voids_the_approval_and_the_gate_opens_at_its_old_place(ledger: Ledger) -> None:
    accelerated(ledger)
    first = ledger.intent("a", "acceleration").gate_id
    ledger.delivery(TUESDAY, "a", principal=40_000_000, exposure=40_000_000)
    act = Sender("acceleration", "delivered")
    done = ledger.dispatch({"acceleration": act}, TUESDAY)
    assert (done.voided, done.released, act.keys()) == (1, 0, [])
    opened = ledger.gate("a")
    assert opened.gate_id != first
    assert (opened.queued_from, opened.opened_on, opened.tier) == (MONDAY, TUESDAY, "T2")
    (reopened,) = [each for each in ledger.events("a", ev.GateOpened) if each.reopened]
    assert any(change.startswith("tier") for change in reopened.changes)
    assert ledger.case("a").file.visits["acceleration"].state == "gate"
    for who in ("bap-1", "blg-1"):
        assert ledger.answer(opened.gate_id, who, day=TUESDAY).status in ("open", "approved")
    assert ledger.dispatch({"acceleration": act}, TUESDAY).done == 1, "agreed to anew, it goes out under its key"
    assert act.keys() == [f"{ledger.case_id('a')}/acceleration/1/act"]
    assert ledger.verified().faults == []


@on_sqlite
def test_a_small_receipt_does_not_void_and_full_payment_stops_the_act(ledger: Ledger) -> None:
    accelerated(ledger)
    ledger.delivery(TUESDAY, "a", principal=4_999_900, exposure=4_999_900)
    act = Sender("acceleration", "delivered")
    ledger.arrive("a", ev.PaymentReceived("y1", 100), day=TUESDAY)
    assert ledger.dispatch({"acceleration": act}, TUESDAY).done == 1


@on_sqlite
def test_full_payment_after_the_approval_withdraws_the_act(ledger: Ledger) -> None:
    accelerated(ledger)
    ledger.paid_in_full(TUESDAY, "a")
    act = Sender("acceleration", "delivered")
    assert ledger.dispatch({"acceleration": act}, TUESDAY).withdrawn == 1
    assert act.keys() == []
    ledger.sweep(TUESDAY + timedelta(days=1))
    assert [gate.status for gate in ledger.rows(gates)] == ["approved"]


# --- recall -------------------------------------------------------------------------------------------------------


def placed(ledger: Ledger) -> dict[str, Sender]:
    ledger.person("p")
    ledger.loan("a", "p", 100, yuan=5_000)
    ledger.sweep()
    acts = whole_set()
    case_id = ledger.case_id("a")
    step = ev.DecisionMade("", "", (ev.Step("agency_referral", 1, "queued"),))
    ledger.arrive("a", step, ev.PlacementMade("pl", "agency", MONDAY + timedelta(days=90)))
    ledger.arrive("a", ev.ActReleased(f"{case_id}/agency_referral/1/act", "agency_referral", 1))
    ledger.arrive("a", ev.ActCompleted(f"{case_id}/agency_referral/1/act", "agency_referral", "done"))
    return acts


def test_a_placement_is_called_back_when_the_debt_is_paid_though_the_case_is_closed(ledger: Ledger) -> None:
    acts = placed(ledger)
    ledger.paid_in_full(TUESDAY, "a")
    ledger.sweep(TUESDAY)
    assert ledger.case("a").file.end == "settled"
    assert ledger.dispatch(acts_of(acts), TUESDAY).done == 1
    assert acts["agency_referral"].keys() == [f"{ledger.case_id('a')}/agency_referral/1/recall"]
    assert ledger.case("a").file.placement == "", "the agency gave it back"
    (row,) = ledger.rows(cases)
    assert row.closed_on == TUESDAY
    assert ledger.verified().faults == []


@on_sqlite
def test_while_one_run_hands_a_debt_over_another_lets_no_adverse_act_out(ledger: Ledger) -> None:
    """The placement is between claim and receipt when somebody else comes to an approved suit of the same debt."""
    ledger.person("p")
    ledger.loan("a", "p", 100)
    ledger.sweep()
    ledger.dispatch({"reminder": sms()})
    case_id = ledger.case_id("a")
    steps = (ev.Step("agency_referral", 1, "queued"), ev.Step("litigation", 1, "queued"))
    key = f"{case_id}/agency_referral/1/act"
    ledger.arrive("a", ev.DecisionMade("", "", steps), ev.ActReleased(key, "agency_referral", 1))
    with writing(ledger.engine) as connection:
        row = {"key": f"{case_id}/litigation/1/act", "case_id": case_id, "account_id": "a", "person_id": "p", "shard": 0,
               "node": "litigation", "n": 1, "effect": "act", "state": "queued", "due_on": MONDAY}  # fmt: skip
        connection.execute(intents.insert().values(**row))
    suit = Sender("litigation", "filed")
    assert ledger.dispatch({"litigation": suit}).released == 0
    ledger.arrive("a", ev.ActCompleted(key, "agency_referral", "failed", "failed"))
    assert ledger.dispatch({"litigation": suit}).released == 1, "nothing was placed after all"


@on_sqlite
def test_a_complaint_calls_the_agency_back(ledger: Ledger) -> None:
    acts = placed(ledger)
    ledger.arrive("a", ev.BrakePlaced("h", "complaint"), day=TUESDAY)
    ledger.delivery(TUESDAY)
    ledger.sweep(TUESDAY)
    ledger.dispatch(acts_of(acts), TUESDAY)
    assert [key.rsplit("/", 1)[1] for key in acts["agency_referral"].keys()] == ["recall"]
    assert outcome(ledger, node="agency_referral") == "recalled"


# --- a run that dies ----------------------------------------------------------------------------------------------


def crash() -> None:
    raise Crash


def test_what_died_after_the_claim_is_done_once_where_a_repeat_can_be_told(ledger: Ledger) -> None:
    reminded(ledger, "a", "b")
    reminder = sms()
    for when in ("before", "after"):
        setattr(reminder, when, crash)
        with pytest.raises(Crash):
            ledger.dispatch({"reminder": reminder}, owner=f"dies {when}")
        setattr(reminder, when, lambda: None)
        assert {row.state for row in ledger.rows(intents)} == {"released"}
    assert ledger.dispatch({"reminder": reminder}, owner="takes up").done == 2
    assert Counter(reminder.keys()) == {ledger.intent(each, "reminder").key: 1 for each in ("a", "b")}
    assert len(ledger.rows(permits)) == 2, "the permit of the first try serves"
    assert {item.channel for item in reminder.seen} == {"sms"}
    assert ledger.verified().faults == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_died_after_the_claim_is_unknown_where_a_repeat_cannot_be_told(ledger: Ledger, when: str) -> None:
    reminded(ledger, "a")
    reminder = once()
    setattr(reminder, when, crash)
    with pytest.raises(Crash):
        ledger.dispatch({"reminder": reminder}, owner="dies")
    setattr(reminder, when, lambda: None)
    gone_out = len(reminder.keys())
    done = ledger.dispatch({"reminder": reminder}, owner="takes up")
    assert (done.unknown, done.released) == (1, 0)
    assert len(reminder.keys()) == gone_out, "never sent again"
    assert (ledger.intent("a", "reminder").state, outcome(ledger)) == ("unknown", "unknown")
    assert len(ledger.rows(permits)) == 1
    assert ledger.dispatch({"reminder": reminder}, owner="third").unknown == 0


@on_sqlite
def test_an_act_that_may_go_by_a_way_that_cannot_tell_a_repeat_is_not_repeated(ledger: Ledger) -> None:
    """A reminder is idempotent, and the mail server behind it is not."""
    ledger.person("p", "Asia/Shanghai", "", "email")
    ledger.loan("a", "p")
    ledger.sweep()
    reminder = Sender("reminder", permit=("sms", "email"))
    reminder.after = crash
    ways = {"email": MemoryChannel("email", "email", "at-most-once"), "sms": MemoryChannel("sms", "sms")}
    with pytest.raises(Crash):
        ledger.dispatch({"reminder": reminder}, owner="dies", channels=ways)
    reminder.after = lambda: None
    assert ledger.dispatch({"reminder": reminder}, owner="takes up", channels=ways).unknown == 1
    assert len(reminder.seen) == 1


@on_sqlite
def test_what_a_dead_run_released_is_not_repeated_once_its_ground_is_gone(ledger: Ledger) -> None:
    reminded(ledger, "a", "b")
    reminder = sms()
    reminder.before = crash
    with pytest.raises(Crash):
        ledger.dispatch({"reminder": reminder}, owner="dies")
    reminder.before = lambda: None
    ledger.paid_in_full(MONDAY, "a")
    done = ledger.dispatch({"reminder": reminder}, owner="takes up")
    assert (done.done, done.unknown) == (1, 1)
    assert reminder.keys() == [ledger.intent("b", "reminder").key]


@on_sqlite
def test_a_choice_made_at_the_gate_survives_a_crash(ledger: Ledger) -> None:
    ledger.person("p")
    ledger.loan("a", "p", 120)
    ledger.sweep()
    step = ev.DecisionMade("", "", (ev.Step("acceleration", 1, "queued"),))
    long_ago = MONDAY - timedelta(days=30)
    ledger.arrive("a", step, ev.DebtAccelerated(long_ago), ev.VisitLeft("acceleration", "delivered"), day=long_ago)
    ledger.set_wake("a", MONDAY)
    ledger.sweep()
    gate = ledger.gate("a")
    assert ledger.answer(gate.gate_id, "blg-1", choice="no_suit").status == "open"
    assert ledger.answer(gate.gate_id, "bap-1", choice="no_suit").status == "approved"
    route = Sender("litigation_route")
    route.before = crash
    with pytest.raises(Crash):
        ledger.dispatch({"litigation_route": route}, owner="dies")
    route.before = lambda: None
    ledger.dispatch({"litigation_route": route}, owner="takes up")
    assert outcome(ledger, node="litigation_route") == "no_suit"


def test_a_live_run_s_acts_are_left_to_it(ledger: Ledger) -> None:
    reminded(ledger, "a")
    reminder, other = sms(), sms()
    reminder.before = lambda: check_other()

    def check_other() -> None:
        with open_ledger(ledger.url) as beside:
            assert beside.dispatch({"reminder": other}, owner="beside").released == 0

    assert ledger.dispatch({"reminder": reminder}, owner="alive").done == 1
    assert other.keys() == []


# --- side by side -------------------------------------------------------------------------------------------------


def test_two_dispatchers_side_by_side_act_once_on_each_key(postgres_ledger: Ledger) -> None:
    accounts = [f"a{n:02}" for n in range(40)]
    reminded(postgres_ledger, *accounts)
    channel, failures = MemoryChannel("sms"), list[BaseException]()
    started = threading.Barrier(4)

    def run(name: str) -> None:
        try:
            with open_ledger(postgres_ledger.url) as mine:
                started.wait(10)
                mine.dispatch({"reminder": Sender("reminder", permit=("sms",), channel=channel)}, owner=name)
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=run, args=(f"run-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    postgres_ledger.dispatch({"reminder": Sender("reminder", permit=("sms",), channel=channel)}, owner="last")
    assert sorted(message.key for message in channel.arrived) == sorted(
        row.key for row in postgres_ledger.rows(intents)
    )
    completed = [len(postgres_ledger.events(account, ev.ActCompleted)) for account in accounts]
    assert completed == [1] * len(accounts)
    assert postgres_ledger.verified().faults == []


def died(ledger: Ledger) -> Sender:
    """A reminder that was claimed on Monday morning by a run that is gone."""
    reminded(ledger, "a")
    reminder = sms()
    reminder.before = crash
    with pytest.raises(Crash):
        ledger.dispatch({"reminder": reminder}, owner="dies")
    reminder.before = lambda: None
    reminder.seen.clear()
    return reminder


@on_sqlite
def test_what_a_dead_run_released_is_not_repeated_in_the_quiet_hours(ledger: Ledger) -> None:
    reminder = died(ledger)
    assert ledger.dispatch({"reminder": reminder}, owner="takes up", at=NIGHT).unknown == 1
    assert reminder.seen == []
    assert "contact.quiet_hours" in ledger.events("a", ev.ActCompleted)[0].detail


@on_sqlite
def test_what_a_dead_run_released_is_not_repeated_to_one_who_has_died_since(ledger: Ledger) -> None:
    reminder = died(ledger)
    with writing(ledger.engine) as connection:
        connection.execute(parties.update().values(status="deceased"))
    assert ledger.dispatch({"reminder": reminder}, owner="takes up").unknown == 1
    assert reminder.seen == []


@on_sqlite
def test_a_permit_of_the_day_before_lets_nothing_be_repeated(ledger: Ledger) -> None:
    """It counts in its own day's budget, and another may go out today besides."""
    reminder = died(ledger)
    ledger.delivery(TUESDAY)
    assert ledger.dispatch({"reminder": reminder}, TUESDAY, owner="takes up").unknown == 1
    assert reminder.seen == []
    assert "contact.permit_expired" in ledger.events("a", ev.ActCompleted)[0].detail
