"""PATCH /events/{event_id}: change an event; for its organiser."""

from event_management.http.conditional import entity_tag, read_patch
from event_management.http.endpoint import Answer, endpoint
from event_management.http.request import Request
from event_management.models import EventPatch
from event_management.store import changes, events
from event_management.views import EventDetail, EventUpdated


@endpoint("update_event")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 with the event as it is now, after the last of its seat blocks has changed."""
    event_id, caller = request.path["event_id"], request.caller
    versions, patch = read_patch(request, EventPatch, events.find_for(event_id, caller, "organiser").revision)
    patch = patch._replace(viewer_zone=request.viewer_zone)
    changes.update(event_id, changes.ChangeRequest(caller, versions, patch.content), patch.apply)
    event, counts = events.find(event_id, caller)
    shown = EventDetail.with_counts(event, counts, request.viewer_zone)
    return Answer(EventUpdated(event=shown), {"ETag": entity_tag(event.revision, shown)})
