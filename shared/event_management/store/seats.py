"""Seats in the table: take one, give it back, move some to another block, resize a block; and where some are left.

What always holds: a block with seats left is in the directory. Seats come to an empty block together with its entry
there, in one transaction that raises `relistings`; an entry goes only while `relistings` is what it was before the block
was found empty. So a directory without entries proves that every seat was taken when it was read.
See docs/decisions/0014-seat-blocks.md.
"""

import threading
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from event_management import keys
from event_management.config import load_config
from event_management.errors import EventNotFoundError, TryAgainError
from event_management.seats import SeatFinder
from event_management.store.attributes import to_attributes
from event_management.store.client import Reason, get_item, get_items, transact, update_item_if
from event_management.store.contention import Tries
from event_management.store.repeats import Marks

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef, UpdateTypeDef

_MOST_EVENTS = 1000
"""Of how many events a caller remembers where seats are."""


class _Memory(threading.local):
    def __init__(self) -> None:
        self.finders: dict[str, SeatFinder] = {}


_memory = _Memory()


class Change(NamedTuple):
    """By how much a block's seats change. Neither number can fall below zero."""

    block: int
    seats_left: int = 0
    taken: int = 0


def finder_of(event_id: str) -> SeatFinder:
    """Return what this caller (a thread: a function's only one) knows of the event's seats."""
    finders = _memory.finders
    if event_id not in finders:
        if len(finders) == _MOST_EVENTS:
            del finders[next(iter(finders))]
        finders[event_id] = SeatFinder()
    return finders[event_id]


def look(finder: SeatFinder, event_id: str, attendee_id: str, *, once_more: bool = False) -> keys.Item | None:
    """Tell the finder in which blocks seats are left as of now. Return the person's own item, if there is one.

    A finder that goes on without a block has been shown that the event is sold out. Blocks that it found empty are taken
    off the directory. With `once_more` a person who was not there is read again after the last seat was gone: the call
    that this one repeats may have taken it just then.
    Raises `EventNotFoundError`, `TryAgainError`.
    """
    person_key = keys.attendee_key(event_id, attendee_id)
    if finder.is_sold_out:
        return get_item(person_key)
    while True:
        asked_at = finder.clock()
        beside = finder.blocks_to_read
        found, person, *blocks = get_items(
            keys.directory_key(event_id), person_key, *(keys.seat_block_key(event_id, block) for block in beside)
        )
        if found is None:
            raise EventNotFoundError
        directory = keys.read_directory(found)
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


def take(event_id: str, block: int, seats: int = 1) -> "TransactWriteItemTypeDef":
    """Return the action that takes seats from a block, if it is open and has as many left; its reason shows the block."""
    return _update(event_id, Change(block, seats_left=-seats, taken=seats), must_be_open=True)


def give_back(
    event_id: str, block: int, seats: int = 1, alongside: "Sequence[TransactWriteItemTypeDef]" = ()
) -> list[Reason]:
    """Free seats of a block that are taken. See `change`."""
    return change(event_id, [Change(block, seats_left=seats, taken=-seats)], alongside)


def move(
    event_id: str, source: int, target: int, seats: int, alongside: "Sequence[TransactWriteItemTypeDef]" = ()
) -> list[Reason]:
    """Move seats that are left from one block to another. See `change`."""
    return change(event_id, [Change(source, seats_left=-seats), Change(target, seats_left=seats)], alongside)


def resize(event_id: str, block: int, by: int, alongside: "Sequence[TransactWriteItemTypeDef]" = ()) -> list[Reason]:
    """Add seats to a block, or, with `by` below zero, remove seats that are left. See `change`."""
    return change(event_id, [Change(block, seats_left=by)], alongside)


def change(
    event_id: str, changes: Sequence[Change], alongside: "Sequence[TransactWriteItemTypeDef]" = ()
) -> list[Reason]:
    """Carry out all changes, each of another block, and the actions alongside, or none.

    Return an empty list when they are carried out, else a reason for each change and then each action: what a refused
    change shows is its block, with too few seats, or nothing where there is no such block.
    Raises `TryAgainError`: then nobody knows whether they were carried out.
    """
    marks = Marks.new(None)
    relisted: set[int] = set()
    tries = Tries()
    for attempt in tries:
        updates = [_update(event_id, each, relisted) for each in changes]
        directory = [_relist(event_id, relisted)] if relisted else []
        reasons = transact([*updates, *alongside, *directory], token=marks.token(attempt), is_idempotent=False)
        if any(reason.is_contention for reason in reasons):
            continue
        empty = {
            each.block
            for each, reason in zip(changes, reasons, strict=False)
            if each.seats_left > 0 and reason.item and reason.item["seats_left"] == 0
        }
        if empty <= relisted:
            return reasons[: len(changes) + len(alongside)]
        relisted |= empty
        tries.go_on()
    raise AssertionError("tries end by raising")


def _update(
    event_id: str, change: Change, relisted: Collection[int] = (), *, must_be_open: bool = False
) -> "TransactWriteItemTypeDef":
    conditions = []
    values: dict[str, object] = {":seats_left": change.seats_left, ":taken": change.taken}
    if change.seats_left < 0:
        conditions.append("seats_left >= :leaving")
        values[":leaving"] = -change.seats_left
    elif change.seats_left > 0 and change.block not in relisted:
        conditions.append("seats_left > :none")  # else it may not be in the directory
        values[":none"] = 0
    else:
        conditions.append("attribute_exists(pk)")
    if change.taken < 0:
        conditions.append("taken >= :freed")
        values[":freed"] = -change.taken
    if must_be_open:
        conditions.append("#state = :open")
        values[":open"] = "open"
    update: UpdateTypeDef = {
        "TableName": load_config().table_name,
        "Key": to_attributes(keys.seat_block_key(event_id, change.block)),
        "UpdateExpression": "ADD seats_left :seats_left, taken :taken",
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeValues": to_attributes(values),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if must_be_open:
        update["ExpressionAttributeNames"] = {"#state": "state"}
    return {"Update": update}


def _relist(event_id: str, blocks: Collection[int]) -> "TransactWriteItemTypeDef":
    return {
        "Update": {
            "TableName": load_config().table_name,
            "Key": to_attributes(keys.directory_key(event_id)),
            "UpdateExpression": "ADD open_blocks :blocks, relistings :one",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeValues": to_attributes({":blocks": frozenset(blocks), ":one": 1}),
        }
    }


def _take_off(event_id: str, blocks: frozenset[int], relistings: int) -> None:
    """Take empty blocks off the directory, so that nobody else goes there in vain; if this fails, the next one will."""
    with suppress(TryAgainError):
        update_item_if(
            keys.directory_key(event_id),
            "DELETE open_blocks :blocks",
            "relistings = :relistings",
            {":blocks": blocks, ":relistings": relistings},
        )
