"""Where documents are kept: found by the hash of their bytes, sealed at rest, never overwritten.

`DocumentStore` is what the core asks for; `FolderStore` is the folder that ships. What seals the files is given from
outside (`Cipher`), and so is the key. Not here: which account a document belongs to (the ledger knows).
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol

import msgspec

from recourse.errors import UserError

MEDIA_TYPES = {
    b"%PDF-": "application/pdf", b"{": "application/json", b"PK\x03\x04": "application/zip",
    b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png",
}  # fmt: skip
_SHA256 = re.compile(r"[0-9a-f]{64}")


class DocumentRef(msgspec.Struct, frozen=True):
    """A stored document: SHA-256 of its plain bytes in hex, their number, what they are, and the kind given with
    them."""

    sha256: str
    size: int
    media_type: str
    kind: str = ""


class Cipher(Protocol):
    """Authenticated encryption; `aad` binds the sealed bytes to the document they were made for."""

    def encrypt(self, data: bytes, aad: bytes, /) -> bytes: ...
    def decrypt(self, sealed: bytes, aad: bytes, /) -> bytes: ...


class DocumentStore(Protocol):
    """Content-addressed: the same bytes have one reference and are kept once."""

    def put(self, data: bytes, kind: str) -> DocumentRef:
        """Keep the bytes; keeping them again changes nothing."""
        ...

    def get(self, sha256: str) -> bytes:
        """The bytes, checked against the hash; UserError when they are unknown or not what was put in."""
        ...

    def has(self, sha256: str) -> bool: ...


class FolderStore:
    """Sealed files under `root`, in folders by the first two and the next two hex digits. Safe for many writers at
    once. `durable`: a document that was put outlasts a failure of the machine."""

    def __init__(self, root: Path, seal: Cipher, *, durable: bool = True) -> None:
        self._root = root
        self._seal = seal
        self._durable = durable

    def put(self, data: bytes, kind: str) -> DocumentRef:
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        if not path.exists():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                _write_whole(path, self._seal.encrypt(data, sha256.encode()), self._durable)
            except OSError as error:
                raise UserError(
                    "cannot keep a document", where=str(path.parent), mend=str(error.strerror or error)
                ) from None
        return DocumentRef(sha256, len(data), _media_type(data), kind)

    def get(self, sha256: str) -> bytes:
        path = self._path(sha256)
        try:
            sealed = path.read_bytes()
        except FileNotFoundError:
            raise UserError(
                f"no document {sha256}", where=str(self._root), mend="check the hash, or add the document"
            ) from None
        data = self._seal.decrypt(sealed, sha256.encode())
        if hashlib.sha256(data).hexdigest() != sha256:
            raise UserError(
                f"document {sha256} is not what was put in", where=str(path), mend="restore it from a backup"
            )
        return data

    def has(self, sha256: str) -> bool:
        return self._path(sha256).exists()

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise UserError(f"not a document's hash: {sha256!r}", mend="64 hex digits in lower case")
        return self._root / sha256[:2] / sha256[2:4] / sha256


def is_hash(text: str) -> bool:
    """Whether a text has the form of a document's hash."""
    return _SHA256.fullmatch(text) is not None


def _write_whole(path: Path, data: bytes, durable: bool) -> None:
    """Under its name the file is either whole or absent; of two writers of the same document either may win."""
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _media_type(data: bytes) -> str:
    return next((media for mark, media in MEDIA_TYPES.items() if data.startswith(mark)), "application/octet-stream")
