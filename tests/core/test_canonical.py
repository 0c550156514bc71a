"""Canonical text and what is derived from it: hashes, chains, ids, the root of a tree."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.canonical import NAMESPACE, chain, decode, derived_id, digest, encode, merkle_root
from recourse.facts import Terms
from recourse.money import Amounts

json_like = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_like)
def test_equal_values_give_equal_text_and_come_back(value: object) -> None:
    text = encode(value)
    assert encode(decode(text, object)) == text
    assert decode(text, object) == value


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), st.integers(), max_size=6))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert encode(value) == encode(dict(reversed(value.items())))


def test_the_text_is_small_sorted_and_in_utf_8() -> None:
    assert (
        encode({"b": date(2026, 3, 2), "a": "罕见𠮷", "c": (1, None)}) == '{"a":"罕见𠮷","b":"2026-03-02","c":[1,null]}'
    )
    assert encode(Amounts(principal=5)) == '{"principal":5}'
    assert decode('{"principal":5}', Amounts) == Amounts(principal=5)
    assert encode(Terms()) == "{}"


def test_a_hash_is_over_the_text_as_it_stands() -> None:
    assert digest("abc") == digest(b"abc") == hashlib.sha256(b"abc").hexdigest()
    assert chain(bytes(32), "abc") == hashlib.sha256(bytes(32) + b"abc").digest()
    assert chain(chain(bytes(32), "a"), "b") != chain(chain(bytes(32), "b"), "a")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=5))
def test_an_id_is_a_uuid_of_version_5(parts: list[str]) -> None:
    assert derived_id(*parts) == uuid.uuid5(NAMESPACE, "/".join(parts)).hex


def test_ids_are_the_same_on_every_machine() -> None:
    assert derived_id("case", "a", 1) == "2126d6d401305f389db925a7e5215d13"
    assert derived_id("case", "A1", 1) != derived_id("case", "A1", 2)


@pytest.mark.parametrize("n", range(1, 18))
def test_every_leaf_and_its_place_make_the_root(n: int) -> None:
    leaves = [bytes([k]) for k in range(n)]
    root = merkle_root(leaves)
    assert root == merkle_root(list(leaves))
    for k in range(n):
        assert merkle_root([*leaves[:k], b"other", *leaves[k + 1 :]]) != root
        assert merkle_root(leaves[:k] + leaves[k + 1 :]) != root
    if n > 1:
        assert merkle_root([leaves[1], leaves[0], *leaves[2:]]) != root


def test_a_leaf_is_never_taken_for_a_branch() -> None:
    """RFC 6962, section 2.1: leaves and branches are hashed apart; the empty tree has the hash of nothing."""
    assert merkle_root([]) == hashlib.sha256(b"").hexdigest()
    leaf, other = (hashlib.sha256(b"\0" + data).digest() for data in (b"a", b"b"))
    assert merkle_root([b"a"]) == leaf.hex()
    assert merkle_root([b"a", b"b"]) == hashlib.sha256(b"\1" + leaf + other).hexdigest()
