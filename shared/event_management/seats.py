"""Seats: how a capacity is laid out in seat blocks, and in which of them a caller looks for a seat. Pure.

A seat block is the item that decides whether a seat may be taken; the directory names the blocks that have seats left,
and holds what concerns them all.
What the numbers rest on: docs/decisions/0014-seat-blocks.md and bench/simulation.
"""

import random
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from math import ceil, inf
from types import MappingProxyType
from typing import Literal, NamedTuple

from event_management.terms import Terms

Sample = Callable[[range, int], Sequence[int]]

SEATS_PER_BLOCK = 80
"""A block sells some twenty seats a second without callers getting in each other's way: gone in four seconds."""
MOST_BLOCKS = 256
BLOCKS_PER_PARTITION = 16
"""So many blocks write one index partition at some 320 entries a second; DynamoDB takes 1,000 there."""
SOLD_OUT_SECONDS = 0.5
"""How long a directory without blocks is a proof, from the question on, for callers who cannot read it again: it is one
item, and DynamoDB reads one 3,000 times a second."""
RUSH_SECONDS = 5
"""How long a directory that too many wanted to read is read no more often than its proof gets old."""
DIRECTORY_SECONDS = 0.05
"""How long a directory with blocks is worth going by, after one of them turned out to be empty."""
READ_BESIDE = 20
"""Where there are more blocks, so many are read along with the directory."""
KEPT = 8
"""So many of those that were read are gone around, the fullest, and once; then others are read."""
SEATS_AT_ONCE = 10
"""So many come back to one block, where a reserve goes to several."""
FEW = 1 / 16
"""Share of an event's blocks that is left when its sale ends: callers are in each other's way there."""


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


def plan_return(reserve: int, capacity: int, blocks: int, most: int, sample: Sample = random.sample) -> dict[int, int]:
    """Return how many seats of the reserve go to which block next, `most` blocks at once, so that callers keep apart.

    A capacity that has grown gets blocks of its own first, numbered from `blocks` on; then blocks chosen at random get
    the rest, some ten seats each.
    """
    wanted = min(ceil(capacity / SEATS_PER_BLOCK), MOST_BLOCKS)
    if wanted > blocks:
        each = ceil(capacity / wanted)
        new = range(blocks, min(wanted, blocks + most))
        shares = [max(0, min(each, reserve - each * position)) for position in range(len(new))]
        return {block: seats for block, seats in zip(new, shares, strict=True) if seats}
    some = sample(range(blocks), min(blocks, most, ceil(reserve / SEATS_AT_ONCE)))
    seats, remainder = divmod(reserve, len(some))
    return {block: seats + (position < remainder) for position, block in enumerate(some)}


def plan_collection(wanted: int, seats_left: Mapping[int, int], most: int) -> dict[int, int]:
    """Return how many seats to withdraw from which block next, `most` blocks at once, the fullest first.

    Empty where no seat is left.
    """
    fullest = sorted(seats_left.items(), key=lambda block: -block[1])[:most]
    total = sum(seats for _, seats in fullest)
    plan: dict[int, int] = {}
    for block, seats in fullest:
        # In proportion to what the block has of what is left to choose from; the last one makes up the number.
        share = min(seats, ceil(wanted * seats / total)) if total else 0
        wanted, total = wanted - share, total - seats
        if share:
            plan[block] = share
    return plan


def plan_party(seats: int, seats_left: Mapping[int, int]) -> dict[int, int] | None:
    """Return how many seats a party takes of which block: of as few as can be, the fullest; None for too few left."""
    plan: dict[int, int] = {}
    for block, left in sorted(seats_left.items(), key=lambda block: -block[1]):
        share = min(seats, left)
        if share:
            plan[block] = share
            seats -= share
    return None if seats else plan


class Directory(NamedTuple):
    """Where seats of an event were left at one instant, and how its seats stood altogether."""

    open_blocks: frozenset[int]
    """Every block with seats left is one of them; one of them may have none."""
    relistings: int
    """How often blocks without seats have got some again."""
    attendee_partitions: int
    seat_blocks: int = 0
    """How many blocks there are."""
    capacity: int = 0
    """Seats of all blocks and of the reserve."""
    reserve: int = 0
    """Seats in no block: on their way, or put by for who waits longest."""
    waiting: int = 0
    """Seats that people wait for; while there are any, no block has seats left."""
    next_place: int = 1
    waitlist: bool = False
    """Whether people may join the waitlist."""
    waitlist_policy: Literal["strict", "fill"] = "strict"
    terms: Terms = Terms(1)
    fence: int = 0
    """Number of the latest change of the event that has begun to change its seats."""


class SeatFinder:
    """In which block one caller looks for its event's next seat.

    From seat to seat it goes around the blocks, so that all of them empty together; of many blocks it goes around the
    fullest of some. One that meets another caller (a conflict) goes on from a block chosen at random.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,  # a monotonic clock may stand still while Lambda freezes the function
        choose: Callable[[Sequence[int]], int] = random.choice,
    ) -> None:
        self.clock, self._choose = clock, choose
        self._directory: Directory | None = None
        self._asked_at = self._unread_at = -inf
        self._most_listed = 0
        self._candidates: list[int] = []
        self._found_empty: set[int] = set()
        self._misses = False
        self._seats_ahead = inf
        self.block: int | None = None
        """Where to look; None where the directory has to tell first, or has told that no seat is left."""

    @property
    def blocks_to_read(self) -> list[int]:
        """The blocks that had better be read along with the directory, others each time; `READ_BESIDE` at most."""
        listed = self._listed()
        if len(listed) <= READ_BESIDE:
            return listed if self._misses else []
        chosen = []
        for _ in range(READ_BESIDE):
            chosen.append(self._choose(listed))
            listed.remove(chosen[-1])
        return chosen

    def learn(
        self, directory: Directory, asked_at: float | None = None, seats_left: Mapping[int, int] = MappingProxyType({})
    ) -> None:
        """Go by this directory and by the seats left in blocks that were read beside it, asked for at that time."""
        if self._directory is None or directory.relistings != self._directory.relistings:
            self._found_empty = set()
        else:
            self._found_empty |= {block for block, seats in seats_left.items() if not seats}
        self._directory = directory
        self._asked_at = self.clock() if asked_at is None else asked_at
        self._candidates = self._listed()
        self._most_listed = max(self._most_listed, len(self._candidates))
        self._seats_ahead = KEPT if len(self._candidates) > READ_BESIDE else inf
        if seats_left:
            some_left = [block for block in self._candidates if seats_left.get(block)]
            self._candidates = sorted(some_left, key=lambda block: -seats_left[block])[:KEPT]
            self._jump(self._candidates)
        elif self.block not in self._candidates:
            self._jump(self._candidates)

    @property
    def attendee_partitions(self) -> int:
        """Over how many index partitions the event's attendees are spread; the directory has told."""
        assert self._directory is not None
        return self._directory.attendee_partitions

    @property
    def is_sold_out(self) -> bool:
        """Whether no block had a seat left `SOLD_OUT_SECONDS` ago or later."""
        return self._directory is not None and not self._directory.open_blocks and self._age_is_below(SOLD_OUT_SECONDS)

    @property
    def spares_directory(self) -> bool:
        """Whether the event is sold out as far as is known, and so many wanted to know that some could not be told."""
        return self.is_sold_out and self._is_within(RUSH_SECONDS, self._unread_at)

    def spare_directory(self) -> None:
        """Note that the directory could not be read again, for others were reading it."""
        self._unread_at = self.clock()

    def took_seat(self) -> None:
        """Go around: the next seat comes from the next block, or from where others are found to have more."""
        assert self.block is not None
        self._misses = False
        self._seats_ahead -= 1
        following = self._candidates.index(self.block) + 1
        self.block = self._candidates[following % len(self._candidates)] if self._seats_ahead else None

    def met_another(self) -> None:
        """Go on elsewhere, if there is an elsewhere; where few blocks are left, after a look into the directory."""
        if len(self._listed()) <= FEW * self._most_listed and not self._age_is_below(DIRECTORY_SECONDS):
            self.block = None
        else:
            self._jump([block for block in self._candidates if block != self.block] or self._candidates)

    def found_empty(self) -> None:
        """Go on elsewhere, after a look into the directory where it was not read just now."""
        assert self.block is not None
        self._misses = True
        self._found_empty.add(self.block)
        self._candidates.remove(self.block)
        self._jump(self._candidates if self._age_is_below(DIRECTORY_SECONDS) else [])

    def drained(self, directory: Directory) -> frozenset[int]:
        """Return the blocks that this directory, just read, lists although they have no seat left.

        Those found empty, that is, unless a block was listed anew since: until then they stay empty.
        """
        if self._directory is None or directory.relistings != self._directory.relistings:
            return frozenset()
        return directory.open_blocks & self._found_empty

    def _listed(self) -> list[int]:
        """Return the blocks that may have seats left, as far as is known."""
        return sorted(self._directory.open_blocks - self._found_empty) if self._directory else []

    def _age_is_below(self, seconds: float) -> bool:
        return self._is_within(seconds, self._asked_at)

    def _is_within(self, seconds: float, begin: float) -> bool:
        return 0 <= self.clock() - begin <= seconds

    def _jump(self, candidates: Sequence[int]) -> None:
        self.block = self._choose(candidates) if candidates else None
