"""POST /events/{event_id}/check-in: let the holder of a ticket in; for the event's organiser."""

from event_management.codes import read_ticket
from event_management.http.endpoint import Answer, endpoint
from event_management.http.request import Request
from event_management.models import ShownTicket
from event_management.store import check_ins
from event_management.store.secrets import read_signing_keys
from event_management.views import AttendeeView, CheckedIn


@endpoint("check_in")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 with who it is; 409 with the time of the first use when the ticket was used."""
    caller = request.caller
    ticket = read_ticket(request.payload(ShownTicket).ticket, read_signing_keys())
    attendee, replayed = check_ins.check_in(request.path["event_id"], ticket, caller, request.idempotency())
    return Answer.repeatable(CheckedIn(attendee=AttendeeView.of(attendee)), replayed=replayed)
