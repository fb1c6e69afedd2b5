"""GET /events/{event_id}/members: with whom an event is shared; for its organisers."""

from event_management.http.endpoint import Answer, endpoint
from event_management.http.pages import PageRequest
from event_management.http.request import Request
from event_management.store import events, members
from event_management.store.secrets import read_signing_keys
from event_management.views import MemberList, MemberView


@endpoint("list_members")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 with a page of members, by `sub`."""
    event = events.find_for(request.path["event_id"], request.caller, "organiser")
    wanted = PageRequest(request, ("members", event.id), read_signing_keys, default_limit=50)
    page = wanted.cut(members.list_by_subject(event.id, wanted.after, wanted.wanted))
    sections = [MemberView.of(member) for member in page.items]
    return Answer(MemberList(message="Members :", sections=sections, next_token=page.next_token), page.headers)
