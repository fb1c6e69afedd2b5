"""The stack as it is deployed: organisers' calls take a token (test_tokens.py), the public's do not."""

import base64
import json

import pytest

from event_management import keys
from tests.contract.conformance import check_http
from tests.gateway import attendee_payload, event_payload
from tests.integration.engine import Table


def call(stack, method, path, payload=None, **headers):
    answer = stack.http(
        method, path, payload and {"payload": payload}, {name.replace("_", "-"): text for name, text in headers.items()}
    )
    check_http(method, path, answer.status, dict(answer.headers.items()), answer.body.decode())
    return answer


@pytest.fixture(scope="module")
def token(guarded_stack):
    return guarded_stack.token()


@pytest.fixture
def event_id(guarded_stack, token):
    reply = call(guarded_stack, "POST", "/events/", event_payload(), Authorization=f"Bearer {token}")
    assert 201 == reply.status
    return reply.json()["event"]


def test_a_signed_in_organiser_makes_events_and_reads_their_attendees(guarded_stack, token, event_id):
    assert 201 == call(guarded_stack, "POST", f"/events/{event_id}/register", attendee_payload()).status
    reply = call(guarded_stack, "GET", f"/events/{event_id}/attendee", Authorization=f"Bearer {token}")
    assert (200, ["Person 0"]) == (reply.status, [each["name"] for each in reply.json()["sections"]])


def test_the_events_owner_is_the_tokens_subject(guarded_stack, token, event_id):
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    event = Table(guarded_stack.endpoint_url, guarded_stack.table_name).item(keys.event_key(event_id))
    assert claims["sub"] == event["owner"]


def test_the_public_needs_no_token(guarded_stack, event_id):
    assert 200 == call(guarded_stack, "GET", "/events/").status
    assert "cognito" == call(guarded_stack, "GET", "/health").json()["auth"]
    assert 200 == call(guarded_stack, "GET", f"/events/{event_id}").status
    assert 201 == call(guarded_stack, "POST", f"/events/{event_id}/register/", attendee_payload(1)).status


@pytest.mark.parametrize("path", ["/events", "/events/x", "/events/x/register", "/events/x/attendee"])
def test_pre_flights_need_no_token(guarded_stack, path):
    for called in (path, path + "/"):
        reply = call(guarded_stack, "OPTIONS", called, Origin="https://shop.example")
        assert (204, "*") == (reply.status, reply.headers["Access-Control-Allow-Origin"])
