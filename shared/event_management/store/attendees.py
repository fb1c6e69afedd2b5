"""Attendees: register one, list them."""

from datetime import UTC, datetime
from typing import NamedTuple

from event_management import keys
from event_management.errors import (
    AlreadyRegisteredError,
    EventNotFoundError,
    RegistrationClosedError,
    SeatsFullError,
)
from event_management.identifiers import derive_attendee_id, is_event_id
from event_management.models import Attendee, Event, Idempotency, NewAttendee
from event_management.observability import count
from event_management.store.client import Reason, put_new, query_merged, transact
from event_management.store.contention import Tries
from event_management.store.repeats import Marks, Origin
from event_management.store.seats import finder_of, look, take
from event_management.store.secrets import read_secrets


class Registration(NamedTuple):
    """The registration that a call left behind."""

    attendee: Attendee
    replayed: bool
    """Whether an earlier call with the same `Idempotency-Key` made it."""


def register(
    event_id: str, new: NewAttendee, country: str | None = None, idempotency: Idempotency | None = None
) -> Registration:
    """Take a seat and record its holder: both or neither, once per event and address.

    Raises `EventNotFoundError`, `AlreadyRegisteredError`, `SeatsFullError`, `RegistrationClosedError`,
    `IdempotencyKeyReusedError`, `TryAgainError`.
    """
    secrets = read_secrets() if is_event_id(event_id) else None
    if secrets is None:
        raise EventNotFoundError
    attendee = Attendee(
        id=derive_attendee_id(secrets.identity_key, event_id, new.email.normalised),
        event_id=event_id,
        name=new.name,
        email=new.email.entered,
        registered_at=datetime.now(UTC),
        country=country,
    )
    marks = Marks.new(idempotency)
    finder = finder_of(event_id)
    tries = Tries()
    for attempt in tries:
        if finder.block is None:
            if there := look(finder, event_id, attendee.id, once_more=idempotency is not None):
                return _registration_there(there, marks)
            if finder.block is None:
                count("SoldOut")
                raise SeatsFullError
        item = keys.attendee_item(attendee, finder.block, finder.attendee_partitions) | marks.attributes()
        reasons = transact([put_new(item), take(event_id, finder.block)], token=marks.token(attempt))
        if not reasons:
            finder.took_seat()
            count("Registrations")
            return Registration(attendee, replayed=False)
        person, block = reasons
        if person.is_refusal:
            return _registration_there(person.item, marks)
        if block.is_refusal and not person.is_contention:
            _check_is_open(block)
            finder.found_empty()
            tries.go_on()
        else:
            finder.met_another()
    raise AssertionError("tries end by raising")


def list_by_registration(event: Event, after: str | None, limit: int) -> list[tuple[str, Attendee]]:
    """Return up to `limit` attendees after the position, in order of registration, each with its position.

    Eventually consistent. Raises `TryAgainError`.
    """
    partitions = [keys.attendees_of(event.id, partition) for partition in range(event.attendee_partitions)]
    items = query_merged(keys.GSI1, partitions, after or keys.FIRST, limit)
    return [(keys.read_position(item), keys.read_attendee(item)) for item in items]


def _registration_there(person: keys.Item | None, marks: Marks) -> Registration:
    """Return the registration that stands already, if it is this very request's; else raise."""
    if person is None or (origin := marks.recognise(person)) is Origin.ANOTHER:
        count("Duplicates")
        raise AlreadyRegisteredError
    if origin is Origin.THIS_CALL:
        count("Registrations")
    return Registration(keys.read_attendee(person), replayed=origin is Origin.EARLIER_CALL)


def _check_is_open(block: Reason) -> None:
    """Raise unless it is for want of seats alone that the block refused."""
    if block.item is None:
        raise EventNotFoundError
    if block.item["state"] != "open":
        raise RegistrationClosedError
