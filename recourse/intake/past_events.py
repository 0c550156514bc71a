"""From rows of the past to the events of one case. Pure: what happened stays what it was, and nothing is made up.

Which step of the ladder a row stands for is the business's to say (`Past`). A letter whose arrival is not proved leaves
its step with *unknown*: it interrupts nothing and opens nothing. A correction gives new events, never a second count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from recourse import events as ev
from recourse.canonical import derived_id
from recourse.casefile import CaseFile
from recourse.clocks import Numbers
from recourse.facts import Facts
from recourse.intake.past_rows import PastRow
from recourse.money import Amounts

Told = Iterator[tuple[ev.Event, date]]
"""Events with the days on which they took effect."""


class Past(msgspec.Struct, frozen=True):
    """Which steps the rows of the past stand for; given by the business (`tasks.takeover`).

    `first`: the friendly first contact, which nobody gets who was worked before. `contact`: channel → step, with `left`:
    outcome of a contact → outcome of the step. `demand`: kind of letter → step. `proved`: what follows from a letter
    that arrived (facts, kind, recipient, proof, day, numbers). `route`: route → steps that a filed file has behind it, with
    their outcomes; `enforced`: those of one that is enforced.
    """

    first: str
    contact: Mapping[str, str]
    left: Mapping[str, str]
    demand: Mapping[str, str]
    proved: Callable[[Facts, str, str, str, date, Numbers], tuple[ev.Event, ...]]
    notice: str
    placement: str
    route: Mapping[str, tuple[tuple[str, str], ...]]
    enforced: tuple[tuple[str, str], ...]
    write_off: str


ENFORCED = frozenset({"enforcing", "enforcement_suspended", "ended_for_now", "enforcement_terminated"})
ORDER = ("past_contacts", "past_demands", "past_placements", "past_arrangements", "past_matters", "past_measures",
         "past_write_offs", "past_costs", "past_approvals", "past_holds", "past_statuses")  # fmt: skip
PASSED = "passed"
"""Outcome of a first contact that was gone beyond before Recourse."""
NOT_PROVED = "unknown"
HISTORY = frozenset({"past_contacts", "past_demands", "past_placements", "past_matters", "past_write_offs"})
"""Tables that show that somebody has worked a debt."""


def in_order(rows: Sequence[PastRow]) -> list[PastRow]:
    """Rows by day, then by table, then by key: the same whatever the order in the files."""
    return sorted(rows, key=lambda row: (row.happened_on, ORDER.index(row.name), row.key))


def matter_id(matter_no: str) -> str:
    """The id of a court file that was taken over, the same on all its cases."""
    return derived_id("matter", "past", matter_no)


class Telling:
    """Tells one case its past on a day. `file` is read while it grows: a step's number follows from those before it."""

    def __init__(self, facts: Facts, past: Past, today: date, numbers: Numbers) -> None:
        self.facts, self.past, self.today, self.numbers = facts, past, today, numbers
        self._by_table: dict[str, Callable[[PastRow], Told]] = {
            "past_contacts": self._contact,
            "past_demands": self._demand,
            "past_placements": self._placement,
            "past_arrangements": self._arrangement,
            "past_matters": self._matter,
            "past_measures": self._measure,
            "past_write_offs": self._write_off,
            "past_costs": self._cost,
            "past_approvals": self._approval,
            "past_holds": self._hold,
            "past_statuses": self._status,
        }

    @property
    def file(self) -> CaseFile:
        return self.facts.file

    def first(self, rows: Sequence[PastRow]) -> Told:
        """Nobody who was worked before is reminded in a friendly way: the first step counts as done. Asked last."""
        worked = [row.happened_on for row in rows if row.name in HISTORY]
        if worked and self.past.first not in self.file.visits:
            yield self._step(self.past.first, min(worked), min(worked), PASSED)

    def of(self, row: PastRow) -> Told:
        """The events of one row."""
        return self._by_table[row.name](row)

    def _step(
        self, node: str, entered: date, left: date | None, outcome: str = "", proof: str = "", *, again: bool = False
    ) -> tuple[ev.Event, date]:
        """A step that was done: a new visit, or another reading of one that is open or told of again."""
        visit = self.file.visits.get(node)
        same = visit is not None and (again or not visit.imported or visit.state != "left")
        n = 1 if visit is None else visit.n + (not same)
        return ev.NodeImported(node, n, entered, left, outcome, proof), left or entered

    # --- contacts and letters ---------------------------------------------------------------------------------------

    def _contact(self, row: PastRow) -> Told:
        """All contacts of one kind are one visit, from the first to the last of them."""
        on, code = row.happened_on, row.get("outcome") or ""
        yield (
            ev.ContactImported(
                row.key, row.cells["channel"], code, row.get("promise_on"), row.get("promise_amount"),
                again=row.old is not None,
            ),
            on,
        )  # fmt: skip
        node = self.past.contact.get(row.cells["channel"], "")
        if node:
            visit = self.file.visits.get(node)
            known = visit if visit is not None and visit.imported else None
            entered = min(on, known.entered_on) if known else on
            left = max(on, known.left_on or on) if known else on
            outcome = self.past.left.get(code, "sent")
            yield self._step(node, entered, left, outcome, again=True)

    def _demand(self, row: PastRow) -> Told:
        kind, sent_on, proof = row.cells["kind"], row.happened_on, row.get("proof") or ""
        node, party = self.past.demand[kind], row.party_id
        arrived, returned, again = row.get("delivered_on"), row.get("returned_on"), row.old is not None
        if node == self.past.notice:
            yield self._step(node, sent_on, sent_on, "sent", proof, again=again)
        elif arrived and proof:
            for event in self.past.proved(self.facts, kind, party, proof, arrived, self.numbers):
                yield event, arrived
            yield self._step(node, sent_on, arrived, "delivered", proof, again=again)
        elif returned:
            yield self._step(node, sent_on, returned, "returned", proof, again=again)
        elif arrived:
            yield self._step(node, sent_on, arrived, NOT_PROVED, again=again)
        else:
            yield self._step(node, sent_on, None, again=again)

    # --- agencies, arrangements -------------------------------------------------------------------------------------

    def _placement(self, row: PastRow) -> Told:
        noticed_on, from_on, until_on = row.get("noticed_on"), row.happened_on, row.cells["until_on"]
        again, returned_on = row.old is not None, row.get("returned_on")
        if noticed_on and (row.old is None or "noticed_on" not in row.old):
            yield self._step(self.past.notice, noticed_on, noticed_on, "sent")
        step, on = self._step(self.past.placement, from_on, None, again=again)
        assert isinstance(step, ev.NodeImported)
        placement_id = derived_id("placement", f"{self.facts.case_id}/{step.node}/{step.n}/act")
        if not again or row.old is None or row.old["until_on"] != until_on:
            yield ev.PlacementMade(placement_id, row.cells["agency"], until_on), from_on
        if returned_on:
            yield ev.PlacementReturned(placement_id, row.get("certificate") or ""), returned_on
            step, on = msgspec.structs.replace(step, left_on=returned_on, outcome="returned_at_term"), returned_on
        yield step, on

    def _arrangement(self, row: PastRow) -> Told:
        made = derived_id("arrangement", "past", row.key)
        if row.old is None or _differs(row, "kind", "until_on", "proof"):
            yield (
                ev.ArrangementMade(made, row.cells["kind"], row.cells["until_on"], row.get("proof") or ""),
                row.happened_on,
            )
        if row.get("ended_on") and (row.old is None or _differs(row, "ended_on", "ended")):
            yield ev.ArrangementEnded(made, row.get("ended") or "broken", row.cells["kind"]), row.cells["ended_on"]

    # --- court files ------------------------------------------------------------------------------------------------

    def _matter(self, row: PastRow) -> Told:
        matter, filed_on, number = matter_id(row.cells["matter_no"]), row.happened_on, row.get("number") or ""
        proof, route = row.get("proof") or "", row.cells["route"]
        whole = row.old is None or _differs(row, "route", "filed_on")
        if whole:
            parties = tuple(sorted({self.facts.person_id, *(each.party_id for each in self.facts.security.parties)}))
            yield ev.MatterOpened(matter, route, parties, None, row.get("court") or ""), filed_on
        if (row.get("counsel") and row.old is None) or _differs(row, "counsel", "court"):
            yield ev.MatterAssigned(matter, row.get("court") or "", row.get("counsel") or ""), filed_on
        docketed_on, stage = row.get("docketed_on"), row.get("stage")
        if docketed_on and (whole or _differs(row, "docketed_on", "number", "proof")):
            yield ev.MatterStageReached(matter, "docketed", number, proof or number), docketed_on
        reached = stage not in (None, "filed", "docketed")
        if reached and (whole or _differs(row, "stage", "stage_on", "performance_until_on", "docketed_on", "number")):
            on = row.get("stage_on") or docketed_on or filed_on
            until_on = row.get("performance_until_on")
            yield ev.MatterStageReached(matter, str(stage), number, proof or number, until_on), on
        steps = [*self.past.route[route], *(self.past.enforced if stage in ENFORCED else ())]
        for node, outcome in steps:
            if node not in self.file.visits:
                yield self._step(node, filed_on, filed_on, outcome, proof or number)

    def _measure(self, row: PastRow) -> Told:
        taken = ev.MeasureTaken(
            derived_id("measure", "past", row.key), matter_id(row.cells["matter_no"]), row.cells["kind"],
            row.cells["amount"], row.get("until_on"), bool(row.get("pre_suit")), row.get("proof") or "",
            row.get("asset") or "",
        )  # fmt: skip
        yield taken, row.happened_on

    # --- the books --------------------------------------------------------------------------------------------------

    def _write_off(self, row: PastRow) -> Told:
        on = row.happened_on
        if row.old is None or any(row.get(name) != row.old.get(name) for name in (*_PARTS, "written_off_on", "proof")):
            amounts = Amounts(*(row.cells[name] for name in _PARTS))
            yield (
                ev.WrittenOff(self.facts.account_id, row.cells["criterion"], amounts, row.get("proof") or ""),
                on,
            )
            yield self._step(self.past.write_off, on, on, "written_off", row.get("proof") or "", again=True)
        more = (row.get("recovered") or 0) - ((row.old or {}).get("recovered") or 0)
        if more:
            yield ev.RecoveryBooked(f"past:{row.key}", more), self.today

    def _cost(self, row: PastRow) -> Told:
        """A correction books the difference."""
        before = 0 if row.old is None else row.old["amount"]
        more = row.cells["amount"] - before
        matter = matter_id(row.cells["matter_no"]) if row.get("matter_no") else ""
        if more:
            cost_id = derived_id("cost", "past", row.key, *(() if row.old is None else (before, row.cells["amount"])))
            yield (
                ev.CostBooked(
                    cost_id, row.cells["kind"], more, self.facts.currency, matter, row.get("proof") or ""
                ),
                row.happened_on,
            )  # fmt: skip

    def _approval(self, row: PastRow) -> Told:
        told = ev.ApprovalImported(
            row.key, row.cells["action"], row.cells["approved_by"], row.get("reference") or ""
        )  # fmt: skip
        yield told, row.happened_on

    # --- stops ------------------------------------------------------------------------------------------------------

    def _hold(self, row: PastRow) -> Told:
        hold_id = derived_id("brake", self.facts.case_id, "past", row.key)
        yield ev.BrakePlaced(hold_id, row.cells["kind"], row.get("until_on"), row.cells["ground"]), row.happened_on

    def _status(self, row: PastRow) -> Told:
        kind = row.cells["status"]
        if not any(hold.kind == kind for hold in self.file.holds.values()):
            hold_id = derived_id("brake", self.facts.case_id, "past", row.key)
            yield ev.BrakePlaced(hold_id, kind, None, row.get("proof") or f"party:{row.party_id}"), row.happened_on


_PARTS = Amounts.__struct_fields__


def _differs(row: PastRow, *columns: str) -> bool:
    """Whether a correction says otherwise in some of these columns."""
    return row.old is not None and any(row.get(column) != row.old.get(column) for column in columns)
