"""Attendees: find one, rename, cancel, hand over, give new codes; list them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from event_management import keys
from event_management.addresses import EmailAddress
from event_management.codes import new_serial
from event_management.errors import (
    AlreadyRegisteredError,
    AttendeeNotFoundError,
    CheckedInError,
    EventCancelledError,
    EventNotFoundError,
    InvalidManageCodeError,
    NotWaitingError,
    RegistrationGoneError,
    StillWaitingError,
)
from event_management.identifiers import is_attendee_id, is_event_id
from event_management.models import Access, Attendee, AttendeePatch, Event, Idempotency, NewAttendee, NewHolder
from event_management.observability import count
from event_management.roles import Role
from event_management.store.authority import Authority, find_authority
from event_management.store.client import (
    delete_if,
    get_item,
    get_items,
    put_if,
    query_merged,
    transact,
    update_if,
)
from event_management.store.contention import Tries
from event_management.store.ledger import release
from event_management.store.registrations import Registration, new_person, put_person, recognise
from event_management.store.repeats import Marks, Origin
from event_management.waitlist import Place

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


class Person(NamedTuple):
    """A person's item, and that of the event."""

    event: keys.Item
    item: keys.Item
    authority: Authority | None = None
    """On what strength somebody else acts on them; None for the person."""

    def alongside(self, what: str, fields: Sequence[str] = ()) -> "list[TransactWriteItemTypeDef]":
        """Return the actions that go along with a write of this item: none where it is the person's own act."""
        if self.authority is None:
            return []
        return self.authority.alongside(what, self.item["revision"], self.item["id"], fields)

    @property
    def is_former(self) -> bool:
        """Whether the registration was cancelled or handed over."""
        return bool(self.item["state"] == keys.CANCELLED)


def find(event_id: str, attendee_id: str, access: Access, least: Role = "organiser") -> Person:
    """Return a person's item as of now, also of a registration that was cancelled.

    To the person, or to who has at least this role in the event. Raises `EventNotFoundError`, `RoleMissingError`,
    `AttendeeNotFoundError`, `InvalidManageCodeError`, `TryAgainError`.
    """
    if not is_event_id(event_id):
        raise EventNotFoundError
    if not is_attendee_id(attendee_id):
        raise AttendeeNotFoundError
    event, person = get_items(keys.event_key(event_id), keys.attendee_key(event_id, attendee_id))
    if event is None or event["status"] == keys.DELETED:
        raise EventNotFoundError
    authority = find_authority(event, access.caller, least) if access.caller else None
    if authority is None and (person is None or person["serial"] != access.serial):
        raise InvalidManageCodeError
    if person is None:
        raise AttendeeNotFoundError
    return Person(event, person, authority)


def find_holder(event_id: str, attendee_id: str, access: Access) -> Attendee:
    """Return a person who is registered or waits. Raises what `find` does, and `RegistrationGoneError`."""
    person = find(event_id, attendee_id, access)
    if person.is_former:
        raise RegistrationGoneError
    return keys.read_attendee(person.item)


def rename(event_id: str, attendee_id: str, access: Access, name: str | None, email: EmailAddress | None) -> Attendee:
    """Change a person's name, or how their address is written. The same address, that is: see `hand_over`.

    Raises what `find` does, `RegistrationGoneError`.
    """
    marks = Marks.new(None)
    for attempt in Tries():
        person = find(event_id, attendee_id, access)
        if person.is_former:
            raise RegistrationGoneError
        attendee = keys.read_attendee(person.item)
        attendee = replace(attendee, name=name or attendee.name, email=email.entered if email else attendee.email)
        update = update_if(
            keys.attendee_key(event_id, attendee_id),
            "SET #name = :name, email = :email ADD revision :one",
            "#state = :state AND serial = :serial",
            name=attendee.name,
            email=attendee.email,
            one=1,
            state=attendee.state,
            serial=attendee.serial,
        )
        changed = [member for member in ("name", "email") if getattr(attendee, member) != person.item[member]]
        if not transact([update, *person.alongside("update_attendee", changed)], token=marks.token(attempt)):
            return attendee
    raise AssertionError("tries end by raising")


def renew_codes(event_id: str, attendee_id: str, access: Access) -> Attendee:
    """Give a person's registration a new serial: the codes before are void from now on.

    Raises what `find` does, `RegistrationGoneError`.
    """
    marks = Marks.new(None)
    for attempt in Tries():
        person = find(event_id, attendee_id, access)
        if person.is_former:
            raise RegistrationGoneError
        attendee = replace(keys.read_attendee(person.item), serial=new_serial())
        update = update_if(
            keys.attendee_key(event_id, attendee_id),
            "SET serial = :new ADD revision :one",
            "#state = :state AND serial = :serial",
            new=attendee.serial,
            one=1,
            state=attendee.state,
            serial=person.item["serial"],
        )
        if not transact([update, *person.alongside("renew_codes")], token=marks.token(attempt)):
            return attendee
    raise AssertionError("tries end by raising")


def cancel(event_id: str, attendee_id: str, access: Access, *, only_waiting: bool = False) -> None:
    """Give up a registration or a place on the waitlist; whoever waits longest has the seats at once.

    Once cancelled, cancelling again does nothing. Raises what `find` does, `CheckedInError`, `RegistrationGoneError` for
    what was handed over; and, where `only_waiting` is to be given up, `NotWaitingError` for who is registered.
    """
    for _ in Tries():
        person = find(event_id, attendee_id, access)
        if person.is_former:
            if "successor" in person.item:
                raise RegistrationGoneError
            return
        if only_waiting and person.item["state"] != "waiting":
            raise NotWaitingError
        state, serial = person.item["state"], person.item["serial"]
        former = keys.former_attendee_item(person.item, datetime.now(UTC))
        condition = "#state = :state AND serial = :serial AND attribute_not_exists(checked_in_at)"
        put = put_if(former, condition, state=state, serial=serial)
        if state == "waiting":
            place = Place(keys.read_place_of(person.item), attendee_id, person.item["seats"])
            leave = delete_if(keys.place_key(event_id, place.number), "attribute_exists(pk)")
            reasons = release(event_id, {}, [put, leave, *person.alongside("cancel_attendee")], leaver=place)
        else:
            if "checked_in_at" in person.item:
                raise CheckedInError
            parts = keys.read_blocks(person.item)
            reasons = release(event_id, parts, [put, *person.alongside("cancel_attendee")])
        if not reasons:
            count("Cancellations")
            return
    raise AssertionError("tries end by raising")


def hand_over(
    event_id: str,
    attendee_id: str,
    access: Access,
    new: NewHolder,
    country: str | None = None,
    idempotency: Idempotency | None = None,
) -> Registration:
    """Give a registration's seats to another person: one has them, or the other.

    Raises what `find` does, `RegistrationGoneError`, `StillWaitingError`,
    `CheckedInError`, `EventCancelledError`, `AlreadyRegisteredError`, `AlreadyWaitingError`,
    `RegistrationCancelledError`, `IdempotencyKeyReusedError`.
    """
    heir = new_person(event_id, NewAttendee(new.name, new.email), country)
    return _hand_over(event_id, attendee_id, access, heir, idempotency)


def change(
    event_id: str,
    attendee_id: str,
    access: Access,
    patch: AttendeePatch,
    country: str | None = None,
    idempotency: Idempotency | None = None,
) -> tuple[Registration, bool]:
    """Change a person's name or address. Return the registration, and whether it was handed over to another person.

    Raises what `rename` and `hand_over` do.
    """
    if patch.email is not None:
        heir = new_person(event_id, NewAttendee(patch.name or "", patch.email), country)
        if heir.id != attendee_id:
            return _hand_over(event_id, attendee_id, access, heir, idempotency), True
    return Registration(rename(event_id, attendee_id, access, patch.name, patch.email), replayed=False), False


def list_by_registration(event: Event, after: str | None, limit: int) -> list[tuple[str, Attendee]]:
    """Return up to `limit` attendees after the position, in order of registration, each with its position.

    Eventually consistent. Raises `TryAgainError`.
    """
    partitions = [keys.attendees_of(event.id, partition) for partition in range(event.attendee_partitions)]
    items = query_merged(keys.GSI1, partitions, after or keys.FIRST, limit)
    return [(keys.read_position(item), keys.read_attendee(item)) for item in items]


def _hand_over(
    event_id: str, attendee_id: str, access: Access, heir: Attendee, idempotency: Idempotency | None
) -> Registration:
    """See `hand_over`. An heir without a name gets that of the person before."""
    marks = Marks.new(idempotency, "hand_over", attendee_id)
    former_heir: keys.Item | None = None
    tries = Tries()
    for attempt in tries:
        person = find(event_id, attendee_id, access)
        if person.is_former:
            return _handed_over(person.item, heir.id, marks)
        if person.event["status"] == keys.CANCELLED:
            raise EventCancelledError
        if person.item["state"] == "waiting":
            raise StillWaitingError
        if "checked_in_at" in person.item:
            raise CheckedInError
        if heir.id == attendee_id:
            raise AlreadyRegisteredError
        heir = replace(heir, name=heir.name or person.item["name"], seats=person.item["seats"])
        partitions = person.event["attendee_partitions"]
        item = keys.attendee_item(heir, keys.read_blocks(person.item), partitions) | marks.attributes()
        former = keys.former_attendee_item(person.item, datetime.now(UTC), heir)
        condition = "#state = :state AND serial = :serial AND attribute_not_exists(checked_in_at)"
        put = put_if(former, condition, state=person.item["state"], serial=person.item["serial"])
        alongside = person.alongside("transfer_attendee")
        reasons = transact([put, put_person(item, former_heir), *alongside], token=marks.token(attempt))
        if not reasons:
            count("HandOvers")
            return Registration(heir, replayed=False)
        if reasons[1].is_refusal and not reasons[0].is_refusal:
            former_heir = reasons[1].item
            # This very request may have been carried out, and the person have registered anew since.
            if former_heir and (standing := recognise(former_heir, marks)):
                return standing
            tries.go_on()
    raise AssertionError("tries end by raising")


def _handed_over(former: keys.Item, heir_id: str, marks: Marks) -> Registration:
    """Return the registration that this very request handed over before; else raise."""
    if former.get("successor") == heir_id and (heir := get_item(keys.attendee_key(former["event_id"], heir_id))):
        is_same = heir["state"] != keys.CANCELLED and heir["serial"] == former["successor_serial"]
        if is_same and (origin := marks.recognise(heir)) is not Origin.ANOTHER:
            return Registration(keys.read_attendee(heir), replayed=origin is Origin.EARLIER_CALL)
    raise RegistrationGoneError
