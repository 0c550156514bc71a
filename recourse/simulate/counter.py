"""The counters of the bank as the made-up town sees them: brakes, complaints, hardship, disputes, credit records, arrangements.

A part of the door between town and system (`recourse.simulate.office`), with its conventions.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Protocol

import msgspec


class ToSign(msgspec.Struct, frozen=True):
    """An arrangement that waits for its signature, the days of its own instalments and their sums. `whole`: it is over the
    whole claim, so that nothing else is paid beside it."""

    account_id: str
    due_on: tuple[date, ...]
    amounts: tuple[int, ...] = ()
    whole: bool = False


class Counter(Protocol):
    """What debtors bring to the bank, and what staff answer. What does not fit where a case stands is passed over."""

    def place_brake(self, account_id: str, kind: str, until_on: date | None, ground: str) -> None:
        """A brake that did not come from a call: a complaint by letter, a dispute at the counter."""
        ...

    def release_brake(self, account_id: str, kind: str, reason: str) -> None:
        """A brake is lifted, or proposed to be lifted where that takes a gate; none of that kind in force: passed over."""
        ...

    def complain(self, account_id: str, channel: str, category: str, words: str) -> None:
        """A complaint came in."""
        ...

    def answer_complaints(self, account_id: str, outcome: str) -> None:
        """The open complaints of an account are answered in writing."""
        ...

    def dispute(self, account_id: str, kind: str) -> None:
        """The debtor disputes the debt: amount, identity_theft or card_fraud."""
        ...

    def answer_disputes(self, account_id: str, outcome: str, proof: str) -> None:
        """The open disputes of an account are answered; rejected, the brake waits for its gate."""
        ...

    def apply_hardship(self, account_id: str, cause: str, *, complete: bool) -> None:
        """The debtor applies for relief, with every paper that the cause asks for, or with none."""
        ...

    def decide_hardship(self, account_id: str, outcome: str, days: int) -> None:
        """The open applications are decided; accepted until a review in so many days."""
        ...

    def tell_of_report(self, account_id: str, on: date) -> None:
        """The debtor was told, with proof, before negative information is reported."""
        ...

    def object_to_record(self, account_id: str, months: Sequence[str], ground: str) -> None:
        """The debtor objects to months of the credit record."""
        ...

    def answer_objections(self, account_id: str, outcome: str) -> None:
        """The objections of an account are answered; upheld, the correction is sent and confirmed."""
        ...

    def propose(self, account_id: str, kind: str, months: int) -> bool:
        """An arrangement over the arrears, in so many instalments 30 days apart, is put to its gate; False: refused."""
        ...

    def settle(self, account_id: str, instalments: int) -> bool:
        """A settlement over the whole claim that gives up penalty interest is put to its gate; False: refused."""
        ...

    def to_waive(self) -> Collection[str]:
        """Accounts whose settlement was performed in full: the core has to give up the rest."""
        ...

    def to_sign(self) -> Sequence[ToSign]:
        """Arrangements that their gates agreed to and that nobody signed yet."""
        ...

    def sign(self, account_id: str, paper: bytes) -> bool:
        """The debtor signed the paper; False: it can be signed no more."""
        ...
