"""POST /events: make an event; it belongs to the caller."""

from http import HTTPStatus

from event_management.http.endpoint import Answer, endpoint
from event_management.http.request import Request
from event_management.models import NewEvent
from event_management.observability import note
from event_management.store import events
from event_management.views import EventCreated


@endpoint("create_event", status=HTTPStatus.CREATED)
def lambda_handler(request: Request) -> Answer:
    """Answer 201 with the event's id, and its address in `Location`."""
    caller = request.caller
    event, replayed = events.create(request.payload(NewEvent), caller, request.idempotency())
    note(event_id=event.id)
    return Answer.repeatable(EventCreated(event=event.id), replayed=replayed, location=request.link("events", event.id))
