"""The shapes in which answers show events, registrations and waiting people.

Answers show local times as `YYYY-MM-DD HH:MM` and instants as RFC 3339 in UTC.
"""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from event_management.models import Attendee, Event
from event_management.timezones import format_utc

# Patterns stand beside the rules, not in them: nothing here is checked at run time, so nothing is compiled at start-up.
EventId = Annotated[
    str,
    Meta(
        description="10 characters of lower-case base32",
        examples=["k3v7qzm2ab"],
        extra_json_schema={"pattern": "^[a-z2-7]{10}$"},
    ),
]
AttendeeId = Annotated[
    str,
    Meta(
        description="16 characters of lower-case base32; the same for the same address at the same event",
        examples=["m4x2c7v5b3n6a2sd"],
        extra_json_schema={"pattern": "^[a-z2-7]{16}$"},
    ),
]
LocalTime = Annotated[
    str,
    Meta(
        description="local time in the zone named by timezone",
        examples=["2027-01-15 18:30"],
        extra_json_schema={"pattern": r"^\d{4}-\d\d-\d\d \d\d:\d\d$"},
    ),
]
Instant = Annotated[
    str,
    Meta(
        description="RFC 3339 in UTC",
        examples=["2027-01-15T13:00:00Z"],
        extra_json_schema={"format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
    ),
]
ShownZone = Annotated[
    str, Meta(description="IANA time zone in which the local times are written", examples=["Asia/Kolkata"])
]
NextToken = Annotated[
    str | None,
    Meta(description="there only where a page follows: send it back as next_token to read that page"),
]


class EventView(Struct, frozen=True, kw_only=True):
    """An event as answers show it, its local times in the viewer's zone."""

    id: EventId
    name: str
    location: str
    start_time: LocalTime
    end_time: LocalTime
    max_capacity: int
    timezone: ShownZone
    start_time_utc: Instant
    end_time_utc: Instant
    status: Literal["published"]

    @classmethod
    def of(cls, event: Event, zone: ZoneInfo | None) -> "EventView":
        """Show `event` in `zone`, or in its own."""
        return cls(
            id=event.id,
            name=event.name,
            location=event.location,
            start_time=event.start.at(zone) if zone else event.start.local,
            end_time=event.end.at(zone) if zone else event.end.local,
            max_capacity=event.max_capacity,
            timezone=zone.key if zone else event.start.timezone,
            start_time_utc=format_utc(event.start.instant),
            end_time_utc=format_utc(event.end.instant),
            status=event.status,
        )


class AttendeeView(Struct, frozen=True, kw_only=True):
    """An attendee as the organiser sees them."""

    id: AttendeeId
    name: str
    email: str
    event_id: EventId
    registered_at: Instant

    @classmethod
    def of(cls, attendee: Attendee) -> "AttendeeView":
        """Show `attendee`."""
        return cls(
            id=attendee.id,
            name=attendee.name,
            email=attendee.email,
            event_id=attendee.event_id,
            registered_at=format_utc(attendee.registered_at),
        )


class EventCreated(Struct, frozen=True, kw_only=True):
    """Answer to `POST /events`."""

    message: Literal["Event Created"] = "Event Created"
    event: EventId


class EventList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Answer to `GET /events`."""

    message: Literal["Events :"]
    sections: list[EventView]
    next_token: NextToken = None


class EventShown(Struct, frozen=True, kw_only=True):
    """Answer to `GET /events/{event_id}`."""

    message: Literal["Event :"] = "Event :"
    event: EventView


class Registered(Struct, frozen=True, kw_only=True):
    """Answer to `POST /events/{event_id}/register`."""

    message: Literal["Insert Successful..."] = "Insert Successful..."
    status: Literal["success"] = "success"
    id: AttendeeId
    event_id: EventId


class AttendeeList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Answer to `GET /events/{event_id}/attendee`."""

    message: Literal["Attendees :"]
    sections: list[AttendeeView]
    next_token: NextToken = None
