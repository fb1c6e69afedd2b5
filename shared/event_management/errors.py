"""What can go wrong, without a word of HTTP: one class each, with a stable `code`.

`event_management.http.problems` gives each class its status.
"""

from collections.abc import Iterable
from typing import ClassVar, NamedTuple


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

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


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
    """Every seat is taken."""

    code = "seats_full"
    message = "Seats full! Come again for next show"

    def __init__(self) -> None:
        super().__init__("Every seat of this event is taken.")


class RegistrationClosedError(EventManagementError):
    """The event takes no registrations now."""

    code = "registration_closed"
    message = "Registration closed"

    def __init__(self) -> None:
        super().__init__("This event takes no registrations now.")


class IdempotencyKeyReusedError(EventManagementError):
    """The same `Idempotency-Key` came with another request."""

    code = "idempotency_key_reused"
    message = "Idempotency-Key reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request; send a new key with a new request.")


class TryAgainError(EventManagementError):
    """Contention or throttling outlasted the retries, or the store's answer was lost.

    Where the answer was lost nobody knows whether anything changed. Sending the same request again is safe with its
    `Idempotency-Key`; without one, registering is still safe, and creating may make a second event.
    """

    code = "try_again"
    message = "Something went wrong! Please come back later"

    def __init__(self) -> None:
        super().__init__(
            "Too busy right now. Send the same request again after the seconds in Retry-After; "
            "with an Idempotency-Key nothing is done twice."
        )
