"""Repetitions: how a call that finds an item in its way tells its own work, an earlier call's, and a stranger's.

Answers get lost, so every write comes again: by the SDK, by our own next try, by the caller. Each item therefore carries
the marks of the call that wrote it.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any, NamedTuple

from event_management.errors import IdempotencyKeyReusedError
from event_management.identifiers import digest, new_nonce
from event_management.models import Idempotency


class Origin(Enum):
    """Who wrote an item."""

    THIS_CALL = auto()
    EARLIER_CALL = auto()
    """The same request, sent before under the same `Idempotency-Key`."""
    ANOTHER = auto()


class Marks(NamedTuple):
    """What a call leaves on what it writes."""

    nonce: str
    idempotency_key: str | None
    """A digest of scope and key, so that equal keys of two scopes differ."""
    fingerprint: str | None

    @classmethod
    def new(cls, idempotency: Idempotency | None, *scope: str) -> "Marks":
        """Return the marks of a new call; its `Idempotency-Key`, if any, is good within `scope`."""
        if idempotency is None:
            return cls(new_nonce(), None, None)
        return cls(new_nonce(), digest(*scope, idempotency.key), idempotency.fingerprint)

    def attributes(self) -> dict[str, str]:
        """Return the item's attributes."""
        return {name: value for name, value in self._asdict().items() if value is not None}

    def token(self, *attempt: int) -> str:
        """Return the ClientRequestToken of a try: another one for each, the same for the SDK's repetitions of one."""
        return digest(self.nonce, *map(str, attempt))

    def recognise(self, item: Mapping[str, Any]) -> Origin:
        """Tell who wrote an item.

        Raises `IdempotencyKeyReusedError` where it was another request under the same key.
        """
        if item.get("nonce") == self.nonce:
            return Origin.THIS_CALL
        if self.idempotency_key is None or item.get("idempotency_key") != self.idempotency_key:
            return Origin.ANOTHER
        if item["fingerprint"] != self.fingerprint:
            raise IdempotencyKeyReusedError
        return Origin.EARLIER_CALL
