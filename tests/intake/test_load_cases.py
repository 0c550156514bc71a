"""What a delivery does to open cases: money, a past that moves, who is woken and who sleeps on; the cross-checks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recourse import events as ev
from recourse.arrears import Instalment
from recourse.intake.plan_load import Money, Plan
from recourse.ledger import store
from recourse.ledger.tables import cases
from recourse.money import Amounts
from recourse.policy import values as v
from recourse.policy.book import parse_values
from recourse.policy.debtor_values import Scorecard
from recourse.policy.thresholds import thresholds
from recourse.verify import verify
from tests.database import Databases, SqliteFiles

from .loading import BALANCE, LOANS, PAYMENT, PLAN, Bank, balance, opened_book, rules, swept_book


@pytest.fixture
def bank(databases: Databases, tmp_path: Path) -> Iterator[Bank]:
    """P1's two loans, A1 behind since 6 February 2025, A2 since 6 January; their cases were decided on 10 February."""
    made = Bank(databases.prepared(swept_book), tmp_path)
    yield made
    with made.reading() as connection:
        assert verify(connection).faults == []
    made.engine.dispose()


def paid(payment: str, account: str, on: str, amount: str, kind: str = "", penalty: str = "") -> str:
    return f"{payment},{account},{on},{amount},{kind},{penalty}\n"


def asleep_until(bank: Bank, account: str, day: str) -> int:
    """Have the account's case sleep until a day, as a decision would; its version now."""
    with bank.writing() as connection:
        connection.execute(cases.update().where(cases.c.account_id == account).values(wake_on=date.fromisoformat(day)))
    return int(bank.case(account).version)


# --- arrears ----------------------------------------------------------------------------------------------------------


def test_the_oldest_unpaid_day_follows_the_money(bank: Bank) -> None:
    assert bank.account("A1").oldest_unpaid_due_on == date(2025, 2, 6)
    assert bank.account("A2").oldest_unpaid_due_on == date(2025, 1, 6)
    bank.deliver("2025-02-11", payments=PAYMENT + paid("T2", "A1", "2025-02-11", "999.99"))
    assert bank.account("A1").oldest_unpaid_due_on == date(2025, 2, 6)
    bank.deliver("2025-02-12", payments=PAYMENT + paid("T3", "A1", "2025-02-12", "0.01"))
    assert bank.account("A1").oldest_unpaid_due_on == date(2025, 3, 6)


def test_what_went_to_penalty_interest_pays_no_instalment(bank: Bank) -> None:
    bank.deliver("2025-02-11", payments=PAYMENT + paid("T2", "A1", "2025-02-11", "1003.00", penalty="3.01"))
    assert bank.account("A1").oldest_unpaid_due_on == date(2025, 2, 6)
    bank.deliver("2025-02-12", payments=PAYMENT + paid("T3", "A1", "2025-02-12", "0.01"))
    assert bank.account("A1").oldest_unpaid_due_on == date(2025, 3, 6)


def test_a_chargeback_reopens_from_its_own_day_and_a_reversal_from_the_old_one(bank: Bank) -> None:
    bank.deliver("2025-02-11", payments=PAYMENT + paid("T2", "A1", "2025-02-11", "1000"))
    bank.sweep("2025-02-11")
    with bank.reading() as connection:
        assert store.open_case_ids(connection, ["A1"]) == {}
    back = PAYMENT + paid("T3", "A1", "2025-02-13", "1000", "chargeback")
    bank.deliver("2025-02-13", payments=back)
    assert bank.account("A1").oldest_unpaid_due_on == date(2025, 2, 13)
    bank.sweep("2025-02-14")
    assert bank.case("A1").episode == 2
    bank.deliver("2025-02-14", payments=PAYMENT + paid("T4", "A1", "2025-02-14", "1000", "reversal"))
    assert bank.account("A1").oldest_unpaid_due_on == date(2025, 2, 6)
    ((_, received),) = bank.told_case("A1", ev.PaymentReceived)
    assert received == ev.PaymentReceived("T4", -100_000, "reversal")


def test_a_restated_plan_counts_and_its_history_stays(bank: Bank) -> None:
    bank.deliver("2025-02-11", instalments=PLAN.replace("A1,2,2025-02-06,1000.00", "A1,2,2025-02-20,400.00"))
    assert bank.account("A1").oldest_unpaid_due_on == date(2025, 2, 20)
    assert len([row for row in bank.dump()["instalments"] if row[:2] == ("A1", 2)]) == 2
    bank.deliver("2025-02-12", instalments=PLAN)
    assert bank.account("A1").oldest_unpaid_due_on == date(2025, 2, 6)


CARD = "account_id,product,branch,opened_on,original_amount\nC1,credit_card,0101,2024-01-01,50000\n"
HOLDER = "account_id,party_id,role\nC1,P2,borrower\n"
BILLS = "account_id,month,statement_on,due_on,balance,minimum_due\n"
JANUARY = "C1,2025-01,2025-01-05,2025-01-25,8000,800\n"
FEBRUARY = "C1,2025-02,2025-02-05,2025-02-25,9000,1700\n"


def test_a_card_s_minimum_is_met_by_what_comes_in_after_its_statement(bank: Bank) -> None:
    bank.deliver(
        "2025-02-11",
        accounts=CARD,
        roles=HOLDER,
        statements=BILLS + JANUARY,
        payments=PAYMENT + paid("K0", "C1", "2025-01-05", "800"),
    )
    assert bank.account("C1").oldest_unpaid_due_on == date(2025, 1, 25)
    bank.deliver("2025-02-12", statements=BILLS + FEBRUARY)
    assert bank.account("C1").oldest_unpaid_due_on == date(2025, 1, 25)
    bank.deliver("2025-02-13", payments=PAYMENT + paid("K1", "C1", "2025-02-13", "800"))
    assert bank.account("C1").oldest_unpaid_due_on == date(2025, 2, 25)
    bank.deliver("2025-02-14", payments=PAYMENT + paid("K2", "C1", "2025-02-14", "5000"))
    assert bank.account("C1").oldest_unpaid_due_on is None
    bank.deliver("2025-03-05", statements=BILLS + "C1,2025-03,2025-03-05,2025-03-25,3000,300\n")
    assert bank.account("C1").oldest_unpaid_due_on == date(2025, 3, 25)
    bank.deliver("2025-03-06", payments=PAYMENT + paid("K3", "C1", "2025-03-06", "5000", "chargeback"))
    assert bank.account("C1").oldest_unpaid_due_on == date(2025, 3, 6)


# --- money on a case --------------------------------------------------------------------------------------------------


def test_money_is_journaled_on_the_open_case_on_its_value_date(bank: Bank) -> None:
    asleep_until(bank, "A1", "2025-06-01")
    entries = paid("T2", "A1", "2025-02-11", "50.00") + paid("T9", "A2", "2025-02-10", "7", "chargeback")
    bank.deliver("2025-02-11", "2025-02-12", payments=PAYMENT + entries)
    assert bank.told_case("A1", ev.PaymentReceived) == [(date(2025, 2, 11), ev.PaymentReceived("T2", 5000))]
    assert bank.told_case("A2", ev.PaymentReceived) == [
        (date(2025, 2, 10), ev.PaymentReceived("T9", -700, "chargeback"))
    ]
    assert (bank.case_file("A1").paid, bank.case("A1").wake_on) == (5000, date(2025, 2, 12))
    assert bank.told_case("A1", ev.RecoveryBooked) == []


PAID_BY = "payment_id,account_id,paid_on,amount,kind,refers_to,payer\n"


@pytest.mark.parametrize(
    ("payer", "interrupts"),
    [
        ("debtor", True), ("co_debtor", True), ("bank", True),
        ("guarantor", False), ("third_party", False), ("court", False), ("", False),
    ],
)  # fmt: skip
def test_who_paid_says_whether_the_limitation_starts_anew(bank: Bank, payer: str, interrupts: bool) -> None:
    """Part payment by who owes the debt, or the bank's own debit, with the core's entry as its proof (法释〔2020〕17号 8(3),
    14, 15); whose money it was being unknown, it does not. A payment taken back acknowledged nothing."""
    before = bank.case_file("A1").limitation_from
    bank.deliver("2025-02-12", payments=PAID_BY + f"T2,A1,2025-02-11,50.00,,,{payer}\n")
    assert bank.told_case("A1", ev.PaymentReceived)[0][1] == ev.PaymentReceived("T2", 5000, payer=payer)
    assert bank.case_file("A1").limitation_from == (date(2025, 2, 11) if interrupts else before)
    bank.deliver("2025-02-13", payments=PAID_BY + f"T3,A1,2025-02-13,50.00,chargeback,T2,{payer}\n")
    assert bank.case_file("A1").limitation_from == before


def test_money_after_a_write_off_is_recovered(bank: Bank) -> None:
    with bank.writing() as connection:
        dossiers = store.load(connection, [bank.case("A1").case_id])
        (dossier,) = dossiers.values()
        dossier.record(ev.WrittenOff("A1", "test", Amounts(1), "0" * 64), bank.pen("2025-02-11"))
        store.save(connection, [dossier])
    late = (
        paid("T2", "A1", "2025-02-09", "5")
        + paid("T3", "A1", "2025-02-11", "6")
        + paid("T4", "A1", "2025-02-12", "1", "reversal")
    )
    bank.deliver("2025-02-12", payments=PAYMENT + late + paid("T5", "A2", "2025-02-12", "8", "recovery"))
    recovered = [(on, event.payment_id, event.amount) for on, event in bank.told_case("A1", ev.RecoveryBooked)]  # type: ignore[attr-defined]
    assert recovered == [(date(2025, 2, 11), "T3", 600), (date(2025, 2, 12), "T4", -100)]
    assert bank.case_file("A1").recovered == 500
    assert bank.told_case("A2", ev.RecoveryBooked) == [(date(2025, 2, 12), ev.RecoveryBooked("T5", 800))]
    assert bank.account("A1").book_status == "written_off"


# --- the past moves ---------------------------------------------------------------------------------------------------


def test_a_back_dated_payment_says_what_would_not_have_been(bank: Bank) -> None:
    assert list(bank.case_file("A1").visits) == ["reminder"]
    loaded = bank.deliver("2025-02-11", payments=PAYMENT + paid("T2", "A1", "2025-02-05", "1000.00"))
    assert loaded.reanchored == ("A1",)
    ((_, told),) = bank.told_case("A1", ev.FactsReanchored)
    assert told == ev.FactsReanchored("T2", date(2025, 2, 6), date(2025, 3, 6), ("reminder 1 on 2025-02-10",))
    assert bank.case("A1").wake_on == date(2025, 2, 11)


def test_a_visit_that_was_right_all_the_same_is_not_named(bank: Bank) -> None:
    """A2 is two instalments behind: with one of them paid it still was late on that day."""
    bank.deliver("2025-02-11", payments=PAYMENT + paid("T2", "A2", "2025-02-05", "1000.00"))
    assert bank.told_case("A2", ev.FactsReanchored) == [
        (date(2025, 2, 11), ev.FactsReanchored("T2", date(2025, 1, 6), date(2025, 2, 6)))
    ]


def test_todays_money_and_money_that_moves_nothing_reanchor_nothing(bank: Bank) -> None:
    bank.deliver(
        "2025-02-11",
        payments=PAYMENT + paid("T2", "A1", "2025-02-11", "1000.00") + paid("T3", "A2", "2025-02-05", "1.00"),
    )
    assert bank.told_case("A1", ev.FactsReanchored) == bank.told_case("A2", ev.FactsReanchored) == []


# --- who is woken -----------------------------------------------------------------------------------------------------


def test_interest_of_a_day_wakes_nobody_and_a_threshold_does(bank: Bank) -> None:
    version = asleep_until(bank, "A1", "2025-06-01")
    bank.deliver("2025-02-11", balances=BALANCE + balance("A1", "2025-02-11", "11000.37", "1000"))
    assert (bank.case("A1").version, bank.case("A1").wake_on) == (version, date(2025, 6, 1))
    assert bank.account("A1").principal == 1_100_037
    bank.deliver(
        "2025-02-12", balances=BALANCE + balance("A1", "2025-02-12", "9999.99", "1000")
    )  # a suit is from 10,000 on
    assert (bank.case("A1").version, bank.case("A1").wake_on) == (version + 1, date(2025, 2, 12))


def test_the_exposure_of_one_account_wakes_the_person_s_others(bank: Bank) -> None:
    bank.deliver("2025-02-11", balances=BALANCE + balance("A2", "2025-02-11", "38000.00", "2000"))
    version = asleep_until(bank, "A1", "2025-06-01")
    bank.deliver("2025-02-12", balances=BALANCE + balance("A2", "2025-02-12", "38999.00", "2000"))
    assert bank.case("A1").version == version
    bank.deliver(
        "2025-02-13", balances=BALANCE + balance("A2", "2025-02-13", "39001.00", "2000")
    )  # above 50,000 together
    assert bank.case("A1").version == version + 1


def test_a_case_that_is_due_already_is_bumped_all_the_same(bank: Bank) -> None:
    """A decision made meanwhile on the old facts must not be saved."""
    version = asleep_until(bank, "A1", "2025-02-08")
    bank.deliver("2025-02-11", balances=BALANCE + balance("A1", "2025-02-11", "0", "0"))
    assert (bank.case("A1").version, bank.case("A1").wake_on) == (version + 1, date(2025, 2, 8))


@pytest.mark.parametrize(
    "tables",
    [
        {"pauses": "account_id,from_on,to_on,reason\nA1,2025-02-07,2025-03-07,洪水\n"},
        {"accounts": LOANS.replace("借字第八八一号,yes", "借字第八八一号,no")},
        {"guarantees": "guarantee_id,account_id,party_id\nG1,A1,P2\n"},
        {"collateral": "collateral_id,account_id,owner_id,kind\nH1,A1,P2,vehicle\n"},
        {"roles": "account_id,party_id,role\nA1,P2,co_borrower\n"},
        {"instalments": PLAN.replace("A1,12,2025-12-06", "A1,12,2026-01-06")},
        {"balances": BALANCE + balance("A1", "2025-02-11", "11000", "1000", "transferred")},
    ],
    ids=lambda tables: next(iter(tables)),
)
def test_other_facts_wake_their_own_case_only(bank: Bank, tables: dict[str, str]) -> None:
    before = {account: asleep_until(bank, account, "2025-06-01") for account in ("A1", "A2")}
    bank.deliver("2025-02-11", **tables)
    assert bank.case("A1").version == before["A1"] + 1
    assert bank.case("A1").wake_on == date(2025, 2, 11)
    assert (bank.case("A2").version, bank.case("A2").wake_on) == (before["A2"], date(2025, 6, 1))


def measured(amount: int) -> list[bool]:
    """How every test of the shipped packs on an amount owed stands."""
    book = rules()
    seen = []
    for jurisdiction, rule in book.rules():
        for value in parse_values(f"{jurisdiction}/{rule.rule}", rule):
            clauses = [clause.all for clause in value.any] if isinstance(value, v.Entry) else []
            clauses += [value.all] if isinstance(value, v.Criterion) else []
            for condition in (each for clause in clauses for each in clause if each.measure == "owed"):
                for limit in (condition.at_least, condition.at_most):
                    if isinstance(limit, int):
                        seen.append(amount >= limit if limit is condition.at_least else amount <= limit)
            if isinstance(value, v.Tiers):
                seen += [amount <= bound for bound in value.bounds]
            if isinstance(value, Scorecard):
                amounts = (each for each in value.attributes if each.attribute == "amount")
                seen += [amount >= (line.at_least or 0) for each in amounts for line in each.lines]
            if isinstance(value, v.Grading):
                seen += [amount < band.owed_at_least for band in value.bands]
    return [*seen, amount == 0]


@given(st.data())
def test_within_a_span_no_test_of_the_packs_changes_its_answer(data: st.DataObject) -> None:
    firsts = thresholds(rules()).owed
    place = data.draw(st.integers(0, len(firsts) - 1))
    last = firsts[place + 1] - 1 if place + 1 < len(firsts) else firsts[place] + 10**9
    amount = data.draw(st.integers(firsts[place], last))
    assert measured(amount) == measured(firsts[place])


# --- held against the bank's own figures ------------------------------------------------------------------------------


def test_a_difference_in_what_is_overdue_is_an_item_until_they_agree(bank: Bank) -> None:
    assert bank.items() == {}
    loaded = bank.deliver("2025-02-11", balances=BALANCE + balance("A1", "2025-02-11", "11000", "1500"))
    assert len(loaded.work_items) == 1
    assert bank.items() == {
        "balance_difference A1": ("overdue as of 2025-02-11: core 1500.00 CNY, instalments 1000.00", None)
    }
    assert bank.deliver("2025-02-12", balances=BALANCE + balance("A2", "2025-02-12", "12000", "2000")).work_items == ()
    assert bank.items()["balance_difference A1"][1] is None
    bank.deliver("2025-02-13", balances=BALANCE + balance("A1", "2025-02-13", "11000", "1003.15", penalty="3.15"))
    assert bank.items()["balance_difference A1"][1] == date(2025, 2, 13)
    assert (
        len(bank.deliver("2025-02-14", balances=BALANCE + balance("A1", "2025-02-14", "11000", "10")).work_items) == 1
    )


@pytest.mark.parametrize(
    ("as_of", "overdue", "agrees"),
    [
        ("2025-03-05", "1000", True),
        ("2025-03-05", "2000", False),
        ("2025-03-06", "1000", True),  # on the day itself cores differ
        ("2025-03-06", "2000", True),
        ("2025-03-07", "1000", False),
        ("2025-03-07", "2000", True),
    ],
)
def test_what_falls_due_meanwhile_is_counted(bank: Bank, as_of: str, overdue: str, agrees: bool) -> None:
    bank.deliver("2025-02-11", balances=BALANCE + balance("A1", "2025-02-11", "11000", "1000"))
    loaded = bank.deliver(as_of, balances=BALANCE + balance("A1", as_of, "11000", overdue))
    assert bool(loaded.work_items) is not agrees


def test_a_debt_that_was_called_is_overdue_as_a_whole(bank: Bank) -> None:
    with bank.writing() as connection:
        (dossier,) = store.load(connection, [bank.case("A1").case_id]).values()
        dossier.record(ev.DebtAccelerated(date(2025, 2, 11)), bank.pen("2025-02-11"))
        store.save(connection, [dossier])
    whole = balance("A1", "2025-02-11", "11000", "11000") + balance("A2", "2025-02-11", "12000", "12000")
    bank.deliver("2025-02-11", balances=BALANCE + whole)
    assert set(bank.items()) == {"balance_difference A2"}


def test_a_later_payment_corrects_what_was_compared(bank: Bank) -> None:
    """The core's balance has money in it of which we learn a day later."""
    bank.deliver("2025-02-11", balances=BALANCE + balance("A1", "2025-02-11", "10500", "500"))
    assert bank.items()["balance_difference A1"][1] is None
    bank.deliver("2025-02-12", payments=PAYMENT + paid("T2", "A1", "2025-02-11", "500"))
    assert bank.items()["balance_difference A1"][1] == date(2025, 2, 12)


TOTALS = "month_end,entity,branch,product,accounts,balance\n2025-02-28,9001,0101,consumer_loan,{},{}\n"


def test_the_book_at_month_end_is_held_against_our_sums(bank: Bank) -> None:
    ends = balance("A1", "2025-02-28", "11000.10", "1000") + balance("A2", "2025-02-28", "12000", "2000")
    bank.deliver("2025-02-28", balances=BALANCE + ends, book_totals=TOTALS.format(2, "23000.10"))
    assert bank.items() == {}
    loaded = bank.deliver("2025-02-28", "2025-03-01", book_totals=TOTALS.format(2, "23000.00"))
    assert len(loaded.work_items) == 1
    ((what, closed_on),) = bank.items().values()
    assert (what, closed_on) == (
        "book of 2025-02-28, 9001 0101 consumer_loan: bank 2 accounts, 23000.00 CNY; ledger 2 accounts, 23000.10 CNY",
        None,
    )
    bank.deliver("2025-02-28", "2025-03-02", balances=BALANCE + balance("A1", "2025-02-28", "11000", "1000"))
    assert [closed_on for _, closed_on in bank.items().values()] == [date(2025, 3, 2)]


def test_a_book_of_which_a_balance_is_missing_is_not_judged(bank: Bank) -> None:
    bank.deliver(
        "2025-02-28", balances=BALANCE + balance("A1", "2025-02-28", "1", "1000"), book_totals=TOTALS.format(7, "7")
    )
    assert "book_total_difference" not in bank.items()


# --- the figures of a plan --------------------------------------------------------------------------------------------

DAY = date(2025, 1, 1)
DAYS = st.integers(0, 60).map(lambda n: DAY + timedelta(days=n))
INSTALMENTS = st.lists(st.builds(Instalment, DAYS, st.integers(1, 50)), min_size=1, max_size=5)
MONEY = st.lists(
    st.builds(lambda on, amount, kind: Money("", on, amount, kind, amount), DAYS, st.integers(1, 60),
              st.sampled_from(["payment", "chargeback", "reversal"])), max_size=5
)  # fmt: skip


@given(INSTALMENTS, MONEY, DAYS, DAYS)
def test_a_sum_overdue_is_good_until_the_day_it_names(
    due: list[Instalment], money: list[Money], on: date, later: date
) -> None:
    plan = Plan(due, [], money)
    found = plan.overdue(on)
    assert found is not None
    _, by_end, next_on = found
    if on < later and (next_on is None or later < next_on):
        again = plan.overdue(later)
        assert again is not None
        assert again[:2] == (by_end, by_end)


# --- many deliveries are as good as one -------------------------------------------------------------------------------

OPENED = date(2025, 2, 10)
DUE = [date(2025, month, 6) for month in range(1, 13)]


def overdue(on: date, entries: list[tuple[int, int, str]], until: date) -> int:
    """What a core reports: instalments due by the end of `on`, less the money of value dates up to then."""
    came = 1000 + sum(
        {"payment": amount, "reversal": -amount}.get(kind, 0)
        for back, amount, kind in entries
        if until - timedelta(back) <= on
    )
    return max(1000 * sum(due <= on for due in DUE) - max(came, 0), 0)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.integers(0, 120), st.integers(1, 2500), st.sampled_from(["payment", "reversal", "chargeback"])),
        max_size=8,
    ),
    st.lists(st.integers(1, 60), min_size=1, max_size=6),
)
def test_day_by_day_comes_to_the_same_as_all_at_once(
    session_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    entries: list[tuple[int, int, str]],
    steps: list[int],
) -> None:
    """Each entry is (days before the last day, amount, kind); balances come after so many days each."""
    days = [OPENED + timedelta(sum(steps[:n])) for n in range(1, len(steps) + 1)]
    last = days[-1]
    rows = [
        (last - timedelta(back), paid(f"X{n}", "A1", f"{last - timedelta(back)}", str(amount), kind))
        for n, (back, amount, kind) in enumerate(entries)
    ]
    results = []
    for at_once in (False, True):
        root = tmp_path_factory.mktemp("ledger")
        made = Bank(SqliteFiles(root, session_folder).prepared(opened_book), root)
        since = date.min
        for day in days[-1:] if at_once else days:
            new = "".join(row for on, row in rows if since < on <= day)
            told = balance("A1", f"{day}", "9000", str(overdue(day, entries, last)))
            made.deliver(f"{day}", payments=PAYMENT + new, balances=BALANCE + told)
            since = day
        account = made.account("A1")
        figures = (account.oldest_unpaid_due_on, account.overdue, account.balance_as_of)
        results.append((figures, {kind for kind, (_, closed) in made.items().items() if closed is None}))
        made.engine.dispose()
    assert results[0] == results[1]
