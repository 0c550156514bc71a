"""Signatures on packets: put behind one with a key from a file, and read when it is verified."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from recourse.errors import UserError
from recourse.packets import signing
from recourse.packets.checking import Check, behind, check, manifest_in, pages_shown
from recourse.packets.signing import Signed, Signer


class Verified(Check, frozen=True):
    """What a packet says of itself, and who signed it."""

    signatures: tuple[Signed, ...] = ()


class Trust(msgspec.Struct, frozen=True):
    """The roots (PEM or DER) that certificates must lead to, and the instant at which they must be in force."""

    roots: tuple[bytes, ...]
    at: datetime


def examined(pdf: bytes, trust: Trust | None = None) -> Verified:
    """The check of a packet, in which signatures behind its end are no fault when they are sound; with `trust`, one by a
    certificate that is not trusted is."""
    found = Verified(**msgspec.structs.asdict(check(pdf)))
    end = len(pdf) - found.appended
    if not found.appended and b"/ByteRange" not in pdf:
        return found
    if not signing.available():
        unread = f"; whether they are a signature, pyHanko can tell ({signing.INSTALL})"
        told = tuple(each + unread if each == behind(found.appended) else each for each in found.problems)
        return msgspec.structs.replace(found, problems=told)
    try:
        signed = signing.signatures(pdf, trust.roots if trust else (), trust.at if trust else None)
        faults = [*signing.faults(pdf, end), *_distrusted(signed), *_shown(found, pdf, end)] if signed else []
    except ValueError as error:
        signed, faults = (), [f"what stands behind the packet's own end {error}"] if found.appended else []
    rest = [each for each in found.problems if not signed or each != behind(found.appended)]
    return msgspec.structs.replace(found, problems=(*rest, *faults), signatures=signed)


def _distrusted(signed: tuple[Signed, ...]) -> Iterator[str]:
    for each in signed:
        if each.trust == "not_trusted":
            yield f"the certificate of {each.by} is not trusted: not in force, or not from a root that was given"


def _shown(found: Check, pdf: bytes, end: int) -> Iterator[str]:
    """The pages that what was added replaces, where what was bound is as it was."""
    whole = all(each == behind(found.appended) for each in found.problems)
    manifest = manifest_in(pdf[:end]) if whole else None
    if manifest is not None:
        yield from pages_shown(pdf, manifest)


def signed(pdf: bytes, where: str, signer: Signer, at: datetime, capacity: str = "") -> bytes:
    """A packet with one more signature; UserError when it is not intact as it is."""
    found = examined(pdf)
    if not found.intact:
        raise UserError(f"not signed: {found.problems[0]}", where=where, mend="sign an intact packet")
    return signing.sign(pdf, signer, at, capacity)


def signer(key_file: Path, password_env: str) -> Signer:
    """The key of a PKCS#12 file, with the password that the named setting of the environment holds."""
    if password_env and password_env not in os.environ:
        raise UserError("no such variable", where=password_env, mend="put the password there, or drop --password-env")
    return Signer(file_bytes(key_file, "a PKCS#12 file"), os.environ.get(password_env, "").encode())


def trust_in(file: Path, at: datetime) -> Trust:
    """The roots that a file of certificates holds."""
    data = file_bytes(file, "a file of certificates (PEM or DER)")
    return Trust(signing.roots_in(data, str(file)), at)


def file_bytes(path: Path, wanted: str) -> bytes:
    """The bytes of a file; UserError when there is none."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError("cannot read", where=str(path), mend=f"give {wanted} ({error.strerror})") from None
