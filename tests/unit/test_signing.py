import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from event_management.signing import SigningKeys, sign, verify

KEYS = SigningKeys({1: b"a" * 32}, current=1)
ROTATED = SigningKeys({1: b"a" * 32, 2: b"b" * 32}, current=2)

scopes = st.lists(st.text(max_size=10), max_size=3).map(tuple)


@given(st.binary(max_size=80), st.integers(0, 255), scopes)
def test_what_was_signed_leads_back_to_its_content(content, version, scope):
    assert content == verify(sign(content, version, KEYS, scope), version, KEYS, scope)


@given(st.binary(max_size=20), scopes, scopes)
def test_what_was_signed_is_good_for_its_scope_only(content, scope, other):
    assert (content if scope == other else None) == verify(sign(content, 1, KEYS, scope), 1, KEYS, other)


def test_no_altered_bit_goes_unnoticed():
    signed = sign(b"content", 1, ROTATED)
    for place in range(len(signed)):
        for bit in range(8):
            altered = bytearray(signed)
            altered[place] ^= 1 << bit
            assert verify(bytes(altered), 1, ROTATED) is None, (place, bit)


def test_what_was_cut_short_or_lengthened_is_not_ours():
    signed = sign(b"content", 1, KEYS)
    assert all(verify(signed[:length], 1, KEYS) is None for length in range(len(signed)))
    assert all(verify(signed[start:], 1, KEYS) is None for start in range(1, len(signed)))
    assert verify(signed + b"\0", 1, KEYS) is None


def test_each_version_is_its_own():
    assert b"content" == verify(sign(b"content", 2, KEYS), 2, KEYS)
    assert verify(sign(b"content", 2, KEYS), 1, KEYS) is None


def test_all_keys_verify_and_the_current_one_signs():
    old, new = sign(b"content", 1, KEYS), sign(b"content", 1, ROTATED)
    assert b"content" == verify(old, 1, ROTATED) == verify(new, 1, ROTATED)
    assert b"content" == verify(new, 1, SigningKeys({2: b"b" * 32}, 2))
    assert verify(new, 1, KEYS) is None
    assert verify(old, 1, SigningKeys({2: b"b" * 32}, 2)) is None
    assert verify(old, 1, SigningKeys({1: b"z" * 32}, 1)) is None


@pytest.mark.parametrize("use", ["ticket", "manage"])
def test_reserved_keys_are_those_of_hkdf(use):
    reserved = ROTATED.reserved_for(use)
    expected = {
        key_id: HKDFExpand(SHA256(), length=32, info=use.encode()).derive(key) for key_id, key in ROTATED.keys.items()
    }
    assert (expected, 2) == (reserved.keys, reserved.current)


def test_what_one_use_signed_no_other_use_verifies():
    sources = [KEYS, KEYS.reserved_for("ticket"), KEYS.reserved_for("manage")]
    for source in sources:
        for reader in sources:
            expected = b"content" if source is reader else None
            assert expected == verify(sign(b"content", 1, source), 1, reader)
