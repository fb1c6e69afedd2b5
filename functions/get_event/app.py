"""GET /events/{event_id}: one event."""

from event_management.http.endpoint import endpoint
from event_management.http.request import Request
from event_management.models import EventShown, EventView
from event_management.store import events


@endpoint("get_event")
def lambda_handler(request: Request) -> EventShown:
    """Answer 200 with the event, its times in the viewer's zone."""
    zone = request.viewer_zone
    return EventShown(event=EventView.of(events.find(request.path["event_id"]), zone))
