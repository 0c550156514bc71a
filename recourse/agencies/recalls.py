"""Service levels: by when an agency confirms a recall, and by when its deletion certificate is due. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from recourse.policy import values as v
from recourse.policy.book import Policy
from recourse.workdays import Calendar


def confirm_by(recalled_on: date, cause: str, policy: Policy, calendar: Calendar) -> date:
    """The last day on which the recall may be confirmed, by its cause; a cause that no rule names has the general
    number of working days (`placement.recall_days`)."""
    levels = {code: level.workdays for _, level in policy.of("recall", v.Recall) for code in level.codes}
    return calendar.add(recalled_on, levels.get(cause, policy.number("placement.recall_days")))


def certify_by(returned_on: date, policy: Policy) -> date:
    """The last day on which the certificate of return and deletion may come in (PIPL 21: nothing is kept)."""
    return returned_on + timedelta(days=policy.number("placement.certificate_days"))


def codes(policy: Policy) -> tuple[str, ...]:
    """Every cause that a recall may have."""
    return tuple(sorted(code for _, level in policy.of("recall", v.Recall) for code in level.codes))
