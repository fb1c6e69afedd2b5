"""GET /events/{event_id}: one event, with how its seats stand; also /organiser/events/{event_id}, drafts included."""

from http import HTTPStatus

from event_management.http.conditional import entity_tag, is_unchanged
from event_management.http.endpoint import Answer, endpoint
from event_management.http.request import Request
from event_management.store import events
from event_management.views import EventDetail, EventShown


@endpoint("get_event")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 with the event, its times in the viewer's zone; 304 where nothing changed since `If-None-Match`."""
    caller = request.caller if request.is_organiser_call else None
    event, counts = events.find(request.path["event_id"], caller)
    shown = EventDetail.with_counts(event, counts, request.viewer_zone)
    tag = entity_tag(event.revision, shown)
    kept = "private, no-cache" if request.is_under_organiser else "no-cache"
    return Answer(
        EventShown(event=shown),
        {"ETag": tag, "Cache-Control": kept, "Vary": "ISOCountry"},
        status=HTTPStatus.NOT_MODIFIED if is_unchanged(request, tag) else None,
    )
