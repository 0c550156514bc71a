"""The counter of a story's bank: complaints, hardship, disputes, brakes and credit reporting, each by who may do it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import select

from desk import complaints, dispute_desk, hardships, holds
from desk.clerk import Clerk, Entered
from desk.holds import Hold, Lifted
from recourse.actors import Actor
from recourse.climb import brake_watch
from recourse.climb.brake_watch import Watched
from recourse.ledger.database import reading
from recourse.ledger.tables import work_items
from tasks.complaints import Complaint
from tests.documents.arrivals import pdf
from tests.stories.gates import ROLES
from tests.stories.ground import Day, Ground, on_day

WORDS = "催收员一天打来十几个电话，还威胁我。"


class Counter(Ground):
    """What reaches the bank at its counters, and who writes it down."""

    folder: Path

    def clerk(self, actor: str) -> Clerk:
        """What this member of staff does today, with the roles that count."""
        return Clerk(self.desk, Actor(actor, ROLES[actor], "simulated"), work=self.desk_of(actor))

    def reply(self, name: str = "reply") -> Path:
        """A written answer, as a file; another name makes other bytes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.pdf"
        path.write_bytes(pdf(subject=name))
        return path

    def complains(
        self, account_id: str, *, category: str = "service", on: Day | None = None, text: str = WORDS,
        channel: str = "letter", is_complex: bool = False, contact: str = "", about: str = "", referred_by: str = "",
    ) -> str:  # fmt: skip
        """A complaint came in; its id."""
        received = on_day(on) if on else self.day
        said = Complaint(channel, category, received, is_complex, referred_by, about, contact)
        return complaints.add(self.clerk("cpl-01"), account_id, said, text).id

    def answers_complaint(self, complaint_id: str, outcome: str = "rejected", *, by: str = "cpl-01") -> str:
        """A written answer; the violation that it shows."""
        at = self.clerk(by)
        return complaints.answer(at, complaint_id, outcome, at.reply(self.reply(complaint_id)))[1]

    def due(self, complaint_id: str) -> date | None:
        return complaints.show(self.desk, complaint_id).due_on

    def holds(
        self, account_id: str, kind: str, *, since: Day | None = None, until: Day | None = None, evidence: str = "",
        reason: str = "书面材料", by: str = "sup-01",
    ) -> tuple[Entered, ...]:  # fmt: skip
        said = Hold(kind, reason, on_day(since) if since else None, on_day(until) if until else None, evidence)
        return holds.place(self.clerk(by), account_id, said)

    def lifts(
        self, account_id: str, kind: str, *, evidence: str = "核查报告", by: str = "bap-01", hold_id: str = ""
    ) -> Lifted:
        return holds.lift(self.clerk(by), account_id, kind, "已核实", evidence, hold_id)

    def applies(self, account_id: str, cause: str = "illness", *, on: Day | None = None, **papers: str) -> str:
        """An application of hardship; its id."""
        return hardships.add(self.clerk("cpl-01"), account_id, cause, papers, on_day(on) if on else None).id

    def decides(self, application_id: str, outcome: str, *, review_on: Day | None = None) -> None:
        review = on_day(review_on) if review_on else None
        hardships.decide(self.clerk("sup-02"), application_id, outcome, "已核实", review)

    def disputes(self, account_id: str, kind: str = "amount", *, on: Day | None = None) -> str:
        return dispute_desk.raise_(self.clerk("cpl-01"), account_id, kind, on=on_day(on) if on else None).id

    def answers_dispute(self, dispute_id: str, outcome: str, proof: str = "") -> None:
        at = self.clerk("bap-01")
        dispute_desk.answer(at, dispute_id, outcome, proof, at.reply(self.reply(dispute_id)))

    def morning(self) -> Watched:
        """What the morning sees to, once more."""
        return brake_watch.watch(self.desk.engine, self.strategy, self.pen())

    def work(self, kind: str, *, all_: bool = False) -> list[tuple[str, str]]:
        """(account, what) of the open work items of a kind, or of all."""
        query = select(work_items.c.account_id, work_items.c.what).where(work_items.c.kind == kind)
        if not all_:
            query = query.where(work_items.c.closed_on.is_(None))
        with reading(self.desk.engine) as connection:
            return [(row.account_id, row.what) for row in connection.execute(query.order_by(work_items.c.item_id))]
