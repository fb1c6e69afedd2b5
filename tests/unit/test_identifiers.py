import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_management.identifiers import (
    decode_base32,
    derive_attendee_id,
    derive_counter_id,
    derive_event_id,
    digest,
    encode_base32,
    is_event_id,
    new_event_id,
    new_nonce,
)

KEY = bytes(range(32))


def test_event_id_is_ten_characters_of_lower_case_base32():
    assert re.fullmatch("[a-z2-7]{10}", new_event_id())
    assert is_event_id(new_event_id())


def test_event_ids_come_from_the_random_source():
    assert "aaaaaaaaaa" == new_event_id(bytes)


def test_derived_ids_never_change():
    """Rows written years ago are found by them; a new rule needs a new version, not a new result."""
    assert "nvt7i2mqxl" == derive_event_id(KEY, "anonymous", "key-1")
    assert "vnr3isw7j5og2sxikqlzu5cemt" == derive_counter_id(KEY, "client", "203.0.113.7")
    assert "36uy6evzml3gin3s" == derive_attendee_id(KEY, "k3v7qzm2ab", "asha@example.com")


def test_derived_event_id_depends_on_owner_key_attempt_and_secret():
    ids = {
        derive_event_id(KEY, "anonymous", "key-1"),
        derive_event_id(KEY, "anonymous", "key-2"),
        derive_event_id(KEY, "somebody", "key-1"),
        derive_event_id(KEY, "anonymous", "key-1", attempt=1),
        derive_event_id(bytes(32), "anonymous", "key-1"),
    }
    assert 5 == len(ids)
    assert all(is_event_id(event_id) for event_id in ids)


def test_derived_attendee_id_depends_on_event_address_and_secret():
    ids = {
        derive_attendee_id(KEY, "aaaaaaaaaa", "asha@example.com"),
        derive_attendee_id(KEY, "aaaaaaaaab", "asha@example.com"),
        derive_attendee_id(KEY, "aaaaaaaaaa", "usha@example.com"),
        derive_attendee_id(bytes(32), "aaaaaaaaaa", "asha@example.com"),
    }
    assert 4 == len(ids)
    assert all(re.fullmatch("[a-z2-7]{16}", attendee_id) for attendee_id in ids)


def test_a_counters_id_depends_on_the_policy_whom_it_counts_and_the_secret():
    ids = {
        derive_counter_id(KEY, "client", "203.0.113.7"),
        derive_counter_id(KEY, "client", "203.0.113.8"),
        derive_counter_id(KEY, "address", "203.0.113.7"),
        derive_counter_id(KEY, "address", "203.0.113.7", ""),
        derive_counter_id(bytes(32), "client", "203.0.113.7"),
    }
    assert 5 == len(ids)
    assert all(re.fullmatch("[a-z2-7]{26}", counter_id) for counter_id in ids)
    # Nobody who sees a counter's key learns the id of the person.
    same = ("k3v7qzm2ab", "asha@example.com")
    assert not derive_counter_id(KEY, "attendee", *same).startswith(derive_attendee_id(KEY, *same))


def test_nonces_differ():
    assert 100 == len({new_nonce() for _ in range(100)})


def test_texts_that_no_event_can_have_as_id_are_told():
    for text in (
        "",
        "aaaaaaaaa",
        "aaaaaaaaaaa",
        "AAAAAAAAAA",
        "aaaaaaaaa1",
        "aaaaaaaaa\n",
        "EVENT#aaaa",
        "ａａａａａａａａａａ",
    ):
        assert not is_event_id(text), text


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_digests_are_equal_for_equal_parts_only(one, other):
    assert (one == other) == (digest(*one) == digest(*other))


@given(st.binary(max_size=40))
def test_base32_leads_back_to_its_bytes(data):
    text = encode_base32(data)
    assert re.fullmatch("[a-z2-7]*", text)
    assert data == decode_base32(text)


@pytest.mark.parametrize(
    "text",
    [
        *["a", "MZXQ", "mzxQ", "mzxq====", "mz xq", "mzx1", "mzxq\n", "aaa", "ｍｚｘｑ", "mzxſ", "mzxß", "\udcff"],
        *["mz", "mzxr", "mzxqb", "mzxqaab", "mzxqaaaamz"],
    ],
)
def test_what_is_not_the_one_text_of_some_bytes_is_refused(text):
    assert b"fo" == decode_base32("mzxq")
    with pytest.raises(ValueError, match="base32"):
        decode_base32(text)
