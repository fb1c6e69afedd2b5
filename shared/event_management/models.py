"""What the product is about: events and attendees; and the shapes in which requests and answers show them.

Times: `EventTime` holds a local time, its IANA zone and the instant. Answers show local times as `YYYY-MM-DD HH:MM` and
instants as RFC 3339 in UTC.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from event_management.addresses import EmailAddress, parse_address
from event_management.countries import zones_of_country
from event_management.payloads import PayloadReader
from event_management.timezones import EventTime, find_zone, format_utc, has_offset, parse_time

# --- What is stored ---------------------------------------------------------------------------------------------------


class Event(Struct, frozen=True, kw_only=True):
    """An event, apart from its seats: those stand on its seat blocks."""

    id: str
    name: str
    location: str
    owner: str
    """`sub` of the organiser who made it; `anonymous` in open mode."""
    status: Literal["published"] = "published"
    start: EventTime
    end: EventTime
    max_capacity: int
    seat_blocks: int
    attendee_partitions: int
    created_at: datetime
    updated_at: datetime
    revision: int = 1


class Attendee(Struct, frozen=True, kw_only=True):
    """One person's registration for one event."""

    id: str
    event_id: str
    name: str
    email: str
    """As entered; the id stands for its normalised form."""
    state: Literal["registered"] = "registered"
    registered_at: datetime
    country: str | None = None
    """`ISOCountry` as sent when registering."""


class Idempotency(NamedTuple):
    """How a retry is known: the caller's `Idempotency-Key`, and a digest of everything in the request that counts."""

    key: str
    fingerprint: str


# --- What requests hold -----------------------------------------------------------------------------------------------

_PRINTABLE = (
    r"^(?=.*[^\s\u00ad\u200b-\u200f\u2060\ufeff])[^\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$"
)
"""One visible character at least; none that controls a terminal, a line or the direction of what stands beside it."""

Title = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=200,
        pattern=_PRINTABLE,
        description="must be text of 1 to 200 characters without control characters",
    ),
]
TimeText = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        description="must be a local time, YYYY-MM-DD HH:MM, or an RFC 3339 time with an offset",
        examples=["2027-01-15 18:30", "2027-01-15T18:30:00+05:30"],
    ),
]
Capacity = Annotated[int, Meta(ge=1, le=1_000_000, description="must be a whole number from 1 to 1,000,000")]
ZoneName = Annotated[
    str | None,
    Meta(description="must be the name of an IANA time zone, such as Asia/Kolkata", examples=["Asia/Kolkata"]),
]
EmailText = Annotated[
    str,
    Meta(
        min_length=3,
        max_length=320,
        description="must be an e-mail address, such as asha@example.com",
        examples=["asha@example.com"],
        extra_json_schema={"format": "idn-email"},
    ),
]


class ZoneDefault(NamedTuple):
    """The zone of times that name none."""

    zone: ZoneInfo
    candidates: tuple[str, ...] = ()
    """The zones of the caller's country, where it has several: then a bare local time means nothing by itself."""


def zone_default(country: str | None, default: ZoneInfo) -> ZoneDefault:
    """Return the zone of a request from this country (ISO 3166 alpha-2 or English name), else `default`.

    Raises `InvalidValueError` for an unknown country.
    """
    zones = zones_of_country(country) if country is not None else ()
    if len(zones) == 1:
        return ZoneDefault(find_zone(zones[0]))
    return ZoneDefault(default, zones)


class EventRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Payload of `POST /events`."""

    name: Title
    location: Title
    start_time: TimeText
    end_time: TimeText
    max_capacity: Capacity
    timezone: ZoneName = None


class NewEvent(NamedTuple):
    """An event to make, checked."""

    name: str
    location: str
    start: EventTime
    end: EventTime
    max_capacity: int

    @classmethod
    def read(cls, payload: Mapping[str, Any], zone_default: ZoneDefault) -> "NewEvent":
        """Check an `EventRequest`; raises `InvalidPayloadError` with every fault."""
        reader = PayloadReader(EventRequest, payload)
        zone = _event_zone(reader, zone_default)
        # With the zone in doubt, the times' own faults still come to light.
        start = reader.parse("start_time", lambda text: parse_time(text, zone or find_zone("UTC")))
        end = reader.parse("end_time", lambda text: parse_time(text, zone or find_zone("UTC")))
        is_reversed = start and end and end.instant <= start.instant
        if is_reversed and (zone or all(has_offset(reader.get(name)) for name in ("start_time", "end_time"))):
            reader.fault("end_time", "must be after start_time")
        reader.finish()
        assert start is not None and end is not None  # noqa: PT018 - the reader has refused everything else
        return cls(reader.get("name"), reader.get("location"), start, end, reader.get("max_capacity"))


def _event_zone(reader: PayloadReader, zone_default: ZoneDefault) -> ZoneInfo | None:
    """Return the zone of the payload's times, or None after noting why there is none."""
    if reader.holds("timezone"):
        return reader.parse("timezone", find_zone)
    texts = [reader.get("start_time"), reader.get("end_time")]
    if zone_default.candidates and any(text and not has_offset(text) for text in texts):
        reader.fault(
            "timezone",
            f"is missing; the country in ISOCountry has several, send one such as {zone_default.candidates[0]}",
        )
        return None
    return zone_default.zone


class AttendeeRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Payload of `POST /events/{event_id}/register`."""

    name: Title
    email: EmailText


class NewAttendee(NamedTuple):
    """A person to register, checked."""

    name: str
    email: EmailAddress

    @classmethod
    def read(cls, payload: Mapping[str, Any], zone_default: ZoneDefault) -> "NewAttendee":  # noqa: ARG003
        """Check an `AttendeeRequest`; raises `InvalidPayloadError` with every fault."""
        reader = PayloadReader(AttendeeRequest, payload)
        email = reader.parse("email", parse_address)
        reader.finish()
        assert email is not None
        return cls(reader.get("name"), email)


# --- What answers hold ------------------------------------------------------------------------------------------------

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
