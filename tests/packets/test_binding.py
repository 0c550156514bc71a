"""Binding: other people's pages, page ranges, and where a change is found."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from recourse.canonical import digest
from recourse.documents.blocks import Heading, Paragraph, plain
from recourse.documents.fonts import Fonts
from recourse.packets.binding import TRAILER, bind, numeral, sealed
from recourse.packets.checking import against_ledger, check, manifest_in
from recourse.packets.model import Exhibit, Line, Packet
from recourse.packets.sheets import sheaf

OFD = b"PK\x03\x04 not a page that we can show"


def scan(*texts: str, size: tuple[int, int] = (595, 842)) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=1)
    for text in texts:
        canvas.drawString(80, 400, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def photo() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (900, 600), (200, 30, 30)).save(buffer, "JPEG")
    return buffer.getvalue()


CONTRACT, PHOTO = scan("contract one", "contract two", size=(842, 595)), photo()
FILES = {digest(data): data for data in (CONTRACT, PHOTO, OFD)}


def taken(title: str, data: bytes) -> Exhibit:
    pages = sheaf(data).pages
    return Exhibit(title, (), digest(data), pages, "case:c1#4", original_at="档案室", attached=not pages)


PACKET = Packet(
    "collection_file", "催收档案", "核材〔2026〕第1号", "示例银行", ((("账户", "SL-1"),),),
    (
        Exhibit("经过", (Paragraph(plain("第一项。")), Heading(3, "小节")), source="case:c1"),
        taken("借款合同", CONTRACT), taken("照片", PHOTO), taken("照片", OFD),
        Exhibit("结论", tuple(Paragraph(plain(f"第 {n} 段，" + "内容" * 120)) for n in range(20))),
    ),
    '{"a":1}',
    (Line("contract", "借款合同", "there"), Line("opinion", "法律意见书", "waived", "小额清单，BLG 李某")),
)  # fmt: skip


@pytest.fixture(scope="module")
def bound(fonts: Fonts) -> bytes:
    return bind(PACKET, fonts, FILES)


def test_every_exhibit_has_its_pages_in_index_and_manifest(
    bound: bytes, pages_of: Callable[[bytes], list[str]]
) -> None:
    manifest, pages = manifest_in(bound), pages_of(bound)
    assert manifest is not None
    spans = [(each.first, each.last) for each in manifest.exhibits]
    assert spans == [(2, 2), (3, 5), (6, 7), (8, 8), (9, spans[-1][1])]
    assert spans[-1][1] > 9
    assert len(pages) == len(manifest.pages) == spans[-1][1] + 1
    for each in manifest.exhibits:
        assert "".join(each.heading.split()) in pages[each.first - 1]
        span = f"{each.first}–{each.last}" if each.first != each.last else str(each.first)
        assert span in pages[-1]
    assert "contracttwo" in pages[4]
    assert "第5页共" in pages[4]
    assert "豁免" in pages[0]
    assert "材料三照片3" not in pages[0]


def test_two_of_a_kind_are_told_apart(bound: bytes) -> None:
    manifest = manifest_in(bound)
    assert manifest is not None
    assert [each.heading for each in manifest.exhibits][2:4] == ["材料三 照片", "材料四 照片"]


def test_the_same_packet_gives_the_same_bytes(bound: bytes, fonts: Fonts) -> None:
    assert bind(PACKET, fonts, FILES) == bound


def test_what_has_no_pages_lies_in_it_whole(bound: bytes) -> None:
    with pikepdf.open(BytesIO(bound)) as opened:
        assert opened.attachments[digest(OFD)].get_file().read_bytes() == OFD
    assert check(bound).problems == ()


@settings(max_examples=150)
@given(data=st.data())
def test_any_changed_byte_is_found(bound: bytes, data: st.DataObject) -> None:
    at, other = data.draw(st.integers(0, len(bound) - 1)), data.draw(st.integers(1, 255))
    changed = bytearray(bound)
    changed[at] ^= other
    assert not check(bytes(changed)).intact


def altered(bound: bytes, page: int, before: bytes, after: bytes) -> bytes:
    """The packet with another word on one page; nothing else is renewed."""
    with pikepdf.open(BytesIO(bound)) as opened:
        shown = opened.pages[page - 1]
        for form in [*(shown.Resources.get("/XObject") or {}).values(), *_own(shown)]:
            form.write(bytes(form.read_bytes()).replace(before, after))
        buffer = BytesIO()
        opened.save(buffer, deterministic_id=True)
    end, changed = TRAILER.search(bound), buffer.getvalue()
    assert end is not None
    at = changed.rindex(b"startxref\n")
    return changed[:at] + b"%recourse-sha256 " + end[1] + b"\n" + changed[at:]


def _own(page: pikepdf.Page) -> list[pikepdf.Object]:
    contents = page.obj["/Contents"]
    return list(contents) if isinstance(contents, pikepdf.Array) else [contents]


def test_a_changed_word_is_placed(bound: bytes) -> None:
    found = check(altered(bound, 5, b"contract two", b"contract 222"))
    assert found.problems == ("page 5 differs: 材料二 借款合同",)


def test_a_forger_who_renews_the_end_is_found_page_by_page(bound: bytes) -> None:
    forged = altered(bound, 5, b"contract two", b"contract 222")
    assert check(sealed(TRAILER.sub(rb"\2", forged))).problems == ("page 5 differs: 材料二 借款合同",)


def test_a_change_outside_the_pages_is_said_to_be(bound: bytes) -> None:
    changed = bound.replace(b"(Recourse)", b"(Resource)", 1)
    assert changed != bound
    assert check(changed).problems == (
        "the file was changed outside its pages (fonts, bookmarks, properties or structure)",
    )


def test_what_is_appended_is_found(bound: bytes) -> None:
    assert check(bound + b"x").problems == ("1 bytes stand behind the packet's own end",)
    assert not check(bound[:-1]).intact


def test_the_ledger_speaks_too(bound: bytes) -> None:
    found, manifest = check(bound), manifest_in(bound)
    kept = set(FILES)
    assert against_ledger(found, manifest, {found.file_sha256}, kept) == []
    assert against_ledger(found, manifest, set(), kept) == ["the ledger knows no packet with this hash"]
    (lost,) = against_ledger(found, manifest, {found.file_sha256}, kept - {digest(PHOTO)})
    assert lost == f"材料三 照片: the ledger knows no paper {digest(PHOTO)[:16]}"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 torn", OFD, b"\xff\xd8\xff torn", b"\x89PNG\r\n\x1a\n"])
def test_what_cannot_be_shown_has_no_pages(data: bytes) -> None:
    assert sheaf(data).pages == 0


def test_a_locked_pdf_has_no_pages() -> None:
    buffer = BytesIO()
    with pikepdf.open(BytesIO(CONTRACT)) as opened:
        opened.save(buffer, encryption=pikepdf.Encryption(owner="o", user="u"))
    assert sheaf(buffer.getvalue()).pages == 0


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "一"), (10, "十"), (11, "十一"), (15, "十五"), (20, "二十"), (99, "九十九"), (100, " 100 ")],
)
def test_numerals(number: int, text: str) -> None:
    assert numeral(number) == text
