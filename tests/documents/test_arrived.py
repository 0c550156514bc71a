"""What a file really is: by its bytes, whole, unlocked and harmless; everything else is one line."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.documents.arrived import judge
from recourse.errors import UserError
from tests.documents import arrivals as made

PDF, JPEG, PNG, OFD = made.pdf(2), made.image("JPEG"), made.image("PNG"), made.ofd()
SOUND = [
    ("a.pdf", PDF, "application/pdf", "2 pages"),
    ("A.PDF", PDF, "application/pdf", "2 pages"),
    ("scan", PDF, "application/pdf", "2 pages"),
    ("locked-for-changes.pdf", made.pdf(owner="owner"), "application/pdf", "1 pages"),
    ("a.jpg", JPEG, "image/jpeg", "32×20 pixels"),
    ("a.jpeg", made.image("JPEG", progressive=True), "image/jpeg", "32×20 pixels"),
    ("phone.jpg", JPEG + b"maker's trailer", "image/jpeg", "32×20 pixels"),
    ("a.png", PNG, "image/png", "32×20 pixels"),
    ("a.ofd", OFD, "application/ofd", "2 parts"),
    ("absolute.ofd", made.ofd(entry=made.OFD_XML.replace("Doc_0/", "/Doc_0/")), "application/ofd", "2 parts"),
]


@pytest.mark.parametrize(("name", "data", "media_type", "extent"), SOUND, ids=[case[0] for case in SOUND])
def test_what_is_sound_is_known_for_what_it_is(name: str, data: bytes, media_type: str, extent: str) -> None:
    found = judge(data, name)
    assert (found.media_type, found.extent, found.size) == (media_type, extent, len(data))
    assert found.sha256 == hashlib.sha256(data).hexdigest()


KIDS = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Count 9/Kids[2 0 R 2 0 R 2 0 R]>>endobj
xref
0 3
0000000000 65535 f
0000000009 00000 n
0000000052 00000 n
trailer<</Size 3/Root 1 0 R>>
startxref
113
%%EOF""".replace(b" f\n", b" f \n").replace(b" n\n", b" n \n")
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + made.OFD_XML.split("?>")[1].replace(
    ">1<", ">&b;<"
)

REFUSED = [
    ("empty.pdf", b"", "empty"),
    ("cut.pdf", PDF[: len(PDF) - 40], "cut off"),
    ("half.pdf", PDF[: len(PDF) // 2], "cut off"),
    ("hollow.pdf", b"%PDF-1.7 nothing at all\n%%EOF", "cannot be read"),
    ("pages-of-itself.pdf", KIDS, "no page"),
    ("secret.pdf", made.pdf(password="secret"), "needs a password"),
    ("photo.jpg", PDF, "named .jpg but holds application/pdf"),
    ("contract.pdf", JPEG, "named .pdf but holds image/jpeg"),
    ("contract.docx", PDF, "named .docx"),
    ("cut.jpg", JPEG[:-20], "cut off"),
    ("head.jpg", JPEG[:40], "cut off"),
    ("mark.jpg", b"\xff\xd8\xff", "cut off"),
    ("cut.png", PNG[:-8], "cut off or damaged"),
    ("longer.png", PNG + b"x", "cut off or damaged"),
    ("flat.png", PNG[:16] + bytes(4) + PNG[20:], "cut off or damaged"),
    ("page.html", b"<html><script>1</script>", "neither PDF"),
    ("run.exe", b"MZ\x90\x00", "neither PDF"),
    ("cut.ofd", OFD[:-30], "cut off or damaged"),
    ("plain.zip", made.ofd(), "named .zip"),
    ("office.ofd", made.ofd(without="OFD.xml"), "not an OFD"),
    ("other.ofd", made.ofd(entry="<html/>"), "not that of an OFD"),
    ("unformed.ofd", made.ofd(entry=made.OFD_XML[:-8]), "not that of an OFD"),
    ("entities.ofd", made.ofd(entry=ENTITIES), "not that of an OFD"),
    ("nowhere.ofd", made.ofd(without="Doc_0/Document.xml"), "leads to no document"),
    ("up.ofd", made.ofd({"../../etc/cron.d/x": "x"}), "path leaves it"),
    ("root.ofd", made.ofd({"/etc/passwd": "x"}), "path leaves it"),
    ("drive.ofd", made.ofd({"C:/x": "x"}), "path leaves it"),
    ("windows.ofd", made.ofd({"a\\..\\x": "x"}), "path leaves it"),
    ("bomb.ofd", made.ofd({"Doc_0/Res/a": bytes(9 * 1024 * 1024)}), "unpacks to far more"),
    ("twice.ofd", made.with_two_of_one_name(), "two parts of one name"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "says"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_is_not_is_one_line_with_its_name(name: str, data: bytes, says: str) -> None:
    with pytest.raises(UserError, match=re.escape(says)) as refused:
        judge(data, name)
    assert refused.value.where == name
    assert refused.value.mend


def test_a_damaged_part_is_found_though_the_container_is_whole() -> None:
    """A part stored as it is, one byte of which was changed on the way."""
    data = made.ofd({"Doc_0/Res/seal.bin": bytes(range(256))})
    at = data.index(b"Doc_0/Res/seal.bin") + 40
    changed = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
    with pytest.raises(UserError, match="damaged"):
        judge(changed, "a.ofd")


def test_what_is_too_large_is_not_looked_into() -> None:
    with pytest.raises(UserError, match=r"at most 100 \(big.pdf\): .*RECOURSE_LARGEST_PAPER_MB"):
        judge(b"x" * 101, "big.pdf", largest_bytes=100)


@given(st.sampled_from([PDF, JPEG, PNG, OFD]), st.data())
def test_whatever_was_done_to_a_file_it_is_sound_or_one_line(data: bytes, draw: st.DataObject) -> None:
    """Bytes changed, cut out, doubled anywhere: never an error of another kind."""
    spoilt = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 4))):
        at = draw.draw(st.integers(0, len(spoilt) - 1)) if spoilt else 0
        how = draw.draw(st.sampled_from(["change", "cut", "double"]))
        if how == "change" and spoilt:
            spoilt[at] = draw.draw(st.integers(0, 255))
        elif how == "cut":
            del spoilt[at : at + draw.draw(st.integers(1, 200))]
        else:
            spoilt[at:at] = spoilt[at : at + 64]
    found = _judged(bytes(spoilt))
    assert found == hashlib.sha256(bytes(spoilt)).hexdigest() or re.fullmatch(r"[^\n]+ \(file\): [^\n]+", found)


def _judged(data: bytes) -> str:
    """The hash, or the line that refuses it."""
    try:
        return judge(data, "file").sha256
    except UserError as error:
        return str(error)
