"""Checking attendees in, and undoing it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from event_management import keys
from event_management.codes import Code
from event_management.errors import (
    AlreadyCheckedInError,
    AttendeeNotFoundError,
    CheckInUndoneError,
    EventCancelledError,
    NotCheckedInError,
    RegistrationGoneError,
    StillWaitingError,
    TicketCancelledError,
    TicketOfAnotherEventError,
)
from event_management.identifiers import digest
from event_management.models import Access, Attendee, Idempotency
from event_management.observability import count
from event_management.roles import Caller
from event_management.seats import attendee_partition
from event_management.store.attendees import Person, find
from event_management.store.client import transact, update_if
from event_management.store.contention import Tries
from event_management.store.repeats import Marks
from event_management.timezones import format_utc

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_SAME = "#state = :registered AND serial = :serial"


def check_in(
    event_id: str, ticket: Code, caller: Caller, idempotency: Idempotency | None = None, now: datetime | None = None
) -> tuple[Attendee, bool]:
    """Let the holder of a ticket in: once. Return who it is, and whether an earlier call with the same key did so.

    A late retry of a call that was undone since does nothing. Raises `TicketOfAnotherEventError`,
    `TicketCancelledError`, `StillWaitingError`, `AlreadyCheckedInError`, `CheckInUndoneError` for such a retry,
    `EventCancelledError`, `EventNotFoundError`, `TryAgainError`.
    """
    if ticket.event_id != event_id:
        raise TicketOfAnotherEventError
    marks = Marks.new(None)
    call = digest("check_in", idempotency.key, idempotency.fingerprint) if idempotency else marks.nonce
    now = now or datetime.now(UTC)
    for attempt in Tries():
        person = _find_holder(ticket, caller)
        attendee = keys.read_attendee(person.item)
        if attendee.checked_in_at is not None:
            if person.item["check_in"] == call:
                return attendee, attendee.checked_in_at != now
            raise AlreadyCheckedInError(format_utc(attendee.checked_in_at))
        if person.item.get("check_in") == call:  # carried out, and undone since
            raise CheckInUndoneError
        if person.event["status"] == keys.CANCELLED:
            raise EventCancelledError
        mark = update_if(
            keys.attendee_key(event_id, attendee.id),
            "SET checked_in_at = :now, check_in = :call ADD revision :one",
            f"{_SAME} AND attribute_not_exists(checked_in_at)",
            now=keys.stamp(now),
            call=call,
            one=1,
            registered="registered",
            serial=ticket.serial,
        )
        actions = [mark, _count(person, attendee.seats), *person.alongside("check_in")]
        if not transact(actions, token=marks.token(attempt)):
            count("CheckIns")
            return replace(attendee, checked_in_at=now), False
    raise AssertionError("tries end by raising")


def undo_check_in(event_id: str, attendee_id: str, caller: Caller) -> Attendee:
    """Take a check-in back: the ticket is good again. It may be another call that takes it back meanwhile.

    Raises `NotCheckedInError`, `RegistrationGoneError`, `AttendeeNotFoundError`, `EventNotFoundError`, `TryAgainError`.
    """
    marks = Marks.new(None)
    for attempt in Tries():
        person = find(event_id, attendee_id, Access(caller), "helper")
        if person.is_former:
            raise RegistrationGoneError
        attendee = keys.read_attendee(person.item)
        if attendee.checked_in_at is None:
            if attempt:
                return attendee
            raise NotCheckedInError
        unmark = update_if(
            keys.attendee_key(event_id, attendee_id),
            "REMOVE checked_in_at ADD revision :one",
            f"{_SAME} AND checked_in_at = :then",
            one=1,
            registered="registered",
            serial=attendee.serial,
            then=person.item["checked_in_at"],
        )
        actions = [unmark, _count(person, -attendee.seats), *person.alongside("undo_check_in")]
        if not transact(actions, token=marks.token(attempt)):
            return replace(attendee, checked_in_at=None)
    raise AssertionError("tries end by raising")


def _find_holder(ticket: Code, caller: Caller) -> Person:
    try:
        person = find(ticket.event_id, ticket.attendee_id, Access(caller), "helper")
    except AttendeeNotFoundError:
        raise TicketCancelledError from None
    if person.is_former or person.item["serial"] != ticket.serial:
        raise TicketCancelledError
    if person.item["state"] == "waiting":
        raise StillWaitingError
    return person


def _count(person: Person, seats: int) -> "TransactWriteItemTypeDef":
    """Return the action that counts seats as come; an event counts them by partition, so that doors keep apart."""
    partition = attendee_partition(person.item["id"], person.event["attendee_partitions"])
    key = keys.check_ins_key(person.event["id"], partition)
    return update_if(
        key,
        "SET v = :v ADD checked_in :seats",
        "attribute_not_exists(pk) OR checked_in >= :fewest",
        v=1,
        seats=seats,
        fewest=max(0, -seats),
    )
