"""GET /events: upcoming events, soonest first."""

from event_management import keys
from event_management.http.endpoint import Answer, endpoint
from event_management.http.pages import PageRequest
from event_management.http.request import Request
from event_management.store import events
from event_management.store.secrets import read_signing_keys
from event_management.views import EventList, EventView


@endpoint("list_events")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 with a page of events, their times in the viewer's zone."""
    zone = request.viewer_zone
    wanted = PageRequest(request, ("events", keys.PUBLISHED), read_signing_keys, default_limit=50, keep=("timezone",))
    page = wanted.cut(events.list_upcoming(wanted.after, wanted.wanted))
    sections = [EventView.of(event, zone) for event in page.items]
    return Answer(EventList(message="Events :", sections=sections, next_token=page.next_token), page.headers)
