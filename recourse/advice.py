"""What the business adds to the gate of a node: parts that are shown beside the evidence, and what bars a choice. Pure.

The core knows no rung: the desk hands it a table of advice by node, as it hands it the acts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec

from recourse.facts import Facts
from recourse.policy.book import Policy

Shown = Callable[[Facts, Policy, date], Mapping[str, Any]]
"""Parts that a gate shows: worked out of the facts, so that they bind nothing by themselves."""

Bars = Callable[[Facts, Policy, str, date], str]
"""Why a choice is barred by law on a day, in words ("" = it is not)."""


def _nothing(facts: Facts, policy: Policy, day: date) -> Mapping[str, Any]:
    return {}


def _free(facts: Facts, policy: Policy, choice: str, day: date) -> str:
    return ""


class Advice(msgspec.Struct, frozen=True):
    """Of one node."""

    shown: Shown = _nothing
    bars: Bars = _free


Advices = Mapping[str, Advice]
"""By node."""
