"""What packets lack, for those who bring it, and papers brought in by kind: the town's branch offices work through here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import select

from desk.open_desk import Desk
from desk.operations import Operations
from recourse import events as ev
from recourse.climb import papers
from recourse.climb.papers import Brought
from recourse.documents.blocks import Document, Heading, Paragraph, plain
from recourse.ledger import store
from recourse.ledger.database import reading
from recourse.ledger.tables import visits
from recourse.letters.chronicle import PAPERS
from tasks.write_off import NODE, WriteOff


class Lacking(msgspec.Struct, frozen=True):
    """What the packet of an account lacks: item → the kinds of paper that serve it; `core`: items nobody may waive."""

    account_id: str
    items: Mapping[str, tuple[str, ...]]
    core: frozenset[str]


def lacking(desk: Desk) -> list[Lacking]:
    """Accounts whose write-off waits for its packet: two queries, however many."""
    query = select(visits.c.case_id).where(visits.c.node == NODE, visits.c.state == "list")
    day = desk.business_day()
    strategy = desk.strategy(day)
    with reading(desk.engine) as connection:
        dossiers = store.load(connection, list(connection.execute(query).scalars()), lock=False)
    found = []
    for dossier in dossiers.values():
        facts, gaps = dossier.facts, dossier.file.gaps.get(NODE, ())
        listed = strategy.policy_of(facts).packets.get(WriteOff.packet)
        items = [item for item in (listed[1].items if listed else ()) if item.item in gaps]
        if items:
            core = frozenset(item.item for item in items if item.core)
            found.append(Lacking(facts.account_id, {item.item: item.papers for item in items}, core))
    return sorted(found, key=lambda each: each.account_id)


def bring(work: Operations, brought: Sequence[tuple[str, str]]) -> None:
    """Put a paper of a kind into the file of each account: a page that says what it stands for (account, kind)."""
    desk, facts = work.desk, work.facts(account for account, _ in brought)
    letters = desk.tools(work.strategy, work.pen.at).letters
    hashes = letters.papers([(kind, page(account, kind)) for account, kind in brought])
    sizes = letters.kept(hashes)
    papers.receive(
        desk.engine, work.pen,
        [
            Brought(facts[account].case_id, ev.DocumentReceived(
                sha256, kind, "application/pdf", len(sizes[sha256]), NODE, work.pen.day, "档案室", "branch"))
            for (account, kind), sha256 in zip(brought, hashes, strict=True)
        ],
    )  # fmt: skip


def page(account: str, kind: str) -> Document:
    """A page in place of a scan."""
    title = PAPERS.get(kind, kind)
    said = f"账户 {account} 的{title}，模拟扫描件，供演示和测试使用。"
    return Document(title, (Heading(1, title), Paragraph(plain(said))))
