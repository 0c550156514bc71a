"""The committee book: two hundred accounts, each on its own page, and a summary that says where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec
import pytest

from recourse.canonical import digest
from recourse.documents.fonts import Fonts
from recourse.money import Amounts
from recourse.packets.binding import bind
from recourse.packets.checking import check, content_of, manifest_in
from recourse.packets.committee_book import Listed, Member, committee_book
from recourse.packets.model import Line

REPLACED = msgspec.structs.replace
WAIVED = Line("recovery_report", "清收报告", "waived", "bap-01（BAP）：小额")


def member(n: int) -> Member:
    return Member(
        f"SL-{n:04d}", "王*", f"010{n % 3}", "信用卡透支" if n % 2 else "个人消费贷款", "CNY",
        None if n == 7 else Amounts(principal=1_000_00 + n), date(2026, 10, 31), date(2024, 1, 1), 1034, "R4", "失业",
        "经追索两年以上" if n % 5 else "诉讼后无财产", "criterion.x", "财金〔2017〕90号", (("电话联系", "3 次"),),
        (WAIVED,), digest(f"packet {n}"), digest(f"evidence {n}"), f"case:c{n}",
    )  # fmt: skip


def listed(count: int) -> Listed:
    return Listed(
        "示议〔2026〕第1号", "示例银行", "呆账核销", date(2026, 11, 23), tuple(member(n) for n in range(count)),
        gate="gate-1", tier="T1", evidence_hash=digest("list"), packet_hash=digest("packets"), struck=2,
    )  # fmt: skip


@pytest.fixture(scope="module")
def bound(fonts: Fonts) -> bytes:
    return bind(committee_book(listed(200)), fonts)


def test_two_hundred_accounts_each_on_a_page_of_its_own(bound: bytes, pages_of: Callable[[bytes], list[str]]) -> None:
    assert check(bound).problems == ()
    manifest, pages = manifest_in(bound), pages_of(bound)
    assert manifest is not None
    theirs = [each for each in manifest.exhibits if each.heading.startswith("第") and "户" in each.heading]
    assert len(theirs) == 200
    assert all(each.first == each.last for each in theirs)
    assert len({each.first for each in theirs}) == 200
    for n, each in enumerate(theirs):
        assert f"SL-{n:04d}" in pages[each.first - 1]
        assert digest(f"packet {n}") in pages[each.first - 1]


def test_index_and_summary_go_over_several_pages_and_name_the_right_ones(
    bound: bytes, pages_of: Callable[[bytes], list[str]]
) -> None:
    manifest, pages = manifest_in(bound), pages_of(bound)
    assert manifest is not None
    summary, first = manifest.exhibits[0], manifest.exhibits[2]
    assert summary.first > 3, "the index of two hundred accounts has more than two pages"
    assert summary.last - summary.first >= 5
    told = "".join(pages[summary.first - 1 : summary.last])
    assert f"第1户SL-0000王*1,000.00诉讼后无财产豁免1项{digest('packet 0')[:16]}{first.first}" in told
    last = manifest.exhibits[-1]
    assert f"{digest('packet 199')[:16]}{last.first}" in told
    assert "第8户SL-0007王*未知" in told


def test_totals_by_branch_product_and_criterion(bound: bytes, pages_of: Callable[[bytes], list[str]]) -> None:
    manifest, pages = manifest_in(bound), pages_of(bound)
    assert manifest is not None
    totals = manifest.exhibits[1]
    text = "".join(pages[totals.first - 1 : totals.last])
    whole = sum(1_000_00 + n for n in range(200) if n != 7)
    cards = sum(1_000_00 + n for n in range(200) if n % 2 and n != 7)
    assert f"信用卡透支100{cards // 100:,}.{cards % 100:02d}（CNY），1户余额未知" in text
    assert "诉讼后无财产40" in text
    assert "010067" in text
    assert f"{whole // 100:,}.{whole % 100:02d}（CNY）" in pages[0]
    assert "2户，不在本材料内" in pages[0]


def test_the_list_s_hash_is_over_every_member() -> None:
    whole = listed(3)
    assert whole.hash == listed(3).hash
    others = [
        REPLACED(whole, members=(REPLACED(whole.members[0], packet="another"), *whole.members[1:])),
        REPLACED(whole, members=(REPLACED(whole.members[0], evidence="another"), *whole.members[1:])),
        REPLACED(whole, members=whole.members[:2]),
    ]
    assert len({each.hash for each in (whole, *others)}) == 4


def test_the_data_hold_the_amounts_in_minor_units(bound: bytes) -> None:
    said = msgspec.json.decode(content_of(bound) or b"")
    assert said["facts"]["members"][5]["amounts"]["principal"] == 1_000_05
    assert said["facts"]["members"][7]["amounts"] is None
