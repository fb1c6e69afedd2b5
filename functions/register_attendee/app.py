"""POST /events/{event_id}/register: take seats for one person and their party."""

from http import HTTPStatus

from event_management.http.endpoint import Answer, endpoint
from event_management.http.request import Request
from event_management.models import NewAttendee
from event_management.store.registrations import register
from event_management.store.secrets import read_signing_keys
from event_management.views import Registered


@endpoint("register_attendee", status=HTTPStatus.CREATED)
def lambda_handler(request: Request) -> Answer:
    """Answer 201 with the attendee's id and codes."""
    attendee, replayed = register(
        request.path["event_id"], request.payload(NewAttendee), request.country, request.idempotency()
    )
    return Answer.repeatable(Registered.of(attendee, read_signing_keys()), replayed=replayed)
