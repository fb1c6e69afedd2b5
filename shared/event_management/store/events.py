"""Events: make one, read one, list the upcoming ones."""

from datetime import UTC, datetime
from typing import NamedTuple

from event_management import keys
from event_management.errors import EventNotFoundError
from event_management.identifiers import derive_event_id, is_event_id, new_event_id
from event_management.models import Event, Idempotency, NewEvent
from event_management.seats import ATTENDEE_PARTITIONS, plan_seat_blocks
from event_management.store.client import get_item, put_new, query_index, transact
from event_management.store.contention import tries
from event_management.store.repeats import Marks, Origin
from event_management.store.secrets import make_secrets


class CreatedEvent(NamedTuple):
    """The event that a create call left behind."""

    event: Event
    replayed: bool
    """Whether an earlier call with the same `Idempotency-Key` made it."""


def create(new: NewEvent, owner: str, idempotency: Idempotency | None = None) -> CreatedEvent:
    """Make an event and its seats: both or neither, once per owner and `Idempotency-Key`.

    Raises `IdempotencyKeyReusedError`, `TryAgainError`.
    """
    identity_key = make_secrets().identity_key

    def choose_id(collisions: int) -> str:
        return derive_event_id(identity_key, owner, idempotency.key, collisions) if idempotency else new_event_id()

    collisions = 0
    event_id = choose_id(collisions)
    marks = Marks.new(idempotency, "create_event", owner)
    now = datetime.now(UTC)
    blocks = plan_seat_blocks(new.max_capacity)
    for attempt in tries():
        event = Event(
            id=event_id,
            name=new.name,
            location=new.location,
            owner=owner,
            start=new.start,
            end=new.end,
            max_capacity=new.max_capacity,
            seat_blocks=len(blocks),
            attendee_partitions=ATTENDEE_PARTITIONS,
            created_at=now,
            updated_at=now,
        )
        items = [
            keys.event_item(event) | marks.attributes(),
            *(keys.seat_block_item(event.id, n, seats, ATTENDEE_PARTITIONS) for n, seats in enumerate(blocks)),
        ]
        reasons = transact([put_new(item) for item in items], token=marks.token(attempt))
        if not reasons:
            return CreatedEvent(event, replayed=False)
        if there := reasons[0].item:
            origin = marks.recognise(there)
            if origin is not Origin.ANOTHER:
                return CreatedEvent(keys.read_event(there), replayed=origin is Origin.EARLIER_CALL)
        # With another call in the way the items there may be those of this request's twin, or of our own first try:
        # the id stays, so that the next try finds them.
        if not any(reason.is_contention for reason in reasons):
            collisions += 1
            event_id = choose_id(collisions)
    raise AssertionError("tries() ends by raising")


def find(event_id: str) -> Event:
    """Return the event as of now. Raises `EventNotFoundError`, `TryAgainError`."""
    item = get_item(keys.event_key(event_id)) if is_event_id(event_id) else None
    if item is None:
        raise EventNotFoundError
    return keys.read_event(item)


def find_owned(event_id: str, owner: str) -> Event:
    """Return the event if it is this organiser's. Raises `EventNotFoundError`, also for another's, `TryAgainError`."""
    event = find(event_id)
    if event.owner != owner:
        raise EventNotFoundError
    return event


def list_upcoming(after: str | None, limit: int, now: datetime | None = None) -> list[tuple[str, Event]]:
    """Return up to `limit` published events after the position, or from now on, soonest first, each with its position.

    Eventually consistent. Raises `TryAgainError`.
    """
    position = after or keys.stamp(now or datetime.now(UTC))
    items = query_index(keys.GSI1, keys.PUBLISHED, position, limit)
    return [(keys.read_position(item), keys.read_event(item)) for item in items]
