"""How long the current call may still take, so that it ends with an answer and not with the function's time-out."""

import time
from contextvars import ContextVar

_deadline: ContextVar[float] = ContextVar("deadline")


def set_deadline(seconds: float) -> None:
    """Let the current call take this many seconds from now."""
    _deadline.set(time.monotonic() + seconds)


def seconds_left() -> float:
    """Return how many seconds the current call has left; infinitely many where nobody set a deadline."""
    return _deadline.get(float("inf")) - time.monotonic()
