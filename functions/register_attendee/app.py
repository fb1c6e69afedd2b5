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
    event_id, new, idempotency = request.path["event_id"], request.payload(NewAttendee), request.idempotency()
    if limits := request.limits:
        from event_management.store.limits import count_attempt  # noqa: PLC0415 - few deployments have limits

        quotas = count_attempt(limits, event_id, new.email.normalised, request.source_ip)
    else:
        quotas = []
    attendee, replayed = register(event_id, new, request.country, idempotency)
    return Answer.repeatable(Registered.of(attendee, read_signing_keys()), replayed=replayed, quotas=quotas)
