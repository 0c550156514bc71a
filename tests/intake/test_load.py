"""Loading deliveries: a whole book, the same again, what is set aside, what is condensed, all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import event, select

from recourse.arrears import Pause
from recourse.errors import UserError
from recourse.events import BatchLoaded
from recourse.facts import GuaranteeKind, Security, Terms
from recourse.intake.load import quarantine_aad
from recourse.ledger import store
from recourse.ledger.tables import account_terms, documents, quarantine
from recourse.verify import verify
from tests.database import Databases

from .conftest import Desk
from .loading import BALANCE, DEBTORS, LOANS, PAYMENT, PEOPLE, PLAN, Bank, balance, new_ledger


@pytest.fixture
def bank(databases: Databases, tmp_path: Path) -> Iterator[Bank]:
    """A bank with an empty ledger, on SQLite and on PostgreSQL in turn."""
    made = Bank(databases.prepared(new_ledger), tmp_path)
    yield made
    made.engine.dispose()


class Kept:
    """A document store that only remembers."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}

    def put(self, data: bytes, kind: str) -> Any:
        self.kinds[hashlib.sha256(data).hexdigest()] = kind

    def get(self, sha256: str) -> bytes:
        raise NotImplementedError

    def has(self, sha256: str) -> bool:
        return sha256 in self.kinds


# --- a book -----------------------------------------------------------------------------------------------------------


def test_every_table_of_a_full_delivery_is_taken_up(bank: Bank, full: Desk) -> None:
    loaded = bank.load(full.folder, "2025-03-31")
    assert loaded.quarantined == {}
    assert loaded.accepted == {name: count for name, count in full.read().accepted.items() if count}
    assert set(loaded.unchanged.values()) == {0}
    row = bank.account("A1")
    assert (row.person_id, row.jurisdiction, row.entity, row.book_status) == ("C1", "cn", "9001", "active")
    assert row.shard == store.slot_of("C1")
    assert msgspec.json.decode(row.terms, type=Terms) == Terms(
        matures_on=date(2040, 5, 6),
        last_due_on=date(2020, 7, 6),
        acceleration_clause=True,
        arbitration=False,
        originator="E77",
        forum="北京市东城区人民法院",
        original_amount=100_000_000,
        annual_rate=48_500,
        penalty_uplift=500_000,
        secured=True,
    )
    assert msgspec.json.decode(row.pauses, type=tuple[Pause, ...]) == (
        Pause(date(2025, 1, 1), date(2025, 1, 31), date(2025, 1, 20)),
    )
    assert (row.principal, row.interest, row.penalty, row.overdue) == (99_754_167, 1230, 1, 650_000)
    assert row.balance_as_of == date(2025, 3, 31)
    with bank.reading() as connection:
        assert verify(connection).faults == []


def test_security_names_everyone_and_an_open_guarantee_period_is_the_law_s(bank: Bank, full: Desk) -> None:
    bank.load(full.folder, "2025-03-31")
    security = msgspec.json.decode(bank.account("A1").security, type=Security)
    assert {(party.party_id, party.role) for party in security.parties} == {("C1", "borrower"), ("C2", "spouse")}
    (guarantee,) = security.guarantees
    assert (guarantee.guarantee_id, guarantee.party_id) == ("G1", "C3")
    assert guarantee.kind is GuaranteeKind.GENERAL
    assert guarantee.period_ends_on == date(2040, 11, 6)
    (house,) = security.collateral
    assert (house.collateral_id, house.kind, house.registered, house.value) == ("H1", "real_estate", True, 150_000_000)
    assert (house.valued_on, house.dwelling) == (date(2020, 4, 1), True)


@pytest.mark.parametrize(
    ("kind", "agreed", "matures_on", "mode", "ends_on"),
    [
        ("joint", "2027-01-06", "2026-01-06", GuaranteeKind.JOINT, date(2027, 1, 6)),
        ("joint", "", "2025-08-31", GuaranteeKind.JOINT, date(2026, 2, 28)),
        (
            "",
            "2026-01-06",
            "2026-01-06",
            GuaranteeKind.GENERAL,
            date(2026, 7, 6),
        ),  # ends no later than the debt matures
        ("general", "", "", GuaranteeKind.GENERAL, None),
    ],
)
def test_guarantee_periods(
    bank: Bank, kind: str, agreed: str, matures_on: str, mode: GuaranteeKind, ends_on: date | None
) -> None:
    loans = LOANS.replace("2026-01-06,借", f"{matures_on},借")
    given = f"guarantee_id,account_id,party_id,kind,period_ends_on\nG1,A1,P2,{kind},{agreed}\n"
    bank.open_book(accounts=loans, guarantees=given)
    (guarantee,) = msgspec.json.decode(bank.account("A1").security, type=Security).guarantees
    assert (guarantee.kind, guarantee.period_ends_on) == (mode, ends_on)


def test_a_new_maturity_moves_the_end_of_a_guarantee(bank: Bank) -> None:
    bank.open_book(guarantees="guarantee_id,account_id,party_id\nG1,A1,P2\n")
    bank.deliver("2025-02-11", accounts=LOANS.replace("2026-01-06,借", "2026-03-06,借"))
    (guarantee,) = msgspec.json.decode(bank.account("A1").security, type=Security).guarantees
    assert guarantee.period_ends_on == date(2026, 9, 6)
    with bank.reading() as connection:
        query = select(account_terms.c.known_on).where(account_terms.c.account_id == "A1")
        assert sorted(connection.execute(query).scalars()) == [date(2025, 2, 10), date(2025, 2, 11)]


def test_a_role_that_has_ended_stands_behind_nothing(bank: Bank) -> None:
    roles = "account_id,party_id,role,to_on\nA1,P2,co_borrower,{}\n"
    bank.open_book(roles=DEBTORS.replace("basis\n", "basis,to_on\n").replace("contract\n", "contract,\n"))
    bank.deliver("2025-02-11", roles=roles.format(""))
    assert len(msgspec.json.decode(bank.account("A1").security, type=Security).parties) == 2
    bank.deliver("2025-02-12", roles=roles.format("2025-02-11"))
    assert len(msgspec.json.decode(bank.account("A1").security, type=Security).parties) == 1


def test_exposure_is_the_sum_over_a_person_s_accounts_of_one_currency(bank: Bank) -> None:
    cards = "account_id,product,branch,opened_on,original_amount,currency\n"
    cards += "C1,credit_card,1,2024-01-01,500,USD\nC2,credit_card,1,2024-01-01,500,\n"
    bank.open_book()
    assert bank.account("A1").exposure == bank.account("A2").exposure == 2_300_000
    owed = "account_id,party_id,role\nC1,P1,borrower\nC2,P1,borrower\n"
    bank.deliver("2025-02-11", accounts=cards, roles=owed, balances=BALANCE + balance("C1", "2025-02-11", "3.00"))
    assert bank.account("C1").exposure == 300
    assert bank.account("C2").exposure == 2_300_000
    bank.deliver(
        "2025-02-12", balances=BALANCE + balance("C2", "2025-02-12", "-50.00") + balance("A2", "2025-02-12", "1")
    )
    assert {bank.account(account).exposure for account in ("A1", "A2", "C2")} == {1_100_100}
    bank.deliver("2025-02-13", balances=BALANCE + balance("A2", "2025-02-13", "1", status="transferred"))
    assert bank.account("A1").exposure == 1_100_000


def test_an_older_balance_never_covers_a_newer_one(bank: Bank) -> None:
    bank.open_book()
    bank.deliver("2025-02-12", balances=BALANCE + balance("A1", "2025-02-12", "10900"))
    loaded = bank.deliver("2025-02-12", "2025-02-13", balances=BALANCE + balance("A1", "2025-02-11", "1"))
    assert loaded.accepted["balances"] == 1
    row = bank.account("A1")
    assert (row.principal, row.balance_as_of) == (1_090_000, date(2025, 2, 12))
    bank.deliver("2025-02-12", "2025-02-13", balances=BALANCE + balance("A1", "2025-02-12", "10800"))
    assert bank.account("A1").principal == 1_080_000


def test_an_older_delivery_is_named(bank: Bank) -> None:
    bank.open_book()
    late = bank.deliver("2025-02-03", "2025-02-11", balances=BALANCE + balance("A1", "2025-02-03", "5"))
    assert [warning for warning in late.warnings if warning.startswith("describes 2025-02-03, and 2025-02-10")]


def test_a_debt_written_off_never_becomes_active_again(bank: Bank) -> None:
    bank.open_book()
    bank.deliver("2025-02-11", balances=BALANCE + balance("A1", "2025-02-11", "11000", status="written_off"))
    bank.deliver(
        "2025-02-12",
        accounts=LOANS + "A3,other,0101,2024-06-06,1.00,,,,\n",
        roles="account_id,party_id,role\nA3,P2,borrower\n",
    )
    bank.deliver("2025-02-12", "2025-02-13", balances=BALANCE + balance("A1", "2025-02-12", "11000", status="active"))
    assert bank.account("A1").book_status == "written_off"
    bank.deliver("2025-02-14", balances=BALANCE + balance("A1", "2025-02-14", "0", status="settled"))
    assert bank.account("A1").book_status == "settled"


def test_scans_are_kept_and_papers_listed(bank: Bank, full: Desk) -> None:
    kept = Kept()
    bank.load(full.folder, "2025-03-31", documents=kept)
    digest = hashlib.sha256(b"%PDF-1.7 a contract").hexdigest()
    assert kept.kinds == {digest: "loan_contract"}
    with bank.reading() as connection:
        rows = connection.execute(select(documents.c.document_id, documents.c.sha256, documents.c.dated_on)).all()
    assert {tuple(row) for row in rows} == {("D1", digest, date(2020, 5, 6)), ("D2", "", None)}


# --- the same again ---------------------------------------------------------------------------------------------------


def test_the_same_folder_again_writes_nothing(bank: Bank, full: Desk) -> None:
    first = bank.load(full.folder, "2025-03-31")
    before = bank.dump()
    again = bank.load(full.folder, "2025-04-02")
    assert bank.dump() == before
    assert again.batch_id == ""
    assert not any(again.accepted.values())
    assert again.unchanged == first.accepted


def test_the_same_rows_in_other_bytes_change_no_fact(bank: Bank) -> None:
    bank.open_book()
    before = bank.dump()
    again = bank.deliver(
        "2025-02-10", parties=PEOPLE + "\n", accounts=LOANS + "\n", roles=DEBTORS + "\n", instalments=PLAN + "\n",
        payments=PAYMENT + "T1,A1,2025-01-06,1000.00,payment,\n",
        balances=BALANCE
        + balance("A1", "2025-02-10", "11000.0", "1000")
        + balance("A2", "2025-02-10", "12000", "2000"),
    )  # fmt: skip
    assert not any(again.accepted.values())
    assert again.unchanged["instalments"] == 24
    after = bank.dump()
    assert {name for name in after if after[name] != before[name]} == {"batches", "last_files", "events", "streams"}


def test_a_file_that_came_back_is_read_although_it_was_loaded_once(bank: Bank) -> None:
    """A, then B, then A again: the last word counts, not that its bytes were seen before."""
    bank.open_book()
    folder = bank.folder("2025-02-11", accounts=LOANS.replace("A1,consumer_loan,0101", "A1,consumer_loan,0202"))
    assert bank.load(folder, "2025-02-11").accepted == {"accounts": 1}
    assert bank.deliver("2025-02-12", accounts=LOANS).accepted == {"accounts": 1}
    assert bank.account("A1").branch == "0101"


def test_a_daily_delivery_loads_what_differs(bank: Bank) -> None:
    bank.open_book()
    plan = PLAN.replace("A1,3,2025-03-06,1000.00", "A1,3,2025-03-16,1000.00")
    loaded = bank.deliver(
        "2025-02-11", instalments=plan, payments=PAYMENT + "T1,A1,2025-01-06,1000.00,,\nT2,A1,2025-02-11,1000,,\n"
    )
    assert (loaded.accepted, loaded.unchanged) == (
        {"instalments": 1, "payments": 1},
        {"instalments": 23, "payments": 1},
    )
    assert bank.account("A1").oldest_unpaid_due_on == date(2025, 3, 16)


# --- set aside --------------------------------------------------------------------------------------------------------


def faults(bank: Bank) -> dict[tuple[str, int, str], tuple[str, dict[str, Any]]]:
    """What is in quarantine: file, row, field → reason and the row, opened."""
    with bank.reading() as connection:
        rows = connection.execute(select(quarantine)).all()
    cipher = bank.vault.document_cipher()
    return {
        (row.file, row.row, row.field): (
            row.reason,
            msgspec.json.decode(cipher.decrypt(bytes(row.raw), quarantine_aad(row.batch_id, row.file, row.row))),
        )
        for row in rows
    }


def test_a_payment_that_was_booked_otherwise_is_set_aside(bank: Bank) -> None:
    bank.open_book()
    loaded = bank.deliver("2025-02-11", payments=PAYMENT + "T1,A1,2025-01-06,900.00,,\nT2,A1,2025-02-11,5.00,,\n")
    assert (loaded.accepted, loaded.quarantined) == ({"payments": 1}, {"payments": 1})
    reason, row = faults(bank)["payments.csv", 2, "payment_id"]
    assert reason == "already booked differently"
    assert (row["payment_id"], row["amount"]) == ("T1", 90_000)
    again = bank.dump()
    assert (
        bank.deliver("2025-02-11", payments=PAYMENT + "T1,A1,2025-01-06,900.00,,\nT2,A1,2025-02-11,5.00,,\n").batch_id
        == ""
    )
    assert bank.dump() == again


def test_a_bad_row_is_kept_sealed_with_its_reason(bank: Bank) -> None:
    loaded = bank.open_book(parties=PEOPLE + "P3,person,赵某某,,,,\n")
    assert loaded.quarantined == {"parties": 1}
    reason, row = faults(bank)["parties.csv", 4, "kind"]
    assert reason == "not one of natural, legal"
    assert row["name"] == "赵某某"


def test_an_account_without_a_debtor_waits_with_its_rows_until_the_debtor_comes(bank: Bank) -> None:
    loaded = bank.open_book(roles="account_id,party_id,role\nA1,P1,borrower\nA2,P2,spouse\n")
    assert loaded.quarantined == {"accounts": 1, "balances": 1, "instalments": 12, "roles": 1}
    assert faults(bank)["accounts.csv", 3, "account_id"][0] == "no borrower in roles"
    assert faults(bank)["balances.csv", 3, "account_id"][0] == "its account was set aside"
    mended = bank.open_book(roles="account_id,party_id,role\nA1,P1,borrower\nA2,P2,borrower\n")
    assert mended.quarantined == {}
    assert bank.account("A2").oldest_unpaid_due_on == date(2025, 1, 6)
    assert bank.account("A2").person_id == "P2"


def test_amounts_in_another_currency_than_the_account_s_are_not_taken(bank: Bank) -> None:
    bank.open_book()
    row = "account_id,product,branch,opened_on,original_amount,currency\nA1,consumer_loan,0101,2024-06-06,12000,JPY\n"
    loaded = bank.deliver("2025-02-11", accounts=row, balances=BALANCE + balance("A1", "2025-02-11", "5"))
    assert loaded.quarantined == {"accounts": 1, "balances": 1}
    assert bank.account("A1").principal == 1_100_000


def test_a_delivery_from_the_future_is_refused(bank: Bank) -> None:
    with pytest.raises(UserError, match="after the business day 2025-02-09"):
        bank.deliver("2025-02-10", "2025-02-09", parties=PEOPLE)


# --- all or nothing, and at one price ---------------------------------------------------------------------------------


def test_a_crash_in_the_middle_leaves_nothing(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.open_book()
    before = bank.dump()
    late = bank.folder(
        "2025-02-11", payments=PAYMENT + "T2,A1,2025-02-11,1000.00,,\n", parties=PEOPLE.replace("甲1号", "甲3号")
    )

    def crash(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(store, "append_all", crash)
    with pytest.raises(RuntimeError):
        bank.load(late, "2025-02-11")
    assert bank.dump() == before
    monkeypatch.undo()
    assert bank.load(late, "2025-02-11").accepted == {"parties": 1, "payments": 1}


def test_the_batch_is_journaled_with_hashes_and_counts(bank: Bank) -> None:
    folder = bank.folder("2025-02-10", parties=PEOPLE + "P3,person,x,,,,\n")
    (folder / "manifest.yaml").write_text("as_of: 2025-02-10\nfiles: {parties: {rows: 7}}\n")
    loaded = bank.load(folder, "2025-02-11")
    ((effective_on, told),) = bank.told("portfolio:intake", BatchLoaded)
    assert effective_on == date(2025, 2, 10)
    assert isinstance(told, BatchLoaded)
    assert told.files == {"parties.csv": hashlib.sha256((folder / "parties.csv").read_bytes()).hexdigest()}
    assert (told.batch_id, told.accepted, told.quarantined) == (loaded.batch_id, {"parties": 2}, {"parties": 1})
    assert told.totals_off == ("parties.rows: declared 7, found 3",)


def test_statements_do_not_grow_with_the_book(bank: Bank) -> None:
    def book(n: int) -> dict[str, str]:
        ids = [f"{n}-{i}" for i in range(n)]
        return {
            "parties": "party_id,kind,name,died_on\n" + "".join(f"P{i},natural,人{i},2025-01-01\n" for i in ids),
            "accounts": "account_id,product,branch,opened_on,original_amount\n"
            + "".join(f"A{i},other,1,2024-01-01,5\n" for i in ids),
            "roles": "account_id,party_id,role\n" + "".join(f"A{i},P{i},borrower\n" for i in ids),
            "instalments": "account_id,number,due_on,amount\n" + "".join(f"A{i},1,2025-01-01,5\n" for i in ids),
        }  # fmt: skip

    def daily(n: int) -> dict[str, str]:
        ids = [f"{n}-{i}" for i in range(n)]
        return {
            "payments": PAYMENT + "".join(f"T{i},A{i},2025-02-03,1,,\n" for i in ids),
            "balances": BALANCE + "".join(balance(f"A{i}", "2025-02-11", "4", "9") for i in ids),
        }  # fmt: skip

    asked: list[str] = []
    event.listen(bank.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    counts = []
    for n in (2, 40):
        for day, tables, at_once in (("2025-02-10", book(n), False), ("2025-02-11", daily(n), True)):
            asked.clear()
            bank.deliver(day, "2025-02-12" if at_once else "", **tables)
            counts.append(len(asked))
            bank.sweep("2025-02-10")
    assert counts[2] - counts[0] <= 1  # whether there are persons that are known already is asked of the second only
    assert counts[3] == counts[1]
