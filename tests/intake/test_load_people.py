"""People: sealed in the ledger and nowhere in the clear, found by index, erased for good, mourned by their cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from recourse.events import BrakePlaced, PartyStatusLearned
from recourse.ledger.people import PeopleReader
from recourse.ledger.tables import contacts, parties, personal
from recourse.verify import verify
from tests.database import Databases

from .conftest import Desk
from .loading import DEBTORS, LOANS, PEOPLE, Bank, new_ledger

CONTACTS = "party_id,channel,value,contractual,consent,source,whose,window_from\n"
SECRETS = [
    "王㐂", "李小红", "某某商贸", "110101198001010011", "91110000000000000X", "13800000000", "浦东新区", "某厂",
    "东城区1号", "保字1号", "某路3号", "1980-01-01", "8000.5", "800050", "2020-07-15",
]  # fmt: skip


@pytest.fixture
def bank(databases: Databases, tmp_path: Path) -> Iterator[Bank]:
    """A bank with an empty ledger, on SQLite and on PostgreSQL in turn."""
    made = Bank(databases.prepared(new_ledger), tmp_path)
    yield made
    made.engine.dispose()


def spelled(secret: str) -> list[bytes]:
    """A text as it would lie in a file: as it is, and as JSON escapes it."""
    return [secret.encode(), json.dumps(secret).strip('"').encode()]


def test_nothing_personal_lies_in_the_clear_anywhere(bank: Bank, full: Desk) -> None:
    full.put("parties", (full.folder / "parties.csv").read_text().replace("1980-01-01,,,", "1980-01-01,2020-07-15,,"))
    full.put("contacts", (full.folder / "contacts.csv").read_text() + "C1,nowhere,13800000000,,,,,,,\n")
    loaded = bank.load(full.folder, "2025-03-31")
    assert loaded.quarantined == {"contacts": 1}
    kept = repr(bank.dump()).encode() + repr(bank.dump()).encode("unicode_escape")
    bank.engine.dispose()
    if bank.engine.dialect.name == "sqlite":
        file = Path(str(bank.engine.url.database))
        kept += b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    assert b"A1" in kept
    assert [secret for secret in SECRETS if any(form in kept for form in spelled(secret))] == []


def test_every_personal_cell_can_be_opened_with_the_person_s_key(bank: Bank, full: Desk) -> None:
    full.put(
        "accounts",
        (full.folder / "accounts.csv")
        .read_text()
        .replace("originator", "originator,contract_no")
        .replace("E77", "E77,借字1号"),
    )
    full.put("collateral", (full.folder / "collateral.csv").read_text())
    bank.load(full.folder, "2025-03-31")
    assert bank.sealed("C1", "name") == "王㐂"
    assert bank.sealed("C1", "birth_on") == "1980-01-01"
    assert bank.sealed("C1", "address") == "北京市东城区1号, 2单元"
    assert bank.sealed("C1", "missing") == "no"
    assert bank.sealed("C1", "contract_no:A1") == "借字1号"
    assert bank.sealed("C3", "guarantee_no:G1") == "保字1号"
    assert json.loads(bank.sealed("C2", "collateral:H1")) == {"address": "某路3号"}
    assert json.loads(bank.sealed("C1", "employment:2025-01-01")) == {"status": "employed", "employer": "某厂"}
    assert json.loads(bank.sealed("C1", "income:2025-01-01")) == {"monthly": 800_050, "currency": "CNY"}
    assert json.loads(bank.sealed("C1", "assets:V1"))["value"] == 6_000_000


def test_the_reader_of_people_finds_what_was_loaded(bank: Bank, full: Desk) -> None:
    bank.load(full.folder, "2025-03-31")
    reader = PeopleReader(bank.engine, bank.vault)
    people = reader.of(["C1", "C2"])
    assert (people["C1"].name, people["C1"].numbers) == ("王㐂", {"phone": "13800000000"})
    assert people["C2"].address == "上海市, 浦东新区"
    (guaranty,) = reader.guarantees(["A1"])["A1"]
    assert (guaranty.number, guaranty.party_id, guaranty.signed_on) == ("保字1号", "C3", date(2020, 5, 6))


def test_people_are_found_by_name_number_and_telephone(bank: Bank) -> None:
    bank.deliver("2025-02-10", parties=PEOPLE, contacts=CONTACTS + "P1,phone,+86 138-0000-0001,,,,,\n")
    with bank.reading() as connection:
        index = bank.vault.blind_index("name", " 王㐂之")
        assert connection.execute(
            select(personal.c.party_id).where(personal.c.blind_index == index)
        ).scalars().all() == ["P1"]
        index = bank.vault.blind_index("id_number", "110101198102020022")
        assert connection.execute(
            select(personal.c.party_id).where(personal.c.blind_index == index)
        ).scalars().all() == ["P2"]
        index = bank.vault.blind_index("phone", "13800000001")
        assert connection.execute(select(contacts.c.party_id).where(contacts.c.number_id == index)).scalars().all() == [
            "P1"
        ]


def test_only_what_changed_is_sealed_anew(bank: Bank) -> None:
    bank.deliver("2025-02-10", parties=PEOPLE)
    before = {row[:2]: row[3] for row in bank.dump()["personal"]}
    loaded = bank.deliver(
        "2025-02-11", parties=PEOPLE.replace("甲1号", "甲9号").replace("欧阳䶮,110101198102020022", "欧阳䶮,")
    )
    assert (loaded.accepted, loaded.unchanged) == ({"parties": 1}, {"parties": 1})
    after = {row[:2]: row[3] for row in bank.dump()["personal"]}
    assert {key for key in after if after[key] != before.get(key)} == {("P1", "address")}
    assert bank.sealed("P1", "address") == "北京市东城区甲9号"
    assert bank.sealed("P2", "id_number") == "110101198102020022"  # an empty cell takes nothing away


def test_a_person_without_a_zone_is_named_in_a_warning(bank: Bank) -> None:
    folder = bank.folder("2025-02-10", parties=PEOPLE)
    (folder / "manifest.yaml").write_text("as_of: 2025-02-10\n")
    assert "parties: 2 without a time zone, taken to be in Asia/Shanghai" in bank.load(folder, "2025-02-10").warnings
    with bank.reading() as connection:
        assert set(connection.execute(select(parties.c.time_zone)).scalars()) == {"Asia/Shanghai"}


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_two_spellings_of_one_number_are_one_contact(bank: Bank) -> None:
    loaded = bank.deliver(
        "2025-02-10", parties=PEOPLE,
        contacts=CONTACTS + "P1,phone,13800000001,yes,yes,contract,own,09:00\n"
        + "P1,phone,+86 138 0000 0001,yes,yes,contract,own,09:00\n"
        + "P2,sms,13900000002,,no,,,\nP2,sms,139 0000 0002,,yes,,,\nP2,phone,无,,,,,\n",
    )  # fmt: skip
    assert (loaded.accepted["contacts"], loaded.quarantined) == (1, {"contacts": 4})
    with bank.reading() as connection:
        (row,) = connection.execute(select(contacts)).all()
    assert (row.party_id, row.contractual, row.consent, row.source, row.whose) == ("P1", True, True, "contract", "own")
    assert (row.window_from, row.window_to) == ("09:00", "")


def test_consent_withdrawn_is_taken_up(bank: Bank) -> None:
    bank.deliver(
        "2025-02-10", parties=PEOPLE, contacts=CONTACTS + "P1,phone,13800000001,,yes,,,\nP1,email,a@b.example,,yes,,,\n"
    )
    loaded = bank.deliver(
        "2025-02-11", contacts=CONTACTS + "P1,phone,13800000001,,no,,,\nP1,email,A@b.example,,yes,,,\n"
    )
    assert (loaded.accepted, loaded.unchanged) == ({"contacts": 1}, {"contacts": 1})
    with bank.reading() as connection:
        rows = connection.execute(select(contacts.c.channel, contacts.c.consent)).all()
    assert {row.channel: row.consent for row in rows} == {"phone": False, "email": True}


# --- the end of a person ----------------------------------------------------------------------------------------------


def test_an_erased_person_stays_erased(bank: Bank) -> None:
    bank.deliver("2025-02-10", parties=PEOPLE)
    with bank.writing() as connection:
        connection.execute(parties.update().where(parties.c.party_id == "P1").values(wrapped_key=None))
        connection.execute(personal.delete().where(personal.c.party_id == "P1"))
    loaded = bank.deliver(
        "2025-02-11", parties=PEOPLE.replace("甲1号", "甲2号"), contacts=CONTACTS + "P1,phone,13800000001,,,,,\n"
    )
    assert "1 erased persons were delivered again, left erased" in loaded.warnings
    with bank.reading() as connection:
        assert connection.execute(select(personal).where(personal.c.party_id == "P1")).all() == []
        assert connection.execute(select(contacts)).all() == []


def test_a_death_brakes_every_open_case_once(bank: Bank) -> None:
    bank.open_book()
    bank.sweep("2025-02-10")
    version = bank.case("A1").version
    dead = PEOPLE.replace("1980-01-01,,", "1980-01-01,2025-01-30,")
    loaded = bank.deliver("2025-02-11", parties=dead)
    for account in ("A1", "A2"):
        ((effective_on, brake),) = bank.told_case(account, BrakePlaced)
        assert isinstance(brake, BrakePlaced)
        assert (brake.kind, brake.until_on, effective_on) == ("deceased", None, date(2025, 2, 11))
        assert bank.case(account).wake_on == date(2025, 2, 11)
    assert bank.case("A1").version > version
    assert bank.told("party:P1", PartyStatusLearned)[0][1] == PartyStatusLearned("deceased", f"batch:{loaded.batch_id}")
    bank.deliver("2025-02-12", parties=dead + "P4,natural,丙,,,,\n")
    assert len(bank.told_case("A1", BrakePlaced)) == 1
    assert len(bank.told("party:P1", PartyStatusLearned)) == 1
    with bank.reading() as connection:
        assert connection.execute(select(parties.c.status).where(parties.c.party_id == "P1")).scalar() == "deceased"
        assert verify(connection).faults == []


def test_who_was_dead_from_the_start_is_known_to_be(bank: Bank) -> None:
    bank.deliver(
        "2025-02-10", parties=PEOPLE.replace("1980-01-01,,", "1980-01-01,2025-01-30,"), accounts=LOANS, roles=DEBTORS
    )
    assert len(bank.told("party:P1", PartyStatusLearned)) == 1
