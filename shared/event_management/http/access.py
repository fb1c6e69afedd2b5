"""Who may see and change a registration: the event's organiser, and who holds its manage code."""

from event_management.codes import Code, read_manage, read_ticket
from event_management.errors import (
    InvalidManageCodeError,
    InvalidTicketError,
    ManageCodeMissingError,
    TicketOfAnotherEventError,
)
from event_management.http.request import Request
from event_management.models import Access
from event_management.roles import Caller
from event_management.signing import KeySource


def read_manage_code(request: Request, keys: KeySource) -> Code | None:
    """Return the manage code that came along, which is one of this event's; None where none came.

    Raises `InvalidManageCodeError`, `InvalidParameterError`, `TryAgainError`.
    """
    if (text := request.manage_code) is None:
        return None
    code = read_manage(text, keys())
    if code.event_id != request.path["event_id"]:
        raise InvalidManageCodeError
    return code


def read_ticket_access(request: Request, keys: KeySource) -> Access:
    """Return as whom the caller asks for the ticket that the path names: who sends the ticket itself has it already.

    As `?ticket=`, for the images of a page send no headers; without it, as by `read_access`.
    Raises `InvalidTicketError`, `TicketOfAnotherEventError`, and what `read_access` does.
    """
    if (text := request.parameter("ticket")) is None:
        return read_access(request, keys)
    ticket = read_ticket(text, keys())
    if ticket.event_id != request.path["event_id"]:
        raise TicketOfAnotherEventError
    if ticket.attendee_id != request.path["attendee_id"]:
        raise InvalidTicketError
    return Access(serial=ticket.serial)


def read_access(request: Request, keys: KeySource) -> Access:
    """Return as whom the caller asks for the registration that the path names.

    Raises `ManageCodeMissingError`, and what `read_manage_code` does.
    """
    code = read_manage_code(request, keys)
    if code is not None:
        if code.attendee_id != request.path["attendee_id"]:
            raise InvalidManageCodeError
        return Access(serial=code.serial)
    return Access(caller=read_caller(request))


def read_caller(request: Request) -> Caller:
    """Return who is signed in and calls where persons may, too, and no manage code came. Raises `ManageCodeMissingError`."""
    if not request.is_organiser_call:
        raise ManageCodeMissingError(
            "Send the Manage-Code that came with the registration; organisers, call the same path under /organiser."
        )
    return request.caller
