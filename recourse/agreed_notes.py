"""What `explain` says of promises and arrangements: one line each. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from recourse.casefile import CaseFile
from recourse.clocks import Numbers
from recourse.facts import Facts
from recourse.money import to_text
from recourse.policy.book import Policy
from recourse.watch import BROKEN_AT_MOST, PROMISE_TOLERANCE, TOLERANCE, paid_by_promise, rows_of

STATES = {"": "running", "kept": "kept", "part_kept": "kept in part", "broken": "broken", "released": "gave way"}


def notes(facts: Facts, policy: Policy, on: date) -> Iterator[str]:
    """Every promise of the last months, the proposal that waits, the plan in force, and what is remembered of one."""
    file, currency, numbers = facts.file, facts.currency, policy.numbers
    yield from _promises(file, currency, numbers)
    if file.proposal is not None:
        offer = file.proposal.offer
        yield (
            f"arrangement proposed 拟议: {offer.kind}, {to_text(offer.sums.total, currency, grouped=True)} {currency} by "
            f"{offer.until_on}; waits at {file.proposal.node}"
        )
    yield from _plan(file, currency, numbers, on)
    if file.restructured_on is not None:
        yield f"restructured 重组: observed from {file.restructured_on}"
    if file.recording:
        yield f"recording to be kept until the debt is paid 录音留存: {file.recording}"


def _promises(file: CaseFile, currency: str, numbers: Numbers) -> Iterator[str]:
    paid = paid_by_promise(file.promises, file.promised_money, numbers.get(PROMISE_TOLERANCE, 0))
    for name, promise in sorted(file.promises.items(), key=lambda pair: (pair[1].due_on, pair[0])):
        wanted = "any sum" if promise.amount is None else to_text(promise.amount, currency, grouped=True)
        came = to_text(paid.get(name, 0), currency, grouped=True)
        yield f"promise 承诺还款 for {promise.due_on}: {wanted}, {came} came in: {STATES[promise.state]}"
    most = numbers.get(BROKEN_AT_MOST)
    if most is not None and file.broken_promises >= most:
        yield f"{file.broken_promises} promises were broken: another one stops no contact ({BROKEN_AT_MOST})"


def _plan(file: CaseFile, currency: str, numbers: Numbers, on: date) -> Iterator[str]:
    plan = file.plan
    if plan is None:
        return
    states = rows_of(plan, numbers.get(TOLERANCE, 0), on)
    open_ = [row for row, state in zip(plan.rows, states, strict=True) if state in ("", "missed")]
    ahead = f"; next {to_text(open_[0][1], currency, grouped=True)} on {open_[0][0]}" if open_ else ""
    yield (
        f"arrangement 还款安排 {plan.kind}: {states.count('kept') + states.count('late')} of {len(states)} instalments met, "
        f"{states.count('missed')} missed{ahead}"
    )
    if plan.waived.total:
        yield f"waived on full performance 足额履行后减免: {to_text(plan.waived.total, currency, grouped=True)} {currency}"
