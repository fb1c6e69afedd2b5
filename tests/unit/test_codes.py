import base64
import re
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from event_management import codes
from event_management.codes import Code, new_serial, read_manage, read_ticket, sign_manage, sign_ticket
from event_management.errors import InvalidManageCodeError, InvalidPageTokenError, InvalidTicketError
from event_management.identifiers import encode_base32
from event_management.pagination import read_token, sign_token
from event_management.signing import SigningKeys, sign

KEYS = SigningKeys({1: b"a" * 32}, current=1)
ROTATED = SigningKeys({1: b"a" * 32, 2: b"b" * 32}, current=2)
CODE = Code("k3v7qzm2ab", "m4x2c7v5b3n6a2sd", "b5dq2k7x3mzna")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
TICKET = "AEAVN27YMWNAAQDHF6QX5PIO3PQGUQYPI4GSX563GLILNGPDUNWSOKHLUDMC647K5LILO"
MANAGE = "AEAVN27YMWNAAQDHF6QX5PIO3PQGUQYPI4GSX563GLIDR7QBPSI3VXADWQC63U5JMYPDA"


class Kind(NamedTuple):
    sign: object
    read: object
    error: type


KINDS = {
    "ticket": Kind(sign_ticket, read_ticket, InvalidTicketError),
    "manage": Kind(sign_manage, read_manage, InvalidManageCodeError),
}
both_kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


def ids(length):
    return st.text(alphabet=ALPHABET.lower(), min_size=length, max_size=length)


some_codes = st.builds(Code, ids(10), ids(16), st.binary(min_size=8, max_size=8).map(encode_base32))


def refused(kind, text, keys=KEYS):
    try:
        kind.read(text, keys)
    except kind.error:
        return True
    return False


def spelled(data):
    return base64.b32encode(data).decode().rstrip("=")


def content_of(text):
    return base64.b32decode(text + "===")[2:-16]


# --- What is read -----------------------------------------------------------------------------------------------------


@both_kinds
@given(code=some_codes)
def test_every_code_leads_back_to_what_it_says(kind, code):
    assert code == kind.read(kind.sign(code, KEYS), KEYS)


@both_kinds
@given(code=some_codes)
def test_codes_are_69_characters_that_a_qr_code_packs_densely(kind, code):
    assert re.fullmatch("[A-Z2-7]{69}", kind.sign(code, KEYS))


@both_kinds
@given(
    code=some_codes,
    lowered=st.sets(st.integers(0, 68)),
    around=st.tuples(*[st.text(alphabet=" \t\r\n\u00a0\u3000", max_size=5)] * 2),
)
def test_case_and_white_space_around_do_not_count(kind, code, lowered, around):
    text = kind.sign(code, KEYS)
    typed = "".join(letter.lower() if place in lowered else letter for place, letter in enumerate(text))
    assert code == kind.read(around[0] + typed + around[1], KEYS)


def test_codes_handed_out_stay_good():
    """They are on people's telephones and on paper; a new format needs a new version, and both are read."""
    assert (TICKET, MANAGE) == (sign_ticket(CODE, KEYS), sign_manage(CODE, KEYS))
    assert CODE == read_ticket(TICKET, KEYS) == read_manage(MANAGE, KEYS)


@both_kinds
def test_code_outlives_a_key_rotation_until_the_old_key_is_dropped(kind):
    text = kind.sign(CODE, KEYS)
    assert CODE == kind.read(text, ROTATED)
    assert refused(kind, text, SigningKeys({2: b"b" * 32}, 2))
    assert CODE == kind.read(kind.sign(CODE, ROTATED), SigningKeys({2: b"b" * 32}, 2))
    assert refused(kind, kind.sign(CODE, ROTATED), KEYS)


# --- What is refused --------------------------------------------------------------------------------------------------


@both_kinds
@settings(max_examples=10, deadline=None)
@given(code=some_codes)
def test_no_code_with_another_character_is_taken(kind, code):
    text = kind.sign(code, KEYS)
    for place, right in enumerate(text):
        for letter in ALPHABET:
            assert (letter != right) == refused(kind, text[:place] + letter + text[place + 1 :])


@both_kinds
def test_no_altered_bit_is_taken(kind):
    data = base64.b32decode(kind.sign(CODE, ROTATED) + "===")
    for place in range(len(data)):
        for bit in range(8):
            altered = bytearray(data)
            altered[place] ^= 1 << bit
            assert refused(kind, spelled(altered), ROTATED), (place, bit)


@both_kinds
def test_no_truncated_or_extended_code_is_taken(kind):
    text = kind.sign(CODE, KEYS)
    assert all(refused(kind, text[:length]) for length in range(len(text)))
    assert all(refused(kind, text[start:]) for start in range(1, len(text)))
    assert all(refused(kind, text + more) for more in ("A", "AA", "AAA", "===", "=", "-", "\0", text, " A"))


@both_kinds
@given(code=some_codes, data=st.data())
def test_one_code_has_one_text_but_for_case(kind, code, data):
    text = kind.sign(code, KEYS)
    place = data.draw(st.integers(0, 69))
    assert refused(kind, text[:place] + data.draw(st.text(min_size=1)).strip() + "-" + text[place:])
    end = data.draw(st.integers(place, 69))
    other = text[:place] + data.draw(st.text(max_size=end - place)) + text[end:]
    assert (other.strip().upper() != text or not other.strip().isascii()) == refused(kind, other)


@both_kinds
@pytest.mark.parametrize(("letter", "look_alike"), [("K", "\u212a"), ("S", "ſ"), ("I", "ı"), ("I", "İ"), ("A", "Ａ")])
def test_letters_whose_other_case_is_ours_are_not_ours(kind, letter, look_alike):
    drawn = (kind.sign(CODE._replace(serial=new_serial()), KEYS) for _ in range(1000))
    text = next(text for text in drawn if letter in text)
    assert not refused(kind, text)
    assert refused(kind, text.replace(letter, look_alike, 1))
    assert refused(kind, text.lower().replace(letter.lower(), look_alike, 1))


@both_kinds
@given(st.text(max_size=100) | st.text(alphabet=ALPHABET, min_size=69, max_size=69))
def test_garbage_is_refused(kind, text):
    assert refused(kind, text)


@both_kinds
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "A" * 69,
        "1" * 69,
        "=" * 69,
        "a" * 68 + "\u212a",
        "ß" * 69,
        "Ａ" * 69,
        "\udcff" * 69,
        "\0" * 69,
        "A" * 1_000_000,
        " " * 1_000_000,
        "null",
        "https://example.com/",
    ],
    ids=lambda text: f"{text[:1]!r} {len(text)}",
)
def test_text_that_was_never_a_code_is_refused(kind, text):
    assert refused(kind, text)


@both_kinds
def test_text_longer_than_any_code_is_refused_undecoded(kind, monkeypatch):
    decoded = []
    monkeypatch.setattr(codes, "decode_base32", decoded.append)
    assert refused(kind, "A" * 70)
    assert [] == decoded


@given(some_codes)
def test_no_code_is_taken_for_one_of_the_other_kind(code):
    assert refused(KINDS["manage"], sign_ticket(code, KEYS))
    assert refused(KINDS["ticket"], sign_manage(code, KEYS))


def test_kinds_differ_in_nothing_but_what_the_signature_covers():
    ticket, manage = (base64.b32decode(kind.sign(CODE, KEYS) + "===") for kind in KINDS.values())
    assert ticket[:-16] == manage[:-16]
    assert ticket[-16:] != manage[-16:]


@both_kinds
@pytest.mark.parametrize(
    "scope", [(), ("ticket",), ("manage",), ("ticket\x01",), ("manage\x01",), ("attendees", "k3v7qzm2ab")]
)
def test_nothing_that_is_signed_as_a_page_token_is_a_code(kind, scope):
    assert refused(kind, spelled(sign(content_of(sign_ticket(CODE, KEYS)), codes._VERSION, KEYS, scope)))


@both_kinds
@pytest.mark.parametrize("scope", [(), ("ticket",), ("manage",)])
def test_no_code_is_a_page_token(kind, scope):
    def respelled(data):
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    position = "2026-11-23T11:05:00.654321Z#m4x2c7v5b3n6a2sd"
    token = sign_token(position, scope, KEYS, 0)
    assert token == respelled(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    assert position == read_token(token, scope, KEYS, 0)
    with pytest.raises(InvalidPageTokenError):
        read_token(respelled(base64.b32decode(kind.sign(CODE, KEYS) + "===")), scope, KEYS, 0)


@both_kinds
def test_code_of_another_stack_is_refused(kind):
    assert refused(kind, kind.sign(CODE, KEYS), SigningKeys({1: b"z" * 32}, 1))


@both_kinds
def test_a_stack_without_keys_knows_no_code(kind):
    assert refused(kind, kind.sign(CODE, KEYS), SigningKeys({}, 0))


@both_kinds
def test_code_of_another_version_is_refused(kind, monkeypatch):
    with monkeypatch.context() as later:
        later.setattr(codes, "_VERSION", 2)
        text = kind.sign(CODE, KEYS)
        assert CODE == kind.read(text, KEYS)
    assert refused(kind, text)


# --- What is signed ---------------------------------------------------------------------------------------------------


@both_kinds
@pytest.mark.parametrize(
    "code",
    [
        CODE._replace(event_id="k3v7qzm2a"),
        CODE._replace(event_id="k3v7qzm2abcd"),
        CODE._replace(event_id="K3V7QZM2AB"),
        CODE._replace(event_id=""),
        CODE._replace(attendee_id="m4x2c7v5b3n6a2sdaa"),
        CODE._replace(attendee_id="asha@example.com"),
        CODE._replace(serial="b5dq2k7x3mznb"),
        CODE._replace(serial=""),
        CODE._replace(serial="b5dq2k7x3mznaaaa"),
        # together as long as they should be
        Code("k3v7qz", encode_base32(bytes(12)), "b5dq2k7x3mzna"),
        Code("k3v7qzm2ab", encode_base32(bytes(5)), encode_base32(bytes(13))),
        Code("k3v7qzm2ab", encode_base32(bytes(18)), ""),
    ],
)
def test_what_is_no_registration_of_ours_is_not_signed(kind, code):
    with pytest.raises(ValueError, match=r"must be|base32|padding"):
        kind.sign(code, KEYS)


def test_serials_are_13_characters_of_lower_case_base32():
    assert all(re.fullmatch("[a-z2-7]{13}", new_serial()) for _ in range(20))
    assert "aaaaaaaaaaaaa" == new_serial(bytes)
    assert 100 == len({new_serial() for _ in range(100)})


@both_kinds
def test_another_serial_makes_another_code(kind):
    assert kind.sign(CODE, KEYS) != kind.sign(CODE._replace(serial=new_serial()), KEYS)
