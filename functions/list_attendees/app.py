"""GET /events/{event_id}/attendee: who has registered, in order of registration; for the event's organiser."""

from event_management.http.endpoint import Answer, endpoint
from event_management.http.pages import PageRequest
from event_management.http.request import Request
from event_management.store import attendees, events
from event_management.store.secrets import read_signing_keys
from event_management.views import AttendeeList, AttendeeView


@endpoint("list_attendees")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 with a page of attendees."""
    event = events.find_for(request.path["event_id"], request.caller, "helper")
    wanted = PageRequest(request, ("attendees", event.id), read_signing_keys, default_limit=10, numbered=True)
    page = wanted.cut(attendees.list_by_registration(event, wanted.after, wanted.wanted))
    sections = [AttendeeView.of(attendee) for attendee in page.items]
    return Answer(AttendeeList(message="Attendees :", sections=sections, next_token=page.next_token), page.headers)
