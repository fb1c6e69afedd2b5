"""Attendees: register one, list them."""

from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from event_management import keys
from event_management.config import load_config
from event_management.errors import (
    AlreadyRegisteredError,
    EventNotFoundError,
    RegistrationClosedError,
    SeatsFullError,
)
from event_management.identifiers import derive_attendee_id, is_event_id
from event_management.models import Attendee, Event, Idempotency, NewAttendee
from event_management.observability import count
from event_management.seats import ATTENDEE_PARTITIONS, attendee_partition
from event_management.store.attributes import to_attributes
from event_management.store.client import Reason, put_new, query_index, transact
from event_management.store.contention import tries
from event_management.store.repeats import Marks, Origin
from event_management.store.secrets import read_secrets

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_BLOCK = 0
"""Every event has one seat block."""


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
    partitions = ATTENDEE_PARTITIONS
    for attempt in tries():
        item = keys.attendee_item(attendee, attendee_partition(attendee.id, partitions)) | marks.attributes()
        actions = [put_new(item), _take_seat(event_id, partitions)]
        reasons = transact(actions, token=marks.token(attempt))
        if not reasons:
            count("Registrations")
            return Registration(attendee, replayed=False)
        person, block = reasons
        if person.is_refusal:
            return _registration_there(person, marks)
        if block.is_refusal and not person.is_contention:
            partitions = _partitions_of(block, partitions)
    raise AssertionError("tries() ends by raising")


def list_by_registration(event: Event, after: str | None, limit: int) -> list[tuple[str, Attendee]]:
    """Return up to `limit` attendees after the position, in order of registration, each with its position.

    Eventually consistent. Raises `TryAgainError`.
    """
    partitions = (
        query_index(keys.GSI1, keys.attendees_of(event.id, partition), after or keys.FIRST, limit)
        for partition in range(event.attendee_partitions)
    )
    items = islice(merge(*partitions, key=keys.read_position), limit)
    return [(keys.read_position(item), keys.read_attendee(item)) for item in items]


def _take_seat(event_id: str, partitions: int) -> "TransactWriteItemTypeDef":
    return {
        "Update": {
            "TableName": load_config().table_name,
            "Key": to_attributes(keys.seat_block_key(event_id, _BLOCK)),
            "UpdateExpression": "SET taken = taken + :one",
            # A caller that spreads attendees otherwise would write a second item for the same person.
            "ConditionExpression": "taken < seats AND #state = :open AND attendee_partitions = :partitions",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": to_attributes({":one": 1, ":open": "open", ":partitions": partitions}),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def _registration_there(person: Reason, marks: Marks) -> Registration:
    """Return the registration that stands already, if it is this very request's; else raise."""
    if person.item is None or (origin := marks.recognise(person.item)) is Origin.ANOTHER:
        count("Duplicates")
        raise AlreadyRegisteredError
    if origin is Origin.THIS_CALL:
        count("Registrations")
    return Registration(keys.read_attendee(person.item), replayed=origin is Origin.EARLIER_CALL)


def _partitions_of(block: Reason, assumed: int) -> int:
    """Return the event's number of attendee partitions, if only the assumption was wrong; else raise."""
    if block.item is None:
        raise EventNotFoundError
    if block.item["attendee_partitions"] != assumed:
        return int(block.item["attendee_partitions"])
    if block.item["state"] != "open":
        raise RegistrationClosedError
    count("SoldOut")
    raise SeatsFullError
