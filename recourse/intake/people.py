"""The layout of what a delivery says of people: who they are, what they stand for, where they live and on what."""

from __future__ import annotations

from recourse.intake.columns import ACCOUNT, AS_OF, CURRENCY, PARTY, SOURCE, Column, Table

ROLES = (
    "borrower",
    "co_borrower",
    "joint_guarantor",
    "general_guarantor",
    "mortgagor",
    "spouse",
    "heir",
    "representative",
)

PARTIES = Table(
    "parties",
    "当事人",
    "persons and companies; one row each, whatever they owe",
    key=("party_id",),
    columns=(
        Column("party_id", "key", "客户编号", "the bank's own number of the person", required=True),
        Column("kind", "code", "类型", "natural person or company", required=True, codes=("natural", "legal")),
        Column("name", "text", "姓名/名称", "name as on the identity paper", required=True, personal=True),
        Column("id_type", "text", "证件类型", "such as resident_id, passport, uscc", personal=True),
        Column("id_number", "text", "证件号码", "number of the identity paper", personal=True),
        Column("birth_on", "date", "出生日期", "date of birth", personal=True, past=True),
        Column("died_on", "date", "死亡日期", "date of death, if the bank knows of it", personal=True, past=True),
        Column("time_zone", "zone", "时区", "where the person is", default="@time_zone"),
        Column("language", "text", "语言", "BCP 47 tag, such as zh-CN"),
        Column("address", "text", "住址", "registered address or domicile", personal=True),
        Column("region", "key", "行政区划代码", "administrative division code (GB/T 2260) of the address"),
        Column("missing", "flag", "下落不明", "whereabouts unknown, as the bank has recorded"),
    ),
    in_order=(("birth_on", "died_on"),),
)

ROLE_ROWS = Table(
    "roles",
    "当事人与账户的关系",
    "who stands in which role to which account, and on what basis",
    key=("account_id", "party_id", "role"),
    columns=(
        ACCOUNT,
        PARTY,
        Column("role", "code", "角色", "a spouse is unrelated until a basis is given", required=True, codes=ROLES),
        Column(
            "basis",
            "code",
            "依据",
            "why the role binds the person",
            codes=(
                "contract",
                "joint_signature",
                "ratified",
                "household_need",
                "joint_use",
                "inheritance",
                "law",
                "court",
            ),
        ),
        Column("evidence", "text", "证据", "document or entry that proves the basis"),
        Column("from_on", "date", "起始日", "since when"),
        Column("to_on", "date", "终止日", "until when"),
    ),
    in_order=(("from_on", "to_on"),),
)

CONTACTS = Table(
    "contacts",
    "联系方式",
    "numbers and addresses at which a person may be reached",
    key=("party_id", "channel", "value"),
    columns=(
        PARTY,
        Column("channel", "code", "渠道", "channel", required=True, codes=("sms", "phone", "email", "post", "app")),
        Column("value", "text", "号码/地址", "number, address or device", required=True, personal=True),
        Column("contractual", "flag", "合同约定", "agreed in the contract as the address for notices"),
        Column("consent", "flag", "同意", "the person agreed to be reached here"),
        Column("source", "text", "来源", "such as contract, pre_left, authorised, public, told_by_contact, bureau"),
        Column("whose", "code", "归属", "whose it is", codes=("own", "workplace", "relative", "other")),
        Column("valid_from", "date", "生效日", "since when"),
        Column("valid_to", "date", "失效日", "until when"),
        Column("window_from", "clock", "约定时段起", "agreed time window, start"),
        Column("window_to", "clock", "约定时段止", "agreed time window, end"),
        Column("time_zone", "zone", "号码时区", "where the number is, if that is known"),
    ),
    in_order=(("valid_from", "valid_to"),),
)

EMPLOYMENT = Table(
    "employment",
    "就业",
    "work; the file is optional",
    key=("party_id", "as_of"),
    columns=(
        PARTY,
        AS_OF,
        Column(
            "status",
            "code",
            "就业状况",
            "employment",
            codes=("employed", "self_employed", "unemployed", "retired", "student", "unfit"),
        ),
        Column("employer", "text", "单位", "employer", personal=True),
        Column("occupation", "text", "职业", "occupation"),
        SOURCE,
    ),
)

HOUSEHOLD = Table(
    "household",
    "家庭",
    "household; the file is optional",
    key=("party_id", "as_of"),
    columns=(
        PARTY,
        AS_OF,
        Column("marital_status", "code", "婚姻状况", "status", codes=("single", "married", "divorced", "widowed")),
        Column("dependants", "count", "受扶养人数", "how many persons live on this income"),
        Column("housing", "code", "居住", "home", codes=("owned", "mortgaged", "rented", "with_family", "other")),
        SOURCE,
    ),
)

INCOME = Table(
    "income",
    "收入",
    "income; the file is optional",
    key=("party_id", "as_of"),
    currency_of="row",
    columns=(
        PARTY,
        AS_OF,
        Column("monthly", "money", "月收入", "income per month after tax"),
        Column("spending", "money", "月必要支出", "necessary spending per month"),
        CURRENCY,
        SOURCE,
    ),
)

DEPOSIT_SOURCES = (
    "wages",
    "minimum_living_allowance",
    "survivor_benefit",
    "social_insurance",
    "housing_fund",
    "maintenance",
    "housing_subsidy",
    "other",
    "unknown",
)

DEPOSITS = Table(
    "deposits",
    "本行存款",
    "deposits of debtors at this bank, for set-off, which takes nothing of one that is older than an adverse act allows "
    "(`freshness.adverse`); a closed one comes once more with a balance of nothing",
    key=("deposit_id",),
    currency_of="row",
    columns=(
        Column(
            "deposit_id", "key", "存款编号", "the core's own number of the entry, not the account number", required=True
        ),
        PARTY,
        Column("deposit_no", "text", "存款账号", "number of the deposit account", personal=True),
        Column(
            "source",
            "code",
            "款项来源",
            "where the money comes from; unknown: nobody has found out",
            codes=DEPOSIT_SOURCES,
            default="unknown",
        ),
        Column("balance", "money", "余额", "what lies there", required=True),
        CURRENCY,
        AS_OF,
    ),
)

ASSETS = Table(
    "assets",
    "财产线索",
    "clues to assets that are not collateral; the file is optional",
    key=("asset_id",),
    currency_of="row",
    columns=(
        Column("asset_id", "key", "线索编号", "the bank's own number of the clue", required=True),
        PARTY,
        Column(
            "kind",
            "code",
            "种类",
            "kind",
            required=True,
            codes=(
                "real_estate",
                "vehicle",
                "deposit",
                "wage",
                "securities",
                "equity",
                "receivable",
                "pension",
                "other",
            ),
        ),
        Column("description", "text", "描述", "what and where", personal=True),
        Column("value", "money", "估值", "what it may be worth"),
        CURRENCY,
        Column("as_of", "date", "数据日期", "day on which this was so", past=True),
        SOURCE,
    ),
)
