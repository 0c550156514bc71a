"""What holds of any life beside the suit: exempt money stays, a right that ends is never lost in silence, shares add up."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import desk
from recourse.acts import Item
from recourse.bank import parse
from recourse.casefile import CaseFile, Hold
from recourse.channels.memory import MemoryChannel
from recourse.clocks import Timer
from recourse.decide import judge
from recourse.documents.templates import Templates
from recourse.ending import arrears_cleared
from recourse.errors import UserError
from recourse.facts import CollateralFact, DepositFact, Facts, GuaranteeFact, GuaranteeKind, PartyFact, Security, Terms
from recourse.ladder import ActClass
from recourse.letters import complaint, plain
from recourse.money import Amounts
from recourse.policy.book import Policy, PolicyBook
from recourse.policy.load import load_book, shipped_packs
from recourse.proposals import takings
from tasks import auction, bankruptcy, collateral, estate, guarantor, insurer_claim, set_off, takeover
from tasks.ladder import LADDER

TODAY = date(2026, 3, 2)
SOURCES = ("wages", "minimum_living_allowance", "social_insurance", "housing_fund", "maintenance", "other", "unknown")
FREE = {"other"}
FLOOR = 1_500_00


@lru_cache(maxsize=1)
def book() -> PolicyBook:
    return load_book([shipped_packs()])


def policy() -> Policy:
    return book().at(TODAY, "cn", "consumer_loan")


def facts(**change: Any) -> Facts:
    known = Facts(
        case_id="c", account_id="a", person_id="p", jurisdiction="CN", product="consumer_loan", currency="CNY",
        entity="e", branch="b", oldest_unpaid_due_on=date(2025, 9, 1), pauses=(), overdue=3_000_00,
        amounts=Amounts(principal=36_000_00), balance_as_of=TODAY, exposure=36_000_00,
        terms=Terms(matures_on=date(2026, 1, 1), last_due_on=date(2026, 1, 1), insurer="INS"), security=Security(),
        file=CaseFile(opened_on=date(2025, 9, 2), strategy_on=date(2025, 9, 2)),
    )  # fmt: skip
    return msgspec.structs.replace(known, **change)


deposits = st.lists(
    st.builds(
        lambda n, source, balance: (n, source, balance),
        st.integers(0, 5), st.sampled_from(SOURCES), st.integers(0, 2_000_000),
    ),
    max_size=6, unique_by=lambda row: row[0],
)  # fmt: skip


def rows_of(drawn: list[tuple[int, str, int]]) -> tuple[DepositFact, ...]:
    return tuple(DepositFact(f"S{n}", source, balance, TODAY) for n, source, balance in drawn)


@settings(max_examples=300, deadline=None)
@given(deposits, st.lists(st.tuples(st.integers(0, 4_000_000), st.sampled_from(["known_sources", "source_established"])),
                          min_size=1, max_size=3))  # fmt: skip
def test_what_is_exempt_is_never_taken(drawn: list[tuple[int, str, int]], debts: list[tuple[int, str]]) -> None:
    """Whatever lies where, however many debts come at once, and whatever each gate chose: what is taken of a deposit in
    all is never more than it holds, nothing of a protected source, of an unknown one only on a gate's word; and the
    household keeps its living costs, as far as there was that much."""
    rows, core = rows_of(drawn), MemoryChannel("core", "post")
    items = [
        Item(f"c{n}/set_off/1/act", f"c{n}", "set_off", 1, "act",
             facts(case_id=f"c{n}", account_id=f"a{n}", deposit_rows=rows, amounts=Amounts(principal=owed)), policy(),
             choice=choice)
        for n, (owed, choice) in enumerate(debts)
    ]  # fmt: skip
    tools: Any = SimpleNamespace(day=TODAY, at=f"{TODAY}T02:00:00+00:00", channels={"core": core})
    set_off.ACTS[0].perform(items, tools)
    taken: Counter[str] = Counter()
    chosen = {item.key: item.choice for item in items}
    source_of = {row.deposit_id: row.source for row in rows}
    for message in core.arrived:
        told = msgspec.json.decode(message.text)
        assert sum(line["take_at_most"] for line in told["deposits"]) == told["amount"]
        for line in told["deposits"]:
            taken[line["deposit"]] += line["take_at_most"]
            allowed = FREE | ({"unknown"} if chosen[message.key] == "source_established" else set())
            assert source_of[line["deposit"]] in allowed
    assert all(taken[row.deposit_id] <= row.balance for row in rows)
    before = sum(row.balance for row in rows)
    assert before - taken.total() >= min(before, FLOOR)


@given(deposits, st.integers(0, 4_000_000))
def test_a_gate_is_shown_what_adds_up(drawn: list[tuple[int, str, int]], owed: int) -> None:
    one = facts(deposit_rows=rows_of(drawn), amounts=Amounts(principal=owed))
    found = takings(one, policy(), TODAY)
    if found is None:
        assert not drawn
        return
    assert found.take + found.still_owed == owed
    assert found.take + found.protected + sum(each.left for each in found.takings) == sum(b for _, _, b in drawn)


PROTECTIVE = [node.name for node in LADDER.nodes if node.act_class is ActClass.PROTECTIVE and not node.drawn]
BRAKES = ("complaint", "dispute", "hardship", "deceased", "identity_dispute", "criminal_suspect", "do_not_contact",
          "incapable", "bankruptcy_stay")  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.sets(st.sampled_from(BRAKES), min_size=1, max_size=4),
    st.integers(0, 9),
    st.sampled_from(["joint_guarantee", "insurer_claim", "bankruptcy_claim", "limitation"]),
    st.sampled_from(["", "paid", "refused"]),
)
def test_a_right_that_ends_is_never_lost_in_silence(brakes: set[str], left: int, clock: str, insurer: str) -> None:
    """A right ends within days while brakes lie on the case. Either a person is asked, or a true stay binds: then the
    decision names it, and what the law lets through is offered all the same."""
    ends = TODAY + timedelta(days=left)
    file = CaseFile(
        opened_on=date(2025, 9, 2), strategy_on=date(2025, 9, 2), insurer=insurer if clock != "insurer_claim" else ""
    )
    file.holds = {kind: Hold(kind, date(2026, 2, 1)) for kind in brakes}
    security = Security()
    if clock == "joint_guarantee":
        security = Security(guarantees=(GuaranteeFact("g", "q", GuaranteeKind.JOINT, ends),))
    elif clock == "limitation":
        file.limitation_from = ends.replace(year=ends.year - 3)
    else:
        file.timers = {f"{clock}:x": Timer(clock, date(2026, 1, 1), ends)}
        file.bankruptcy = "accepted" if clock == "bankruptcy_claim" else ""
    terms = Terms(matures_on=date(2025, 9, 1), last_due_on=date(2022, 9, 1), insurer="INS")
    one = facts(file=file, security=security, terms=terms)
    node = {"joint_guarantee": "guarantor_demand", "limitation": "limitation_demand"}.get(clock, clock)
    if clock == "limitation" and "deceased" in brakes:
        node = "estate"
    made = judge(LADDER, policy()).decide(one, TODAY)
    asked = {step.node: step.how for step in made.steps}
    stayed = "bankruptcy_stay" in brakes and node in ("limitation_demand", "estate")
    if not stayed:
        assert asked.get(node) == "gate"
        return
    assert any(reason.code == "brake:bankruptcy_stay" and reason.seen == node for reason in made.reasons)
    held = any(each.code == "brake:identity_dispute" and each.seen == "bankruptcy_claim" for each in made.reasons)
    assert asked.get("bankruptcy_claim") == "gate" or ("identity_dispute" in brakes and held)


def test_the_stay_binds_every_act_of_ours_but_what_the_law_lets_through() -> None:
    judged = judge(LADDER, policy())
    stayed = facts(file=msgspec.structs.replace(facts().file, holds={"b": Hold("bankruptcy_stay", TODAY)}))
    free = {name for name in PROTECTIVE if not judged.braked(stayed, name, TODAY)}
    assert free == {"bankruptcy_claim", "guarantor_demand", "insurer_claim"}


@given(st.integers(1, 10**11), st.integers(0, 10**10), st.integers(0, 10**10), st.integers(0, 10**11))
def test_proceeds_are_shared_to_the_fen(price: int, costs: int, earlier: int, owed: int) -> None:
    piece = CollateralFact("k", "real_estate", value=1)
    share = collateral.shared(facts(amounts=Amounts(principal=owed)), piece, price, costs, earlier)
    assert share.costs + share.earlier_ranks + share.ours + share.surplus == price
    assert share.ours + share.shortfall == owed
    assert not (share.surplus and share.shortfall)


def test_a_claim_up_to_a_secured_maximum_leaves_the_rest_with_the_debtor() -> None:
    piece = CollateralFact("k", "real_estate", secured_amount=20_000_00)
    share = collateral.shared(facts(), piece, 50_000_00, 0, 0)
    assert (share.ours, share.surplus, share.shortfall) == (20_000_00, 30_000_00, 16_000_00)


def test_a_guarantee_by_law_is_counted_from_acceleration() -> None:
    """Six months from the day on which the whole was called, not from a maturity years away (民法典 692)."""
    by_law = GuaranteeFact("g", "q", GuaranteeKind.JOINT, date(2030, 7, 1), by_law=True)
    agreed = GuaranteeFact("h", "q", GuaranteeKind.JOINT, date(2030, 7, 1))
    called = facts(
        security=Security(guarantees=(by_law, agreed)), terms=Terms(matures_on=date(2030, 1, 1)),
        file=CaseFile(accelerated_on=date(2026, 1, 15)),
    )  # fmt: skip
    ends = {each.guarantee_id: each.ends_on for each in guarantor.sureties(called, policy().numbers, TODAY)}
    assert ends == {"g": date(2026, 7, 15), "h": date(2030, 7, 1)}


def test_a_complaint_names_the_end_that_acceleration_brought_forward() -> None:
    by_law = GuaranteeFact("g", "q", GuaranteeKind.JOINT, date(2030, 7, 1), by_law=True)
    called = facts(security=Security(guarantees=(by_law,)), file=CaseFile(accelerated_on=date(2026, 1, 15)))
    profile = parse((Path(desk.__file__).parent / "sample_bank.yaml").read_text(encoding="utf-8"), "sample_bank.yaml")
    tools: Any = SimpleNamespace(bank=profile, day=TODAY)
    drawn = complaint.fields(Item("c", "c", "litigation", 1, "act", called, policy()), {}, None, {}, tools)
    assert [each["period"] for each in drawn["guarantees"]] == ["至2026-07-15"]


@pytest.mark.parametrize("form_of", [date(2025, 7, 13), date(2025, 7, 14)])
def test_what_is_gathered_for_a_complaint_fills_the_form_of_the_day(form_of: date) -> None:
    owed = Amounts(principal=1_000_000, interest=20_000, fees=1_200)
    sued = facts(security=Security(parties=(PartyFact("p", "borrower"),)), amounts=owed, balance_as_of=TODAY)
    profile = parse((Path(desk.__file__).parent / "sample_bank.yaml").read_text(encoding="utf-8"), "sample_bank.yaml")
    tools: Any = SimpleNamespace(bank=profile, day=TODAY)
    drawn = complaint.fields(Item("c", "c", "litigation", 1, "act", sued, policy()), {}, None, {}, tools)
    template = Templates(Path(__file__).parents[2] / "legal_templates").in_force("cn", "complaint", form_of)
    words = repr(template.document(plain(drawn)).blocks)
    assert ("费用12.00 元" in words) is (form_of == date(2025, 7, 14)), "the older text had no place for fees"


@pytest.mark.parametrize(
    ("on", "in_time"), [(date(2025, 12, 31), False), (date(2026, 1, 1), True), (date(2026, 7, 1), True), (date(2026, 7, 2), False)]
)  # fmt: skip
def test_a_demand_is_in_time_between_the_day_all_is_due_and_the_end(on: date, in_time: bool) -> None:
    one = facts(security=Security(guarantees=(GuaranteeFact("g", "q", GuaranteeKind.JOINT, date(2026, 7, 1)),)))
    _, claimed = guarantor.proved(one, "delivered", "EMS", on, policy().numbers)
    assert claimed.in_time is in_time  # type: ignore[attr-defined]


def test_a_period_that_nobody_knows_claims_nothing() -> None:
    one = facts(security=Security(guarantees=(GuaranteeFact("g", "q", GuaranteeKind.JOINT),)))
    assert len(guarantor.proved(one, "delivered", "EMS", TODAY, policy().numbers)) == 1


@pytest.mark.parametrize(
    ("guarantee", "called_on", "on", "said"),
    [
        (GuaranteeFact("g", "q", GuaranteeKind.JOINT, date(2026, 7, 1)), None, date(2026, 7, 1), [True]),
        (GuaranteeFact("g", "q", GuaranteeKind.JOINT, date(2026, 7, 1)), None, date(2025, 12, 31), [False]),
        (GuaranteeFact("g", "q", GuaranteeKind.JOINT), None, date(2026, 2, 1), []),
        (GuaranteeFact("g", "q", GuaranteeKind.JOINT, date(2026, 7, 1), by_law=True), date(2025, 6, 1),
         date(2026, 2, 1), [False]),
    ],
)  # fmt: skip
def test_a_demand_of_before_is_measured_as_one_of_ours(
    guarantee: GuaranteeFact, called_on: date | None, on: date, said: list[bool]
) -> None:
    """Before the debt is due as a whole it is none; a period that is not known, or that acceleration ended, keeps nothing."""
    one = facts(security=Security(guarantees=(guarantee,)), file=CaseFile(accelerated_on=called_on))
    _, *claims = takeover.proved(one, "guarantor_demand", "q", "EMS", on, policy().numbers)
    assert [each.in_time for each in claims] == said  # type: ignore[attr-defined]


def test_the_debtors_own_thing_comes_before_third_parties_and_sureties() -> None:
    pieces = (CollateralFact("own", "vehicle", owner_id="p"), CollateralFact("other", "vehicle", owner_id="x"))
    sureties = tuple(GuaranteeFact(kind.value, "q", kind, date(2026, 9, 1)) for kind in GuaranteeKind)
    found = guarantor.sureties(facts(security=Security((), sureties, pieces)), policy().numbers, TODAY)
    assert {each.guarantee_id: each.order for each in found} == {"joint": 2, "general": 3}


def test_papers_are_asked_for_wherever_the_law_wants_them() -> None:
    one = facts()
    for refused in (
        lambda: estate.found(one, 1, None, False, 0, " "),
        lambda: estate.closed(one, "no_estate", ""),
        lambda: bankruptcy.accepted("1", None, ""),
        lambda: insurer_claim.due(one, TODAY, ""),
        lambda: auction.disposed("x", 1, ""),
    ):
        with pytest.raises(UserError, match="--proof"):
            refused()


@pytest.mark.parametrize(
    ("kept_on", "paid_on", "paused"),
    [(None, date(2026, 2, 1), True), (date(2026, 2, 5), date(2026, 2, 1), False), (date(2026, 2, 5), date(2026, 2, 6), True),
     (date(2026, 2, 5), None, False)],
)  # fmt: skip
def test_arrears_that_are_paid_pause_until_people_go_on(
    kept_on: date | None, paid_on: date | None, paused: bool
) -> None:
    """Called, and current again: paused, unless it was decided to go on and nothing was paid since."""
    file = CaseFile(accelerated_on=date(2026, 1, 15), kept_called_on=kept_on, last_paid_on=paid_on)
    one = facts(file=file, oldest_unpaid_due_on=None)
    assert arrears_cleared(one, TODAY) is paused
    assert (judge(LADDER, policy()).braked(one, "call", TODAY) == "arrears_cleared") is paused
    assert judge(LADDER, policy()).braked(one, "limitation_demand", TODAY) == ""


def test_an_estate_has_no_more_dependents_than_heirs() -> None:
    with pytest.raises(UserError, match="less than nothing"):
        estate.found(facts(), 1, 1, False, 2, "公证书")
