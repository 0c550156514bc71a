"""Packets a second: ``python bench/packets.py``; ``--packets 10000`` for memory over a night's worth.

A write-off packet of twelve pages, of made-up data that differ from packet to packet, is

- bound by us: words, lines, pages, index, outline, fonts, embedded data, manifest, hashes;
- drawn by hand: the same lines at the same places, worked out before, by plain calls on the reportlab canvas;
- made by WeasyPrint from HTML and CSS with the same fonts, where WeasyPrint and its Pango are there.

The three take turns on each packet, so that their ratios hold on a busy machine; processor seconds count, and of each the
middle one. Then further packets are bound one after another, and the memory held after the first 500 and at the end is told.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pikepdf

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bench.gauge import held_mb  # noqa: E402
from bench.packet_pages import by_hand, html_of, strokes_of  # noqa: E402
from recourse.canonical import digest  # noqa: E402
from recourse.documents.blocks import Document  # noqa: E402
from recourse.documents.fonts import BOLD, REGULAR, Fonts, _common, default_cache, open_fonts  # noqa: E402
from recourse.documents.templates import Template, Templates  # noqa: E402
from recourse.money import Amounts  # noqa: E402
from recourse.packets import binding  # noqa: E402
from recourse.packets.model import Packet  # noqa: E402
from recourse.packets.write_off import ITEMS, write_off  # noqa: E402
from recourse.packets.write_off_data import (  # noqa: E402
    LegalFacts,
    PacketClass,
    PacketContact,
    PacketData,
    PacketDocument,
    PacketEvent,
    PacketRecovery,
    PacketVote,
)

DAY = date(2026, 11, 23)
PAGES = 12
COMPARED = 20
PACKETS = 1000
SETTLED = 500
STEPS = (
    ("what it says", "write_off.py", "write_off"),
    ("lines and pages", "render.py", "_laid_out"),
    ("drawing", "render.py", "_draw_page"),
    ("fonts", "faces.py", "addObjects"),
    ("the file", "archival.py", "save"),
)
"""Functions by file whose share of a packet is told; the file's includes the fonts'."""


class Spent(msgspec.Struct, frozen=True):
    """Processor milliseconds a packet, the middle of all; how many pages it had."""

    milliseconds: float
    pages: int

    @property
    def packets_per_second(self) -> float:
        return 1000 / self.milliseconds

    def times(self, other: Spent) -> float:
        """How many times as long as the other."""
        return self.milliseconds / other.milliseconds


class Measured(msgspec.Struct, frozen=True):
    """One run. `html` is None where WeasyPrint cannot run, for the reason `without`."""

    ours: Spent
    by_hand: Spent
    html: Spent | None
    without: str
    shares: Mapping[str, float]
    packets: int
    held_at_first_mb: float
    held_at_end_mb: float


@cache
def templates() -> Templates:
    return Templates(ROOT / "legal_templates")


@cache
def form() -> Template:
    return templates().in_force("cn", "write_off_application", DAY)


def made_up(n: int) -> PacketData:
    """The data of packet `n`: nobody's, and no two alike."""
    began = date(2023, 1, 3) + timedelta(n % 300)
    name = "周吴郑王冯陈褚卫蒋沈韩杨"[n % 12] + "某"
    return PacketData(
        packet_no=f"核材〔2026〕第{n:06}号", bank="示例银行股份有限公司样本区支行", account_id=f"SL-2022-{n:06}", debtor=name,
        currency="CNY", as_of=date(2026, 10, 31), built_on=DAY,
        amounts=Amounts(principal=3_456_700 + 37 * n, interest=600_000 + n, penalty=80_000, compound=11_246, costs=5_600),
        application=templates().sample("cn", "write_off_application"),
        legal=LegalFacts(course="判决胜诉，已终结本次执行", facts=(f"财产查询 {n} 未发现其他财产",)),
        plan="每半年查询一次财产线索，发现财产即申请恢复执行", keeper="资产保全岗吴某",
        events=tuple(
            PacketEvent(began + timedelta(15 * at), f"第 {at + 1} 次：{EVENTS[at % len(EVENTS)]}", "cn/entry/formal_notice",
                        "民法典第一百九十五条", "系统") for at in range(16)
        ),
        contacts=tuple(
            PacketContact(began + timedelta(7 * at), "电话", OUTCOMES[(at + n) % len(OUTCOMES)], f"P-{n}-{at}")
            for at in range(18)
        ),
        documents=tuple(
            PacketDocument(kind, digest(f"{kind} {n}"), began, f"档案室 {at}-{n}") for at, kind in enumerate(PAPERS)
        ),
        items=tuple(each for each in ITEMS if each.item not in ("accountability", "loss")),
        classes=tuple(PacketClass(began + timedelta(90 * at), each) for at, each in enumerate(CLASSES)),
        votes=tuple(PacketVote(*vote, "证据齐备，同意申报", "2026-11-20T02:11:00Z") for vote in VOTES),
        recoveries=tuple(PacketRecovery(began + timedelta(60 * at), 25_000 + n + at, "执行到账") for at in range(8)),
        seal_root=digest(f"seal {n}"), seal_on=DAY - timedelta(1),
    )  # fmt: skip


EVENTS = ("发出催收通知书", "电话提醒", "宣布借款提前到期", "向法院提交起诉材料", "申请强制执行", "查询财产线索")
OUTCOMES = ("无人接听", "接通，承诺还款", "号码停机", "第三人接听，未透露债务", "接通，拒绝还款")
PAPERS = ("借款合同", "民事判决书", "终结本次执行裁定书")
CLASSES = ("正常", "关注", "次级", "可疑", "损失")
VOTES = (
    ("RSK", "风险管理部", "郑某", "approve"),
    ("FIN", "财务会计部", "冯某", "approve"),
    ("LEG", "法律合规部", "蒋某", "approve"),
)


def packet_of(n: int) -> Packet:
    return write_off(made_up(n), form())


def document_of(packet: Packet) -> Document:
    """What is printed of a packet, as `bind` has it printed."""
    content = digest(packet.content)
    blocks = tuple(binding._blocks(packet, tuple(binding.headings_of(packet)), content))
    return Document(packet.title, blocks, packet.head, packet.number, packet.draft, content)


def ours(n: int, fonts: Fonts) -> bytes:
    return binding.bind(packet_of(n), fonts)


def weasyprint(fonts: Fonts) -> tuple[Callable[[Document], bytes] | None, str]:
    """Makes a PDF by WeasyPrint; None, and why, where it or Pango is not there."""
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except (ImportError, OSError) as error:
        return None, str(error).splitlines()[0]
    known = FontConfiguration()
    regular, bold = (_common(fonts._folder, weight).as_uri() for weight in (REGULAR, BOLD))

    def make(document: Document) -> bytes:
        text, css = html_of(document, regular, bold)
        made: bytes = HTML(string=text).write_pdf(stylesheets=[CSS(string=css, font_config=known)], font_config=known)
        return made

    return make, ""


def measure(compared: int = COMPARED, packets: int = PACKETS, settled: int = SETTLED) -> Measured:
    """The three ways in turn on so many packets, then so many bound one after another."""
    fonts = open_fonts(default_cache())
    pages = _pages(ours(0, fonts))
    html, without = weasyprint(fonts)
    spent: tuple[list[float], list[float], list[float]] = ([], [], [])
    for n in range(compared):
        document = document_of(packet_of(n))
        strokes = strokes_of(document, fonts)
        _timed(spent[0], lambda n=n: ours(n, fonts))  # type: ignore[misc]
        _timed(spent[1], lambda strokes=strokes: by_hand(strokes, fonts))  # type: ignore[misc]
        if html:
            made = _timed(spent[2], lambda document=document: html(document))  # type: ignore[misc]
    first = last = held_mb()
    for n in range(packets):
        ours(n, fonts)
        if n + 1 == min(settled, packets):
            first = held_mb()
    last = held_mb()
    return Measured(
        Spent(_middle(spent[0]), pages), Spent(_middle(spent[1]), pages),
        Spent(_middle(spent[2]), _pages(made)) if html else None, without, shares(fonts), packets, first, last,
    )  # fmt: skip


def _timed(spent: list[float], make: Callable[[], bytes]) -> bytes:
    began = time.process_time()
    made = make()
    spent.append(time.process_time() - began)
    return made


def _middle(seconds: list[float]) -> float:
    return round(1000 * statistics.median(seconds), 2)


def _pages(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return len(opened.pages)


def shares(fonts: Fonts, packets: int = 5) -> dict[str, float]:
    """The share of each step in binding a packet, by profile."""
    profile = cProfile.Profile()
    profile.enable()
    for n in range(packets):
        ours(n, fonts)
    profile.disable()
    taken: Any = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    whole = sum(each[3] for (_, _, name), each in taken.items() if name == "ours")
    return {
        said: round(
            sum(each[3] for (file, _, name), each in taken.items() if (Path(file).name, name) == (at, what)) / whole, 2
        )
        for said, at, what in STEPS
    }


def text_of(found: Measured) -> str:
    """The run as lines for people."""
    lines = [_line("ours", found.ours), _line("by hand", found.by_hand)]
    if found.html:
        lines.append(_line("WeasyPrint", found.html))
    lines.append(f"a packet takes {found.ours.times(found.by_hand):.2f} times as long as its pages by hand")
    if found.html:
        lines.append(f"and WeasyPrint {found.html.times(found.ours):.1f} times as long as ours")
    else:
        lines.append(f"WeasyPrint cannot run here: {found.without}")
    lines.append("by profile: " + ", ".join(f"{name} {100 * share:.0f}%" for name, share in found.shares.items()))
    lines.append(
        f"memory: {found.held_at_first_mb:.0f} MB, after {found.packets:,} packets {found.held_at_end_mb:.0f} MB"
    )
    return "\n".join(lines)


def _line(name: str, spent: Spent) -> str:
    each, pages = spent.packets_per_second, spent.pages
    return f"{name:11}{spent.milliseconds:8.1f} ms a packet of {pages} pages{each:7.1f} packets/s{each * pages:8.0f} pages/s"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure packets.")
    parser.add_argument("--compared", type=int, default=COMPARED, metavar="N", help="packets that all three make")
    parser.add_argument(
        "--packets", type=int, default=PACKETS, metavar="N", help="packets over which memory is watched"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    found = measure(asked.compared, asked.packets)
    print(json.dumps(msgspec.to_builtins(found)) if asked.json else text_of(found))


if __name__ == "__main__":
    main()
