"""The contact file of an account, for an inspector: every contact that was made, permitted or refused, with the rule of
that day. Worked out of the journal alone; numbers come in masked. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from recourse import events as ev
from recourse.events import Entry
from recourse.policy.book import Policy

PERMITTED, REFUSED, REPORTED, BEFORE, LETTER = (
    "permitted",
    "refused",
    "reported by an agency",
    "before Recourse",
    "letter",
)
OVERRUN = "made by an agency outside its quota, with no permit; a breach was raised"
"""What a line is about."""
NO_LETTERS = frozenset({
    "complaint", "approval_record", "deletion_certificate", "write_off_packet", "collection_file", "litigation_bundle",
    "placement_pack", "committee_book",
})  # fmt: skip
"""Papers that we make and send to no debtor."""
PolicyOn = Callable[[date], Policy]


class Line(msgspec.Struct):
    """One contact, or one that was refused. `rule` and `citation`: of a refusal, the rule that says so; of a permit, the
    rules of that day that it was held to. `outcome` "" = not known (yet)."""

    account: str
    on: date
    at: str
    channel: str
    decision: str
    purpose: str
    role: str
    voice: str
    number: str
    by: str
    rule: str = ""
    citation: str = ""
    matches: tuple[str, ...] = ()
    script: str = ""
    outcome: str = ""
    recording: str = ""
    proof: str = ""
    broke: tuple[str, ...] = ()
    permit_id: str = ""


COLUMNS = Line.__struct_fields__


def lines(account: str, journal: Sequence[Entry], policy_on: PolicyOn, masks: Mapping[str, str]) -> list[Line]:
    """The lines of one case's journal, oldest first."""
    book = _Book(account, policy_on, masks)
    for entry in journal:
        writer = _WRITERS.get(type(entry.event))
        if writer is not None:
            writer(book, entry, entry.event)
    return book.lines


class _Book:
    """Lines as they are written, found again by permit, by script of an item, and by node."""

    def __init__(self, account: str, policy_on: PolicyOn, masks: Mapping[str, str]) -> None:
        self.account, self.policy_on, self.masks = account, policy_on, masks
        self.lines: list[Line] = []
        self.by_permit: dict[str, Line] = {}
        self.by_node: dict[str, Line] = {}
        self.scripts: dict[str, str] = {}

    def add(self, entry: Entry, channel: str, decision: str, purpose: str, **more: object) -> Line:
        envelope = entry.envelope
        line = Line(self.account, envelope.effective_on, envelope.recorded_at, channel, decision, purpose, "debtor",
                    "human", "", envelope.actor)  # fmt: skip
        for name, value in more.items():
            setattr(line, name, value)
        self.lines.append(line)
        return line

    def cited(self, rules: Iterable[str], on: date) -> str:
        """The rules with their citations as they stood on a day."""
        known = self.policy_on(on).citations
        return "; ".join(f"{rule}: {known[rule]}" for rule in rules if rule in known)


def _issued(book: _Book, entry: Entry, e: ev.PermitIssued) -> None:
    policy = book.policy_on(entry.envelope.known_on)
    held_to = [source.rule for source, quiet in policy.quiet_hours if not quiet.channels or e.channel in quiet.channels]
    held_to += [source.rule for source, cap in policy.caps if e.channel in cap.channels]
    held_to += [source.rule for source, pause in policy.pauses if e.channel in pause.channels]
    line = book.add(
        entry, e.channel, PERMITTED, e.purpose, role=e.role, voice=e.voice, permit_id=e.permit_id,
        number=book.masks.get(e.number_id, "***") if e.number_id else "", rule=", ".join(dict.fromkeys(held_to)),
        citation=book.cited(dict.fromkeys(held_to), entry.envelope.known_on),
    )  # fmt: skip
    book.by_permit[e.permit_id] = book.by_node[e.purpose] = line


def _refused(book: _Book, entry: Entry, e: ev.PermitRefused) -> None:
    matches = e.matches or (e.rule,)
    book.add(entry, e.channel, REFUSED, e.purpose, role=e.role, voice=e.voice, rule=e.rule, matches=matches,
             citation=book.cited(matches, entry.envelope.known_on))  # fmt: skip


def _queued(book: _Book, entry: Entry, e: ev.CallQueued | ev.LocateQueued) -> None:
    book.scripts[e.call_id if isinstance(e, ev.CallQueued) else e.locate_id] = e.script


def _taken(book: _Book, entry: Entry, e: ev.CallTaken | ev.LocateTaken) -> None:
    line = book.by_permit.get(e.permit_id)
    if line is not None:
        line.script = book.scripts.get(e.call_id if isinstance(e, ev.CallTaken) else e.locate_id, "")


def _spoken(book: _Book, entry: Entry, e: ev.ContactRecorded | ev.LocateRecorded) -> None:
    line = book.by_permit.get(e.permit_id)
    if line is not None:
        line.outcome = e.code
        if isinstance(e, ev.LocateRecorded):
            line.recording = e.recording or line.recording


def _referred(book: _Book, entry: Entry, e: ev.RecordingReferred) -> None:
    line = book.by_permit.get(e.permit_id)
    if line is not None:
        line.recording = f"{e.system}:{e.reference}"


def _overrun(book: _Book, entry: Entry, e: ev.PermitOverrun) -> None:
    line = book.by_permit.get(e.permit_id)
    if line is not None:
        line.broke = (*line.broke, e.rule)


def _done(book: _Book, entry: Entry, e: ev.ActCompleted) -> None:
    line = book.by_node.pop(e.node, None)
    if line is not None and not line.outcome:
        line.outcome, line.proof = e.outcome or e.status, e.reference


def _trip(book: _Book, entry: Entry, e: ev.FieldVisitPlanned) -> None:
    line = book.by_permit.get(e.permit_id)
    if line is not None:
        line.by, line.script = ", ".join(e.collectors), f"{e.planned_on} {e.time} {e.place}"


def _seen(book: _Book, entry: Entry, e: ev.FieldVisitMade) -> None:
    line = book.by_permit.get(e.permit_id)
    if line is not None:
        line.outcome, line.recording, line.proof, line.broke = e.code, e.recording, e.consent, e.violations
        line.script += f"; made at {e.at}" if e.at else ""


def _dropped(book: _Book, entry: Entry, e: ev.FieldVisitDropped) -> None:
    line = book.by_permit.get(e.permit_id)
    if line is not None:
        line.outcome = "dropped"


def _agency(book: _Book, entry: Entry, e: ev.AgencyContacted) -> None:
    book.by_node[f"agency {e.contact_id}"] = book.add(
        entry, e.channel, REPORTED, f"agency:{e.agency}", by=e.agency, at=e.at, outcome=e.code, recording=e.recording,
        broke=e.violations, permit_id=e.permit_id,
    )  # fmt: skip


def _overran(book: _Book, entry: Entry, e: ev.AgencyOverran) -> None:
    line = book.by_node.get(f"agency {e.contact_id}")
    if line is not None:
        line.decision, line.permit_id, line.rule = OVERRUN, e.permit_id, e.rule
        line.citation = book.cited([e.rule], entry.envelope.effective_on)


def _imported(book: _Book, entry: Entry, e: ev.ContactImported) -> None:
    book.add(entry, e.channel, BEFORE, "", outcome=e.code)


def _letter(book: _Book, entry: Entry, e: ev.DocumentMade) -> None:
    if e.kind in NO_LETTERS:
        return
    book.by_node[f"letter {e.node}"] = book.add(entry, "post", LETTER, e.node, script=e.kind)


def _proved(book: _Book, entry: Entry, e: ev.DeliveryProved) -> None:
    line = book.by_node.get(f"letter {e.node}")
    if line is not None:
        line.outcome, line.proof = e.status, e.proof


_WRITERS: Mapping[type[ev.Event], Callable[[_Book, Entry, Any], None]] = {
    ev.PermitIssued: _issued,
    ev.PermitRefused: _refused,
    ev.CallQueued: _queued,
    ev.LocateQueued: _queued,
    ev.CallTaken: _taken,
    ev.LocateTaken: _taken,
    ev.ContactRecorded: _spoken,
    ev.LocateRecorded: _spoken,
    ev.RecordingReferred: _referred,
    ev.PermitOverrun: _overrun,
    ev.ActCompleted: _done,
    ev.FieldVisitPlanned: _trip,
    ev.FieldVisitMade: _seen,
    ev.FieldVisitDropped: _dropped,
    ev.AgencyContacted: _agency,
    ev.AgencyOverran: _overran,
    ev.ContactImported: _imported,
    ev.DocumentMade: _letter,
    ev.DeliveryProved: _proved,
}
