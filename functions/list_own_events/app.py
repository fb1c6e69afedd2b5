"""GET /organiser/events: one's own events in every status, by start."""

from event_management.http.endpoint import Answer, endpoint
from event_management.http.pages import PageRequest
from event_management.http.request import Request
from event_management.store import events
from event_management.store.secrets import read_signing_keys
from event_management.views import EventList, EventView


@endpoint("list_own_events")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 with a page of events, their times in the viewer's zone."""
    zone, owner = request.viewer_zone, request.organiser
    wanted = PageRequest(request, ("own_events", owner), read_signing_keys, default_limit=50, keep=("timezone",))
    page = wanted.cut(events.list_owned(owner, wanted.after, wanted.wanted))
    sections = [EventView.of(event, zone) for event in page.items]
    return Answer(EventList(message="Events :", sections=sections, next_token=page.next_token), page.headers)
