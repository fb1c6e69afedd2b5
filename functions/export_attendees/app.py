"""GET /events/{event_id}/attendee.csv: who has registered, as a spreadsheet reads it; for the event's organiser."""

from event_management.http.endpoint import Answer, endpoint
from event_management.http.files import csv_page
from event_management.http.pages import PageRequest
from event_management.http.request import Request
from event_management.spreadsheets import ATTENDEE_COLUMNS
from event_management.store import attendees, events
from event_management.store.secrets import read_signing_keys
from event_management.views import AttendeeView


@endpoint("export_attendees")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 with a page of attendees, in order of registration."""
    event = events.find_for(request.path["event_id"], request.caller, "organiser")
    wanted = PageRequest(request, ("export", event.id), read_signing_keys, default_limit=1000, max_limit=5000)
    read = attendees.list_by_registration(event, wanted.after, wanted.wanted)
    rows = [(position, AttendeeView.of(attendee).cells(ATTENDEE_COLUMNS)) for position, attendee in read]
    return csv_page(wanted, ATTENDEE_COLUMNS, rows, f"attendees-{event.id}.csv")
