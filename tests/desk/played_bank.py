"""A small bank that has been played for half a year, for the command line to look at: built once, copied for each test.

A1 was written off, with its packet; A2 was never behind; A3 waits at the list of formal notices; a call of A4 stands in
the queue; A5 was cured.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from filelock import FileLock

from desk.open_desk import open_desk
from desk.settings import Settings
from recourse.ledger.vault import DEMO_KEY
from tests.stories.bank import Bank
from tests.stories.conftest import founded

FOR_THE_PACKET = (
    "loan_contract",
    "disbursement",
    "enforcement_ruling",
    "recovery_report",
    "pursuit_certificate",
    "asset_search",
)
"""What the write-off packet of A1 calls for beside the signed opinion and what it makes itself."""


def unpack(archives: Path, place: Path) -> None:
    """Put a copy of the bank's folder into `place`; the first one asked for builds it in `archives`."""
    archive = archives / "played-bank.tar"
    with FileLock(f"{archive}.lock"):
        if not archive.exists():
            draft = place / "draft"
            draft.mkdir()
            _play(draft)
            shutil.make_archive(str(archive.with_suffix("")), "tar", draft)
            shutil.rmtree(draft)
    shutil.unpack_archive(archive, place)


def _play(folder: Path) -> None:
    url = f"sqlite:///{folder / 'recourse.db'}"
    founded(url)
    desk = open_desk(Settings(url, folder / "home", DEMO_KEY, "demo"))
    bank = Bank(desk, folder / "deliveries", "2025-03-10")
    bank.staff_agrees("formal_notice", "acceleration", litigation_route="sue", litigation="", enforcement="")
    bank.post_arrives()
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-06-25", every=5)
    bank.play(until="2025-06-26")
    bank.court("A1", "docketed", "heard", "judged", "effective")
    bank.play(until="2025-07-04", every=2)
    bank.court("A1", "ended_for_now")
    bank.loan("A2", "D2", due="2025-12-10")
    bank.loan("A3", "D3", due="2025-08-25")
    bank.loan("A4", "D4", due="2025-09-16")
    bank.loan("A5", "D5", due="2025-09-08")
    bank.pays("A5", "arrears", on="2025-09-15")
    bank.desk_of("blg-01").sign_opinions(["A1"], "blg-01")
    bank.files("A1", *FOR_THE_PACKET)
    bank.play(until="2025-09-08", every=15)
    bank.approve("write_off")
    bank.habits.clear()
    bank.ledger_books()
    bank.play(until="2025-09-10")
    bank.habits.clear()
    bank.play(until="2025-09-26", every=2)
    desk.engine.dispose()
