"""Signed bytes: what page tokens and registration codes are made of.

    version (1 byte) | key id (1) | content | HMAC-SHA-256, first 16 bytes

How they are written as text is their users' business.
"""

import hmac
from collections.abc import Callable, Mapping
from typing import NamedTuple

_HEAD = 2
_MAC = 16


class SigningKeys(NamedTuple):
    """The keys that sign. All verify; `current` signs. Ids are 0–255, keys 32 random bytes."""

    keys: Mapping[int, bytes]
    current: int

    def reserved_for(self, use: str) -> "SigningKeys":
        """Return the keys, under the same ids, that this use shares with no other and with none of the keys here.

        Each is the first block of HKDF-Expand (RFC 5869) with the use as its info.
        """
        info = use.encode() + b"\x01"
        return self._replace(keys={key_id: hmac.digest(key, info, "sha256") for key_id, key in self.keys.items()})


KeySource = Callable[[], SigningKeys]
"""Where the keys come from once something has to be signed or verified: reading them may be a call of the store."""


def sign(content: bytes, version: int, keys: SigningKeys, scope: tuple[str, ...] = ()) -> bytes:
    """Return the content between its head and its MAC, which covers the scope too."""
    body = bytes([version, keys.current]) + content
    return body + _mac(keys.keys[keys.current], body, scope)


def verify(signed: bytes, version: int, keys: SigningKeys, scope: tuple[str, ...] = ()) -> bytes | None:
    """Return the content of what `sign` gave for this version and scope by one of these keys; None for all else."""
    body, mac = signed[:-_MAC], signed[-_MAC:]
    if len(body) < _HEAD or body[0] != version or body[1] not in keys.keys:
        return None
    return body[_HEAD:] if hmac.compare_digest(mac, _mac(keys.keys[body[1]], body, scope)) else None


def _mac(key: bytes, body: bytes, scope: tuple[str, ...]) -> bytes:
    framed = b"".join(len(part).to_bytes(4, "big") + part for part in (body, *(text.encode() for text in scope)))
    return hmac.digest(key, framed, "sha256")[:_MAC]
