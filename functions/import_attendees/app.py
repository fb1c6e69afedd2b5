"""POST /events/{event_id}/attendee/import: register the people of a CSV file; for the event's organiser."""

from event_management.http.endpoint import endpoint
from event_management.http.request import MAX_FILE, Request
from event_management.spreadsheets import read_people
from event_management.store import events
from event_management.store.imports import import_people, rehearse_import
from event_management.views import ImportReport


@endpoint("import_attendees")
def lambda_handler(request: Request) -> ImportReport:
    """Answer 200 with what became of each row; with `dry_run`, what would."""
    event, authority = events.find_with_authority(request.path["event_id"], request.caller, "organiser")
    request.know_parameters("dry_run")
    is_dry_run, key = request.flag("dry_run"), request.idempotency_key
    rows = read_people(request.text(MAX_FILE))
    if is_dry_run:
        return ImportReport.of("Dry run finished", rehearse_import(event, rows, request.zone_default, key))
    outcomes = import_people(event, authority, rows, request.zone_default, request.country, key)
    return ImportReport.of("Import finished", outcomes)
