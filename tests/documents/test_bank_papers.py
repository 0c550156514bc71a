"""The bank's own letters, agreements and internal papers: what the law asks of each, and what it forbids."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from recourse.documents.blocks import Document, words
from recourse.documents.compose import MissingFact
from recourse.documents.templates import Templates
from recourse.errors import UserError

ON = date(2026, 11, 1)


@pytest.fixture
def sample(templates: Templates, request: pytest.FixtureRequest) -> dict[str, Any]:
    """The invented facts of the document that the test's name begins with."""
    return templates.sample("cn", request.param)


def paper(templates: Templates, name: str, facts: dict[str, Any], jurisdiction: str = "cn") -> Document:
    return templates.in_force(jurisdiction, name, ON).document(facts)


def said(templates: Templates, name: str, facts: dict[str, Any], jurisdiction: str = "cn") -> str:
    return words(paper(templates, name, facts, jurisdiction).blocks)


def of(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("sample", [name], indirect=True, ids=[name])


@of("reminder_letter")
def test_a_reminder_claims_nothing_that_a_notice_would(templates: Templates, sample: dict[str, Any]) -> None:
    text = said(templates, "reminder_letter", sample)
    assert "不宣布贷款提前到期" in text
    assert not [word for word in ("起诉", "诉讼", "征信", "保证人") if word in text]


@pytest.mark.parametrize(("days", "may"), [(0, False), (1, True)])
@of("reminder_letter")
def test_a_reminder_waits_for_the_first_day_overdue(
    templates: Templates, sample: dict[str, Any], days: int, may: bool
) -> None:
    sample["days_past_due"] = days
    if may:
        assert f"已逾期 {days} 天" in said(templates, "reminder_letter", sample)
    else:
        with pytest.raises(UserError, match="nothing is overdue"):
            paper(templates, "reminder_letter", sample)


@of("reminder_letter")
def test_a_reminder_of_a_card_names_the_card(templates: Templates, sample: dict[str, Any]) -> None:
    sample |= {"product": "card", "card": {"number": "6200 **** **** 9999"}}
    assert "卡号：6200 **** **** 9999" in said(templates, "reminder_letter", sample)


@pytest.mark.parametrize(("ends_on", "may"), [("2026-11-22", False), ("2026-11-23", True)])
@of("lawyer_letter")
def test_only_a_firm_that_is_still_retained_writes(
    templates: Templates, sample: dict[str, Any], ends_on: str, may: bool
) -> None:
    sample["mandate"]["to_on"] = ends_on
    if may:
        assert paper(templates, "lawyer_letter", sample).draft
    else:
        with pytest.raises(UserError, match="mandate has ended"):
            paper(templates, "lawyer_letter", sample)


@of("lawyer_letter")
def test_a_lawyers_letter_speaks_of_what_may_follow_and_takes_no_money(
    templates: Templates, sample: dict[str, Any]
) -> None:
    text = said(templates, "lawyer_letter", sample)
    assert "委托人可能视届时的事实" in text
    assert "不代收款项" in text
    assert "不得在公共场所张贴" in text


@of("agency_data_annex")
def test_the_annex_holds_what_the_law_asks_of_an_entrusting_contract(
    templates: Templates, sample: dict[str, Any]
) -> None:
    """PIPL art 21: purpose, term, method, kinds, safeguards, duties, supervision, return, no sub-entrusting."""
    text = said(templates, "agency_data_annex", sample)
    for needed in ("目的 ", "期限 ", "处理方式 ", "个人信息的种类", "保护措施", "监督：", "不得转委托"):
        assert needed in text
    assert "将个人信息返还委托方或者予以删除，不得保留" in text


@pytest.mark.parametrize(("assessed_on", "may"), [("2026-11-23", True), ("2026-11-24", False)])
@of("agency_data_annex")
def test_the_impact_assessment_comes_first(
    templates: Templates, sample: dict[str, Any], assessed_on: str, may: bool
) -> None:
    sample["assessment"]["on"] = assessed_on
    if may:
        assert "2026年11月23日完成" in said(templates, "agency_data_annex", sample)
    else:
        with pytest.raises(UserError, match="impact assessment"):
            paper(templates, "agency_data_annex", sample)


@pytest.mark.parametrize(
    ("place", "value", "why"),
    [
        (("processing", "to_on"), "2027-11-23", "longer than the placement"),
        (("supervision", "inspections_a_year"), 0, "once a year"),
    ],
)
@of("agency_data_annex")
def test_an_annex_that_gives_too_much_is_refused(
    templates: Templates, sample: dict[str, Any], place: tuple[str, str], value: object, why: str
) -> None:
    sample[place[0]][place[1]] = value
    with pytest.raises(UserError, match=why):
        paper(templates, "agency_data_annex", sample)


@of("instalment_agreement")
def test_an_instalment_agreement_has_the_six_items_of_article_70(templates: Templates, sample: dict[str, Any]) -> None:
    text = said(templates, "instalment_agreement", sample)
    for needed in (
        "欠款余额、结构和币种",
        "还款周期、方式、日期和每期金额",
        "年费、利息和其他费用的计收",
        "不向任何银行申领信用卡",
        "双方的权利义务和违约责任",
        "其他",
    ):
        assert needed in text
    assert "停止对乙方的催收" in text


@pytest.mark.parametrize(("months", "may"), [(60, True), (61, False)])
@of("instalment_agreement")
def test_an_instalment_agreement_runs_for_five_years_at_most(
    templates: Templates, sample: dict[str, Any], months: int, may: bool
) -> None:
    sample["plan"]["months"] = months
    if may:
        assert "60 个月" in said(templates, "instalment_agreement", sample)
    else:
        with pytest.raises(UserError, match="five years"):
            paper(templates, "instalment_agreement", sample)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"product": "loan"}, "card debts"),
        ({"finding": {"exceeds_ability": False, "willing": True, "evidence": "面谈"}}, "beyond the holder's means"),
        ({"finding": {"exceeds_ability": True, "willing": False, "evidence": "面谈"}}, "willing to pay"),
    ],
)
@of("instalment_agreement")
def test_article_70_is_for_holders_who_cannot_pay_but_will(
    templates: Templates, sample: dict[str, Any], change: dict[str, Any], why: str
) -> None:
    with pytest.raises(UserError, match=why):
        paper(templates, "instalment_agreement", {**sample, **change})


@pytest.mark.parametrize("name", ["instalment_agreement", "extension_agreement"])
def test_instalments_add_up_to_the_fen(templates: Templates, name: str) -> None:
    facts = templates.sample("cn", name)
    facts["instalments"][0]["amount"] += 1
    with pytest.raises(UserError, match="do not add up"):
        paper(templates, name, facts)


@pytest.mark.parametrize(("applied_on", "may"), [("2026-12-14", True), ("2026-12-15", False)])
@of("extension_agreement")
def test_an_extension_is_applied_for_before_the_loan_matures(
    templates: Templates, sample: dict[str, Any], applied_on: str, may: bool
) -> None:
    """民法典 678; afterwards the same paper is a reschedule."""
    sample["arrangement"]["applied_on"] = applied_on
    if may:
        assert "借款展期协议" in said(templates, "extension_agreement", sample)
        return
    with pytest.raises(UserError, match="art 678"):
        paper(templates, "extension_agreement", sample)
    sample["arrangement"]["kind"] = "reschedule"
    text = said(templates, "extension_agreement", sample)
    assert "还款安排协议" in text
    assert "展期" not in text


@of("extension_agreement")
def test_a_guarantor_who_did_not_agree_signs_nothing_and_the_agreement_says_what_is_lost(
    templates: Templates, sample: dict[str, Any]
) -> None:
    """民法典 695: heavier parts are not guaranteed, and the guarantee period stays as it was."""
    sample["guarantees"][1]["consents"] = False
    text = said(templates, "extension_agreement", sample)
    assert text.count("同意对变更后的债务继续承担保证责任") == 1
    assert "对加重的部分不承担责任；保证期间仍按原合同计算" in text


@pytest.mark.parametrize(
    ("kind", "basis"), [("agreement", "第四百一十条第一款"), ("self_help", "第十一条约定"), ("court", "第二百零七条")]
)
@of("collateral_disposal_notice")
def test_security_is_realised_in_one_of_three_ways(
    templates: Templates, sample: dict[str, Any], kind: str, basis: str
) -> None:
    sample["disposal"]["kind"] = kind
    text = said(templates, "collateral_disposal_notice", sample)
    assert basis in text
    assert "超过债权数额的部分归抵押人所有，不足部分由债务人清偿" in text


@of("collateral_disposal_notice")
def test_security_never_simply_becomes_the_banks(templates: Templates, sample: dict[str, Any]) -> None:
    """民法典 401."""
    sample["disposal"]["kind"] = "forfeiture"
    with pytest.raises(UserError, match="art 401"):
        paper(templates, "collateral_disposal_notice", sample)


@of("collateral_disposal_notice")
def test_the_bank_sells_by_itself_only_under_a_clause(templates: Templates, sample: dict[str, Any]) -> None:
    """担保解释 45."""
    del sample["clause"]
    with pytest.raises(MissingFact) as missing:
        paper(templates, "collateral_disposal_notice", sample)
    assert missing.value.field == "clause.number"


@of("assignment_notice")
def test_debtor_and_guarantor_are_told_of_an_assignment_each_in_their_own_words(
    templates: Templates, sample: dict[str, Any]
) -> None:
    guarantor = said(templates, "assignment_notice", sample)
    assert "第六百九十六条" in guarantor
    assert "不是要求您承担保证责任的通知" in guarantor
    del sample["guarantee"], sample["guarantor"]
    debtor = said(templates, "assignment_notice", sample | {"addressee_role": "debtor"})
    assert "第五百四十六条" in debtor
    assert "请向受让人履行还款义务" in debtor
    assert "保证人" not in debtor


@pytest.mark.parametrize(("effective_on", "may"), [("2026-11-23", True), ("2026-11-24", False)])
@of("assignment_notice")
def test_a_transfer_is_notified_once_it_has_taken_effect(
    templates: Templates, sample: dict[str, Any], effective_on: str, may: bool
) -> None:
    sample["transfer"]["effective_on"] = effective_on
    if may:
        assert "2026年11月23日" in said(templates, "assignment_notice", sample)
    else:
        with pytest.raises(UserError, match="not taken effect"):
            paper(templates, "assignment_notice", sample)


@pytest.mark.parametrize("name", ["recovery_report", "pursuit_certificate"])
def test_three_people_sign_what_the_bank_certifies_itself(templates: Templates, name: str) -> None:
    """财金〔2017〕90号 art 8: handler, head of department, head of the unit."""
    text = said(templates, name, templates.sample("cn", name))
    for signer in ("经办人：_", "部门负责人：_", "单位负责人：_"):
        assert text.count(signer) == 1


@of("recovery_report")
def test_a_recovery_report_counts_no_attempt_that_it_does_not_list(
    templates: Templates, sample: dict[str, Any]
) -> None:
    sample["pursuit"]["attempts"] += 1
    with pytest.raises(UserError, match="number of attempts"):
        paper(templates, "recovery_report", sample)


@of("legal_opinion")
def test_the_opinion_is_left_to_named_counsel(templates: Templates, sample: dict[str, Any]) -> None:
    text = said(templates, "legal_opinion", sample)
    assert "法律意见（必填，由署名法律人员书写）" in text
    assert "没有提起诉讼或者仲裁，理由：债权金额小于诉讼和执行费用" in text
    with pytest.raises(UserError, match="counsel's own"):
        paper(templates, "legal_opinion", sample | {"opinion": "同意核销"})


@of("accountability_form")
def test_nobody_finds_on_his_own_responsibility(templates: Templates, sample: dict[str, Any]) -> None:
    sample["investigation"]["by"] = sample["persons"][0]["name"]
    with pytest.raises(UserError, match="his own responsibility"):
        paper(templates, "accountability_form", sample)


@pytest.mark.parametrize(("due_by", "may"), [("2028-11-10", True), ("2028-11-11", False)])
@of("accountability_form")
def test_responsibility_is_found_on_within_two_years_of_the_write_off(
    templates: Templates, sample: dict[str, Any], due_by: str, may: bool
) -> None:
    """财金〔2017〕90号 art 19; before the write-off only the plan is stated."""
    sample["due_by"] = due_by
    if may:
        assert "2028年11月10日以前" in said(templates, "accountability_form", sample)
    else:
        with pytest.raises(UserError, match="within two years"):
            paper(templates, "accountability_form", sample)
    del sample["written_off_on"]
    assert "尚未核销" in said(templates, "accountability_form", sample)


@pytest.mark.parametrize("votes", [[], None])
@of("committee_minutes")
def test_no_votes_no_minutes(templates: Templates, sample: dict[str, Any], votes: list[object] | None) -> None:
    sample["votes"] = votes
    with pytest.raises(MissingFact) as missing:
        paper(templates, "committee_minutes", sample)
    assert missing.value.field.startswith("votes")


@of("committee_minutes")
def test_minutes_say_what_was_voted_and_keep_the_dissent(templates: Templates, sample: dict[str, Any]) -> None:
    text = said(templates, "committee_minutes", sample)
    assert "同意 4 票" in text
    assert "不同意 1 票" in text
    assert "贷后检查缺失的责任认定尚未完成" in text
    assert "尤某（代 许某）" in text


@pytest.mark.parametrize(
    ("votes_for", "approved", "may"), [(4, True, True), (3, True, False), (3, False, True), (4, False, False)]
)
@of("committee_minutes")
def test_minutes_say_no_other_decision_than_the_votes_carry(
    templates: Templates, sample: dict[str, Any], votes_for: int, approved: bool, may: bool
) -> None:
    for at, vote in enumerate(sample["votes"]):
        vote["verdict"] = "approve" if at < votes_for else "reject"
    sample["decision"]["approved"] = approved
    if may:
        assert ("通过■" in said(templates, "committee_minutes", sample).replace("未通过■", "")) is approved
    else:
        with pytest.raises(UserError, match="recorded votes"):
            paper(templates, "committee_minutes", sample)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda votes: votes.pop(), "every member present has voted"),
        (lambda votes: votes[1].update(name=votes[0]["name"]), "one person has one vote"),
        (lambda votes: votes[0].update(verdict="perhaps"), "approves, rejects or returns"),
    ],
)
@of("committee_minutes")
def test_minutes_of_irregular_votes_are_refused(
    templates: Templates, sample: dict[str, Any], change: Any, why: str
) -> None:
    change(sample["votes"])
    with pytest.raises(UserError, match=why):
        paper(templates, "committee_minutes", sample)


def test_a_validation_notice_has_its_prompts_in_order_at_the_bottom(templates: Templates) -> None:
    """12 CFR 1006.34(c)(4)."""
    text = said(templates, "validation_notice", templates.sample("us", "validation_notice"), "us")
    prompts = [
        "How do you want to respond?",
        "Check all that apply:",
        "I want to dispute the debt because I think:",
        "This is not my debt.",
        "The amount is wrong.",
        "Other (please describe on reverse or attach additional information).",
        "I want you to send me the name and address of the original creditor.",
        "Mail this form to",
    ]
    places = [text.index(prompt) for prompt in prompts]
    assert places == sorted(places)
    assert text.index("www.cfpb.gov/debt-collection") < places[0]


@pytest.mark.parametrize("item", ["amount", "interest", "fees", "payments", "credits"])
def test_the_itemization_adds_up_to_the_cent(templates: Templates, item: str) -> None:
    """12 CFR 1006.34(c)(2)(viii)."""
    facts = templates.sample("us", "validation_notice")
    facts["itemization"][item] += 1
    with pytest.raises(UserError, match="does not add up"):
        paper(templates, "validation_notice", facts, "us")


def test_a_validation_notice_by_mail_needs_no_electronic_way(templates: Templates) -> None:
    """12 CFR 1006.34(c)(3)(v) asks for one only when the notice itself is electronic."""
    facts = templates.sample("us", "validation_notice")
    del facts["service"]["electronic"]
    with pytest.raises(MissingFact):
        paper(templates, "validation_notice", facts, "us")
    facts["delivery"] = {"method": "first-class mail", "electronic": False}
    assert "electronically" not in said(templates, "validation_notice", facts, "us")


@pytest.mark.parametrize("name", ["reminder_letter", "formal_notice", "acceleration_notice", "guarantor_demand"])
def test_the_lines_of_a_claim_add_up_to_its_total_with_the_costs(templates: Templates, name: str) -> None:
    """The total of the core holds the costs of enforcing the claim (民法典 561): they are a line of their own."""
    facts = templates.sample("cn", name)
    assert "实现债权的费用 " not in said(templates, name, facts)
    facts["amounts"] |= {"costs": 123456, "total": facts["amounts"]["total"] + 123456}
    lines = said(templates, name, facts).splitlines()
    at = lines.index("实现债权的费用")
    assert lines[at + 1] == "1,234.56"


@of("outsourcing_notice")
def test_the_notice_of_outsourcing_says_what_an_agency_may_not(templates: Templates, sample: dict[str, Any]) -> None:
    """消保办法 41, PIPL 21, the association's guideline."""
    text = said(templates, "outsourcing_notice", sample)
    for needed in (
        "不得转委托",
        "无权承诺减免",
        "双人同行",
        "不得收取现金",
        "返还或者删除",
        "债权人仍为我行",
        "另行告知",
    ):
        assert needed in text


@pytest.mark.parametrize(
    ("name", "place", "value", "why"),
    [
        ("extension_agreement", ("arrangement", "kind"), "card", "extension or a reschedule"),
        ("extension_agreement", ("arrangement", "ends_on"), "2026-12-14", "ends later"),
        ("committee_minutes", ("meeting", "entitled"), 4, "more members were present"),
        ("assignment_notice", ("addressee_role",), "spouse", "debtor and to each guarantor"),
    ],
)
def test_a_paper_is_not_made_for_what_it_is_not_meant_for(
    templates: Templates, name: str, place: tuple[str, ...], value: object, why: str
) -> None:
    facts = holder = templates.sample("cn", name)
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    with pytest.raises(UserError, match=why):
        paper(templates, name, facts)


@pytest.mark.parametrize(("dispute_by", "may"), [("2026-11-23", False), ("2026-11-24", True)])
def test_a_validation_period_does_not_end_before_the_notice_is_sent(
    templates: Templates, dispute_by: str, may: bool
) -> None:
    """12 CFR 1006.34(b)(5); how long it is, the packs say."""
    facts = templates.sample("us", "validation_notice") | {"dispute_by": dispute_by}
    if may:
        assert dispute_by in said(templates, "validation_notice", facts, "us")
    else:
        with pytest.raises(UserError, match="validation period"):
            paper(templates, "validation_notice", facts, "us")
