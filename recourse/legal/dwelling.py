"""The home of the person who owes: it may be sealed, but is it sold, and what is kept back for rent? Pure.

查封规定 4 keeps what the family needs to live in; 异议复议规定 20 says when that is no objection. The rules for a home that is
mortgaged (grace, temporary housing, no eviction of families on subsistence allowance) were read in a text of 2005 whose
force is not confirmed: they are kept as the bank's own stop, which a person has to lift.
"""

from __future__ import annotations

from datetime import date

import msgspec

from recourse.days import months_later
from recourse.legal.grounds import Ground, bank, law, ruled
from recourse.policy.book import Policy

LEAST, MOST, GRACE = "dwelling.rent_years_least", "dwelling.rent_years_most", "dwelling.grace_months"
ARTICLE = "异议复议规定 20"


class Home(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of a home; None: not known. `monthly_rent`: the place's average for such a home, in minor units.

    `needed_to_live`: the debtor and those he keeps have no other home. `supporter_has_home`: somebody bound to keep the
    debtor has one. `moved_another_away`: he gave another home away after the title, to escape. `subsistence`: the family
    is on subsistence allowance. `sale_ruled_on`: day of the ruling on the sale.
    """

    needed_to_live: bool | None = None
    mortgaged_to_us: bool = False
    supporter_has_home: bool | None = None
    moved_another_away: bool | None = None
    housing_offered: bool = False
    rent_deducted: bool = False
    monthly_rent: int | None = None
    subsistence: bool | None = None
    sale_ruled_on: date | None = None


class HomeView(msgspec.Struct, frozen=True):
    """What may be done with a home. `may_sell` None: not known. `rent_least`, `rent_most`: to be kept back, minor units.

    `gate`: a person has to agree before anybody is put out. `grace_until_on`: nobody is put out before.
    """

    may_seal: bool
    may_sell: bool | None
    rent_least: int | None
    rent_most: int | None
    grace_until_on: date | None
    gate: bool
    because: tuple[Ground, ...]


def home_view(home: Home, policy: Policy) -> HomeView:
    """Whether a home may be sold for a money claim, and on which terms."""
    given = ruled(policy, (LEAST, MOST, GRACE)).numbers
    because = [law("may_seal", "查封规定 4", "可以查封", "it may be sealed")]
    may_sell, ground = _sale(home)
    because.append(ground)
    least = _rent(home, given.get(LEAST))
    most = _rent(home, given.get(MOST))
    if home.rent_deducted and (least is None or most is None):
        may_sell = None if may_sell else may_sell
        because.append(
            law("rent_unknown", ARTICLE, "当地平均租金或年限未知", "the average rent or the years are not known", LEAST)
        )
    stops = _stops(home)
    return HomeView(
        True,
        may_sell,
        least,
        most,
        _grace(home, given.get(GRACE)),
        bool(stops) or may_sell is None,
        (*because, *stops),
    )


def _sale(home: Home) -> tuple[bool | None, Ground]:
    """Whether it may be sold, by the first rule that says so."""
    if home.needed_to_live is False:
        return True, law("not_needed", "查封规定 4、5", "不是生活所必需的居住房屋", "not a home the family needs")
    if home.supporter_has_home:
        return True, law(
            "supporter", f"{ARTICLE}(1)", "扶养义务人另有住房", "somebody bound to keep the debtor has a home"
        )
    if home.moved_another_away:
        return True, law("moved", f"{ARTICLE}(2)", "为逃避债务转让其他房屋", "another home was given away to escape")
    if home.housing_offered:
        return True, law(
            "housing", f"{ARTICLE}(3)", "已按廉租住房标准提供住房", "housing of the low-rent standard is offered"
        )
    if home.rent_deducted:
        return True, law(
            "rent", f"{ARTICLE}(3)", "同意从变价款扣除五至八年租金", "rent is kept back from the price", LEAST
        )
    if home.needed_to_live is None:
        return None, law(
            "need_unknown", "查封规定 4", "是否生活所必需尚未查明", "whether the family needs it is not known"
        )
    if home.mortgaged_to_us:
        return None, bank(
            "mortgaged",
            "抵押房屋规定（未确认）",
            "已抵押：可否变卖须人工确认",
            "mortgaged: a person has to say whether it is sold",
        )
    return False, law("needed", "查封规定 4", "生活所必需的居住房屋，不得变卖", "a home the family needs is not sold")


def _rent(home: Home, years: int | None) -> int | None:
    """Rent to be kept back, nothing where none was promised."""
    if not home.rent_deducted:
        return 0
    return None if home.monthly_rent is None or years is None else home.monthly_rent * 12 * years


def _stops(home: Home) -> list[Ground]:
    """What a person of the bank has to look at before anybody is put out."""
    stops = []
    if home.subsistence is not False and home.needed_to_live is not False:
        stops.append(
            bank(
                "subsistence",
                "抵押房屋规定（未确认）",
                "低保家庭不得强制迁出（待人工确认）",
                "a family on subsistence is not put out",
            )
        )
    if home.mortgaged_to_us and home.needed_to_live is not False:
        stops.append(
            bank("temporary", "抵押房屋规定（未确认）", "须先安排临时住房", "temporary housing comes first", GRACE)
        )
    return stops


def _grace(home: Home, months: int | None) -> date | None:
    """The last day of grace of a mortgaged home; None before the ruling, or where none is due."""
    if not home.mortgaged_to_us or home.sale_ruled_on is None or months is None or home.needed_to_live is False:
        return None
    return months_later(home.sale_ruled_on, months)
