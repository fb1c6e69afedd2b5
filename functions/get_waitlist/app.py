"""GET /events/{event_id}/waitlist: one's own position; under /organiser, who waits, longest waiting first."""

from event_management.http.access import read_caller, read_manage_code
from event_management.http.endpoint import Answer, endpoint
from event_management.http.pages import PageRequest
from event_management.http.request import Request
from event_management.models import Access
from event_management.store import events, waitlist
from event_management.store.secrets import read_signing_keys
from event_management.views import AttendeeList, AttendeeView, Waitlisted


@endpoint("get_waitlist")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 with the position of the holder of `Manage-Code`; without one, with a page of the organiser's list."""
    event_id = request.path["event_id"]
    if code := read_manage_code(request, read_signing_keys):
        waiting = waitlist.find_place(event_id, code.attendee_id, Access(serial=code.serial))
        position = waitlist.find_position(waiting)
        return Answer(Waitlisted.of("Waitlist :", waiting.attendee, position, read_signing_keys()))
    event = events.find_for(event_id, read_caller(request), "helper")
    wanted = PageRequest(request, ("waitlist", event.id), read_signing_keys, default_limit=10)
    page = wanted.cut(waitlist.list_by_place(event, wanted.after, wanted.wanted))
    sections = [AttendeeView.of(attendee) for attendee in page.items]
    return Answer(AttendeeList(message="Waitlist :", sections=sections, next_token=page.next_token), page.headers)
