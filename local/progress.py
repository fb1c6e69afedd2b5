"""What the user sees while something takes time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Step:
    """A running step; ``note`` replaces the closing word (``done``)."""

    def __init__(self) -> None:
        self.note = "done"


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Print ``title``, and when the block is left how it went and the seconds it took.

    Progress goes to stderr, so that a command's stdout is its answer alone.
    """
    running = Step()
    began = time.monotonic()
    print(f"  {title:.<46} ", end="", file=sys.stderr, flush=True)
    try:
        yield running
    except BaseException:
        running.note = "stopped"
        raise
    finally:
        print(f"{running.note} ({time.monotonic() - began:.1f} s)", file=sys.stderr, flush=True)


def say(text: str) -> None:
    """Print one line of news."""
    print(text, file=sys.stderr, flush=True)
