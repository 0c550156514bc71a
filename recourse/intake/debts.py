"""The layout of what a delivery says of debts: accounts, what falls due, what was paid, what is owed, the book."""

from __future__ import annotations

from recourse.intake.columns import ACCOUNT, CURRENCY, Column, Table

PRODUCTS = ("mortgage", "car_loan", "consumer_loan", "online_consumer_loan", "credit_card", "business_loan", "other")

ACCOUNT_STATUSES = ("active", "settled", "closed", "written_off", "transferred", "terminated")

COMPONENTS = ("principal", "interest", "penalty", "compound", "fees", "costs")

_COMPONENT_WORDS = {
    "principal": ("本金", "principal"),
    "interest": ("期内利息", "interest within the term"),
    "penalty": ("罚息", "penalty interest"),
    "compound": ("复利", "compound interest"),
    "fees": ("费用", "fees, such as late fees and annual fees"),
    "costs": ("实现债权的费用", "costs of pursuing the debt"),
}


def components(*, required: tuple[str, ...] = (), signed: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """A column for each component of a claim."""
    return tuple(
        Column(name, "money", *_COMPONENT_WORDS[name], required=name in required, signed=name in signed)
        for name in COMPONENTS
    )


ACCOUNTS = Table(
    "accounts",
    "账户",
    "loans and cards",
    key=("account_id",),
    currency_of="row",
    columns=(
        Column("account_id", "key", "账号(借据号)", "the bank's own number of the loan or card", required=True),
        Column("product", "code", "产品", "product", required=True, codes=PRODUCTS),
        Column("entity", "key", "法人", "legal entity that owns the claim", default="@entity"),
        Column("branch", "key", "机构", "branch that keeps the account", required=True),
        Column(
            "jurisdiction",
            "code",
            "法域",
            "whose law",
            codes=("CN", "TW", "US", "UK", "EU"),
            default="@jurisdiction",
        ),
        CURRENCY,
        Column("opened_on", "date", "发放/开户日", "disbursed or opened", required=True, past=True),
        Column("original_amount", "money", "发放金额/授信额度", "amount disbursed, or the card's limit", required=True),
        Column("matures_on", "date", "到期日", "contractual maturity; empty for a card"),
        Column("contract_no", "text", "合同编号", "number of the loan contract", personal=True),
        Column("annual_rate", "rate", "年利率", "contract rate"),
        Column("penalty_uplift", "rate", "罚息上浮", "uplift on the contract rate when overdue: 0.5 is half again"),
        Column("day_count", "code", "计息年度天数", "days of a year of interest", codes=("360", "365")),
        Column("acceleration_clause", "flag", "提前到期条款", "the contract lets the bank call the loan"),
        Column(
            "dispute_clause",
            "code",
            "争议解决条款",
            "where disputes go",
            codes=("court", "arbitration", "unknown"),
            default="unknown",
        ),
        Column("dispute_forum", "text", "约定法院/仲裁机构", "the court or arbitral body named"),
        Column("province", "text", "管辖省份", "division code of the court's province, such as 33 (GB/T 2260)"),
        Column("service_address_clause", "flag", "送达地址确认条款", "the contract fixes an address for service"),
        Column("notarised", "flag", "强制执行公证", "notarised with enforceable effect"),
        Column("originator", "key", "经办人", "staff id of who granted the loan; sits in no loss seat"),
        Column("insurer", "key", "保险/担保公司", "credit insurer or guarantee company behind the loan, by its code"),
        Column("secured", "flag", "有担保物", "secured by collateral; not told is unknown, and not no"),
        Column("guaranteed", "flag", "有保证", "guaranteed by somebody; not told is unknown, and not no"),
        Column("small_business", "flag", "普惠小微", "counts as inclusive small-business lending"),
        Column("status", "code", "状态", "status in the core system", codes=ACCOUNT_STATUSES, default="active"),
        Column(
            "five_tier",
            "code",
            "五级分类",
            "five-tier class as the bank's risk department set it",
            codes=("pass", "special_mention", "substandard", "doubtful", "loss"),
        ),
        Column(
            "transfer_bar",
            "code",
            "不得批量转让事由",
            "why the debt may not be sold in bulk, as the bank looked it up",
            codes=("none", "state_organ", "poverty_relief", "false_loan"),
        ),
        Column("credit_score", "count", "客户信用评分", "the bank's own score of the debtor; higher is better"),
        Column("debt_ratio", "count", "债务收入比(%)", "monthly payments on all debts in percent of income"),
        Column(
            "impairment",
            "count",
            "减值准备占比(万分之)",
            "of a credit-impaired asset: loss allowance in hundredths of a percent of the book value",
        ),
        Column("restructured_on", "date", "最近重组日", "last restructured because of difficulty", past=True),
        Column("restructured_times", "count", "观察期内重组次数", "how often within the observation that runs"),
    ),
    in_order=(("opened_on", "matures_on"),),
    positive=("original_amount",),
)

INSTALMENTS = Table(
    "instalments",
    "还款计划",
    "what falls due when; a new plan replaces the rows of its numbers",
    key=("account_id", "number"),
    currency_of="account",
    columns=(
        ACCOUNT,
        Column("number", "count", "期数", "number of the instalment", required=True),
        Column("due_on", "date", "应还日", "due date", required=True),
        Column("amount", "money", "应还金额", "amount due", required=True),
        Column("principal", "money", "应还本金", "of which principal"),
        Column("interest", "money", "应还利息", "of which interest"),
    ),
    adds_up=("amount", ("principal", "interest")),
)

PAYMENTS = Table(
    "payments",
    "还款流水",
    "money received and money taken back",
    key=("payment_id",),
    currency_of="account",
    columns=(
        Column("payment_id", "key", "流水号", "the bank's own number of the entry", required=True),
        ACCOUNT,
        Column("paid_on", "date", "还款生效日", "effective day (value date)", required=True, past=True),
        Column("amount", "money", "金额", "amount, always positive; the kind gives its direction", required=True),
        *components(),
        Column(
            "kind",
            "code",
            "类型",
            "chargeback: the payer's bank took it back; reversal: booked in error; recovery: after write-off",
            codes=("payment", "chargeback", "reversal", "recovery"),
            default="payment",
        ),
        Column("booked_on", "date", "入账日", "day on which the core booked it", past=True, default="@as_of"),
        Column("refers_to", "key", "原流水号", "the entry that a chargeback or reversal takes back"),
        Column(
            "payer",
            "code",
            "付款人",
            "who paid. debtor: or somebody whom the debtor sent; co_debtor: answers jointly; third_party: without the "
            "debtor's word; court: paid out by it, also of a sale; bank: its own debit under the contract, set-off. "
            "Only of debtor, co_debtor and bank does the limitation start anew; empty: not known, and it does not",
            codes=("debtor", "co_debtor", "guarantor", "third_party", "court", "bank"),
        ),
    ),
    positive=("amount",),
    adds_up=("amount", COMPONENTS),
)

BALANCES = Table(
    "balances",
    "余额",
    "what is owed by component, as the core system says it; the truth about money",
    key=("account_id", "as_of"),
    currency_of="account",
    columns=(
        ACCOUNT,
        Column("as_of", "date", "数据日期", "end of which day", required=True, past=True),
        *components(required=COMPONENTS, signed=("principal",)),
        Column(
            "overdue_total",
            "money",
            "逾期合计",
            "due and unpaid, all components; before the whole debt is due, a letter claims no more",
        ),
        Column("status", "code", "状态", "status in the core system", codes=ACCOUNT_STATUSES),
    ),
)

PAUSES = Table(
    "pauses",
    "逾期暂停",
    "spans in which days past due do not count, as agreed by the bank",
    key=("account_id", "from_on"),
    columns=(
        ACCOUNT,
        Column("from_on", "date", "起始日", "first day of the pause", required=True),
        Column("to_on", "date", "终止日", "last day of the pause", required=True),
        Column("resumed_on", "date", "提前恢复日", "ended early on this day"),
        Column("reason", "text", "原因", "why", required=True),
    ),
    in_order=(("from_on", "to_on"), ("from_on", "resumed_on"), ("resumed_on", "to_on")),
)

STATEMENTS = Table(
    "statements",
    "信用卡账单",
    "card statements by month",
    key=("account_id", "month"),
    currency_of="account",
    columns=(
        ACCOUNT,
        Column("month", "month", "账单月", "month of the statement", required=True),
        Column("statement_on", "date", "账单日", "statement date", required=True, past=True),
        Column("due_on", "date", "到期还款日", "due date", required=True),
        Column("balance", "money", "账单余额", "statement balance; negative: credit", required=True, signed=True),
        Column("minimum_due", "money", "最低还款额", "minimum payment", required=True),
    ),
    in_order=(("statement_on", "due_on"),),
)

BOOK_TOTALS = Table(
    "book_totals",
    "月末总额",
    "the book at month end; what our own sums are reconciled to",
    key=("month_end", "entity", "branch", "product", "currency"),
    currency_of="row",
    columns=(
        Column("month_end", "date", "月末日", "last day of the month", required=True, past=True),
        Column("entity", "key", "法人", "legal entity", default="@entity"),
        Column("branch", "key", "机构", "branch", required=True),
        Column("product", "code", "产品", "product", required=True, codes=PRODUCTS),
        CURRENCY,
        Column("accounts", "count", "户数", "number of accounts", required=True),
        Column("balance", "money", "余额", "sum of their balances", required=True, signed=True),
    ),
)
