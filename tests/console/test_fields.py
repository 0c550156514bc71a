"""What the API says is wrong names its own fields."""

from __future__ import annotations

import pytest

from console.api_models import ComplaintIn, HoldIn
from console.fields import FIELDS, in_fields


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("give --reason TEXT", "give `reason`"),
        ("give --evidence WHERE, or uphold it", "give `evidence`, or uphold it"),
        ("--from", "`from_on`"),
        ("`--is-complex` first", "`is_complex` first"),
        ("see `recourse holds list --all`", "see `recourse holds list --all`"),
        ("`recourse hardship bring` with --papers", "`recourse hardship bring` with `papers`"),
        ("use one of dispute, hardship", "use one of dispute, hardship"),
        ("", ""),
    ],
)
def test_options_are_fields_and_commands_are_left(said: str, answered: str) -> None:
    assert in_fields(said) == answered


def test_fields_of_another_name_are_there() -> None:
    assert set(FIELDS.values()) <= {*ComplaintIn.model_fields, *HoldIn.model_fields}
