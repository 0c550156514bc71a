"""A test CA: a root with a signer and an expired signer, and a foreign root with a signer of the same name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PASSWORD = b"test password"
DAY = timedelta(days=1)


class Holder(msgspec.Struct, frozen=True):
    """A root certificate (PEM), and the key of one whose certificate it issued (PKCS#12)."""

    root: bytes
    key_file: bytes


@lru_cache(maxsize=8)
def holder(root: str = "样本区测试根", name: str = "郑某", until: datetime = NOON + 400 * DAY) -> Holder:
    """The same names give the same keys in one process."""
    root_key, root_certificate = _root(root)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _begun(_name(name), root_certificate.subject, key, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    kept = pkcs12.serialize_key_and_certificates(b"key", key, certificate, None, BestAvailableEncryption(PASSWORD))
    return Holder(root_certificate.public_bytes(Encoding.PEM), kept)


@lru_cache(maxsize=8)
def _root(name: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _begun(_name(name), _name(name), key, NOON + 4000 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime
) -> x509.CertificateBuilder:
    begun = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    begun = begun.serial_number(x509.random_serial_number())
    return begun.not_valid_before(NOON - 400 * DAY).not_valid_after(until)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(signs, signs, False, False, False, not signs, not signs, False, False)
