"""The journal in English, continued: the life of papers that only people may issue."""

from __future__ import annotations

from collections.abc import Mapping

from recourse import events as ev

EN: Mapping[type[ev.Event], str] = {
    ev.PaperDrafted: "Paper drafted by {by}: {template}",
    ev.PaperReviewed: "Draft reviewed by {by}",
    ev.PaperSigned: "Paper signed by {by} ({needed} to sign)",
    ev.PaperSealed: "Paper sealed as {register_no}; seal kept by {keeper}",
    ev.PaperIssued: "Paper issued by {channel}",
    ev.PaperDelivered: "Paper delivered, proof {proof}",
    ev.PaperFiled: "Paper filed, proof {proof}",
    ev.PaperDecided: "Paper decided on, proof {proof}",
}
