"""The document store: what goes in comes out, sealed at rest, and nothing else comes out under its name."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from recourse.documents.store import Cipher, DocumentRef, DocumentStore, FolderStore
from recourse.errors import UserError


class Seal:
    """AES-GCM with one key and a nonce in front."""

    def __init__(self) -> None:
        self._aead = AESGCM(b"k" * 32)

    def encrypt(self, data: bytes, aad: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._aead.encrypt(nonce, data, aad)

    def decrypt(self, sealed: bytes, aad: bytes) -> bytes:
        return self._aead.decrypt(sealed[:12], sealed[12:], aad)


class NoSeal:
    """Keeps bytes as they are, so that only the hash can notice a change."""

    def encrypt(self, data: bytes, aad: bytes) -> bytes:
        return data

    def decrypt(self, sealed: bytes, aad: bytes) -> bytes:
        return sealed


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@given(st.binary(max_size=2000))
def test_what_goes_in_comes_out(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        store: DocumentStore = FolderStore(Path(folder), Seal())
        ref = store.put(data, "letter")
        assert (ref.sha256, ref.size) == (hashlib.sha256(data).hexdigest(), len(data))
        assert store.has(ref.sha256)
        assert store.get(ref.sha256) == data
        (file,) = files(Path(folder))
        assert len(data) < 4 or data not in file.read_bytes()


def test_the_same_bytes_are_kept_once_and_not_written_again(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, Seal())
    first = store.put(b"%PDF-1.4 x", "letter")
    (file,) = files(tmp_path)
    sealed = file.read_bytes()
    assert store.put(b"%PDF-1.4 x", "letter") == first == DocumentRef(first.sha256, 10, "application/pdf", "letter")
    assert file.read_bytes() == sealed
    assert files(tmp_path) == [file]
    assert file.parent == tmp_path / first.sha256[:2] / first.sha256[2:4]


def test_many_writers_of_one_document_leave_one_whole_file(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, Seal())
    with ThreadPoolExecutor(8) as pool:
        refs = set(pool.map(lambda _: store.put(b"x" * 100_000, "letter"), range(16)))
    assert len(refs) == len(files(tmp_path)) == 1
    assert store.get(refs.pop().sha256) == b"x" * 100_000


@pytest.mark.parametrize("seal", [Seal(), NoSeal()])
def test_a_changed_file_is_not_given_out(tmp_path: Path, seal: Cipher) -> None:
    store = FolderStore(tmp_path, seal)
    ref = store.put(b"the document", "letter")
    (file,) = files(tmp_path)
    changed = bytearray(file.read_bytes())
    changed[-1] ^= 1
    file.write_bytes(changed)
    with pytest.raises((UserError, InvalidTag)):
        store.get(ref.sha256)


def test_a_file_moved_under_another_name_is_not_given_out(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, Seal())
    one, other = store.put(b"one", "letter"), store.put(b"other", "letter")
    place = {path.name: path for path in files(tmp_path)}
    place[other.sha256].write_bytes(place[one.sha256].read_bytes())
    with pytest.raises(InvalidTag):
        store.get(other.sha256)


def test_what_is_not_there_is_one_line(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, Seal())
    assert not store.has("0" * 64)
    with pytest.raises(UserError, match="no document 0000"):
        store.get("0" * 64)
    for name in ("../../etc/passwd", "A" * 64, ""):
        with pytest.raises(UserError, match="not a document's hash"):
            store.get(name)


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file in the way")
    with pytest.raises(UserError, match="cannot keep a document"):
        FolderStore(tmp_path / "store", Seal()).put(b"x", "letter")
