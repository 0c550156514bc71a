"""The rules of a run: which policy, calendar and judge hold for a case on a day, real or counterfactual."""

from __future__ import annotations

from datetime import date

from recourse.advice import Advices
from recourse.decide import Judge, judge
from recourse.facts import Facts
from recourse.gates import GateBook
from recourse.ladder import Ladder
from recourse.policy.book import Policy, PolicyBook
from recourse.policy.values import CalendarValue
from recourse.workdays import Calendar


class Strategy:
    """A ladder and a book of rules, seen from one business day.

    `policy_as_of` judges by the law of another day (a declared counterfactual); the strategy is then not pinned.
    """

    def __init__(
        self,
        ladder: Ladder,
        book: PolicyBook,
        day: date,
        policy_as_of: date | None = None,
        advice: Advices | None = None,
    ) -> None:
        self.ladder, self.book, self.day, self.policy_as_of = ladder, book, day, policy_as_of
        self._policies: dict[tuple[str, str, date | None], Policy] = {}
        self._judges: dict[int, Judge] = {}
        self._calendars: dict[str, Calendar] = {}
        self.gate_book = GateBook(ladder, self.policy_of, self.calendar_of, advice)
        self._advice = advice

    def on(self, day: date) -> Strategy:
        """The same rules, seen from another day."""
        return Strategy(self.ladder, self.book, day, self.policy_as_of, self._advice)

    def policy_of(self, facts: Facts) -> Policy:
        """The policy that binds this case today."""
        pinned = None if self.policy_as_of else facts.file.strategy_on
        key = (facts.jurisdiction, facts.product, pinned)
        policy = self._policies.get(key)
        if policy is None:
            law_on = self.policy_as_of or self.day
            policy = self._policies[key] = self.book.at(law_on, facts.jurisdiction, facts.product, pinned)
        return policy

    def judge_of(self, facts: Facts) -> Judge:
        """The compiled judge of this case's policy."""
        policy = self.policy_of(facts)
        found = self._judges.get(id(policy))
        if found is None:
            found = self._judges[id(policy)] = judge(self.ladder, policy)
        return found

    def calendar_of(self, jurisdiction: str) -> Calendar:
        """Working days of a jurisdiction."""
        jurisdiction = jurisdiction.lower()
        found = self._calendars.get(jurisdiction)
        if found is None:
            policy = self.book.at(self.policy_as_of or self.day, jurisdiction, "")
            values = [value for _, value in policy.of("calendar", CalendarValue)]
            found = self._calendars[jurisdiction] = Calendar(
                jurisdiction,
                frozenset(date.fromisoformat(day) for value in values for day in value.extra_holidays),
                frozenset(date.fromisoformat(day) for value in values for day in value.extra_workdays),
            )
        return found
