"""Signatures on a packet (PAdES B-B, ETSI EN 319 142-1), by pyHanko, which is loaded only here.

A signature stands behind the packet's own end and changes no byte of what was bound, so that an approval stays bound to
the same hash. Whoever signs last covers the whole file. What was added is compared with what was bound, not only with
what was signed: a page that was replaced first and signed then is found too. Revocation is not asked: that needs a network.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificates

from recourse.errors import UserError
from recourse.packets.added import beyond_signatures

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus

INSTALL = "pip install 'recourse[sign]'"
Trust = Literal["trusted", "not_trusted", "not_asked"]


class Signed(msgspec.Struct, frozen=True):
    """One signature: by whom (the certificate's subject), when by the signer's own clock, in what capacity by his own word.

    `intact`: what it covers is what was signed. `covers`: it covers all that was bound and all that came before it, and
    after it nothing but signatures came. `trust`: whether its certificate leads to a root that was given.
    """

    by: str
    at: datetime | None
    capacity: str
    intact: bool
    covers: bool
    trust: Trust

    @property
    def sound(self) -> bool:
        return self.intact and self.covers


class Signer(msgspec.Struct, frozen=True):
    """A key with its certificates (PKCS#12) and the password that opens it."""

    key_file: bytes
    password: bytes = b""

    def certificate(self) -> Any:
        """The certificate that belongs to the key; UserError when the file or the password is wrong."""
        try:
            opened = pkcs12.load_pkcs12(self.key_file, self.password or None)
        except (ValueError, TypeError):
            raise UserError(
                "cannot open the key", mend="give a PKCS#12 file and, by --password-env, the password that opens it"
            ) from None
        if opened.key is None or opened.cert is None:
            raise UserError("the file has no key with a certificate", mend="export the key with its certificate")
        return opened.cert.certificate


def available() -> bool:
    """Whether pyHanko is installed."""
    try:
        import pyhanko.sign  # noqa: F401
    except ModuleNotFoundError:
        return False
    return True


def sign(pdf: bytes, signer: Signer, at: datetime, capacity: str = "") -> bytes:
    """The packet with one more signature behind it; what was there stays, byte for byte. `at`: the instant it states.

    Raises UserError when pyHanko is missing, the key does not open, or its certificate is not in force at that instant.
    """
    if not available():
        raise UserError("signing needs pyHanko", mend=INSTALL)
    certificate = signer.certificate()
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        until = certificate.not_valid_after_utc.date()
        raise UserError(f"the certificate is not in force (until {until})", mend="sign with one that is")
    return asyncio.run(_signed(pdf, signer, at, capacity))


async def _signed(pdf: bytes, signer: Signer, at: datetime, capacity: str) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    name = f"Signature{len(writer.prev.embedded_signatures) + 1}"
    told = PdfSignatureMetadata(name, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason=capacity or None)
    key = SimpleSigner.load_pkcs12_data(signer.key_file, [], signer.password or None)
    session = PdfSigner(told, key).init_signing_session(writer)
    session.system_time = at
    validation = await session.perform_presign_validation(writer)
    reserved = await session.estimate_signature_container_size(validation)
    document = session.prepare_tbs_document(validation, reserved)
    output = BytesIO()
    prepared, _ = document.digest_tbs_document(output=output)
    done = await document.perform_signature(prepared.document_digest, PdfCMSSignedAttributes(signing_time=at))
    await done.post_signature_processing(output)
    return output.getvalue()


def roots_in(data: bytes, where: str) -> tuple[bytes, ...]:
    """The certificates (DER) of a file; UserError when there are none."""
    try:
        pem = b"-----BEGIN" in data
        found = load_pem_x509_certificates(data) if pem else [load_der_x509_certificate(data)]
    except ValueError:
        raise UserError("no certificate", where=where, mend="give a file of certificates, PEM or DER") from None
    return tuple(each.public_bytes(Encoding.DER) for each in found)


def signatures(pdf: bytes, roots: Sequence[bytes] = (), at: datetime | None = None) -> tuple[Signed, ...]:
    """Who signed, in the order of signing. `roots`: certificates (DER) that are trusted, as of the instant `at`.

    Raises ValueError when the file cannot be read.
    """
    return tuple(_read(each, roots, at) for each in _embedded(_reader(pdf)))


def faults(pdf: bytes, end: int) -> Iterator[str]:
    """What stands behind the packet's own end (byte `end`) besides sound signatures. Raises ValueError as above."""
    signed = _embedded(_reader(pdf))
    if not signed:
        yield "what stands behind the packet's own end is no signature"
    elif signed[0].byte_range[2] < end:
        yield "a signature stands before the packet's own end: a signed file was bound anew"
    elif signed[-1].evaluate_signature_coverage().name != "ENTIRE_FILE":
        yield "bytes stand behind the last signature"
    for each in map(_read, signed):
        if not each.intact:
            yield f"the signature by {each.by} does not hold: what it covers was changed"
        elif not each.covers:
            yield f"after the signature by {each.by} more than signatures was added"
    if problem := beyond_signatures(pdf, end):
        yield problem


def _reader(pdf: bytes) -> PdfFileReader:
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(BytesIO(pdf))
        for each in reader.embedded_signatures:
            each.compute_integrity_info(skip_diff=True)
    except (PdfError, *_UNREADABLE) as error:
        raise ValueError(f"cannot be read ({type(error).__name__})") from None
    return reader


_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError, ArithmeticError)


def _embedded(reader: PdfFileReader) -> list[EmbeddedPdfSignature]:
    return list(reader.embedded_signatures)


def _read(each: EmbeddedPdfSignature, roots: Sequence[bytes] = (), at: datetime | None = None) -> Signed:
    subject = load_der_x509_certificate(each.signer_cert.dump()).subject.rfc4514_string()
    capacity, told_at = str(each.sig_object.get("/Reason", "")), _told_at(each)
    status = _status(each, roots, at)
    if status is None or _hides_something(each.pkcs7_content):
        return Signed(subject, told_at, capacity, False, False, "not_asked")
    covers = _only_signatures_since(status)
    trust: Trust = ("trusted" if status.trusted else "not_trusted") if roots else "not_asked"
    return Signed(subject, told_at, capacity, status.intact and status.valid, covers, trust)


def _told_at(each: EmbeddedPdfSignature) -> datetime | None:
    from pyhanko.pdf_utils.misc import PdfError

    try:
        return each.self_reported_timestamp
    except (PdfError, *_UNREADABLE):
        return None


def _hides_something(container: bytes) -> bool:
    """Whether the room behind a signature, which no signature covers, holds anything but zeros (DER, X.690 8.1.3)."""
    more = container[1] & 0x7F if container[1] & 0x80 else 0
    length = int.from_bytes(container[2 : 2 + more], "big") if more else container[1]
    return any(container[2 + more + length :])


def _only_signatures_since(status: PdfSignatureStatus) -> bool:
    """By pyHanko's own comparison of revisions. A further signature fills a field that it makes itself."""
    from pyhanko.sign.diff_analysis import ModificationLevel

    return status.modification_level is not None and status.modification_level <= ModificationLevel.FORM_FILLING


def _status(each: EmbeddedPdfSignature, roots: Sequence[bytes], at: datetime | None) -> PdfSignatureStatus | None:
    """What pyHanko finds, None when it cannot read the signature."""
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.errors import PathError, ValidationError

    anchors = [each for root in roots for each in load_certs_from_pemder_data(root)]
    context = ValidationContext(trust_roots=anchors, moment=at, allow_fetching=False)
    usage = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what it finds is in what it returns
    try:
        return validate_pdf_signature(each, context, key_usage_settings=usage)
    except (PdfError, PathError, ValidationError, *_UNREADABLE):
        return None
