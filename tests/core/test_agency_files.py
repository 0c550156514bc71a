"""The container and the rows that pass between bank and agency: round trip, and everything that is refused."""

from __future__ import annotations

import base64
import csv
import io

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from recourse.agencies.container import Keys, Sealed, check_keys, fingerprint, new_keys, open_sealed, seal
from recourse.agencies.files import FAULTS_SHOWN, RESULT_COLUMNS, PlacementRow, placement_csv, read_results
from recourse.errors import UserError

BANK, AGENCY, OTHER = new_keys(), new_keys(), new_keys()
OUTCOMES = ("no_answer", "promise")
HEADER = ",".join(RESULT_COLUMNS)


def opened(sealed: Sealed, verifier: str = AGENCY.verifier, keys: Keys = BANK) -> bytes:
    return open_sealed(sealed, verifier, keys, "results.age")


@settings(max_examples=25)
@given(st.binary(max_size=2_000))
def test_what_is_sealed_is_read_back(plain: bytes) -> None:
    assert opened(seal(plain, BANK.recipient, AGENCY)) == plain


def test_anybody_s_age_and_ed25519_read_the_container() -> None:
    """The format is the public one: a plain age decryption and a plain Ed25519 verification, nothing of ours."""
    sealed = seal(b"rows", AGENCY.recipient, BANK)
    assert sealed.data.startswith(b"age-encryption.org/v1\n")
    assert pyrage.decrypt(sealed.data, [pyrage.x25519.Identity.from_str(AGENCY.identity)]) == b"rows"
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(BANK.verifier))
    key.verify(base64.b64decode(sealed.signature), sealed.data)


SEALED = seal(b"placement_id,at\n" * 20, BANK.recipient, AGENCY)


@settings(max_examples=50)
@given(st.integers(0, 10**6), st.integers(1, 255))
def test_one_changed_byte_anywhere_is_refused(place: int, flip: int) -> None:
    sealed, changed = SEALED, bytearray(SEALED.data)
    changed[place % len(changed)] ^= flip
    with pytest.raises(UserError, match="not signed by this agency, or changed since"):
        opened(Sealed(bytes(changed), sealed.signature))


def test_another_writer_and_another_reader_are_refused() -> None:
    sealed = seal(b"x", BANK.recipient, AGENCY)
    with pytest.raises(UserError, match="not signed by this agency"):
        opened(sealed, OTHER.verifier)
    with pytest.raises(UserError, match="not sealed for this bank"):
        opened(sealed, keys=OTHER)
    for signature in (b"", b"not base64!", base64.b64encode(b"short")):
        with pytest.raises(UserError, match="not signed by this agency"):
            opened(Sealed(sealed.data, signature))


def test_bytes_swapped_behind_a_valid_signature_are_refused_by_the_seal() -> None:
    """Somebody with the agency's signing key, and a file that is no age file at all."""
    sealed = seal(b"x", BANK.recipient, AGENCY)
    junk = sealed.data[:-1] + bytes([sealed.data[-1] ^ 1])
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    signer = Ed25519PrivateKey.from_private_bytes(base64.b64decode(AGENCY.signer))
    with pytest.raises(UserError, match="not sealed for this bank"):
        opened(Sealed(junk, base64.b64encode(signer.sign(junk))))


@pytest.mark.parametrize(
    ("recipient", "verifier"),
    [("age1nonsense", BANK.verifier), ("", BANK.verifier), (BANK.recipient, "x"), (BANK.recipient, "AAAA")],
    ids=("no bech32", "no recipient", "no base64", "too short"),
)
def test_keys_that_are_none_are_refused(recipient: str, verifier: str) -> None:
    with pytest.raises(UserError, match="public"):
        check_keys(recipient, verifier)


def test_a_fingerprint_names_a_key_and_no_two_keys_share_it() -> None:
    check_keys(BANK.recipient, BANK.verifier)
    assert fingerprint(BANK.recipient) == fingerprint(BANK.recipient) != fingerprint(AGENCY.recipient)


# --- rows ---------------------------------------------------------------------------------------------------------


def test_the_day_s_file_is_read_by_any_reader_of_csv() -> None:
    row = PlacementRow("p", '王一, "二"', "13800000000", "借字第1号", "CNY", "1234.50", "2026-03-02", "2026-08-29",
                       "22:00", "08:00", 2)  # fmt: skip
    (read,) = csv.DictReader(io.StringIO(placement_csv([row]).decode()))
    assert read["debtor"] == '王一, "二"'
    assert (read["due"], read["contacts"]) == ("1234.50", "2")
    assert {"id_number", "guarantor", "address"} & set(read) == set()


def results(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines, ""]).encode()


GOOD = "p1,2026-03-02T10:00:00+08:00,call,promise,2026-03-05,12.30,CNY,REC-1"


def test_a_good_row_is_read_whole() -> None:
    (row,) = read_results(results(GOOD), "f", OUTCOMES)
    assert (row.n, row.placement_id, row.channel, row.outcome, row.promise_amount) == (2, "p1", "call", "promise", 1230)
    assert row.at.utcoffset() is not None
    assert read_results(results(), "f", OUTCOMES) == []
    assert len(read_results(b"\xef\xbb\xbf" + results(GOOD).replace(b"\n", b"\r\n"), "f", OUTCOMES)) == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("p1,2026-03-02T10:00:00,call,no_answer,,,,", "row 2, at: not an instant with its offset"),
        ("p1,yesterday,call,no_answer,,,,", "row 2, at"),
        (",2026-03-02T10:00:00+08:00,call,no_answer,,,,", "row 2, placement_id: empty"),
        ("p1,2026-03-02T10:00:00+08:00,pigeon,no_answer,,,,", "row 2, channel: use call"),
        ("p1,2026-03-02T10:00:00+08:00,call,sang,,,,", "row 2, outcome: unknown"),
        ("p1,2026-03-02T10:00:00+08:00,call,promise,5.3.,,,", "row 2, promise_on"),
        ("p1,2026-03-02T10:00:00+08:00,call,promise,2026-03-05,1.234,CNY,", "row 2, promise_amount"),
        ("p1,2026-03-02T10:00:00+08:00,call,promise,2026-03-05,12,XXX,", "row 2, promise_amount"),
        ("p1,2026-03-02T10:00:00+08:00,call,promise,2026-03-05,-5,CNY,", "row 2, promise_amount"),
        ("p1,2026-03-02T10:00:00+08:00,call", "row 2, row: 3 cells instead of 8"),
        (f"{GOOD}\n{GOOD}", "row 3, at: this contact stands in the file twice"),
    ],
)
def test_a_wrong_row_is_named_and_refuses_the_file(line: str, says: str) -> None:
    with pytest.raises(UserError) as refused:
        read_results(results(line), "f", OUTCOMES)
    assert says in str(refused.value)
    assert "nothing taken in" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_many_faults_are_counted_and_the_first_are_named() -> None:
    with pytest.raises(UserError) as refused:
        read_results(results(*[f"p{n},x,y,z,,,," for n in range(9)]), "f", OUTCOMES)
    assert "27 faults, nothing taken in: row 2" in str(refused.value)
    assert f"and {27 - FAULTS_SHOWN} more" in str(refused.value)


@pytest.mark.parametrize("plain", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", HEADER.encode() + b'\n"open', b"\x00\x01"])
def test_what_is_no_results_file_is_refused(plain: bytes) -> None:
    with pytest.raises(UserError, match="not a results file"):
        read_results(plain, "f", OUTCOMES)
