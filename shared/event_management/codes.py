"""Registration codes: what somebody who registered holds, signed so that nobody makes their own.

| code   | good for                                                |
|--------|---------------------------------------------------------|
| ticket | checking in, and nothing else; drawn as a QR code       |
| manage | reading, changing and cancelling one's own registration |

Both are 69 characters of upper-case base32 (RFC 4648) without padding, of

    version (1 byte) | key id (1) | event id (7) | attendee id (10) | serial (8) | HMAC-SHA-256, first 16 bytes

Upper case, because a QR code's alphanumeric mode (ISO/IEC 18004) holds capitals and digits in 5.5 bits each, and
everything else in 8. They are read in any case and with white space around them, for people type and paste them.

Each kind is signed by keys of its own, derived from those that sign page tokens: no code is taken for one of the other
kind, nor a page token for a code. Codes do not expire: they are good while the attendee's item has their serial and
their key is kept. They hold ids, and no personal data.
"""

import os
from typing import NamedTuple

from event_management.errors import InvalidManageCodeError, InvalidTicketError
from event_management.identifiers import RandomBytes, decode_base32, encode_base32
from event_management.signing import SigningKeys, sign, verify

_VERSION = 1
_LENGTH = 69
_CHARACTERS = (10, 16, 13)
_FILL = "aaaaaa"
"""Zeros, so that an event id of 50 bits ends where a byte does. A code has room for the first six alone."""
_TICKET = "ticket"
_MANAGE = "manage"


class Code(NamedTuple):
    """What a code says. The serial must be the attendee's present one, which only their item tells."""

    event_id: str
    attendee_id: str
    serial: str


def new_serial(random_bytes: RandomBytes = os.urandom) -> str:
    """Return a serial that makes every earlier code of an attendee void: 13 characters, 64 bits."""
    return encode_base32(random_bytes(8))


def sign_ticket(code: Code, keys: SigningKeys) -> str:
    """Return the text of the ticket's QR code. Raises `ValueError` where ids or serial are none of ours."""
    return _sign(code, keys.reserved_for(_TICKET))


def sign_manage(code: Code, keys: SigningKeys) -> str:
    """Return the code that manages the registration. Raises `ValueError` where ids or serial are none of ours."""
    return _sign(code, keys.reserved_for(_MANAGE))


def read_ticket(text: str, keys: SigningKeys) -> Code:
    """Return what a ticket of this stack says. Raises `InvalidTicketError` for every other text."""
    code = _read(text, keys.reserved_for(_TICKET))
    if code is None:
        raise InvalidTicketError
    return code


def read_manage(text: str, keys: SigningKeys) -> Code:
    """Return what a manage code of this stack says. Raises `InvalidManageCodeError` for every other text."""
    code = _read(text, keys.reserved_for(_MANAGE))
    if code is None:
        raise InvalidManageCodeError
    return code


def _sign(code: Code, keys: SigningKeys) -> str:
    return encode_base32(sign(_pack(code), _VERSION, keys)).upper()


def _read(text: str, keys: SigningKeys) -> Code | None:
    spelling = text.strip()
    # Beyond ASCII there are characters whose lower case is in the alphabet, such as the Kelvin sign.
    if len(spelling) != _LENGTH or not spelling.isascii():
        return None
    try:
        signed = decode_base32(spelling.lower())
    except ValueError:
        return None
    content = verify(signed, _VERSION, keys)
    return None if content is None else _unpack(content)


def _pack(code: Code) -> bytes:
    if tuple(map(len, code)) != _CHARACTERS:
        raise ValueError("must be ids of 10 and 16 characters and a serial of 13")
    content = decode_base32(code.event_id + _FILL + code.attendee_id + code.serial)
    return content[:7] + content[10:]


def _unpack(content: bytes) -> Code:
    text = encode_base32(content[:7] + bytes(3) + content[7:])
    return Code(text[:10], text[16:32], text[32:])
