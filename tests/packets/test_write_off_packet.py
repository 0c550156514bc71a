"""The write-off packet: it says everything, leaves the opinion to counsel, and shows any change."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recourse.canonical import digest
from recourse.documents.compose import MissingFact
from recourse.documents.fonts import Fonts
from recourse.documents.templates import Template, Templates
from recourse.money import Amounts
from recourse.packets import checking
from recourse.packets.binding import TRAILER, bind, sealed
from recourse.packets.checking import check
from recourse.packets.write_off import content_of, write_off
from recourse.packets.write_off_data import (
    LegalFacts,
    PacketContact,
    PacketData,
    PacketDocument,
    PacketEvent,
    PacketRecovery,
    PacketVote,
)

START = date(2024, 10, 12)
REPLACED = msgspec.structs.replace


@pytest.fixture(scope="module")
def form(templates: Templates) -> Template:
    return templates.in_force("cn", "write_off_application", date(2026, 11, 23))


@pytest.fixture(scope="module")
def data(templates: Templates) -> PacketData:
    return PacketData(
        packet_no="核材〔2026〕第000007号",
        bank="示例银行股份有限公司样本区支行",
        account_id="SL-2022-000555",
        debtor="周某",
        currency="CNY",
        as_of=date(2026, 10, 31),
        built_on=date(2026, 11, 23),
        amounts=Amounts(principal=3456789, interest=600000, penalty=80000, compound=11246, costs=5600),
        application=templates.sample("cn", "write_off_application"),
        legal=LegalFacts(course="判决胜诉，已终结本次执行", facts=("未发现其他财产",)),
        plan="每半年查询一次财产线索",
        keeper="资产保全岗吴某",
        events=(PacketEvent(START, "发出催收通知书", "cn/entry/formal_notice", "民法典第一百九十五条", "系统"),),
        contacts=tuple(PacketContact(START + timedelta(7 * at), "电话", "无人接听", f"P-{at}") for at in range(40)),
        documents=(PacketDocument("借款合同", digest("借款合同"), date(2022, 4, 11), "档案室 3-12"),),
        votes=(
            PacketVote("RSK", "风险管理部", "郑某", "approve", "证据齐备", "2026-11-20T02:11:00Z"),
            PacketVote("FIN", "财务会计部", "冯某", "reject", "金额待核", "2026-11-20T02:30:00Z", on_behalf_of="陈某"),
        ),
        recoveries=(PacketRecovery(date(2025, 9, 1), 250000, "执行到账"),),
        seal_root=digest("seal"),
        seal_on=date(2026, 11, 22),
    )


def write_off_packet(data: PacketData, form: Template, fonts: Fonts) -> bytes:
    return bind(write_off(data, form), fonts)


@pytest.fixture(scope="module")
def packet(data: PacketData, form: Template, fonts: Fonts) -> bytes:
    return write_off_packet(data, form, fonts)


def test_it_says_everything(packet: bytes, data: PacketData, pages_of: Callable[[bytes], list[str]]) -> None:
    text = "".join(pages_of(packet))
    for said in (
        data.packet_no,
        data.account_id,
        "周某",
        "34,567.89",
        "41,536.35",
        "发出催收通知书",
        "民法典第一百九十五条",
    ):
        assert said in text
    for said in (
        "共40次",
        "跨度273天",
        "P-39",
        "借款合同",
        digest("借款合同"),
        "不同意",
        "冯某（代陈某）",
        "2026-11-2002:30:00UTC",
    ):
        assert said in text
    for said in (
        data.seal_root,
        "2,500.00",
        "执行到账",
        "资产保全岗吴某",
        "判决胜诉",
        "未发现其他财产",
        "法律意见（必填",
    ):
        assert said in text


def test_the_same_data_give_the_same_file(packet: bytes, data: PacketData, form: Template, fonts: Fonts) -> None:
    assert write_off_packet(data, form, fonts) == packet
    assert write_off_packet(REPLACED(data, keeper="另一人"), form, fonts) != packet


def test_an_intact_packet_verifies_and_gives_its_data_back(packet: bytes, data: PacketData, form: Template) -> None:
    found = check(packet)
    assert found.intact
    assert found.file_sha256 == digest(packet)
    text = checking.content_of(packet)
    assert text is not None
    content = content_of(text)
    assert content.data == data
    assert (content.form, content.form_sha256) == (form.version, form.sha256)


def test_the_cover_prints_the_hash_of_the_data(packet: bytes, pages_of: Callable[[bytes], list[str]]) -> None:
    assert check(packet).content_sha256 in pages_of(packet)[0]


@settings(max_examples=200)
@given(data_of_test=st.data())
def test_any_changed_byte_is_found(packet: bytes, data_of_test: st.DataObject) -> None:
    at = data_of_test.draw(st.integers(0, len(packet) - 1))
    other = data_of_test.draw(st.integers(1, 255))
    changed = bytearray(packet)
    changed[at] ^= other
    assert not check(bytes(changed)).intact


@pytest.mark.parametrize("wrong", [b"", b"%PDF-1.4", b"x" * 1000])
def test_what_is_no_packet_is_not_intact(wrong: bytes) -> None:
    assert check(wrong).problems == ("no hash at the end of the file: not a packet, or cut short",)


def test_shortened_or_lengthened_is_found(packet: bytes) -> None:
    assert not check(packet[:-1]).intact
    assert not check(packet + b"\n").intact


def sealed_again(pdf: bytes) -> bytes:
    """As a forger would: a new hash at the end of a changed file."""
    return sealed(TRAILER.sub(rb"\2", pdf))


def test_data_of_another_packet_do_not_pass_for_these_pages(
    packet: bytes, data: PacketData, form: Template, fonts: Fonts
) -> None:
    name = check(packet).content_sha256.encode()
    other = check(write_off_packet(REPLACED(data, plan="不再追索"), form, fonts)).content_sha256.encode()
    assert check(sealed_again(packet)).intact
    forged = check(sealed_again(packet.replace(name, other)))
    assert forged.problems == ("the embedded data are not those that the file's properties and manifest name",)


def test_never_sued_needs_a_reason_and_a_claim_needs_a_keeper(data: PacketData, form: Template, fonts: Fonts) -> None:
    with pytest.raises(MissingFact, match=r"legal\.why_not_sued"):
        write_off_packet(REPLACED(data, legal=LegalFacts()), form, fonts)
    with pytest.raises(MissingFact, match="keeper"):
        write_off_packet(REPLACED(data, keeper=" "), form, fonts)


def test_a_fact_missing_from_the_form_is_named(data: PacketData, form: Template, fonts: Fonts) -> None:
    application = json.loads(json.dumps(data.application))
    del application["criterion"]["citation"]
    with pytest.raises(MissingFact, match=r"criterion\.citation"):
        write_off_packet(REPLACED(data, application=application), form, fonts)


def test_nothing_yet_is_said_and_not_left_blank(
    data: PacketData, form: Template, fonts: Fonts, pages_of: Callable[[bytes], list[str]]
) -> None:
    bare = REPLACED(data, events=(), contacts=(), documents=(), votes=(), recoveries=(), seal_root="", seal_on=None)
    bare = REPLACED(bare, legal=LegalFacts(why_not_sued="金额小于诉讼成本"))
    text = "".join(pages_of(write_off_packet(bare, form, fonts)))
    for said in ("没有联系记录", "尚未表决", "没有收回", "编制时尚无封印", "未诉讼的理由金额小于诉讼成本"):
        assert said in text
