"""POST /events/{event_id}/attendee/{attendee_id}/transfer: hand a registration over to another person."""

from event_management.http.access import read_access
from event_management.http.endpoint import Answer, endpoint
from event_management.http.request import Request
from event_management.models import NewHolder
from event_management.store import attendees
from event_management.store.secrets import read_signing_keys
from event_management.views import CodesShown


@endpoint("transfer_attendee")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 with the new holder's registration and codes; the codes before are void."""
    access = read_access(request, read_signing_keys)
    attendee, replayed = attendees.hand_over(
        request.path["event_id"],
        request.path["attendee_id"],
        access,
        request.payload(NewHolder),
        request.country,
        request.idempotency(),
    )
    shown = CodesShown.of("Registration handed over", attendee, read_signing_keys())
    return Answer.repeatable(shown, replayed=replayed)
