"""Clocks: rights about to be lost, a debt's limitation and guarantees, and what moves a clock on a paper."""

from __future__ import annotations

from typing import Annotated

import typer

from desk import clock_rows
from desk.commands.book import opened
from desk.commands.case import As, OnDay, facts_of, operations
from desk.console_text import AsJson, day_of, optional_day, print_json, print_table, say
from recourse import events as ev
from recourse.canonical import derived_id
from recourse.climb.arrivals import Arrival
from recourse.clocks import KINDS
from recourse.errors import UserError
from recourse.money import to_text

app = typer.Typer(help="What is lost when a day passes, and what keeps it.", no_args_is_help=True)

Proof = Annotated[str, typer.Option("--proof", metavar="TEXT", help="where the paper lies; without it nothing counts")]
Ground = Annotated[str, typer.Option("--ground", metavar="TEXT")]
Subject = Annotated[str, typer.Option("--subject", help="what the clock is about (default: the debt)")]


@app.command("list")
def list_(
    within: Annotated[int | None, typer.Option("--within", metavar="N", min=0, help="days at most")] = None,
    kind: Annotated[str, typer.Option("--kind", help="a clock or group, such as limitation, guarantee, freeze")] = "",
    json: AsJson = False,
) -> None:
    """Rights about to be lost, the soonest first: days left, money at stake, what keeps them."""
    desk = opened()
    found = clock_rows.endings(desk, desk.business_day(), within, kind)
    if json:
        print_json(found)
        return
    print_table(
        ("account", "right", "about", "last day", "days", "owed", "kept by", "stands", "gate"),
        [
            (
                e.account,
                f"{e.zh} {e.en}",
                "" if e.subject == "debt" else e.subject[:12],
                e.ends_on,
                e.days_left,
                "unknown" if e.owed is None else f"{to_text(e.owed, e.currency, grouped=True)} {e.currency}",
                e.kept_by,
                e.standing,
                e.gate_id[:12],
            )
            for e in found
        ],
        title=f"{len(found)} rights",
    )


@app.command("chain")
def chain(account: str, json: AsJson = False) -> None:
    """The limitation of a debt link by link, each with its proof, and each guarantee."""
    desk = opened()
    day = desk.business_day()
    it = clock_rows.chain_of(desk, facts_of(desk, account), day)
    if json:
        print_json(it)
        return
    print_table(
        ("on", "ground", "counts", "proof"),
        [
            (link.on, clock_rows.ground_name(link.ground), "yes" if link.counts else f"no: {link.why_not}", link.proof)
            for link in it.links
        ],
        title=f"Limitation of {it.account}",
    )
    say(f"last day {it.ends_on}, {(it.ends_on - day).days} days left" if it.ends_on else f"does not run: {it.why}")
    print_table(
        ("guarantee", "kind", "period ends", "days", "kept on", "by", "proof"),
        [
            (g.guarantee_id, g.kind, g.period_ends_on or "unknown", g.days_left, g.kept_on, g.kept_by, g.proof)
            for g in it.guarantees
        ],
        title="Guarantees",
    )


@app.command("interrupt")
def interrupt(account: str, ground: Ground, proof: Proof = "", on: OnDay = "", as_: As = "") -> None:
    """The limitation was interrupted 中断 outside our own letters and suits: debtor_waived, a mediation body, a letter …"""
    _record(account, ev.LimitationInterrupted(ground, proof), on, as_)
    say("the limitation runs anew" if proof else "recorded; without proof it does not count")


@app.command("suspend")
def suspend(account: str, ground: Ground, proof: Proof = "", on: OnDay = "", as_: As = "") -> None:
    """An obstacle to suing 中止 began; prints its id, by which it is ended."""
    work = operations(opened(), as_)
    since = day_of(on, "--on") if on else work.pen.day
    obstacle = derived_id("obstacle", work.one(account).case_id, ground, since)[:12]
    _record(account, ev.LimitationSuspended(obstacle, ground, proof), on, as_)
    say(f"obstacle {obstacle}" + ("" if proof else "; without proof it does not count"))


@app.command("resume")
def resume(account: str, obstacle: str, proof: Proof = "", on: OnDay = "", as_: As = "") -> None:
    """The obstacle is gone: in its last six months the limitation ends six months after this day."""
    facts = operations(opened(), as_).one(account)
    if obstacle not in facts.file.obstacles:
        raise UserError(f"no obstacle {obstacle!r} is proved", where=f"account {account}", mend="see `clocks suspend`")
    _record(account, ev.LimitationResumed(obstacle, proof), on, as_)
    say("the obstacle is gone" if proof else "recorded; without proof it does not count")


@app.command("start")
def start(
    account: str, kind: str, until: Annotated[str, typer.Option("--until", metavar="DAY", help="last day")] = "",
    subject: Subject = "debt", proof: Proof = "", on: OnDay = "", as_: As = "",
) -> None:  # fmt: skip
    """Start a clock on a paper, or set it anew; one that runs is moved later with proof only."""
    _check(kind)
    _record(account, ev.ClockStarted(kind, subject, optional_day(until, "--until"), proof), on, as_)
    say("the clock runs" if proof else "recorded; without proof a clock that runs is not moved later")


@app.command("stop")
def stop(
    account: str, kind: str, cause: Annotated[str, typer.Option("--cause", metavar="TEXT")], subject: Subject = "debt",
    proof: Proof = "", on: OnDay = "", as_: As = "",
) -> None:  # fmt: skip
    """What the clock served was done, or was given up; a right is taken off with proof only."""
    _check(kind)
    facts = operations(opened(), as_).one(account)
    if f"{kind}:{subject}" not in facts.file.timers:
        known = ", ".join(sorted(facts.file.timers)) or "none"
        raise UserError(f"no clock {kind}:{subject} runs", where=f"account {account}", mend=f"running: {known}")
    _record(account, ev.ClockStopped(kind, subject, cause, proof), on, as_)
    counts = bool(proof) or not KINDS[kind].right
    say("the clock is stopped" if counts else "recorded; without proof it does not count and the clock runs on")


def _check(kind: str) -> None:
    if kind not in KINDS:
        raise UserError(f"unknown clock {kind!r}", mend=f"use one of {', '.join(KINDS)}")


def _record(account: str, event: ev.Event, on: str, as_: str) -> None:
    work = operations(opened(), as_)
    facts = work.one(account)
    if facts.file.end:
        raise UserError("the case has ended", where=f"account {account}", mend="see `recourse explain`")
    work.record([Arrival(facts.case_id, event, day_of(on, "--on") if on else work.pen.day)])
