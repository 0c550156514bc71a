"""Signatures behind a packet: what they prove, and what is found when something else was added."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

from desk.signed_packets import Trust, examined, signed
from recourse.canonical import digest
from recourse.documents.fonts import Fonts
from recourse.errors import UserError
from recourse.packets import signing
from recourse.packets.binding import bind, sealed
from recourse.packets.checking import behind, check
from recourse.packets.signing import Signer, roots_in
from tests.packets.certificates import DAY, NOON, PASSWORD, holder
from tests.packets.test_binding import FILES, PACKET

PAGE_FAULT = "page 3 differs: 材料二 借款合同"


@pytest.fixture(scope="module")
def bound(fonts: Fonts) -> bytes:
    return bind(PACKET, fonts, FILES)


@pytest.fixture(scope="module")
def once(bound: bytes) -> bytes:
    return signed(bound, "a.pdf", key(), NOON, "风险管理部 RSK，代陈某")


def key(**of: Any) -> Signer:
    return Signer(holder(**of).key_file, PASSWORD)


def trusting(at: datetime = NOON) -> Trust:
    return Trust(roots_in(holder().root, "ca.pem"), at)


def test_a_signed_packet_is_intact_and_says_who_signed_when_and_in_what_capacity(bound: bytes, once: bytes) -> None:
    assert once.startswith(bound)
    found = examined(once, trusting())
    assert (found.problems, found.file_sha256) == ((), digest(bound))
    (each,) = found.signatures
    assert (each.by, each.at, each.capacity) == ("CN=郑某", NOON, "风险管理部 RSK，代陈某")
    assert (each.sound, each.trust) == (True, "trusted")
    assert check(once).problems == (behind(len(once) - len(bound)),)


def test_two_sign_one_after_the_other(once: bytes) -> None:
    twice = signed(once, "a.pdf", key(name="冯某"), NOON + DAY)
    found = examined(twice, trusting(NOON + DAY))
    assert found.problems == ()
    assert [(each.by, each.at, each.sound) for each in found.signatures] == [
        ("CN=郑某", NOON, True),
        ("CN=冯某", NOON + DAY, True),
    ]


def test_trust_is_asked_only_where_roots_are_given(once: bytes) -> None:
    assert [each.trust for each in examined(once).signatures] == ["not_asked"]


def test_a_namesake_from_a_foreign_root_is_not_trusted(bound: bytes) -> None:
    found = examined(signed(bound, "a.pdf", key(root="外来根"), NOON), trusting())
    assert [(each.by, each.sound, each.trust) for each in found.signatures] == [("CN=郑某", True, "not_trusted")]
    assert found.problems == (
        "the certificate of CN=郑某 is not trusted: not in force, or not from a root that was given",
    )


def test_a_certificate_is_trusted_until_it_ends(bound: bytes) -> None:
    pdf = signed(bound, "a.pdf", key(until=NOON + DAY), NOON)
    assert [each.trust for each in examined(pdf, trusting(NOON + DAY)).signatures] == ["trusted"]
    after = examined(pdf, trusting(NOON + 2 * DAY))
    assert [(each.sound, each.trust) for each in after.signatures] == [(True, "not_trusted")]
    assert not after.intact


def test_nobody_signs_with_an_expired_certificate_or_what_is_not_intact(bound: bytes) -> None:
    with pytest.raises(UserError, match="not in force"):
        signed(bound, "a.pdf", key(until=NOON - DAY), NOON)
    with pytest.raises(UserError, match="not signed: 1 bytes stand behind"):
        signed(bound + b"x", "a.pdf", key(), NOON)


@pytest.mark.parametrize("wrong", [Signer(b"no key"), Signer(holder().key_file, b"another"), Signer(holder().key_file)])
def test_a_key_that_does_not_open_is_one_line(bound: bytes, wrong: Signer) -> None:
    with pytest.raises(UserError, match="cannot open the key"):
        signing.sign(bound, wrong, NOON)


@settings(max_examples=60, deadline=None, database=None)  # a signature's length differs from run to run
@given(data=st.data())
def test_any_changed_byte_is_found_in_what_was_bound_and_in_the_signature(
    bound: bytes, once: bytes, data: st.DataObject
) -> None:
    among = st.integers(0, len(bound) - 1) | st.integers(len(bound), len(once) - 1)
    changed = bytearray(once)
    changed[data.draw(among)] ^= data.draw(st.integers(1, 255))
    found = examined(bytes(changed), trusting())
    assert not found.intact or (
        _signed_part(bytes(changed)) == _signed_part(once) and found == examined(once, trusting())
    )


def _signed_part(pdf: bytes) -> bytes:
    """The file without the signature's own container, whose outermost layer (the lists of algorithms) nothing can sign."""
    start = pdf.rindex(b"/Contents <")
    return pdf[:start] + pdf[pdf.index(b">", start) :]


def test_nothing_is_hidden_in_the_room_behind_a_signature(once: bytes) -> None:
    end = once.index(b"0000>", once.rindex(b"/Contents <"))
    (problem,) = examined(once[:end] + b"beef" + once[end + 4 :], trusting()).problems
    assert problem == "the signature by CN=郑某 does not hold: what it covers was changed"


def with_another_page(pdf: bytes) -> bytes:
    """Page 3 shows something else, by an incremental update."""
    writer: Any = IncrementalPdfFileWriter(BytesIO(pdf))
    stream = generic.StreamObject(stream_data=b"BT ET")
    page = writer.find_page_for_modification(2)[0].get_object()
    page["/Contents"] = writer.add_object(stream)
    writer.update_container(page)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_page_replaced_after_the_signature_is_found(once: bytes) -> None:
    found = examined(with_another_page(once), trusting())
    assert PAGE_FAULT in found.problems
    assert "after the signature by CN=郑某 more than signatures was added" in found.problems
    assert "bytes stand behind the last signature" in found.problems


def test_a_page_replaced_before_the_signature_is_found_though_the_signature_holds(bound: bytes) -> None:
    found = examined(signing.sign(with_another_page(bound), key(), NOON), trusting())
    assert [(each.sound, each.trust) for each in found.signatures] == [(True, "trusted")]
    assert PAGE_FAULT in found.problems
    assert not examined(with_another_page(bound)).intact


def test_another_file_put_behind_the_packet_and_signed_is_found(bound: bytes) -> None:
    """Its table does not point back to ours, so that nothing of ours is shown."""
    with pikepdf.new() as other:
        other.add_blank_page()
        buffer = BytesIO()
        other.save(buffer)
    moved = bound + _moved(buffer.getvalue(), len(bound))
    assert not examined(signing.sign(moved, key(), NOON), trusting()).intact


def _moved(pdf: bytes, by: int) -> bytes:
    """A plain file whose offsets count from `by`."""
    at = pdf.rindex(b"xref\n", 0, pdf.rindex(b"startxref"))
    lines = pdf[at:].split(b"\n")
    moved = [b"%010d%s" % (int(each[:10]) + by, each[10:]) if each[17:18] == b"n" else each for each in lines]
    start = lines.index(b"startxref") + 1
    moved[start] = b"%d" % (int(lines[start]) + by)
    return pdf[:at] + b"\n".join(moved)


def test_a_signature_that_shows_on_a_page_is_not_passed_over(bound: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(bound))
    fields.append_signature_field(writer, fields.SigFieldSpec("Seen", on_page=2, box=(50, 50, 500, 700)))
    opened = SimpleSigner.load_pkcs12_data(holder().key_file, [], PASSWORD)
    pdf = PdfSigner(PdfSignatureMetadata("Seen"), opened).sign_pdf(writer).getvalue()
    assert [each for each in examined(pdf).problems if "was added" in each]


def test_what_is_bound_anew_over_a_signature_is_found(once: bytes) -> None:
    problems = examined(sealed(once)).problems
    assert "a signature stands before the packet's own end: a signed file was bound anew" in problems


def test_without_pyhanko_it_is_said_what_cannot_be_told(
    once: bytes, bound: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "available", lambda: False)
    (problem,) = examined(once).problems
    assert problem.startswith(behind(len(once) - len(bound)))
    assert "recourse[sign]" in problem
    assert examined(bound).intact
    with pytest.raises(UserError, match="pyHanko"):
        signing.sign(bound, key(), NOON)


def test_roots_are_certificates() -> None:
    with pytest.raises(UserError, match="no certificate"):
        roots_in(b"none", "ca.pem")
