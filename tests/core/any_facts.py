"""Facts of any kind, for property tests of the decision: plausible ones around a day, and ones that make no sense."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from recourse.arrears import Pause
from recourse.casefile import CaseFile, Hold, OwnPlan, Plan, Promise, Proposal, Visit
from recourse.clocks import KINDS, Alarmed, Obstacle, Timer
from recourse.facts import CollateralFact, Facts, GuaranteeFact, GuaranteeKind, PartyFact, Security, Terms
from recourse.money import Amounts
from recourse.offers import Offer
from recourse.policy.book import Policy, PolicyBook
from recourse.policy.load import load_book, shipped_packs
from recourse.schedules import Row
from tasks.ladder import LADDER

TODAY = date(2026, 3, 2)
ALWAYS_FRESH = TODAY + timedelta(days=900)
"""A balance as of this day lets every act out on the days that a property looks at."""
NODES = tuple(node.name for node in LADDER.nodes)
WORKED = tuple(node.name for node in LADDER.nodes if not node.drawn)
BRAKES = (
    *("complaint", "dispute", "hardship", "deceased", "incapable", "do_not_contact", "criminal_suspect"),
    *("identity_dispute", "bankruptcy_stay", "a_kind_no_pack_knows"),
)
STAGES = (
    *("", "filed", "docketed", "heard", "judged", "appealed", "effective", "enforcing", "ended_for_now", "withdrawn"),
    *("objected", "no_agreement", "a_stage_nobody_knows"),
)
OUTCOMES = (
    *("sent", "delivered", "returned", "expired", "failed", "unknown", "rejected", "withdrawn", "valued", "sue"),
    *("no_suit", "filed", "promised", "unreached", "recalled", "struck", "pooled", "claimed"),
)
STATES = ("queued", "list", "gate", "released", "open", "left", "left", "left")
PRODUCTS = ("consumer_loan", "mortgage", "credit_card", "online_consumer_loan", "a_product_no_pack_knows")


@lru_cache(maxsize=1)
def book() -> PolicyBook:
    return load_book([shipped_packs()])


def policy_of(facts: Facts, day: date) -> Policy:
    return book().at(day, facts.jurisdiction, facts.product, facts.file.strategy_on)


def near(before: int = 400, after: int = 400) -> st.SearchStrategy[date]:
    """A day around today; near days come up as often as far ones."""
    offsets = st.integers(-70, 70) | st.integers(-before, after)
    return offsets.map(lambda days: TODAY + timedelta(days=days))


def past(before: int = 400) -> st.SearchStrategy[date]:
    return (st.integers(0, 40) | st.integers(0, before)).map(lambda days: TODAY - timedelta(days=days))


def odd_days() -> st.SearchStrategy[date]:
    return st.sampled_from([date.min, date.max, date(9999, 1, 1), date(2, 2, 28), date(2024, 2, 29)])


@st.composite
def visits(draw: st.DrawFn, days: st.SearchStrategy[date]) -> dict[str, Visit]:
    """Visits of any nodes in any state; a node that was left was left on or after its entry, if days are plausible."""
    found: dict[str, Visit] = {}
    for node in draw(st.lists(st.sampled_from(NODES) | st.sampled_from(WORKED), unique=True, max_size=5)):
        first, second = draw(days), draw(days)
        state = draw(st.sampled_from(STATES))
        left = state == "left"
        found[node] = Visit(
            n=draw(st.integers(1, 5)),
            entered_on=min(first, second),
            state=state,
            left_on=max(first, second) if left else None,
            outcome=draw(st.sampled_from(OUTCOMES)) if left else "",
            gate_id=draw(st.sampled_from(["", "g"])),
        )
    return found


def holds(days: st.SearchStrategy[date]) -> st.SearchStrategy[dict[str, Hold]]:
    each = st.builds(Hold, st.sampled_from(BRAKES), days, st.none() | days)
    return st.lists(each, max_size=3).map(lambda found: {str(n): hold for n, hold in enumerate(found)})


def case_files(days: st.SearchStrategy[date], future: st.SearchStrategy[date]) -> st.SearchStrategy[CaseFile]:
    maybe = st.none() | days
    return st.builds(
        CaseFile,
        opened_on=days,
        strategy_on=st.just(date(2026, 2, 1)),
        visits=visits(days),
        holds=holds(days | future),
        grade=st.sampled_from(["", "R1", "R3"]),
        unanswered=st.integers(0, 6),
        attempts=st.integers(0, 20),
        promises=promises(days, future),
        promised_money=st.lists(st.tuples(days, st.integers(-(10**6), 10**7)), max_size=2),
        broken_promises=st.sampled_from([0, 0, 1, 3]),
        paid=st.integers(-100, 10**6),
        limitation_from=maybe,
        accelerated_on=st.none() | st.none() | days,
        claimed_guarantees=st.dictionaries(st.sampled_from(["g0", "g1"]), days, max_size=1),
        placement=st.sampled_from(["", "", "", "agency"]),
        recall_pending=st.booleans(),
        stage=st.sampled_from(STAGES[:1] * 8 + STAGES),
        stage_on=maybe,
        arrangement=st.sampled_from(["", "", "", "arrangement"]),
        proposal=st.none() | st.none() | st.builds(Proposal, st.just("p"), st.just("arrangement"), days, offers(days)),
        plan=st.none() | st.none() | plans(days | future),
        waived=st.sampled_from([False, False, False, True]),
        opinion=st.booleans(),
        written_off_on=st.none() | st.none() | days,
        timers=timers(days, future),
        obstacles=st.dictionaries(st.just("o"), st.builds(Obstacle, days, st.none() | days), max_size=1),
        alarmed=st.dictionaries(
            st.sampled_from(["limitation:debt", "freeze_realty:t0", "appeal:t1"]),
            st.builds(Alarmed, days | future, st.sampled_from([90, 30, 7, 0])),
            max_size=2,
        ),
        docketed=st.booleans(),
        title=st.sampled_from([False, False, True]),
        filed_on=maybe,
        clue_on=st.none() | maybe,
        limitation_gap=st.none() | st.none() | st.tuples(days, days).map(lambda two: (min(two), max(two))),
        auction_round=st.sampled_from([0, 0, 1, 2]),
        auction_result=st.sampled_from(["", "listed", "failed", "sold"]),
        estate=st.sampled_from(["", "", "found", "claimed", "exhausted"]),
        bankruptcy=st.sampled_from(["", "", "", "accepted", "claimed"]),
        cause=st.sampled_from(["", "", "job_loss", "dispute"]),
        own_plan=st.none() | st.builds(OwnPlan, st.just(("call",)), st.integers(1, 30), st.just(90), st.just(12)),
        planned_for=st.sampled_from(["", "R1/", "R3/", "R3/job_loss"]),
        ability=st.sampled_from(["", "", "none", "strained", "sufficient"]),
        willingness=st.sampled_from(["", "", "unwilling", "willing"]),
        evasion_proposed_on=st.none() | maybe,
        evasion_asks=st.tuples(st.just("evasion_finding"), st.integers(0, 3)),
        evasion_until_on=st.none() | st.none() | days | future,
        crime=st.sampled_from(["", "", "reported"]),
        pool=st.sampled_from(["", "", "", "pool"]),
        cut_off_on=st.none() | days,
        transferred_on=st.none() | st.none() | st.none() | days,
    )


def promises(days: st.SearchStrategy[date], future: st.SearchStrategy[date]) -> st.SearchStrategy[dict[str, Promise]]:
    amounts, states = st.none() | st.integers(1, 10**8), st.sampled_from(["", "", "kept", "broken", "released"])
    each = st.builds(Promise, days, days | future, amounts, states)
    return st.lists(each, max_size=2).map(lambda found: {str(n): promise for n, promise in enumerate(found)})


def offers(days: st.SearchStrategy[date]) -> st.SearchStrategy[Offer]:
    rows = st.builds(Row, days, st.integers(1, 10**8)).map(lambda row: (row,))
    waived = st.sampled_from([Amounts(), Amounts(penalty=5), Amounts(principal=5)])
    return st.builds(Offer, st.just("reschedule"), rows, waived, st.just(Amounts(10**6)), st.just(TODAY))


def plans(days: st.SearchStrategy[date]) -> st.SearchStrategy[Plan]:
    """A plan of up to three rows, whatever came in for it."""

    def made(rows: list[tuple[date, int]], money: list[tuple[date, int]], whole: bool, performed: bool) -> Plan:
        ordered = sorted(dict(rows).items())
        return Plan("arrangement", "reschedule", ordered, [""] * len(ordered), whole, Amounts(), money, performed)

    rows = st.lists(st.tuples(days, st.integers(0, 10**7)), min_size=1, max_size=3)
    money_ = st.lists(st.tuples(days, st.integers(-(10**6), 10**7)), max_size=3)
    return st.builds(made, rows, money_, st.booleans(), st.booleans())


def timers(days: st.SearchStrategy[date], future: st.SearchStrategy[date]) -> st.SearchStrategy[dict[str, Timer]]:
    each = st.builds(Timer, st.sampled_from(sorted(KINDS)), days, st.none() | days | future)
    return st.lists(each, max_size=3).map(lambda found: {f"{timer.kind}:t{n}": timer for n, timer in enumerate(found)})


def securities(days: st.SearchStrategy[date]) -> st.SearchStrategy[Security]:
    guarantees = st.lists(st.tuples(st.sampled_from(GuaranteeKind), st.none() | days), max_size=3).map(
        lambda found: tuple(GuaranteeFact(f"g{n}", f"q{n}", kind, ends) for n, (kind, ends) in enumerate(found))
    )
    collateral = st.none() | st.builds(CollateralFact, st.just("k"), st.just("real_estate"), value=st.none() | money())
    return st.builds(
        Security,
        st.just((PartyFact("p", "borrower"),)),
        guarantees,
        collateral.map(lambda found: () if found is None else (found,)),
    )


def money(most: int = 2 * 10**8) -> st.SearchStrategy[int]:
    return st.sampled_from([0, 1, 49_999, 50_000, 999_999, 1_000_000, 20_000_000]) | st.integers(0, most)


def facts(**given: st.SearchStrategy[Any]) -> st.SearchStrategy[Facts]:
    """Plausible facts around `TODAY`; `given` replaces single fields."""
    balance = st.just(ALWAYS_FRESH) | st.just(ALWAYS_FRESH) | st.just(TODAY) | st.none() | past(40)
    fields: dict[str, st.SearchStrategy[Any]] = {
        "case_id": st.just("c"),
        "account_id": st.just("a"),
        "person_id": st.just("p"),
        "jurisdiction": st.just("CN"),
        "product": st.sampled_from(PRODUCTS),
        "currency": st.just("CNY"),
        "entity": st.just("e"),
        "branch": st.just("b"),
        "oldest_unpaid_due_on": st.none() | past() | near(200, 30),
        "pauses": st.lists(st.builds(Pause, near(100, 100), near(100, 100)), max_size=2).map(tuple),
        "overdue": st.none() | money(),
        "amounts": st.none() | money().map(lambda sum_: Amounts(principal=sum_)),
        "balance_as_of": balance,
        "exposure": st.none() | money(),
        "terms": st.builds(
            Terms,
            matures_on=st.none() | near(300, 900),
            last_due_on=st.none() | near(1200, 900),
            acceleration_clause=st.none() | st.booleans(),
            arbitration=st.none() | st.booleans(),
            notarised=st.none() | st.booleans(),
            insurer=st.sampled_from(["", "", "an insurer"]),
            secured=st.none() | st.booleans(),
            guaranteed=st.none() | st.booleans(),
            credit_score=st.none() | st.integers(400, 800),
            debt_ratio=st.none() | st.integers(0, 120),
        ),
        "deposits": st.none() | money(),
        "security": securities(near(60, 120)),
        "file": case_files(past(), near(10, 90)),
    }
    return st.builds(Facts, **{**fields, **given})


def odd_facts() -> st.SearchStrategy[Facts]:
    """Facts that no bank would send: days at the ends of the calendar, negative sums, what was left before entered."""
    days = odd_days() | near()
    negative = st.integers(-(10**12), 10**12)
    return facts(
        jurisdiction=st.sampled_from(["CN", "cn", "TW", "nowhere", ""]),
        currency=st.sampled_from(["CNY", "XXX"]),
        oldest_unpaid_due_on=st.none() | days,
        pauses=st.lists(st.builds(Pause, days, days, st.none() | days), max_size=2).map(tuple),
        overdue=st.none() | negative,
        amounts=st.none() | st.builds(Amounts, negative, negative),
        balance_as_of=st.none() | days,
        exposure=st.none() | negative,
        terms=st.builds(Terms, matures_on=st.none() | days, last_due_on=st.none() | days),
        security=securities(days),
        file=case_files(days, days),
    )
