"""Importing: the people of a file registered, each as if they registered by themselves.

A row is told from every other request by what it says, and by the call's `Idempotency-Key` if there is one. So the same
file may be sent again: whoever has registered by it stays registered, and whoever cancelled since is not booked anew.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from event_management import keys
from event_management.deadline import seconds_left
from event_management.errors import (
    AlreadyRegisteredError,
    AlreadyWaitingError,
    EventManagementError,
    InvalidPayloadError,
    SeatsFullError,
    TryAgainError,
)
from event_management.identifiers import digest
from event_management.models import Event, Idempotency, NewAttendee, RowOutcome, ZoneDefault
from event_management.observability import note
from event_management.seats import Directory
from event_management.spreadsheets import Row
from event_management.store.authority import Authority
from event_management.store.client import get_items, side_by_side
from event_management.store.connection import LONGEST_CALL
from event_management.store.registrations import new_person, recognise, register
from event_management.store.repeats import Marks
from event_management.store.seats import read_directory

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

TIME_FOR_A_ROW = LONGEST_CALL + 1
"""Seconds that must be left for a row to be begun: for less, its calls would not be made."""

_SEND_AGAIN = "Nobody knows whether this row was registered in time; send the file again."
_DRAFT = "This event is a draft; publish it first."
_CLAIMING = frozenset(
    {
        "registered",
        "would_register",
        "already_registered",
        "already_waiting",
        "registration_cancelled",
        "not_attempted",
        "try_again",
    }
)
"""Outcomes of a row after which others with its address are duplicates: its person is known, or may be."""


class _Person(NamedTuple):
    """A row that can be registered."""

    line: int
    attendee_id: str
    new: NewAttendee
    idempotency: Idempotency


def import_people(
    event: Event,
    authority: Authority,
    rows: Sequence[Row],
    zone: ZoneDefault,
    country: str | None = None,
    key: str | None = None,
) -> list[RowOutcome]:
    """Register the people of these rows, several at a time, as long as there is time; tell what became of each row.

    Where seats run out, it is by chance who of the last ones has a seat. Rows that were not begun are `not_attempted`.
    `key` is the caller's `Idempotency-Key`. Raises `TryAgainError` when nothing was begun.
    """
    people, refused = _read_people(event, rows, zone, key)
    namesakes: dict[str, list[_Person]] = {}
    for person in people:
        namesakes.setdefault(person.attendee_id, []).append(person)
    outcomes = side_by_side(_import_namesakes, [(authority, group, country) for group in namesakes.values()])
    return _in_order([*refused, *chain.from_iterable(outcomes)])


def rehearse_import(event: Event, rows: Sequence[Row], zone: ZoneDefault, key: str | None = None) -> list[RowOutcome]:
    """Tell what would become of each row, were it imported now, in the file's order; write nothing.

    Raises `EventNotFoundError`, `TryAgainError`.
    """
    people, outcomes = _read_people(event, rows, zone, key)
    claims: dict[str, int] = {}
    if people:
        directory = read_directory(event.id)
        left = _count_seats_left(event.id, directory)
        ids = list(dict.fromkeys(person.attendee_id for person in people))
        standing = dict(zip(ids, get_items(*(keys.attendee_key(event.id, one) for one in ids)), strict=True))
        now = keys.stamp(datetime.now(UTC))
        for person in people:
            item = standing[person.attendee_id]
            if first := claims.get(person.attendee_id):
                outcomes.append(_duplicate(person, first))
                continue
            outcome = _outcome(person, lambda: _foresee(person, item, directory, now, left))  # noqa: B023 - called at once
            left -= person.new.seats if outcome.outcome == "would_register" else 0
            if outcome.outcome in _CLAIMING:
                claims[person.attendee_id] = person.line
            outcomes.append(outcome)
    return _in_order(outcomes)


def _read_people(
    event: Event, rows: Sequence[Row], zone: ZoneDefault, key: str | None
) -> tuple[list[_Person], list[RowOutcome]]:
    """Return the rows that can be tried, and what is to be told of the others. Raises `TryAgainError`."""
    people: list[_Person] = []
    refused: list[RowOutcome] = []
    for row in rows:
        try:
            new = _read(row, zone)
        except InvalidPayloadError as error:
            refused.append(RowOutcome(row.line, "invalid", faults=error.faults))
            continue
        if event.status == "draft":
            refused.append(RowOutcome(row.line, "event_not_published", detail=_DRAFT))
        else:
            mark = digest("import", key or "", new.name, new.email.normalised, str(new.seats))
            attendee_id = new_person(event.id, new, None).id
            people.append(_Person(row.line, attendee_id, new, Idempotency(mark, mark)))
    return people, refused


def _read(row: Row, zone: ZoneDefault) -> NewAttendee:
    """Return the person of a row. Raises `InvalidPayloadError`."""
    if row.faults:
        raise InvalidPayloadError(row.faults)
    return NewAttendee.read(row.cells, zone)


def _import_namesakes(authority: Authority, people: Sequence[_Person], country: str | None) -> list[RowOutcome]:
    """Import rows with the same address, one after another until one of them counts."""
    outcomes: list[RowOutcome] = []
    for person in people:
        if outcomes and (last := outcomes[-1]).outcome in _CLAIMING:
            return outcomes + [_duplicate(other, last.line) for other in people[len(outcomes) :]]
        outcomes.append(_import_one(authority, person, country))
    return outcomes


def _duplicate(person: _Person, first: int) -> RowOutcome:
    return RowOutcome(person.line, "duplicate_in_file", detail=f"Line {first} has the same address.")


def _import_one(authority: Authority, person: _Person, country: str | None) -> RowOutcome:
    if seconds_left() < TIME_FOR_A_ROW:
        return RowOutcome(person.line, "not_attempted")
    return _outcome(person, lambda: _register(authority, person, country))


def _register(authority: Authority, person: _Person, country: str | None) -> str:
    """Register a person. Raises what `register` does, and `AlreadyRegisteredError` where an earlier import did it."""

    def record(attendee_id: str) -> "list[TransactWriteItemTypeDef]":
        return authority.alongside("import_attendees", 0, attendee_id)

    if register(authority.event_id, person.new, country, person.idempotency, record).replayed:
        raise AlreadyRegisteredError
    return "registered"


def _foresee(person: _Person, standing: keys.Item | None, directory: Directory, now: str, left: int) -> str:
    """Tell that a person would be registered. Raises what `_register` would."""
    if standing and recognise(standing, Marks.new(person.idempotency)):
        raise AlreadyRegisteredError
    directory.terms.check(now, person.new.seats)
    if person.new.seats > left:
        raise SeatsFullError(left)
    return "would_register"


def _outcome(person: _Person, attempt: Callable[[], str]) -> RowOutcome:
    """Make an attempt, and return what to tell of it."""
    try:
        return RowOutcome(person.line, attempt(), person.attendee_id)
    except InvalidPayloadError as error:
        return RowOutcome(person.line, "invalid", faults=error.faults)
    except (AlreadyRegisteredError, AlreadyWaitingError) as error:
        return RowOutcome(person.line, error.code, person.attendee_id, error.detail)
    except TryAgainError as error:
        return RowOutcome(person.line, error.code, detail=_SEND_AGAIN)
    except EventManagementError as error:
        return RowOutcome(person.line, error.code, detail=error.detail)


def _count_seats_left(event_id: str, directory: Directory) -> int:
    """Return how many seats are left, and leave the directory as it is. Raises `TryAgainError`."""
    listed = [keys.seat_block_key(event_id, block) for block in sorted(directory.open_blocks)]
    return sum(block["seats_left"] for block in get_items(*listed) if block) if listed else 0


def _in_order(outcomes: list[RowOutcome]) -> list[RowOutcome]:
    """Return the outcomes in order of their lines, after noting how many there are of each."""
    note(outcomes=dict(Counter(outcome.outcome for outcome in outcomes)))
    return sorted(outcomes, key=lambda outcome: outcome.line)
