"""Personal data at rest: sealed per field, erasable per person, found by a blind index.

For names, ids, addresses, numbers and documents. Not for authentication, not for the journal (which refers to people by
id only), and not a store of keys: where the master key comes from is the composition root's affair.

    master key --HKDF--> wrapping keys --AES-256-GCM--> a data key per person, per document --AES-256-GCM--> the fields
               --HKDF--> index key --HMAC-SHA-256--> blind index

Destroying a person's wrapped key erases the person everywhere, backups of the fields included. Rotating the master key
wraps the data keys anew and touches no field; the blind index hangs on the master key and has to be rebuilt then.
Data keys and nonces are the one thing in Recourse that is random and not derived.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import unicodedata
from collections.abc import Callable
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from recourse.errors import UserError

IndexKind = Literal["name", "phone", "id_number", "email", "address"]

DEMO_KEY = b"RECOURSE DEMO KEY, NOT A SECRET!"
"""Known to everyone who reads this file; for demo and tests. Production mode must refuse it: see `is_demo_key`."""

KEY_BYTES, _NONCE_BYTES, _TAG_BYTES = 32, 12, 16
_VERSION = b"\x01"
_HEADER_BYTES = len(_VERSION) + 4  # version and the master key's id
WRAPPED_BYTES = _HEADER_BYTES + _NONCE_BYTES + KEY_BYTES + _TAG_BYTES


class WrongKey(UserError):
    """Sealed under another master key than the one at hand."""


class TamperedField(UserError):
    """Sealed bytes that are not as they were written: changed, cut, or moved to another person, field or document."""


class ErasedPerson(UserError):
    """The person's data key was destroyed; the fields cannot be read by anyone any more."""


def parse_master_key(text: str) -> bytes:
    """The 32 bytes written as 64 hex digits or as base64 (either alphabet). Errors never repeat the text."""
    bare = "".join(text.split()).translate(_STANDARD)
    try:
        key = bytes.fromhex(bare) if len(bare) == 2 * KEY_BYTES else base64.b64decode(bare, validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        raise UserError("not a master key", mend="write 32 random bytes as base64 or as 64 hex digits")
    return key


_STANDARD = str.maketrans("-_", "+/")


def is_demo_key(master: bytes) -> bool:
    """Whether this is the key that everyone knows."""
    return hmac.compare_digest(master, DEMO_KEY)


def key_fingerprint(master: bytes) -> str:
    """The id of a master key: 8 hex digits that tell keys apart and say nothing about them."""
    return hmac.digest(master, b"recourse/key-id", "sha256")[:4].hex()


class PersonKey:
    """One person's data key, opened. Cheap to keep; never written anywhere."""

    __slots__ = ("_aead", "key_id")

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)
        self.key_id = hashlib.sha256(b"recourse/person-key-id" + key).hexdigest()[:8]

    def encrypt(self, field: str, party_id: str, text: str) -> bytes:
        """Seal one field: nonce (12 bytes), ciphertext, tag (16); bound to this key, the person and the field."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, text.encode(), self._bound_to(field, party_id))

    def decrypt(self, field: str, party_id: str, sealed: bytes) -> str:
        """The text sealed for this person and field; TamperedField for anything else."""
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._aead.decrypt(nonce, body, self._bound_to(field, party_id)).decode()
        except (InvalidTag, ValueError):
            raise _tampered(f"party {party_id}, field {field}") from None

    def _bound_to(self, field: str, party_id: str) -> bytes:
        return f"{self.key_id}/{len(party_id)}/{party_id}/{field}".encode()

    def __repr__(self) -> str:
        return f"PersonKey({self.key_id})"


class DocumentCipher:
    """Seals documents, each under a data key of its own that is wrapped in front of it.

    Sealed form: wrapped key (65 bytes), nonce (12), ciphertext, tag (16). `aad` is what the document is bound to, such
    as its content address; it has to be given again to open it.
    """

    __slots__ = ("_vault",)

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def encrypt(self, data: bytes, aad: bytes) -> bytes:
        """Seal `data` (under 2 GiB), bound to `aad`."""
        key, nonce = os.urandom(KEY_BYTES), os.urandom(_NONCE_BYTES)
        return self._vault._wrap("document", key) + nonce + AESGCM(key).encrypt(nonce, data, aad)

    def decrypt(self, sealed: bytes, aad: bytes) -> bytes:
        """What was sealed and bound to `aad`; WrongKey or TamperedField."""
        key = self._vault._unwrap("document", sealed[:WRAPPED_BYTES])
        body = WRAPPED_BYTES + _NONCE_BYTES
        try:
            return AESGCM(key).decrypt(sealed[WRAPPED_BYTES:body], sealed[body:], aad)
        except (InvalidTag, ValueError):
            raise _tampered(f"document {aad.hex() if not aad.isascii() else aad.decode()}") from None


class Vault:
    """Everything done with one master key (32 bytes).

    `key_id` is the fingerprint that the ledger was made with, if it has one: a master key with another fingerprint is
    WrongKey at once, before anything is read or half-written.
    """

    __slots__ = ("_document_key", "_index_key", "_person_key", "key_id")

    def __init__(self, master: bytes, key_id: str = "") -> None:
        if len(master) != KEY_BYTES:
            raise UserError(f"a master key has {KEY_BYTES} bytes, not {len(master)}", mend="see parse_master_key")
        self.key_id = key_fingerprint(master)
        if key_id and key_id != self.key_id:
            raise _wrong_key(key_id, self.key_id)
        self._person_key = AESGCM(_derived(master, "person-key-wrapping"))
        self._document_key = AESGCM(_derived(master, "document-key-wrapping"))
        self._index_key = _derived(master, "blind-index")

    def new_person_key(self) -> bytes:
        """A fresh data key, wrapped (65 bytes: version, master key id, nonce, sealed key, tag). Destroy it to erase."""
        return self._wrap("person", os.urandom(KEY_BYTES))

    def open_person_key(self, wrapped: bytes) -> PersonKey:
        """The data key inside; WrongKey, TamperedField, or ErasedPerson where the wrapped key is gone (empty)."""
        if not wrapped:
            raise ErasedPerson("this person's data were erased", mend="nothing can bring them back")
        return PersonKey(self._unwrap("person", wrapped))

    def document_cipher(self) -> DocumentCipher:
        """Seals and opens documents under this master key."""
        return DocumentCipher(self)

    def blind_index(self, kind: IndexKind, value: str) -> str:
        """128 bits of HMAC-SHA-256 over the normalised value, 32 hex digits: equal values meet without being readable.

        A value with nothing in it, such as a phone without digits, is a UserError: it would make strangers one person.
        """
        plain = normalise(kind, value)
        if not plain:
            raise UserError(f"an empty {kind} cannot be looked up", mend="leave it out where it is unknown")
        return hmac.digest(self._index_key, f"{kind}/{plain}".encode(), "sha256")[:16].hex()

    def _wrap(self, purpose: Literal["person", "document"], key: bytes) -> bytes:
        header, nonce = _VERSION + bytes.fromhex(self.key_id), os.urandom(_NONCE_BYTES)
        return header + nonce + self._wrapping(purpose).encrypt(nonce, key, header)

    def _unwrap(self, purpose: Literal["person", "document"], wrapped: bytes) -> bytes:
        header, body = wrapped[:_HEADER_BYTES], _HEADER_BYTES + _NONCE_BYTES
        if len(wrapped) != WRAPPED_BYTES or header[:1] != _VERSION:
            raise _tampered(f"wrapped {purpose} key")
        if header[1:].hex() != self.key_id:
            raise _wrong_key(header[1:].hex(), self.key_id)
        try:
            return self._wrapping(purpose).decrypt(wrapped[_HEADER_BYTES:body], wrapped[body:], header)
        except InvalidTag:
            raise _tampered(f"wrapped {purpose} key") from None

    def _wrapping(self, purpose: Literal["person", "document"]) -> AESGCM:
        return self._person_key if purpose == "person" else self._document_key

    def __repr__(self) -> str:
        return f"Vault({self.key_id})"


def rewrap(wrapped: bytes, old: Vault, new: Vault) -> bytes:
    """A person's wrapped key moved from the old master key to the new one; fields sealed under it stay as they are."""
    return new._wrap("person", old._unwrap("person", wrapped))


def rewrap_document(sealed: bytes, old: Vault, new: Vault) -> bytes:
    """A sealed document moved to the new master key: only its first 65 bytes change."""
    return new._wrap("document", old._unwrap("document", sealed[:WRAPPED_BYTES])) + sealed[WRAPPED_BYTES:]


# --- what two spellings of one thing have in common ---

_INVISIBLE = r"\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef"
_DROPPED = re.compile(rf"[\s{_INVISIBLE}]+")
_MIDDLE_DOTS = re.compile("[.\u00b7\u0387\u2022\u2027\u2219\u22c5\u30fb\uff0e\uff65]")
_NOT_DIGITS = re.compile("[^0-9]+")
_MAINLAND = "86"
_LONGEST_AT_HOME = 11  # a mobile number


def _bare(text: str) -> str:
    shown = unicodedata.normalize("NFKC", text)
    kept = _DROPPED.sub("", shown)
    return kept if kept == shown else unicodedata.normalize("NFKC", kept)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", _bare(text).casefold())


def _name(text: str) -> str:
    return _MIDDLE_DOTS.sub("\u00b7", _folded(text))


def _phone(text: str) -> str:
    """Digits without the way there: +86 or 0086, and the 0 before an area code."""
    bare = _bare(text)
    digits = _NOT_DIGITS.sub("", bare)
    dialled = digits.lstrip("0")
    if bare.startswith("+") or digits.startswith("00"):
        dialled = dialled.removeprefix(_MAINLAND).lstrip("0")
    while len(dialled) > _LONGEST_AT_HOME and dialled.startswith(_MAINLAND):
        dialled = dialled.removeprefix(_MAINLAND).lstrip("0")
    return dialled


def _id_number(text: str) -> str:
    return unicodedata.normalize("NFKC", _bare(text).upper())


_NORMALISERS: dict[IndexKind, Callable[[str], str]] = {
    "name": _name,
    "phone": _phone,
    "id_number": _id_number,
    "email": _folded,
    "address": _folded,
}


def normalise(kind: IndexKind, value: str) -> str:
    """The form over which a value is indexed: NFKC, without spaces and invisible characters, then by kind.

    Names: case folded, one middle dot for all its variants. Phones: digits only, without +86, 0086 or trunk zero. Ids:
    upper case. E-mail and addresses: case folded. Normalising twice is normalising once.
    """
    return _NORMALISERS[kind](value)


def _derived(master: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"recourse/{purpose}/1".encode()).derive(master)


def _wrong_key(sealed_with: str, given: str) -> WrongKey:
    return WrongKey(
        f"wrong key: the data were sealed with master key {sealed_with}, this one is {given}",
        mend="give the key that the ledger was made with",
    )


def _tampered(where: str) -> TamperedField:
    return TamperedField("tampered: sealed data do not fit their seal", where=where, mend="restore them from a backup")
