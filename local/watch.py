"""Notices saved changes of what is deployed.

It compares the files' dates and sizes a few times a second: they are few, and so no change is missed, neither one that
was saved while the stack was starting nor one on a file system that sends no notifications.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from local.environment import PROJECT

_INTERVAL = 0.3

Snapshot = dict[Path, tuple[int, int]]


def snapshot(template: Path) -> Snapshot:
    """Date and size of everything that is deployed."""
    found: Snapshot = {}
    for file in [template, *(PROJECT / "functions").rglob("*"), *(PROJECT / "shared").rglob("*")]:
        # Caches, and what editors put beside a file that is open.
        if "__pycache__" in file.parts or file.name.startswith((".", "#")) or file.name.endswith(("~", ".tmp")):
            continue
        try:
            status = file.stat()
        except FileNotFoundError:
            continue  # Deleted, or being replaced, since it was listed.
        if not file.is_dir():
            found[file] = (status.st_mtime_ns, status.st_size)
    return found


async def changes(template: Path, known: Snapshot) -> AsyncIterator[list[str]]:
    """Yield the files that differ from what is known, as paths within the project, once no more are being saved."""
    while True:
        await asyncio.sleep(_INTERVAL)
        seen = snapshot(template)
        if seen == known:
            continue
        await asyncio.sleep(_INTERVAL)
        if seen != snapshot(template):
            continue
        changed = sorted(file for file in known.keys() | seen.keys() if known.get(file) != seen.get(file))
        known = seen
        yield [str(file.relative_to(PROJECT) if file.is_relative_to(PROJECT) else file) for file in changed]


def summary(files: Sequence[str]) -> str:
    """``shared/event_management/x.py``, or ``shared/event_management/x.py and 2 more``."""
    first, *others = files
    return f"{first} and {len(others)} more" if others else first
