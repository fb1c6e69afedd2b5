"""PUT /events/{event_id}/members/{member}: share an event with somebody; for its owner."""

from event_management.http.endpoint import endpoint
from event_management.http.request import Request
from event_management.models import ChosenRole
from event_management.roles import check_subject
from event_management.store import members
from event_management.views import MemberChosen, MemberView


@endpoint("put_member")
def lambda_handler(request: Request) -> MemberChosen:
    """Answer 200 with who has which role now."""
    caller, subject = request.caller, check_subject(request.path["member"])
    role = request.payload(ChosenRole).role
    return MemberChosen(member=MemberView.of(members.choose(request.path["event_id"], subject, role, caller)))
