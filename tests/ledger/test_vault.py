"""The vault: what was sealed comes back, to the right hands only; equal people meet in the index."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.errors import UserError
from recourse.ledger import vault as vaults
from recourse.ledger.vault import DEMO_KEY, ErasedPerson, TamperedField, Vault, WrongKey

OTHER_MASTER = bytes(range(32))
VAULT = Vault(DEMO_KEY)
OTHER = Vault(OTHER_MASTER)
WRAPPED = VAULT.new_person_key()
PERSON = VAULT.open_person_key(WRAPPED)
SEALED = PERSON.encrypt("name", "p1", "欧阳䶮")
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(VALUES, VALUES, VALUES)
def test_a_field_comes_back_as_it_was(field: str, party_id: str, text: str) -> None:
    sealed = PERSON.encrypt(field, party_id, text)
    assert PERSON.decrypt(field, party_id, sealed) == text
    assert VAULT.open_person_key(WRAPPED).decrypt(field, party_id, sealed) == text
    assert len(sealed) == 28 + len(text.encode())


def test_sealing_twice_never_looks_the_same() -> None:
    assert PERSON.encrypt("name", "p1", "欧阳䶮") != SEALED
    assert "欧阳".encode() not in SEALED


@given(st.integers(0, 8 * len(SEALED) - 1))
def test_any_changed_bit_of_a_field_is_noticed(bit: int) -> None:
    changed = bytearray(SEALED)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(TamperedField, match="party p1, field name"):
        PERSON.decrypt("name", "p1", bytes(changed))


@pytest.mark.parametrize("length", range(len(SEALED)))
def test_a_field_cut_short_is_noticed(length: int) -> None:
    with pytest.raises(TamperedField):
        PERSON.decrypt("name", "p1", SEALED[:length])


@pytest.mark.parametrize(("field", "party_id"), [("name", "p2"), ("phone", "p1"), ("1/name", "p"), ("ame", "p1/n")])
def test_a_field_moved_elsewhere_is_noticed(field: str, party_id: str) -> None:
    with pytest.raises(TamperedField):
        PERSON.decrypt(field, party_id, SEALED)


def test_person_and_field_are_told_apart_however_they_are_written() -> None:
    with pytest.raises(TamperedField):
        PERSON.decrypt("c", "a/b", PERSON.encrypt("b/c", "a", "text"))


def test_another_persons_key_does_not_open_it() -> None:
    with pytest.raises(TamperedField):
        VAULT.open_person_key(VAULT.new_person_key()).decrypt("name", "p1", SEALED)


@given(st.integers(0, 8 * vaults.WRAPPED_BYTES - 1))
def test_any_changed_bit_of_a_wrapped_key_is_noticed(bit: int) -> None:
    changed = bytearray(WRAPPED)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises((TamperedField, WrongKey)):
        VAULT.open_person_key(bytes(changed))


def test_the_wrong_master_key_is_named_in_one_line() -> None:
    with pytest.raises(WrongKey) as caught:
        OTHER.open_person_key(WRAPPED)
    assert isinstance(caught.value, UserError)
    line = str(caught.value)
    assert line.startswith("wrong key")
    assert VAULT.key_id in line
    assert OTHER.key_id in line
    assert "\n" not in line


def test_a_vault_opened_for_another_ledger_stops_at_once() -> None:
    assert Vault(DEMO_KEY, VAULT.key_id).key_id == VAULT.key_id
    with pytest.raises(WrongKey):
        Vault(DEMO_KEY, OTHER.key_id)


def test_a_destroyed_key_erases_the_person() -> None:
    with pytest.raises(ErasedPerson):
        VAULT.open_person_key(b"")


def test_rotation_moves_the_key_and_leaves_the_fields() -> None:
    moved = vaults.rewrap(WRAPPED, VAULT, OTHER)
    assert OTHER.open_person_key(moved).decrypt("name", "p1", SEALED) == "欧阳䶮"
    with pytest.raises(WrongKey):
        VAULT.open_person_key(moved)
    with pytest.raises(WrongKey):
        vaults.rewrap(moved, VAULT, OTHER)


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_a_document_comes_back_and_survives_rotation(data: bytes, aad: bytes) -> None:
    sealed = VAULT.document_cipher().encrypt(data, aad)
    assert VAULT.document_cipher().decrypt(sealed, aad) == data
    moved = vaults.rewrap_document(sealed, VAULT, OTHER)
    assert OTHER.document_cipher().decrypt(moved, aad) == data
    with pytest.raises(TamperedField):
        VAULT.document_cipher().decrypt(sealed, aad + b"!")
    with pytest.raises(WrongKey):
        OTHER.document_cipher().decrypt(sealed, aad)


@given(st.data())
def test_any_changed_bit_of_a_document_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(VAULT.document_cipher().encrypt("催收通知书".encode(), b"doc"))
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises((TamperedField, WrongKey)):
        VAULT.document_cipher().decrypt(bytes(sealed), b"doc")


def test_a_document_key_is_no_person_key() -> None:
    sealed = VAULT.document_cipher().encrypt(b"data", b"doc")
    with pytest.raises(TamperedField):
        VAULT.open_person_key(sealed[: vaults.WRAPPED_BYTES])


SPELLINGS: list[tuple[vaults.IndexKind, list[str]]] = [
    (
        "name",
        ["买买提·阿不都", "买买提 • 阿不都", "买买提・阿不都", "买买提･阿不都", "买买提‧阿不都", " 买买提．阿不都 "],
    ),
    ("name", ["张伟", "张 伟", "张\u3000伟", "张伟\u200b", "张\ufe00伟"]),
    ("name", ["Li Wei", "LI WEI", "ｌｉ　ｗｅｉ"]),
    (
        "phone",
        ["13800138000", "+86 138-0013-8000", "0086 138 0013 8000", "＋８６１３８００１３８０００", "8613800138000"],
    ),
    ("phone", ["010-12345678", "+86 10 1234 5678", "+86 (0)10 12345678", "008601012345678"]),
    ("id_number", ["11010119900101123X", "11010119900101123x", " 110101 19900101 123ｘ"]),
    ("email", ["Wei.Zhang@Example.com", "wei.zhang@example.COM "]),
]


@pytest.mark.parametrize(("kind", "spellings"), SPELLINGS)
def test_spellings_of_one_thing_meet(kind: vaults.IndexKind, spellings: list[str]) -> None:
    assert len({VAULT.blind_index(kind, each) for each in spellings}) == 1


def test_different_things_do_not_meet() -> None:
    indexes = [VAULT.blind_index(kind, spellings[0]) for kind, spellings in SPELLINGS]
    indexes += [
        VAULT.blind_index("name", "13800138000"),
        VAULT.blind_index("phone", "13800138001"),
        VAULT.blind_index("phone", "+852 2345 6789"),
        VAULT.blind_index("phone", "2345 6789"),
        VAULT.blind_index("name", "张炜"),
    ]
    assert len(set(indexes)) == len(indexes)
    assert VAULT.blind_index("name", "张伟") != OTHER.blind_index("name", "张伟")
    assert all(len(each) == 32 and int(each, 16) for each in indexes)


@given(
    st.sampled_from(["name", "phone", "id_number", "email"]), st.text(max_size=20) | st.text("+0869 1-(x", max_size=24)
)
def test_normalising_twice_is_normalising_once(kind: vaults.IndexKind, text: str) -> None:
    once = vaults.normalise(kind, text)
    assert vaults.normalise(kind, once) == once


@pytest.mark.parametrize(("kind", "value"), [("phone", "无"), ("phone", "000"), ("name", " \u200b"), ("email", "")])
def test_nothing_is_not_indexed(kind: vaults.IndexKind, value: str) -> None:
    with pytest.raises(UserError, match="empty"):
        VAULT.blind_index(kind, value)


def test_a_master_key_is_read_from_hex_or_base64() -> None:
    key = b"\xfb\xff" + bytes(range(30))
    texts = [
        key.hex(),
        key.hex().upper() + "\n",
        base64.b64encode(key).decode(),
        base64.urlsafe_b64encode(key).decode(),
    ]
    assert [vaults.parse_master_key(text) for text in texts] == [key] * 4


@pytest.mark.parametrize(
    "text", ["", "hunter2", "ab" * 31, "ab" * 33, "zz" * 32, base64.b64encode(bytes(31)).decode(), "密" * 64]
)
def test_a_bad_master_key_is_one_line_without_the_key(text: str) -> None:
    with pytest.raises(UserError) as caught:
        vaults.parse_master_key(text)
    assert not text or text not in str(caught.value)


def test_the_demo_key_is_known_as_such() -> None:
    assert vaults.is_demo_key(DEMO_KEY)
    assert not vaults.is_demo_key(OTHER_MASTER)
    assert vaults.key_fingerprint(DEMO_KEY) == VAULT.key_id
    assert len(VAULT.key_id) == 8


def test_nothing_printed_shows_a_key() -> None:
    assert repr(VAULT) == f"Vault({VAULT.key_id})"
    assert repr(PERSON) == f"PersonKey({PERSON.key_id})"
    with pytest.raises(UserError):
        Vault(b"short")
