"""The sealed container in which files go to an agency and come back: encrypted to the reader, signed by the writer.

Encryption is age (age-encryption.org/v1: X25519, ChaCha20-Poly1305), which any agency can open with the `age` program;
the signature is Ed25519 over the sealed bytes, in a file of its own. Sealed and signed, a file says who wrote it, and one
changed byte is refused. Neither key is made here from anything but the operating system's randomness.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

import msgspec
import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from recourse.errors import UserError

FINGERPRINT_DIGITS = 16


class Keys(msgspec.Struct, frozen=True):
    """The secret keys of one side: an age identity to read with, an Ed25519 key (base64) to sign with."""

    identity: str
    signer: str

    @property
    def recipient(self) -> str:
        """The public key that others seal for."""
        return str(pyrage.x25519.Identity.from_str(self.identity).to_public())

    @property
    def verifier(self) -> str:
        """The public key that our signature is checked with, base64."""
        key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(self.signer))
        return base64.b64encode(key.public_key().public_bytes_raw()).decode()


class Sealed(msgspec.Struct, frozen=True):
    """A sealed file and its signature (base64 text)."""

    data: bytes
    signature: bytes


def new_keys() -> Keys:
    """Fresh keys for one side."""
    signer = base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
    return Keys(str(pyrage.x25519.Identity.generate()), signer)


def check_keys(recipient: str, verifier: str) -> None:
    """Refuse public keys that nothing could be sealed for or checked with."""
    _recipient(recipient)
    _verifier(verifier)


def fingerprint(recipient: str) -> str:
    """A short name of a public key, for the ledger."""
    return hashlib.sha256(recipient.encode()).hexdigest()[:FINGERPRINT_DIGITS]


def seal(plain: bytes, recipient: str, keys: Keys) -> Sealed:
    """Encrypt to a public key, then sign."""
    data: bytes = pyrage.encrypt(plain, [_recipient(recipient)])
    signer = Ed25519PrivateKey.from_private_bytes(base64.b64decode(keys.signer))
    return Sealed(data, base64.b64encode(signer.sign(data)))


def open_sealed(sealed: Sealed, verifier: str, keys: Keys, place: str) -> bytes:
    """What is inside, once signature and seal hold; UserError names the file otherwise."""
    try:
        _verifier(verifier).verify(base64.b64decode(sealed.signature, validate=True), sealed.data)
    except (InvalidSignature, binascii.Error):
        raise UserError(
            "not signed by this agency, or changed since", where=place, mend="ask it for the file and its .sig anew"
        ) from None
    try:
        plain: bytes = pyrage.decrypt(sealed.data, [pyrage.x25519.Identity.from_str(keys.identity)])
    except pyrage.DecryptError:
        raise UserError(
            "not sealed for this bank", where=place, mend="the agency needs the key of `recourse agency key`"
        ) from None
    return plain


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise UserError("not a public age key", where="--recipient", mend="it begins with age1") from None


def _verifier(text: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise UserError("not a public signing key", where="--verifier", mend="32 bytes of Ed25519 as base64") from None
