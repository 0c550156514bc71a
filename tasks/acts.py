"""The table of contents: the act of every worked node, and what follows from a proof of delivery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from recourse.acts import Act, Acts
from recourse.events import Event
from recourse.facts import Facts
from tasks import (
    acceleration,
    agency_referral,
    call,
    collateral,
    formal_notice,
    guarantor,
    litigation,
    outsourcing_notice,
    reminder,
    write_off,
)

_ALL: tuple[Act, ...] = (
    reminder.Reminder(),
    call.Call(),
    formal_notice.FormalNotice(),
    acceleration.Acceleration(),
    outsourcing_notice.OutsourcingNotice(),
    agency_referral.AgencyReferral(),
    collateral.CollateralValuation(),
    collateral.AgreedSale(),
    collateral.SecurityRealisation(),
    guarantor.GuarantorDemand(),
    litigation.LitigationRoute(),
    litigation.Litigation(),
    litigation.Withdrawal(),
    litigation.Enforcement(),
    write_off.WriteOff(),
)

ACTS: Acts = {act.node: act for act in _ALL}

PROOFS: dict[str, Callable[[Facts, str, str, date], tuple[Event, ...]]] = {
    "formal_notice": formal_notice.proved,
    "acceleration": acceleration.proved,
    "guarantor_demand": guarantor.proved,
}
