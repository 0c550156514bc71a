"""`recourse arrangement` and `recourse promise`, as a person types them, on the bank that was played."""

from __future__ import annotations

from pathlib import Path

from tests.desk.conftest import Recourse

SUP = ("--as", "sup-01")
PLAN = ("--kind", "reschedule", "--months", "3", "--arrears")


def test_looked_at_and_proposed(played: Path, recourse: Recourse) -> None:
    """What the preview shows is what the gate will see; a preview records nothing, a proposal waits for the sweep."""
    seen = recourse("arrangement", "preview", "A3", *PLAN, "--json").json
    assert (seen["against"], seen["totals"]["principal"]) == ("", 6_000_00)
    assert len([due for due, _ in seen["schedule"]]) == 6
    text = recourse("arrangement", "preview", "A3", *PLAN).out
    assert "against it: nothing" in text
    assert "who agrees: arrangement T0: SUP" in text
    assert "in all: principal 6,000.00" in text
    assert recourse("arrangement", "show", "A3", "--json").json["proposal"] is None
    assert "proposed at arrangement" in recourse("arrangement", "propose", "A3", *PLAN, *SUP).out
    shown = recourse("arrangement", "show", "A3", "--json").json
    assert (shown["node"], shown["state"], shown["proposal"]["against"]) == ("arrangement", "", "")
    assert "not entered yet" in recourse("arrangement", "show", "A3").out
    assert "arrangement proposed" in recourse("explain", "A3").out


def test_a_plan_below_the_floor_is_one_line(played: Path, recourse: Recourse) -> None:
    ran = recourse("arrangement", "propose", "A3", "--kind", "reschedule", "--months", "61", *SUP)
    assert ran.code == 2
    assert "longer than 24 months [plan.calls, R2]" in ran.err
    assert ran.err.count("\n") == 1


def test_a_plan_as_agreed_has_to_add_up(played: Path, recourse: Recourse) -> None:
    ran = recourse("arrangement", "preview", "A3", "--kind", "reschedule", "--schedule", "2025-12-01=100")
    assert (ran.code, "instalments come to 100 minor units" in ran.err) == (2, True)


def test_lists_are_empty_where_nothing_was_agreed(played: Path, recourse: Recourse) -> None:
    assert recourse("arrangement", "list", "--all", "--json").json == []
    assert recourse("promise", "list", "--all", "--json").json == []
    assert "no such state" not in recourse("promise", "list", "--state", "kept").err
    assert recourse("promise", "list", "--state", "perhaps").code == 2
    assert recourse("kpi", "--json").json["arrangements"] == {}
