"""The past of a live book in a delivery: source rows, events of the case, bad rows, corrections, and the same again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, select

from recourse import events as ev
from recourse.intake.layout import TABLES
from recourse.intake.past import CONTACT_OUTCOMES, HAPPENED, HOLDS, PAST, ROUTES, STAGES, STATUSES
from recourse.ledger.tables import bank_actions, cases, costs, past_rows, permits, quarantine
from recourse.matters import STAGES as KNOWN_STAGES
from recourse.policy.load import load_book, shipped_packs
from recourse.verify import check_visits, verify
from tasks.call import OUTCOMES
from tasks.ladder import LADDER
from tasks.takeover import CONTACT, DEMAND, ROUTE
from tasks.takeover import PAST as STEPS
from tests.database import Databases
from tests.intake.loading import BALANCE as BALANCES
from tests.intake.loading import DEBTORS, LOANS, PEOPLE, PLAN, Bank, balance, new_ledger

DEMANDS = "demand_no,account_id,kind,sent_on,delivered_on,proof\n"
CONTACTS = "contact_no,account_id,party_id,channel,on,outcome,number\n"
MATTERS = "matter_no,account_id,route,number,filed_on,docketed_on,stage,stage_on\n"
COSTS = "cost_no,account_id,kind,amount,booked_on,matter_no\n"


@pytest.fixture
def bank(databases: Databases, tmp_path: Path) -> Iterator[Bank]:
    """A bank with an empty ledger, which is sound in the end."""
    made = Bank(databases.prepared(new_ledger), tmp_path)
    yield made
    with made.reading() as connection:
        found = verify(connection)
        check_visits(connection, found)
        assert found.faults == []
    made.engine.dispose()


def book(as_of: str = "2025-02-10") -> dict[str, str]:
    return {
        "parties": PEOPLE, "accounts": LOANS, "roles": DEBTORS, "instalments": PLAN,
        "balances": BALANCES + balance("A1", as_of, "12000") + balance("A2", as_of, "12000"),
    }  # fmt: skip


# --- the layout -------------------------------------------------------------------------------------------------------


def test_the_words_of_the_layout_are_those_of_the_business() -> None:
    """A code that the ladder, the courts or the callers do not have would be told to nobody."""
    assert set(CONTACT_OUTCOMES) == {*OUTCOMES, "sent"}
    assert set(STAGES) == set(KNOWN_STAGES)
    assert set(ROUTES) == set(ROUTE)
    assert set(TABLES["past_demands"].column("kind").codes) == set(DEMAND)
    steps = {*CONTACT.values(), *DEMAND.values(), STEPS.first, STEPS.notice, STEPS.placement, STEPS.write_off}
    steps |= {node for behind in ROUTE.values() for node, _ in behind} | {node for node, _ in STEPS.enforced}
    assert steps <= set(LADDER.by_name)
    assert set(HAPPENED) == {table.name for table in PAST}
    brakes = load_book([shipped_packs()]).at(date(2026, 1, 5), "cn", "mortgage").brakes
    assert {*HOLDS, *STATUSES} - {"missing"} <= set(brakes)


# --- loading ----------------------------------------------------------------------------------------------------------


def test_what_happened_is_told_to_the_case(bank: Bank) -> None:
    past = {
        "past_demands": DEMANDS + "F1,A1,formal_notice,2025-01-10,2025-01-13,EMS-1\n",
        "past_contacts": CONTACTS + "L1,A1,P1,call,2025-01-08,refused,13800000000\n",
        "past_matters": MATTERS + "S1,A2,suit,（2025）民初1号,2025-01-20,2025-01-24,docketed,2025-01-24\n",
        "past_costs": COSTS + "E1,A2,court_fee,50.00,2025-01-24,S1\n",
    }
    loaded = bank.deliver("2025-02-10", **book(), **past)
    assert {name: loaded.accepted[name] for name in past} == dict.fromkeys(past, 1)
    assert (loaded.quarantined, loaded.parked) == ({}, ())
    told = bank.told_case("A1", ev.FactsImported)
    assert [event.tables for _, event in told] == [{"past_contacts": ("L1",), "past_demands": ("F1",)}]  # type: ignore[attr-defined]
    assert [on for on, _ in bank.told_case("A1", ev.DeliveryProved)] == [date(2025, 1, 13)]
    file = bank.case_file("A2")
    assert (file.stage, file.docketed, file.cost) == ("docketed", True, 5000)
    with bank.reading() as connection:
        assert len(connection.execute(select(past_rows)).all()) == 4
        assert "13800000000" not in str(connection.execute(select(past_rows.c.row)).all())
        assert len(connection.execute(select(permits.c.number_id).where(permits.c.number_id != "")).all()) == 1


def test_the_same_delivery_twice_changes_nothing(bank: Bank) -> None:
    past = {
        "past_demands": DEMANDS + "F1,A1,formal_notice,2025-01-10,2025-01-13,EMS-1\n",
        "bank_actions": "action_no,account_id,on,action,channel\nX1,A1,2025-02-10,电话,call\n",
    }
    folder = bank.folder("2025-02-10", **book(), **past)
    bank.load(folder, "2025-02-10")
    before = bank.dump()
    assert bank.load(folder, "2025-02-10").batch_id == ""
    rows = past["past_demands"] + "\n"  # other bytes, the same rows
    again = bank.deliver("2025-02-10", **{**past, "past_demands": rows})
    assert (again.accepted["past_demands"], again.unchanged["past_demands"]) == (0, 1)
    after = bank.dump()
    for name in ("cases", "visits", "past_rows", "bank_actions", "permits", "taken_over"):
        assert after[name] == before[name] or name == "cases", name
    with bank.reading() as connection:
        heads = connection.execute(select(cases.c.head_pos)).scalars().all()
    assert sorted(heads) == sorted(row[10] for row in before["cases"])


def test_a_correction_is_a_new_event_and_no_second_count(bank: Bank) -> None:
    first = {
        "past_demands": DEMANDS + "F1,A1,formal_notice,2025-02-03,,\n",
        "past_contacts": CONTACTS + "L1,A1,P1,call,2025-01-08,no_answer,\n",
        "past_matters": MATTERS + "S1,A2,suit,（2025）民初1号,2025-01-20,2025-01-24,docketed,2025-01-24\n",
        "past_costs": COSTS + "E1,A2,court_fee,50.00,2025-01-24,S1\n",
    }
    bank.deliver("2025-02-10", **book(), **first)
    assert bank.case_file("A1").visits["formal_notice"].state == "open"
    second = {
        "past_demands": DEMANDS + "F1,A1,formal_notice,2025-02-03,2025-02-06,EMS-1\n",
        "past_contacts": CONTACTS + "L1,A1,P1,call,2025-01-08,refused,\n",
        "past_matters": MATTERS + "S1,A2,suit,（2025）民初1号,2025-01-20,2025-01-24,heard,2025-02-07\n",
        "past_costs": COSTS + "E1,A2,court_fee,60.00,2025-01-24,S1\n",
    }
    bank.deliver("2025-02-11", **second)
    one, two = bank.case_file("A1"), bank.case_file("A2")
    notice = one.visits["formal_notice"]
    assert (notice.n, notice.state, notice.outcome) == (1, "left", "delivered")
    assert (one.attempts, one.limitation_from) == (1, date(2025, 2, 6))
    assert (two.stage, two.docketed, two.cost) == ("heard", True, 6000)
    assert len(bank.told_case("A2", ev.MatterOpened)) == 1
    with bank.reading() as connection:
        assert sorted(connection.execute(select(costs.c.amount)).scalars()) == [1000, 5000]


def test_a_parked_account_is_named(bank: Bank) -> None:
    loaded = bank.deliver(
        "2025-02-10", **book(), past_matters=MATTERS + "S1,A2,suit,,2025-01-20,,,\n"
    )  # fmt: skip
    assert loaded.parked == ("A2",)
    assert bank.items() == {"parked A2": ("matter_stage_unknown", None)}
    assert [event.kind for _, event in bank.told_case("A2", ev.BrakePlaced)] == ["parked"]  # type: ignore[attr-defined]


def test_nothing_owed_off_the_books_waits_for_its_balance(bank: Bank) -> None:
    """The core reports no balance once a debt is off the books: a case would end as settled at once."""
    tables = book() | {"balances": BALANCES + balance("A1", "2025-02-10", "0") + balance("A2", "2025-02-10", "12000")}
    row = "account_id,written_off_on,criterion,principal,interest,penalty,compound,fees,costs,proof\n"
    bank.deliver("2025-02-10", **tables, past_write_offs=row + "A1,2024-12-31,小额,9000,0,0,0,0,0,核销批复\n")
    assert bank.items()["parked A1"] == ("written_off_without_balance", None)
    bank.sweep("2025-02-10")
    bank.deliver("2025-02-11", balances=BALANCES + balance("A1", "2025-02-11", "9000"))
    assert bank.case_file("A1").written_off_on == date(2024, 12, 31)
    assert bank.items()["parked A1"] == ("", None)


# --- bad rows ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "text", "field"),
    [
        ("past_contacts", CONTACTS + "L1,A9,P1,call,2025-01-08,refused,\n", "account_id"),
        ("past_contacts", CONTACTS + "L1,A1,P1,fax,2025-01-08,refused,\n", "channel"),
        ("past_contacts", CONTACTS + "L1,A1,P1,call,2025-03-08,refused,\n", "on"),
        ("past_demands", DEMANDS + "F1,A1,letter,2025-01-10,2025-01-13,EMS-1\n", "kind"),
        ("past_demands", DEMANDS + "F1,A1,formal_notice,2025-01-10,2025-01-03,EMS-1\n", "sent_on"),
        ("past_matters", MATTERS + "S1,A2,suit,,,2025-01-24,docketed,\n", "filed_on"),
        ("past_matters", MATTERS + "S1,A2,suit,,2025-01-20,2025-01-24,won,2025-01-24\n", "stage"),
        ("past_costs", COSTS + "E1,A2,court_fee,50.00,2025-01-24,S9\n", "matter_no"),
        ("past_costs", COSTS + "E1,A2,court_fee,0,2025-01-24,\n", "amount"),
        ("past_holds", "hold_no,account_id,party_id,kind,from_on,ground\nH1,,,complaint,2025-01-03,投诉\n", "account_id"),
        ("past_measures", "measure_no,matter_no,account_id,kind,amount,taken_on\nB1,S1,A1,deposit,1,2025-01-03\n",
         "matter_no"),
        ("bank_actions", "action_no,account_id,on,action\nX1,A9,2025-02-10,电话\n", "account_id"),
    ],
)  # fmt: skip
def test_a_bad_row_is_set_aside_with_its_field(bank: Bank, table: str, text: str, field: str) -> None:
    loaded = bank.deliver("2025-02-10", **book(), **{table: text})
    assert loaded.quarantined == {table: 1}
    with bank.reading() as connection:
        rows = connection.execute(select(quarantine.c.file, quarantine.c.row, quarantine.c.field)).all()
        assert rows == [(f"{table}.csv", 2, field)]
        assert connection.execute(select(past_rows)).all() == []
        assert connection.execute(select(bank_actions)).all() == []


def test_what_happened_after_the_case_was_opened_is_no_past(bank: Bank) -> None:
    bank.deliver("2025-02-10", **book())
    bank.sweep("2025-02-10")
    rows = DEMANDS + "F1,A1,formal_notice,2025-01-10,2025-01-13,EMS-1\nF2,A1,formal_notice,2025-02-12,,\n"
    assert bank.deliver("2025-02-12", past_demands=rows).quarantined == {"past_demands": 1}
    assert bank.case_file("A1").visits["formal_notice"].outcome == "delivered"


def test_totals_hold_for_the_past_too(bank: Bank) -> None:
    folder = bank.folder("2025-02-10", **book(), past_costs=COSTS + "E1,A2,court_fee,50.00,2025-01-24,\n")
    with (folder / "manifest.yaml").open("a") as manifest:
        manifest.write("files: {past_costs: {rows: 2, sums: {amount: '50.00'}}}\n")
    off = bank.load(folder, "2025-02-10").totals_off
    assert [(total.table, total.field, total.declared, total.found) for total in off] == [
        ("past_costs", "rows", "2", "1")
    ]


# --- cost -------------------------------------------------------------------------------------------------------------


def _statements(bank: Bank, accounts: int) -> int:
    """How many statements it takes to load a book of so many accounts, each with a past."""
    ids = [f"B{n:04d}" for n in range(accounts)]
    people = "party_id,kind,name\n" + "".join(f"Q{n},natural,张三\n" for n in ids)
    loans = "account_id,product,branch,opened_on,original_amount\n" + "".join(
        f"{n},consumer_loan,0101,2024-06-06,12000\n" for n in ids
    )
    plan = "account_id,number,due_on,amount\n" + "".join(f"{n},1,2025-01-06,12000\n" for n in ids)
    tables = {
        "parties": people, "accounts": loans, "instalments": plan,
        "roles": "account_id,party_id,role\n" + "".join(f"{n},Q{n},borrower\n" for n in ids),
        "balances": BALANCES + "".join(balance(n, "2025-02-10", "12000") for n in ids),
        "past_demands": DEMANDS + "".join(f"F{n},{n},formal_notice,2025-01-10,2025-01-13,EMS\n" for n in ids),
        "past_contacts": CONTACTS + "".join(f"L{n},{n},Q{n},call,2025-01-08,no_answer,\n" for n in ids),
        "past_matters": MATTERS + "".join(f"S{n},{n},suit,1,2025-01-20,2025-01-24,docketed,2025-01-24\n" for n in ids),
    }  # fmt: skip
    counted: list[str] = []

    def count(connection: Connection, cursor: object, statement: str, *rest: object) -> None:
        counted.append(statement)

    event.listen(bank.engine, "before_cursor_execute", count)
    loaded = bank.deliver("2025-02-10", **tables)
    event.remove(bank.engine, "before_cursor_execute", count)
    assert loaded.accepted["past_matters"] == accounts
    return len(counted)


def test_statements_do_not_grow_with_the_accounts(databases: Databases, tmp_path: Path) -> None:
    taken = []
    for n, accounts in enumerate((2, 200)):
        url = databases.prepared(new_ledger)
        (tmp_path / str(n)).mkdir()
        bank = Bank(url, tmp_path / str(n))
        taken.append(_statements(bank, accounts))
        bank.engine.dispose()
    assert taken[0] == taken[1]
