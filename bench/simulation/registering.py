"""One buyer's registration as steps, each to be carried out by whoever asks for the next one.

The product's loop, with calls to DynamoDB turned inside out: seat choice (`SeatFinder`) and retry rules (`Tries`) are its
own. What is mirrored, for a party of one: `register` in store/registrations.py from `for attempt in tries` to its end,
`look` in store/seats.py, the loop of `get_items` in store/client.py. tests/unit/test_simulation.py holds them together.
"""

from collections.abc import Callable, Generator, Mapping
from enum import Enum
from typing import NamedTuple

from event_management.seats import Directory, SeatFinder
from event_management.store.contention import Tries


class Answer(Enum):
    """What becomes of the transaction that takes a seat."""

    TAKEN = "taken"
    NO_SEAT = "no seat left in the block"
    CONTENTION = "conflict or throttling"


class Pause(NamedTuple):
    """Wait."""

    seconds: float


class ReadPerson(NamedTuple):
    """Read the person's own item. Answer: nothing."""


class ReadDirectory(NamedTuple):
    """Read the directory, the person's own item and these blocks.

    Answer: `Found`, without a directory when that alone was throttled, or None when another read was.
    """

    blocks: tuple[int, ...] = ()


class Found(NamedTuple):
    """What a look into the directory found."""

    directory: Directory | None
    seats_left: Mapping[int, int] = {}
    """Of the blocks that were asked for."""


class TakeOff(NamedTuple):
    """Take empty blocks off the directory. Answer: nothing, whatever comes of it."""

    blocks: frozenset[int]


class TakeSeat(NamedTuple):
    """Put the attendee and take a seat from the block. Answer: an `Answer`."""

    block: int


Step = Pause | ReadPerson | ReadDirectory | TakeOff | TakeSeat
Steps = Generator[Step, "Answer | Found | None", bool]
MakeTries = Callable[[Callable[[float], None]], Tries]
"""Makes the tries of one call, given what they call to sleep."""


def register(finder: SeatFinder, make_tries: MakeTries) -> Steps:
    """Yield what to do next; return whether a seat was taken, or else the event is sold out. Raises `TryAgainError`."""
    pauses: list[Pause] = []
    tries = make_tries(lambda seconds: pauses.append(Pause(seconds)))
    for _ in tries:
        while pauses:
            yield pauses.pop()
        if finder.block is None:
            yield from _look(finder, make_tries)
            if finder.block is None:
                return False
        answer = yield TakeSeat(finder.block)
        if answer is Answer.TAKEN:
            finder.took_seat()
            return True
        if answer is Answer.NO_SEAT:
            finder.found_empty()
            tries.go_on()
        else:
            finder.met_another()
    raise AssertionError("tries end by raising")


def _look(finder: SeatFinder, make_tries: MakeTries) -> Generator[Step, "Answer | Found | None", None]:
    if finder.spares_directory:
        yield ReadPerson()
        return
    while True:
        asked_at = finder.clock()
        beside = tuple(finder.blocks_to_read)
        directory, seats_left = yield from _read_directory(beside, make_tries, can_spare=finder.is_sold_out)
        if directory is None:
            finder.spare_directory()
            return
        drained = finder.drained(directory)
        directory = directory._replace(open_blocks=directory.open_blocks - drained)
        finder.learn(directory, asked_at, seats_left)
        if drained:
            yield TakeOff(drained)
        if finder.block is not None or not directory.open_blocks:
            return


def _read_directory(
    blocks: tuple[int, ...], make_tries: MakeTries, *, can_spare: bool
) -> Generator[Step, "Answer | Found | None", Found]:
    pauses: list[Pause] = []
    for _ in make_tries(lambda seconds: pauses.append(Pause(seconds))):
        while pauses:
            yield pauses.pop()
        found = yield ReadDirectory(blocks)
        if isinstance(found, Found) and (found.directory or can_spare):
            return found
    raise AssertionError("tries end by raising")
