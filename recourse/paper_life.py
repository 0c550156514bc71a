"""The life of a paper that only people may issue: drafted, reviewed, signed, sealed 用印, issued, delivered. Pure.

A template names the stages of its papers; each follows the one before, and none is passed over. Who made a draft does not
review it, and does not hold the seal that goes on it (the bank's own rule of separate hands; no statute). A law firm's
letter is only ever drafted here: it is signed when the firm's own signed scan has come in, and that scan is what is issued.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from recourse.errors import UserError

STAGES = ("draft", "reviewed", "signed", "sealed", "issued", "delivered", "filed", "decided")
"""Every stage, in the order in which a life may name them."""
FIRM_SCANS = {"legal_opinion": "legal_opinion"}
"""Document → the kind of paper that its signed scan is, where it is not LAWYER_LETTER."""
LAWYER_LETTER = "lawyer_letter_signed"
PAPER = "see `recourse paper list`"


class Life(msgspec.Struct, frozen=True):
    """What the template of a paper says of its life."""

    document: str
    stages: tuple[str, ...]
    issuer: str
    channels: tuple[str, ...]
    signatures: int = 1

    @property
    def scan(self) -> str:
        """The kind of the signed scan that a law firm's paper needs; "" for a paper of the bank's own."""
        return FIRM_SCANS.get(self.document, LAWYER_LETTER) if self.issuer == "law_firm" else ""


class Step(msgspec.Struct, frozen=True):
    """One thing that was done to a paper. `who`: maker, reviewer, signer or keeper of the seal, by the stage; `copy`: the
    content hash of the fair copy or scan; `number`: 用印登记号; `proof`: where the proof lies; `needed`: of how many
    signatures this is one."""

    stage: str
    who: str = ""
    on: date | None = None
    copy: str = ""
    number: str = ""
    channel: str = ""
    proof: str = ""
    needed: int = 1


def reached(steps: Sequence[Step]) -> str:
    """The last stage that is complete: a paper that wants three signatures is signed with the third."""
    done = [step.stage for step in steps if not _short(step.stage, steps)]
    return max(done, key=STAGES.index, default="draft")


def _short(stage: str, steps: Sequence[Step]) -> bool:
    signed = [step for step in steps if step.stage == "signed"]
    return stage == "signed" and len({step.who for step in signed}) < max(step.needed for step in signed)


def following(life: Life, steps: Sequence[Step]) -> str:
    """The only stage that may come next; "" at the end of its life."""
    at = life.stages.index(reached(steps)) if reached(steps) in life.stages else 0
    return life.stages[at + 1] if at + 1 < len(life.stages) else ""


def check(life: Life, steps: Sequence[Step], step: Step, copy_kind: str = "") -> None:
    """Whether a step may be taken now; UserError when not. `copy_kind`: the kind under which `step.copy` was received."""
    wanted = following(life, steps)
    if step.stage != wanted:
        raise UserError(f"{reached(steps)}; not to be {step.stage} now", where=life.document, mend=_mend(wanted))
    before = [each.on for each in steps if each.on is not None]
    if step.on is not None and before and step.on < max(before):
        raise UserError(
            f"{step.on} lies before {max(before)}", where=life.document, mend="a stage follows the one before"
        )
    _CHECKS[step.stage](life, steps, step)
    if life.scan and step.stage in ("signed", "issued"):
        _refuse_without_scan(life, steps, step, copy_kind)


def _mend(wanted: str) -> str:
    return f"it has to be {wanted} next" if wanted else "its life is over; draft another"


def maker(steps: Sequence[Step]) -> str:
    """Who made the draft."""
    return next((step.who for step in steps if step.stage == "draft"), "")


def _reviewed(life: Life, steps: Sequence[Step], step: Step) -> None:
    _need(step.who, "a reviewer", "--as")
    if step.who == maker(steps):
        raise UserError(f"{step.who} made this draft", where=life.document, mend="somebody else has to review it")


def _signed(life: Life, steps: Sequence[Step], step: Step) -> None:
    _need(step.who, "a signer", "--by")
    if step.who in {each.who for each in steps if each.stage == "signed"}:
        raise UserError(f"{step.who} has signed it", where=life.document, mend="the next signature is somebody else's")


def _sealed(life: Life, steps: Sequence[Step], step: Step) -> None:
    _need(step.number, "the number in the register of seals 用印登记号", "--number")
    _need(step.who, "the keeper of the seal", "--keeper")
    if step.who == maker(steps):
        raise UserError(f"{step.who} made this paper", where="--keeper", mend="somebody else has to hold the seal")


def _issued(life: Life, steps: Sequence[Step], step: Step) -> None:
    if step.channel not in life.channels:
        raise UserError(
            f"not sent by {step.channel or 'nothing'}", where="--channel", mend=f"one of {', '.join(life.channels)}"
        )


def _proved(life: Life, steps: Sequence[Step], step: Step) -> None:
    _need(step.proof, "proof", "--proof")


_CHECKS = {
    "reviewed": _reviewed, "signed": _signed, "sealed": _sealed, "issued": _issued, "delivered": _proved, "filed": _proved,
    "decided": _proved,
}  # fmt: skip


def _need(value: str, what: str, option: str) -> None:
    if not value.strip():
        raise UserError(f"{what} is missing", where=option, mend=f"give {option}")


def _refuse_without_scan(life: Life, steps: Sequence[Step], step: Step, copy_kind: str) -> None:
    """What goes out is the firm's own paper: the scan that was signed, or one that comes in now."""
    signed = next((each.copy for each in steps if each.stage == "signed" and each.copy), "")
    if step.stage == "issued" and signed and step.copy in ("", signed):
        return
    if copy_kind != life.scan:
        raise UserError(
            "it leaves the house only as the law firm's signed scan", where=life.document,
            mend=f"`recourse document add ACCOUNT FILE --kind {life.scan} --from counsel`, then --copy HASH",
        )  # fmt: skip
