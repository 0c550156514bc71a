"""Histories in which a certain thing does happen, with what the onlooker must have seen in each: chance alone seldom goes so
far. Each has its hours and words drawn anew when it stands in a random history.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.law.histories import account, day_hour, hour, operation, wall
from tests.law.town import AUNT, COUSIN, HOME, WORKS

Operations = list[tuple[Any, ...]]

PAID_BETWEEN: Operations = [
    *(("settles", "a"), ("night", 1, "02:00:00"), ("falls behind", "a", 4), ("night", 1, "02:00:00", "a")),
    *(("falls behind", "e", 3), ("night", 1, "12:30:00", "e"), ("falls behind", "d", 3), ("night", 2, "13:30:00", "d")),
]
"""What was queued in the first half of a day is paid before the second."""


def rung(at: str = "02:00:00", code: str = "no_answer") -> Operations:
    """The first days: reminders, then calls that nobody answers."""
    return [*[("night", 1, at)] * 3, ("call", at, code, 4), ("night", 1, "13:00:00"), ("call", at, code, 4)]


def searched(at: str, again_at: str, code: str, second: str) -> Operations:
    """Two debtors are lost who have an aunt in common; she is asked for one of them, then for the other."""
    return [
        *rung(), ("night", 1, "13:00:00"), ("call", "02:00:00", "no_answer", 4), ("night", 1, "13:00:00"),
        ("searches", "b", AUNT, at, code), ("searches", "c", AUNT, again_at, second), ("night", 1, "02:00:00"),
        ("agrees", "locate"), ("night", 1, "02:00:00"), ("searches", "b", AUNT, at, code),
        ("searches", "c", AUNT, again_at, second), ("searches", "b", COUSIN, at, code), ("searches", "c", AUNT, again_at, second),
    ]  # fmt: skip


def number_of_a_search_ends(at: str) -> Operations:
    """The aunt's number is hers no longer when the question is to be asked."""
    return [
        *searched(at, at, "no_answer", "no_answer")[:-4],
        ("ends", "p0", "phone", AUNT),
        ("searches", "b", AUNT, at, "refused"),
    ]


def answered_meanwhile(at: str, code: str) -> Operations:
    """A debtor whose aunt is to be asked is reached by an agency, on another debt; she is not asked any more."""
    return [
        *searched(at, at, "no_answer", "no_answer")[:-4], ("places", "a", 60), ("sets aside",),
        ("agency", "a", at, "call", code, "p0:tel1", 1), ("searches", "b", AUNT, at, "told_contact"),
    ]  # fmt: skip


def visited(name: str, at: str, days: int, meanwhile: tuple[Any, ...]) -> Operations:
    """A visit is proposed, agreed to and planned for an hour; something happens before its day; then it is reported."""
    trip = ("visits", name, at, days, 2, "home", "met")
    return [
        *rung(), trip, ("night", 1, "02:00:00"), ("agrees", "visit"), ("night", 1, "02:00:00"),
        ("says", name, "agreed_time", "", "visit", ("22:00", "23:00")), ("visits", name, at, days, 0, "home", "met"),
        trip, meanwhile, ("night", 1, "02:00:00"), trip, ("night", 1, "02:00:00"), trip,
    ]  # fmt: skip


def by_an_agency(name: str, at: str, times: int, number: str, then: tuple[Any, ...]) -> Operations:
    """An agency has its quota, keeps to it and goes beyond; something is said, and it goes on."""
    rings = ("agency", name, at, "call", "refused", number, times)
    return [
        ("night", 1, "02:00:00"), ("places", name, 60), ("sets aside",), rings, ("asks", name, at, "call", "human", "", "promise"),
        ("night", 1, "02:00:00"), ("sets aside",), ("agency", name, at, "call", "no_answer", AUNT, 1), then, rings,
        ("night", 1, "02:00:00"), ("agency", name, "04:00:00", "call", "refused", number, 1), ("recalls", name),
        ("night", 2, "02:00:00"), ("agency", name, "05:00:00", "call", "refused", "", 1),
    ]  # fmt: skip


def taken_up(at: str, sent: bool, meanwhile: tuple[Any, ...], again_at: str, days: int = 0) -> Operations:
    """A run dies after its permits; something happens; the next run takes up what it left, later that day or on another."""
    again = ("dying run", again_at, "litigation", False) if days == 0 else ("night", days, again_at)
    return [("dying run", at, "reminder", sent), meanwhile, again, ("night", 1, "13:00:00")]


def owed_together(at: str, meanwhile: tuple[Any, ...]) -> Operations:
    """Whoever owes together is written to as well, out of a budget of his own, which his own debts draw on too."""
    nights: Operations = [("night", 1, at)] * 7
    return [*nights, meanwhile, ("falls behind", "g", 6), ("agrees", "formal_notice"), *nights[:2]]


def at_hours_agreed(name: str, at: str, channel: str) -> Operations:
    """A debtor agrees to late hours on proof, and takes it back; another agrees to be rung at work, and takes it back."""
    asks, at_work = (
        ("asks", name, at, channel, "human", "", ""),
        ("asks", "f", "13:00:00", "call", "human", WORKS, "no_answer"),
    )
    return [
        ("night", 1, "02:00:00"), asks, ("says", name, "agreed_time", "", channel, ("22:00", "02:00")), asks,
        ("takes back", name, "agreed_time"), asks, at_work, ("says", "f", "consent", WORKS), at_work,
        ("takes back", "f", "consent"), at_work,
    ]  # fmt: skip


SCENES: dict[str, tuple[Operations, frozenset[str]]] = {
    "paid between": (PAID_BETWEEN, frozenset({"reminder to debtor"})),
    "a third party refuses": (searched("02:00:00", "13:00:00", "refused", "refused"), frozenset({"call third_party"})),
    "a third party is asked at night": (searched("15:00:00", "03:00:00", "told_contact", "no_answer"), frozenset()),
    "a third party's number ends": (number_of_a_search_ends("02:00:00"), frozenset()),
    "the debtor answers meanwhile": (answered_meanwhile("02:00:00", "refused"), frozenset({"agency contact"})),
    "a visit by day": (visited("b", "10:30", 1, ("proof", "b")), frozenset({"visit debtor", "visit made"})),
    "a visit at an agreed hour": (visited("b", "22:30", 1, ("proof", "b")), frozenset({"visit debtor", "visit made"})),
    "an agreed hour is taken back": (visited("b", "22:30", 1, ("takes back", "b", "agreed_time")), frozenset({"visit debtor"})),
    "a lawyer before the visit": (visited("b", "10:30", 1, ("says", "b", "represented")), frozenset({"visit debtor"})),
    "a visit at night": (visited("c", "23:00", 1, ("proof", "c")), frozenset()),
    "an agency": (by_an_agency("b", "03:00:00", 4, "p0:tel1", ("says", "b", "do_not_contact")),
                  frozenset({"agency contact", "agency breach", "call debtor"})),
    "an agency at night": (by_an_agency("c", "04:30:00", 2, "", ("dies", "p1")), frozenset({"agency breach"})),
    "taken up": (taken_up("13:00:00", False, ("proof", "a"), "13:30:00"), frozenset({"reminder to another"})),
    "taken up at night": (taken_up("13:00:00", True, ("proof", "a"), "15:00:00"), frozenset({"reminder to another"})),
    "taken up the next day": (taken_up("13:00:00", False, ("proof", "a"), "13:00:00", 1), frozenset({"reminder to another"})),
    "taken up when a number has ended": (taken_up("13:00:00", False, ("ends", "p0", "sms", "p0:sms"), "13:30:00"),
                                         frozenset({"reminder to debtor"})),
    "taken up when the other has ended": (taken_up("13:00:00", False, ("ends", "p4", "sms", "p4:sms"), "13:30:00"),
                                          frozenset({"reminder to another"})),
    "owed together": (owed_together("13:00:00", ("says", "g", "opt_out", "", "sms")), frozenset({"sms co_debtor", "post co_debtor"})),
    "a shared address is refused": (owed_together("13:00:00", ("says", "g", "refused", HOME)), frozenset({"post debtor"})),
    "agreed hours": (at_hours_agreed("a", "15:00:00", "call"), frozenset({"call debtor"})),
}  # fmt: skip
"""What is played, and what must be seen in it."""
AT_ONCE = frozenset({
    *("paid between", "a third party refuses", "an agreed hour is taken back", "an agency", "taken up at night"),
    *("taken up the next day", "taken up when a number has ended", "owed together", "agreed hours"),
})  # fmt: skip
"""Those that the fast suite plays."""

meanwhile = operation.filter(lambda drawn: drawn[0] != "night")
code = st.sampled_from(["refused", "wrong_person", "told_contact", "no_answer"])
scene = st.one_of(
    st.builds(searched, hour, hour, code, code),
    st.builds(number_of_a_search_ends, hour),
    st.builds(answered_meanwhile, hour, code),
    st.builds(visited, account, wall, st.integers(0, 2), meanwhile),
    st.builds(
        by_an_agency, account, hour, st.integers(1, 4), st.sampled_from(["", "p0:tel1", "p1:tel2", AUNT]), meanwhile
    ),
    st.builds(taken_up, day_hour, st.booleans(), meanwhile, hour, st.sampled_from([0, 0, 1])),
    st.builds(owed_together, day_hour, meanwhile),
    st.builds(at_hours_agreed, account, hour, st.sampled_from(["call", "sms", "email"])),
)


def history(least: int, most: int) -> st.SearchStrategy[Operations]:
    """So many things that happen one after the other, a scene here and there among them."""
    alone = operation.map(lambda drawn: [drawn])
    parts = st.lists(st.one_of(alone, alone, alone, alone, alone, alone, alone, scene), min_size=least, max_size=most)
    return parts.map(lambda drawn: [each for part in drawn for each in part])
