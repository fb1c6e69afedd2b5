import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_management import pagination
from event_management.errors import InvalidPageTokenError
from event_management.pagination import LIFETIME, read_token, sign_token
from event_management.signing import SigningKeys

KEYS = SigningKeys({1: b"a" * 32}, current=1)
ROTATED = SigningKeys({1: b"a" * 32, 2: b"b" * 32}, current=2)
SCOPE = ("attendees", "k3v7qzm2ab")
POSITION = "2026-11-23T11:05:00.654321Z#m4x2c7v5b3n6a2sd"
NOW = 1_800_000_000.0


def refused(token, scope=SCOPE, keys=KEYS, now=NOW):
    try:
        read_token(token, scope, keys, now)
    except InvalidPageTokenError:
        return True
    return False


@given(st.text(max_size=80), st.lists(st.text(max_size=10), max_size=3).map(tuple))
def test_every_token_leads_back_to_its_position(position, scope):
    assert position == read_token(sign_token(position, scope, KEYS, NOW), scope, KEYS, NOW)


def test_token_fits_in_a_url_and_needs_no_escaping():
    token = sign_token(POSITION, SCOPE, KEYS, NOW)
    assert len(token) < 100
    assert token.replace("-", "").replace("_", "").isalnum()


def test_no_altered_token_is_taken():
    token = sign_token(POSITION, SCOPE, KEYS, NOW)
    data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for place in range(len(data)):
        for bit in range(8):
            altered = bytearray(data)
            altered[place] ^= 1 << bit
            assert refused(base64.urlsafe_b64encode(altered).rstrip(b"=").decode()), (place, bit)


def test_no_truncated_or_extended_token_is_taken():
    token = sign_token(POSITION, SCOPE, KEYS, NOW)
    assert all(refused(token[:length]) for length in range(len(token)))
    assert all(refused(token + more) for more in ("A", "AA", "AAAA", "=", "\n", " ", "==", "%3D"))


def test_one_token_has_one_spelling():
    token = sign_token(POSITION + "x", SCOPE, KEYS, NOW)  # a length whose last character has spare bits
    assert POSITION + "x" == read_token(token, SCOPE, KEYS, NOW)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert [token[-1]] == [last for last in alphabet if not refused(token[:-1] + last)]
    assert refused(token[:10] + "!" + token[10:])


@pytest.mark.parametrize(
    "scope", [("attendees", "aaaaaaaaaa"), ("events", "k3v7qzm2ab"), ("attendees",), (), ("attendeesk3v7qzm2ab",)]
)
def test_token_of_another_list_is_refused(scope):
    assert refused(sign_token(POSITION, SCOPE, KEYS, NOW), scope)


def test_token_of_another_stack_is_refused():
    assert refused(sign_token(POSITION, SCOPE, KEYS, NOW), keys=SigningKeys({1: b"z" * 32}, 1))


def test_token_outlives_a_key_rotation_until_the_old_key_is_dropped():
    token = sign_token(POSITION, SCOPE, KEYS, NOW)
    assert not refused(token, keys=ROTATED)
    assert refused(token, keys=SigningKeys({2: b"b" * 32}, 2))
    assert refused(sign_token(POSITION, SCOPE, ROTATED, NOW), keys=KEYS)


def test_token_is_good_for_a_day():
    token = sign_token(POSITION, SCOPE, KEYS, NOW)
    assert not refused(token, now=NOW + LIFETIME)
    assert refused(token, now=NOW + LIFETIME + 1)


@given(st.text())
def test_garbage_is_refused(text):
    assert refused(text)


@pytest.mark.parametrize("text", ["", "A" * 100_000, "null", "eyJwayI6IngifQ", "\udcff", "ｔｏｋｅｎ"])
def test_text_that_was_never_a_token_is_refused(text):
    assert refused(text)


def test_token_of_another_version_is_refused(monkeypatch):
    assert 1 == pagination._VERSION
    with monkeypatch.context() as later:
        later.setattr(pagination, "_VERSION", 2)
        token = sign_token(POSITION, SCOPE, KEYS, NOW)
        assert not refused(token)
    assert refused(token)


def test_text_longer_than_any_token_is_refused_unread():
    assert not refused(sign_token("x" * 300, SCOPE, KEYS, NOW))
    assert refused(sign_token("x" * 400, SCOPE, KEYS, NOW))
