"""`recourse packet verify` and `sign`: what each says, and with what it leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from desk.commands.book import opened
from desk.packets import write_packets
from recourse.canonical import digest
from recourse.documents.fonts import Fonts, default_cache, open_fonts
from recourse.packets.binding import bind
from tests.desk.conftest import Recourse
from tests.packets.certificates import DAY, PASSWORD, holder
from tests.packets.test_binding import CONTRACT, FILES, PACKET

TODAY = datetime.now(UTC)
NEXT_YEAR = TODAY + 365 * DAY


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    return open_fonts(default_cache())


@pytest.fixture
def built(played: Path, recourse: Recourse) -> Path:
    assert recourse("packet", "build", "A1", "-o", "a1.pdf").code == 0
    return played / "a1.pdf"


@pytest.fixture
def elsewhere(nowhere: Path, fonts: Fonts) -> Path:
    """A packet where there is no ledger."""
    (nowhere / "p.pdf").write_bytes(bind(PACKET, fonts, FILES))
    return nowhere / "p.pdf"


def write_keys(folder: Path) -> None:
    mine = holder(until=NEXT_YEAR)
    (folder / "key.p12").write_bytes(mine.key_file)
    (folder / "ca.pem").write_bytes(mine.root)
    (folder / "other.pem").write_bytes(holder(root="外来根").root)


def changed_page(pdf: bytes, number: int, change: Callable[[bytes], bytes]) -> bytes:
    """The packet with another content of one page; its end and its manifest stay."""
    cut = pdf.rindex(b"%recourse-sha256")
    with pikepdf.open(BytesIO(pdf[:cut])) as opened:
        contents = opened.pages[number - 1].obj["/Contents"]
        stream = contents[0] if isinstance(contents, pikepdf.Array) else contents
        stream.write(change(bytes(stream.read_bytes())))
        buffer = BytesIO()
        opened.save(buffer, deterministic_id=True)
    return buffer.getvalue() + pdf[cut:]


def test_the_packet_that_was_voted_on_is_known_to_the_ledger(played: Path, recourse: Recourse) -> None:
    (line,) = recourse("writeoff", "list", "--month", "2025-09", "--json").json
    write_packets(opened(), date.fromisoformat(line["instructed_on"]), played / "out")
    ran = recourse("packet", "verify", "out/A1.pdf", "--json")
    assert (ran.code, ran.json["problems"], ran.json["signatures"]) == (0, [], [])
    assert ran.json["file_sha256"] == digest((played / "out" / "A1.pdf").read_bytes())
    assert recourse("packet", "verify", "out/A1.pdf").out.endswith("the packet is intact\n")


def test_a_packet_that_we_did_not_make_is_not_known(played: Path, recourse: Recourse, fonts: Fonts) -> None:
    (played / "theirs.pdf").write_bytes(bind(PACKET, fonts, FILES))
    ran = recourse("packet", "verify", "theirs.pdf", "--json")
    assert ran.code == 1
    assert ran.json["problems"][:2] == [
        "the ledger knows no packet with this hash",
        f"材料二 借款合同: the ledger knows no paper {digest(CONTRACT)[:16]}",
    ]


def test_without_a_ledger_it_says_so(elsewhere: Path, recourse: Recourse) -> None:
    ran = recourse("packet", "verify", elsewhere)
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "the packet is intact (no ledger at hand to compare it with)")
    assert not (elsewhere.parent / "recourse.db").exists()


def test_a_changed_page_is_named_with_its_exhibit(elsewhere: Path, recourse: Recourse) -> None:
    elsewhere.write_bytes(changed_page(elsewhere.read_bytes(), 2, lambda drawn: drawn + b"\n0 0 9 9 re f"))
    ran = recourse("packet", "verify", elsewhere)
    assert ran.code == 1
    assert ran.out.splitlines()[-2:] == ["FAULT page 2 differs: 材料一 经过", "the packet is not intact"]
    assert recourse("packet", "verify", elsewhere, "--json").json["problems"] == ["page 2 differs: 材料一 经过"]


def test_what_is_no_packet(nowhere: Path, recourse: Recourse) -> None:
    (nowhere / "x.pdf").write_bytes(CONTRACT)
    ran = recourse("packet", "verify", "x.pdf")
    assert ran.code == 1
    assert "FAULT no hash at the end of the file: not a packet, or cut short" in ran.out
    none = recourse("packet", "verify", "none.pdf")
    assert (none.code, none.out) == (2, "")
    assert "none.pdf" in none.err


def test_a_signed_packet_is_the_one_that_the_ledger_knows(played: Path, recourse: Recourse) -> None:
    write_keys(played)
    (line,) = recourse("writeoff", "list", "--month", "2025-09", "--json").json
    write_packets(opened(), date.fromisoformat(line["instructed_on"]), played / "out")
    approved = recourse("packet", "verify", "out/A1.pdf", "--json").json["file_sha256"]
    signing = (
        "packet",
        "sign",
        "out/A1.pdf",
        "-o",
        "s.pdf",
        "--pkcs12",
        "key.p12",
        "--password-env",
        "RECOURSE_TEST_PW",
    )
    ran = recourse(*signing, "--capacity", "风险管理部 RSK", test_pw=PASSWORD.decode())
    assert (ran.code, ran.out) == (0, "out/A1.pdf → s.pdf, signed by CN=郑某\n")
    ran = recourse("packet", "verify", "s.pdf", "--trust", "ca.pem", "--json")
    assert (ran.code, ran.json["problems"], ran.json["file_sha256"]) == (0, [], approved)
    (signature,) = ran.json["signatures"]
    assert (signature["by"], signature["capacity"], signature["trust"]) == ("CN=郑某", "风险管理部 RSK", "trusted")
    said = recourse("packet", "verify", "s.pdf").out
    assert "signed  CN=郑某, 风险管理部 RSK, " in said
    assert "(sound, trust not asked: no --trust)" in said


def test_trust_is_for_a_root_and_a_day(elsewhere: Path, recourse: Recourse) -> None:
    write_keys(elsewhere.parent)
    recourse(
        "packet",
        "sign",
        elsewhere,
        "-o",
        "s.pdf",
        "--pkcs12",
        "key.p12",
        "--password-env",
        "RECOURSE_PW",
        pw=PASSWORD.decode(),
    )
    last, after = NEXT_YEAR.date() - DAY, NEXT_YEAR.date() + DAY
    assert recourse("packet", "verify", "s.pdf", "--trust", "ca.pem").code == 0
    assert recourse("packet", "verify", "s.pdf", "--trust", "ca.pem", "--on", last).code == 0
    assert recourse("packet", "verify", "s.pdf", "--trust", "ca.pem", "--on", after).code == 1
    ran = recourse("packet", "verify", "s.pdf", "--trust", "other.pem")
    assert ran.code == 1
    assert "FAULT the certificate of CN=郑某 is not trusted" in ran.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--pkcs12", "key.p12", "--password-env", "RECOURSE_PW"), "cannot open the key"),
        (("--pkcs12", "key.p12"), "cannot open the key"),
        (("--pkcs12", "ca.pem", "--password-env", "RECOURSE_PW"), "cannot open the key"),
        (("--pkcs12", "none.p12"), "none.p12"),
        (("--pkcs12", "key.p12", "--password-env", "RECOURSE_NOT_SET"), "RECOURSE_NOT_SET"),
    ],
)
def test_a_key_that_does_not_open_is_one_line(
    elsewhere: Path, recourse: Recourse, arguments: tuple[str, ...], said: str
) -> None:
    write_keys(elsewhere.parent)
    ran = recourse("packet", "sign", elsewhere, "-o", "s.pdf", *arguments, pw="another")
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert said in ran.err
    assert not (elsewhere.parent / "s.pdf").exists()
