"""The bank's own rules of contact, in a jurisdiction that says nothing: each with the two sides of its boundary."""

from __future__ import annotations

from datetime import timedelta

import pytest

from recourse.policy.book import Policy
from tests.packs.contact_table import DAY, barred, before, call, capped, files, of_the_bank, policy, refusals

CASES = [
    ("contact/deceased", lambda rules: barred(rules, "contact.deceased", "deceased", free="heir")),
    ("contact/incapable", lambda rules: barred(rules, "contact.incapable", "incapable", free="representative")),
    ("contact/minor", lambda rules: barred(rules, "contact.minor", "minor", free="representative")),
    ("contact/do_not_contact", lambda rules: barred(rules, "contact.do_not_contact", "do_not_contact")),
    ("contact/no_consent", lambda rules: barred(rules, "contact.no_consent", "number_refused")),
    ("contact/medium_opt_out", lambda rules: barred(rules, "contact.medium_opt_out", "medium_refused")),
    ("contact/ceased", lambda rules: barred(rules, "contact.ceased", "ceased")),
    ("contact/represented", lambda rules: barred(rules, "contact.represented", "represented", free="attorney")),
    ("contact/employer", lambda rules: barred(rules, "contact.employer", "work_refused")),
    ("contact/third_party", lambda rules: barred(rules, "contact.third_party", "third_party")),
    ("contact/third_party_refused",
     lambda rules: barred(rules, "contact.third_party_refused", "third_party_refused", "third_party")),
    ("contact/source_unknown",
     lambda rules: barred(rules, "contact.source_unknown", "source_unknown", "third_party", "debtor")),
    ("contact/app_per_person", lambda rules: capped(rules, "contact.app_per_person", 1, "sent", channel="app")),
    ("contact/email_per_person", lambda rules: capped(rules, "contact.email_per_person", 1, "sent", channel="email")),
    ("contact/sms_per_person", lambda rules: capped(rules, "contact.sms_per_person", 1, "sent", channel="sms")),
    ("contact/sms_per_person_week", lambda rules: three_a_week(rules)),
    ("contact/visit_per_person", lambda rules: capped(rules, "contact.visit_per_person", 1, "met", channel="visit")),
]  # fmt: skip


def three_a_week(rules: Policy) -> tuple[bool, bool]:
    """Three messages in seven days and the fourth not; the seventh day before is out of them."""

    def refused(*days_before: int) -> bool:
        days = [DAY - timedelta(days=n) for n in days_before]
        past = tuple(each for day in days for each in before(1, "sent", on=day, channel="sms"))
        return "contact.sms_per_person_week" in refusals(rules, call("sms"), past=past)

    return refused(2, 4, 6), refused(2, 4, 7)


@pytest.mark.parametrize("place", ["silent", "cn"])
@pytest.mark.parametrize(("file", "check"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_rule_speaks_beyond_its_boundary_and_not_before(file: str, check: object, place: str) -> None:
    assert callable(check)
    rules = of_the_bank() if place == "silent" else policy("cn", "mortgage")
    if place == "silent":
        places = {source.place for source in rules.matches(file.replace("/", "."))}
        assert places == {f"bank_default/{file}"}
    assert check(rules) == (True, False)


def test_every_file_is_in_the_table() -> None:
    assert files("bank_default", "contact") == {file for file, _ in CASES}
