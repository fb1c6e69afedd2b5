"""POST /events/{event_id}/waitlist: wait for seats of an event that is full."""

from http import HTTPStatus

from event_management.http.endpoint import Answer, endpoint
from event_management.http.request import Request
from event_management.models import NewAttendee
from event_management.store import waitlist
from event_management.store.secrets import read_signing_keys
from event_management.views import Waitlisted


@endpoint("join_waitlist", status=HTTPStatus.CREATED)
def lambda_handler(request: Request) -> Answer:
    """Answer 201 with the person's position and manage code."""
    event_id, new, idempotency = request.path["event_id"], request.payload(NewAttendee), request.idempotency()
    if limits := request.limits:
        from event_management.store.limits import count_attempt  # noqa: PLC0415 - few deployments have limits

        quotas = count_attempt(limits, event_id, new.email.normalised, request.source_ip)
    else:
        quotas = []
    waiting = waitlist.join(event_id, new, request.country, idempotency)
    position = waitlist.find_position(waiting)
    shown = Waitlisted.of("Added to the waitlist", waiting.attendee, position, read_signing_keys())
    return Answer.repeatable(shown, replayed=waiting.replayed, quotas=quotas)
