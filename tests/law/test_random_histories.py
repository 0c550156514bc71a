"""Over any history of a bank: no contact outside the law of its day, no cap passed, no clock moved without proof, nothing
pressed that is paid, nothing that keeps a right dropped in silence, and no later law in an earlier decision.

What is forbidden is worked out here once more, slowly and from the rules alone, and held against what the ledger did. It
may forbid more than this; it may never do what this forbids.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from recourse import events as ev
from recourse.contact_law import Past, Request, Situation, capped, judge
from recourse.ledger.database import reading
from recourse.ledger.tables import events, permits
from recourse.policy.book import Policy, PolicyBook, Sourced
from recourse.policy.schema import Rule, State
from recourse.policy.values import ContactCap
from tasks.ladder import LADDER
from tests.core.any_facts import book
from tests.core.ledgers import MONDAY, open_ledger
from tests.database import Databases
from tests.law.histories import Bank, plain
from tests.law.scenes import AT_ONCE, SCENES, history
from tests.law.town import GUARANTEED, founded

FEW = settings(
    max_examples=3,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
MANY = settings(FEW, max_examples=60, phases=tuple(Phase))
VERY_MANY = settings(MANY, max_examples=120)


def everything_holds(databases: Databases, operations: list[tuple[Any, ...]]) -> Bank:
    with open_ledger(databases.prepared(founded)) as ledger:
        bank = Bank(ledger).live(operations)
        no_contact_without_its_permit(bank)
        no_clock_moved_without_proof(bank)
        nothing_pressed_that_is_paid(bank)
        no_right_lost_in_silence(bank)
        assert ledger.verified().faults == []
    return bank


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in AT_ONCE else pytest.mark.story) for name in SCENES]
)
def test_no_law_is_broken_where_it_comes_to_the_point(sqlite_databases: Databases, name: str) -> None:
    """What must be seen is seen, or the laws would hold of nothing."""
    operations, seen = SCENES[name]
    bank = everything_holds(sqlite_databases, operations)
    assert seen <= bank.onlooker.counts.keys()


@FEW
@given(operations=history(10, 24))
def test_no_law_is_broken_whatever_happens(sqlite_databases: Databases, operations: list[tuple[Any, ...]]) -> None:
    everything_holds(sqlite_databases, operations)


@pytest.mark.story
@pytest.mark.timeout(600)
@MANY
@given(operations=history(12, 40))
def test_no_law_is_broken_in_long_histories(sqlite_databases: Databases, operations: list[tuple[Any, ...]]) -> None:
    everything_holds(sqlite_databases, operations)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@VERY_MANY
@given(operations=history(12, 60))
def test_no_law_is_broken_in_very_many_histories(
    sqlite_databases: Databases, operations: list[tuple[Any, ...]]
) -> None:
    everything_holds(sqlite_databases, operations)


# --- contacts -----------------------------------------------------------------------------------------------------------


def no_contact_without_its_permit(bank: Bank) -> None:
    """Each thing that went out, and each dial, has a permit of its own, journaled before it and used once."""
    issued = {row.permit_id for row in bank.ledger.rows(permits)}
    used: Counter[str] = Counter()
    for name in bank.cases():
        open_: defaultdict[str, list[str]] = defaultdict(list)
        for entry in bank.ledger.journal(name):
            match entry.event:
                case ev.PermitIssued(permit_id=permit, purpose=purpose):
                    open_[purpose].append(permit)
                case ev.CallTaken(permit_id=permit):
                    assert permit in issued
                    used[permit] += 1
                case ev.ActReleased(node=node) if node in bank.acts and bank.acts[node].permit:
                    assert open_[node], f"{node} went out on {entry.envelope.known_on} without a permit"
                    used[open_[node].pop()] += 1
                case _:
                    pass
    assert set(used) <= issued
    assert set(used.values()) <= {1}


# --- clocks -------------------------------------------------------------------------------------------------------------


def no_clock_moved_without_proof(bank: Bank) -> None:
    for name, before, after in bank.extended:
        for key, clock in after.items():
            assert key in before, f"word alone began the clock {key} of {name}"
            assert clock.ends_on <= before[key].ends_on, f"word alone put {key} of {name} off"


def no_right_lost_in_silence(bank: Bank) -> None:
    """A guarantee period that ended unclaimed was told of; and where a night fell into its last ten days, somebody was asked
    for the demand, or the journal says what stood against it."""
    for name, days in GUARANTEED.items():
        ends = MONDAY + timedelta(days=days)
        looked = [on for on in bank.nights if ends - timedelta(days=10) <= on <= ends]
        if bank.day <= ends or name not in bank.cases():
            continue
        journal = bank.ledger.journal(name)
        known = [entry.event for entry in journal if entry.envelope.known_on <= ends]
        if not _pressed(bank, name, journal, ends):
            continue
        claimed = any(isinstance(event, ev.GuarantorClaimed) for event in known)
        told = any(isinstance(e.event, ev.ClockRanOut) and e.event.subject == f"g{name}" for e in journal)
        assert claimed or told, f"the period of {name} ended on {ends} and nobody was told"
        if looked:
            said = [plain(event) for event in known if isinstance(event, ev.DecisionMade)]
            assert any("guarantor_demand" in text for text in said), f"nobody asked to keep the guarantee of {name}"


def _pressed(bank: Bank, name: str, journal: list[Any], ends: date) -> bool:
    """Whether the debt stayed one that is asked for, from its first day to past the end of the period."""
    happened = [entry.event for entry in journal]
    closed = any(isinstance(event, ev.EpisodeClosed) for event in happened)
    opened_on = journal[0].envelope.known_on
    return not closed and name not in bank.settled and opened_on <= ends - timedelta(days=10)


# --- what is paid -------------------------------------------------------------------------------------------------------


def nothing_pressed_that_is_paid(bank: Bank) -> None:
    for item, on, settled in bank.out:
        harmless = item.effect == "recall" or LADDER.by_name[item.node].act_class.value == "internal"
        assert harmless or not settled, f"{item.node} of {item.facts.account_id} on {on}, which is paid"


# --- a later law --------------------------------------------------------------------------------------------------------

CHANGES_ON = MONDAY + timedelta(days=12)


def with_later_law(shipped: PolicyBook) -> PolicyBook:
    """The same book, in which every number, cap, gap and brake becomes another one on a day."""
    return PolicyBook((f"{name}/{rule.rule}", _changed(rule)) for name, rule in shipped.rules())


def _changed(rule: Rule) -> Rule:
    before = [value for value in rule.values if value.covers(CHANGES_ON)]
    if not before or rule.kind not in ("number", "contact_cap", "gap", "brake"):
        return rule
    last = before[0]
    if last.from_ >= CHANGES_ON or last.to is not None:
        return rule
    kept = tuple(value for value in rule.values if value is not last)
    ended = last.model_copy(update={"to": CHANGES_ON - timedelta(days=1)})
    return rule.model_copy(
        update={
            "values": (*kept, ended, last.model_copy(update={"from_": CHANGES_ON, "value": _other(rule, last.value)}))
        }
    )


def _other(rule: Rule, value: Any) -> Any:
    match rule.kind:
        case "number":
            return {"number": value["number"] + 1}
        case "contact_cap":
            return {**value, "at_most": 0}
        case "gap":
            days = value["days"]
            return {**value, "days": {k: n + 3 for k, n in days.items()} if isinstance(days, dict) else days + 3}
        case _:
            return {**value, "stops": ["contact", "adverse"]}


def journal_before(bank: Bank, day: date) -> list[str]:
    """The canonical journal of everything known before a day."""
    found = []
    with reading(bank.ledger.engine) as connection:
        for row in connection.execute(events.select().order_by(events.c.stream, events.c.pos)):
            envelope, _ = ev.open_envelope(row.text)
            if envelope.known_on < day and not row.stream.startswith(("policy:", "access:")):
                found.append(
                    plain([row.stream, envelope.type, envelope.effective_on, envelope.known_on, envelope.body])
                )
    return found


@settings(FEW, max_examples=2)
@given(operations=history(8, 16))
def test_a_later_law_changes_no_earlier_decision(
    sqlite_databases: Databases, operations: list[tuple[Any, ...]]
) -> None:
    with open_ledger(sqlite_databases.prepared(founded)) as first:
        as_it_was = Bank(first).live(operations)
        before = journal_before(as_it_was, CHANGES_ON)
    with open_ledger(sqlite_databases.prepared(founded), rules=with_later_law(book())) as second:
        with_the_law = Bank(second).live(operations)
        assert journal_before(with_the_law, CHANGES_ON) == before


def test_the_later_law_is_another_one() -> None:
    """Or the test above would compare a book with itself."""
    changed, shipped = with_later_law(book()), book()
    day_before = CHANGES_ON - timedelta(days=1)
    for day, same in ((day_before, True), (CHANGES_ON, False)):
        before, after = (each.at(day, "cn", "consumer_loan") for each in (shipped, changed))
        assert (before.hash == after.hash) is same


# --- the strictest wins -------------------------------------------------------------------------------------------------

caps = st.builds(
    ContactCap,
    channels=st.lists(st.sampled_from(["call", "sms"]), min_size=1, max_size=2, unique=True).map(tuple),
    per=st.sampled_from(["number", "person"]),
    window_days=st.integers(1, 7),
    at_most=st.integers(0, 4),
)
pasts = st.lists(
    st.builds(
        Past, st.integers(0, 8).map(lambda n: MONDAY - timedelta(days=n)), st.sampled_from(["call", "sms"]),
        st.sampled_from(["n1", "n2"]),
    ),
    max_size=12,
)  # fmt: skip
ASKED = Request("p", "c", "call", "call", "n1")


def under(*found: ContactCap) -> Policy:
    """Today's policy with these caps and no others."""
    shipped = book().at(MONDAY, "cn", "consumer_loan")
    others = tuple(pair for pair in shipped.sourced if pair[0] != "contact_cap")
    ours = tuple(
        ("contact_cap", Sourced(f"contact.cap_{n}", State.ENFORCED, "test", cap)) for n, cap in enumerate(found)
    )
    return Policy("cn", "consumer_loan", "made", (*others, *ours))


@given(st.lists(caps, max_size=4), pasts)
def test_of_several_caps_the_strictest_wins(several: list[ContactCap], past: list[Past]) -> None:
    """A contact is refused when any cap alone refuses it, and only then; the refusal names each one that does."""
    alone = {f"contact.cap_{n}" for n, cap in enumerate(several) if any(capped(ASKED, under(cap), past, MONDAY, {}))}
    together = judge(ASKED, under(*several), Situation((datetime(2026, 3, 2, 10),), past))
    assert {against.rule for against in together} == alone
