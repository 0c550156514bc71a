"""What a debt that was taken over lacks, so that a person has to look before it goes on. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from recourse.arrears import dpd
from recourse.casefile import ENDED_STAGES, CaseFile
from recourse.facts import Facts
from recourse.intake.past_events import HISTORY
from recourse.intake.past_rows import PastRow

PARKED = "parked"
GAPS: Mapping[str, tuple[str, str]] = {
    "no_plan": ("无还款计划", "no repayment plan: what is late is not known"),
    "no_balance": ("无余额", "no balance: what is owed is not known"),
    "no_history": ("无催收记录", "late for long, and no history of what was done"),
    "matter_stage_unknown": ("案件阶段不明", "a court file whose stage or docketing is not known"),
    "matter_without_proof": (
        "案件无案号或凭证",
        "a court file past its filing, with neither the court's number nor a paper",
    ),
    "measure_without_ruling": ("保全无裁定", "a freeze or seal without the court's ruling"),
    "placement_agency_unknown": ("受托机构不在名单", "placed with an agency that is not on the register"),
    "placement_over": ("委外已到期未交回", "a placement whose term is over and that was not given back"),
    "placed_in_court": ("委外与诉讼并行", "placed with an agency while a court file runs"),
    "arrangement_without_paper": ("还款安排无签署文件", "an arrangement without its signed paper"),
    "arrangement_over": ("还款安排已到期、结果不明", "an arrangement whose term is over, and no word of how it ended"),
    "death_without_certificate": ("死亡无证明", "deceased, without a certificate"),
    "acceleration_without_proof": ("提前到期无送达凭证", "called as a whole, without proof that the notice arrived"),
    "written_off_without_balance": (
        "核销后无账外余额",
        "off the books, and the core says that nothing is owed: no case",
    ),
    "write_off_without_proof": ("核销无批复", "a write-off without the paper that approved it"),
    "write_off_unrecorded": ("核销无记录", "written off by the core, without a record of the write-off"),
}
"""Gap → what is missing, in Chinese and English."""
WAITS = frozenset({"filed"})
"""Stages that are reached without the court having docketed the file."""
OUTSIDE = frozenset({"mediation", "notarised_enforcement"})
"""Routes on which no court dockets."""


def gaps_of(
    facts: Facts, rows: Sequence[PastRow], today: date, *, has_plan: bool, off_books: bool, history_from_dpd: int,
    agencies: Collection[str],
) -> tuple[str, ...]:  # fmt: skip
    """The gaps of one debt, in the order of `GAPS`. `rows`: everything that was told of its past."""
    found = set(gaps_of_rows(rows, today, agencies))
    found |= {"no_plan"} if not has_plan else set()
    found |= {"no_balance"} if facts.amounts is None else set()
    worked = any(row.name in HISTORY for row in rows)
    if not worked and not off_books and dpd(facts.oldest_unpaid_due_on, facts.pauses, today) >= history_from_dpd:
        found.add("no_history")
    if off_books and not any(row.name == "past_write_offs" for row in rows):
        found.add("write_off_unrecorded")
    return tuple(gap for gap in GAPS if gap in found)


def gaps_of_rows(rows: Sequence[PastRow], today: date, agencies: Collection[str]) -> tuple[str, ...]:
    """The gaps of what was told, in the order of `GAPS`."""
    found = {gap for row in rows for gap in _of_row(row, today, agencies)}
    if any(map(_placed, rows)) and any(map(_in_court, rows)):
        found.add("placed_in_court")
    return tuple(gap for gap in GAPS if gap in found)


def gaps_of_news(
    file: CaseFile, rows: Sequence[PastRow], today: date, agencies: Collection[str]
) -> tuple[str, ...]:  # fmt: skip
    """The gaps of news alone, of a case that somebody looked at or that was opened here: beside what runs by its file, in
    which the news stand already, a placement or a court file that they tell of may be one too many."""
    found = set(gaps_of_rows(rows, today, agencies))
    beside = any(_placed(row) or _in_court(row) for row in rows)
    if beside and file.placement and file.matter_open:
        found.add("placed_in_court")
    return tuple(gap for gap in GAPS if gap in found)


def _placed(row: PastRow) -> bool:
    return row.name == "past_placements" and row.get("returned_on") is None


def _in_court(row: PastRow) -> bool:
    return row.name == "past_matters" and _runs(row)


def _of_row(row: PastRow, today: date, agencies: Collection[str]) -> set[str]:
    match row.name:
        case "past_matters":
            return {gap for gap, so in (("matter_stage_unknown", row.get("stage") is None or _not_docketed(row)),
                                        ("matter_without_proof", _not_proved(row))) if so}  # fmt: skip
        case "past_measures" if not row.get("proof"):
            return {"measure_without_ruling"}
        case "past_write_offs" if not row.get("proof"):
            return {"write_off_without_proof"}
        case "past_placements" if row.get("returned_on") is None:
            return {gap for gap, so in (("placement_agency_unknown", row.cells["agency"] not in agencies),
                                        ("placement_over", row.cells["until_on"] < today)) if so}  # fmt: skip
        case "past_arrangements" if row.get("ended_on") is None:
            return {gap for gap, so in (("arrangement_without_paper", not row.get("proof")),
                                        ("arrangement_over", row.cells["until_on"] < today)) if so}  # fmt: skip
        case "past_statuses" if row.cells["status"] == "deceased" and not row.get("proof"):
            return {"death_without_certificate"}
        case "past_demands" if row.cells["kind"] == "acceleration" and row.get("delivered_on") and not row.get("proof"):
            return {"acceleration_without_proof"}
    return set()


def _not_docketed(row: PastRow) -> bool:
    stage = row.get("stage")
    runs = stage not in ENDED_STAGES and stage not in WAITS
    return runs and row.cells["route"] not in OUTSIDE and row.get("docketed_on") is None


def _not_proved(row: PastRow) -> bool:
    """Whether a file is said to be past its filing, and nothing shows that the court took it on."""
    known = row.get("stage") is not None and row.get("stage") not in WAITS
    return known and live(row) and not (row.get("number") or row.get("proof"))


def _runs(row: PastRow) -> bool:
    return row.get("stage") not in ENDED_STAGES


def live(row: PastRow) -> bool:
    """Whether a row alone calls for a case: a file or a placement that runs, a debt that is off the books."""
    if row.name == "past_write_offs":
        return True
    if row.name == "past_placements":
        return row.get("returned_on") is None
    return row.name == "past_matters" and row.get("stage") not in (ENDED_STAGES - {"", "ended_for_now"})
