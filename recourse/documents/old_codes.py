"""Private code points that older Chinese systems (GBK, GB 18030-2000) gave to characters which Unicode got later. Pure.

A name typed on such a system may still hold one: 䶮 as U+E863. Codes and characters stand at the same places of row FE
of the standard, so that its codec tells most of them; for fourteen places the codec itself still knows private codes.
"""

from __future__ import annotations

FIRST, LAST = 0xE815, 0xE864
_ROW, _FIRST_CELL, _NO_CELL = 0xFE, 0x50, 0x7F
_NOT_IN_CODEC = {
    0x51: 0x20087, 0x52: 0x20089, 0x53: 0x200CC, 0x59: 0x9FB4, 0x61: 0x9FB5, 0x66: 0x9FB6, 0x67: 0x9FB7, 0x6C: 0x215D7,
    0x6D: 0x9FB8, 0x76: 0x2298F, 0x7E: 0x9FB9, 0x90: 0x9FBA, 0x91: 0x241FE, 0xA0: 0x9FBB,
}  # fmt: skip


def standard_of(character: str) -> str:
    """The character that a private code stands for; "" when it is no such code."""
    code = ord(character)
    if not FIRST <= code <= LAST:
        return ""
    cell = _FIRST_CELL + code - FIRST
    cell += cell >= _NO_CELL
    if cell in _NOT_IN_CODEC:
        return chr(_NOT_IN_CODEC[cell])
    return bytes([_ROW, cell]).decode("gb18030")
