"""The kinds of case that no function of ours answers, each with the reason in words of the trade.

A kind leaves this table when `adapters.py` connects it to a function of the product.
"""

from __future__ import annotations

NOT_OURS: dict[str, str] = {
    "approval": "the peer's case is the answer of an engine's web form (an HTTP code for one person's click); here an "
    "approval is a gate with seats, a vote rule, a reason and an actor known to the ledger",
    "permission": "the peer's named permission is its own; here the ledger's actors and the authority pack say who may",
    "re_age": "a new due plan is made by the core system; it reaches us as new instalments, never as our own "
    "arithmetic",
    "re_amortize": "a new due plan is made by the core system; it reaches us as new instalments, never as our own "
    "arithmetic",
    "repayment_schedule": "the instalment plan is the core system's; interest is never worked out here",
    "schedule_dates": "the instalment plan is the core system's",
    "step_fee": "we charge no fee for a reminder or a letter",
    "write_off": "the amount written off is the core system's; write-off here is a gate with votes that sets the book "
    "status, and a payment that comes late is a recovery, not a refusal",
    "write_off_recovery": "the accounting entries are the general ledger's",
    "charge_off": "the accounting entries are the general ledger's; the debt stays alive here too, under 账销案存",
    "settlement": "减免结清 takes effect only on full performance of an approved plan; the peer settles on receipt",
    "lock": "no record is locked for a night: a fact that lands in between is journaled as a crossing event",
    "small_balance": "a small debt is kept and may be written off by list with votes; it is never closed by a "
    "threshold",
    "security_shortfall": "a margin call on pledged securities; our security is valued for sale or suit",
    "risk_limit": "a limit on new credit is the lending side's",
    "ladder_terms": "our ladder moves by days past due and proof of what went before, not by month ends of a term rule",
    "ladder_terms_count": "our ladder moves by days past due and proof of what went before, not by month ends of a "
    "term rule",
    "ladder_count": "no step of ours depends on how many bills are unpaid",
    "ladder_balance": "no step of ours begins because a balance passes a mark; amounts choose who must approve",
    "ladder_sequential": "the peer's drafts and levels are its own; here a node needs its gate, its proof and a least "
    "gap, and never two nodes of a track on one day",
    "ladder_hold": "a brake stops named classes of act (contact, adverse, protective); it does not turn a late "
    "account into a current one",
    "ladder_hierarchy": "who answers for a debt follows from the role and its basis, not from a parent account",
    "condition": "an account is not judged by a count of bills or by the code of the last card refusal",
    "contact_attempt": "a contact is judged by the permit: consent, quiet hours, caps per number and person; no "
    "threshold of the sum owed opens it",
    "contact_attempt_failure": "the peer forgets a failed send; here an attempt whose end is unknown counts against "
    "the cap and never as proof",
    "min_gap": "the least gap is a value of the policy pack between nodes of a track, not a difference of two step "
    "numbers",
    "once_only": "the peer keys a step to a bill; here an act is keyed to case, visit and effect",
    "letter_amount": "the amount of a letter is the core system's balance at issue, never a sum of ours",
    "notice_amount": "the amount of a notice is the core system's balance at issue, with no fee or interest of ours",
    "notice_status": "a notice here is proved by delivery; paying ends the arrears, it does not resolve a notice",
    "notice_scope": "a notice is for the account's debt by component, not for chosen terms of one invoice",
    "run_validation": "business days are opened and closed in the ledger in order; there is no run with a date of its "
    "own",
    "policy_validation": "our packs hold values with citations, not a list of levels with term rules",
    "config": "our ladder is one literal checked on load; it has no numbered steps in a settings file",
}
