"""The schema that editors use: up to date, valid itself, satisfied by every shipped file, and not by a spoilt one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from recourse.policy.json_schema import rule_schema, schema_text
from recourse.policy.text import read_yaml
from recourse.policy.values import KINDS

PACKS = Path(__file__).parents[2] / "policy_packs"
FILES = sorted(PACKS.glob("*/*/*.yaml"))


@pytest.fixture(scope="module")
def validator() -> Any:
    return Draft202012Validator(rule_schema(), format_checker=FormatChecker())


def complaints(validator: Any, text: str) -> list[str]:
    return [error.message for error in validator.iter_errors(read_yaml("x", text))]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(rule_schema())


def test_the_committed_schema_is_what_the_types_say() -> None:
    committed = (PACKS / "schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(), "run: recourse policy schema -o policy_packs/schema.json"


def test_every_kind_has_its_values_described() -> None:
    schema = rule_schema()
    assert [each["if"]["properties"]["kind"]["const"] for each in schema["allOf"]] == list(KINDS)
    assert set(schema["properties"]["kind"]["enum"]) == set(KINDS)


def test_every_shipped_file_satisfies_it(validator: Any) -> None:
    found = {str(file.relative_to(PACKS)): complaints(validator, file.read_text(encoding="utf-8")) for file in FILES}
    assert {place: said for place, said in found.items() if said} == {}


@pytest.mark.parametrize(
    ("place", "pattern", "instead"),
    [
        ("cn/clock/appeal_days.yaml", "number: 15", "number: fifteen"),
        ("cn/clock/appeal_days.yaml", "number: 15", "days: 15"),
        ("cn/clock/appeal_days.yaml", "kind: number", "kind: numbers"),
        ("cn/clock/appeal_days.yaml", "strength: must", "strength: shall"),
        ("cn/clock/appeal_days.yaml", "published: 2023-09-01", "published: 2023-09-31"),
        ("cn/clock/appeal_days.yaml", "published: 2023-09-01", "published: 1.9.2023"),
        ("cn/clock/appeal_days.yaml", "      act: .*\n", ""),
        ("cn/clock/appeal_days.yaml", "  zh: .*\n", ""),
        ("cn/entry/call.yaml", "measure: dpd", "measure: dpo"),
        ("cn/entry/call.yaml", "again_after_days: ", "again_after_days: -"),
        ("bank_default/brake/complaint.yaml", "stops: ", "stopps: "),
        ("bank_default/tiers/cny.yaml", "5_000_000", "5 million"),
    ],
)
def test_a_spoilt_file_does_not(validator: Any, place: str, pattern: str, instead: str) -> None:
    text = (PACKS / place).read_text(encoding="utf-8")
    spoilt = re.sub(pattern, instead, text, count=1)
    assert spoilt != text
    assert complaints(validator, spoilt)


def test_amounts_may_be_grouped_for_an_editor_that_reads_them_as_text(validator: Any) -> None:
    text = (PACKS / "cn/clock/appeal_days.yaml").read_text(encoding="utf-8")
    assert complaints(validator, text.replace("number: 15", 'number: "1_500"')) == []
    assert complaints(validator, text.replace("number: 15", 'number: "1500"'))
