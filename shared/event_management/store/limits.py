"""Counting who tries to register, and refusing who has tried too often.

Counters know nobody: their keys are derived like attendees' ids. See docs/decisions/0022-limits-by-counter.md.
"""

import time
from collections.abc import Sequence

from event_management import keys
from event_management.errors import TooManyRequestsError
from event_management.identifiers import derive_counter_id, is_event_id
from event_management.limits import Limit, Quota, client_of
from event_management.observability import note
from event_management.store.client import update_and_read_if
from event_management.store.secrets import read_secrets


def count_attempt(
    limits: Sequence[Limit], event_id: str, normalised_address: str, source_ip: str, now: float | None = None
) -> list[Quota]:
    """Count an attempt to register under each limit, in their order; return what they leave.

    One write each. Never more than a limit are let through in a window; an attempt whose answer is lost may count twice.
    `now` is in seconds since 1970. Raises `TooManyRequestsError`, `TryAgainError`.
    """
    secrets = read_secrets() if is_event_id(event_id) else None
    if secrets is None:  # there is no such event, nor anything to be taken
        return []
    now = time.time() if now is None else now
    counted = {"client": (client_of(source_ip),), "address": (event_id, normalised_address)}
    quotas: list[Quota] = []
    for limit in limits:
        window = limit.window(now)
        made = update_and_read_if(
            keys.attempts_key(
                derive_counter_id(secrets.identity_key, limit.policy, *counted[limit.policy]), window.begins
            ),
            "SET v = :version, expires_at = :ends ADD attempts :one",
            "attribute_not_exists(attempts) OR attempts < :limit",
            version=1,
            ends=window.ends,
            one=1,
            limit=limit.attempts,
        )
        quotas.append(Quota.of(limit, made["attempts"] if made else limit.attempts, now))
        if made is None:
            note(limit=limit.policy)
            raise TooManyRequestsError(quotas)
    return quotas
