"""POST /events/{event_id}/cancel: call an event off; for its organiser."""

from event_management.http.conditional import entity_tag
from event_management.http.endpoint import Answer, endpoint
from event_management.http.request import Request
from event_management.models import Cancellation
from event_management.store import changes, events
from event_management.views import EventCancelled, EventDetail


@endpoint("cancel_event")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 with the event: it takes no registrations any more."""
    event_id, caller = request.path["event_id"], request.caller
    changes.cancel(event_id, caller, request.payload(Cancellation).reason)
    event, counts = events.find(event_id, caller)
    shown = EventDetail.with_counts(event, counts, request.viewer_zone)
    return Answer(EventCancelled(event=shown), {"ETag": entity_tag(event.revision, shown)})
