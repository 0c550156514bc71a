"""What the journal says of packets, as Chinese papers tell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from recourse import events as ev

PAPERS = {
    "card_contract": "信用卡领用合约", "payment_history": "还款流水", "mortgage_registration": "抵押登记证明",
    "other_right_certificate": "他项权利证书", "classification_record": "分类认定记录", "pursuit_log": "追索台账",
    "enforcement_ruling": "执行裁定书", "bankruptcy_ruling": "破产裁定书", "administrator_statement": "管理人证明",
    "distribution_plan": "破产财产分配方案", "death_proof": "死亡证明", "estate_proof": "遗产清偿情况证明",
    "missing_proof": "下落不明证明", "asset_search": "财产线索查询结果", "disposal_result": "抵质押物处置结果",
    "auction_record": "拍卖记录", "recovery_report": "清收报告", "pursuit_certificate": "财产追偿证明",
    "accountability_record": "责任认定材料", "accountability_form": "责任认定表", "approval_record": "审批记录",
    "court_ruling": "法院裁定书", "collection_file": "催收档案", "litigation_bundle": "起诉材料", "placement_pack": "委外催收资料",
    "committee_book": "审议材料", "power_of_attorney": "授权委托书", "plaintiff_papers": "原告主体资格材料",
    "debtor_identity": "被告身份信息", "agency_contract": "委外合同",
}  # fmt: skip

MONEY = {"payment": "还款", "recovery": "核销后收回", "chargeback": "拒付退回", "reversal": "冲正"}
"""Kinds of payment as papers name them."""

SENTENCES: Mapping[type[ev.Event], Callable[[Any, Mapping[str, str], str], str]] = {
    ev.PacketFrozen: lambda e, n, c: (
        f"{n.get(e.node, e.node)}：材料已装订定稿" + (f"，豁免 {len(e.waived)} 项" if e.waived else "")
    ),
    ev.PacketGapsFound: lambda e, n, c: (
        f"{n.get(e.node, e.node)}：材料不齐，缺 {len(e.items)} 项" if e.items else f"{n.get(e.node, e.node)}：材料已齐"
    ),
    ev.GapWaived: lambda e, n, c: f"{n.get(e.node, e.node)}：同意豁免一项材料缺口（{e.seat}）",
}
