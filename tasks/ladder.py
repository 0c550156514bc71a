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
    Node("visit", "contact", "外访", "Visit", CASE, CONTACT, action="visit", drawn=True),
    Node("formal_notice", "contact", "催收通知书", "Formal notice", LIST, CONTACT, "formal_notice", "formal_notice"),
    # the turn 宣布提前到期
    Node("acceleration", "turn", "宣布提前到期", "Acceleration", CASE, ADVERSE, "acceleration", "acceleration"),
    # agency 委外
    Node("outsourcing_notice", "agency", "委外告知", "Outsourcing notice", BULK, CONTACT, "outsourcing_notice"),
    Node(
        "agency_referral",
        "agency",
        "委外催收",
        "Agency placement",
        LIST,
        ADVERSE,
        "agency_referral",
        "agency_placement",
        recall_on_brake=True,
    ),
    # security 担保物
    Node("collateral_valuation", "security", "押品查勘估值", "Inspect and value", BULK, INTERNAL, "collateral"),
    Node("agreed_sale", "security", "协议变价", "Agreed sale", CASE, ADVERSE, "collateral", "security_disposal"),
    Node("security_realisation", "security", "实现担保物权", "Realise security", CASE, ADVERSE, "collateral", "sue"),
    # guarantor 保证
    Node("guarantor_demand", "guarantor", "担保人履行通知", "Guarantor demand", CASE, PROTECTIVE, "guarantor",
         "guarantor_demand"),
    # legal 司法
    Node("litigation_route", "legal", "诉讼路径", "Route and readiness", CASE, INTERNAL, "litigation", "sue",
         choices=("sue", "no_suit", "other_route")),
    Node("mediation", "legal", "诉前调解", "Mediation", CASE, ADVERSE, action="settle", drawn=True),
    Node("payment_order", "legal", "支付令", "Payment order", CASE, ADVERSE, action="sue", drawn=True),
    Node("notarised_enforcement", "legal", "公证执行", "Notarised enforcement", CASE, ADVERSE, action="sue", drawn=True),
    Node("arbitration", "legal", "仲裁", "Arbitration", CASE, ADVERSE, action="sue", drawn=True),
    Node("preservation", "legal", "诉前保全", "Pre-suit preservation", CASE, PROTECTIVE, action="preservation", drawn=True),
    Node("litigation", "legal", "起诉", "File suit", CASE, ADVERSE, "litigation", "sue"),
    Node("withdrawal", "legal", "撤诉/和解", "Withdraw or settle", CASE, INTERNAL, "litigation", "settle",
         choices=("withdraw", "settle", "continue")),
    Node("appeal", "legal", "上诉", "Appeal", CASE, PROTECTIVE, action="settle", drawn=True),
    Node("enforcement", "legal", "申请执行", "Enforcement", CASE, PROTECTIVE, "litigation", "enforce"),
    Node("auction_first", "legal", "一拍", "First auction", CASE, ADVERSE, action="security_disposal", drawn=True),
    Node("auction_second", "legal", "二拍", "Second auction", CASE, ADVERSE, action="security_disposal", drawn=True),
    Node("sell_off", "legal", "变卖", "Sell-off", CASE, ADVERSE, action="security_disposal", drawn=True),
    Node("debt_for_asset", "legal", "以物抵债", "Asset for debt", CASE, ADVERSE, action="security_disposal", drawn=True),
    Node("asset_watch", "legal", "终本后查控", "Asset watch", BULK, INTERNAL, drawn=True),
    Node("resume", "legal", "恢复执行", "Resume enforcement", CASE, PROTECTIVE, action="enforce", drawn=True),
    # at any time
    Node("arrangement", "arrangement", "还款安排", "Arrangement", CASE, INTERNAL, action="arrangement", drawn=True),
    Node("set_off", "arrangement", "抵销", "Set-off", CASE, ADVERSE, action="set_off", drawn=True),
    Node("insurer_claim", "arrangement", "保险/担保公司索赔", "Insurer claim", CASE, PROTECTIVE, action="sue", drawn=True),
    # side tracks
    Node("estate", "side", "遗产追偿", "Estate", CASE, PROTECTIVE, action="sue", drawn=True),
    Node("bankruptcy_claim", "side", "债权申报", "Bankruptcy claim", CASE, PROTECTIVE, action="sue", drawn=True),
    Node("criminal_referral", "side", "刑事报案", "Criminal referral", CASE, ADVERSE, action="criminal_referral", drawn=True),
    # accounts 账务
    Node("write_off", "accounts", "呆账核销", "Write-off", LIST, INTERNAL, "write_off", "write_off"),
    Node("npl_transfer", "accounts", "不良转让", "NPL transfer", CASE, ADVERSE, action="npl_transfer", drawn=True),
)  # fmt: skip


def _allows(source: str, *targets: str) -> list[Edge]:
    return [Edge(source, target, EdgeKind.ALLOWS) for target in targets]


def _requires(target: str, source: str, *outcomes: str, group: str = "", unless_matured: bool = False) -> Edge:
    return Edge(source, target, EdgeKind.REQUIRES, outcomes, group, unless_matured)


EDGES: tuple[Edge, ...] = (
    *_allows("reminder", "call", "formal_notice"),
    *_allows("call", "visit", "formal_notice"),
    *_allows("formal_notice", "acceleration", "outsourcing_notice", "collateral_valuation", "guarantor_demand"),
    *_allows("acceleration", "litigation_route", "collateral_valuation"),
    _requires("acceleration", "formal_notice", "delivered"),
    _requires("outsourcing_notice", "formal_notice", "delivered", "returned"),
    _requires("agency_referral", "outsourcing_notice", "sent"),
    *_allows("collateral_valuation", "agreed_sale", "security_realisation"),
    _requires("agreed_sale", "collateral_valuation", "valued"),
    _requires("security_realisation", "collateral_valuation", "valued"),
    _requires("security_realisation", "acceleration", "delivered", unless_matured=True),
    Edge("formal_notice", "guarantor_demand", EdgeKind.CLOCK),
    _requires("litigation_route", "acceleration", "delivered", unless_matured=True),
    *_allows("litigation_route", "mediation", "payment_order", "notarised_enforcement", "arbitration", "preservation"),
    *_allows("litigation_route", "litigation"),
    _requires("litigation", "litigation_route", "sue"),
    Edge("payment_order", "preservation", EdgeKind.EXCLUDES),
    *_allows("litigation", "withdrawal", "appeal", "enforcement"),
    _requires("withdrawal", "litigation", "filed", group="court file"),
    _requires("withdrawal", "security_realisation", "filed", group="court file"),
    _requires("enforcement", "litigation", "filed", group="title"),
    _requires("enforcement", "security_realisation", "filed", group="title"),
    *_allows("enforcement", "auction_first", "asset_watch"),
    *_allows("auction_first", "auction_second"),
    *_allows("auction_second", "sell_off"),
    *_allows("sell_off", "debt_for_asset"),
    *_allows("asset_watch", "resume"),
    Edge("npl_transfer", "litigation", EdgeKind.EXCLUDES),
)

LADDER: Ladder = build(NODES, EDGES)
