"""DELETE /events/{event_id}: an event and all that belongs to it go; for its organiser."""

from http import HTTPStatus

from event_management.http.endpoint import Answer, endpoint
from event_management.http.request import Request
from event_management.store import changes, removal
from event_management.views import EventDeleted


@endpoint("delete_event", status=HTTPStatus.NO_CONTENT)
def lambda_handler(request: Request) -> Answer:
    """Answer 204 when all is gone; 202 when the event is, and the same call has to come again for what belongs to it."""
    left = changes.hide(request.path["event_id"], request.caller)
    if left is None or removal.remove(left):
        return Answer(None)
    return Answer(EventDeleted(), {"Retry-After": "1"}, status=HTTPStatus.ACCEPTED)
