"""The measurement of packets: that the three ways make the same pages, and that memory does not grow with packets."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from bench import packets
from bench.packet_pages import by_hand, html_of, strokes_of
from recourse.documents.fonts import Fonts, default_cache, open_fonts
from recourse.packets.checking import check

GROWTH_MB = 20
"""What may still be added after the first packets; those of the second half, kept, would be more."""


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    return open_fonts(default_cache())


def characters(pdf: bytes) -> list[list[str]]:
    """The characters of each page, whatever their order."""
    return [sorted("".join(page.extract_text().split())) for page in PdfReader(BytesIO(pdf)).pages]


def test_a_packet_of_twelve_pages_and_its_pages_by_hand_say_the_same(fonts: Fonts) -> None:
    bound = packets.ours(7, fonts)
    assert check(bound).intact
    drawn = by_hand(strokes_of(packets.document_of(packets.packet_of(7)), fonts), fonts)
    assert characters(drawn) == characters(bound)
    assert len(characters(bound)) == packets.PAGES


def test_no_two_packets_are_alike(fonts: Fonts) -> None:
    assert len({packets.ours(n, fonts) for n in range(3)}) == 3


def test_the_html_says_what_the_packet_says(fonts: Fonts) -> None:
    text, css = html_of(packets.document_of(packets.packet_of(7)), "regular.ttf", "bold.ttf")
    for said in ("核材〔2026〕第000007号", "P-7-3", "终结本次执行裁定书", "41,"):
        assert said in text
    assert "regular.ttf" in css


@pytest.mark.bench
@pytest.mark.timeout(300)
def test_a_run_measures_all_three_and_memory_stays_flat() -> None:
    found = packets.measure(compared=2, packets=300, settled=100)
    assert found.ours.pages == found.by_hand.pages == packets.PAGES
    assert (found.html is None) == bool(found.without)
    assert all(0 < share < 1 for share in found.shares.values())
    assert found.held_at_end_mb - found.held_at_first_mb < GROWTH_MB
