"""The layout of what a delivery says of debts that were collected before Recourse: taken over, never as our own acts.

Loaded by `past_load` and `takeover`. Nothing here is a decision of ours: `past_approvals` open no act, and what lacks its
proof counts as not proved. `bank_actions` are what the bank did while Recourse only looked on (shadow days).
"""

from __future__ import annotations

from recourse.intake.columns import ACCOUNT, PARTY, Column, Table
from recourse.intake.debts import COMPONENTS, components

CHANNELS = ("call", "sms", "email", "post", "visit", "app")
CONTACT_OUTCOMES = (
    *("no_answer", "busy", "switched_off", "invalid_number", "promise", "will_pay_now", "refused", "hardship_claimed"),
    *("dispute_raised", "complaint_made", "third_party_answered", "deceased_reported", "sent"),
)
"""Outcomes of dials as Recourse records them, and *sent* for what was only sent."""
DEMANDS = ("formal_notice", "limitation_demand", "guarantor_demand", "acceleration", "outsourcing_notice")
ROUTES = ("suit", "mediation", "payment_order", "arbitration", "notarised_enforcement", "realisation")
STAGES = (
    *("filed", "docketed", "issued", "heard", "judged", "appealed", "agreed", "effective", "enforcing", "withdrawn"),
    *(
        "enforcement_suspended",
        "ended_for_now",
        "enforcement_terminated",
        "settlement_reached",
        "dismissed",
        "objected",
    ),
    *("bankruptcy_declared", "bankruptcy_closed", "no_agreement", "concluded"),
)
HOLDS = ("complaint", "dispute", "hardship", "identity_dispute", "criminal_suspect")
STATUSES = ("deceased", "incapable", "bankruptcy_stay", "do_not_contact", "missing")

MAYBE_ACCOUNT = Column("account_id", "key", "账号(借据号)", "account", refers_to="accounts")
PROOF = Column("proof", "text", "凭证", "where the proof lies: a document's number, a reference; empty: there is none")


def _own(name: str, zh: str, en: str) -> Column:
    return Column(name, "key", zh, f"the bank's own number of the {en}", required=True)


def _day(name: str, zh: str, en: str, *, required: bool = False, past: bool = True) -> Column:
    return Column(name, "date", zh, en, required=required, past=past)


PAST_CONTACTS = Table(
    "past_contacts",
    "接管前联系记录",
    "contacts that were made or tried before; they count against the caps of their window",
    key=("contact_no",),
    currency_of="account",
    columns=(
        _own("contact_no", "记录编号", "entry"),
        ACCOUNT,
        PARTY,
        Column("channel", "code", "渠道", "channel", required=True, codes=CHANNELS),
        _day("on", "联系日", "day of the contact, where the person is", required=True),
        Column("at", "clock", "时刻", "local time"),
        Column("number", "text", "号码/地址", "number or address that was used; empty: counts for each", personal=True),
        Column("outcome", "code", "结果", "what came of it", codes=CONTACT_OUTCOMES),
        _day("promise_on", "承诺还款日", "day for which payment was promised", past=False),
        Column("promise_amount", "money", "承诺金额", "amount promised"),
    ),
    in_order=(("on", "promise_on"),),
)

PAST_DEMANDS = Table(
    "past_demands",
    "接管前催告函件",
    "letters with legal effect; without a proof of arrival they interrupt no limitation",
    key=("demand_no",),
    columns=(
        _own("demand_no", "函件编号", "letter"),
        ACCOUNT,
        Column("party_id", "key", "收件人", "to whom; empty: the borrower", refers_to="parties"),
        Column("kind", "code", "种类", "which letter", required=True, codes=DEMANDS),
        _day("sent_on", "发出日", "day on which it was sent", required=True),
        _day("delivered_on", "送达日", "day on which it arrived; empty: not known to have arrived"),
        _day("returned_on", "退回日", "day on which it came back"),
        PROOF,
    ),
    in_order=(("sent_on", "delivered_on"), ("sent_on", "returned_on")),
)

PAST_PLACEMENTS = Table(
    "past_placements",
    "接管前委外",
    "placements with agencies, those that run and those that have ended",
    key=("placement_no",),
    columns=(
        _own("placement_no", "委托编号", "placement"),
        ACCOUNT,
        Column("agency", "key", "受托机构", "its name on the register of agencies", required=True),
        _day("from_on", "委托起始日", "first day", required=True),
        _day("until_on", "委托届满日", "last day", required=True, past=False),
        _day("noticed_on", "委外告知日", "day on which the debtor was told of it"),
        _day("returned_on", "交回日", "day on which the agency gave it back; empty: it runs"),
        Column("certificate", "text", "返还和删除证明", "where the return and deletion certificate lies"),
    ),
    in_order=(("from_on", "until_on"), ("from_on", "returned_on"), ("noticed_on", "from_on")),
)

PAST_MATTERS = Table(
    "past_matters",
    "接管的案件",
    "court and arbitral files, a row for each account that is in one",
    key=("matter_no", "account_id"),
    columns=(
        _own("matter_no", "案件编号", "file"),
        ACCOUNT,
        Column("route", "code", "途径", "by which route", required=True, codes=ROUTES),
        Column("court", "text", "法院/机构", "court or arbitral body"),
        Column("number", "text", "案号", "the court's number"),
        _day("filed_on", "提交日", "day on which it was filed", required=True),
        _day("docketed_on", "立案日", "day on which the court docketed it"),
        Column("stage", "code", "阶段", "the stage it is at; empty: unknown, the account is parked", codes=STAGES),
        _day("stage_on", "阶段日", "day on which it reached that stage"),
        _day("performance_until_on", "履行期限", "last day of performance in the title", past=False),
        Column("counsel", "key", "代理人", "id of the counsel or the law firm"),
        PROOF,
    ),
    in_order=(("filed_on", "docketed_on"), ("filed_on", "stage_on")),
)

PAST_MEASURES = Table(
    "past_measures",
    "接管的保全措施",
    "freezes and seals of a file in past_matters",
    key=("measure_no",),
    currency_of="account",
    columns=(
        _own("measure_no", "措施编号", "measure"),
        Column("matter_no", "key", "案件编号", "the file, as in past_matters", required=True),
        ACCOUNT,
        Column("kind", "code", "财产种类", "what is frozen or sealed", required=True,
               codes=("deposit", "movable", "vehicle", "realty", "equity", "income", "other")),
        Column("asset", "key", "财产编号", "the bank's own number of the asset"),
        Column("amount", "money", "保全金额", "amount frozen, or the value sealed", required=True),
        _day("taken_on", "采取日", "day on which it was taken", required=True),
        _day("until_on", "届满日", "last day by the ruling; empty: the law's term", past=False),
        Column("pre_suit", "flag", "诉前", "taken before the suit"),
        PROOF,
    ),
    in_order=(("taken_on", "until_on"),),
)  # fmt: skip

PAST_APPROVALS = Table(
    "past_approvals",
    "接管前审批",
    "what was approved before: shown at gates for information, opens no act",
    key=("approval_no",),
    columns=(
        _own("approval_no", "审批编号", "approval"),
        ACCOUNT,
        Column("action", "key", "事项", "what was approved, such as sue, write_off", required=True),
        _day("approved_on", "审批日", "day of the approval", required=True),
        Column("approved_by", "key", "审批人", "staff id, or the name of the body", required=True),
        Column("reference", "text", "文号", "where the approval lies"),
    ),
)

PAST_HOLDS = Table(
    "past_holds",
    "接管的停催",
    "complaints, disputes and other stops that are in force, of an account or of all debts of a person",
    key=("hold_no",),
    either=("account_id", "party_id"),
    columns=(
        _own("hold_no", "停催编号", "stop"),
        MAYBE_ACCOUNT,
        Column("party_id", "key", "客户编号", "the person, if it is about all debts", refers_to="parties"),
        Column("kind", "code", "种类", "why", required=True, codes=HOLDS),
        _day("from_on", "起始日", "first day", required=True),
        _day("until_on", "终止日", "last day; empty: until somebody lifts it", past=False),
        Column("ground", "text", "依据", "the ground, without personal data", required=True),
    ),
    in_order=(("from_on", "until_on"),),
)

PAST_STATUSES = Table(
    "past_statuses",
    "当事人状态",
    "what is known of a person and reaches every debt: do not contact, deceased, insolvent …",
    key=("party_id", "status"),
    columns=(
        PARTY,
        Column("status", "code", "状态", "status", required=True, codes=STATUSES),
        _day("since_on", "自何日起", "since when", required=True),
        PROOF,
    ),
)

PAST_ARRANGEMENTS = Table(
    "past_arrangements",
    "接管的还款安排",
    "arrangements with the debtor; honoured from the first day",
    key=("arrangement_no",),
    columns=(
        _own("arrangement_no", "安排编号", "arrangement"),
        ACCOUNT,
        Column("kind", "code", "种类", "kind", required=True,
               codes=("extension", "reschedule", "personal_instalments", "settlement_with_waiver", "court_mediation")),
        _day("from_on", "起始日", "day of signature", required=True),
        _day("until_on", "届满日", "last day", required=True, past=False),
        PROOF,
        _day("ended_on", "终止日", "day on which it ended; empty: it runs"),
        Column("ended", "code", "终止方式", "how it ended", codes=("performed", "broken")),
    ),
    in_order=(("from_on", "until_on"), ("from_on", "ended_on")),
)  # fmt: skip

PAST_WRITE_OFFS = Table(
    "past_write_offs",
    "接管前核销",
    "debts that are off the books 账销案存 and still collected",
    key=("account_id",),
    currency_of="account",
    columns=(
        ACCOUNT,
        _day("written_off_on", "核销日", "day of the write-off", required=True),
        Column("criterion", "text", "核销条件", "which criterion was met, in the bank's words", required=True),
        *components(required=COMPONENTS),
        Column("recovered", "money", "已收回", "recovered since then"),
        PROOF,
    ),
)

PAST_COSTS = Table(
    "past_costs",
    "接管前费用",
    "costs of pursuing the debt so far",
    key=("cost_no",),
    currency_of="account",
    columns=(
        _own("cost_no", "费用编号", "entry"),
        ACCOUNT,
        Column("kind", "code", "种类", "what for", required=True,
               codes=("court_fee", "preservation_fee", "enforcement_fee", "counsel_fee", "postage", "agency_fee",
                      "valuation_fee", "auction_fee", "notary_fee", "arbitration_fee", "announcement_fee", "staff",
                      "other")),
        Column("amount", "money", "金额", "amount", required=True),
        _day("booked_on", "入账日", "day on which it was booked", required=True),
        Column("matter_no", "key", "案件编号", "the file it was for, as in past_matters"),
        PROOF,
    ),
    positive=("amount",),
)  # fmt: skip

BANK_ACTIONS = Table(
    "bank_actions",
    "影子期行内动作",
    "what the bank itself did on shadow days, to be compared with what Recourse would have done",
    key=("action_no",),
    columns=(
        _own("action_no", "动作编号", "action"),
        ACCOUNT,
        Column("party_id", "key", "对象", "whom it reached; empty: the borrower", refers_to="parties"),
        _day("on", "日期", "day", required=True),
        Column("at", "clock", "时刻", "local time"),
        Column("node", "key", "节点", "the ladder's name of it, such as call; empty: not mapped"),
        Column("action", "text", "动作", "what was done, in the bank's words", required=True),
        Column("channel", "code", "渠道", "channel, if somebody was contacted", codes=CHANNELS),
        Column("by", "key", "经办人", "staff id or system"),
    ),
)

PAST = (
    PAST_CONTACTS,
    PAST_DEMANDS,
    PAST_PLACEMENTS,
    PAST_MATTERS,
    PAST_MEASURES,
    PAST_APPROVALS,
    PAST_HOLDS,
    PAST_STATUSES,
    PAST_ARRANGEMENTS,
    PAST_WRITE_OFFS,
    PAST_COSTS,
)
HAPPENED: dict[str, str] = {
    "past_contacts": "on",
    "past_demands": "sent_on",
    "past_placements": "from_on",
    "past_matters": "filed_on",
    "past_measures": "taken_on",
    "past_approvals": "approved_on",
    "past_holds": "from_on",
    "past_statuses": "since_on",
    "past_arrangements": "from_on",
    "past_write_offs": "written_off_on",
    "past_costs": "booked_on",
}
"""Table → the column that says when it happened."""
