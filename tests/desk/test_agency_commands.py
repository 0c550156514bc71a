"""Agencies from the command line, from the register to the scorecard."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from desk.open_desk import Desk, open_desk
from desk.settings import Settings
from recourse import events as ev
from recourse.agencies.container import Keys, Sealed, new_keys, open_sealed, seal
from recourse.agencies.files import RESULT_COLUMNS
from recourse.climb.arrivals import Arrival, arrive
from recourse.events import Entry
from recourse.ledger.database import reading
from recourse.ledger.history import HistoryReader
from recourse.ledger.tables import cases
from recourse.ledger.vault import DEMO_KEY
from tests.desk.conftest import Ran, Recourse

STANDARDS = ("business_licence", "staff_screened", "staff_trained", "full_recording", "data_protection",
             "no_sub_contracting", "complaint_channel")  # fmt: skip
AS = ("--as", "osm-01")


def said(ran: Ran) -> str:
    assert ran.code == 0, ran
    return ran.out


def registered(recourse: Recourse, theirs: Keys) -> None:
    """agency-c stands on the register."""
    meets = [word for standard in STANDARDS for word in ("--meets", standard)]
    keys = ("--recipient", theirs.recipient, "--verifier", theirs.verifier)
    said(recourse("agency", "register", "agency-c", *keys, "--capacity", "5", *meets, *AS))


def test_the_bank_s_own_keys_are_made_once_and_lie_sealed(played: Path, recourse: Recourse) -> None:
    lines = said(recourse("agency", "key"))
    assert said(recourse("agency", "key")) == lines
    assert (played / "home" / "agency.key").stat().st_mode & 0o777 == 0o600
    assert b"AGE-SECRET" not in (played / "home" / "agency.key").read_bytes()


def test_an_agency_is_entered_and_leaves(played: Path, recourse: Recourse) -> None:
    """Registered, published, under contract, reviewed, inspected; suspended and reinstated; ended and struck."""
    registered(recourse, new_keys())
    lacking = {row["condition"]: row["met"] for row in recourse("agency", "conditions", "A4", "--json").json
               if row["agency"] == "agency-c"}  # fmt: skip
    shown = [lacking[code] for code in ("listed", "published", "contract", "capacity", "told")]
    assert shown == ["yes", "no", "no", "yes", "no"]
    paper = played / "contract.pdf"
    paper.write_bytes(b"%PDF-1.4 contract")
    for typed in (
        ("publish", "agency-c", "--where", "page 3"),
        ("contract", "agency-c", "--from", "2025-01-01", "--until", "2027-12-31", "--fixed", "2000", "--paper", paper),
        ("review", "agency-c", "--result", "passed"),
        ("inspect", "agency-c", "--site", "off_site", "--sample", "20", "--result", "passed"),
        ("suspend", "agency-c", "--reason", "new staff"),
        ("reinstate", "agency-c", "--reason", "trained"),
    ):
        said(recourse("agency", *typed, *AS))
    (row,) = (row for row in recourse("agency", "list", "--json").json if row["agency"] == "agency-c")
    assert (row["white_listed"], row["published"], row["contract_until"]) == ("yes", "yes", "2027-12-31")
    said(recourse("agency", "terminate", "agency-c", "--reason", "no more work", *AS))
    struck = recourse("agency", "strike", "agency-c", "--standard", "own_wish", "--reason", "leaves", *AS)
    assert "0 debts are called back" in said(struck)
    assert recourse("agency", "quota", "agency-c", "-o", played / "day.age", *AS).code == 2
    assert recourse("verify").code == 0


def test_an_agency_answers_and_is_blamed(played: Path, recourse: Recourse) -> None:
    """It gets its file, in which nothing is placed yet, and reports a contact on a debt that it never had."""
    theirs = new_keys()
    registered(recourse, theirs)
    recipient, verifier = (line.split()[1] for line in said(recourse("agency", "key")).splitlines())
    assert "0 debts, 0 contacts" in said(recourse("agency", "quota", "agency-c", "-o", played / "day.age", *AS))
    sealed = Sealed((played / "day.age").read_bytes(), (played / "day.age.sig").read_bytes())
    assert open_sealed(sealed, verifier, theirs, "day").decode().startswith("placement_id,debtor,phone")
    rows = f"{','.join(RESULT_COLUMNS)}\nnobody-s,2025-09-26T11:00:00+08:00,call,no_answer,,,,\n"
    answer = seal(rows.encode(), recipient, theirs)
    (played / "r.age").write_bytes(answer.data)
    (played / "r.age.sig").write_bytes(answer.signature + b"\n")
    taken = recourse("agency", "results", "agency-c", played / "r.age", *AS)
    assert "1 new contacts, 0 known before, 1 breaches" in said(taken)
    assert said(recourse("agency", "results", "agency-c", played / "r.age", *AS)) == "already there\n"
    (breach,) = recourse("agency", "violations", "agency-c", "--json").json
    assert (breach["violation"], breach["serious"], breach["closed"]) == ("not_placed", "yes", None)
    said(recourse("agency", "cleared", breach["id"], "--reason", "a slip of the pen", *AS))
    assert recourse("agency", "violations", "agency-c", "--json").json[0]["closed"] is not None
    said(recourse("agency", "violation", "agency-c", "conduct", "--reason", "heard on a recording", *AS))
    span = ("--from", "2025-01-01", "--to", "2026-12-31", "--json")
    figures = {each["name"]: each["value"] for each in recourse("agency", "scorecard", "agency-c", *span).json}
    assert (figures["violations.conduct"], figures["open_serious"], figures["placements"]) == (1, 1, 0)
    assert recourse("verify").code == 0


def test_where_nothing_is_placed_nothing_is_late(played: Path, recourse: Recourse) -> None:
    span = ("--from", "2025-01-01", "--to", "2026-12-31", "--json")
    assert recourse("agency", "fees", "agency-a", *span).json == []
    assert recourse("agency", "recalls", "--overdue", "--json").json == []
    assert recourse("agency", "certificates", "--json").json == []
    assert said(recourse("agency", "recall", "A4", "--cause", "asked", *AS)) == "nothing is placed\n"


def desk_of(folder: Path) -> Desk:
    return open_desk(Settings(f"sqlite:///{folder / 'recourse.db'}", folder / "home", DEMO_KEY, "demo"))


def placed_and_back(folder: Path) -> str:
    """agency-a had the debt of A4 for a day, and gave it back; the case."""
    desk = desk_of(folder)
    day = desk.business_day()
    with reading(desk.engine) as connection:
        case_id = str(connection.execute(select(cases.c.case_id).where(cases.c.account_id == "A4")).scalar())
    made = ev.PlacementMade("pl-1", "agency-a", day + timedelta(days=90), 1_500_00)
    back = ev.PlacementReturned("pl-1", cause="asked")
    arrive(desk.engine, desk.pen(day, "osm-01"), [Arrival(case_id, made), Arrival(case_id, back)])
    desk.engine.dispose()
    return case_id


def costs_of(folder: Path, case_id: str) -> list[Entry]:
    """What the case's journal says was spent."""
    desk = desk_of(folder)
    journal = HistoryReader(desk.engine).of([case_id])[case_id]
    desk.engine.dispose()
    return [entry for entry in journal if isinstance(entry.event, ev.CostBooked)]


def test_a_fee_is_booked_once_and_on_the_agency_s_bill(played: Path, recourse: Recourse) -> None:
    """What is due is shown as often as one likes; without the bill nothing is booked, and with it once, in the name of who
    agreed to it."""
    case_id = placed_and_back(played)
    typed = ("agency", "fees", "agency-a", "--from", "2025-01-01", "--to", "2026-12-31", "--json")
    (due,) = recourse(*typed).json
    assert (due["placement"], due["account"]) == ("pl-1", "A4")
    assert due["total"] == due["fixed"] + due["quality"] + due["recovery"] > 0
    refused = recourse(*typed, "--confirm", *AS)
    assert (refused.code, refused.out) == (2, "")
    assert "--proof" in refused.err
    assert booked(recourse) == 0, "nothing is half-booked"
    for _ in range(2):
        assert recourse(*typed, "--confirm", "--proof", "BILL-7", *AS).json == [due]
        assert booked(recourse) == due["total"]
    (entry,) = costs_of(played, case_id)
    assert isinstance(entry.event, ev.CostBooked)
    assert (entry.envelope.actor, entry.event.proof) == ("osm-01", "BILL-7")
    assert recourse("verify").code == 0


def booked(recourse: Recourse) -> int:
    """Fees of agencies in the costs of the whole book."""
    return sum(each["kinds"].get("agency_fee", 0) for each in recourse("cost", "report", "--json").json)
