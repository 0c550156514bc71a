"""Each rule of the topic arrangement that is Chinese law: its number by day, and both sides of its boundary."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from recourse.arrangements import against, extension_limits
from recourse.casefile import CaseFile
from recourse.days import months_later
from recourse.facts import Facts, Security, Terms
from recourse.money import Amounts
from recourse.offers import Offer
from recourse.schedules import Row
from tests.core.any_facts import book

DAY = date(2026, 3, 2)
JUST_BEFORE = timedelta(days=1)
CASES: list[tuple[str, str, date, int | None]] = [
    ("card_longest_months", "credit_card", date(2011, 1, 12), None),
    ("card_longest_months", "credit_card", date(2011, 1, 13), 60),
    ("card_longest_months", "consumer_loan", DAY, None),
    ("extension_short_percent", "consumer_loan", date(1996, 7, 31), None),
    ("extension_short_percent", "consumer_loan", date(1996, 8, 1), 100),
    ("extension_medium_percent", "consumer_loan", DAY, 50),
    ("extension_long_months", "consumer_loan", DAY, 36),
    ("short_term_months", "consumer_loan", DAY, 12),
    ("medium_term_months", "consumer_loan", DAY, 60),
    ("personal_short_percent", "consumer_loan", date(2010, 2, 11), None),
    ("personal_short_percent", "consumer_loan", date(2024, 6, 30), 100),
    ("personal_short_percent", "consumer_loan", date(2024, 7, 1), None),
    ("personal_longer_percent", "consumer_loan", DAY, None),
]
"""File, product, day, the number in force (None: none is, or the rule is off)."""


@pytest.mark.parametrize(("stem", "product", "day", "number"), CASES)
def test_the_number_by_day(stem: str, product: str, day: date, number: int | None) -> None:
    assert book().at(day, "cn", product).numbers.get(f"arrangement.{stem}") == number


def an_offer(kind: str, until_on: date, begun_on: date | None = None) -> Offer:
    return Offer(kind, (Row(until_on, 100),), Amounts(), Amounts(100), DAY, applied_on=DAY, begun_on=begun_on,
                 above_ability="a", willing="w", no_new_cards=True, terms="t")  # fmt: skip


@pytest.mark.parametrize(
    ("stem", "begun_on", "matures_on", "most"),
    [
        ("extension_short_percent", date(2025, 9, 20), date(2026, 9, 20), date(2027, 9, 20)),
        ("extension_medium_percent", date(2025, 9, 19), date(2026, 9, 20), date(2027, 3, 22)),
        ("extension_medium_percent", date(2021, 9, 20), date(2026, 9, 20), date(2029, 3, 21)),
        ("extension_long_months", date(2021, 9, 19), date(2026, 9, 20), date(2029, 9, 20)),
    ],
)
def test_how_far_an_extension_goes(stem: str, begun_on: date, matures_on: date, most: date) -> None:
    """A loan of a year is short and of a day more is not; of five years it is of medium term, of a day more it is long."""
    limits = dict(
        extension_limits(an_offer("extension", matures_on, begun_on), matures_on, book().at(DAY, "cn", "mortgage"))
    )
    assert limits[f"arrangement.{stem}"] == most


def a_card(file: CaseFile) -> Facts:
    return Facts("c", "a", "p", "cn", "credit_card", "CNY", "e", "b", date(2026, 1, 5), (), 100, Amounts(100), DAY, 100, Terms(),
                 Security(), file)  # fmt: skip


@pytest.mark.parametrize(("months", "fits"), [(60, True), (61, False)])
def test_sixty_months_and_sixty_one(months: int, fits: bool) -> None:
    policy = book().at(DAY, "cn", "credit_card")
    offer = an_offer("personal_instalments", months_later(DAY, months))
    assert ("card_longest_months" in against(a_card(CaseFile(grade="R1")), offer, policy, DAY)) is not fits


def test_the_day_on_which_the_loan_began_is_needed_for_limits_of_law() -> None:
    policy, matures_on = book().at(DAY, "cn", "mortgage"), date(2026, 9, 20)
    limits = dict(extension_limits(an_offer("extension", matures_on), matures_on, policy))
    assert limits["arrangement.extension_short_percent"] is None
    facts = msgspec.structs.replace(a_card(CaseFile()), product="mortgage", terms=Terms(matures_on=matures_on))
    assert "paid out" in against(facts, an_offer("extension", matures_on + JUST_BEFORE), policy, DAY)


@pytest.mark.parametrize(
    ("node", "concedes"), [("arrangement", "plan"), ("interest_waiver", "interest"), ("principal_waiver", "principal")]
)
def test_each_node_is_entered_by_what_is_conceded(node: str, concedes: str) -> None:
    """bank_default/entry: arrangement, interest_waiver, principal_waiver; a yes that nobody signs lapses after thirty days."""
    entry = book().at(DAY, "cn", "consumer_loan").entries[node][1]
    assert [clause.all[0].in_ for clause in entry.any] == [(concedes,)]
    assert entry.stay_at_most_days == 30
