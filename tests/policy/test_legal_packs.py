"""Guards over the packs of fees, routes and auctions: nothing names what is not there, and nothing lies there unused."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from recourse.errors import UserError
from recourse.legal.routes import ORDER
from recourse.policy.book import Policy, PolicyBook
from recourse.policy.legal_values import Bar, FeeSchedule, Findings, Recovery, Route, SmallClaims
from recourse.policy.load import load_book
from recourse.policy.values import Roles

Spoil = tuple[str, str, str]
"""File, what stands there (a pattern; empty: the whole file), what to put instead."""

TODAY = date(2026, 11, 27)
PACKS = Path(__file__).parents[2] / "policy_packs"
LEGAL = Path(__file__).parents[2] / "recourse" / "legal"
TOPICS = ("auction", "dwelling", "exempt", "procedure")
ENTERED_BY_THE_BANK = frozenset({"arbitration"})
"""Scales that no pack can ship: each arbitral institution has its own."""


@pytest.fixture(scope="module")
def shipped() -> PolicyBook:
    return load_book([PACKS])


def policy_of(book: PolicyBook) -> Policy:
    return book.at(TODAY, "cn", "consumer_loan")


def routes(book: PolicyBook) -> list[Route]:
    return [route for _, route in policy_of(book).of("route", Route)]


def bars(book: PolicyBook) -> Iterator[tuple[str, Bar]]:
    for route in routes(book):
        for bar in (*route.bars, *route.cautions):
            yield route.name, bar


def named_in_code() -> set[str]:
    """Rule ids that a calculator names."""
    pattern = re.compile(rf"(?:clock|{'|'.join(TOPICS)})\.[a-z_]+")
    return {
        node.value
        for path in LEGAL.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and pattern.fullmatch(node.value)
    }


def steps(book: PolicyBook) -> set[str]:
    return {step.rule for route in routes(book) for step in route.steps}


def rules_that_do_not_exist(book: PolicyBook) -> set[str]:
    return (named_in_code() | steps(book)) - {source.rule for _, source in policy_of(book).sourced}


def rules_nobody_reads(book: PolicyBook) -> set[str]:
    lying = {rule.rule for _, rule in book.rules("cn") if rule.rule.split(".")[0] in TOPICS}
    return lying - named_in_code() - steps(book)


def routes_and_assumptions_that_differ(book: PolicyBook) -> set[str]:
    expected = {row.name for _, row in policy_of(book).of("recovery", Recovery)}
    return ({route.name for route in routes(book)} ^ expected) | ({route.name for route in routes(book)} ^ set(ORDER))


def scales_that_do_not_exist(book: PolicyBook) -> set[str]:
    scales = {each.name: each for _, each in policy_of(book).of("fee_schedule", FeeSchedule)}
    asked = {fee.schedule for route in routes(book) for fee in route.fees if fee.schedule}
    asked |= {each.share_of for each in scales.values() if each.share_of}
    return asked - set(scales) - ENTERED_BY_THE_BANK


def owners_who_hold_no_role(book: PolicyBook) -> set[str]:
    known = {role for _, row in policy_of(book).of("roles", Roles) for role in row.zh}
    return {paper.owner for route in routes(book) for paper in route.papers} - known


def bars_without_an_article(book: PolicyBook) -> set[str]:
    """Strict law names where it stands; the bank's own may say so."""
    return {f"{name} {bar.when}" for name, bar in bars(book) if bar.force == "law" and not re.search(r"\d", bar.source)}


def routes_with_one_question_twice(book: PolicyBook) -> set[str]:
    return {
        f"{route.name} {bar.when}"
        for route in routes(book)
        for part in (route.bars, route.cautions)
        for bar in part
        if [each.when for each in part].count(bar.when) > 1
    }


def papers_with_two_names(book: PolicyBook) -> set[str]:
    """One paper has one owner and one name, whatever the route."""
    seen: dict[str, set[tuple[str, str, str]]] = {}
    for route in routes(book):
        for paper in route.papers:
            seen.setdefault(paper.paper, set()).add((paper.owner, paper.zh, paper.en))
    return {paper for paper, names in seen.items() if len(names) > 1}


def questions_nobody_asks(book: PolicyBook) -> set[str]:
    asked = {bar.when for _, bar in bars(book)}
    asked |= {each.when for route in routes(book) for part in (route.fees, route.steps, route.papers) for each in part}
    return set(Findings) - asked


def provinces_twice(book: PolicyBook) -> set[str]:
    rows = [row.province for _, row in policy_of(book).of("small_claims", SmallClaims)]
    return {province for province in rows if rows.count(province) > 1}


def spoilt(folder: Path, spoil: Spoil) -> Path:
    """A copy of the packs that these guards look at, with one thing changed."""
    copy = folder / "packs"
    for place in (
        *(f"cn/{topic}" for topic in (*TOPICS, "fee", "route", "recovery", "small_claims", "clock")),
        "bank_default/roles",
    ):
        shutil.copytree(PACKS / place, copy / place)
    place, pattern, instead = spoil
    if not pattern:
        (copy / place).unlink()
        return copy
    text = (copy / place).read_text("utf-8")
    changed = re.sub(pattern, instead, text)
    assert changed != text, f"nothing to spoil in {place}"
    (copy / place).write_text(changed, "utf-8")
    return copy


Guard = Callable[[PolicyBook], set[str]]
ROUTE = "cn/route/payment_order.yaml"
GUARDS: list[tuple[Guard, Spoil]] = [
    (rules_that_do_not_exist, ("cn/auction/cut_percent.yaml", "", "")),
    (rules_that_do_not_exist, ("cn/procedure/docket_days.yaml", "", "")),
    (rules_that_do_not_exist, ("cn/auction/second_notice_realty_days.yaml", "", "")),
    (rules_nobody_reads, (ROUTE, r"        - \{rule: procedure.payment_order_issue_days\}\n", "")),
    (routes_and_assumptions_that_differ, ("cn/recovery/ordinary.yaml", "", "")),
    (routes_and_assumptions_that_differ, (ROUTE, "", "")),
    (scales_that_do_not_exist, ("cn/fee/case_acceptance.yaml", "", "")),
    (owners_who_hold_no_role, (ROUTE, "owner: BAP", "owner: BPA")),
    (bars_without_an_article, (ROUTE, r"source: 民诉解释 427\(7\)", "source: 民诉解释")),
    (routes_with_one_question_twice, (ROUTE, "when: mutual_debts", "when: not_due")),
    (papers_with_two_names, (ROUTE, "zh: 借款合同", "zh: 贷款合同")),
    (questions_nobody_asks, ("cn/route/small_claims.yaml", "when: counterclaim", "when: always")),
]


@pytest.mark.parametrize("guard", [*dict.fromkeys(guard for guard, _ in GUARDS), provinces_twice])
def test_the_shipped_packs_pass(guard: Guard, shipped: PolicyBook) -> None:
    assert guard(shipped) == set()


def test_the_packs_of_the_other_tests_are_enough(tmp_path: Path) -> None:
    """What fails below fails by what was spoilt, not by what was left out of the copy."""
    book = load_book([spoilt(tmp_path, ("cn/small_claims/zhejiang.yaml", "54,323", "54323"))])
    assert {guard.__name__: guard(book) for guard, _ in GUARDS} == {guard.__name__: set() for guard, _ in GUARDS}


@pytest.mark.parametrize(("guard", "spoil"), GUARDS)
def test_a_spoilt_pack_fails(guard: Guard, spoil: Spoil, tmp_path: Path) -> None:
    assert guard(load_book([spoilt(tmp_path, spoil)])) != set()


def test_a_province_named_twice_is_found(tmp_path: Path) -> None:
    copy = spoilt(tmp_path, ("cn/small_claims/zhejiang.yaml", "54,323", "54323"))
    text = (copy / "cn/small_claims/zhejiang.yaml").read_text("utf-8")
    (copy / "cn/small_claims/ningbo.yaml").write_text(text.replace("zhejiang", "ningbo"), "utf-8")
    assert provinces_twice(load_book([copy])) == {"33"}


REFUSED: list[tuple[Spoil, str]] = [
    (("cn/fee/preservation.yaml", "flat: 3_000", "flat: 3_000, per_100k: 1"), "exactly one of flat, per_100k"),
    (("cn/fee/preservation.yaml", "name: preservation", "name: sealing"), "name must be preservation"),
    (("cn/fee/payment_order.yaml", r"share: \[1, 3\]", "share: [1, 0]"), "a fraction of another scale"),
    ((ROUTE, "when: mutual_debts", "when: mutual_depts"), "unknown finding 'mutual_depts'"),
    ((ROUTE, "force: bank", "force: custom"), "unknown force 'custom'"),
    ((ROUTE, "rule: procedure.payment_order_issue_days", "rule: procedure.issue_term"), "unknown unit 'term'"),
    ((ROUTE, "bearer: debtor", "bearer: nobody"), "unknown bearer 'nobody'"),
    (("cn/recovery/ordinary.yaml", "nothing_known: 20", "nothing_known: 120"), "<= 100"),
    (("cn/small_claims/zhejiang.yaml", '"33"', '"330000"'), "a province is two digits"),
    (("cn/small_claims/zhejiang.yaml", 'published_on: "2022-01-11"', 'published_on: "2022-13-11"'), "month"),
    (("cn/exempt/protected_funds.yaml", ", source: 民事诉讼法 254", ""), "which rule protects 'wages'"),
]


@pytest.mark.parametrize(("spoil", "says"), REFUSED)
def test_a_bad_legal_file_is_refused_in_one_line_that_names_it(spoil: Spoil, says: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        load_book([spoilt(tmp_path, spoil)])
    line = str(refused.value)
    assert says in line
    assert spoil[0] in line
    assert "\n" not in line
