"""Seats: how a capacity is laid out in seat blocks, and in which of them a caller looks for a seat. Pure.

A seat block is the item that decides whether a seat may be taken; the directory names the blocks that have seats left.
What the numbers rest on: docs/decisions/0014-seat-blocks.md and bench/simulation.
"""

import random
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from math import ceil, inf
from types import MappingProxyType
from typing import NamedTuple

SEATS_PER_BLOCK = 80
"""A block sells some twenty seats a second without callers getting in each other's way: gone in four seconds."""
MOST_BLOCKS = 256
BLOCKS_PER_PARTITION = 16
"""So many blocks write one index partition at some 320 entries a second; DynamoDB takes 1,000 there."""
DIRECTORY_SECONDS = 0.05
"""How long a directory is good for after it was asked for."""
MISSES = 8
"""After so many empty blocks on end, blocks are read before they are tried: at a large sale's end nearly all are empty."""


def plan_seat_blocks(capacity: int) -> tuple[int, ...]:
    """Return the seats of each block of a new event; they add up to `capacity`."""
    blocks = min(ceil(capacity / SEATS_PER_BLOCK), MOST_BLOCKS)
    seats, remainder = divmod(capacity, blocks)
    return (seats + 1,) * remainder + (seats,) * (blocks - remainder)


def plan_attendee_partitions(blocks: int) -> int:
    """Return over how many index partitions the attendees of a new event are spread; fixed for the event's life."""
    return ceil(blocks / BLOCKS_PER_PARTITION)


def attendee_partition(attendee_id: str, partitions: int) -> int:
    """Return the index partition, 0 ≤ m < `partitions`, that lists this attendee."""
    return zlib.crc32(attendee_id.encode()) % partitions


class Directory(NamedTuple):
    """Which blocks of an event had seats left at one instant."""

    open_blocks: frozenset[int]
    """Every block with seats left is one of them; one of them may have none."""
    relistings: int
    """How often blocks without seats have got some again."""
    attendee_partitions: int


class SeatFinder:
    """In which block one caller looks for its event's next seat.

    From seat to seat it goes around the blocks, so that all of them empty together; callers go at one pace and seldom
    meet. One who meets another (a conflict) goes on from a block chosen at random.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,  # a monotonic clock may stand still while Lambda freezes the function
        choose: Callable[[Sequence[int]], int] = random.choice,
    ) -> None:
        self.clock, self._choose = clock, choose
        self._directory: Directory | None = None
        self._read_at = -inf
        self._candidates: list[int] = []
        self._found_empty: set[int] = set()
        self._misses = 0
        self.block: int | None = None
        """Where to look; None where the directory has to tell first, or has told that no seat is left."""

    @property
    def doubtful(self) -> Sequence[int]:
        """The blocks that had better be read than tried one by one."""
        return self._candidates if self._misses >= MISSES else ()

    def learn(
        self, directory: Directory, asked_at: float | None = None, seats_left: Mapping[int, int] = MappingProxyType({})
    ) -> None:
        """Go by this directory and by the seats left in blocks that were read beside it, asked for at that time."""
        if self._directory is None or directory.relistings != self._directory.relistings:
            self._found_empty = set()
        else:
            self._found_empty |= {block for block, seats in seats_left.items() if not seats}
        self._directory = directory
        self._read_at = self.clock() if asked_at is None else asked_at
        self._candidates = sorted(directory.open_blocks - self._found_empty)
        if seats_left:
            self._jump([block for block in self._candidates if seats_left.get(block)])
        elif self.block not in self._candidates:
            self._jump(self._candidates)

    @property
    def attendee_partitions(self) -> int:
        """Over how many index partitions the event's attendees are spread; the directory has told."""
        assert self._directory is not None
        return self._directory.attendee_partitions

    @property
    def is_sold_out(self) -> bool:
        """Whether no block had a seat left `DIRECTORY_SECONDS` ago or later."""
        return self._directory is not None and not self._directory.open_blocks and self._is_fresh

    def took_seat(self) -> None:
        """Go around: the next seat comes from the next block."""
        assert self.block is not None
        self._misses = 0
        self.block = self._candidates[(self._candidates.index(self.block) + 1) % len(self._candidates)]

    def met_another(self) -> None:
        """Go on elsewhere, if there is an elsewhere."""
        self._jump([block for block in self._candidates if block != self.block] or self._candidates)

    def found_empty(self) -> None:
        """Go on elsewhere, after a look into the directory where it was not read just now."""
        assert self.block is not None
        self._found_empty.add(self.block)
        self._candidates.remove(self.block)
        self._misses += 1
        goes_on = self._is_fresh and self._misses < MISSES
        self._jump(self._candidates if goes_on else [])

    def drained(self, directory: Directory) -> frozenset[int]:
        """Return the blocks that this directory, just read, lists although they have no seat left.

        Those found empty, that is, unless a block was listed anew since: until then they stay empty.
        """
        if self._directory is None or directory.relistings != self._directory.relistings:
            return frozenset()
        return directory.open_blocks & self._found_empty

    @property
    def _is_fresh(self) -> bool:
        return 0 <= self.clock() - self._read_at <= DIRECTORY_SECONDS

    def _jump(self, candidates: Sequence[int]) -> None:
        self.block = self._choose(candidates) if candidates else None
