"""DELETE /events/{event_id}/members/{member}: share an event no longer; for its owner, and for who leaves."""

from http import HTTPStatus

from event_management.http.endpoint import Answer, endpoint
from event_management.http.request import Request
from event_management.roles import check_subject
from event_management.store import members


@endpoint("remove_member", status=HTTPStatus.NO_CONTENT)
def lambda_handler(request: Request) -> Answer:
    """Answer 204: whoever it was has no role in the event any more. Again 204 when sent again."""
    caller = request.caller
    members.dismiss(request.path["event_id"], check_subject(request.path["member"]), caller)
    return Answer(None)
