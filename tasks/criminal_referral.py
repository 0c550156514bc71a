"""刑事报案 Criminal referral: a head-office decision on evidence, never a means of pressure.

While somebody suspects a crime the brake `criminal_suspect` stops contact and adverse acts; only this referral passes it.
The report interrupts the limitation, with proof (法释〔2020〕17号 13). The offence is a code of the law, not a name.
"""

from __future__ import annotations

from recourse import events as ev
from recourse.acts import WorkItem
from recourse.canonical import derived_id
from recourse.errors import UserError
from recourse.facts import Facts

NODE = "criminal_referral"
OFFENCES = ("loan_fraud", "card_fraud", "contract_fraud", "loan_obtained_by_deceit", "refusal_to_perform_judgment")
RESULTS = ("filed", "declined", "transferred", "closed")
ACTS = (WorkItem(NODE),)


def report_id(facts: Facts) -> str:
    """The id of the report of a case's latest referral."""
    visit = facts.file.visits.get(NODE)
    return derived_id("crime", facts.case_id, visit.n if visit else 0)


def reported(facts: Facts, offence: str, authority: str, evidence: tuple[str, ...], proof: str) -> tuple[ev.Event, ...]:
    """The report was made: the authority's receipt, and the papers that it rests on, by their digests in the file."""
    visit = facts.file.visits.get(NODE)
    if visit is None or visit.state != "open":
        raise UserError("head office did not agree to a report", where=NODE, mend="its gate comes first")
    if offence not in OFFENCES:
        raise UserError(f"unknown offence {offence!r}", mend=f"use one of {', '.join(OFFENCES)}")
    if not (proof.strip() and authority.strip()):
        raise UserError("a report needs the authority and its receipt", mend="give --authority and --proof")
    if not evidence:
        raise UserError("a report rests on evidence", mend="give --evidence at least once")
    papers = [ev.DocumentMade(sha256, "crime_evidence", NODE) for sha256 in evidence]
    return (*papers, ev.CrimeReported(report_id(facts), offence, authority, proof), ev.VisitLeft(NODE, "reported"))


def answered(facts: Facts, result: str, proof: str) -> tuple[ev.Event, ...]:
    """The authority answered."""
    if result not in RESULTS:
        raise UserError(f"unknown answer {result!r}", mend=f"use one of {', '.join(RESULTS)}")
    if not facts.file.crime:
        raise UserError("nothing was reported", where=f"account {facts.account_id}", mend="the report comes first")
    if not proof.strip():
        raise UserError("an answer needs the authority's paper", mend="give --proof")
    return (ev.CrimeAnswered(report_id(facts), result, proof),)
