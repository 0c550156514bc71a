"""What a gate shows inside an engine: nothing that breaks out of its table, what is most pressing first."""

from __future__ import annotations

from datetime import date
from typing import Any

from desk.gate_text import body_of, subject_of
from desk.inbox import GateView


def gate(**given: Any) -> GateView:
    plain: dict[str, Any] = {
        "gate_id": "abc", "matter": "m", "node": "litigation", "zh": "起诉", "en": "File suit", "kind": "visit", "n": 1,
        "action": "sue", "tier": "T1", "status": "open", "case_id": "c", "account": "A1", "maker": "system:recourse",
        "seats": ("BLG", "BAP"), "waiting_for": ("BLG",), "level": 0, "opened_on": date(2026, 1, 5),
        "due_on": date(2026, 1, 12), "queued_from": date(2026, 1, 5), "answered_on": None, "urgent": "", "choice": "",
        "choices": (), "evidence_hash": "ff", "packet_hash": "", "currency": "CNY", "evidence": (("owed", "1.00 CNY"),),
        "raw": {}, "members": (), "votes": (),
    }  # fmt: skip
    return GateView(**{**plain, **given})


def test_a_gate_shows_what_is_asked_the_evidence_and_the_way_to_the_file() -> None:
    body = body_of(gate(), ["BLG"], "https://airflow.bank/recourse")
    assert subject_of(gate(), "BLG") == "起诉 File suit · A1 · 席位 BLG"
    assert subject_of(gate()) == "起诉 File suit · A1"
    assert "https://airflow.bank/recourse/accounts/A1" in body
    assert "https://airflow.bank/recourse/gates/abc" in body
    assert "| owed | 1.00 CNY |" in body


def test_a_cell_cannot_break_out_of_its_table() -> None:
    body = body_of(gate(evidence=(("opinion", "a|b\n<script>"),)), ["BLG"], "https://x", after="<b>no</b>")
    assert "a\\|b &lt;script&gt;" in body
    assert "<b>" not in body
    assert "<script>" not in body


def test_a_red_lane_and_a_refused_answer_stand_first() -> None:
    body = body_of(gate(urgent="limitation ends in 5 days"), ["BLG"], "https://x", after="the maker never votes")
    assert body.index("the maker never votes") < body.index("limitation ends in 5 days") < body.index("Evidence")
