"""Whatever a caller sends to the endpoints about people: the exact refusal, every fault at once, and nothing changed."""

import base64
import json
from types import SimpleNamespace

import pytest

from event_management.config import load_config
from event_management.store import secrets
from tests.gateway import Api, attendee_payload, event_payload, invoke, proxy_event
from tests.tables import make_table
from tests.unit.test_bad_input import BAD_TEXTS, BODIES, MALFORMED, TOO_LARGE, WRONG_TYPES, invalid, refusal

LEFT_ALONE = "people-left-alone"
NEW = attendee_payload(9)
ROUTES = {
    "register_attendee": ("POST", "/events/{event_id}/register", NEW),
    "join_waitlist": ("POST", "/events/{event_id}/waitlist", NEW),
    "transfer_attendee": ("POST", "/events/{event_id}/attendee/{attendee_id}/transfer", NEW),
    "update_attendee": ("PATCH", "/events/{event_id}/attendee/{attendee_id}", NEW),
    "check_in": ("POST", "/events/{event_id}/check-in", {"ticket": "A" * 69}),
}
"""Method, path and a good payload of every endpoint about people that takes one."""
MEMBERS = [(function, member) for function, (_, _, payload) in ROUTES.items() for member in payload]
REQUIRED = [(function, member) for function, member in MEMBERS if function != "update_attendee"]
PARTIES = ["register_attendee", "join_waitlist"]


@pytest.fixture(scope="module")
def shelf(simulated_aws):
    """What the tests share, as none of them may change it."""
    return SimpleNamespace(world=None)


@pytest.fixture
def untouched(environment, shelf):
    """A full event with somebody registered and somebody waiting, whose table is the same after the test as before it."""
    environment.setenv("TABLE_NAME", LEFT_ALONE)
    load_config.cache_clear()
    secrets.forget_secrets()
    if shelf.world is None:
        shelf.engine = make_table(LEFT_ALONE)
        api = Api()
        payload = event_payload(max_capacity=2, max_party=2, waitlist=True)
        event_id = api.create_event(payload).json["event"]
        held = api.register(event_id, attendee_payload(seats=2)).json
        waiting = api.join_waitlist(event_id, attendee_payload(1)).json
        shelf.world = SimpleNamespace(event_id=event_id, held=held, waiting=waiting)
        shelf.items = stored(shelf.engine)
    yield shelf.world
    if shelf.items != (after := stored(shelf.engine)):
        shelf.engine.delete_table(TableName=LEFT_ALONE)
        shelf.world = None
    assert shelf.items == after


def stored(engine):
    items = engine.scan(TableName=LEFT_ALONE, ConsistentRead=True)["Items"]
    return sorted(json.dumps(item, sort_keys=True, default=repr) for item in items)


def post(function, body, world, **headers):
    """Send a body as the holder does, or as the organiser where they alone may."""
    method, path, _ = ROUTES[function]
    parameters = {"event_id": world.event_id}
    if "{attendee_id}" in path:
        parameters["attendee_id"] = world.held["id"]
        headers = {"Manage-Code": world.held["manage"], **headers}
    event = proxy_event(method, path.format(**parameters), None, headers, parameters)
    if isinstance(body, bytes):
        return invoke(function, event | {"body": base64.b64encode(body).decode(), "isBase64Encoded": True})
    return invoke(function, event | {"body": body})


def send(function, payload, world, **headers):
    return post(function, json.dumps({"payload": payload}), world, **headers)


def good(function, **changes):
    payload = ROUTES[function][2] | changes
    return {name: value for name, value in payload.items() if value is not ...}


@pytest.mark.parametrize("function", [function for function in ROUTES if function != "register_attendee"])
@pytest.mark.parametrize(("body", "expected"), BODIES.values(), ids=BODIES.keys())
def test_bodies_that_hold_no_payload_are_refused(untouched, function, body, expected):
    assert expected == refusal(post(function, body, untouched))


@pytest.mark.parametrize("function", ROUTES)
def test_a_body_of_more_than_64_kb_is_too_large(untouched, function):
    body = json.dumps({"payload": good(function)})
    assert TOO_LARGE == refusal(post(function, body + " " * (64 * 1024 + 1 - len(body)), untouched))


@pytest.mark.parametrize(("function", "member"), REQUIRED)
def test_a_missing_member_is_pointed_at(untouched, function, member):
    reply = send(function, good(function, **{member: ...}), untouched)
    assert invalid(f"/payload/{member}") == refusal(reply)
    assert reply.json["errors"][0]["detail"].startswith(f"{member} is missing; it must be ")


@pytest.mark.parametrize(("function", "member"), MEMBERS)
@pytest.mark.parametrize("value", [*WRONG_TYPES, 5], ids=repr)
def test_a_member_of_the_wrong_type_is_pointed_at(untouched, function, member, value):
    assert invalid(f"/payload/{member}") == refusal(send(function, good(function, **{member: value}), untouched))


@pytest.mark.parametrize(("function", "member"), [pair for pair in MEMBERS if pair[1] != "ticket"])
@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS.keys())
def test_bad_text_is_pointed_at(untouched, function, member, text):
    reply = send(function, good(function, **{member: text}), untouched)
    assert invalid(f"/payload/{member}") == refusal(reply)
    assert not text.strip() or json.dumps(text)[1:-1] not in reply.text


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS.keys())
def test_bad_text_is_no_ticket(untouched, text):
    is_text = 1 <= len(text.strip()) <= 200
    expected = (422, "invalid_ticket", []) if is_text else invalid("/payload/ticket")
    assert expected == refusal(send("check_in", {"ticket": text}, untouched))


@pytest.mark.parametrize(("length", "code"), [(200, "invalid_ticket"), (201, "invalid_payload")])
def test_the_text_of_a_qr_code_has_its_length(untouched, length, code):
    assert code == send("check_in", {"ticket": "A" * length}, untouched).json["code"]


@pytest.mark.parametrize("function", ROUTES)
@pytest.mark.parametrize("name", ["colour", "id", "serial", "state", "checked_in_at", "owner", "event_id", "manage"])
def test_unknown_members_are_pointed_at(untouched, function, name):
    assert invalid(f"/payload/{name}") == refusal(send(function, good(function) | {name: None}, untouched))


@pytest.mark.parametrize("function", PARTIES)
@pytest.mark.parametrize("seats", [0, -1, 21, 10**6, 10**30, 1.5, True, "1", "two", [1], {}, None])
def test_parties_must_be_whole_numbers_in_bounds(untouched, function, seats):
    assert invalid("/payload/seats") == refusal(send(function, good(function, seats=seats), untouched))


@pytest.mark.parametrize("function", ["transfer_attendee", "update_attendee"])
def test_the_seats_of_a_registration_are_not_for_the_payload_to_say(untouched, function):
    assert invalid("/payload/seats") == refusal(send(function, good(function, seats=1), untouched))


def test_a_patch_changes_something(untouched):
    assert invalid("/payload") == refusal(send("update_attendee", {}, untouched))


@pytest.mark.parametrize("member", ["name", "email"])
def test_a_patch_removes_nothing(untouched, member):
    reply = send("update_attendee", {member: None}, untouched)
    assert invalid(f"/payload/{member}") == refusal(reply)
    assert "cannot be removed" in reply.json["errors"][0]["detail"]


@pytest.mark.parametrize("media_type", ["text/plain", "application/json-patch+json", "application/xml", "json"])
def test_a_patch_of_another_kind_is_refused(untouched, media_type):
    reply = send("update_attendee", NEW, untouched, **{"Content-Type": media_type})
    assert (415, "unsupported_media_type", []) == refusal(reply)
    assert "application/merge-patch+json, application/json" == reply.headers["Accept-Patch"]


@pytest.mark.parametrize("function", ROUTES)
@pytest.mark.parametrize("key", ["", "é", "a" * 256, "a\x00", "a\nb"])
def test_keys_that_are_none_are_refused(untouched, function, key):
    payload = good(function)
    if function == "check_in":
        payload = {"ticket": untouched.held["ticket"]}
    reply = send(function, payload, untouched, **{"Idempotency-Key": key})
    assert (400, "invalid_parameter", []) == refusal(reply)
    assert reply.json["detail"].startswith("Idempotency-Key")


@pytest.mark.parametrize("function", ROUTES)
def test_a_country_that_nobody_knows_is_refused(untouched, function):
    reply = send(function, good(function), untouched, ISOCountry="Atlantis")
    assert (400, "invalid_parameter", []) == refusal(reply)


@pytest.mark.parametrize("query", ["?limit=0", "?limit=101", "?limit=x", "?limit=-1", "?limit=", "?limit=1.5"])
def test_pages_of_the_waitlist_have_bounds(untouched, query):
    reply = Api().get_waitlist(untouched.event_id, query=query)
    assert (400, "invalid_parameter", []) == refusal(reply)


@pytest.mark.parametrize("token", ["", "x", "AQEAAAAA", "%00"])
def test_tokens_of_the_waitlist_are_its_own(untouched, token):
    reply = Api().get_waitlist(untouched.event_id, query=f"?next_token={token}")
    assert (400, "invalid_page_token", []) == refusal(reply)
    assert MALFORMED[0] == reply.status
