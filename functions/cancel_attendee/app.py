"""DELETE /events/{event_id}/attendee/{attendee_id}: give a registration up; for its holder, and the event's organiser."""

from event_management.http.access import read_access
from event_management.http.endpoint import endpoint
from event_management.http.request import Request
from event_management.store import attendees
from event_management.store.secrets import read_signing_keys
from event_management.views import RegistrationCancelled


@endpoint("cancel_attendee")
def lambda_handler(request: Request) -> RegistrationCancelled:
    """Answer 200: the seats are free, or who waits longest has them. Again 200 when sent again."""
    access = read_access(request, read_signing_keys)
    attendees.cancel(request.path["event_id"], request.path["attendee_id"], access)
    return RegistrationCancelled()
