"""The journal in English, continued: brakes, complaints, hardship, disputes and credit reporting."""

from __future__ import annotations

from collections.abc import Mapping

from recourse import events as ev

EN: Mapping[type[ev.Event], str] = {
    ev.BrakeEvidenced: "Evidence filed with the brake {kind}: {evidence}",
    ev.ReleaseProposed: "Proposed to lift the brake {kind}: {reason}",
    ev.StepsCorrected: "What was done before a brake was known was put right: {how}",
    ev.ComplaintReceived: "Complaint received: {category}, by {channel} {referred_by}",
    ev.ComplaintExtended: "Complaint given time until {until_on}, approved by {approved_by}: {reason}",
    ev.ComplaintReferred: "Complaint referred by {referred_by}, proof {proof}",
    ev.ComplaintAnswered: "Complaint answered: {outcome}",
    ev.ComplaintVerificationAsked: "Complainant asked the higher level to verify the answer",
    ev.ComplaintClosed: "Complaint closed: {cause}",
    ev.HardshipApplied: "Hardship claimed: {cause}",
    ev.HardshipEvidenced: "Paper brought for the hardship: {paper}",
    ev.HardshipReminded: "Debtor to be reminded of papers, until {until_on}",
    ev.HardshipDecided: "Hardship: {outcome} {review_on}. {reason}",
    ev.DisputeRaised: "Debt disputed: {kind}",
    ev.DisputeAnswered: "Dispute answered: {outcome}, proof {proof}",
    ev.CreditNoticeGiven: "Told before negative information is reported, proof {proof}",
    ev.CreditObjectionRaised: "Objection to the credit record: {ground}",
    ev.CreditObjectionAnswered: "Objection to the credit record answered: {outcome}",
    ev.CreditCorrected: "Credit record corrected: {step}, proof {proof}",
    ev.CreditStatementAttached: "Person's own statement attached to the credit record",
}
