"""Trying again after contention: with jitter, so that rivals part, and bounded, so that a caller gets an answer."""

import random
import time
from collections.abc import Callable, Iterator

from event_management.errors import TryAgainError
from event_management.observability import count

MAX_RETRIES = 12
MAX_SECONDS = 5.0
"""No retry starts later than this after the call began, or came a step further."""
_FIRST_PAUSE = 0.005
_LONGEST_PAUSE = 0.6


class Tries:
    """The tries of one call: 0, 1, 2, …, with pauses in between ("full jitter": anything up to a doubling bound).

    Raises `TryAgainError` instead of another try when `MAX_RETRIES` were made or `MAX_SECONDS` would pass without a step
    further (`begin_anew`).
    Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    def __init__(
        self,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._sleep, self._clock, self._uniform = sleep, clock, uniform
        self._begun = clock()
        self._tries = 0
        self._retries = 0
        self._waits = False

    def __iter__(self) -> Iterator[int]:
        return self

    def __next__(self) -> int:
        if self._waits:
            self._wait()
        elif self._clock() - self._begun > MAX_SECONDS:
            raise TryAgainError
        self._waits = True
        self._tries += 1
        return self._tries - 1

    def go_on(self) -> None:
        """Let the next try follow at once: nobody is in the way there."""
        self._waits = False

    def begin_anew(self) -> None:
        """Count from here: the call has come a step further. Its deadline stands."""
        self._begun = self._clock()
        self._retries = 0
        self._waits = False

    def _wait(self) -> None:
        self._retries += 1
        pause = self._uniform(0, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**self._retries))
        if self._retries > MAX_RETRIES or self._clock() + pause - self._begun > MAX_SECONDS:
            raise TryAgainError
        count("ContentionRetries")
        self._sleep(pause)
