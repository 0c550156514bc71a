"""Who may act: known by a token or by the operating system, with the roles of today and no others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from recourse import events as ev
from recourse.actors import by_os_user, by_token, delegate, enrol, given_to, impersonated, issue_token
from recourse.errors import UserError
from recourse.ledger.database import writing
from recourse.ledger.history import stream
from recourse.ledger.tables import actors
from tests.core.ledgers import MONDAY, Ledger, on_sqlite, pen_of

TUESDAY = MONDAY + timedelta(days=1)


def journaled(ledger: Ledger, kind: type[ev.Event]) -> list[ev.Event]:
    with ledger.engine.connect() as connection:
        return [entry.event for entry in stream(connection, "access:actors") if isinstance(entry.event, kind)]


def test_a_token_opens_the_door_it_was_issued_for_and_no_longer_than_it_lasts(ledger: Ledger) -> None:
    with writing(ledger.engine) as connection:
        first = issue_token(connection, "blg-1", pen_of(MONDAY))
        actor = by_token(connection, first)
        assert (actor.name, actor.roles, actor.door) == ("blg-1", ("BLG",), "token")
        second = issue_token(connection, "blg-1", pen_of(MONDAY))
        assert by_token(connection, second).name == "blg-1"
        with pytest.raises(UserError, match="not known"):
            by_token(connection, first)
        for wrong in ("", second[:-1], second.swapcase()):
            with pytest.raises(UserError, match="not known"):
                by_token(connection, wrong)


@on_sqlite
def test_a_token_is_shown_once_and_kept_nowhere(ledger: Ledger) -> None:
    with writing(ledger.engine) as connection:
        token = issue_token(connection, "blg-1", pen_of(MONDAY))
    everything = str(ledger.rows(actors)) + str(journaled(ledger, ev.TokenIssued))
    assert token not in everything
    assert len(journaled(ledger, ev.TokenIssued)) == 1


@on_sqlite
def test_an_operating_system_s_user_is_who_was_enrolled_as_it(ledger: Ledger) -> None:
    with writing(ledger.engine) as connection:
        assert by_os_user(connection, "hlg-1").door == "os_user"
        with pytest.raises(UserError, match="user 'stranger' is not enrolled"):
            by_os_user(connection, "stranger")


@on_sqlite
def test_roles_are_those_of_today(ledger: Ledger) -> None:
    with writing(ledger.engine) as connection:
        token = issue_token(connection, "blg-1", pen_of(MONDAY))
        enrol(connection, "blg-1", ["HLG"], pen_of(TUESDAY), os_user="blg-1")
        assert by_token(connection, token).roles == ("HLG",), "the token is still good, the role has changed"
    assert [event for event in journaled(ledger, ev.ActorEnrolled) if event == ev.ActorEnrolled("blg-1", ("HLG",))]


@on_sqlite
def test_impersonation_is_journaled_with_both_names(ledger: Ledger) -> None:
    with writing(ledger.engine) as connection:
        assert impersonated(connection, "blg-1", "root", pen_of(MONDAY)).door == "impersonated"
        with pytest.raises(UserError, match="nobody is enrolled"):
            impersonated(connection, "stranger", "root", pen_of(MONDAY))
    assert journaled(ledger, ev.ActorImpersonated) == [ev.ActorImpersonated("blg-1", "root")]


@on_sqlite
def test_nobody_s_token_and_nobody_s_name_are_refused(ledger: Ledger) -> None:
    with writing(ledger.engine) as connection:
        with pytest.raises(UserError, match="nobody is enrolled as 'stranger'"):
            issue_token(connection, "stranger", pen_of(MONDAY))
        with pytest.raises(UserError, match="needs a name"):
            enrol(connection, "  ", ["SUP"], pen_of(MONDAY))


@pytest.mark.parametrize(
    ("taker", "until_days", "reason", "says"),
    [("blg-2", -1, "leave", "ends before it begins"), ("blg-2", 1, " ", "needs a reason"),
     ("blg-1", 1, "leave", "cannot delegate"), ("stranger", 1, "leave", "cannot delegate")],
)  # fmt: skip
def test_a_delegation_that_makes_no_sense_is_refused(
    sqlite_ledger: Ledger, taker: str, until_days: int, reason: str, says: str
) -> None:
    giver, until = sqlite_ledger.actor("blg-1"), MONDAY + timedelta(days=until_days)
    with pytest.raises(UserError, match=says), writing(sqlite_ledger.engine) as connection:
        delegate(connection, giver, taker, MONDAY, until, reason, pen_of(MONDAY))
    assert journaled(sqlite_ledger, ev.DelegationMade) == []


def test_a_delegation_is_in_force_on_its_days_and_is_not_handed_on(ledger: Ledger) -> None:
    ledger.delegate("hlg-1", "blg-1", TUESDAY, TUESDAY + timedelta(days=1))
    ledger.delegate("blg-1", "sup-1", MONDAY, MONDAY + timedelta(days=9))
    with ledger.engine.connect() as connection:
        days = [MONDAY + timedelta(days=n) for n in range(4)]
        assert [[giver.name for giver in given_to(connection, "blg-1", day)] for day in days] == [
            [], ["hlg-1"], ["hlg-1"], [],
        ]  # fmt: skip
        assert [giver.name for giver in given_to(connection, "sup-1", TUESDAY)] == ["blg-1"]
    assert len(journaled(ledger, ev.DelegationMade)) == 2
