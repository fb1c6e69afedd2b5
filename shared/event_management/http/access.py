"""Who may see and change a registration: the event's organiser, and who holds its manage code."""

from collections.abc import Callable

from event_management.codes import Code, read_manage
from event_management.errors import InvalidManageCodeError, NotAuthenticatedError
from event_management.http.request import Request
from event_management.models import Access
from event_management.signing import SigningKeys

KeySource = Callable[[], SigningKeys]


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


def read_access(request: Request, keys: KeySource) -> Access:
    """Return as whom the caller asks for the registration that the path names.

    Raises `NotAuthenticatedError`, and what `read_manage_code` does.
    """
    code = read_manage_code(request, keys)
    if code is not None:
        if code.attendee_id != request.path["attendee_id"]:
            raise InvalidManageCodeError
        return Access(serial=code.serial)
    if not request.is_organiser_call:
        raise NotAuthenticatedError(
            "Send the Manage-Code that came with the registration; organisers, call the same path under /organiser."
        )
    return Access(owner=request.organiser)
