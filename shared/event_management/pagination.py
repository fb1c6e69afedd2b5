"""Page tokens: where a list goes on, signed so that nobody makes their own.

A token is base64url, without padding, of

    version (1 byte) | key id (1) | issued at, Unix seconds (4) | position | HMAC-SHA-256, first 16 bytes

The signature covers the list too (route, event, filters), which is not in the token: a token is good for the list that
gave it and for no other. The position is an index sort key: instants and ids, no personal data.
"""

import base64
import binascii
import hmac
import time
from collections.abc import Mapping
from typing import NamedTuple

from event_management.errors import InvalidPageTokenError

LIFETIME = 24 * 60 * 60
"""Seconds that a token is good for."""

_VERSION = 1
_HEADER = 6
_SIGNATURE = 16
_MAX_LENGTH = 512


class SigningKeys(NamedTuple):
    """The keys that sign tokens. All verify; `current` signs. Ids are 0–255."""

    keys: Mapping[int, bytes]
    current: int


def sign_token(position: str, scope: tuple[str, ...], keys: SigningKeys, now: float | None = None) -> str:
    """Return the token for the page after `position` of the list that `scope` names."""
    issued_at = int(time.time() if now is None else now)
    body = bytes([_VERSION, keys.current]) + issued_at.to_bytes(4, "big") + position.encode()
    return _encode(body + _signature(keys.keys[keys.current], body, scope))


def read_token(token: str, scope: tuple[str, ...], keys: SigningKeys, now: float | None = None) -> str:
    """Return the position in a token that this stack gave for this very list at most `LIFETIME` ago.

    Raises `InvalidPageTokenError` for every other text.
    """
    data = _decode(token)
    body, signature = data[:-_SIGNATURE], data[-_SIGNATURE:]
    if len(body) < _HEADER or body[0] != _VERSION or body[1] not in keys.keys:
        raise _refusal()
    if not hmac.compare_digest(signature, _signature(keys.keys[body[1]], body, scope)):
        raise _refusal()
    age = (time.time() if now is None else now) - int.from_bytes(body[2:_HEADER], "big")
    if age > LIFETIME:
        raise _refusal()
    return body[_HEADER:].decode()


def _signature(key: bytes, body: bytes, scope: tuple[str, ...]) -> bytes:
    framed = b"".join(len(part).to_bytes(4, "big") + part for part in (body, *(text.encode() for text in scope)))
    return hmac.digest(key, framed, "sha256")[:_SIGNATURE]


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(token: str) -> bytes:
    if len(token) > _MAX_LENGTH:
        raise _refusal()
    try:
        data = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (UnicodeEncodeError, binascii.Error):
        raise _refusal() from None
    # One text per token: the decoder skips stray characters and ignores spare bits.
    if _encode(data) != token:
        raise _refusal()
    return data


def _refusal() -> InvalidPageTokenError:
    return InvalidPageTokenError(
        "next_token is not one that this list gave within the last 24 hours; start again without it."
    )
