"""DELETE /events/{event_id}/waitlist: give one's place on the waitlist up."""

from event_management.errors import ManageCodeMissingError
from event_management.http.access import read_manage_code
from event_management.http.endpoint import endpoint
from event_management.http.request import Request
from event_management.models import Access
from event_management.store import waitlist
from event_management.store.secrets import read_signing_keys
from event_management.views import RegistrationCancelled


@endpoint("leave_waitlist")
def lambda_handler(request: Request) -> RegistrationCancelled:
    """Answer 200: the place of the holder of `Manage-Code` is free. Again 200 when sent again."""
    code = read_manage_code(request, read_signing_keys)
    if code is None:
        raise ManageCodeMissingError("Send the Manage-Code that joining the waitlist answered with.")
    waitlist.leave(request.path["event_id"], code.attendee_id, Access(serial=code.serial))
    return RegistrationCancelled(message="Left the waitlist")
