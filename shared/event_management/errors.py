"""What can go wrong, without a word of HTTP: one class each, with a stable `code`.

`event_management.http.problems` gives each class its status.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

if TYPE_CHECKING:
    from event_management.limits import Quota


class Fault(NamedTuple):
    """One fault of a payload: the member it concerns and the mend."""

    pointer: str
    """JSON Pointer (RFC 6901) from the request's root, such as `/payload/email`."""
    detail: str
    """What is wrong and what to send instead, without the offending text."""


class EventManagementError(Exception):
    """Base of every error that a caller may be told about."""

    code: ClassVar[str]
    """Stable and machine-readable: the `code` of the problem, the tail of its `type`."""
    message: ClassVar[str]
    """The original application's `message` where it had one."""

    def __init__(self, detail: str, **members: str | int) -> None:
        super().__init__(detail)
        self.detail = detail
        self.members = members
        """What the detail says, for machines: members of the problem."""


class InvalidValueError(ValueError):
    """A value breaks a rule; whoever knows where the value stood turns this into one of the errors below.

    The text says what to send, as a predicate: `must be …`.
    """


class MalformedRequestError(EventManagementError):
    """The body is not JSON."""

    code = "malformed_request"
    message = "Malformed request"


class InvalidParameterError(EventManagementError):
    """A header, query or path parameter breaks a rule; `detail` names it."""

    code = "invalid_parameter"
    message = "Invalid parameter"


class InvalidPageTokenError(InvalidParameterError):
    """`next_token` was altered, cut short, made for another list, or has outlived its key."""

    code = "invalid_page_token"
    message = "Invalid page token"


class InvalidPayloadError(EventManagementError):
    """The payload breaks rules; `faults` has every one of them."""

    code = "invalid_payload"
    message = "Invalid payload"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{len(self.faults)} fault{'s' if len(self.faults) > 1 else ''} in the payload; see errors.")


class InvalidFileError(EventManagementError):
    """A file as a whole cannot be read; `detail` says what to send."""

    code = "invalid_file"
    message = "Invalid file"


class InvalidTicketError(EventManagementError):
    """What was shown at the door is no ticket of this stack, or one whose key is gone."""

    code = "invalid_ticket"
    message = "Invalid ticket"

    def __init__(self) -> None:
        super().__init__("This is not a ticket of ours; send the text of the QR code as it is.")


class InvalidManageCodeError(EventManagementError):
    """What should prove whose registration it is was never its manage code, or is no longer."""

    code = "invalid_manage_code"
    message = "Invalid manage code"

    def __init__(self) -> None:
        super().__init__(
            "This is no manage code of this registration, or not its newest; send the one that came last, as it is."
        )


class RequestTooLargeError(EventManagementError):
    """The body is longer than allowed."""

    code = "request_too_large"
    message = "Request too large"


class UnsupportedMediaTypeError(EventManagementError):
    """The body is of a kind that the call does not take; `detail` names those that it takes."""

    code = "unsupported_media_type"
    message = "Unsupported media type"


class NotAuthenticatedError(EventManagementError):
    """The call is for organisers and carries no claims."""

    code = "unauthorized"
    message = "Unauthorized"


class ManageCodeMissingError(NotAuthenticatedError):
    """The call is for who holds a manage code, and carries none: the same to clients, but for what they are to send."""


class EventNotFoundError(EventManagementError):
    """There is no such event, or none that the caller may see."""

    code = "event_not_found"
    message = "Event not found"

    def __init__(self) -> None:
        super().__init__("There is no event with this id.")


class PreconditionRequiredError(EventManagementError):
    """The call changes an event and does not say which version of it the caller has seen."""

    code = "precondition_required"
    message = "Precondition required"

    def __init__(self) -> None:
        super().__init__("Read the event, and send its ETag in If-Match; or send * to change it whatever it is by now.")


class PreconditionFailedError(EventManagementError):
    """The event is no longer the version that the caller has seen."""

    code = "precondition_failed"
    message = "Precondition failed"

    def __init__(self) -> None:
        super().__init__("The event has changed since; read it again.")


class AlreadyRegisteredError(EventManagementError):
    """The address holds a registration for this event."""

    code = "already_registered"
    message = "only 1 registration per user"

    def __init__(self) -> None:
        super().__init__("This address is registered for this event already.")


class SeatsFullError(EventManagementError):
    """Every seat is taken, or too few are left for a party."""

    code = "seats_full"
    message = "Seats full! Come again for next show"

    def __init__(self, seats_left: int = 0) -> None:
        left = f"Only {seats_left} of this event's seats {'are' if seats_left > 1 else 'is'} left."
        if seats_left:
            super().__init__(left, seats_left=seats_left)
        else:
            super().__init__("Every seat of this event is taken.")


class SeatsLeftError(EventManagementError):
    """Nobody needs to wait: seats are left."""

    code = "seats_left"
    message = "Seats left"

    def __init__(self) -> None:
        super().__init__(
            "Seats of this event are left: register instead of waiting, with a smaller party where they are too few."
        )


class WaitlistOffError(EventManagementError):
    """The event keeps no waitlist."""

    code = "waitlist_off"
    message = "No waitlist"

    def __init__(self) -> None:
        super().__init__("This event keeps no waitlist.")


class RegistrationClosedError(EventManagementError):
    """The event takes no registrations any more."""

    code = "registration_closed"
    message = "Registration closed"

    def __init__(self) -> None:
        super().__init__("This event takes no registrations any more.")


class RegistrationNotOpenError(EventManagementError):
    """The event takes no registrations yet."""

    code = "registration_not_open"
    message = "Registration not open yet"

    def __init__(self, opens: str) -> None:
        super().__init__(f"This event takes registrations from {opens} on.", registration_opens_utc=opens)


class EventCancelledError(EventManagementError):
    """The event was called off."""

    code = "event_cancelled"
    message = "Event cancelled"

    def __init__(self) -> None:
        super().__init__("This event was cancelled.")


class EventSweptError(EventManagementError):
    """The event's people are gone, some time after its end, so that it stays as it was."""

    code = "event_swept"
    message = "Event swept"

    def __init__(self) -> None:
        super().__init__(
            "This event ended so long ago that its people have been removed; it can be deleted, but no longer changed."
        )


class EventNotPublishedError(EventManagementError):
    """A draft cannot be called off: that would show it to everybody."""

    code = "event_not_published"
    message = "Event not published"

    def __init__(self) -> None:
        super().__init__("This event is a draft, which nobody else sees: delete it, or publish it first.")


class EventDeletedError(EventManagementError):
    """The event that this `Idempotency-Key` made was deleted since."""

    code = "event_deleted"
    message = "Event deleted"

    def __init__(self) -> None:
        super().__init__("The event made with this Idempotency-Key was deleted; send a new key to make another.")


class CapacityTooSmallError(EventManagementError):
    """The capacity asked for is below the seats taken."""

    code = "capacity_too_small"
    message = "Capacity too small"

    def __init__(self, taken: int) -> None:
        super().__init__(f"{taken} seats are taken; max_capacity cannot fall below that.", taken=taken)


class AttendeeNotFoundError(EventManagementError):
    """There is no such registration, or none that the caller may see."""

    code = "attendee_not_found"
    message = "Attendee not found"

    def __init__(self) -> None:
        super().__init__("There is no registration with this id at this event.")


class AlreadyWaitingError(EventManagementError):
    """The address holds a place on this event's waitlist."""

    code = "already_waiting"
    message = "Already on the waitlist"

    def __init__(self) -> None:
        super().__init__("This address is on this event's waitlist already.")


class StillWaitingError(EventManagementError):
    """The person waits for a seat, and so has no registration to hand over, no ticket and nothing to check in."""

    code = "still_waiting"
    message = "Still on the waitlist"

    def __init__(self) -> None:
        super().__init__("This person waits for a seat and has no registration yet.")


class NotWaitingError(EventManagementError):
    """The person holds no place on the waitlist."""

    code = "not_waiting"
    message = "Not on the waitlist"

    def __init__(self) -> None:
        super().__init__("Nobody waits for a seat of this event under this code.")


class RegistrationCancelledError(EventManagementError):
    """The registration that an earlier call with this `Idempotency-Key` made was cancelled or handed over since."""

    code = "registration_cancelled"
    message = "Registration cancelled"

    def __init__(self) -> None:
        super().__init__(
            "This registration was cancelled or handed over; to register anew, send a new Idempotency-Key."
        )


class RegistrationGoneError(EventManagementError):
    """The registration that a code was good for, or an organiser asks for, was cancelled or handed over."""

    code = "registration_gone"
    message = "Registration gone"

    def __init__(self) -> None:
        super().__init__("This registration was cancelled or handed over.")


class RoleMissingError(EventManagementError):
    """The caller has a role in the event, but one that does not allow this."""

    code = "role_missing"
    message = "Forbidden"

    def __init__(self, least: str) -> None:
        super().__init__(f"This takes the role {least} in the event; its owner chooses who has which.")


class AdminsOnlyError(RoleMissingError):
    """The call concerns events of all organisers, and comes from somebody who is no admin."""

    def __init__(self) -> None:
        EventManagementError.__init__(self, "This takes an admin: somebody in the group admins of the user pool.")


class CheckedInError(EventManagementError):
    """The attendee has been checked in, so the registration stays as it is."""

    code = "checked_in"
    message = "Checked in"

    def __init__(self) -> None:
        super().__init__("This attendee has been checked in; undo the check-in first.")


class AlreadyCheckedInError(EventManagementError):
    """The ticket was used."""

    code = "already_checked_in"
    message = "Already checked in"

    def __init__(self, checked_in_at: str) -> None:
        super().__init__(f"This ticket was used at {checked_in_at}.", checked_in_at=checked_in_at)


class NotCheckedInError(EventManagementError):
    """There is no check-in to undo."""

    code = "not_checked_in"
    message = "Not checked in"

    def __init__(self) -> None:
        super().__init__("This attendee has not been checked in.")


class CheckInUndoneError(EventManagementError):
    """The check-in that an earlier call with this `Idempotency-Key` made was undone since."""

    code = "check_in_undone"
    message = "Check-in was undone"

    def __init__(self) -> None:
        super().__init__("This check-in was undone since; send a new Idempotency-Key to check in again.")


class TicketOfAnotherEventError(EventManagementError):
    """The ticket is good, but not here."""

    code = "ticket_of_another_event"
    message = "Ticket of another event"

    def __init__(self) -> None:
        super().__init__("This ticket is for another event.")


class TicketCancelledError(EventManagementError):
    """The ticket was good once."""

    code = "ticket_cancelled"
    message = "Ticket cancelled"

    def __init__(self) -> None:
        super().__init__(
            "This ticket is no longer good: its registration was cancelled or handed over, or it was replaced."
        )


class IdempotencyKeyReusedError(EventManagementError):
    """The same `Idempotency-Key` came with another request."""

    code = "idempotency_key_reused"
    message = "Idempotency-Key reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request; send a new key with a new request.")


class TooManyRequestsError(EventManagementError):
    """Whoever calls, or for whom, has tried to register as often as the deployment allows for now."""

    code = "too_many_requests"
    message = "Too many requests"

    def __init__(self, quotas: "Sequence[Quota]") -> None:
        # As the gateway says it of its own.
        super().__init__("Wait for the seconds in Retry-After, then send the request again.")
        self.quotas = quotas
        """What the limits leave; the last is the one that refuses."""


class TryAgainError(EventManagementError):
    """Contention or throttling outlasted the retries, or the store's answer was lost.

    Where the answer was lost nobody knows whether anything changed. Sending the same request again is safe with its
    `Idempotency-Key`; without one, everything is but creating, which may make a second event.
    """

    code = "try_again"
    message = "Something went wrong! Please come back later"

    def __init__(self) -> None:
        super().__init__(
            "Too busy right now. Send the same request again after the seconds in Retry-After, "
            "with the same Idempotency-Key if it has one."
        )
