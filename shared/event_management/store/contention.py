"""Trying again after contention: with jitter, so that rivals part, and bounded, so that a caller gets an answer."""

import random
import time
from collections.abc import Callable, Iterator

from event_management.errors import TryAgainError
from event_management.observability import count

MAX_RETRIES = 10
MAX_SECONDS = 5.0
"""No retry starts later than this."""
_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 0.6


def tries(
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    uniform: Callable[[float, float], float] = random.uniform,
) -> Iterator[int]:
    """Yield 0, 1, 2, … once per try, pausing in between ("full jitter": anything up to a doubling bound).

    Raises `TryAgainError` instead of another try when `MAX_RETRIES` were made or `MAX_SECONDS` have passed.
    Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    begun = clock()
    yield 0
    for retry in range(1, MAX_RETRIES + 1):
        count("ContentionRetries")
        sleep(uniform(0, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**retry)))
        if clock() - begun > MAX_SECONDS:
            break
        yield retry
    raise TryAgainError
