"""Errors as answers: RFC 9457 problem details, and which class has which status."""

from http import HTTPStatus
from typing import Any

from msgspec import Struct

from event_management import errors

STATUS: dict[type[errors.EventManagementError], HTTPStatus] = {
    errors.MalformedRequestError: HTTPStatus.BAD_REQUEST,
    errors.InvalidParameterError: HTTPStatus.BAD_REQUEST,
    errors.InvalidPageTokenError: HTTPStatus.BAD_REQUEST,
    errors.NotAuthenticatedError: HTTPStatus.UNAUTHORIZED,
    errors.ManageCodeMissingError: HTTPStatus.UNAUTHORIZED,
    errors.InvalidManageCodeError: HTTPStatus.UNAUTHORIZED,
    errors.EventNotFoundError: HTTPStatus.NOT_FOUND,
    errors.AlreadyRegisteredError: HTTPStatus.CONFLICT,
    errors.AttendeeNotFoundError: HTTPStatus.NOT_FOUND,
    errors.NotWaitingError: HTTPStatus.NOT_FOUND,
    errors.AlreadyWaitingError: HTTPStatus.CONFLICT,
    errors.StillWaitingError: HTTPStatus.CONFLICT,
    errors.SeatsFullError: HTTPStatus.CONFLICT,
    errors.SeatsLeftError: HTTPStatus.CONFLICT,
    errors.WaitlistOffError: HTTPStatus.CONFLICT,
    errors.RegistrationClosedError: HTTPStatus.CONFLICT,
    errors.RegistrationNotOpenError: HTTPStatus.CONFLICT,
    errors.RegistrationCancelledError: HTTPStatus.CONFLICT,
    errors.EventCancelledError: HTTPStatus.CONFLICT,
    errors.EventNotPublishedError: HTTPStatus.CONFLICT,
    errors.EventSweptError: HTTPStatus.CONFLICT,
    errors.EventDeletedError: HTTPStatus.CONFLICT,
    errors.CapacityTooSmallError: HTTPStatus.CONFLICT,
    errors.RoleMissingError: HTTPStatus.FORBIDDEN,
    errors.AdminsOnlyError: HTTPStatus.FORBIDDEN,
    errors.CheckedInError: HTTPStatus.CONFLICT,
    errors.AlreadyCheckedInError: HTTPStatus.CONFLICT,
    errors.NotCheckedInError: HTTPStatus.CONFLICT,
    errors.CheckInUndoneError: HTTPStatus.CONFLICT,
    errors.TicketOfAnotherEventError: HTTPStatus.CONFLICT,
    errors.TicketCancelledError: HTTPStatus.CONFLICT,
    errors.RegistrationGoneError: HTTPStatus.GONE,
    errors.PreconditionFailedError: HTTPStatus.PRECONDITION_FAILED,
    errors.RequestTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UnsupportedMediaTypeError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.InvalidPayloadError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidFileError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidTicketError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.IdempotencyKeyReusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.PreconditionRequiredError: HTTPStatus.PRECONDITION_REQUIRED,
    errors.TooManyRequestsError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.TryAgainError: HTTPStatus.SERVICE_UNAVAILABLE,
}
RETRY_AFTER = 1
"""Seconds after which a 503 is worth another try."""


class ProblemFault(Struct, frozen=True):
    """One fault of a payload."""

    pointer: str
    """JSON Pointer of the member; empty for the whole body."""
    detail: str


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Problem details, with the original application's `message`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    trace_id: str
    message: str
    errors: list[ProblemFault] | None = None
    # What the detail says, for machines.
    seats_left: int | None = None
    taken: int | None = None
    checked_in_at: str | None = None
    registration_opens_utc: str | None = None


def describe(error: errors.EventManagementError, trace_id: str) -> Problem:
    """Return the problem that tells the caller of this error."""
    faults = error.faults if isinstance(error, errors.InvalidPayloadError) else None
    return _problem(
        STATUS[type(error)],
        code=error.code,
        detail=error.detail,
        message=error.message,
        trace_id=trace_id,
        errors=[ProblemFault(*fault) for fault in faults] if faults else None,
        **error.members,
    )


def describe_defect(trace_id: str) -> Problem:
    """Return the problem for what nobody foresaw; it gives nothing away."""
    return _problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        code="internal_error",
        detail="Something unforeseen happened. The request may have been carried out: send it again, with the same Idempotency-Key if it has one.",
        message="Something went wrong! Please come back later",
        trace_id=trace_id,
    )


def _problem(status: HTTPStatus, *, code: str, detail: str, message: str, trace_id: str, **members: Any) -> Problem:
    # Python's phrase of 413 and 422 changed with 3.13; answers must not.
    title = {413: "Content Too Large", 422: "Unprocessable Content"}.get(status, status.phrase)
    return Problem(
        type=f"urn:event-management:problem:{code}",
        title=title,
        status=status,
        detail=detail,
        code=code,
        trace_id=trace_id,
        message=message,
        **members,
    )
