"""Registering: seats for a person and their party."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from event_management import keys
from event_management.codes import new_serial
from event_management.errors import (
    AlreadyRegisteredError,
    AlreadyWaitingError,
    EventNotFoundError,
    RegistrationCancelledError,
    SeatsFullError,
)
from event_management.identifiers import derive_attendee_id, is_event_id
from event_management.models import Attendee, Idempotency, NewAttendee
from event_management.observability import count
from event_management.seats import SeatFinder
from event_management.store.client import Reason, put_if, put_new, transact
from event_management.store.contention import Tries
from event_management.store.repeats import Marks, Origin
from event_management.store.seats import finder_of, gather, look, take
from event_management.store.secrets import read_secrets

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


class Registration(NamedTuple):
    """The registration that a call left behind."""

    attendee: Attendee
    replayed: bool
    """Whether an earlier call with the same `Idempotency-Key` made it."""


def register(
    event_id: str,
    new: NewAttendee,
    country: str | None = None,
    idempotency: Idempotency | None = None,
    alongside: "Callable[[str], list[TransactWriteItemTypeDef]] | None" = None,
) -> Registration:
    """Take a party's seats and record their holder: all or nothing, once per event and address.

    `alongside` says, for a person's id, what else goes with it where somebody else registers them. Raises `EventNotFoundError`, `EventCancelledError`, `RegistrationNotOpenError`, `RegistrationClosedError`,
    `InvalidPayloadError`, `AlreadyRegisteredError`, `AlreadyWaitingError`, `SeatsFullError`,
    `RegistrationCancelledError`, `IdempotencyKeyReusedError`, `TryAgainError`.
    """
    attendee = new_person(event_id, new, country)
    marks = Marks.new(idempotency)
    finder = finder_of(event_id)
    former: keys.Item | None = None
    gathered: Mapping[int, int] | None = None
    tries = Tries()
    for attempt in tries:
        if finder.block is None:
            if there := look(finder, event_id, attendee.id, attendee.seats, once_more=idempotency is not None):
                if standing := recognise(there, marks):
                    return _told(standing)
                former = there
            if finder.block is None:
                count("SoldOut")
                raise SeatsFullError
        parts = gathered or {finder.block: attendee.seats}
        item = keys.attendee_item(attendee, parts, finder.attendee_partitions) | marks.attributes()
        seats = take(event_id, parts, keys.stamp(datetime.now(UTC)))
        others = alongside(attendee.id) if alongside else []
        reasons = transact([put_person(item, former), *seats, *others], token=marks.token(attempt))
        if not reasons:
            finder.took_seat()
            count("Registrations")
            return Registration(attendee, replayed=False)
        person, *blocks = reasons
        if person.is_refusal:
            if person.item and (standing := recognise(person.item, marks)):
                return _told(standing)
            former = person.item
            tries.go_on()
        elif not person.is_contention and any(block.is_refusal for block in blocks):
            gathered = _look_elsewhere(finder, attendee, blocks, gathered)
            tries.go_on()
        else:
            finder.met_another()
            gathered = None
    raise AssertionError("tries end by raising")


def new_person(event_id: str, new: NewAttendee, country: str | None) -> Attendee:
    """Return the person who wants seats at this event, with a serial of their own.

    Raises `EventNotFoundError`, `TryAgainError`.
    """
    secrets = read_secrets() if is_event_id(event_id) else None
    if secrets is None:
        raise EventNotFoundError
    return Attendee(
        id=derive_attendee_id(secrets.identity_key, event_id, new.email.normalised),
        event_id=event_id,
        name=new.name,
        email=new.email.entered,
        seats=new.seats,
        registered_at=datetime.now(UTC),
        serial=new_serial(),
        country=country,
    )


def put_person(item: keys.Item, former: keys.Item | None) -> "TransactWriteItemTypeDef":
    """Return the action that puts a person's item where there is none, or this one of a former registration."""
    if former is None:
        return put_new(item)
    return put_if(item, "#state = :cancelled AND serial = :serial", cancelled=keys.CANCELLED, serial=former["serial"])


def recognise(person: keys.Item, marks: Marks) -> Registration | None:
    """Return the registration or place that stands already, if it is this very request's.

    None for a former one, whose place may be taken. Raises `AlreadyRegisteredError`, `AlreadyWaitingError`,
    `IdempotencyKeyReusedError`, and `RegistrationCancelledError` for a former one that this very request made: nobody
    who cancelled is booked again by a late retry.
    """
    origin = marks.recognise(person)
    if person["state"] == keys.CANCELLED:
        if origin is not Origin.ANOTHER:
            raise RegistrationCancelledError
        return None
    if origin is Origin.ANOTHER:
        if person["state"] == "waiting":
            raise AlreadyWaitingError
        count("Duplicates")
        raise AlreadyRegisteredError
    return Registration(keys.read_attendee(person), replayed=origin is Origin.EARLIER_CALL)


def _told(standing: Registration) -> Registration:
    """Count a registration that this call made although the answer was lost."""
    if not standing.replayed:
        count("Registrations")
    return standing


def _look_elsewhere(
    finder: SeatFinder, attendee: Attendee, blocks: Sequence[Reason], gathered: Mapping[int, int] | None
) -> Mapping[int, int] | None:
    """Return the blocks that a party's seats have to be gathered from, or None after noting that one block is empty.

    Raises unless it was for want of seats alone that blocks refused.
    """
    now = keys.stamp(datetime.now(UTC))
    refused = [block.item for block in blocks if block.is_refusal]
    for item in refused:
        if item is None or "role" in item:  # the event is gone, or the role of who registers somebody else
            raise EventNotFoundError
        keys.read_terms(item).check(now, attendee.seats)
    if gathered or any(item["seats_left"] for item in refused if item):
        return gather(attendee.event_id, attendee.seats)
    finder.found_empty()
    return None
