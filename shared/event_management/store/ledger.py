"""Seats that change hands: freed, passed on to who waits longest, put by, withdrawn and returned.

What always holds, after each single write:
- the seats left and taken in all blocks and those in the reserve add up to the directory's `capacity`;
- while somebody waits, no block has seats left: seats that come free go to whoever waits longest, in the transaction that
  frees them, or are put by in the reserve until they do for the party at the head.
So a block that has seats left proves that nobody waits, and a directory that lists no block is what joining the waitlist
rests on. See docs/decisions/0015-seat-ledger.md.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from event_management import keys
from event_management.errors import TryAgainError
from event_management.observability import count
from event_management.seats import Directory, plan_collection, plan_return
from event_management.store.client import MOST_ACTIONS, Reason, delete_if, put_new, query_partition, transact, update_if
from event_management.store.contention import Tries
from event_management.store.repeats import Marks
from event_management.store.seats import BlockChange, read_directory, read_seats_left, update_block, update_directory
from event_management.waitlist import MOST_PROMOTED, Place, choose_promoted

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_MOST_BLOCKS = MOST_ACTIONS - 1
"""In one transaction, beside the directory."""


def release(
    event_id: str,
    parts: Mapping[int, int],
    alongside: "Sequence[TransactWriteItemTypeDef]",
    leaver: Place | None = None,
) -> list[Reason]:
    """Free seats that are taken, so many of each block, and carry out the actions alongside: all or nothing.

    Whoever waits longest has them at once, unless registration has closed; who gives up a place by the actions
    alongside is the `leaver`.
    Return an empty list when that is done, else a reason for each action alongside.
    Raises `EventNotFoundError`, `TryAgainError`: then nobody knows whether it was done.
    """
    marks = Marks.new(None)
    # Blocks with seats left prove that nobody waits; only where one has none is the directory asked.
    directory = None if parts and leaver is None else read_directory(event_id)
    tries = Tries()
    for attempt in tries:
        move = _plan_release(event_id, parts, directory, leaver)
        reasons = transact([*alongside, *move.actions(event_id)], token=marks.token(attempt), is_idempotent=False)
        if not reasons:
            count("Promotions", len(move.promoted))
            if move.leaves_much:
                with suppress(TryAgainError):  # what the caller asked for is done
                    settle_reserve(event_id)
            return []
        if any(reason.is_refusal for reason in reasons[: len(alongside)]):
            return reasons[: len(alongside)]
        if not any(reason.is_contention for reason in reasons) and directory is None:
            tries.go_on()
        directory = read_directory(event_id)
    raise AssertionError("tries end by raising")


def settle_reserve(event_id: str) -> None:
    """Give the reserve's seats to those who wait, as far as they do for them; to everybody where nobody waits.

    Can be repeated from any point, and side by side. Raises `EventNotFoundError`, `TryAgainError`.
    """
    marks = Marks.new(None)
    tries = Tries()
    for attempt in tries:
        directory = read_directory(event_id)
        if not directory.reserve:
            return
        if directory.waiting:
            move = _plan_release(event_id, {}, directory, None)
            if not move.promoted:
                return
            actions = move.actions(event_id)
        else:
            move = None
            actions = _return_actions(event_id, directory)
        reasons = transact(actions, token=marks.token(attempt), is_idempotent=False)
        if not reasons:
            count("Promotions", len(move.promoted) if move else 0)
            tries.begin_anew()


def withdraw(event_id: str, seats: int, condition: str, **values: int) -> None:
    """Move seats that are left from blocks into the reserve, until it holds as many or none are left anywhere.

    Each move is made if the condition holds of the directory; when it does not, that ends it. Raises `EventNotFoundError`, `TryAgainError`.
    """
    marks = Marks.new(None)
    most = _MOST_BLOCKS
    tries = Tries()
    for attempt in tries:
        directory = read_directory(event_id)
        left = read_seats_left(event_id, directory) if directory.reserve < seats else {}
        plan = plan_collection(seats - directory.reserve, left, most)
        if not plan:
            return
        reasons = transact(
            [
                update_directory(event_id, condition, values, reserve=sum(plan.values())),
                *(update_block(event_id, block, BlockChange(seats_left=-number)) for block, number in plan.items()),
            ],
            token=marks.token(attempt),
            is_idempotent=False,
        )
        if not reasons:
            tries.begin_anew()
        elif reasons[0].is_refusal:
            return
        else:
            # The more blocks at once, the likelier is a buyer in one of them.
            most = max(1, most // 2)
    raise AssertionError("tries end by raising")


class _Move(NamedTuple):
    """Seats that change hands in one transaction."""

    blocks: Mapping[int, BlockChange]
    promoted: Sequence[tuple[Place, Mapping[int, int]]]
    """With how many seats they get in which block."""
    attendee_partitions: int
    directory: "TransactWriteItemTypeDef | None"
    listed: bool
    leaves_much: bool = False
    """Whether seats stay in the reserve although nobody waits any more: too many for one block."""

    def actions(self, event_id: str) -> "list[TransactWriteItemTypeDef]":
        now = datetime.now(UTC)
        return [
            *(update_block(event_id, block, change, listed=self.listed) for block, change in self.blocks.items()),
            *([self.directory] if self.directory else []),
            # A microsecond apart, so that lists show them in their order.
            *chain.from_iterable(
                _promote(event_id, place, blocks, now + timedelta(microseconds=n), self.attendee_partitions)
                for n, (place, blocks) in enumerate(self.promoted)
            ),
        ]


def _plan_release(
    event_id: str,
    parts: Mapping[int, int],
    directory: Directory | None,
    leaver: Place | None,
    choose: Callable[[Sequence[int]], int] = random.choice,
) -> _Move:
    """Return which block gets the freed seats, or who of those that wait, and what stays in the reserve.

    Without a directory: as if nobody waited, to blocks that must have seats left, which proves it. Conditions hold the
    rest of what the plan rests on. Raises `TryAgainError`.
    """
    if directory is None or not directory.waiting:
        blocks = {block: BlockChange(seats, -seats) for block, seats in parts.items()}
        if directory is None:
            return _Move(blocks, (), 0, None, listed=False)
        relist = update_directory(event_id, "waiting = :none", {"none": 0}, relist=parts)
        return _Move(blocks, (), 0, relist, listed=True)
    freed = sum(parts.values())
    free = freed + directory.reserve
    left_waiting = directory.waiting - (leaver.seats if leaver else 0)
    places = _places(event_id, free, directory, leaver) if free and left_waiting else iter(())
    promoted = choose_promoted(free, places, directory.waitlist_policy)
    given = sum(place.seats for place in promoted)
    left_waiting -= given
    left_over = free - given
    # Nobody knows the blocks of a reserve; one block more or less is all the same.
    home = next(iter(parts), None)
    if home is None:
        home = choose(range(directory.seat_blocks))
    # A larger reserve, on its way or put by while registration was closed, goes to many blocks by settle_reserve.
    is_open_to_all = not left_waiting and 0 < left_over <= MOST_PROMOTED
    changes = {block: BlockChange(0, -seats) for block, seats in parts.items()}
    pool = [[block, seats] for block, seats in parts.items()]
    pool.append([home, directory.reserve])
    seated = [(place, _seat(place.seats, pool, changes)) for place in promoted]
    condition, values = "reserve = :put_by AND terms = :terms", {"put_by": directory.reserve}
    if left_over:
        # Those whom it does not do for must still be there, and nobody else whom it would do for.
        condition += " AND waiting = :seats AND next_place = :next_place"
        values |= {"seats": directory.waiting, "next_place": directory.next_place}
    if is_open_to_all:
        changes[home] = changes.get(home, BlockChange())._replace(seats_left=left_over)
    update = update_directory(
        event_id,
        condition,
        values | {"terms": directory.terms.revision},
        relist=[home] if is_open_to_all else (),
        reserve=-directory.reserve if is_open_to_all else freed - given,
        waiting=left_waiting - directory.waiting,
    )
    blocks = {block: change for block, change in changes.items() if any(change)}
    leaves_much = not left_waiting and left_over > MOST_PROMOTED
    return _Move(blocks, seated, directory.attendee_partitions, update, is_open_to_all, leaves_much)


def _places(event_id: str, free: int, directory: Directory, leaver: Place | None) -> Iterator[Place]:
    """Yield the places whose turn it may be, longest waiting first; none once no registrations are taken any more."""
    if not directory.terms.promote(keys.stamp(datetime.now(UTC))):
        return
    if directory.waitlist_policy == "strict":
        items = query_partition(keys.waitlist_of(event_id), MOST_PROMOTED + 2)
    else:
        items = query_partition(keys.waitlist_of(event_id), None, "seats <= :free", free=free)
    for item in items:
        place = keys.read_place(item)
        # A query is of no one instant: of those who joined since the directory was read it may miss the first.
        if place.number >= directory.next_place:
            return
        # A party that the event has become too small for would make everybody behind it wait for ever.
        if place.seats <= directory.capacity and (leaver is None or place.number != leaver.number):
            yield place


def _seat(seats: int, pool: list[list[int]], changes: dict[int, BlockChange]) -> dict[int, int]:
    """Take a party's seats out of the pool of blocks and seats, and note them as taken."""
    blocks: dict[int, int] = {}
    for part in pool:
        block, there = part
        share = min(seats, there)
        if share:
            part[1] -= share
            seats -= share
            blocks[block] = blocks.get(block, 0) + share
            change = changes.get(block, BlockChange())
            changes[block] = change._replace(taken=change.taken + share)
    return blocks


def _promote(
    event_id: str, place: Place, blocks: Mapping[int, int], now: datetime, attendee_partitions: int
) -> "list[TransactWriteItemTypeDef]":
    """Return the actions that make an attendee of a person who waits."""
    seated = keys.seated(place.attendee_id, event_id, blocks, now, attendee_partitions)
    names = {name: "#state" if name == "state" else name for name in seated}
    return [
        delete_if(keys.place_key(event_id, place.number), "attribute_exists(pk)"),
        update_if(
            keys.attendee_key(event_id, place.attendee_id),
            "SET " + ", ".join(f"{names[name]} = :{name}" for name in seated) + " ADD revision :one",
            "#state = :waiting AND gsi1sk = :place",
            waiting="waiting",
            place=keys.place_key(event_id, place.number)["sk"],
            one=1,
            **seated,
        ),
    ]


def _return_actions(event_id: str, directory: Directory) -> "list[TransactWriteItemTypeDef]":
    """Return the actions that bring seats of the reserve home, to blocks of their own where the event has grown."""
    plan = plan_return(directory.reserve, directory.capacity, directory.seat_blocks, _MOST_BLOCKS)
    new = {block: seats for block, seats in plan.items() if block >= directory.seat_blocks}
    update = "ADD reserve :returned, open_blocks :blocks, relistings :one, seat_blocks :new"
    return [
        update_if(
            keys.directory_key(event_id),
            update,
            "waiting = :none AND reserve >= :seats AND terms = :terms",
            returned=-sum(plan.values()),
            seats=sum(plan.values()),
            blocks=frozenset(plan),
            one=1,
            new=len(new),
            none=0,
            terms=directory.terms.revision,
        ),
        *(put_new(keys.seat_block_item(event_id, block, seats, directory.terms)) for block, seats in new.items()),
        *(
            update_block(event_id, block, BlockChange(seats_left=seats), listed=True)
            for block, seats in plan.items()
            if block not in new
        ),
    ]
