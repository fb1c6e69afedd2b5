"""People of an event that is deleted or swept go, and of a deleted one all else: in steps that can be repeated from any point.

People's items go together with the seats they take, or with those counted as swept, so that blocks prove that nobody is
left, which the index, being eventually consistent, does not. What is left of former attendees goes by itself, at its
`expires_at`.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from event_management import keys
from event_management.deadline import seconds_left
from event_management.errors import EventNotFoundError, TryAgainError
from event_management.store.client import (
    MOST_ACTIONS,
    delete,
    delete_if,
    get_item,
    get_items,
    put_if,
    query_index,
    query_partition,
    transact,
    update_if,
    update_item_if,
)
from event_management.store.connection import LONGEST_CALL
from event_management.store.contention import Tries
from event_management.store.ledger import settle_reserve
from event_management.store.repeats import Marks
from event_management.store.seats import BlockChange, update_block, update_directory

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_MOST_PEOPLE = 45
_HELD = "#state = :state AND serial = :serial"


def remove(event: keys.Item) -> bool:
    """Remove what is left of an event that is deleted, as far as there is time; tell whether nothing is left.

    Raises `TryAgainError`.
    """
    return _as_far_as_there_is_time(_remove, event)


def remove_people(event: keys.Item) -> bool:
    """Remove the people of an event that is swept, as far as there is time; tell whether nobody is left.

    The event's counts stay as they are. Raises `TryAgainError`.
    """
    return _as_far_as_there_is_time(_sweep, event)


def _as_far_as_there_is_time(act: Callable[[str], None], event: keys.Item) -> bool:
    try:
        act(event["id"])
    except TryAgainError:
        if seconds_left() < LONGEST_CALL:
            return False
        raise
    return True


def _sweep(event_id: str) -> None:
    if (item := get_item(keys.directory_key(event_id))) is None:
        return  # deleted meanwhile
    directory = keys.read_directory(item)
    blocks = [keys.seat_block_key(event_id, block) for block in range(directory.seat_blocks)]
    _remove_people(event_id, directory.attendee_partitions, blocks, is_swept=True)
    with suppress(EventNotFoundError):
        settle_reserve(event_id)
    update_item_if(keys.event_key(event_id), "REMOVE remains, gsi1pk, gsi1sk", "attribute_exists(swept_at)")


def _remove(event_id: str) -> None:
    if (item := get_item(keys.directory_key(event_id))) is not None:
        directory = keys.read_directory(item)
        blocks = [keys.seat_block_key(event_id, block) for block in range(directory.seat_blocks)]
        _remove_people(event_id, directory.attendee_partitions, blocks, is_swept=False)
        check_ins = [keys.check_ins_key(event_id, m) for m in range(directory.attendee_partitions)]
        # The directory says which blocks there are, so it goes last.
        for first in range(0, len(blocks), MOST_ACTIONS):
            _carry_out([delete(key) for key in blocks[first : first + MOST_ACTIONS]])
        _carry_out([delete(key) for key in (*check_ins, keys.directory_key(event_id))])
    while members := list(islice(query_partition(keys.members_of(event_id), MOST_ACTIONS), MOST_ACTIONS)):
        _carry_out([delete({"pk": item["pk"], "sk": item["sk"]}) for item in members])
    done = update_if(
        keys.event_key(event_id), "REMOVE remains, gsi1pk, gsi1sk", "#status = :deleted", deleted=keys.DELETED
    )
    _carry_out([done])


def _carry_out(actions: "Sequence[TransactWriteItemTypeDef]") -> None:
    """Carry out actions that can be repeated, also where buyers still ask for seats."""
    marks = Marks.new(None)
    for attempt in Tries():
        if not transact(actions, token=marks.token(attempt)):
            return


def _remove_people(event_id: str, partitions: int, blocks: list[keys.Key], *, is_swept: bool) -> None:
    """Remove everybody who is registered or waits; of an event that `is_swept` the seats stay taken."""
    marks = Marks.new(None)
    tries = Tries()
    for attempt in tries:
        waiting = [
            _leave(event_id, item)
            for item in islice(query_partition(keys.waitlist_of(event_id), _MOST_PEOPLE), _MOST_PEOPLE)
        ]
        if waiting:
            actions, seats = [action for pair, _ in waiting for action in pair], sum(seats for _, seats in waiting)
            actions.append(update_directory(event_id, "waiting >= :leaving", {"leaving": seats}, waiting=-seats))
        else:
            actions = _unseat(event_id, partitions, is_swept=is_swept)
        if not actions:
            if not any(item["taken"] > item.get("swept", 0) for item in get_items(*blocks) if item):
                return
            continue  # the index does not show them yet, or still does
        if not transact(actions, token=marks.token(attempt), is_idempotent=False):
            tries.begin_anew()
    raise AssertionError("tries end by raising")


def _leave(event_id: str, place: keys.Item) -> "tuple[list[TransactWriteItemTypeDef], int]":
    """Return the actions that remove a place and who waits in it, and for how many seats they do."""
    read = keys.read_place(place)
    return [
        delete(keys.place_key(event_id, read.number)),
        delete_if(keys.attendee_key(event_id, read.attendee_id), "#state = :waiting", waiting="waiting"),
    ], read.seats


def _unseat(event_id: str, partitions: int, *, is_swept: bool) -> "list[TransactWriteItemTypeDef]":
    """Return the actions that remove some attendees with the seats they take; none where the index lists nobody.

    Of an event that is swept the seats are counted as those of people who are gone, and of each person is left what is
    of one who cancelled: until its `expires_at` it shows that a ticket was good once.
    """
    now = datetime.now(UTC)
    actions: list[TransactWriteItemTypeDef] = []
    freed: Counter[int] = Counter()
    for partition in range(partitions):
        for item in query_index(keys.GSI1, keys.attendees_of(event_id, partition), keys.FIRST, _MOST_PEOPLE):
            more = freed + Counter(keys.read_blocks(item))
            if len(actions) + 1 + len(more) > MOST_ACTIONS:
                break
            freed = more
            key = keys.attendee_key(event_id, item["id"])
            held = {"state": "registered", "serial": item["serial"]}
            former = keys.former_attendee_item(item, now)
            actions.append(put_if(former, _HELD, **held) if is_swept else delete_if(key, _HELD, **held))
        if actions:
            break
    changes = {
        block: BlockChange(swept=seats) if is_swept else BlockChange(taken=-seats) for block, seats in freed.items()
    }
    return [*actions, *(update_block(event_id, block, change) for block, change in changes.items())]
