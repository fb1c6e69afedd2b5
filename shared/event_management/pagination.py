"""Page tokens: where a list goes on, signed so that nobody makes their own.

A token is base64url, without padding, of

    version (1 byte) | key id (1) | issued at, Unix seconds (4) | position | HMAC-SHA-256, first 16 bytes

The signature covers the list too (route, event, filters), which is not in the token: a token is good for the list that
gave it and for no other. The position is an index sort key: instants and ids, no personal data.
"""

import base64
import binascii
import time

from event_management.errors import InvalidPageTokenError
from event_management.signing import SigningKeys, sign, verify

LIFETIME = 24 * 60 * 60
"""Seconds that a token is good for."""

_VERSION = 1
_TIME = 4
_MAX_LENGTH = 512


def sign_token(position: str, scope: tuple[str, ...], keys: SigningKeys, now: float | None = None) -> str:
    """Return the token for the page after `position` of the list that `scope` names."""
    issued_at = int(time.time() if now is None else now)
    return _encode(sign(issued_at.to_bytes(_TIME, "big") + position.encode(), _VERSION, keys, scope))


def read_token(token: str, scope: tuple[str, ...], keys: SigningKeys, now: float | None = None) -> str:
    """Return the position in a token that this stack gave for this very list at most `LIFETIME` ago.

    Raises `InvalidPageTokenError` for every other text.
    """
    content = verify(_decode(token), _VERSION, keys, scope)
    if content is None:
        raise _refusal()
    age = (time.time() if now is None else now) - int.from_bytes(content[:_TIME], "big")
    if age > LIFETIME:
        raise _refusal()
    return content[_TIME:].decode()


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
