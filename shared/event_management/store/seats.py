"""Seats in the table: where some are left, and what changes blocks and the directory.

What always holds: a block with seats left is in the directory. Seats come to an empty block together with its entry
there, in one transaction that raises `relistings`; an entry goes only while `relistings` is what it was before the block
was found empty. So a directory without entries proves that every seat was taken when it was read.
See docs/decisions/0014-seat-blocks.md.
"""

import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from event_management import keys
from event_management.errors import EventNotFoundError, SeatsFullError, TryAgainError
from event_management.seats import Directory, SeatFinder, plan_party
from event_management.store.client import UNREAD, get_item, get_items, update_if, update_item_if
from event_management.store.contention import Tries

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_MOST_EVENTS = 1000
"""Of how many events a caller remembers where seats are."""


class _Memory(threading.local):
    def __init__(self) -> None:
        self.finders: dict[str, SeatFinder] = {}


_memory = _Memory()


def finder_of(event_id: str) -> SeatFinder:
    """Return what this caller (a thread: a function's only one) knows of the event's seats."""
    finders = _memory.finders
    if event_id not in finders:
        if len(finders) == _MOST_EVENTS:
            del finders[next(iter(finders))]
        finders[event_id] = SeatFinder()
    return finders[event_id]


def look(
    finder: SeatFinder, event_id: str, attendee_id: str, seats: int = 1, *, once_more: bool = False
) -> keys.Item | None:
    """Tell the finder in which blocks seats are left as of now. Return the person's own item, if there is one.

    A finder that goes on without a block has been shown that the event is sold out: just now, or where the directory was
    too much in demand to be read, moments ago. Blocks that it found empty are taken off the directory. With `once_more` a person who was not there is read again after the last seat was gone: the call
    that this one repeats may have taken it just then.
    Raises `EventNotFoundError`, `TryAgainError`; and, for a person who is not there, what `Terms.check` does.
    """
    person_key = keys.attendee_key(event_id, attendee_id)
    if finder.spares_directory:
        return get_item(person_key)
    while True:
        asked_at = finder.clock()
        beside = finder.blocks_to_read
        found, person, *blocks = get_items(
            keys.directory_key(event_id),
            person_key,
            *(keys.seat_block_key(event_id, block) for block in beside),
            can_spare_first=finder.is_sold_out,
        )
        if found is UNREAD:
            finder.spare_directory()
            return person
        if found is None:
            raise EventNotFoundError
        directory = keys.read_directory(found)
        if person is None:
            directory.terms.check(keys.stamp(datetime.now(UTC)), seats)
        drained = finder.drained(directory)
        directory = directory._replace(open_blocks=directory.open_blocks - drained)
        seats_left = {block: item["seats_left"] for block, item in zip(beside, blocks, strict=True) if item}
        finder.learn(directory, asked_at, seats_left)
        if drained:
            _take_off(event_id, drained, directory.relistings)
        if finder.block is not None:
            return person
        if not directory.open_blocks:
            return get_item(person_key) if once_more and person is None else person


def read_directory(event_id: str) -> Directory:
    """Return the directory as of now. Raises `EventNotFoundError`, `TryAgainError`."""
    item = get_item(keys.directory_key(event_id))
    if item is None:
        raise EventNotFoundError
    return keys.read_directory(item)


def read_seats_left(event_id: str, directory: Directory) -> dict[int, int]:
    """Return how many seats each block of the directory has left, if any, as of now. Raises `TryAgainError`.

    Blocks without any are taken off the directory.
    """
    listed = sorted(directory.open_blocks)
    blocks = get_items(*(keys.seat_block_key(event_id, block) for block in listed)) if listed else []
    left = {block: item["seats_left"] for block, item in zip(listed, blocks, strict=True) if item}
    if drained := frozenset(block for block in listed if not left.get(block)):
        _take_off(event_id, drained, directory.relistings)
    return {block: seats for block, seats in left.items() if seats}


def gather(event_id: str, seats: int) -> dict[int, int]:
    """Return how many seats a party may take from which block, where no single one may do.

    Raises `SeatsFullError` when fewer were left at one instant, `EventNotFoundError`, `TryAgainError`.
    """
    before = None
    tries = Tries()
    for _ in tries:
        directory = read_directory(event_id)
        left = read_seats_left(event_id, directory)
        if parts := plan_party(seats, left):
            return parts
        # Blocks are not read at one instant: what was the same twice stood so in between.
        if before == (directory.relistings, left):
            raise SeatsFullError(sum(left.values()))
        before = directory.relistings, left
        tries.go_on()
    raise AssertionError("tries end by raising")


def take(event_id: str, parts: Mapping[int, int], now: str) -> "list[TransactWriteItemTypeDef]":
    """Return the actions that take a party's seats, so many of each block, if each has as many left.

    And if the event takes registrations of such parties at this instant (a stamp). Reasons show the blocks.
    """
    party = sum(parts.values())
    return [
        update_if(
            keys.seat_block_key(event_id, block),
            "ADD seats_left :leaving, taken :seats",
            "seats_left >= :seats AND #status = :published AND max_party >= :party"
            " AND (attribute_not_exists(registration_opens) OR registration_opens <= :now)"
            " AND (attribute_not_exists(registration_closes) OR registration_closes > :now)",
            seats=seats,
            leaving=-seats,
            party=party,
            published=keys.PUBLISHED,
            now=now,
        )
        for block, seats in parts.items()
    ]


class BlockChange(NamedTuple):
    """By how much a block's seats change. Neither number can fall below zero."""

    seats_left: int = 0
    taken: int = 0
    swept: int = 0
    """Taken by people who are gone."""


def update_block(event_id: str, block: int, change: BlockChange, *, listed: bool = False) -> "TransactWriteItemTypeDef":
    """Return the action that changes a block's seats, if it has as many.

    Seats left come only to a block that has some, or that is `listed` anew in the same transaction.
    """
    conditions = ["attribute_exists(pk)"]
    values = {"seats_left": change.seats_left, "taken": change.taken}
    if change.seats_left < 0:
        conditions.append("seats_left >= :leaving")
        values["leaving"] = -change.seats_left
    elif change.seats_left > 0 and not listed:
        conditions.append("seats_left > :none")
        values["none"] = 0
    if change.taken < 0:
        conditions.append("taken >= :freed")
        values["freed"] = -change.taken
    update = "ADD seats_left :seats_left, taken :taken"
    if change.swept:
        update += ", swept :swept"
        values["swept"] = change.swept
    return update_if(
        keys.seat_block_key(event_id, block),
        update,
        " AND ".join(conditions),
        **values,
    )


def update_directory(
    event_id: str,
    condition: str,
    values: Mapping[str, object],
    *,
    relist: Collection[int] = (),
    reserve: int = 0,
    waiting: int = 0,
) -> "TransactWriteItemTypeDef":
    """Return the action that lists blocks anew and adds to the reserve and to those waiting, if the condition holds.

    The condition's values must not be called `reserve`, `waiting`, `blocks` or `one`.
    """
    update = "ADD reserve :reserve, waiting :waiting"
    added: dict[str, object] = {"reserve": reserve, "waiting": waiting}
    if relist:
        update += ", open_blocks :blocks, relistings :one"
        added |= {"blocks": frozenset(relist), "one": 1}
    return update_if(keys.directory_key(event_id), update, condition, **values, **added)


def _take_off(event_id: str, blocks: frozenset[int], relistings: int) -> None:
    """Take empty blocks off the directory, so that nobody else goes there in vain; if this fails, the next one will."""
    with suppress(TryAgainError):
        update_item_if(
            keys.directory_key(event_id),
            "DELETE open_blocks :blocks",
            "relistings = :relistings",
            blocks=blocks,
            relistings=relistings,
        )
