"""The press: one paper that cannot be printed holds up no other."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from recourse.acts import Order
from recourse.documents.compose import MissingFact
from recourse.documents.fonts import default_cache
from recourse.documents.press import Press, UnprintableFact
from recourse.documents.store import FolderStore
from recourse.documents.templates import Templates


class Plainly:
    """A cipher that hides nothing."""

    def encrypt(self, data: bytes, aad: bytes, /) -> bytes:
        return data

    def decrypt(self, sealed: bytes, aad: bytes, /) -> bytes:
        return sealed


def order(facts: dict[str, Any], name: str) -> Order:
    return Order("cn", "formal_notice", {**facts, "debtor": {**facts["debtor"], "name": name}}, date(2026, 1, 1))


@pytest.mark.parametrize("processes", [1, 2])
def test_a_name_that_cannot_be_printed_fails_its_own_paper_only(
    processes: int, tmp_path: Path, templates: Templates
) -> None:
    facts = templates.sample("cn", "formal_notice")
    press = Press(templates, default_cache(), FolderStore(tmp_path, Plainly()), processes=processes)
    first, second, third = press.print([order(facts, name) for name in ("张某", "张\ue863", "李某")])
    assert isinstance(second, UnprintableFact)
    assert str(second).startswith("formal_notice cannot be printed: U+E863 is a private code")
    assert not isinstance(first, MissingFact)
    assert not isinstance(third, MissingFact)
    assert first.data.startswith(b"%PDF-1.7")
    assert first.sha256 != third.sha256


def test_the_refusal_holds_no_name() -> None:
    assert "张" not in pickle.dumps(str(UnprintableFact("formal_notice", "\ue863"))).decode("utf-8", "ignore")
