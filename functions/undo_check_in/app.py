"""DELETE /events/{event_id}/check-in/{attendee_id}: take a check-in back; for the event's organiser."""

from event_management.http.endpoint import endpoint
from event_management.http.request import Request
from event_management.store.check_ins import undo_check_in
from event_management.views import AttendeeView, CheckedIn


@endpoint("undo_check_in")
def lambda_handler(request: Request) -> CheckedIn:
    """Answer 200 with whose ticket is good again."""
    attendee = undo_check_in(request.path["event_id"], request.path["attendee_id"], request.caller)
    return CheckedIn(message="Check-in undone", attendee=AttendeeView.of(attendee))
