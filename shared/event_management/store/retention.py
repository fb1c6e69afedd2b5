"""Retention: some time after an event's end its people go, in runs that can be repeated, broken off and made side by side.

First an event is closed for good (`changes.sweep`), which whoever puts it off at that moment excludes; only then do its
people go (`removal.remove_people`). Its counts stay. See docs/decisions/0023-privacy.md.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from event_management import keys
from event_management.deadline import seconds_left
from event_management.errors import TryAgainError
from event_management.store import changes, removal
from event_management.store.client import query_index
from event_management.store.connection import LONGEST_CALL

TIME_FOR_AN_EVENT = LONGEST_CALL + 1
"""Seconds that must be left for an event to be begun with."""
_PAGE = 100


class Run(NamedTuple):
    """What a run has done."""

    swept: int
    """Events whose people are gone."""
    removed: int
    """Events whose deletion had broken off, and is complete."""
    complete: bool
    """Whether nothing is left to do now."""


def run(days: int, now: datetime | None = None) -> Run:
    """Remove the people of events that ended more than so many days ago, 0 for never, and what is left of deleted ones.

    As far as there is time. Raises `TryAgainError`.
    """
    now = now or datetime.now(UTC)
    done: Counter[str] = Counter()
    try:
        for item in _events(keys.DELETED, keys.stamp(now)):
            _begin()
            _go_through(removal.remove, item)
            done["removed"] += 1
        if days:
            _sweep(now - timedelta(days=days), now, done)
    except TryAgainError:
        if seconds_left() < TIME_FOR_AN_EVENT:
            return Run(done["swept"], done["removed"], complete=False)
        raise
    return Run(done["swept"], done["removed"], complete=True)


def _sweep(ended_before: datetime, now: datetime, done: Counter[str]) -> None:
    """Sweep events, and count them. Raises `TryAgainError`, also where there is no time for more."""
    for partition in (keys.SWEPT, keys.CANCELLED, keys.PUBLISHED):
        for item in _events(partition, keys.stamp(ended_before)):
            _begin()
            if closed := changes.sweep(item["id"], ended_before, now):
                _go_through(removal.remove_people, closed)
                done["swept"] += 1


def _begin() -> None:
    if seconds_left() < TIME_FOR_AN_EVENT:
        raise TryAgainError


def _go_through(remove: Callable[[keys.Item], bool], event: keys.Item) -> None:
    if not remove(event):
        raise TryAgainError


def _events(partition: str, ended_before: str) -> Iterator[keys.Item]:
    """Yield the events of a partition of the index that ended before this instant (a stamp); of deleted ones, all."""
    after = keys.FIRST
    while page := query_index(keys.GSI1, partition, after, _PAGE):
        for item in page:
            if partition == keys.DELETED or item["end_utc"] < ended_before:
                yield item
        after = keys.read_position(page[-1])
        # In order of their start, before which none ends.
        if len(page) < _PAGE or (partition != keys.DELETED and after > ended_before):
            return
