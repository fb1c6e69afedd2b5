"""Limits on registering and on joining a waitlist, as callers meet them."""

import json
import re
import time

import pytest

from event_management.config import load_limits
from event_management.store.attributes import from_attributes
from tests.gateway import Api, attendee_payload, event_payload
from tests.unit.conftest import TABLE


@pytest.fixture
def limit(environment, monkeypatch):
    """Return what turns limits on; it is a minute after the window's begin."""
    monkeypatch.setattr(time, "time", lambda: 1796050860.0)

    def turn_on(**attempts):
        for name, number in attempts.items():
            environment.setenv(f"REGISTRATIONS_{name.upper()}", str(number))
        load_limits.cache_clear()

    return turn_on


@pytest.fixture
def full_event(api):
    event_id = api.create_event(event_payload(max_capacity=1, waitlist=True)).json["event"]
    assert 201 == api.register(event_id, attendee_payload(99)).status
    return event_id


def headers(reply):
    names = ("Retry-After", "RateLimit", "RateLimit-Policy")
    return tuple(reply.headers.get(name) for name in names)


def counted(table):
    items = [from_attributes(item) for item in table.scan(TableName=TABLE)["Items"]]
    return [item["attempts"] for item in items if item["pk"].startswith("ATTEMPTS#")]


def test_who_registers_is_told_what_is_left_and_then_when_to_come_back(api, event_id, limit):
    limit(per_client=9, per_address=2)
    policy = '"client";q=9;w=300, "address";q=2;w=300'
    first, second, third = [api.register(event_id, attendee_payload(1), Idempotency_Key="k") for _ in range(3)]
    assert (201, (None, '"client";r=8;t=240, "address";r=1;t=240', policy)) == (first.status, headers(first))
    # A repetition that is told of its first answer is an attempt, too.
    assert (201, "true") == (second.status, second.headers["Idempotent-Replayed"])
    assert (None, '"client";r=7;t=240, "address";r=0;t=240', policy) == headers(second)
    assert (429, ("240", '"client";r=6;t=240, "address";r=0;t=240', policy)) == (third.status, headers(third))


def test_the_refusal_is_the_gateways_problem(api, event_id, limit):
    limit(per_address=1)
    api.register(event_id, attendee_payload(1))
    refusal = api.register(event_id, attendee_payload(1))
    assert "application/problem+json" == refusal.headers["Content-Type"]
    assert {
        "type": "urn:event-management:problem:too_many_requests",
        "title": "Too Many Requests",
        "status": 429,
        "detail": "Wait for the seconds in Retry-After, then send the request again.",
        "code": "too_many_requests",
        "message": "Too many requests",
    }.items() <= refusal.json.items()


def test_who_waits_is_told_so_too_and_waitlist_and_register_count_together(api, full_event, limit):
    limit(per_address=2)
    first = api.join_waitlist(full_event, attendee_payload(1))
    assert (201, (None, '"address";r=1;t=240', '"address";q=2;w=300')) == (first.status, headers(first))
    assert 409 == api.register(full_event, attendee_payload(1)).status
    refusal = api.join_waitlist(full_event, attendee_payload(1))
    assert (429, ("240", '"address";r=0;t=240', '"address";q=2;w=300')) == (refusal.status, headers(refusal))


def test_who_is_refused_by_one_limit_is_told_of_every_policy(api, event_id, limit):
    limit(per_client=1, per_address=5)
    api.register(event_id, attendee_payload(1))
    refusal = api.register(event_id, attendee_payload(1))
    assert ("240", '"client";r=0;t=240', '"client";q=1;w=300, "address";q=5;w=300') == headers(refusal)


def test_who_is_refused_takes_no_seat_and_is_not_told_how_the_event_stands(api, full_event, limit):
    limit(per_client=1)
    assert 409 == api.register(full_event, attendee_payload(1)).status
    for call in (api.register, api.join_waitlist):
        assert "too_many_requests" == call(full_event, attendee_payload(2)).json["code"]
    assert 0 == api.get_event(full_event).json["event"]["waitlisted"]


def test_other_clients_and_addresses_go_on(api, event_id, limit):
    limit(per_client=2, per_address=1)
    assert [201, 201, 429] == [api.register(event_id, attendee_payload(n)).status for n in range(3)]
    stranger = Api()
    stranger.source_ip = "198.51.100.1"
    assert [201, 429] == [stranger.register(event_id, attendee_payload(n)).status for n in (2, 1)]


@pytest.mark.parametrize(
    "body", [{"name": "Asha"}, {"name": "Asha", "email": "nobody"}, attendee_payload(1, seats=0)], ids=str
)
def test_what_is_no_request_to_register_is_no_attempt(table, api, event_id, limit, body):
    limit(per_client=1, per_address=1)
    for call in (api.register, api.join_waitlist):
        assert (422, (None, None, None)) == ((reply := call(event_id, body)).status, headers(reply))
        assert 400 == call(event_id, attendee_payload(1), Idempotency_Key="").status
    assert [] == counted(table)
    assert 201 == api.register(event_id, attendee_payload(1)).status


@pytest.mark.parametrize("operation", ["register", "join_waitlist"])
def test_an_address_is_the_same_however_it_is_written(api, full_event, limit, operation):
    limit(per_address=1)
    call = getattr(api, operation)
    assert 429 != call(full_event, attendee_payload(1, email="Asha@Example.com")).status
    assert 429 == call(full_event, attendee_payload(1, email="asha@EXAMPLE.COM")).status


def test_without_limits_nothing_is_counted_and_nothing_told(table, api, event_id):
    reply = api.register(event_id, attendee_payload(1))
    assert (201, (None, None, None)) == (reply.status, headers(reply))
    assert [] == counted(table)


def test_organisers_imports_are_not_limited(table, api, event_id, limit):
    limit(per_client=1, per_address=1)
    for _ in range(2):
        assert 200 == api.import_attendees(event_id, "name,email\nAsha,asha@example.com\n").status
    assert [] == counted(table)


def test_a_page_may_read_what_it_is_told(api, event_id, limit):
    limit(per_client=1)
    reply = api.register(event_id, attendee_payload(1), Origin="https://shop.example")
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(
        reply.headers["Access-Control-Expose-Headers"].split(", ")
    )


def test_no_address_is_in_any_key_of_the_table_nor_in_the_log(table, api, event_id, limit, capsys):
    limit(per_client=1, per_address=1)
    for _ in range(2):
        api.register(event_id, attendee_payload(1, email="canary-7b1e@example.com"))
    written = table.scan(TableName=TABLE)["Items"]
    keys_text = json.dumps(
        [{name: item[name] for name in ("pk", "sk", "gsi1pk", "gsi1sk") if name in item} for item in written]
    )
    assert "canary" not in keys_text
    assert "203.0.113" not in json.dumps(written, default=str)
    assert not re.search(r"canary|203\.0\.113", capsys.readouterr().out)
