"""The papers of an account's file as packets list them, each with the event that it comes from. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recourse import events as ev
from recourse.acts import Entry, Filed
from recourse.letters.chronicle import PAPERS
from recourse.packets.assembling import DOCUMENT_KINDS
from recourse.packets.write_off_data import PacketDocument

APPROVAL = "approval_record"
PACKETS = frozenset({"write_off_packet", *DOCUMENT_KINDS.values()})
"""Kinds of document that hold other papers: no packet holds another one."""
OUR_PACKETS = PACKETS | {APPROVAL}

Journals = Mapping[str, Sequence[Entry]]
"""Case → its journal, oldest first."""


def brought_in(journals: Journals, papers: Sequence[Filed]) -> list[PacketDocument]:
    """Papers that the bank delivered or people brought in."""
    brought = {
        entry.event.sha256: f"case:{case_id}#{entry.pos}"
        for case_id, journal in journals.items()
        for entry in journal
        if isinstance(entry.event, ev.DocumentReceived)
    }
    return [
        PacketDocument(
            PAPERS.get(each.kind, each.kind), each.sha256, each.dated_on, each.original_at, each.kind,
            brought.get(each.sha256, "intake"),
        )
        for each in papers
    ]  # fmt: skip


def made_by_us(journals: Journals) -> list[PacketDocument]:
    """Papers that we made, packets among them, each once."""
    found: dict[str, PacketDocument] = {}
    for case_id, journal in journals.items():
        for entry in journal:
            if isinstance(entry.event, ev.DocumentMade):
                kind, on = entry.event.kind, entry.envelope.effective_on
                made = PacketDocument(PAPERS.get(kind, kind), entry.event.sha256, on, "", kind,
                                      f"case:{case_id}#{entry.pos}")  # fmt: skip
                found.setdefault(made.sha256, made)
    return list(found.values())


def papers_of(journals: Journals, papers: Sequence[Filed]) -> list[PacketDocument]:
    """Every paper of the file but packets: brought in, then made, each once."""
    brought = brought_in(journals, papers)
    known = {each.sha256 for each in brought if each.sha256}
    made = [each for each in made_by_us(journals) if each.code not in PACKETS and each.sha256 not in known]
    return [*brought, *made]


def kinds_of(documents: Sequence[PacketDocument]) -> frozenset[str]:
    """The kinds of paper that a file holds, by code."""
    return frozenset(each.code for each in documents)
