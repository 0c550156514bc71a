"""Documents drafted from the ledger, for every template there is: a page, or an error that names the field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from desk import drafting
from desk.commands.book import opened
from desk.commands.case import operations
from desk.open_desk import Desk, open_desk
from desk.operations import Operations
from desk.settings import Settings
from recourse.documents.compose import MissingFact, Refused
from recourse.documents.templates import Templates
from recourse.documents.wording import TO_BE_VERIFIED
from recourse.errors import UserError
from recourse.ledger.vault import DEMO_KEY
from recourse.verify import verify
from tests.desk.conftest import Recourse, events
from tests.documents.conftest import ROOT
from tests.stories.bank import Bank
from tests.stories.conftest import founded

DOCUMENTS = [name for jurisdiction, name in Templates(ROOT).names() if jurisdiction == "cn"]
MAKER = ("--as", "blg-01")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operations]:
    """A bank's account with everything on it: guarantor, mortgage, notices, suit, judgment, enforcement, clue."""
    folder = tmp_path_factory.mktemp("full")
    url = f"sqlite:///{folder / 'recourse.db'}"
    founded(url)
    desk = open_desk(Settings(url, folder / "home", DEMO_KEY, "demo"))
    bank = Bank(desk, folder / "deliveries", "2025-03-10")
    bank.staff_agrees("formal_notice", "acceleration", litigation_route="sue", litigation="", enforcement="")
    bank.post_arrives()
    bank.loan("A1", due="2025-03-10", guarantor=("D2", "joint", "2028-03-10"), mortgaged=True,
              told={"annual_rate": "0.0435", "overdue_uplift": "0.5"} if False else None)  # fmt: skip
    bank.play(until="2025-06-25", every=5)
    bank.play(until="2025-06-26")
    bank.court("A1", "docketed", "heard", "judged", "effective")
    bank.play(until="2025-07-04", every=2)
    bank.court("A1", "ended_for_now")
    bank.play(until="2025-07-11", every=2)
    yield operations_of(desk)
    desk.engine.dispose()


def operations_of(desk: Desk) -> Operations:
    day = desk.business_day()
    return Operations(desk, desk.strategy(day), desk.pen(day, "blg-01"))


def text_of(data: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(data)).pages)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_is_drafted_or_names_the_field(full: Operations, name: str) -> None:
    try:
        made = drafting.draft(full, name, "A1")
    except MissingFact as missing:
        assert re.fullmatch(r"[a-z][a-z0-9_.\[\]]*", missing.field)
        assert missing.field in str(missing)
        return
    except Refused as refused:
        assert refused.why
        return
    except UserError as error:
        assert "votes" in str(error) or "court's own" in str(error) or "gate" in str(error)
        return
    said = text_of(made.data)
    assert "草稿" in said
    assert full.desk.documents.get(made.sha256) == made.data
    template = full.desk.templates.named(made.template)
    assert made.open == 0 or template.meta.draft
    assert not [mark for mark in ("None", "Undefined", "{{", "{%", "[]", "{}") if mark in said]
