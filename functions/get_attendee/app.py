"""GET /events/{event_id}/attendee/{attendee_id}: one registration; for its holder, and for the event's organiser."""

from event_management.http.access import read_access
from event_management.http.endpoint import endpoint
from event_management.http.request import Request
from event_management.store import attendees
from event_management.store.secrets import read_signing_keys
from event_management.views import AttendeeShown


@endpoint("get_attendee")
def lambda_handler(request: Request) -> AttendeeShown:
    """Answer 200 with the registration and its ticket."""
    access = read_access(request, read_signing_keys)
    attendee = attendees.find_holder(request.path["event_id"], request.path["attendee_id"], access)
    return AttendeeShown.of(attendee, read_signing_keys())
