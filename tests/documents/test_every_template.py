"""Guards the whole folder of templates.

Each one renders, states what it must, refuses what is missing, and claims no more than the law gives.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from typing import Any

import pytest

from recourse.documents.blocks import Document, Heading
from recourse.documents.compose import ConditionalFact, MissingFact
from recourse.documents.fonts import Fonts
from recourse.documents.render import furniture_of, render
from recourse.documents.templates import Templates
from recourse.errors import UserError
from recourse.money import to_text
from recourse.policy.schema import Confidence
from tests.documents.conftest import ROOT
from tests.documents.golden import FOLDER, extracted, golden_file

EVERY = Templates(ROOT).names()
LATEST = date(2099, 1, 1)
IDS = ["/".join(name) for name in EVERY]
THREATS = ["坐牢", "拘留", "逮捕", "公安", "黑名单", "法院专员", "通知单位", "通讯录", "子女", "停发", "社保", "上门抓"]
LEFT_OVER = ("**", "{{", "{%", "```", "\ue000", "None", "Undefined")

Pages = Callable[[bytes], list[str]]


def required_facts() -> Iterator[tuple[str, str, str]]:
    for jurisdiction, name in EVERY:
        with suppress(UserError):  # a template that cannot be read fails in the tests of the whole template
            for fact in Templates(ROOT).in_force(jurisdiction, name, LATEST).meta.facts.required:
                yield jurisdiction, name, fact.fact if isinstance(fact, ConditionalFact) else fact


def holders(facts: Any, path: str) -> list[tuple[dict[str, Any], str]]:
    """Where the sample keeps the fact: the objects that have it, and its key."""
    *way, last = path.split(".")
    found = [facts]
    for step in way:
        found = [holder[step.removesuffix("[]")] for holder in found if step.removesuffix("[]") in holder]
        if step.endswith("[]"):
            found = [item for items in found for item in items]
    key = last.removesuffix("[]")
    return [(holder, key) for holder in found if key in holder]


def forms(value: object, currency: str) -> set[str]:
    """How a value may stand on the page."""
    if isinstance(value, int):
        return {str(value), to_text(value, currency, grouped=True)}
    texts = {"".join(str(value).split())}
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return texts
    return texts | {f"{day.year}年{day.month}月{day.day}日"}


def wordings(document: Document) -> str:
    return repr(document.blocks)


@pytest.mark.parametrize(("jurisdiction", "name"), EVERY, ids=IDS)
def test_renders_and_states_every_required_fact(
    jurisdiction: str, name: str, templates: Templates, fonts: Fonts, pages_of: Pages
) -> None:
    template = templates.in_force(jurisdiction, name, LATEST)
    sample = templates.sample(jurisdiction, name)
    page = "".join(pages_of(render(template.document(sample), fonts)))
    for fact in template.meta.facts.required:
        path = fact.fact if isinstance(fact, ConditionalFact) else fact
        for holder, key in holders(sample, path):
            for value in holder[key] if isinstance(holder[key], list) else [holder[key]]:
                if not isinstance(value, bool | dict) and path not in STEERS:
                    assert any(form in page for form in forms(value, sample.get("currency", "CNY"))), (path, value)


@pytest.mark.parametrize(("jurisdiction", "name"), EVERY, ids=IDS)
def test_its_sample_says_what_was_reviewed(jurisdiction: str, name: str, templates: Templates, fonts: Fonts) -> None:
    reviewed = golden_file(jurisdiction, name).read_text("utf-8")
    assert extracted(templates, fonts, jurisdiction, name).split() == reviewed.split()


def test_every_reviewed_text_has_its_template() -> None:
    assert {(path.parent.name, path.stem) for path in FOLDER.rglob("*.txt")} == set(EVERY)


VARIANTS: dict[str, dict[str, Any]] = {
    "formal_notice": {"card": {"number": "6200 **** **** 9999", "balance": 1234567}},
    "preservation_application": {
        "case_no": "（2026）示0001民初345号",
        "title": {
            "maker": "示例市样本区人民法院",
            "document": "民事判决书",
            "case_no": "（2026）示0001民初345号",
            "effective_on": "2026-08-20",
            "performance_due_on": "2026-09-05",
            "content": "张某偿还借款本息",
        },
    },
    "enforcement_application": {
        "certificate": {
            "number": "（2026）示样证执字第00012号",
            "issued_on": "2026-11-02",
            "notary": "示例市样本公证处",
        }
    },
    "enforcement_resumption": {
        "settlement": {"signed_on": "2025-03-01", "due_on": "2026-10-31", "content": "分十二期归还"}
    },
}
"""Facts that the sample has no use for, since it shows one variant of the document."""

STEERS = {
    "addressee_role",
    "arrangement.kind",
    "currency",
    "disposal.kind",
    "ground",
    "guarantee.kind",
    "product",
    "regime",
    "stage",
    "title.kind",
    "votes[].verdict",
}
"""Facts that choose between wordings and are not printed themselves."""


@pytest.mark.parametrize(("jurisdiction", "name", "path"), list(required_facts()))
@pytest.mark.parametrize("nothing", ["absent", "empty"])
def test_a_missing_fact_is_an_error_that_names_it(
    jurisdiction: str, name: str, path: str, nothing: str, templates: Templates
) -> None:
    facts = {**copy.deepcopy(VARIANTS.get(name, {})), **copy.deepcopy(templates.sample(jurisdiction, name))}
    for fact in templates.in_force(jurisdiction, name, LATEST).meta.facts.required:
        if isinstance(fact, ConditionalFact) and fact.fact == path:
            for condition, value in fact.when.items():
                for holder, key in holders(facts, condition):
                    holder[key] = value
    found = holders(facts, path)
    for holder, key in found:
        if nothing == "absent":
            del holder[key]
        else:
            holder[key] = [] if isinstance(holder[key], list) else "" if isinstance(holder[key], str) else None
    with pytest.raises(MissingFact) as refused:
        templates.in_force(jurisdiction, name, LATEST).document(facts)
    unindexed = path.replace("[]", "")
    assert "".join(part.split("]")[-1] for part in refused.value.field.split("[")) == unindexed
    assert unindexed.rsplit(".", maxsplit=1)[-1] in str(refused.value)


@pytest.mark.parametrize(("jurisdiction", "name"), EVERY, ids=IDS)
def test_no_markup_is_left_over_and_nothing_is_threatened(jurisdiction: str, name: str, templates: Templates) -> None:
    template = templates.in_force(jurisdiction, name, LATEST)
    unmasked = json.loads(json.dumps(templates.sample(jurisdiction, name)).replace("*", "0"))
    words = wordings(template.document(unmasked))
    assert not [mark for mark in LEFT_OVER if mark in words]
    assert not [threat for threat in THREATS if threat in template.source]


@pytest.mark.parametrize(("jurisdiction", "name"), EVERY, ids=IDS)
def test_its_legal_basis_was_in_force_when_it_was_written(jurisdiction: str, name: str, templates: Templates) -> None:
    template = templates.in_force(jurisdiction, name, LATEST)
    basis = template.meta.legal_basis
    if set(template.meta.life_cycle) & {"signed", "sealed", "decided"}:  # a reminder by SMS needs no basis
        assert any(citation.in_force_from <= template.effective_on for citation in basis)
    assert all(citation.confidence is not Confidence.MEMORY for citation in basis)


@pytest.mark.parametrize(("jurisdiction", "name"), EVERY, ids=IDS)
def test_drafts_and_only_drafts_say_so_on_every_page(
    jurisdiction: str, name: str, templates: Templates, fonts: Fonts, pages_of: Pages
) -> None:
    template = templates.in_force(jurisdiction, name, LATEST)
    document = template.document(templates.sample(jurisdiction, name))
    pages = pages_of(render(document, fonts))
    mark = furniture_of(document).draft
    assert all(page.endswith(mark) for page in pages) if document.draft else not any(mark in page for page in pages)


def test_what_only_people_may_issue_is_a_draft(templates: Templates) -> None:
    metas = {name: templates.in_force(jurisdiction, name, LATEST).meta for jurisdiction, name in EVERY}
    assert metas["complaint"].draft
    assert all(meta.draft for meta in metas.values() if meta.issuer in ("law_firm", "court"))


def test_the_card_notice_states_what_the_card_rules_ask_for(templates: Templates) -> None:
    """商业银行信用卡业务监督管理办法, art 69."""
    sample = templates.sample("cn", "formal_notice")
    facts = {**sample, "product": "card", **VARIANTS["formal_notice"]}
    document = templates.in_force("cn", "formal_notice", LATEST).document(facts)
    words = wordings(document)
    assert document.blocks[0] == Heading(1, "信用卡欠款催收通知书")
    for needed in (
        "6200 **** **** 9999",
        "12,345.67",
        "民法典",
        "权利和义务",
        "查询",
        "异议",
        "提交",
        "我行联系人",
        "（盖章）",
    ):
        assert needed in words
    assert "提前到期" not in words


def test_a_general_guarantor_is_not_sent_a_demand(templates: Templates) -> None:
    facts = templates.sample("cn", "guarantor_demand")
    facts["guarantee"]["kind"] = "general"
    with pytest.raises(Exception, match="joint guarantee"):
        templates.in_force("cn", "guarantor_demand", LATEST).document(facts)


def test_the_guarantor_is_asked_within_the_period_in_so_many_words(templates: Templates) -> None:
    document = templates.in_force("cn", "guarantor_demand", LATEST).document(templates.sample("cn", "guarantor_demand"))
    assert "要求您在保证期间内承担保证责任" in wordings(document)


def test_a_claim_never_sued_on_says_why(templates: Templates) -> None:
    facts = templates.sample("cn", "write_off_application")
    facts["litigation"] = {"sued": False, "why_not": "金额小于诉讼成本"}
    document = templates.in_force("cn", "write_off_application", LATEST).document(facts)
    assert "未诉讼，理由：金额小于诉讼成本" in wordings(document)
