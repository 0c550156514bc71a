"""Canonical text, hashes over it, and ids derived from it.

A hash here is always over the exact text that is stored. Ids are UUIDv5 (RFC 9562) in hex: the same thing gets the same
id on every machine and in every engine, which is what makes two runs comparable.
"""

from __future__ import annotations

import hashlib
from typing import TypeVar
from uuid import UUID

import msgspec

T = TypeVar("T")

NAMESPACE = UUID("6f2f0c0e-6c1c-5c0a-9a50-7265636f7572")
_NAMESPACE_BYTES = NAMESPACE.bytes
_encoder = msgspec.json.Encoder(order="sorted")


def encode(value: object) -> str:
    """Canonical JSON text: keys sorted, no spaces, UTF-8, dates ISO 8601; equal values give equal text."""
    return _encoder.encode(value).decode()


def decode(text: str | bytes, kind: type[T]) -> T:
    """Read canonical text back as `kind`; raises msgspec.ValidationError when it does not fit."""
    return msgspec.json.decode(text, type=kind)


def digest(text: str | bytes) -> str:
    """SHA-256 of the text, in hex."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def chain(previous: bytes, text: str) -> bytes:
    """The next link of a stream's hash chain: SHA-256 over the link before and the text as stored (32 bytes)."""
    return hashlib.sha256(previous + text.encode()).digest()


def derived_id(*parts: object) -> str:
    """UUIDv5 of the parts joined by ``/``, as 32 hex digits; pure, so never random."""
    raw = bytearray(
        hashlib.sha1(_NAMESPACE_BYTES + "/".join(map(str, parts)).encode(), usedforsecurity=False).digest()[:16]
    )
    raw[6] = raw[6] & 0x0F | 0x50
    raw[8] = raw[8] & 0x3F | 0x80
    return raw.hex()


def merkle_root(leaves: list[bytes]) -> str:
    """Root of a Merkle tree over the leaves in the given order (RFC 6962 hashing), in hex."""
    if not leaves:
        return hashlib.sha256().hexdigest()
    level = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0].hex()
