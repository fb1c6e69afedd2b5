"""Notices saved changes of what is deployed."""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from local.environment import PROJECT


class _Sources(DefaultFilter):
    """Everything except caches, editors' temporary files and builds."""

    ignore_dirs = (*DefaultFilter.ignore_dirs, ".aws-sam", ".local")

    def __init__(self, template: Path) -> None:
        super().__init__()
        self._template = template
        self._folders = (PROJECT / "functions", PROJECT / "shared")

    def __call__(self, change: Change, path: str) -> bool:
        file = Path(path)
        if file != self._template and not any(file.is_relative_to(folder) for folder in self._folders):
            return False
        return not file.is_dir() and super().__call__(change, path)


async def changes(template: Path) -> AsyncIterator[list[str]]:
    """Yield the files of each saved change, as paths within the project."""
    # The template's folder and not the file itself: editors replace files.
    folders = (PROJECT / "functions", PROJECT / "shared", template.parent)
    async for found in awatch(*folders, watch_filter=_Sources(template), step=100, debounce=800, recursive=True):
        yield sorted({_shown(path) for _, path in found})


def _shown(path: str) -> str:
    file = Path(path)
    return str(file.relative_to(PROJECT)) if file.is_relative_to(PROJECT) else path


def summary(files: Iterable[str]) -> str:
    """``shared/event_management/x.py``, or ``shared/event_management/x.py and 2 more``."""
    first, *others = files
    return f"{first} and {len(others)} more" if others else first
