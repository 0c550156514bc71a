"""What the journal says of packets, as Chinese papers tell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from recourse import events as ev

SENTENCES: Mapping[type[ev.Event], Callable[[Any, Mapping[str, str], str], str]] = {
    ev.PacketFrozen: lambda e, n, c: (
        f"{n.get(e.node, e.node)}：材料已装订定稿" + (f"，豁免 {len(e.waived)} 项" if e.waived else "")
    ),
    ev.PacketGapsFound: lambda e, n, c: (
        f"{n.get(e.node, e.node)}：材料不齐，缺 {len(e.items)} 项" if e.items else f"{n.get(e.node, e.node)}：材料已齐"
    ),
    ev.GapWaived: lambda e, n, c: f"{n.get(e.node, e.node)}：同意豁免一项材料缺口（{e.seat}）",
}
