"""The life of a paper: nothing out of turn, nothing by the same hands, nothing without its proof."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.errors import UserError
from recourse.paper_life import STAGES, Life, Step, check, following, reached

LETTER = Life(
    "formal_letter", ("draft", "reviewed", "signed", "sealed", "issued", "delivered"), "bank", ("post", "hand")
)
FIRM = Life("lawyer_letter", ("draft", "reviewed", "signed", "issued", "delivered"), "law_firm", ("post",))
REPORT = Life("report", ("draft", "reviewed", "signed", "sealed", "issued"), "bank", ("internal",), signatures=3)
MADE = Step("draft", "maker", date(2026, 3, 2))
GOOD = {
    "reviewed": Step("reviewed", "reviewer"),
    "signed": Step("signed", "head"),
    "sealed": Step("sealed", "keeper", number="用印2026-0001"),
    "issued": Step("issued", channel="post"),
    "delivered": Step("delivered", proof="receipt 1"),
}


def at(stage: str, life: Life = LETTER) -> list[Step]:
    return [MADE, *(GOOD[each] for each in life.stages[1 : life.stages.index(stage) + 1])]


def refused(life: Life, steps: list[Step], step: Step, kind: str = "") -> str:
    with pytest.raises(UserError) as error:
        check(life, steps, step, kind)
    return str(error.value)


@pytest.mark.parametrize("before", LETTER.stages)
@pytest.mark.parametrize("wanted", STAGES[1:])
def test_only_the_next_stage_follows(before: str, wanted: str) -> None:
    step = GOOD.get(wanted, Step(wanted, proof="receipt"))
    if wanted == following(LETTER, at(before)):
        check(LETTER, at(before), step)
        assert reached([*at(before), step]) == wanted
    else:
        assert f"not to be {wanted} now" in refused(LETTER, at(before), step)


@given(st.lists(st.sampled_from(STAGES[1:]), max_size=12))
def test_whatever_is_tried_the_steps_taken_are_the_beginning_of_the_life(tried: list[str]) -> None:
    steps = [MADE]
    for stage in tried:
        step = GOOD.get(stage, Step(stage, proof="receipt"))
        try:
            check(LETTER, steps, step)
        except UserError:
            continue
        steps.append(step)
    assert tuple(step.stage for step in steps) == LETTER.stages[: len(steps)]


def test_who_made_it_neither_reviews_nor_seals_it() -> None:
    assert "made this draft" in refused(LETTER, at("draft"), Step("reviewed", "maker"))
    assert "made this paper" in refused(LETTER, at("signed"), Step("sealed", "maker", number="1"))


@pytest.mark.parametrize(
    ("step", "lacking"),
    [
        (Step("signed", " "), "--by"),
        (Step("sealed", "keeper"), "--number"),
        (Step("sealed", number="1"), "--keeper"),
        (Step("issued", channel="sms"), "--channel"),
        (Step("delivered", proof=" "), "--proof"),
    ],
)
def test_a_stage_says_what_it_lacks(step: Step, lacking: str) -> None:
    before = LETTER.stages[LETTER.stages.index(step.stage) - 1]
    assert lacking in refused(LETTER, at(before), step)


def test_three_signatures_are_three_persons() -> None:
    steps = at("reviewed")
    for who in ("one", "two"):
        step = Step("signed", who, needed=3)
        check(REPORT, steps, step)
        steps.append(step)
        assert (reached(steps), following(REPORT, steps)) == ("reviewed", "signed")
    assert "two has signed it" in refused(REPORT, steps, Step("signed", "two", needed=3))
    assert "not to be sealed" in refused(REPORT, steps, GOOD["sealed"])
    steps.append(Step("signed", "three", needed=3))
    check(REPORT, steps, GOOD["sealed"])


def test_a_firms_letter_goes_out_only_as_its_signed_scan() -> None:
    signed = Step("signed", "counsel", copy="ab")
    for kind in ("", "judgment", "legal_opinion"):
        assert "signed scan" in refused(FIRM, at("reviewed"), signed, kind)
    check(FIRM, at("reviewed"), signed, "lawyer_letter_signed")
    steps = [*at("reviewed"), signed]
    check(FIRM, steps, GOOD["issued"])
    check(FIRM, steps, msgspec.structs.replace(GOOD["issued"], copy="ab"))
    assert "signed scan" in refused(FIRM, steps, msgspec.structs.replace(GOOD["issued"], copy="cd"))
    unsigned = Life("lawyer_letter", ("draft", "reviewed", "issued"), "law_firm", ("post",))
    assert "signed scan" in refused(unsigned, at("reviewed"), GOOD["issued"])
    opinion = msgspec.structs.replace(FIRM, document="legal_opinion")
    check(opinion, at("reviewed"), signed, "legal_opinion")


@pytest.mark.parametrize(("on", "allowed"), [(date(2026, 3, 1), False), (date(2026, 3, 2), True)])
def test_no_stage_lies_before_the_one_before(on: date, allowed: bool) -> None:
    step: Any = msgspec.structs.replace(GOOD["reviewed"], on=on)
    if allowed:
        check(LETTER, [MADE], step)
    else:
        assert "lies before" in refused(LETTER, [MADE], step)
