"""The shapes in which answers show events, registrations and waiting people.

Answers show local times as `YYYY-MM-DD HH:MM` and instants as RFC 3339 in UTC.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from event_management.codes import Code, sign_manage, sign_ticket
from event_management.models import (
    Act,
    Attendee,
    Event,
    EventCounts,
    Member,
    PersonalRecord,
    RowOutcome,
    WaitlistPolicy,
)
from event_management.roles import MemberRole, Role
from event_management.signing import SigningKeys
from event_management.timezones import EventTime, format_utc

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


OptionalLocalTime = Annotated[
    str | None,
    Meta(
        description="local time in the zone named by timezone",
        extra_json_schema={"pattern": r"^\d{4}-\d\d-\d\d \d\d:\d\d$"},
    ),
]
OptionalInstant = Annotated[
    str | None,
    Meta(
        description="RFC 3339 in UTC",
        extra_json_schema={"format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
    ),
]
ShownStatus = Annotated[
    Literal["draft", "published", "cancelled"],
    Meta(description="draft: the organiser's alone; published: takes registrations; cancelled: takes none any more"),
]
Version = Annotated[int, Meta(description="rises by one with each change of the event")]
Ticket = Annotated[
    str,
    Meta(
        description="for the QR code: good for checking in, and for nothing else",
        extra_json_schema={"pattern": "^[A-Z2-7]{69}$"},
    ),
]
OptionalTicket = Annotated[
    str | None,
    Meta(
        description="for the QR code: good for checking in, and for nothing else; none while waiting",
        extra_json_schema={"pattern": "^[A-Z2-7]{69}$"},
    ),
]
ManageCode = Annotated[
    str,
    Meta(
        description="its holder's own: send it as Manage-Code to read, change or cancel the registration",
        extra_json_schema={"pattern": "^[A-Z2-7]{69}$"},
    ),
]
Subject = Annotated[
    str, Meta(description="the sub of somebody's token", examples=["7a1d2e0f-0000-4000-8000-4b6c8d0e2f3a"])
]
ShownMemberRole = Annotated[
    MemberRole,
    Meta(
        description="helper: sees attendees and checks tickets in; organiser: does what the owner does, save deleting"
    ),
]
Position = Annotated[int | None, Meta(description="1 for who is next; null once registered", examples=[1])]


class EventView(Struct, frozen=True, kw_only=True):
    """An event as lists show it, its local times in the viewer's zone."""

    id: EventId
    name: str
    location: str
    description: str | None
    start_time: LocalTime
    end_time: LocalTime
    registration_opens: OptionalLocalTime
    registration_closes: OptionalLocalTime
    max_capacity: int
    max_party: int
    waitlist: bool
    waitlist_policy: WaitlistPolicy
    timezone: ShownZone
    start_time_utc: Instant
    end_time_utc: Instant
    registration_opens_utc: OptionalInstant
    registration_closes_utc: OptionalInstant
    status: ShownStatus
    cancellation_reason: str | None
    version: Version

    @classmethod
    def of(cls, event: Event, zone: ZoneInfo | None) -> "EventView":
        """Show `event` in `zone`, or in its own."""
        return cls(**_shown(event, zone))


class EventDetail(EventView, frozen=True, kw_only=True):
    """An event by itself: with how its seats stand."""

    registered: Annotated[int, Meta(description="seats taken")]
    seats_left: Annotated[int, Meta(description="seats that anybody may take")]
    waitlisted: Annotated[int, Meta(description="seats that people on the waitlist wait for")]
    checked_in: Annotated[int, Meta(description="seats whose holders have come")]

    @classmethod
    def with_counts(cls, event: Event, counts: EventCounts, zone: ZoneInfo | None) -> "EventDetail":
        """Show `event` and its counts in `zone`, or in its own."""
        return cls(**_shown(event, zone), **counts._asdict())


def _shown(event: Event, zone: ZoneInfo | None) -> dict[str, Any]:
    def local(time: EventTime | None) -> str | None:
        if time is None:
            return None
        return time.at(zone) if zone else time.local

    def utc(time: EventTime | None) -> str | None:
        return format_utc(time.instant) if time else None

    return {
        "id": event.id,
        "name": event.name,
        "location": event.location,
        "description": event.description,
        "start_time": local(event.start),
        "end_time": local(event.end),
        "registration_opens": local(event.registration_opens),
        "registration_closes": local(event.registration_closes),
        "max_capacity": event.max_capacity,
        "max_party": event.max_party,
        "waitlist": event.waitlist,
        "waitlist_policy": event.waitlist_policy,
        "timezone": zone.key if zone else event.start.timezone,
        "start_time_utc": utc(event.start),
        "end_time_utc": utc(event.end),
        "registration_opens_utc": utc(event.registration_opens),
        "registration_closes_utc": utc(event.registration_closes),
        "status": event.status,
        "cancellation_reason": event.cancellation_reason,
        "version": event.revision,
    }


class AttendeeView(Struct, frozen=True, kw_only=True):
    """A registration as its organiser and its holder see it."""

    id: AttendeeId
    name: str
    email: str
    event_id: EventId
    seats: int
    state: Annotated[Literal["registered", "waiting"], Meta(description="registered, or waiting for seats")]
    registered_at: Annotated[
        Instant, Meta(description="since when they have, or wait for, their seats; RFC 3339 in UTC")
    ]
    checked_in_at: OptionalInstant

    @classmethod
    def of(cls, attendee: Attendee) -> "AttendeeView":
        """Show `attendee`."""
        come = attendee.checked_in_at
        return cls(
            id=attendee.id,
            name=attendee.name,
            email=attendee.email,
            event_id=attendee.event_id,
            seats=attendee.seats,
            state=attendee.state,
            registered_at=format_utc(attendee.registered_at),
            checked_in_at=format_utc(come) if come else None,
        )

    def cells(self, columns: Sequence[str]) -> list[str | int | None]:
        """Return these of its members, as a row of a table."""
        return [getattr(self, column) for column in columns]


class EventCreated(Struct, frozen=True, kw_only=True):
    """Answer to `POST /events`."""

    message: Literal["Event Created"] = "Event Created"
    event: EventId


class EventList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Answer to `GET /events` and `GET /organiser/events`."""

    message: Literal["Events :"]
    sections: list[EventView]
    next_token: NextToken = None


class EventShown(Struct, frozen=True, kw_only=True):
    """Answer to `GET /events/{event_id}`."""

    message: Literal["Event :"] = "Event :"
    event: EventDetail


class EventUpdated(Struct, frozen=True, kw_only=True):
    """Answer to `PATCH /events/{event_id}`."""

    message: Literal["Event Updated"] = "Event Updated"
    event: EventDetail


class EventCancelled(Struct, frozen=True, kw_only=True):
    """Answer to `POST /events/{event_id}/cancel`."""

    message: Literal["Event Cancelled"] = "Event Cancelled"
    event: EventDetail


class Health(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Answer to `GET /health`."""

    message: Literal["Healthy"]
    status: Literal["success"]
    auth: Annotated[
        Literal["cognito", "open"],
        Meta(description="cognito: organisers' calls take an ID token; open: everybody is the organiser"),
    ]
    warning: Annotated[str | None, Meta(description="there only in open mode")] = None

    @classmethod
    def of(cls, *, is_open: bool) -> "Health":
        """Show that the function answers, and say what open mode means."""
        return cls(
            message="Healthy",
            status="success",
            auth="open" if is_open else "cognito",
            warning="Everybody who gets here is the organiser of every event. For a laptop alone." if is_open else None,
        )


class EventDeleted(Struct, frozen=True, kw_only=True):
    """Answer to `DELETE /events/{event_id}` when not all that belonged to the event is gone yet."""

    message: Literal["Event Deleted"] = "Event Deleted"
    remains: Annotated[Literal[True], Meta(description="send the same request again to remove the rest")] = True


class Registered(Struct, frozen=True, kw_only=True):
    """Answer to `POST /events/{event_id}/register`."""

    message: Literal["Insert Successful..."] = "Insert Successful..."
    status: Literal["success"] = "success"
    id: AttendeeId
    event_id: EventId
    seats: int
    ticket: Ticket
    manage: ManageCode

    @classmethod
    def of(cls, attendee: Attendee, keys: SigningKeys) -> "Registered":
        """Show a registration with its codes."""
        code = _code_of(attendee)
        return cls(
            id=attendee.id,
            event_id=attendee.event_id,
            seats=attendee.seats,
            ticket=sign_ticket(code, keys),
            manage=sign_manage(code, keys),
        )


class AttendeeShown(Struct, frozen=True, kw_only=True):
    """Answer to `GET /events/{event_id}/attendee/{attendee_id}`."""

    message: Literal["Attendee :"] = "Attendee :"
    attendee: AttendeeView
    ticket: OptionalTicket

    @classmethod
    def of(cls, attendee: Attendee, keys: SigningKeys) -> "AttendeeShown":
        """Show a registration with its ticket; who waits has none."""
        ticket = sign_ticket(_code_of(attendee), keys) if attendee.state == "registered" else None
        return cls(attendee=AttendeeView.of(attendee), ticket=ticket)


CodesMessage = Literal["Attendee Updated", "Registration handed over", "Codes renewed"]


class CodesShown(Struct, frozen=True, kw_only=True):
    """Answer where a registration's codes may be new: it was changed, handed over, or they were lost."""

    message: CodesMessage
    attendee: AttendeeView
    ticket: OptionalTicket
    manage: ManageCode

    @classmethod
    def of(cls, message: CodesMessage, attendee: Attendee, keys: SigningKeys) -> "CodesShown":
        """Show a registration with its codes; who waits has no ticket."""
        code = _code_of(attendee)
        return cls(
            message=message,
            attendee=AttendeeView.of(attendee),
            ticket=sign_ticket(code, keys) if attendee.state == "registered" else None,
            manage=sign_manage(code, keys),
        )


class RegistrationCancelled(Struct, frozen=True, kw_only=True):
    """Answer to `DELETE /events/{event_id}/attendee/{attendee_id}` and `DELETE /events/{event_id}/waitlist`."""

    message: Literal["Registration Cancelled", "Left the waitlist"] = "Registration Cancelled"


class Waitlisted(Struct, frozen=True, kw_only=True):
    """Answer to `POST /events/{event_id}/waitlist`, and to `GET` with a manage code."""

    message: Literal["Added to the waitlist", "Waitlist :"]
    id: AttendeeId
    event_id: EventId
    state: Annotated[Literal["registered", "waiting"], Meta(description="registered, once seats came free")]
    seats: int
    position: Position
    manage: ManageCode

    @classmethod
    def of(
        cls,
        message: Literal["Added to the waitlist", "Waitlist :"],
        attendee: Attendee,
        position: int | None,
        keys: SigningKeys,
    ) -> "Waitlisted":
        """Show where a person stands."""
        return cls(
            message=message,
            id=attendee.id,
            event_id=attendee.event_id,
            state=attendee.state,
            seats=attendee.seats,
            position=position,
            manage=sign_manage(_code_of(attendee), keys),
        )


class CheckedIn(Struct, frozen=True, kw_only=True):
    """Answer to `POST /events/{event_id}/check-in`, and to its undoing."""

    message: Literal["Checked in", "Check-in undone"] = "Checked in"
    attendee: AttendeeView


class AttendeeList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Answer to `GET /events/{event_id}/attendee`, and to an organiser's `GET /organiser/events/{event_id}/waitlist`."""

    message: Literal["Attendees :", "Waitlist :"]
    sections: list[AttendeeView]
    next_token: NextToken = None


class PersonalRecordView(Struct, frozen=True, kw_only=True):
    """What is stored of a person at one event."""

    event_id: EventId
    event_name: Annotated[str | None, Meta(description="null of an event that is being deleted")]
    id: AttendeeId
    state: Annotated[
        Literal["registered", "waiting", "cancelled"],
        Meta(description="of what is cancelled nothing is stored but that it was, for seven days"),
    ]
    name: str | None
    email: str | None
    seats: int | None
    country: Annotated[str | None, Meta(description="ISOCountry as sent when registering")]
    registered_at: OptionalInstant
    checked_in_at: OptionalInstant
    cancelled_at: OptionalInstant

    @classmethod
    def of(cls, record: PersonalRecord) -> "PersonalRecordView":
        """Show a record."""
        attendee, cancelled = record.attendee, record.cancelled_at
        come = attendee.checked_in_at if attendee else None
        return cls(
            event_id=record.event_id,
            event_name=record.event_name,
            id=record.attendee_id,
            state=attendee.state if attendee else "cancelled",
            name=attendee.name if attendee else None,
            email=attendee.email if attendee else None,
            seats=attendee.seats if attendee else None,
            country=attendee.country if attendee else None,
            registered_at=format_utc(attendee.registered_at) if attendee else None,
            checked_in_at=format_utc(come) if come else None,
            cancelled_at=format_utc(cancelled) if cancelled else None,
        )


class PersonExported(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Answer to `GET /privacy/export`: what was found in the events of this step."""

    message: Literal["Person :"]
    sections: list[PersonalRecordView]
    next_token: NextToken = None


class PersonErased(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Answer to `DELETE /privacy`: what was erased in the events of this step."""

    message: Literal["Person Erased", "Person Erased So Far"]
    cancelled: Annotated[int, Meta(description="registrations and places on waitlists given up")]
    blanked: Annotated[
        int, Meta(description="registrations of events that are over or were attended: kept, without name and address")
    ]
    next_token: NextToken = None

    @classmethod
    def of(cls, cancelled: int, blanked: int, next_token: str | None) -> "PersonErased":
        """Show what a step has done."""
        message: Literal["Person Erased", "Person Erased So Far"] = (
            "Person Erased So Far" if next_token else "Person Erased"
        )
        return cls(message=message, cancelled=cancelled, blanked=blanked, next_token=next_token)


ImportOutcome = Annotated[
    Literal[
        "registered",
        "would_register",
        "already_registered",
        "already_waiting",
        "duplicate_in_file",
        "invalid",
        "seats_full",
        "registration_not_open",
        "registration_closed",
        "registration_cancelled",
        "event_cancelled",
        "event_not_published",
        "event_not_found",
        "not_attempted",
        "try_again",
    ],
    Meta(
        description="what became of the row: registered (in a dry run would_register), or the code of what refused it; "
        "not_attempted and try_again ask for the file to be sent again"
    ),
]


class RowFault(Struct, frozen=True, kw_only=True):
    """One fault of a row, as registering the same person by `POST /events/{event_id}/register` would tell it."""

    pointer: Annotated[str, Meta(description="JSON Pointer; its last part is the column", examples=["/payload/email"])]
    detail: str


class ImportedRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one row of an import."""

    line: Annotated[int, Meta(description="line of the file where the row begins, from 1")]
    outcome: ImportOutcome
    id: Annotated[
        str | None,
        Meta(
            description="the attendee's id, where the person is registered or waits; in a dry run also where they would be",
            extra_json_schema={"pattern": "^[a-z2-7]{16}$"},
        ),
    ] = None
    detail: str | None = None
    errors: list[RowFault] | None = None

    @classmethod
    def of(cls, row: RowOutcome) -> "ImportedRow":
        """Show an outcome."""
        faults = [RowFault(pointer=fault.pointer, detail=fault.detail) for fault in row.faults]
        return cls(
            line=row.line,
            outcome=row.outcome,  # type: ignore[arg-type] # an error's code is any text
            id=row.attendee_id,
            detail=row.detail,
            errors=faults or None,
        )


class ImportReport(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Answer to `POST /events/{event_id}/attendee/import`."""

    message: Literal["Import finished", "Dry run finished"]
    counts: Annotated[dict[str, int], Meta(description="how many rows there are of each outcome that occurs")]
    rows: Annotated[list[ImportedRow], Meta(description="every row, in the order of the file")]
    detail: Annotated[str | None, Meta(description="there only where the file has to be sent again")] = None

    @classmethod
    def of(cls, message: Literal["Import finished", "Dry run finished"], rows: Sequence[RowOutcome]) -> "ImportReport":
        """Show what became of the rows."""
        counts = Counter(row.outcome for row in rows)
        unfinished = counts["not_attempted"] + counts["try_again"]
        return cls(
            message=message,
            counts={outcome: number for outcome, number in counts.items() if number},
            rows=[ImportedRow.of(row) for row in rows],
            detail=f"There was no time for {unfinished} of the rows. Send the same file again." if unfinished else None,
        )


def _code_of(attendee: Attendee) -> Code:
    return Code(attendee.event_id, attendee.id, attendee.serial)


class MemberView(Struct, frozen=True, kw_only=True):
    """Somebody with whom an event is shared."""

    member: Subject
    role: ShownMemberRole
    since: Annotated[Instant, Meta(description="since when the event is shared with them; RFC 3339 in UTC")]

    @classmethod
    def of(cls, member: Member) -> "MemberView":
        """Show `member`."""
        return cls(member=member.subject, role=member.role, since=format_utc(member.since))


class MemberChosen(Struct, frozen=True, kw_only=True):
    """Answer to `PUT /events/{event_id}/members/{member}`."""

    message: Literal["Member saved"] = "Member saved"
    member: MemberView


class MemberList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Answer to `GET /events/{event_id}/members`."""

    message: Literal["Members :"]
    sections: list[MemberView]
    next_token: NextToken = None


class SharedEvent(Struct, frozen=True, kw_only=True):
    """An event that somebody shares with the caller."""

    role: ShownMemberRole
    event: EventView


class SharedEventList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Answer to `GET /organiser/shared-events`."""

    message: Literal["Shared events :"]
    sections: list[SharedEvent]
    next_token: NextToken = None


class ActView(Struct, frozen=True, kw_only=True):
    """What somebody did to an event or one of its registrations, other than the person's own acts."""

    at: Annotated[Instant, Meta(description="when; RFC 3339 in UTC")]
    who: Subject
    role: Annotated[Role, Meta(description="their role in the event then")]
    what: Annotated[str, Meta(description="the operation, as this document names it", examples=["update_event"])]
    version: Annotated[int, Meta(description="of the event or registration before; 0 where it was not there")]
    attendee_id: Annotated[
        str | None, Meta(description="whose registration it was about", extra_json_schema={"pattern": "^[a-z2-7]{16}$"})
    ]
    fields: Annotated[list[str], Meta(description="members that changed, by name", examples=[["name"]])]
    member: Annotated[str | None, Meta(description="whose role it was about: the sub of their token")]

    @classmethod
    def of(cls, act: Act) -> "ActView":
        """Show `act`."""
        return cls(
            at=format_utc(act.at),
            who=act.who,
            role=act.role,
            what=act.what,
            version=act.revision,
            attendee_id=act.attendee_id,
            fields=list(act.fields),
            member=act.member,
        )


class ActList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Answer to `GET /events/{event_id}/audit`."""

    message: Literal["Audit :"]
    sections: list[ActView]
    next_token: NextToken = None
