"""Events: make one, read one, count its seats, list the upcoming ones and an organiser's own."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec.structs import replace

from event_management import keys
from event_management.errors import EventDeletedError, EventNotFoundError
from event_management.identifiers import derive_event_id, is_event_id, new_event_id
from event_management.models import Act, Event, EventCounts, Idempotency, NewEvent
from event_management.roles import Caller, Role
from event_management.seats import plan_attendee_partitions, plan_seat_blocks
from event_management.store.authority import Authority, find_authority, read_event
from event_management.store.client import (
    MOST_ACTIONS,
    Reason,
    check_absent,
    get_item,
    get_items,
    put,
    put_new,
    query_index,
    transact,
)
from event_management.store.contention import Tries
from event_management.store.repeats import Marks, Origin
from event_management.store.secrets import make_secrets

_BLOCKS_BESIDE_EVENT = MOST_ACTIONS - 3
"""How many blocks the transaction takes that puts the event, its directory and the record of its making."""


class CreatedEvent(NamedTuple):
    """The event that a create call left behind."""

    event: Event
    replayed: bool
    """Whether an earlier call with the same `Idempotency-Key` made it."""


def create(new: NewEvent, caller: Caller, idempotency: Idempotency | None = None) -> CreatedEvent:
    """Make an event and its seats: both or neither, once per owner and `Idempotency-Key`.

    Raises `IdempotencyKeyReusedError`, `EventDeletedError`, `TryAgainError`.
    """
    identity_key, owner = make_secrets().identity_key, caller.subject

    def choose_id(collisions: int) -> str:
        return derive_event_id(identity_key, owner, idempotency.key, collisions) if idempotency else new_event_id()

    collisions = 0
    event_id = choose_id(collisions)
    marks = Marks.new(idempotency, "create_event", owner)
    now = datetime.now(UTC)
    blocks = plan_seat_blocks(new.max_capacity)
    for attempt in Tries():
        event = Event(
            id=event_id,
            name=new.name,
            location=new.location,
            description=new.description,
            owner=owner,
            status=new.status,
            start=new.start,
            end=new.end,
            registration_opens=new.registration_opens,
            registration_closes=new.registration_closes,
            max_capacity=new.max_capacity,
            max_party=new.max_party,
            waitlist=new.waitlist,
            waitlist_policy=new.waitlist_policy,
            attendee_partitions=plan_attendee_partitions(len(blocks)),
            created_at=now,
            updated_at=now,
        )
        reasons = _put(event, blocks, marks, attempt)
        if not reasons:
            return CreatedEvent(event, replayed=False)
        if there := reasons[0].item:
            origin = marks.recognise(there)
            if origin is not Origin.ANOTHER:
                if there["status"] == keys.DELETED:
                    raise EventDeletedError
                return CreatedEvent(keys.read_event(there), replayed=origin is Origin.EARLIER_CALL)
        # With another call in the way the items there may be those of this request's twin, or of our own first try:
        # the id stays, so that the next try finds them.
        if not any(reason.is_contention for reason in reasons):
            collisions += 1
            event_id = choose_id(collisions)
    raise AssertionError("tries end by raising")


def _put(event: Event, blocks: Sequence[int], marks: Marks, attempt: int) -> list[Reason]:
    """Put the event with its directory and its blocks of so many seats; return reasons if not, the event's first.

    Blocks that find no place in the event's own transaction go ahead of it: nobody sees them without the event, and one
    that is there already, from a try that broke off, is as good as new.
    """
    terms = keys.terms_of(event)
    items = [keys.seat_block_item(event.id, n, seats, terms) for n, seats in enumerate(blocks)]
    beside, ahead = items[:_BLOCKS_BESIDE_EVENT], items[_BLOCKS_BESIDE_EVENT:]
    for first in range(0, len(ahead), MOST_ACTIONS - 1):
        chunk = [item | marks.attributes() for item in ahead[first : first + MOST_ACTIONS - 1]]
        # A late retry must not leave blocks behind: the event may have been deleted meanwhile.
        puts = [check_absent(keys.event_key(event.id)), *(put_new(item) for item in chunk)]
        reasons = transact(puts, token=marks.token(attempt, first))
        if contention := [reason for reason in reasons if reason.is_contention]:
            return contention
        is_there = any(reason.is_refusal for reason in reasons[:1])
        if is_there or not all(
            _stands(item, reason.item, marks) for reason, item in zip(reasons[1:], chunk, strict=False)
        ):
            return [Reason("ConditionalCheckFailed", get_item(keys.event_key(event.id)))]
    items = [keys.event_item(event) | marks.attributes(), keys.directory_item(event, len(blocks)), *beside]
    act = Act(event.created_at, event.owner, "owner", "create_event", 0)
    record = put(keys.act_item(event.id, act, marks.nonce))
    return transact([*(put_new(item) for item in items), record], token=marks.token(attempt))


def _stands(block: keys.Item, there: keys.Item | None, marks: Marks) -> bool:
    """Tell whether the block that is there is this request's, as planned. Raises `IdempotencyKeyReusedError`."""
    if there is None or marks.recognise(there) is Origin.ANOTHER:
        return False
    return bool(there["seats_left"] == block["seats_left"])


class EventNow(NamedTuple):
    """An event, and how its seats stand."""

    event: Event
    counts: EventCounts


def find(event_id: str, caller: Caller | None = None) -> EventNow:
    """Return the event as of now: to who has a role in it in every status, to everybody else unless it is a draft.

    Its capacity is the one that holds, also while a change of it is under way. The counts of an event whose seats change
    hands meanwhile may be those of different moments.
    Raises `EventNotFoundError`, `TryAgainError`.
    """
    if not is_event_id(event_id):
        raise EventNotFoundError
    # Of most events this is all there is.
    first_block, first_door = keys.seat_block_key(event_id, 0), keys.check_ins_key(event_id, 0)
    item, seats, block, door = get_items(
        keys.event_key(event_id), keys.directory_key(event_id), first_block, first_door
    )
    if item is None or seats is None or item["status"] == keys.DELETED:
        raise EventNotFoundError
    if item["status"] == "draft":
        if caller is None:
            raise EventNotFoundError
        find_authority(item, caller, "helper")
    directory = keys.read_directory(seats)
    event = replace(keys.read_event(item), max_capacity=directory.capacity)
    more_blocks = [keys.seat_block_key(event_id, n) for n in sorted(directory.open_blocks - {0})]
    more_doors = [keys.check_ins_key(event_id, m) for m in range(1, event.attendee_partitions)]
    more = get_items(*more_blocks, *more_doors) if more_blocks or more_doors else []
    blocks = [block, *more[: len(more_blocks)]]
    doors = [door, *more[len(more_blocks) :]]
    left = sum(there["seats_left"] for there in blocks if there)
    return EventNow(
        event,
        EventCounts(
            registered=max(0, directory.capacity - directory.reserve - left),
            seats_left=left,
            waitlisted=directory.waiting,
            checked_in=sum(there["checked_in"] for there in doors if there),
        ),
    )


def find_for(event_id: str, caller: Caller, least: Role) -> Event:
    """Return the event to who has at least this role in it.

    Raises `EventNotFoundError`, also for a stranger, `RoleMissingError`, `TryAgainError`.
    """
    return find_with_authority(event_id, caller, least)[0]


def find_with_authority(event_id: str, caller: Caller, least: Role) -> tuple[Event, Authority]:
    """Return the event, and on what strength the caller acts on it. Raises what `find_for` does."""
    item, authority = read_event(event_id, caller, least)
    return keys.read_event(item), authority


def list_upcoming(after: str | None, limit: int, now: datetime | None = None) -> list[tuple[str, Event]]:
    """Return up to `limit` published events after the position, or from now on, soonest first, each with its position.

    Eventually consistent. Raises `TryAgainError`.
    """
    return _list(keys.GSI1, keys.PUBLISHED, after or keys.stamp(now or datetime.now(UTC)), limit)


def list_owned(owner: str, after: str | None, limit: int) -> list[tuple[str, Event]]:
    """Return up to `limit` events of this organiser's after the position, in every status, by start, each with its position.

    Eventually consistent. Raises `TryAgainError`.
    """
    return _list(keys.GSI2, keys.events_of(owner), after or keys.FIRST, limit)


def walk(after: str | None, limit: int) -> list[tuple[str, keys.Item]]:
    """Return up to `limit` items of events after the position, each with its position, in every status.

    Also of events that are deleted, as long as people may be left there. A walk through all of them misses none that was there when it began, save one whose start is moved forward past the
    walk meanwhile. Eventually consistent. Raises `TryAgainError`.
    """
    begin, place = keys.read_walk_position(after) if after else (keys.EVENT_PARTITIONS[0], keys.FIRST)
    items: list[keys.Item] = []
    for partition in keys.EVENT_PARTITIONS[keys.EVENT_PARTITIONS.index(begin) :]:
        first = place if partition == begin else keys.FIRST
        items += query_index(keys.GSI1, partition, first, limit - len(items))
        if len(items) == limit:
            break
    return [(keys.walk_position(item), item) for item in items]


def _list(index: str, partition: str, after: str, limit: int) -> list[tuple[str, Event]]:
    items = query_index(index, partition, after, limit)
    return [(keys.read_position(item, index), keys.read_event(item)) for item in items]
