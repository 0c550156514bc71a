"""What the law asks of each court paper, and when a paper must not be used at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from recourse.documents.compose import MissingFact
from recourse.documents.templates import Templates
from recourse.documents.wording import TO_BE_VERIFIED
from recourse.errors import UserError

LATEST = date(2099, 1, 1)

COURT_PAPERS = (
    "complaint_card", "preservation_application", "preservation_renewal", "preservation_release", "withdrawal_application",
    "payment_order_application", "security_realisation_application", "enforcement_application", "enforcement_resumption",
    "arbitration_application", "judicial_confirmation", "enforcement_certificate_application", "claim_filing",
)  # fmt: skip

TITLE = {
    "maker": "示例市样本区人民法院", "document": "民事判决书", "case_no": "（2026）示0001民初345号",
    "effective_on": "2026-08-20", "performance_due_on": "2026-09-05", "content": "张某偿还借款本息",
}  # fmt: skip
GENERAL_GUARANTOR = {
    "role": "一般保证人", "name": "周某", "sex": "男", "born_on": "1980-01-02", "phone": "100****0003", "id_type": "居民身份证",
    "household_address": "示例市样本区虚构街7号", "residence": "示例市样本区虚构街7号", "id_number": "000000198001020000",
}  # fmt: skip


class Paper:
    """One paper with the facts of its sample, some of them changed by dotted path; None takes a fact away."""

    def __init__(self, templates: Templates, name: str) -> None:
        self._templates, self._name = templates, name

    def words(self, changes: dict[str, Any] | None = None, *, on: date = LATEST) -> str:
        facts = self._templates.sample("cn", self._name)
        for path, value in (changes or {}).items():
            *way, last = path.split(".")
            holder = facts
            for step in way:
                holder = holder.setdefault(step, {})
            holder[last] = value
        return repr(self._templates.in_force("cn", self._name, on).document(facts).blocks)

    def refuses(self, changes: dict[str, Any]) -> str:
        with pytest.raises(UserError) as refused:
            self.words(changes)
        return str(refused.value)

    def lacks(self, changes: dict[str, Any]) -> str:
        with pytest.raises(MissingFact) as missing:
            self.words(changes)
        return missing.value.field


@pytest.mark.parametrize("name", COURT_PAPERS)
def test_every_court_paper_is_a_draft_that_people_sign_seal_and_file(templates: Templates, name: str) -> None:
    meta = templates.in_force("cn", name, LATEST).meta
    assert meta.draft
    assert meta.channels == ("court",)
    assert meta.life_cycle == ("draft", "reviewed", "signed", "sealed", "filed")


@pytest.mark.parametrize("name", COURT_PAPERS)
def test_every_court_paper_can_be_made_while_the_simulated_town_is_played(templates: Templates, name: str) -> None:
    Paper(templates, name).words(on=date(2024, 11, 4))


@pytest.mark.parametrize(
    "name", ["payment_order_application", "enforcement_application", "claim_filing", "complaint_card"]
)
def test_a_total_that_is_not_the_sum_of_its_parts_is_refused(templates: Templates, name: str) -> None:
    paper = Paper(templates, name)
    total = templates.sample("cn", name)["amounts"]["total"]
    paper.words({"amounts.total": total})
    assert "sum" in paper.refuses({"amounts.total": total + 1})


def test_a_company_among_the_defendants_is_described_as_a_company(templates: Templates) -> None:
    firm = {
        "role": "连带责任保证人", "name": "示例贸易有限公司", "office": "示例市样本区编造路9号", "representative": "赵某",
        "representative_post": "执行董事", "uscc": "91000000000000002X", "phone": "00000-9", "entity_type": "有限责任公司",
        "ownership": "民营", "registered_at": "示例市样本区编造路9号",
    }  # fmt: skip
    complaint = Paper(templates, "complaint")
    words = complaint.words({"corporate_defendants": [firm]})
    assert "被告（3）：连带责任保证人" in words
    assert "副本份数：3 份" in words
    assert complaint.lacks({"corporate_defendants": [{**firm, "uscc": ""}]}) == "corporate_defendants[].uscc"


def test_the_loan_form_of_2025_asks_about_mediation_point_by_point_and_the_older_text_stays(
    templates: Templates,
) -> None:
    complaint = Paper(templates, "complaint")
    assert "首次不成可以再次调解" not in complaint.words(on=date(2025, 7, 13))
    assert "首次不成可以再次调解" in complaint.words(on=date(2025, 7, 14))
    assert "是□ 否□ 暂不确定■" in complaint.words({"mediation.willing": "unsure"})


def test_the_card_complaint_states_how_the_terms_were_pointed_out_or_warns_that_they_may_not_bind(
    templates: Templates,
) -> None:
    """银行卡规定 art 2."""
    card = Paper(templates, "complaint_card")
    assert "银行卡规定第二条" not in card.words()
    assert "银行卡规定第二条" in card.words({"prompting.done": False})
    assert "滞纳金未主张" in card.words()
    sample = templates.sample("cn", "complaint_card")["amounts"]
    assert "滞纳金1.00 元" in card.words({"amounts.late_fee": 100, "amounts.total": sample["total"] + 100})


def test_preservation_asks_for_no_more_than_the_claim(templates: Templates) -> None:
    """民事诉讼法 art 105."""
    paper = Paper(templates, "preservation_application")
    total = templates.sample("cn", "preservation_application")["amounts"]["total"]
    assert "限额内" in paper.words({"request.amount": total})
    assert "limited to the claim" in paper.refuses({"request.amount": total + 1})


def test_security_is_offered_before_the_suit_and_waived_for_a_bank_in_it(templates: Templates) -> None:
    """民事诉讼法 art 104; 财产保全规定 art 9."""
    paper = Paper(templates, "preservation_application")
    assert paper.lacks({"security_offered": None}) == "security_offered"
    suit = {"stage": "in_suit", "case_no": "（2026）示0001民初345号", "security_offered": None}
    assert paper.lacks(suit) == "applicant.licence_no"
    in_suit = paper.words({**suit, "applicant.licence_no": "B0000000000001"})
    assert "第九条第一款第六项" in in_suit
    assert "第九条第二款" in paper.words({"stage": "after_judgment", "title": TITLE, "security_offered": None})


def test_each_stage_of_preservation_stands_on_its_own_article(templates: Templates) -> None:
    paper = Paper(templates, "preservation_application")
    before, in_suit = paper.words(), paper.words({"stage": "in_suit", "case_no": "（2026）示0001民初345号"})
    assert "三十日内依法提起诉讼" in before
    assert "不能再申请支付令" in before
    assert "第一百零三条" in in_suit
    assert "第一百零四条" not in in_suit
    assert "通过该仲裁机构提交" in paper.words(
        {"stage": "in_suit", "case_no": "（2026）示仲字第9号", "tribunal": "示例仲裁委员会"}
    )
    after = paper.words({"stage": "after_judgment", "title": TITLE})
    assert "第一百六十三条" in after
    assert "五日内不申请执行" in after
    assert "stage is" in paper.refuses({"stage": "appeal"})


def test_the_courts_network_is_searched_in_a_suit_only(templates: Templates) -> None:
    """财产保全规定 arts 10, 11."""
    paper = Paper(templates, "preservation_application")
    assert "before the suit" in paper.refuses({"network_query": True})
    assert "网络执行查控系统" in paper.words(
        {"network_query": True, "stage": "in_suit", "case_no": "（2026）示0001民初345号"}
    )


def test_the_assets_of_a_general_guarantor_are_touched_for_a_reason_only(templates: Templates) -> None:
    """担保制度解释 art 26."""
    paper = Paper(templates, "preservation_application")
    assert paper.lacks({"respondents": [GENERAL_GUARANTOR]}) == "general_guarantor_reason"
    assert "第二十六条第三款" in paper.words(
        {"respondents": [GENERAL_GUARANTOR], "general_guarantor_reason": "债务人的财产不足清偿"}
    )


@pytest.mark.parametrize(("day", "still_there"), [("2026-12-19", True), ("2026-12-20", False)])
def test_a_measure_is_renewed_on_its_last_day_and_not_after_it(
    templates: Templates, day: str, *, still_there: bool
) -> None:
    """民诉解释 art 485."""
    paper = Paper(templates, "preservation_renewal")
    if still_there:
        assert "续行" in paper.words({"issued_on": day})
    else:
        assert "ended" in paper.refuses({"issued_on": day})


@pytest.mark.parametrize(("day", "late"), [("2026-12-12", False), ("2026-12-13", True)])
def test_a_renewal_within_the_last_seven_days_says_that_it_is_late(
    templates: Templates, day: str, *, late: bool
) -> None:
    """财产保全规定 art 18; in enforcement there is no such limit."""
    paper = Paper(templates, "preservation_renewal")
    assert ("本申请迟于该日" in paper.words({"issued_on": day})) is late
    assert "本申请迟于该日" not in paper.words({"issued_on": day, "stage": "enforcement"})


def test_a_renewal_lasts_longer_than_what_it_renews(templates: Templates) -> None:
    assert "no later" in Paper(templates, "preservation_renewal").refuses({"request.until_on": "2026-12-19"})


@pytest.mark.parametrize(
    ("ground", "item"), [("no_suit", "第一项"), ("withdrawn", "第四项"), ("dismissed", "第五项"), ("settled", "第六项")]
)
def test_a_measure_is_lifted_on_a_ground_of_the_rules(templates: Templates, ground: str, item: str) -> None:
    """财产保全规定 art 23."""
    paper = Paper(templates, "preservation_release")
    assert f"第二十三条第一款{item}" in paper.words({"ground": ground})
    assert "not a ground" in paper.refuses({"ground": "goodwill"})


def test_a_measure_is_lifted_whole_or_in_the_part_that_is_named(templates: Templates) -> None:
    paper = Paper(templates, "preservation_release")
    assert paper.lacks({"release.scope": None}) == "release.scope"
    assert "请求全部解除" in paper.words({"release": {"partial": False}})


def test_a_suit_is_withdrawn_before_judgment_only(templates: Templates) -> None:
    """民事诉讼法 art 148; 民诉解释 art 238."""
    paper = Paper(templates, "withdrawal_application")
    assert "before judgment" in paper.refuses({"judged": True})
    assert paper.lacks({"respondent_view": None}) == "respondent_view"
    assert "第二百三十八条" not in paper.words({"debate_closed": False, "respondent_view": None})


def test_who_withdraws_is_told_what_becomes_of_the_guarantee(templates: Templates) -> None:
    """担保制度解释 art 31."""
    paper = Paper(templates, "withdrawal_application")
    assert "第三十一条" in paper.words()
    assert "第三十一条" not in paper.words({"guarantees": []})


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"preservation.done": True}, "pre-suit preservation"),
        ({"conditions.matured": False}, "due and fixed"),
        ({"conditions.other_disputes": True}, "other debts in dispute"),
        ({"conditions.counter_obligation": True}, "owes something in return"),
        ({"conditions.reachable": False}, "reach a debtor"),
        ({"conditions.in_china": False}, "reach a debtor"),
        ({"respondents": [GENERAL_GUARANTOR]}, "does not bind those who gave security"),
    ],
)
def test_a_payment_order_is_not_asked_for_where_the_law_bars_it(
    templates: Templates, changes: dict[str, Any], why: str
) -> None:
    """民事诉讼法 art 225; 民诉解释 arts 427, 434."""
    assert why in Paper(templates, "payment_order_application").refuses(changes)


def test_a_condition_still_to_be_verified_stands_as_such(templates: Templates) -> None:
    assert TO_BE_VERIFIED in Paper(templates, "payment_order_application").words(
        {"conditions.reachable": TO_BE_VERIFIED}
    )


def test_security_in_dispute_or_out_of_its_agreed_order_is_not_realised_this_way(templates: Templates) -> None:
    """民事诉讼法 art 208; 民诉解释 art 363."""
    paper = Paper(templates, "security_realisation_application")
    assert "must sue" in paper.refuses({"conditions.disputed": True})
    assert "agreed order" in paper.refuses({"conditions.against_agreed_order": True})


def test_a_maximum_mortgage_names_its_cap_and_the_day_the_debt_was_fixed(templates: Templates) -> None:
    paper = Paper(templates, "security_realisation_application")
    mortgage = templates.sample("cn", "security_realisation_application")["mortgages"][0]
    assert paper.lacks({"mortgages": [{**mortgage, "cap": None}]}) == "mortgages[].cap"
    assert "债权确定时间" not in paper.words({"mortgages": [{**mortgage, "maximum": False}]})


@pytest.mark.parametrize(("day", "open_to"), [("2026-09-05", False), ("2026-09-06", True)])
def test_enforcement_waits_for_the_last_day_of_performance(templates: Templates, day: str, *, open_to: bool) -> None:
    """执行规定 art 16."""
    paper = Paper(templates, "enforcement_application")
    if open_to:
        assert "强制执行" in paper.words({"issued_on": day})
    else:
        assert "has not ended" in paper.refuses({"issued_on": day})


@pytest.mark.parametrize(("day", "late"), [("2028-09-05", False), ("2028-09-06", True)])
def test_enforcement_after_two_years_is_taken_but_open_to_objection(
    templates: Templates, day: str, *, late: bool
) -> None:
    """民诉解释 art 481."""
    assert ("第四百八十一条" in Paper(templates, "enforcement_application").words({"issued_on": day})) is late


def test_a_notarised_claim_is_enforced_with_its_certificate(templates: Templates) -> None:
    """公证债权文书执行规定 art 3."""
    paper = Paper(templates, "enforcement_application")
    assert paper.lacks({"title.kind": "notarised"}) == "certificate.number"
    certificate = {"number": "（2026）示样证执字第00012号", "issued_on": "2026-11-02", "notary": "示例市样本公证处"}
    assert "（2026）示样证执字第00012号" in paper.words({"title.kind": "notarised", "certificate": certificate})


def test_the_doubled_interest_names_its_base_its_rate_and_its_first_day(templates: Templates) -> None:
    """法释〔2014〕8号 arts 1, 2."""
    words = Paper(templates, "enforcement_application").words({"delay.base": 18763200})
    assert "自2026年9月6日起" in words
    assert "187,632.00 元为基数，按日万分之一点七五" in words


def test_without_a_known_asset_the_court_is_asked_to_search(templates: Templates) -> None:
    assert "尚未掌握" in Paper(templates, "enforcement_application").words({"assets": []})


def test_enforcement_is_resumed_upon_the_ruling_that_ended_it_and_an_asset(templates: Templates) -> None:
    """民诉解释 art 517."""
    paper = Paper(templates, "enforcement_resumption")
    assert paper.lacks({"ending.case_no": None}) == "ending.case_no"
    assert paper.lacks({"assets": []}) == "assets"
    assert "不受申请执行时效期间的限制" in paper.words()


@pytest.mark.parametrize(("due_on", "broken"), [("2026-11-23", False), ("2026-11-22", True)])
def test_enforcement_is_resumed_after_the_last_day_of_a_broken_settlement(
    templates: Templates, due_on: str, *, broken: bool
) -> None:
    """执行和解规定 art 11."""
    paper = Paper(templates, "enforcement_resumption")
    settlement = {"signed_on": "2025-03-01", "due_on": due_on, "content": "分十二期归还"}
    changes: dict[str, Any] = {"ground": "settlement_broken", "settlement": settlement, "ending": None, "assets": []}
    if broken:
        assert "恢复执行的期间为二年" in paper.words(changes)
    else:
        assert "has not ended" in paper.refuses(changes)


def test_each_respondent_of_an_arbitration_is_bound_by_an_agreement(templates: Templates) -> None:
    """担保制度解释 art 21."""
    paper = Paper(templates, "arbitration_application")
    guarantor = {**GENERAL_GUARANTOR, "bound_by": ""}
    assert paper.lacks({"respondents": [guarantor]}) == "respondents[0].bound_by"


def test_online_arbitration_is_answered_once_the_revised_law_is_in_force(templates: Templates) -> None:
    paper = Paper(templates, "arbitration_application")
    assert "2017年修正" in paper.words(on=date(2026, 2, 28))
    assert "在线仲裁" not in paper.words(on=date(2026, 2, 28))
    assert "在线仲裁" in paper.words(on=date(2026, 3, 1))


@pytest.mark.parametrize(("day", "in_time"), [("2026-12-10", True), ("2026-12-11", False)])
def test_a_mediation_is_confirmed_within_thirty_days(templates: Templates, day: str, *, in_time: bool) -> None:
    """民事诉讼法 art 205."""
    paper = Paper(templates, "judicial_confirmation")
    if in_time:
        assert "共同" in paper.words({"issued_on": day})
    else:
        assert "thirty days" in paper.refuses({"issued_on": day})


def test_a_mediation_over_a_right_in_a_thing_is_not_confirmed(templates: Templates) -> None:
    """民诉解释 art 355."""
    assert "cannot be confirmed" in Paper(templates, "judicial_confirmation").refuses({"conditions.real_right": True})


def test_a_certificate_needs_the_promise_and_covers_those_whom_the_deed_covers(templates: Templates) -> None:
    """公证法 art 37; 公证债权文书执行规定 art 6."""
    paper = Paper(templates, "enforcement_certificate_application")
    assert "promise" in paper.refuses({"deed.promise": False})
    assert "main debt only" in paper.refuses({"deed.covers_security": False})
    borrower = templates.sample("cn", "enforcement_certificate_application")["respondents"][:1]
    assert "执行证书" in paper.words({"deed.covers_security": False, "respondents": borrower})


@pytest.mark.parametrize(("day", "stopped"), [("2026-10-30", True), ("2026-10-31", False)])
def test_interest_in_a_claim_stops_when_the_bankruptcy_is_accepted(
    templates: Templates, day: str, *, stopped: bool
) -> None:
    """企业破产法 art 46."""
    paper = Paper(templates, "claim_filing")
    if stopped:
        assert "停止计息" in paper.words({"as_of": day})
    else:
        assert "interest stops" in paper.refuses({"as_of": day})


@pytest.mark.parametrize(("day", "late"), [("2026-12-30", False), ("2026-12-31", True)])
def test_a_late_claim_is_filed_as_a_supplement(templates: Templates, day: str, *, late: bool) -> None:
    """企业破产法 art 56."""
    assert ("补充申报" in Paper(templates, "claim_filing").words({"issued_on": day})) is late


def test_a_claim_against_a_person_cites_no_law_of_enterprises(templates: Templates) -> None:
    words = Paper(templates, "claim_filing").words({"regime": "personal"})
    assert "企业破产法" not in words
    assert "债权申报公告" in words


def test_a_secured_claim_names_the_security(templates: Templates) -> None:
    """企业破产法 art 49."""
    paper = Paper(templates, "claim_filing")
    assert paper.lacks({"mortgages": []}) == "mortgages"
    assert "优先受偿" not in paper.words({"claim.secured": False, "mortgages": []})
