"""Sending letters and messages for a batch of acts: print, hand over, and say honestly what became of each.

One item may go to several persons; each gets its own key under the item's, so a repeat after a crash sends none twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from recourse.acts import Happened, Item, Order, Person, Printed, Receipt, Tools
from recourse.channels.channel import Attachment, Outgoing, SendResult, hand_over
from recourse.costs import postage
from recourse.documents.compose import MissingFact
from recourse.events import DocumentMade
from recourse.letters import plain
from recourse.policy.book import Policy
from recourse.speech.lexicon import check

Fields = Mapping[str, Any]
LETTER_MEDIA = "application/pdf"


class Letter(msgspec.Struct, frozen=True):
    """A letter to be sent to one person; `suffix` tells the letters of one item apart."""

    item: Item
    person: Person | None
    document: str
    fields: Fields
    suffix: str = ""

    @property
    def key(self) -> str:
        return f"{self.item.key}{'/' + self.suffix if self.suffix else ''}"


def post(letters: Sequence[Letter], items: Sequence[Item], tools: Tools, *, outcome: str = "") -> list[Receipt]:
    """Print and post letters; one receipt per item. A missing fact or address fails the item with its name, and so
    does a phrase that may not be said (`recourse.speech`).

    `outcome` leaves the node when the letters are out; without one the visit waits for proof of delivery.
    """
    outgoing: dict[str, list[Outgoing]] = {}
    papers: dict[str, list[Happened]] = {}
    trouble: dict[str, str] = {}
    drawn = tools.letters.print([_order(letter, tools) for letter in letters])
    for letter, printed in zip(letters, drawn, strict=True):
        key = letter.item.key
        if isinstance(printed, MissingFact):
            trouble[key] = str(printed)
            continue
        if wrong := unspeakable(printed.said, letter.item.policy):
            trouble[key] = wrong
            continue
        if letter.person is None or not letter.person.address:
            trouble[key] = "no postal address is known"
            continue
        papers.setdefault(key, []).append(Happened(_made(letter, printed)))
        outgoing.setdefault(key, []).append(_outgoing(letter, letter.person, printed, tools))
    ready = [message for key, messages in outgoing.items() if key not in trouble for message in messages]
    sent = dict(zip([m.key for m in ready], hand_over(tools.channels["post"], ready), strict=True)) if ready else {}
    return [
        _receipt(item, {m.key: sent[m.key] for m in outgoing.get(item.key, []) if m.key in sent},
                 papers.get(item.key, []), trouble.get(item.key, ""), outcome)
        for item in items
    ]  # fmt: skip


def _order(letter: Letter, tools: Tools) -> Order:
    return Order(letter.item.facts.jurisdiction, letter.document, plain(letter.fields), tools.day)


def _made(letter: Letter, printed: Printed) -> DocumentMade:
    return DocumentMade(printed.sha256, letter.document, letter.item.node, printed.template, printed.version)


def _outgoing(letter: Letter, person: Person, printed: Printed, tools: Tools) -> Outgoing:
    attachment = Attachment(f"{letter.document}.pdf", LETTER_MEDIA, printed.sha256, printed.data)
    return Outgoing(letter.key, person.address, letter.document, person.name, (attachment,), tools.day, tools.at)


def _receipt(
    item: Item, sent: Mapping[str, SendResult], papers: Sequence[Happened], trouble: str, outcome: str
) -> Receipt:
    """One item's receipt. What its letters cost is booked for each that went out."""
    if trouble or not sent:
        return Receipt(item.key, "failed", "failed", detail=trouble or "nobody to write to")
    results = list(sent.values())
    posted = [postage(item.facts, item.policy, key) for key, result in sent.items() if result.status == "sent"]
    costs = tuple(Happened(cost) for cost in posted if cost is not None)
    reference = ",".join(result.reference for result in results if result.reference)
    if all(result.status == "sent" for result in results):
        documents = tuple(h.event.sha256 for h in papers if isinstance(h.event, DocumentMade))
        return Receipt(item.key, "done", outcome, reference, documents=documents, happened=(*papers, *costs))
    lost = failed(item, next(result for result in results if result.status != "sent"))
    return msgspec.structs.replace(lost, happened=costs)


def unspeakable(text: str, policy: Policy) -> str:
    """The first phrase of a text that may not be said, with its rule, for the detail of a failure ("" = none)."""
    return next((f"forbidden wording: {hit.text} ({hit.rule})" for hit in check(text, policy)), "")


def failed(item: Item, result: SendResult) -> Receipt:
    """The receipt of a message that did not go out, or of which nobody can tell."""
    if result.status == "unknown":
        return Receipt(item.key, "unknown", "unknown", result.reference, result.detail)
    return Receipt(item.key, "failed", "failed", result.reference, f"{result.status}: {result.detail}")


def say(
    items: Sequence[Item], tools: Tools, text_of: Callable[[Item, Person], tuple[str, str]], outcome: str
) -> list[Receipt]:
    """Send each item's debtor a short message by the channel of its permit; `text_of` gives subject and text."""
    people = tools.people.of([item.facts.person_id for item in items])
    messages: dict[str, list[Outgoing]] = {}
    receipts: dict[str, Receipt] = {}
    for item in items:
        person = people.get(item.facts.person_id)
        number = person.numbers.get(item.channel, "") if person else ""
        if person is None or not number or item.channel not in tools.channels:
            receipts[item.key] = Receipt(item.key, "failed", "failed", detail=f"no {item.channel or 'number'} to reach")
            continue
        try:
            subject, text = text_of(item, person)
        except MissingFact as missing:
            receipts[item.key] = Receipt(item.key, "failed", "failed", detail=str(missing))
            continue
        if wrong := unspeakable(f"{subject}\n{text}", item.policy):
            receipts[item.key] = Receipt(item.key, "failed", "failed", detail=wrong)
            continue
        message = Outgoing(item.key, number, subject, text, (), tools.day, tools.at)
        messages.setdefault(item.channel, []).append(message)
    by_key = {item.key: item for item in items}
    for channel, ready in messages.items():
        for message, result in zip(ready, hand_over(tools.channels[channel], ready), strict=True):
            done = Receipt(message.key, "done", outcome, result.reference)
            receipts[message.key] = done if result.status == "sent" else failed(by_key[message.key], result)
    return [receipts[item.key] for item in items]
