"""What an agency is given of a debt, and what a filing bundle says is wanting."""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfReader

from desk.drafting import draft
from desk.packet_kinds import Built, build_kind
from desk.packets import verified
from recourse import events as ev
from recourse.documents.wording import figures
from recourse.money import to_minor
from recourse.packets.checking import content_of, manifest_in
from tests.stories.agencies import agency_of, opens_day_file
from tests.stories.bank import Bank
from tests.stories.test_agencies import placed


def text_of(built: Built) -> str:
    pages = PdfReader(BytesIO(built.pdf)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_an_agency_gets_what_its_day_file_gives_and_no_more(bank: Bank) -> None:
    """The pack names the debtor, the number, the contract and what is due as the sealed file of the day does; and neither
    the identity number nor the address, which an agency has no need of."""
    placed(bank)
    agency, placement = agency_of(bank, "A1")
    (row,) = opens_day_file(bank, agency).rows
    built = build_kind(bank.desk_of("osm-01"), "placement", "A1")
    assert verified(bank.desk, built.pdf).problems == ()
    text = text_of(built)
    due = figures(to_minor(row["due"], "CNY"), "CNY")
    for said in (
        row["debtor"],
        row["phone"],
        row["contract_no"],
        due,
        row["until"],
        placement,
        f"至多{row['contacts']}次",
    ):
        assert said in text, said
    for said in ("22:00至次日08:00", "示例信用" if agency == "agency-a" else "样本资产", "00000-3", "转委托", "返还"):
        assert said in text, said
    facts = bank.life("A1").facts
    for kept_back in ("11010119800101", "虚构路", facts.person_id + "担保", "R4", "rm-01"):
        assert kept_back not in text, kept_back


def test_the_notice_its_arrival_and_every_exclusion_stand_in_the_pack(bank: Bank) -> None:
    placed(bank)
    built = build_kind(bank.desk_of("osm-01"), "placement", "A1")
    manifest = manifest_in(built.pdf)
    assert manifest is not None
    (notice,) = [each for each in manifest.exhibits if each.file]
    assert notice.heading == "附件一 委外催收告知书"
    text = text_of(built)
    assert notice.sha256 in text
    assert "无债务异议符合" in text
    assert "不符" not in text
    assert built.missing == ("notice_proof", "contract"), "neither lies here as a paper"
    assert "已发出，尚无送达凭证" in text
    bank.files("A1", "delivery_proof")
    again = build_kind(bank.desk_of("osm-01"), "placement", "A1")
    assert "notice_proof" in again.missing, "a proof of another letter proves nothing of this one"
    proof = ev.DocumentReceived("ab" * 32, "delivery_proof", "application/pdf", 9, "outsourcing_notice", bank.day)
    bank.happens("A1", proof)
    assert build_kind(bank.desk_of("osm-01"), "placement", "A1").missing == ("contract",)


def test_what_the_debtor_ruled_out_the_agency_is_told(bank: Bank) -> None:
    placed(bank)
    before = text_of(build_kind(bank.desk_of("osm-01"), "placement", "A1"))
    assert "没有登记限制" in before
    bank.brake("A1", "hardship")
    built = build_kind(bank.desk_of("osm-01"), "placement", "A1")
    assert "exclusions" in built.missing
    assert "未满足：无困难帮扶" in text_of(built)


def test_a_notice_whose_arrival_nobody_proved_is_a_gap(bank: Bank) -> None:
    """The letter went out and nothing came back: the bundle says so, with who is to mend it, until the proof is there."""
    bank.loan("A1", due="2025-03-10")
    bank.staff_agrees("formal_notice")
    bank.play(until="2025-04-25", every=3)
    assert ("A1", bank.sent("formal_notice")[0][1]) in bank.sent("formal_notice")
    built = build_kind(bank.desk_of("blg-01"), "litigation", "A1")
    assert {"contract", "disbursement", "delivery_proof_1"} <= set(built.missing)
    text = text_of(built)
    assert "第1份通知（催收通知书" in text
    assert "无送达凭证，待分行资产保全负责人补齐" in text
    bank.files("A1", "loan_contract", "disbursement")
    bank.post_delivers("A1", "formal_notice")
    done = build_kind(bank.desk_of("blg-01"), "litigation", "A1")
    assert not {"contract", "disbursement", "delivery_proof_1"} & set(done.missing)
    assert verified(bank.desk, done.pdf).problems == ()


def test_a_card_is_sued_on_its_own_form(bank: Bank) -> None:
    """The bundle of a card is bound on the form for cards; what nobody knows stands open or is named, never invented."""
    bank.loan("A1", due="2025-03-10", product="credit_card")
    bank.play(until="2025-03-20", every=3)
    built = build_kind(bank.desk_of("blg-01"), "litigation", "A1")
    assert content_of(built.pdf) is not None
    assert b"cn/complaint_card/" in (content_of(built.pdf) or b"")
    assert "disbursement" not in built.missing, "a card is not paid out"
    assert "contract" in built.missing
    text = text_of(built)
    assert "信用卡" in text
    assert "complaint" in built.missing
    assert "缺少事实prompting.done" in text
    drafted = draft(bank.desk_of("blg-01"), "complaint_card", "A1", ("prompting.done=false", "collection.done=false"))
    done = build_kind(bank.desk_of("blg-01"), "litigation", "A1")
    assert "complaint" not in done.missing
    manifest = manifest_in(done.pdf)
    assert manifest is not None
    assert manifest.exhibits[0].sha256 == drafted.sha256, "what a person said by hand stands in the draft in the file"
    assert verified(bank.desk, done.pdf).problems == ()
