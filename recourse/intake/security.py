"""The layout of what a delivery says of security and proof: collateral, guarantees, papers."""

from __future__ import annotations

from recourse.intake.columns import ACCOUNT, PARTY, Column, Table

COLLATERAL = Table(
    "collateral",
    "抵(质)押物",
    "things that secure an account",
    key=("collateral_id",),
    currency_of="account",
    columns=(
        Column("collateral_id", "key", "押品编号", "the bank's own number of the thing", required=True),
        ACCOUNT,
        Column("owner_id", "key", "所有权人", "party that owns it", required=True, refers_to="parties"),
        Column(
            "kind",
            "code",
            "种类",
            "kind",
            required=True,
            codes=("real_estate", "vehicle", "equipment", "deposit", "securities", "receivable", "other"),
        ),
        Column("registered", "flag", "已登记", "the security interest is registered"),
        Column("registration_no", "text", "登记证明号", "number of the registration", personal=True),
        Column("rank", "count", "顺位", "rank, 1 is first"),
        Column("registered_on", "date", "登记日", "day of registration", past=True),
        Column("secured_amount", "money", "担保债权数额", "amount secured, or the maximum"),
        Column("value", "money", "评估价值", "last value"),
        Column("valued_on", "date", "评估日", "day of that value", past=True),
        Column("dwelling", "flag", "居住用房", "somebody lives in it"),
        Column("only_home", "flag", "唯一住房", "the only home of the owner's household"),
        Column("address", "text", "坐落/描述", "where it is or what it is", personal=True),
        Column("seized_by_others", "flag", "他案查封", "sealed or seized for another creditor"),
    ),
)

GUARANTEES = Table(
    "guarantees",
    "保证",
    "guarantees given by persons or companies",
    key=("guarantee_id",),
    currency_of="account",
    columns=(
        Column("guarantee_id", "key", "保证编号", "the bank's own number of the guarantee", required=True),
        ACCOUNT,
        PARTY,
        Column(
            "kind",
            "code",
            "保证方式",
            "joint, general, or unknown: not agreed, which the law reads as general (民法典 686)",
            codes=("joint", "general", "unknown"),
            default="unknown",
        ),
        Column("period_ends_on", "date", "保证期间届满日", "empty: six months from maturity by law (民法典 692)"),
        Column("secured_amount", "money", "保证金额", "amount guaranteed, or the maximum; empty: the whole debt"),
        Column("contract_no", "text", "保证合同编号", "number of the guarantee contract", personal=True),
        Column("signed_on", "date", "签署日", "day of signature", past=True),
        Column("consents_to_changes", "flag", "同意主合同变更", "agreed beforehand to changes of the main contract"),
    ),
)

DOCUMENTS = Table(
    "documents",
    "文件清单",
    "papers with their files; each file lies in the delivery folder",
    key=("document_id",),
    columns=(
        Column("document_id", "key", "文件编号", "the bank's own number of the paper", required=True),
        ACCOUNT,
        Column("party_id", "key", "客户编号", "whom it is about, if one person", refers_to="parties"),
        Column("kind", "key", "种类", "such as loan_contract, disbursement, id_card, death_certificate", required=True),
        Column("on", "date", "日期", "date of the paper", past=True),
        Column("file", "path", "文件", "the scan, relative to the delivery folder; empty: paper only"),
        Column("sha256", "sha256", "摘要", "of the file's bytes; computed if empty"),
        Column("original_at", "text", "原件存放处", "where the original is kept"),
    ),
)
