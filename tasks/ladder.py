"""The ladder of a personal loan's recovery file: all tracks, who must agree, what may follow what. One page of data.

When and whether a node is entered is policy (``policy_packs/<jurisdiction>/entry``); who sits in a gate is the bank's
authority pack, under the `action` named here. A node marked `drawn` belongs to the ladder and is not worked by
Recourse yet: nothing enters it by itself, and what happens there is recorded by people as stages of the matter.
"""

from __future__ import annotations

from recourse.ladder import ActClass, Edge, EdgeKind, Ladder, Node, Speed, build

BULK, LIST, CASE = Speed.BULK, Speed.LIST, Speed.CASE
CONTACT, ADVERSE, PROTECTIVE, INTERNAL = ActClass.CONTACT, ActClass.ADVERSE, ActClass.PROTECTIVE, ActClass.INTERNAL

NODES: tuple[Node, ...] = (
    # contact 催收联系
    Node("reminder", "contact", "提醒", "Reminder", BULK, CONTACT, file="reminder"),
    Node("call", "contact", "电话催收", "Call", BULK, CONTACT, file="call", yields=True),
    Node("formal_notice", "contact", "催收通知书", "Formal notice", LIST, CONTACT, "formal_notice", "formal_notice"),
    # going to see the debtor, and asking others where he is 外访、失联查找
    Node("visit", "visit", "外访", "Visit", CASE, CONTACT, "visit", "visit"),
    Node("locate", "locate", "失联查找", "Ask a third party", CASE, CONTACT, "locate", "third_party_contact"),
    # limitation 时效: beside the contact track, which may be braked or busy
    Node("limitation_demand", "limitation", "时效催收函", "Limitation demand", CASE, PROTECTIVE, "limitation_demand",
         "formal_notice"),
    # the turn 宣布提前到期, and back
    Node("acceleration", "turn", "宣布提前到期", "Acceleration", CASE, ADVERSE, "acceleration", "acceleration"),
    Node("reinstatement", "turn", "恢复原还款计划", "Reinstatement", CASE, INTERNAL, "reinstatement", "arrangement",
         choices=("reinstate", "keep_called")),
    # agency 委外
    Node("outsourcing_notice", "agency", "委外告知", "Outsourcing notice", BULK, CONTACT, "outsourcing_notice"),
    Node("agency_referral", "agency", "委外催收", "Agency placement", LIST, ADVERSE, "agency_referral",
         "agency_placement", recall_on_brake=True),
    # security 担保物
    Node("collateral_valuation", "security", "押品查勘估值", "Inspect and value", BULK, INTERNAL, "collateral"),
    Node("agreed_sale", "security", "协议变价", "Agreed sale", CASE, ADVERSE, "collateral", "security_disposal"),
    Node("security_realisation", "security", "实现担保物权", "Realise security", CASE, ADVERSE, "collateral", "sue"),
    # disposal 司法变价
    Node("auction_first", "disposal", "一拍", "First auction", CASE, ADVERSE, "auction", "security_disposal"),
    Node("auction_second", "disposal", "二拍", "Second auction", CASE, ADVERSE, "auction", "security_disposal"),
    Node("sell_off", "disposal", "变卖", "Sell-off", CASE, ADVERSE, "auction", "security_disposal"),
    Node("debt_for_asset", "disposal", "以物抵债", "Asset for debt", CASE, ADVERSE, "auction", "security_disposal",
         choices=("take", "leave")),
    # guarantor 保证
    Node("guarantor_demand", "guarantor", "担保人履行通知", "Guarantor demand", CASE, PROTECTIVE, "guarantor",
         "guarantor_demand"),
    # preservation 保全
    Node("preservation", "preservation", "诉前保全", "Pre-suit preservation", CASE, PROTECTIVE, "preservation",
         "preservation"),
    Node("freeze_renewal", "preservation", "续行保全", "Freeze renewal", CASE, PROTECTIVE, "preservation", "enforce"),
    # legal 司法
    Node("litigation_route", "legal", "诉讼路径", "Route and readiness", CASE, INTERNAL, "litigation_route", "sue",
         choices=("sue", "mediation", "payment_order", "notarised_enforcement", "arbitration", "no_suit")),
    Node("mediation", "legal", "诉前调解", "Mediation", CASE, ADVERSE, "other_routes", "settle"),
    Node("payment_order", "legal", "支付令", "Payment order", CASE, ADVERSE, "other_routes", "sue"),
    Node("notarised_enforcement", "legal", "公证执行", "Notarised enforcement", CASE, ADVERSE, "other_routes", "sue"),
    Node("arbitration", "legal", "仲裁", "Arbitration", CASE, ADVERSE, "other_routes", "sue"),
    Node("litigation", "legal", "起诉", "File suit", CASE, ADVERSE, "litigation", "sue"),
    Node("withdrawal", "legal", "撤诉/和解", "Withdraw or settle", CASE, INTERNAL, "litigation", "settle",
         choices=("withdraw", "settle", "continue")),
    Node("appeal", "legal", "上诉", "Appeal", CASE, PROTECTIVE, "appeal", "settle", choices=("appeal", "accept")),
    Node("enforcement", "legal", "申请执行", "Enforcement", CASE, PROTECTIVE, "enforcement", "enforce"),
    Node("asset_watch", "legal", "终本后查控", "Asset watch", BULK, INTERNAL, "enforcement"),
    Node("resume", "legal", "恢复执行", "Resume enforcement", CASE, PROTECTIVE, "enforcement", "enforce"),
    # at any time
    Node("arrangement", "arrangement", "还款安排", "Arrangement", CASE, INTERNAL, "arrangement", "arrangement"),
    Node("interest_waiver", "arrangement", "减免利息罚息", "Waiver of interest", CASE, INTERNAL, "arrangement",
         "waiver_interest"),
    Node("principal_waiver", "arrangement", "减免本金", "Waiver of principal", CASE, INTERNAL, "arrangement",
         "waiver_principal"),
    Node("set_off", "set_off", "抵销", "Set-off", CASE, ADVERSE, "set_off", "set_off",
         choices=("known_sources", "source_established")),
    Node("insurer_claim", "insurance", "保险/担保公司索赔", "Insurer claim", CASE, PROTECTIVE, "insurer_claim", "sue"),
    # brakes 暂停
    Node("hold_release", "holds", "解除暂停", "Lifting a brake", CASE, INTERNAL, "hold_release", "hold_release"),
    # side tracks
    Node("estate", "estate", "遗产追偿", "Estate", CASE, PROTECTIVE, "estate", "sue"),
    Node("bankruptcy_claim", "bankruptcy", "债权申报", "Bankruptcy claim", CASE, PROTECTIVE, "bankruptcy", "sue"),
    Node("criminal_referral", "criminal", "刑事报案", "Criminal referral", CASE, ADVERSE, "criminal_referral",
         "criminal_referral"),
    Node("evasion_finding", "evasion", "逃废债认定", "Finding of evasion", CASE, INTERNAL, "evasion", "evasion_finding"),
    # accounts 账务
    Node("write_off", "accounts", "呆账核销", "Write-off", LIST, INTERNAL, "write_off", "write_off"),
    Node("termination", "accounts", "申请完全终结", "End of the claim", CASE, INTERNAL, "termination", "write_off"),
    Node("npl_release", "accounts", "移出资产包", "Leave the pool", BULK, INTERNAL, "npl_transfer"),
    Node("npl_pool", "accounts", "不良资产组包", "NPL pool", LIST, INTERNAL, "npl_transfer", "npl_transfer"),
    Node("npl_transfer", "accounts", "不良转让", "NPL transfer", LIST, ADVERSE, "npl_transfer", "npl_transfer"),
)  # fmt: skip


def _allows(source: str, *targets: str) -> list[Edge]:
    return [Edge(source, target, EdgeKind.ALLOWS) for target in targets]


def _requires(target: str, source: str, *outcomes: str, group: str = "", unless_matured: bool = False) -> Edge:
    return Edge(source, target, EdgeKind.REQUIRES, outcomes, group, unless_matured)


def _one_of(target: str, group: str, **sources: str) -> list[Edge]:
    return [_requires(target, source, outcome, group=group) for source, outcome in sources.items()]


EDGES: tuple[Edge, ...] = (
    *_allows("reminder", "call", "formal_notice"),
    *_allows("call", "visit", "formal_notice"),
    *_allows("formal_notice", "acceleration", "outsourcing_notice", "collateral_valuation", "guarantor_demand"),
    Edge("formal_notice", "limitation_demand", EdgeKind.CLOCK),
    *_allows("acceleration", "reinstatement", "litigation_route", "collateral_valuation"),
    _requires("acceleration", "formal_notice", "delivered"),
    _requires("reinstatement", "acceleration", "delivered"),
    _requires("outsourcing_notice", "formal_notice", "delivered", "returned"),
    _requires("agency_referral", "outsourcing_notice", "sent"),
    *_allows("collateral_valuation", "agreed_sale", "security_realisation"),
    _requires("agreed_sale", "collateral_valuation", "valued"),
    _requires("security_realisation", "collateral_valuation", "valued"),
    _requires("security_realisation", "acceleration", "delivered", unless_matured=True),
    Edge("formal_notice", "guarantor_demand", EdgeKind.CLOCK),
    _requires("litigation_route", "acceleration", "delivered", group="called", unless_matured=True),
    _requires("litigation_route", "estate", "claimed", group="called"),
    *_allows("estate", "litigation_route"),
    *_allows("litigation_route", "mediation", "payment_order", "notarised_enforcement", "arbitration", "preservation"),
    *_allows("litigation_route", "litigation"),
    _requires("mediation", "litigation_route", "mediation"),
    _requires("payment_order", "litigation_route", "payment_order"),
    _requires("notarised_enforcement", "litigation_route", "notarised_enforcement"),
    _requires("arbitration", "litigation_route", "arbitration"),
    _requires("preservation", "litigation_route", "sue"),
    *_one_of("litigation", "basis", litigation_route="sue", mediation="filed", payment_order="filed"),
    Edge("payment_order", "preservation", EdgeKind.EXCLUDES),
    *_allows("preservation", "freeze_renewal"),
    *_allows("litigation", "freeze_renewal", "withdrawal", "appeal", "enforcement"),
    *_one_of("withdrawal", "court file", litigation="filed", security_realisation="filed", arbitration="filed",
             payment_order="filed", mediation="filed"),
    *_one_of("enforcement", "title", litigation="filed", security_realisation="filed", arbitration="filed",
             payment_order="filed", notarised_enforcement="filed", mediation="filed"),
    *_allows("enforcement", "freeze_renewal", "auction_first", "asset_watch", "resume"),
    *_allows("security_realisation", "auction_first"),
    *_allows("auction_first", "auction_second"),
    _requires("auction_second", "auction_first", "failed"),
    *_allows("auction_second", "sell_off"),
    _requires("sell_off", "auction_second", "failed"),
    *_allows("sell_off", "debt_for_asset"),
    *_one_of("debt_for_asset", "nobody bought", auction_second="failed", sell_off="failed"),
    *_allows("asset_watch", "resume"),
    _requires("npl_transfer", "npl_pool", "pooled"),
)  # fmt: skip

LADDER: Ladder = build(NODES, EDGES)
