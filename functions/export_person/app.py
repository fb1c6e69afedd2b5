"""GET /privacy/export: what is stored of a person, in all events; for admins."""

from event_management.http.endpoint import Answer, endpoint
from event_management.http.pages import PageRequest
from event_management.http.privacy import read_admin, read_person
from event_management.http.request import Request
from event_management.store import events, privacy
from event_management.store.secrets import read_signing_keys
from event_management.views import PersonalRecordView, PersonExported


@endpoint("export_person")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 with what was found in the events of this step."""
    read_admin(request)
    person = read_person(request)
    scope = ("export_person", person.normalised)
    wanted = PageRequest(request, scope, read_signing_keys, default_limit=500, max_limit=1000)
    page = wanted.cut(events.walk(wanted.after, wanted.wanted))
    sections = [PersonalRecordView.of(record) for record in privacy.find(page.items, person)]
    return Answer(PersonExported(message="Person :", sections=sections, next_token=page.next_token), page.headers)
