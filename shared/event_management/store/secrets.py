"""The stack's secrets: made once, by its first event, and kept beside the data they belong to.

See docs/decisions/0004-secrets-in-the-table.md.
"""

import os
import threading
import time
from typing import NamedTuple

from event_management import keys
from event_management.identifiers import RandomBytes
from event_management.signing import SigningKeys
from event_management.store.client import get_item, put_if_absent

REFRESH_SECONDS = 300
"""How long a container goes on with what it has read: a new signing key is known everywhere after this time."""


class Secrets(NamedTuple):
    """What derives ids, and what signs page tokens and registration codes."""

    identity_key: bytes
    signing_keys: SigningKeys


_lock = threading.Lock()
_cache: dict[str, tuple[float, Secrets]] = {}


def make_secrets(random_bytes: RandomBytes = os.urandom) -> Secrets:
    """Return the stack's secrets, which exist from now on. Raises `TryAgainError`."""
    return read_secrets() or _remember(put_if_absent(keys.secrets_item(random_bytes(32), random_bytes(32))))


def read_secrets() -> Secrets | None:
    """Return the stack's secrets, or None as long as it never had an event. Raises `TryAgainError`."""
    with _lock:
        if "secrets" in _cache and 0 <= time.time() - _cache["secrets"][0] < REFRESH_SECONDS:
            return _cache["secrets"][1]
    item = get_item(keys.secrets_key())
    return _remember(item) if item else None


def read_signing_keys() -> SigningKeys:
    """Return the keys of page tokens and codes; none before the first event. Raises `TryAgainError`."""
    secrets = read_secrets()
    return secrets.signing_keys if secrets else SigningKeys({}, 0)


def forget_secrets() -> None:
    """Read them anew at the next call."""
    with _lock:
        _cache.clear()


def _remember(item: keys.Item) -> Secrets:
    secrets = Secrets(item["identity_key"], keys.read_signing_keys(item))
    with _lock:
        _cache["secrets"] = (time.time(), secrets)
    return secrets
