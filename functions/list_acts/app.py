"""GET /events/{event_id}/audit: what was done to an event, by whom; for its owner, also once it is deleted."""

from event_management.http.endpoint import Answer, endpoint
from event_management.http.pages import PageRequest
from event_management.http.request import Request
from event_management.store import authority, members
from event_management.store.secrets import read_signing_keys
from event_management.views import ActList, ActView


@endpoint("list_acts")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 with a page of acts, oldest first."""
    event_id = request.path["event_id"]
    authority.read_event(event_id, request.caller, "owner", deleted=True)
    wanted = PageRequest(request, ("audit", event_id), read_signing_keys, default_limit=50)
    page = wanted.cut(members.list_acts(event_id, wanted.after, wanted.wanted))
    return Answer(
        ActList(message="Audit :", sections=[ActView.of(act) for act in page.items], next_token=page.next_token),
        page.headers,
    )
