"""A small delivery that holds every table, and a folder to spoil it in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from recourse.intake.read import Delivery, read_delivery

AS_OF = date(2025, 3, 31)
TABLES = {
    "parties": """party_id,kind,name,id_type,id_number,birth_on,died_on,time_zone,language,address,region,missing
C1,natural,王㐂,resident_id,110101198001010011,1980-01-01,,,zh-CN,"北京市东城区1号, 2单元",110101,no
C2,natural,李小红,,,,,Asia/Urumqi,,,,
C3,legal,某某商贸有限公司,uscc,91110000000000000X,,,,,,,unknown
""",
    "accounts": """account_id,product,branch,opened_on,original_amount,matures_on,annual_rate,penalty_uplift,\
acceleration_clause,dispute_clause,dispute_forum,currency,secured,originator
A1,mortgage,0101,2020-05-06,1000000.00,2040-05-06,0.0485,0.5,yes,court,北京市东城区人民法院,,yes,E77
A2,credit_card,0101,2021-01-02,50000,,,,no,,,JPY,no,
""",
    "roles": """account_id,party_id,role,basis,evidence,from_on
A1,C1,borrower,contract,合同第一页,2020-05-06
A1,C2,spouse,,,
A2,C1,borrower,contract,,
""",
    "contacts": """party_id,channel,value,contractual,consent,source,valid_from,valid_to,window_from,window_to
C1,phone,13800000000,yes,unknown,contract,2020-05-06,,09:00,20:30
C2,post,"上海市, 浦东新区",,,pre_left,,,,
""",
    "instalments": """account_id,number,due_on,amount,principal,interest
A1,1,2020-06-06,6500.00,2458.33,4041.67
A1,2,2020-07-06,6500.00,2468.27,
""",
    "payments": """payment_id,account_id,paid_on,amount,kind,principal,interest,refers_to,booked_on
T1,A1,2025-03-30,6500.00,,2458.33,,,2025-03-31
T2,A2,2025-03-31,700,chargeback,,,T0,
""",
    "balances": """account_id,as_of,principal,interest,penalty,compound,fees,costs,overdue_total,status
A1,2025-03-31,997541.67,12.3,0.01,0,0,0,6500.00,active
A2,2025-03-31,-700,0,0,0,30,0,,
""",
    "pauses": "account_id,from_on,to_on,resumed_on,reason\nA1,2025-01-01,2025-01-31,2025-01-20,洪水\n",
    "collateral": """collateral_id,account_id,owner_id,kind,registered,rank,registered_on,value,valued_on,dwelling,\
address
H1,A1,C2,real_estate,yes,1,2020-05-10,1500000,2020-04-01,yes,某路3号
""",
    "guarantees": """guarantee_id,account_id,party_id,kind,period_ends_on,secured_amount,contract_no,signed_on
G1,A1,C3,,,1000000.00,保字1号,2020-05-06
""",
    "employment": "party_id,as_of,status,employer\nC1,2025-01-01,employed,某厂\n",
    "household": "party_id,as_of,marital_status,dependants\nC1,2025-01-01,married,2\n",
    "income": "party_id,as_of,monthly,currency\nC1,2025-01-01,8000.50,\n",
    "assets": "asset_id,party_id,kind,value\nV1,C1,vehicle,60000\n",
    "deposits": """deposit_id,party_id,deposit_no,source,balance,currency,as_of
S1,C1,6200000000001,wages,1200.50,,2025-03-31
S2,C1,,,300,JPY,2025-03-31
""",
    "documents": """document_id,account_id,kind,on,file,sha256,original_at
D1,A1,loan_contract,2020-05-06,scans/contract.pdf,,总行档案室
D2,A1,id_card,,,,支行
""",
    "book_totals": """month_end,branch,product,currency,accounts,balance
2025-03-31,0101,mortgage,CNY,1,997541.67
2025-03-31,0101,credit_card,JPY,1,-700
""",
    "statements": """account_id,month,statement_on,due_on,balance,minimum_due
A2,2025-03,2025-03-05,2025-03-25,-700,0
""",
    "credit_reports": "account_id,month,status,reported_on\nA2,2025-02,overdue_1,2025-03-05\n",
    "past_contacts": """contact_no,account_id,party_id,channel,on,at,number,outcome,promise_on,promise_amount
L1,A1,C1,call,2025-03-28,10:05,138-0000-0000,promise,2025-04-10,6500.00
L2,A1,C1,sms,2025-03-01,,,sent,,
""",
    "past_demands": """demand_no,account_id,party_id,kind,sent_on,delivered_on,returned_on,proof
F1,A1,,formal_notice,2025-02-01,2025-02-05,,EMS-1
""",
    "past_placements": """placement_no,account_id,agency,from_on,until_on,noticed_on,returned_on,certificate
W1,A1,agency-a,2024-06-01,2024-12-01,2024-05-20,2024-11-30,证明-1
""",
    "past_matters": """matter_no,account_id,route,court,number,filed_on,docketed_on,stage,stage_on,counsel,proof
S1,A1,suit,北京市东城区人民法院,（2025）京0101民初1号,2025-01-10,2025-01-20,docketed,2025-01-20,law-1,受理通知书
""",
    "past_measures": """measure_no,matter_no,account_id,kind,amount,taken_on,until_on,pre_suit,proof
B1,S1,A1,deposit,10000.00,2025-02-01,2026-02-01,no,裁定书
""",
    "past_approvals": """approval_no,account_id,action,approved_on,approved_by,reference
P1,A1,sue,2025-01-05,贷审会,纪要-3
""",
    "past_holds": """hold_no,account_id,party_id,kind,from_on,until_on,ground
H1,,C1,complaint,2025-03-20,,投诉-9
""",
    "past_statuses": "party_id,status,since_on,proof\nC2,do_not_contact,2025-03-02,来信-4\n",
    "past_arrangements": """arrangement_no,account_id,kind,from_on,until_on,proof,ended_on,ended
R1,A1,reschedule,2024-02-01,2024-08-01,协议-5,2024-05-01,broken
""",
    "past_write_offs": """account_id,written_off_on,criterion,principal,interest,penalty,compound,fees,costs,recovered,proof
A2,2025-01-31,小额,700,0,0,0,0,0,10,核销批复-6
""",
    "past_costs": "cost_no,account_id,kind,amount,booked_on,matter_no\nE1,A1,court_fee,50.00,2025-01-20,S1\n",
    "bank_actions": """action_no,account_id,party_id,on,at,node,action,channel,by
X1,A1,C1,2025-03-31,10:00,call,电话,call,E12
""",
}
MANIFEST = """as_of: 2025-03-31
entity: "9001"
jurisdiction: CN
currency: CNY
time_zone: Asia/Shanghai
"""


class Desk:
    """A delivery folder under construction."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, text: str | bytes) -> None:
        """Write one file of the folder; a name without a suffix is a table's CSV."""
        path = self.folder / (name if "." in name else f"{name}.csv")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def read(self, *, as_of: date | None = None, known_hashes: tuple[str, ...] = ()) -> Delivery:
        """Read the folder; the ledger knows account K1 (CNY), K2 (JPY) and party KP."""
        accounts = pl.DataFrame({"account_id": ["K1", "K2"], "currency": ["CNY", "JPY"]})
        return read_delivery(
            self.folder,
            known_accounts=accounts,
            known_parties=pl.Series(["KP"]),
            as_of=as_of,
            known_hashes=known_hashes,
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty delivery for 2025-03-31: only its manifest."""
    empty = Desk(tmp_path)
    empty.put("manifest.yaml", MANIFEST)
    return empty


@pytest.fixture
def full(desk: Desk) -> Desk:
    """A delivery with every table and one scan, in which nothing is wrong."""
    for name, text in TABLES.items():
        desk.put(name, text)
    desk.put("scans/contract.pdf", b"%PDF-1.7 a contract")
    return desk
