"""The waitlist: join it, leave it, one's own position, everybody's. Who leads it gets seats in store/ledger.py."""

from datetime import UTC, datetime
from typing import NamedTuple

from msgspec.structs import replace

from event_management import keys
from event_management.errors import (
    EventNotFoundError,
    Fault,
    InvalidPayloadError,
    RegistrationGoneError,
    SeatsLeftError,
    WaitlistOffError,
)
from event_management.models import Access, Attendee, Event, Idempotency, NewAttendee
from event_management.observability import count
from event_management.seats import Directory
from event_management.store.attendees import cancel, find
from event_management.store.client import count_before, get_items, put_new, query_index, transact, update_if
from event_management.store.contention import Tries
from event_management.store.ledger import settle_reserve
from event_management.store.registrations import new_person, put_person, recognise
from event_management.store.repeats import Marks
from event_management.store.seats import read_seats_left


class Waiting(NamedTuple):
    """The place on the waitlist that a call left behind."""

    attendee: Attendee
    """Registered by now, if an earlier call with the same `Idempotency-Key` joined and seats came free since."""
    place: int | None
    """None for who is registered by now."""
    replayed: bool
    """Whether an earlier call with the same `Idempotency-Key` made it."""


def join(
    event_id: str, new: NewAttendee, country: str | None = None, idempotency: Idempotency | None = None
) -> Waiting:
    """Give a person the last place on the waitlist of an event without a seat left, once per event and address.

    Raises `EventNotFoundError`, `EventCancelledError`, `RegistrationNotOpenError`, `RegistrationClosedError`,
    `WaitlistOffError`, `SeatsLeftError`, `InvalidPayloadError`, `AlreadyRegisteredError`, `AlreadyWaitingError`,
    `RegistrationCancelledError`, `IdempotencyKeyReusedError`, `TryAgainError`.
    """
    attendee = new_person(event_id, new, country)
    marks = Marks.new(idempotency, "join_waitlist")
    has_settled = False
    tries = Tries()
    for attempt in tries:
        item, person = get_items(keys.directory_key(event_id), keys.attendee_key(event_id, attendee.id))
        if item is None:
            raise EventNotFoundError
        directory = keys.read_directory(item)
        if person and (standing := recognise(person, marks)):
            is_waiting = standing.attendee.state == "waiting"
            if is_waiting and directory.reserve and not has_settled:
                # Seats put by for a larger party may do for this one, and `fill` lets it pass.
                settle_reserve(event_id)
                has_settled = True
                tries.go_on()
                continue
            return Waiting(standing.attendee, keys.read_place_of(person) if is_waiting else None, standing.replayed)
        _check_may_wait(event_id, directory, attendee.seats)
        place = directory.next_place
        reasons = transact(
            [
                put_person(keys.waiting_item(attendee, place) | marks.attributes(), person),
                put_new(keys.place_item(event_id, place, attendee.id, attendee.seats)),
                update_if(
                    keys.directory_key(event_id),
                    "ADD waiting :seats, next_place :one",
                    "next_place = :place AND reserve = :reserve AND attribute_not_exists(open_blocks)"
                    " AND terms = :terms",
                    seats=attendee.seats,
                    one=1,
                    place=place,
                    reserve=directory.reserve,
                    terms=directory.terms.revision,
                ),
            ],
            token=marks.token(attempt),
        )
        if not reasons:
            count("Waiting")
            if not directory.reserve:
                return Waiting(replace(attendee, state="waiting"), place, replayed=False)
            tries.go_on()
    raise AssertionError("tries end by raising")


def find_position(waiting: Waiting) -> int | None:
    """Return 1 for who is next, and so on; None for who is registered by now.

    As of now. Raises `TryAgainError`.
    """
    if waiting.place is None:
        return None
    return 1 + count_before(keys.place_key(waiting.attendee.event_id, waiting.place))


def find_place(event_id: str, attendee_id: str, access: Access) -> Waiting:
    """Return where a person stands; with no place where they are registered by now.

    Raises `EventNotFoundError`, `AttendeeNotFoundError`, `InvalidManageCodeError`, `RegistrationGoneError`,
    `TryAgainError`.
    """
    person = find(event_id, attendee_id, access)
    if person.is_former:
        raise RegistrationGoneError
    attendee = keys.read_attendee(person.item)
    place = keys.read_place_of(person.item) if attendee.state == "waiting" else None
    return Waiting(attendee, place, replayed=False)


def leave(event_id: str, attendee_id: str, access: Access) -> None:
    """Give up a place on the waitlist. Once given up, this does nothing.

    Raises what `find_place` does but for one who gave up, and `NotWaitingError` for who is registered by now.
    """
    cancel(event_id, attendee_id, access, only_waiting=True)


def list_by_place(event: Event, after: str | None, limit: int) -> list[tuple[str, Attendee]]:
    """Return up to `limit` people who wait behind the position, longest waiting first, each with their position.

    Eventually consistent. Raises `TryAgainError`.
    """
    items = query_index(keys.GSI1, keys.waitlist_of(event.id), after or keys.FIRST, limit)
    return [(keys.read_position(item), keys.read_attendee(item)) for item in items]


def _check_may_wait(event_id: str, directory: Directory, seats: int) -> None:
    """Raise unless a party of so many may join: blocks without seats are taken off the directory, as joining wants it."""
    directory.terms.check(keys.stamp(datetime.now(UTC)), seats)
    if not directory.waitlist:
        raise WaitlistOffError
    if seats > directory.capacity:  # it would make everybody behind it wait for ever
        raise InvalidPayloadError(
            [Fault("/payload/seats", f"seats must be at most {directory.capacity} at this event.")]
        )
    if read_seats_left(event_id, directory):
        raise SeatsLeftError
