"""What the product is about: events, attendees, places on waitlists; and the payloads that requests bring.

Times: `EventTime` holds a local time, its IANA zone and the instant.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct
from msgspec.json import encode
from msgspec.structs import replace

from event_management.addresses import EmailAddress, parse_address
from event_management.countries import zones_of_country
from event_management.errors import Fault, InvalidValueError
from event_management.identifiers import digest
from event_management.payloads import PayloadReader
from event_management.roles import Caller, MemberRole, Role
from event_management.timezones import EventTime, find_zone, has_offset, parse_time

# --- What is stored ---------------------------------------------------------------------------------------------------


class Event(Struct, frozen=True, kw_only=True):
    """An event, apart from its seats: those stand on its seat blocks."""

    id: str
    name: str
    location: str
    description: str | None = None
    owner: str
    """`sub` of the organiser who made it; `anonymous` in open mode."""
    status: Literal["draft", "published", "cancelled"] = "published"
    cancellation_reason: str | None = None
    start: EventTime
    end: EventTime
    registration_opens: EventTime | None = None
    """The first instant at which registrations are taken; None for any time."""
    registration_closes: EventTime | None = None
    """The first instant at which they no longer are; None for never."""
    max_capacity: int
    max_party: int = 1
    """How many seats one registration takes at most."""
    waitlist: bool = False
    waitlist_policy: "WaitlistPolicy" = "strict"
    attendee_partitions: int
    created_at: datetime
    updated_at: datetime
    revision: int = 1
    """Rises by one with each change; answers call it `version`."""
    swept_at: datetime | None = None
    """Since when its people are gone, or going, some time after its end: nothing of it changes any more."""


WaitlistPolicy = Literal["strict", "fill"]
"""Whether a party at the head that does not fit the free seats makes all others wait, or lets smaller ones pass."""


class EventCounts(NamedTuple):
    """How an event's seats stand."""

    registered: int
    """Seats taken."""
    seats_left: int
    """Seats that anybody may take."""
    waitlisted: int
    """Seats that people on the waitlist wait for."""
    checked_in: int
    """Seats whose holders have come."""


class Attendee(Struct, frozen=True, kw_only=True):
    """One person's registration for one event, or their place on its waitlist."""

    id: str
    event_id: str
    name: str
    email: str
    """As entered; the id stands for its normalised form."""
    state: Literal["registered", "waiting"] = "registered"
    seats: int = 1
    registered_at: datetime
    """Since when they have, or wait for, their seats."""
    serial: str
    """Random; in the codes that are good for this registration. A new one makes the codes before it void."""
    checked_in_at: datetime | None = None
    country: str | None = None
    """`ISOCountry` as sent when registering."""


class PersonalRecord(NamedTuple):
    """What is stored of a person at one event."""

    event_id: str
    event_name: str | None
    """None of an event that is being deleted."""
    attendee_id: str
    attendee: Attendee | None
    """None where the registration was cancelled or handed over."""
    cancelled_at: datetime | None = None


class Access(NamedTuple):
    """Who asks for a person's registration: who has a role in the event, or who holds a code with its serial."""

    caller: Caller | None = None
    serial: str | None = None


class Member(NamedTuple):
    """Somebody with whom an event is shared."""

    event_id: str
    subject: str
    """`sub` of their token."""
    role: MemberRole
    since: datetime


class Act(NamedTuple):
    """What somebody did to an event or one of its registrations, other than the person's own."""

    at: datetime
    who: str
    """`sub` of their token; `anonymous` in open mode."""
    role: Role
    what: str
    """The operation, such as `update_event`."""
    revision: int
    """Of the thing before; 0 where it was not there."""
    attendee_id: str | None = None
    fields: tuple[str, ...] = ()
    """Members of the payload that changed, by name."""
    member: str | None = None
    """`sub` of whose role it was about."""


class Idempotency(NamedTuple):
    """How a retry is known: the caller's `Idempotency-Key`, and a digest of everything in the request that counts."""

    key: str
    fingerprint: str


# --- What requests hold -----------------------------------------------------------------------------------------------

_PRINTABLE = (
    r"^(?=.*[^\s\u00ad\u200b-\u200f\u2060\ufeff])[^\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$"
)
"""One visible character at least; none that controls a terminal, a line or the direction of what stands beside it."""

_PRINTABLE_LINES = _PRINTABLE.replace(r"\u0000-\u001f", r"\u0000-\u0008\u000b\u000c\u000e-\u001f")
"""The same, of several lines. (`.` in the look-ahead stops at a line's end, so the first line says something.)"""
MOST_IN_PARTY = 20
"""So that a party, whichever blocks it sits in, and everybody who may take its place, fit one transaction."""

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


Description = Annotated[
    Annotated[str, Meta(min_length=1, max_length=5000, pattern=_PRINTABLE_LINES)] | None,
    Meta(
        description="must be text of 1 to 5,000 characters without control characters other than line breaks",
    ),
]
OptionalTime = Annotated[
    Annotated[str, Meta(min_length=1, max_length=64)] | None,
    Meta(
        description="must be a local time, YYYY-MM-DD HH:MM, or an RFC 3339 time with an offset",
        examples=["2027-01-15 18:30", "2027-01-15T18:30:00+05:30"],
    ),
]
MaxParty = Annotated[int, Meta(ge=1, le=MOST_IN_PARTY, description=f"must be a whole number from 1 to {MOST_IN_PARTY}")]
Waitlist = Annotated[bool, Meta(description="must be true or false")]
Policy = Annotated[WaitlistPolicy, Meta(description="must be strict or fill")]
NewStatus = Annotated[Literal["draft", "published"], Meta(description="must be draft or published")]
Seats = Annotated[int, Meta(ge=1, le=MOST_IN_PARTY, description=f"must be a whole number from 1 to {MOST_IN_PARTY}")]


class EventRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Payload of `POST /events`."""

    name: Title
    location: Title
    start_time: TimeText
    end_time: TimeText
    max_capacity: Capacity
    timezone: ZoneName = None
    description: Description = None
    status: NewStatus = "published"
    registration_opens: OptionalTime = None
    registration_closes: OptionalTime = None
    max_party: MaxParty = 1
    waitlist: Waitlist = False
    waitlist_policy: Policy = "strict"


class NewEvent(NamedTuple):
    """An event to make, checked."""

    name: str
    location: str
    start: EventTime
    end: EventTime
    max_capacity: int
    description: str | None = None
    status: Literal["draft", "published"] = "published"
    registration_opens: EventTime | None = None
    registration_closes: EventTime | None = None
    max_party: int = 1
    waitlist: bool = False
    waitlist_policy: WaitlistPolicy = "strict"

    @classmethod
    def read(cls, payload: Mapping[str, Any], zone_default: ZoneDefault) -> "NewEvent":
        """Check an `EventRequest`; raises `InvalidPayloadError` with every fault."""
        reader = PayloadReader(EventRequest, payload)
        zone = _event_zone(reader, zone_default)
        # With the zone in doubt, the times' own faults still come to light.
        times = {name: reader.parse(name, lambda text: parse_time(text, zone or find_zone("UTC"))) for name in _TIMES}
        certain = [name for name in _TIMES if times[name] and (zone or has_offset(reader.get(name)))]
        _check_order({name: times[name] for name in certain}, reader)
        reader.finish()
        start, end = times["start_time"], times["end_time"]
        assert start is not None and end is not None  # noqa: PT018 - the reader has refused everything else
        return cls(
            reader.get("name"),
            reader.get("location"),
            start,
            end,
            reader.get("max_capacity"),
            registration_opens=times["registration_opens"],
            registration_closes=times["registration_closes"],
            **{name: reader.get(name) for name in _PLAIN if reader.get(name) is not None},
        )


_TIMES = ("start_time", "end_time", "registration_opens", "registration_closes")
_PLAIN = ("description", "status", "max_party", "waitlist", "waitlist_policy")


def _check_order(times: Mapping[str, EventTime | None], reader: PayloadReader) -> None:
    """Note a fault for each time that is not after the one it has to follow."""
    for earlier, later in (("start_time", "end_time"), ("registration_opens", "registration_closes")):
        first, second = times.get(earlier), times.get(later)
        if first and second and second.instant <= first.instant:
            reader.fault(later, f"must be after {earlier}")


def _event_zone(reader: PayloadReader, zone_default: ZoneDefault) -> ZoneInfo | None:
    """Return the zone of the payload's times, or None after noting why there is none."""
    if reader.holds("timezone"):
        return reader.parse("timezone", find_zone)
    texts = [reader.get(name) for name in _TIMES]
    if zone_default.candidates and any(text and not has_offset(text) for text in texts):
        reader.fault(
            "timezone",
            f"is missing; the country in ISOCountry has several, send one such as {zone_default.candidates[0]}",
        )
        return None
    return zone_default.zone


class EventPatchRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Payload of `PATCH /events/{event_id}` (JSON Merge Patch, RFC 7396); null resets what has a default."""

    name: Title
    location: Title
    start_time: TimeText
    end_time: TimeText
    max_capacity: Capacity
    timezone: Annotated[
        str,
        Meta(description="must be the name of an IANA time zone, such as Asia/Kolkata", examples=["Asia/Kolkata"]),
    ]
    status: NewStatus
    description: Description = None
    registration_opens: OptionalTime = None
    registration_closes: OptionalTime = None
    max_party: MaxParty = 1
    waitlist: Waitlist = False
    waitlist_policy: Policy = "strict"


class EventPatch(NamedTuple):
    """Changes of an event, each checked by itself."""

    changes: Mapping[str, Any]
    """By member; times as text."""
    viewer_zone: ZoneInfo | None = None
    """The zone of local times, where the payload names none; None for the event's own."""

    @property
    def content(self) -> str:
        """Digest of what is asked."""
        return digest(encode(self.changes), self.viewer_zone.key if self.viewer_zone else "")

    @classmethod
    def read(cls, payload: Mapping[str, Any], zone_default: ZoneDefault) -> "EventPatch":  # noqa: ARG003
        """Check an `EventPatchRequest`; raises `InvalidPayloadError` with every fault."""
        reader = PayloadReader(EventPatchRequest, payload, partial=True)
        reader.parse("timezone", find_zone)
        reader.finish()
        return cls(reader.changes)

    def apply(self, event: Event) -> Event:
        """Return the event as it is to be, of the same revision; raises `InvalidPayloadError` with every fault.

        Local times are in the payload's zone, else in the viewer's, else in the event's own. Where the event's zone
        changes, those that are not sent keep their wall-clock time. One that is sent as it is shown stays as it is, also
        where it occurs twice.
        """
        reader = PayloadReader(EventPatchRequest, self.changes, partial=True)
        zone = find_zone(self.changes.get("timezone", event.start.timezone))
        written_in = zone if "timezone" in self.changes else self.viewer_zone or zone
        times: dict[str, EventTime | None] = {
            "start_time": event.start,
            "end_time": event.end,
            "registration_opens": event.registration_opens,
            "registration_closes": event.registration_closes,
        }
        for name, time in times.items():
            is_shown = time and time.timezone == zone.key and time.at(written_in) == self.changes.get(name)
            if name in self.changes and not is_shown:
                times[name] = reader.parse(name, lambda text: parse_time(text, written_in, zone))
            elif time is not None and time.timezone != zone.key:
                times[name] = self._moved(name, time, zone, reader)
        _check_order(times, reader)
        if event.status == "cancelled" and "status" in self.changes:
            reader.fault("status", "must stay cancelled")
        elif event.status == "published" and self.changes.get("status") == "draft":
            reader.fault("status", "must not become draft again; cancel the event instead")
        reader.finish()
        start, end = times["start_time"], times["end_time"]
        assert start is not None and end is not None  # noqa: PT018 - neither can be removed
        kept = ("name", "location", "max_capacity", *_PLAIN)
        return replace(
            event,
            start=start,
            end=end,
            registration_opens=times["registration_opens"],
            registration_closes=times["registration_closes"],
            **{name: self.changes[name] for name in kept if name in self.changes},
        )

    @staticmethod
    def _moved(name: str, time: EventTime, zone: ZoneInfo, reader: PayloadReader) -> EventTime | None:
        try:
            return parse_time(time.local, zone)
        except InvalidValueError as error:
            reader.fault(
                "timezone", f"moves {name} to a local time that does not exist there: it {error}; send {name} too"
            )
            return None


class CancellationRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Payload of `POST /events/{event_id}/cancel`."""

    reason: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=500,
            pattern=_PRINTABLE_LINES,
            description="must be text of 1 to 500 characters without control characters other than line breaks",
        ),
    ]


class Cancellation(NamedTuple):
    """Why an event is called off, checked."""

    reason: str

    @classmethod
    def read(cls, payload: Mapping[str, Any], zone_default: ZoneDefault) -> "Cancellation":  # noqa: ARG003
        """Check a `CancellationRequest`; raises `InvalidPayloadError` with every fault."""
        reader = PayloadReader(CancellationRequest, payload)
        reader.finish()
        return cls(reader.get("reason"))


class AttendeeRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Payload of `POST /events/{event_id}/register` and `POST /events/{event_id}/waitlist`."""

    name: Title
    email: EmailText
    seats: Seats = 1


class NewAttendee(NamedTuple):
    """A person to register or to put on the waitlist, checked."""

    name: str
    email: EmailAddress
    seats: int = 1

    @classmethod
    def read(cls, payload: Mapping[str, Any], zone_default: ZoneDefault) -> "NewAttendee":  # noqa: ARG003
        """Check an `AttendeeRequest`; raises `InvalidPayloadError` with every fault."""
        reader = PayloadReader(AttendeeRequest, payload)
        email = reader.parse("email", parse_address)
        reader.finish()
        assert email is not None
        return cls(reader.get("name"), email, reader.get("seats") or 1)


class NewHolderRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Payload of `POST /events/{event_id}/attendee/{attendee_id}/transfer`."""

    name: Title
    email: EmailText


class NewHolder(NamedTuple):
    """Who is to have a registration from now on, checked."""

    name: str
    email: EmailAddress

    @classmethod
    def read(cls, payload: Mapping[str, Any], zone_default: ZoneDefault) -> "NewHolder":  # noqa: ARG003
        """Check a `NewHolderRequest`; raises `InvalidPayloadError` with every fault."""
        reader = PayloadReader(NewHolderRequest, payload)
        email = reader.parse("email", parse_address)
        reader.finish()
        assert email is not None
        return cls(reader.get("name"), email)


class AttendeePatch(NamedTuple):
    """Changes of a registration, checked; None for what stays."""

    name: str | None
    email: EmailAddress | None

    @classmethod
    def read(cls, payload: Mapping[str, Any], zone_default: ZoneDefault) -> "AttendeePatch":  # noqa: ARG003
        """Check a merge patch of a `NewHolderRequest`; raises `InvalidPayloadError` with every fault."""
        reader = PayloadReader(NewHolderRequest, payload, partial=True)
        email = reader.parse("email", parse_address)
        reader.finish()
        return cls(reader.get("name"), email)


class RowOutcome(NamedTuple):
    """What became of one row of an import."""

    line: int
    """Line of the file where the row begins, from 1."""
    outcome: str
    """`registered` or another of `views.ImportOutcome`."""
    attendee_id: str | None = None
    detail: str | None = None
    faults: tuple[Fault, ...] = ()


class TicketRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Payload of `POST /events/{event_id}/check-in`."""

    ticket: Annotated[str, Meta(min_length=1, max_length=200, description="must be the text of a ticket's QR code")]


class ShownTicket(NamedTuple):
    """What somebody at the door shows."""

    ticket: str

    @classmethod
    def read(cls, payload: Mapping[str, Any], zone_default: ZoneDefault) -> "ShownTicket":  # noqa: ARG003
        """Check a `TicketRequest`; raises `InvalidPayloadError` with every fault."""
        reader = PayloadReader(TicketRequest, payload)
        reader.finish()
        return cls(reader.get("ticket"))


class MemberRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Payload of `PUT /events/{event_id}/members/{member}`."""

    role: Annotated[
        MemberRole,
        Meta(
            description="must be helper, who sees attendees and checks tickets in, or organiser, who does all but delete"
        ),
    ]


class ChosenRole(NamedTuple):
    """What an owner gives somebody."""

    role: MemberRole

    @classmethod
    def read(cls, payload: Mapping[str, Any], zone_default: ZoneDefault) -> "ChosenRole":  # noqa: ARG003
        """Check a `MemberRequest`; raises `InvalidPayloadError` with every fault."""
        reader = PayloadReader(MemberRequest, payload)
        reader.finish()
        return cls(reader.get("role"))
