"""What is stored of a person: found in every event by computing ids from their address, shown, erased.

In steps: a step is about some events of a walk through all of them (`events.walk`), and can be repeated.
See docs/decisions/0023-privacy.md.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import Enum, auto
from typing import NamedTuple

from event_management import keys
from event_management.addresses import EmailAddress
from event_management.deadline import seconds_left
from event_management.errors import (
    AttendeeNotFoundError,
    CheckedInError,
    EventNotFoundError,
    RegistrationGoneError,
    TryAgainError,
)
from event_management.identifiers import derive_attendee_id
from event_management.models import Access, PersonalRecord
from event_management.roles import Caller
from event_management.store import attendees
from event_management.store.authority import Authority
from event_management.store.client import get_items, transact, update_if
from event_management.store.connection import LONGEST_CALL
from event_management.store.contention import Tries
from event_management.store.repeats import Marks
from event_management.store.secrets import read_secrets

TIME_FOR_A_PERSON = LONGEST_CALL + 1
"""Seconds that must be left for a registration to be begun with: for less, its calls would not be made."""


class Erasure(NamedTuple):
    """What a step has erased."""

    cancelled: int
    """Registrations and places on waitlists given up: their seats are free, or who waits longest has them."""
    blanked: int
    """Registrations that stay, without a name, an address or a country."""
    events: int
    """How many of the step's events are done, from its first on; all of them unless time ran out."""


class _Outcome(Enum):
    """What became of a registration."""

    CANCELLED = auto()
    BLANKED = auto()
    NOTHING_LEFT = auto()


def find(events: Sequence[keys.Item], address: EmailAddress) -> list[PersonalRecord]:
    """Return what is stored of a person in these events, as of now. Raises `TryAgainError`."""
    return [keys.read_personal_record(event, person) for event, person in _find(events, address) if person]


def erase(events: Sequence[keys.Item], address: EmailAddress, admin: Caller, now: datetime | None = None) -> Erasure:
    """Erase what is stored of a person in these events, one after another, as far as there is time.

    A registration for an event that is not over is cancelled; one that has been used, or whose event is over, stays for
    the event's counts, and nothing in it says whose it was. Each act leaves a record with it, in the same transaction.
    Raises `TryAgainError` when nothing was done.
    """
    outcomes: list[_Outcome] = []
    for event, person in _find(events, address):
        if person is None:
            outcomes.append(_Outcome.NOTHING_LEFT)
        elif outcomes and seconds_left() < TIME_FOR_A_PERSON:
            break
        else:
            try:
                outcomes.append(_erase_from(event["id"], person["id"], admin, now or datetime.now(UTC)))
            except TryAgainError:
                if not outcomes:
                    raise
                break
    return Erasure(outcomes.count(_Outcome.CANCELLED), outcomes.count(_Outcome.BLANKED), len(outcomes))


def _find(events: Sequence[keys.Item], address: EmailAddress) -> Iterator[tuple[keys.Item, keys.Item | None]]:
    """Return the events, each with the item of the person, if there is one."""
    secrets = read_secrets()
    if secrets is None or not events:
        return iter(())
    ids = [derive_attendee_id(secrets.identity_key, event["id"], address.normalised) for event in events]
    wanted = [keys.attendee_key(event["id"], person) for event, person in zip(events, ids, strict=True)]
    return zip(events, get_items(*wanted), strict=True)


def _erase_from(event_id: str, attendee_id: str, admin: Caller, now: datetime) -> _Outcome:
    """Erase a registration or a place on a waitlist. Raises `TryAgainError`."""
    key = keys.attendee_key(event_id, attendee_id)
    marks = Marks.new(None)
    for attempt in Tries():
        event, person = get_items(keys.event_key(event_id), key)
        if event is None or person is None or person["state"] == keys.CANCELLED:
            return _Outcome.NOTHING_LEFT
        if _is_to_be_cancelled(event, person, now):
            try:
                attendees.cancel(event_id, attendee_id, Access(admin))
            except (AttendeeNotFoundError, CheckedInError, EventNotFoundError, RegistrationGoneError):
                continue  # just now it was used or handed over, or its event deleted
            return _Outcome.CANCELLED
        if keys.is_blank(person):
            return _Outcome.NOTHING_LEFT
        blank = update_if(
            key,
            "SET #name = :name, email = :email REMOVE country, idempotency_key, fingerprint ADD revision :one",
            "#state = :state AND serial = :serial",
            one=1,
            state=person["state"],
            serial=person["serial"],
            **keys.BLANK,
        )
        record = Authority(event_id, admin, "admin", "admin").record(
            "erase_person", person["revision"], attendee_id=attendee_id
        )
        if not transact([blank, record], token=marks.token(attempt)):
            return _Outcome.BLANKED
    raise AssertionError("tries end by raising")


def _is_to_be_cancelled(event: keys.Item, person: keys.Item, now: datetime) -> bool:
    """Tell whether a registration is given up for good, or kept for the counts of an event that is or was held."""
    if event["status"] == keys.DELETED:
        return False
    return person["state"] == "waiting" or ("checked_in_at" not in person and event["end_utc"] > keys.stamp(now))
