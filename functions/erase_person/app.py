"""DELETE /privacy: a person goes, out of all events; for admins."""

from http import HTTPStatus

from event_management.http.endpoint import Answer, endpoint
from event_management.http.pages import PageRequest
from event_management.http.privacy import read_admin, read_person
from event_management.http.request import Request
from event_management.store import events, privacy
from event_management.store.secrets import read_signing_keys
from event_management.views import PersonErased


@endpoint("erase_person")
def lambda_handler(request: Request) -> Answer:
    """Answer 200 when the walk through all events is at its end; 202 when the same call has to come again to go on."""
    admin, person = read_admin(request), read_person(request)
    scope = ("erase_person", person.normalised)
    wanted = PageRequest(request, scope, read_signing_keys, default_limit=500, max_limit=1000)
    met = events.walk(wanted.after, wanted.wanted)
    erasure = privacy.erase([event for _, event in met[: wanted.limit]], person, admin)
    page = wanted.cut(met, erasure.events)
    return Answer(
        PersonErased.of(erasure.cancelled, erasure.blanked, page.next_token),
        page.headers,
        status=HTTPStatus.ACCEPTED if page.next_token else None,
    )
