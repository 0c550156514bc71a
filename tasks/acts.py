"""The table of contents: the act of every worked node, and what follows from a proof of delivery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from recourse.acts import Act, Acts
from recourse.advice import Advices
from recourse.events import Event
from recourse.facts import Facts
from tasks import (
    acceleration,
    agency_referral,
    appeal,
    arrangement,
    auction,
    bankruptcy,
    call,
    collateral,
    criminal_referral,
    enforcement,
    estate,
    evasion,
    formal_notice,
    guarantor,
    hold_release,
    insurer_claim,
    limitation_demand,
    litigation,
    litigation_route,
    locate,
    npl_transfer,
    other_routes,
    outsourcing_notice,
    preservation,
    reinstatement,
    reminder,
    set_off,
    termination,
    visit,
    write_off,
)

_ALL: tuple[Act, ...] = (
    reminder.Reminder(),
    call.Call(),
    visit.Visit(),
    locate.Locate(),
    formal_notice.FormalNotice(),
    limitation_demand.LimitationDemand(),
    acceleration.Acceleration(),
    *reinstatement.ACTS,
    outsourcing_notice.OutsourcingNotice(),
    agency_referral.AgencyReferral(),
    *collateral.ACTS,
    *auction.ACTS,
    guarantor.GuarantorDemand(),
    *preservation.ACTS,
    litigation_route.LitigationRoute(),
    *other_routes.ACTS,
    litigation.Litigation(),
    litigation.Withdrawal(),
    *appeal.ACTS,
    *enforcement.ACTS,
    *arrangement.ACTS,
    *set_off.ACTS,
    *insurer_claim.ACTS,
    hold_release.HoldRelease(),
    *estate.ACTS,
    *bankruptcy.ACTS,
    *criminal_referral.ACTS,
    evasion.EvasionFinding(),
    write_off.WriteOff(),
    termination.Termination(),
    *npl_transfer.ACTS,
)

ACTS: Acts = {act.node: act for act in _ALL}

ADVICE: Advices = {"litigation_route": litigation_route.ADVICE, **arrangement.ADVICE}
"""What a gate shows beside its evidence, and which of its choices the law bars."""

PROOFS: dict[str, Callable[[Facts, str, str, date], tuple[Event, ...]]] = {
    "formal_notice": formal_notice.proved,
    "limitation_demand": limitation_demand.proved,
    "acceleration": acceleration.proved,
    "guarantor_demand": guarantor.proved,
}
