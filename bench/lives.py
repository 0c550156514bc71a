"""Some hundred lives of cases, lived by the real decision up to one morning, as prototypes of a made-up book.

Each life has its own product, sum, security, days past due and luck, and was decided on every day on which something
happened or its case was to be looked at; so its file is one that the product would have written. No real person and no
real bank stands behind any of it. Not a simulator of debtors: that is `recourse.simulate`.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import msgspec

from recourse import events as ev
from recourse import watch
from recourse.casefile import CaseFile
from recourse.climb.strategy import Strategy
from recourse.climb.sweep import told
from recourse.decide import Decision
from recourse.facts import CollateralFact, Facts, GuaranteeFact, GuaranteeKind, PartyFact, Security, Terms
from recourse.fold import fold
from recourse.ladder import Ladder
from recourse.money import Amounts
from recourse.policy.book import PolicyBook

PERSON = "@person@"
"""Stands in a prototype where an account's own debtor goes."""

PRODUCTS = (
    ("consumer_loan", 34),
    ("credit_card", 30),
    ("mortgage", 11),
    ("car_loan", 10),
    ("online_consumer_loan", 10),
    ("business_loan", 5),
)
HOLDS = ("complaint", "dispute", "hardship", "do_not_contact")
OUTCOMES = {
    "reminder": (1, ("sent",)),
    "call": (2, ("no_answer", "no_answer", "refused", "spoke")),
    "formal_notice": (6, ("delivered", "delivered", "returned")),
    "acceleration": (6, ("delivered",)),
    "outsourcing_notice": (1, ("sent",)),
    "agency_referral": (120, ("returned",)),
    "collateral_valuation": (18, ("valued",)),
    "agreed_sale": (25, ("failed",)),
    "security_realisation": (80, ("dismissed",)),
    "guarantor_demand": (7, ("delivered",)),
    "litigation_route": (0, ("sue", "sue", "no_suit")),
    "litigation": (3, ("filed",)),
    "withdrawal": (1, ("withdraw",)),
    "enforcement": (3, ("filed",)),
    "write_off": (20, ("written_off",)),
}
"""Days from agreement to the outcome, and what may come of it."""

RARE = (12, ("done",))
"""The same of every other node."""

DAY = timedelta(days=1)
GATE_DAYS = 3
HOLD, AGREED, RELEASED, DONE = "hold", "agreed", "released", "done"


class Life(msgspec.Struct):
    """A case as it stands on the morning: its facts, when it is to be looked at, and what the day will then say."""

    facts: Facts
    wake_on: date | None
    decision: Decision

    @property
    def kind(self) -> str:
        """What the sweep will do with it: ended, gate, list, queued, expired, said (journaled only) or silent."""
        made, file = self.decision, self.facts.file
        if made.end:
            return "ended"
        for how in ("gate", "list", "queued"):
            if any(step.how == how for step in made.steps):
                return how
        if made.expired:
            return "expired"
        reasons = "|".join(f"{reason.code}:{reason.rule}" for reason in made.reasons)
        return "silent" if made.idle and (reasons, made.grade) == (file.said, file.grade) else "said"


def lives(ladder: Ladder, book: PolicyBook, morning: date, count: int, seed: int = 7) -> list[Life]:
    """So many lives up to the morning of a day, the same for the same seed."""
    return [_live(ladder, book, morning, Random(f"{seed}/{n}")) for n in range(count)]


def _live(ladder: Ladder, book: PolicyBook, morning: date, luck: Random) -> Life:
    facts = _born(morning, luck)
    assert facts.oldest_unpaid_due_on is not None
    today, file = facts.oldest_unpaid_due_on + DAY, facts.file
    fold(file, ev.EpisodeOpened(facts.account_id, PERSON, 1, today, facts.oldest_unpaid_due_on), today, today)
    wake_on: date | None = today
    agenda: list[tuple[date, str, str]] = []
    if luck.random() < 0.12:
        agenda.append((today + luck.randrange(90) * DAY, HOLD, luck.choice(HOLDS)))
    strategy = Strategy(ladder, book, today)
    while today < morning:
        happened = _happen(file, agenda, today, luck)
        if happened or (wake_on is not None and wake_on <= today):
            judged = strategy.on(today).judge_of(facts)
            for told in watch.results(_fresh(facts, today), judged.numbers, today):
                fold(file, told, today, today)
            made = judged.decide(_fresh(facts, today), today)
            _record(file, made, agenda, today)
            wake_on = made.wake_on
            if made.end:
                break
        today += DAY
    if _happen(file, agenda, morning, luck):
        wake_on = morning
    if luck.random() < 0.04 and not file.end:
        facts, wake_on = _cured(facts), morning
    facts = _fresh(facts, morning)
    return Life(facts, wake_on, strategy.on(morning).judge_of(facts).decide(facts, morning))


def _born(morning: date, luck: Random) -> Facts:
    product = luck.choices([name for name, _ in PRODUCTS], [weight for _, weight in PRODUCTS])[0]
    late = luck.choice((luck.randint(2, 30), luck.randint(2, 90), luck.randint(31, 420)))
    due_on = morning - late * DAY
    principal = int(10 ** luck.uniform(4.3, 7.3)) * (20 if product == "mortgage" else 1)
    amounts = Amounts(principal=principal, interest=principal // 40, penalty=principal // 300 * (late // 30))
    ends_on = morning + luck.choice((200, 400, 1100, 4000)) * DAY
    card = product == "credit_card"
    terms = Terms(
        matures_on=None if card else ends_on, last_due_on=None if card else ends_on,
        acceleration_clause=luck.random() < 0.9, arbitration=False, originator="9001", original_amount=principal * 2,
    )  # fmt: skip
    return Facts(
        "case", "account", PERSON, "cn", product, "CNY", "9001", "0101", due_on, (), amounts.total // 12, amounts,
        morning, amounts.total, terms, _security(product, ends_on, luck), CaseFile(),
    )  # fmt: skip


def _security(product: str, ends_on: date, luck: Random) -> Security:
    parties = [PartyFact(PERSON, "borrower")]
    if luck.random() < 0.15:
        parties.append(PartyFact(PERSON + "c", "co_borrower"))
    guarantees: list[GuaranteeFact] = []
    if luck.random() < (0.4 if product == "business_loan" else 0.1):
        kind = luck.choice((GuaranteeKind.JOINT, GuaranteeKind.GENERAL))
        until = luck.choice((ends_on + 180 * DAY, ends_on - 150 * DAY))
        guarantees.append(GuaranteeFact(PERSON + "g", PERSON + "q", kind, until))
        parties.append(PartyFact(PERSON + "q", "guarantor"))
    collateral: list[CollateralFact] = []
    if product in ("mortgage", "car_loan"):
        kind_of = "real_estate" if product == "mortgage" else "vehicle"
        value = luck.choice((None, 80_000_000))
        collateral.append(CollateralFact(PERSON + "k", kind_of, True, value, None, product == "mortgage"))
    return Security(tuple(parties), tuple(guarantees), tuple(collateral))


def _fresh(facts: Facts, today: date) -> Facts:
    return msgspec.structs.replace(facts, balance_as_of=today)


def _cured(facts: Facts) -> Facts:
    return msgspec.structs.replace(facts, oldest_unpaid_due_on=None, overdue=0)


def _record(file: CaseFile, made: Decision, agenda: list[tuple[date, str, str]], today: date) -> None:
    """What the sweep would journal, folded; the acts that follow are put on the agenda."""
    for alarm in made.alarms:
        fold(file, told(alarm), today, today)
    for node, cause in made.recalls:
        fold(file, ev.VisitLeft(node, "recalled", cause), today, today)
    if made.end:
        fold(file, ev.EpisodeClosed(made.end, made.reasons), today, today)
        return
    fold(file, ev.DecisionMade("", "", made.steps, made.expired, made.reasons, made.grade, made.wake_on), today, today)
    for step in made.steps:
        if step.how == "queued":
            agenda.append((today + DAY, RELEASED, step.node))
        else:
            agenda.append((today + GATE_DAYS * DAY, AGREED, step.node))


def _happen(file: CaseFile, agenda: list[tuple[date, str, str]], today: date, luck: Random) -> bool:
    """Everything on the agenda for a day, folded into the file; whether there was anything."""
    ripe = [entry for entry in agenda if entry[0] <= today]
    for entry in ripe:
        agenda.remove(entry)
        _, what, node = entry
        if what == HOLD:
            until = today + luck.choice((15, 60, 365)) * DAY
            fold(file, ev.BrakePlaced(f"h{len(file.holds)}", node, until, "letter"), today, today)
        elif file.visits[node].state == "left":
            continue
        elif what == AGREED:
            fold(file, ev.GateAnswered("g", "approved", node=node), today, today)
            agenda.append((today + DAY, RELEASED, node))
        elif what == RELEASED:
            _release(file, node, today)
            if luck.random() < 0.9:  # the rest run out of time
                agenda.append((today + _course(node)[0] * DAY, DONE, node))
        else:
            _complete(file, node, today, luck)
    return bool(ripe)


def _course(node: str) -> tuple[int, tuple[str, ...]]:
    return OUTCOMES.get(node, RARE)


def _release(file: CaseFile, node: str, today: date) -> None:
    fold(file, ev.ActReleased("key", node, file.visits[node].n), today, today)
    fold(file, ev.ActCompleted("key", node, "done"), today, today)
    if node == "agency_referral":
        fold(file, ev.PlacementMade("p", "agency-1", today + 180 * DAY), today, today)
    if node == "acceleration":
        fold(file, ev.DebtAccelerated(today), today, today)


def _complete(file: CaseFile, node: str, today: date, luck: Random) -> None:
    outcome = luck.choice(_course(node)[1])
    fold(file, ev.VisitLeft(node, outcome), today, today)
    if node == "call":
        promised = today + 5 * DAY if outcome == "spoke" and luck.random() < 0.5 else None
        fold(file, ev.ContactRecorded(f"permit/{today}", "call", outcome, promise_on=promised), today, today)
    elif node == "agency_referral":
        fold(file, ev.PlacementReturned("p"), today, today)
    elif node == "litigation":
        fold(file, ev.MatterOpened("m", "suit"), today, today)
