"""GET /events/{event_id}/attendee/{attendee_id}/ticket.svg: the ticket as a QR code; for its holder, and the organiser."""

from event_management import errors
from event_management.codes import Code, sign_ticket
from event_management.http.access import read_ticket_access
from event_management.http.endpoint import Answer, Text, endpoint
from event_management.http.request import Request
from event_management.qr import draw_ticket
from event_management.store import attendees
from event_management.store.secrets import read_signing_keys


@endpoint("draw_ticket")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 with an SVG image."""
    access = read_ticket_access(request, read_signing_keys)
    try:
        attendee = attendees.find_holder(request.path["event_id"], request.path["attendee_id"], access)
    except (errors.InvalidManageCodeError, errors.RegistrationGoneError):
        if request.parameter("ticket") is None:
            raise
        raise errors.TicketCancelledError from None
    if attendee.state == "waiting":
        raise errors.StillWaitingError
    ticket = sign_ticket(Code(attendee.event_id, attendee.id, attendee.serial), read_signing_keys())
    return Answer(Text(draw_ticket(ticket), "image/svg+xml"))
