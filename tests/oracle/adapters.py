"""How a peer's case is put to our own functions: one function a kind, one line in `ADAPTERS`.

An adapter takes the case's ``input`` and returns what *our product* answers, under the names that the case's
``expected`` uses. It converts conventions (`conventions.md` says which) and decides nothing else: the answer must come
from a public function of the product. A kind that no product function answers stands in `not_ours.py`, with the reason.

To connect a kind: write the function, add its line to `ADAPTERS`, take its line out of `NOT_OURS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from recourse import events as ev
from recourse.acts import Entry
from recourse.arrears import (
    Chargeback,
    Instalment,
    Pause,
    PauseRequest,
    Range,
    Receipt,
    Refusal,
    amounts_by_range,
    arrears,
    dpd,
    dpd_reaches,
    pause_periods,
    range_of,
    validate_pause,
    validate_ranges,
)
from recourse.classification import Claim, spoiled
from recourse.grade_history import grades
from recourse.policy.debtor_values import Contagion

Case = Mapping[str, Any]
Answer = dict[str, Any]

# The stages of the peer's own test set-up, for its cases that name a stage and carry none.
FINERACT_RANGES = [
    ["RANGE_1", 1, 3],
    ["RANGE_3", 4, 30],
    ["RANGE_30", 31, 60],
    ["RANGE_60", 61, 90],
    ["RANGE_90", 91, 120],
    ["RANGE_120", 121, 150],
    ["RANGE_150", 151, 180],
    ["RANGE_180", 181, 240],
    ["RANGE_240", 241, None],
]

# Our refusal codes, and a part of the words in which a case states the same refusal. Looked up in this order.
REFUSAL_WORDS = {
    "overlapping": ("overlap",),
    "overlap": ("overlap",),
    "start-missing": ("start missing", "start date missing", "no start", "start is missing", "start required"),
    "end-missing": ("end missing", "end date missing", "end is missing", "end required"),
    "end-before-start": ("end before start", "before start", "end earlier"),
    "too-short": ("at least one day", "one day", "zero length", "same day"),
    "before-disbursement": ("disburs",),
    "not-business-date": ("business date", "business day"),
    "resume-with-end": ("no end date", "has no end", "must not have end", "end date not allowed"),
    "already-resumed": ("already resumed", "resume already", "resume exists", "existing resume", "unique"),
    "no-active-pause": ("no active pause", "not paused", "active pause"),
    "loan-not-active": ("not active", "active loan", "inactive"),
    "gap": ("gap",),
    "backwards": ("backwards", "min > max", "invalid range", "maximum", "less than"),
    "duplicate": ("duplicate",),
    "below-one": ("negative", "below"),
    "empty": ("empty",),
    "unknown-action": ("unknown action", "invalid action", "unsupported action"),
}


def day(text: str | None) -> date | None:
    """ISO date, or None."""
    return None if text is None else date.fromisoformat(text)


def sure_day(text: str) -> date:
    """ISO date of a field that cannot be empty."""
    return date.fromisoformat(text)


def minor(amount: float | str) -> int:
    """Hundredths of a case's amount, exactly as written."""
    scaled = Decimal(str(amount)).scaleb(2)
    if scaled != int(scaled):
        raise ValueError(f"amount finer than a hundredth: {amount}")
    return int(scaled)


def major(amount: int) -> int | float:
    """A case's way to write an amount of ours: whole numbers without a point."""
    value = Decimal(amount).scaleb(-2)
    return int(value) if value == int(value) else float(value)


def pauses_of(rows: Sequence[Sequence[str | None]]) -> tuple[Pause, ...]:
    """``[from, to, resumed or null]`` rows."""
    return tuple(Pause(sure_day(str(row[0])), sure_day(str(row[1])), day((*row, None)[2])) for row in rows)


def ranges_of(rows: Sequence[Sequence[Any]]) -> list[Range]:
    """``[name, from, to or null]`` rows, or ``[from, to]`` rows, which get a name from their place."""
    return [Range(*row) if isinstance(row[0], str) else Range(f"range {n}", *row) for n, row in enumerate(rows, 1)]


def facts_of(given: Case) -> dict[str, Any]:
    """The account of a case, as arguments of `arrears`."""
    return {
        "instalments": [Instalment(sure_day(d), minor(a)) for d, a in given["installments"]],
        "receipts": [Receipt(sure_day(d), minor(a)) for d, a in given.get("payments", [])],
        "chargebacks": [Chargeback(sure_day(d), minor(a)) for d, a in given.get("chargebacks", [])],
        "pauses": pauses_of(given.get("pauses", [])),
    }


def delinquency(given: Case) -> Answer:
    """Kinds dpd, dpd_pause, chargeback: one account on one day."""
    facts, as_of, grace = facts_of(given), sure_day(given["as_of"]), int(given.get("grace_days", 0))
    now = arrears(**facts, as_of=as_of, grace_days=grace)
    ranges = ranges_of(given.get("ranges") or FINERACT_RANGES)
    graded = now.delinquent_days
    if given.get("range_frozen_while_paused") and graded:
        running = [p for p in pause_periods(facts["pauses"], as_of) if p.active]
        if running:  # the peer's grade is that of the last day before the pause
            graded = arrears(**facts, as_of=running[0].from_on - timedelta(days=1), grace_days=grace).delinquent_days
    stage = range_of(ranges, graded)
    by_range = amounts_by_range(now.dues, ranges, int(given.get("installment_grace_days", 0)))
    return {
        "past_due_days": now.past_due_days,
        "dpd": now.dpd,
        "delinquent_days": now.delinquent_days,
        "delinquent_date": now.delinquent_on and now.delinquent_on.isoformat(),
        "overdue_amount": major(now.overdue),
        "range": stage.name if stage else "NO_DELINQUENCY",
        "installment_ranges": {name: major(amount) for name, amount in by_range.items()},
    }


def dpd_series(given: Case, expected: Case) -> Answer:
    """The day count on each day asked about; a peer that calls the due date day 1 is one ahead of us."""
    facts = facts_of(given)
    ahead = 1 if "day 1" in str(given.get("convention", "")) else 0

    def count(text: str) -> int:
        now = arrears(**facts, as_of=sure_day(text))
        due = now.oldest_unpaid_due_on is not None and now.oldest_unpaid_due_on <= now.as_of
        return now.dpd + ahead if due else 0

    return {"dpd": [[text, count(text)] for text, _ in expected["dpd"]]}


def periods(given: Case) -> Answer:
    """Kind pause_periods: the pauses as they really ran, and whether each is running."""
    found = pause_periods(pauses_of(given["pauses"]), sure_day(given["as_of"]))
    return {"periods": [[each.from_on.isoformat(), each.to_on.isoformat(), each.active] for each in found]}


def refused(refusal: Refusal | None) -> Answer:
    """A verdict of ours in the form of a case: ``accepted``, and the code of our refusal as ``error``."""
    return {"accepted": refusal is None, "error": refusal and refusal.code}


def pause_validation(given: Case) -> Answer:
    """Kind pause_validation: may this pause or resume be entered."""
    new = given["new"]
    try:
        request = msgspec.convert(
            {"action": str(new["action"]).lower(), "from_on": new.get("start"), "to_on": new.get("end")}, PauseRequest
        )
    except msgspec.ValidationError:
        return {"accepted": False, "error": "unknown-action"}
    verdict = validate_pause(
        pauses_of(given.get("existing", [])),
        request,
        loan_active=given.get("loan_status", "ACTIVE") == "ACTIVE",
        disbursed_on=day(given.get("disbursed_on")),
        business_date=sure_day(given["business_date"]),
    )
    return refused(verdict)


def next_due(given: Case) -> Answer:
    """Kind next_due, both of the peer's settings; past the last due date the peer repeats it where we say none."""
    facts, asked = facts_of(given), given["as_of"]

    def next_on(text: str) -> str | None:
        now = arrears(**facts, as_of=sure_day(text))
        if given.get("mode", "earliest-unpaid-date") == "earliest-unpaid-date":
            found = now.oldest_unpaid_due_on
        else:
            found = now.next_due_on or max(each.due_on for each in facts["instalments"])
        return found.isoformat() if found else None

    return {"next_payment_due": [next_on(text) for text in asked] if isinstance(asked, list) else next_on(asked)}


def bucket_config(given: Case) -> Answer:
    """Kind bucket_config: may these stages be used."""
    return refused(validate_ranges(ranges_of(given["ranges"])))


def stages_from(thresholds: Sequence[Sequence[Any]]) -> list[Range]:
    """``[name, first day]`` rows as stages without gaps."""
    ends = [int(row[1]) - 1 for row in thresholds[1:]] + [None]
    return [Range(str(row[0]), int(row[1]), end) for row, end in zip(thresholds, ends, strict=True)]


def ladder_age(given: Case) -> Answer:
    """Kind ladder_age: the stage by age of the oldest unpaid bill; payments name their bill, so each has a clock."""
    as_of = sure_day(given["as_of"])
    late = [0]
    for bill, due, amount in given["invoices"]:
        receipts = [Receipt(sure_day(d), minor(a)) for d, paid, a in given.get("payments", []) if paid == bill]
        late.append(arrears([Instalment(sure_day(due), minor(amount))], receipts, as_of=as_of).dpd)
    return stage_answer(given, max(late))


def ladder_age_days(given: Case) -> Answer:
    """Kind ladder_age_days: the stage of an age."""
    return stage_answer(given, int(given["age_days"] or 0))


def stage_answer(given: Case, days: int) -> Answer:
    """The stage of `days` among a case's thresholds; below the first the peer says CLEAR."""
    stage = range_of(stages_from(given["ladder_days_since_oldest_unpaid"]), days)
    return {"state": stage.name if stage else "CLEAR"}


def cutoff_dates(given: Case) -> Answer:
    """Kind cutoff_dates: the latest due date that has reached each step today, found by asking day by day."""
    today = sure_day(given["today"])

    def latest(step: int) -> str:
        due = today
        while dpd(due, (), today) < step:
            due -= timedelta(days=1)
        if dpd_reaches(due, (), due, step) != today:
            raise AssertionError("dpd and dpd_reaches disagree")
        return due.isoformat()

    return {"bill_date_on_or_before": [latest(int(step)) for step in given["steps_days"]]}


def npa_contagion(given: Case) -> Answer:
    """Kind npa_contagion: which loans are bad because one of the customer's is. The peer's rule is `contagion: customer`."""
    as_of, threshold = sure_day(given["as_of"]), int(given["threshold_days"])
    claims = []
    for loan in given["loans"]:
        late = dpd(day(loan.get("oldest_unpaid")), (), as_of)
        claims.append(Claim(str(loan["id"]), str(loan["customer"]), late > threshold))
    bad = {claim.asset_id for claim in claims if claim.npl}
    for assets in spoiled(claims, Contagion("customer")).values():
        bad.update(assets)
    customers = {claim.debtor_id for claim in claims}
    spoilt = {claim.debtor_id for claim in claims if claim.asset_id in bad}
    return {"npa": sorted(bad), "customer_npa": spoilt == customers}


def grade_history(given: Case) -> Answer:
    """Kind grade_history: what is graded, cleared and graded again, as a journal, and the rows that it adds up to."""
    said: dict[str, Callable[[int], list[ev.Event]]] = {
        "graded": lambda n: [opened(n), ev.DecisionMade("", "", grade="R2")],
        "repay": lambda n: [ev.EpisodeClosed("cured")],
        "reverse repayment": lambda n: [opened(n), ev.DecisionMade("", "", grade="R2")],
    }
    journal: list[Entry] = []
    episode = 0
    for text, what in given["events"]:
        episode += what != "repay"
        for event in said[what](episode):
            envelope = ev.Envelope(
                event.TYPE, event.VERSION, sure_day(text), sure_day(text), "", "", msgspec.Raw(b"{}")
            )
            journal.append(Entry(envelope, event, len(journal) + 1))
    rows = grades(journal)
    lifted = rows[0].lifted_on
    return {
        "history_rows": len(rows),
        "first_lifted_on": lifted and lifted.isoformat(),
        "second_open": len(rows) > 1 and rows[1].lifted_on is None,
    }


def opened(episode: int) -> ev.Event:
    """The opening of an episode."""
    return ev.EpisodeOpened("A", "P", episode, date(2012, 4, 1), None)


ADAPTERS: dict[str, Callable[[Case, Case], Answer]] = {
    "dpd": lambda given, _: delinquency(given),
    "dpd_pause": lambda given, _: delinquency(given),
    "chargeback": lambda given, _: delinquency(given),
    "dpd_series": dpd_series,
    "pause_periods": lambda given, _: periods(given),
    "pause_validation": lambda given, _: pause_validation(given),
    "next_due": lambda given, _: next_due(given),
    "bucket_config": lambda given, _: bucket_config(given),
    "ladder_age": lambda given, _: ladder_age(given),
    "ladder_age_days": lambda given, _: ladder_age_days(given),
    "cutoff_dates": lambda given, _: cutoff_dates(given),
    "npa_contagion": lambda given, _: npa_contagion(given),
    "grade_history": lambda given, _: grade_history(given),
}
