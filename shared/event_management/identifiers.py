"""Identifiers: short, lower-case base32, saying nothing about anybody.

Derived ones are HMAC-SHA-256 under the stack's identity key, so whoever lacks it can neither compute an id from an
address nor an address from an id. See docs/decisions/0003-derived-attendee-id.md.
"""

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Callable

_EVENT_ID = re.compile(r"[a-z2-7]{10}")
_ATTENDEE_ID = re.compile(r"[a-z2-7]{16}")
_BASE32 = re.compile(
    "(?:[a-z2-7]{8})*+(?:[a-z2-7][aeimquy4]|[a-z2-7]{3}[aq]|[a-z2-7]{4}[acegikmoqsuwy246]|[a-z2-7]{6}[aiqy])?"
)
"""Groups of five bytes, then one to four: the last character's bits beyond them are zeros."""

RandomBytes = Callable[[int], bytes]


def new_event_id(random_bytes: RandomBytes = os.urandom) -> str:
    """Return a random event id: 10 characters, 50 bits."""
    return encode_base32(random_bytes(7))[:10]


def derive_event_id(identity_key: bytes, owner: str, idempotency_key: str, attempt: int = 0) -> str:
    """Return the event id that belongs to this owner's `Idempotency-Key`.

    `attempt` rises only when another event happens to hold the id.
    """
    return _derive(identity_key, "event", owner, idempotency_key, str(attempt))[:10]


def derive_attendee_id(identity_key: bytes, event_id: str, normalised_address: str) -> str:
    """Return the id of the person with this address at this event: 16 characters, 80 bits."""
    return _derive(identity_key, "attendee", event_id, normalised_address)[:16]


def derive_counter_id(identity_key: bytes, policy: str, *counted: str) -> str:
    """Return the id of the counter of these people's attempts under a policy: 26 characters, 128 bits."""
    return _derive(identity_key, "attempts", policy, *counted)[:26]


def is_event_id(text: str) -> bool:
    """Tell whether an event could have this id."""
    return _EVENT_ID.fullmatch(text) is not None


def is_attendee_id(text: str) -> bool:
    """Tell whether a registration could have this id."""
    return _ATTENDEE_ID.fullmatch(text) is not None


def new_nonce(random_bytes: RandomBytes = os.urandom) -> str:
    """Return a nonce that marks what one call wrote: 26 characters, 128 bits."""
    return encode_base32(random_bytes(16))


def digest(*parts: str | bytes) -> str:
    """Return a fingerprint of the parts, 128 bits: equal for equal parts in the same order only."""
    return encode_base32(hashlib.sha256(_framed(*parts)).digest()[:16])


def encode_base32(data: bytes) -> str:
    """Return the bytes as base32 (RFC 4648) in lower case, without padding."""
    return base64.b32encode(data).decode().rstrip("=").lower()


def decode_base32(text: str) -> bytes:
    """Return the bytes that `encode_base32` writes as this very text. Raises `ValueError` where there are none."""
    # One text for the same bytes: the decoder ignores spare bits.
    if not _BASE32.fullmatch(text):
        raise ValueError("must be base32 in lower case, without padding and with no spare bit set")
    return base64.b32decode(text.upper() + "=" * (-len(text) % 8))


def _derive(key: bytes, *parts: str) -> str:
    return encode_base32(hmac.digest(key, _framed(*parts), "sha256"))


def _framed(*parts: str | bytes) -> bytes:
    """Join parts so that no two different lists give the same bytes."""
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(len(part).to_bytes(8, "big") + part for part in encoded)
