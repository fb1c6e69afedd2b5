"""`make sam-local` (being written)."""

from local.state import StateFolder


def prepare(state: StateFolder) -> None:
    raise NotImplementedError
