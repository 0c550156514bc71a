"""What people of the bank do to papers that only people may issue: review, sign, seal, issue, prove, file; and a list of them.

A paper is named by its account and its content hash. The scans that a stage rests on were brought in before
(`desk.papers.add`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from desk.drafting import print_fair
from desk.open_desk import Desk
from desk.operations import Operations
from recourse import events as ev
from recourse.climb.paper_steps import Paper, advance
from recourse.documents.templates import Template
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.free_text import one_line
from recourse.ledger import paper_rows
from recourse.ledger import papers as files
from recourse.ledger.database import reading
from recourse.ledger.history import HistoryReader
from recourse.ledger.paper_rows import Steps
from recourse.ledger.papers import Filed
from recourse.paper_life import STAGES, Life, Step, following, maker, reached

SHORTEST_HASH = 8
LIST = "see `recourse paper list ACCOUNT`"


class Line(msgspec.Struct, frozen=True):
    """A paper as it is listed. `next`: the stage that may follow, "" at the end; `signed`: how many have signed."""

    sha256: str
    document: str
    template: str
    issuer: str
    stage: str
    next: str
    maker: str
    signed: int
    needed: int
    number: str
    steps: tuple[Step, ...]


class PaperDesk:
    """Operations on papers, in the name of those that do `work`."""

    def __init__(self, work: Operations) -> None:
        self.work, self.desk = work, work.desk

    def review(self, account: str, sha256: str, on: date | None = None) -> Step:
        """The draft is right. Of a text that is no mere draft, the fair copy 清稿 is printed now."""
        paper, template, drafted = self._paper(account, sha256)
        fair = print_fair(self.desk, template, drafted) if not template.meta.draft else None
        reviewed = ev.PaperReviewed(paper.sha256, self.work.pen.actor, fair.sha256 if fair else "")
        made = (
            [ev.DocumentMade(fair.sha256, template.name, "", template.version, template.effective_on)] if fair else []
        )
        return advance(self.desk.engine, self.work.pen, paper, reviewed, on, made)

    def sign(self, account: str, sha256: str, by: str, copy: str = "", on: date | None = None) -> Step:
        """Somebody signed it; a signature that another person reports rests on the signed scan."""
        paper, template, _ = self._paper(account, sha256)
        signer = one_line(by, "--by") or ("" if paper.life.scan else self.work.pen.actor)
        if signer != self.work.pen.actor and not copy:
            raise UserError("another's signature needs the signed scan", where="--copy", mend="give --copy HASH")
        signed = ev.PaperSigned(paper.sha256, signer, template.meta.signatures, self._copy(account, copy))
        return advance(self.desk.engine, self.work.pen, paper, signed, on)

    def seal(self, account: str, sha256: str, number: str, keeper: str, copy: str = "", on: date | None = None) -> Step:
        """It was sealed 用印, under a number of the register of seals."""
        paper, _, _ = self._paper(account, sha256)
        given = one_line(number, "--number"), one_line(keeper, "--keeper") or self.work.pen.actor
        return advance(
            self.desk.engine, self.work.pen, paper, ev.PaperSealed(paper.sha256, *given, self._copy(account, copy)), on
        )

    def issue(self, account: str, sha256: str, channel: str, copy: str = "", on: date | None = None) -> Step:
        """It left the house."""
        paper, _, _ = self._paper(account, sha256)
        issued = ev.PaperIssued(paper.sha256, channel, self._copy(account, copy))
        return advance(self.desk.engine, self.work.pen, paper, issued, on)

    def prove(self, account: str, sha256: str, stage: str, proof: str, on: date | None = None) -> Step:
        """It was delivered, filed or decided on; refused without proof."""
        paper, _, _ = self._paper(account, sha256)
        kinds: Mapping[str, type[ev.PaperDelivered | ev.PaperFiled | ev.PaperDecided]] = {
            "delivered": ev.PaperDelivered, "filed": ev.PaperFiled, "decided": ev.PaperDecided,
        }  # fmt: skip
        event = kinds[stage](paper.sha256, one_line(proof, "--proof"))
        return advance(self.desk.engine, self.work.pen, paper, event, on)

    def _copy(self, account: str, given: str) -> str:
        return self._filed(account, given).sha256 if given else ""

    def _filed(self, account: str, sha256: str) -> Filed:
        wanted = sha256.lower()
        if len(wanted) < SHORTEST_HASH:
            raise UserError(f"give {SHORTEST_HASH} digits of the hash or more", where=sha256, mend=LIST)
        with reading(self.desk.engine) as connection:
            lying = files.of(connection, [account]).get(account, ())
        found = {(each.case_id, each.sha256): each for each in lying if each.sha256.startswith(wanted)}
        if len(found) != 1:
            what = f"no paper {sha256!r}" if not found else f"{len(found)} papers begin with {sha256!r}"
            raise UserError(what, where=f"account {account}", mend=LIST)
        return next(iter(found.values()))

    def _paper(self, account: str, sha256: str) -> tuple[Paper, Template, Steps]:
        facts, filed = self.work.one(account), self._filed(account, sha256)
        if filed.origin != "made":
            raise UserError("we did not make this paper", where=filed.sha256[:12], mend="a scan goes with --copy HASH")
        with reading(self.desk.engine) as connection:
            drafted = paper_rows.of_paper(connection, filed.case_id, filed.sha256)
            fair_of = [each for each in paper_rows.of(connection, [account]).values() for step in each.steps
                       if step.stage == "reviewed" and step.copy == filed.sha256]  # fmt: skip
        if fair_of:
            raise UserError(
                f"the fair copy of {fair_of[0].sha256[:12]}", where=filed.sha256[:12], mend="name the draft"
            )
        template = template_of(self.desk, filed, drafted, facts)
        begun = drafted.steps or self._begun(filed, template)
        return Paper(filed.case_id, filed.sha256, life_of(template), begun), template, drafted

    def _begun(self, filed: Filed, template: Template) -> tuple[Step, ...]:
        """The first step of a paper that a step of the ladder made: whoever let it act is its maker."""
        if not template.meta.draft:
            raise UserError(
                "it goes out under the gate that approved it", where=f"{filed.kind} of {filed.on}",
                mend=f"see `recourse proof` and the gate of {filed.node}",
            )  # fmt: skip
        journal = HistoryReader(self.desk.engine).of([filed.case_id])[filed.case_id]
        made = next(e for e in journal if isinstance(e.event, ev.DocumentMade) and e.event.sha256 == filed.sha256)
        return (Step("draft", made.envelope.actor, filed.on),)


def life_of(template: Template) -> Life:
    """The life that a template gives its papers."""
    meta = template.meta
    return Life(template.name, meta.life_cycle, meta.issuer, meta.channels, meta.signatures)


def template_of(desk: Desk, filed: Filed, drafted: Steps, facts: Facts) -> Template:
    """The text that a paper was made from; UserError for one that has no template, such as a packet."""
    if drafted.template:
        return desk.templates.named(drafted.template)
    if (facts.jurisdiction, filed.kind) not in desk.templates.names():
        raise UserError(f"a {filed.kind} has no life of its own", where=filed.sha256[:12], mend=LIST)
    return desk.templates.in_force(facts.jurisdiction, filed.kind, filed.on)


def listed(desk: Desk, account: str) -> list[Line]:
    """The papers of an account that have a life: drafted by people, or drafts that a step of the ladder made."""
    day = desk.business_day()
    facts = Operations(desk, desk.strategy(day), desk.pen(day)).one(account)
    with reading(desk.engine) as connection:
        lying = files.of(connection, [account]).get(account, ())
        lives = paper_rows.of(connection, [account])
    fair = {step.copy for each in lives.values() for step in each.steps if step.stage == "reviewed"}
    known = set(desk.templates.names())
    lines = []
    for each in lying:
        drafted = lives.get((each.case_id, each.sha256), Steps(each.case_id, each.sha256, "", ()))
        if (
            each.origin == "made"
            and each.sha256 not in fair
            and (drafted.steps or (facts.jurisdiction, each.kind) in known)
        ):
            template = template_of(desk, each, drafted, facts)
            if drafted.steps or template.meta.draft:
                lines.append(_line(template, each, drafted.steps))
    return sorted(lines, key=lambda line: (STAGES.index(line.stage), line.document, line.sha256))


def _line(template: Template, filed: Filed, steps: Sequence[Step]) -> Line:
    life, taken = life_of(template), steps or (Step("draft", "", filed.on),)
    return Line(
        filed.sha256, template.name, template.version, life.issuer, reached(taken), following(life, taken), maker(taken),
        sum(step.stage == "signed" for step in taken), life.signatures,
        next((step.number for step in taken if step.number), ""), tuple(taken),
    )  # fmt: skip
