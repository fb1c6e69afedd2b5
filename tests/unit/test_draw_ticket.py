"""The ticket drawn: for the holder of the manage code, the organiser, and who has the ticket itself."""

from xml.etree.ElementTree import fromstring

import pytest

from event_management.config import load_config
from tests.gateway import Api, attendee_payload, event_payload, invoke, proxy_event


@pytest.fixture
def person(api, event_id):
    return api.register(event_id, attendee_payload(1)).json


@pytest.fixture
def stranger(environment):
    """Calls without a token of a guarded stack."""
    environment.setenv("AUTH_MODE", "cognito")
    load_config.cache_clear()
    return Api()


def draw(api, event_id, attendee_id, ticket):
    url = f"/events/{event_id}/attendee/{attendee_id}/ticket.svg?ticket={ticket}"
    return api.call("draw_ticket", "GET", url, None, event_id, attendee_id)


def test_a_manage_code_or_the_ticket_itself_draws_the_same_image(api, event_id, person, stranger):
    by_code = stranger.draw_ticket(event_id, person["id"], person["manage"])
    by_ticket = draw(stranger, event_id, person["id"], person["ticket"])

    assert (200, "image/svg+xml") == (by_code.status, by_code.headers["Content-Type"])
    assert (200, by_code.text) == (by_ticket.status, by_ticket.text)


def test_the_image_needs_nothing_that_its_content_security_policy_forbids(api, event_id, person):
    reply = draw(api, event_id, person["id"], person["ticket"])
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    drawing = fromstring(reply.text)
    assert {"svg", "title", "path"} == {element.tag.rpartition("}")[2] for element in drawing.iter()}
    used = {name for element in drawing.iter() for name in element.attrib}
    assert used <= {"viewBox", "transform", "fill", "stroke", "d", "width", "height"}


def test_who_sends_nothing_or_a_forged_ticket_sees_none(event_id, person, stranger):
    nothing = stranger.draw_ticket(event_id, person["id"])
    assert (401, "unauthorized") == (nothing.status, nothing.json["code"])
    assert "Manage-Code" in nothing.json["detail"]
    forged = person["ticket"][:-1] + ("A" if person["ticket"][-1] != "A" else "I")
    for text in ("", "x", forged, person["manage"]):
        reply = draw(stranger, event_id, person["id"], text)
        assert (422, "invalid_ticket") == (reply.status, reply.json["code"]), text


def test_a_ticket_draws_no_other_registration(api, event_id, person, stranger):
    other = api.register(event_id, attendee_payload(2)).json
    reply = draw(stranger, event_id, other["id"], person["ticket"])
    assert (422, "invalid_ticket") == (reply.status, reply.json["code"])


def test_a_ticket_draws_nothing_at_another_event(event_id, person, stranger):
    other_id = Api(claims={"sub": "anonymous"}).create_event(event_payload()).json["event"]
    reply = draw(stranger, other_id, person["id"], person["ticket"])
    assert (409, "ticket_of_another_event") == (reply.status, reply.json["code"])


def test_a_ticket_that_was_replaced_is_not_drawn(api, event_id, person):
    api.renew_codes(event_id, person["id"])
    reply = draw(api, event_id, person["id"], person["ticket"])
    assert (409, "ticket_cancelled") == (reply.status, reply.json["code"])
    by_code = api.draw_ticket(event_id, person["id"], person["manage"])
    assert (401, "Manage-Code") == (by_code.status, by_code.headers["WWW-Authenticate"])


@pytest.mark.parametrize(
    "void",
    [
        lambda api, event_id, person: api.cancel_attendee(event_id, person["id"], person["manage"]),
        lambda api, event_id, person: api.transfer_attendee(
            event_id, person["id"], attendee_payload(2), person["manage"]
        ),
    ],
    ids=["cancelled", "handed over"],
)
def test_a_ticket_of_a_former_registration_is_as_dead_as_one_that_was_replaced(api, event_id, person, void):
    assert 200 == void(api, event_id, person).status
    reply = draw(api, event_id, person["id"], person["ticket"])
    assert (409, "ticket_cancelled") == (reply.status, reply.json["code"])
    by_code = api.draw_ticket(event_id, person["id"], person["manage"])
    assert (410, "registration_gone") == (by_code.status, by_code.json["code"])


def test_a_ticket_that_comes_twice_is_refused(event_id, person, stranger):
    url = f"/events/{event_id}/attendee/{person['id']}/ticket.svg?ticket={person['ticket']}"
    event = proxy_event("GET", url, path_parameters={"event_id": event_id, "attendee_id": person["id"]})
    event["multiValueQueryStringParameters"]["ticket"] *= 2
    assert 400 == invoke("draw_ticket", event).status
