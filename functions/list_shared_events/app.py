"""GET /organiser/shared-events: the events that others share with the caller."""

from event_management.http.endpoint import Answer, endpoint
from event_management.http.pages import PageRequest
from event_management.http.request import Request
from event_management.store import members
from event_management.store.secrets import read_signing_keys
from event_management.views import EventView, SharedEvent, SharedEventList


@endpoint("list_shared_events")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 with a page of events and the caller's role in each, shared longest first."""
    zone, subject = request.viewer_zone, request.caller.subject
    scope = ("shared_events", subject)
    wanted = PageRequest(request, scope, read_signing_keys, default_limit=50, keep=("timezone",))
    page = wanted.cut(members.list_shared(subject, wanted.after, wanted.wanted))
    sections = [SharedEvent(role=one.role, event=EventView.of(one.event, zone)) for one in page.items if one]
    return Answer(
        SharedEventList(message="Shared events :", sections=sections, next_token=page.next_token), page.headers
    )
