"""The vocabulary of the journal: names, versions, and how an old body is lifted to today's shape."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pytest

import recourse.fold as fold_module
from recourse import events as ev
from recourse.canonical import encode
from recourse.casefile import CaseFile
from recourse.errors import UserError
from recourse.fold import fold
from recourse.ledger.dossier import write_event
from recourse.ledger.store import GENESIS
from tests.core.ledgers import MONDAY, Ledger, on_sqlite, pen_of

NAME = re.compile(r"[a-z]+:[a-z]+:[a-z_]+")
PERSONAL = {"name", "address", "id_number", "phone", "number_text", "email"}


def test_every_event_has_a_name_of_its_own_and_says_what_it_is() -> None:
    assert len({event.TYPE for event in ev.ALL}) == len(ev.ALL) == len(ev.BY_TYPE)
    for event in ev.ALL:
        assert NAME.fullmatch(event.TYPE), event
        assert event.__doc__, event


def test_every_event_of_the_module_is_in_the_list() -> None:
    named = {each for each in vars(ev).values() if isinstance(each, type) and issubclass(each, ev.Event)} - {ev.Event}
    assert named == set(ev.ALL)


def test_no_body_has_a_field_for_something_personal() -> None:
    for event in ev.ALL:
        assert set(event.__struct_fields__) & PERSONAL == set(), event


def sample(kind: Any) -> Any:
    """A value of a field's type."""
    if get_origin(kind) is tuple:
        return (sample(get_args(kind)[0]),)
    if get_origin(kind) is dict:
        return {"k": sample(get_args(kind)[1])}
    options = [each for each in get_args(kind) if each is not type(None)]
    if options:
        return sample(options[0])
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind(
            **{name: sample(hint) for name, hint in get_type_hints(kind).items() if name in kind.__struct_fields__}
        )
    return {str: "text", int: 7, bool: True, date: MONDAY}[kind]


@pytest.mark.parametrize("event", ev.ALL, ids=lambda event: event.TYPE)
def test_what_is_written_is_read_back_the_same(event: type[ev.Event]) -> None:
    made = sample(event)
    row, link = write_event("case:c", 1, GENESIS, made, pen_of(MONDAY), None)
    envelope, read = ev.open_envelope(row[5])
    assert read == made
    assert (envelope.type, envelope.v, envelope.known_on) == (event.TYPE, event.VERSION, MONDAY)
    assert row[5] == encode(msgspec.json.decode(row[5])), "the text stored is canonical"
    assert len(link) == 32
    fold(CaseFile(), read, MONDAY, MONDAY)


class Moved(ev.Event, frozen=True, omit_defaults=True):
    """A test's own event, in its third shape: whole yuan became fen, then `from` became `source`."""

    TYPE = "test:thing:moved"
    VERSION = 3
    source: str
    amount: int


def test_an_old_body_is_lifted_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ev.BY_TYPE, Moved.TYPE, Moved)
    monkeypatch.setitem(
        ev.UPCASTERS, (Moved.TYPE, 1), lambda body: {"from": body["from"], "amount": body["yuan"] * 100}
    )
    monkeypatch.setitem(ev.UPCASTERS, (Moved.TYPE, 2), lambda body: {"source": body["from"], "amount": body["amount"]})
    assert ev.lift(Moved.TYPE, 1, '{"from":"x","yuan":3}') == Moved("x", 300)
    assert ev.lift(Moved.TYPE, 2, '{"from":"x","amount":5}') == Moved("x", 5)
    assert ev.lift(Moved.TYPE, 3, '{"source":"x","amount":5}') == Moved("x", 5)
    with pytest.raises(UserError, match="newer release"):
        ev.lift(Moved.TYPE, 4, "{}")


@on_sqlite
def test_a_journal_written_by_an_older_release_is_sound_and_counts(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Payments were once written in whole yuan; a case that has one of those is read and verified today."""
    ledger.person("p")
    ledger.loan("a", "p")
    ledger.sweep()

    class OldPayment(ev.Event, frozen=True, omit_defaults=True):
        """How a payment looked in version 1."""

        TYPE = ev.PaymentReceived.TYPE
        payment_id: str
        yuan: int

    def lifted(body: dict[str, Any]) -> dict[str, Any]:
        return {"payment_id": body["payment_id"], "amount": body["yuan"] * 100}

    monkeypatch.setattr(ev.PaymentReceived, "VERSION", 2)
    monkeypatch.setitem(ev.UPCASTERS, (ev.PaymentReceived.TYPE, 1), lifted)

    def folded(file: CaseFile, event: OldPayment, on: date, known_on: date) -> None:
        fold(file, ev.PaymentReceived(event.payment_id, event.yuan * 100), on, known_on)

    folds: dict[Any, Any] = {**fold_module._FOLDS, OldPayment: folded}
    monkeypatch.setattr(fold_module, "_FOLDS", folds)
    ledger.arrive("a", OldPayment("old", 3))
    assert [entry.envelope.v for entry in ledger.journal("a")][-1] == 1
    assert ledger.events("a", ev.PaymentReceived) == [ev.PaymentReceived("old", 300)]
    ledger.arrive("a", ev.PaymentReceived("new", 40))
    assert ledger.case("a").file.paid == 340
    assert ledger.verified().faults == []


def test_an_unknown_event_is_named_and_not_skipped() -> None:
    with pytest.raises(UserError, match="event who:knows:what v1 is unknown"):
        ev.lift("who:knows:what", 1, "{}")
