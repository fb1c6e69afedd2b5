"""POST /events/{event_id}/register: take a seat for one person."""

from http import HTTPStatus

from event_management.http.endpoint import Answer, endpoint
from event_management.http.request import Request
from event_management.models import NewAttendee, Registered
from event_management.store import attendees


@endpoint("register_attendee", status=HTTPStatus.CREATED)
def lambda_handler(request: Request) -> Answer:
    """Answer 201 with the attendee's id."""
    attendee, replayed = attendees.register(
        request.path["event_id"], request.payload(NewAttendee), request.country, request.idempotency()
    )
    return Answer.created(Registered(id=attendee.id, event_id=attendee.event_id), replayed=replayed)
