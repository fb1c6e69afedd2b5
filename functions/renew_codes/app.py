"""POST /events/{event_id}/attendee/{attendee_id}/codes: new codes for lost ones; for the event's organiser."""

from http import HTTPStatus

from event_management.http.endpoint import endpoint
from event_management.http.request import Request
from event_management.models import Access
from event_management.store import attendees
from event_management.store.secrets import read_signing_keys
from event_management.views import CodesShown


@endpoint("renew_codes", status=HTTPStatus.CREATED)
def lambda_handler(request: Request) -> CodesShown:
    """Answer 201 with the registration and its codes; the codes before are void."""
    access = Access(caller=request.caller)
    attendee = attendees.renew_codes(request.path["event_id"], request.path["attendee_id"], access)
    return CodesShown.of("Codes renewed", attendee, read_signing_keys())
