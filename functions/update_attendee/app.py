"""PATCH /events/{event_id}/attendee/{attendee_id}: another name or address; for its holder, and the event's organiser."""

from event_management.http.access import read_access
from event_management.http.endpoint import Answer, endpoint
from event_management.http.request import Request
from event_management.models import AttendeePatch
from event_management.store import attendees
from event_management.store.secrets import read_signing_keys
from event_management.views import CodesMessage, CodesShown


@endpoint("update_attendee")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 with the registration and its codes; another person's address hands it over, and makes them new."""
    access = read_access(request, read_signing_keys)
    patch = request.patch(AttendeePatch)
    (attendee, replayed), is_new = attendees.change(
        request.path["event_id"], request.path["attendee_id"], access, patch, request.country, request.idempotency()
    )
    message: CodesMessage = "Registration handed over" if is_new else "Attendee Updated"
    return Answer.repeatable(CodesShown.of(message, attendee, read_signing_keys()), replayed=replayed)
