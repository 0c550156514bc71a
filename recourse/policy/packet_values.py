"""What the values of the kinds about packets look like."""

from __future__ import annotations

from recourse.policy.strict import Strictly


class PacketItem(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One item of a packet: its number in the packet (parts of one item share it), its name, the kinds of paper that
    serve it (any one of them), who brings it.

    `own`: the packet itself makes it. `core`: nobody may waive it. `wanted`: the item is called for only when a paper of
    the criterion, or a trait of the case, of this name is; empty: always.
    """

    no: int
    item: str
    zh: str
    en: str
    owner: str
    papers: tuple[str, ...] = ()
    own: bool = False
    core: bool = False
    wanted: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.own and not self.papers:
            raise ValueError(f"item {self.item}: name the papers that serve it, or say that the packet makes it")


class PacketList(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The items of one kind of packet, in their order."""

    packet: str
    items: tuple[PacketItem, ...]

    def __post_init__(self) -> None:
        names = [each.item for each in self.items]
        if not names or len(set(names)) != len(names):
            raise ValueError("name each item once, one at least")
