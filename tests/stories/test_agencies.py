"""Lives with a collection agency: placed, worked, called back, and what the agency does wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from desk import contact_file, costs
from desk.agency_figures import confirm, fees, scorecard
from desk.agency_files import take_results
from desk.contact_desk import ContactTerms
from recourse import events as ev
from recourse.contact_file import OVERRUN, REPORTED
from recourse.contact_law import Permit, Refusal
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.ledger.tables import agency_violations, permits
from recourse.simulate.agency_keys import AGENCY_KEYS
from recourse.verify import verify
from tests.stories import agencies
from tests.stories.agencies import Contact, agency_of, answers, breaches, budget, opens_day_file, results_file, work_of
from tests.stories.bank import Bank, on_both


def placed(bank: Bank, *accounts: str) -> None:
    """Small debts that went unpaid since March are with an agency by the end of July."""
    for n, account in enumerate(accounts or ("A1",)):
        bank.loan(account, debtor=f"D{n + 1}", due="2025-03-10", amount=1_500_00, times=3)
    bank.staff_agrees("formal_notice", "outsourcing_notice", "agency_referral")
    bank.post_arrives()
    bank.play(until="2025-07-31", every=5)
    for account in accounts or ("A1",):
        assert bank.life(account).happened(ev.PlacementMade), "nothing was placed"


@on_both
def test_placed_worked_and_answered(bank: Bank) -> None:
    """The agency opens the day's file: the debtor, the number, what is due, two contacts. It rings twice; the second
    time the debtor promises to pay. The bank knows of both, and nobody else may ring for what was set aside."""
    placed(bank)
    agency, placement = agency_of(bank, "A1")
    today = opens_day_file(bank, agency)
    (row,) = today.rows
    assert (row["placement_id"], row["contacts"], row["quiet_from"]) == (placement, "2", "22:00")
    assert row["debtor"]
    assert row["phone"]
    assert "110101" not in str(row), "an identity number has no business there"
    taken = answers(
        bank, agency, Contact(placement, "10:00", recording=""),
        Contact(placement, "15:00", "promise", promise_on=str(bank.calendar.add(bank.day, 3))),
    )  # fmt: skip
    assert taken is not None
    assert (taken.new, taken.violations, taken.returned) == (2, 0, 0)
    life = bank.life("A1")
    assert [each.code for each in life.happened(ev.AgencyContacted)] == ["no_answer", "promise"]
    assert life.file.promise is not None
    assert budget(bank, "D1") == {"no_answer": 1, "promise": 1}
    assert breaches(bank, agency) == []


def test_the_quota_is_part_of_the_person_s_one_budget(bank: Bank) -> None:
    """Three calls a day to a person, whoever rings. The agency was given two; when its answer says that it used one,
    the other goes back. Asked for the file again, the bank writes the same contacts, not more."""
    placed(bank)
    agency, placement = agency_of(bank, "A1")
    assert opens_day_file(bank, agency).rows[0]["contacts"] == "2"
    assert opens_day_file(bank, agency).rows[0]["contacts"] == "2"
    assert budget(bank, "D1") == {"": 2}
    taken = answers(bank, agency, Contact(placement, "10:00"))
    assert taken is not None
    assert taken.returned == 1
    assert budget(bank, "D1") == {"no_answer": 1, "given_back": 1}
    (back,) = bank.life("A1").happened(ev.QuotaReturned)
    assert len(back.permits) == 1


def test_paid_and_called_back_on_the_same_day(bank: Bank) -> None:
    """The debtor pays all of it. On that morning the case ends, and the same day the agency is called back. A week
    later nobody has confirmed: it shows as overdue, and again no certificate after the return."""
    placed(bank)
    agency, _ = agency_of(bank, "A1")
    bank.pays("A1", "all", on=bank.day)
    paid_on = bank.day
    bank.play(until=paid_on)
    life = bank.life("A1")
    assert life.end == "settled"
    assert life.on(ev.PlacementRecalled) == [paid_on]
    assert [each.cause for each in life.happened(ev.PlacementRecalled)] == ["settled"]
    assert opens_day_file(bank, agency).rows == [], "what was called back is in no file"
    bank.play(until=bank.calendar.add(paid_on, 5))
    (late,) = work_of(bank).recalls(overdue=True)
    assert (late.account, late.agency, late.cause) == ("A1", agency, "settled")
    bank.desk_of("osm-01").confirm_return(["A1"])
    assert work_of(bank).recalls() == []
    assert bank.life("A1").happened(ev.PlacementReturned)[0].cause == "settled"
    (owed,) = work_of(bank).certificates()
    assert owed.overdue_days == 0
    bank.play(until=bank.calendar.add(bank.day, 15))
    (owed,) = work_of(bank).certificates(overdue=True)
    assert work_of(bank).certify(["A1"], b"%PDF-1.4 deleted") == 1
    assert work_of(bank).certificates() == []
    assert bank.life("A1").happened(ev.CertificateReceived)


@on_both
def test_an_agency_is_struck_off(bank: Bank) -> None:
    """Data got out at the agency. It is struck from the list, and every debt that it holds is called back on that day;
    it gets no file any more, and no new debt."""
    placed(bank, "A1", "A2", "A3")
    holders = {account: agency_of(bank, account)[0] for account in ("A1", "A2", "A3")}
    struck = holders["A1"]
    with pytest.raises(UserError, match="no standard of exit 'dislike'"):
        work_of(bank).strike(struck, "dislike", "x")
    number = work_of(bank, "cmp-01").strike(struck, "data_breach", "客户数据外泄")
    assert number == list(holders.values()).count(struck)
    day = bank.day
    bank.play(until=day)
    for account, agency in holders.items():
        recalled = [each.cause for each in bank.life(account).happened(ev.PlacementRecalled)]
        assert recalled == (["agency_struck"] if agency == struck else [])
    with pytest.raises(UserError, match="was struck off"):
        opens_day_file(bank, struck)


def test_a_night_call_a_call_too_many_and_one_after_the_recall(bank: Bank) -> None:
    """The agency reports a call at half past ten at night, a third one that day, a conversation without a recording and a
    debt that it never had. All of it is kept, all of it is a breach, and a serious breach keeps new debts away. The
    same file again is already there."""
    placed(bank)
    agency, placement = agency_of(bank, "A1")
    opens_day_file(bank, agency)
    day = bank.day
    bank.play(until=bank.day)
    bank.day, after = day, bank.day
    contacts = [
        Contact(placement, "10:00"), Contact(placement, "11:00", "refused", recording=""),
        Contact(placement, "22:30"), Contact("0" * 32, "12:00"),
    ]  # fmt: skip
    path = results_file(bank, agency, *contacts)
    bank.day = after
    taken = take_results(work_of(bank), agency, path)
    assert taken is not None
    assert (taken.new, taken.violations) == (4, 4)
    assert breaches(bank, agency) == ["not_placed", "quiet_hours", "quota", "recording"]
    told = bank.life("A1").happened(ev.AgencyContacted)
    assert [each.violations for each in told] == [(), ("recording",), ("quiet_hours", "quota")]
    assert take_results(work_of(bank), agency, path) is None
    assert len(bank.life("A1").happened(ev.AgencyContacted)) == 3
    stray = Contact("0" * 32, f"{day}T12:00:00+08:00")
    again = answers(bank, agency, Contact(placement, f"{day}T10:00:00+08:00"), stray)
    assert again is not None
    assert (again.new, again.known) == (0, 2), "one contact counts once, in whichever file it stands"

    work_of(bank).recall(["A1"], "asked")
    bank.play(until=bank.day)
    late = answers(bank, agency, Contact(placement, "10:00"))
    assert late is not None
    assert "after_recall" in breaches(bank, agency)


def machine_asks(bank: Bank, account: str) -> Permit | Refusal:
    """The bank's own dialler wants to ring about another debt of the person."""
    return ContactTerms(bank.desk_of("dialler-01")).ask(account, "call", "robot")


@on_both
def test_a_call_beyond_the_quota_is_a_call_all_the_same(bank: Bank) -> None:
    """Two calls were set aside and the agency made three. The third is a breach, and it was made: with it the three
    conversations of the day are used up, and nobody rings about the person's other debt. The contact file says so."""
    bank.loan("A9", debtor="D1", due="2025-07-01", amount=50_000_00)
    placed(bank)
    agency, placement = agency_of(bank, "A1")
    opens_day_file(bank, agency)
    answers(bank, agency, *(Contact(placement, at, "refused") for at in ("10:00", "11:00")))
    number = "138 0000 0001"
    answers(bank, agency, Contact(placement, "12:00", "refused", number=number))
    assert budget(bank, "D1") == {"refused": 3}
    refused = machine_asks(bank, "A9")
    assert isinstance(refused, Refusal)
    assert refused.rule == "contact.interactive_calls_per_person"
    (overran,) = bank.life("A1").happened(ev.AgencyOverran)
    assert (overran.channel, overran.rule) == ("call", "agency.calls_per_day")
    told = [line for line in contact_file.contact_file(bank.desk_of("sup-01"), "A1") if line.by == agency]
    assert [line.decision for line in told] == [REPORTED, REPORTED, OVERRUN]
    assert "a breach was raised" in told[-1].decision
    assert (told[-1].broke, told[-1].permit_id, told[-1].rule) == (("quota",), overran.permit_id, overran.rule)
    assert breaches(bank, agency) == ["quota"]
    with reading(bank.desk.engine) as connection:
        assert verify(connection).faults == []
    bank.play(until=bank.day)
    assert isinstance(machine_asks(bank, "A9"), Permit), "the next day is another"


def test_within_the_quota_one_conversation_is_left(bank: Bank) -> None:
    bank.loan("A9", debtor="D1", due="2025-07-01", amount=50_000_00)
    placed(bank)
    agency, placement = agency_of(bank, "A1")
    opens_day_file(bank, agency)
    answers(bank, agency, *(Contact(placement, at, "refused") for at in ("10:00", "11:00")))
    assert isinstance(machine_asks(bank, "A9"), Permit)
    assert bank.life("A1").happened(ev.AgencyOverran) == []


def test_a_call_before_the_day_s_file_takes_nothing_of_it_and_leaves_less_to_others(bank: Bank) -> None:
    """The agency rang before it had a file. It still gets its two; the bank's own third is gone."""
    bank.loan("A9", debtor="D1", due="2025-07-01", amount=50_000_00)
    placed(bank)
    agency, placement = agency_of(bank, "A1")
    answers(bank, agency, Contact(placement, "09:00", "refused"))
    assert [opens_day_file(bank, agency).rows[0]["contacts"] for _ in range(2)] == ["2", "2"]
    assert budget(bank, "D1") == {"refused": 1, "": 2}
    assert isinstance(machine_asks(bank, "A9"), Refusal)


@pytest.mark.parametrize(("at", "recording", "broken"), [
    ("21:59", "AV-1", ("visit",)), ("22:00", "AV-1", ("quiet_hours", "visit")), ("15:00", "", ("recording", "visit")),
])  # fmt: skip
def test_an_agency_s_visit_takes_no_call_and_nobody_agreed_to_it(
    bank: Bank, at: str, recording: str, broken: tuple[str, ...]
) -> None:
    """A visit takes a gate and a permit for its hour, which no agency has: it is kept, is a serious breach, and is the one
    visit of the day. The two calls stay what they were."""
    placed(bank)
    agency, placement = agency_of(bank, "A1")
    opens_day_file(bank, agency)
    day = bank.day
    bank.play(until=day)
    seen = f"{day}T{at}:00+08:00"
    answers(bank, agency, Contact(placement, seen, "no_answer", "visit", recording=recording))
    (told,) = bank.life("A1").happened(ev.AgencyContacted)
    assert (told.violations, told.permit_id) == (broken, "")
    with reading(bank.desk.engine) as connection:
        rows = connection.execute(select(permits).where(permits.c.issued_on == day, permits.c.person_id == "D1")).all()
    assert sorted((row.channel, row.used) for row in rows) == [("call", "given_back")] * 2 + [("visit", "no_answer")]
    again = f"{day}T16:00:00+08:00"
    answers(bank, agency, Contact(placement, again, "refused", "visit", recording="AV-2"))
    assert bank.life("A1").happened(ev.AgencyContacted)[-1].violations == ("quota", "visit")
    with reading(bank.desk.engine) as connection:
        query = select(agency_violations.c.rule).where(agency_violations.c.violation == "quota")
        assert connection.execute(query).scalars().all() == ["contact.visit_per_person"]


def test_what_the_debtor_tells_the_agency_stops_everybody(bank: Bank) -> None:
    """To the agency the debtor says that it was not he. The dispute brakes the case as a call of the bank's own would
    have, and calls the agency back the same day."""
    placed(bank)
    agency, placement = agency_of(bank, "A1")
    opens_day_file(bank, agency)
    answers(bank, agency, Contact(placement, "10:00", "dispute_raised"))
    assert "dispute" in bank.life("A1").brakes
    bank.play(until=bank.day)
    (recalled,) = bank.life("A1").happened(ev.PlacementRecalled)
    assert recalled.cause == "dispute"


def test_a_death_that_an_agency_hears_of_reaches_all_debts(bank: Bank) -> None:
    """Somebody tells the agency that the debtor has died. Both of his debts fall silent, and the agency is called back."""
    bank.loan("A9", debtor="D1", due="2025-07-01", amount=50_000_00)
    placed(bank)
    agency, placement = agency_of(bank, "A1")
    opens_day_file(bank, agency)
    answers(bank, agency, Contact(placement, "10:00", "deceased_reported"))
    assert all("deceased" in bank.life(account).brakes for account in ("A1", "A9"))
    bank.play(until=bank.day)
    assert [each.cause for each in bank.life("A1").happened(ev.PlacementRecalled)] == ["deceased"]


def test_a_file_with_one_wrong_row_is_not_taken_in(bank: Bank) -> None:
    """Of three rows one is nonsense. The line says which, and nothing of the file is kept."""
    placed(bank)
    agency, placement = agency_of(bank, "A1")
    opens_day_file(bank, agency)
    path = results_file(bank, agency, Contact(placement, "10:00"), Contact(placement, "11:00", "sang"),
                        Contact(placement, "12:00", "promise"))  # fmt: skip
    with pytest.raises(UserError, match="row 3, outcome: unknown"):
        take_results(work_of(bank), agency, path)
    path = results_file(bank, agency, Contact(placement, "10:00"), Contact(placement, "12:00", "promise"))
    with pytest.raises(UserError, match="row 3, promise_on"):
        take_results(work_of(bank), agency, path)
    assert bank.life("A1").happened(ev.AgencyContacted) == []
    assert budget(bank, "D1") == {"": 2}


def test_a_file_that_was_changed_or_signed_by_somebody_else_is_refused(bank: Bank) -> None:
    placed(bank)
    agency, placement = agency_of(bank, "A1")
    (other,) = set(AGENCY_KEYS) - {agency}
    path = results_file(bank, agency, Contact(placement, "10:00"))
    with pytest.raises(UserError, match="not signed by this agency"):
        take_results(work_of(bank), other, path)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(UserError, match="not signed by this agency"):
        take_results(work_of(bank), agency, path)


def test_nobody_is_usable_and_the_journal_says_why(bank: Bank) -> None:
    """One agency failed its inspection, the other has no contract any more. The debt goes to nobody, and the case says
    what each of the two lacks."""
    for name in ("agency-a", "agency-b"):
        work_of(bank).inspect(name, "on_site", 50, ["conduct"], "failed")
    work_of(bank).terminate("agency-b", "合同纠纷")
    bank.loan("A1", due="2025-03-10", amount=1_500_00, times=3)
    bank.staff_agrees("formal_notice", "agency_referral")
    bank.post_arrives()
    bank.play(until="2025-07-15", every=5)
    life = bank.life("A1")
    refused = life.happened(ev.PlacementRefused)
    assert refused[0].unmet == {
        "agency-a": ("inspection", "no_breach"),
        "agency-b": ("contract", "inspection", "no_breach"),
    }
    assert life.never("agency_referral"), "nobody was told, so nothing can be placed"
    assert any("agency-a: inspection, no_breach" in detail for _, _, detail in life.acts("outsourcing_notice"))


def test_the_term_is_over(bank: Bank) -> None:
    """Six months are up and nothing came of it. On the day after the term the debt is called back by itself."""
    placed(bank)
    (made,) = bank.life("A1").happened(ev.PlacementMade)
    bank.play(until=bank.calendar.next_workday(made.until_on), every=10)
    (recalled,) = bank.life("A1").happened(ev.PlacementRecalled)
    assert recalled.cause == "term"
    assert bank.life("A1").on(ev.PlacementRecalled)[0] > made.until_on


def test_one_hand_on_a_debt(bank: Bank) -> None:
    """Acceleration was asked for before the placement and is agreed to during it. It does not go out while the agency
    holds the debt, nor while the recall is not confirmed; once the debt is back it does."""
    bank.loan("A1", due="2025-03-10", amount=500_00, times=18)
    bank.staff_agrees("formal_notice", "agency_referral")
    bank.post_arrives()
    bank.play(until="2025-07-31", every=5)
    assert bank.life("A1").file.placement
    bank.approve("acceleration")
    bank.play(until="2025-08-08")
    assert bank.life("A1").acts("acceleration") == []
    work_of(bank).recall(["A1"], "litigation")
    bank.play(until=bank.calendar.add(bank.day, 3))
    assert bank.life("A1").file.recall_pending
    assert bank.life("A1").acts("acceleration") == []
    bank.desk_of("osm-01").confirm_return(["A1"])
    bank.staff_agrees("acceleration")
    bank.play(until=bank.calendar.add(bank.day, 3))
    assert bank.life("A1").acts("acceleration") or bank.life("A1").file.accelerated_on


def test_a_guarantee_is_claimed_on_though_an_agency_holds_the_debt(bank: Bank) -> None:
    """The archive finds a joint guarantee that ends in nine days. The placement stops nothing that keeps a right."""
    placed(bank)
    ends = bank.calendar.add(bank.day, 6)
    bank.finds_guarantee("A1", "G1", "joint", ends=ends)
    bank.play(until=bank.day)
    bank.approve("guarantor_demand")
    bank.play(until=bank.day)
    assert bank.sent("guarantor_demand")
    assert bank.life("A1").file.placement


def test_a_scorecard_shows_conduct_beside_recovery_and_the_fee_is_exact(bank: Bank) -> None:
    """Of 4,500 yuan placed the debtor pays 1,000; three contacts, one at night. Eight percent of what came in, the fixed
    part whole, and of the quality part two thirds."""
    placed(bank)
    agency, placement = agency_of(bank, "A1")
    opens_day_file(bank, agency)
    began = bank.day
    bank.pays("A1", 1_000_00, on=bank.day)
    bank.play(until=bank.day)
    answers(
        bank, agency, Contact(placement, f"{began}T09:00:00+08:00", "refused"),
        Contact(placement, f"{began}T09:30:00+08:00", "complaint_made"), Contact(placement, f"{began}T22:30:00+08:00"),
    )  # fmt: skip
    bank.play(until=bank.day)
    bank.desk_of("osm-01").confirm_return(["A1"])
    figures = {each.name: each.value for each in scorecard(work_of(bank), agency, date(2025, 1, 1), bank.day)}
    assert (figures["placements"], figures["recovered"]) == (1, 1_000_00)
    assert (figures["contacts"], figures["right_party"], figures["complaints"]) == (3, 6666, 1)
    assert (figures["violations.quiet_hours"], figures["quality"], figures["unrecorded"]) == (1, 6666, 0)
    assert figures["recalls_in_time"] == 10_000
    (due,) = fees(work_of(bank), agency, date(2025, 1, 1), bank.day)
    assert (due.fee.fixed, due.fee.quality, due.fee.recovery) == (20_00, 30_00 * 6666 // 10_000, 80_00)
    assert due.total == 20_00 + 19_99 + 80_00
    assert "agency_fee" not in costs.report(bank.desk)[0].kinds, "what is computed is not agreed to yet"
    with pytest.raises(UserError, match="bill"):
        confirm(work_of(bank), agency, date(2025, 1, 1), bank.day, " ")
    assert [confirm(work_of(bank), agency, date(2025, 1, 1), bank.day, "账单1") for _ in range(2)] == [1, 0]
    assert costs.report(bank.desk)[0].kinds["agency_fee"] == due.total


def test_every_agency_story_ends_with_files_that_say_nothing_in_clear(bank: Bank, tmp_path: Path) -> None:
    """What goes into the agency's outbox names a placement and nobody; what is in the file is read by its key alone."""
    placed(bank)
    agency, _ = agency_of(bank, "A1")
    said = " ".join(message.text for message in bank.channels["agency"].arrived)
    opens_day_file(bank, agency)
    assert "placement" in said
    file = next(bank.folder.parent.glob(f"{agency}-*.age"))
    name = agencies.opens_day_file(bank, agency).rows[0]["debtor"]
    assert name not in said
    assert name.encode() not in file.read_bytes()
