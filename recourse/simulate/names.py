"""Names, papers and numbers of people who do not exist: natural to read, and impossible to mistake for anybody's.

Identity numbers stand under an area code that is not given out and bear a wrong check character; mobile numbers use
the unallocated prefix 154; addresses lie in towns that are on no map. Rare characters come in about two names of a
hundred.
"""

from __future__ import annotations

from datetime import date

from recourse.simulate.draws import Draws

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰萍红玲芬燕彬鹏浩宇辉力飞波宁云天佑晨曦子轩雨欣梓"
    "涵思远嘉怡文博雅婷志国建春海山峰林森颖慧琳瑶佳琪俊豪泽民景行知微若水安然书瑞承志维桢怀瑾"
)
RARE = "𠮷㛃龘犇䶮㙍堃赟翀喆骉𬱖"
"""Characters beyond GB 2312, two of them beyond the basic plane."""

TOWNS = (("临澜市", "990101"), ("云汐市", "990102"), ("安屿市", "990103"), ("长汀湾市", "990104"), ("青岚市", "990105"))
DISTRICTS = ("东湖区", "西岭区", "河阳区", "新桥区")
STREETS = ("望江路", "长宁街", "桂花巷", "学府路", "民生路", "石桥街", "迎宾大道", "文化路", "柳荫路", "建业街")
TRADES = ("商贸", "建材", "食品", "机电", "纺织", "物流", "餐饮管理", "装饰工程")
WORDS = ("恒远", "广达", "瑞丰", "嘉禾", "同泰", "盛业", "永信", "百川")
EMPLOYERS = ("第三中学", "纺织厂", "人民医院", "公交公司", "软件园", "食品厂", "超市连锁", "物业公司")

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def person_name(draws: Draws, key: str) -> str:
    """A personal name of two or three characters."""
    surname = draws.pick(SURNAMES, key, "surname")
    given = draws.pick(GIVEN, key, "given")
    if draws.chance(2, key, "rare"):
        given = draws.pick(RARE, key, "rare character")
    second = draws.pick(GIVEN, key, "second") if draws.chance(72, key, "two") else ""
    return surname + second + given


def company_name(draws: Draws, key: str, town: str) -> str:
    """The name of a company in a town."""
    word, trade = draws.pick(WORDS, key, "word"), draws.pick(TRADES, key, "trade")
    return f"{town}{word}{trade}有限公司"


def home(draws: Draws, key: str) -> tuple[str, str, str]:
    """Town, its area code, and a full postal address there."""
    town, region = draws.pick(TOWNS, key, "town")
    street, house = draws.pick(STREETS, key, "street"), draws.between(1, 288, key, "house")
    block, floor = draws.between(1, 12, key, "block"), draws.between(1, 18, key, "floor")
    district, flat = draws.pick(DISTRICTS, key, "district"), draws.between(1, 4, key, "flat")
    return town, region, f"{town}{district}{street}{house}号{block}栋{floor}0{flat}室"


def id_number(draws: Draws, key: str, region: str, birth_on: date) -> str:
    """Eighteen characters in the shape of an identity number, with a check character that is always wrong."""
    body = f"{region}{birth_on:%Y%m%d}{draws.between(1, 999, key, 'serial'):03d}"
    right = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11
    return body + _CHECKS[(right + 1) % 11]


def company_number(draws: Draws, key: str, region: str) -> str:
    """Eighteen characters in the shape of a unified social credit code, under no authority that gives any out."""
    return f"00{region}{draws.below(10**10, key, 'uscc'):010d}"


def mobile(draws: Draws, key: str) -> str:
    """Eleven digits under a prefix that is not allocated."""
    return f"154{draws.below(10**8, key, 'mobile'):08d}"
