"""Reading one pack file through the policy book, for tables that name each file with what it says on each side of its boundary."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from recourse.contact_law import Past, Request, Situation, judge
from recourse.lost_contact import grounds
from recourse.policy.book import Policy, PolicyBook
from recourse.policy.load import load_book, shipped_packs

DAY = date(2026, 3, 2)
PACKS = Path(__file__).parents[2] / "policy_packs"


@cache
def book() -> PolicyBook:
    return load_book([shipped_packs()])


def policy(jurisdiction: str, product: str = "consumer_loan", on: date = DAY) -> Policy:
    return book().at(on, jurisdiction, product)


@cache
def of_the_bank() -> Policy:
    """What holds in a jurisdiction that says nothing of its own: the bank's rules, and a calendar to be a jurisdiction by."""
    with TemporaryDirectory() as folder:
        for place in ("bank_default", "tw/calendar"):
            shutil.copytree(PACKS / place, Path(folder, place.replace("tw", "silent")))
        return load_book([Path(folder)]).at(DAY, "silent", "consumer_loan")


def call(channel: str = "call", role: str = "debtor", voice: str = "human", number: str = "n") -> Request:
    grounds_ = ("unreachable.failed_calls",) if role == "third_party" else ()
    return Request("p", "c", channel, "call", number, "A", role, voice, grounds=grounds_)


def refusals(
    rules: Policy, request: Request, at: str = "10:00", *, past: tuple[Past, ...] = (), facts: tuple[str, ...] = (),
    on: date = DAY, zones: tuple[str, ...] = ("Asia/Shanghai",),
) -> set[str]:  # fmt: skip
    """The rules that refuse a contact at an hour of the first zone's clock."""
    first = datetime.fromisoformat(f"{on}T{at}").replace(tzinfo=ZoneInfo(zones[0]))
    here = tuple(first.astimezone(ZoneInfo(zone)) for zone in zones)
    return {each.rule for each in judge(request, rules, Situation(here, past, facts))}


def before(times: int, code: str = "no_answer", *, on: date = DAY, channel: str = "call", number: str = "n",
           voice: str = "human", account: str = "A") -> tuple[Past, ...]:  # fmt: skip
    """So many contacts of one day, one code."""
    return (Past(on, channel, number, code, "p", "c", account, "debtor", voice),) * times


def capped(
    rules: Policy, rule: str, at_most: int, code: str = "no_answer", *, channel: str = "call", voice: str = "human"
) -> tuple[bool, bool]:
    """With as many contacts of a day as there may be, and with one less."""
    request = call(channel, voice=voice)
    return (rule in refusals(rules, request, past=before(at_most, code, channel=channel, voice=voice)),
            rule in refusals(rules, request, past=before(at_most - 1, code, channel=channel, voice=voice)))  # fmt: skip


def barred(rules: Policy, rule: str, fact: str, role: str = "debtor", free: str = "") -> tuple[bool, bool]:
    """With the fact and without it; a role that is free of it is not refused."""
    if free:
        assert rule not in refusals(rules, call(role=free), facts=(fact,))
    return rule in refusals(rules, call(role=role), facts=(fact,)), rule in refusals(rules, call(role=role))


def lost(rules: Policy, calls: tuple[Past, ...], today: date) -> set[str]:
    """The rules by which contact is lost."""
    return {ground.rule for ground in grounds(calls, {"n"}, None, rules, today)}


Check = Callable[[Policy], tuple[bool, bool]]
"""Whether the rule speaks on the far side of its boundary, and on the near one: (True, False)."""


def files(jurisdiction: str, *topics: str) -> set[str]:
    """Stems of the files of these topics, with their topic."""
    return {f"{topic}/{path.stem}" for topic in topics for path in (PACKS / jurisdiction / topic).glob("*.yaml")}
