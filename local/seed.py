"""Put what the sample invocations in events/ are about into the table: events, and the people in them.

Runs by itself, with the built layer on its path and a function's environment: `python seed.py FOLDER` writes the samples
there, with the ids and codes of this table's people in the places of `<attendee_id>`, `<manage>` and `<ticket>`.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import NamedTuple

from event_management import keys
from event_management.addresses import parse_address
from event_management.codes import Code, sign_manage, sign_ticket
from event_management.errors import AttendeeNotFoundError, RegistrationCancelledError
from event_management.models import Access, Attendee, Event, Idempotency, NewAttendee
from event_management.roles import Caller
from event_management.seats import plan_attendee_partitions, plan_seat_blocks
from event_management.store import attendees, check_ins, members, waitlist
from event_management.store.client import get_item, put_if_absent
from event_management.store.registrations import Registration, new_person, register
from event_management.store.secrets import make_secrets, read_signing_keys
from event_management.store.waitlist import Waiting
from event_management.timezones import find_zone, parse_time

EVENT_ID = "demoevents"
SOLD_OUT_ID = "demoqueues"
CANCELLED_ID = "democancel"
DELETED_ID = "demodelete"
CAPACITIES = {EVENT_ID: 100, SOLD_OUT_ID: 1, CANCELLED_ID: 100, DELETED_ID: 100}
"""Seats of each sample event."""

ATTENDEES = (
    "cancel_attendee",
    "check_in",
    "draw_ticket",
    "get_attendee",
    "renew_codes",
    "transfer_attendee",
    "undo_check_in",
    "update_attendee",
)
"""Samples about somebody who is registered; each has a person of its own."""
IN_ALL_EVENTS = ("erase_person", "export_person")
"""Samples about an address; each has somebody registered under it."""
WAITING = ("get_waitlist", "leave_waitlist")
"""Samples about somebody who waits."""
HEIR = "new.holder@example.com"
"""Who gets the registration that events/transfer_attendee.json hands over."""

LEAVER = "8b2e3f1a-0000-4000-8000-5c7d9e1f3a4b"
"""Whom events/remove_member.json takes off."""

_CALLER = Caller("anonymous")
_OWNER = Access(_CALLER)


class Filling(NamedTuple):
    """What a sample's placeholders stand for."""

    attendee_id: str
    manage: str
    ticket: str


def seed() -> dict[str, Filling]:
    """Make sure that the sample events exist and their people stand as the samples want them, by sample."""
    make_secrets()
    for event_id in CAPACITIES:
        _put_event(event_id)
    _seat_or_place(register, SOLD_OUT_ID, "holder")
    _make_way(EVENT_ID, HEIR)
    for name in IN_ALL_EVENTS:
        _seat_or_place(register, EVENT_ID, name)
    people = {name: _seat_or_place(register, EVENT_ID, name) for name in ATTENDEES}
    people |= {name: _seat_or_place(waitlist.join, SOLD_OUT_ID, name) for name in WAITING}
    _check_in(people["undo_check_in"])
    members.choose(EVENT_ID, LEAVER, "helper", _CALLER)
    return {name: _filling(person) for name, person in people.items()}


def fill(text: str, filling: Filling | None) -> str:
    """Return a sample with its placeholders filled."""
    for name, value in filling._asdict().items() if filling else ():
        text = text.replace(f"<{name}>", value)
    return text


def _put_event(event_id: str) -> None:
    """Put an event and its seats, unless they are there or were deleted."""
    there = get_item(keys.event_key(event_id))
    if there is not None and there["status"] == keys.DELETED:
        return
    zone = find_zone("Asia/Kolkata")
    now = datetime.now(UTC)
    blocks = plan_seat_blocks(CAPACITIES[event_id])
    event = Event(
        id=event_id,
        name="Sample Evening",
        location="Bengaluru",
        owner="anonymous",
        start=parse_time("2099-01-15 18:30", zone),
        end=parse_time("2099-01-15 21:00", zone),
        max_capacity=CAPACITIES[event_id],
        waitlist=event_id == SOLD_OUT_ID,
        attendee_partitions=plan_attendee_partitions(len(blocks)),
        created_at=now,
        updated_at=now,
    )
    for block, seats in enumerate(blocks):
        put_if_absent(keys.seat_block_item(event_id, block, seats, keys.terms_of(event)))
    put_if_absent(keys.directory_item(event, len(blocks)))
    put_if_absent(keys.event_item(event) | {"nonce": event_id})


def _seat_or_place(call: Callable[..., Registration | Waiting], event_id: str, name: str) -> Attendee:
    """Return the person, who registers or joins the waitlist now if they had not yet, or are there no longer."""
    new = NewAttendee("Sample Person", parse_address(f"{name.replace('_', '.')}@example.com"))
    for number in count():
        # What was made under a key and cancelled since is not made again under the same key.
        with suppress(RegistrationCancelledError):
            return call(event_id, new, None, Idempotency(f"sample-{number}", "sample")).attendee
    raise AssertionError("numbers do not end")


def _make_way(event_id: str, email: str) -> None:
    """See to it that nobody is registered under the address."""
    person = new_person(event_id, NewAttendee("", parse_address(email)), None)
    with suppress(AttendeeNotFoundError):
        attendees.cancel(event_id, person.id, _OWNER)


def _check_in(person: Attendee) -> None:
    if attendees.find_holder(person.event_id, person.id, _OWNER).checked_in_at is None:
        check_ins.check_in(person.event_id, Code(person.event_id, person.id, person.serial), _CALLER)


def _filling(person: Attendee) -> Filling:
    code = Code(person.event_id, person.id, person.serial)
    return Filling(person.id, sign_manage(code, read_signing_keys()), sign_ticket(code, read_signing_keys()))


def write_samples(folder: Path) -> None:
    """Write the samples, filled, into the folder."""
    fillings = seed()
    folder.mkdir(parents=True, exist_ok=True)
    for sample in (Path(__file__).parents[1] / "events").glob("*.json"):
        (folder / sample.name).write_text(fill(sample.read_text(), fillings.get(sample.stem)))


if __name__ == "__main__":
    write_samples(Path(sys.argv[1]))
