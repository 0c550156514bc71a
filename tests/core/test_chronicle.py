"""The chronology of a packet: every event of a case in words, none as a code."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from recourse import events as ev
from recourse.letters.chronicle import entered, outcome, sentence, who
from recourse.letters.write_off import NOT_SHOWN
from recourse.money import Amounts
from recourse.offers import Offer
from recourse.schedules import Row
from tasks import call
from tasks.ladder import LADDER

NAMES = {node.name: node.zh for node in LADDER.nodes} | {code: of.zh for code, of in call.OUTCOMES.items()}
MONDAY = date(2025, 3, 3)
ELSEWHERE = {"day", "batch", "pack", "authority", "access", "party", "agency", "collector"}
"""First words of the types of events that are on no case's stream."""
OF_CASES = [
    kind
    for kind in ev.Event.__subclasses__()
    if kind.TYPE.split(":")[0] not in ELSEWHERE and kind not in NOT_SHOWN and kind is not ev.DecisionMade
]


def example(kind: type[ev.Event]) -> ev.Event:
    """An event of a kind, with every field filled by its type and nodes, codes and channels that exist."""
    offer = Offer("reschedule", (Row(MONDAY, 100),), Amounts(), Amounts(100), MONDAY)
    known: dict[str, Any] = {
        "node": "formal_notice", "outcome": "delivered", "code": "promise", "channel": "call", "offer": offer,
    }  # fmt: skip
    given = {}
    for name, hint in get_type_hints(kind).items():
        if name not in kind.__struct_fields__:
            continue
        types = get_args(hint) if get_origin(hint) is not tuple and get_args(hint) else (hint,)
        if name in known:
            given[name] = known[name]
        elif get_origin(hint) is dict:
            given[name] = {}
        elif date in types:
            given[name] = MONDAY
        elif bool in types:
            given[name] = True
        elif int in types:
            given[name] = 12345
        elif str in types:
            given[name] = "原因"
        elif get_origin(hint) is tuple:
            given[name] = ()
        elif name in kind.__struct_fields__[: len(kind.__struct_fields__) - len(kind.__struct_defaults__)]:
            given[name] = Amounts(principal=12345)
    return kind(**given)


@pytest.mark.parametrize("kind", OF_CASES, ids=lambda kind: kind.TYPE)
def test_every_event_of_a_case_has_its_words(kind: type[ev.Event]) -> None:
    said = sentence(example(kind), NAMES, "CNY")
    assert re.search(r"[\u4e00-\u9fff]", said)
    assert not re.search(r"[a-z_]{3,}", said), said


def test_amounts_and_days_are_written_out() -> None:
    paid = ev.PaymentReceived("p1", 123456)
    assert sentence(paid, NAMES, "CNY") == "收到还款 1234.56 CNY"
    assert sentence(ev.PaymentReceived("p2", -100, "chargeback"), NAMES, "TWD") == "还款被冲回 1.00 TWD"
    promised = ev.ContactRecorded("k", "call", "promise", MONDAY, 50000)
    assert sentence(promised, NAMES, "CNY") == "电话联系：承诺还款，承诺于2025年3月3日还款 500.00 CNY"


def test_a_decision_says_how_late_the_debt_was() -> None:
    assert (
        entered(ev.Reason("enter:call", "entry.call", "dpd=17 stage="), NAMES) == "符合条件，进入电话催收（逾期17天）"
    )
    assert entered(ev.Reason("enter:litigation", "entry.litigation", "owed=1"), NAMES) == "符合条件，进入起诉"
    assert entered(ev.Reason("recall", "recall.paid", ""), NAMES) == "决定收回委外"


def test_a_call_is_named_by_what_the_caller_chose_and_a_letter_by_what_became_of_it() -> None:
    assert outcome("no_answer", NAMES) == "无人接听"
    assert outcome("returned", NAMES) == "被退回"
    assert outcome("something_new", NAMES) == "something_new"


def test_nobody_is_named_but_who_acted() -> None:
    assert (who("system:recourse"), who("hap-02")) == ("系统", "hap-02")
